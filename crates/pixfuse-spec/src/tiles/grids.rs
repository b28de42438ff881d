//! Grids whose canvas the image fills, whatever its aspect.

use super::Tiles;

use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// Every grid of so many tiles, rows and columns: by their number, and those of one number by their columns.
fn grids(least: u32, most: u32, side: u32) -> Vec<[u32; 2]> {
    let mut grids = Vec::new();
    for count in least..=most {
        for columns in 1..=count.min(side) {
            if count % columns == 0 && count / columns <= side {
                grids.push([count / columns, columns]);
            }
        }
    }
    grids
}

/// Grids of one aspect.
pub(super) type Aspect = (f64, Vec<[u32; 2]>);

/// Adds a grid to those of its aspect, which stand where the first of them does.
pub(super) fn add(aspects: &mut Vec<Aspect>, aspect: f64, grid: [u32; 2]) {
    match aspects.iter_mut().find(|(known, _)| *known == aspect) {
        Some((_, grids)) => grids.push(grid),
        None => aspects.push((aspect, vec![grid])),
    }
}

/// GOT-OCR 2's `get_optimal_tiled_canvas`: the nearest quotient of the sides. Of two that are as near it takes the one with
/// more tiles, unless these had twice the image's pixels.
pub(super) fn nearest_aspect(tiles: &Tiles, source: [u32; 2], side: u32) -> [u32; 2] {
    nearest([tiles.rows, tiles.columns], grids(tiles.min, tiles.most(), side), source)
}

/// The same of tiles of this size, from so few to so many.
pub(crate) fn nearest_aspect_of(tile: [u32; 2], least: u32, most: u32, source: [u32; 2]) -> [u32; 2] {
    nearest(tile, grids(least, most, u32::MAX), source)
}

fn nearest(tile: [u32; 2], grids: Vec<[u32; 2]>, [rows, columns]: [u32; 2]) -> [u32; 2] {
    let aspect = f64::from(columns) / f64::from(rows);
    let area = f64::from(columns) * f64::from(rows);
    let (mut best, mut least) = ([1, 1], f64::INFINITY);
    for grid in grids {
        let [high, wide] = both(grid, f64::from);
        let difference = (aspect - wide / high).abs();
        let pixels = 0.5 * f64::from(tile[0]) * f64::from(tile[1]) * wide * high;
        if difference < least || (difference == least && area > pixels) {
            (best, least) = (grid, difference);
        }
    }
    best
}

/// Cohere 2 Vision's: the canvas that the image must be enlarged to the least, or else be reduced to the least.
pub(super) fn least_enlarged(tiles: &Tiles, source: [u32; 2]) -> [u32; 2] {
    let scale = |grid: [u32; 2]| {
        let [rows, columns] =
            both([0, 1], |axis| f64::from(grid[axis]) * f64::from(tiles.rows) / f64::from(source[axis]));
        rows.min(columns)
    };
    let (mut enlarged, mut reduced) = (([1, 1], f64::INFINITY), ([1, 1], 0.0));
    for grid in grids(1, tiles.most(), u32::MAX) {
        let scale = scale(grid);
        if scale >= 1.0 && scale < enlarged.1 {
            enlarged = (grid, scale);
        } else if scale < 1.0 && scale > reduced.1 {
            reduced = (grid, scale);
        }
    }
    if enlarged.1.is_finite() { enlarged.0 } else { reduced.0 }
}

/// Ovis 2's `get_min_tile_covering_grid`: how much of its area an image keeps whose parts are reduced to tiles.
pub(super) fn covering(tiles: &Tiles, source: [u32; 2]) -> [u32; 2] {
    const ENOUGH: f64 = 0.9;
    let area = f64::from(source[0]) * f64::from(source[1]);
    // The library cuts the rows by the number of columns and the columns by that of rows.
    let kept = |[high, wide]: [u32; 2]| {
        let parts = |side: u32, count: u32| {
            let part = side / count;
            (0..count).map(move |index| if index + 1 == count { side - index * part } else { part })
        };
        let mut sum = 0.0;
        for rows in parts(source[0], wide) {
            for columns in parts(source[1], high) {
                sum += covered(rows.max(columns).into(), rows.min(columns).into(), tiles.rows.into());
            }
        }
        sum / area
    };
    let mut enough: Option<([u32; 2], f64)> = None;
    let mut best: Option<([u32; 2], f64)> = None;
    let count = |grid: [u32; 2]| grid[0] * grid[1];
    for grid in grids(1, tiles.most(), u32::MAX) {
        let kept = kept(grid);
        if kept > ENOUGH && enough.is_none_or(|(known, most)| count(grid) == count(known) && kept > most) {
            enough = Some((grid, kept));
        }
        if best.is_none_or(|(_, most)| kept > most) {
            best = Some((grid, kept));
        }
    }
    enough.or(best).map_or([1, 1], |(grid, _)| grid)
}

/// The pixels of a part whose longer side is reduced to this.
fn covered(longer: f64, shorter: f64, side: f64) -> f64 {
    if longer > side { side * (shorter / longer * side) } else { longer * shorter }
}

/// PerceptionLM's: of the canvases that the image fits into the one that shows it largest, the last of equals; if it fits
/// into none, the largest of the nearest aspect.
pub(super) fn perception_lm(tiles: &Tiles, [rows, columns]: [u32; 2]) -> [u32; 2] {
    if tiles.most() == 1 {
        return [1, 1];
    }
    let (rows, columns, side) = (f64::from(rows), f64::from(columns), f64::from(tiles.rows));
    let aspect = columns / rows;
    // From the most tiles down, each by its columns.
    let mut aspects = Vec::new();
    for count in (1..=tiles.most()).rev() {
        for grid in grids(count, count, u32::MAX) {
            add(&mut aspects, f64::from(grid[1]) / f64::from(grid[0]), grid);
        }
    }
    let mut best: Option<([u32; 2], f64)> = None;
    for &grid in aspects.iter().flat_map(|(_, grids)| grids) {
        let [high, wide] = both(grid, |count| f64::from(count) * side);
        if wide < columns || high < rows {
            continue;
        }
        let scale = (wide / columns).min(high / rows);
        // The side that follows from the other one, or, of a square, is that.
        let shown = if aspect > 1.0 {
            (scale * columns / aspect).floor()
        } else if aspect < 1.0 {
            (scale * rows * aspect).floor()
        } else {
            scale * rows
        };
        if best.is_none_or(|(_, most)| shown >= most) {
            best = Some((grid, shown));
        }
    }
    if let Some((grid, _)) = best {
        return grid;
    }
    let fits = |quotient: f64| if aspect >= 1.0 { quotient <= aspect } else { quotient > aspect };
    let distance = |quotient: f64| {
        if aspect >= 1.0 { (quotient - aspect).abs() } else { (1.0 / quotient - 1.0 / aspect).abs() }
    };
    let mut nearest: Option<&Aspect> = None;
    for known in aspects.iter().filter(|(quotient, _)| fits(*quotient)) {
        if nearest.is_none_or(|(quotient, _)| distance(known.0) < distance(*quotient)) {
            nearest = Some(known);
        }
    }
    let grids = nearest.map_or(&[][..], |(_, grids)| grids);
    let long = |grid: [u32; 2]| if aspect >= 1.0 { grid[1] } else { grid[0] };
    // Grids of one quotient stand from the largest down.
    let mut largest = grids.first().copied().unwrap_or([1, 1]);
    for &grid in grids {
        if long(grid) > long(largest) {
            largest = grid;
        }
    }
    largest
}
