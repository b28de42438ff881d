//! Filters of N taps an axis, row by row: each output row is resampled into a line of scratch, which a body then
//! maps and stores. So maps and stores have one form, and the resampled image never exists.
//!
//! ```text
//! columns first:  4 source rows ─filter──────> quads ─blend─> line
//! rows first:     4 source rows ─interleave──> quads ─blend─> middle ─filter─> line
//! rows only:      4 source rows ─interleave──> quads ─blend─> line
//! columns only:   source row ─filter─> line
//! ```
//!
//! A source row is read in place where it is dense, and is packed into scratch where it has gaps or is too short for a
//! level's windows. Those may reach into the next row, if that follows without a gap: then only the last row is packed.

use super::Resample;
use super::quads::Blend;
use super::source_rows::{Reading, SourceRows};
use crate::image::view::View;
use crate::kernel::Request;
use crate::kernel::pack::Pack;
use crate::kernel::scratch::{Room, Scratch, lines, split};
use crate::memory::{Holds, NoMemory};
use crate::simd::{CacheLine, HorizontalPass, QUADS, RowList, Simd, interleave};
use crate::weights::AxisWeights;

/// The passes over one source size.
pub(in crate::kernel) struct RoundedResampler<S: Simd> {
    planes: usize,
    pack: Pack,
    /// What the first pass reads.
    reading: Reading,
    /// Whether rows are prefetched, of images that come from memory: rows of a block have come together.
    prefetches: bool,
    /// The horizontal pass, where it comes first.
    first: Option<S::RowFilter>,
    /// The vertical pass; `None` where each output row is one source row, from this one on.
    blend: Result<Blend<S>, u32>,
    /// The horizontal pass, where it is the last one.
    last: Option<S::RowFilter>,
    layout: ScratchLayout,
}

/// Where the parts of one plane's scratch start, in cache lines; the vertical pass has its rows and sums before them.
struct ScratchLayout {
    packed: usize,
    middle: usize,
    line: usize,
    end: usize,
}

impl<S: Simd> RoundedResampler<S> {
    /// Builds the tables: `pixel` is the bytes of a pixel in each of `planes` planes, and `dense` says that the pixels of
    /// a row follow each other without a gap.
    pub(in crate::kernel) fn new(
        simd: S,
        request: &Request,
        [rows, columns]: [Option<AxisWeights>; 2],
        rows_first: bool,
        (pixel, planes, dense): (usize, usize, bool),
    ) -> Result<Self, NoMemory> {
        let (source, window) = (request.source, request.placement.window);
        let reach = columns.as_ref().map_or(window.left..window.left + window.columns, AxisWeights::reach);
        let mut pack = Pack::new(request, reach, pixel);
        let packed = columns.as_ref().map_or(pack.length(), |weights| pack.room(weights.taps));
        let rows_first = rows_first && rows.is_some();
        let line = window.columns as usize * pixel;
        let length = if rows_first { pack.length() } else { line };
        // Quads are filtered; what becomes quads without a filter gains nothing by more of them at once.
        let prefers = |weights: &AxisWeights| S::RowFilter::prefers_quads(weights, pixel);
        let many = !rows_first && columns.as_ref().is_some_and(prefers);
        let (read, count) = match &rows {
            Some(weights) => (weights.reach(), weights.outputs() * weights.taps),
            None => (window.top..window.top + window.rows, window.rows as usize),
        };
        let blend = match rows {
            Some(weights) => Ok(Blend::new(simd, &weights.widened(), length, many)?),
            None => Err(window.top),
        };
        let mut in_place = if dense { source.rows as u32 } else { 0 };
        let (mut skipped, mut readable, mut filter) = (pack.reach.start * pixel, pack.length(), None);
        if let Some(weights) = columns {
            let weights = weights.widened();
            let many = blend.as_ref().is_ok_and(|blend| blend.at_once > 1);
            let whole = source.columns * pixel;
            if dense && !rows_first {
                filter = S::RowFilter::prepare(simd, &weights, pixel, whole, many)?;
            }
            if filter.is_some() {
                (skipped, readable) = (0, whole);
            } else {
                if !rows_first {
                    readable = packed;
                }
                if dense && !rows_first {
                    in_place = pack.rows_with_room(&source, packed);
                }
                let shifted = weights.from(pack.reach.start as u32)?;
                let over_packed = S::RowFilter::prepare(simd, &shifted, pixel, packed, many)?;
                filter = Some(over_packed.expect("a packed row has room for every window"));
            }
        }
        let (first, last) = if rows_first || blend.is_err() { (None, filter) } else { (filter, None) };
        let packed_at = blend.as_ref().map_or(0, |blend| blend.storage.scratch());
        let together = blend.as_ref().map_or(1, |blend| 4 * blend.at_once as u32);
        let rows = source.rows as u32;
        let places = if in_place < rows { pack.place(read, count, together, packed, planes) } else { 0 };
        let middle = packed_at + places / 64;
        let line_at = middle + if rows_first { lines(packed) } else { 0 };
        let layout = ScratchLayout { packed: packed_at, middle, line: line_at, end: line_at + lines(line) };
        let reading = Reading { rows, in_place, skipped, readable };
        let prefetches = !source.column_major;
        Ok(Self { planes, pack, reading, prefetches, first, blend, last, layout })
    }

    /// The scratch that a run needs.
    pub(super) fn scratch(&self) -> Room {
        let rows = self.blend.as_ref().map_or(0, Blend::most);
        Room { bytes: (self.layout.end * 64).saturating_mul(self.planes), rows }
    }

    /// Bytes from the line of a plane to the line of the next.
    pub(super) fn line_stride(&self) -> isize {
        (self.layout.end * 64) as isize
    }
}

impl<S: Simd> Holds for RoundedResampler<S> {
    fn bytes(&self) -> usize {
        self.first.bytes() + self.blend.as_ref().map_or(0, Blend::bytes) + self.last.bytes()
    }
}

impl<S: Simd> Resample<S> for RoundedResampler<S> {
    #[inline(always)]
    unsafe fn resample(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View<'_>) -> *const u8 {
        let Self { planes, pack, reading, blend, layout, .. } = self;
        let next = scratch.next;
        if let Ok(blend) = blend {
            scratch.next = blend.made(y, next).end;
        }
        let (scratch, list, held) = scratch.parts();
        for (index, held) in held.iter_mut().enumerate().take(*planes) {
            let plane = &mut scratch[index * layout.end..][..layout.end];
            let [quads, packed, middle, line] = split(plane, [layout.packed, layout.middle, layout.line, layout.end]);
            // SAFETY: the caller promises the view that this was made for, which has this plane, and scratch in which
            // `packed` has the room that `pack` needs. `new` has found how much of rows in place is inside the view.
            let source = unsafe { SourceRows::new(reading, pack, (view, index), held, packed) };
            Plane { resampler: self, simd, source, quads }.line(y, next, list, middle, line);
        }
        scratch[layout.line..].as_ptr().cast()
    }
}

/// One plane of a view, with its quads.
struct Plane<'a, S: Simd> {
    resampler: &'a RoundedResampler<S>,
    simd: S,
    source: SourceRows<'a>,
    /// The scratch of the vertical pass.
    quads: &'a mut [CacheLine],
}

impl<S: Simd> Plane<'_, S> {
    /// Makes the line of output row `y`, where rows before it have been made; and quads before `next`.
    #[inline(always)]
    fn line(mut self, y: usize, next: u32, list: &mut RowList, middle: &mut [CacheLine], line: &mut [CacheLine]) {
        let RoundedResampler { blend, last, .. } = self.resampler;
        let (blended, line) = if last.is_some() { (middle, line) } else { (line, middle) };
        if let Ok(blend) = blend {
            self.blend(blend, y, next, list, blended);
        }
        if let Some(last) = last {
            let filtered = match blend {
                Ok(_) => bytemuck::cast_slice(blended),
                Err(top) => {
                    let [[row]] = self.source.rows(self.simd, [[top + y as u32]]);
                    row
                }
            };
            last.row(self.simd, filtered, line);
        }
    }

    /// The vertical pass for output row `y`, and what it needs of the first pass.
    #[inline(always)]
    fn blend(&mut self, blend: &Blend<S>, y: usize, next: u32, list: &mut RowList, out: &mut [CacheLine]) {
        let Self { resampler, simd, ref mut source, ref mut quads } = *self;
        let mut made = blend.made(y, next);
        while blend.at_once > 1 && !made.is_empty() {
            // The last ones may be fewer: then the last one is made again, in places of quads that are not there.
            let many = std::array::from_fn::<u32, QUADS, _>(|index| made.start + index as u32);
            let rows = resampler.rows(simd, blend, many.map(|quad| quad.min(made.end - 1)), source);
            // A filter is what makes many at once worth while.
            if let Some(filter) = &resampler.first {
                filter.quads(simd, rows, blend.storage.rows(many, quads));
            }
            made.start = (made.start + QUADS as u32).min(made.end);
        }
        for quad in made {
            let [rows] = resampler.rows(simd, blend, [quad], source);
            let [place] = blend.storage.rows([quad], quads);
            match &resampler.first {
                Some(filter) => filter.quad(simd, rows, place),
                None => interleave(rows, place),
            }
            blend.add(simd, y, quad, quads);
        }
        blend.blend(simd, y, list, quads, out);
    }
}

impl<S: Simd> RoundedResampler<S> {
    /// The source rows of some quads. What a quad has behind the image has no weight.
    #[inline(always)]
    fn rows<'a, const MANY: usize>(
        &self,
        simd: S,
        blend: &Blend<S>,
        quads: [u32; MANY],
        source: &'a mut SourceRows<'_>,
    ) -> [[&'a [u8]; 4]; MANY] {
        let quads = quads.map(|quad| [0, 1, 2, 3].map(|index| blend.top + quad * 4 + index));
        // What is made after these: 10 to 20 % of images that come from memory, and further ahead was no better.
        if self.prefetches {
            for row in quads.as_flattened() {
                source.prefetch(simd, row + 4 * blend.at_once as u32);
            }
        }
        source.rows(simd, quads)
    }
}
