//! The vertical pass of rounded filters with AVX-512: `vpdpbusd` on quads, as in the horizontal pass.

use std::arch::x86_64::*;

use super::avx512_passes::{TWO_LIMBS, bytes, limbs, together};
use super::narrow::narrow;
use super::{Avx512, level};
use crate::simd::ROUNDED_BITS;

/// The weights of all quads: four as vectors of signed bytes.
pub(crate) enum QuadWeights {
    /// Two of them: the bits that all weights lack are left out.
    Narrow {
        weights: Vec<[u32; 2]>,
        lacking: u32,
    },
    Wide(Vec<[u32; 3]>),
}

#[inline(always)]
fn splat<const LIMBS: usize>(_: Avx512, limbs: &[u32; LIMBS]) -> [__m512i; LIMBS] {
    let mut vectors = level! { [_mm512_setzero_si512(); LIMBS] };
    for limb in 0..LIMBS {
        vectors[limb] = level! { _mm512_set1_epi32(limbs[limb] as i32) };
    }
    vectors
}

impl QuadWeights {
    pub(super) fn new(weights: &[[i32; 4]]) -> Self {
        let Some(lacking) = narrow(weights.as_flattened(), TWO_LIMBS) else {
            return Self::Wide(weights.iter().map(|&weights| limbs(weights)).collect());
        };
        let two = |weights: &[i32; 4]| {
            let [_, high, low] = limbs(weights.map(|weight| weight >> lacking));
            [high, low]
        };
        Self::Narrow { weights: weights.iter().map(two).collect(), lacking }
    }

    /// # Safety
    /// As [`Simd::blend_quads`](crate::simd::Simd::blend_quads).
    #[inline(always)]
    pub(super) unsafe fn blend(&self, simd: Avx512, first: usize, quads: &[*const u8], out: *mut u8, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            match self {
                Self::Narrow { weights, lacking } => blend(simd, &weights[first..], *lacking, quads, out, length),
                Self::Wide(weights) => blend(simd, &weights[first..], 0, quads, out, length),
            }
        }
    }

    /// # Safety
    /// As [`Simd::add_quad`](crate::simd::Simd::add_quad).
    #[inline(always)]
    pub(super) unsafe fn add(&self, simd: Avx512, number: usize, quad: *const u8, sums: *mut i32, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            match self {
                Self::Narrow { weights, lacking } => add(simd, &weights[number], *lacking, quad, sums, length),
                Self::Wide(weights) => add(simd, &weights[number], 0, quad, sums, length),
            }
        }
    }
}

/// Adds 16 elements of a quad to the sums of each limb.
///
/// # Safety
/// The elements are readable.
#[inline(always)]
unsafe fn multiply<const LIMBS: usize>(
    _: Avx512,
    weights: [__m512i; LIMBS],
    quad: *const u8,
    sums: &mut [__m512i; LIMBS],
) {
    // SAFETY: the caller's promise.
    unsafe {
        let taps = _mm512_load_si512(quad.cast());
        for limb in 0..LIMBS {
            sums[limb] = _mm512_dpbusd_epi32(sums[limb], taps, weights[limb]);
        }
    }
}

/// The sums of limbs to one with 22 fractional bits, of weights that lack so many.
#[inline(always)]
fn whole<const LIMBS: usize>(simd: Avx512, limbs: [__m512i; LIMBS], lacking: __m128i) -> __m512i {
    let sum = together(simd, limbs);
    if LIMBS == 3 {
        sum
    } else {
        level! { _mm512_sll_epi32(sum, lacking) }
    }
}

/// # Safety
/// As [`Simd::blend_quads`](crate::simd::Simd::blend_quads).
#[inline(always)]
unsafe fn blend<const LIMBS: usize>(
    simd: Avx512,
    weights: &[[u32; LIMBS]],
    lacking: u32,
    quads: &[*const u8],
    out: *mut u8,
    length: usize,
) {
    // SAFETY: the caller's promise: rows in scratch have room for whole blocks.
    unsafe {
        let mut start = [_mm512_setzero_si512(); LIMBS];
        start[LIMBS - 1] = _mm512_set1_epi32(1 << (ROUNDED_BITS - 1) >> lacking);
        let lacking = _mm_cvtsi32_si128(lacking as i32);
        let odd_words = high_words(simd);
        let in_order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
        for at in (0..length).step_by(64) {
            let mut sums = [start; 4];
            for (weights, &quad) in weights.iter().zip(quads) {
                let weights = splat(simd, weights);
                for part in 0..4 {
                    multiply(simd, weights, quad.add(at * 4 + part * 64), &mut sums[part]);
                }
            }
            let low = [whole(simd, sums[0], lacking), whole(simd, sums[1], lacking)];
            let high = [whole(simd, sums[2], lacking), whole(simd, sums[3], lacking)];
            let bytes = bytes(simd, low, high, odd_words);
            _mm512_storeu_si512(out.add(at).cast(), _mm512_permutexvar_epi64(in_order, bytes));
        }
    }
}

/// # Safety
/// As [`Simd::add_quad`](crate::simd::Simd::add_quad).
#[inline(always)]
unsafe fn add<const LIMBS: usize>(
    simd: Avx512,
    weights: &[u32; LIMBS],
    lacking: u32,
    quad: *const u8,
    sums: *mut i32,
    length: usize,
) {
    // SAFETY: the caller's promise: rows in scratch have room for whole blocks.
    unsafe {
        let (weights, lacking) = (splat(simd, weights), _mm_cvtsi32_si128(lacking as i32));
        for at in (0..length).step_by(16) {
            let mut parts = [_mm512_setzero_si512(); LIMBS];
            multiply(simd, weights, quad.add(at * 4), &mut parts);
            let before = _mm512_load_si512(sums.add(at).cast());
            _mm512_store_si512(sums.add(at).cast(), _mm512_add_epi32(before, whole(simd, parts, lacking)));
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
