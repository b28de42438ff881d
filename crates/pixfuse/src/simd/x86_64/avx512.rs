//! 16 pixels at a time with AVX-512 of the Ice Lake class.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use bytemuck::{Pod, must_cast};

use super::avx512_cells::CellWindows;
use super::avx512_columns::{Columns, Index};
use super::avx512_float_passes::FloatRowFilter;
use super::avx512_passes::RowFilter;
use super::avx512_quads::QuadWeights;
use super::stream::prefetch;
use super::string::fill_long;
use super::{Avx2, Sse41, avx512_columns, features, token, values};
use crate::simd::v128::transpose;
use crate::simd::{BlockTaps, CHUNK, CellColumns, CellRows, Fetched, Plain, Simd, Task, write};

features! { Avx512 => token! {
    /// AVX-512 as Ice Lake and Zen 4 have it; early parts without VBMI count as AVX2.
    Avx512
} }

/// The vector that a table holds.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn vector<T: Pod, const N: usize>(table: &[T; N]) -> __m512i {
    must_cast(*table)
}

/// The first bytes of a vector, of which there are so many times 16.
const fn first_bytes(parts: usize) -> u64 {
    assert!(matches!(parts, 1..=4), "a vector has 64 bytes");
    u64::MAX >> (64 - 16 * parts)
}

/// 16, 32, 48 or 64 bytes, and zeros behind them.
#[inline]
#[target_feature(enable = "avx512bw")]
fn load_first<const PARTS: usize>(bytes: &[[u8; 16]; PARTS]) -> __m512i {
    // SAFETY: these bytes are read; those that are masked out cannot fault.
    unsafe { _mm512_maskz_loadu_epi8(const { first_bytes(PARTS) }, bytes.as_ptr().cast()) }
}

/// Stores the first 16, 32, 48 or 64 bytes.
#[inline]
#[target_feature(enable = "avx512bw")]
fn store_first<const PARTS: usize>(at: &mut [[MaybeUninit<u8>; 16]; PARTS], value: __m512i) {
    // SAFETY: these bytes are written; those that are masked out cannot fault.
    unsafe { _mm512_mask_storeu_epi8(at.as_mut_ptr().cast(), const { first_bytes(PARTS) }, value) }
}

/// For vector `v`, lane `l` of interleaved pixels: the pixel that it belongs to.
const fn pixels_of_lanes(channels: usize) -> [[i32; 16]; 4] {
    let mut pixels = [[0; 16]; 4];
    let mut element = 0;
    while element < channels * 16 {
        pixels[element / 16][element % 16] = (element / channels) as i32;
        element += 1;
    }
    pixels
}

/// For vector `v`, channel `c` of interleaved pixels: the lanes that hold it.
const fn lanes_of_channels(channels: usize) -> [[u16; 4]; 4] {
    let mut lanes = [[0; 4]; 4];
    let mut element = 0;
    while element < channels * 16 {
        lanes[element / 16][element % channels] |= 1 << (element % 16);
        element += 1;
    }
    lanes
}

/// Three bytes of each lane.
const THREE_OF_FOUR: Index = {
    let mut index = [0; 64];
    let mut byte = 0;
    while byte < 48 {
        index[byte] = (byte / 3 * 4 + byte % 3) as u8;
        byte += 1;
    }
    index
};

impl Avx512 {
    features! { Avx512 => values! {
        /// Bytes of a vector, by a table.
        fn permute(self, bytes: __m512i, table: &Index) -> __m512i {
            _mm512_permutexvar_epi8(vector(table), bytes)
        }

        /// The low byte of each lane, as a number.
        fn low_byte(self, value: __m512i) -> __m512i {
            _mm512_and_si512(value, _mm512_set1_epi32(255))
        }

        /// The low byte of each lane, in sixteen bytes.
        fn low_bytes(self, value: __m512i) -> __m128i {
            _mm512_cvtepi32_epi8(value)
        }

        /// 16, 32, 48 or 64 bytes, and zeros behind them.
        fn load_first<const PARTS: usize>(self, bytes: &[[u8; 16]; PARTS]) -> __m512i {
            self::load_first(bytes)
        }

        /// Stores the first 16, 32, 48 or 64 bytes.
        fn store_first<const PARTS: usize>(self, at: &mut [[MaybeUninit<u8>; 16]; PARTS], value: __m512i) -> () {
            self::store_first(at, value)
        }

        /// Vector `number` of `C` channels that are interleaved.
        fn interleaved<const C: usize>(self, channels: [__m512; C], number: usize) -> __m512 {
            let (pixels, lanes) = (const { &pixels_of_lanes(C) }, const { &lanes_of_channels(C) });
            let index = vector(&pixels[number]);
            let mut value = _mm512_permutexvar_ps(index, channels[0]);
            for channel in 1..C {
                value = _mm512_mask_permutexvar_ps(value, lanes[number][channel], index, channels[channel]);
            }
            value
        }

        /// Channel `c` of each pixel in byte `c` of its lane.
        fn bytes_of<const C: usize>(self, channels: [__m512i; C]) -> __m512i {
            let mut pixels = channels[0];
            if C > 1 {
                pixels = _mm512_or_si512(pixels, _mm512_slli_epi32::<8>(channels[1]));
            }
            if C > 2 {
                pixels = _mm512_or_si512(pixels, _mm512_slli_epi32::<16>(channels[2]));
            }
            if C > 3 {
                pixels = _mm512_or_si512(pixels, _mm512_slli_epi32::<24>(channels[3]));
            }
            pixels
        }
    } }
}

// SAFETY: each operation says what it reads and writes, and that this is what it asks for.
unsafe impl Simd for Avx512 {
    type Columns = Columns;
    const PREFETCHES_NEXT_ROW: bool = true;
    const PREFETCH_STRIDE: usize = 64;
    type RowFilter = RowFilter;
    type FloatRowFilter = FloatRowFilter;
    type Cells = CellWindows;
    type QuadWeights = QuadWeights;

    #[inline(always)]
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output {
        self.gateway(task)
    }

    fn columns(self, taps: &BlockTaps<'_>) -> Columns {
        Columns::new(taps)
    }

    #[inline(always)]
    fn fetch<const C: usize>(self, block: &Fetched<'_, Columns, C, 1, 1>) -> [__m512i; C] {
        let [pixels] = avx512_columns::taps(self, block);
        pixels
    }

    #[inline(always)]
    fn blend<const C: usize, const TAPS: usize>(
        self,
        block: &Fetched<'_, Columns, C, TAPS, 2>,
        weights: __m512i,
    ) -> [__m512i; C] {
        avx512_columns::blend(self, block, weights)
    }

    #[inline(always)]
    fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: &[[u8; 16]; PIXEL]) -> [__m512i; C] {
        const fn spread(pixel: usize) -> [Index; 4] {
            // The last byte of the vector is past the pixels, and zero.
            let mut index = [[63; 64]; 4];
            let mut channel = 0;
            while channel < pixel {
                let mut lane = 0;
                while lane < 16 {
                    index[channel][lane * 4] = (lane * pixel + channel) as u8;
                    lane += 1;
                }
                channel += 1;
            }
            index
        }
        let index = const { &spread(PIXEL) };
        let bytes = self.load_first(pixels);
        if PIXEL == 4 {
            return self.split::<C, 1>([bytes; 2]);
        }
        let mut channels = [bytes; C];
        for (channel, value) in channels.iter_mut().enumerate() {
            *value = self.permute(bytes, &index[channel]);
        }
        channels
    }

    #[inline(always)]
    fn prefetch(self, at: *const u8) {
        // Into the first-level cache: into the second one alone it is slower than not to ask (in a loop of its own, 38 against
        // 33 us for 1080x1920 -> 224x224 in the third; like this 30 us).
        prefetch(at);
    }

    #[inline(always)]
    fn fill_long<T: Plain>(self, out: &mut [MaybeUninit<T>], value: T) -> bool {
        fill_long(out, value)
    }

    #[inline(always)]
    fn transpose<const PIXEL: usize>(self, columns: [&[[u8; PIXEL]; 4]; 4]) -> [[u8; 16]; 4] {
        transpose::<Sse41, PIXEL>(Avx2::from(self).into(), columns)
    }

    features! { Avx512 => values! {
        fn add_weighed(self, sums: [i32; 16], values: &[i32; 16], weight: i32) -> [i32; 16] {
            let products = _mm512_mullo_epi32(vector(values), _mm512_set1_epi32(weight));
            must_cast(_mm512_add_epi32(must_cast(sums), products))
        }

        fn load_f32(self, values: &[f32; 16]) -> __m512 {
            must_cast(*values)
        }

        fn splat_words(self, pair: [i16; 2]) -> __m512i {
            _mm512_set1_epi32(i32::from(pair[0]) & 0xffff | i32::from(pair[1]) << 16)
        }

        fn splat(self, value: f32) -> __m512 {
            _mm512_set1_ps(value)
        }

        fn convert(self, value: __m512i) -> __m512 {
            _mm512_cvtepi32_ps(value)
        }

        fn reinterpret(self, bits: __m512i) -> __m512 {
            _mm512_castsi512_ps(bits)
        }

        fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
            _mm512_fmadd_ps(a, b, c)
        }
    } }

    #[inline(always)]
    fn look_up(self, value: __m512i, table: &[u32; 256]) -> __m512i {
        let index = self.low_byte(value);
        // SAFETY: the CPU has this level; no index is above 255, whatever the lanes held, so each is inside the table.
        unsafe { _mm512_i32gather_epi32::<4>(index, table.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store_f32(self, at: &mut [MaybeUninit<f32>; 16], value: __m512) {
        write(at, must_cast(value));
    }

    #[inline(always)]
    fn store_u8(self, at: &mut [MaybeUninit<u8>; 16], value: __m512i) {
        write(at, must_cast(self.low_bytes(value)));
    }

    #[inline(always)]
    fn store_pixels_f32<const C: usize>(self, at: &mut [[MaybeUninit<f32>; 16]; C], channels: [__m512; C]) {
        for (vector, at) in at.iter_mut().enumerate() {
            self.store_f32(at, self.interleaved(channels, vector));
        }
    }

    #[inline(always)]
    fn store_pixels_u8<const C: usize>(self, at: &mut [[MaybeUninit<u8>; 16]; C], channels: [__m512i; C]) {
        match C {
            1 => self.store_u8(&mut at[0], channels[0]),
            3 => self.store_first(at, self.permute(self.bytes_of(channels), &THREE_OF_FOUR)),
            _ => self.store_first(at, self.bytes_of(channels)),
        }
    }

    #[inline(always)]
    fn sum_cells(self, rows: &CellRows<'_>, sums: &mut [f32]) {
        if sums.len() < 64 { Avx2::from(self).sum_rows(rows, sums) } else { self.sum_rows(rows, sums) }
    }

    #[inline(always)]
    fn weigh_cells(self, columns: &CellColumns, sums: &[f32], line: &mut [f32]) {
        Avx2::from(self).weigh_columns(columns, sums, line);
    }

    #[inline(always)]
    fn round_cells(self, sums: &[f32; CHUNK], weight: f32, rounding_margin: f32, line: &mut [u8; CHUNK]) -> u32 {
        self.round_chunk(sums, weight, rounding_margin, line)
    }
}
