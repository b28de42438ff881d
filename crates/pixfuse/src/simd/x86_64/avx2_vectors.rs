//! The vectors of AVX2: two segments.

use std::arch::x86_64::*;

use bytemuck::must_cast;

use super::{Avx2, features, values};
use crate::simd::vectors::Vectors;

/// Two times 16 bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn two_halves(low: &[u8; 16], high: &[u8; 16]) -> __m256i {
    _mm256_set_m128i(must_cast(*high), must_cast(*low))
}

// SAFETY: `detect` is the one way to a token, and so is that of a wider level.
unsafe impl Vectors for Avx2 {
    type Vector = __m256i;
    type Bytes = [u8; 32];
    type Products = __m256i;

    features! { Avx2 => values! {
        fn join<const SEGMENTS: usize>(self, segments: [&[u8; 16]; SEGMENTS]) -> __m256i {
            two_halves(segments[0], segments[SEGMENTS - 1])
        }

        fn splat_segment(self, segment: &[u8; 16]) -> __m256i {
            _mm256_broadcastsi128_si256(must_cast(*segment))
        }

        fn low_quarters<const BYTES: usize>(self, value: __m256i) -> [u8; BYTES] {
            let low = _mm_unpacklo_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256::<1>(value));
            must_cast(_mm_cvtsi128_si64(low))
        }

        fn in_order(self, packed: __m256i) -> __m256i {
            _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7))
        }

        fn splat_i32(self, value: i32) -> __m256i {
            _mm256_set1_epi32(value)
        }

        fn splat_f32(self, value: f32) -> __m256i {
            _mm256_castps_si256(_mm256_set1_ps(value))
        }

        fn and(self, a: __m256i, b: __m256i) -> __m256i {
            _mm256_and_si256(a, b)
        }

        fn or(self, a: __m256i, b: __m256i) -> __m256i {
            _mm256_or_si256(a, b)
        }

        fn shuffle(self, bytes: __m256i, index: __m256i) -> __m256i {
            _mm256_shuffle_epi8(bytes, index)
        }

        fn add_i32(self, a: __m256i, b: __m256i) -> __m256i {
            _mm256_add_epi32(a, b)
        }

        fn mul_i32(self, a: __m256i, b: __m256i) -> __m256i {
            _mm256_mullo_epi32(a, b)
        }

        fn min_i32(self, a: __m256i, b: __m256i) -> __m256i {
            _mm256_min_epi32(a, b)
        }

        fn max_i32(self, a: __m256i, b: __m256i) -> __m256i {
            _mm256_max_epi32(a, b)
        }

        fn shift_left<const BITS: i32>(self, value: __m256i) -> __m256i {
            _mm256_slli_epi32::<BITS>(value)
        }

        fn shift_right_u16<const BITS: i32>(self, value: __m256i) -> __m256i {
            _mm256_srli_epi16::<BITS>(value)
        }

        fn shift_right_u32<const BITS: i32>(self, value: __m256i) -> __m256i {
            _mm256_srli_epi32::<BITS>(value)
        }

        fn shift_left_by(self, value: __m256i, bits: u32) -> __m256i {
            _mm256_sll_epi32(value, _mm_cvtsi32_si128(bits as i32))
        }

        fn shift_right_by(self, value: __m256i, bits: u32) -> __m256i {
            _mm256_sra_epi32(value, _mm_cvtsi32_si128(bits as i32))
        }

        fn pack_i32(self, low: __m256i, high: __m256i) -> __m256i {
            _mm256_packs_epi32(low, high)
        }

        fn pack_i16(self, low: __m256i, high: __m256i) -> __m256i {
            _mm256_packus_epi16(low, high)
        }

        fn products(self, start: __m256i) -> __m256i {
            start
        }

        fn add_products(self, sums: __m256i, a: __m256i, b: __m256i) -> __m256i {
            _mm256_add_epi32(sums, _mm256_madd_epi16(a, b))
        }

        fn total(self, sums: __m256i) -> __m256i {
            sums
        }

        fn add_f32(self, a: __m256i, b: __m256i) -> __m256i {
            _mm256_castps_si256(_mm256_add_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)))
        }

        fn mul_f32(self, a: __m256i, b: __m256i) -> __m256i {
            _mm256_castps_si256(_mm256_mul_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)))
        }

        fn div_f32(self, a: __m256i, b: __m256i) -> __m256i {
            _mm256_castps_si256(_mm256_div_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)))
        }

        fn clamp_f32(self, value: __m256i, least: __m256i, most: __m256i) -> __m256i {
            // The maximum of what is not a number and a number is its second operand.
            let value = _mm256_max_ps(_mm256_castsi256_ps(value), _mm256_castsi256_ps(least));
            _mm256_castps_si256(_mm256_min_ps(value, _mm256_castsi256_ps(most)))
        }

        fn convert(self, value: __m256i) -> __m256i {
            _mm256_castps_si256(_mm256_cvtepi32_ps(value))
        }

        fn round(self, value: __m256i) -> __m256i {
            _mm256_cvtps_epi32(_mm256_castsi256_ps(value))
        }
    } }
}
