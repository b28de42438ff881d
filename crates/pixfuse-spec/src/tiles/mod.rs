//! Tiles: an image resized to a canvas, which is cut into tiles of one size: `tiles(448, 448, rule = internvl, ..)`.
//!
//! A rule says which grid of tiles, and how the image lies in their canvas. Sides and quotients are f64, as in the
//! libraries' Python, where an integer below 2^53 is exact.

mod fitted;
mod grids;

pub(crate) use grids::nearest_aspect_of as nearest_aspect;

use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{MAX_SIDE, RuledSize, SizeNumber, SizeRule, TileRule, Tiles};

/// What a rule makes of an image of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileCanvas {
    /// Rows and columns of tiles.
    pub grid: [u32; 2],
    /// Rows and columns that the image is resized to.
    pub content: [u32; 2],
    /// Row and column of the canvas where it begins; what is around it is a pixel value of 0.
    pub at: [u32; 2],
    /// Whether there is a thumbnail.
    pub thumbnail: bool,
}

impl TileCanvas {
    /// Tiles with an image in them: those of the grid, and the thumbnail.
    pub fn count(&self) -> u64 {
        u64::from(self.grid[0]) * u64::from(self.grid[1]) + u64::from(self.thumbnail)
    }
}

impl Tiles {
    /// The canvas of an image of this size.
    ///
    /// # Errors
    /// Where the rule leaves nothing of a side, and a canvas with more than [`MAX_SIDE`] rows or columns.
    ///
    /// ```
    /// use pixfuse_spec::Spec;
    ///
    /// let text = "input(rgb8), tiles(448, 448, bicubic, antialias, rule = internvl, max = 12, thumbnail = last), output(rgb, f32)";
    /// let tiles = text.parse::<Spec>()?.tiles.unwrap();
    /// let canvas = tiles.canvas([1080, 1920]).unwrap();
    /// assert_eq!((canvas.grid, canvas.content, canvas.count()), ([2, 4], [896, 1792], 9));
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    pub fn canvas(&self, source: [u32; 2]) -> Result<TileCanvas, String> {
        let grid = match self.rule {
            TileRule::Internvl => grids::nearest_aspect(self, source, u32::MAX),
            TileRule::GraniteDocling => grids::nearest_aspect(self, source, 16),
            TileRule::Cohere2Vision => grids::least_enlarged(self, source),
            TileRule::Ovis2 => grids::covering(self, source),
            TileRule::PerceptionLm => grids::perception_lm(self, source),
            TileRule::LlavaNext => return self.within(self.with_thumbnail(fitted::llava_next(self, source))),
            TileRule::Idefics3 => {
                let size = RuledSize::new(SizeRule::Idefics3Canvas).with(SizeNumber::Multiple, self.rows);
                both(size.resize(source)?, |side| (side / u64::from(self.rows)) as u32)
            }
            TileRule::Mllama => return self.within(fitted::mllama(self, source)),
            TileRule::Llama4 => return self.within(self.with_thumbnail(fitted::llama4(self, source))),
        };
        let content = [grid[0].saturating_mul(self.rows), grid[1].saturating_mul(self.columns)];
        self.within(self.with_thumbnail(TileCanvas { grid, content, at: [0; 2], thumbnail: false }))
    }

    /// The most tiles of the grid.
    fn most(&self) -> u32 {
        self.max.unwrap_or(1)
    }

    fn with_thumbnail(&self, canvas: TileCanvas) -> TileCanvas {
        let lone = matches!(self.rule, TileRule::LlavaNext | TileRule::PerceptionLm) || canvas.grid != [1, 1];
        TileCanvas { thumbnail: self.thumbnail.is_some() && lone, ..canvas }
    }

    /// Refuses sides that no image of a declaration may have.
    fn within(&self, canvas: TileCanvas) -> Result<TileCanvas, String> {
        let sides = [(canvas.grid[0], self.rows), (canvas.grid[1], self.columns)];
        let [rows, columns] = both(sides, |(count, side)| u64::from(count) * u64::from(side));
        if rows.max(columns) <= MAX_SIDE.into() {
            return Ok(canvas);
        }
        Err(format!(
            "rule = {} makes a canvas of {rows} rows x {columns} columns, the most is {MAX_SIDE}; write a smaller max",
            self.rule
        ))
    }
}

impl TileRule {
    /// Whether the rule is one of a list of canvases, and not of a number of tiles.
    pub(crate) fn has_canvases(self) -> bool {
        self == Self::LlavaNext
    }

    /// Whether it has a most number of tiles, which it needs then.
    pub(crate) fn has_max(self) -> bool {
        !matches!(self, Self::LlavaNext | Self::Idefics3)
    }

    /// Whether its canvas is a stage of its own, as u8, that others may come before.
    pub(crate) fn has_stages(self) -> bool {
        self == Self::Idefics3
    }

    /// Whether it takes the fewest tiles too.
    pub(crate) fn has_min(self) -> bool {
        matches!(self, Self::Internvl | Self::GraniteDocling)
    }

    /// Whether its tiles are squares, as the library's one number says.
    pub(crate) fn is_square(self) -> bool {
        !matches!(self, Self::Internvl | Self::GraniteDocling)
    }
}
