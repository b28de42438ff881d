//! Filters of N taps an axis, row by row: each output row is resampled into a line of scratch, which a one-tap body then
//! maps and stores. So maps and stores have one form, and the resampled image never exists.
//!
//! ```text
//! columns first:  source row ─filter─> ring of rows ─blend─> line
//! rows first:     source row ─(pack)─> ring of rows ─blend─> middle ─filter─> line
//! rows only:      source row ─(pack)─> ring of rows ─blend─> line
//! ```
//!
//! The ring has as many rows as the vertical taps need, so nothing is as large as the image. A source row is read in
//! place where it is dense, and is packed into scratch where it has gaps or is too short for a level's windows.

use std::ops::Range;

use super::pack::Pack;
use super::scratch::Scratch;
use super::{Request, Source};
use crate::simd::{SLACK, Simd, Task};
use crate::weights::AxisWeights;

/// How many rows are filtered at once: they share the loads of weights and indices.
const BATCH: u32 = 4;

/// The passes over one source size.
pub(super) struct Resampler<S: Simd> {
    source: Source,
    planes: usize,
    pack: Pack,
    /// How a source row becomes a row that is blended.
    first: FirstPass<S>,
    /// How rows are blended; `None` where each output row is one row of the first pass, from this one on.
    blend: Result<Blend<S>, u32>,
    /// The horizontal pass, where it comes second.
    last: Option<S::RowFilter>,
    parts: Parts,
}

/// How a source row becomes a row that is blended.
enum FirstPass<S: Simd> {
    /// It is one.
    InPlace,
    /// By copying the pixels that are read.
    Pack,
    /// By the horizontal pass, over packed rows where that is needed.
    Filter { filter: S::RowFilter, packs: bool },
}

/// The vertical pass.
struct Blend<S: Simd> {
    /// The first source row of each output row.
    first: Vec<u32>,
    taps: u32,
    filter: S::ColumnFilter,
    /// Bytes of a row.
    length: usize,
}

/// Where the parts of one plane's scratch start, in bytes.
struct Parts {
    ring: usize,
    ring_pitch: usize,
    ring_rows: u32,
    packed: usize,
    packed_pitch: usize,
    middle: usize,
    line: usize,
    end: usize,
}

impl<S: Simd> Resampler<S> {
    /// Builds the tables: `pixel` is the bytes of a pixel in each of `planes` planes, and `dense` says that the pixels of
    /// a row follow each other without a gap.
    pub(super) fn new(
        simd: S,
        request: &Request,
        [rows, columns]: [Option<AxisWeights>; 2],
        rows_first: bool,
        (pixel, planes, dense): (usize, usize, bool),
    ) -> Self {
        let (source, window) = (request.source, request.placement.window);
        let reach = columns.as_ref().map_or(window.left..window.left + window.columns, AxisWeights::reach);
        let pack = Pack::new(&source, reach, pixel);
        let packed = columns.as_ref().map_or(pack.length(), |weights| pack.room(weights.taps));
        let over_packed = |weights: &AxisWeights| {
            let shifted = weights.from(pack.reach.start as u32);
            simd.row_filter(&shifted, pixel, packed).expect("a packed row has room for every window")
        };
        let in_place = if dense { FirstPass::InPlace } else { FirstPass::Pack };
        let (first, last) = match &columns {
            None => (in_place, None),
            Some(weights) if rows_first && rows.is_some() => (in_place, Some(over_packed(weights))),
            Some(weights) => {
                let whole = dense.then(|| simd.row_filter(weights, pixel, source.columns * pixel)).flatten();
                let packs = whole.is_none();
                (FirstPass::Filter { filter: whole.unwrap_or_else(|| over_packed(weights)), packs }, None)
            }
        };
        let line = window.columns as usize * pixel;
        let length = if last.is_some() { pack.length() } else { line };
        let taps = rows.as_ref().map_or(1, |weights| weights.taps as u32);
        let parts = Parts::new(&first, taps, length, packed, line);
        let blend = match rows {
            None => Err(window.top),
            Some(weights) => Ok(Blend { filter: simd.column_filter(&weights), taps, first: weights.first, length }),
        };
        Self { source, planes, pack, first, blend, last, parts }
    }

    /// Bytes of scratch that a run needs.
    pub(super) fn scratch(&self) -> usize {
        self.parts.end * self.planes
    }

    /// Bytes from the line of a plane to the line of the next.
    pub(super) fn line_stride(&self) -> isize {
        self.parts.end as isize
    }

    /// Resamples output row `y`; rows are asked for from the first to the last. Gives the line of the first plane.
    ///
    /// This enters the level's gateway for itself, once a row, so that the passes are compiled once and not into every
    /// kernel.
    ///
    /// # Safety
    /// `origin` and `row_stride` are those of [`Prepared::run`](super::Prepared::run); `scratch` was made ready for
    /// [`scratch`](Self::scratch) bytes.
    #[inline(never)]
    pub(super) unsafe fn row(
        &self,
        simd: S,
        scratch: &mut Scratch,
        y: usize,
        origin: *const u8,
        row_stride: isize,
    ) -> *const u8 {
        simd.vectorize(Row { resampler: self, scratch, y, origin, row_stride })
    }
}

/// One output row.
struct Row<'a, S: Simd> {
    resampler: &'a Resampler<S>,
    scratch: &'a mut Scratch,
    y: usize,
    origin: *const u8,
    row_stride: isize,
}

impl<S: Simd> Task<S> for Row<'_, S> {
    type Output = *const u8;

    #[inline(always)]
    fn run(self, simd: S) -> *const u8 {
        let Row { resampler, scratch, y, origin, row_stride } = self;
        let Resampler { blend, first, source, planes, parts, .. } = resampler;
        let (start, taps) = match blend {
            Ok(blend) => (blend.first[y], blend.taps),
            Err(top) => (top + y as u32, 1),
        };
        let rows = start..(start + taps).min(source.rows as u32);
        // Rows between the last output row's and this one's are not needed.
        let mut new = scratch.next.max(rows.start)..rows.end.max(scratch.next);
        if matches!(first, FirstPass::Filter { .. }) && !new.is_empty() {
            // Whole batches, as long as the image lasts: what is made ahead is needed next.
            new.end = (new.start + (new.end - new.start).next_multiple_of(BATCH)).min(source.rows as u32);
        }
        scratch.next = new.end;
        let (bytes, pointers) = scratch.parts();
        let mut line = std::ptr::null();
        for plane in (0..*planes).rev() {
            let plane = Plane {
                resampler,
                simd,
                scratch: bytes.wrapping_add(plane * parts.end),
                origin: origin.wrapping_offset(plane as isize * source.channel_stride),
                row_stride,
            };
            // SAFETY: whoever made this task promised the view and the scratch, which has a part for each plane.
            line = unsafe {
                plane.first_pass(new.clone());
                plane.second_pass(y, rows.clone(), pointers)
            };
        }
        line
    }
}

impl Parts {
    fn new<S: Simd>(first: &FirstPass<S>, taps: u32, length: usize, packed: usize, line: usize) -> Self {
        let pitch = |bytes: usize| bytes.next_multiple_of(64) + SLACK;
        let (ring_rows, ring_pitch, packed_rows) = match first {
            FirstPass::InPlace => (0, 0, 0),
            FirstPass::Pack => (taps, pitch(packed), 0),
            FirstPass::Filter { packs, .. } => (taps + BATCH, pitch(length), if *packs { BATCH } else { 0 }),
        };
        let packed_pitch = pitch(packed);
        let packed_at = ring_rows as usize * ring_pitch;
        let middle = packed_at + packed_rows as usize * packed_pitch;
        let line_at = middle + pitch(packed);
        Self {
            ring: 0,
            ring_pitch,
            ring_rows,
            packed: packed_at,
            packed_pitch,
            middle,
            line: line_at,
            end: line_at + pitch(line),
        }
    }
}

/// One plane of a view, with its scratch.
struct Plane<'a, S: Simd> {
    resampler: &'a Resampler<S>,
    simd: S,
    scratch: *mut u8,
    origin: *const u8,
    row_stride: isize,
}

impl<S: Simd> Plane<'_, S> {
    /// Brings source rows into the ring.
    ///
    /// # Safety
    /// The rows are inside the view.
    #[inline(always)]
    unsafe fn first_pass(&self, rows: Range<u32>) {
        // SAFETY: the caller's promise; the ring has room for the rows of one output row and a batch.
        unsafe {
            match &self.resampler.first {
                FirstPass::InPlace => {}
                FirstPass::Pack => rows.for_each(|row| self.resampler.pack.copy(self.in_place(row), self.ring(row))),
                FirstPass::Filter { filter, packs } => {
                    let mut row = rows.start;
                    while row + BATCH <= rows.end {
                        let batch = [row, row + 1, row + 2, row + 3];
                        let sources = batch.map(|row| self.source(row, *packs));
                        self.simd.filter_rows::<4>(filter, sources, batch.map(|row| self.ring(row)));
                        row += BATCH;
                    }
                    while row < rows.end {
                        self.simd.filter_rows::<1>(filter, [self.source(row, *packs)], [self.ring(row)]);
                        row += 1;
                    }
                }
            }
        }
    }

    /// Makes the line of output row `y` from the ring, or from rows in place.
    ///
    /// # Safety
    /// The first pass has brought `rows`.
    #[inline(always)]
    unsafe fn second_pass(&self, y: usize, rows: Range<u32>, pointers: &mut Vec<*const u8>) -> *const u8 {
        let Resampler { blend, last, parts, .. } = self.resampler;
        let Ok(Blend { filter, length, .. }) = blend else { return self.blended(rows.start) };
        pointers.clear();
        pointers.extend(rows.map(|row| self.blended(row)));
        // SAFETY: the rows have `length` bytes, and the middle and the line have room for theirs and the slack.
        unsafe {
            let line = self.scratch.add(parts.line);
            match last {
                None => self.simd.filter_columns(filter, y, pointers, line, *length),
                Some(last) => {
                    let middle = self.scratch.add(parts.middle);
                    self.simd.filter_columns(filter, y, pointers, middle, *length);
                    self.simd.filter_rows::<1>(last, [middle.cast_const()], [line]);
                }
            }
            line
        }
    }

    /// A row as the vertical pass reads it.
    #[inline(always)]
    fn blended(&self, row: u32) -> *const u8 {
        let Resampler { first, pack, .. } = self.resampler;
        match first {
            FirstPass::InPlace => self.in_place(row).wrapping_add(pack.reach.start * pack.pixel),
            _ => self.ring(row),
        }
    }

    /// A source row, from column 0.
    #[inline(always)]
    fn in_place(&self, row: u32) -> *const u8 {
        self.origin.wrapping_offset(row as isize * self.row_stride)
    }

    /// The place of a row in the ring.
    #[inline(always)]
    fn ring(&self, row: u32) -> *mut u8 {
        let Parts { ring, ring_pitch, ring_rows, .. } = self.resampler.parts;
        self.scratch.wrapping_add(ring + (row % ring_rows) as usize * ring_pitch)
    }

    /// A source row as the horizontal pass reads it: in place, or packed into one of `BATCH` places.
    ///
    /// # Safety
    /// The row is inside the view.
    #[inline(always)]
    unsafe fn source(&self, row: u32, packs: bool) -> *const u8 {
        if !packs {
            return self.in_place(row);
        }
        let Parts { packed, packed_pitch, .. } = self.resampler.parts;
        let place = self.scratch.wrapping_add(packed + (row % BATCH) as usize * packed_pitch);
        // SAFETY: the caller's promise; the scratch has BATCH packed rows there.
        unsafe { self.resampler.pack.copy(self.in_place(row), place) };
        place
    }
}
