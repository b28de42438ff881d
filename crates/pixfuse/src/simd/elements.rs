//! From f32 to the shorter elements of a tensor: rounded floats, and integers in steps.

use std::mem::MaybeUninit;

#[cfg(not(feature = "std"))]
use crate::prelude::*;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use super::{Scalar, write};

/// How a value becomes an integer: ONNX `QuantizeLinear`, in f32.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    /// What one step is worth.
    pub scale: f32,
    /// The integer of 0.
    pub zero_point: i32,
    /// What the integer is saturated to.
    pub least: i32,
    /// What the integer is saturated to.
    pub most: i32,
}

impl Steps {
    /// As many steps are more than any zero point takes back, and few enough for an i32.
    pub(super) const MAX_QUOTIENT: f32 = 1024.0;

    /// `saturate(round(value / scale) + zero_point)`, halves to even; what is not a number gives the least.
    #[expect(clippy::manual_clamp, reason = "what is not a number goes through a clamp, and becomes the least here")]
    pub(crate) fn quantize(self, value: f32) -> i32 {
        let steps = (value / self.scale).max(-Self::MAX_QUOTIENT).min(Self::MAX_QUOTIENT).round_ties_even();
        (steps as i32 + self.zero_point).clamp(self.least, self.most)
    }
}

/// A float of 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// IEEE 754 binary16.
    F16,
    /// bfloat16.
    Bf16,
}

impl Half {
    /// The bits of the nearest one, halves to even.
    pub(crate) fn bits(self, value: f32) -> u16 {
        const INFINITY: u32 = f32::INFINITY.to_bits();
        let bits = value.to_bits();
        let (sign, magnitude) = (bits >> 16 & 0x8000, bits & !(1 << 31));
        let rounded = match self {
            // What is not a number is quiet: rounding could carry it into an infinity.
            Self::F16 if magnitude > INFINITY => 0x7e00 | magnitude >> 13 & 0x3ff,
            Self::Bf16 if magnitude > INFINITY => magnitude >> 16 | 0x40,
            Self::Bf16 => (magnitude + 0x7fff + (magnitude >> 16 & 1)) >> 16,
            Self::F16 if magnitude >= 65536.0_f32.to_bits() => 0x7c00,
            // The last bit of 0.5 is worth 2^-24, as that of an f16 without an exponent: the sum rounds as it should.
            Self::F16 if magnitude < (1.0_f32 / 16384.0).to_bits() => {
                (f32::from_bits(magnitude) + 0.5).to_bits() - 0.5_f32.to_bits()
            }
            // The exponent's bias goes from 127 to 15, and half of the last kept bit rounds: a little less where it is even.
            Self::F16 => (magnitude - ((127 - 15) << 23) + 0xfff + (magnitude >> 13 & 1)) >> 13,
        };
        (sign | rounded) as u16
    }
}

/// A number of a fixed size.
///
/// # Safety
/// The type has no padding, and any bits are a value of it.
pub unsafe trait Plain: Copy {}

macro_rules! plain {
    ($($number:ty),+) => {
        // SAFETY: an integer, or a float of IEEE 754 or of half of its bits in a `u16`.
        $(unsafe impl Plain for $number {})+
    };
}

plain!(u8, i8, u16, i16, u32, i32, f32);
#[cfg(feature = "half")]
plain!(crate::f16, crate::bf16);

/// The values of one level, [`LANES`](Self::LANES) at once, and what makes short elements of them.
///
/// # Safety
/// A value of the type exists only where the CPU has the level, and [`Lanes`](Self::Lanes) is the array that it says.
pub unsafe trait Elements: Copy + Send + Sync + 'static {
    /// Pixels in a block.
    const LANES: usize;
    /// One element for each lane in memory: `[T; LANES]`.
    type Lanes<T: Copy>: Copy;
    /// `LANES` i32, or `LANES` pairs of words.
    type I32: Copy + Send + Sync + 'static;
    /// `LANES` f32.
    type F32: Copy;

    /// The bits of the nearest f16, halves to even, in the low half of each lane.
    fn round_to_f16(self, value: Self::F32) -> Self::I32;

    /// The bits of the nearest bf16, halves to even, in the low half of each lane.
    fn round_to_bf16(self, value: Self::F32) -> Self::I32;

    /// The bits of the nearest float of 16 bits, in the low half of each lane.
    #[inline(always)]
    fn round_to_half(self, value: Self::F32, half: Half) -> Self::I32 {
        // One branch a block, always taken the same way: not worth a second copy of every kernel.
        match half {
            Half::F16 => self.round_to_f16(value),
            Half::Bf16 => self.round_to_bf16(value),
        }
    }

    /// The low byte of `saturate(round(value / scale) + zero_point)`, halves to even, in each lane.
    fn quantize(self, value: Self::F32, steps: Steps) -> Self::I32;

    /// Stores the low half of each lane, which has no other bits.
    fn store_u16(self, at: &mut Self::Lanes<MaybeUninit<u16>>, value: Self::I32);

    /// Stores pixels of `C` u16, interleaved; the lanes are as for [`store_u16`](Self::store_u16).
    fn store_pixels_u16<const C: usize>(self, at: &mut [Self::Lanes<MaybeUninit<u16>>; C], channels: [Self::I32; C]);
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
// SAFETY: every CPU has it, and an array of one is one for its lane.
unsafe impl Elements for Scalar {
    const LANES: usize = 1;
    type Lanes<T: Copy> = [T; 1];
    type I32 = i32;
    type F32 = f32;

    #[inline(always)]
    fn round_to_f16(self, value: f32) -> i32 {
        Half::F16.bits(value).into()
    }

    #[inline(always)]
    fn round_to_bf16(self, value: f32) -> i32 {
        Half::Bf16.bits(value).into()
    }

    #[inline(always)]
    fn quantize(self, value: f32, steps: Steps) -> i32 {
        steps.quantize(value) & 255
    }

    #[inline(always)]
    fn store_u16(self, at: &mut [MaybeUninit<u16>; 1], value: i32) {
        write(at, [value as u16]);
    }

    #[inline(always)]
    fn store_pixels_u16<const C: usize>(self, at: &mut [[MaybeUninit<u16>; 1]; C], channels: [i32; C]) {
        for (at, value) in at.iter_mut().zip(channels) {
            write(at, [value as u16]);
        }
    }
}

#[cfg(test)]
mod tests {
    use half::{bf16, f16};

    use super::Half;

    /// Every sign, exponent and value of the bits that are kept, with rests below, at and above half of the last of them.
    #[test]
    fn rounds_as_the_half_crate() {
        for high in 0..=u16::MAX {
            for low in [0, 1, 0xfff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x3001, 0x7fff, 0x8000, 0x8001, 0xffff] {
                let value = f32::from_bits(u32::from(high) << 16 | low);
                assert_eq!(Half::F16.bits(value), f16::from_f32(value).to_bits(), "{value:?}");
                assert_eq!(Half::Bf16.bits(value), bf16::from_f32(value).to_bits(), "{value:?}");
            }
        }
    }
}
