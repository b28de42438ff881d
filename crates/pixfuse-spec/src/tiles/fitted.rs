//! Canvases that an image keeps its aspect in, with margins around it.

use super::{TileCanvas, Tiles};

#[cfg(not(feature = "std"))]
use crate::prelude::*;

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
    at_top_left(best.0, tiles.rows, source)
}

/// Llama 4's: as Mllama's by quotients in f32; of canvases that enlarge it the same, the first of the smallest.
pub(super) fn llama4(tiles: &Tiles, source: [u32; 2]) -> TileCanvas {
    let quotient = |count: u32, length: u32| (count * tiles.rows) as f32 / length as f32;
    let scale = |[high, wide]: [u32; 2]| quotient(high, source[0]).min(quotient(wide, source[1]));
    // From the most tiles down, each by its rows, and equal aspects together where the first of them stands.
    let mut aspects: Vec<(f64, Vec<[u32; 2]>)> = Vec::new();
    for count in (1..=tiles.most()).rev() {
        for high in (1..=count).filter(|high| count.is_multiple_of(*high)) {
            let aspect = f64::from(high) / f64::from(count / high);
            match aspects.iter_mut().find(|(known, _)| *known == aspect) {
                Some((_, grids)) => grids.push([high, count / high]),
                None => aspects.push((aspect, vec![[high, count / high]])),
            }
        }
    }
    let grids = || aspects.iter().flat_map(|(_, grids)| grids).copied();
    let enlarging = grids().map(scale).filter(|scale| *scale >= 1.0).reduce(f32::min);
    let best = enlarging.or_else(|| grids().map(scale).reduce(f32::max));
    let area = |grid: [u32; 2]| grid[0] * grid[1];
    // Of equal areas `min_by_key` takes the first.
    let grid = grids().filter(|grid| Some(scale(*grid)) == best).min_by_key(|grid| area(*grid));
    at_top_left(grid.unwrap_or([1, 1]), tiles.rows, source)
}

/// A canvas that the image keeps its aspect in, at the top left, without being enlarged beyond one tile.
fn at_top_left(grid: [u32; 2], side: u32, source: [u32; 2]) -> TileCanvas {
    let ([rows, columns], side) = (source.map(f64::from), f64::from(side));
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
