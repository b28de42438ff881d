//! Separable filters: each output row is resampled into a line of scratch before a body maps and stores it, so the resampled
//! image never exists.
//!
//! Which of the resamplers makes a row is a matter of what the library that is reproduced keeps between its two passes: bytes
//! (`rounded`), sums (`unrounded`), words (`bilinear`), or nothing at all, where a cell of OpenCV's area is summed both ways (`area`).

mod area;
mod bilinear;
mod quads;
mod rounded;
mod source_rows;
mod unrounded;
mod vertical_storage;
mod wide_rows;

pub(super) use area::AreaResampler;
pub(super) use bilinear::BilinearResampler;
pub(super) use rounded::RoundedResampler;
pub(super) use unrounded::UnroundedResampler;

use super::output_rows::RowSource;
use super::rows::Rows;
use super::scratch::{Room, Scratch};
use crate::image::view::View;
use crate::memory::Holds;
use crate::simd::{Simd, Task};

/// What resamples the rows of one source size, one after the other.
pub(super) enum Resampler<S: Simd> {
    /// With a u8 between the passes.
    Rounded(RoundedResampler<S>),
    /// With sums between the passes.
    Unrounded(UnroundedResampler<S>),
    /// OpenCV's area.
    Area(AreaResampler<S>),
    /// OpenCV's bilinear, where rows are not made fewer.
    Bilinear(BilinearResampler<S>),
}

/// One of them.
trait Resample<S: Simd> {
    /// Resamples output row `y`; rows come in order, from the first to the last. Gives the line of the first plane.
    ///
    /// # Safety
    /// `view` is that of [`Prepared::run`](super::Prepared::run), of the size that this was made for; `scratch` was made ready
    /// for as many bytes as `scratch` says.
    unsafe fn resample(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View<'_>) -> *const u8;
}

/// An output row, as what a level runs.
struct Row<'a, R> {
    resampler: &'a R,
    scratch: &'a mut Scratch,
    y: usize,
    view: &'a View<'a>,
}

impl<'a, R> Row<'a, R> {
    /// # Safety
    /// As [`Resample::resample`].
    unsafe fn new(resampler: &'a R, scratch: &'a mut Scratch, y: usize, view: &'a View) -> Self {
        Self { resampler, scratch, y, view }
    }
}

impl<S: Simd, R: Resample<S>> Task<S> for Row<'_, R> {
    type Output = *const u8;

    #[inline(always)]
    fn run(self, simd: S) -> *const u8 {
        // SAFETY: `new` promises the view and the scratch.
        unsafe { self.resampler.resample(simd, self.scratch, self.y, self.view) }
    }
}

/// A resampler on its level.
pub(super) struct ResampledRows<S: Simd> {
    pub(super) simd: S,
    pub(super) resampler: Resampler<S>,
}

impl<S: Simd> RowSource for ResampledRows<S> {
    fn scratch(&self) -> Room {
        match &self.resampler {
            Resampler::Rounded(resampler) => resampler.scratch(),
            Resampler::Unrounded(resampler) => resampler.scratch(),
            Resampler::Area(resampler) => resampler.scratch(),
            Resampler::Bilinear(resampler) => resampler.scratch(),
        }
    }

    fn stride(&self) -> isize {
        match &self.resampler {
            Resampler::Rounded(resampler) => resampler.line_stride(),
            Resampler::Unrounded(resampler) => resampler.line_stride(),
            Resampler::Area(resampler) => resampler.line_stride(),
            Resampler::Bilinear(resampler) => resampler.line_stride(),
        }
    }

    unsafe fn row(&self, _: &mut Rows<'_>, scratch: &mut Scratch, y: usize, view: &View<'_>) -> *const u8 {
        // SAFETY: the caller promises a view that the resampler was made for, and scratch of its bytes, in this order of rows;
        // there are no other rows then.
        unsafe {
            match &self.resampler {
                Resampler::Rounded(resampler) => self.simd.vectorize(Row::new(resampler, scratch, y, view)),
                Resampler::Unrounded(resampler) => self.simd.vectorize(Row::new(resampler, scratch, y, view)),
                Resampler::Area(resampler) => self.simd.vectorize(Row::new(resampler, scratch, y, view)),
                Resampler::Bilinear(resampler) => self.simd.vectorize(Row::new(resampler, scratch, y, view)),
            }
        }
    }
}

impl<S: Simd> Holds for ResampledRows<S> {
    fn bytes(&self) -> usize {
        match &self.resampler {
            Resampler::Rounded(resampler) => resampler.bytes(),
            Resampler::Unrounded(resampler) => resampler.bytes(),
            Resampler::Area(resampler) => resampler.bytes(),
            Resampler::Bilinear(resampler) => resampler.bytes(),
        }
    }
}
