//! The horizontal pass of rounded filters with AVX2, for pixels of 3 or 4 bytes: one output pixel of two rows to a vector.
//!
//! The taps of a pixel follow each other, so 16 bytes of a row hold four or five of them and constant shuffles make pairs
//! of words; the weights of a pair are one broadcast. With 8 elements a vector, as single channels have it, each pair of
//! taps took a window of its own: 520 against 430 us for 1080x1920, bilinear to 256, though for 576x768, with five taps
//! and not nine, 170 against 177.

use std::arch::x86_64::*;

use super::Avx2;
use super::avx2_passes::{halves, together};
use crate::simd::ROUNDED_BITS;
use crate::weights::AxisWeights;

/// Where the taps of each output pixel start, and their weights.
pub(crate) struct Pixels {
    /// Bytes of a pixel.
    pixel: usize,
    /// The byte where the first load of each output starts.
    bases: Vec<u32>,
    /// For each output and each two taps.
    weights: Vec<[u32; 2]>,
    /// Loads of 16 bytes.
    loads: usize,
    /// Twos of taps in the last load; the others have two.
    last: usize,
}

impl Pixels {
    /// `None` when rows are too short for 16 bytes at each fourth tap.
    pub(super) fn new(weights: &AxisWeights, pixel: usize, readable: usize) -> Option<Self> {
        let taps = weights.taps;
        // Five taps of three bytes fit.
        let (loads, last) = match (taps % 4, pixel) {
            (1, 3) if taps > 1 => (taps / 4, 3),
            (1 | 2, _) => (taps / 4 + 1, 1),
            _ => (taps.div_ceil(4), 2),
        };
        let pairs = (loads - 1) * 2 + last;
        let last_start = readable.checked_sub((loads - 1) * 4 * pixel + 16)? / pixel;
        let mut bases = Vec::with_capacity(weights.outputs());
        let mut table = Vec::with_capacity(weights.outputs() * pairs);
        for (output, &first) in weights.first.iter().enumerate() {
            let start = (first as usize).min(last_start);
            let skipped = first as usize - start;
            let own = weights.of(output);
            let own = &own[..own.iter().rposition(|&weight| weight != 0).map_or(0, |last| last + 1)];
            if skipped + own.len() > pairs * 2 - usize::from(last == 3) {
                return None;
            }
            let weight = |tap: usize| tap.checked_sub(skipped).and_then(|tap| own.get(tap)).copied().unwrap_or(0);
            table.extend((0..pairs).map(|pair| halves([weight(pair * 2), weight(pair * 2 + 1)])));
            bases.push((start * pixel) as u32);
        }
        Some(Self { pixel, bases, weights: table, loads, last })
    }

    /// Filters one row, or four into a quad.
    ///
    /// # Safety
    /// As [`Simd::filter_row`](crate::simd::Simd::filter_row) and [`Simd::filter_quad`](crate::simd::Simd::filter_quad).
    #[inline(always)]
    pub(super) unsafe fn filter<const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: Avx2,
        sources: [*const u8; ROWS],
        out: *mut u8,
    ) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            // Loops of a constant length are unrolled.
            match (self.loads, self.last) {
                (1, 3) => self.sums::<ROWS, VECTORS, 1, 3>(simd, sources, out),
                (2, 3) => self.sums::<ROWS, VECTORS, 2, 3>(simd, sources, out),
                (_, 1) => self.sums::<ROWS, VECTORS, 0, 1>(simd, sources, out),
                (_, 2) => self.sums::<ROWS, VECTORS, 0, 2>(simd, sources, out),
                _ => self.sums::<ROWS, VECTORS, 0, 3>(simd, sources, out),
            }
        }
    }

    /// # Safety
    /// As [`filter`](Self::filter).
    #[inline(always)]
    unsafe fn sums<const ROWS: usize, const VECTORS: usize, const LOADS: usize, const LAST: usize>(
        &self,
        simd: Avx2,
        sources: [*const u8; ROWS],
        out: *mut u8,
    ) {
        // SAFETY: the caller's promise: each load is inside the readable bytes, and rows in scratch have room.
        unsafe {
            let mut weights = self.weights.as_ptr();
            let start = [_mm256_setzero_si256(), _mm256_set1_epi32(1 << (ROUNDED_BITS - 1))];
            let shuffles = self.shuffles();
            let step = self.pixel * 4;
            let loads = if LOADS > 0 { LOADS } else { self.loads };
            for (output, &base) in self.bases.iter().enumerate() {
                let mut sums = [start; VECTORS];
                let mut base = base as usize;
                for _ in 1..loads {
                    let bytes = load::<ROWS, VECTORS>(sources, base);
                    for pair in 0..2 {
                        multiply(bytes, shuffles[pair], weights.add(pair), &mut sums);
                    }
                    weights = weights.add(2);
                    base += step;
                }
                let bytes = load::<ROWS, VECTORS>(sources, base);
                for pair in 0..LAST {
                    multiply(bytes, shuffles[pair], weights.add(pair), &mut sums);
                }
                weights = weights.add(LAST);
                let mut values = [start[0]; 2];
                for vector in 0..VECTORS {
                    values[vector] = _mm256_srai_epi32::<{ ROUNDED_BITS as i32 }>(together(simd, sums[vector]));
                }
                // Both packs saturate, which is the clamp.
                let words = _mm256_packs_epi32(values[0], values[1]);
                let bytes = _mm256_packus_epi16(words, words);
                if ROWS == 1 {
                    let bytes = _mm_cvtsi128_si32(_mm256_castsi256_si128(bytes));
                    out.add(output * self.pixel).cast::<i32>().write_unaligned(bytes);
                    continue;
                }
                let (even, odd) = (_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
                let by_element = _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
                let quad = _mm_shuffle_epi8(_mm_unpacklo_epi8(even, odd), by_element);
                _mm_storeu_si128(out.add(output * step).cast(), quad);
            }
        }
    }

    /// For taps 0 and 1, 2 and 3, and 4 of a load: the words of each channel; with three bytes a pixel, the last lane of
    /// a half has no meaning.
    ///
    /// # Safety
    /// Called at this level.
    #[inline(always)]
    unsafe fn shuffles(&self) -> [__m256i; 3] {
        // SAFETY: the caller's promise.
        unsafe {
            let pixel = self.pixel as i8;
            let first =
                _mm_setr_epi8(0, -1, pixel, -1, 1, -1, pixel + 1, -1, 2, -1, pixel + 2, -1, 3, -1, pixel + 3, -1);
            let first = _mm256_broadcastsi128_si256(first);
            let second = _mm256_add_epi8(first, _mm256_set1_epi16(i16::from(pixel) * 2));
            let fifth = _mm_setr_epi8(12, -1, -1, -1, 13, -1, -1, -1, 14, -1, -1, -1, 15, -1, -1, -1);
            [first, second, _mm256_broadcastsi128_si256(fifth)]
        }
    }
}

/// 16 bytes of each row, two rows to a vector; of one row, twice the same.
///
/// # Safety
/// They are readable.
#[inline(always)]
unsafe fn load<const ROWS: usize, const VECTORS: usize>(sources: [*const u8; ROWS], at: usize) -> [__m256i; VECTORS] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut bytes = [_mm256_setzero_si256(); VECTORS];
        for vector in 0..VECTORS {
            let (low, high) = (sources[vector * 2 % ROWS], sources[(vector * 2 + 1) % ROWS]);
            bytes[vector] = _mm256_loadu2_m128i(high.add(at).cast(), low.add(at).cast());
        }
        bytes
    }
}

/// Adds two weighted taps to the sums of each part.
///
/// # Safety
/// The weights are readable.
#[inline(always)]
unsafe fn multiply<const VECTORS: usize>(
    bytes: [__m256i; VECTORS],
    shuffle: __m256i,
    weights: *const [u32; 2],
    sums: &mut [[__m256i; 2]; VECTORS],
) {
    // SAFETY: the caller's promise.
    unsafe {
        let [high, low] = *weights;
        let weights = [_mm256_set1_epi32(high as i32), _mm256_set1_epi32(low as i32)];
        for vector in 0..VECTORS {
            let taps = _mm256_shuffle_epi8(bytes[vector], shuffle);
            for part in 0..2 {
                let product = _mm256_madd_epi16(taps, weights[part]);
                sums[vector][part] = _mm256_add_epi32(sums[vector][part], product);
            }
        }
    }
}
