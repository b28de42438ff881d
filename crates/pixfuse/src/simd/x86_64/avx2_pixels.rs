//! The horizontal pass of rounded filters with AVX2, for pixels of 3 or 4 bytes: one output pixel of two rows to a vector,
//! or two of one row.
//!
//! The taps of a pixel follow each other, so 16 bytes of a row hold four or five of them and constant shuffles make pairs
//! of words; the weights of a pair are one broadcast. With 8 elements a vector, as single channels have it, each pair of
//! taps took a window of its own: 520 against 430 us for 1080x1920, bilinear to 256, though for 576x768, with five taps
//! and not nine, 170 against 177.

use std::arch::x86_64::*;
use std::marker::PhantomData;

use bytemuck::must_cast;

use super::avx2_vectors::two_halves;
use super::{Avx2, features, values};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::vectors::words::{WORD, halves, narrow, words};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// Where the taps of each output pixel start, and their weights.
pub(crate) struct Pixels {
    /// Bytes of a pixel.
    pixel: usize,
    /// Bytes of a row, inside which every load ends.
    readable: usize,
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
        Ok(Some(Self { pixel, readable, bases, weights: table, trailing_zeros, loads, last }))
    }

    /// Filters one row, or four into a quad.
    #[inline(always)]
    pub(super) fn filter<const ROWS: usize>(&self, simd: Avx2, sources: [&[u8]; ROWS], out: &mut [u8]) {
        simd.filter_pixels(self, sources, out);
    }

    /// As [`filter`](Self::filter), with weights of so many parts.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn parts<const ROWS: usize, const PARTS: usize>(&self, sources: [&[u8]; ROWS], out: &mut [u8]) {
        // Loops of a constant length are unrolled.
        match (self.loads, self.last) {
            (1, 3) => self.outputs::<ROWS, PARTS, 1, 3>(sources, out),
            (2, 3) => self.outputs::<ROWS, PARTS, 2, 3>(sources, out),
            (_, 1) => self.outputs::<ROWS, PARTS, 0, 1>(sources, out),
            (_, 2) => self.outputs::<ROWS, PARTS, 0, 2>(sources, out),
            _ => self.outputs::<ROWS, PARTS, 0, 3>(sources, out),
        }
    }

    /// As [`parts`](Self::parts), for so many loads, or any number where that is 0, of which the last has `LAST` pairs.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn outputs<const ROWS: usize, const PARTS: usize, const LOADS: usize, const LAST: usize>(
        &self,
        sources: [&[u8]; ROWS],
        out: &mut [u8],
    ) {
        let trailing_zeros = self.trailing_zeros.unwrap_or(0);
        let bits = _mm_cvtsi32_si128((ROUNDED_BITS - trailing_zeros) as i32);
        let loads = if LOADS > 0 { LOADS } else { self.loads };
        let (weights, pairs) = (self.weights.as_chunks::<PARTS>().0, (loads - 1) * 2 + LAST);
        let mut start = [_mm256_setzero_si256(); PARTS];
        start[PARTS - 1] = _mm256_set1_epi32(1 << (ROUNDED_BITS - 1) >> trailing_zeros);
        let (shuffles, count, rows) = (self.shuffles(), self.bases.len(), Rows::new(self, sources));
        if ROWS == 1 {
            // Two outputs of the row: the halves have weights of their own. Of an odd number the last one is made twice.
            let (twos, one) = (weights.chunks_exact(2 * pairs), weights.len() / pairs % 2);
            let last = weights.rchunks_exact(pairs).next().filter(|_| one == 1).map(|last| (last, last));
            let twos = twos.map(|two| two.split_at(pairs)).chain(last);
            for (output, (low, high)) in (0..count).step_by(2).zip(twos) {
                let outputs = [output, (output + 1).min(count - 1)];
                let halves = rows.loads(loads, [[(0, outputs[0]), (0, outputs[1])]]);
                let [sums] = sums::<1, true, PARTS, LAST>(&shuffles, start, halves, [low, high]);
                let level = _mm256_sra_epi32(sums, bits);
                let words = _mm256_packs_epi32(level, level);
                let bytes = _mm256_packus_epi16(words, words);
                let halves = [_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes)];
                for (output, half) in outputs.into_iter().zip(halves) {
                    if let Some(out) = out.get_mut(output * self.pixel..).and_then(<[u8]>::first_chunk_mut) {
                        *out = _mm_cvtsi128_si32(half).to_le_bytes();
                    }
                }
            }
            return;
        }
        let by_element = _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
        for (output, weights) in weights.chunks_exact(pairs).enumerate().take(count) {
            let [a, b, c, d] = [0, 1, 2, 3].map(|row: usize| (row % ROWS, output));
            let halves = rows.loads(loads, [[a, b], [c, d]]);
            let sums = sums::<2, false, PARTS, LAST>(&shuffles, start, halves, [weights; 2]);
            // Both packs saturate, which is the clamp.
            let words = _mm256_packs_epi32(_mm256_sra_epi32(sums[0], bits), _mm256_sra_epi32(sums[1], bits));
            let bytes = _mm256_packus_epi16(words, words);
            let (even, odd) = (_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
            let quad = _mm_shuffle_epi8(_mm_unpacklo_epi8(even, odd), by_element);
            if let Some(out) = out.get_mut(output * self.pixel * 4..).and_then(<[u8]>::first_chunk_mut) {
                *out = must_cast::<_, [u8; 16]>(quad);
            }
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

/// Rows that have the readable bytes.
struct Rows<'a, const ROWS: usize> {
    pixels: &'a Pixels,
    rows: [*const u8; ROWS],
    borrowed: PhantomData<&'a [u8]>,
}

impl<'a, const ROWS: usize> Rows<'a, ROWS> {
    /// # Panics
    /// When a row has fewer.
    #[inline(always)]
    fn new(pixels: &'a Pixels, rows: [&'a [u8]; ROWS]) -> Self {
        assert!(rows.iter().all(|row| row.len() >= pixels.readable), "loads end in the row");
        Self { pixels, rows: rows.map(<[u8]>::as_ptr), borrowed: PhantomData }
    }

    /// The first loads of some outputs, each of a row: as many as the outputs have, or fewer.
    #[inline(always)]
    fn loads<const VECTORS: usize>(&self, count: usize, halves: [[(usize, usize); 2]; VECTORS]) -> Loads<'a, VECTORS> {
        let Pixels { pixel, bases, .. } = self.pixels;
        debug_assert!(count <= self.pixels.loads);
        let place = |(row, output): (usize, usize)| self.rows[row].wrapping_add(bases[output] as usize);
        Loads {
            places: halves.map(|halves| halves.map(place)),
            step: pixel * 4,
            count: count.min(self.pixels.loads),
            borrowed: PhantomData,
        }
    }
}

/// Loads of 16 bytes for the halves of some vectors, a step apart.
#[derive(Clone, Copy)]
struct Loads<'a, const VECTORS: usize> {
    places: [[*const u8; 2]; VECTORS],
    step: usize,
    /// At least one.
    count: usize,
    borrowed: PhantomData<&'a [u8]>,
}

impl<'a, const VECTORS: usize> Loads<'a, VECTORS> {
    /// One of those that there are.
    #[inline(always)]
    fn bytes(self, number: usize) -> [[&'a [u8; 16]; 2]; VECTORS] {
        // SAFETY: `Pixels::new` found as many loads of 16 bytes from each base to end inside the readable bytes, which `Rows::new`
        // found in each row; the functions below ask for no others.
        self.places.map(|halves| halves.map(|at| unsafe { &*at.add(number * self.step).cast() }))
    }

    /// All but the last one.
    #[inline(always)]
    fn before_last(self) -> impl Iterator<Item = [[&'a [u8; 16]; 2]; VECTORS]> {
        (0..self.count - 1).map(move |number| self.bytes(number))
    }

    /// The last one.
    #[inline(always)]
    fn last(self) -> [[&'a [u8; 16]; 2]; VECTORS] {
        self.bytes(self.count - 1)
    }
}

impl Avx2 {
    features! { Avx2 => values! {
        /// As [`Pixels::filter`].
        fn filter_pixels<const ROWS: usize>(self, pixels: &Pixels, rows: [&[u8]; ROWS], out: &mut [u8]) {
            match pixels.trailing_zeros {
                Some(_) => pixels.parts::<ROWS, 1>(rows, out),
                None => pixels.parts::<ROWS, 2>(rows, out),
            }
        }
    } }
}

/// The sums of some vectors, each half of taps that start somewhere; with `APART`, by weights of its own.
#[inline]
#[target_feature(enable = "avx2")]
fn sums<const VECTORS: usize, const APART: bool, const PARTS: usize, const LAST: usize>(
    shuffles: &[__m256i; 3],
    start: [__m256i; PARTS],
    loads: Loads<'_, VECTORS>,
    weights: [&[[u32; PARTS]]; 2],
) -> [__m256i; VECTORS] {
    let mut sums = [start; VECTORS];
    // Two pairs of weights for each load, but for the last one.
    let (first, second) = (weights[0].as_chunks::<2>().0, weights[1].as_chunks::<2>().0);
    for (bytes, (first, second)) in loads.before_last().zip(first.iter().zip(second)) {
        let bytes = vectors(bytes);
        for pair in 0..2 {
            multiply::<APART, VECTORS, PARTS>(bytes, shuffles[pair], [&first[pair], &second[pair]], &mut sums);
        }
    }
    if let [Some(first), Some(second)] = weights.map(<[_]>::last_chunk::<LAST>) {
        let bytes = vectors(loads.last());
        for pair in 0..LAST {
            multiply::<APART, VECTORS, PARTS>(bytes, shuffles[pair], [&first[pair], &second[pair]], &mut sums);
        }
    }
    let mut whole = [_mm256_setzero_si256(); VECTORS];
    for vector in 0..VECTORS {
        whole[vector] = together(sums[vector]);
    }
    whole
}

/// The sums of weight parts to one: of one word, or of two halves.
#[inline]
#[target_feature(enable = "avx2")]
fn together<const PARTS: usize>(parts: [__m256i; PARTS]) -> __m256i {
    let low = parts[PARTS - 1];
    if PARTS == 1 { low } else { _mm256_add_epi32(_mm256_slli_epi32::<15>(parts[0]), low) }
}

/// 16 bytes of each half.
#[inline]
#[target_feature(enable = "avx2")]
fn vectors<const VECTORS: usize>(halves: [[&[u8; 16]; 2]; VECTORS]) -> [__m256i; VECTORS] {
    let mut bytes = [_mm256_setzero_si256(); VECTORS];
    for (bytes, [low, high]) in bytes.iter_mut().zip(halves) {
        *bytes = two_halves(low, high);
    }
    bytes
}

/// Adds two weighted taps to the sums of each part.
#[inline]
#[target_feature(enable = "avx2")]
fn multiply<const APART: bool, const VECTORS: usize, const PARTS: usize>(
    bytes: [__m256i; VECTORS],
    shuffle: __m256i,
    weights: [&[u32; PARTS]; 2],
    sums: &mut [[__m256i; PARTS]; VECTORS],
) {
    let mut parts = [_mm256_setzero_si256(); PARTS];
    for part in 0..PARTS {
        parts[part] = _mm256_set1_epi32(weights[0][part] as i32);
        if APART {
            let high = _mm256_set1_epi32(weights[1][part] as i32);
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
