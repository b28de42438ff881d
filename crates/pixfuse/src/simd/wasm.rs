//! 8 pixels at a time with WebAssembly's fixed-width SIMD, which is compiled in or not: a module cannot ask.

use std::arch::wasm32::*;
use std::mem::MaybeUninit;

use super::v128::{Doubles, V128, mul_add, mul_add_u8};
use super::vectors::Vectors;
use super::{Plain, Task};

/// Baseline `simd128`, without the relaxed instructions, whose results differ between engines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Simd128(());

impl Simd128 {
    /// The token: whoever runs this module has the level.
    pub(crate) fn detect() -> Option<Self> {
        Some(Self(()))
    }
}

// SAFETY: this is compiled only where the whole module has the instructions.
unsafe impl Vectors for Simd128 {
    type Vector = v128;
    type Bytes = [u8; 16];
    type Products = v128;

    #[inline(always)]
    fn splat_i32(self, value: i32) -> v128 {
        i32x4_splat(value)
    }

    #[inline(always)]
    fn splat_f32(self, value: f32) -> v128 {
        f32x4_splat(value)
    }

    #[inline(always)]
    fn and(self, a: v128, b: v128) -> v128 {
        v128_and(a, b)
    }

    #[inline(always)]
    fn or(self, a: v128, b: v128) -> v128 {
        v128_or(a, b)
    }

    #[inline(always)]
    fn shuffle(self, bytes: v128, index: v128) -> v128 {
        i8x16_swizzle(bytes, index)
    }

    #[inline(always)]
    fn add_i32(self, a: v128, b: v128) -> v128 {
        i32x4_add(a, b)
    }

    #[inline(always)]
    fn mul_i32(self, a: v128, b: v128) -> v128 {
        i32x4_mul(a, b)
    }

    #[inline(always)]
    fn min_i32(self, a: v128, b: v128) -> v128 {
        i32x4_min(a, b)
    }

    #[inline(always)]
    fn max_i32(self, a: v128, b: v128) -> v128 {
        i32x4_max(a, b)
    }

    #[inline(always)]
    fn shift_left<const BITS: i32>(self, value: v128) -> v128 {
        i32x4_shl(value, BITS as u32)
    }

    #[inline(always)]
    fn shift_right_u16<const BITS: i32>(self, value: v128) -> v128 {
        u16x8_shr(value, BITS as u32)
    }

    #[inline(always)]
    fn shift_right_u32<const BITS: i32>(self, value: v128) -> v128 {
        u32x4_shr(value, BITS as u32)
    }

    #[inline(always)]
    fn shift_left_by(self, value: v128, bits: u32) -> v128 {
        i32x4_shl(value, bits)
    }

    #[inline(always)]
    fn shift_right_by(self, value: v128, bits: u32) -> v128 {
        i32x4_shr(value, bits)
    }

    #[inline(always)]
    fn pack_i32(self, low: v128, high: v128) -> v128 {
        i16x8_narrow_i32x4(low, high)
    }

    #[inline(always)]
    fn pack_i16(self, low: v128, high: v128) -> v128 {
        u8x16_narrow_i16x8(low, high)
    }

    #[inline(always)]
    fn products(self, start: v128) -> v128 {
        start
    }

    #[inline(always)]
    fn add_products(self, sums: v128, a: v128, b: v128) -> v128 {
        i32x4_add(sums, i32x4_dot_i16x8(a, b))
    }

    #[inline(always)]
    fn total(self, sums: v128) -> v128 {
        sums
    }

    #[inline(always)]
    fn add_f32(self, a: v128, b: v128) -> v128 {
        f32x4_add(a, b)
    }

    #[inline(always)]
    fn mul_f32(self, a: v128, b: v128) -> v128 {
        f32x4_mul(a, b)
    }

    #[inline(always)]
    fn div_f32(self, a: v128, b: v128) -> v128 {
        f32x4_div(a, b)
    }

    #[inline(always)]
    fn clamp_f32(self, value: v128, least: v128, most: v128) -> v128 {
        // The first operand unless it is less than the second: the least where the value is not a number.
        f32x4_pmin(most, f32x4_pmax(least, value))
    }

    #[inline(always)]
    fn convert(self, value: v128) -> v128 {
        f32x4_convert_i32x4(value)
    }

    #[inline(always)]
    fn round(self, value: v128) -> v128 {
        i32x4_trunc_sat_f32x4(f32x4_nearest(value))
    }
}

// SAFETY: this is compiled only where the whole module has the instructions.
unsafe impl V128 for Simd128 {
    // A function for each task, as where there is a gateway: with all resamplers in one their passes take up to 1.3 times as long.
    #[inline(never)]
    fn enter<T: Task<Self>>(self, task: T) -> T::Output {
        task.run(self)
    }

    /// By copies of the first 4 KiB, for which there is one instruction: the engine's own loop, where the compiler's is of
    /// single elements, since modules are linked to be small.
    #[inline(always)]
    fn fill_long<T: Plain>(self, out: &mut [MaybeUninit<T>], value: T) -> bool {
        let (first, rest) = out.split_at_mut(out.len().min((4 << 10) / size_of::<T>()));
        first.fill(MaybeUninit::new(value));
        for piece in rest.chunks_mut(first.len().max(1)) {
            piece.copy_from_slice(&first[..piece.len()]);
        }
        true
    }

    #[inline(always)]
    fn extend_8(self, bytes: [u8; 8]) -> v128 {
        u64x2(u64::from_le_bytes(bytes), 0)
    }

    #[inline(always)]
    fn extend_4(self, bytes: [u8; 4]) -> v128 {
        u32x4(u32::from_le_bytes(bytes), 0, 0, 0)
    }

    #[inline(always)]
    fn low_8(self, value: v128) -> [u8; 8] {
        u64x2_extract_lane::<0>(value).to_le_bytes()
    }

    #[inline(always)]
    fn low_4(self, value: v128) -> [u8; 4] {
        u32x4_extract_lane::<0>(value).to_le_bytes()
    }

    #[inline(always)]
    fn zip_low<const BYTES: usize>(self, a: v128, b: v128) -> v128 {
        match BYTES {
            1 => i8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(a, b),
            2 => i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(a, b),
            4 => i32x4_shuffle::<0, 4, 1, 5>(a, b),
            _ => i64x2_shuffle::<0, 2>(a, b),
        }
    }

    #[inline(always)]
    fn zip_high<const BYTES: usize>(self, a: v128, b: v128) -> v128 {
        match BYTES {
            1 => i8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(a, b),
            2 => i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(a, b),
            4 => i32x4_shuffle::<2, 6, 3, 7>(a, b),
            _ => i64x2_shuffle::<1, 3>(a, b),
        }
    }

    #[inline(always)]
    fn select(self, mask: v128, a: v128, b: v128) -> v128 {
        v128_bitselect(a, b, mask)
    }

    #[inline(always)]
    fn less_i32(self, a: v128, b: v128) -> v128 {
        i32x4_lt(a, b)
    }

    #[inline(always)]
    fn add_i16(self, a: v128, b: v128) -> v128 {
        i16x8_add(a, b)
    }

    #[inline(always)]
    fn pack_u32(self, low: v128, high: v128) -> v128 {
        u16x8_narrow_i32x4(low, high)
    }

    #[inline(always)]
    fn blend_rows<const BITS: i32>(self, [above, below]: [[v128; 2]; 2], weights: v128) -> [v128; 2] {
        // Products of words: the high ones are zero on one side.
        let (first, second) = (v128_and(weights, i32x4_splat(0xffff)), u32x4_shr(weights, 16));
        let mut samples = above;
        for half in 0..2 {
            let above = u32x4_shr(i32x4_dot_i16x8(above[half], first), BITS as u32);
            let below = u32x4_shr(i32x4_dot_i16x8(below[half], second), BITS as u32);
            samples[half] = u32x4_shr(i32x4_add(i32x4_add(above, below), i32x4_splat(2)), 2);
        }
        samples
    }

    #[inline(always)]
    fn mul_add_f32(self, a: v128, b: v128, c: v128) -> v128 {
        mul_add(self, a, b, c)
    }

    #[inline(always)]
    fn mul_add_u8(self, value: v128, scale: f32, offset: f32) -> v128 {
        mul_add_u8(self, value, scale, offset)
    }
}

// SAFETY: this is compiled only where the whole module has the instructions; these are values only.
unsafe impl Doubles for Simd128 {
    #[inline(always)]
    fn splat_f64(self, value: f64) -> v128 {
        f64x2_splat(value)
    }

    #[inline(always)]
    fn convert_low(self, value: v128) -> v128 {
        f64x2_convert_low_i32x4(value)
    }

    #[inline(always)]
    fn convert_high(self, value: v128) -> v128 {
        f64x2_convert_low_i32x4(i64x2_shuffle::<1, 1>(value, value))
    }

    #[inline(always)]
    fn widen_low(self, value: v128) -> v128 {
        f64x2_promote_low_f32x4(value)
    }

    #[inline(always)]
    fn widen_high(self, value: v128) -> v128 {
        f64x2_promote_low_f32x4(i64x2_shuffle::<1, 1>(value, value))
    }

    #[inline(always)]
    fn narrow(self, low: v128, high: v128) -> v128 {
        i64x2_shuffle::<0, 2>(f32x4_demote_f64x2_zero(low), f32x4_demote_f64x2_zero(high))
    }

    #[inline(always)]
    fn low_bits(self, low: v128, high: v128) -> v128 {
        i32x4_shuffle::<0, 2, 4, 6>(low, high)
    }

    #[inline(always)]
    fn high_bits(self, low: v128, high: v128) -> v128 {
        i32x4_shuffle::<1, 3, 5, 7>(low, high)
    }

    #[inline(always)]
    fn mul_f64(self, a: v128, b: v128) -> v128 {
        f64x2_mul(a, b)
    }

    #[inline(always)]
    fn add_f64(self, a: v128, b: v128) -> v128 {
        f64x2_add(a, b)
    }

    #[inline(always)]
    fn equal_i32(self, a: v128, b: v128) -> v128 {
        i32x4_eq(a, b)
    }

    #[inline(always)]
    fn any(self, value: v128) -> bool {
        v128_any_true(value)
    }
}
