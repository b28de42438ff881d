//! Stores into memory that need not be initialised.

use std::mem::MaybeUninit;

/// Writes every element: one store of a vector, where the values are one.
#[inline(always)]
pub(crate) fn write<T: Copy, const N: usize>(at: &mut [MaybeUninit<T>; N], values: [T; N]) {
    // SAFETY: `at` is `N` places for a `T`, one after another, which nothing else refers to: an array as `values` is.
    unsafe { at.as_mut_ptr().cast::<[T; N]>().write(values) }
}

/// Copies as many elements as there are in both.
#[inline(always)]
pub(crate) fn copy<T: Copy>(at: &mut [MaybeUninit<T>], values: &[T]) {
    let count = at.len().min(values.len());
    // SAFETY: both have so many elements, and nothing else refers to those that are written.
    unsafe { at.as_mut_ptr().cast::<T>().copy_from_nonoverlapping(values.as_ptr(), count) }
}
