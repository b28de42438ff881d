//! The vertical pass of rounded filters with AVX-512: `vpdpbusd` on quads, as in the horizontal pass.

use std::arch::x86_64::*;

use super::avx512_passes::{bytes, limbs, together};
use super::{Avx512, level};
use crate::simd::ROUNDED_BITS;

/// Four weights as three vectors of signed bytes.
#[derive(Clone, Copy)]
pub(crate) struct Weights([u32; 3]);

impl Weights {
    pub(super) fn new(weights: [i32; 4]) -> Self {
        Self(limbs(weights))
    }

    #[inline(always)]
    fn splat(self, _: Avx512) -> [__m512i; 3] {
        let [high, middle, low] = self.0;
        level! { [_mm512_set1_epi32(high as i32), _mm512_set1_epi32(middle as i32), _mm512_set1_epi32(low as i32)] }
    }
}

/// # Safety
/// As [`Simd::blend_quads`](crate::simd::Simd::blend_quads).
#[inline(always)]
pub(super) unsafe fn blend_quads(simd: Avx512, weights: &[Weights], quads: &[*const u8], out: *mut u8, length: usize) {
    // SAFETY: the caller's promise: rows in scratch have room for whole blocks.
    unsafe {
        let start = [_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_set1_epi32(1 << (ROUNDED_BITS - 1))];
        let odd_words = high_words(simd);
        let in_order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
        for at in (0..length).step_by(64) {
            let mut sums = [start; 4];
            for (weights, &quad) in weights.iter().zip(quads) {
                let weights = weights.splat(simd);
                for part in 0..4 {
                    let taps = _mm512_load_si512(quad.add(at * 4 + part * 64).cast());
                    for limb in 0..3 {
                        sums[part][limb] = _mm512_dpbusd_epi32(sums[part][limb], taps, weights[limb]);
                    }
                }
            }
            let low = [together(simd, sums[0]), together(simd, sums[1])];
            let high = [together(simd, sums[2]), together(simd, sums[3])];
            let bytes = bytes(simd, low, high, odd_words);
            _mm512_storeu_si512(out.add(at).cast(), _mm512_permutexvar_epi64(in_order, bytes));
        }
    }
}

/// The index that takes the high words of one vector, then those of another.
#[inline(always)]
fn high_words(_: Avx512) -> __m512i {
    level! {
        let pairs = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let pairs = _mm512_slli_epi32::<2>(pairs);
        // Words 4 i + 1 and 4 i + 3.
        _mm512_add_epi32(_mm512_or_si512(pairs, _mm512_slli_epi32::<16>(pairs)), _mm512_set1_epi32(3 << 16 | 1))
    }
}

/// # Safety
/// As [`Simd::add_quad`](crate::simd::Simd::add_quad).
#[inline(always)]
pub(super) unsafe fn add_quad(simd: Avx512, weights: Weights, quad: *const u8, sums: *mut i32, length: usize) {
    // SAFETY: the caller's promise: rows in scratch have room for whole blocks.
    unsafe {
        let weights = weights.splat(simd);
        for at in (0..length).step_by(16) {
            let taps = _mm512_load_si512(quad.add(at * 4).cast());
            let mut parts = [_mm512_setzero_si512(); 3];
            parts[2] = _mm512_load_si512(sums.add(at).cast());
            for limb in 0..3 {
                parts[limb] = _mm512_dpbusd_epi32(parts[limb], taps, weights[limb]);
            }
            _mm512_store_si512(sums.add(at).cast(), together(simd, parts));
        }
    }
}
