//! The keys of one class to a declaration.

use serde_json::{Map, Value};

use super::size::{self, Sizes};
use super::table::{Crop, Flip, Numbers, Older, Padding, SizeRule, Steps};
use crate::imported::Limit;
use crate::record::Record;
use crate::sentence::{Sentence, numbers};
use crate::{Backend, Batch, Error, Feature, Imported, Library, Output, Variant};

/// Reads the keys that count in a class; `record` has all that it takes.
pub(super) fn read(
    base: &str,
    backend: Backend,
    steps: &Steps,
    mut record: Map<String, Value>,
    notes: Vec<String>,
) -> Result<Imported, Error> {
    if steps.size == SizeRule::Square && !record.contains_key(BACKGROUND) {
        // Made of the mean that the processor is made with, whatever a call says.
        let mean = record.get("image_mean").cloned().unwrap_or(Value::Null);
        record.insert(BACKGROUND.to_owned(), mean);
    }
    let class = Class { keys: Record::new(base, &record), backend, steps };
    class.validate()?;
    for (key, feature) in steps.off {
        if class.keys.flag(key)? {
            return Err(Error::lacking(*feature, base, Some(key), "true"));
        }
    }

    let frame = class.frame()?;
    let margins = class.margins(&frame)?;
    let values = class.values()?;
    let flips = match steps.flip {
        Flip::Never => false,
        Flip::Always => true,
        Flip::Read => class.keys.flag("do_flip_channel_order")?,
    };
    let sentence = |input: &str, channels: &str| Sentence {
        input: input.to_owned(),
        resize: frame.resize.clone(),
        crop: frame.crop.clone(),
        normalize: values.as_ref().map(|values| values.words(flips && channels != "gray")),
        output: format!("{channels}, {}, chw", if values.is_some() { "f32" } else { "u8" }),
    };
    let colours = if flips { "bgr" } else { "rgb" };
    let fits = |channels: usize| values.as_ref().map_or(Ok(()), |values| values.fit(backend, channels));
    if let Err(why) = fits(3) {
        return Err(Error::value(base, "image_mean", why));
    }
    let spec = sentence("rgb8", colours).spec(base)?;
    let declared = |sentence: Sentence| match sentence.spec(base) {
        Ok(spec) => Variant::Declared(Box::new(spec)),
        Err(error) => Variant::Refused(error),
    };
    let converts = steps.convert && class.keys.flag("do_convert_rgb")?;
    let (gray, alpha) = if converts {
        (declared(sentence("gray8", colours)), declared(sentence("rgba8, alpha = over, background = 255", colours)))
    } else {
        (
            class.unconverted(fits(1), flips, &sentence("gray8", "gray"), 1),
            class.unconverted(fits(4), flips, &sentence("rgba8", "rgba"), 4),
        )
    };
    let mut outputs = vec![Output { name: steps.name, value: crate::Value::Pixels }];
    outputs.extend(
        steps.beside.iter().copied().filter(|output| output.value != crate::Value::Mask || margins == Batch::Pad),
    );
    Ok(Imported {
        library: Library::Transformers,
        class: base.to_owned(),
        backend,
        spec,
        gray,
        alpha,
        outputs,
        batch: margins,
        is_video: steps.is_video,
        converts,
        limit: frame.limit.or((steps.older == Older::Constructor).then_some(Limit::RowsLikeChannels)),
        notes,
        record,
    })
}

/// Where the mean that a background was made of is kept; no key of a class.
const BACKGROUND: &str = "background_mean";

struct Class<'a> {
    keys: Record<'a>,
    backend: Backend,
    steps: &'a Steps,
}

/// The clauses that say where pixels go.
#[derive(Default)]
struct Framing {
    resize: Option<String>,
    crop: Option<String>,
    /// Rows and columns of the result, where they are the same for every image.
    known: Option<[u32; 2]>,
    limit: Option<Limit>,
}

impl Class<'_> {
    fn is_torch(&self) -> bool {
        self.backend == Backend::Torch
    }

    fn wrong(&self, key: &str, message: impl Into<String>) -> Error {
        Error::value(self.keys.subject, key, message)
    }

    /// What transformers itself checks before it begins: a step that is on has its numbers.
    fn validate(&self) -> Result<(), Error> {
        let needs = [
            ("do_rescale", "rescale_factor"),
            ("do_normalize", "image_mean"),
            ("do_normalize", "image_std"),
            ("do_center_crop", "crop_size"),
            ("do_resize", "size"),
            ("do_resize", "resample"),
        ];
        for (step, key) in needs {
            if self.keys.flag(step)? && self.keys.get(key).is_none() {
                return Err(self.wrong(key, format!("missing, and {step} is true; give it, or turn {step} off")));
            }
        }
        Ok(())
    }

    fn size(&self, key: &str) -> Result<Option<Sizes>, Error> {
        let to_square = match self.steps.older {
            Older::Constructor => false,
            _ => self.keys.flag("default_to_square")?,
        };
        size::read(&self.keys, key, key != "size" || to_square)
    }

    fn frame(&self) -> Result<Framing, Error> {
        // All are read, on or off: a class refuses a size that is none when it is made.
        let (size, crop) = (self.size("size")?, self.size("crop_size")?);
        self.size("pad_size")?;
        let mut frame = Framing::default();
        if self.keys.flag("do_resize")? {
            frame = self.resize(size.unwrap_or_default())?;
        } else if self.steps.size == SizeRule::Square && self.keys.flag("do_pad")? {
            return Err(Error::lacking(
                Feature::Frame,
                self.keys.subject,
                Some("do_resize"),
                "false with do_pad = true",
            ));
        }
        if self.keys.flag("do_center_crop")? {
            match self.steps.crop {
                Crop::Unread => {}
                Crop::Raises => {
                    return Err(self.wrong("do_center_crop", "true, which this class fails with on this backend"));
                }
                Crop::Read => {
                    if frame.crop.is_some() {
                        return Err(Error::lacking(
                            Feature::Crop,
                            self.keys.subject,
                            Some("do_center_crop"),
                            "true beside crop_pct",
                        ));
                    }
                    let sides = crop.unwrap_or_default().exact();
                    let sides = sides.ok_or_else(|| self.keys.wrong("crop_size", "{height, width}"))?;
                    frame.crop = Some(self.center_crop(sides));
                    frame.known = Some(sides);
                }
            }
        }
        Ok(frame)
    }

    fn center_crop(&self, [rows, columns]: [u32; 2]) -> String {
        let rounding = if self.is_torch() { "truncate" } else { "floor" };
        format!("center_crop({rows}, {columns}, rounding = {rounding})")
    }

    fn resize(&self, size: Sizes) -> Result<Framing, Error> {
        let filter = self.filter()?;
        let exact = |[rows, columns]: [u32; 2]| Framing {
            resize: Some(format!("resize({rows}, {columns}, {filter})")),
            known: Some([rows, columns]),
            ..Framing::default()
        };
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
                let multiple = self.keys.number("ensure_multiple_of")?.unwrap_or(1.0);
                if self.keys.flag("keep_aspect_ratio")? {
                    return Err(Error::lacking(
                        Feature::SizeRule,
                        self.keys.subject,
                        Some("keep_aspect_ratio"),
                        "true",
                    ));
                }
                if sides.iter().any(|side| f64::from(*side) % multiple != 0.0) {
                    let what = format!("{multiple}, of which {sides:?} is no multiple,");
                    return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("ensure_multiple_of"), what));
                }
                return Ok(exact(sides));
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
            SizeRule::Square => return self.square(size, &filter),
            SizeRule::Detr if size.longest_edge.is_none() && size.shortest_edge.is_some() => {
                return Err(self.keys.wrong("size", "{shortest_edge, longest_edge} or {height, width}"));
            }
            SizeRule::Standard | SizeRule::Detr | SizeRule::PoolFormer | SizeRule::Tvp => {}
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
        if size.max_height.is_some() && size.max_width.is_some() {
            return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("size"), "{max_height, max_width}"));
        }
        let expected = "{height, width}, {shortest_edge} or {shortest_edge, longest_edge}";
        size.exact().map(exact).ok_or_else(|| self.keys.wrong("size", expected))
    }

    /// The longer side becomes that of the square; the rest has the mean colour.
    fn square(&self, size: Sizes, filter: &str) -> Result<Framing, Error> {
        let side = size.exact().filter(|[height, width]| height == width).map(|[side, _]| side);
        let side = side.ok_or_else(|| self.keys.wrong("size", "{height, width}, both the same"))?;
        if !self.keys.flag("do_pad")? {
            return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("do_pad"), "false"));
        }
        let least = self.keys.get("min_size").map(|least| self.keys.side("min_size", least)).transpose()?.unwrap_or(1);
        let fill = match self.keys.numbers(BACKGROUND)? {
            None => vec![127.0],
            Some(mean) if mean.len() == 3 => mean.iter().map(|value| (value * 255.0).trunc()).collect(),
            Some(_) => return Err(self.keys.wrong("image_mean", "a list of three numbers")),
        };
        if fill.iter().any(|value| !(0.0..=255.0).contains(value)) {
            return Err(self.keys.wrong("image_mean", "numbers from 0 to 1"));
        }
        let resize = format!("letterbox({side}, {side}, {filter}, fill = {})", numbers(&fill));
        let limit = Some(Limit::ShorterSide { square: side, least });
        Ok(Framing { resize: Some(resize), known: Some([side, side]), limit, ..Framing::default() })
    }

    /// The filter's words.
    fn filter(&self) -> Result<String, Error> {
        let expected = "0 (nearest), 1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) or 5 (Hamming)";
        let resample = self.keys.number("resample")?;
        let name = match resample.map(|resample| resample as i64) {
            Some(0) => {
                return Ok(if self.is_torch() { "nearest_exact, like = torch" } else { "nearest_exact" }.to_owned());
            }
            Some(1) => "lanczos",
            Some(2) => "bilinear",
            Some(3) => "bicubic",
            Some(4) => "box",
            Some(5) => "hamming",
            _ => return Err(self.keys.wrong("resample", expected)),
        };
        if !self.is_torch() {
            return Ok(format!("{name}, antialias"));
        }
        match name {
            "box" | "hamming" => {
                Err(self.wrong("resample", format!("{name}, which torch has not; expected {expected}")))
            }
            "bicubic" if !self.steps.antialias => Ok(name.to_owned()),
            _ if !self.steps.antialias => {
                let what = format!("{name} without antialiasing");
                Err(Error::lacking(Feature::TorchFilter, self.keys.subject, Some("resample"), what))
            }
            _ => Ok(format!("{name}, antialias, like = torch")),
        }
    }

    /// What `do_pad` does to images of several sizes.
    fn margins(&self, frame: &Framing) -> Result<Batch, Error> {
        let (on, always) = match self.steps.pad {
            Padding::Unread => return Ok(Batch::Stack),
            Padding::Always => (true, true),
            Padding::Batch | Padding::Masked | Padding::Cropped => (self.keys.flag("do_pad")?, false),
        };
        if !on {
            return Ok(Batch::Stack);
        }
        // OneFormer pads to the largest, whatever `pad_size` says.
        let pad_size = if always { None } else { self.size("pad_size")? };
        let Some(pad_size) = pad_size else { return Ok(Batch::Pad) };
        let sides = pad_size.exact().ok_or_else(|| self.keys.wrong("pad_size", "{height, width}"))?;
        if frame.known == Some(sides) {
            // Nothing is left to pad; the mask is all ones.
            return Ok(if self.steps.pad == Padding::Masked { Batch::Pad } else { Batch::Stack });
        }
        let what = format!("{} x {}", sides[0], sides[1]);
        Err(Error::lacking(Feature::Frame, self.keys.subject, Some("pad_size"), what))
    }

    /// What becomes of pixel values; nothing where they stay u8.
    fn values(&self) -> Result<Option<Values>, Error> {
        let (steps, torch) = (self.steps, self.is_torch());
        let rescales = steps.rescale && self.keys.flag("do_rescale")?;
        let normalizes = steps.normalize && self.keys.flag("do_normalize")?;
        let scale = if rescales { self.keys.number("rescale_factor")?.unwrap_or(1.0) } else { 1.0 };
        let mut values = Values { scale, mean: Vec::new(), std: Vec::new(), lists: [false; 2], order: "hf_pil" };
        if torch {
            values.order = if rescales && normalizes { "hf_torch" } else { "torchvision_v2" };
        }
        let is_list = |key: &str| self.keys.get(key).is_some_and(Value::is_array);
        if normalizes {
            values.mean = self.keys.numbers("image_mean")?.unwrap_or_default();
            values.std = self.keys.numbers("image_std")?.unwrap_or_default();
            values.lists = [is_list("image_mean"), is_list("image_std")];
        }
        match steps.numbers {
            Numbers::Standard => {}
            Numbers::EfficientNet => self.efficientnet(&mut values, rescales, normalizes)?,
            Numbers::Vivit => self.vivit(&mut values, rescales, normalizes)?,
        }
        Ok((rescales || normalizes).then_some(values))
    }

    /// `include_top` divides by the std once more, which is exact where that is a power of two.
    fn efficientnet(&self, values: &mut Values, rescales: bool, normalizes: bool) -> Result<(), Error> {
        let lacking = |key, what: &str| Err(Error::lacking(Feature::Rounding, self.keys.subject, Some(key), what));
        if rescales && self.keys.flag("rescale_offset")? {
            return lacking("rescale_offset", "true");
        }
        if !self.keys.flag("include_top")? {
            return Ok(());
        }
        let exact = values.std.iter().all(|std| *std > 0.0 && std.log2().fract() == 0.0);
        if !normalizes || !exact {
            return lacking("include_top", "true, with which it divides by image_std twice,");
        }
        for std in &mut values.std {
            *std *= *std;
        }
        Ok(())
    }

    /// `offset` takes 1 away between rescaling and normalising; with the published numbers one rounding says both.
    fn vivit(&self, values: &mut Values, rescales: bool, normalizes: bool) -> Result<(), Error> {
        if !self.keys.flag("offset")? {
            return Ok(());
        }
        if !rescales {
            return Err(self.wrong("offset", "true, and do_rescale is off; turn it on, or offset off"));
        }
        if !normalizes {
            (values.mean, values.std) = (vec![1.0], vec![1.0]);
            return Ok(());
        }
        if values.scale != 1.0 / 127.5 || values.mean.iter().any(|mean| *mean != 0.5) {
            let what = "true with a mean that is not 0.5";
            return Err(Error::lacking(Feature::Rounding, self.keys.subject, Some("offset"), what));
        }
        values.mean.fill(1.5);
        Ok(())
    }

    /// An image of one or four channels in a class that does not convert it.
    fn unconverted(&self, fits: Result<(), String>, flips: bool, sentence: &Sentence, channels: usize) -> Variant {
        if let Err(why) = fits {
            return Variant::Raises(format!("{why}; image.convert(\"RGB\") makes it one of three channels"));
        }
        let refuse = |feature, what: &str| {
            Variant::Refused(Error::lacking(feature, self.keys.subject, Some("do_convert_rgb"), what))
        };
        if channels == 4 {
            return refuse(Feature::Alpha, "off");
        }
        if self.steps.older == Older::Constructor {
            return Variant::Raises("a gray image has no axis of channels; image.convert(\"RGB\") has".to_owned());
        }
        if flips || self.steps.size == SizeRule::Square {
            return refuse(Feature::Gray, "off");
        }
        match sentence.spec(self.keys.subject) {
            Ok(spec) => Variant::Declared(Box::new(spec)),
            Err(error) => Variant::Refused(error),
        }
    }
}

/// The numbers of `normalize`.
struct Values {
    scale: f64,
    mean: Vec<f64>,
    std: Vec<f64>,
    /// Whether mean and std were written as lists.
    lists: [bool; 2],
    order: &'static str,
}

impl Values {
    /// Whether there is a number for each channel, as the backend counts.
    fn fit(&self, backend: Backend, channels: usize) -> Result<(), String> {
        for (name, numbers, is_list) in
            [("image_mean", &self.mean, self.lists[0]), ("image_std", &self.std, self.lists[1])]
        {
            let broadcasts = backend == Backend::Torch && numbers.len() == 1;
            if is_list && numbers.len() != channels && !broadcasts {
                let channels = if channels == 1 { "1 channel".to_owned() } else { format!("{channels} channels") };
                return Err(format!("{} numbers of {name} for an image of {channels}", numbers.len()));
            }
        }
        Ok(())
    }

    /// What stands in `normalize(..)`.
    fn words(&self, flips: bool) -> String {
        let in_order = |values: &[f64]| {
            let mut values = values.to_vec();
            if flips {
                values.reverse();
            }
            numbers(&values)
        };
        let mut words = Vec::new();
        if self.scale != 1.0 / 255.0 {
            words.push(format!("scale = {}", self.scale));
        }
        if !self.mean.is_empty() {
            words.push(format!("mean = {}", in_order(&self.mean)));
            words.push(format!("std = {}", in_order(&self.std)));
        }
        words.push(format!("order = {}", self.order));
        words.join(", ")
    }
}
