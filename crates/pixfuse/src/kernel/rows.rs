//! The source rows of a direct kernel: in place, or made in scratch.

use std::ops::Range;

use super::pack::Pack;
use super::scratch::{Held, Scratch};
use super::{Request, Source};
use crate::image::view::View;
use crate::simd::Simd;

/// Rows that are made: the last two, or the blocks of them, are kept, which is what two taps and enlarging read again.
pub(super) struct MadeRows {
    pack: Pack,
    scratch: usize,
}

impl MadeRows {
    /// Of these rows and columns.
    pub(super) fn new(request: &Request, [rows, columns]: [Range<u32>; 2]) -> Self {
        let mut pack = Pack::new(request, columns, request.source.pixel);
        let scratch = pack.place_two(rows, 2 * request.placement.window.rows as usize);
        Self { pack, scratch }
    }

    /// Where pixels are converted. Whole rows: fetch tables read windows that reach beyond the pixels they want.
    pub(super) fn converted(request: &Request) -> Option<Self> {
        let Source { rows, columns, .. } = request.source;
        request.conversion.map(|_| Self::new(request, [rows, columns].map(|side| 0..side as u32)))
    }

    /// Bytes of scratch that a run needs.
    pub(super) fn scratch(&self) -> usize {
        self.scratch
    }
}

/// The rows of one run.
pub(super) enum Rows<'a> {
    InPlace(&'a View<'a>),
    /// One indirect call a row, so that what makes them is compiled into no kernel.
    Made(&'a mut dyn MakeRows),
}

/// What makes the source rows of one run, when they are read.
pub(super) trait MakeRows {
    /// The address of a row, from the first column that is made.
    fn row(&mut self, row: u32) -> *const u8;

    /// The addresses of two neighbouring rows, which may be one and the same.
    fn two(&mut self, two: [u32; 2]) -> [*const u8; 2];
}

/// [`MadeRows`] of one view.
pub(super) struct Made<'a, S> {
    simd: S,
    rows: &'a MadeRows,
    view: &'a View<'a>,
    scratch: *mut u8,
    held: Held,
}

impl<'a, S: Simd> Made<'a, S> {
    /// # Safety
    /// `scratch` has the bytes that the rows need, which nothing else uses as long as rows are read from this.
    pub(super) unsafe fn new(simd: S, rows: &'a MadeRows, view: &'a View<'a>, scratch: &mut Scratch) -> Self {
        Self { simd, rows, view, scratch: scratch.from(0), held: [None; 2] }
    }
}

impl<S: Simd> MakeRows for Made<'_, S> {
    fn row(&mut self, row: u32) -> *const u8 {
        let Self { simd, rows, view, scratch, ref mut held } = *self;
        // SAFETY: `new` promises the scratch of these rows.
        unsafe { rows.pack.row(simd, (view, 0), row, held, scratch) }
    }

    fn two(&mut self, [above, below]: [u32; 2]) -> [*const u8; 2] {
        // They are neighbours, and there are places for two blocks: packing the second row does not write over the first.
        [self.row(above), self.row(below)]
    }
}

impl Rows<'_> {
    /// The address of a row, from column 0, or from the first column that is made.
    #[inline(always)]
    pub(super) fn row(&mut self, row: u32) -> *const u8 {
        match self {
            Self::InPlace(view) => view.pixels.row(row as usize),
            Self::Made(rows) => rows.row(row),
        }
    }

    /// The addresses of two neighbouring rows.
    #[inline(always)]
    pub(super) fn two(&mut self, two: [u32; 2]) -> [*const u8; 2] {
        match self {
            Self::InPlace(view) => two.map(|row| view.pixels.row(row as usize)),
            Self::Made(rows) => rows.two(two),
        }
    }

    /// Whether the first cache lines of the next rows are prefetched before all others: the hardware's prefetcher starts anew in each
    /// row, and with large ratios a row has few blocks to hide that behind.
    ///
    /// From memory it is 25 to 30 % of 576x768 -> 240x256 with AVX2, whose other lines are prefetched, too. Of rows in a
    /// cache it is 2 to 3 % of 1080x1920 -> 224x224, but where the blocks prefetch all of the next row it costs as much.
    #[inline(always)]
    pub(super) fn prefetches_row_starts<S: Simd>(&self) -> bool {
        !S::PREFETCHES_NEXT_ROW || matches!(self, Self::InPlace(view) if view.is_streamed)
    }

    /// Prefetches the beginning of a row that is read in place.
    #[inline(always)]
    pub(super) fn prefetch_row_start<S: Simd>(&self, simd: S, row: u32) {
        if let Self::InPlace(view) = self {
            for line in 0..8 {
                simd.prefetch(view.pixels.row(row as usize).wrapping_add(line * 64));
            }
        }
    }

    /// Rows that are prefetched, block by block: those of so many output rows ahead, if `rows` has them.
    ///
    /// Of an image that comes from memory, two output rows ahead; one to eight are as good. Of one that may be in a cache,
    /// the next: 7 to 13 % of 576x768 -> 240x256, 720x1280 -> 299x299 and 1080x1920 -> 224x224 with AVX-512 on Zen 5. With
    /// AVX2 it gained 8 % of the last and lost 3 % of the one before, and images from memory want twice as many places.
    #[inline(always)]
    pub(super) fn ahead<S: Simd, const ROWS: usize>(
        &self,
        rows: impl Fn(usize) -> Option<[u32; ROWS]>,
    ) -> Option<[*const u8; ROWS]> {
        let Self::InPlace(view) = self else { return None };
        let rows = if view.is_streamed { rows(2) } else { S::PREFETCHES_NEXT_ROW.then(|| rows(1)).flatten() };
        Some(rows?.map(|row| view.pixels.row(row as usize)))
    }
}
