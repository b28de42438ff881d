//! Cells of OpenCV's area with AVX2: rows are added as words, columns two neighbouring pixels of a cell to a vector.
//!
//! Added up in f32 both ways, as the compiler makes it of the plain form, 1080x1920 -> 224x224 took 280 + 590 us on Zen 3
//! against 220 + 143 with a pixel to a vector of 128 bits, where loads were the limit; with two it takes 257 against 287
//! us on Zen 5. Lost: pixels of two cells to a vector, as each half is a load and an insertion (426 for the columns on
//! Zen 3), and asking for the rows of the next cells (277 us).

use std::arch::x86_64::*;

use crate::simd::cells::{CHUNK, CellColumns, CellRows, chunks};

/// # Safety
/// As [`Simd::sum_cells`](crate::simd::Simd::sum_cells).
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn sum_cells(rows: &CellRows, sums: *mut f32, length: usize) {
    let [before, after] = [i32::from(rows.shares[0].word()), i32::from(rows.shares[1].word())];
    let shares = _mm256_set1_epi32(before & 0xffff | after << 16);
    let unit = _mm256_set1_ps(rows.unit.size());
    let (zero, ones) = (_mm256_setzero_si256(), _mm256_set1_epi8(1));
    for at in chunks(length) {
        let mut inside = [zero; 2];
        let mut row = rows.inside.wrapping_add(at);
        for _ in 0..rows.count / 2 {
            // Two rows side by side are added by one instruction.
            // SAFETY: the caller promises `length` bytes of each row inside, of which the chunk is a part.
            let two = unsafe { [load(row), load(row.offset(rows.pitch))] };
            let two = [_mm256_unpacklo_epi8(two[0], two[1]), _mm256_unpackhi_epi8(two[0], two[1])];
            inside[0] = _mm256_add_epi16(inside[0], _mm256_maddubs_epi16(two[0], ones));
            inside[1] = _mm256_add_epi16(inside[1], _mm256_maddubs_epi16(two[1], ones));
            row = row.wrapping_offset(2 * rows.pitch);
        }
        if rows.count % 2 == 1 {
            // SAFETY: the caller promises `length` bytes of the last row inside, too.
            let one = unsafe { load(row) };
            inside[0] = _mm256_add_epi16(inside[0], _mm256_unpacklo_epi8(one, zero));
            inside[1] = _mm256_add_epi16(inside[1], _mm256_unpackhi_epi8(one, zero));
        }
        // SAFETY: the caller promises `length` bytes of the rows on the edges, also where they have no share.
        let edges = unsafe { [load(rows.edges[0].add(at)), load(rows.edges[1].add(at))] };
        let edges = [_mm256_unpacklo_epi8(edges[0], edges[1]), _mm256_unpackhi_epi8(edges[0], edges[1])];
        let mut parts = [_mm256_setzero_ps(); 4];
        for half in 0..2 {
            let words = [_mm256_unpacklo_epi8(edges[half], zero), _mm256_unpackhi_epi8(edges[half], zero)];
            let whole = [_mm256_unpacklo_epi16(inside[half], zero), _mm256_unpackhi_epi16(inside[half], zero)];
            for part in 0..2 {
                let edge = _mm256_cvtepi32_ps(_mm256_madd_epi16(words[part], shares));
                parts[half * 2 + part] = _mm256_fmadd_ps(edge, unit, _mm256_cvtepi32_ps(whole[part]));
            }
        }
        // Unpacking stayed within 128 bits: the low halves are the first sixteen elements.
        let [a, b, c, d] = parts;
        let in_order = [
            _mm256_permute2f128_ps::<0x20>(a, b),
            _mm256_permute2f128_ps::<0x20>(c, d),
            _mm256_permute2f128_ps::<0x31>(a, b),
            _mm256_permute2f128_ps::<0x31>(c, d),
        ];
        for (part, sum) in in_order.into_iter().enumerate() {
            // SAFETY: the caller promises room for `length` sums, of which the chunk is a part.
            unsafe { _mm256_storeu_ps(sums.add(at + part * 8), sum) };
        }
    }
}

/// # Safety
/// As [`Simd::round_cells`](crate::simd::Simd::round_cells).
#[inline]
#[target_feature(enable = "avx2")]
pub(super) unsafe fn round_cells(sums: *const f32, weight: f32, rounding_margin: f32, line: *mut u8) -> u32 {
    let (weight, rounding_margin) = (_mm256_set1_ps(weight), _mm256_set1_ps(rounding_margin));
    let mut rounded = [_mm256_setzero_si256(); 4];
    let mut ambiguous = 0;
    for part in 0..4 {
        // SAFETY: the caller promises a chunk of sums, which is four vectors.
        let sums = unsafe { _mm256_loadu_ps(sums.add(part * 8)) };
        let value = _mm256_mul_ps(sums, weight);
        rounded[part] = _mm256_cvtps_epi32(value);
        let off = _mm256_sub_ps(value, _mm256_cvtepi32_ps(rounded[part]));
        let off = _mm256_andnot_ps(_mm256_set1_ps(-0.0), off);
        ambiguous |= (_mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(off, rounding_margin)) as u32) << (part * 8);
    }
    let words = [_mm256_packs_epi32(rounded[0], rounded[1]), _mm256_packs_epi32(rounded[2], rounded[3])];
    let in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(words[0], words[1]), in_order);
    // SAFETY: the caller promises room for a chunk of bytes, which is a vector.
    unsafe { _mm256_storeu_si256(line.cast(), bytes) };
    ambiguous
}

/// A chunk of bytes.
///
/// # Safety
/// It is readable.
#[inline]
#[target_feature(enable = "avx")]
unsafe fn load(chunk: *const u8) -> __m256i {
    // SAFETY: the caller promises a chunk, which is a vector.
    unsafe { _mm256_loadu_si256(chunk.cast()) }
}

const _: () = assert!(CHUNK == 32, "a chunk is a vector of bytes");

/// # Safety
/// As [`Simd::weigh_cells`](crate::simd::Simd::weigh_cells).
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn weigh_cells(columns: &CellColumns, sums: *const f32, line: *mut f32) {
    // SAFETY: the caller promises the sums with their margin, and room in the line; cells have so many pixels inside.
    unsafe {
        // Loops of a constant length are unrolled.
        match columns.inside {
            1 => weigh::<1>(columns, sums, line),
            2 => weigh::<2>(columns, sums, line),
            3 => weigh::<3>(columns, sums, line),
            4 => weigh::<4>(columns, sums, line),
            5 => weigh::<5>(columns, sums, line),
            6 => weigh::<6>(columns, sums, line),
            7 => weigh::<7>(columns, sums, line),
            8 => weigh::<8>(columns, sums, line),
            _ => weigh::<0>(columns, sums, line),
        }
    }
}

/// The shares of four channels, for each of two pixels.
#[inline]
#[target_feature(enable = "avx")]
fn twice(shares: &[f32; 4]) -> __m256 {
    // SAFETY: 16 bytes of floats.
    let shares = unsafe { _mm_loadu_ps(shares.as_ptr()) };
    _mm256_set_m128(shares, shares)
}

/// Cells with `INSIDE` pixels inside, or with any number where that is 0. A vector is two pixels of one cell, next to each
/// other; their sums are added at the end.
///
/// # Safety
/// As [`weigh_cells`].
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn weigh<const INSIDE: usize>(columns: &CellColumns, sums: *const f32, line: *mut f32) {
    let CellColumns { pixel, inside, ref cells, .. } = *columns;
    let inside = if INSIDE > 0 { INSIDE } else { inside };
    let lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    let second = _mm256_add_epi32(lane, _mm256_set1_epi32(pixel as i32));
    let is_second = _mm256_castsi256_ps(_mm256_cmpgt_epi32(lane, _mm256_set1_epi32(pixel as i32 - 1)));
    let one = _mm256_set1_ps(1.0);
    let mut to = line;
    for cell in cells {
        let [before, next, last, weight] = &cell.shares;
        let at = sums.wrapping_add(cell.first as usize * pixel).wrapping_sub(pixel);
        // SAFETY: the caller promises the sums of each pixel of a cell, from the one before those inside to the second behind
        // them, and a margin on both sides: eight elements from each on are readable.
        let two = |pixels: usize| unsafe { _mm256_loadu_ps(at.add(pixels * pixel)) };
        let mut sum = _mm256_mul_ps(two(0), _mm256_blendv_ps(twice(before), one, is_second));
        // Two sums, as an addition waits for the one before it.
        let mut other = if inside % 2 == 1 {
            _mm256_mul_ps(two(inside + 1), _mm256_blendv_ps(twice(next), twice(last), is_second))
        } else {
            let none = _mm256_andnot_ps(is_second, twice(last));
            let last = _mm256_mul_ps(two(inside + 2), none);
            _mm256_fmadd_ps(two(inside), _mm256_blendv_ps(one, twice(next), is_second), last)
        };
        for pair in 1..inside.div_ceil(2) {
            let to = if pair % 2 == 0 { &mut other } else { &mut sum };
            *to = _mm256_add_ps(*to, two(pair * 2));
        }
        let sum = _mm256_add_ps(sum, other);
        let sum = _mm256_add_ps(sum, _mm256_permutevar8x32_ps(sum, second));
        let weighed = _mm_mul_ps(_mm256_castps256_ps128(sum), _mm256_castps256_ps128(twice(weight)));
        // SAFETY: the caller promises room for the pixels of all cells and four elements.
        unsafe {
            _mm_storeu_ps(to, weighed);
            to = to.add(pixel);
        }
    }
}
