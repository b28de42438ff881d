//! Multiples within a budget of pixels or patches: vision-language models.

use super::{Sides, longer_and_shorter, round};
use crate::RuledSize;
use crate::SizeNumber::{
    FramePixels, Frames, Longest, Max, MaxPatches, MaxPixels, Merge, MinPatches, MinPixels, Multiple, Temporal,
};
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// The most that a side may be longer than the other; what the libraries refuse.
fn narrow_enough(rule: &RuledSize, sides: Sides, most: f64) -> Result<(), String> {
    let [longer, shorter] = longer_and_shorter(sides);
    if longer / shorter <= most {
        return Ok(());
    }
    let [rows, columns] = sides;
    Err(format!(
        "rule = {} refuses {rows} rows x {columns} columns: one side is more than {most} times the other; crop the image",
        rule.rule
    ))
}

/// The nearest multiples, or what brings their product, times `frames`, into the budget; `whole` is that number of frames as
/// the budget counts them.
fn smart_resize(rule: &RuledSize, sides: Sides, frames: f64, whole: f64, least: f64) -> Sides {
    let (factor, area) = (rule.number(Multiple), frames * sides[0] * sides[1]);
    let (min_pixels, max_pixels) = (rule.number(MinPixels), rule.number(MaxPixels));
    let nearest = both(sides, |side| (round(side / factor) * factor).max(least));
    let pixels = whole * nearest[0] * nearest[1];
    if pixels > max_pixels {
        let beta = (area / max_pixels).sqrt();
        return both(sides, |side| ((side / beta / factor).floor() * factor).max(factor));
    }
    if pixels < min_pixels {
        let beta = (min_pixels / area).sqrt();
        return both(sides, |side| (side * beta / factor).ceil() * factor);
    }
    nearest
}

/// Also Emu3, Apertus, Ernie 4.5, HunYuan, MiniMax M3, Cohere Compass and VideoLLaMA 3.
pub(super) fn qwen2_vl(rule: &RuledSize, sides: Sides) -> Result<Sides, String> {
    narrow_enough(rule, sides, 200.0)?;
    Ok(smart_resize(rule, sides, 1.0, 1.0, 0.0))
}

/// An image is as many frames as a temporal patch has, or its video, and they count; a small one is enlarged to one multiple
/// first. Also GLM-4.6V and Cosmos 3 Edge, and videos of Qwen3-VL.
pub(super) fn glm4v(rule: &RuledSize, mut sides: Sides) -> Result<Sides, String> {
    let factor = rule.number(Multiple);
    if sides[0] < factor || sides[1] < factor {
        let scale = (factor / sides[0]).max(factor / sides[1]);
        sides = both(sides, |side| (side * scale).trunc());
    }
    narrow_enough(rule, sides, 200.0)?;
    let frames = rule.number(Frames);
    let whole = rule.get(Temporal).map_or(frames, |temporal| {
        let temporal = f64::from(temporal);
        round(frames / temporal) * temporal
    });
    Ok(smart_resize(rule, sides, frames, whole, 0.0))
}

/// As Qwen's, never less than one multiple, and without a limit of the aspect.
pub(super) fn lfm2_vl(rule: &RuledSize, sides: Sides) -> Sides {
    smart_resize(rule, sides, 1.0, 1.0, rule.number(Multiple))
}

/// One side after the other is enlarged to one multiple first.
pub(super) fn paddleocr_vl(rule: &RuledSize, [mut rows, mut columns]: Sides) -> Result<Sides, String> {
    let factor = rule.number(Multiple);
    if rows < factor {
        columns = round((columns * factor) / rows);
        rows = factor;
    }
    if columns < factor {
        rows = round((rows * factor) / columns);
        columns = factor;
    }
    narrow_enough(rule, [rows, columns], 200.0)?;
    Ok(smart_resize(rule, [rows, columns], 1.0, 1.0, 0.0))
}

/// The budget's roots limit the sides; half of what they make.
pub(super) fn glm_image(rule: &RuledSize, sides: Sides) -> Result<Sides, String> {
    let factor = rule.number(Multiple);
    if sides[0] < factor || sides[1] < factor {
        return Err(format!(
            "rule = glm_image refuses {} rows x {} columns: a side is below multiple = {factor}; enlarge the image",
            sides[0], sides[1]
        ));
    }
    narrow_enough(rule, sides, 4.0)?;
    let [least, most] = both([MinPixels, MaxPixels], |pixels| round(rule.number(pixels).sqrt()));
    let [longer, shorter] = longer_and_shorter(sides);
    let mut scale = if shorter < least { least / shorter } else { 1.0 };
    if longer * scale > most {
        scale = most / longer;
    }
    let bar = both(sides, |side| (round((side / 2.0).floor() * scale / factor) * factor).max(factor));
    let [longest, _] = longer_and_shorter(bar);
    if longest > most {
        let beta = longest / most;
        return Ok(both(bar, |side| ((side / beta / factor).floor() * factor).max(factor)));
    }
    Ok(bar)
}

/// SigLIP 2: the largest scale, by halving, whose multiples are no more than so many patches.
pub(super) fn naflex(rule: &RuledSize, sides: Sides) -> Sides {
    const EPS: f64 = 1e-5;
    let (patch, most) = (rule.number(Multiple), rule.number(MaxPatches));
    let scaled = |scale: f64| both(sides, |side| ((side * scale / patch).ceil() * patch).max(patch));
    let (mut low, mut high) = (EPS / 10.0, 100.0);
    while high - low >= EPS {
        let scale = (low + high) / 2.0;
        let [rows, columns] = scaled(scale);
        if (rows / patch) * (columns / patch) <= most { low = scale } else { high = scale }
    }
    scaled(low)
}

/// Kimi K2.5's `navit_resize`: no image is enlarged, and none has less than a pixel.
pub(super) fn kimi_k25(rule: &RuledSize, sides: Sides) -> Sides {
    let longest = rule.number(Longest);
    let [rows, columns] = both(sides, |side| (side / rule.number(Multiple)).floor().max(1.0));
    let scale = (rule.number(MaxPatches) / (rows * columns)).sqrt().min(longest / sides[0]).min(longest / sides[1]);
    both(sides, |side| (side * scale.min(1.0)).trunc().max(1.0).min(longest))
}

/// Nemotron 3 Omni's `get_patch_grid_size`, times its patch: each side rounded up, also where it is whole and odd; nothing of
/// an image that is so thin that no patch of a side is left, with which it fails.
pub(super) fn nemotron_h_omni(rule: &RuledSize, sides: Sides) -> Sides {
    let (patch, merge) = (rule.number(Multiple), rule.number(Merge));
    let (least, most) = (rule.number(MinPatches), rule.number(MaxPatches));
    let own = both(sides, |side| round(side / patch + 0.5));
    let factor = (most / (own[0] * own[1])).sqrt().min(1.0);
    let mut grid = both(own, |side| (factor * side).floor());
    if most > least && grid[0] * grid[1] < least {
        let factor = (least / (grid[0] * grid[1])).sqrt();
        if factor.is_infinite() {
            return [0.0; 2];
        }
        grid = both(grid, |side| (factor * side).ceil());
    }
    for axis in 0..2 {
        let rest = grid[axis] % merge;
        if rest != 0.0 {
            let above = grid[axis] + merge - rest;
            grid[axis] = if above * grid[1 - axis] <= most { above } else { merge.max(grid[axis] - rest) };
        }
    }
    both(grid, |side| side * patch)
}

/// HY-V4-VL's `smart_resize`: from the most rows on, whose columns are within what the aspect and the budgets allow. A row of
/// patches counts one more, for its break.
pub(super) fn hy_v4_vl(rule: &RuledSize, [rows, columns]: [u32; 2]) -> Result<Sides, String> {
    narrow_enough(rule, both([rows, columns], f64::from), 200.0)?;
    let number = |number| i64::from(rule.get(number).unwrap_or(1));
    let (factor, high, wide) = (number(Multiple), i64::from(rows), i64::from(columns));
    let budget = number(MaxPixels) / (factor * factor);
    for rows in (1..=(high / factor).max(1)).rev() {
        let least = if rows == 1 { 1 } else { (wide * rows / high).max(1) };
        let most = (wide * (rows + 1)).div_euclid(high) + i64::from(wide * (rows + 1) % high != 0) - 1;
        let most = most.max(1).min((wide / factor).max(1));
        let of_video = if budget > 0 { budget / (number(Frames) * rows) - 1 } else { 0 };
        let columns = most.min(of_video).min(number(FramePixels) / (factor * factor * rows));
        if columns >= least {
            return Ok(both([rows, columns], |side| (side * factor) as f64));
        }
    }
    Ok([factor as f64; 2])
}

/// The multiples below; of an image that is too thin for one, as many as the aspect, at most the budget's row of them.
pub(super) fn gemma4(rule: &RuledSize, [rows, columns]: Sides) -> Result<Sides, String> {
    let (multiple, most) = (rule.number(Multiple), rule.number(MaxPixels));
    let factor = (most / (rows * columns)).sqrt();
    let below = |side: f64| (factor * side / multiple).floor() * multiple;
    let longest = (most / (multiple * multiple)).floor() * multiple;
    let beside = |longer: f64, shorter: f64| ((longer / shorter).floor() * multiple).min(longest);
    let sides = match [below(rows), below(columns)] {
        [0.0, 0.0] => [0.0, 0.0],
        [0.0, _] => [multiple, beside(columns, rows)],
        [_, 0.0] => [beside(rows, columns), multiple],
        sides => sides,
    };
    if sides[0] * sides[1] > most {
        return Err(format!(
            "rule = gemma4 refuses {rows} rows x {columns} columns: {} x {} are more than max_pixels = {most}",
            sides[0], sides[1]
        ));
    }
    Ok(sides)
}

/// `get_resize_output_size`: rounded, and rounded again the other way where that leaves the budget.
pub(super) fn neomme(rule: &RuledSize, sides: Sides) -> Sides {
    let limit = |number| rule.get(number).map(f64::from);
    let (min_pixels, max_pixels, max) = (limit(MinPixels), limit(MaxPixels), limit(Max));
    let area = sides[0] * sides[1];
    let small = min_pixels.is_some_and(|least| area < least);
    // The library's `** 0.5` may differ from it in the last bit of a root halfway between two numbers, of which no side
    // is made.
    let mut scale = min_pixels.filter(|_| small).map_or(1.0, |least| (least / area).sqrt());
    if let Some(max) = max {
        scale = scale.min(max / sides[0].max(sides[1]));
    }
    if let Some(most) = max_pixels {
        scale = scale.min((most / area).sqrt());
    }
    if scale == 1.0 {
        return sides;
    }
    let exceeds = |[rows, columns]: Sides| {
        max.is_some_and(|max| rows.max(columns) > max) || max_pixels.is_some_and(|most| rows * columns > most)
    };
    let nearest = both(sides, |side| round(side * scale).max(1.0));
    if exceeds(nearest) {
        let [mut rows, mut columns] = both(sides, |side| (side * scale).floor().max(1.0));
        if let Some(most) = max_pixels.filter(|&most| rows * columns > most) {
            if rows >= columns {
                rows = (most / columns).floor().max(1.0);
            } else {
                columns = (most / rows).floor().max(1.0);
            }
        }
        return [rows, columns];
    }
    if small && min_pixels.is_some_and(|least| nearest[0] * nearest[1] < least) {
        let above = both(sides, |side| (side * scale).ceil().max(1.0));
        if !exceeds(above) {
            return above;
        }
    }
    nearest
}

/// `smart_resize`, and the content that `resize` puts into its canvas. The canvas is the multiples above that content, but
/// where an image is so thin that one side of it spans several: no declaration says that margin. Of a video the budget is that
/// of `temporal` frames, and all its frames count.
pub(super) fn glm5_next(rule: &RuledSize, [rows, columns]: Sides) -> Result<Sides, String> {
    let (factor, frames, temporal) = (rule.number(Multiple), rule.number(Frames), rule.number(Temporal));
    let whole = (round(frames / temporal) * temporal).max(temporal);
    let area = frames * rows * columns;
    let [least, most] = both([MinPixels, MaxPixels], |pixels| rule.number(pixels) * temporal);
    let align = |side: f64| (side / factor).ceil() * factor;
    let mut canvas = [align(rows), align(columns)];
    if whole * canvas[0] * canvas[1] < least {
        let scale = (least / area).sqrt();
        canvas = both([rows, columns], |side| align((side * scale).ceil().max(1.0)));
    }
    if whole * canvas[0] * canvas[1] > most {
        if whole * factor * factor > most {
            return Err(format!(
                "rule = glm5_next refuses {frames} frames: {whole} of {factor} x {factor} pixels are more than max_pixels times \
                 temporal, {most}; give fewer frames"
            ));
        }
        // The most rows, by halving, whose canvas is within the budget.
        canvas = [factor; 2];
        let (mut low, mut high) = (1.0, rows);
        while low <= high {
            let high_content = ((low + high) / 2.0_f64).floor();
            let wide_content = (columns * high_content / rows).floor().max(1.0);
            let candidate = [align(high_content), align(wide_content)];
            if whole * candidate[0] * candidate[1] <= most {
                (canvas, low) = (candidate, high_content + 1.0);
            } else {
                high = high_content - 1.0;
            }
        }
    }
    let mut scale = (canvas[0] / rows).min(canvas[1] / columns);
    if area >= least {
        scale = scale.min(1.0);
    }
    let content = both([0, 1], |axis| ([rows, columns][axis] * scale).floor().min(canvas[axis]).max(1.0));
    if both(content, align) == canvas {
        return Ok(content);
    }
    Err(format!(
        "rule = glm5_next puts {rows} rows x {columns} columns into a canvas of {} x {}, more than the multiples of \
         {factor} above its content of {} x {}; crop the image to a wider aspect",
        canvas[0], canvas[1], content[0], content[1]
    ))
}
