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
/// A row has the readable bytes that a pass was prepared for, and scratch for what it makes of it has 256 bytes more than that takes.
pub trait HorizontalPass<S>: Holds + Sized + Send + Sync + 'static {
    /// Whether it makes `QUADS` at once in less time than one after the other, with these weights and pixels of `pixel` bytes.
    fn prefers_quads(_weights: &AxisWeights, _pixel: usize) -> bool {
        false
    }

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

    /// Filters one row, into `outputs * pixel` bytes.
    fn row(&self, simd: S, source: &[u8], out: &mut [CacheLine]);

    /// Filters four rows, which share the loads of weights, and whose results lie side by side, element by element.
    fn quad(&self, simd: S, sources: [&[u8]; 4], out: &mut [CacheLine]);

    /// Filters the rows of `QUADS`, some of which may be the same; this was prepared for many.
    #[inline(always)]
    fn quads(&self, simd: S, sources: [[&[u8]; 4]; QUADS], quads: [&mut [CacheLine]; QUADS])
    where
        S: Copy,
    {
        for (sources, quad) in sources.into_iter().zip(quads) {
            self.quad(simd, sources, quad);
        }
    }

    /// As [`row`](Self::row), its sums neither rounded nor clamped: i32.
    fn sum(&self, simd: S, source: &[u8], out: &mut [CacheLine]);
}

/// As [`HorizontalPass`], with f32 weights: from zero, multiplied and then added, tap by tap.
pub trait FloatHorizontalPass<S>: Holds + Sized + Send + Sync + 'static {
    /// As [`HorizontalPass::prepare`].
    ///
    /// # Errors
    /// As there.
    fn prepare(simd: S, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory>;

    /// Filters some rows at once, each into `outputs * pixel` f32.
    fn sum<const ROWS: usize>(&self, simd: S, sources: [&[u8]; ROWS], outs: [&mut [CacheLine]; ROWS]);
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
