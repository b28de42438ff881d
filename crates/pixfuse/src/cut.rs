//! How an output of one size is cut: into patches, into tiles, or not at all.

use alloc::sync::Arc;

use pixfuse_spec::{Plan, Spec};

use crate::kernel::Runs;
use crate::memory::NoMemory;
use crate::patches::PatchGrid;
use crate::placement::Placement;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::tensor::Dims;
use crate::tiles::TileGrid;
use crate::{Error, Layout};

/// What becomes of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It stays whole.
    Whole,
    /// `patches(..)`.
    Patches(PatchGrid),
    /// `tiles(..)`.
    Tiles(TileGrid),
}

/// An image of the tensor, or many small tiles.
pub(crate) struct Part {
    pub(crate) placement: Placement,
    /// Where its rows lie, unless they lie one after another.
    pub(crate) runs: Option<Arc<Runs>>,
    /// Its first element in the tensor.
    pub(crate) start: usize,
    /// How many there are.
    pub(crate) elements: usize,
}

impl Cut {
    /// The cut of an output with this placement.
    ///
    /// # Errors
    /// As [`PatchGrid::new`] and [`TileGrid::new`].
    pub(crate) fn new(spec: &Spec, placement: &Placement) -> Result<Self, Error> {
        let channels = spec.output.channels.channels();
        if let Some((tiles, canvas)) = spec.tiles.as_ref().zip(placement.tiles.as_ref()) {
            return Ok(Self::Tiles(TileGrid::new(tiles, canvas)?));
        }
        let patches = spec.patches.map(|patches| PatchGrid::new(patches, channels, placement.output)).transpose()?;
        Ok(patches.map_or(Self::Whole, Self::Patches))
    }

    /// Rows and columns of patches.
    pub(crate) fn patches(&self) -> Option<[usize; 2]> {
        match self {
            Self::Patches(grid) => Some(grid.sides),
            Self::Whole | Self::Tiles(_) => None,
        }
    }

    /// The tiles.
    pub(crate) fn tiles(&self) -> Option<TileGrid> {
        match self {
            Self::Tiles(grid) => Some(*grid),
            Self::Whole | Self::Patches(_) => None,
        }
    }

    /// The shape of the tensor, of an output of this size.
    pub(crate) fn dims(&self, spec: &Spec, [rows, columns]: [usize; 2]) -> Dims {
        let (channels, layout) = (spec.output.channels.channels(), spec.output.layout);
        match (self, layout) {
            (Self::Patches(grid), _) => grid.dims(),
            (Self::Tiles(grid), _) => grid.dims(channels, layout),
            (Self::Whole, Layout::Chw) => Dims::of(&[channels, rows, columns]),
            (Self::Whole, Layout::Hwc) => Dims::of(&[rows, columns, channels]),
        }
    }

    /// What the tensor is made of. Each part is resampled by itself.
    ///
    /// # Errors
    /// When there is no memory for the places of its rows.
    pub(crate) fn parts(&self, plan: &Plan, placement: Placement) -> Result<Vec<Part>, NoMemory> {
        let (channels, layout) = (plan.store.channels.channels(), plan.shape().store);
        let area = |placement: &Placement| placement.output[0] * placement.output[1] * channels;
        Ok(match self {
            Self::Whole => vec![Part { elements: area(&placement), placement, runs: None, start: 0 }],
            Self::Patches(grid) => {
                let runs = grid.runs(layout)?;
                vec![Part { placement, start: 0, elements: runs.elements, runs: Some(Arc::new(runs)) }]
            }
            Self::Tiles(grid) => {
                let tile = channels * grid.tile[0] * grid.tile[1];
                let one = |placement, index| Part { placement, runs: None, start: index * tile, elements: tile };
                let thumbnail = grid.thumbnail_placement().zip(grid.thumbnail());
                let thumbnail = thumbnail.map(|(placement, index)| one(placement, index));
                if grid.are_windows() {
                    let tiles = grid.windows(&placement).zip(grid.first()..);
                    return Ok(tiles.map(|(placement, index)| one(placement, index)).chain(thumbnail).collect());
                }
                let (elements, start) = (area(&placement), grid.first() * tile);
                let runs = grid.runs(channels, layout)?.map(Arc::new);
                std::iter::once(Part { placement, runs, start, elements }).chain(thumbnail).collect()
            }
        })
    }
}
