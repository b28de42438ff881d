//! The vertical pass of rounded filters with AVX-512: `vpdpbusd` on quads, as in the horizontal pass.

use std::arch::x86_64::*;

use super::Avx512;
use super::avx512_passes::{TWO_LIMBS, bytes, limbs, together};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::VerticalPass;
use crate::simd::v128::words::narrow;
use crate::weights::ROUNDED_BITS;

/// The weights of all quads: four as vectors of signed bytes.
pub(crate) enum QuadWeights {
    /// Two of them: the bits that all weights lack are left out.
    Narrow {
        weights: Vec<[u32; 2]>,
        trailing_zeros: u32,
    },
    Wide(Vec<[u32; 3]>),
}

#[inline]
#[target_feature(enable = "avx512f")]
fn splat<const LIMBS: usize>(limbs: &[u32; LIMBS]) -> [__m512i; LIMBS] {
    let mut vectors = [_mm512_setzero_si512(); LIMBS];
    for limb in 0..LIMBS {
        vectors[limb] = _mm512_set1_epi32(limbs[limb] as i32);
    }
    vectors
}

impl Holds for QuadWeights {
    fn bytes(&self) -> usize {
        match self {
            Self::Narrow { weights, .. } => memory::bytes(weights),
            Self::Wide(weights) => memory::bytes(weights),
        }
    }
}

// SAFETY: a token of this level is there where the CPU has it; each function says what it reads and writes.
unsafe impl VerticalPass<Avx512> for QuadWeights {
    fn prepare(_: Avx512, weights: &[[i32; 4]]) -> Result<Self, NoMemory> {
        let Some(trailing_zeros) = narrow(weights.as_flattened(), TWO_LIMBS) else {
            return memory::list(weights.iter().map(|&weights| limbs(weights))).map(Self::Wide);
        };
        let two = |weights: &[i32; 4]| {
            let [_, high, low] = limbs(weights.map(|weight| weight >> trailing_zeros));
            [high, low]
        };
        Ok(Self::Narrow { weights: memory::list(weights.iter().map(two))?, trailing_zeros })
    }

    #[inline(always)]
    unsafe fn blend(&self, _: Avx512, first: usize, quads: &[*const u8], out: *mut u8, length: usize) {
        // SAFETY: the caller promises the level, the quads and room for the row, with 256 bytes behind.
        unsafe {
            match self {
                Self::Narrow { weights, trailing_zeros } => {
                    blend(&weights[first..], *trailing_zeros, quads, out, length)
                }
                Self::Wide(weights) => blend(&weights[first..], 0, quads, out, length),
            }
        }
    }

    #[inline(always)]
    unsafe fn add(&self, _: Avx512, number: usize, quad: *const u8, sums: *mut i32, length: usize) {
        // SAFETY: the caller promises the level, the quad and its sums, with 256 bytes behind.
        unsafe {
            match self {
                Self::Narrow { weights, trailing_zeros } => add(&weights[number], *trailing_zeros, quad, sums, length),
                Self::Wide(weights) => add(&weights[number], 0, quad, sums, length),
            }
        }
    }
}

/// Adds 16 elements of a quad to the sums of each limb.
#[inline]
#[target_feature(enable = "avx512f,avx512vnni")]
fn multiply<const LIMBS: usize>(weights: [__m512i; LIMBS], taps: __m512i, sums: &mut [__m512i; LIMBS]) {
    for limb in 0..LIMBS {
        sums[limb] = _mm512_dpbusd_epi32(sums[limb], taps, weights[limb]);
    }
}

/// The sums of limbs to one with 22 fractional bits, of weights that lack so many.
#[inline]
#[target_feature(enable = "avx512f")]
fn whole<const LIMBS: usize>(limbs: [__m512i; LIMBS], trailing_zeros: __m128i) -> __m512i {
    let sum = together(limbs);
    if LIMBS == 3 { sum } else { _mm512_sll_epi32(sum, trailing_zeros) }
}

/// # Safety
/// As [`VerticalPass::blend`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn blend<const LIMBS: usize>(
    weights: &[[u32; LIMBS]],
    trailing_zeros: u32,
    quads: &[*const u8],
    out: *mut u8,
    length: usize,
) {
    let mut start = [_mm512_setzero_si512(); LIMBS];
    start[LIMBS - 1] = _mm512_set1_epi32(1 << (ROUNDED_BITS - 1) >> trailing_zeros);
    let trailing_zeros = _mm_cvtsi32_si128(trailing_zeros as i32);
    let odd_words = high_words();
    let in_order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    for at in (0..length).step_by(64) {
        let mut sums = [start; 4];
        for (weights, &quad) in weights.iter().zip(quads) {
            let weights = splat(weights);
            for part in 0..4 {
                // SAFETY: the caller promises `4 * length` bytes of each quad, aligned, and 256 more, in which the last
                // block ends; at < length.
                let taps = unsafe { _mm512_load_si512(quad.add(at * 4 + part * 64).cast()) };
                multiply(weights, taps, &mut sums[part]);
            }
        }
        let low = [whole(sums[0], trailing_zeros), whole(sums[1], trailing_zeros)];
        let high = [whole(sums[2], trailing_zeros), whole(sums[3], trailing_zeros)];
        let bytes = _mm512_permutexvar_epi64(in_order, bytes(low, high, odd_words));
        // SAFETY: the caller promises room for `length` bytes and 256 more, in which the last block ends.
        unsafe { _mm512_storeu_si512(out.add(at).cast(), bytes) };
    }
}

/// # Safety
/// As [`VerticalPass::add`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn add<const LIMBS: usize>(
    weights: &[u32; LIMBS],
    trailing_zeros: u32,
    quad: *const u8,
    sums: *mut i32,
    length: usize,
) {
    let (weights, trailing_zeros) = (splat(weights), _mm_cvtsi32_si128(trailing_zeros as i32));
    for at in (0..length).step_by(16) {
        // SAFETY: the caller promises `4 * length` bytes of the quad and as many of sums, aligned, and 256 more of each, in
        // which the last block ends; at < length.
        let (taps, before) =
            unsafe { (_mm512_load_si512(quad.add(at * 4).cast()), _mm512_load_si512(sums.add(at).cast())) };
        let mut parts = [_mm512_setzero_si512(); LIMBS];
        multiply(weights, taps, &mut parts);
        // SAFETY: it was loaded from there.
        unsafe { _mm512_store_si512(sums.add(at).cast(), _mm512_add_epi32(before, whole(parts, trailing_zeros))) };
    }
}

/// The index that takes the high words of one vector, then those of another.
#[inline]
#[target_feature(enable = "avx512f")]
fn high_words() -> __m512i {
    let pairs = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let pairs = _mm512_slli_epi32::<2>(pairs);
    // Words 4 i + 1 and 4 i + 3.
    _mm512_add_epi32(_mm512_or_si512(pairs, _mm512_slli_epi32::<16>(pairs)), _mm512_set1_epi32(3 << 16 | 1))
}
