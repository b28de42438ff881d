//! The vertical pass of rounded filters with AVX2: the even and the odd rows of quads as words, times halves of weights.

use std::arch::x86_64::*;

use super::avx2_passes::{halves, together};
use super::{Avx2, level};
use crate::simd::ROUNDED_BITS;

/// Four weights as high and low parts, each of rows 0 and 2 and of rows 1 and 3.
#[derive(Clone, Copy)]
pub(crate) struct Weights([[u32; 2]; 2]);

impl Weights {
    pub(super) fn new([a, b, c, d]: [i32; 4]) -> Self {
        let ([high_even, low_even], [high_odd, low_odd]) = (halves([a, c]), halves([b, d]));
        Self([[high_even, high_odd], [low_even, low_odd]])
    }

    #[inline(always)]
    fn splat(self, _: Avx2) -> [[__m256i; 2]; 2] {
        let [[a, b], [c, d]] = self.0;
        level! {
            let splat = [_mm256_set1_epi32(a as i32), _mm256_set1_epi32(b as i32)];
            [splat, [_mm256_set1_epi32(c as i32), _mm256_set1_epi32(d as i32)]]
        }
    }
}

/// Adds 8 elements of a quad to the sums of each part.
///
/// # Safety
/// The elements are readable.
#[inline(always)]
unsafe fn add(_: Avx2, weights: [[__m256i; 2]; 2], quad: *const u8, sums: &mut [__m256i; 2]) {
    // SAFETY: the caller's promise.
    unsafe {
        let taps = _mm256_load_si256(quad.cast());
        let (even, odd) = (_mm256_and_si256(taps, _mm256_set1_epi16(255)), _mm256_srli_epi16::<8>(taps));
        for part in 0..2 {
            let (even, odd) = (_mm256_madd_epi16(even, weights[part][0]), _mm256_madd_epi16(odd, weights[part][1]));
            sums[part] = _mm256_add_epi32(sums[part], _mm256_add_epi32(even, odd));
        }
    }
}

/// # Safety
/// As [`Simd::blend_quads`](crate::simd::Simd::blend_quads).
#[inline(always)]
pub(super) unsafe fn blend_quads(simd: Avx2, weights: &[Weights], quads: &[*const u8], out: *mut u8, length: usize) {
    // SAFETY: the caller's promise: rows in scratch have room for whole blocks.
    unsafe {
        let start = [_mm256_setzero_si256(), _mm256_set1_epi32(1 << (ROUNDED_BITS - 1))];
        let in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
        for at in (0..length).step_by(32) {
            let mut sums = [start; 4];
            for (weights, &quad) in weights.iter().zip(quads) {
                let weights = weights.splat(simd);
                for part in 0..4 {
                    add(simd, weights, quad.add(at * 4 + part * 32), &mut sums[part]);
                }
            }
            let mut values = [start[0]; 4];
            for part in 0..4 {
                values[part] = _mm256_srai_epi32::<{ ROUNDED_BITS as i32 }>(together(simd, sums[part]));
            }
            // Both packs saturate, which is the clamp.
            let low = _mm256_packs_epi32(values[0], values[1]);
            let high = _mm256_packs_epi32(values[2], values[3]);
            let bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), in_order);
            _mm256_storeu_si256(out.add(at).cast(), bytes);
        }
    }
}

/// # Safety
/// As [`Simd::add_quad`](crate::simd::Simd::add_quad).
#[inline(always)]
pub(super) unsafe fn add_quad(simd: Avx2, weights: Weights, quad: *const u8, sums: *mut i32, length: usize) {
    // SAFETY: the caller's promise: rows in scratch have room for whole blocks.
    unsafe {
        let weights = weights.splat(simd);
        for at in (0..length).step_by(8) {
            let mut parts = [_mm256_setzero_si256(), _mm256_load_si256(sums.add(at).cast())];
            add(simd, weights, quad.add(at * 4), &mut parts);
            _mm256_store_si256(sums.add(at).cast(), together(simd, parts));
        }
    }
}
