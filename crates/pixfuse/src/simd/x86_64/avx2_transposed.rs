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
//!
//! In a loop of its own, for 1080x1920, bilinear to 256, this takes 271 us where pixels of two rows
//! ([`Pixels`](super::avx2_pixels::Pixels)) take 420; bicubic to 224 takes 457 instead of 717, lanczos to 384 1,030
//! instead of 1,750. Lost: both halves of each weight at once (306, 565, 1,210); the rest at once where it matters, since
//! a branch that is not foreseen costs what the products do (307, 520, 1,250); two blocks transposed at a time (316, 577,
//! 1,240). A loop that has one image only is misleading here: a Zen 5 learns which outputs of it are noted, and a branch
//! seems 16 % faster, where with other images it is 12 to 36 % slower.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;
use std::ops::Range;

use super::Avx2;
use super::avx2::load_halves;
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
}

/// One output pixel.
struct Output {
    /// Its first vector in a buffer.
    vector: u32,
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
        (base + length + spare <= readable).then_some((start, Self { outputs: 0..0, base, lead, blocks }))
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
        self.outputs.push(Output { vector: (pair * self.pixel) as u32, start: half + most, slack: most - least });
    }

    /// Filters the rows of quads.
    ///
    /// # Panics
    /// When a row has fewer bytes than this was made for, or a quad has no room for 16 bytes behind its elements.
    #[inline(always)]
    pub(super) fn filter(&self, _: Avx2, sources: [[&[u8]; 4]; QUADS], quads: [&mut [u8]; QUADS]) {
        let room = self.outputs.len() * self.pixel * 4 + 16;
        let fits = sources.as_flattened().iter().all(|row| row.len() >= self.readable);
        assert!(fits && quads.iter().all(|quad| quad.len() >= room), "loads end in the row, and stores in the quad");
        let sources = sources.map(|rows| rows.map(<[u8]>::as_ptr));
        let quads = quads.map(<[u8]>::as_mut_ptr);
        // SAFETY: the CPU has the level, whose token there is; rows and room were looked at. Pixels are of so many bytes, and no weight
        // has a rest where that is said.
        unsafe {
            match (self.pixel, self.has_low_parts) {
                (3, true) => self.three::<true>(sources, quads),
                (3, false) => self.three::<false>(sources, quads),
                (4, true) => self.chunks::<4, 0, true>(sources, quads),
                (4, false) => self.chunks::<4, 0, false>(sources, quads),
                (_, true) => self.chunks::<1, 0, true>(sources, quads),
                (_, false) => self.chunks::<1, 0, false>(sources, quads),
            }
        }
    }

    /// As [`filter`](Self::filter), for pixels of three bytes.
    ///
    /// # Safety
    /// The CPU has AVX2, rows have the readable bytes, and quads room for all elements and 16 bytes.
    #[inline(always)]
    unsafe fn three<const RESTS: bool>(&self, sources: [[*const u8; 4]; QUADS], quads: [*mut u8; QUADS]) {
        // SAFETY: the caller promises the level, rows of pixels of three bytes, and room; there are so many pairs.
        unsafe {
            // Loops of a constant length are unrolled, which is 5 % of them where there are eleven.
            match self.pairs {
                3 => self.chunks::<3, 3, RESTS>(sources, quads),
                4 => self.chunks::<3, 4, RESTS>(sources, quads),
                5 => self.chunks::<3, 5, RESTS>(sources, quads),
                6 => self.chunks::<3, 6, RESTS>(sources, quads),
                11 => self.chunks::<3, 11, RESTS>(sources, quads),
                _ => self.chunks::<3, 0, RESTS>(sources, quads),
            }
        }
    }

    /// # Safety
    /// As [`three`](Self::three), for pixels of `PIXEL` bytes and `PAIRS` pairs, or any number where that is 0.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn chunks<const PIXEL: usize, const PAIRS: usize, const RESTS: bool>(
        &self,
        sources: [[*const u8; 4]; QUADS],
        quads: [*mut u8; QUADS],
    ) {
        let mut buffers = [const { MaybeUninit::<[__m256i; VECTORS]>::uninit() }; BUFFERS];
        let buffers = buffers.each_mut().map(|buffer| buffer.as_mut_ptr().cast::<__m256i>());
        // The outputs that the rest may change, of which buffer, and their sums. There is room for each of a chunk.
        let mut candidates_of_boundary =
            [const { MaybeUninit::<([u32; 2], [__m256i; PIXEL])>::uninit() }; OUTPUTS * BUFFERS];
        let pairs = if PAIRS > 0 { PAIRS } else { self.pairs };
        let (high, rest) = (self.weights[0].as_ptr(), self.weights[1].as_ptr());
        let to_level = _mm_cvtsi32_si128((ROUNDED_BITS - self.shift) as i32);
        let to_high = _mm_cvtsi32_si128(self.shift as i32);
        let below_level = _mm256_set1_epi32((1 << (ROUNDED_BITS - self.shift)) - 1);
        let half = 1 << (ROUNDED_BITS - 1) >> self.shift;
        // Two quads to a buffer.
        let of = |buffer: usize, output: usize| {
            let to = output * 4 * PIXEL;
            [quads[buffer * 2].wrapping_add(to), quads[buffer * 2 + 1].wrapping_add(to)]
        };
        for chunk in &self.chunks {
            for (buffer, sources) in buffers.into_iter().zip(sources.as_chunks::<2>().0) {
                // SAFETY: the caller promises the readable bytes of each row, inside which `Chunk::place` found the loads to
                // end. A chunk has no more vectors than the buffer.
                unsafe { transpose::<PIXEL>(*sources, chunk, buffer) };
            }
            let mut count = 0;
            for index in chunk.outputs.clone() {
                // SAFETY: chunks are of outputs that there are.
                let output = unsafe { self.outputs.get_unchecked(index) };
                // SAFETY: there are weights for each pair of each output, and its vectors are among those that were written.
                let sums = unsafe {
                    let vectors = buffers.map(|buffer| buffer.add(output.vector as usize).cast_const());
                    sum(vectors, high.add(index * pairs), pairs, output.start)
                };
                // With the most of the rest: is it above a boundary between bytes by less than the slack?
                let slack = _mm256_set1_epi32(output.slack);
                for (buffer, sums) in sums.into_iter().enumerate() {
                    if RESTS {
                        let mut crosses = _mm256_setzero_si256();
                        for channel in 0..PIXEL {
                            let above = _mm256_and_si256(sums[channel], below_level);
                            crosses = _mm256_or_si256(crosses, _mm256_cmpgt_epi32(slack, above));
                        }
                        // SAFETY: a chunk has at most `OUTPUTS` outputs, and each is noted once for each buffer.
                        unsafe {
                            candidates_of_boundary.get_unchecked_mut(count).write(([index as u32, buffer as u32], sums))
                        };
                        count += usize::from(_mm256_movemask_epi8(crosses) != 0);
                    }
                    // SAFETY: the caller promises room for each output of a quad, and 256 bytes behind the last.
                    unsafe { store::<PIXEL, true>(sums, to_level, of(buffer, index)) };
                }
            }
            // SAFETY: so many were noted above.
            for candidates_of_boundary in unsafe { candidates_of_boundary.get_unchecked(..count) } {
                // SAFETY: it was noted above, with the index of an output and of a buffer.
                let ([index, buffer], mut sums) = unsafe { candidates_of_boundary.assume_init_read() };
                let [index, buffer] = [index as usize, buffer as usize];
                // SAFETY: as it was noted, the output has weights, and its vectors are still in the buffer.
                let (output, [rest]) = unsafe {
                    let output = self.outputs.get_unchecked(index);
                    let vectors = buffers.get_unchecked(buffer).add(output.vector as usize).cast_const();
                    (output, sum::<PIXEL, 1>([vectors], rest.add(index * pairs), pairs, 0))
                };
                let most = _mm256_set1_epi32(output.start - half);
                for channel in 0..PIXEL {
                    let slack = _mm256_sub_epi32(_mm256_sra_epi32(rest[channel], to_high), most);
                    sums[channel] = _mm256_add_epi32(sums[channel], slack);
                }
                // SAFETY: the caller promises room for each output of a quad.
                unsafe { store::<PIXEL, false>(sums, to_level, of(buffer, index)) };
            }
        }
    }
}

/// The sums of one part of the weights of one output pixel, of each buffer.
///
/// # Safety
/// There are `pairs` weights, and as many vectors of each channel, which are aligned.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn sum<const PIXEL: usize, const BUFFERS: usize>(
    vectors: [*const __m256i; BUFFERS],
    weights: *const u32,
    pairs: usize,
    start: i32,
) -> [[__m256i; PIXEL]; BUFFERS] {
    let mut sums = [[_mm256_set1_epi32(start); PIXEL]; BUFFERS];
    for pair in 0..pairs {
        // SAFETY: the caller promises so many weights.
        let weights = _mm256_set1_epi32(unsafe { *weights.add(pair) } as i32);
        for buffer in 0..BUFFERS {
            for channel in 0..PIXEL {
                // SAFETY: the caller promises a vector of each channel for each pair.
                let taps = unsafe { _mm256_load_si256(vectors[buffer].add(pair * PIXEL + channel)) };
                let products = _mm256_madd_epi16(taps, weights);
                sums[buffer][channel] = _mm256_add_epi32(sums[buffer][channel], products);
            }
        }
    }
    sums
}

/// Stores the levels of one output pixel: four rows of each channel in each quad. Where there are three channels, `FIRST`
/// says that the four bytes behind may be written too: the next output is made later.
///
/// # Safety
/// `4 * PIXEL` bytes are writable in each quad, and with `FIRST` 16.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn store<const PIXEL: usize, const FIRST: bool>(sums: [__m256i; PIXEL], to_level: __m128i, quads: [*mut u8; 2]) {
    let mut values = [_mm256_setzero_si256(); 4];
    for channel in 0..PIXEL {
        values[channel] = _mm256_sra_epi32(sums[channel], to_level);
    }
    // Both packs saturate, which is the clamp. Each half has four rows of each channel.
    let words = [_mm256_packs_epi32(values[0], values[1]), _mm256_packs_epi32(values[2], values[3])];
    let bytes = _mm256_packus_epi16(words[0], words[1]);
    let halves = [_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes)];
    for (quad, half) in quads.into_iter().zip(halves) {
        // SAFETY: the caller promises 4, 12 or 16 bytes, which is what is written.
        unsafe {
            match PIXEL {
                1 => _mm_storeu_si32(quad.cast(), half),
                3 if !FIRST => {
                    _mm_storel_epi64(quad.cast(), half);
                    quad.add(8).cast::<i32>().write_unaligned(_mm_extract_epi32::<2>(half));
                }
                _ => _mm_storeu_si128(quad.cast(), half),
            }
        }
    }
}

/// Turns the columns of a chunk: for each two columns and each channel a vector of eight rows, each with two words.
///
/// # Safety
/// The bytes of the chunk are readable from each row, and the buffer, which is aligned, has room for its vectors.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn transpose<const PIXEL: usize>(
    [low_rows, high_rows]: [[*const u8; 4]; 2],
    chunk: &Chunk,
    mut buffer: *mut __m256i,
) {
    let arrangement = arrangement::<PIXEL>(chunk.lead);
    let low = _mm256_set1_epi16(255);
    // One offset for all rows: with the first byte of the chunk added in the loop each row had a pointer of its own.
    let [low_rows, high_rows] = [low_rows, high_rows].map(|rows| rows.map(|row| row.wrapping_add(chunk.base)));
    let step = columns(PIXEL) * PIXEL;
    for at in (0..chunk.blocks * step).step_by(step) {
        // Rows 0 to 3 in the low halves, 4 to 7 in the high ones.
        let mut rows = [low; 4];
        for row in 0..4 {
            // SAFETY: the caller promises the bytes of the chunk, which are 16 for each of its blocks.
            let halves = unsafe { load_halves(low_rows[row].add(at), high_rows[row].add(at)) };
            rows[row] = _mm256_shuffle_epi8(halves, arrangement);
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
        let used = columns(PIXEL) * PIXEL / 4;
        for &bytes in &transposed[..used] {
            // SAFETY: the caller promises room for two vectors for each of the doublewords of each block.
            unsafe {
                _mm256_store_si256(buffer, _mm256_and_si256(bytes, low));
                _mm256_store_si256(buffer.add(1), _mm256_srli_epi16::<8>(bytes));
                buffer = buffer.add(2);
            }
        }
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
