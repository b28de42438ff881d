//! Counts of tokens that follow from an image's sides, whatever its tensor is cut into.
//!
//! Sides are whole numbers and quotients f64, as in the library's Python.

use pixfuse_spec::{Filter, RuledSize, Sampling, SizeNumber, SizeRule, TileRule, Tiles};
use serde_json::Value;

use super::size;
use super::tokens::{Counting, above_0, bounded, whole};
use crate::record::{Record, side};
use crate::{Error, Reason};

/// Apertus 1.5's codes: one of `spatial_factor` x `spatial_factor` pixels.
pub(super) fn apertus(counting: &Counting<'_>) -> Result<u128, Error> {
    let keys = &counting.called.keys;
    let factor = counting.called.count("spatial_factor")?;
    let sides = if keys.flag("do_resize")? {
        counting.budget(factor, size::pixels(keys, "size", ["min_pixels", "max_pixels"])?)?
    } else {
        counting.source.map(bounded)
    };
    let [rows, columns] = sides.map(|side| side / u128::from(factor));
    Ok(rows * columns)
}

/// Emu 3's: a break behind each row, of the sides that the image class was made for.
pub(super) fn emu3(counting: &Counting<'_>) -> Result<u128, Error> {
    const DOWNSAMPLED: u128 = 8;
    let made = |key: &str| above_0(&counting.made, key).map(|value| value as u32);
    let sides = counting.budget(made("spatial_factor")?, [made("min_pixels")?, made("max_pixels")?])?;
    let [rows, columns] = sides.map(|side| side / DOWNSAMPLED);
    Ok(rows * (columns + 1))
}

/// Fuyu's: patches of an image that is not enlarged, with a break behind each row.
pub(super) fn fuyu(counting: &Counting<'_>) -> Result<u128, Error> {
    let sides = |keys: &Record<'_>, key: &str| {
        let found = ["height", "width"].map(|name| size::part(keys, key, name));
        let [Some(height), Some(width)] = found else { return Err(keys.wrong(key, "{height, width}")) };
        Ok([u128::from(height), u128::from(width)])
    };
    let (frame, patch) = (sides(&counting.called.keys, "size")?, sides(&counting.made, "patch_size")?);
    let source = counting.source.map(bounded);
    let scales = [0, 1].map(|axis| frame[axis] as f64 / source[axis] as f64);
    let scale = scales[0].min(scales[1]);
    let of_axis = |axis: usize| {
        let resized = ((source[axis] as f64 * scale) as u128).min(source[axis]);
        (resized.div_ceil(patch[axis]) * patch[axis]).min(frame[axis])
    };
    let padded = [of_axis(0), of_axis(1)];
    for axis in [0, 1] {
        if padded[axis] == 0 {
            return Err(counting.nothing());
        }
        if padded[axis] % patch[axis] != 0 {
            return Err(counting.made.wrong("patch_size", "a divisor of size"));
        }
    }
    Ok(padded[0] / patch[0] * (padded[1] / patch[1] + 1))
}

/// Pixtral's: patches of the processor's own side, with a break or the end behind each row.
pub(super) fn pixtral(counting: &Counting<'_>) -> Result<u128, Error> {
    let patch = above_0(&counting.own, "patch_size")? * above_0(&counting.own, "spatial_merge_size")?;
    let [rows, columns] = counting.within_longest(patch)?.map(|side| side / patch);
    Ok(rows * (columns + 1))
}

/// LightOnOCR's: merged patches of the sides that its image class makes.
pub(super) fn lighton_ocr(counting: &Counting<'_>) -> Result<u128, Error> {
    let keys = &counting.called.keys;
    let patch = match keys.get("patch_size") {
        Some(Value::Object(sides)) => match ["height", "width"].map(|name| sides.get(name).and_then(side)) {
            [Some(rows), Some(columns)] if rows == columns => Some(rows),
            _ => None,
        },
        Some(value) => side(value),
        None => None,
    };
    let patch = patch.ok_or_else(|| keys.wrong("patch_size", "one side, or {height, width}, both the same"))?;
    let merged = above_0(&counting.own, "patch_size")? * above_0(&counting.own, "spatial_merge_size")?;
    let [rows, columns] = counting.within_longest(patch.into())?.map(|side| side / merged);
    Ok(rows * columns)
}

/// LLaVA's: patches of the crop, and what a model adds or drops.
pub(super) fn llava(counting: &Counting<'_>) -> Result<u128, Error> {
    let crop = counting.called.size("crop_size")?.unwrap_or_default().exact();
    let crop = crop.ok_or_else(|| counting.called.keys.wrong("crop_size", "{height, width}"))?;
    let patch = above_0(&counting.own, "patch_size")?;
    let [rows, columns] = crop.map(|side| u128::from(side) / patch);
    counting.selected(rows * columns + whole(&counting.own, "num_additional_image_tokens")?)
}

/// LLaVA-NeXT's: patches of the part of the canvas that shows the image, a break behind each row, and those of the whole image.
/// Granite 4 Vision's are of a part of its patches.
pub(super) fn llava_next(counting: &Counting<'_>) -> Result<u128, Error> {
    let tile = counting.tile()?;
    let patches = u128::from(tile) / above_0(&counting.own, "patch_size")?;
    let patches = match counting.own.get("downsample_rate") {
        None => patches,
        Some(rate) => {
            part(patches, rate).ok_or_else(|| counting.own.wrong("downsample_rate", "a fraction, \"4/8\" or 0.5"))?
        }
    };
    let shown = counting.shown([patches; 2], tile)?;
    let base = patches * patches + whole(&counting.own, "num_additional_image_tokens")?;
    counting.selected(shown[0] * shown[1] + shown[0] + base)
}

/// LLaVA-OneVision's: the same, of patches that are reduced where there are many.
pub(super) fn llava_onevision(counting: &Counting<'_>) -> Result<u128, Error> {
    let base = above_0(&counting.own, "num_image_tokens")?;
    let patches = (base as f64).sqrt() as u128;
    let shown = counting.shown([patches; 2], counting.tile()?)?;
    let aspect = counting.own.word("vision_aspect_ratio")?.unwrap_or_default();
    // What Python's `strip` takes away is any of these letters.
    let most = aspect.trim_matches(|letter| "anyres_max_".contains(letter)).parse::<u32>();
    let most = most.ok().filter(|most| *most > 0);
    let most = most.ok_or_else(|| counting.own.wrong("vision_aspect_ratio", "\"anyres_max_9\" or another number"))?;
    let ratio = ((shown[0] * shown[1]) as f64 / (u128::from(most) * patches * patches) as f64).sqrt();
    let [rows, columns] =
        if ratio > 1.1 { shown.map(|side| floor_quotient(side as f64, ratio) as u128) } else { shown };
    counting.selected(rows * columns + rows + base)
}

impl Counting<'_> {
    /// The sides of Qwen2-VL's rule.
    fn budget(&self, multiple: u32, [least, most]: [u32; 2]) -> Result<[u128; 2], Error> {
        let rule = RuledSize::new(SizeRule::Qwen2Vl).with(SizeNumber::Multiple, multiple);
        self.ruled(rule.with(SizeNumber::MinPixels, least).with(SizeNumber::MaxPixels, most))
    }

    /// The sides of Pixtral's rule.
    fn within_longest(&self, patch: u128) -> Result<[u128; 2], Error> {
        let longest = self.called.size("size")?.and_then(|size| size.longest_edge);
        let longest = longest.ok_or_else(|| self.called.keys.wrong("size", "{longest_edge}"))?;
        let patch = u32::try_from(patch).map_err(|_| self.own.wrong("patch_size", "a number of pixels"))?;
        self.ruled(
            RuledSize::new(SizeRule::Pixtral).with(SizeNumber::Longest, longest).with(SizeNumber::Multiple, patch),
        )
    }

    fn ruled(&self, rule: RuledSize) -> Result<[u128; 2], Error> {
        let sides = rule
            .resize(self.sides())
            .map_err(|why| Error::new(Reason::Value, self.made.subject, Some("tokens"), why))?;
        Ok(sides.map(u128::from))
    }

    fn sides(&self) -> [u32; 2] {
        self.source.map(|side| u32::try_from(side).unwrap_or(u32::MAX))
    }

    /// The side of LLaVA's tiles.
    fn tile(&self) -> Result<u32, Error> {
        let size = self.called.size("size")?.unwrap_or_default();
        let side = size.shortest_edge.or_else(|| size.exact().map(|[height, width]| height.min(width)));
        side.ok_or_else(|| self.called.keys.wrong("size", "{height, width} or {shortest_edge}"))
    }

    /// Rows and columns of patches, as many of each as `patches` in a tile, of the part of the best canvas that shows the image.
    fn shown(&self, patches: [u128; 2], tile: u32) -> Result<[u128; 2], Error> {
        let wrong = || self.made.wrong("image_grid_pinpoints", "a list of [rows, columns]");
        let pair = |canvas: &Value| match canvas.as_array()?.as_slice() {
            [rows, columns] => Some([side(rows)?, side(columns)?]),
            _ => None,
        };
        let canvases = self.made.get("image_grid_pinpoints").and_then(Value::as_array).ok_or_else(wrong)?;
        let canvases = canvases.iter().map(pair).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        // Tiles of one pixel, so that the grid is the canvas.
        let tiles = Tiles {
            rows: 1,
            columns: 1,
            sampling: Sampling::new(Filter::Nearest),
            rule: TileRule::LlavaNext,
            min: 1,
            max: None,
            canvases,
            thumbnail: None,
            pad_to: None,
        };
        let best = tiles.canvas(self.sides()).map_err(|_| wrong())?.grid;
        let whole = [0, 1].map(|axis| patches[axis] * u128::from(best[axis] / tile));
        if whole[0] == 0 {
            // No canvas shows a pixel of it, or the best one is lower than a tile. One that is narrower has no columns.
            return Err(self.nothing());
        }
        let source = self.source.map(|side| side as f64);
        // Columns by the rows of the image and of the canvas: the other side is the one with margins.
        let axis = usize::from(source[1] / source[0] <= whole[1] as f64 / whole[0] as f64);
        let scale = whole[1 - axis] as f64 / source[1 - axis];
        let content = rounded_down(source[axis] * scale);
        let padding = (whole[axis] as i128 - content as i128).div_euclid(2);
        let mut shown = whole;
        shown[axis] = (whole[axis] as i128 - 2 * padding).max(0) as u128;
        Ok(shown)
    }

    /// Without the one token that a model drops that does not take all of its features.
    fn selected(&self, tokens: u128) -> Result<u128, Error> {
        let drops = self.own.word("vision_feature_select_strategy")? == Some("default");
        Ok(tokens.saturating_sub(u128::from(drops)))
    }

    fn nothing(&self) -> Error {
        let [rows, columns] = self.source;
        let message =
            format!("nothing is left of an image of {rows} rows x {columns} columns, which the library fails with too");
        Error::new(Reason::Value, self.made.subject, Some("tokens"), message)
    }
}

/// Python's `int(round(value, 7))`.
fn rounded_down(value: f64) -> u128 {
    pixfuse_spec::nearest_float(&format!("{value:.7}")).unwrap_or(value) as u128
}

/// Python's `//` of two floats above 0: of the quotient without its remainder, so that it is never one too many.
fn floor_quotient(value: f64, by: f64) -> f64 {
    let quotient = (value - value % by) / by;
    let whole = quotient.floor();
    if quotient - whole > 0.5 { whole + 1.0 } else { whole }
}

/// `int(count * Fraction(rate))`, where the rate is a text or a float, which is a fraction too.
fn part(count: u128, rate: &Value) -> Option<u128> {
    let number = |text: &str| text.trim().parse::<u32>().ok().map(u128::from);
    let (above, below) = match rate {
        Value::String(text) => match text.split_once('/') {
            Some((above, below)) => (number(above)?, number(below)?),
            None => {
                let (whole, digits) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
                let below = 10_u32.checked_pow(u32::try_from(digits.len()).ok()?)?;
                (number(&format!("{whole}{digits}"))?, below.into())
            }
        },
        rate => {
            // A whole number of 53 bits over a power of two.
            let mut above = rate.as_f64().filter(|rate| (1e-3..1e3).contains(rate))?;
            let mut below = 1_u128;
            while above.fract() != 0.0 {
                (above, below) = (above * 2.0, below * 2);
            }
            (above as u128, below)
        }
    };
    (count * above).checked_div(below)
}

/// Rows of tokens of the whole image, and of its crops.
pub(super) fn molmo2(counting: &Counting<'_>) -> Result<u128, Error> {
    let (crops, own) = (counting.called.overlapping_crops()?, &counting.own);
    let of_crops = u128::from(own.flag("image_use_col_tokens")?);
    let of_whole = match own.get("use_single_crop_col_tokens") {
        None => of_crops,
        Some(_) => own.flag("use_single_crop_col_tokens")?.into(),
    };
    let tokens = |[rows, columns]: [u32; 2], breaks: u128| 2 + u128::from(rows) * (u128::from(columns) + breaks);
    let source = counting.source.map(|side| side as u32);
    let (whole, cut) = (crops.pooled_view(0).grid, crops.pooled_crops(crops.grid(source), 0).grid);
    Ok(tokens(whole, of_whole) + tokens(cut, of_crops))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_and_parts_are_those_of_python() {
        // 27 // 0.9 is 29 in Python, for 0.9 is a little more than nine tenths; 1 // 0.1 is 9.
        assert_eq!([floor_quotient(27.0, 0.9), floor_quotient(1.0, 0.1), floor_quotient(54.0, 1.5)], [29.0, 9.0, 36.0]);
        assert_eq!([rounded_down(26.999_999_97), rounded_down(26.999_999_9), rounded_down(27.0)], [27, 26, 27]);
        let parts = ["\"4/8\"", "\"0.5\"", "0.5", "0.3", "\"0.3\"", "1"].map(|rate| part(10, &rate.parse().unwrap()));
        // The float 0.3 is a little less.
        assert_eq!(parts, [5, 5, 5, 2, 3, 10].map(Some));
        assert_eq!([part(27, &Value::Null), part(27, &"\"1/0\"".parse().unwrap())], [None, None]);
    }
}
