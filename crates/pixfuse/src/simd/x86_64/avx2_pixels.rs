//! The horizontal pass of rounded filters with AVX2, for pixels of 3 or 4 bytes: one output pixel of two rows to a vector,
//! or two of one row.
//!
//! The taps of a pixel follow each other, so 16 bytes of a row hold four or five of them and constant shuffles make pairs
//! of words; the weights of a pair are one broadcast. With 8 elements a vector, as single channels have it, each pair of
//! taps took a window of its own: 520 against 430 us for 1080x1920, bilinear to 256, though for 576x768, with five taps
//! and not nine, 170 against 177.

use std::arch::x86_64::*;

use super::Avx2;
use super::avx2_passes::{WORD, halves, together, words};
use super::narrow::narrow;
use crate::simd::ROUNDED_BITS;
use crate::weights::AxisWeights;

/// Where the taps of each output pixel start, and their weights.
pub(crate) struct Pixels {
    /// Bytes of a pixel.
    pixel: usize,
    /// The byte where the first load of each output starts.
    bases: Vec<u32>,
    /// For each output and each two taps one word of weights that lack these bits, or high and low halves.
    weights: Vec<u32>,
    lacking: Option<u32>,
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
        let lacking = narrow(&weights.weights, WORD);
        let mut table = Vec::with_capacity(weights.outputs() * pairs * 2);
        for (output, &first) in weights.first.iter().enumerate() {
            let start = (first as usize).min(last_start);
            let skipped = first as usize - start;
            let own = weights.of(output);
            let own = &own[..own.iter().rposition(|&weight| weight != 0).map_or(0, |last| last + 1)];
            if skipped + own.len() > pairs * 2 - usize::from(last == 3) {
                return None;
            }
            let weight = |tap: usize| tap.checked_sub(skipped).and_then(|tap| own.get(tap)).copied().unwrap_or(0);
            for pair in 0..pairs {
                let two = [weight(pair * 2), weight(pair * 2 + 1)];
                match lacking {
                    Some(lacking) => table.push(words(two.map(|weight| weight >> lacking))),
                    None => table.extend(halves(two)),
                }
            }
            bases.push((start * pixel) as u32);
        }
        Some(Self { pixel, bases, weights: table, lacking, loads, last })
    }

    /// Filters one row, or four into a quad.
    ///
    /// # Safety
    /// As [`Simd::filter_row`](crate::simd::Simd::filter_row) and [`Simd::filter_quad`](crate::simd::Simd::filter_quad).
    #[inline(always)]
    pub(super) unsafe fn filter<const ROWS: usize>(&self, simd: Avx2, sources: [*const u8; ROWS], out: *mut u8) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            match self.lacking {
                Some(_) => self.parts::<ROWS, 1>(simd, sources, out),
                None => self.parts::<ROWS, 2>(simd, sources, out),
            }
        }
    }

    /// # Safety
    /// As [`filter`](Self::filter).
    #[inline(always)]
    unsafe fn parts<const ROWS: usize, const PARTS: usize>(
        &self,
        simd: Avx2,
        sources: [*const u8; ROWS],
        out: *mut u8,
    ) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            // Loops of a constant length are unrolled.
            match (self.loads, self.last) {
                (1, 3) => self.outputs::<ROWS, PARTS, 1, 3>(simd, sources, out),
                (2, 3) => self.outputs::<ROWS, PARTS, 2, 3>(simd, sources, out),
                (_, 1) => self.outputs::<ROWS, PARTS, 0, 1>(simd, sources, out),
                (_, 2) => self.outputs::<ROWS, PARTS, 0, 2>(simd, sources, out),
                _ => self.outputs::<ROWS, PARTS, 0, 3>(simd, sources, out),
            }
        }
    }

    /// # Safety
    /// As [`filter`](Self::filter).
    #[inline(always)]
    unsafe fn outputs<const ROWS: usize, const PARTS: usize, const LOADS: usize, const LAST: usize>(
        &self,
        simd: Avx2,
        sources: [*const u8; ROWS],
        out: *mut u8,
    ) {
        // SAFETY: the caller's promise: each load is inside the readable bytes, and rows in scratch have room.
        unsafe {
            let bits = _mm_cvtsi32_si128((ROUNDED_BITS - self.lacking.unwrap_or(0)) as i32);
            let (weights, stride) = (self.weights.as_ptr(), ((self.loads - 1) * 2 + self.last) * PARTS);
            let of = |output: usize| weights.add(output * stride);
            let step = self.pixel * 4;
            let mut start = [_mm256_setzero_si256(); PARTS];
            start[PARTS - 1] = _mm256_set1_epi32(1 << (ROUNDED_BITS - 1) >> self.lacking.unwrap_or(0));
            let fixed = (self.shuffles(), start, if LOADS > 0 { LOADS } else { self.loads }, step);
            if ROWS == 1 {
                // Two outputs of the row: the halves have weights of their own. Of an odd number the last one is made twice.
                let (count, bases) = (self.bases.len(), self.bases.as_ptr());
                for output in (0..count).step_by(2) {
                    let outputs = [output, (output + 1).min(count - 1)];
                    let halves = outputs.map(|output| sources[0].add(*bases.add(output) as usize));
                    let [sums] = sums::<1, true, PARTS, LAST>(simd, fixed, [halves], outputs.map(of));
                    let level = _mm256_sra_epi32(sums, bits);
                    let words = _mm256_packs_epi32(level, level);
                    let bytes = _mm256_packus_epi16(words, words);
                    let halves = [_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes)];
                    for (output, half) in outputs.into_iter().zip(halves) {
                        _mm_storeu_si32(out.add(output * self.pixel).cast(), half);
                    }
                }
                return;
            }
            for (output, &base) in self.bases.iter().enumerate() {
                let [a, b, c, d] = [0, 1, 2, 3].map(|row: usize| sources[row % ROWS].add(base as usize));
                let sums = sums::<2, false, PARTS, LAST>(simd, fixed, [[a, b], [c, d]], [of(output); 2]);
                // Both packs saturate, which is the clamp.
                let words = _mm256_packs_epi32(_mm256_sra_epi32(sums[0], bits), _mm256_sra_epi32(sums[1], bits));
                let bytes = _mm256_packus_epi16(words, words);
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

/// What is the same for all outputs: shuffles, what sums start from, loads, and bytes from one to the next.
type Fixed<const PARTS: usize> = ([__m256i; 3], [__m256i; PARTS], usize, usize);

/// The sums of some vectors, each half of taps that start somewhere; with `APART`, by weights of its own.
///
/// # Safety
/// The loads are readable, and the weights are those of an output each.
#[inline(always)]
unsafe fn sums<const VECTORS: usize, const APART: bool, const PARTS: usize, const LAST: usize>(
    simd: Avx2,
    (shuffles, start, loads, step): Fixed<PARTS>,
    mut halves: [[*const u8; 2]; VECTORS],
    mut weights: [*const u32; 2],
) -> [__m256i; VECTORS] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [start; VECTORS];
        for _ in 1..loads {
            let bytes = load(halves);
            for pair in 0..2 {
                let weights = weights.map(|all| all.add(pair * PARTS));
                multiply::<APART, VECTORS, PARTS>(bytes, shuffles[pair], weights, &mut sums);
            }
            weights = weights.map(|all| all.add(2 * PARTS));
            halves = halves.map(|half| half.map(|at| at.add(step)));
        }
        let bytes = load(halves);
        for pair in 0..LAST {
            let weights = weights.map(|all| all.add(pair * PARTS));
            multiply::<APART, VECTORS, PARTS>(bytes, shuffles[pair], weights, &mut sums);
        }
        let mut whole = [_mm256_setzero_si256(); VECTORS];
        for vector in 0..VECTORS {
            whole[vector] = together(simd, sums[vector]);
        }
        whole
    }
}

/// 16 bytes of each half.
///
/// # Safety
/// They are readable.
#[inline(always)]
unsafe fn load<const VECTORS: usize>(halves: [[*const u8; 2]; VECTORS]) -> [__m256i; VECTORS] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut bytes = [_mm256_setzero_si256(); VECTORS];
        for (bytes, [low, high]) in bytes.iter_mut().zip(halves) {
            *bytes = _mm256_loadu2_m128i(high.cast(), low.cast());
        }
        bytes
    }
}

/// Adds two weighted taps to the sums of each part.
///
/// # Safety
/// The weights of each part are readable.
#[inline(always)]
unsafe fn multiply<const APART: bool, const VECTORS: usize, const PARTS: usize>(
    bytes: [__m256i; VECTORS],
    shuffle: __m256i,
    weights: [*const u32; 2],
    sums: &mut [[__m256i; PARTS]; VECTORS],
) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut parts = [_mm256_setzero_si256(); PARTS];
        for part in 0..PARTS {
            parts[part] = _mm256_set1_epi32(*weights[0].add(part) as i32);
            if APART {
                let high = _mm256_set1_epi32(*weights[1].add(part) as i32);
                parts[part] = _mm256_blend_epi32::<0b1111_0000>(parts[part], high);
            }
        }
        for vector in 0..VECTORS {
            let taps = _mm256_shuffle_epi8(bytes[vector], shuffle);
            for part in 0..PARTS {
                let product = _mm256_madd_epi16(taps, parts[part]);
                sums[vector][part] = _mm256_add_epi32(sums[vector][part], product);
            }
        }
    }
}
