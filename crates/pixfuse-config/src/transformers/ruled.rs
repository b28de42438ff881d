//! Sizes by a model's rule: `resize(rule = ..)`.

use super::size::{self, Sizes};
use super::steps::{Class, Framing};
use super::table::{Budget, Older, Pixels, SizeRule};
use crate::{Error, Feature};

impl SizeRule {
    /// Whether its size is worked out by [`Class::ruled`].
    pub(super) fn is_ruled(self) -> bool {
        match self {
            Self::Budget(_) | Self::Naflex | Self::Glpn | Self::Mask2former | Self::Yolos | Self::Vilt => true,
            Self::Textnet | Self::PpLcnet | Self::Pixtral | Self::Idefics2 | Self::Sam | Self::Aria => true,
            Self::Kimi | Self::Gemma4 | Self::Neomme | Self::Glm5Next | Self::MuseGlimmer(_) => true,
            Self::Fuyu
            | Self::Donut
            | Self::SmolvlmFrame
            | Self::PpOcrRec
            | Self::PpOcr
            | Self::NemotronHOmni
            | Self::HyV4Vl => true,
            Self::Standard | Self::ConvNext | Self::PoolFormer | Self::Levit => false,
            Self::Detr | Self::Dpt | Self::Tvp | Self::Square | Self::Unread => false,
            Self::HighRes | Self::GlobalView | Self::OfCanvas | Self::Rounded => false,
            Self::Minicpm | Self::Lfm2Vl => true,
            Self::Step3p7 => false,
        }
    }
}

impl Framing {
    /// `resize(rule = .., ..)` with the numbers that the rule takes.
    pub(super) fn ruled(rule: &str, numbers: &[(&str, u32)], filter: &str) -> Self {
        let numbers: String = numbers.iter().map(|(name, value)| format!("{name} = {value}, ")).collect();
        Self { resize: Some(format!("resize(rule = {rule}, {numbers}{filter})")), ..Self::default() }
    }
}

impl Class<'_> {
    /// The size by the class's rule; nothing where it is the backend's own.
    pub(super) fn ruled(&self, size: Sizes, filter: &str) -> Result<Option<Framing>, Error> {
        let ruled = |rule: &str, numbers: &[(&str, u32)]| Ok(Some(Framing::ruled(rule, numbers, filter)));
        let needed = |side: Option<u32>, expected: &str| side.ok_or_else(|| self.keys.wrong("size", expected));
        match self.steps.size {
            SizeRule::Budget(budget) => {
                let mut numbers = vec![("multiple", self.product(budget.multiple)?)];
                let [least, most] = self.pixels(budget)?;
                numbers.extend([("min_pixels", least), ("max_pixels", most)]);
                if budget.rule == "glm4v" {
                    self.frames_of_budget(&mut numbers)?;
                }
                ruled(budget.rule, &numbers)
            }
            SizeRule::Naflex => {
                let (patch, most) = (self.count("patch_size")?, self.count("max_num_patches")?);
                ruled("naflex", &[("multiple", patch), ("max_patches", most)])
            }
            SizeRule::Glpn => ruled("glpn", &[("multiple", self.count("size_divisor")?)]),
            SizeRule::Mask2former | SizeRule::Yolos => self.edges(size, filter),
            SizeRule::Vilt => {
                let side = needed(size.shortest_edge, "{shortest_edge}")?;
                ruled("vilt", &[("shortest", side), ("multiple", self.count("size_divisor")?)])
            }
            SizeRule::Textnet => {
                let side = needed(size.shortest_edge, "{shortest_edge}")?;
                ruled("textnet", &[("shortest", side), ("multiple", self.count("size_divisor")?)])
            }
            SizeRule::PpLcnet if self.keys.get("resize_short").is_some() => {
                let (side, multiple) = (self.count("resize_short")?, self.count("size_divisor")?);
                ruled("pp_lcnet", &[("shortest", side), ("multiple", multiple)])
            }
            SizeRule::Pixtral => {
                let longest =
                    size.longest_edge.or(size.exact().filter(|[rows, columns]| rows == columns).map(|[side, _]| side));
                if longest.is_none() && size.exact().is_some() {
                    let what = "{height, width} that is no square";
                    return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("size"), what));
                }
                let longest = needed(longest, "{longest_edge} or {height, width}")?;
                let patch = size::read(&self.keys, "patch_size", true)?.unwrap_or_default().exact();
                let Some([rows, columns]) = patch else { return Err(self.keys.wrong("patch_size", "{height, width}")) };
                if rows != columns {
                    let what = format!("{rows} x {columns}");
                    return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("patch_size"), what));
                }
                if self.keys.flag("do_center_crop")? && self.keys.flag("do_pad")? {
                    let what = "true beside do_pad";
                    return Err(Error::lacking(Feature::Crop, self.keys.subject, Some("do_center_crop"), what));
                }
                ruled("pixtral", &[("multiple", rows), ("longest", longest)])
            }
            SizeRule::Idefics2 => match (size.shortest_edge, size.longest_edge) {
                (Some(shortest), Some(longest)) => ruled("idefics2", &[("shortest", shortest), ("max", longest)]),
                _ if size.exact().is_some() => Ok(None),
                _ => Err(self.keys.wrong("size", "{shortest_edge, longest_edge} or {height, width}")),
            },
            SizeRule::Sam => ruled("sam", &[("longest", needed(size.longest_edge, "{longest_edge}")?)]),
            SizeRule::Aria => {
                let (longest, least) = (self.count("max_image_size")?, self.count("min_image_size")?);
                if ![490, 980].contains(&longest) {
                    return Err(self.keys.wrong("max_image_size", "490 or 980"));
                }
                ruled("aria", &[("longest", longest), ("min_side", least)])
            }
            SizeRule::Kimi => {
                let square = size.max_height.filter(|_| size.max_height == size.max_width);
                let most = needed(square, "{max_height, max_width}, both the same number of patches")?;
                let patch = self.count("patch_size")?;
                let longest = most.checked_mul(patch).ok_or_else(|| self.keys.wrong("size", "numbers of patches"))?;
                let numbers = [("multiple", patch), ("max_patches", self.count("max_patches")?), ("longest", longest)];
                ruled("kimi_k25", &numbers)
            }
            SizeRule::Gemma4 => {
                const TOKENS: [u32; 5] = [70, 140, 280, 560, 1120];
                let tokens = self.count("max_soft_tokens")?;
                if !TOKENS.contains(&tokens) {
                    return Err(self.keys.wrong("max_soft_tokens", "70, 140, 280, 560 or 1120"));
                }
                let multiple = self.product(&["patch_size", "pooling_kernel_size"])?;
                let pixels = multiple.checked_mul(multiple).and_then(|area| area.checked_mul(tokens));
                let pixels = pixels.ok_or_else(|| self.keys.wrong("patch_size", "a number of pixels"))?;
                ruled("gemma4", &[("multiple", multiple), ("max_pixels", pixels)])
            }
            SizeRule::Neomme => {
                let mut numbers = Vec::new();
                if self.keys.get("size").is_some() {
                    let [least, most] = size::pixels(&self.keys, "size", ["min_pixels", "max_pixels"])?;
                    numbers.extend([("min_pixels", least), ("max_pixels", most)]);
                }
                if self.keys.get("max_side").is_some() {
                    numbers.push(("max", self.count("max_side")?));
                }
                if numbers.is_empty() { Ok(Some(Framing::default())) } else { ruled("neomme", &numbers) }
            }
            SizeRule::Glm5Next => {
                let multiple = self.product(&["patch_size", "merge_size", "patch_expand_factor"])?;
                let pixels = |key: &str| {
                    let area = multiple.checked_mul(multiple).zip(Some(self.count(key)?));
                    let pixels = area.and_then(|(area, tokens)| area.checked_mul(tokens));
                    pixels.ok_or_else(|| self.keys.wrong(key, "fewer than 4 billion pixels"))
                };
                let [least, most] = [pixels("min_image_tokens")?, pixels("max_image_tokens")?];
                let mut numbers = vec![("multiple", multiple), ("min_pixels", least), ("max_pixels", most)];
                if let Some(video) = self.steps.video {
                    let temporal = self.count("temporal_patch_size")?;
                    numbers.extend([("frames", video.count.unwrap_or(temporal)), ("temporal", temporal)]);
                }
                ruled("glm5_next", &numbers)
            }
            SizeRule::MuseGlimmer(tokens) => {
                let multiple = self.product(&["patch_size", "merge_size"])?;
                ruled("muse_glimmer", &[("multiple", multiple), ("max_patches", self.count(tokens)?)])
            }
            SizeRule::PpOcrRec => {
                let [rows, columns] = size.exact().ok_or_else(|| self.keys.wrong("size", "{height, width}"))?;
                let most = self.count("max_image_width")?;
                ruled("pp_ocr_rec", &[("max", most), ("rows", rows), ("columns", columns)])
            }
            SizeRule::PpOcr => {
                let limit = match self.keys.word("limit_type")? {
                    Some("max") => "longest",
                    Some("min") => "shortest",
                    Some("resize_long") => {
                        let what = "resize_long";
                        return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("limit_type"), what));
                    }
                    _ => return Err(self.keys.wrong("limit_type", "max, min or resize_long")),
                };
                let mut numbers = vec![(limit, self.count("limit_side_len")?)];
                if self.keys.get("max_side_limit").is_some() {
                    numbers.push(("max", self.count("max_side_limit")?));
                }
                ruled("pp_ocr", &numbers)
            }
            SizeRule::HyV4Vl => {
                let pixels = |key: &str| {
                    let pixels = size::part(&self.keys, key, "longest_edge");
                    pixels.ok_or_else(|| self.keys.wrong(key, "{longest_edge}, a number of pixels"))
                };
                let [most, frame] = [pixels("size")?, pixels("max_image_size")?];
                let temporal = self.count("temporal_patch_size")?;
                let frames = self.steps.video.and_then(|video| video.count).unwrap_or(temporal);
                let multiple = self.product(&["patch_size", "merge_size"])?;
                let numbers =
                    [("multiple", multiple), ("max_pixels", most), ("frame_pixels", frame), ("frames", frames)];
                ruled("hy_v4_vl", &numbers)
            }
            SizeRule::NemotronHOmni => ruled("nemotron_h_omni", &self.patches_of_context()?),
            SizeRule::SmolvlmFrame => self.smolvlm_frame(size, filter).map(Some),
            SizeRule::Fuyu => {
                let sides = size.exact().ok_or_else(|| self.keys.wrong("size", "{height, width}"))?;
                ruled("fuyu", &[("rows", sides[0]), ("columns", sides[1])])
            }
            SizeRule::Minicpm => ruled("minicpm", &self.slices()?),
            SizeRule::Lfm2Vl => {
                let multiple = self.product(&["encoder_patch_size", "downsample_factor"])?;
                let pixels = |key: &str| {
                    let product = multiple.checked_mul(multiple).zip(Some(self.count(key)?));
                    let product = product.and_then(|(area, tokens)| area.checked_mul(tokens));
                    product.ok_or_else(|| self.keys.wrong(key, "fewer than 4 billion pixels"))
                };
                let [least, most] = [pixels("min_image_tokens")?, pixels("max_image_tokens")?];
                ruled("lfm2_vl", &[("multiple", multiple), ("min_pixels", least), ("max_pixels", most)])
            }
            SizeRule::Donut => self.donut(size, filter).map(Some),
            _ => Ok(None),
        }
    }

    /// From how many patches to how many an image has, where those that the context leaves are no matter of how many images
    /// there are.
    fn patches_of_context(&self) -> Result<[(&'static str, u32); 4], Error> {
        let ratio = self.keys.number("downsample_ratio")?.filter(|ratio| *ratio > 0.0);
        let merge = ratio.map(|ratio| (1.0 / ratio).round_ties_even()).filter(|merge| (1.0..=1024.0).contains(merge));
        let merge = merge.ok_or_else(|| self.keys.wrong("downsample_ratio", "one over a whole number"))?;
        let (patch, least) = (self.count("patch_size")?, self.count("min_num_patches")?);
        let context = (f64::from(self.count("max_model_len")?) - 4.0) * merge * merge;
        let most = self.keys.number("max_num_patches")?.unwrap_or_default();
        if most == 0.0 || context < most {
            let what = format!("{most}, beyond which the context is shared among images,");
            return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("max_num_patches"), what));
        }
        let most = self.count("max_num_patches")?.max(least);
        Ok([("multiple", patch), ("merge", merge as u32), ("min_patches", least), ("max_patches", most)])
    }

    /// How many frames count in a budget of pixels.
    fn frames_of_budget(&self, numbers: &mut Vec<(&str, u32)>) -> Result<(), Error> {
        let temporal = self.count("temporal_patch_size")?;
        let Some(video) = self.steps.video else {
            numbers.push(("frames", temporal));
            return Ok(());
        };
        let frames = video.count.unwrap_or(temporal);
        if frames < temporal {
            let message = format!("{temporal}, and a video of {frames} frames has fewer; repeat its last one");
            return Err(self.wrong("temporal_patch_size", message));
        }
        numbers.push(("frames", frames));
        if temporal > 1 {
            numbers.push(("temporal", temporal));
        }
        Ok(())
    }

    /// A frame of a video: the longer side to that of `size`, none above 4096, then a square.
    fn smolvlm_frame(&self, size: Sizes, filter: &str) -> Result<Framing, Error> {
        let side = size::part(&self.keys, "max_image_size", "longest_edge")
            .ok_or_else(|| self.keys.wrong("max_image_size", "{longest_edge}"))?;
        if let Some(longest) = size.longest_edge {
            let numbers = [("longest", longest.min(4096)), ("rows", side), ("columns", side)];
            return Ok(Framing { known: Some([side, side]), ..Framing::ruled("smolvlm_frame", &numbers, filter) });
        }
        if size.exact().is_none() {
            return Err(self.keys.wrong("size", "{longest_edge} or {height, width}"));
        }
        Err(Error::lacking(
            Feature::TwoResizes,
            self.keys.subject,
            Some("size"),
            "{height, width}, before another resize,",
        ))
    }

    /// Two resizes, each of which may be off.
    fn donut(&self, size: Sizes, filter: &str) -> Result<Framing, Error> {
        let lacking = |key, what: &str| Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some(key), what));
        if self.keys.get("size").is_some_and(serde_json::Value::is_array) {
            return lacking("size", "a list, of columns and rows in this class,");
        }
        let sides = size.exact().ok_or_else(|| self.keys.wrong("size", "{height, width}"))?;
        let (is_resized, is_thumbnail) = (self.keys.flag("do_resize")?, self.keys.flag("do_thumbnail")?);
        if is_thumbnail && !self.is_torch() && self.keys.number("resample")? == Some(0.0) {
            return lacking("resample", "0, which is bicubic to the second resize of this class,");
        }
        let numbers = [("rows", sides[0]), ("columns", sides[1])];
        Ok(match (is_resized, is_thumbnail) {
            (true, true) => Framing::ruled("donut", &numbers, filter),
            (false, true) => Framing::ruled("donut_thumbnail", &numbers, filter),
            (true, false) => {
                let resize = format!("resize(shortest = {}, {filter})", sides[0].min(sides[1]));
                Framing { resize: Some(resize), ..Framing::default() }
            }
            (false, false) => Framing::default(),
        })
    }

    /// The multiples above or below what DETR makes of `shortest_edge` and `longest_edge`.
    fn edges(&self, size: Sizes, filter: &str) -> Result<Option<Framing>, Error> {
        let expected = "{shortest_edge, longest_edge} or {height, width}";
        let is_yolos = self.steps.size == SizeRule::Yolos;
        if !is_yolos && self.keys.get("size_divisor").is_none() {
            return Err(self.keys.wrong("size_divisor", "a number of pixels"));
        }
        // 0 asks for no multiples.
        let is_plain = !is_yolos && self.keys.number("size_divisor")? == Some(0.0);
        let multiple = match (is_yolos, is_plain) {
            (true, _) => 16,
            (_, true) => 1,
            _ => self.count("size_divisor")?,
        };
        if let (Some(shortest), Some(longest)) = (size.shortest_edge, size.longest_edge) {
            if is_plain {
                return Ok(None);
            }
            let rule = if is_yolos { "yolos" } else { "mask2former" };
            let numbers = [("shortest", shortest), ("max", longest), ("multiple", multiple)];
            return Ok(Some(Framing::ruled(rule, &numbers, filter)));
        }
        if size.max_height.is_some() && size.max_width.is_some() {
            if is_yolos || is_plain {
                return Ok(None);
            }
            let what = "{max_height, max_width} beside size_divisor";
            return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("size"), what));
        }
        let sides = size.exact().ok_or_else(|| self.keys.wrong("size", expected))?;
        let above = |side: u32| if is_yolos { side } else { side.div_ceil(multiple) * multiple };
        Ok(Some(Framing::exact(sides.map(above), filter)))
    }

    /// The product of whole numbers.
    pub(super) fn product(&self, keys: &[&str]) -> Result<u32, Error> {
        keys.iter().try_fold(1_u32, |product, key| {
            let product = product.checked_mul(self.count(key)?);
            product.ok_or_else(|| self.keys.wrong(key, "a smaller number"))
        })
    }

    /// The least and the most pixels of an image.
    fn pixels(&self, budget: Budget) -> Result<[u32; 2], Error> {
        let keys = ["min_pixels", "max_pixels"];
        let of_keys = || keys.map(|key| self.keys.get(key).and_then(size::count));
        match budget.pixels {
            Pixels::Sizes => size::pixels(&self.keys, "size", keys),
            Pixels::Keys => match of_keys() {
                [Some(least), Some(most)] => Ok([least, most]),
                [None, _] => Err(self.keys.wrong("min_pixels", "a number of pixels")),
                _ => Err(self.keys.wrong("max_pixels", "a number of pixels")),
            },
            Pixels::Edges => {
                let over = if self.steps.older == Older::Pixels { of_keys() } else { [None, None] };
                if let [Some(least), Some(most)] = over {
                    return Ok([least, most]);
                }
                let edges = ["shortest_edge", "longest_edge"];
                let part = |at: usize| over[at].or_else(|| size::part(&self.keys, "size", edges[at]));
                match [part(0), part(1)] {
                    [Some(least), Some(most)] => Ok([least, most]),
                    _ => Err(self.keys.wrong("size", "{shortest_edge, longest_edge}, numbers of pixels")),
                }
            }
        }
    }
}
