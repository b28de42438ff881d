//! The passes of separable filters, as each level has them: prepared weights, and the loops over rows that read them.
//!
//! Weights are i32 with 22 fractional bits, or f32. What makes one of these is given its level, so that a pass runs where the CPU
//! has the level's instructions.

use super::{CacheLine, ScratchRows};
use crate::memory::{Holds, NoMemory};
use crate::weights::AxisWeights;

/// Quads that a horizontal pass makes at once, where it is made for many: they share the loads of weights.
pub(crate) const QUADS: usize = 4;

/// The horizontal pass over rows of bytes, with integer weights.
///
/// # Safety
/// A pass reads and writes no more than it asks for.
pub unsafe trait HorizontalPass<S>: Holds + Sized + Send + Sync + 'static {
    /// Prepares it for rows of which `readable` bytes may be read, with pixels of `pixel` bytes, into `QUADS` at once, or one at a
    /// time or into rows; `None` when such rows are too short for this level's loads and need room behind their end.
    ///
    /// # Errors
    /// When there is no memory for it.
    fn prepare(
        simd: S,
        weights: &AxisWeights,
        pixel: usize,
        readable: usize,
        many_quads: bool,
    ) -> Result<Option<Self>, NoMemory>;

    /// Filters one row.
    ///
    /// # Safety
    /// The readable bytes of the source are readable, and `out` is writable for `outputs * pixel` bytes and 256 more.
    unsafe fn row(&self, simd: S, source: *const u8, out: *mut u8);

    /// Filters four rows, which share the loads of weights, and whose results lie side by side, element by element.
    ///
    /// # Safety
    /// As [`row`](Self::row), for each source, with four bytes for each element.
    unsafe fn quad(&self, simd: S, sources: [*const u8; 4], out: *mut u8);

    /// Filters the rows of `QUADS`, some of which may be the same.
    ///
    /// # Safety
    /// As [`quad`](Self::quad), for each quad; and this was prepared for many.
    #[inline(always)]
    unsafe fn quads(&self, simd: S, sources: [[*const u8; 4]; QUADS], quads: [*mut u8; QUADS])
    where
        S: Copy,
    {
        for quad in 0..QUADS {
            // SAFETY: the caller promises the rows and the room of each quad.
            unsafe { self.quad(simd, sources[quad], quads[quad]) }
        }
    }

    /// As [`row`](Self::row), its sums neither rounded nor clamped.
    ///
    /// # Safety
    /// As there, with i32 elements.
    unsafe fn sum(&self, simd: S, source: *const u8, out: *mut i32);
}

/// The horizontal pass over rows of bytes, with f32 weights: from zero, multiplied and then added, tap by tap.
///
/// # Safety
/// As [`HorizontalPass`].
pub unsafe trait FloatHorizontalPass<S>: Holds + Sized + Send + Sync + 'static {
    /// As [`HorizontalPass::prepare`].
    ///
    /// # Errors
    /// As there.
    fn prepare(simd: S, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory>;

    /// Filters some rows at once.
    ///
    /// # Safety
    /// The readable bytes of each source are readable, and each of `outs` is writable for `outputs * pixel` elements and 256 bytes
    /// more.
    unsafe fn sum<const ROWS: usize>(&self, simd: S, sources: [*const u8; ROWS], outs: [*mut f32; ROWS]);
}

/// The vertical pass over quads, with integer weights.
pub trait VerticalPass<S>: Holds + Sized + Send + Sync + 'static {
    /// Prepares weights, those of four rows each.
    ///
    /// # Errors
    /// When there is no memory for them.
    fn prepare(simd: S, weights: &[[i32; 4]]) -> Result<Self, NoMemory>;

    /// Makes so many bytes of an output row of the quads that it weighs: by the weights from number `first` on. Whole blocks are
    /// made, of up to 64 bytes, for which quads and output have room.
    fn blend(&self, simd: S, first: usize, quads: ScratchRows<'_>, out: &mut [CacheLine], length: usize);

    /// Adds one quad to sums in i32, by the weights of this number.
    fn add(&self, simd: S, number: usize, quad: &[CacheLine], sums: &mut [CacheLine]);
}
