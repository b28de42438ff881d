//! What libFuzzer is told of panics.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// The last panic of this thread: its message and place.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Panics are kept, not printed: one that a border inside the library turns into an error is no news.
pub struct Panics(());

impl Panics {
    /// Keeps the panics of the process from here on.
    ///
    /// The hook of libFuzzer's own crate ends the process at any panic, also at one that is caught where it may be.
    pub fn keep() -> Self {
        std::panic::set_hook(Box::new(|panic| LAST.set(panic.to_string())));
        Self(())
    }

    /// Runs `test`.
    ///
    /// # Errors
    /// What the panic said that came out of it.
    pub fn run<T>(&self, test: impl FnOnce() -> T) -> Result<T, String> {
        catch_unwind(AssertUnwindSafe(test)).map_err(|_| LAST.take())
    }
}
