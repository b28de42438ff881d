//! Short elements: f16, bf16 and steps.

use std::mem::MaybeUninit;

use super::{V128, array, interleaved};
use crate::simd::vectors::elements::quantize;
use crate::simd::{Elements, Steps, write};

/// The bits of an f32 infinity; what is above is not a number.
const INFINITY: i32 = 0x7f80_0000;

/// The bits of the nearest f16 by integers and one sum of f32.
#[inline(always)]
pub(super) fn round_to_f16<V: V128>(simd: V, value: V::Vector) -> V::Vector {
    let splat = |bits: i32| simd.splat_i32(bits);
    let magnitude = simd.and(value, splat(i32::MAX));
    // The exponent's bias goes from 127 to 15, and half of the last kept bit rounds: a little less where it is even.
    let odd = simd.and(simd.shift_right_u32::<13>(magnitude), splat(1));
    let rounded = simd.add_i32(simd.add_i32(magnitude, splat((15 - 127) * (1 << 23) + 0xfff)), odd);
    let normal = simd.shift_right_u32::<13>(rounded);
    // The last bit of 0.5 is worth 2^-24, as that of an f16 without an exponent: the sum rounds as it should.
    let half = simd.splat_f32(0.5);
    let small = simd.add_i32(simd.add_f32(magnitude, half), splat(-(0.5f32.to_bits() as i32)));
    let payload = simd.and(simd.shift_right_u32::<13>(magnitude), splat(0x3ff));
    let not_a_number = simd.or(payload, splat(0x7e00));
    // 65536 and more; what is from 65520 on has been rounded to it.
    let beyond = simd.less_i32(splat(0x477f_ffff), magnitude);
    let large = simd.select(simd.less_i32(splat(INFINITY), magnitude), not_a_number, splat(0x7c00));
    let bits = simd.select(simd.less_i32(magnitude, splat(0x3880_0000)), small, normal);
    let bits = simd.select(beyond, large, bits);
    simd.or(bits, simd.and(simd.shift_right_u32::<16>(value), splat(0x8000)))
}

/// The bits of the nearest bf16.
#[inline(always)]
fn round_to_bf16<V: V128>(simd: V, value: V::Vector) -> V::Vector {
    let splat = |bits: i32| simd.splat_i32(bits);
    let odd = simd.and(simd.shift_right_u32::<16>(value), splat(1));
    let rounded = simd.add_i32(simd.add_i32(value, splat(0x7fff)), odd);
    // What is not a number keeps its sign and is quiet: rounding could carry it into an infinity.
    let quiet = simd.or(value, splat(1 << 22));
    let not_a_number = simd.less_i32(splat(INFINITY), simd.and(value, splat(i32::MAX)));
    simd.shift_right_u32::<16>(simd.select(not_a_number, quiet, rounded))
}

// SAFETY: a value of the type exists only where the CPU has its instructions; there are eight lanes.
unsafe impl<V: V128> Elements for V {
    const LANES: usize = 8;
    type Lanes<T: Copy> = [T; 8];
    type I32 = [V::Vector; 2];
    type F32 = [V::Vector; 2];

    #[inline(always)]
    fn round_to_f16(self, value: Self::F32) -> Self::I32 {
        [V128::round_to_f16(self, value[0]), V128::round_to_f16(self, value[1])]
    }

    #[inline(always)]
    fn round_to_bf16(self, value: Self::F32) -> Self::I32 {
        [round_to_bf16(self, value[0]), round_to_bf16(self, value[1])]
    }

    #[inline(always)]
    fn quantize(self, value: Self::F32, steps: Steps) -> Self::I32 {
        [quantize(self, value[0], steps), quantize(self, value[1], steps)]
    }

    #[inline(always)]
    fn store_u16(self, at: &mut [MaybeUninit<u16>; 8], [low, high]: Self::I32) {
        write(at, array(self, self.pack_u32(low, high)));
    }

    #[inline(always)]
    fn store_pixels_u16<const C: usize>(self, at: &mut [[MaybeUninit<u16>; 8]; C], channels: [Self::I32; C]) {
        let mut words = [self.splat_i32(0); C];
        for (words, [low, high]) in words.iter_mut().zip(channels) {
            *words = self.pack_u32(low, high);
        }
        for (at, pixels) in at.iter_mut().zip(interleaved::pixels::<_, C, 2, 4>(self, words)) {
            write(at, array(self, pixels));
        }
    }
}
