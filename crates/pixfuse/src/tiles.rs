//! A canvas cut into tiles: the shape of their tensor, and where each of them lies in it.

use pixfuse_spec::{Thumbnail, TileCanvas, Tiles};

use crate::kernel::Runs;
use crate::memory::{self, NoMemory};
use crate::placement::Placement;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::tensor::Dims;
use crate::{Error, Layout};

/// The tiles of an image of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TileGrid {
    /// Rows and columns of a tile.
    pub(crate) tile: [usize; 2],
    /// Rows and columns of tiles.
    pub(crate) grid: [usize; 2],
    /// Where the whole image stands, if it is there.
    pub(crate) thumbnail: Option<Thumbnail>,
    /// How many tiles the tensor has, the last of them zeros.
    pad_to: Option<usize>,
}

impl TileGrid {
    /// The tiles of such a canvas.
    ///
    /// # Errors
    /// When there are more than `pad_to`.
    pub(crate) fn new(tiles: &Tiles, canvas: &TileCanvas) -> Result<Self, Error> {
        let sides = |sides: [u32; 2]| sides.map(|side| side as usize);
        let grid = Self {
            tile: sides([tiles.rows, tiles.columns]),
            grid: sides(canvas.grid),
            thumbnail: tiles.thumbnail.filter(|_| canvas.thumbnail),
            pad_to: tiles.pad_to.map(|count| count as usize),
        };
        match grid.pad_to {
            // Rules without a bound on the number of tiles let a declaration say any.
            Some(most) if grid.count() > most => {
                let [rows, columns] = grid.grid;
                let thumbnail = if grid.thumbnail.is_some() { " and a thumbnail" } else { "" };
                Err(Error::Image(format!(
                    "{rows} x {columns} tiles{thumbnail} are more than pad_to = {most}: give a larger one, or resize to fewer \
                     tiles before"
                )))
            }
            _ => Ok(grid),
        }
    }

    /// Tiles of the canvas.
    fn of_canvas(&self) -> usize {
        self.grid[0] * self.grid[1]
    }

    /// Tiles that show the image, the thumbnail among them.
    pub(crate) fn count(&self) -> usize {
        self.of_canvas() + usize::from(self.thumbnail.is_some())
    }

    /// Which of the tensor's tiles is the first one of the canvas.
    pub(crate) fn first(&self) -> usize {
        usize::from(self.thumbnail == Some(Thumbnail::First))
    }

    /// Which of the tensor's tiles is the thumbnail.
    pub(crate) fn thumbnail(&self) -> Option<usize> {
        self.thumbnail.map(|place| if place == Thumbnail::First { 0 } else { self.of_canvas() })
    }

    /// Whether each tile is worth tables of its own: it is then resampled as a window of the canvas, straight into its place.
    /// Many small ones are moved there row by row.
    pub(crate) fn are_windows(&self) -> bool {
        const MAX_TILES: usize = 256;
        const LEAST_COLUMNS: usize = 32;
        self.of_canvas() <= MAX_TILES && self.tile[1] >= LEAST_COLUMNS
    }

    /// Where the pixels of each tile of the canvas go.
    pub(crate) fn windows(&self, canvas: &Placement) -> impl Iterator<Item = Placement> {
        let ([rows, columns], [high, wide]) = (self.tile, self.grid);
        let corners = (0..high).flat_map(move |y| (0..wide).map(move |x| [y * rows, x * columns]));
        corners.map(move |[top, left]| canvas.part([top..top + rows, left..left + columns]))
    }

    /// Where the thumbnail's pixels go.
    pub(crate) fn thumbnail_placement(&self) -> Option<Placement> {
        self.thumbnail.map(|_| Placement::whole(self.tile.map(|side| side as u32)))
    }

    /// The shape of the tensor.
    pub(crate) fn dims(&self, channels: usize, layout: Layout) -> Dims {
        let [rows, columns] = self.tile;
        let tile = match layout {
            Layout::Chw => Dims::of(&[channels, rows, columns]),
            Layout::Hwc => Dims::of(&[rows, columns, channels]),
        };
        tile.batch(self.pad_to.unwrap_or(self.count()))
    }

    /// Where the rows of a canvas of small tiles lie, stored in this layout; nothing where it is one tile, whose rows lie one after
    /// another.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub(crate) fn runs(&self, channels: usize, layout: Layout) -> Result<Option<Runs>, NoMemory> {
        let ([rows, columns], [high, wide]) = (self.tile, self.grid);
        if self.of_canvas() == 1 {
            return Ok(None);
        }
        let planes = if layout == Layout::Chw { channels } else { 1 };
        let pixel = if planes == 1 { channels } else { 1 };
        let tile = channels * rows * columns;
        let row = |y: usize| y / rows * wide * tile + y % rows * columns * pixel;
        Ok(Some(Runs {
            length: columns,
            rows: memory::list((0..high * rows).map(row))?,
            columns: memory::list((0..wide).map(|x| x * tile))?,
            planes,
            plane: rows * columns,
            pixel,
            copies: 1,
            copy: 0,
            elements: self.of_canvas() * tile,
        }))
    }
}
