//! 8 pixels at a time with Advanced SIMD, which every aarch64 CPU has.

use std::arch::aarch64::*;

use bytemuck::must_cast;

use super::Task;
use super::v128::{ChannelTables, V128};
use super::values::values;
use super::vectors::Vectors;

/// Advanced SIMD.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon(());

impl Neon {
    /// The token, if this CPU has the level.
    pub(crate) fn detect() -> Option<Self> {
        // Without the standard library nobody asks the CPU: the level is there if the whole program is compiled for it.
        #[cfg(feature = "std")]
        let is_there = std::arch::is_aarch64_feature_detected!("neon");
        #[cfg(not(feature = "std"))]
        let is_there = cfg!(target_feature = "neon");
        is_there.then_some(Self(()))
    }
}

/// i32 lanes.
#[inline]
#[target_feature(enable = "neon")]
fn i32s(value: uint8x16_t) -> int32x4_t {
    vreinterpretq_s32_u8(value)
}

/// f32 lanes.
#[inline]
#[target_feature(enable = "neon")]
fn f32s(value: uint8x16_t) -> float32x4_t {
    vreinterpretq_f32_u8(value)
}

/// Words with a sign.
#[inline]
#[target_feature(enable = "neon")]
fn words(value: uint8x16_t) -> int16x8_t {
    vreinterpretq_s16_u8(value)
}

/// The low words of eight lanes.
#[inline]
#[target_feature(enable = "neon")]
fn low_words([low, high]: [uint8x16_t; 2]) -> int16x8_t {
    vreinterpretq_s16_u16(vuzp1q_u16(vreinterpretq_u16_u8(low), vreinterpretq_u16_u8(high)))
}

// SAFETY: `detect` is the one way to a token.
unsafe impl Vectors for Neon {
    type Vector = uint8x16_t;
    type Bytes = [u8; 16];
    /// Of the products of the low and of the high four words: neighbours are added last.
    type Products = [int32x4_t; 2];

    fn index_32(places: [u8; 16]) -> [[u8; 16]; 2] {
        [places, [255; 16]]
    }

    values! { ["neon"]
        fn splat_i32(self, value: i32) -> uint8x16_t {
            vreinterpretq_u8_s32(vdupq_n_s32(value))
        }

        fn splat_f32(self, value: f32) -> uint8x16_t {
            vreinterpretq_u8_f32(vdupq_n_f32(value))
        }

        fn and(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vandq_u8(a, b)
        }

        fn or(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vorrq_u8(a, b)
        }

        fn shuffle(self, bytes: uint8x16_t, index: uint8x16_t) -> uint8x16_t {
            vqtbl1q_u8(bytes, index)
        }

        fn shuffle_32(self, bytes: [uint8x16_t; 2], index: [uint8x16_t; 2]) -> uint8x16_t {
            vqtbl2q_u8(uint8x16x2_t(bytes[0], bytes[1]), index[0])
        }

        fn add_i32(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_s32(vaddq_s32(i32s(a), i32s(b)))
        }

        fn mul_i32(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_s32(vmulq_s32(i32s(a), i32s(b)))
        }

        fn min_i32(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_s32(vminq_s32(i32s(a), i32s(b)))
        }

        fn max_i32(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_s32(vmaxq_s32(i32s(a), i32s(b)))
        }

        fn shift_left<const BITS: i32>(self, value: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_s32(vshlq_n_s32::<BITS>(i32s(value)))
        }

        fn shift_right_u16<const BITS: i32>(self, value: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_u16(vshrq_n_u16::<BITS>(vreinterpretq_u16_u8(value)))
        }

        fn shift_right_u32<const BITS: i32>(self, value: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_u32(vshrq_n_u32::<BITS>(vreinterpretq_u32_u8(value)))
        }

        fn shift_left_by(self, value: uint8x16_t, bits: u32) -> uint8x16_t {
            vreinterpretq_u8_s32(vshlq_s32(i32s(value), vdupq_n_s32(bits as i32)))
        }

        fn shift_right_by(self, value: uint8x16_t, bits: u32) -> uint8x16_t {
            vreinterpretq_u8_s32(vshlq_s32(i32s(value), vdupq_n_s32(-(bits as i32))))
        }

        fn pack_i32(self, low: uint8x16_t, high: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_s16(vqmovn_high_s32(vqmovn_s32(i32s(low)), i32s(high)))
        }

        fn pack_i16(self, low: uint8x16_t, high: uint8x16_t) -> uint8x16_t {
            vqmovun_high_s16(vqmovun_s16(words(low)), words(high))
        }

        fn products(self, start: uint8x16_t) -> [int32x4_t; 2] {
            // One lane of each two gets all of it.
            let start = i32s(start);
            [vzip1q_s32(start, vdupq_n_s32(0)), vzip2q_s32(start, vdupq_n_s32(0))]
        }

        fn add_products(self, sums: [int32x4_t; 2], a: uint8x16_t, b: uint8x16_t) -> [int32x4_t; 2] {
            let (a, b) = (words(a), words(b));
            [vmlal_s16(sums[0], vget_low_s16(a), vget_low_s16(b)), vmlal_high_s16(sums[1], a, b)]
        }

        fn total(self, sums: [int32x4_t; 2]) -> uint8x16_t {
            vreinterpretq_u8_s32(vpaddq_s32(sums[0], sums[1]))
        }

        fn add_f32(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_f32(vaddq_f32(f32s(a), f32s(b)))
        }

        fn mul_f32(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_f32(vmulq_f32(f32s(a), f32s(b)))
        }

        fn div_f32(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_f32(vdivq_f32(f32s(a), f32s(b)))
        }

        fn clamp_f32(self, value: uint8x16_t, least: uint8x16_t, most: uint8x16_t) -> uint8x16_t {
            // The number of two of which one is none.
            vreinterpretq_u8_f32(vminnmq_f32(vmaxnmq_f32(f32s(value), f32s(least)), f32s(most)))
        }

        fn convert(self, value: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_f32(vcvtq_f32_s32(i32s(value)))
        }

        fn round(self, value: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_s32(vcvtnq_s32_f32(f32s(value)))
        }
    }
}

// SAFETY: `detect` is the one way to a token.
unsafe impl V128 for Neon {
    #[inline(always)]
    fn enter<T: Task<Self>>(self, task: T) -> T::Output {
        // Advanced SIMD is part of the aarch64 targets' baseline: the whole crate is compiled with it.
        task.run(self)
    }

    fn channel_tables(places: ChannelTables) -> ChannelTables {
        places
    }

    #[inline(always)]
    fn deinterleave<const C: usize>(self, bytes: [uint8x16_t; 2], _: ChannelTables) -> [uint8x16_t; 2] {
        bytes
    }

    /// A look-up in two vectors, which takes fewer instructions than to deinterleave first.
    #[inline(always)]
    fn channel<const C: usize>(self, bytes: [uint8x16_t; 2], tables: ChannelTables, channel: usize) -> uint8x16_t {
        self.shuffle_32(bytes, [must_cast(tables[channel]); 2])
    }

    values! { ["neon"]
        fn extend_8(self, bytes: [u8; 8]) -> uint8x16_t {
            vcombine_u8(must_cast(bytes), vdup_n_u8(0))
        }

        fn extend_4(self, bytes: [u8; 4]) -> uint8x16_t {
            vreinterpretq_u8_u32(vsetq_lane_u32::<0>(must_cast(bytes), vdupq_n_u32(0)))
        }

        fn low_8(self, value: uint8x16_t) -> [u8; 8] {
            must_cast(vget_low_u8(value))
        }

        fn low_4(self, value: uint8x16_t) -> [u8; 4] {
            must_cast(vgetq_lane_u32::<0>(vreinterpretq_u32_u8(value)))
        }

        fn zip_low<const BYTES: usize>(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            match BYTES {
                1 => vzip1q_u8(a, b),
                2 => vreinterpretq_u8_u16(vzip1q_u16(vreinterpretq_u16_u8(a), vreinterpretq_u16_u8(b))),
                4 => vreinterpretq_u8_u32(vzip1q_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b))),
                _ => vreinterpretq_u8_u64(vzip1q_u64(vreinterpretq_u64_u8(a), vreinterpretq_u64_u8(b))),
            }
        }

        fn zip_high<const BYTES: usize>(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            match BYTES {
                1 => vzip2q_u8(a, b),
                2 => vreinterpretq_u8_u16(vzip2q_u16(vreinterpretq_u16_u8(a), vreinterpretq_u16_u8(b))),
                4 => vreinterpretq_u8_u32(vzip2q_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b))),
                _ => vreinterpretq_u8_u64(vzip2q_u64(vreinterpretq_u64_u8(a), vreinterpretq_u64_u8(b))),
            }
        }

        fn select(self, mask: uint8x16_t, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vbslq_u8(mask, a, b)
        }

        fn less_i32(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_u32(vcltq_s32(i32s(a), i32s(b)))
        }

        fn add_i16(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_u16(vaddq_u16(vreinterpretq_u16_u8(a), vreinterpretq_u16_u8(b)))
        }

        fn pack_u32(self, low: uint8x16_t, high: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_u16(vuzp1q_u16(vreinterpretq_u16_u8(low), vreinterpretq_u16_u8(high)))
        }

        fn blend_rows<const BITS: i32>(self, rows: [[uint8x16_t; 2]; 2], weights: uint8x16_t) -> [uint8x16_t; 2] {
            let (above, below) = (low_words(rows[0]), low_words(rows[1]));
            let weights = words(weights);
            // Twice the product is cut off by an instruction of its own, and one bit is left to be shifted out.
            let (above, below) = if BITS == 9 {
                (vshlq_n_s16::<7>(above), vshlq_n_s16::<7>(below))
            } else {
                (above, below)
            };
            let above = vshrq_n_s16::<1>(vqdmulhq_laneq_s16::<0>(above, weights));
            let sum = vsraq_n_s16::<1>(above, vqdmulhq_laneq_s16::<1>(below, weights));
            let samples = vreinterpretq_u16_s16(vrshrq_n_s16::<2>(sum));
            [vreinterpretq_u8_u32(vmovl_u16(vget_low_u16(samples))), vreinterpretq_u8_u32(vmovl_high_u16(samples))]
        }

        fn mul_add_f32(self, a: uint8x16_t, b: uint8x16_t, c: uint8x16_t) -> uint8x16_t {
            vreinterpretq_u8_f32(vfmaq_f32(f32s(c), f32s(a), f32s(b)))
        }

        fn round_to_f16(self, value: uint8x16_t) -> uint8x16_t {
            let rounded: uint16x4_t;
            // The intrinsic's type is not stable yet.
            // SAFETY: one instruction of every aarch64 CPU, which touches registers only.
            unsafe {
                std::arch::asm!(
                    "fcvtn {rounded:v}.4h, {value:v}.4s",
                    rounded = lateout(vreg) rounded,
                    value = in(vreg) f32s(value),
                    options(pure, nomem, nostack, preserves_flags)
                );
            }
            vreinterpretq_u8_u32(vmovl_u16(rounded))
        }
    }
}
