//! Short elements on x86-64.

use std::arch::x86_64::*;

use super::{Avx2, Avx512, level};
use crate::simd::{Elements, Steps};

// SAFETY: `detect` is the one way to a token. The stores write sixteen pixels.
unsafe impl Elements for Avx512 {
    type I32 = __m512i;
    type F32 = __m512;

    #[inline(always)]
    fn round_to_f16(self, value: __m512) -> __m512i {
        level! { _mm512_cvtepu16_epi32(_mm512_cvtps_ph::<NEAREST>(value)) }
    }

    #[inline(always)]
    fn round_to_bf16(self, value: __m512) -> __m512i {
        level! {
            // Not `vcvtneps2bf16`, which takes denormals for zero.
            let bits = _mm512_castps_si512(value);
            let even = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
            let rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), even);
            // What is not a number keeps its sign and is quiet: rounding could carry it into an infinity.
            let quiet = _mm512_or_si512(bits, _mm512_set1_epi32(1 << 22));
            let unordered = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(value, value);
            _mm512_srli_epi32::<16>(_mm512_mask_mov_epi32(rounded, unordered, quiet))
        }
    }

    #[inline(always)]
    fn quantize(self, value: __m512, steps: Steps) -> __m512i {
        level! {
            let quotient = _mm512_div_ps(value, _mm512_set1_ps(steps.scale));
            // The maximum of what is not a number and a number is its second operand.
            let quotient = _mm512_max_ps(quotient, _mm512_set1_ps(-Steps::BEYOND));
            let quotient = _mm512_min_ps(quotient, _mm512_set1_ps(Steps::BEYOND));
            let integer = _mm512_add_epi32(_mm512_cvtps_epi32(quotient), _mm512_set1_epi32(steps.zero_point));
            let integer = _mm512_max_epi32(integer, _mm512_set1_epi32(steps.least));
            let integer = _mm512_min_epi32(integer, _mm512_set1_epi32(steps.most));
            _mm512_and_si512(integer, _mm512_set1_epi32(255))
        }
    }

    #[inline(always)]
    unsafe fn store_u16(self, at: *mut u16, value: __m512i) {
        // SAFETY: 16 elements are writable.
        unsafe { _mm256_storeu_si256(at.cast(), _mm512_cvtepi32_epi16(value)) }
    }

    #[inline(always)]
    unsafe fn store_pixels_u16<const C: usize>(self, at: *mut u16, channels: [__m512i; C]) {
        /// For each stored element its place in two vectors of pairs: channels 0 and 1, then 2 and 3.
        const fn places(channels: usize) -> [u16; 64] {
            let mut places = [0; 64];
            let mut element = 0;
            while element < 16 * channels {
                let (pixel, channel) = (element / channels, element % channels);
                places[element] = (channel / 2 * 32 + pixel * 2 + channel % 2) as u16;
                element += 1;
            }
            places
        }
        if C == 1 {
            // SAFETY: the caller's promise is the same.
            return unsafe { self.store_u16(at, channels[0]) };
        }
        let places = const { &places(C) };
        // SAFETY: 16 * C elements are writable: one vector and, of 32 elements more, those that there are.
        unsafe {
            let front = pairs(channels[0], channels[1]);
            let back = if C == 4 { pairs(channels[2], channels[3]) } else { channels[2] };
            let index = _mm512_loadu_si512(places.as_ptr().cast());
            _mm512_storeu_si512(at.cast(), _mm512_permutex2var_epi16(front, index, back));
            let index = _mm512_loadu_si512(places[32..].as_ptr().cast());
            let rest = _mm512_permutex2var_epi16(front, index, back);
            if C == 4 {
                _mm512_storeu_si512(at.add(32).cast(), rest);
            } else {
                _mm256_storeu_si256(at.add(32).cast(), _mm512_castsi512_si256(rest));
            }
        }
    }
}

// SAFETY: `detect` is the one way to a token. The stores write eight pixels.
unsafe impl Elements for Avx2 {
    type I32 = __m256i;
    type F32 = __m256;

    #[inline(always)]
    fn round_to_f16(self, value: __m256) -> __m256i {
        level! { _mm256_cvtepu16_epi32(_mm256_cvtps_ph::<NEAREST>(value)) }
    }

    #[inline(always)]
    fn round_to_bf16(self, value: __m256) -> __m256i {
        level! {
            let bits = _mm256_castps_si256(value);
            let even = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), _mm256_set1_epi32(1));
            let rounded = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), even);
            let quiet = _mm256_or_si256(bits, _mm256_set1_epi32(1 << 22));
            let unordered = _mm256_castps_si256(_mm256_cmp_ps::<_CMP_UNORD_Q>(value, value));
            _mm256_srli_epi32::<16>(_mm256_blendv_epi8(rounded, quiet, unordered))
        }
    }

    #[inline(always)]
    fn quantize(self, value: __m256, steps: Steps) -> __m256i {
        level! {
            let quotient = _mm256_div_ps(value, _mm256_set1_ps(steps.scale));
            let quotient = _mm256_max_ps(quotient, _mm256_set1_ps(-Steps::BEYOND));
            let quotient = _mm256_min_ps(quotient, _mm256_set1_ps(Steps::BEYOND));
            let integer = _mm256_add_epi32(_mm256_cvtps_epi32(quotient), _mm256_set1_epi32(steps.zero_point));
            let integer = _mm256_max_epi32(integer, _mm256_set1_epi32(steps.least));
            let integer = _mm256_min_epi32(integer, _mm256_set1_epi32(steps.most));
            _mm256_and_si256(integer, _mm256_set1_epi32(255))
        }
    }

    #[inline(always)]
    unsafe fn store_u16(self, at: *mut u16, value: __m256i) {
        // SAFETY: 8 elements are writable.
        unsafe { _mm_storeu_si128(at.cast(), words(value)) }
    }

    #[inline(always)]
    unsafe fn store_pixels_u16<const C: usize>(self, at: *mut u16, channels: [__m256i; C]) {
        /// For vector `v` of eight stored elements and channel `c`: the bytes that are that channel's.
        const fn shuffles(channels: usize) -> [[[u8; 16]; 4]; 4] {
            let mut shuffles = [[[0x80; 16]; 4]; 4];
            let mut element = 0;
            while element < 8 * channels {
                let (pixel, channel) = (element / channels, element % channels);
                let shuffle = &mut shuffles[element / 8][channel];
                shuffle[element % 8 * 2] = (pixel * 2) as u8;
                shuffle[element % 8 * 2 + 1] = (pixel * 2 + 1) as u8;
                element += 1;
            }
            shuffles
        }
        let shuffles = const { &shuffles(C) };
        // SAFETY: C vectors of 8 elements are writable.
        unsafe {
            for vector in 0..C {
                let mut value = _mm_setzero_si128();
                for channel in 0..C {
                    let shuffle = _mm_loadu_si128(shuffles[vector][channel].as_ptr().cast());
                    value = _mm_or_si128(value, _mm_shuffle_epi8(words(channels[channel]), shuffle));
                }
                _mm_storeu_si128(at.add(vector * 8).cast(), value);
            }
        }
    }
}

/// Round to nearest, halves to even.
const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT;

/// Two channels as the low and the high half of each lane.
///
/// # Safety
/// Called at the level AVX-512.
#[inline(always)]
unsafe fn pairs(low: __m512i, high: __m512i) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe { _mm512_or_si512(low, _mm512_slli_epi32::<16>(high)) }
}

/// Lanes from 0 to 65535 as eight words.
///
/// # Safety
/// Called at the level AVX2.
#[inline(always)]
unsafe fn words(value: __m256i) -> __m128i {
    // SAFETY: the caller's promise.
    unsafe { _mm_packus_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256::<1>(value)) }
}
