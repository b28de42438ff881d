//! The one thread that there is without the feature `threads`.

/// The most threads that a call can ask for.
pub(super) const MOST: usize = 1;

/// Calls `work` once for each item, with its number.
///
/// # Errors
/// As `work`, whose first error ends it.
pub fn each<I: Iterator, E>(_: usize, items: I, work: impl Fn(usize, I::Item) -> Result<(), E>) -> Result<(), E> {
    items.enumerate().try_for_each(|(index, item)| work(index, item))
}
