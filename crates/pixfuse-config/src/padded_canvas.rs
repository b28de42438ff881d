//! Phi-4 Multimodal's canvas: whole tiles, which an image fills in its aspect from the top left, with white behind it.

use pixfuse_spec::{Filter, Sampling, TileRule, Tiles};

/// The numbers of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaddedCanvas {
    /// The side of a tile.
    pub(crate) side: u32,
    /// The most tiles.
    pub(crate) most: u32,
    /// The side of a patch of the mask.
    pub(crate) patch: u32,
}

/// What it makes of an image of one size: rows and columns of tiles, and of the image in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Padded {
    pub(crate) grid: [u32; 2],
    pub(crate) content: [u32; 2],
}

impl PaddedCanvas {
    /// `dynamic_preprocess`. As many tiles as the image's sides span, or else the grid of the nearest aspect.
    ///
    /// # Errors
    /// When the image is so thin that less than 10 pixels of a side are left, which the library refuses.
    pub(crate) fn plan(&self, source: [u32; 2]) -> Result<Padded, String> {
        let spanned = source.map(|length| length.div_ceil(self.side));
        let grid = match spanned[0].checked_mul(spanned[1]) {
            Some(tiles) if tiles <= self.most => spanned,
            _ => self.nearest(source)?,
        };
        let canvas = grid.map(|count| f64::from(count) * f64::from(self.side));
        let [by_rows, by_columns] = [0, 1].map(|axis| canvas[axis] / f64::from(source[axis]));
        let content = if by_columns < by_rows {
            [(f64::from(source[0]) * by_columns).trunc(), canvas[1]]
        } else {
            [canvas[0], (f64::from(source[1]) * by_rows).trunc()]
        };
        if content[0].min(content[1]) < 10.0 {
            return Err(format!(
                "an image of {} rows x {} columns becomes {} x {} pixels, and the class refuses a side below 10; crop it",
                source[0], source[1], content[0], content[1]
            ));
        }
        Ok(Padded { grid, content: content.map(|side| side as u32) })
    }

    fn nearest(&self, source: [u32; 2]) -> Result<[u32; 2], String> {
        let tiles = Tiles {
            rows: self.side,
            columns: self.side,
            sampling: Sampling::new(Filter::Bilinear),
            rule: TileRule::Internvl,
            min: 1,
            max: Some(self.most),
            canvases: Vec::new(),
            thumbnail: None,
            pad_to: None,
        };
        tiles.canvas(source).map(|canvas| canvas.grid)
    }

    /// Rows and columns of patches of a tile.
    pub(crate) fn patches(&self) -> u32 {
        self.side / self.patch
    }

    /// Rows and columns of the canvas's patches that are not all margin.
    pub(crate) fn shown(&self, padded: &Padded) -> [u32; 2] {
        [0, 1].map(|axis| {
            let margin = padded.grid[axis] * self.side - padded.content[axis];
            (padded.grid[axis] * self.patches()).saturating_sub(margin / self.patch)
        })
    }

    /// The tokens of its view and of the tiles' patches, every other one, with breaks.
    pub(crate) fn tokens(&self, padded: &Padded) -> i64 {
        let [rows, columns] = self.shown(padded).map(|shown| {
            // Of each tile those of even places.
            let (whole, rest) = (shown / self.patches().max(1), shown % self.patches().max(1));
            i64::from(whole * self.patches().div_ceil(2) + rest.div_ceil(2))
        });
        256 + 1 + rows * columns + if columns > 0 { rows } else { 0 } + 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHI4: PaddedCanvas = PaddedCanvas { side: 448, most: 36, patch: 14 };

    #[test]
    fn canvases_are_the_library_s() {
        assert_eq!(PHI4.plan([448, 448]), Ok(Padded { grid: [1, 1], content: [448, 448] }));
        assert_eq!(PHI4.plan([1080, 1920]), Ok(Padded { grid: [3, 5], content: [1260, 2240] }));
        // More than 36 tiles.
        assert_eq!(PHI4.plan([4000, 3000]).unwrap().grid, [4, 3]);
        assert_eq!(PHI4.plan([300, 9000]).unwrap().grid, [1, 21]);
        assert!(PHI4.plan([1, 60]).unwrap_err().contains("below 10"));
    }

    #[test]
    fn margins_of_less_than_a_patch_are_shown() {
        let padded = Padded { grid: [1, 1], content: [448 - 13, 448 - 14] };
        assert_eq!(PHI4.shown(&padded), [32, 31]);
        assert_eq!(PHI4.tokens(&padded), 256 + 1 + 16 * 16 + 16 + 16);
    }
}
