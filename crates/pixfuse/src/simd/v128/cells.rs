//! Cells of OpenCV's area: the channels of a pixel side by side in a vector. Rows are left to the compiler, which adds words.

use super::{V128, array, vector};
use crate::simd::{CHUNK, CellColumns};

/// Sums of columns, of pixels with three or four channels: added in the order of the plain ones.
///
/// # Safety
/// As [`Simd::weigh_cells`](crate::simd::Simd::weigh_cells).
#[inline(always)]
pub(super) unsafe fn weigh<V: V128>(simd: V, columns: &CellColumns, sums: *const f32, line: *mut f32) {
    let CellColumns { pixel, inside, ref cells, .. } = *columns;
    for (index, cell) in cells.iter().enumerate() {
        let [before, next, last, weight] = &cell.shares;
        // SAFETY: the caller promises the sums of each pixel of a cell, from the one before those inside to the second behind
        // them, with a margin in which the fourth lane of three channels ends; and room for each pixel in the line and four
        // elements.
        unsafe {
            let first = sums.add(cell.first as usize * pixel);
            let mut sum = simd.mul_f32(simd.load(first.sub(pixel).cast()), vector(simd, before));
            for tap in 0..inside {
                sum = simd.add_f32(sum, simd.load(first.add(tap * pixel).cast()));
            }
            let behind = first.add(inside * pixel);
            let next = simd.mul_f32(simd.load(behind.cast()), vector(simd, next));
            let last = simd.mul_f32(simd.load(behind.add(pixel).cast()), vector(simd, last));
            sum = simd.add_f32(sum, simd.add_f32(next, last));
            simd.store(line.add(index * pixel).cast(), simd.mul_f32(sum, vector(simd, weight)));
        }
    }
}

/// A chunk of sums as bytes, and which of them are in doubt.
///
/// # Safety
/// As [`Simd::round_cells`](crate::simd::Simd::round_cells).
#[inline(always)]
pub(super) unsafe fn round<V: V128>(
    simd: V,
    sums: *const f32,
    weight: f32,
    rounding_margin: f32,
    line: *mut u8,
) -> u32 {
    /// The bit of each lane.
    const BITS: [u32; 4] = [1, 2, 4, 8];
    let (weight, rounding_margin) = (simd.splat_f32(weight), simd.splat_f32(rounding_margin));
    let (sign, bits) = (simd.splat_i32(i32::MIN), vector(simd, &BITS));
    let mut ambiguous = 0;
    for at in (0..CHUNK).step_by(16) {
        let mut whole = [sign; 4];
        let mut found = simd.splat_i32(0);
        // From the last part to the first one, whose bits are the lowest.
        for part in (0..4).rev() {
            // SAFETY: the caller promises a chunk of sums.
            let value = simd.mul_f32(unsafe { simd.load(sums.add(at + part * 4).cast()) }, weight);
            whole[part] = simd.round(value);
            // A whole number from 0 on, negated, and floats from 0 on compared as integers.
            let distance = simd.add_f32(value, simd.or(simd.convert(whole[part]), sign));
            let distance = simd.and(distance, simd.splat_i32(i32::MAX));
            found = simd.or(simd.shift_left::<4>(found), simd.and(simd.less_i32(rounding_margin, distance), bits));
        }
        let lanes: [u32; 4] = array(simd, found);
        ambiguous |= lanes.into_iter().fold(0, |all, lane| all | lane) << at;
        let bytes = simd.pack_i16(simd.pack_i32(whole[0], whole[1]), simd.pack_i32(whole[2], whole[3]));
        // SAFETY: the caller promises room for a chunk of bytes.
        unsafe { simd.store(line.add(at), bytes) };
    }
    ambiguous
}
