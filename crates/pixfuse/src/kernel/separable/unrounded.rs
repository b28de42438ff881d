//! Filters of N taps an axis whose rows are kept as sums, in i32 or f32, until the vertical pass is done: OpenCV's.
//!
//! ```text
//! source row ─(pack)─ sum ─> rows of sums ─blend─> line
//! ```

use std::ops::Range;

use pixfuse_spec::Sample;

use super::Resample;
use super::vertical_storage::VerticalStorage;
use crate::image::view::View;
use crate::kernel::Request;
use crate::kernel::pack::Pack;
use crate::kernel::scratch::{Room, Scratch, pitch};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{FloatHorizontalPass, HorizontalPass, PlainRows, Simd};
use crate::weights::{AxisWeights, Finish};

/// How many rows of f32 are summed at once: they share the loads of weights and indices.
const BATCH: u32 = 4;

/// The passes over one source size.
pub(in crate::kernel) struct UnroundedResampler<S: Simd> {
    source_rows: u32,
    planes: usize,
    pack: Pack,
    packs: bool,
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
    Wide(PlainRows<f32>),
}

/// Where the parts of one plane's scratch start, in bytes; rows and sums are first, so many bytes apart.
struct ScratchLayout {
    pitch: usize,
    packed: usize,
    line: usize,
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
            let columns = PlainRows::new(&columns.from(pack.reach.start as u32)?, pixel)?;
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
        let mut storage = VerticalStorage::new(&rows, pitch(length * 4));
        let mut batch = 1;
        if let (VerticalStorage::RowRing(rows), Arithmetic::Float { .. }, false) = (&mut storage, &passes, packs) {
            batch = BATCH;
            *rows += BATCH - 1;
        }
        let packed = storage.count() * pitch(length * 4);
        let read = rows.iter().map(ExactSizeIterator::len).sum();
        let [start, end] = [rows.first().map_or(0, |rows| rows.start), rows.last().map_or(0, |rows| rows.end)];
        let line = packed + if packs { pack.place(start..end, read, 1, room, planes) } else { 0 };
        // Of f32 there is one line as it is blended, and one in planes.
        let lines = if matches!(passes, Arithmetic::Float { rounds: false, .. }) { 2 } else { 1 };
        let layout = ScratchLayout { pitch: pitch(length * 4), packed, line, end: line + lines * pitch(length * 4) };
        Ok(Self { source_rows: last, planes, pack, packs, passes, rows, batch, storage, length, layout })
    }

    /// The scratch that a run needs.
    pub(super) fn scratch(&self) -> Room {
        let pointers = self.rows.iter().map(ExactSizeIterator::len).max().unwrap_or(1);
        Room { bytes: self.layout.end.saturating_mul(self.planes), pointers }
    }

    /// Bytes from the line of a plane to the line of the next.
    pub(super) fn line_stride(&self) -> isize {
        let apart = matches!(self.passes, Arithmetic::Float { rounds: false, .. }) && self.planes == 1;
        // An f32 line of interleaved pixels is taken apart into planes.
        if apart { (self.length / self.pack.pixel * 4) as isize } else { self.layout.end as isize }
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
    unsafe fn resample(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View) -> *const u8 {
        let Self { source_rows, planes, pack, packs, passes, rows, batch, storage, length, layout } = self;
        let weighed = rows[y].clone();
        let mut new = scratch.next.max(weighed.start)..weighed.end.max(scratch.next);
        // Whole batches, as long as the image lasts: what is made ahead is needed next.
        new.end = (new.start + (new.end - new.start).next_multiple_of(*batch)).min(*source_rows).max(new.start);
        scratch.next = new.end;
        let (bytes, pointers, held) = scratch.parts();
        for (plane, held) in held.iter_mut().enumerate().take(*planes) {
            let bytes = bytes.wrapping_add(plane * layout.end);
            let place = |number: usize| bytes.wrapping_add(number * layout.pitch);
            let in_place =
                |row: u32| view.pixels.row(row as usize).wrapping_offset(plane as isize * view.channel_stride);
            let mut row = new.start;
            while row < new.end {
                if let (BATCH, Arithmetic::Float { columns: FloatColumns::Bytes(columns), .. }) = (*batch, passes)
                    && row + BATCH <= new.end
                {
                    let rows = [row, row + 1, row + 2, row + 3];
                    let places = rows.map(|row| place(storage.row(row)).cast());
                    // SAFETY: the caller promises the view, whose rows up to `source_rows` are read in place by a filter that was made
                    // for them, and scratch with a place for each row of sums that is kept, and for those of a batch.
                    unsafe { columns.sum(simd, rows.map(in_place), places) };
                    row += BATCH;
                    continue;
                }
                let mut from = in_place(row);
                let to = place(storage.row(row));
                // SAFETY: the caller promises the view, with this row and plane, and the scratch, with a part for each plane that has
                // places for packed rows and for sums. The filter was made for rows in place or for packed rows, and gives
                // `length` sums. Of an output row that weighs this row, the sums are in their place.
                unsafe {
                    if *packs {
                        from = pack.row(simd, (view, plane), row, held, bytes.wrapping_add(layout.packed));
                    }
                    match passes {
                        Arithmetic::Wide { columns, .. } => columns.sum(simd, from, to.cast()),
                        Arithmetic::Float { columns: FloatColumns::Bytes(columns), .. } => {
                            columns.sum(simd, [from], [to.cast()]);
                        }
                        Arithmetic::Float { columns: FloatColumns::Wide(columns), .. } => {
                            columns.weigh::<f32, 1>(from.cast::<f32>(), to.cast());
                        }
                    }
                    for output in y..rows.len() {
                        let Some(sums) = storage.sums(output).filter(|_| rows[output].start <= row) else { break };
                        if row < rows[output].end {
                            let tap = (row - rows[output].start) as usize;
                            match passes {
                                Arithmetic::Wide { rows, .. } => {
                                    add(to, rows.of(output)[tap], tap, place(sums), *length)
                                }
                                Arithmetic::Float { rows, .. } => {
                                    add(to, rows.of(output)[tap], tap, place(sums), *length)
                                }
                            }
                        }
                    }
                }
                row += 1;
            }
            let line = bytes.wrapping_add(layout.line);
            // Sums that are kept are one row, whose weight is one.
            pointers.clear();
            let sums = storage.sums(y);
            match sums {
                Some(sums) => pointers.push(place(sums).cast_const()),
                None => pointers.extend(weighed.clone().map(|row| place(storage.row(row)).cast_const())),
            }
            // SAFETY: there are `length` sums in each of these rows, which were made above or for rows before, with room for a
            // chunk behind them. The line, and of f32 the one behind it, has room for as many elements and a chunk.
            unsafe {
                match passes {
                    Arithmetic::Wide { rows, finish, .. } => {
                        let weights = if sums.is_some() { &[1] } else { rows.of(y) };
                        // Each way to finish has a loop of its own, so that the compiler makes vectors of it.
                        match *finish {
                            Finish::Shift(bits) => blend(pointers, weights, *length, |at, sums: [i32; CHUNK]| {
                                for (index, &sum) in sums.iter().enumerate() {
                                    *line.add(at + index) = Finish::Shift(bits).of(sum);
                                }
                            }),
                            Finish::Scale(factor) => blend(pointers, weights, *length, |at, sums: [i32; CHUNK]| {
                                for (index, &sum) in sums.iter().enumerate() {
                                    *line.add(at + index) = Finish::Scale(factor).of(sum);
                                }
                            }),
                        }
                    }
                    Arithmetic::Float { rows, rounds, .. } => {
                        let weights = if sums.is_some() { &[1.0] } else { rows.of(y) };
                        if *rounds {
                            blend(pointers, weights, *length, |at, sums: [f32; CHUNK]| {
                                for (index, &sum) in sums.iter().enumerate() {
                                    *line.add(at + index) = sum.round_ties_even() as u8;
                                }
                            });
                        } else {
                            let blended = line.wrapping_add(layout.pitch).cast::<f32>();
                            blend(pointers, weights, *length, |at, sums: [f32; CHUNK]| {
                                blended.add(at).cast::<[f32; CHUNK]>().write_unaligned(sums);
                            });
                            let (pixel, columns) = (pack.pixel, length / pack.pixel);
                            for channel in 0..pixel {
                                for column in 0..columns {
                                    let sum = *blended.add(column * pixel + channel);
                                    *line.cast::<f32>().add(channel * columns + column) = sum;
                                }
                            }
                        }
                    }
                }
            }
        }
        bytes.wrapping_add(layout.line)
    }
}

/// Elements blended at a time, so that the sums stay in registers.
const CHUNK: usize = 16;

/// What sums are kept as.
trait Accumulator: Copy + Default {
    /// Multiplies, then adds: two roundings where there are any.
    fn add(self, value: Self, weight: Self) -> Self;

    /// How many values to add at a time where so many are left.
    fn at_once(left: usize) -> usize;
}

impl Accumulator for i32 {
    #[inline(always)]
    fn add(self, value: Self, weight: Self) -> Self {
        self.wrapping_add(value.wrapping_mul(weight))
    }

    #[inline(always)]
    fn at_once(left: usize) -> usize {
        // Integers may be added in any order: with a constant length the compiler gathers a column of rows into a vector.
        left.min(CHUNK)
    }
}

impl Accumulator for f32 {
    #[inline(always)]
    fn add(self, value: Self, weight: Self) -> Self {
        self + value * weight
    }

    #[inline(always)]
    fn at_once(_: usize) -> usize {
        CHUNK
    }
}

/// Weighs rows of sums; these loops are left to the compiler, which knows the level's vectors. The last chunk may lie
/// partly behind the end of a row, where scratch has room.
///
/// # Safety
/// `length` sums are readable from each row, and a chunk more.
#[inline(always)]
unsafe fn blend<T: Accumulator>(rows: &[*const u8], weights: &[T], length: usize, keep: impl Fn(usize, [T; CHUNK])) {
    for at in (0..length).step_by(CHUNK) {
        let mut sums = [T::default(); CHUNK];
        for (&row, &weight) in rows.iter().zip(weights) {
            // SAFETY: at < length; the caller promises `length` sums, and a chunk more where no fewer are added at a time.
            let values = unsafe { std::slice::from_raw_parts(row.cast::<T>().add(at), T::at_once(length - at)) };
            for (sum, &value) in sums.iter_mut().zip(values) {
                *sum = sum.add(value, weight);
            }
        }
        keep(at, sums);
    }
}

/// Adds a weighed row to the sums of an output row, which start with its tap 0.
///
/// # Safety
/// There are `length` values of `T`, aligned, and as many sums.
#[inline(always)]
unsafe fn add<T: Accumulator>(row: *const u8, weight: T, tap: usize, sums: *mut u8, length: usize) {
    let (row, sums) = (row.cast::<T>(), sums.cast::<T>());
    for at in 0..length {
        // SAFETY: at < length, and the caller promises as many values and sums.
        unsafe {
            let before = if tap == 0 { T::default() } else { *sums.add(at) };
            *sums.add(at) = before.add(*row.add(at), weight);
        }
    }
}
