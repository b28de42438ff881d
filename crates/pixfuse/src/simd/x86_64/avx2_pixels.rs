//! The horizontal pass of rounded filters with AVX2, for pixels of 3 or 4 bytes: one output pixel of two rows to a vector,
//! or two of one row.
//!
//! The taps of a pixel follow each other, so 16 bytes of a row hold four or five of them and constant shuffles make pairs
//! of words; the weights of a pair are one broadcast. With 8 elements a vector, as single channels have it, each pair of
//! taps took a window of its own: 520 against 430 us for 1080x1920, bilinear to 256, though for 576x768, with five taps
//! and not nine, 170 against 177.

use std::arch::x86_64::*;

use super::avx2::load_halves;
use super::avx2_passes::together;
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::v128::words::{WORD, halves, narrow, words};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// Where the taps of each output pixel start, and their weights.
pub(crate) struct Pixels {
    /// Bytes of a pixel.
    pixel: usize,
    /// The byte where the first load of each output starts.
    bases: Vec<u32>,
    /// For each output and each two taps one word of weights that lack these bits, or high and low halves.
    weights: Vec<u32>,
    trailing_zeros: Option<u32>,
    /// Loads of 16 bytes.
    loads: usize,
    /// Twos of taps in the last load; the others have two.
    last: usize,
}

impl Holds for Pixels {
    fn bytes(&self) -> usize {
        memory::bytes(&self.bases) + memory::bytes(&self.weights)
    }
}

impl Pixels {
    /// `None` when rows are too short for 16 bytes at each fourth tap.
    pub(super) fn new(weights: &AxisWeights, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        let taps = weights.taps;
        // Five taps of three bytes fit.
        let (loads, last) = match (taps % 4, pixel) {
            (1, 3) if taps > 1 => (taps / 4, 3),
            (1 | 2, _) => (taps / 4 + 1, 1),
            _ => (taps.div_ceil(4), 2),
        };
        let pairs = (loads - 1) * 2 + last;
        let Some(room) = readable.checked_sub((loads - 1) * 4 * pixel + 16) else { return Ok(None) };
        let last_start = room / pixel;
        let mut bases = memory::with_capacity(weights.outputs())?;
        let trailing_zeros = narrow(&weights.weights, WORD);
        let mut table = memory::with_capacity(weights.outputs().saturating_mul(pairs * 2))?;
        for (output, &first) in weights.first.iter().enumerate() {
            let start = (first as usize).min(last_start);
            let skipped = first as usize - start;
            let own = weights.of(output);
            let own = &own[..own.iter().rposition(|&weight| weight != 0).map_or(0, |last| last + 1)];
            if skipped + own.len() > pairs * 2 - usize::from(last == 3) {
                return Ok(None);
            }
            let weight = |tap: usize| tap.checked_sub(skipped).and_then(|tap| own.get(tap)).copied().unwrap_or(0);
            for pair in 0..pairs {
                let two = [weight(pair * 2), weight(pair * 2 + 1)];
                match trailing_zeros {
                    Some(trailing_zeros) => table.push(words(two.map(|weight| weight >> trailing_zeros))),
                    None => table.extend(halves(two)),
                }
            }
            bases.push((start * pixel) as u32);
        }
        Ok(Some(Self { pixel, bases, weights: table, trailing_zeros, loads, last }))
    }

    /// Filters one row, or four into a quad.
    ///
    /// # Safety
    /// The CPU has AVX2; then as [`HorizontalPass::filter`](crate::simd::HorizontalPass::filter).
    #[inline(always)]
    pub(super) unsafe fn filter<const ROWS: usize>(&self, sources: [*const u8; ROWS], out: *mut u8) {
        // SAFETY: the caller promises the level, the readable bytes and room. There is one part of each weight where all lack
        // some bits, and two where none is zero in all.
        unsafe {
            match self.trailing_zeros {
                Some(_) => self.parts::<ROWS, 1>(sources, out),
                None => self.parts::<ROWS, 2>(sources, out),
            }
        }
    }

    /// # Safety
    /// As [`filter`](Self::filter), for weights of so many parts.
    #[inline(always)]
    unsafe fn parts<const ROWS: usize, const PARTS: usize>(&self, sources: [*const u8; ROWS], out: *mut u8) {
        // SAFETY: the caller promises the level, the readable bytes, room, and the parts; the constants are those of `self`.
        unsafe {
            // Loops of a constant length are unrolled.
            match (self.loads, self.last) {
                (1, 3) => self.outputs::<ROWS, PARTS, 1, 3>(sources, out),
                (2, 3) => self.outputs::<ROWS, PARTS, 2, 3>(sources, out),
                (_, 1) => self.outputs::<ROWS, PARTS, 0, 1>(sources, out),
                (_, 2) => self.outputs::<ROWS, PARTS, 0, 2>(sources, out),
                _ => self.outputs::<ROWS, PARTS, 0, 3>(sources, out),
            }
        }
    }

    /// # Safety
    /// As [`parts`](Self::parts), for so many loads, or any number where that is 0, of which the last has `LAST` pairs.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn outputs<const ROWS: usize, const PARTS: usize, const LOADS: usize, const LAST: usize>(
        &self,
        sources: [*const u8; ROWS],
        out: *mut u8,
    ) {
        let trailing_zeros = self.trailing_zeros.unwrap_or(0);
        let bits = _mm_cvtsi32_si128((ROUNDED_BITS - trailing_zeros) as i32);
        let (weights, stride) = (self.weights.as_ptr(), ((self.loads - 1) * 2 + self.last) * PARTS);
        let of = |output: usize| weights.wrapping_add(output * stride);
        let step = self.pixel * 4;
        let mut start = [_mm256_setzero_si256(); PARTS];
        start[PARTS - 1] = _mm256_set1_epi32(1 << (ROUNDED_BITS - 1) >> trailing_zeros);
        let fixed = (self.shuffles(), start, if LOADS > 0 { LOADS } else { self.loads }, step);
        if ROWS == 1 {
            // Two outputs of the row: the halves have weights of their own. Of an odd number the last one is made twice.
            let count = self.bases.len();
            for output in (0..count).step_by(2) {
                let outputs = [output, (output + 1).min(count - 1)];
                // SAFETY: both outputs are below the count. The caller promises the readable bytes, inside which the loads
                // from each base end; the weights from `of` on are those of an output.
                let [sums] = unsafe {
                    let bases = outputs.map(|output| *self.bases.get_unchecked(output) as usize);
                    let halves = [sources[0].add(bases[0]), sources[0].add(bases[1])];
                    sums::<1, true, PARTS, LAST>(fixed, [halves], outputs.map(of))
                };
                let level = _mm256_sra_epi32(sums, bits);
                let words = _mm256_packs_epi32(level, level);
                let bytes = _mm256_packus_epi16(words, words);
                let halves = [_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes)];
                for (output, half) in outputs.into_iter().zip(halves) {
                    // SAFETY: the caller promises room for each output, and 256 bytes behind the last.
                    unsafe { _mm_storeu_si32(out.add(output * self.pixel).cast(), half) };
                }
            }
            return;
        }
        for (output, &base) in self.bases.iter().enumerate() {
            // SAFETY: the caller promises the readable bytes of each row, inside which the loads from the base end; the
            // weights from `of` on are those of an output.
            let sums = unsafe {
                let [a, b, c, d] = [0, 1, 2, 3].map(|row: usize| sources[row % ROWS].add(base as usize));
                sums::<2, false, PARTS, LAST>(fixed, [[a, b], [c, d]], [of(output); 2])
            };
            // Both packs saturate, which is the clamp.
            let words = _mm256_packs_epi32(_mm256_sra_epi32(sums[0], bits), _mm256_sra_epi32(sums[1], bits));
            let bytes = _mm256_packus_epi16(words, words);
            let (even, odd) = (_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
            let by_element = _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
            let quad = _mm_shuffle_epi8(_mm_unpacklo_epi8(even, odd), by_element);
            // SAFETY: the caller promises room for four rows of each output, and 256 bytes behind the last.
            unsafe { _mm_storeu_si128(out.add(output * step).cast(), quad) };
        }
    }

    /// For taps 0 and 1, 2 and 3, and 4 of a load: the words of each channel; with three bytes a pixel, the last lane of
    /// a half has no meaning.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn shuffles(&self) -> [__m256i; 3] {
        let pixel = self.pixel as i8;
        let first = _mm_setr_epi8(0, -1, pixel, -1, 1, -1, pixel + 1, -1, 2, -1, pixel + 2, -1, 3, -1, pixel + 3, -1);
        let first = _mm256_broadcastsi128_si256(first);
        let second = _mm256_add_epi8(first, _mm256_set1_epi16(i16::from(pixel) * 2));
        let fifth = _mm_setr_epi8(12, -1, -1, -1, 13, -1, -1, -1, 14, -1, -1, -1, 15, -1, -1, -1);
        [first, second, _mm256_broadcastsi128_si256(fifth)]
    }
}

/// What is the same for all outputs: shuffles, what sums start from, loads, and bytes from one to the next.
type Fixed<const PARTS: usize> = ([__m256i; 3], [__m256i; PARTS], usize, usize);

/// The sums of some vectors, each half of taps that start somewhere; with `APART`, by weights of its own.
///
/// # Safety
/// From each half 16 bytes are readable for each load, a step apart, and from both weights those of an output.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn sums<const VECTORS: usize, const APART: bool, const PARTS: usize, const LAST: usize>(
    (shuffles, start, loads, step): Fixed<PARTS>,
    mut halves: [[*const u8; 2]; VECTORS],
    mut weights: [*const u32; 2],
) -> [__m256i; VECTORS] {
    let mut sums = [start; VECTORS];
    for _ in 1..loads {
        // SAFETY: the caller promises the loads, each with two pairs of weights, but for the last one, which comes after.
        unsafe {
            let bytes = load(halves);
            for pair in 0..2 {
                let weights = weights.map(|all| all.add(pair * PARTS));
                multiply::<APART, VECTORS, PARTS>(bytes, shuffles[pair], weights, &mut sums);
            }
            weights = weights.map(|all| all.add(2 * PARTS));
            halves = halves.map(|half| half.map(|at| at.add(step)));
        }
    }
    // SAFETY: the caller promises the last load, with `LAST` pairs of weights.
    unsafe {
        let bytes = load(halves);
        for pair in 0..LAST {
            let weights = weights.map(|all| all.add(pair * PARTS));
            multiply::<APART, VECTORS, PARTS>(bytes, shuffles[pair], weights, &mut sums);
        }
    }
    let mut whole = [_mm256_setzero_si256(); VECTORS];
    for vector in 0..VECTORS {
        whole[vector] = together(sums[vector]);
    }
    whole
}

/// 16 bytes of each half.
///
/// # Safety
/// They are readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn load<const VECTORS: usize>(halves: [[*const u8; 2]; VECTORS]) -> [__m256i; VECTORS] {
    let mut bytes = [_mm256_setzero_si256(); VECTORS];
    for (bytes, [low, high]) in bytes.iter_mut().zip(halves) {
        // SAFETY: the caller promises 16 bytes from each place.
        *bytes = unsafe { load_halves(low, high) };
    }
    bytes
}

/// Adds two weighted taps to the sums of each part.
///
/// # Safety
/// The weights of each part are readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn multiply<const APART: bool, const VECTORS: usize, const PARTS: usize>(
    bytes: [__m256i; VECTORS],
    shuffle: __m256i,
    weights: [*const u32; 2],
    sums: &mut [[__m256i; PARTS]; VECTORS],
) {
    let mut parts = [_mm256_setzero_si256(); PARTS];
    for part in 0..PARTS {
        // SAFETY: the caller promises a weight of each part.
        let [low, high] = unsafe { [*weights[0].add(part), *weights[1].add(part)] };
        parts[part] = _mm256_set1_epi32(low as i32);
        if APART {
            parts[part] = _mm256_blend_epi32::<0b1111_0000>(parts[part], _mm256_set1_epi32(high as i32));
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
