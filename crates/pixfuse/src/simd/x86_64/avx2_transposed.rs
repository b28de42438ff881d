//! The horizontal pass of rounded filters with AVX2 over sixteen rows at a time: a vector is two columns of eight rows.
//!
//! With a row to each lane every lane is used, whatever the bytes of a pixel, and what a vector of taps costs to make is
//! shared by all outputs that weigh it. So rows are transposed first, a chunk of columns at a time, into buffers that stay
//! in the first cache; then each output is a sum of products of such vectors with broadcast weights. Two loads a cycle
//! are the limit there: with eight rows to a weight such loops took 3 to 6 % longer on Zen 5.
//!
//! `vpmaddwd` takes weights of 16 bits, and an integer weight has 22. Its 15 highest bits decide the byte, but for sums
//! so near to where the byte changes that the rest could move them over: 9 % of outputs (of 8 rows and 3 channels) for a
//! bilinear filter, 32 % for lanczos. Those are noted in a list without a branch, and the rest is added to them
//! afterwards. The result is exact: the bound on the rest is that of any bytes. PyTorch's weights have 16 bits, and
//! no rest.

use std::arch::x86_64::*;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::slice;

use bytemuck::must_cast;

use super::avx2_vectors::two_halves;
use super::{Avx2, features, values};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::QUADS;
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// Rows that are transposed into one buffer.
const ROWS: usize = 8;

/// Buffers: what one weight is loaded for.
const BUFFERS: usize = 4 * QUADS / ROWS;

/// Vectors of a buffer: with the rows and the weights that are read meanwhile all fit the first cache.
const VECTORS: usize = 240;

/// Outputs that are made of one chunk at most, so that a list of all of them has room.
const OUTPUTS: usize = 64;

/// What rows are transposed into, and what each output makes of it.
pub(crate) struct Transposed {
    /// Bytes of a pixel: 1, 3 or 4.
    pixel: usize,
    /// Bytes of a row, inside which every load ends.
    readable: usize,
    chunks: Vec<Chunk>,
    outputs: Vec<Output>,
    /// The high parts of the weights, and the rest of each: for each output and each two columns two words.
    weights: [Vec<u32>; 2],
    /// Twos of columns that each output has.
    pairs: usize,
    /// Bits of the rest.
    shift: u32,
    /// Whether any weight has a rest.
    has_low_parts: bool,
}

/// Columns that are transposed at once, and the outputs that are made of them.
struct Chunk {
    outputs: Range<usize>,
    /// The byte of a row where the first load starts.
    base: usize,
    /// Bytes of each load before its first column.
    lead: usize,
    /// Loads of 16 bytes.
    blocks: usize,
    /// The byte where the last one ends.
    end: usize,
}

/// One output pixel.
struct Output {
    /// Its first pair of columns in a buffer.
    pair: u32,
    /// What the sum of the high parts starts from: half a level, and the most that the rest adds.
    start: i32,
    /// How much less than that the rest may add.
    slack: i32,
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
        let end = base + length + spare;
        (end <= readable).then_some((start, Self { outputs: 0..0, base, lead, blocks, end }))
    }
}

/// The high part of a weight, rounded, and the rest of it.
fn cut(weight: i32, shift: u32) -> [i32; 2] {
    let high = (weight + (1 << shift >> 1)) >> shift;
    [high, weight - (high << shift)]
}

impl Holds for Transposed {
    fn bytes(&self) -> usize {
        let weights = self.weights.iter().map(memory::bytes).sum::<usize>();
        memory::bytes(&self.chunks) + memory::bytes(&self.outputs) + weights
    }
}

impl Transposed {
    /// `None` when rows are too short for whole loads, or windows too long for the buffer.
    pub(super) fn new(weights: &AxisWeights, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        let (block, pairs) = (columns(pixel), weights.taps / 2 + 1);
        let most = VECTORS / (block * pixel / 2);
        let end_of = |output: usize| {
            let taps = weights.of(output).iter().rposition(|&weight| weight != 0).map_or(0, |last| last + 1);
            weights.first[output] as usize + taps
        };
        let largest = weights.weights.iter().map(|weight| weight.abs()).max().unwrap_or(0);
        let fits = |shift: &u32| cut(largest, *shift)[0] <= i32::from(i16::MAX);
        let Some(shift) = (0..ROUNDED_BITS).find(fits) else { return Ok(None) };
        let has_low_parts = weights.weights.iter().any(|&weight| cut(weight, shift)[1] != 0);
        let words = weights.outputs().saturating_mul(pairs);
        let mut made = Self {
            pixel,
            readable,
            chunks: Vec::new(),
            outputs: memory::with_capacity(weights.outputs())?,
            weights: [memory::with_capacity(words)?, memory::with_capacity(words)?],
            pairs,
            shift,
            has_low_parts,
        };
        let mut output = 0;
        while output < weights.outputs() {
            let first = weights.first[output] as usize;
            let (mut blocks, mut end) = ((2 * pairs).div_ceil(block), output);
            while end < weights.outputs().min(output + OUTPUTS) && weights.first[end] as usize >= first {
                let needs = end_of(end).saturating_sub(first).div_ceil(block).max(blocks);
                if needs > most {
                    break;
                }
                (blocks, end) = (needs, end + 1);
            }
            if end == output {
                return Ok(None);
            }
            let Some((start, chunk)) = Chunk::place(first, blocks, pixel, readable) else { return Ok(None) };
            for output in output..end {
                made.add(weights, output, start, blocks * block / 2);
            }
            memory::push(&mut made.chunks, Chunk { outputs: output..end, ..chunk })?;
            output = end;
        }
        Ok(Some(made))
    }

    /// Lays the weights of an output over the pairs of columns from `start` on.
    fn add(&mut self, weights: &AxisWeights, output: usize, start: usize, pairs: usize) {
        let first = weights.first[output] as usize - start;
        let pair = (first / 2).min(pairs - self.pairs);
        let skipped = first - pair * 2;
        let own = weights.of(output);
        let shift = self.shift;
        let parts = |column: usize| {
            let weight = column.checked_sub(skipped).and_then(|tap| own.get(tap)).copied().unwrap_or(0);
            cut(weight, shift)
        };
        for pair in 0..self.pairs {
            let [first, second] = [parts(pair * 2), parts(pair * 2 + 1)];
            for (part, weights) in self.weights.iter_mut().enumerate() {
                weights.push(first[part] as u32 & 0xffff | (second[part] as u32) << 16);
            }
        }
        // What the rest adds to a sum, whatever the bytes are: from the least to the most.
        let (mut least, mut most) = (0, 0);
        for &weight in own {
            let [_, rest] = cut(weight, self.shift);
            (least, most) = (least + rest.min(0) * 255, most + rest.max(0) * 255);
        }
        let (least, most) = (least >> self.shift, most >> self.shift);
        let half = 1 << (ROUNDED_BITS - 1) >> self.shift;
        self.outputs.push(Output { pair: pair as u32, start: half + most, slack: most - least });
    }

    /// Filters the rows of quads.
    ///
    /// # Panics
    /// When a row has fewer bytes than this was made for, or a quad has no room for 16 bytes behind its elements.
    #[inline(always)]
    pub(super) fn filter(&self, simd: Avx2, sources: [[&[u8]; 4]; QUADS], quads: [&mut [u8]; QUADS]) {
        simd.filter_transposed(self, sources, quads);
    }

    /// As [`filter`](Self::filter), for pixels of `PIXEL` bytes and `PAIRS` pairs, or any number where that is 0; without `RESTS`
    /// no weight has one.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn chunks<const PIXEL: usize, const PAIRS: usize, const RESTS: bool>(
        &self,
        sources: [[&[u8]; 4]; QUADS],
        quads: [&mut [u8]; QUADS],
    ) {
        let (rows, mut rooms) = (Rows::new(self, sources), Rooms::<PIXEL>::new(self, quads));
        let mut buffers = [const { [MaybeUninit::uninit(); VECTORS] }; BUFFERS];
        let mut candidates = Candidates([const { MaybeUninit::uninit() }; CANDIDATES]);
        let pairs = if PAIRS > 0 { PAIRS } else { self.pairs };
        let to_level = _mm_cvtsi32_si128((ROUNDED_BITS - self.shift) as i32);
        let to_high = _mm_cvtsi32_si128(self.shift as i32);
        let below_level = _mm256_set1_epi32((1 << (ROUNDED_BITS - self.shift)) - 1);
        let half = 1 << (ROUNDED_BITS - 1) >> self.shift;
        for chunk in &self.chunks {
            let [first, second] = &mut buffers;
            let buffers: [&[[__m256i; PIXEL]]; BUFFERS] =
                [rows.transpose(chunk, 0, first), rows.transpose(chunk, 1, second)];
            let mut count = 0;
            let outputs = chunk.outputs.clone();
            let [high, rest] =
                [0, 1].map(|part| self.weights[part][outputs.start * pairs..outputs.end * pairs].chunks_exact(pairs));
            for (index, (output, weights)) in outputs.clone().zip(self.outputs[outputs.clone()].iter().zip(high)) {
                // SAFETY: both buffers have this chunk.
                let [first, second] = unsafe { [window(buffers[0], output, pairs), window(buffers[1], output, pairs)] };
                let taps = weights.iter().zip(first.iter().zip(second)).map(|(weights, (a, b))| (weights, [a, b]));
                let sums = sum(taps, output.start);
                // With the most of the rest: is it above a boundary between bytes by less than the slack?
                let slack = _mm256_set1_epi32(output.slack);
                for (buffer, sums) in sums.into_iter().enumerate() {
                    if RESTS {
                        let mut crosses = _mm256_setzero_si256();
                        for channel in 0..PIXEL {
                            let above = _mm256_and_si256(sums[channel], below_level);
                            crosses = _mm256_or_si256(crosses, _mm256_cmpgt_epi32(slack, above));
                        }
                        candidates.note(count, Candidate { output: index as u32, buffer: buffer as u32, sums });
                        count += usize::from(_mm256_movemask_epi8(crosses) != 0);
                    }
                    rooms.store::<true>(sums, to_level, buffer, index);
                }
            }
            for &Candidate { output: index, buffer, mut sums } in candidates.noted(count) {
                let (index, buffer) = (index as usize, buffer as usize);
                let (output, number) = (&self.outputs[index], index - outputs.start);
                // SAFETY: the buffer still has the chunk of the output that was noted.
                let window = unsafe { window(buffers[buffer], output, pairs) };
                let weights = rest.clone().nth(number).unwrap_or_default();
                let [rest] = sum(weights.iter().zip(window).map(|(weights, taps)| (weights, [taps])), 0);
                let most = _mm256_set1_epi32(output.start - half);
                for channel in 0..PIXEL {
                    let slack = _mm256_sub_epi32(_mm256_sra_epi32(rest[channel], to_high), most);
                    sums[channel] = _mm256_add_epi32(sums[channel], slack);
                }
                rooms.store::<false>(sums, to_level, buffer, index);
            }
        }
    }
}

/// The so many pairs of columns that an output weighs, of those of its chunk.
///
/// # Safety
/// The buffer has the chunk of this output.
#[inline(always)]
unsafe fn window<'a, const PIXEL: usize>(
    buffer: &'a [[__m256i; PIXEL]],
    output: &Output,
    pairs: usize,
) -> &'a [[__m256i; PIXEL]] {
    debug_assert!(output.pair as usize + pairs <= buffer.len());
    // SAFETY: `Transposed::add` laid the pairs of an output inside its chunk, all of which the caller promises.
    unsafe { buffer.get_unchecked(output.pair as usize..output.pair as usize + pairs) }
}

/// Outputs of a chunk, in each buffer.
const CANDIDATES: usize = OUTPUTS * BUFFERS;

/// An output of a buffer that the rest of its weights may change, and its sums.
#[derive(Clone, Copy)]
struct Candidate<const PIXEL: usize> {
    output: u32,
    buffer: u32,
    sums: [__m256i; PIXEL],
}

/// A list that has room for all outputs of a chunk.
struct Candidates<const PIXEL: usize>([MaybeUninit<Candidate<PIXEL>>; CANDIDATES]);

impl<const PIXEL: usize> Candidates<PIXEL> {
    /// Writes what may be number `count` of the list.
    #[inline(always)]
    fn note(&mut self, count: usize, candidate: Candidate<PIXEL>) {
        const { assert!(CANDIDATES.is_power_of_two(), "the lowest bits of a number are a place") };
        self.0[count % CANDIDATES].write(candidate);
    }

    /// The first ones, each of which has been noted by its number.
    #[inline(always)]
    fn noted(&self, count: usize) -> &[Candidate<PIXEL>] {
        // SAFETY: numbers are counted up by one after a note, so each below was noted; there are no more than outputs of a chunk, for
        // which there are places.
        unsafe { slice::from_raw_parts(self.0.as_ptr().cast(), count.min(CANDIDATES)) }
    }
}

impl Avx2 {
    features! { Avx2 => values! {
        /// As [`Transposed::filter`]. Loops of a constant length are unrolled, which is 5 % of them where there are eleven.
        fn filter_transposed(
            self,
            transposed: &Transposed,
            sources: [[&[u8]; 4]; QUADS],
            quads: [&mut [u8]; QUADS],
        ) {
            match (transposed.pixel, transposed.pairs, transposed.has_low_parts) {
                (3, 3, true) => transposed.chunks::<3, 3, true>(sources, quads),
                (3, 4, true) => transposed.chunks::<3, 4, true>(sources, quads),
                (3, 5, true) => transposed.chunks::<3, 5, true>(sources, quads),
                (3, 6, true) => transposed.chunks::<3, 6, true>(sources, quads),
                (3, 11, true) => transposed.chunks::<3, 11, true>(sources, quads),
                (3, _, true) => transposed.chunks::<3, 0, true>(sources, quads),
                (3, 3, _) => transposed.chunks::<3, 3, false>(sources, quads),
                (3, 4, _) => transposed.chunks::<3, 4, false>(sources, quads),
                (3, 5, _) => transposed.chunks::<3, 5, false>(sources, quads),
                (3, 6, _) => transposed.chunks::<3, 6, false>(sources, quads),
                (3, 11, _) => transposed.chunks::<3, 11, false>(sources, quads),
                (3, ..) => transposed.chunks::<3, 0, false>(sources, quads),
                (4, _, true) => transposed.chunks::<4, 0, true>(sources, quads),
                (4, ..) => transposed.chunks::<4, 0, false>(sources, quads),
                (_, _, true) => transposed.chunks::<1, 0, true>(sources, quads),
                _ => transposed.chunks::<1, 0, false>(sources, quads),
            }
        }
    } }
}

/// The sums of one part of the weights of one output pixel, of each buffer: of each pair of columns the weights, and a vector for
/// each channel.
#[inline]
#[target_feature(enable = "avx2")]
fn sum<'a, const PIXEL: usize, const BUFFERS: usize>(
    taps: impl Iterator<Item = (&'a u32, [&'a [__m256i; PIXEL]; BUFFERS])>,
    start: i32,
) -> [[__m256i; PIXEL]; BUFFERS] {
    let mut sums = [[_mm256_set1_epi32(start); PIXEL]; BUFFERS];
    for (weights, taps) in taps {
        let weights = _mm256_set1_epi32(*weights as i32);
        for buffer in 0..BUFFERS {
            for channel in 0..PIXEL {
                let products = _mm256_madd_epi16(taps[buffer][channel], weights);
                sums[buffer][channel] = _mm256_add_epi32(sums[buffer][channel], products);
            }
        }
    }
    sums
}

/// Quads that have room for 16 bytes at each output.
struct Rooms<'a, const PIXEL: usize> {
    quads: [*mut u8; QUADS],
    outputs: usize,
    borrowed: PhantomData<&'a mut [u8]>,
}

impl<'a, const PIXEL: usize> Rooms<'a, PIXEL> {
    #[inline(always)]
    fn new(transposed: &Transposed, quads: [&'a mut [u8]; QUADS]) -> Self {
        let outputs = transposed.outputs.len();
        assert!(quads.iter().all(|quad| quad.len() >= outputs * PIXEL * 4 + 16), "stores end in the quad");
        Self { quads: quads.map(<[u8]>::as_mut_ptr), outputs, borrowed: PhantomData }
    }

    /// The first bytes of an output, in one of the quads.
    #[inline(always)]
    fn at<const BYTES: usize>(&mut self, quad: usize, output: usize) -> &mut [u8; BYTES] {
        const { assert!(BYTES <= 16, "there is room for 16 bytes at each output") };
        debug_assert!(output < self.outputs);
        // SAFETY: `new` found room for 16 bytes behind all outputs, and the functions of this file name outputs that there are.
        unsafe { &mut *self.quads[quad].add(output * PIXEL * 4).cast() }
    }

    /// Stores the levels of one output pixel: four rows of each channel in each of the two quads of a buffer. Where there are three
    /// channels, `FIRST` says that the four bytes behind may be written too: the next output is made later.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn store<const FIRST: bool>(&mut self, sums: [__m256i; PIXEL], to_level: __m128i, buffer: usize, output: usize) {
        let mut values = [_mm256_setzero_si256(); 4];
        for channel in 0..PIXEL {
            values[channel] = _mm256_sra_epi32(sums[channel], to_level);
        }
        // Both packs saturate, which is the clamp. Each half has four rows of each channel.
        let words = [_mm256_packs_epi32(values[0], values[1]), _mm256_packs_epi32(values[2], values[3])];
        let bytes = _mm256_packus_epi16(words[0], words[1]);
        let halves = [_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes)];
        for (quad, half) in halves.into_iter().enumerate() {
            let quad = buffer * 2 + quad;
            match PIXEL {
                1 => *self.at(quad, output) = _mm_cvtsi128_si32(half).to_le_bytes(),
                3 if !FIRST => {
                    let (low, high) = self.at::<12>(quad, output).split_at_mut(8);
                    low.copy_from_slice(&_mm_cvtsi128_si64(half).to_le_bytes());
                    high.copy_from_slice(&_mm_extract_epi32::<2>(half).to_le_bytes());
                }
                _ => *self.at::<16>(quad, output) = must_cast(half),
            }
        }
    }
}

/// Rows that have the readable bytes.
struct Rows<'a> {
    rows: [[*const u8; 4]; QUADS],
    readable: usize,
    borrowed: PhantomData<&'a [u8]>,
}

impl<'a> Rows<'a> {
    #[inline(always)]
    fn new(transposed: &Transposed, rows: [[&'a [u8]; 4]; QUADS]) -> Self {
        let readable = transposed.readable;
        assert!(rows.as_flattened().iter().all(|row| row.len() >= readable), "loads end in the row");
        Self { rows: rows.map(|rows| rows.map(<[u8]>::as_ptr)), readable, borrowed: PhantomData }
    }

    /// 16 bytes of a row.
    ///
    /// # Safety
    /// They are among the readable ones.
    #[inline(always)]
    unsafe fn bytes(&self, quad: usize, row: usize, at: usize) -> &'a [u8; 16] {
        // SAFETY: the caller promises that they are readable, which `new` found of each row.
        unsafe { &*self.rows[quad][row].add(at).cast() }
    }

    /// Turns the columns of a chunk, of the rows of one buffer: for each two columns and each channel a vector of eight rows, each
    /// with two words.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn transpose<'b, const PIXEL: usize>(
        &self,
        chunk: &Chunk,
        buffer: usize,
        vectors: &'b mut [MaybeUninit<__m256i>; VECTORS],
    ) -> &'b [[__m256i; PIXEL]] {
        let arrangement = arrangement::<PIXEL>(chunk.lead);
        let low = _mm256_set1_epi16(255);
        let (step, used) = (columns(PIXEL) * PIXEL, columns(PIXEL) * PIXEL / 4);
        let blocks = chunk.blocks;
        assert!(
            chunk.end <= self.readable && blocks * 2 * used <= VECTORS,
            "a chunk is inside the row, and the buffer"
        );
        for (block, places) in vectors.chunks_exact_mut(2 * used).enumerate().take(blocks) {
            // One offset for all rows.
            let at = chunk.base + block * step;
            // Rows 0 to 3 in the low halves, 4 to 7 in the high ones.
            let mut rows = [low; 4];
            for row in 0..4 {
                // SAFETY: the loads of a chunk end where it does, at a readable byte.
                let (low, high) = unsafe { (self.bytes(buffer * 2, row, at), self.bytes(buffer * 2 + 1, row, at)) };
                rows[row] = _mm256_shuffle_epi8(two_halves(low, high), arrangement);
            }
            // The doublewords of four rows side by side: two columns of two channels each.
            let [a, b, c, d] = rows;
            let (low_ab, high_ab) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
            let (low_cd, high_cd) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
            let transposed = [
                _mm256_unpacklo_epi64(low_ab, low_cd),
                _mm256_unpackhi_epi64(low_ab, low_cd),
                _mm256_unpacklo_epi64(high_ab, high_cd),
                _mm256_unpackhi_epi64(high_ab, high_cd),
            ];
            for (places, &bytes) in places.chunks_exact_mut(2).zip(&transposed) {
                places[0].write(_mm256_and_si256(bytes, low));
                places[1].write(_mm256_srli_epi16::<8>(bytes));
            }
        }
        // SAFETY: all vectors of so many blocks were written, of which each pair of columns has one for each channel.
        unsafe { slice::from_raw_parts(vectors.as_ptr().cast(), blocks * columns(PIXEL) / 2) }
    }
}

/// Which bytes of a load make its doublewords: the even bytes of one are a channel's two columns, the odd bytes those of
/// the next channel, or of the first one of the next two columns.
#[inline]
#[target_feature(enable = "avx2")]
fn arrangement<const PIXEL: usize>(lead: usize) -> __m256i {
    let bytes = match PIXEL {
        1 => _mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15),
        3 => _mm_setr_epi8(0, 1, 3, 4, 2, 6, 5, 9, 7, 8, 10, 11, 7, 8, 10, 11),
        _ => _mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15),
    };
    _mm256_broadcastsi128_si256(_mm_add_epi8(bytes, _mm_set1_epi8(lead as i8)))
}
