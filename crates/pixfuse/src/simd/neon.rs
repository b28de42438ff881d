//! 8 pixels at a time with Advanced SIMD, which every aarch64 CPU has.

use std::arch::aarch64::*;
use std::convert::Infallible;

use super::passes::{PlainRows, add_quad_plain, blend_quads_plain, plain_passes};
use super::taps::{Fetch, gather_bytes};
use super::values::values;
use super::{BlockTaps, Elements, Simd, Steps, Task};
use crate::memory::{self, NoMemory};
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
    unsafe fn taps<const C: usize, const TAPS: usize>(&self, simd: Neon, row: *const u8) -> [[int32x4_t; 2]; C] {
        let bytes = match self.fetch {
            // SAFETY: the CPU has this level, as `simd` is its token. `new` found 64 bytes from the base to be inside what may
            // be read of a row, which the caller promises.
            Fetch::Window { base } => unsafe { vld1q_u8_x4(row.offset(base)) },
            Fetch::Words => {
                let [a, b, c, d, e, f, g, h] = self.words.map(|start| start as isize);
                // SAFETY: `new` found eight bytes from each start to be inside what may be read of a row, which the caller
                // promises.
                unsafe {
                    uint8x16x4_t(
                        load_pair(row.offset(a), row.offset(b)),
                        load_pair(row.offset(c), row.offset(d)),
                        load_pair(row.offset(e), row.offset(f)),
                        load_pair(row.offset(g), row.offset(h)),
                    )
                }
            }
            Fetch::Bytes => {
                let mut slots = [0; 64];
                // SAFETY: the caller promises each tap of the row; there are eight slots for each of eight lanes.
                unsafe {
                    gather_bytes::<C, TAPS>(row, &self.offsets, self.channel_stride, &mut slots);
                    vld1q_u8_x4(slots.as_ptr())
                }
            }
        };
        let mut channels = [[simd.zero(); 2]; C];
        for (channel, value) in channels.iter_mut().enumerate() {
            *value = simd.pick(bytes, &self.index[channel]);
        }
        channels
    }
}

/// Eight bytes from each of two places.
///
/// # Safety
/// They are readable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn load_pair(low: *const u8, high: *const u8) -> uint8x16_t {
    // SAFETY: the caller promises eight bytes from each place.
    unsafe { vcombine_u8(vld1_u8(low), vld1_u8(high)) }
}

/// The vector that a table holds.
#[inline]
#[target_feature(enable = "neon")]
fn vector(table: &[u8; 16]) -> uint8x16_t {
    // SAFETY: the table has 16 bytes.
    unsafe { vld1q_u8(table.as_ptr()) }
}

/// The low word of each lane, sign extended.
#[inline]
#[target_feature(enable = "neon")]
fn low_words(words: int32x4_t) -> int32x4_t {
    vshrq_n_s32::<16>(vshlq_n_s32::<16>(words))
}

impl Neon {
    values! { ["neon"]
        fn zero(self) -> int32x4_t {
            vdupq_n_s32(0)
        }

        /// Bytes of 64, by a table.
        fn pick(self, bytes: uint8x16x4_t, index: &[u8; 32]) -> [int32x4_t; 2] {
            let (halves, _) = index.as_chunks::<16>();
            [
                vreinterpretq_s32_u8(vqtbl4q_u8(bytes, vector(&halves[0]))),
                vreinterpretq_s32_u8(vqtbl4q_u8(bytes, vector(&halves[1]))),
            ]
        }

        /// Eight bytes as i32.
        fn widen(self, bytes: uint8x8_t) -> [int32x4_t; 2] {
            let words = vreinterpretq_s16_u16(vmovl_u8(bytes));
            [vmovl_s16(vget_low_s16(words)), vmovl_high_s16(words)]
        }

        /// `left * weight_left + right * weight_right`.
        fn dot_pairs(self, pairs: [int32x4_t; 2], weights: [int16x8_t; 2]) -> [int32x4_t; 2] {
            let mut sums = pairs;
            for half in 0..2 {
                let (pairs, weights) = (vreinterpretq_s16_s32(pairs[half]), weights[half]);
                let low = vmull_s16(vget_low_s16(pairs), vget_low_s16(weights));
                sums[half] = vpaddq_s32(low, vmull_high_s16(pairs, weights));
            }
            sums
        }

        /// Two sums of columns to a sample.
        fn blend_rows(self, above: [int32x4_t; 2], below: [int32x4_t; 2], weights: [int32x4_t; 2]) -> [int32x4_t; 2] {
            let mut result = above;
            for half in 0..2 {
                let (w0, w1) = (low_words(weights[half]), vshrq_n_s32::<16>(weights[half]));
                let above = vshrq_n_s32::<16>(vmulq_s32(vshrq_n_s32::<4>(above[half]), w0));
                let below = vshrq_n_s32::<16>(vmulq_s32(vshrq_n_s32::<4>(below[half]), w1));
                result[half] = vshrq_n_s32::<2>(vaddq_s32(vaddq_s32(above, below), vdupq_n_s32(2)));
            }
            result
        }

        /// The low byte of each lane.
        fn bytes(self, value: [int32x4_t; 2]) -> uint8x8_t {
            let words = vcombine_s16(vmovn_s32(value[0]), vmovn_s32(value[1]));
            vmovn_u16(vreinterpretq_u16_s16(words))
        }

        /// The low half of each lane.
        fn words(self, value: [int32x4_t; 2]) -> uint16x8_t {
            vreinterpretq_u16_s16(vcombine_s16(vmovn_s32(value[0]), vmovn_s32(value[1])))
        }

        /// The f16 that is nearest, in the low half of each lane.
        fn half(self, value: float32x4_t) -> int32x4_t {
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
            vreinterpretq_s32_u32(vmovl_u16(rounded))
        }
    }
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
        // SAFETY: the caller promises what one tap of each lane reads of the row.
        unsafe { columns.taps::<C, 1>(self, row) }
    }

    #[inline(always)]
    unsafe fn blend<const C: usize, const TAPS: usize>(
        self,
        [above, below]: [*const u8; 2],
        columns: &Columns,
        weights: Self::I32,
    ) -> [Self::I32; C] {
        // SAFETY: the caller promises what `TAPS` taps of each lane read of both rows.
        let [above, below] = unsafe { [columns.taps::<C, TAPS>(self, above), columns.taps::<C, TAPS>(self, below)] };
        let pairs = columns.weights.as_flattened();
        // SAFETY: the CPU has this level; there are 16 weights.
        let columns = unsafe { [vld1q_s16(pairs.as_ptr()), vld1q_s16(pairs[8..].as_ptr())] };
        let mut values = above;
        for channel in 0..C {
            let above = self.dot_pairs(above[channel], columns);
            values[channel] = self.blend_rows(above, self.dot_pairs(below[channel], columns), weights);
        }
        values
    }

    #[inline(always)]
    unsafe fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: *const u8) -> [Self::I32; C] {
        // SAFETY: the CPU has this level; the caller promises 8 * PIXEL bytes, and exactly those are read.
        let bytes = unsafe {
            match PIXEL {
                1 => [vld1_u8(pixels); 4],
                3 => {
                    let uint8x8x3_t(a, b, c) = vld3_u8(pixels);
                    [a, b, c, c]
                }
                _ => {
                    let uint8x8x4_t(a, b, c, d) = vld4_u8(pixels);
                    [a, b, c, d]
                }
            }
        };
        let mut channels = [[self.zero(); 2]; C];
        for (channel, value) in channels.iter_mut().enumerate() {
            *value = self.widen(bytes[channel]);
        }
        channels
    }

    #[inline(always)]
    unsafe fn load_f32(self, at: *const f32) -> Self::F32 {
        // SAFETY: the CPU has this level; the caller promises eight elements.
        unsafe { [vld1q_f32(at), vld1q_f32(at.add(4))] }
    }

    values! { ["neon"]
        fn splat_words(self, pair: [i16; 2]) -> [int32x4_t; 2] {
            [vdupq_n_s32(i32::from(pair[0]) & 0xffff | i32::from(pair[1]) << 16); 2]
        }

        fn splat(self, value: f32) -> [float32x4_t; 2] {
            [vdupq_n_f32(value); 2]
        }

        fn convert(self, value: [int32x4_t; 2]) -> [float32x4_t; 2] {
            [vcvtq_f32_s32(value[0]), vcvtq_f32_s32(value[1])]
        }

        fn reinterpret(self, bits: [int32x4_t; 2]) -> [float32x4_t; 2] {
            [vreinterpretq_f32_s32(bits[0]), vreinterpretq_f32_s32(bits[1])]
        }

        fn mul_add(self, a: [float32x4_t; 2], b: [float32x4_t; 2], c: [float32x4_t; 2]) -> [float32x4_t; 2] {
            [vfmaq_f32(c[0], a[0], b[0]), vfmaq_f32(c[1], a[1], b[1])]
        }
    }

    #[inline(always)]
    fn look_up(self, value: Self::I32, table: &[u32; 256]) -> Self::I32 {
        let mut lanes = [0; 8];
        let mut found = [0; 8];
        // SAFETY: the CPU has this level; there are eight lanes.
        unsafe { vst1_u8(lanes.as_mut_ptr(), self.bytes(value)) };
        for (entry, lane) in found.iter_mut().zip(lanes) {
            *entry = table[lane as usize] as i32;
        }
        // SAFETY: the CPU has this level; there are eight entries.
        unsafe { [vld1q_s32(found.as_ptr()), vld1q_s32(found[4..].as_ptr())] }
    }

    #[inline(always)]
    unsafe fn store_f32(self, at: *mut f32, [low, high]: Self::F32) {
        // SAFETY: the CPU has this level; the caller promises room for 8 elements.
        unsafe {
            vst1q_f32(at, low);
            vst1q_f32(at.add(4), high);
        }
    }

    #[inline(always)]
    unsafe fn store_u8(self, at: *mut u8, value: Self::I32) {
        // SAFETY: the CPU has this level; the caller promises room for 8 bytes.
        unsafe { vst1_u8(at, self.bytes(value)) }
    }

    #[inline(always)]
    unsafe fn store_pixels_f32<const C: usize>(self, at: *mut f32, channels: [Self::F32; C]) {
        for half in 0..2 {
            // SAFETY: the CPU has this level; the caller promises room for 8 * C elements, of which each half has 4 * C.
            unsafe {
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
        let [a, b, c, d] = [0, 1, 2, 3].map(|channel: usize| self.bytes(channels[channel.min(C - 1)]));
        // SAFETY: the CPU has this level; the caller promises room for 8 * C bytes.
        unsafe {
            match C {
                1 => vst1_u8(at, a),
                3 => vst3_u8(at, uint8x8x3_t(a, b, c)),
                _ => vst4_u8(at, uint8x8x4_t(a, b, c, d)),
            }
        }
    }

    plain_passes!();
}

// SAFETY: `detect` is the one way to a token. The stores write eight pixels.
unsafe impl Elements for Neon {
    type I32 = [int32x4_t; 2];
    type F32 = [float32x4_t; 2];

    values! { ["neon"]
        fn round_to_bf16(self, value: [float32x4_t; 2]) -> [int32x4_t; 2] {
            let mut halves = [vdupq_n_s32(0); 2];
            for (half, value) in halves.iter_mut().zip(value) {
                let bits = vreinterpretq_u32_f32(value);
                let even = vandq_u32(vshrq_n_u32::<16>(bits), vdupq_n_u32(1));
                let rounded = vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7fff)), even);
                let quiet = vorrq_u32(bits, vdupq_n_u32(1 << 22));
                // What is not a number is unequal to itself.
                *half = vreinterpretq_s32_u32(vshrq_n_u32::<16>(vbslq_u32(vceqq_f32(value, value), rounded, quiet)));
            }
            halves
        }

        fn quantize(self, value: [float32x4_t; 2], steps: Steps) -> [int32x4_t; 2] {
            let mut integers = [vdupq_n_s32(0); 2];
            for (integer, value) in integers.iter_mut().zip(value) {
                let quotient = vdivq_f32(value, vdupq_n_f32(steps.scale));
                let quotient = vmaxnmq_f32(quotient, vdupq_n_f32(-Steps::BEYOND));
                let quotient = vminnmq_f32(quotient, vdupq_n_f32(Steps::BEYOND));
                let whole = vaddq_s32(vcvtnq_s32_f32(quotient), vdupq_n_s32(steps.zero_point));
                let whole = vminq_s32(vmaxq_s32(whole, vdupq_n_s32(steps.least)), vdupq_n_s32(steps.most));
                *integer = vandq_s32(whole, vdupq_n_s32(255));
            }
            integers
        }
    }

    #[inline(always)]
    fn round_to_f16(self, [low, high]: Self::F32) -> Self::I32 {
        [self.half(low), self.half(high)]
    }

    #[inline(always)]
    unsafe fn store_u16(self, at: *mut u16, value: Self::I32) {
        // SAFETY: the CPU has this level; the caller promises room for 8 elements.
        unsafe { vst1q_u16(at, self.words(value)) }
    }

    #[inline(always)]
    unsafe fn store_pixels_u16<const C: usize>(self, at: *mut u16, channels: [Self::I32; C]) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|channel: usize| self.words(channels[channel.min(C - 1)]));
        // SAFETY: the CPU has this level; the caller promises room for 8 * C elements.
        unsafe {
            match C {
                1 => vst1q_u16(at, a),
                3 => vst3q_u16(at, uint16x8x3_t(a, b, c)),
                _ => vst4q_u16(at, uint16x8x4_t(a, b, c, d)),
            }
        }
    }
}
