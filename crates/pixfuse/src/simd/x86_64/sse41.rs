//! 8 pixels at a time with SSE4.1: Penryn and later, and virtual machines that hide AVX2.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::stream::prefetch;
use super::string::fill_long;
use super::{features, token, values};
use crate::simd::v128::{Doubles, V128, mul_add, mul_add_u8};
use crate::simd::vectors::Vectors;
use crate::simd::{Plain, Task};

features! { Sse41 => token! {
    /// SSSE3 and SSE4.1.
    Sse41: below Avx2
} }

// SAFETY: `detect` is the one way to a token, and so is that of a wider level.
unsafe impl Vectors for Sse41 {
    type Vector = __m128i;
    type Bytes = [u8; 16];
    type Products = __m128i;

    features! { Sse41 => values! {
        fn splat_i32(self, value: i32) -> __m128i {
            _mm_set1_epi32(value)
        }

        fn splat_f32(self, value: f32) -> __m128i {
            _mm_castps_si128(_mm_set1_ps(value))
        }

        fn and(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_and_si128(a, b)
        }

        fn or(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_or_si128(a, b)
        }

        fn shuffle(self, bytes: __m128i, index: __m128i) -> __m128i {
            _mm_shuffle_epi8(bytes, index)
        }

        fn add_i32(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_add_epi32(a, b)
        }

        fn mul_i32(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_mullo_epi32(a, b)
        }

        fn min_i32(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_min_epi32(a, b)
        }

        fn max_i32(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_max_epi32(a, b)
        }

        fn shift_left<const BITS: i32>(self, value: __m128i) -> __m128i {
            _mm_slli_epi32::<BITS>(value)
        }

        fn shift_right_u16<const BITS: i32>(self, value: __m128i) -> __m128i {
            _mm_srli_epi16::<BITS>(value)
        }

        fn shift_right_u32<const BITS: i32>(self, value: __m128i) -> __m128i {
            _mm_srli_epi32::<BITS>(value)
        }

        fn shift_left_by(self, value: __m128i, bits: u32) -> __m128i {
            _mm_sll_epi32(value, _mm_cvtsi32_si128(bits as i32))
        }

        fn shift_right_by(self, value: __m128i, bits: u32) -> __m128i {
            _mm_sra_epi32(value, _mm_cvtsi32_si128(bits as i32))
        }

        fn pack_i32(self, low: __m128i, high: __m128i) -> __m128i {
            _mm_packs_epi32(low, high)
        }

        fn pack_i16(self, low: __m128i, high: __m128i) -> __m128i {
            _mm_packus_epi16(low, high)
        }

        fn products(self, start: __m128i) -> __m128i {
            start
        }

        fn add_products(self, sums: __m128i, a: __m128i, b: __m128i) -> __m128i {
            _mm_add_epi32(sums, _mm_madd_epi16(a, b))
        }

        fn total(self, sums: __m128i) -> __m128i {
            sums
        }

        fn add_f32(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_castps_si128(_mm_add_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b)))
        }

        fn mul_f32(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_castps_si128(_mm_mul_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b)))
        }

        fn div_f32(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_castps_si128(_mm_div_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b)))
        }

        fn clamp_f32(self, value: __m128i, least: __m128i, most: __m128i) -> __m128i {
            // The maximum of what is not a number and a number is its second operand.
            let value = _mm_max_ps(_mm_castsi128_ps(value), _mm_castsi128_ps(least));
            _mm_castps_si128(_mm_min_ps(value, _mm_castsi128_ps(most)))
        }

        fn convert(self, value: __m128i) -> __m128i {
            _mm_castps_si128(_mm_cvtepi32_ps(value))
        }

        fn round(self, value: __m128i) -> __m128i {
            _mm_cvtps_epi32(_mm_castsi128_ps(value))
        }
    } }
}

// SAFETY: `detect` is the one way to a token, and so is that of a wider level.
unsafe impl V128 for Sse41 {
    const PREFETCH_STRIDE: usize = 32;

    #[inline(always)]
    fn enter<T: Task<Self>>(self, task: T) -> T::Output {
        self.gateway(task)
    }

    #[inline(always)]
    fn prefetch(self, at: *const u8) {
        prefetch(at);
    }

    #[inline(always)]
    fn fill_long<T: Plain>(self, out: &mut [MaybeUninit<T>], value: T) -> bool {
        fill_long(out, value)
    }

    features! { Sse41 => values! {
        fn blend_rows<const BITS: i32>(self, rows: [[__m128i; 2]; 2], weights: __m128i) -> [__m128i; 2] {
            let mut words = [_mm_packs_epi32(rows[0][0], rows[0][1]), _mm_packs_epi32(rows[1][0], rows[1][1])];
            if BITS == 9 {
                words = [_mm_slli_epi16::<7>(words[0]), _mm_slli_epi16::<7>(words[1])];
            }
            let weights = _mm_unpacklo_epi16(weights, weights);
            let above = _mm_mulhi_epi16(words[0], _mm_shuffle_epi32::<0b00_00_00_00>(weights));
            let below = _mm_mulhi_epi16(words[1], _mm_shuffle_epi32::<0b01_01_01_01>(weights));
            // (x * 2^13 + 2^14) >> 15 is (x + 2) >> 2.
            let samples = _mm_mulhrs_epi16(_mm_add_epi16(above, below), _mm_set1_epi16(1 << 13));
            let zero = _mm_setzero_si128();
            [_mm_unpacklo_epi16(samples, zero), _mm_unpackhi_epi16(samples, zero)]
        }

        fn extend_8(self, bytes: [u8; 8]) -> __m128i {
            _mm_cvtsi64_si128(i64::from_le_bytes(bytes))
        }

        fn extend_4(self, bytes: [u8; 4]) -> __m128i {
            _mm_cvtsi32_si128(i32::from_le_bytes(bytes))
        }

        fn low_8(self, value: __m128i) -> [u8; 8] {
            _mm_cvtsi128_si64(value).to_le_bytes()
        }

        fn low_4(self, value: __m128i) -> [u8; 4] {
            _mm_cvtsi128_si32(value).to_le_bytes()
        }

        fn zip_low<const BYTES: usize>(self, a: __m128i, b: __m128i) -> __m128i {
            match BYTES {
                1 => _mm_unpacklo_epi8(a, b),
                2 => _mm_unpacklo_epi16(a, b),
                4 => _mm_unpacklo_epi32(a, b),
                _ => _mm_unpacklo_epi64(a, b),
            }
        }

        fn zip_high<const BYTES: usize>(self, a: __m128i, b: __m128i) -> __m128i {
            match BYTES {
                1 => _mm_unpackhi_epi8(a, b),
                2 => _mm_unpackhi_epi16(a, b),
                4 => _mm_unpackhi_epi32(a, b),
                _ => _mm_unpackhi_epi64(a, b),
            }
        }

        fn select(self, mask: __m128i, a: __m128i, b: __m128i) -> __m128i {
            _mm_blendv_epi8(b, a, mask)
        }

        fn less_i32(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_cmplt_epi32(a, b)
        }

        fn add_i16(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_add_epi16(a, b)
        }

        fn pack_u32(self, low: __m128i, high: __m128i) -> __m128i {
            _mm_packus_epi32(low, high)
        }
    } }

    #[inline(always)]
    fn mul_add_f32(self, a: __m128i, b: __m128i, c: __m128i) -> __m128i {
        mul_add(self, a, b, c)
    }

    #[inline(always)]
    fn mul_add_u8(self, value: __m128i, scale: f32, offset: f32) -> __m128i {
        mul_add_u8(self, value, scale, offset)
    }
}

// SAFETY: `detect` is the one way to a token; these are values only.
unsafe impl Doubles for Sse41 {
    features! { Sse41 => values! {
        fn splat_f64(self, value: f64) -> __m128i {
            _mm_castpd_si128(_mm_set1_pd(value))
        }

        fn convert_low(self, value: __m128i) -> __m128i {
            _mm_castpd_si128(_mm_cvtepi32_pd(value))
        }

        fn convert_high(self, value: __m128i) -> __m128i {
            _mm_castpd_si128(_mm_cvtepi32_pd(_mm_unpackhi_epi64(value, value)))
        }

        fn widen_low(self, value: __m128i) -> __m128i {
            _mm_castpd_si128(_mm_cvtps_pd(_mm_castsi128_ps(value)))
        }

        fn widen_high(self, value: __m128i) -> __m128i {
            let high = _mm_unpackhi_epi64(value, value);
            _mm_castpd_si128(_mm_cvtps_pd(_mm_castsi128_ps(high)))
        }

        fn narrow(self, low: __m128i, high: __m128i) -> __m128i {
            let (low, high) = (_mm_cvtpd_ps(_mm_castsi128_pd(low)), _mm_cvtpd_ps(_mm_castsi128_pd(high)));
            _mm_castps_si128(_mm_movelh_ps(low, high))
        }

        fn low_bits(self, low: __m128i, high: __m128i) -> __m128i {
            _mm_castps_si128(_mm_shuffle_ps::<0b10_00_10_00>(_mm_castsi128_ps(low), _mm_castsi128_ps(high)))
        }

        fn high_bits(self, low: __m128i, high: __m128i) -> __m128i {
            _mm_castps_si128(_mm_shuffle_ps::<0b11_01_11_01>(_mm_castsi128_ps(low), _mm_castsi128_ps(high)))
        }

        fn mul_f64(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_castpd_si128(_mm_mul_pd(_mm_castsi128_pd(a), _mm_castsi128_pd(b)))
        }

        fn add_f64(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_castpd_si128(_mm_add_pd(_mm_castsi128_pd(a), _mm_castsi128_pd(b)))
        }

        fn equal_i32(self, a: __m128i, b: __m128i) -> __m128i {
            _mm_cmpeq_epi32(a, b)
        }

        fn any(self, value: __m128i) -> bool {
            _mm_testz_si128(value, value) == 0
        }
    } }
}
