//! Rows of one or two taps a pixel for kernels that have no code for them: made in scratch, once a level and not in every
//! kernel. Kernels of planes and of tables have none, so the grid is a sum there and no product.

use super::Request;
use super::load::Access;
use super::output_rows::RowSource;
use super::rows::{MadeRows, Rows};
use super::scratch::{Room, Scratch, pitch};
use super::taps::{Blended, Picked, StoreBlock};
use crate::image::view::View;
use crate::memory::Holds;
use crate::simd::{Simd, Task};

/// Rows of dense pixels, in the layout that the kernel reads.
pub(super) struct Sampled<S: Simd> {
    simd: S,
    taps: Taps<S>,
    /// Bytes of a pixel in each plane.
    pixel: usize,
    planes: usize,
    /// Columns of a line.
    width: usize,
    /// From a plane of the source to the next.
    channel_stride: isize,
    /// Where the lines are in scratch: behind the rows that are made for them.
    at: usize,
}

/// Where the pixels of a line come from.
pub(super) enum Taps<S: Simd> {
    Picked(Picked<S>),
    Blended(Blended<S>),
}

impl<S: Simd> Sampled<S> {
    /// The taps' blocks are of all channels that lie together.
    pub(super) fn new(simd: S, taps: Taps<S>, request: &Request, access: Access) -> Self {
        let Request { source, placement, .. } = request;
        Self {
            simd,
            taps,
            pixel: access.pixel(source),
            planes: access.planes(),
            width: placement.window.columns as usize,
            channel_stride: source.channel_stride,
            at: MadeRows::converted(request).map_or(0, |rows| rows.scratch()).next_multiple_of(64),
        }
    }
}

impl<S: Simd> RowSource for Sampled<S> {
    fn scratch(&self) -> Room {
        Room { bytes: self.planes * pitch(self.width * self.pixel), rows: 0 }
    }

    fn reads_source(&self) -> bool {
        true
    }

    fn stride(&self) -> isize {
        pitch(self.width * self.pixel) as isize
    }

    unsafe fn row(&self, source: &mut Rows<'_>, scratch: &mut Scratch, y: usize, _: &View) -> *const u8 {
        let line = scratch.from(self.at);
        // SAFETY: the caller promises rows of the view that the blocks were made for, and scratch for the lines behind them.
        self.simd.vectorize(unsafe { SampledRow::new(self, source, y, line) });
        line
    }
}

impl<S: Simd> Holds for Sampled<S> {
    fn bytes(&self) -> usize {
        match &self.taps {
            Taps::Picked(picked) => picked.bytes(),
            Taps::Blended(blended) => blended.bytes(),
        }
    }
}

struct SampledRow<'a, 'v, S: Simd> {
    lines: &'a Sampled<S>,
    source: &'a mut Rows<'v>,
    y: usize,
    line: *mut u8,
}

impl<'a, 'v, S: Simd> SampledRow<'a, 'v, S> {
    /// # Safety
    /// `source` reads the view that the blocks were made for; `line` is writable for the lines of all planes, of which
    /// `source` uses none. `y` is a row of the window.
    unsafe fn new(lines: &'a Sampled<S>, source: &'a mut Rows<'v>, y: usize, line: *mut u8) -> Self {
        Self { lines, source, y, line }
    }

    /// Every plane, where pixels have `PIXEL` bytes.
    #[inline(always)]
    fn planes<const PIXEL: usize>(&mut self, simd: S) {
        let Self { lines, ref mut source, y, line } = *self;
        if lines.pixel != PIXEL {
            return;
        }
        for plane in 0..lines.planes {
            let from = plane as isize * lines.channel_stride;
            let out = Pixels::<PIXEL>(line.wrapping_offset(plane as isize * lines.stride()));
            // SAFETY: `new` promises the view and scratch of `source`, and blocks that were made for it, of `PIXEL` channels and
            // each inside the line; those of each plane are of one channel. The taps are those that the blocks were made for.
            unsafe {
                match &lines.taps {
                    Taps::Picked(picked) => picked.row::<PIXEL>(simd, source, from, y, &out),
                    Taps::Blended(blended) if blended.taps == 1 => blended.row::<PIXEL, 1>(simd, source, from, y, &out),
                    Taps::Blended(blended) => blended.row::<PIXEL, 2>(simd, source, from, y, &out),
                }
            }
        }
    }
}

/// A line of dense pixels.
struct Pixels<const PIXEL: usize>(*mut u8);

impl<S: Simd, const PIXEL: usize> StoreBlock<S, PIXEL> for Pixels<PIXEL> {
    #[inline(always)]
    unsafe fn store(&self, simd: S, column: usize, pixel: [S::I32; PIXEL]) {
        // SAFETY: the caller promises a block that ends inside the line, with `PIXEL` bytes for each lane.
        simd.store_pixels_u8::<PIXEL>(unsafe { &mut *self.0.add(column * PIXEL).cast() }, pixel);
    }
}

impl<S: Simd> Task<S> for SampledRow<'_, '_, S> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        self.planes::<1>(simd);
        self.planes::<3>(simd);
        self.planes::<4>(simd);
    }
}
