//! Cells of OpenCV's area: rows are added as words, columns with the channels of a pixel side by side in a vector.

use bytemuck::must_cast;

use super::{V128, array, vector};
use crate::simd::vectors::words::words;
use crate::simd::{CHUNK, CellColumns, CellRows};

/// The first four of eight.
#[inline(always)]
fn first<V: V128>(simd: V, sums: &[f32; 8]) -> V::Vector {
    let [first, _]: &[[f32; 4]; 2] = bytemuck::cast_ref(sums);
    vector(simd, first)
}

/// Sums of rows: added in the order of the plain ones.
#[inline(always)]
pub(super) fn sum<V: V128>(simd: V, rows: &CellRows<'_>, sums: &mut [f32]) {
    let shares = simd.splat_i32(words(rows.shares.map(|share| i32::from(share.word()))) as i32);
    let (zero, unit) = (simd.splat_i32(0), simd.splat_f32(rows.unit.size()));
    let mut blocks = rows.sums::<CHUNK>(sums);
    while let Some((block, sums)) = blocks.next() {
        let mut inside = [zero; 4];
        for row in block.all() {
            let [low, high]: &[[u8; 16]; 2] = bytemuck::cast_ref(row);
            let (low, high) = (vector(simd, low), vector(simd, high));
            inside[0] = simd.add_i16(inside[0], simd.zip_low::<1>(low, zero));
            inside[1] = simd.add_i16(inside[1], simd.zip_high::<1>(low, zero));
            inside[2] = simd.add_i16(inside[2], simd.zip_low::<1>(high, zero));
            inside[3] = simd.add_i16(inside[3], simd.zip_high::<1>(high, zero));
        }
        let [above, below] = block.edges();
        let [above, below]: [&[[u8; 16]; 2]; 2] = [bytemuck::cast_ref(above), bytemuck::cast_ref(below)];
        let mut parts = [zero; 8];
        for half in 0..2 {
            let (above, below) = (vector(simd, &above[half]), vector(simd, &below[half]));
            let edges = [simd.zip_low::<1>(above, below), simd.zip_high::<1>(above, below)];
            for quarter in 0..2 {
                let (edges, inside) = (edges[quarter], inside[half * 2 + quarter]);
                let pairs = [simd.zip_low::<1>(edges, zero), simd.zip_high::<1>(edges, zero)];
                let whole = [simd.zip_low::<2>(inside, zero), simd.zip_high::<2>(inside, zero)];
                for part in 0..2 {
                    let products = simd.add_products(simd.products(zero), pairs[part], shares);
                    let edge = simd.mul_f32(simd.convert(simd.total(products)), unit);
                    parts[half * 4 + quarter * 2 + part] = simd.add_f32(edge, simd.convert(whole[part]));
                }
            }
        }
        *sums = must_cast(parts);
    }
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
