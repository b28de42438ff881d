//! Algorithms for vectors of any width, each once: the passes of separable filters, and short elements.
//!
//! A vector is one segment of 16 bytes or more of them. What moves bytes stays within a segment, as in the instructions that AVX2 has
//! from SSE: so wider vectors do for each segment what those of 16 bytes do.

pub(super) mod elements;
mod quads;
pub(super) mod rows;
pub(super) mod weights;
pub(super) mod words;

use std::fmt::Debug;

use bytemuck::{Pod, must_cast};

/// An instruction set with vectors.
///
/// Lanes are counted from the lowest address. What an operation says of lanes holds for each of them. What is given here is right for
/// vectors of one segment.
///
/// # Safety
/// A value of the type exists only where the CPU has the instructions.
pub unsafe trait Vectors: Copy + Debug + Send + Sync + 'static {
    /// One segment or more: u8, words of 16 bits, i32 or f32, as an operation says.
    type Vector: Pod + Send + Sync;

    /// The bytes of a vector.
    type Bytes: Pod;

    /// i32 that are sums of products; where an instruction adds neighbours last, they are not added yet.
    type Products: Copy;

    /// The bytes of each segment, side by side.
    #[inline(always)]
    fn join<const SEGMENTS: usize>(self, segments: [&[u8; 16]; SEGMENTS]) -> Self::Vector {
        must_cast(*segments[0])
    }

    /// The same 16 bytes in each segment.
    #[inline(always)]
    fn splat_segment(self, segment: &[u8; 16]) -> Self::Vector {
        must_cast(*segment)
    }

    /// The low four bytes of each segment, side by side.
    #[inline(always)]
    fn low_quarters<const BYTES: usize>(self, value: Self::Vector) -> [u8; BYTES] {
        let [low, ..]: [[u8; 4]; 4] = must_cast(value);
        must_cast(low)
    }

    /// What four vectors were packed to, in their order: quarter `n` of each segment is of vector `n`.
    #[inline(always)]
    fn in_order(self, packed: Self::Vector) -> Self::Vector {
        packed
    }

    /// The i32 in each lane.
    fn splat_i32(self, value: i32) -> Self::Vector;

    /// The f32 in each lane.
    fn splat_f32(self, value: f32) -> Self::Vector;

    /// The bits of both.
    fn and(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The bits of either.
    fn or(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// For each byte the one of the same segment of `bytes` that the index names; zero where it is 128 or more.
    fn shuffle(self, bytes: Self::Vector, index: Self::Vector) -> Self::Vector;

    /// The tables of [`shuffle_32`](Self::shuffle_32) for a segment, of places among 32 bytes; 255 gives zero.
    fn index_32(places: [u8; 16]) -> [[u8; 16]; 2] {
        [
            places.map(|place| if place < 16 { place } else { 255 }),
            places.map(|place| place.wrapping_sub(16) | place & 128),
        ]
    }

    /// For each byte the one of the 32 in the same segment of both that the index names, which [`index_32`](Self::index_32) made.
    #[inline(always)]
    fn shuffle_32(self, [low, high]: [Self::Vector; 2], index: [Self::Vector; 2]) -> Self::Vector {
        self.or(self.shuffle(low, index[0]), self.shuffle(high, index[1]))
    }

    /// The sum of i32, which wraps.
    fn add_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The product of i32, which wraps.
    fn mul_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The lesser i32.
    fn min_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The greater i32.
    fn max_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// i32, shifted to the left.
    fn shift_left<const BITS: i32>(self, value: Self::Vector) -> Self::Vector;

    /// Words without a sign, shifted to the right.
    fn shift_right_u16<const BITS: i32>(self, value: Self::Vector) -> Self::Vector;

    /// u32, shifted to the right.
    fn shift_right_u32<const BITS: i32>(self, value: Self::Vector) -> Self::Vector;

    /// i32, shifted to the left by fewer than 32 bits.
    fn shift_left_by(self, value: Self::Vector, bits: u32) -> Self::Vector;

    /// i32 with their sign, shifted to the right by fewer than 32 bits.
    fn shift_right_by(self, value: Self::Vector, bits: u32) -> Self::Vector;

    /// i32 as words, saturated: those of `low` in the low half of each segment.
    fn pack_i32(self, low: Self::Vector, high: Self::Vector) -> Self::Vector;

    /// Words with a sign as bytes from 0 to 255, saturated: those of `low` in the low half of each segment.
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

    /// The f32 from `least` to `most`; what is not a number gives the least.
    fn clamp_f32(self, value: Self::Vector, least: Self::Vector, most: Self::Vector) -> Self::Vector;

    /// i32 to f32.
    fn convert(self, value: Self::Vector) -> Self::Vector;

    /// f32 that an i32 can hold to the nearest one, halves to even.
    fn round(self, value: Self::Vector) -> Self::Vector;
}

/// The vector that a table holds.
#[inline(always)]
pub(super) fn vector<V: Vectors, T: Pod, const N: usize>(_: V, table: &[T; N]) -> V::Vector {
    must_cast(*table)
}

/// The bytes of a vector.
#[inline(always)]
pub(super) fn array<V: Vectors, T: Pod, const N: usize>(_: V, value: V::Vector) -> [T; N] {
    must_cast(value)
}

/// As [`Simd::add_weighed`](super::Simd::add_weighed), of so many vectors.
#[inline(always)]
pub(super) fn add_weighed<V: Vectors, const VECTORS: usize>(
    simd: V,
    sums: [i32; 16],
    values: &[i32; 16],
    weight: i32,
) -> [i32; 16] {
    let (mut sums, values): ([V::Vector; VECTORS], [V::Vector; VECTORS]) = (must_cast(sums), must_cast(*values));
    let weight = simd.splat_i32(weight);
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = simd.add_i32(*sum, simd.mul_i32(value, weight));
    }
    must_cast(sums)
}
