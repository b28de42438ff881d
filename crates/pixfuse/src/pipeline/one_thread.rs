//! The one thread that there is without the standard library.

use crate::Error;

/// Whether a call can ask for this many threads.
///
/// # Errors
/// When it is not one.
pub(super) fn check(threads: usize) -> Result<usize, Error> {
    if threads == 1 { Ok(threads) } else { Err(Error::Threads { given: threads, most: 1 }) }
}

/// Calls `work` once for each item, with its number.
///
/// # Errors
/// As `work`, whose first error ends it.
pub fn each<I: Iterator, E>(_: usize, items: I, work: impl Fn(usize, I::Item) -> Result<(), E>) -> Result<(), E> {
    items.enumerate().try_for_each(|(index, item)| work(index, item))
}
