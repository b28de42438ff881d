//! What a class's resize makes of its size: the clauses of resize and crop, and the filter.

use super::size::Sizes;
use super::steps::{BACKGROUND, Class, Framing};
use super::table::{Numbers, Older, SizeRule};
use crate::imported::Limit;
use crate::sentence::numbers;
use crate::{Error, Feature};

impl Framing {
    /// `resize(rows, columns, ..)`.
    pub(super) fn exact(sides: [u32; 2], filter: &str) -> Self {
        let [rows, columns] = sides;
        Self { resize: Some(format!("resize({rows}, {columns}, {filter})")), known: Some(sides), ..Self::default() }
    }
}

impl Framing {
    /// The longer side becomes that of a square, which this colour fills; no shorter one may be below the least.
    pub(super) fn in_square(side: u32, filter: &str, fill: &[f64], least: u32) -> Self {
        let resize = format!("letterbox({side}, {side}, {filter}, fill = {})", numbers(fill));
        let limit = Some(Limit::ShorterSide { square: side, least });
        Self { resize: Some(resize), known: Some([side, side]), limit, ..Self::default() }
    }
}

impl Class<'_> {
    pub(super) fn center_crop(&self, [rows, columns]: [u32; 2]) -> String {
        let rounding = if self.is_torch() { "truncate" } else { "floor" };
        format!("center_crop({rows}, {columns}, rounding = {rounding})")
    }

    pub(super) fn resize(&self, size: Sizes) -> Result<Framing, Error> {
        let filter = self.filter()?;
        let exact = |sides: [u32; 2]| Framing::exact(sides, &filter);
        let shortest =
            |side: u32| Framing { resize: Some(format!("resize(shortest = {side}, {filter})")), ..Framing::default() };
        let quotient = |side: u32| -> Result<u32, Error> {
            let percent = self.keys.number("crop_pct")?.filter(|percent| *percent > 0.0);
            let percent = percent.ok_or_else(|| self.keys.wrong("crop_pct", "a number above 0"))?;
            Ok((f64::from(side) / percent) as u32)
        };
        match self.steps.size {
            SizeRule::ConvNext => {
                let side = size.shortest_edge.ok_or_else(|| self.keys.wrong("size", "{shortest_edge}"))?;
                if side >= 384 {
                    return Ok(exact([side, side]));
                }
                let crop = Some(self.center_crop([side, side]));
                return Ok(Framing { crop, known: Some([side, side]), ..shortest(quotient(side)?) });
            }
            SizeRule::PoolFormer if self.keys.get("crop_pct").is_some() => {
                let side = match (size.shortest_edge, size.exact()) {
                    (Some(side), _) => side,
                    (None, Some([height, width])) if height == width => height,
                    (None, Some([height, width])) => return Ok(exact([quotient(height)?, quotient(width)?])),
                    (None, None) => return Err(self.keys.wrong("size", "{shortest_edge} or {height, width}")),
                };
                return Ok(shortest(quotient(side)?));
            }
            SizeRule::Levit => {
                if let Some(side) = size.shortest_edge {
                    return Ok(shortest((256.0 / 224.0 * f64::from(side)) as u32));
                }
                let sides =
                    size.exact().ok_or_else(|| self.keys.wrong("size", "{shortest_edge} or {height, width}"))?;
                return Ok(exact(sides));
            }
            SizeRule::Dpt => {
                let sides = size.exact().ok_or_else(|| self.keys.wrong("size", "{height, width}"))?;
                let multiple = self.count("ensure_multiple_of")?;
                if self.keys.flag("keep_aspect_ratio")? {
                    let numbers = [("rows", sides[0]), ("columns", sides[1]), ("multiple", multiple)];
                    return Ok(Framing::ruled("dpt", &numbers, &filter));
                }
                let [rows, columns] = sides.map(|side| (f64::from(side) / f64::from(multiple)).round_ties_even());
                let is_tie = |side: u32| (2 * side).is_multiple_of(multiple) && !side.is_multiple_of(multiple);
                if sides.into_iter().any(is_tie) || rows == 0.0 || columns == 0.0 {
                    // A quotient that the library rounds either way, as its product of a ratio comes out.
                    let what = format!("{multiple}, of which {sides:?} is no multiple,");
                    return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("ensure_multiple_of"), what));
                }
                return Ok(exact([rows, columns].map(|side| side as u32 * multiple)));
            }
            SizeRule::Tvp if size.longest_edge.is_some() => {
                let side = size.longest_edge.unwrap_or_default();
                let limit = Some(Limit::RatioFirst(side));
                return Ok(Framing {
                    resize: Some(format!("resize(longest = {side}, {filter})")),
                    limit,
                    ..Framing::default()
                });
            }
            SizeRule::Square => return self.square(size, &filter, BACKGROUND),
            SizeRule::HighRes => return self.of_high_res(size, &filter),
            SizeRule::Step3p7 => return self.step3p7(size, &filter),
            SizeRule::GlobalView => return self.global_view(size, &filter),
            SizeRule::OfCanvas => return size.square(&self.keys).map(|side| exact([side, side])),
            // What stands before it is of that size.
            SizeRule::Rounded => {
                let side = size.square(&self.keys)?;
                return Ok(Framing { known: Some([side, side]), ..Framing::default() });
            }
            rule if rule.is_ruled() => {
                if let Some(framing) = self.ruled(size, &filter)? {
                    return Ok(framing);
                }
            }
            SizeRule::Detr if size.longest_edge.is_none() && size.shortest_edge.is_some() => {
                return Err(self.keys.wrong("size", "{shortest_edge, longest_edge} or {height, width}"));
            }
            _ => {}
        }
        if let (Some(side), Some(longest)) = (size.shortest_edge, size.longest_edge) {
            if self.steps.older == Older::Constructor {
                // It reads the shorter side and leaves the other name alone.
                return Ok(shortest(side));
            }
            let resize = format!("resize(shortest = {side}, max = {longest}, {filter}, rounding = half_even)");
            return Ok(Framing {
                resize: Some(resize),
                limit: Some(Limit::NoSideOfZero { side, longest }),
                ..Framing::default()
            });
        }
        if let Some(side) = size.shortest_edge {
            return Ok(shortest(side));
        }
        if let (Some(rows), Some(columns), false) =
            (size.max_height, size.max_width, self.steps.older == Older::Constructor)
        {
            return Ok(Framing::ruled("hf_within", &[("rows", rows), ("columns", columns)], &filter));
        }
        let expected = "{height, width}, {shortest_edge} or {shortest_edge, longest_edge}";
        size.exact().map(exact).ok_or_else(|| self.keys.wrong("size", expected))
    }

    /// The longer side becomes that of the square; the rest has the mean colour.
    pub(super) fn square(&self, size: Sizes, filter: &str, background: &str) -> Result<Framing, Error> {
        let side = size.exact().filter(|[height, width]| height == width).map(|[side, _]| side);
        let side = side.ok_or_else(|| self.keys.wrong("size", "{height, width}, both the same"))?;
        if !self.keys.flag("do_pad")? {
            return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("do_pad"), "false"));
        }
        let least = self.keys.get("min_size").map(|least| self.keys.side("min_size", least)).transpose()?.unwrap_or(1);
        let fill = match self.keys.numbers(background)? {
            None => vec![127.0],
            Some(mean) if mean.len() == 3 => mean.iter().map(|value| (value * 255.0).trunc()).collect(),
            Some(_) => return Err(self.keys.wrong("image_mean", "a list of three numbers")),
        };
        if fill.iter().any(|value| !(0.0..=255.0).contains(value)) {
            return Err(self.keys.wrong("image_mean", "numbers from 0 to 1"));
        }
        Ok(Framing::in_square(side, filter, &fill, least))
    }

    /// Whether pixels are floats before they are resized.
    pub(super) fn resizes_floats(&self) -> Result<bool, Error> {
        let always = matches!(self.steps.size, SizeRule::NemotronHOmni | SizeRule::OfCanvas);
        let resizes = always || self.keys.flag("do_resize")?;
        let are_floats = match self.steps.numbers {
            Numbers::Floats | Numbers::ClampedFloats => self.keys.flag("do_rescale")?,
            Numbers::FloatsLast => self.keys.flag("do_rescale")? || self.keys.flag("do_normalize")?,
            Numbers::FloatsFirst => true,
            _ => false,
        };
        Ok(resizes && are_floats)
    }

    /// The words behind a filter of floats.
    fn floats(&self) -> &'static str {
        match self.steps.numbers {
            Numbers::FloatsFirst => ", of = pixels",
            Numbers::FloatsLast => ", of = normalized",
            Numbers::ClampedFloats => ", clamp = true",
            _ => "",
        }
    }

    /// The filter's words.
    pub(super) fn filter(&self) -> Result<String, Error> {
        self.filter_of("resample")
    }

    /// The words of the filter that this key has.
    pub(super) fn filter_of(&self, key: &str) -> Result<String, Error> {
        let expected = "0 (nearest), 1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) or 5 (Hamming)";
        let resample = self.keys.number(key)?.filter(|_| !self.steps.is_bicubic);
        let name = match resample.map(|resample| resample as i64) {
            None if self.steps.is_bicubic => "bicubic",
            Some(0) => {
                let nearest = self.steps.nearest;
                return Ok(if self.is_torch() {
                    format!("{nearest}, like = torch")
                } else {
                    "nearest_exact".to_owned()
                });
            }
            Some(1) => "lanczos",
            Some(2) => "bilinear",
            Some(3) => "bicubic",
            Some(4) => "box",
            Some(5) => "hamming",
            _ => return Err(self.keys.wrong(key, expected)),
        };
        if !self.is_torch() {
            return Ok(format!("{name}, antialias"));
        }
        match name {
            "bilinear" | "bicubic" if self.resizes_floats()? => {
                let antialias = if self.steps.antialias { ", antialias" } else { "" };
                Ok(format!("{name}{antialias}, like = torch, precision = f32{}", self.floats()))
            }
            "lanczos" if self.resizes_floats()? => {
                Err(Error::lacking(Feature::FloatFilter, self.keys.subject, Some(key), name))
            }
            "box" | "hamming" => Err(self.wrong(key, format!("{name}, which torch has not; expected {expected}"))),
            "bicubic" if !self.steps.antialias => Ok(name.to_owned()),
            "bilinear" if !self.steps.antialias => Ok("bilinear, like = torch".to_owned()),
            _ if !self.steps.antialias => {
                let what = format!("{name} without antialiasing");
                Err(Error::lacking(Feature::TorchFilter, self.keys.subject, Some(key), what))
            }
            _ => Ok(format!("{name}, antialias, like = torch")),
        }
    }
}
