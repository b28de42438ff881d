//! The source rows that a filter reads.

use std::slice;

use crate::image::view::View;
use crate::kernel::pack::Pack;
use crate::kernel::scratch::Held;
use crate::simd::{CacheLine, Simd};

/// How the rows of a source size are read.
pub(super) struct Reading {
    /// Rows of the source.
    pub(super) rows: u32,
    /// Those that are read in place: the others are packed before anything reads them.
    pub(super) in_place: u32,
    /// Bytes of such a row before what is read.
    pub(super) skipped: usize,
    /// Bytes that may be read of a row, in place or packed.
    pub(super) readable: usize,
}

/// The rows of one plane of a view: in place, or packed into scratch.
pub(super) struct SourceRows<'a> {
    reading: &'a Reading,
    pack: &'a Pack,
    view: &'a View<'a>,
    plane: usize,
    held: &'a mut Held,
    packed: &'a mut [CacheLine],
}

impl<'a> SourceRows<'a> {
    /// # Safety
    /// The view has this plane and these rows, of which those in place have the bytes that are read; `pack` was made for it,
    /// and places in it for rows of so many bytes that are not read in place. `packed` is its scratch, and `held` says what
    /// is there.
    #[inline(always)]
    pub(super) unsafe fn new(
        reading: &'a Reading,
        pack: &'a Pack,
        (view, plane): (&'a View<'a>, usize),
        held: &'a mut Held,
        packed: &'a mut [CacheLine],
    ) -> Self {
        Self { reading, pack, view, plane, held, packed }
    }

    /// Some rows, group by group. Where the image ends within them, its last row is repeated. Those that are packed are of one
    /// block, of which [`Pack::place`] says how many are.
    #[inline(always)]
    pub(super) fn rows<S: Simd, const ROWS: usize, const GROUPS: usize>(
        &mut self,
        simd: S,
        rows: [[u32; ROWS]; GROUPS],
    ) -> [[&[u8]; ROWS]; GROUPS] {
        let Self { reading, pack, view, plane, ref mut held, ref mut packed } = *self;
        let (packed, last) = (packed.as_mut_ptr().cast(), reading.rows - 1);
        let mut place = |row: u32| {
            let row = row.min(last);
            if row < reading.in_place {
                let plane = plane as isize * view.channel_stride;
                return view.pixels.row(row as usize).wrapping_offset(plane).wrapping_add(reading.skipped);
            }
            // SAFETY: `new` promises the view with this row and plane, and the scratch of `pack`.
            unsafe { pack.row(simd, (view, plane), row, held, packed) }
        };
        let places = rows.map(|rows| rows.map(&mut place));
        // SAFETY: `new` promises so many bytes of rows in place, and places of as many for the others. All have been packed,
        // and nothing is written to their places as long as these are borrowed.
        places.map(|rows| rows.map(|row| unsafe { slice::from_raw_parts(row, reading.readable) }))
    }

    /// Prefetches what is read of a source row, if there is such a row and it comes from memory: of images in a cache that
    /// lost 10 % with AVX-512.
    #[inline(always)]
    pub(super) fn prefetch<S: Simd>(&self, simd: S, row: u32) {
        if self.view.is_streamed && row < self.reading.rows {
            let (first, length, step) = self.pack.lines(self.view);
            let row = self.view.pixels.row(row as usize).wrapping_offset(first);
            for line in (0..length).step_by(step) {
                simd.prefetch(row.wrapping_add(line));
            }
        }
    }
}
