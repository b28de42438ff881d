//! An image as tiles of one resize, with a thumbnail: `tiles(..)`.

use serde_json::Value;

use super::size::{self, Sizes};
use super::steps::{Class, Framing};
use super::table::{Crop, Tiles, Views};
use crate::record::side;
use crate::{Error, Feature};

impl Class<'_> {
    /// The clause in the place of a resize; nothing where the class cuts no tiles.
    pub(super) fn tiles(&self) -> Result<Option<Framing>, Error> {
        let Some(tiles) = self.steps.tiles else { return Ok(None) };
        let words = match tiles {
            Tiles::Patches { rule, min, thumbnail } => {
                if !self.keys.flag("crop_to_patches")? {
                    return Ok(None);
                }
                let most = self.count("max_patches")?;
                let (mut rule, mut min) = (rule, min);
                if rule == "ovis2" {
                    if most == 1 {
                        return Ok(None);
                    }
                    if !self.keys.flag("use_covering_area_grid")? {
                        (rule, min) = ("internvl", true);
                    }
                }
                let min = if min { self.count("min_patches")? } else { 1 };
                let min = if min > 1 { format!("min = {min}, ") } else { String::new() };
                (self.exact_size()?, format!("rule = {rule}, {min}max = {most}, thumbnail = {thumbnail}"))
            }
            Tiles::PerceptionLm => {
                if self.keys.word("vision_input_type")? != Some("thumb+tile") {
                    return Err(self.lacking("vision_input_type", "another than thumb+tile"));
                }
                if !self.keys.flag("do_resize")? {
                    return Err(self.lacking("do_resize", "false"));
                }
                let (side, most) = (self.count("tile_size")?, self.count("max_num_tiles")?);
                ([side, side], format!("rule = perception_lm, max = {most}, thumbnail = first"))
            }
            Tiles::GraniteDocling => {
                for key in ["dense_max_patches", "dense_max_scale", "dense_min_aspect", "dense_max_aspect"] {
                    if self.keys.number(key)?.is_some_and(|number| number != 0.0) {
                        return Err(self.lacking(key, "another than 0"));
                    }
                }
                let most = if self.keys.flag("crop_to_patches")? { self.count("max_patches")? } else { 1 };
                let min = self.count("min_patches")?.min(most);
                let min = if min > 1 { format!("min = {min}, ") } else { String::new() };
                (self.exact_size()?, format!("rule = granite_docling, {min}max = {most}, thumbnail = last"))
            }
            Tiles::Mllama => {
                for key in ["do_resize", "do_pad"] {
                    if !self.keys.flag(key)? {
                        return Err(self.keys.wrong(key, "true"));
                    }
                }
                let sides = self.exact_size()?;
                if sides[0] != sides[1] {
                    return Err(self.keys.wrong("size", "{height, width}, both the same"));
                }
                let most = self.count("max_image_tiles")?;
                (sides, format!("rule = mllama, max = {most}, pad_to = {most}"))
            }
            Tiles::Llama4 => {
                if !self.keys.flag("do_resize")? {
                    return Err(self.keys.wrong("do_resize", "true"));
                }
                let sides = self.exact_size()?;
                if sides[0] != sides[1] {
                    return Err(self.keys.wrong("size", "{height, width}, both the same"));
                }
                (sides, format!("rule = llama4, max = {}, thumbnail = last", self.count("max_patches")?))
            }
            Tiles::Idefics3 { rule } => return self.two_resizes(rule).map(Some),
            Tiles::LlavaNext => {
                let side = self.one_side()?;
                let canvases = self.canvases()?;
                if self.has_smaller_tiles()? {
                    return Ok(Some(Framing::exact([side, side], &self.filter()?)));
                }
                ([side, side], format!("rule = llava_next, canvases = [{canvases}], thumbnail = first"))
            }
        };
        if self.keys.flag("do_center_crop")? && self.steps.crop == Crop::Read {
            return Err(Error::lacking(Feature::Crop, self.keys.subject, Some("do_center_crop"), "true beside tiles"));
        }
        let ([rows, columns], rest) = words;
        let clause = format!("tiles({rows}, {columns}, {}, {rest})", self.filter()?);
        Ok(Some(Framing { resize: Some(clause), is_tiled: true, ..Framing::default() }))
    }

    /// A first resize, and tiles of a second one.
    fn two_resizes(&self, rule: &str) -> Result<Framing, Error> {
        if !self.keys.flag("do_image_splitting")? {
            let subject = self.keys.subject;
            return Err(Error::lacking(Feature::TwoResizes, subject, Some("do_image_splitting"), "false"));
        }
        if !self.keys.flag("do_pad")? {
            return Err(self.lacking("do_pad", "false"));
        }
        let tile = self.keys.get("max_image_size").and_then(|size| size.get("longest_edge")).and_then(size::count);
        let tile = tile.ok_or_else(|| self.keys.wrong("max_image_size", "{longest_edge}"))?;
        let filter = self.filter()?;
        let first = if self.keys.flag("do_resize")? {
            let Some(longest) = self.size("size")?.and_then(|size| size.longest_edge) else {
                return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("size"), "no {longest_edge}"));
            };
            let numbers = match rule {
                "ultravbert" => format!("multiple = {tile}, max_patches = {}, ", self.count("max_image_tiles")?),
                _ => String::new(),
            };
            format!("resize(rule = {rule}, {numbers}longest = {longest}, {filter}), ")
        } else if rule == "ultravbert" {
            return Err(self.lacking("do_resize", "false"));
        } else {
            String::new()
        };
        let clauses = format!("{first}tiles({tile}, {tile}, {filter}, rule = idefics3, thumbnail = last)");
        Ok(Framing { resize: Some(clauses), is_tiled: true, ..Framing::default() })
    }

    fn exact_size(&self) -> Result<[u32; 2], Error> {
        let sides = self.size("size")?.unwrap_or_default().exact();
        sides.ok_or_else(|| self.keys.wrong("size", "{height, width}"))
    }

    fn lacking(&self, key: &str, what: &str) -> Error {
        Error::lacking(Feature::Tiles, self.keys.subject, Some(key), what)
    }

    /// The side of LLaVA's tiles, where `size` and `crop_size` say the same one.
    pub(super) fn one_side(&self) -> Result<u32, Error> {
        let size = self.size("size")?.unwrap_or_default();
        let square = |size: Sizes| size.exact().filter(|[rows, columns]| rows == columns).map(|[side, _]| side);
        let side = square(size).or(size.shortest_edge.filter(|_| size.longest_edge.is_none()));
        let side = side.ok_or_else(|| self.lacking("size", "no square"))?;
        let crop = self.size("crop_size")?;
        if crop.is_some_and(|crop| square(crop) != Some(side)) {
            return Err(self.lacking("crop_size", "another square than size"));
        }
        Ok(side)
    }

    /// Whether LLaVA's canvases are no whole tiles, in a class that resizes tiles too.
    pub(super) fn has_smaller_tiles(&self) -> Result<bool, Error> {
        let (Views::SmallerTiles, Some(Tiles::LlavaNext)) = (self.steps.views, self.steps.tiles) else {
            return Ok(false);
        };
        let side = u64::from(self.one_side()?);
        let canvases = self.keys.get("image_grid_pinpoints").and_then(Value::as_array);
        let mut sides = canvases.into_iter().flatten().filter_map(Value::as_array).flatten().filter_map(Value::as_u64);
        Ok(sides.any(|length| !length.is_multiple_of(side)))
    }

    /// `image_grid_pinpoints`, as a list of lists is written.
    pub(super) fn canvases(&self) -> Result<String, Error> {
        let expected = "a list of [rows, columns]";
        let wrong = || self.keys.wrong("image_grid_pinpoints", expected);
        let canvases = self.keys.get("image_grid_pinpoints").and_then(Value::as_array).ok_or_else(wrong)?;
        let texts = canvases.iter().map(|canvas| match canvas.as_array().map(Vec::as_slice) {
            Some([rows, columns]) => match [side(rows), side(columns)] {
                [Some(rows), Some(columns)] => Ok(format!("[{rows}, {columns}]")),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        });
        Ok(texts.collect::<Result<Vec<_>, _>>()?.join(", "))
    }
}
