//! The horizontal pass of rounded filters with AVX2 over eight rows at a time: a vector is two columns of eight rows.
//!
//! With a row to each lane every lane is used, whatever the bytes of a pixel, and what a vector of taps costs to make is
//! shared by all outputs that weigh it. So rows are turned first, a chunk of columns at a time, into a buffer that stays
//! in the first cache; then each output is a sum of products of such vectors with broadcast weights.
//!
//! For 1080x1920, bilinear to 256, this takes 306 us where pixels of two rows ([`Pixels`](super::avx2_pixels::Pixels))
//! take 420; bicubic to 224 takes 565 instead of 717, lanczos to 384 1,210 instead of 1,750. Sums of the high halves
//! alone, with the low halves only where those could change a byte (9 % of outputs for bilinear, 32 % for lanczos), were
//! no faster: 307, 520 and 1,250, since a branch that is not foreseen costs what the products do.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::avx2_passes::{halves, together};
use super::{Avx2, level};
use crate::simd::ROUNDED_BITS;
use crate::weights::AxisWeights;

/// Vectors of the buffer: with the rows and the weights that are read meanwhile they fit the first cache.
const VECTORS: usize = 288;

/// Where the vectors of each output lie among those of its chunk, and their weights.
pub(crate) struct Turned {
    /// Bytes of a pixel: 1, 3 or 4.
    pixel: usize,
    chunks: Vec<Chunk>,
    /// For each output, its first vector.
    starts: Vec<u32>,
    /// For each output and each two columns.
    weights: Vec<[u32; 2]>,
    /// Twos of columns that each output has.
    pairs: usize,
}

/// Columns that are turned at once, and the outputs that are made of them.
struct Chunk {
    /// How many outputs there are after those of the chunk before.
    outputs: usize,
    /// The byte of a row where the first load starts.
    base: usize,
    /// Bytes of each load before its first column.
    lead: usize,
    /// Loads of 16 bytes.
    blocks: usize,
}

/// Columns that one load of 16 bytes turns.
fn columns(pixel: usize) -> usize {
    if pixel == 1 { 16 } else { 4 }
}

impl Chunk {
    /// For loads of columns from `start` on, moved to where they end inside the row.
    fn place(start: usize, blocks: usize, pixel: usize, readable: usize) -> Option<(usize, Self)> {
        let length = blocks * columns(pixel) * pixel;
        let start = start.min(readable.checked_sub(length)? / pixel);
        // Of pixels of three bytes 12 of 16 are used. The other four are those before them, so that the last load ends
        // with the row; only at its start they are those behind.
        let spare = 16 - columns(pixel) * pixel;
        let lead = if start * pixel >= spare { spare } else { 0 };
        let base = start * pixel - lead;
        (base + length + spare <= readable).then_some((start, Self { outputs: 0, base, lead, blocks }))
    }
}

impl Turned {
    /// `None` when rows are too short for whole loads, or windows too long for the buffer.
    pub(super) fn new(weights: &AxisWeights, pixel: usize, readable: usize) -> Option<Self> {
        let (block, pairs) = (columns(pixel), weights.taps / 2 + 1);
        let most = VECTORS / (block * pixel / 2);
        let own = |output: usize| {
            let own = weights.of(output);
            &own[..own.iter().rposition(|&weight| weight != 0).map_or(0, |last| last + 1)]
        };
        let mut made = Self { pixel, chunks: Vec::new(), starts: Vec::new(), weights: Vec::new(), pairs };
        made.starts.reserve(weights.outputs());
        made.weights.reserve(weights.outputs() * pairs);
        let mut output = 0;
        while output < weights.outputs() {
            let first = weights.first[output] as usize;
            let (mut blocks, mut end) = ((2 * pairs).div_ceil(block), output);
            while end < weights.outputs() && weights.first[end] as usize >= first {
                let needs = (weights.first[end] as usize + own(end).len() - first).div_ceil(block);
                if needs.max(blocks) > most {
                    break;
                }
                (blocks, end) = (needs.max(blocks), end + 1);
            }
            if end == output {
                return None;
            }
            let (start, chunk) = Chunk::place(first, blocks, pixel, readable)?;
            for output in output..end {
                let first = weights.first[output] as usize - start;
                let pair = (first / 2).min(blocks * block / 2 - pairs);
                let (skipped, own) = (first - pair * 2, own(output));
                let weight = |tap: usize| tap.checked_sub(skipped).and_then(|tap| own.get(tap)).copied().unwrap_or(0);
                made.starts.push((pair * pixel) as u32);
                made.weights.extend((0..pairs).map(|pair| halves([weight(pair * 2), weight(pair * 2 + 1)])));
            }
            made.chunks.push(Chunk { outputs: end - output, ..chunk });
            output = end;
        }
        Some(made)
    }

    /// Filters eight rows into two quads.
    ///
    /// # Safety
    /// As [`Simd::filter_quad`](crate::simd::Simd::filter_quad), for each quad.
    #[inline(always)]
    pub(super) unsafe fn filter(&self, simd: Avx2, sources: [*const u8; 8], quads: [*mut u8; 2]) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            // Loops of a constant length are unrolled.
            match (self.pixel, self.pairs) {
                (3, 3) => self.chunks::<3, 3>(simd, sources, quads),
                (3, 4) => self.chunks::<3, 4>(simd, sources, quads),
                (3, 5) => self.chunks::<3, 5>(simd, sources, quads),
                (3, _) => self.chunks::<3, 0>(simd, sources, quads),
                (4, _) => self.chunks::<4, 0>(simd, sources, quads),
                _ => self.chunks::<1, 0>(simd, sources, quads),
            }
        }
    }

    /// # Safety
    /// As [`filter`](Self::filter).
    #[inline(always)]
    unsafe fn chunks<const PIXEL: usize, const PAIRS: usize>(
        &self,
        simd: Avx2,
        sources: [*const u8; 8],
        quads: [*mut u8; 2],
    ) {
        let mut buffer = MaybeUninit::<[__m256i; VECTORS]>::uninit();
        let buffer = buffer.as_mut_ptr().cast::<__m256i>();
        let pairs = if PAIRS > 0 { PAIRS } else { self.pairs };
        let (mut starts, mut weights) = (self.starts.as_ptr(), self.weights.as_ptr());
        let [mut even, mut odd] = quads;
        // SAFETY: the caller's promise: each load is inside the readable bytes. A chunk has at most as many vectors as the
        // buffer, and the vectors of each of its outputs are among those that were written. There is a start for each
        // output, and weights for each pair. Rows in scratch have room behind their end.
        unsafe {
            for chunk in &self.chunks {
                turn::<PIXEL>(simd, sources, chunk, buffer);
                for _ in 0..chunk.outputs {
                    let sums = sum::<PIXEL>(simd, buffer.add(*starts as usize), weights, pairs);
                    let zero = _mm256_setzero_si256();
                    let mut values = [zero; 4];
                    for channel in 0..PIXEL {
                        values[channel] = _mm256_srai_epi32::<{ ROUNDED_BITS as i32 }>(together(simd, sums[channel]));
                    }
                    // Both packs saturate, which is the clamp. Each half has four rows of each channel: a quad.
                    let words = [_mm256_packs_epi32(values[0], values[1]), _mm256_packs_epi32(values[2], values[3])];
                    let bytes = _mm256_packus_epi16(words[0], words[1]);
                    let halves = [_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes)];
                    for (quad, half) in [even, odd].into_iter().zip(halves) {
                        match PIXEL {
                            1 => _mm_storeu_si32(quad.cast(), half),
                            _ => _mm_storeu_si128(quad.cast(), half),
                        }
                    }
                    (even, odd) = (even.add(4 * PIXEL), odd.add(4 * PIXEL));
                    (starts, weights) = (starts.add(1), weights.add(pairs));
                }
            }
        }
    }
}

/// The sums of the weight parts of one output pixel.
///
/// # Safety
/// There are `pairs` weights, and as many vectors of each channel.
#[inline(always)]
unsafe fn sum<const PIXEL: usize>(
    _: Avx2,
    mut vectors: *const __m256i,
    weights: *const [u32; 2],
    pairs: usize,
) -> [[__m256i; 2]; PIXEL] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[_mm256_setzero_si256(), _mm256_set1_epi32(1 << (ROUNDED_BITS - 1))]; PIXEL];
        for pair in 0..pairs {
            let [high, low] = *weights.add(pair);
            let weights = [_mm256_set1_epi32(high as i32), _mm256_set1_epi32(low as i32)];
            for channel in 0..PIXEL {
                let taps = _mm256_load_si256(vectors.add(channel));
                for part in 0..2 {
                    sums[channel][part] = _mm256_add_epi32(sums[channel][part], _mm256_madd_epi16(taps, weights[part]));
                }
            }
            vectors = vectors.add(PIXEL);
        }
        sums
    }
}

/// Turns the columns of a chunk: for each two columns and each channel a vector of eight rows, each with two words.
///
/// # Safety
/// The bytes of the chunk are readable from each row, and the buffer has room for its vectors.
#[inline(always)]
unsafe fn turn<const PIXEL: usize>(simd: Avx2, sources: [*const u8; 8], chunk: &Chunk, mut buffer: *mut __m256i) {
    let arrangement = arrangement::<PIXEL>(simd, chunk.lead);
    // SAFETY: the caller's promise.
    unsafe {
        let low = _mm256_set1_epi16(255);
        for block in 0..chunk.blocks {
            let at = chunk.base + block * columns(PIXEL) * PIXEL;
            // Rows 0 to 3 in the low halves, 4 to 7 in the high ones.
            let mut rows = [low; 4];
            for row in 0..4 {
                let halves = _mm256_loadu2_m128i(sources[row + 4].add(at).cast(), sources[row].add(at).cast());
                rows[row] = _mm256_shuffle_epi8(halves, arrangement);
            }
            // The doublewords of four rows side by side: two columns of two channels each.
            let [a, b, c, d] = rows;
            let (low_ab, high_ab) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
            let (low_cd, high_cd) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
            let turned = [
                _mm256_unpacklo_epi64(low_ab, low_cd),
                _mm256_unpackhi_epi64(low_ab, low_cd),
                _mm256_unpacklo_epi64(high_ab, high_cd),
                _mm256_unpackhi_epi64(high_ab, high_cd),
            ];
            let used = columns(PIXEL) * PIXEL / 4;
            for &bytes in &turned[..used] {
                _mm256_store_si256(buffer, _mm256_and_si256(bytes, low));
                _mm256_store_si256(buffer.add(1), _mm256_srli_epi16::<8>(bytes));
                buffer = buffer.add(2);
            }
        }
    }
}

/// Which bytes of a load make its doublewords: the even bytes of one are a channel's two columns, the odd bytes those of
/// the next channel, or of the first one of the next two columns.
#[inline(always)]
fn arrangement<const PIXEL: usize>(_: Avx2, lead: usize) -> __m256i {
    level! {
        let bytes = match PIXEL {
            1 => _mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15),
            3 => _mm_setr_epi8(0, 1, 3, 4, 2, 6, 5, 9, 7, 8, 10, 11, 7, 8, 10, 11),
            _ => _mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15),
        };
        _mm256_broadcastsi128_si256(_mm_add_epi8(bytes, _mm_set1_epi8(lead as i8)))
    }
}
