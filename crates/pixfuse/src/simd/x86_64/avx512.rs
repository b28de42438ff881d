//! 16 pixels at a time with AVX-512 of the Ice Lake class.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::avx512_cells::{self, CellWindows};
use super::avx512_columns::{Columns, Index};
use super::avx512_passes::{FloatRowFilter, RowFilter};
use super::avx512_quads::QuadWeights;
use super::string::fill_long;
use super::turn::turn;
use super::{Avx2, avx2_cells, level, token};
use crate::simd::{BlockTaps, CellColumns, CellRows, Plain, Simd, Task};
use crate::weights::AxisWeights;

token! {
    /// AVX-512 as Ice Lake and Zen 4 have it; early parts without VBMI count as AVX2.
    Avx512: "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512vbmi", "avx512vnni", "avx2", "fma", "f16c",
        "bmi2"
}

impl Avx512 {
    /// Every CPU of this level has the narrower one.
    pub(crate) fn avx2(self) -> Avx2 {
        Avx2::detect().expect("avx2, fma and f16c are among the features of this level")
    }
}

// SAFETY: each operation says what it reads and writes, and that this is what it asks for.
unsafe impl Simd for Avx512 {
    const LANES: usize = 16;
    type Columns = Columns;
    const ASKS_FOR_NEXT: bool = true;
    const ASKED_BYTES: usize = 64;
    type RowFilter = RowFilter;
    type FloatRowFilter = FloatRowFilter;
    type Cells = CellWindows;
    type QuadWeights = QuadWeights;

    #[inline(always)]
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output {
        self.enter(task)
    }

    fn columns(self, taps: &BlockTaps<'_>) -> Columns {
        Columns::new(taps)
    }

    #[inline(always)]
    unsafe fn fetch<const C: usize>(self, row: *const u8, columns: &Columns) -> [__m512i; C] {
        // SAFETY: the caller's promise is the same.
        let [pixels] = unsafe { columns.taps::<C, 1, 1>([row]) };
        pixels
    }

    #[inline(always)]
    unsafe fn blend<const C: usize, const TAPS: usize>(
        self,
        rows: [*const u8; 2],
        columns: &Columns,
        weights: __m512i,
    ) -> [__m512i; C] {
        // SAFETY: the caller's promise is the same.
        unsafe { columns.blend::<C, TAPS>(rows, weights) }
    }

    #[inline(always)]
    unsafe fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: *const u8) -> [__m512i; C] {
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
        // SAFETY: exactly 16 * PIXEL bytes are read: the others are masked out and cannot fault.
        unsafe {
            if PIXEL == 4 {
                return Columns::split::<C, 1>([_mm512_loadu_si512(pixels.cast()); 2]);
            }
            let bytes = _mm512_maskz_loadu_epi8((1 << (16 * PIXEL)) - 1, pixels.cast());
            let mut channels = [bytes; C];
            for (channel, value) in channels.iter_mut().enumerate() {
                let index = _mm512_loadu_si512(index[channel].as_ptr().cast());
                *value = _mm512_permutexvar_epi8(index, bytes);
            }
            channels
        }
    }

    #[inline(always)]
    fn prefetch(self, at: *const u8) {
        // Into the first-level cache: into the second one alone it is slower than not to ask (in a loop of its own, 38 against
        // 33 us for 1080x1920 -> 224x224 in the third; like this 30 us).
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
        unsafe { _mm512_loadu_ps(at) }
    }

    #[inline(always)]
    fn splat_words(self, [low, high]: [i16; 2]) -> __m512i {
        level! { _mm512_set1_epi32(i32::from(low) & 0xffff | i32::from(high) << 16) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        level! { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    fn convert(self, value: __m512i) -> __m512 {
        level! { _mm512_cvtepi32_ps(value) }
    }

    #[inline(always)]
    fn look_up(self, value: __m512i, table: &[u32; 256]) -> __m512i {
        level! {
            // Masked, so that no lane can leave the table whatever it holds.
            let index = _mm512_and_si512(value, _mm512_set1_epi32(255));
            _mm512_i32gather_epi32::<4>(index, table.as_ptr().cast())
        }
    }

    #[inline(always)]
    fn reinterpret(self, bits: __m512i) -> __m512 {
        level! { _mm512_castsi512_ps(bits) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        level! { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    unsafe fn store_f32(self, at: *mut f32, value: __m512) {
        // SAFETY: 16 elements are writable.
        unsafe { _mm512_storeu_ps(at, value) }
    }

    #[inline(always)]
    unsafe fn store_u8(self, at: *mut u8, value: __m512i) {
        // SAFETY: 16 bytes are writable.
        unsafe { _mm_storeu_si128(at.cast(), _mm512_cvtepi32_epi8(value)) }
    }

    #[inline(always)]
    unsafe fn store_pixels_f32<const C: usize>(self, at: *mut f32, channels: [__m512; C]) {
        /// For vector `v`, lane `l`: the pixel it belongs to.
        const fn pixels(channels: usize) -> [[i32; 16]; 4] {
            let mut pixels = [[0; 16]; 4];
            let mut element = 0;
            while element < channels * 16 {
                pixels[element / 16][element % 16] = (element / channels) as i32;
                element += 1;
            }
            pixels
        }
        /// For vector `v`, channel `c`: the lanes that hold it.
        const fn lanes(channels: usize) -> [[u16; 4]; 4] {
            let mut lanes = [[0; 4]; 4];
            let mut element = 0;
            while element < channels * 16 {
                lanes[element / 16][element % channels] |= 1 << (element % 16);
                element += 1;
            }
            lanes
        }
        let (pixels, lanes) = (const { &pixels(C) }, const { &lanes(C) });
        // SAFETY: 16 * C elements are writable.
        unsafe {
            for vector in 0..C {
                let index = _mm512_loadu_si512(pixels[vector].as_ptr().cast());
                let mut value = _mm512_permutexvar_ps(index, channels[0]);
                for channel in 1..C {
                    value = _mm512_mask_permutexvar_ps(value, lanes[vector][channel], index, channels[channel]);
                }
                _mm512_storeu_ps(at.add(vector * 16), value);
            }
        }
    }

    #[inline(always)]
    unsafe fn store_pixels_u8<const C: usize>(self, at: *mut u8, channels: [__m512i; C]) {
        // SAFETY: exactly 16 * C bytes are written: the others are masked out and cannot fault.
        unsafe {
            match C {
                1 => self.store_u8(at, channels[0]),
                3 => {
                    const PACKED: Index = {
                        let mut index = [0; 64];
                        let mut byte = 0;
                        while byte < 48 {
                            index[byte] = (byte / 3 * 4 + byte % 3) as u8;
                            byte += 1;
                        }
                        index
                    };
                    let packed = _mm512_loadu_si512(PACKED.as_ptr().cast());
                    let pixels = _mm512_permutexvar_epi8(packed, bytes_of(channels));
                    _mm512_mask_storeu_epi8(at.cast(), (1 << 48) - 1, pixels);
                }
                _ => _mm512_storeu_si512(at.cast(), bytes_of(channels)),
            }
        }
    }

    fn row_filter(self, weights: &AxisWeights, pixel: usize, readable: usize, _many_quads: bool) -> Option<RowFilter> {
        RowFilter::integer(weights, pixel, readable)
    }

    #[inline(always)]
    unsafe fn filter_quad(self, filter: &RowFilter, sources: [*const u8; 4], quad: *mut u8) {
        // SAFETY: the caller's promise is the same.
        unsafe { filter.filter(self, sources, quad) }
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
        // SAFETY: the caller's promise is the same.
        unsafe { filter.sum(sources, outs) }
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
        unsafe { avx512_cells::sum_cells(rows, sums, length) }
    }

    #[inline(always)]
    unsafe fn weigh_cells(self, columns: &CellColumns, sums: *const f32, line: *mut f32) {
        // SAFETY: the caller's promise is the same.
        unsafe { avx2_cells::weigh_cells(columns, sums, line) }
    }

    #[inline(always)]
    unsafe fn round_cells(self, sums: *const f32, weight: f32, surest: f32, line: *mut u8) -> u32 {
        // SAFETY: the caller's promise is the same.
        unsafe { avx512_cells::round_cells(sums, weight, surest, line) }
    }
}

/// Channel `c` of each pixel in byte `c` of its lane.
///
/// # Safety
/// Called at this level.
#[inline(always)]
unsafe fn bytes_of<const C: usize>(channels: [__m512i; C]) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
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
}
