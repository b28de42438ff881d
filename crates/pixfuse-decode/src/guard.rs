//! A border that no decoder's panic crosses.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::error::Broken;

thread_local! {
    /// Whether this thread is inside [`guarded`].
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Calls a decoder; its panic is an error about the file, and nothing is printed.
///
/// Nothing that the decoder was working on is looked at again after a panic: its state is dropped, and of the buffer it
/// wrote to only the memory is used again.
pub(crate) fn guarded<T>(decoder: impl FnOnce() -> Result<T, Broken>) -> Result<T, Broken> {
    quiet();
    let before = INSIDE.replace(true);
    let result = catch_unwind(AssertUnwindSafe(decoder));
    INSIDE.set(before);
    result.unwrap_or_else(|panic| {
        Err(Broken::Damaged(format!("the decoder met a case that it does not know ({})", message(&*panic))))
    })
}

/// Makes the hook that reports panics pass over those that are caught here: they are about a file, which may be anybody's.
///
/// The hook is the process's, so it is put around the one that there is, once, and hands every other panic on. A hook that
/// somebody sets later takes its place.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let other = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // A thread that is about to end has no such variable any more, and is not in here.
            if !INSIDE.try_with(Cell::get).unwrap_or(false) {
                other(panic);
            }
        }));
    });
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        for (broken, said) in [
            (guarded(|| -> Result<(), _> { panic!("at {}", 5) }), "(at 5)"),
            (guarded(|| -> Result<(), _> { panic!("plain") }), "(plain)"),
            (guarded(|| -> Result<(), _> { std::panic::panic_any(5) }), "(without a message)"),
        ] {
            let Err(Broken::Damaged(message)) = broken else { panic!("no error") };
            assert!(message.ends_with(said), "{message}");
        }
    }

    /// In a process of its own, whose standard error nobody else writes to.
    #[test]
    fn a_caught_panic_prints_nothing_and_another_one_does() {
        const CHILD: &str = "PIXFUSE_TEST_OF_PANICS";
        let name = "guard::tests::a_caught_panic_prints_nothing_and_another_one_does";
        if std::env::var_os(CHILD).is_some() {
            assert!(guarded(|| -> Result<(), _> { panic!("caught by the guard") }).is_err());
            assert!(catch_unwind(|| panic!("of somebody else")).is_err());
            return;
        }
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", name, "--nocapture"]).env(CHILD, "1").env("RUST_BACKTRACE", "1");
        let output = child.output().unwrap();
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{printed}");
        assert!(printed.contains("of somebody else"), "{printed}");
        assert!(!printed.contains("caught by the guard"), "{printed}");
    }
}
