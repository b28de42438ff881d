//! The passes of separable filters with AVX2: 8 bytes of a row at a time, two taps to an instruction.
//!
//! A weight has up to 24 bits with its sign; `vpmaddwd` takes 16. It is cut at bit 15, so that the low part is a positive
//! word, and the two sums are put together by a shift. They wrap, and the result is exact all the same.

use std::arch::x86_64::*;

use super::{Avx2, level};
use crate::simd::passes::{PlainRows, blend_rows_plain};
use crate::weights::AxisWeights;

/// Two weights of one output as words: the high parts, and the low 15 bits.
fn halves(weights: [i32; 2]) -> [u32; 2] {
    let words = |part: fn(i32) -> i32| part(weights[0]) as u32 & 0xffff | (part(weights[1]) as u32) << 16;
    [words(|weight| weight >> 15), words(|weight| weight & 0x7fff)]
}

/// The weights of one output index in twos, the last one filled up with a zero.
fn pairs(weights: &[i32]) -> impl Iterator<Item = [u32; 2]> + '_ {
    weights.chunks(2).map(|taps| halves([taps[0], taps.get(1).copied().unwrap_or(0)]))
}

/// Filters rows.
pub(crate) enum RowFilter {
    /// By shuffling windows of the row.
    Windows(Windows),
    /// Tap by tap: ratios so large that 4 output bytes span more than 32.
    Plain(PlainRows),
}

/// For each 8 output bytes, two windows of the row whose bytes are shuffled so that each lane has two taps as words.
pub(crate) struct Windows {
    groups: Vec<Group>,
    /// For each group and each two taps, the high and the low parts of each lane's weights.
    weights: Vec<[[u32; 8]; 2]>,
    /// Vectors of 16 bytes that a window takes: 1 or 2.
    vectors: usize,
    /// Twos of taps.
    pairs: usize,
    /// Bytes from two taps to the next two.
    step: usize,
    bits: u32,
}

#[repr(C, align(32))]
struct Group {
    /// For each byte, where in the first 16 bytes of its window it comes from, and where in the second 16.
    shuffle: [[u8; 32]; 2],
    /// Where the windows of the two halves start.
    bases: [usize; 2],
}

impl RowFilter {
    /// As the AVX-512 one.
    pub(super) fn new(weights: &AxisWeights, pixel: usize, readable: usize) -> Option<Self> {
        let (outputs, pairs_of) = (weights.outputs() * pixel, weights.taps.div_ceil(2));
        let step = 2 * pixel;
        let start = |byte: usize| weights.first[byte / pixel] as usize * pixel + byte % pixel;
        let lanes = |half: usize| (0..4).map(move |lane| (half * 4 + lane).min(outputs - 1));
        let span = |half: usize| {
            let starts = || lanes(half).map(start);
            let (first, last) = (starts().min().unwrap_or(0), starts().max().unwrap_or(0));
            (first, last + pixel + 1)
        };
        let groups = outputs.div_ceil(8);
        let after = (pairs_of - 1) * step;
        let fits = |vectors: usize| -> Option<Vec<usize>> {
            let last_base = readable.checked_sub(vectors * 16 + after)?;
            let base = |half| {
                let (first, end) = span(half);
                let base = first.min(last_base);
                (end <= base + vectors * 16).then_some(base)
            };
            (0..groups * 2).map(base).collect()
        };
        let widest = (0..groups * 2).map(|half| span(half).1 - span(half).0).max().unwrap_or(0);
        if widest > 32 {
            return Some(Self::Plain(PlainRows::new(weights, pixel)));
        }
        let (vectors, bases) = [1, 2].into_iter().find_map(|vectors| Some((vectors, fits(vectors)?)))?;
        let of_output: Vec<[u32; 2]> = (0..weights.outputs()).flat_map(|output| pairs(weights.of(output))).collect();
        let mut table = Vec::with_capacity(groups * pairs_of);
        let groups = (0..groups)
            .map(|group| {
                let mut shuffle = [[0x80; 32]; 2];
                for half in 0..2 {
                    let base = bases[group * 2 + half];
                    for (lane, byte) in lanes(group * 2 + half).enumerate() {
                        for tap in 0..2 {
                            let from = start(byte) + tap * pixel - base;
                            shuffle[from / 16][half * 16 + lane * 4 + tap * 2] = (from % 16) as u8;
                        }
                    }
                }
                for pair in 0..pairs_of {
                    let mut vectors = [[0; 8]; 2];
                    for (lane, byte) in lanes(group * 2).chain(lanes(group * 2 + 1)).enumerate() {
                        let own = of_output[byte / pixel * pairs_of + pair];
                        (vectors[0][lane], vectors[1][lane]) = (own[0], own[1]);
                    }
                    table.push(vectors);
                }
                Group { shuffle, bases: [bases[group * 2], bases[group * 2 + 1]] }
            })
            .collect();
        Some(Self::Windows(Windows { groups, weights: table, vectors, pairs: pairs_of, step, bits: weights.bits }))
    }

    /// # Safety
    /// As [`Simd::filter_rows`](crate::simd::Simd::filter_rows).
    #[inline(always)]
    pub(super) unsafe fn filter<const ROWS: usize>(
        &self,
        simd: Avx2,
        sources: [*const u8; ROWS],
        outs: [*mut u8; ROWS],
    ) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            match self {
                Self::Windows(windows) if windows.vectors == 1 => windows.filter::<ROWS, 1>(simd, sources, outs),
                Self::Windows(windows) => windows.filter::<ROWS, 2>(simd, sources, outs),
                Self::Plain(plain) => {
                    for row in 0..ROWS {
                        plain.filter(sources[row], outs[row]);
                    }
                }
            }
        }
    }
}

/// Two sums of weight parts to values, one a lane.
#[inline(always)]
fn together(_: Avx2, [high, low]: [__m256i; 2], half: __m256i, bits: __m128i) -> __m256i {
    level! {
        let sum = _mm256_add_epi32(_mm256_slli_epi32::<15>(high), low);
        _mm256_sra_epi32(_mm256_add_epi32(sum, half), bits)
    }
}

impl Windows {
    #[inline(always)]
    unsafe fn filter<const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: Avx2,
        sources: [*const u8; ROWS],
        outs: [*mut u8; ROWS],
    ) {
        // SAFETY: each window was placed so that it ends inside the readable bytes, and the output has room for whole
        // groups.
        unsafe {
            let half = _mm256_set1_epi32(1 << (self.bits - 1));
            let bits = _mm_cvtsi32_si128(self.bits as i32);
            let mut weights = self.weights.as_ptr();
            for (number, group) in self.groups.iter().enumerate() {
                let first = _mm256_load_si256(group.shuffle[0].as_ptr().cast());
                let second = _mm256_load_si256(group.shuffle[1].as_ptr().cast());
                let mut sums = [[_mm256_setzero_si256(); 2]; ROWS];
                let [mut low, mut high] = group.bases;
                for _ in 0..self.pairs {
                    let parts = (*weights)[0].as_ptr();
                    let weight = (_mm256_loadu_si256(parts.cast()), _mm256_loadu_si256(parts.add(8).cast()));
                    for row in 0..ROWS {
                        let (low, high) = (sources[row].add(low), sources[row].add(high));
                        let mut taps = _mm256_shuffle_epi8(_mm256_loadu2_m128i(high.cast(), low.cast()), first);
                        if VECTORS == 2 {
                            let rest = _mm256_loadu2_m128i(high.add(16).cast(), low.add(16).cast());
                            taps = _mm256_or_si256(taps, _mm256_shuffle_epi8(rest, second));
                        }
                        sums[row][0] = _mm256_add_epi32(sums[row][0], _mm256_madd_epi16(taps, weight.0));
                        sums[row][1] = _mm256_add_epi32(sums[row][1], _mm256_madd_epi16(taps, weight.1));
                    }
                    weights = weights.add(1);
                    low += self.step;
                    high += self.step;
                }
                for row in 0..ROWS {
                    let values = together(simd, sums[row], half, bits);
                    let words = _mm_packs_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256::<1>(values));
                    _mm_storel_epi64(outs[row].add(number * 8).cast(), _mm_packus_epi16(words, words));
                }
            }
        }
    }
}

/// Blends rows: the weights of each output row.
pub(crate) struct ColumnFilter {
    /// For each output row and each two taps.
    pairs: Vec<[u32; 2]>,
    weights: AxisWeights,
}

impl ColumnFilter {
    pub(super) fn new(weights: &AxisWeights) -> Self {
        let pairs = (0..weights.outputs()).flat_map(|output| pairs(weights.of(output))).collect();
        Self { pairs, weights: weights.clone() }
    }

    /// # Safety
    /// As [`Simd::filter_columns`](crate::simd::Simd::filter_columns).
    #[inline(always)]
    pub(super) unsafe fn filter(&self, simd: Avx2, output: usize, rows: &[*const u8], out: *mut u8, length: usize) {
        let Self { pairs, weights } = self;
        if length < 32 {
            // SAFETY: the caller's promise.
            return unsafe { blend_rows_plain(rows, weights.of(output), weights.bits, out, 0, length) };
        }
        let count = weights.taps.div_ceil(2);
        let pairs = &pairs[output * count..][..count];
        // SAFETY: each block is inside 0..length, the last one moved back over the one before.
        unsafe {
            let half = _mm256_set1_epi32(1 << (weights.bits - 1));
            let bits = _mm_cvtsi32_si128(weights.bits as i32);
            let zero = _mm256_setzero_si256();
            for block in 0..length.div_ceil(32) {
                let at = (block * 32).min(length - 32);
                let mut sums = [[zero; 2]; 4];
                for (pair, words) in pairs.iter().enumerate() {
                    // The last two may be one row; the other has no weight, so any row will do.
                    let row = |tap: usize| rows[(pair * 2 + tap).min(rows.len() - 1)];
                    let (a, b) = (row(0), row(1));
                    let a = _mm256_loadu_si256(a.add(at).cast());
                    let b = _mm256_loadu_si256(b.add(at).cast());
                    let (low, high) = (_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b));
                    let taps = [
                        _mm256_unpacklo_epi8(low, zero),
                        _mm256_unpackhi_epi8(low, zero),
                        _mm256_unpacklo_epi8(high, zero),
                        _mm256_unpackhi_epi8(high, zero),
                    ];
                    for word in 0..2 {
                        let weights = _mm256_set1_epi32(words[word] as i32);
                        for part in 0..4 {
                            let product = _mm256_madd_epi16(taps[part], weights);
                            sums[part][word] = _mm256_add_epi32(sums[part][word], product);
                        }
                    }
                }
                let mut values = [half; 4];
                for part in 0..4 {
                    values[part] = together(simd, sums[part], half, bits);
                }
                // Both packs saturate, which is the clamp, and undo the order of the unpacks.
                let low = _mm256_packs_epi32(values[0], values[1]);
                let high = _mm256_packs_epi32(values[2], values[3]);
                _mm256_storeu_si256(out.add(at).cast(), _mm256_packus_epi16(low, high));
            }
        }
    }
}
