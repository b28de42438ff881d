//! Output rows that are resampled before a body maps and stores them.

use super::cells::Cells;
use super::lines::RowSource;
use super::rows::Rows;
use super::scratch::{Room, Scratch};
use super::separable::Resampler;
use super::summed::Summed;
use crate::image::view::View;
use crate::memory::Holds;
use crate::simd::Simd;

/// What makes the lines of one source size, one after the other.
pub(super) enum Resampled<S: Simd> {
    /// With a u8 between the passes.
    Rounded(Resampler<S>),
    /// With sums between the passes.
    Summed(Summed<S>),
    /// OpenCV's area.
    Cells(Cells<S>),
}

impl<S: Simd> Resampled<S> {
    /// The scratch that a run needs.
    fn scratch(&self) -> Room {
        match self {
            Self::Rounded(passes) => passes.scratch(),
            Self::Summed(passes) => passes.scratch(),
            Self::Cells(passes) => Room { bytes: passes.scratch(), pointers: 0 },
        }
    }

    /// Bytes from the line of a plane to the line of the next.
    fn stride(&self) -> isize {
        match self {
            Self::Rounded(passes) => passes.line_stride(),
            Self::Summed(passes) => passes.line_stride(),
            Self::Cells(passes) => passes.line_stride(),
        }
    }

    /// Resamples output row `y`; rows are asked for from the first to the last. Gives the line of the first plane.
    ///
    /// # Safety
    /// `view` is that of [`Prepared::run`](super::Prepared::run); `scratch` was made ready for
    /// [`scratch`](Self::scratch) bytes.
    unsafe fn line(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View) -> *const u8 {
        // SAFETY: the caller promises a view that these passes were made for, and scratch of their bytes: what each asks for.
        unsafe {
            match self {
                Self::Rounded(passes) => passes.row(simd, scratch, y, view),
                Self::Summed(passes) => passes.row(simd, scratch, y, view),
                Self::Cells(passes) => passes.row(simd, scratch, y, view),
            }
        }
    }
}

/// They, on their level.
pub(super) struct ResampledRows<S: Simd> {
    pub(super) simd: S,
    pub(super) lines: Resampled<S>,
}

impl<S: Simd> RowSource for ResampledRows<S> {
    fn scratch(&self) -> Room {
        self.lines.scratch()
    }

    fn stride(&self) -> isize {
        self.lines.stride()
    }

    unsafe fn row(&self, _: &mut Rows<'_>, scratch: &mut Scratch, y: usize, view: &View) -> *const u8 {
        // SAFETY: the caller promises the view and the scratch, in this order of rows; `source` has none then.
        unsafe { self.lines.line(self.simd, scratch, y, view) }
    }
}

impl<S: Simd> Holds for ResampledRows<S> {
    fn bytes(&self) -> usize {
        self.lines.bytes()
    }
}

impl<S: Simd> Holds for Resampled<S> {
    fn bytes(&self) -> usize {
        match self {
            Self::Rounded(passes) => passes.bytes(),
            Self::Summed(passes) => passes.bytes(),
            Self::Cells(passes) => passes.bytes(),
        }
    }
}
