//! Integers that stand for numbers.

use super::Vectors;
use crate::simd::Steps;

/// The whole number of steps that is nearest, halves to even, in the low byte of each lane.
#[inline(always)]
pub(in crate::simd) fn quantize<V: Vectors>(simd: V, value: V::Vector, steps: Steps) -> V::Vector {
    let quotient = simd.div_f32(value, simd.splat_f32(steps.scale));
    let quotient = simd.clamp_f32(quotient, simd.splat_f32(-Steps::MAX_QUOTIENT), simd.splat_f32(Steps::MAX_QUOTIENT));
    let whole = simd.add_i32(simd.round(quotient), simd.splat_i32(steps.zero_point));
    let whole = simd.min_i32(simd.max_i32(whole, simd.splat_i32(steps.least)), simd.splat_i32(steps.most));
    simd.and(whole, simd.splat_i32(255))
}
