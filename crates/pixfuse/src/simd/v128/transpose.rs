//! Blocks of four by four pixels, transposed: a pixel to a lane of four bytes, and four lanes at a time.

use bytemuck::must_cast;

use super::{V128, array, interleaved, vector};

/// Three bytes of twelve in each lane.
const SPREAD: [u8; 16] = [0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255];
/// Three bytes of each lane, in twelve.
const DENSE: [u8; 16] = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255];
/// Sixteen bytes as a square, transposed.
const TRANSPOSED: [u8; 16] = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];

/// 0.6 against 1.5 ms, strip by strip, for 1080x1920 on Zen 4: [`Simd::transpose`](crate::simd::Simd::transpose).
#[inline(always)]
pub(crate) fn transpose<V: V128, const PIXEL: usize>(simd: V, columns: [&[[u8; PIXEL]; 4]; 4]) -> [[u8; 16]; 4] {
    if PIXEL == 1 {
        let mut pixels = [[0u8; 4]; 4];
        for (pixels, column) in pixels.iter_mut().zip(columns) {
            pixels.copy_from_slice(column.as_flattened());
        }
        let transposed: [[u8; 4]; 4] = array(simd, simd.shuffle(vector(simd, &pixels), vector(simd, &TRANSPOSED)));
        let mut rows = [[0; 16]; 4];
        for (row, pixels) in rows.iter_mut().zip(transposed) {
            row[..4].copy_from_slice(&pixels);
        }
        return rows;
    }
    let mut lanes = [simd.splat_i32(0); 4];
    for (lane, column) in lanes.iter_mut().zip(columns) {
        let column = column.as_flattened();
        *lane = if let Some(pixels) = column.first_chunk::<16>() {
            vector(simd, pixels)
        } else if let (Some(first), Some(last)) = (column.first_chunk::<8>(), column.last_chunk::<4>()) {
            let pixels = simd.zip_low::<8>(simd.extend_8(*first), simd.extend_4(*last));
            simd.shuffle(pixels, vector(simd, &SPREAD))
        } else {
            unreachable!("a pixel has 1, 3 or 4 bytes")
        };
    }
    let mut rows = interleaved::four::<V, 4, 8>(simd, lanes);
    if PIXEL == 3 {
        for row in &mut rows {
            *row = simd.shuffle(*row, vector(simd, &DENSE));
        }
    }
    must_cast(rows)
}
