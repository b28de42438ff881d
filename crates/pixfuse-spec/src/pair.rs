//! Rows and columns, or whatever else there is two of.

/// What becomes of each of two. The `map` of arrays does the same at any length and whenever it panics, which is some three
/// hundred lines for the compiler where this is ten, and formulas of sizes are dozens of closures.
#[inline]
pub(crate) fn both<T: Copy, U: Copy>(pair: [T; 2], change: impl Fn(T) -> U) -> [U; 2] {
    [change(pair[0]), change(pair[1])]
}
