//! A border that no decoder's panic crosses.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Broken;

/// Calls a decoder; its panic is an error about the file.
///
/// Nothing that the decoder was working on is looked at again after a panic: its state is dropped, and of the buffer it
/// wrote to only the memory is used again.
pub(crate) fn guarded<T>(decoder: impl FnOnce() -> Result<T, Broken>) -> Result<T, Broken> {
    catch_unwind(AssertUnwindSafe(decoder)).unwrap_or_else(|panic| {
        Err(Broken::Damaged(format!("the decoder met a case that it does not know ({})", message(&*panic))))
    })
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
}
