//! The source rows of a direct kernel: in place, or made in scratch.

use super::Request;
use super::pack::Pack;
use super::scratch::{Scratch, pitch};
use crate::image::view::View;
use crate::simd::Simd;

/// Rows that are made: the last two are kept, which is what two taps and enlarging read again.
pub(super) struct ConvertedRows {
    pack: Pack,
    pitch: usize,
}

impl ConvertedRows {
    /// Nothing where rows are read in place.
    pub(super) fn new(request: &Request) -> Option<Self> {
        request.conversion?;
        let source = &request.source;
        // Whole rows: fetch tables read windows that reach beyond the pixels they want.
        let pack = Pack::new(request, 0..source.columns as u32, source.pixel);
        let pitch = pitch(pack.length());
        Some(Self { pack, pitch })
    }

    /// Bytes of scratch that a run needs.
    pub(super) fn scratch(&self) -> usize {
        2 * self.pitch
    }
}

/// The rows of one run.
pub(super) enum Rows<'a> {
    InPlace(&'a View),
    Made {
        rows: &'a ConvertedRows,
        view: &'a View,
        scratch: *mut u8,
        /// Which rows are there.
        held: [Option<u32>; 2],
    },
}

impl<'a> Rows<'a> {
    pub(super) fn new(rows: Option<&'a ConvertedRows>, view: &'a View, scratch: &mut Scratch) -> Self {
        match rows {
            None => Self::InPlace(view),
            Some(rows) => Self::Made { rows, view, scratch: scratch.parts().0, held: [None; 2] },
        }
    }

    /// The address of a row, from column 0.
    ///
    /// # Safety
    /// The row is inside the view, and the scratch is as large as [`ConvertedRows::scratch`].
    #[inline(always)]
    pub(super) unsafe fn row<S: Simd>(&mut self, simd: S, row: u32) -> *const u8 {
        match self {
            Self::InPlace(view) => view.pixels.row(row as usize),
            Self::Made { rows, view, scratch, held } => {
                let slot = (row % 2) as usize;
                let line = scratch.wrapping_add(slot * rows.pitch);
                if held[slot] != Some(row) {
                    // SAFETY: the caller's promise.
                    unsafe { rows.pack.copy(simd, view, 0, row as usize, line) };
                    held[slot] = Some(row);
                }
                line
            }
        }
    }

    /// Asks for the beginning of a row that is read in place.
    #[inline(always)]
    pub(super) fn begin<S: Simd>(&self, simd: S, row: u32) {
        if let Self::InPlace(view) = self {
            for line in 0..8 {
                simd.prefetch(view.pixels.row(row as usize).wrapping_add(line * 64));
            }
        }
    }

    /// Rows that are to be asked for, block by block: those of an image that comes from memory. One that is in a cache
    /// would lose by it, 17 to 36 % of 1080x1920 -> 224x224.
    #[inline(always)]
    pub(super) fn ahead<const ROWS: usize>(&self, rows: [Option<u32>; ROWS]) -> Option<[*const u8; ROWS]> {
        match self {
            Self::InPlace(view) if view.is_cold && rows[0].is_some() => {
                Some(rows.map(|row| view.pixels.row(row.unwrap_or_default() as usize)))
            }
            _ => None,
        }
    }
}
