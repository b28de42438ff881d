//! The vertical pass of rounded filters with AVX2: the even and the odd rows of quads as words, times weights of one word
//! or two halves of weights.

use std::arch::x86_64::*;

use super::Avx2;
use super::avx2_passes::together;
use crate::memory::NoMemory;
use crate::simd::VerticalPass;
use crate::simd::v128::weights::{Parts, QuadWeights};
use crate::weights::ROUNDED_BITS;

/// The vectors of a quad's weights.
type Splat<const PARTS: usize> = [[__m256i; 2]; PARTS];

#[inline]
#[target_feature(enable = "avx2")]
fn splat<const PARTS: usize>(parts: &Parts<PARTS>) -> Splat<PARTS> {
    let mut vectors = [[_mm256_setzero_si256(); 2]; PARTS];
    for (vectors, [even, odd]) in vectors.iter_mut().zip(parts) {
        *vectors = [_mm256_set1_epi32(*even as i32), _mm256_set1_epi32(*odd as i32)];
    }
    vectors
}

// SAFETY: a token of this level is there where the CPU has it; each function says what it reads and writes.
unsafe impl VerticalPass<Avx2> for QuadWeights {
    fn prepare(_: Avx2, weights: &[[i32; 4]]) -> Result<Self, NoMemory> {
        Self::new(weights)
    }

    #[inline(always)]
    unsafe fn blend(&self, _: Avx2, first: usize, quads: &[*const u8], out: *mut u8, length: usize) {
        // SAFETY: the caller promises the level, the quads and room for the row, with 256 bytes behind.
        unsafe {
            match self {
                Self::Narrow { weights, trailing_zeros } => {
                    blend(&weights[first..], ROUNDED_BITS - trailing_zeros, quads, out, length);
                }
                Self::Wide(weights) => blend(&weights[first..], ROUNDED_BITS, quads, out, length),
            }
        }
    }

    #[inline(always)]
    unsafe fn add(&self, _: Avx2, number: usize, quad: *const u8, sums: *mut i32, length: usize) {
        // SAFETY: the caller promises the level, the quad and its sums, with 256 bytes behind.
        unsafe {
            match self {
                Self::Narrow { weights, trailing_zeros } => add(&weights[number], *trailing_zeros, quad, sums, length),
                Self::Wide(weights) => add(&weights[number], 0, quad, sums, length),
            }
        }
    }
}

/// Adds 8 elements of a quad to the sums of each part.
#[inline]
#[target_feature(enable = "avx2")]
fn multiply<const PARTS: usize>(weights: Splat<PARTS>, taps: __m256i, sums: &mut [__m256i; PARTS]) {
    let (even, odd) = (_mm256_and_si256(taps, _mm256_set1_epi16(255)), _mm256_srli_epi16::<8>(taps));
    for part in 0..PARTS {
        let (even, odd) = (_mm256_madd_epi16(even, weights[part][0]), _mm256_madd_epi16(odd, weights[part][1]));
        sums[part] = _mm256_add_epi32(sums[part], _mm256_add_epi32(even, odd));
    }
}

/// The vertical pass for one row, of weights with so many fractional bits.
///
/// # Safety
/// As [`VerticalPass::blend`].
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn blend<const PARTS: usize>(
    weights: &[Parts<PARTS>],
    bits: u32,
    quads: &[*const u8],
    out: *mut u8,
    length: usize,
) {
    let zero = _mm256_setzero_si256();
    let mut start = [zero; PARTS];
    start[PARTS - 1] = _mm256_set1_epi32(1 << (bits - 1));
    let bits = _mm_cvtsi32_si128(bits as i32);
    let in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    for at in (0..length).step_by(32) {
        let mut sums = [start; 4];
        for (weights, &quad) in weights.iter().zip(quads) {
            let weights = splat(weights);
            for part in 0..4 {
                // SAFETY: the caller promises `4 * length` bytes of each quad, aligned, and 256 more, in which the last block ends;
                // at < length.
                let taps = unsafe { _mm256_load_si256(quad.add(at * 4 + part * 32).cast()) };
                multiply(weights, taps, &mut sums[part]);
            }
        }
        let mut values = [zero; 4];
        for part in 0..4 {
            let sum = together(sums[part]);
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
        // SAFETY: the caller promises room for `length` bytes and 256 more, in which the last block ends.
        unsafe { _mm256_storeu_si256(out.add(at).cast(), bytes) };
    }
}

/// # Safety
/// As [`VerticalPass::add`].
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn add<const PARTS: usize>(
    weights: &Parts<PARTS>,
    trailing_zeros: u32,
    quad: *const u8,
    sums: *mut i32,
    length: usize,
) {
    let (weights, trailing_zeros) = (splat(weights), _mm_cvtsi32_si128(trailing_zeros as i32));
    for at in (0..length).step_by(8) {
        // SAFETY: the caller promises `4 * length` bytes of the quad and as many of sums, aligned, and 256 more of each, in which the
        // last block ends; at < length.
        let (taps, before) =
            unsafe { (_mm256_load_si256(quad.add(at * 4).cast()), _mm256_load_si256(sums.add(at).cast())) };
        let mut parts = [_mm256_setzero_si256(); PARTS];
        multiply(weights, taps, &mut parts);
        let sum = _mm256_sll_epi32(together(parts), trailing_zeros);
        // SAFETY: it was loaded from there.
        unsafe { _mm256_store_si256(sums.add(at).cast(), _mm256_add_epi32(before, sum)) };
    }
}
