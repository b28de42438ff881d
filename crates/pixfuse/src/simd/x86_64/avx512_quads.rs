//! The vertical pass of rounded filters with AVX-512: `vpdpbusd` on quads, as in the horizontal pass.

use std::arch::x86_64::*;

use super::avx512::vector;
use super::avx512_passes::{TWO_LIMBS, bytes, limbs, together};
use super::{Avx512, features, values};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::vectors::words::narrow;
use crate::simd::{CacheLine, ScratchRows, VerticalPass};
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

impl VerticalPass<Avx512> for QuadWeights {
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
    fn blend(&self, simd: Avx512, first: usize, quads: ScratchRows<'_>, out: &mut [CacheLine], length: usize) {
        match self {
            Self::Narrow { weights, trailing_zeros } => {
                simd.blend_quads(&weights[first..], *trailing_zeros, quads, out, length);
            }
            Self::Wide(weights) => simd.blend_quads(&weights[first..], 0, quads, out, length),
        }
    }

    #[inline(always)]
    fn add(&self, simd: Avx512, number: usize, quad: &[CacheLine], sums: &mut [CacheLine]) {
        match self {
            Self::Narrow { weights, trailing_zeros } => simd.add_quad(&weights[number], *trailing_zeros, quad, sums),
            Self::Wide(weights) => simd.add_quad(&weights[number], 0, quad, sums),
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

impl Avx512 {
    features! { Avx512 => values! {
        /// The vertical pass for one row, of weights that lack so many bits.
        fn blend_quads<const LIMBS: usize>(
            self,
            weights: &[[u32; LIMBS]],
            trailing_zeros: u32,
            quads: ScratchRows<'_>,
            out: &mut [CacheLine],
            length: usize,
        ) {
            let mut start = [_mm512_setzero_si512(); LIMBS];
            start[LIMBS - 1] = _mm512_set1_epi32(1 << (ROUNDED_BITS - 1) >> trailing_zeros);
            let trailing_zeros = _mm_cvtsi32_si128(trailing_zeros as i32);
            let odd_words = high_words();
            let in_order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
            for (out, quads) in quads.blocks::<[[u8; 64]; 4], _>(out, length.div_ceil(64)) {
                let mut sums = [start; 4];
                for (weights, taps) in weights.iter().zip(quads) {
                    let weights = splat(weights);
                    for part in 0..4 {
                        multiply(weights, vector(&taps[part]), &mut sums[part]);
                    }
                }
                let low = [whole(sums[0], trailing_zeros), whole(sums[1], trailing_zeros)];
                let high = [whole(sums[2], trailing_zeros), whole(sums[3], trailing_zeros)];
                let bytes = _mm512_permutexvar_epi64(in_order, bytes(low, high, odd_words));
                *out = bytemuck::cast(bytes);
            }
        }

        /// Adds a quad to sums, by weights that lack so many bits.
        fn add_quad<const LIMBS: usize>(
            self,
            weights: &[u32; LIMBS],
            trailing_zeros: u32,
            quad: &[CacheLine],
            sums: &mut [CacheLine],
        ) {
            let (weights, trailing_zeros) = (splat(weights), _mm_cvtsi32_si128(trailing_zeros as i32));
            let (quad, sums) = (bytemuck::cast_slice::<_, [u8; 64]>(quad), bytemuck::cast_slice_mut::<_, [i32; 16]>(sums));
            for (taps, sums) in quad.iter().zip(sums) {
                let mut parts = [_mm512_setzero_si512(); LIMBS];
                multiply(weights, vector(taps), &mut parts);
                let sum = whole(parts, trailing_zeros);
                *sums = bytemuck::cast(_mm512_add_epi32(vector(sums), sum));
            }
        }
    } }
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
