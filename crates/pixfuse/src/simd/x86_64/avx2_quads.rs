//! The vertical pass of rounded filters with AVX2: the even and the odd rows of quads as words, times weights of one word
//! or two halves of weights.

use std::arch::x86_64::*;

use super::avx2_passes::{WORD, halves, together, words};
use super::narrow::narrow;
use super::{Avx2, level};
use crate::simd::ROUNDED_BITS;

/// Four weights as parts of a word, each of rows 0 and 2 and of rows 1 and 3.
type Parts<const PARTS: usize> = [[u32; 2]; PARTS];

/// The weights of all quads.
pub(crate) enum QuadWeights {
    /// Words: the bits that all weights lack are left out.
    Narrow { weights: Vec<Parts<1>>, lacking: u32 },
    /// High and low halves.
    Wide(Vec<Parts<2>>),
}

/// The vectors of a quad's weights.
type Splat<const PARTS: usize> = [[__m256i; 2]; PARTS];

#[inline(always)]
fn splat<const PARTS: usize>(_: Avx2, parts: &Parts<PARTS>) -> Splat<PARTS> {
    let mut vectors = level! { [[_mm256_setzero_si256(); 2]; PARTS] };
    for (vectors, [even, odd]) in vectors.iter_mut().zip(parts) {
        *vectors = level! { [_mm256_set1_epi32(*even as i32), _mm256_set1_epi32(*odd as i32)] };
    }
    vectors
}

impl QuadWeights {
    pub(super) fn new(weights: &[[i32; 4]]) -> Self {
        if let Some(lacking) = narrow(weights.as_flattened(), WORD) {
            let part = |[a, b, c, d]: [i32; 4]| [[words([a, c]), words([b, d])]];
            let weights = weights.iter().map(|weights| part(weights.map(|weight| weight >> lacking)));
            return Self::Narrow { weights: weights.collect(), lacking };
        }
        let parts = |&[a, b, c, d]: &[i32; 4]| {
            let ([high_even, low_even], [high_odd, low_odd]) = (halves([a, c]), halves([b, d]));
            [[high_even, high_odd], [low_even, low_odd]]
        };
        Self::Wide(weights.iter().map(parts).collect())
    }

    /// # Safety
    /// As [`Simd::blend_quads`](crate::simd::Simd::blend_quads).
    #[inline(always)]
    pub(super) unsafe fn blend(&self, simd: Avx2, first: usize, quads: &[*const u8], out: *mut u8, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            match self {
                Self::Narrow { weights, lacking } => {
                    blend(simd, &weights[first..], ROUNDED_BITS - lacking, quads, out, length);
                }
                Self::Wide(weights) => blend(simd, &weights[first..], ROUNDED_BITS, quads, out, length),
            }
        }
    }

    /// # Safety
    /// As [`Simd::add_quad`](crate::simd::Simd::add_quad).
    #[inline(always)]
    pub(super) unsafe fn add(&self, simd: Avx2, number: usize, quad: *const u8, sums: *mut i32, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            match self {
                Self::Narrow { weights, lacking } => add(simd, &weights[number], *lacking, quad, sums, length),
                Self::Wide(weights) => add(simd, &weights[number], 0, quad, sums, length),
            }
        }
    }
}

/// Adds 8 elements of a quad to the sums of each part.
///
/// # Safety
/// The elements are readable.
#[inline(always)]
unsafe fn multiply<const PARTS: usize>(_: Avx2, weights: Splat<PARTS>, quad: *const u8, sums: &mut [__m256i; PARTS]) {
    // SAFETY: the caller's promise.
    unsafe {
        let taps = _mm256_load_si256(quad.cast());
        let (even, odd) = (_mm256_and_si256(taps, _mm256_set1_epi16(255)), _mm256_srli_epi16::<8>(taps));
        for part in 0..PARTS {
            let (even, odd) = (_mm256_madd_epi16(even, weights[part][0]), _mm256_madd_epi16(odd, weights[part][1]));
            sums[part] = _mm256_add_epi32(sums[part], _mm256_add_epi32(even, odd));
        }
    }
}

/// The vertical pass for one row, of weights with so many fractional bits.
///
/// # Safety
/// As [`Simd::blend_quads`](crate::simd::Simd::blend_quads).
#[inline(always)]
unsafe fn blend<const PARTS: usize>(
    simd: Avx2,
    weights: &[Parts<PARTS>],
    bits: u32,
    quads: &[*const u8],
    out: *mut u8,
    length: usize,
) {
    // SAFETY: the caller's promise: rows in scratch have room for whole blocks.
    unsafe {
        let zero = _mm256_setzero_si256();
        let mut start = [zero; PARTS];
        start[PARTS - 1] = _mm256_set1_epi32(1 << (bits - 1));
        let bits = _mm_cvtsi32_si128(bits as i32);
        let in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
        for at in (0..length).step_by(32) {
            let mut sums = [start; 4];
            for (weights, &quad) in weights.iter().zip(quads) {
                let weights = splat(simd, weights);
                for part in 0..4 {
                    multiply(simd, weights, quad.add(at * 4 + part * 32), &mut sums[part]);
                }
            }
            let mut values = [zero; 4];
            for part in 0..4 {
                let sum = together(simd, sums[part]);
                // A constant where there is one: with a register for it 1080x1920 to 256 took 4 % longer.
                values[part] = if PARTS == 1 {
                    _mm256_sra_epi32(sum, bits)
                } else {
                    _mm256_srai_epi32::<{ ROUNDED_BITS as i32 }>(sum)
                };
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
unsafe fn add<const PARTS: usize>(
    simd: Avx2,
    weights: &Parts<PARTS>,
    lacking: u32,
    quad: *const u8,
    sums: *mut i32,
    length: usize,
) {
    // SAFETY: the caller's promise: rows in scratch have room for whole blocks.
    unsafe {
        let (weights, lacking) = (splat(simd, weights), _mm_cvtsi32_si128(lacking as i32));
        for at in (0..length).step_by(8) {
            let mut parts = [_mm256_setzero_si256(); PARTS];
            multiply(simd, weights, quad.add(at * 4), &mut parts);
            let before = _mm256_load_si256(sums.add(at).cast());
            let sum = _mm256_sll_epi32(together(simd, parts), lacking);
            _mm256_store_si256(sums.add(at).cast(), _mm256_add_epi32(before, sum));
        }
    }
}
