//! The shorter side becomes so long, or both go to multiples: detectors and segmenters.

use super::{Sides, longer_and_shorter, round};
use crate::RuledSize;
use crate::SizeNumber::{Columns, Longest, Max, Multiple, Rows, Shortest};
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

fn up(sides: Sides, multiple: f64) -> Sides {
    both(sides, |side| (side / multiple).ceil() * multiple)
}

/// The multiples below. Also GLPN's whole rule.
pub(super) fn down(sides: Sides, multiple: f64) -> Sides {
    both(sides, |side| (side / multiple).floor() * multiple)
}

/// `get_size_with_aspect_ratio`: the shorter side `shortest`, or what keeps the longer one to `max`. An image whose
/// shorter side is right already stays as it is; YOLOS looks for that in wide images alone.
fn with_aspect_ratio(rule: &RuledSize, sides: Sides, tall_stays: bool) -> Sides {
    let (mut size, max) = (rule.number(Shortest), rule.number(Max));
    let [longer, shorter] = longer_and_shorter(sides);
    let mut raw = size;
    if longer / shorter * size > max {
        raw = max * shorter / longer;
        size = round(raw);
    }
    let [rows, columns] = sides;
    let is_tall = columns < rows;
    if shorter == size && (!is_tall || tall_stays) {
        return sides;
    }
    if is_tall { [(raw * rows / columns).trunc(), size] } else { [size, (raw * columns / rows).trunc()] }
}

/// Also MaskFormer.
pub(super) fn mask2former(rule: &RuledSize, sides: Sides) -> Sides {
    up(with_aspect_ratio(rule, sides, true), rule.number(Multiple))
}

pub(super) fn yolos(rule: &RuledSize, sides: Sides) -> Sides {
    down(with_aspect_ratio(rule, sides, false), rule.number(Multiple))
}

pub(super) fn textnet(rule: &RuledSize, sides: Sides) -> Sides {
    let [longer, shorter] = longer_and_shorter(sides);
    let size = rule.number(Shortest);
    let other = (size * longer / shorter).trunc();
    let sides = if sides[1] <= sides[0] { [other, size] } else { [size, other] };
    up(sides, rule.number(Multiple))
}

pub(super) fn pp_lcnet(rule: &RuledSize, sides: Sides) -> Sides {
    let scale = rule.number(Shortest) / longer_and_shorter(sides)[1];
    up(both(sides, |side| round(side * scale)), rule.number(Multiple))
}

/// The longer side is at most 1333/800 of `shortest`; both are rounded half up. Also BridgeTower.
pub(super) fn vilt(rule: &RuledSize, [rows, columns]: Sides) -> Sides {
    let shorter = rule.number(Shortest);
    let most = (1333.0 / 800.0 * shorter).trunc();
    let mut sides =
        if rows < columns { [shorter, columns * (shorter / rows)] } else { [rows * (shorter / columns), shorter] };
    let [longer, _] = longer_and_shorter(sides);
    if longer > most {
        let scale = most / longer;
        sides = both(sides, |side| side * scale);
    }
    down(both(sides, |side| (side + 0.5).trunc()), rule.number(Multiple))
}

/// With `keep_aspect_ratio`: scaled by the one of two ratios that is nearer to 1, then to the nearest multiples. Also
/// Depth Anything.
pub(super) fn dpt(rule: &RuledSize, sides: Sides) -> Sides {
    let multiple = rule.number(Multiple);
    let [by_rows, by_columns] = [rule.number(Rows) / sides[0], rule.number(Columns) / sides[1]];
    let scale = if (1.0 - by_columns).abs() < (1.0 - by_rows).abs() { by_columns } else { by_rows };
    both(sides, |side| round(scale * side / multiple) * multiple)
}

/// PP-OCR's recognisers, `get_target_size` of one image: the columns of its aspect, rounded up, or those of the frame's aspect
/// where that is wider and truncated below them; at most `max`.
pub(super) fn pp_ocr_rec(rule: &RuledSize, [rows, columns]: Sides) -> Sides {
    let (high, wide, most) = (rule.number(Rows), rule.number(Columns), rule.number(Max));
    let aspect = columns / rows;
    let widest = (high * aspect.max(wide / high)).trunc();
    if widest > most {
        return [high, most];
    }
    let above = (high * aspect).ceil();
    [high, if widest >= above { above } else { widest }]
}

/// PP-OCR's detectors: the shorter side at least `shortest`, or the longer one at most `longest` (`limit_type` min and
/// max), none above `max`, then the nearest multiples of 32.
pub(super) fn pp_ocr(rule: &RuledSize, sides: Sides) -> Sides {
    let [longer, shorter] = longer_and_shorter(sides);
    let ratio = match (rule.get(Shortest), rule.get(Longest)) {
        (Some(least), _) if shorter < f64::from(least) => f64::from(least) / shorter,
        (None, Some(most)) if longer > f64::from(most) => f64::from(most) / longer,
        _ => 1.0,
    };
    let mut sides = both(sides, |side| (side * ratio).trunc());
    let [longer, _] = longer_and_shorter(sides);
    if let Some(max) = rule.get(Max).map(f64::from).filter(|&max| longer > max) {
        sides = both(sides, |side| (side * (max / longer)).trunc());
    }
    both(sides, |side| (round(side / 32.0) * 32.0).max(32.0))
}
