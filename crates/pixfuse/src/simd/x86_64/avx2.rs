//! 8 pixels at a time with AVX2 and FMA.

use std::arch::x86_64::*;
use std::convert::Infallible;
use std::mem::MaybeUninit;

use super::avx2_columns::Columns;
use super::avx2_passes::{FloatRowFilter, RowFilter};
use super::avx2_quads::QuadWeights;
use super::string::fill_long;
use super::turn::turn;
use super::{avx2_cells, level, token};
use crate::simd::{BlockTaps, CellColumns, CellRows, Plain, QUADS, Simd, Task};
use crate::weights::AxisWeights;

token! {
    /// AVX2, FMA and F16C: Haswell, Zen and later.
    Avx2: "avx2", "fma", "f16c", "bmi2"
}

/// Two times 16 bytes.
///
/// # Safety
/// They are readable.
#[inline(always)]
pub(super) unsafe fn load_halves(low: *const u8, high: *const u8) -> __m256i {
    // SAFETY: the caller's promise; the intrinsics are of the level that called.
    unsafe { _mm256_loadu2_m128i(high.cast(), low.cast()) }
}

// SAFETY: each operation says what it reads and writes, and that this is what it asks for.
unsafe impl Simd for Avx2 {
    const LANES: usize = 8;
    /// Each line twice: with 64, images from memory take up to 20 % longer (576x768 -> 240x256), and those in a cache are
    /// not asked for.
    const ASKED_BYTES: usize = 32;
    type Columns = Columns;
    const MAKES_QUADS: bool = true;
    type RowFilter = RowFilter;
    type FloatRowFilter = FloatRowFilter;
    type Cells = Infallible;
    type QuadWeights = QuadWeights;

    #[inline(always)]
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output {
        self.enter(task)
    }

    fn columns(self, taps: &BlockTaps<'_>) -> Columns {
        Columns::new(taps)
    }

    #[inline(always)]
    unsafe fn fetch<const C: usize>(self, row: *const u8, columns: &Columns) -> [__m256i; C] {
        // SAFETY: the caller's promise is the same.
        unsafe { columns.pixels(row) }
    }

    #[inline(always)]
    unsafe fn blend<const C: usize, const TAPS: usize>(
        self,
        rows: [*const u8; 2],
        columns: &Columns,
        weights: __m256i,
    ) -> [__m256i; C] {
        // SAFETY: the caller's promise is the same.
        unsafe { columns.blend::<C, TAPS>(rows, weights) }
    }

    #[inline(always)]
    unsafe fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: *const u8) -> [__m256i; C] {
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
        // SAFETY: bytes 0 to 8 * PIXEL are read and no more: of 24 bytes, 0..16 and 8..24.
        unsafe {
            let bytes = match PIXEL {
                1 => {
                    let mut channels = [_mm256_setzero_si256(); C];
                    channels[0] = _mm256_cvtepu8_epi32(_mm_loadl_epi64(pixels.cast()));
                    return channels;
                }
                3 => load_halves(pixels, pixels.add(8)),
                _ => _mm256_loadu_si256(pixels.cast()),
            };
            let mut channels = [bytes; C];
            for (channel, value) in channels.iter_mut().enumerate() {
                *value = _mm256_shuffle_epi8(bytes, _mm256_loadu_si256(shuffle[channel].as_ptr().cast()));
            }
            channels
        }
    }

    #[inline(always)]
    fn prefetch(self, at: *const u8) {
        level! { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }

    #[inline(always)]
    fn fill_long<T: Plain>(self, out: &mut [MaybeUninit<T>], value: T) -> bool {
        fill_long(out, value)
    }

    #[inline(always)]
    unsafe fn turn<const PIXEL: usize>(self, columns: [*const u8; 4], rows: [*mut u8; 4]) {
        // SAFETY: the caller's promise is the same, and this level has what the function needs.
        unsafe { turn::<PIXEL>(columns, rows) }
    }

    #[inline(always)]
    unsafe fn load_f32(self, at: *const f32) -> Self::F32 {
        // SAFETY: the caller's promise is the same.
        unsafe { _mm256_loadu_ps(at) }
    }

    #[inline(always)]
    fn splat_words(self, [low, high]: [i16; 2]) -> __m256i {
        level! { _mm256_set1_epi32(i32::from(low) & 0xffff | i32::from(high) << 16) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        level! { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    fn convert(self, value: __m256i) -> __m256 {
        level! { _mm256_cvtepi32_ps(value) }
    }

    #[inline(always)]
    fn look_up(self, value: __m256i, table: &[u32; 256]) -> __m256i {
        level! {
            // Masked, so that no lane can leave the table whatever it holds.
            let index = _mm256_and_si256(value, _mm256_set1_epi32(255));
            _mm256_i32gather_epi32::<4>(table.as_ptr().cast(), index)
        }
    }

    #[inline(always)]
    fn reinterpret(self, bits: __m256i) -> __m256 {
        level! { _mm256_castsi256_ps(bits) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        level! { _mm256_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    unsafe fn store_f32(self, at: *mut f32, value: __m256) {
        // SAFETY: 8 elements are writable.
        unsafe { _mm256_storeu_ps(at, value) }
    }

    #[inline(always)]
    unsafe fn store_u8(self, at: *mut u8, value: __m256i) {
        // SAFETY: 8 bytes are writable.
        unsafe {
            let low = _mm256_set1_epi32(0x0c08_0400);
            let bytes = _mm256_shuffle_epi8(value, low);
            let halves = (_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
            _mm_storel_epi64(at.cast(), _mm_unpacklo_epi32(halves.0, halves.1));
        }
    }

    #[inline(always)]
    unsafe fn store_pixels_f32<const C: usize>(self, at: *mut f32, channels: [__m256; C]) {
        /// For vector `v`, lane `l`: the pixel it belongs to.
        const fn pixels(channels: usize) -> [[i32; 8]; 4] {
            let mut pixels = [[0; 8]; 4];
            let mut element = 0;
            while element < channels * 8 {
                pixels[element / 8][element % 8] = (element / channels) as i32;
                element += 1;
            }
            pixels
        }
        /// For vector `v`, channel `c`: all ones in the lanes that hold it.
        const fn lanes(channels: usize) -> [[[i32; 8]; 4]; 4] {
            let mut lanes = [[[0; 8]; 4]; 4];
            let mut element = 0;
            while element < channels * 8 {
                lanes[element / 8][element % channels][element % 8] = -1;
                element += 1;
            }
            lanes
        }
        let (pixels, lanes) = (const { &pixels(C) }, const { &lanes(C) });
        // SAFETY: 8 * C elements are writable.
        unsafe {
            for vector in 0..C {
                let index = _mm256_loadu_si256(pixels[vector].as_ptr().cast());
                let mut value = _mm256_permutevar8x32_ps(channels[0], index);
                for channel in 1..C {
                    let mask = _mm256_loadu_ps(lanes[vector][channel].as_ptr().cast());
                    value = _mm256_blendv_ps(value, _mm256_permutevar8x32_ps(channels[channel], index), mask);
                }
                _mm256_storeu_ps(at.add(vector * 8), value);
            }
        }
    }

    #[inline(always)]
    unsafe fn store_pixels_u8<const C: usize>(self, at: *mut u8, channels: [__m256i; C]) {
        // SAFETY: exactly 8 * C bytes are written.
        unsafe {
            if C == 1 {
                return self.store_u8(at, channels[0]);
            }
            let mut pixels = _mm256_or_si256(channels[0], _mm256_slli_epi32::<8>(channels[1]));
            pixels = _mm256_or_si256(pixels, _mm256_slli_epi32::<16>(channels[2]));
            if C == 4 {
                pixels = _mm256_or_si256(pixels, _mm256_slli_epi32::<24>(channels[3]));
                return _mm256_storeu_si256(at.cast(), pixels);
            }
            // Twelve bytes in front of each half, then both together: 24 bytes as 16 and 8.
            #[rustfmt::skip]
            let packed = _mm256_setr_epi8(
                0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
                0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1,
            );
            let halves = _mm256_shuffle_epi8(pixels, packed);
            let dense = _mm256_permutevar8x32_epi32(halves, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7));
            _mm_storeu_si128(at.cast(), _mm256_castsi256_si128(dense));
            _mm_storel_epi64(at.add(16).cast(), _mm256_extracti128_si256::<1>(dense));
        }
    }

    fn row_filter(self, weights: &AxisWeights, pixel: usize, readable: usize, many_quads: bool) -> Option<RowFilter> {
        RowFilter::integer(weights, pixel, readable, many_quads)
    }

    #[inline(always)]
    unsafe fn filter_quad(self, filter: &RowFilter, sources: [*const u8; 4], quad: *mut u8) {
        // SAFETY: the caller's promise is the same.
        unsafe { filter.filter(self, sources, quad) }
    }

    #[inline(always)]
    unsafe fn filter_quads(self, filter: &RowFilter, sources: [[*const u8; 4]; QUADS], quads: [*mut u8; QUADS]) {
        // SAFETY: the caller's promise is the same.
        unsafe { filter.filter_quads(self, sources, quads) }
    }

    #[inline(always)]
    unsafe fn filter_row(self, filter: &RowFilter, source: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise is the same.
        unsafe { filter.filter(self, [source], out) }
    }

    #[inline(always)]
    unsafe fn sum_row(self, filter: &RowFilter, source: *const u8, out: *mut i32) {
        // SAFETY: the caller's promise is the same.
        unsafe { filter.sum(self, source, out) }
    }

    fn float_row_filter(self, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Option<FloatRowFilter> {
        FloatRowFilter::float(weights, pixel, readable)
    }

    #[inline(always)]
    unsafe fn sum_rows_f32<const ROWS: usize>(
        self,
        filter: &FloatRowFilter,
        sources: [*const u8; ROWS],
        outs: [*mut f32; ROWS],
    ) {
        for row in 0..ROWS {
            // SAFETY: the caller's promise is the same.
            unsafe { filter.sum(sources[row], outs[row]) }
        }
    }

    fn quad_weights(self, weights: &[[i32; 4]]) -> QuadWeights {
        QuadWeights::new(weights)
    }

    #[inline(always)]
    unsafe fn blend_quads(self, weights: &QuadWeights, first: usize, quads: &[*const u8], out: *mut u8, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe { weights.blend(self, first, quads, out, length) }
    }

    #[inline(always)]
    unsafe fn add_quad(self, weights: &QuadWeights, number: usize, quad: *const u8, sums: *mut i32, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe { weights.add(self, number, quad, sums, length) }
    }

    #[inline(always)]
    unsafe fn sum_cells(self, rows: &CellRows, sums: *mut f32, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe { avx2_cells::sum_cells(rows, sums, length) }
    }

    #[inline(always)]
    unsafe fn weigh_cells(self, columns: &CellColumns, sums: *const f32, line: *mut f32) {
        // SAFETY: the caller's promise is the same.
        unsafe { avx2_cells::weigh_cells(columns, sums, line) }
    }

    #[inline(always)]
    unsafe fn round_cells(self, sums: *const f32, weight: f32, surest: f32, line: *mut u8) -> u32 {
        // SAFETY: the caller's promise is the same.
        unsafe { avx2_cells::round_cells(sums, weight, surest, line) }
    }
}
