//! 8 pixels at a time with Advanced SIMD, which every aarch64 CPU has.

use std::arch::aarch64::*;
use std::convert::Infallible;

use super::passes::{PlainRows, add_quad_plain, blend_quads_plain, plain_passes};
use super::taps::{Fetch, gather_bytes};
use super::{BlockTaps, Elements, Simd, Steps, Task};
use crate::weights::AxisWeights;

/// Advanced SIMD.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon(());

impl Neon {
    /// The token, if this CPU has the level.
    pub(crate) fn detect() -> Option<Self> {
        std::arch::is_aarch64_feature_detected!("neon").then_some(Self(()))
    }
}

/// Runs intrinsics that touch no memory.
macro_rules! level {
    ($($body:tt)*) => {
        // SAFETY: the intrinsics need only the features of the level, and a token of it is at hand (`self`).
        unsafe { $($body)* }
    };
}

/// The taps of 8 pixels, as a table look-up in 64 bytes.
pub(crate) struct Columns {
    /// For each channel which byte becomes each byte of the result; 255 gives zero.
    index: [[u8; 32]; 4],
    fetch: Fetch,
    channel_stride: isize,
    /// The (left, right) weights of each lane.
    weights: [[i16; 2]; 8],
    /// For [`Fetch::Words`], where the eight bytes of each lane start.
    words: [i32; 8],
    /// For [`Fetch::Bytes`], the taps of each lane.
    offsets: [[isize; 2]; 8],
}

impl Columns {
    fn new(taps: &BlockTaps<'_>) -> Self {
        let words = taps.words::<8>();
        let fetch = match (taps.window(taps.span(0..8), 64), words) {
            (Some(base), _) => Fetch::Window { base },
            (None, Some(_)) => Fetch::Words,
            (None, None) => Fetch::Bytes,
        };
        let words = words.unwrap_or_default();
        let mut index = [[255; 32]; 4];
        for (channel, index) in index.iter_mut().enumerate().take(taps.channels) {
            for lane in 0..8 {
                for tap in 0..taps.taps {
                    let byte = taps.byte(lane, tap, channel);
                    index[lane * 4 + tap * 2] = match fetch {
                        Fetch::Window { base } => (byte - base) as u8,
                        Fetch::Words => (lane as isize * 8 + byte - words[lane] as isize) as u8,
                        Fetch::Bytes => (lane * 8 + taps.slot(tap, channel)) as u8,
                    };
                }
            }
        }
        let offsets = std::array::from_fn(|lane| taps.offsets[lane]);
        Self { index, fetch, channel_stride: taps.channel_stride, weights: taps.pairs(), words, offsets }
    }
}

impl Columns {
    /// For each channel the bytes of `TAPS` taps, zero extended to i32 (one tap) or to words (left, right).
    ///
    /// # Safety
    /// As [`Simd::fetch`].
    #[inline(always)]
    unsafe fn taps<const C: usize, const TAPS: usize>(&self, row: *const u8) -> [[int32x4_t; 2]; C] {
        // SAFETY: the table was made so that each load stays inside the readable bytes of the row; see `Fetch`.
        unsafe {
            let bytes = match self.fetch {
                Fetch::Window { base } => vld1q_u8_x4(row.offset(base)),
                Fetch::Words => {
                    let [a, b, c, d, e, f, g, h] = self.words.map(|start| start as isize);
                    uint8x16x4_t(
                        load_pair(row.offset(a), row.offset(b)),
                        load_pair(row.offset(c), row.offset(d)),
                        load_pair(row.offset(e), row.offset(f)),
                        load_pair(row.offset(g), row.offset(h)),
                    )
                }
                Fetch::Bytes => {
                    let mut slots = [0; 64];
                    gather_bytes::<C, TAPS>(row, &self.offsets, self.channel_stride, &mut slots);
                    vld1q_u8_x4(slots.as_ptr())
                }
            };
            let mut channels = [[vdupq_n_s32(0); 2]; C];
            for (channel, value) in channels.iter_mut().enumerate() {
                let index = self.index[channel].as_ptr();
                value[0] = vreinterpretq_s32_u8(vqtbl4q_u8(bytes, vld1q_u8(index)));
                value[1] = vreinterpretq_s32_u8(vqtbl4q_u8(bytes, vld1q_u8(index.add(16))));
            }
            channels
        }
    }
}

/// `left * weight_left + right * weight_right`.
#[inline(always)]
fn dot_pairs(_: Neon, pairs: [int32x4_t; 2], weights: [int16x8_t; 2]) -> [int32x4_t; 2] {
    let mut sums = pairs;
    for half in 0..2 {
        sums[half] = level! {
            let (pairs, weights) = (vreinterpretq_s16_s32(pairs[half]), weights[half]);
            vpaddq_s32(vmull_s16(vget_low_s16(pairs), vget_low_s16(weights)), vmull_high_s16(pairs, weights))
        };
    }
    sums
}

/// Two sums of columns to a sample.
#[inline(always)]
fn blend_rows(simd: Neon, above: [int32x4_t; 2], below: [int32x4_t; 2], weights: [int32x4_t; 2]) -> [int32x4_t; 2] {
    let mut result = above;
    for half in 0..2 {
        let (w0, w1) = (low_words(simd, weights[half]), level! { vshrq_n_s32::<16>(weights[half]) });
        result[half] = level! {
            let above = vshrq_n_s32::<16>(vmulq_s32(vshrq_n_s32::<4>(above[half]), w0));
            let below = vshrq_n_s32::<16>(vmulq_s32(vshrq_n_s32::<4>(below[half]), w1));
            vshrq_n_s32::<2>(vaddq_s32(vaddq_s32(above, below), vdupq_n_s32(2)))
        };
    }
    result
}

/// Eight bytes from each of two places.
///
/// # Safety
/// They are readable.
#[inline(always)]
unsafe fn load_pair(low: *const u8, high: *const u8) -> uint8x16_t {
    // SAFETY: the caller's promise.
    unsafe { vcombine_u8(vld1_u8(low), vld1_u8(high)) }
}

/// The low word of each lane, sign extended.
#[inline(always)]
fn low_words(_: Neon, words: int32x4_t) -> int32x4_t {
    level! { vshrq_n_s32::<16>(vshlq_n_s32::<16>(words)) }
}

// SAFETY: each operation says what it reads and writes, and that this is what it asks for.
unsafe impl Simd for Neon {
    const LANES: usize = 8;
    type Columns = Columns;
    type RowFilter = PlainRows;
    type FloatRowFilter = PlainRows<f32>;
    type Cells = Infallible;
    type QuadWeights = Vec<[i32; 4]>;

    #[inline(always)]
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output {
        // Advanced SIMD is part of the aarch64 targets' baseline: the whole crate is compiled with it.
        task.run(self)
    }

    fn columns(self, taps: &BlockTaps<'_>) -> Columns {
        Columns::new(taps)
    }

    #[inline(always)]
    unsafe fn fetch<const C: usize>(self, row: *const u8, columns: &Columns) -> [Self::I32; C] {
        // SAFETY: the caller's promise is the same.
        unsafe { columns.taps::<C, 1>(row) }
    }

    #[inline(always)]
    unsafe fn blend<const C: usize, const TAPS: usize>(
        self,
        [above, below]: [*const u8; 2],
        columns: &Columns,
        weights: Self::I32,
    ) -> [Self::I32; C] {
        // SAFETY: the caller's promise is the same.
        let [above, below] = unsafe { [columns.taps::<C, TAPS>(above), columns.taps::<C, TAPS>(below)] };
        let pairs = columns.weights.as_ptr().cast::<i16>();
        // SAFETY: 16 weights.
        let columns = level! { [vld1q_s16(pairs), vld1q_s16(pairs.add(8))] };
        let mut values = above;
        for channel in 0..C {
            let above = dot_pairs(self, above[channel], columns);
            values[channel] = blend_rows(self, above, dot_pairs(self, below[channel], columns), weights);
        }
        values
    }

    #[inline(always)]
    unsafe fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: *const u8) -> [Self::I32; C] {
        // SAFETY: exactly 8 * PIXEL bytes are read.
        unsafe {
            let mut bytes = [vdup_n_u8(0); 4];
            match PIXEL {
                1 => bytes[0] = vld1_u8(pixels),
                3 => {
                    let uint8x8x3_t(a, b, c) = vld3_u8(pixels);
                    bytes = [a, b, c, c];
                }
                _ => {
                    let uint8x8x4_t(a, b, c, d) = vld4_u8(pixels);
                    bytes = [a, b, c, d];
                }
            }
            let mut channels = [[vdupq_n_s32(0); 2]; C];
            for (channel, value) in channels.iter_mut().enumerate() {
                let words = vreinterpretq_s16_u16(vmovl_u8(bytes[channel]));
                *value = [vmovl_s16(vget_low_s16(words)), vmovl_high_s16(words)];
            }
            channels
        }
    }

    #[inline(always)]
    unsafe fn load_f32(self, at: *const f32) -> Self::F32 {
        // SAFETY: the caller's promise is the same.
        unsafe { [vld1q_f32(at), vld1q_f32(at.add(4))] }
    }

    #[inline(always)]
    fn splat_words(self, [low, high]: [i16; 2]) -> Self::I32 {
        level! { [vdupq_n_s32(i32::from(low) & 0xffff | i32::from(high) << 16); 2] }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::F32 {
        level! { [vdupq_n_f32(value); 2] }
    }

    #[inline(always)]
    fn convert(self, [low, high]: Self::I32) -> Self::F32 {
        level! { [vcvtq_f32_s32(low), vcvtq_f32_s32(high)] }
    }

    #[inline(always)]
    fn look_up(self, value: Self::I32, table: &[u32; 256]) -> Self::I32 {
        let mut lanes = [0; 8];
        let mut found = [0; 8];
        // SAFETY: eight bytes are written to, and eight elements read from, arrays of that length.
        unsafe {
            vst1_u8(lanes.as_mut_ptr(), bytes(self, value));
            for (entry, lane) in found.iter_mut().zip(lanes) {
                *entry = table[lane as usize] as i32;
            }
            [vld1q_s32(found.as_ptr()), vld1q_s32(found[4..].as_ptr())]
        }
    }

    #[inline(always)]
    fn reinterpret(self, [low, high]: Self::I32) -> Self::F32 {
        level! { [vreinterpretq_f32_s32(low), vreinterpretq_f32_s32(high)] }
    }

    #[inline(always)]
    fn mul_add(self, a: Self::F32, b: Self::F32, c: Self::F32) -> Self::F32 {
        level! { [vfmaq_f32(c[0], a[0], b[0]), vfmaq_f32(c[1], a[1], b[1])] }
    }

    #[inline(always)]
    unsafe fn store_f32(self, at: *mut f32, [low, high]: Self::F32) {
        // SAFETY: 8 elements are writable.
        unsafe {
            vst1q_f32(at, low);
            vst1q_f32(at.add(4), high);
        }
    }

    #[inline(always)]
    unsafe fn store_u8(self, at: *mut u8, value: Self::I32) {
        // SAFETY: 8 bytes are writable.
        unsafe { vst1_u8(at, bytes(self, value)) }
    }

    #[inline(always)]
    unsafe fn store_pixels_f32<const C: usize>(self, at: *mut f32, channels: [Self::F32; C]) {
        // SAFETY: 8 * C elements are writable.
        unsafe {
            for half in 0..2 {
                let at = at.add(half * 4 * C);
                match C {
                    1 => vst1q_f32(at, channels[0][half]),
                    3 => vst3q_f32(at, float32x4x3_t(channels[0][half], channels[1][half], channels[2][half])),
                    _ => {
                        let [a, b, c, d] = [0, 1, 2, 3].map(|channel: usize| channels[channel][half]);
                        vst4q_f32(at, float32x4x4_t(a, b, c, d));
                    }
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn store_pixels_u8<const C: usize>(self, at: *mut u8, channels: [Self::I32; C]) {
        // SAFETY: 8 * C bytes are writable.
        unsafe {
            match C {
                1 => vst1_u8(at, bytes(self, channels[0])),
                3 => {
                    let [a, b, c] = [0, 1, 2].map(|channel: usize| bytes(self, channels[channel]));
                    vst3_u8(at, uint8x8x3_t(a, b, c));
                }
                _ => {
                    let [a, b, c, d] = [0, 1, 2, 3].map(|channel: usize| bytes(self, channels[channel]));
                    vst4_u8(at, uint8x8x4_t(a, b, c, d));
                }
            }
        }
    }

    plain_passes!();
}

/// The low byte of each lane.
#[inline(always)]
fn bytes(_: Neon, [low, high]: [int32x4_t; 2]) -> uint8x8_t {
    level! {
        let words = vcombine_s16(vmovn_s32(low), vmovn_s32(high));
        vmovn_u16(vreinterpretq_u16_s16(words))
    }
}

// SAFETY: `detect` is the one way to a token. The stores write eight pixels.
unsafe impl Elements for Neon {
    type I32 = [int32x4_t; 2];
    type F32 = [float32x4_t; 2];

    #[inline(always)]
    fn round_to_f16(self, value: Self::F32) -> Self::I32 {
        let mut halves = [level! { vdupq_n_s32(0) }; 2];
        for (half, value) in halves.iter_mut().zip(value) {
            let rounded: uint16x4_t;
            // The intrinsic's type is not stable yet.
            // SAFETY: one instruction of every aarch64 CPU, which touches registers only.
            unsafe {
                std::arch::asm!(
                    "fcvtn {rounded:v}.4h, {value:v}.4s",
                    rounded = lateout(vreg) rounded,
                    value = in(vreg) value,
                    options(pure, nomem, nostack, preserves_flags)
                );
            }
            *half = level! { vreinterpretq_s32_u32(vmovl_u16(rounded)) };
        }
        halves
    }

    #[inline(always)]
    fn round_to_bf16(self, value: Self::F32) -> Self::I32 {
        let mut halves = [level! { vdupq_n_s32(0) }; 2];
        for (half, value) in halves.iter_mut().zip(value) {
            *half = level! {
                let bits = vreinterpretq_u32_f32(value);
                let even = vandq_u32(vshrq_n_u32::<16>(bits), vdupq_n_u32(1));
                let rounded = vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7fff)), even);
                let quiet = vorrq_u32(bits, vdupq_n_u32(1 << 22));
                // What is not a number is unequal to itself.
                vreinterpretq_s32_u32(vshrq_n_u32::<16>(vbslq_u32(vceqq_f32(value, value), rounded, quiet)))
            };
        }
        halves
    }

    #[inline(always)]
    fn quantize(self, value: Self::F32, steps: Steps) -> Self::I32 {
        let mut integers = [level! { vdupq_n_s32(0) }; 2];
        for (integer, value) in integers.iter_mut().zip(value) {
            *integer = level! {
                let quotient = vdivq_f32(value, vdupq_n_f32(steps.scale));
                let quotient = vmaxnmq_f32(quotient, vdupq_n_f32(-Steps::BEYOND));
                let quotient = vminnmq_f32(quotient, vdupq_n_f32(Steps::BEYOND));
                let integer = vaddq_s32(vcvtnq_s32_f32(quotient), vdupq_n_s32(steps.zero_point));
                let integer = vminq_s32(vmaxq_s32(integer, vdupq_n_s32(steps.least)), vdupq_n_s32(steps.most));
                vandq_s32(integer, vdupq_n_s32(255))
            };
        }
        integers
    }

    #[inline(always)]
    unsafe fn store_u16(self, at: *mut u16, value: Self::I32) {
        // SAFETY: 8 elements are writable.
        unsafe { vst1q_u16(at, words(self, value)) }
    }

    #[inline(always)]
    unsafe fn store_pixels_u16<const C: usize>(self, at: *mut u16, channels: [Self::I32; C]) {
        // SAFETY: 8 * C elements are writable.
        unsafe {
            let [a, b, c, d] = [0, 1, 2, 3].map(|channel: usize| words(self, channels[channel.min(C - 1)]));
            match C {
                1 => vst1q_u16(at, a),
                3 => vst3q_u16(at, uint16x8x3_t(a, b, c)),
                _ => vst4q_u16(at, uint16x8x4_t(a, b, c, d)),
            }
        }
    }
}

/// The low half of each lane.
#[inline(always)]
fn words(_: Neon, [low, high]: [int32x4_t; 2]) -> uint16x8_t {
    level! { vreinterpretq_u16_s16(vcombine_s16(vmovn_s32(low), vmovn_s32(high))) }
}
