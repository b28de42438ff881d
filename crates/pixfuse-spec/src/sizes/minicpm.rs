//! MiniCPM-V: a view of the whole image, and slices of one canvas beside it where the image is large.
//!
//! Grids are compared by logarithms in f64, as the library's Python does: of two aspects that are as near, the last bit decides.

use super::logarithm::logarithm;
use super::{Sides, round};
use crate::RuledSize;
use crate::SizeNumber::{Longest, MaxPatches, Multiple};
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// `get_sliced_grid`: rows and columns of slices; nothing for an image that is one.
pub(super) fn grid(rule: &RuledSize, [rows, columns]: [u32; 2]) -> Option<[u32; 2]> {
    let (longest, most) = (rule.number(Longest), rule.get(MaxPatches).unwrap_or(1));
    let slices = (f64::from(rows) * f64::from(columns) / (longest * longest)).ceil().min(most.into()) as u32;
    if slices <= 1 {
        return None;
    }
    let aspect = logarithm(f64::from(columns) / f64::from(rows));
    let (mut best, mut least) = ([1, 1], f64::INFINITY);
    for count in slices - 1..=slices + 1 {
        if count == 1 || count > most {
            continue;
        }
        for high in (1..=count).filter(|high| count.is_multiple_of(*high)) {
            let wide = count / high;
            let error = (aspect - logarithm(f64::from(wide) / f64::from(high))).abs();
            if error < least || (error == least && high > best[0]) {
                (best, least) = ([high, wide], error);
            }
        }
    }
    Some(best)
}

/// The view of the whole image.
pub(super) fn whole(rule: &RuledSize, source: [u32; 2]) -> Sides {
    best(rule, both(source, f64::from), grid(rule, source).is_none())
}

/// The canvas of all slices, each of which is as large as a view of a part of the image.
pub(super) fn slices(rule: &RuledSize, source: [u32; 2]) -> Result<Sides, String> {
    let Some(grid) = grid(rule, source).map(|grid| both(grid, f64::from)) else {
        let [rows, columns] = source;
        return Err(format!(
            "rule = {} cuts larger images than {rows} rows x {columns} columns; rule = minicpm is that of one view",
            rule.rule
        ));
    };
    let part = both([0, 1], |axis| near(source[axis].into(), grid[axis]) / grid[axis]);
    let slice = best(rule, part, true);
    Ok(both([0, 1], |axis| slice[axis] * grid[axis]))
}

/// `find_best_resize`: multiples near the sides, or near those of as many pixels as a square of `longest`.
fn best(rule: &RuledSize, [mut rows, mut columns]: Sides, is_enlarged: bool) -> Sides {
    let (longest, multiple) = (rule.number(Longest), rule.number(Multiple));
    if is_enlarged || rows * columns > longest * longest {
        let aspect = columns / rows;
        rows = (longest / aspect.sqrt()).trunc();
        columns = (rows * aspect).trunc();
    }
    [near(rows, multiple), near(columns, multiple)]
}

/// `ensure_divide`: the nearest multiple, at least one.
fn near(length: f64, multiple: f64) -> f64 {
    (round(length / multiple) * multiple).max(multiple)
}
