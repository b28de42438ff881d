//! The tables of one source size, and the run over them: the same for every kernel, and compiled once a level.

use alloc::sync::Arc;
use std::ops::Range;
use std::slice;

use pixfuse_spec::{Layout, MapForm, Resample, Shape, Stored};

use super::blocks::Target;
use super::body::{Job, MapRows};
use super::load::Access;
use super::output_rows::OutputRows;
use super::rows::{Made, MadeRows, Rows};
use super::runs::Runs;
use super::scratch::{Room, Scratch};
use super::{Numbers, Prepared, Request};
use crate::image::view::View;
use crate::memory::{Holds, NoMemory};
use crate::placement::Placement;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::Simd;

/// Bytes of rows that are mapped before they are moved: they stay in the second cache, and what is written of a patch is all
/// of it.
const BAND: usize = 512 << 10;

/// As [`BAND`], where windows are narrower than a block: what is mapped of their rows is mostly not kept.
const NARROW_BAND: usize = 32 << 10;

/// Tables for one source size on one level.
pub(super) struct Tables<S: Simd> {
    pub(super) simd: S,
    pub(super) output_rows: OutputRows<S>,
    /// Columns that are mapped: those of the window, or a block where it has fewer.
    pub(super) width: usize,
    /// Columns of the window.
    columns: usize,
    /// From a channel of the source to the next.
    pub(super) channel_stride: isize,
    /// Where source rows are made before they are read.
    made: Option<MadeRows>,
    /// Rows of the window.
    height: usize,
    target: Target,
    /// Where each row goes when it is whole, if not to the target: one that is narrower than a block is not mapped there.
    runs: Option<Arc<Runs>>,
    /// Row and column of the output where the window's first pixel goes.
    at: [usize; 2],
    /// What a pixel of the output consists of.
    pixel: (usize, Stored),
    /// Whether the kernel stores the bytes that it reads, in their order unless channels change places.
    copies: bool,
    map_rows: MapRows<S>,
}

/// What one long row serves: fewer tails, and images narrower than a block still fill one. Not for a view that needs a table
/// of its columns, such as a photo turned by 180 degrees: tables of a row are small, of an image they are larger than the
/// image.
pub(super) fn joined(request: &Request, access: Access) -> Option<Request> {
    let Request { source, placement, runs, .. } = request;
    // Every filter of a size that is kept gives the pixels as they are.
    let whole = Placement::whole([source.rows, source.columns].map(|side| side as u32));
    // A window's sides are u32, and vectors take i32 offsets.
    let fits = source.rows.checked_mul(source.columns).is_some_and(|pixels| pixels <= i32::MAX as usize);
    let joins = access.is_dense(source) && source.rows_adjoin && fits && *placement == whole && runs.is_none();
    joins.then(|| {
        let mut request = request.clone();
        let source = &mut request.source;
        (source.columns, source.rows) = (source.columns * source.rows, 1);
        request.placement = Placement::whole([1, source.columns as u32]);
        request.resample = Resample::None;
        request
    })
}

impl<S: Simd> Tables<S> {
    /// For a kernel that reads and stores so, with its code on this level.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub(super) fn prepare(
        simd: S,
        request: &Request,
        access: Access,
        shape: Shape,
        map_rows: MapRows<S>,
    ) -> Result<Box<dyn Prepared>, NoMemory> {
        let Request { source, placement, runs, .. } = request;
        let access = access.on::<S>();
        let is_kept = shape.map == MapForm::Keep && shape.pixel == shape.channels;
        let output_rows = OutputRows::new(simd, request, access)?;
        let columns = placement.window.columns as usize;
        let runs = match runs {
            None if columns < S::LANES => {
                Some(Arc::new(Runs::of_rows(placement.output, access.channels, shape.store)?))
            }
            runs => runs.clone(),
        };
        Ok(Box::new(Self {
            simd,
            made: output_rows.made_rows(request, access),
            output_rows,
            width: columns.max(S::LANES),
            columns,
            height: placement.window.rows as usize,
            channel_stride: source.channel_stride,
            target: Target::of(placement),
            runs,
            at: placement.at,
            pixel: (access.channels, shape.element),
            copies: is_kept && shape.load == Layout::Hwc && (shape.store == Layout::Hwc || shape.channels == 1),
            map_rows,
        }))
    }
}

impl<S: Simd> Holds for Tables<S> {
    fn bytes(&self) -> usize {
        let runs = self.runs.as_deref().filter(|_| self.columns < self.width);
        size_of_val(self) + self.output_rows.bytes() + runs.map_or(0, Holds::bytes)
    }
}

impl<S: Simd> Prepared for Tables<S> {
    unsafe fn run(
        &self,
        view: &View,
        out: *mut u8,
        numbers: &Numbers<'_>,
        scratch: Option<&mut Scratch>,
    ) -> Result<(), NoMemory> {
        let Self { simd, target, width, columns, height, at, pixel: (channels, element), map_rows, .. } = *self;
        let (room, bytes, most) = self.layout();
        let (made, runs) = (self.made.as_ref(), self.runs.as_deref());
        Scratch::with(scratch, room, |scratch| {
            let band = scratch.from(bytes);
            // SAFETY: the room is for the rows too, which are made in its first bytes.
            let mut made = made.map(|rows| unsafe { Made::new(simd, rows, view, scratch) });
            let mut source = match &mut made {
                None => Rows::InPlace(view),
                Some(made) => Rows::Made(made),
            };
            let mut map = |out: *mut u8, target: Target, rows: Range<usize>| {
                if self.copies && !numbers.swap && self.output_rows.is_dense() {
                    for (place, y) in rows.enumerate() {
                        // SAFETY: the caller promises the view and the output, or `out` is the band, which holds the rows; from
                        // column `left` on the row is dense, for as many pixels as are mapped, and the place of the window's row has
                        // room for them. Rows are made from the first to the last, in the scratch of the output rows.
                        unsafe {
                            let row = self.output_rows.dense_row(&mut source, scratch, y, view);
                            let Some((row, left)) = row else { break };
                            let from = row.wrapping_add(left * channels);
                            from.copy_to_nonoverlapping(out.add(target.pixel(place, 0) * channels), width * channels);
                        }
                    }
                    return;
                }
                let job = Job { view, source: &mut source, scratch, out, target, numbers, rows };
                // SAFETY: the caller promises the view and an output with the placement that the target is of, or `band` is
                // scratch that holds the rows; `source` reads that view, and the scratch has the bytes that the output rows and
                // the rows that are made ask for.
                unsafe { map_rows(self, job) };
            };
            let Some(runs) = runs else { return map(out, target, 0..height) };
            // Rows whose runs adjoin in the tensor, and moved from here: a call inside the kernel's loop over rows would
            // have each block reload the numbers that vectors hold (two thirds more instructions for 224x224 pixels).
            let mut start = 0;
            while start < height {
                let count = runs.adjoining(at[0] + start, most.min(height - start));
                map(band, Target::band(width, count), start..start + count);
                let (rows, columns) = (at[0] + start..at[0] + start + count, at[1]..at[1] + columns);
                let bytes = count * width * channels * element.size();
                // SAFETY: `band` is scratch behind what the output rows use and holds the rows, `count` <= `most` of them. The runs
                // are those of the output that the caller promises, which the window is inside of, and so is the element.
                unsafe {
                    let band = slice::from_raw_parts(band, bytes);
                    runs.scatter(element.size(), (band, width), out, rows, columns);
                }
                start += count;
            }
        })
    }

    fn room(&self) -> Room {
        self.layout().0
    }
}

impl<S: Simd> Tables<S> {
    /// The scratch of a run; in it the first byte of the rows that are moved when they are whole, and the most of those at
    /// once.
    fn layout(&self) -> (Room, usize, usize) {
        let mut room = self.output_rows.scratch();
        let made = self.made.as_ref().map_or(0, MadeRows::scratch);
        let bytes = (made.next_multiple_of(64) + room.bytes).next_multiple_of(64);
        let (channels, element) = self.pixel;
        let line = self.width * channels * element.size();
        let band = if self.columns < self.width { NARROW_BAND } else { BAND };
        let most = self.runs.as_ref().map_or(0, |_| (band / line.max(1)).clamp(1, self.height.max(1)));
        room.bytes = bytes + most * line;
        (room, bytes, most)
    }
}
