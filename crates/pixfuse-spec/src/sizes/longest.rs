//! The longer side becomes so long, or at most.

use super::{Sides, longer_and_shorter, round};
use crate::RuledSize;
use crate::SizeNumber::{Columns, Longest, Max, MaxPatches, MinSide, Multiple, Rows, Shortest};
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// At most so long, and the multiples above.
pub(super) fn pixtral(rule: &RuledSize, mut sides: Sides) -> Sides {
    let (longest, patch) = (rule.number(Longest), rule.number(Multiple));
    let ratio = (sides[0] / longest).max(sides[1] / longest);
    if ratio > 1.0 {
        sides = both(sides, |side| (side / ratio).floor());
    }
    both(sides, |side| (side / patch).ceil() * patch)
}

/// The longer side at most `max`, the other truncated from a quotient of the sides.
fn limited([rows, columns]: Sides, max: f64) -> Sides {
    let aspect = columns / rows;
    if columns >= rows && columns > max {
        [(max / aspect).trunc(), max]
    } else if rows > columns && rows > max {
        [max, (max * aspect).trunc()]
    } else {
        [rows, columns]
    }
}

/// No side is shorter than `shortest` then.
pub(super) fn idefics2(rule: &RuledSize, sides: Sides) -> Sides {
    both(limited(sides, rule.number(Max)), |side| side.max(rule.number(Shortest)))
}

/// The first of its two resizes: the longer side becomes `longest`, the other one even, none above 4096. Also SmolVLM.
pub(super) fn idefics3(rule: &RuledSize, sides: Sides) -> Sides {
    rescaled(sides, rule.number(Longest))
}

/// The longer side becomes so long, the other one even, none above 4096.
fn rescaled([rows, columns]: Sides, longest: f64) -> Sides {
    const MAX_IMAGE_SIZE: f64 = 4096.0;
    let aspect = columns / rows;
    let even = |side: f64| side + side.trunc().rem_euclid(2.0);
    let sides = if columns >= rows {
        [even((longest / aspect).trunc()), longest]
    } else {
        [longest, even((longest * aspect).trunc())]
    };
    both(limited(both(sides, |side| side.max(1.0)), MAX_IMAGE_SIZE), |side| side.max(1.0))
}

/// As Idefics3's, with the longer side reduced by tiles until the canvas has no more than `max_patches` of them.
pub(super) fn ultravbert(rule: &RuledSize, sides: Sides) -> Sides {
    let (tile, mut longest) = (rule.number(Multiple), rule.number(Longest));
    let tiles = |longest: f64| {
        let [rows, columns] = idefics3_canvas(rule, rescaled(sides, longest));
        (rows / tile) * (columns / tile)
    };
    while longest > tile && tiles(longest) > rule.number(MaxPatches) {
        longest -= tile;
    }
    rescaled(sides, longest)
}

/// `resize_for_vision_encoder`: the multiple above of the longer side, and of what the other one then is, truncated.
pub(super) fn idefics3_canvas(rule: &RuledSize, [rows, columns]: Sides) -> Sides {
    let (multiple, aspect) = (rule.number(Multiple), columns / rows);
    let up = |side: f64| (side / multiple).ceil() * multiple;
    if columns >= rows {
        let columns = up(columns);
        [up((columns / aspect).trunc()), columns]
    } else {
        let rows = up(rows);
        [rows, up((rows * aspect).trunc())]
    }
}

/// Both sides rounded half up.
pub(super) fn sam(rule: &RuledSize, sides: Sides) -> Sides {
    let scale = rule.number(Longest) / longer_and_shorter(sides)[0];
    both(sides, |side| (side * scale + 0.5).trunc())
}

/// Both sides rounded half to even, none below `min_side`. Also Janus.
pub(super) fn deepseek_vl(rule: &RuledSize, sides: Sides) -> Sides {
    let scale = rule.number(Longest) / longer_and_shorter(sides)[0];
    both(sides, |side| round(side * scale).max(rule.number(MinSide)))
}

/// The shorter side truncated, and not below `min_side`.
pub(super) fn aria(rule: &RuledSize, [rows, columns]: Sides) -> Sides {
    let longest = rule.number(Longest);
    let scale = longest / rows.max(columns);
    let other = |side: f64| (side * scale).trunc().max(rule.number(MinSide));
    if columns >= rows { [other(rows), longest] } else { [longest, other(columns)] }
}

/// `get_image_size_for_max_height_width`.
pub(super) fn hf_within(rule: &RuledSize, [rows, columns]: Sides) -> Sides {
    let scale = (rule.number(Rows) / rows).min(rule.number(Columns) / columns);
    both([rows, columns], |side| (side * scale).trunc())
}

/// An image that fits stays as it is.
pub(super) fn fuyu(rule: &RuledSize, [rows, columns]: Sides) -> Sides {
    if rows <= rule.number(Rows) && columns <= rule.number(Columns) {
        return [rows, columns];
    }
    hf_within(rule, [rows, columns])
}

/// The first of Donut's two resizes: the shorter side becomes that of the frame, the other one truncated from a quotient of
/// whole numbers.
pub(super) fn donut_shortest(rule: &RuledSize, source: [u32; 2]) -> Sides {
    let shorter = rule.number(Rows).min(rule.number(Columns));
    let [short, long] = if source[0] <= source[1] { [0, 1] } else { [1, 0] };
    let mut sides = [shorter; 2];
    sides[long] = (shorter * f64::from(source[long]) / f64::from(source[short])).trunc();
    sides
}

/// The second of them: no side beyond the frame's; the shorter one follows, truncated.
pub(super) fn donut_thumbnail(rule: &RuledSize, [rows, columns]: Sides) -> Sides {
    let most = [rule.number(Rows).min(rows), rule.number(Columns).min(columns)];
    if most == [rows, columns] {
        return most;
    }
    if rows > columns {
        [most[0], (columns * most[0] / rows).trunc()]
    } else if columns > rows {
        [(rows * most[1] / columns).trunc(), most[1]]
    } else {
        most
    }
}
