//! Levels with vectors of 16 bytes, each algorithm of theirs once: an instruction set says what [`V128`] asks for, and is a
//! [`Simd`](super::Simd) level by that alone.
//!
//! A block is eight pixels, two vectors of i32 or f32 for each channel. Wider levels share what is no matter of width:
//! where bytes are fetched from, and weights as words.

mod blocks;
mod cells;
mod columns;
mod elements;
#[cfg(any(target_arch = "x86_64", target_arch = "wasm32"))]
mod fused;
mod interleaved;
mod quads;
mod rows;
mod transpose;
pub(super) mod weights;
pub(super) mod words;

use std::fmt::Debug;
use std::mem::MaybeUninit;

use bytemuck::{Pod, must_cast};

#[cfg(any(target_arch = "x86_64", target_arch = "wasm32"))]
pub(super) use fused::{Doubles, mul_add, mul_add_u8};
pub(crate) use transpose::transpose;

use super::{Plain, Task};

/// An instruction set with vectors of 16 bytes.
///
/// Lanes are counted from the lowest address. What an operation says of lanes holds for each of them.
///
/// # Safety
/// A value of the type exists only where the CPU has the instructions.
pub unsafe trait V128: Copy + Debug + Send + Sync + 'static {
    /// 16 bytes: sixteen u8, eight words of 16 bits, four i32 or f32, as an operation says.
    type Vector: Pod + Send + Sync;

    /// Four i32 that are sums of products; where an instruction adds neighbours last, they are not added yet.
    type Products: Copy;

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

    /// The i32 in each lane.
    fn splat_i32(self, value: i32) -> Self::Vector;

    /// The f32 in each lane.
    fn splat_f32(self, value: f32) -> Self::Vector;

    /// The bits of both.
    fn and(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The bits of either.
    fn or(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// For each byte the one of `bytes` that the index names; zero where it is 128 or more.
    fn shuffle(self, bytes: Self::Vector, index: Self::Vector) -> Self::Vector;

    /// The tables of [`shuffle_32`](Self::shuffle_32), of places among 32 bytes; 255 gives zero.
    fn index_32(places: [u8; 16]) -> [[u8; 16]; 2] {
        [
            places.map(|place| if place < 16 { place } else { 255 }),
            places.map(|place| place.wrapping_sub(16) | place & 128),
        ]
    }

    /// For each byte the one of 32 that the index names, which [`index_32`](Self::index_32) made.
    #[inline(always)]
    fn shuffle_32(self, [low, high]: [Self::Vector; 2], index: [Self::Vector; 2]) -> Self::Vector {
        self.or(self.shuffle(low, index[0]), self.shuffle(high, index[1]))
    }

    /// Lanes of `BYTES` (1, 2, 4 or 8) of the low halves, in turns.
    fn zip_low<const BYTES: usize>(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Lanes of `BYTES` (1, 2, 4 or 8) of the high halves, in turns.
    fn zip_high<const BYTES: usize>(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The bits of `a` where those of the mask are set, which are all or none in each i32, else those of `b`.
    fn select(self, mask: Self::Vector, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The sum of i32, which wraps.
    fn add_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The sum of words, which wraps.
    fn add_i16(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The product of i32, which wraps.
    fn mul_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The lesser i32.
    fn min_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The greater i32.
    fn max_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// All ones where `a` is less than `b`, as i32.
    fn less_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// i32, shifted to the left.
    fn shift_left<const BITS: i32>(self, value: Self::Vector) -> Self::Vector;

    /// i32 with their sign, shifted to the right.
    fn shift_right<const BITS: i32>(self, value: Self::Vector) -> Self::Vector;

    /// u32, shifted to the right.
    fn shift_right_u32<const BITS: i32>(self, value: Self::Vector) -> Self::Vector;

    /// i32, shifted to the left by fewer than 32 bits.
    fn shift_left_by(self, value: Self::Vector, bits: u32) -> Self::Vector;

    /// i32 with their sign, shifted to the right by fewer than 32 bits.
    fn shift_right_by(self, value: Self::Vector, bits: u32) -> Self::Vector;

    /// Eight i32 as words, saturated.
    fn pack_i32(self, low: Self::Vector, high: Self::Vector) -> Self::Vector;

    /// Eight i32 from 0 to 65535 as words.
    fn pack_u32(self, low: Self::Vector, high: Self::Vector) -> Self::Vector;

    /// Sixteen words with a sign as bytes from 0 to 255, saturated.
    fn pack_i16(self, low: Self::Vector, high: Self::Vector) -> Self::Vector;

    /// Sums that start from these i32.
    fn products(self, start: Self::Vector) -> Self::Products;

    /// Adds to each i32 the products of its two words with a sign: `low * low + high * high`; sums wrap.
    fn add_products(self, sums: Self::Products, a: Self::Vector, b: Self::Vector) -> Self::Products;

    /// The sums.
    fn total(self, sums: Self::Products) -> Self::Vector;

    /// The sum of f32.
    fn add_f32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The product of f32.
    fn mul_f32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The quotient of f32.
    fn div_f32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a * b + c` of f32, rounded once.
    fn mul_add_f32(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// `value * scale + offset`, rounded once, of i32 from 0 to 255.
    #[inline(always)]
    fn mul_add_u8(self, value: Self::Vector, scale: f32, offset: f32) -> Self::Vector {
        self.mul_add_f32(self.convert(value), self.splat_f32(scale), self.splat_f32(offset))
    }

    /// The f32 from `least` to `most`; what is not a number gives the least.
    fn clamp_f32(self, value: Self::Vector, least: Self::Vector, most: Self::Vector) -> Self::Vector;

    /// i32 to f32.
    fn convert(self, value: Self::Vector) -> Self::Vector;

    /// f32 that an i32 can hold to the nearest one, halves to even.
    fn round(self, value: Self::Vector) -> Self::Vector;

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

/// The vector that a table holds.
#[inline(always)]
fn vector<V: V128, T: Pod, const N: usize>(_: V, table: &[T; N]) -> V::Vector {
    must_cast(*table)
}

/// The bytes of a vector.
#[inline(always)]
fn array<V: V128, T: Pod, const N: usize>(_: V, value: V::Vector) -> [T; N] {
    must_cast(value)
}
