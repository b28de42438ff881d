//! What a resampled output row is made by: a body maps and stores it, however it came about.

use super::scratch::Scratch;
use crate::image::view::View;
use crate::simd::Simd;

/// Makes the lines of one source size, one after the other.
///
/// It is called once a row and enters the level's gateway for itself, so that the passes are compiled once and not into
/// every kernel.
pub(super) trait Line<S: Simd>: Send + Sync {
    /// Bytes of scratch that a run needs.
    fn scratch(&self) -> usize;

    /// Bytes from the line of a plane to the line of the next.
    fn stride(&self) -> isize;

    /// Resamples output row `y`; rows are asked for from the first to the last. Gives the line of the first plane.
    ///
    /// # Safety
    /// `view` is that of [`Prepared::run`](super::Prepared::run); `scratch` was made ready for
    /// [`scratch`](Self::scratch) bytes.
    unsafe fn make(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View) -> *const u8;
}
