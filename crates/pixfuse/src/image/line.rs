//! Samples of a row that lie evenly apart: what is read of a view, checked once for all of them.

use std::marker::PhantomData;
use std::slice;

use bytemuck::Pod;

/// Samples, or pixels whose channels are neighbours, at any alignment; all of them are readable for `'a`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a, T> {
    first: *const u8,
    /// Bytes to the next one.
    stride: isize,
    count: usize,
    samples: PhantomData<&'a [T]>,
}

impl<'a, T: Pod> Line<'a, T> {
    /// # Safety
    /// The bytes of `count` values of `T`, so far apart, are readable for `'a`.
    pub(super) unsafe fn new(first: *const u8, stride: isize, count: usize) -> Self {
        Self { first, stride, count, samples: PhantomData }
    }

    /// Where the first one is, the bytes to the next, and how many there are.
    #[inline(always)]
    pub(super) fn parts(&self) -> (*const u8, isize, usize) {
        (self.first, self.stride, self.count)
    }

    /// Bytes from one to the next.
    #[inline(always)]
    pub(crate) fn stride(&self) -> isize {
        self.stride
    }

    /// Takes the next ones, which may be fewer.
    #[inline(always)]
    pub(crate) fn take(&mut self, count: usize) -> Self {
        let count = count.min(self.count);
        let taken = Self { count, ..*self };
        self.first = self.first.wrapping_offset(count as isize * self.stride);
        self.count -= count;
        taken
    }

    /// One of them, if there are so many.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> Option<T> {
        if index >= self.count {
            return None;
        }
        let at = self.first.wrapping_offset(index as isize * self.stride);
        // SAFETY: index < count, and `new` promises the bytes of so many, of which any are a value of `T`.
        Some(unsafe { at.cast::<T>().read_unaligned() })
    }

    /// All of them.
    #[inline(always)]
    pub(crate) fn iter(self) -> impl Iterator<Item = T> {
        (0..self.count).filter_map(move |index| self.get(index))
    }

    /// Copies each to `TIMES` neighbours, as long as there are both. Nothing is copied of a line with another stride than
    /// `STRIDE`: a loop over a constant is vectors.
    #[inline(always)]
    pub(crate) fn copy<const STRIDE: isize, const TIMES: usize, const N: usize>(&self, to: &mut [T; N]) {
        if self.stride != STRIDE {
            return;
        }
        let count = N.min(self.count * TIMES);
        // SAFETY: index / TIMES < count, since index < count * TIMES, and `new` promises the bytes of so many, `STRIDE` apart.
        let get = |index| unsafe { self.first.offset((index / TIMES) as isize * STRIDE).cast::<T>().read_unaligned() };
        if count == N {
            for index in 0..N {
                to[index] = get(index);
            }
        } else {
            for (index, value) in to.iter_mut().enumerate().take(count) {
                *value = get(index);
            }
        }
    }

    /// All but the last one with the bytes up to the next, where those are `STRIDE`; else nothing.
    #[inline(always)]
    pub(crate) fn spaced<const STRIDE: usize>(self) -> &'a [[u8; STRIDE]] {
        if self.stride != STRIDE as isize || size_of::<T>() > STRIDE {
            return &[];
        }
        // SAFETY: `new` promises the bytes of `count` for `'a`. What lies between two of them is in the same row of an image.
        unsafe { slice::from_raw_parts(self.first.cast(), self.count.saturating_sub(1)) }
    }
}
