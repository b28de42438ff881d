//! The vertical pass of rounded filters with AVX2: the even and the odd rows of quads as words, times weights of one word
//! or two halves of weights.

use std::arch::x86_64::*;

use super::avx2::vector;
use super::avx2_passes::together;
use super::{Avx2, features, values};
use crate::memory::NoMemory;
use crate::simd::v128::weights::{Parts, QuadWeights};
use crate::simd::{CacheLine, ScratchRows, VerticalPass};
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

impl VerticalPass<Avx2> for QuadWeights {
    fn prepare(_: Avx2, weights: &[[i32; 4]]) -> Result<Self, NoMemory> {
        Self::new(weights)
    }

    #[inline(always)]
    fn blend(&self, simd: Avx2, first: usize, quads: ScratchRows<'_>, out: &mut [CacheLine], length: usize) {
        match self {
            Self::Narrow { weights, trailing_zeros } => {
                simd.blend_quads(&weights[first..], ROUNDED_BITS - trailing_zeros, quads, out, length);
            }
            Self::Wide(weights) => simd.blend_quads(&weights[first..], ROUNDED_BITS, quads, out, length),
        }
    }

    #[inline(always)]
    fn add(&self, simd: Avx2, number: usize, quad: &[CacheLine], sums: &mut [CacheLine]) {
        match self {
            Self::Narrow { weights, trailing_zeros } => simd.add_quad(&weights[number], *trailing_zeros, quad, sums),
            Self::Wide(weights) => simd.add_quad(&weights[number], 0, quad, sums),
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

impl Avx2 {
    features! { Avx2 => values! {
        /// The vertical pass for one row, of weights with so many fractional bits.
        fn blend_quads<const PARTS: usize>(
            self,
            weights: &[Parts<PARTS>],
            bits: u32,
            quads: ScratchRows<'_>,
            out: &mut [CacheLine],
            length: usize,
        ) {
            let zero = _mm256_setzero_si256();
            let mut start = [zero; PARTS];
            start[PARTS - 1] = _mm256_set1_epi32(1 << (bits - 1));
            let bits = _mm_cvtsi32_si128(bits as i32);
            let in_order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
            let out = bytemuck::cast_slice_mut::<_, [u8; 32]>(out);
            for (out, quads) in quads.blocks::<[[u8; 32]; 4], _>(out, length.div_ceil(32)) {
                let mut sums = [start; 4];
                for (weights, taps) in weights.iter().zip(quads) {
                    let weights = splat(weights);
                    for part in 0..4 {
                        multiply(weights, vector(&taps[part]), &mut sums[part]);
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
                *out = bytemuck::cast(bytes);
            }
        }

        /// Adds a quad to sums, by weights that lack so many bits.
        fn add_quad<const PARTS: usize>(
            self,
            weights: &Parts<PARTS>,
            trailing_zeros: u32,
            quad: &[CacheLine],
            sums: &mut [CacheLine],
        ) {
            let (weights, trailing_zeros) = (splat(weights), _mm_cvtsi32_si128(trailing_zeros as i32));
            let (quad, sums) = (bytemuck::cast_slice::<_, [u8; 32]>(quad), bytemuck::cast_slice_mut::<_, [i32; 8]>(sums));
            for (taps, sums) in quad.iter().zip(sums) {
                let mut parts = [_mm256_setzero_si256(); PARTS];
                multiply(weights, vector(taps), &mut parts);
                let sum = _mm256_sll_epi32(together(parts), trailing_zeros);
                *sums = bytemuck::cast(_mm256_add_epi32(vector(sums), sum));
            }
        }
    } }
}
