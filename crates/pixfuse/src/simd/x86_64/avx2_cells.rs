//! Cells of OpenCV's area with AVX2: rows are added as words, columns two neighbouring pixels of a cell to a vector.
//!
//! Added up in f32 both ways, as the compiler makes it of the plain form, 1080x1920 -> 224x224 took 280 + 590 us on Zen 3
//! against 220 + 143 with a pixel to a vector of 128 bits, where loads were the limit; with two it takes 257 against 287
//! us on Zen 5. Lost: pixels of two cells to a vector, as each half is a load and an insertion (426 for the columns on
//! Zen 3), and asking for the rows of the next cells (277 us).

use std::arch::x86_64::*;

use super::avx2::vector;
use super::{Avx2, features, values};
use crate::simd::CellRows;
use crate::simd::cells::{CHUNK, CellColumns};

const _: () = assert!(CHUNK == 32, "a chunk is a vector of bytes, and four of f32");

/// The vector of f32 that an array holds.
#[inline]
#[target_feature(enable = "avx")]
fn floats(array: &[f32; 8]) -> __m256 {
    _mm256_castsi256_ps(vector(array))
}

/// The shares of four channels, for each of two pixels.
#[inline]
#[target_feature(enable = "avx")]
fn twice(shares: &[f32; 4]) -> __m256 {
    let shares: __m128 = bytemuck::cast(*shares);
    _mm256_set_m128(shares, shares)
}

impl Avx2 {
    features! { Avx2 => values! {
        /// As [`Simd::sum_cells`](crate::simd::Simd::sum_cells).
        pub(super) fn sum_rows(self, rows: &CellRows<'_>, sums: &mut [f32]) {
            let [before, after] = rows.shares.map(|share| i32::from(share.word()));
            let shares = _mm256_set1_epi32(before & 0xffff | after << 16);
            let unit = _mm256_set1_ps(rows.unit.size());
            let (zero, ones) = (_mm256_setzero_si256(), _mm256_set1_epi8(1));
            let mut blocks = rows.sums::<CHUNK>(sums);
            while let Some((block, sums)) = blocks.next() {
                let mut inside = [zero; 2];
                for [one, other] in block.pairs() {
                    // Two rows side by side are added by one instruction.
                    let (one, other) = (vector(one), vector(other));
                    let two = [_mm256_unpacklo_epi8(one, other), _mm256_unpackhi_epi8(one, other)];
                    inside[0] = _mm256_add_epi16(inside[0], _mm256_maddubs_epi16(two[0], ones));
                    inside[1] = _mm256_add_epi16(inside[1], _mm256_maddubs_epi16(two[1], ones));
                }
                if let Some(one) = block.odd() {
                    let one = vector(one);
                    inside[0] = _mm256_add_epi16(inside[0], _mm256_unpacklo_epi8(one, zero));
                    inside[1] = _mm256_add_epi16(inside[1], _mm256_unpackhi_epi8(one, zero));
                }
                let [above, below] = block.edges();
                let (above, below) = (vector(above), vector(below));
                let edges = [_mm256_unpacklo_epi8(above, below), _mm256_unpackhi_epi8(above, below)];
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
                *sums = bytemuck::cast([
                    _mm256_permute2f128_ps::<0x20>(a, b),
                    _mm256_permute2f128_ps::<0x20>(c, d),
                    _mm256_permute2f128_ps::<0x31>(a, b),
                    _mm256_permute2f128_ps::<0x31>(c, d),
                ]);
            }
        }

        /// As [`Simd::round_cells`](crate::simd::Simd::round_cells).
        pub(super) fn round_chunk(
            self,
            sums: &[f32; CHUNK],
            weight: f32,
            rounding_margin: f32,
            line: &mut [u8; CHUNK],
        ) -> u32 {
            let (weight, rounding_margin) = (_mm256_set1_ps(weight), _mm256_set1_ps(rounding_margin));
            let sums: &[[f32; 8]; 4] = bytemuck::cast_ref(sums);
            let mut rounded = [_mm256_setzero_si256(); 4];
            let mut ambiguous = 0;
            for part in 0..4 {
                let value = _mm256_mul_ps(floats(&sums[part]), weight);
                rounded[part] = _mm256_cvtps_epi32(value);
                let off = _mm256_sub_ps(value, _mm256_cvtepi32_ps(rounded[part]));
                let off = _mm256_andnot_ps(_mm256_set1_ps(-0.0), off);
                let is_off = _mm256_cmp_ps::<_CMP_GT_OQ>(off, rounding_margin);
                ambiguous |= (_mm256_movemask_ps(is_off) as u32) << (part * 8);
            }
            let words = [_mm256_packs_epi32(rounded[0], rounded[1]), _mm256_packs_epi32(rounded[2], rounded[3])];
            let in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
            *line = bytemuck::cast(_mm256_permutevar8x32_epi32(_mm256_packus_epi16(words[0], words[1]), in_order));
            ambiguous
        }

        /// As [`Simd::weigh_cells`](crate::simd::Simd::weigh_cells).
        pub(super) fn weigh_columns(self, columns: &CellColumns, sums: &[f32], line: &mut [f32]) {
            // Loops of a constant length are unrolled.
            match columns.inside() {
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
    } }
}

/// Cells with `INSIDE` pixels inside, or with any number where that is 0. A vector is two pixels of one cell, next to each
/// other; their sums are added at the end.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn weigh<const INSIDE: usize>(columns: &CellColumns, sums: &[f32], line: &mut [f32]) {
    let lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    let second = _mm256_add_epi32(lane, _mm256_set1_epi32(columns.pixel() as i32));
    let is_second = _mm256_castsi256_ps(_mm256_cmpgt_epi32(lane, _mm256_set1_epi32(columns.pixel() as i32 - 1)));
    let one = _mm256_set1_ps(1.0);
    let mut cells = columns.weighed::<INSIDE>(sums, line);
    while let Some(([before, next, last, weight], sums, place)) = cells.next() {
        let mut sum = _mm256_mul_ps(floats(sums.before()), _mm256_blendv_ps(twice(before), one, is_second));
        let behind = sums.behind();
        // Two sums, as an addition waits for the one before it.
        let mut other = if sums.count() % 2 == 1 {
            _mm256_mul_ps(floats(behind[0]), _mm256_blendv_ps(twice(next), twice(last), is_second))
        } else {
            let none = _mm256_andnot_ps(is_second, twice(last));
            let last = _mm256_mul_ps(floats(behind[1]), none);
            _mm256_fmadd_ps(floats(sums.last()), _mm256_blendv_ps(one, twice(next), is_second), last)
        };
        for (pair, two) in (1..).zip(sums.pairs()) {
            let to = if pair % 2 == 0 { &mut other } else { &mut sum };
            *to = _mm256_add_ps(*to, floats(two));
        }
        let sum = _mm256_add_ps(sum, other);
        let sum = _mm256_add_ps(sum, _mm256_permutevar8x32_ps(sum, second));
        *place = bytemuck::cast(_mm_mul_ps(_mm256_castps256_ps128(sum), _mm256_castps256_ps128(twice(weight))));
    }
}
