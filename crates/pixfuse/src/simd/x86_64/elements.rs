//! Short elements on x86-64.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use bytemuck::must_cast;

use super::{Avx2, Avx512, avx2, avx512, features, values};
use crate::simd::vectors::elements::quantize;
use crate::simd::{Elements, Steps, write};

/// Round to nearest, halves to even.
const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT;

// SAFETY: `detect` is the one way to a token; there are sixteen lanes.
unsafe impl Elements for Avx512 {
    const LANES: usize = 16;
    type Lanes<T: Copy> = [T; 16];
    type I32 = __m512i;
    type F32 = __m512;

    features! { Avx512 => values! {
        fn round_to_f16(self, value: __m512) -> __m512i {
            _mm512_cvtepu16_epi32(_mm512_cvtps_ph::<NEAREST>(value))
        }

        fn round_to_bf16(self, value: __m512) -> __m512i {
            // Not `vcvtneps2bf16`, which takes denormals for zero.
            let bits = _mm512_castps_si512(value);
            let even = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
            let rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), even);
            // What is not a number keeps its sign and is quiet: rounding could carry it into an infinity.
            let quiet = _mm512_or_si512(bits, _mm512_set1_epi32(1 << 22));
            let unordered = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(value, value);
            _mm512_srli_epi32::<16>(_mm512_mask_mov_epi32(rounded, unordered, quiet))
        }

        fn quantize(self, value: __m512, steps: Steps) -> __m512i {
            let quotient = _mm512_div_ps(value, _mm512_set1_ps(steps.scale));
            // The maximum of what is not a number and a number is its second operand.
            let quotient = _mm512_max_ps(quotient, _mm512_set1_ps(-Steps::MAX_QUOTIENT));
            let quotient = _mm512_min_ps(quotient, _mm512_set1_ps(Steps::MAX_QUOTIENT));
            let integer = _mm512_add_epi32(_mm512_cvtps_epi32(quotient), _mm512_set1_epi32(steps.zero_point));
            let integer = _mm512_max_epi32(integer, _mm512_set1_epi32(steps.least));
            let integer = _mm512_min_epi32(integer, _mm512_set1_epi32(steps.most));
            _mm512_and_si512(integer, _mm512_set1_epi32(255))
        }
    } }

    #[inline(always)]
    fn store_u16(self, at: &mut [MaybeUninit<u16>; 16], value: __m512i) {
        write(at, self.words(value));
    }

    #[inline(always)]
    fn store_pixels_u16<const C: usize>(self, at: &mut [[MaybeUninit<u16>; 16]; C], channels: [__m512i; C]) {
        if C == 1 {
            return self.store_u16(&mut at[0], channels[0]);
        }
        let front = self.pairs(channels[0], channels[1]);
        let back = if C == 4 { self.pairs(channels[2], channels[3]) } else { channels[2] };
        let (places, rest) = const { (&places(C, 0), &places(C, 32)) };
        let rest = self.pick_words(front, back, rest);
        let Some((first, at)) = at.as_flattened_mut().split_first_chunk_mut::<32>() else { return };
        write(first, must_cast(self.pick_words(front, back, places)));
        // Of 32 elements more, those that there are.
        if let Some(at) = at.first_chunk_mut::<32>() {
            write(at, must_cast(rest));
        } else if let Some(at) = at.first_chunk_mut::<16>() {
            write(at, self.low_half(rest));
        }
    }
}

/// For 32 stored elements from the first on, their places in two vectors of pairs: channels 0 and 1, then 2 and 3.
const fn places(channels: usize, first: usize) -> [u16; 32] {
    let mut places = [0; 32];
    let mut element = first;
    while element < first + 32 && element < 16 * channels {
        let (pixel, channel) = (element / channels, element % channels);
        places[element - first] = (channel / 2 * 32 + pixel * 2 + channel % 2) as u16;
        element += 1;
    }
    places
}

impl Avx512 {
    features! { Avx512 => values! {
        /// The low half of each lane.
        fn words(self, value: __m512i) -> [u16; 16] {
            must_cast(_mm512_cvtepi32_epi16(value))
        }

        /// The low half of a vector of words.
        fn low_half(self, value: __m512i) -> [u16; 16] {
            must_cast(_mm512_castsi512_si256(value))
        }

        /// Two channels as the low and the high half of each lane.
        fn pairs(self, low: __m512i, high: __m512i) -> __m512i {
            _mm512_or_si512(low, _mm512_slli_epi32::<16>(high))
        }

        /// Words of two vectors, by their places.
        fn pick_words(self, front: __m512i, back: __m512i, places: &[u16; 32]) -> __m512i {
            _mm512_permutex2var_epi16(front, avx512::vector(places), back)
        }
    } }
}

// SAFETY: `detect` is the one way to a token; there are eight lanes.
unsafe impl Elements for Avx2 {
    const LANES: usize = 8;
    type Lanes<T: Copy> = [T; 8];
    type I32 = __m256i;
    type F32 = __m256;

    features! { Avx2 => values! {
        fn round_to_f16(self, value: __m256) -> __m256i {
            _mm256_cvtepu16_epi32(_mm256_cvtps_ph::<NEAREST>(value))
        }

        fn round_to_bf16(self, value: __m256) -> __m256i {
            let bits = _mm256_castps_si256(value);
            let even = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), _mm256_set1_epi32(1));
            let rounded = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), even);
            let quiet = _mm256_or_si256(bits, _mm256_set1_epi32(1 << 22));
            let unordered = _mm256_castps_si256(_mm256_cmp_ps::<_CMP_UNORD_Q>(value, value));
            _mm256_srli_epi32::<16>(_mm256_blendv_epi8(rounded, quiet, unordered))
        }
    } }

    #[inline(always)]
    fn quantize(self, value: __m256, steps: Steps) -> __m256i {
        quantize(self, must_cast(value), steps)
    }

    #[inline(always)]
    fn store_u16(self, at: &mut [MaybeUninit<u16>; 8], value: __m256i) {
        write(at, must_cast(self.words(value)));
    }

    #[inline(always)]
    fn store_pixels_u16<const C: usize>(self, at: &mut [[MaybeUninit<u16>; 8]; C], channels: [__m256i; C]) {
        for (vector, at) in at.iter_mut().enumerate() {
            write(at, must_cast(self.interleaved_words(channels, vector)));
        }
    }
}

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

impl Avx2 {
    features! { Avx2 => values! {
        /// Lanes from 0 to 65535 as eight words.
        fn words(self, value: __m256i) -> __m128i {
            _mm_packus_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256::<1>(value))
        }

        /// Vector `number` of `C` channels of words that are interleaved.
        fn interleaved_words<const C: usize>(self, channels: [__m256i; C], number: usize) -> __m128i {
            let shuffles = const { &shuffles(C) };
            let mut value = _mm_setzero_si128();
            for channel in 0..C {
                let lanes = channels[channel];
                let words = _mm_packus_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256::<1>(lanes));
                value = _mm_or_si128(value, _mm_shuffle_epi8(words, avx2::half(&shuffles[number][channel])));
            }
            value
        }
    } }
}
