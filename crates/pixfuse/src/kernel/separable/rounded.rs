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
use super::quads::{Blend, round};
use crate::image::view::View;
use crate::kernel::pack::Pack;
use crate::kernel::scratch::{Held, Room, Scratch, pitch};
use crate::kernel::{Request, Source};
use crate::memory::{Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{HorizontalPass, QUADS, Simd, interleave};
use crate::weights::AxisWeights;

/// The passes over one source size.
pub(in crate::kernel) struct RoundedResampler<S: Simd> {
    source: Source,
    planes: usize,
    pack: Pack,
    /// Rows that are read in place: the others are packed before anything reads them.
    in_place: u32,
    /// Bytes of such a row before what the first pass reads.
    skipped: usize,
    /// The horizontal pass, where it comes first.
    first: Option<S::RowFilter>,
    /// The vertical pass; `None` where each output row is one source row, from this one on.
    blend: Result<Blend<S>, u32>,
    /// The horizontal pass, where it is the last one.
    last: Option<S::RowFilter>,
    layout: ScratchLayout,
}

/// Where the parts of one plane's scratch start, in bytes; the vertical pass has its rows and sums before them.
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
        let many = S::MAKES_QUADS && columns.is_some() && !rows_first;
        let (read, count) = match &rows {
            Some(weights) => (weights.reach(), weights.outputs() * weights.taps),
            None => (window.top..window.top + window.rows, window.rows as usize),
        };
        let blend = match rows {
            Some(weights) => Ok(Blend::new(simd, &weights.widened(), length, many)?),
            None => Err(window.top),
        };
        let mut in_place = if dense { source.rows as u32 } else { 0 };
        let (mut skipped, mut filter) = (pack.reach.start * pixel, None);
        if let Some(weights) = columns {
            let weights = weights.widened();
            let many = blend.as_ref().is_ok_and(|blend| blend.at_once > 1);
            let whole = source.columns * pixel;
            if dense && !rows_first {
                filter = S::RowFilter::prepare(simd, &weights, pixel, whole, many)?;
            }
            if filter.is_some() {
                skipped = 0;
            } else {
                if dense && !rows_first {
                    in_place = pack.rows_with_room(&source, packed);
                }
                let shifted = weights.from(pack.reach.start as u32)?;
                let over_packed = S::RowFilter::prepare(simd, &shifted, pixel, packed, many)?;
                filter = Some(over_packed.expect("a packed row has room for every window"));
            }
        }
        let (first, last) = if rows_first || blend.is_err() { (None, filter) } else { (filter, None) };
        let packed_at = blend.as_ref().map_or(0, Blend::scratch);
        let together = blend.as_ref().map_or(1, |blend| 4 * blend.at_once as u32);
        let packs = in_place < source.rows as u32;
        let middle = packed_at + if packs { pack.place(read, count, together, packed, planes) } else { 0 };
        let line_at = middle + if rows_first { pitch(packed) } else { 0 };
        let layout = ScratchLayout { packed: packed_at, middle, line: line_at, end: line_at + pitch(line) };
        Ok(Self { source, planes, pack, in_place, skipped, first, blend, last, layout })
    }

    /// The scratch that a run needs.
    pub(super) fn scratch(&self) -> Room {
        let pointers = self.blend.as_ref().map_or(0, Blend::most);
        Room { bytes: self.layout.end.saturating_mul(self.planes), pointers }
    }

    /// Bytes from the line of a plane to the line of the next.
    pub(super) fn line_stride(&self) -> isize {
        self.layout.end as isize
    }
}

impl<S: Simd> Holds for RoundedResampler<S> {
    fn bytes(&self) -> usize {
        self.first.bytes() + self.blend.as_ref().map_or(0, Blend::bytes) + self.last.bytes()
    }
}

impl<S: Simd> Resample<S> for RoundedResampler<S> {
    #[inline(always)]
    unsafe fn resample(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View) -> *const u8 {
        let Self { planes, layout, .. } = self;
        let next = scratch.next;
        let (bytes, pointers, held) = scratch.parts();
        for (index, held) in held.iter_mut().enumerate().take(*planes) {
            let plane = bytes.wrapping_add(index * layout.end);
            let mut plane = Plane { resampler: self, simd, scratch: plane, held, view, index };
            // SAFETY: the caller promises the view that the resampler was made for, and the scratch, with a part for each plane.
            unsafe { plane.line(y, next, pointers) }
        }
        if let Ok(blend) = &self.blend {
            scratch.next = blend.made(y, next).end;
        }
        bytes.wrapping_add(layout.line)
    }
}

/// One plane of a view, with its scratch.
///
/// Its functions are safe to call where the resampler was made for this view, which has this plane, and where `scratch`
/// is the part of it in the scratch of [`Resample::resample`], which `held` is about.
struct Plane<'a, S: Simd> {
    resampler: &'a RoundedResampler<S>,
    simd: S,
    scratch: *mut u8,
    held: &'a mut Held,
    view: &'a View<'a>,
    index: usize,
}

impl<S: Simd> Plane<'_, S> {
    /// Makes the line of output row `y`; quads before `next` have been made.
    ///
    /// # Safety
    /// The plane is as its type says; rows before `y` were made with this scratch.
    #[inline(always)]
    unsafe fn line(&mut self, y: usize, next: u32, pointers: &mut Vec<*const u8>) {
        let RoundedResampler { blend, last, layout, .. } = self.resampler;
        // SAFETY: the caller promises a plane of the view and its scratch, in which the middle and the line have room for their
        // bytes and the slack. The last pass was made for what the pass before it gives: a packed row, or the middle.
        unsafe {
            let line = self.scratch.add(layout.line);
            let blended = if last.is_some() { self.scratch.add(layout.middle) } else { line };
            let filtered = match blend {
                Err(top) => self.source(top + y as u32),
                Ok(blend) => {
                    self.blend(blend, y, next, pointers, blended);
                    blended.cast_const()
                }
            };
            if let Some(last) = last {
                last.row(self.simd, filtered, line);
            }
        }
    }

    /// The vertical pass for output row `y`, and what it needs of the first pass.
    ///
    /// # Safety
    /// As [`line`](Self::line); `out` has room for a row and the slack.
    #[inline(always)]
    unsafe fn blend(&mut self, blend: &Blend<S>, y: usize, next: u32, pointers: &mut Vec<*const u8>, out: *mut u8) {
        let quads = blend.quads[y].clone();
        let mut made = blend.made(y, next);
        // SAFETY: the caller promises the plane; its scratch has as many places for quads and sums as are in use at once.
        unsafe {
            while blend.at_once > 1 && !made.is_empty() {
                // The last ones may be fewer: then the last one is made again, in its place.
                let many = std::array::from_fn::<u32, QUADS, _>(|index| (made.start + index as u32).min(made.end - 1));
                let rows = many.map(|quad| self.rows(blend, quad));
                // A filter is what makes many at once worth while.
                if let Some(filter) = &self.resampler.first {
                    filter.quads(self.simd, rows, many.map(|quad| blend.place(quad, self.scratch)));
                }
                made.start = many[QUADS - 1] + 1;
            }
            for quad in made {
                self.quad(blend, quad);
                blend.add(self.simd, y, quad, self.scratch);
            }
        }
        // SAFETY: the quads or sums of this row have been made above, or for rows before, of `length` elements each; the
        // caller promises room at `out`.
        unsafe {
            if let Some(sums) = blend.sums(y, self.scratch) {
                return round(sums, out, blend.length);
            }
            pointers.clear();
            pointers.extend(quads.map(|quad| blend.place(quad, self.scratch).cast_const()));
            blend.blend(self.simd, y, pointers, out);
        }
    }

    /// Makes a quad: four source rows, filtered or as they are.
    ///
    /// # Safety
    /// As [`line`](Self::line).
    #[inline(always)]
    unsafe fn quad(&mut self, blend: &Blend<S>, quad: u32) {
        let RoundedResampler { pack, first, .. } = self.resampler;
        let to = blend.place(quad, self.scratch);
        // SAFETY: the caller promises the plane; the filter was made for its rows, in place or packed. Where there is no
        // filter, rows have the `length` bytes of the reach; a quad's place has four times as many.
        unsafe {
            let rows = self.rows(blend, quad);
            match first {
                Some(filter) => filter.quad(self.simd, rows, to),
                None => interleave(rows, to, pack.length()),
            }
        }
    }

    /// The source rows of a quad. Where the image ends within them, its last row is repeated; it has no weight.
    ///
    /// # Safety
    /// As [`line`](Self::line).
    #[inline(always)]
    unsafe fn rows(&mut self, blend: &Blend<S>, quad: u32) -> [*const u8; 4] {
        let first = blend.top + quad * 4;
        // What is made after this: 10 to 20 % of images that come from memory, and further ahead was no better.
        if self.view.is_streamed {
            for index in 0..4 {
                self.prefetch(first + index + 4 * blend.at_once as u32);
            }
        }
        if first + 4 <= self.resampler.in_place {
            return [0, 1, 2, 3].map(|index| self.in_place(first + index));
        }
        let last = self.resampler.source.rows as u32 - 1;
        // SAFETY: the caller promises the plane, which has rows up to the last one.
        [0, 1, 2, 3].map(|index| unsafe { self.source((first + index).min(last)) })
    }

    /// Prefetches what is read of a source row, if there is such a row. It comes from memory: of images in a cache that lost
    /// 10 % with AVX-512.
    #[inline(always)]
    fn prefetch(&self, row: u32) {
        let RoundedResampler { source, pack, .. } = self.resampler;
        // The rows of a block have come together.
        if !source.column_major && row < source.rows as u32 {
            let (first, length, step) = pack.lines(self.view);
            let row = self.view.pixels.row(row as usize).wrapping_offset(first);
            for line in (0..length).step_by(step) {
                self.simd.prefetch(row.wrapping_add(line));
            }
        }
    }

    /// A source row as the first pass reads it: in place, or packed. Blocks of packed rows start with the first
    /// row of the first quad: those of the quads that are made at once are in one.
    ///
    /// # Safety
    /// As [`line`](Self::line), and the row is inside the view.
    #[inline(always)]
    unsafe fn source(&mut self, row: u32) -> *const u8 {
        let RoundedResampler { pack, in_place, layout, .. } = self.resampler;
        if row < *in_place {
            return self.in_place(row);
        }
        let packed = self.scratch.wrapping_add(layout.packed);
        // SAFETY: the caller promises the row and the plane, whose scratch has places for packed rows there.
        unsafe { pack.row(self.simd, (self.view, self.index), row, self.held, packed) }
    }

    /// A source row that is read in place.
    #[inline(always)]
    fn in_place(&self, row: u32) -> *const u8 {
        let plane = self.index as isize * self.view.channel_stride;
        self.view.pixels.row(row as usize).wrapping_offset(plane).wrapping_add(self.resampler.skipped)
    }
}
