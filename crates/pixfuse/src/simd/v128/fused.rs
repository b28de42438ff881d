//! A fused multiply-add where there is no instruction for it: in f64, which holds every product of two f32.
//!
//! The sum in f64 is rounded, and then again to f32. That differs from one rounding only where the first one rounds to
//! halfway between two f32: the last 29 bits of an f64 tell. Those lanes, and results so small that an f32 has fewer bits,
//! are computed one by one, unless the sum in f64 is exact. Of bytes it always is, but for numbers of very different size.

use super::{V128, array, vector};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::fused::is_exact;

/// Two f64 in a vector.
///
/// # Safety
/// As [`V128`].
pub(in crate::simd) unsafe trait Doubles: V128 {
    /// The f64 in each lane.
    fn splat_f64(self, value: f64) -> Self::Vector;

    /// The two low i32 as f64.
    fn convert_low(self, value: Self::Vector) -> Self::Vector;

    /// The two high i32 as f64.
    fn convert_high(self, value: Self::Vector) -> Self::Vector;

    /// The two low f32 as f64.
    fn widen_low(self, value: Self::Vector) -> Self::Vector;

    /// The two high f32 as f64.
    fn widen_high(self, value: Self::Vector) -> Self::Vector;

    /// Four f64 as f32, rounded to nearest.
    fn narrow(self, low: Self::Vector, high: Self::Vector) -> Self::Vector;

    /// The low 32 bits of four f64.
    fn low_bits(self, low: Self::Vector, high: Self::Vector) -> Self::Vector;

    /// The high 32 bits of four f64.
    fn high_bits(self, low: Self::Vector, high: Self::Vector) -> Self::Vector;

    /// The product of f64.
    fn mul_f64(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The sum of f64.
    fn add_f64(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// All ones where i32 are equal.
    fn equal_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Whether any bit is set.
    fn any(self, value: Self::Vector) -> bool;
}

/// What an f64 has below the last bit of an f32, and half of that bit.
const BELOW: i32 = (1 << 29) - 1;
const HALF: i32 = 1 << 28;

/// The high bits of 2^-120: f32 above have all of their bits.
const SMALL: i32 = (1023 - 120) << 20;

/// `a * b + c`, rounded once.
#[inline(always)]
pub(in crate::simd) fn mul_add<V: Doubles>(simd: V, a: V::Vector, b: V::Vector, c: V::Vector) -> V::Vector {
    let products =
        [simd.mul_f64(simd.widen_low(a), simd.widen_low(b)), simd.mul_f64(simd.widen_high(a), simd.widen_high(b))];
    let others = [simd.widen_low(c), simd.widen_high(c)];
    let [low, high] = [simd.add_f64(products[0], others[0]), simd.add_f64(products[1], others[1])];
    let below = simd.and(simd.low_bits(low, high), simd.splat_i32(BELOW));
    let halfway = simd.equal_i32(below, simd.splat_i32(HALF));
    // No result is below 2^-298 but zero, whose high bits are zero, and which is exact.
    let magnitude = simd.and(simd.high_bits(low, high), simd.splat_i32(i32::MAX));
    let small = simd.less_i32(magnitude, simd.splat_i32(SMALL));
    let small = simd.and(small, simd.less_i32(simd.splat_i32(0), magnitude));
    if simd.any(simd.or(halfway, small)) {
        return vector(simd, &one_by_one(array(simd, a), array(simd, b), array(simd, c)));
    }
    simd.narrow(low, high)
}

/// The same of four, where the sum in f64 may be rounded twice: a call, which keeps what is rare out of every kernel.
#[cold]
#[inline(never)]
fn one_by_one(a: [f32; 4], b: [f32; 4], c: [f32; 4]) -> [f32; 4] {
    std::array::from_fn(|lane| {
        let (product, other) = (f64::from(a[lane]) * f64::from(b[lane]), f64::from(c[lane]));
        let sum = product + other;
        // A sum is exact where it gives back both of its terms: no function has to make it.
        let is_exact = sum - product == other && sum - other == product;
        if is_exact { sum as f32 } else { a[lane].mul_add(b[lane], c[lane]) }
    })
}

/// `value * scale + offset`, rounded once, of i32 from 0 to 255.
#[inline(always)]
pub(in crate::simd) fn mul_add_u8<V: Doubles>(simd: V, value: V::Vector, scale: f32, offset: f32) -> V::Vector {
    if !is_exact(scale, offset) {
        return vector(simd, &one_by_one(array(simd, simd.convert(value)), [scale; 4], [offset; 4]));
    }
    let (scale, offset) = (simd.splat_f64(scale.into()), simd.splat_f64(offset.into()));
    let low = simd.add_f64(simd.mul_f64(simd.convert_low(value), scale), offset);
    let high = simd.add_f64(simd.mul_f64(simd.convert_high(value), scale), offset);
    simd.narrow(low, high)
}
