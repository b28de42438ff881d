//! One pixel at a time, in plain Rust: the level that every CPU has, and the meaning of each operation.

use std::convert::Infallible;
use std::mem::MaybeUninit;

use super::fused::is_exact;
use super::passes::PlainRows;
use super::taps::Apart;
use super::{BlockTaps, Fetched, Simd, Task, write};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// No SIMD instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

impl Scalar {
    /// The token, which every CPU has.
    pub(crate) fn detect() -> Option<Self> {
        Some(Self)
    }
}

/// Where the two taps are, and their weights.
pub(crate) struct ScalarColumns {
    taps: Apart<1>,
    weights: [i16; 2],
}

/// Words in one i32: the first in the low half.
fn pack([low, high]: [i16; 2]) -> i32 {
    i32::from(low) & 0xffff | i32::from(high) << 16
}

/// The words of one i32.
#[inline(always)]
fn unpack(words: i32) -> [i32; 2] {
    [i32::from(words as i16), words >> 16]
}

// SAFETY: each operation says what it reads and writes, and that this is what its caller promised.
unsafe impl Simd for Scalar {
    const FETCHES_DIRECTLY: bool = false;
    type Columns = ScalarColumns;
    type RowFilter = PlainRows;
    type FloatRowFilter = PlainRows<f32>;
    type Cells = Infallible;
    type QuadWeights = Vec<[i32; 4]>;

    #[inline(always)]
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output {
        task.run(self)
    }

    fn columns(self, taps: &BlockTaps<'_>) -> ScalarColumns {
        let [weights] = taps.pairs();
        ScalarColumns { taps: taps.apart(), weights }
    }

    #[inline(always)]
    fn fetch<const C: usize>(self, block: &Fetched<'_, ScalarColumns, C, 1, 1>) -> [i32; C] {
        let [[pixel]] = block.taps(0, |columns| Some(&columns.taps));
        pixel.map(i32::from)
    }

    #[inline(always)]
    fn blend<const C: usize, const TAPS: usize>(
        self,
        block: &Fetched<'_, ScalarColumns, C, TAPS, 2>,
        weights: i32,
    ) -> [i32; C] {
        // No closure for both rows: it would be a call.
        let [above] = block.taps(0, |columns| Some(&columns.taps));
        let [below] = block.taps(1, |columns| Some(&columns.taps));
        let mut pixel = [0; C];
        for (channel, value) in pixel.iter_mut().enumerate() {
            let mut sum = 2;
            for (taps, weight) in [above, below].into_iter().zip(unpack(weights)) {
                let mut columns_sum = 0;
                for (tap, weight) in taps.into_iter().zip(block.columns().weights) {
                    columns_sum += i32::from(tap[channel]) * i32::from(weight);
                }
                sum += (weight * (columns_sum >> 4)) >> 16;
            }
            *value = sum >> 2;
        }
        pixel
    }

    #[inline(always)]
    fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: &[[u8; 1]; PIXEL]) -> [i32; C] {
        let mut pixel = [0; C];
        for (value, [byte]) in pixel.iter_mut().zip(pixels) {
            *value = i32::from(*byte);
        }
        pixel
    }

    #[inline(always)]
    fn load_f32(self, [value]: &[f32; 1]) -> f32 {
        *value
    }

    #[inline(always)]
    fn splat_words(self, pair: [i16; 2]) -> i32 {
        pack(pair)
    }

    #[inline(always)]
    fn splat(self, value: f32) -> f32 {
        value
    }

    #[inline(always)]
    fn convert(self, value: i32) -> f32 {
        value as f32
    }

    #[inline(always)]
    fn look_up(self, value: i32, table: &[u32; 256]) -> i32 {
        table[value as u8 as usize] as i32
    }

    #[inline(always)]
    fn reinterpret(self, bits: i32) -> f32 {
        f32::from_bits(bits as u32)
    }

    #[inline(always)]
    fn mul_add(self, a: f32, b: f32, c: f32) -> f32 {
        a.mul_add(b, c)
    }

    #[inline(always)]
    fn mul_add_u8(self, value: i32, scale: f32, offset: f32) -> f32 {
        let has_instruction = cfg!(any(target_arch = "aarch64", target_feature = "fma"));
        if !has_instruction && is_exact(scale, offset) {
            return (f64::from(value) * f64::from(scale) + f64::from(offset)) as f32;
        }
        (value as f32).mul_add(scale, offset)
    }

    #[inline(always)]
    fn store_f32(self, at: &mut [MaybeUninit<f32>; 1], value: f32) {
        write(at, [value]);
    }

    #[inline(always)]
    fn store_u8(self, at: &mut [MaybeUninit<u8>; 1], value: i32) {
        write(at, [value as u8]);
    }

    #[inline(always)]
    fn store_pixels_f32<const C: usize>(self, at: &mut [[MaybeUninit<f32>; 1]; C], channels: [f32; C]) {
        for (at, value) in at.iter_mut().zip(channels) {
            write(at, [value]);
        }
    }

    #[inline(always)]
    fn store_pixels_u8<const C: usize>(self, at: &mut [[MaybeUninit<u8>; 1]; C], channels: [i32; C]) {
        for (at, value) in at.iter_mut().zip(channels) {
            write(at, [value as u8]);
        }
    }
}
