//! Filters of N taps an axis whose rows are kept as sums, in i32 or f32, until the vertical pass is done: OpenCV's.
//!
//! ```text
//! source row ─(pack)─ sum ─> rows of sums ─blend─> line
//! ```

use std::ops::Range;

use bytemuck::Pod;
use pixfuse_spec::Sample;

use super::Resample;
use super::source_rows::{Reading, SourceRows};
use super::vertical_storage::{Accumulator, VerticalStorage, Weighed};
use super::wide_rows::WideRows;
use crate::image::view::View;
use crate::kernel::Request;
use crate::kernel::pack::Pack;
use crate::kernel::scratch::{Room, Scratch, lines, split};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{CacheLine, FloatHorizontalPass, HorizontalPass, RowList, ScratchRows, Simd};
use crate::weights::{AxisWeights, Finish};

/// How many rows of f32 are summed at once: they share the loads of weights and indices.
const BATCH: u32 = 4;

/// The passes over one source size.
pub(in crate::kernel) struct UnroundedResampler<S: Simd> {
    planes: usize,
    pack: Pack,
    /// What the first pass reads.
    reading: Reading,
    passes: Arithmetic<S>,
    /// The source rows that each output row weighs.
    rows: Vec<Range<u32>>,
    /// How many rows are summed at once: 1 or `BATCH`.
    batch: u32,
    storage: VerticalStorage,
    /// Elements of a line.
    length: usize,
    layout: ScratchLayout,
}

enum Arithmetic<S: Simd> {
    Wide {
        columns: S::RowFilter,
        rows: AxisWeights,
        finish: Finish,
    },
    /// Rounded to u8, or kept as planes of f32.
    Float {
        columns: FloatColumns<S>,
        rows: AxisWeights<f32>,
        rounds: bool,
    },
}

/// The horizontal pass in f32: over rows of bytes, or of wider samples.
enum FloatColumns<S: Simd> {
    Bytes(S::FloatRowFilter),
    Wide(WideRows),
}

/// Where the parts of one plane's scratch start, in cache lines; rows and sums are first.
struct ScratchLayout {
    packed: usize,
    line: usize,
    blended: usize,
    end: usize,
}

impl<S: Simd> UnroundedResampler<S> {
    /// Sums in i32; `pixel`, `planes` and `dense` are as for the rounded passes.
    pub(in crate::kernel) fn wide(
        simd: S,
        request: &Request,
        [rows, columns]: [AxisWeights; 2],
        finish: Finish,
        (pixel, planes, dense): (usize, usize, bool),
    ) -> Result<Self, NoMemory> {
        let pack = Pack::new(request, columns.reach(), pixel);
        let (whole, room) = (request.source.columns * pixel, pack.room(columns.taps));
        let in_place = if dense { S::RowFilter::prepare(simd, &columns, pixel, whole, false)? } else { None };
        let packs = in_place.is_none();
        let columns = match in_place {
            Some(columns) => columns,
            None => {
                let shifted = columns.from(pack.reach.start as u32)?;
                S::RowFilter::prepare(simd, &shifted, pixel, room, false)?
                    .expect("a packed row has room for every window")
            }
        };
        Self::new(request, pack, packs, planes, room, Arithmetic::Wide { columns, rows, finish })
    }

    /// Sums in f32.
    pub(in crate::kernel) fn float(
        simd: S,
        request: &Request,
        [rows, columns]: [AxisWeights<f32>; 2],
        rounds: bool,
        (pixel, planes, dense): (usize, usize, bool),
    ) -> Result<Self, NoMemory> {
        let pack = Pack::new(request, columns.reach(), pixel);
        let (whole, room) = (request.source.columns * pixel, pack.room(columns.taps));
        if request.sample != Sample::U8 {
            let columns = WideRows::new(&columns.from(pack.reach.start as u32)?, pixel)?;
            let passes = Arithmetic::Float { columns: FloatColumns::Wide(columns), rows, rounds };
            return Self::new(request, pack, true, planes, room * size_of::<f32>(), passes);
        }
        let in_place = if dense { S::FloatRowFilter::prepare(simd, &columns, pixel, whole)? } else { None };
        let packs = in_place.is_none();
        let columns = match in_place {
            Some(columns) => columns,
            None => {
                let shifted = columns.from(pack.reach.start as u32)?;
                S::FloatRowFilter::prepare(simd, &shifted, pixel, room)?
                    .expect("a packed row has room for every window")
            }
        };
        let columns = FloatColumns::Bytes(columns);
        Self::new(request, pack, packs, planes, room, Arithmetic::Float { columns, rows, rounds })
    }

    /// Over rows in place, or packed ones with so many elements and bytes.
    fn new(
        request: &Request,
        mut pack: Pack,
        packs: bool,
        planes: usize,
        room: usize,
        passes: Arithmetic<S>,
    ) -> Result<Self, NoMemory> {
        let length = request.placement.window.columns as usize * pack.pixel;
        let (first, taps) = match &passes {
            Arithmetic::Wide { rows, .. } => (&rows.first, rows.taps),
            Arithmetic::Float { rows, .. } => (&rows.first, rows.taps),
        };
        let last = request.source.rows as u32;
        let rows = memory::list(first.iter().map(|&first| first..(first + taps as u32).min(last)))?;
        let mut storage = VerticalStorage::new(&rows, length);
        let mut batch = 1;
        if let (Some(more), Arithmetic::Float { .. }, false) = (storage.with_more(BATCH - 1), &passes, packs) {
            (batch, storage) = (BATCH, more);
        }
        let packed = storage.scratch();
        let read = rows.iter().map(ExactSizeIterator::len).sum();
        let [start, end] = [rows.first().map_or(0, |rows| rows.start), rows.last().map_or(0, |rows| rows.end)];
        let line = packed + if packs { pack.place(start..end, read, 1, room, planes) / 64 } else { 0 };
        // Of f32 there is one line as it is blended, and one in planes.
        let blended = line + lines(length * 4);
        let end =
            blended + if matches!(passes, Arithmetic::Float { rounds: false, .. }) { lines(length * 4) } else { 0 };
        let layout = ScratchLayout { packed, line, blended, end };
        let whole = request.source.columns * pack.pixel;
        let (in_place, readable) = if packs { (0, room) } else { (last, whole) };
        let reading = Reading { rows: last, in_place, skipped: 0, readable };
        Ok(Self { planes, pack, reading, passes, rows, batch, storage, length, layout })
    }

    /// The scratch that a run needs.
    pub(super) fn scratch(&self) -> Room {
        let rows = self.rows.iter().map(ExactSizeIterator::len).max().unwrap_or(1);
        Room { bytes: (self.layout.end * 64).saturating_mul(self.planes), rows }
    }

    /// Bytes from the line of a plane to the line of the next.
    pub(super) fn line_stride(&self) -> isize {
        let apart = matches!(self.passes, Arithmetic::Float { rounds: false, .. }) && self.planes == 1;
        // An f32 line of interleaved pixels is taken apart into planes.
        if apart { (self.length / self.pack.pixel * 4) as isize } else { (self.layout.end * 64) as isize }
    }
}

impl<S: Simd> Holds for UnroundedResampler<S> {
    fn bytes(&self) -> usize {
        let weights = match &self.passes {
            Arithmetic::Wide { columns, rows, .. } => columns.bytes() + rows.bytes(),
            Arithmetic::Float { columns: FloatColumns::Bytes(columns), rows, .. } => columns.bytes() + rows.bytes(),
            Arithmetic::Float { columns: FloatColumns::Wide(columns), rows, .. } => columns.bytes() + rows.bytes(),
        };
        weights + memory::bytes(&self.rows)
    }
}

impl<S: Simd> Resample<S> for UnroundedResampler<S> {
    #[inline(always)]
    unsafe fn resample(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View<'_>) -> *const u8 {
        let Self { planes, pack, reading, rows, batch, layout, .. } = self;
        let mut new = scratch.next.max(rows[y].start)..rows[y].end.max(scratch.next);
        // Whole batches, as long as the image lasts: what is made ahead is needed next.
        new.end = (new.start + (new.end - new.start).next_multiple_of(*batch)).min(reading.rows).max(new.start);
        scratch.next = new.end;
        let (scratch, list, held) = scratch.parts();
        for (index, held) in held.iter_mut().enumerate().take(*planes) {
            let plane = &mut scratch[index * layout.end..][..layout.end];
            let [kept, packed, line, blended] = split(plane, [layout.packed, layout.line, layout.blended, layout.end]);
            // SAFETY: the caller promises the view that this was made for, which has this plane, and scratch in which
            // `packed` has the room that `pack` needs. Rows that are read in place are dense.
            let source = unsafe { SourceRows::new(reading, pack, (view, index), held, packed) };
            self.sum(simd, source, y, new.clone(), kept);
            self.blend(simd, y, list, kept, line, blended);
        }
        scratch[layout.line..].as_ptr().cast()
    }
}

impl<S: Simd> UnroundedResampler<S> {
    /// Makes rows of sums, and adds them to the sums of output rows from `y` on where those are kept.
    #[inline(always)]
    fn sum(&self, simd: S, mut source: SourceRows<'_>, y: usize, mut new: Range<u32>, kept: &mut [CacheLine]) {
        let Self { passes, rows, batch, storage, .. } = self;
        if let (BATCH, Arithmetic::Float { columns: FloatColumns::Bytes(columns), .. }) = (*batch, passes) {
            while new.start + BATCH <= new.end {
                let batch = [new.start, new.start + 1, new.start + 2, new.start + 3];
                let [from] = source.rows(simd, [batch]);
                let to = storage.rows(batch, kept);
                columns.sum(simd, from, to);
                new.start += BATCH;
            }
        }
        for row in new {
            let [[from]] = source.rows(simd, [[row]]);
            let [to] = storage.rows([row], kept);
            match passes {
                Arithmetic::Wide { columns, .. } => columns.sum(simd, from, to),
                Arithmetic::Float { columns: FloatColumns::Bytes(columns), .. } => columns.sum(simd, [from], [to]),
                Arithmetic::Float { columns: FloatColumns::Wide(columns), .. } => {
                    columns.sum(bytemuck::cast_slice(from), bytemuck::cast_slice_mut(to));
                }
            }
            let mut accumulators = storage.accumulators(y, row, rows, kept);
            while let Some(Accumulator { output, tap, values, sums }) = accumulators.next() {
                let tap = tap as usize;
                match passes {
                    Arithmetic::Wide { rows, .. } => add(values, rows.of(output)[tap], tap, sums),
                    Arithmetic::Float { rows, .. } => add(values, rows.of(output)[tap], tap, sums),
                }
            }
        }
    }

    /// The vertical pass. Of f32 that are kept the line is blended in a place of its own.
    #[inline(always)]
    fn blend(
        &self,
        simd: S,
        y: usize,
        list: &mut RowList,
        kept: &[CacheLine],
        line: &mut [CacheLine],
        blended: &mut [CacheLine],
    ) {
        let Self { pack, passes, rows, storage, length, .. } = self;
        // Sums that are kept are one row, whose weight is one.
        let (weighed, are_sums) = match storage.weighed(y, rows[y].clone(), list, kept) {
            Weighed::Rows(rows) => (rows, false),
            Weighed::Sums(rows) => (rows, true),
        };
        match passes {
            Arithmetic::Wide { rows, finish, .. } => {
                let weights = if are_sums { &[1] } else { rows.of(y) };
                // Each way to finish has a loop of its own, so that the compiler makes vectors of it.
                match *finish {
                    Finish::Shift(bits) => {
                        blend(simd, weighed, weights, *length, line, |sum| Finish::Shift(bits).of(sum))
                    }
                    Finish::Scale(factor) => {
                        blend(simd, weighed, weights, *length, line, |sum| Finish::Scale(factor).of(sum));
                    }
                }
            }
            Arithmetic::Float { rows, rounds, .. } => {
                let weights = if are_sums { &[1.0] } else { rows.of(y) };
                if *rounds {
                    return blend(simd, weighed, weights, *length, line, |sum: f32| sum.round_ties_even() as u8);
                }
                blend(simd, weighed, weights, *length, blended, |sum: f32| sum);
                let (blended, line) = (bytemuck::cast_slice(&*blended), bytemuck::cast_slice_mut(line));
                match pack.pixel {
                    1 => take_apart::<1>(&blended[..*length], line),
                    3 => take_apart::<3>(&blended[..*length], line),
                    _ => take_apart::<4>(&blended[..*length], line),
                }
            }
        }
    }
}

/// Planes of pixels that lie side by side.
#[inline(always)]
fn take_apart<const PIXEL: usize>(pixels: &[f32], planes: &mut [f32]) {
    let (pixels, _) = pixels.as_chunks::<PIXEL>();
    for (channel, plane) in planes.chunks_exact_mut(pixels.len()).take(PIXEL).enumerate() {
        for (to, pixel) in plane.iter_mut().zip(pixels) {
            *to = pixel[channel];
        }
    }
}

/// Elements blended at a time, so that the sums stay in registers.
const CHUNK: usize = 16;

/// What sums are kept as.
trait Weighable: Default + Pod {
    /// Multiplies, then adds: two roundings where there are any.
    fn add(self, value: Self, weight: Self) -> Self;

    /// As [`add`](Self::add), of a chunk.
    fn add_chunk<S: Simd>(simd: S, sums: [Self; CHUNK], values: &[Self; CHUNK], weight: Self) -> [Self; CHUNK];
}

impl Weighable for i32 {
    #[inline(always)]
    fn add(self, value: Self, weight: Self) -> Self {
        self.wrapping_add(value.wrapping_mul(weight))
    }

    #[inline(always)]
    fn add_chunk<S: Simd>(simd: S, sums: [Self; CHUNK], values: &[Self; CHUNK], weight: Self) -> [Self; CHUNK] {
        // Integers may be added in any order: of a loop the compiler would gather a column of rows into a vector.
        simd.add_weighed(sums, values, weight)
    }
}

impl Weighable for f32 {
    #[inline(always)]
    fn add(self, value: Self, weight: Self) -> Self {
        self + value * weight
    }

    #[inline(always)]
    fn add_chunk<S: Simd>(_: S, mut sums: [Self; CHUNK], values: &[Self; CHUNK], weight: Self) -> [Self; CHUNK] {
        for (sum, &value) in sums.iter_mut().zip(values) {
            *sum = sum.add(value, weight);
        }
        sums
    }
}

/// Weighs rows of sums, and keeps `length` of them. The last chunk may lie partly behind the end of a row, where scratch has room.
#[inline(always)]
fn blend<S: Simd, T: Weighable, K: Pod>(
    simd: S,
    rows: ScratchRows<'_>,
    weights: &[T],
    length: usize,
    out: &mut [CacheLine],
    keep: impl Fn(T) -> K,
) {
    let (out, _) = bytemuck::cast_slice_mut::<_, K>(out).as_chunks_mut::<CHUNK>();
    for (out, rows) in rows.blocks::<[T; CHUNK], _>(out, length.div_ceil(CHUNK)) {
        let mut sums = [T::default(); CHUNK];
        for (&weight, values) in weights.iter().zip(rows) {
            sums = T::add_chunk(simd, sums, values, weight);
        }
        for (out, &sum) in out.iter_mut().zip(&sums) {
            *out = keep(sum);
        }
    }
}

/// Adds a weighed row to the sums of an output row, which start with its tap 0.
#[inline(always)]
fn add<T: Weighable>(row: &[CacheLine], weight: T, tap: usize, sums: &mut [CacheLine]) {
    for (&value, sum) in bytemuck::cast_slice::<_, T>(row).iter().zip(bytemuck::cast_slice_mut::<_, T>(sums)) {
        let before = if tap == 0 { T::default() } else { *sum };
        *sum = before.add(value, weight);
    }
}
