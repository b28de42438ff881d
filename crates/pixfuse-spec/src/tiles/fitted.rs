//! Canvases that an image keeps its aspect in, with margins around it.

use super::grids::add;
use super::{TileCanvas, Tiles};
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// LLaVA-NeXT's anyres: the canvas with the most pixels of the image, then with the least margin; the image in its middle.
pub(super) fn llava_next(tiles: &Tiles, source: [u32; 2]) -> TileCanvas {
    let [rows, columns] = both(source, f64::from);
    let (mut best, mut most, mut least) = ([tiles.rows, tiles.columns], 0.0, f64::INFINITY);
    for &canvas in &tiles.canvases {
        let [high, wide] = both(canvas, f64::from);
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
    let ([rows, columns], side) = (both(source, f64::from), f64::from(tiles.rows));
    let scale = |[high, wide]: [u32; 2]| (f64::from(high) * side / rows).min(f64::from(wide) * side / columns);
    let mut grids = Vec::new();
    for high in 1..=tiles.most() {
        for wide in 1..=tiles.most() / high {
            grids.push([high, wide]);
        }
    }
    at_top_left(least_enlarged(&grids, &scale), tiles.rows, source)
}

/// Llama 4's: as Mllama's by quotients in f32; of canvases that enlarge it the same, the first of the smallest.
pub(super) fn llama4(tiles: &Tiles, source: [u32; 2]) -> TileCanvas {
    let quotient = |count: u32, length: u32| (count * tiles.rows) as f32 / length as f32;
    let scale = |[high, wide]: [u32; 2]| f64::from(quotient(high, source[0]).min(quotient(wide, source[1])));
    // From the most tiles down, each by its rows.
    let mut aspects = Vec::new();
    for count in (1..=tiles.most()).rev() {
        for high in 1..=count {
            if count.is_multiple_of(high) {
                add(&mut aspects, f64::from(high) / f64::from(count / high), [high, count / high]);
            }
        }
    }
    let mut grids = Vec::new();
    aspects.iter_mut().for_each(|(_, of_one)| grids.append(of_one));
    at_top_left(least_enlarged(&grids, &scale), tiles.rows, source)
}

/// The grid whose canvas the image must be enlarged to the least, or else be reduced to the least: of equals the first of the
/// smallest.
fn least_enlarged(grids: &[[u32; 2]], scale: &dyn Fn([u32; 2]) -> f64) -> [u32; 2] {
    let mut best = ([1, 1], f64::NAN);
    for &grid in grids {
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
    best.0
}

/// A canvas that the image keeps its aspect in, at the top left, without being enlarged beyond one tile.
fn at_top_left(grid: [u32; 2], side: u32, source: [u32; 2]) -> TileCanvas {
    let ([rows, columns], side) = (both(source, f64::from), f64::from(side));
    let sides = both([0, 1], |axis| f64::from(source[axis]).max(side).min(f64::from(grid[axis]) * side));
    let [by_rows, by_columns] = [sides[0] / rows, sides[1] / columns];
    let part = |length: f64, scale: f64, most: f64| (length * scale).floor().max(1.0).min(most);
    let content = if by_columns < by_rows {
        [part(rows, by_columns, sides[0]), sides[1]]
    } else {
        [sides[0], part(columns, by_rows, sides[1])]
    };
    TileCanvas { grid, content: both(content, |side| side as u32), at: [0; 2], thumbnail: false }
}
