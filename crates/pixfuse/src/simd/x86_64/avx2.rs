//! 8 pixels at a time with AVX2 and FMA.

use std::arch::x86_64::*;
use std::convert::Infallible;
use std::mem::MaybeUninit;

use bytemuck::{Pod, must_cast};

use super::avx2_columns::Columns;
use super::avx2_passes::{FloatRowFilter, RowFilter};
use super::stream::prefetch;
use super::string::fill_long;
use super::{Sse41, avx2_columns, features, token, values};
use crate::simd::v128::transpose;
use crate::simd::vectors::add_weighed;
use crate::simd::vectors::weights::QuadWeights;
use crate::simd::{BlockTaps, CHUNK, CellColumns, CellRows, Fetched, Plain, Simd, Task, write};

features! { Avx2 => token! {
    /// AVX2, FMA and F16C: Haswell, Zen and later.
    Avx2: below Avx512
} }

/// The vector that a table holds.
#[inline]
#[target_feature(enable = "avx")]
pub(super) fn vector<T: Pod, const N: usize>(table: &[T; N]) -> __m256i {
    must_cast(*table)
}

/// The half of a vector that a table holds.
#[inline]
#[target_feature(enable = "avx")]
pub(super) fn half(table: &[u8; 16]) -> __m128i {
    must_cast(*table)
}

/// For vector `v`, lane `l` of interleaved pixels: the pixel that it belongs to.
const fn pixels_of_lanes(channels: usize) -> [[i32; 8]; 4] {
    let mut pixels = [[0; 8]; 4];
    let mut element = 0;
    while element < channels * 8 {
        pixels[element / 8][element % 8] = (element / channels) as i32;
        element += 1;
    }
    pixels
}

/// For vector `v`, channel `c` of interleaved pixels: all ones in the lanes that hold it.
const fn lanes_of_channels(channels: usize) -> [[[i32; 8]; 4]; 4] {
    let mut lanes = [[[0; 8]; 4]; 4];
    let mut element = 0;
    while element < channels * 8 {
        lanes[element / 8][element % channels][element % 8] = -1;
        element += 1;
    }
    lanes
}

impl Avx2 {
    features! { Avx2 => values! {
        /// Bytes of each half, by a table.
        pub(super) fn shuffle(self, bytes: __m256i, table: &[u8; 32]) -> __m256i {
            _mm256_shuffle_epi8(bytes, vector(table))
        }

        /// Eight bytes as i32.
        fn widen(self, bytes: &[u8; 8]) -> __m256i {
            _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(i64::from_ne_bytes(*bytes)))
        }

        /// Two times 16 bytes.
        fn halves(self, low: &[u8; 16], high: &[u8; 16]) -> __m256i {
            _mm256_set_m128i(half(high), half(low))
        }

        /// 32 bytes.
        fn whole(self, bytes: &[u8; 32]) -> __m256i {
            vector(bytes)
        }

        /// The low byte of each lane, as a number.
        fn low_byte(self, value: __m256i) -> __m256i {
            _mm256_and_si256(value, _mm256_set1_epi32(255))
        }

        /// The low byte of each lane, in eight bytes.
        fn low_bytes(self, value: __m256i) -> [u8; 8] {
            let low = _mm256_set1_epi32(0x0c08_0400);
            let bytes = _mm256_shuffle_epi8(value, low);
            let bytes = _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
            _mm_cvtsi128_si64(bytes).to_ne_bytes()
        }

        /// Vector `number` of `C` channels that are interleaved.
        fn interleaved<const C: usize>(self, channels: [__m256; C], number: usize) -> __m256 {
            let (pixels, lanes) = (const { &pixels_of_lanes(C) }, const { &lanes_of_channels(C) });
            let index = vector(&pixels[number]);
            let mut value = _mm256_permutevar8x32_ps(channels[0], index);
            for channel in 1..C {
                let mask = _mm256_castsi256_ps(vector(&lanes[number][channel]));
                value = _mm256_blendv_ps(value, _mm256_permutevar8x32_ps(channels[channel], index), mask);
            }
            value
        }

        /// Channel `c` of each pixel in byte `c` of its lane, of three or four channels.
        fn bytes_of<const C: usize>(self, channels: [__m256i; C]) -> __m256i {
            let mut pixels = _mm256_or_si256(channels[0], _mm256_slli_epi32::<8>(channels[1]));
            pixels = _mm256_or_si256(pixels, _mm256_slli_epi32::<16>(channels[2]));
            if C == 4 {
                pixels = _mm256_or_si256(pixels, _mm256_slli_epi32::<24>(channels[3]));
            }
            pixels
        }

        /// Three bytes of each lane, as 16 bytes and 8.
        fn three_of_four(self, pixels: __m256i) -> ([u8; 16], [u8; 8]) {
            // Twelve bytes in front of each half, then both together.
            #[rustfmt::skip]
            let packed = _mm256_setr_epi8(
                0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
                0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
            );
            let halves = _mm256_shuffle_epi8(pixels, packed);
            let dense = _mm256_permutevar8x32_epi32(halves, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7));
            let back = _mm_cvtsi128_si64(_mm256_extracti128_si256::<1>(dense));
            (must_cast(_mm256_castsi256_si128(dense)), back.to_ne_bytes())
        }
    } }
}

// SAFETY: each operation says what it reads and writes, and that this is what it asks for.
unsafe impl Simd for Avx2 {
    /// Each line twice: with 64, images from memory take up to 20 % longer (576x768 -> 240x256), and those in a cache are
    /// not prefetched.
    const PREFETCH_STRIDE: usize = 32;
    type Columns = Columns;
    type RowFilter = RowFilter;
    type FloatRowFilter = FloatRowFilter;
    type Cells = Infallible;
    type QuadWeights = QuadWeights;

    #[inline(always)]
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output {
        self.gateway(task)
    }

    fn columns(self, taps: &BlockTaps<'_>) -> Columns {
        Columns::new(taps)
    }

    #[inline(always)]
    fn fetch<const C: usize>(self, block: &Fetched<'_, Columns, C, 1, 1>) -> [__m256i; C] {
        avx2_columns::pixels(self, block)
    }

    #[inline(always)]
    fn blend<const C: usize, const TAPS: usize>(
        self,
        block: &Fetched<'_, Columns, C, TAPS, 2>,
        weights: __m256i,
    ) -> [__m256i; C] {
        avx2_columns::blend(self, block, weights)
    }

    #[inline(always)]
    fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: &[[u8; 8]; PIXEL]) -> [__m256i; C] {
        /// Both halves: four pixels, of which the second half of a three-byte load has its first 4 bytes in front.
        const fn spread(pixel: usize) -> [[u8; 32]; 4] {
            let mut shuffle = [[0x80; 32]; 4];
            let mut channel = 0;
            while channel < pixel {
                let mut lane = 0;
                while lane < 8 {
                    let skipped = if pixel == 3 && lane >= 4 { 4 } else { 0 };
                    shuffle[channel][lane * 4] = (skipped + lane % 4 * pixel + channel) as u8;
                    lane += 1;
                }
                channel += 1;
            }
            shuffle
        }
        let shuffle = const { &spread(PIXEL) };
        let bytes = pixels.as_flattened();
        let bytes = if PIXEL == 1 {
            return [self.widen(&pixels[0]); C];
        } else if let Some(bytes) = bytes.first_chunk() {
            self.whole(bytes)
        } else if let (Some(low), Some(high)) = (bytes.first_chunk(), bytes.last_chunk()) {
            self.halves(low, high)
        } else {
            unreachable!("a pixel has 1, 3 or 4 bytes")
        };
        let mut channels = [bytes; C];
        for (channel, value) in channels.iter_mut().enumerate() {
            *value = self.shuffle(bytes, &shuffle[channel]);
        }
        channels
    }

    #[inline(always)]
    fn prefetch(self, at: *const u8) {
        prefetch(at);
    }

    #[inline(always)]
    fn fill_long<T: Plain>(self, out: &mut [MaybeUninit<T>], value: T) -> bool {
        fill_long(out, value)
    }

    #[inline(always)]
    fn transpose<const PIXEL: usize>(self, columns: [&[[u8; PIXEL]; 4]; 4]) -> [[u8; 16]; 4] {
        transpose::<Sse41, PIXEL>(self.into(), columns)
    }

    features! { Avx2 => values! {
        fn load_f32(self, values: &[f32; 8]) -> __m256 {
            must_cast(*values)
        }

        fn splat_words(self, pair: [i16; 2]) -> __m256i {
            _mm256_set1_epi32(i32::from(pair[0]) & 0xffff | i32::from(pair[1]) << 16)
        }

        fn splat(self, value: f32) -> __m256 {
            _mm256_set1_ps(value)
        }

        fn convert(self, value: __m256i) -> __m256 {
            _mm256_cvtepi32_ps(value)
        }

        fn reinterpret(self, bits: __m256i) -> __m256 {
            _mm256_castsi256_ps(bits)
        }

        fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
            _mm256_fmadd_ps(a, b, c)
        }
    } }

    #[inline(always)]
    fn look_up(self, value: __m256i, table: &[u32; 256]) -> __m256i {
        let index = self.low_byte(value);
        // SAFETY: the CPU has this level; no index is above 255, whatever the lanes held, so each is inside the table.
        unsafe { _mm256_i32gather_epi32::<4>(table.as_ptr().cast(), index) }
    }

    #[inline(always)]
    fn store_f32(self, at: &mut [MaybeUninit<f32>; 8], value: __m256) {
        write(at, must_cast(value));
    }

    #[inline(always)]
    fn store_u8(self, at: &mut [MaybeUninit<u8>; 8], value: __m256i) {
        write(at, self.low_bytes(value));
    }

    #[inline(always)]
    fn store_pixels_f32<const C: usize>(self, at: &mut [[MaybeUninit<f32>; 8]; C], channels: [__m256; C]) {
        for (vector, at) in at.iter_mut().enumerate() {
            self.store_f32(at, self.interleaved(channels, vector));
        }
    }

    #[inline(always)]
    fn store_pixels_u8<const C: usize>(self, at: &mut [[MaybeUninit<u8>; 8]; C], channels: [__m256i; C]) {
        if C == 1 {
            return self.store_u8(&mut at[0], channels[0]);
        }
        let bytes = at.as_flattened_mut();
        if C == 4
            && let Some(pixels) = bytes.first_chunk_mut::<32>()
        {
            write(pixels, must_cast(self.bytes_of(channels)));
        } else if let Some((front, back)) = bytes.split_first_chunk_mut::<16>()
            && let Some(back) = back.first_chunk_mut::<8>()
        {
            let (sixteen, eight) = self.three_of_four(self.bytes_of(channels));
            write(front, sixteen);
            write(back, eight);
        }
    }

    #[inline(always)]
    fn add_weighed(self, sums: [i32; 16], values: &[i32; 16], weight: i32) -> [i32; 16] {
        add_weighed::<_, 2>(self, sums, values, weight)
    }

    #[inline(always)]
    fn sum_cells(self, rows: &CellRows<'_>, sums: &mut [f32]) {
        self.sum_rows(rows, sums);
    }

    #[inline(always)]
    fn weigh_cells(self, columns: &CellColumns, sums: &[f32], line: &mut [f32]) {
        self.weigh_columns(columns, sums, line);
    }

    #[inline(always)]
    fn round_cells(self, sums: &[f32; CHUNK], weight: f32, rounding_margin: f32, line: &mut [u8; CHUNK]) -> u32 {
        self.round_chunk(sums, weight, rounding_margin, line)
    }
}
