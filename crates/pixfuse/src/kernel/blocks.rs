//! The columns of an output row, cut into blocks of a level's width, each with its fetch table.

use super::load::{Load, readable};
use super::{Request, Source};
use crate::placement::Placement;
use crate::simd::{BlockTaps, Simd};

/// `S::LANES` neighbouring output columns.
pub(super) struct Block<S: Simd> {
    /// The first of them.
    pub(super) column: usize,
    /// Where their taps lie in a source row.
    pub(super) columns: S::Columns,
    /// The weights of their two taps; not read by a one-tap kernel.
    pub(super) weights: S::I32,
}

/// One output column: its source columns and their weights.
pub(super) type Column = ([u32; 2], [i16; 2]);

/// The first column of each block. The last block overlaps the one before it instead of being shorter: the pixels they
/// share are computed twice, to the same values, and no loop needs a tail. So does the first one, by `overlap` columns.
#[inline(always)]
pub(super) fn starts<S: Simd>(columns: usize, overlap: usize) -> impl Iterator<Item = usize> {
    debug_assert!(columns >= S::LANES && overlap < S::LANES);
    let last = columns - S::LANES;
    let mut next = S::LANES - overlap;
    std::iter::successors(Some(0), move |&column| {
        let block = next.min(last);
        next += S::LANES;
        (column < last).then_some(block)
    })
}

/// Every block of an output row.
pub(super) fn blocks<S: Simd, L: Load>(
    simd: S,
    request: &Request,
    channels: usize,
    taps: usize,
    columns: &[Column],
) -> Vec<Block<S>> {
    let source: &Source = &request.source;
    let readable = readable::<L>(source);
    let channels = if L::TOGETHER { channels } else { 1 };
    let mut offsets = vec![[0; 2]; S::LANES];
    let mut weights = vec![[0; 2]; S::LANES];
    starts::<S>(columns.len(), 0)
        .map(|column| {
            for (lane, &(at, pair)) in columns[column..column + S::LANES].iter().enumerate() {
                offsets[lane] = at.map(|x| x as isize * source.column_stride);
                weights[lane] = pair;
            }
            let block = BlockTaps {
                offsets: &offsets,
                taps,
                channels,
                channel_stride: source.channel_stride,
                readable: readable.clone(),
            };
            Block { column, columns: simd.columns(&block), weights: simd.words(&weights) }
        })
        .collect()
}

/// Where the pixels of the window lie in the output.
#[derive(Clone, Copy)]
pub(super) struct Target {
    /// Pixels of the output.
    pub(super) plane: usize,
    /// The window's first pixel.
    first: usize,
    /// Pixels from a row to the next.
    pitch: usize,
}

impl Target {
    pub(super) fn of(placement: &Placement) -> Self {
        let ([rows, columns], [top, left]) = (placement.output, placement.at);
        Self { plane: rows * columns, first: top * columns + left, pitch: columns }
    }

    /// The output pixel of a pixel of the window.
    #[inline(always)]
    pub(super) fn pixel(&self, row: usize, column: usize) -> usize {
        self.first + row * self.pitch + column
    }
}
