//! One pixel at a time, in plain Rust: the level that every CPU has, and the meaning of each operation.

use super::passes::{PlainRows, add_quad_plain, blend_quads_plain, plain_passes};
use super::{BlockTaps, Simd, Task};
use crate::weights::AxisWeights;

/// No SIMD instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar;

/// Offsets of the two taps, and the channel stride.
pub(crate) struct ScalarColumns {
    offsets: [isize; 2],
    channel_stride: isize,
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

impl Simd for Scalar {
    const LANES: usize = 1;
    type Columns = ScalarColumns;
    type RowFilter = PlainRows;
    type FloatRowFilter = PlainRows<f32>;
    type Weights = [i32; 4];

    #[inline(always)]
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output {
        task.run(self)
    }

    fn columns(self, taps: &BlockTaps<'_>) -> ScalarColumns {
        ScalarColumns { offsets: taps.offsets[0], channel_stride: taps.channel_stride }
    }

    #[inline(always)]
    unsafe fn fetch<const C: usize, const TAPS: usize, const ROWS: usize>(
        self,
        rows: [*const u8; ROWS],
        columns: &ScalarColumns,
    ) -> [[i32; C]; ROWS] {
        let mut pixels = [[0; C]; ROWS];
        for (row, pixel) in rows.into_iter().zip(&mut pixels) {
            for (channel, value) in pixel.iter_mut().enumerate() {
                for tap in 0..TAPS {
                    let offset = columns.offsets[tap] + channel as isize * columns.channel_stride;
                    // SAFETY: the caller promises that each tap is readable.
                    *value |= i32::from(unsafe { *row.offset(offset) }) << (16 * tap);
                }
            }
        }
        pixels
    }

    #[inline(always)]
    unsafe fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: *const u8) -> [i32; C] {
        let mut pixel = [0; C];
        for (channel, value) in pixel.iter_mut().enumerate() {
            // SAFETY: channel < C <= PIXEL bytes are readable.
            *value = i32::from(unsafe { *pixels.add(channel) });
        }
        pixel
    }

    #[inline(always)]
    unsafe fn load_f32(self, at: *const f32) -> Self::F32 {
        // SAFETY: the caller's promise is the same.
        unsafe { *at }
    }

    fn words(self, pairs: &[[i16; 2]]) -> i32 {
        pack(pairs[0])
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
    fn dot_pairs(self, pairs: i32, weights: i32) -> i32 {
        let ([left, right], [w0, w1]) = (unpack(pairs), unpack(weights));
        left * w0 + right * w1
    }

    #[inline(always)]
    fn blend_rows(self, above: i32, below: i32, weights: i32) -> i32 {
        let [w0, w1] = unpack(weights);
        (((w0 * (above >> 4)) >> 16) + ((w1 * (below >> 4)) >> 16) + 2) >> 2
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
    unsafe fn store_f32(self, at: *mut f32, value: f32) {
        // SAFETY: one element is writable.
        unsafe { at.write(value) }
    }

    #[inline(always)]
    unsafe fn store_u8(self, at: *mut u8, value: i32) {
        // SAFETY: one element is writable.
        unsafe { at.write(value as u8) }
    }

    #[inline(always)]
    unsafe fn store_pixels_f32<const C: usize>(self, at: *mut f32, channels: [f32; C]) {
        for (channel, value) in channels.into_iter().enumerate() {
            // SAFETY: C elements are writable.
            unsafe { at.add(channel).write(value) }
        }
    }

    #[inline(always)]
    unsafe fn store_pixels_u8<const C: usize>(self, at: *mut u8, channels: [i32; C]) {
        for (channel, value) in channels.into_iter().enumerate() {
            // SAFETY: C elements are writable.
            unsafe { at.add(channel).write(value as u8) }
        }
    }

    plain_passes!();
}
