//! Rows of one or two taps a pixel, which are fetched from the source block by block.
//!
//! A kernel that has code for them maps each block as it comes; for the others [`Sampled`](super::sampled::Sampled) makes
//! rows of them.

use super::blocks::Block;
use super::rows::Rows;
use crate::axis::Pair;
use crate::memory::{self, Holds};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{Fetched, Simd};

/// Those pixels of a source row that the blocks say.
pub(super) struct Picked<S: Simd> {
    pub(super) rows: Vec<u32>,
    pub(super) blocks: Vec<Block<S>>,
}

/// Two rows by `taps` columns of the source.
pub(super) struct Blended<S: Simd> {
    pub(super) rows: Vec<Pair>,
    pub(super) blocks: Vec<Block<S>>,
    pub(super) taps: usize,
}

/// Where the blocks of a row go. A closure would be compiled without the level's instructions.
pub(super) trait StoreBlock<S: Simd, const C: usize> {
    /// Stores a block.
    ///
    /// # Safety
    /// The block begins at `column` and ends inside the row that this is for.
    unsafe fn store(&self, simd: S, column: usize, pixel: [S::I32; C]);
}

impl<S: Simd> Picked<S> {
    /// Stores each block of output row `y`, if there is such a row.
    ///
    /// # Safety
    /// `source` reads a view that these rows are in, with its scratch. The blocks were made for `C` channels of its rows,
    /// which lie `plane` bytes behind those that it gives, and end inside the row of `out`.
    #[inline(always)]
    pub(super) unsafe fn row<const C: usize>(
        &self,
        simd: S,
        source: &mut Rows<'_>,
        plane: isize,
        y: usize,
        out: &impl StoreBlock<S, C>,
    ) {
        let Self { rows, blocks } = self;
        // Not a check that panics: it would be a call.
        let Some(&row) = rows.get(y) else { return };
        // Prefetching the output's next cache lines lost up to 17 %.
        let ahead = source.ahead::<S, 1>(|ahead| Some([*rows.get(y + ahead).filter(|&&next| next > row)?]));
        let ahead = ahead.map(|rows| rows.map(|row| row.wrapping_offset(plane)));
        let row = source.row(row).wrapping_offset(plane);
        for block in blocks {
            block.prefetch(simd, ahead);
            // SAFETY: the caller promises a row of the view, of which the block's columns were made for `C` channels and one tap,
            // and that it ends inside the row of `out`.
            unsafe {
                let fetched = Fetched::new([row], &block.columns);
                out.store(simd, block.column, simd.fetch::<C>(&fetched));
            }
        }
    }
}

impl<S: Simd> Blended<S> {
    /// Stores each block of output row `y`.
    ///
    /// # Safety
    /// As [`Picked::row`], and `TAPS` is `taps`.
    #[inline(always)]
    pub(super) unsafe fn row<const C: usize, const TAPS: usize>(
        &self,
        simd: S,
        source: &mut Rows<'_>,
        plane: isize,
        y: usize,
        out: &impl StoreBlock<S, C>,
    ) {
        let Self { rows, blocks, .. } = self;
        let Some(row) = rows.get(y) else { return };
        let from = source.two(row.at).map(|row| row.wrapping_offset(plane));
        let weights = simd.splat_words(row.weights);
        let ahead = source.ahead::<S, 2>(|ahead| Some(rows.get(y + ahead).filter(|next| next.at[0] > row.at[1])?.at));
        let ahead = ahead.map(|rows| rows.map(|row| row.wrapping_offset(plane)));
        if source.prefetches_row_starts::<S>()
            && let Some(next) = rows.get(y + 1)
        {
            for row in next.at {
                source.prefetch_row_start(simd, row);
            }
        }
        for block in blocks {
            block.prefetch(simd, ahead);
            // SAFETY: the caller promises rows of the view, and blocks of such rows, channels and taps, each inside the row of `out`.
            unsafe {
                let fetched = Fetched::new(from, &block.columns);
                out.store(simd, block.column, simd.blend::<C, TAPS>(&fetched, weights));
            }
        }
    }
}

impl<S: Simd> Holds for Picked<S> {
    fn bytes(&self) -> usize {
        memory::bytes(&self.rows) + memory::bytes(&self.blocks)
    }
}

impl<S: Simd> Holds for Blended<S> {
    fn bytes(&self) -> usize {
        memory::bytes(&self.rows) + memory::bytes(&self.blocks)
    }
}
