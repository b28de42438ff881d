//! Levels with vectors of 16 bytes, each algorithm of theirs once: an instruction set says what [`V128`] asks for, and is a
//! [`Simd`](super::Simd) level by that alone.
//!
//! A block is eight pixels, two vectors of i32 or f32 for each channel. What is no matter of width is in
//! [`vectors`](super::vectors), and AVX2 shares it.

mod blocks;
mod cells;
mod columns;
mod elements;
#[cfg(any(target_arch = "x86_64", target_arch = "wasm32"))]
mod fused;
mod interleaved;
mod rows;
mod transpose;

use std::mem::MaybeUninit;

#[cfg(any(target_arch = "x86_64", target_arch = "wasm32"))]
pub(super) use fused::{Doubles, mul_add, mul_add_u8};
pub(crate) use transpose::transpose;

use super::vectors::{Vectors, array, vector};
use super::{Plain, Task};

/// An instruction set with vectors of 16 bytes: sixteen u8, eight words of 16 bits, four i32 or f32.
///
/// # Safety
/// A value of the type exists only where the CPU has the instructions.
pub unsafe trait V128: Vectors {
    /// As [`Simd::FETCHES_DIRECTLY`](super::Simd::FETCHES_DIRECTLY).
    const FETCHES_DIRECTLY: bool = true;

    /// Bytes from a place that is prefetched to the next; 0 where nothing is.
    const PREFETCH_STRIDE: usize = 0;

    /// Runs a task with these instructions.
    fn enter<T: Task<Self>>(self, task: T) -> T::Output;

    /// Eight bytes, and eight zeros.
    fn extend_8(self, bytes: [u8; 8]) -> Self::Vector;

    /// Four bytes, and twelve zeros.
    fn extend_4(self, bytes: [u8; 4]) -> Self::Vector;

    /// The low eight bytes.
    fn low_8(self, value: Self::Vector) -> [u8; 8];

    /// The low four bytes.
    fn low_4(self, value: Self::Vector) -> [u8; 4];

    /// Lanes of `BYTES` (1, 2, 4 or 8) of the low halves, in turns.
    fn zip_low<const BYTES: usize>(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Lanes of `BYTES` (1, 2, 4 or 8) of the high halves, in turns.
    fn zip_high<const BYTES: usize>(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The bits of `a` where those of the mask are set, which are all or none in each i32, else those of `b`.
    fn select(self, mask: Self::Vector, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// All ones where `a` is less than `b`, as i32.
    fn less_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The sum of words, which wraps.
    fn add_i16(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// i32 with their sign, shifted to the right.
    fn shift_right<const BITS: i32>(self, value: Self::Vector) -> Self::Vector;

    /// Eight i32 from 0 to 65535 as words.
    fn pack_u32(self, low: Self::Vector, high: Self::Vector) -> Self::Vector;

    /// `a * b + c` of f32, rounded once.
    fn mul_add_f32(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// `value * scale + offset`, rounded once, of i32 from 0 to 255.
    #[inline(always)]
    fn mul_add_u8(self, value: Self::Vector, scale: f32, offset: f32) -> Self::Vector {
        self.mul_add_f32(self.convert(value), self.splat_f32(scale), self.splat_f32(offset))
    }

    /// The bits of the nearest f16, halves to even, in the low half of each lane; what is not a number becomes quiet.
    #[inline(always)]
    fn round_to_f16(self, value: Self::Vector) -> Self::Vector {
        elements::round_to_f16(self, value)
    }

    /// As [`Simd::prefetch`](super::Simd::prefetch).
    fn prefetch(self, _at: *const u8) {}

    /// As [`Simd::fill_long`](super::Simd::fill_long).
    fn fill_long<T: Plain>(self, _out: &mut [MaybeUninit<T>], _value: T) -> bool {
        false
    }
}
