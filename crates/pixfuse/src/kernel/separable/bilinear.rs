//! OpenCV's bilinear over planes of bytes whose rows are not made fewer: what two output rows read again is weighed once, and two
//! rows are blended sixteen bits to a sample, where a fetch has 32.
//!
//! ```text
//! source row ─sum─> row of sums ─shift─> row of words
//!                                     2 rows of words ─blend─> line
//! halves:          2 source rows ─────────────────────────────> line
//! ```

use super::Resample;
use crate::axis::Pair;
use crate::image::view::View;
use crate::kernel::Request;
use crate::kernel::blocks::Column;
use crate::kernel::scratch::{Room, Scratch, lines};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{CacheLine, HorizontalPass, Simd};
use crate::weights::AxisWeights;

/// The passes over one source size.
pub(in crate::kernel) struct BilinearResampler<S: Simd> {
    planes: usize,
    /// Columns of the source.
    whole: usize,
    columns: Columns<S>,
    rows: Vec<Pair>,
    /// Elements of a line.
    length: usize,
    /// Cache lines of a row of sums, two of which come first, and of a line.
    sums: usize,
    line: usize,
}

/// The columns of an output row.
enum Columns<S: Simd> {
    Weighed(S::RowFilter),
    /// Both ways two neighbours have half of the weight each, from this column on.
    Halves(usize),
}

/// What is weighed, whatever the level.
enum Weighed {
    Columns(AxisWeights),
    Halves(usize),
}

impl Weighed {
    /// Of pairs of neighbours; `None` where a fetch of both rows is faster.
    fn of(rows: &[Pair], columns: &[Column]) -> Result<Option<Self>, NoMemory> {
        const HALVES: [i16; 2] = [1024; 2];
        let ([(at, _), ..], [top, .., bottom]) = (columns, rows) else { return Ok(None) };
        let mut next = at[0];
        let mut is_next = |&(at, weights): &Column| {
            next += 2;
            weights == HALVES && at[0] + 2 == next
        };
        if columns.len() >= BLOCK && rows.iter().all(|pair| pair.weights == HALVES) && columns.iter().all(&mut is_next)
        {
            return Ok(Some(Self::Halves(at[0] as usize)));
        }
        let are_fewer = bottom.at[1] - top.at[0] >= rows.len() as u32;
        if are_fewer {
            Ok(None)
        } else {
            AxisWeights::of_neighbours(columns).map(|columns| Some(Self::Columns(columns)))
        }
    }
}

impl<S: Simd> BilinearResampler<S> {
    /// Of neighbours in dense rows, one byte a pixel; `None` where a fetch is faster, or rows are too short.
    pub(in crate::kernel) fn new(
        simd: S,
        request: &Request,
        rows: &[Pair],
        columns: &[Column],
        planes: usize,
    ) -> Result<Option<Self>, NoMemory> {
        let whole = request.source.columns;
        let columns = match Weighed::of(rows, columns)?.filter(|_| S::FETCHES_DIRECTLY) {
            Some(Weighed::Halves(left)) => Columns::Halves(left),
            Some(Weighed::Columns(columns)) => match S::RowFilter::prepare(simd, &columns, 1, whole, false)? {
                Some(filter) => Columns::Weighed(filter),
                None => return Ok(None),
            },
            None => return Ok(None),
        };
        let length = request.placement.window.columns as usize;
        let sums = if let Columns::Weighed(_) = columns { lines(length * size_of::<i32>()) } else { 0 };
        Ok(Some(Self { planes, whole, columns, rows: memory::copied(rows)?, length, sums, line: lines(length) }))
    }

    /// The scratch that a run needs.
    pub(super) fn scratch(&self) -> Room {
        Room { bytes: (self.line_stride() as usize).saturating_mul(self.planes), rows: 0 }
    }

    /// Bytes from the line of a plane to the line of the next.
    pub(super) fn line_stride(&self) -> isize {
        ((self.sums * 2 + self.line) * size_of::<CacheLine>()) as isize
    }
}

impl<S: Simd> Holds for BilinearResampler<S> {
    fn bytes(&self) -> usize {
        let columns = if let Columns::Weighed(filter) = &self.columns { filter.bytes() } else { 0 };
        columns + memory::bytes(&self.rows)
    }
}

impl<S: Simd> Resample<S> for BilinearResampler<S> {
    #[inline(always)]
    unsafe fn resample(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View<'_>) -> *const u8 {
        if !S::FETCHES_DIRECTLY {
            unreachable!("such a level makes rows of a fetch");
        }
        let Self { planes, whole, columns, rows, length, sums, line } = self;
        let Pair { at: [first, last], weights } = rows[y];
        let next = scratch.next.max(first);
        scratch.next = last + 1;
        let (scratch, ..) = scratch.parts();
        let pitch = sums * 2 + line;
        for plane in 0..*planes {
            let row = |row: u32| view.dense(row as usize, 0..*whole, plane, 1).unwrap_or_default();
            let (kept, line) = scratch[plane * pitch..][..pitch].split_at_mut(sums * 2);
            match columns {
                Columns::Weighed(filter) => {
                    for number in next..last + 1 {
                        let to = &mut kept[number as usize % 2 * sums..][..*sums];
                        filter.sum(simd, row(number), to);
                        shorten(to, *length);
                    }
                    let [above, below] = [&kept[first as usize % 2 * sums..], &kept[last as usize % 2 * sums..]];
                    blend([above, below], weights, *length, line);
                }
                Columns::Halves(left) => {
                    let line = &mut bytemuck::cast_slice_mut(line)[..*length];
                    halve([&row(first)[*left..], &row(last)[*left..]], line);
                }
            }
        }
        scratch[sums * 2..].as_ptr().cast()
    }
}

/// Samples that are made at a time: the words of a cache line.
const BLOCK: usize = 32;

/// A row of sums, of weights in 1/2048, becomes words in its place: `sum >> 4`.
#[inline(always)]
fn shorten(row: &mut [CacheLine], length: usize) {
    for line in 0..length.div_ceil(BLOCK) {
        // No line is written before it has been read.
        let sums: [i32; BLOCK] = bytemuck::cast([row[line * 2], row[line * 2 + 1]]);
        let mut words = [0; BLOCK];
        for (word, sum) in words.iter_mut().zip(sums) {
            *word = (sum >> 4) as i16;
        }
        row[line] = bytemuck::cast(words);
    }
}

/// The line of two rows of words, which may be the same: of each the high word of its product.
#[inline(always)]
fn blend(rows: [&[CacheLine]; 2], weights: [i16; 2], length: usize, out: &mut [CacheLine]) {
    let (above, below) = (bytemuck::cast_slice::<_, [i16; BLOCK]>(rows[0]), bytemuck::cast_slice(rows[1]));
    let out = &mut bytemuck::cast_slice_mut::<_, [u8; BLOCK]>(out)[..length.div_ceil(BLOCK)];
    let weights = [i32::from(weights[0]), i32::from(weights[1])];
    for ((out, above), below) in out.iter_mut().zip(above).zip::<&[[i16; BLOCK]]>(below) {
        let mut samples = [0; BLOCK];
        for index in 0..BLOCK {
            let (above, below) = (i32::from(above[index]) * weights[0], i32::from(below[index]) * weights[1]);
            samples[index] = (((above >> 16) as i16 + (below >> 16) as i16 + 2) >> 2) as u8;
        }
        *out = samples;
    }
}

/// `(a + b + c + d + 2) >> 2` of two neighbours in both rows each, which is what all of bilinear's roundings give for halves. A line
/// has a block at least.
#[inline(always)]
fn halve(rows: [&[u8]; 2], out: &mut [u8]) {
    let (above, below) = (rows[0].as_chunks::<2>().0, rows[1].as_chunks::<2>().0);
    let mut at = 0;
    // The last block overlaps the one before it.
    let Some(last) = out.len().checked_sub(BLOCK) else { return };
    while let (Some(above), Some(below), Some(out)) =
        (above[at..].first_chunk::<BLOCK>(), below[at..].first_chunk::<BLOCK>(), out[at..].first_chunk_mut())
    {
        let mut samples = [0; BLOCK];
        for index in 0..BLOCK {
            // Which of the two comes first is no matter, and a word of both is loaded without a shuffle.
            let (above, below) = (u16::from_ne_bytes(above[index]), u16::from_ne_bytes(below[index]));
            let sum = (above & 0xff) + (above >> 8) + (below & 0xff) + (below >> 8);
            samples[index] = ((sum + 2) >> 2) as u8;
        }
        *out = samples;
        if at == last {
            return;
        }
        at = (at + BLOCK).min(last);
    }
}
