//! Canvases that an image keeps its aspect in, with margins around it.

use super::{TileCanvas, Tiles};

/// LLaVA-NeXT's anyres: the canvas with the most pixels of the image, then with the least margin; the image in its middle.
pub(super) fn llava_next(tiles: &Tiles, source: [u32; 2]) -> TileCanvas {
    let [rows, columns] = source.map(f64::from);
    let (mut best, mut most, mut least) = ([tiles.rows, tiles.columns], 0.0, f64::INFINITY);
    for &canvas in &tiles.canvases {
        let [high, wide] = canvas.map(f64::from);
        let scale = (wide / columns).min(high / rows);
        let pixels = ((columns * scale).trunc() * (rows * scale).trunc()).min(columns * rows);
        let wasted = wide * high - pixels;
        if pixels > most || (pixels == most && wasted < least) {
            (best, most, least) = (canvas, pixels, wasted);
        }
    }
    let [high, wide] = best;
    let scales = [f64::from(high) / rows, f64::from(wide) / columns];
    let content = if scales[1] < scales[0] {
        [((rows * scales[1]).ceil() as u32).min(high), wide]
    } else {
        [high, ((columns * scales[0]).ceil() as u32).min(wide)]
    };
    let at = [(high - content[0]) / 2, (wide - content[1]) / 2];
    TileCanvas { grid: [high / tiles.rows, wide / tiles.columns], content, at, thumbnail: false }
}

/// Mllama's: the canvas that the image must be enlarged to the least, or else be reduced to the least, the smallest of
/// equals. The image is not enlarged beyond one tile, and lies at the top left.
pub(super) fn mllama(tiles: &Tiles, source: [u32; 2]) -> TileCanvas {
    let ([rows, columns], side) = (source.map(f64::from), f64::from(tiles.rows));
    let scale = |[high, wide]: [u32; 2]| (f64::from(high) * side / rows).min(f64::from(wide) * side / columns);
    let most = tiles.most();
    let grids = (1..=most).flat_map(|high| (1..=most / high).map(move |wide| [high, wide]));
    let mut best = ([1, 1], f64::NAN);
    for grid in grids {
        let (scale, known) = (scale(grid), best.1);
        let smaller = scale == known && grid[0] * grid[1] < best.0[0] * best.0[1];
        let better = match (scale >= 1.0, known >= 1.0) {
            (true, true) => scale < known,
            (false, false) => known.is_nan() || scale > known,
            (enlarges, _) => enlarges,
        };
        if better || smaller {
            best = (grid, scale);
        }
    }
    let grid = best.0;
    let sides = [0, 1].map(|axis| f64::from(source[axis]).max(side).min(f64::from(grid[axis]) * side));
    let [by_rows, by_columns] = [sides[0] / rows, sides[1] / columns];
    let part = |length: f64, scale: f64, most: f64| (length * scale).floor().max(1.0).min(most);
    let content = if by_columns < by_rows {
        [part(rows, by_columns, sides[0]), sides[1]]
    } else {
        [sides[0], part(columns, by_rows, sides[1])]
    };
    TileCanvas { grid, content: content.map(|side| side as u32), at: [0; 2], thumbnail: false }
}
