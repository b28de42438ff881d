//! Cells of OpenCV's area: the channels of a pixel side by side in a vector. Rows are left to the compiler, which adds words.

use super::{V128, array, vector};
use crate::simd::{CHUNK, CellColumns};

/// The first four of eight.
#[inline(always)]
fn first<V: V128>(simd: V, sums: &[f32; 8]) -> V::Vector {
    let [first, _]: &[[f32; 4]; 2] = bytemuck::cast_ref(sums);
    vector(simd, first)
}

/// Sums of columns: added in the order of the plain ones.
#[inline(always)]
pub(super) fn weigh<V: V128>(simd: V, columns: &CellColumns, sums: &[f32], line: &mut [f32]) {
    let mut cells = columns.weighed::<0>(sums, line);
    while let Some(([before, next, last, weight], sums, place)) = cells.next() {
        let mut sum = simd.mul_f32(first(simd, sums.before()), vector(simd, before));
        for inside in sums.inside() {
            sum = simd.add_f32(sum, first(simd, inside));
        }
        let behind = sums.behind().map(|sums| first(simd, sums));
        let next = simd.mul_f32(behind[0], vector(simd, next));
        let last = simd.mul_f32(behind[1], vector(simd, last));
        sum = simd.add_f32(sum, simd.add_f32(next, last));
        *place = array(simd, simd.mul_f32(sum, vector(simd, weight)));
    }
}

/// A chunk of sums as bytes, and which of them are in doubt.
#[inline(always)]
pub(super) fn round<V: V128>(
    simd: V,
    sums: &[f32; CHUNK],
    weight: f32,
    rounding_margin: f32,
    line: &mut [u8; CHUNK],
) -> u32 {
    /// The bit of each lane.
    const BITS: [u32; 4] = [1, 2, 4, 8];
    let (weight, rounding_margin) = (simd.splat_f32(weight), simd.splat_f32(rounding_margin));
    let (sign, bits) = (simd.splat_i32(i32::MIN), vector(simd, &BITS));
    let sums: &[[[f32; 4]; 4]; 2] = bytemuck::cast_ref(sums);
    let line: &mut [[u8; 16]; 2] = bytemuck::cast_mut(line);
    let mut ambiguous = 0;
    for half in 0..2 {
        let mut whole = [sign; 4];
        let mut found = simd.splat_i32(0);
        // From the last part to the first one, whose bits are the lowest.
        for part in (0..4).rev() {
            let value = simd.mul_f32(vector(simd, &sums[half][part]), weight);
            whole[part] = simd.round(value);
            // A whole number from 0 on, negated, and floats from 0 on compared as integers.
            let distance = simd.add_f32(value, simd.or(simd.convert(whole[part]), sign));
            let distance = simd.and(distance, simd.splat_i32(i32::MAX));
            found = simd.or(simd.shift_left::<4>(found), simd.and(simd.less_i32(rounding_margin, distance), bits));
        }
        let lanes: [u32; 4] = array(simd, found);
        ambiguous |= lanes.into_iter().fold(0, |all, lane| all | lane) << (half * 16);
        let bytes = simd.pack_i16(simd.pack_i32(whole[0], whole[1]), simd.pack_i32(whole[2], whole[3]));
        line[half] = array(simd, bytes);
    }
    ambiguous
}
