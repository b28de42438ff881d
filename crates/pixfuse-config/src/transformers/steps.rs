//! The keys of one class to a declaration.

use serde_json::{Map, Value};

use super::size::{self, Sizes};
use super::table::{Crop, Flip, Older, Padding, SizeRule, Steps, Tiles};
use super::values::Values;
use crate::imported::Limit;
use crate::record::Record;
use crate::sentence::Sentence;
use crate::{Backend, Batch, Error, Feature, Grayscale, Imported, Library, Output, Variant};
use pixfuse_spec::Spec;

/// Reads the keys that count in a class; `record` has all that it takes.
pub(super) fn read(
    base: &str,
    backend: Backend,
    steps: &Steps,
    mut record: Map<String, Value>,
    notes: Vec<String>,
) -> Result<Imported, Error> {
    // Made of what the processor is made with, whatever a call says.
    for &(background, key) in steps.size.made_of() {
        if !record.contains_key(background) {
            let made_of = record.get(key).cloned().unwrap_or(Value::Null);
            record.insert(background.to_owned(), made_of);
        }
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
    let patches = class.patches()?;
    let values = class.values()?;
    let (spec, gray, alpha) = class.declared(&Clauses {
        frame: &frame,
        pad: margins.pad.as_deref(),
        values: values.as_ref(),
        layout: patches.layout,
        patches: patches.clause.as_deref(),
    })?;
    let converts = class.converts()?;
    let tensor = if steps.is_alone { crate::Value::PixelsAlone } else { crate::Value::Pixels };
    let mut outputs = class.joined()?;
    if outputs.is_empty() {
        outputs.push(Output { name: steps.name, value: tensor });
    }
    let is_mask = |output: &Output| matches!(output.value, crate::Value::Mask | crate::Value::FramePixelMask);
    outputs.extend(steps.beside.iter().copied().filter(|output| margins.is_masked || !is_mask(output)));
    if let Some((name, key)) = steps.each {
        outputs.push(Output { name, value: crate::Value::Each(class.count(key)?.into()) });
    }
    if let Some(name) = steps.sizes {
        let sides = class.size("size")?.unwrap_or_default().exact();
        let sides = sides.ok_or_else(|| class.keys.wrong("size", "{height, width}"))?;
        outputs.push(Output { name, value: crate::Value::EachPair(sides.map(i64::from)) });
    }
    if let Some((name, keys)) = steps.groups {
        outputs.push(Output { name, value: crate::Value::PatchGroups(class.product(keys)?) });
    }
    if steps.tiles == Some(Tiles::Mllama) {
        let most = class.count("max_image_tiles")?;
        let ids = Output { name: "aspect_ratio_ids", value: crate::Value::AspectRatioIds(most) };
        outputs.extend([ids, Output { name: "aspect_ratio_mask", value: crate::Value::AspectRatioMask(most) }]);
    }
    if matches!(steps.tiles, Some(Tiles::Idefics3 { .. })) && class.keys.flag("return_row_col_info")? {
        let rows = Output { name: "rows", value: crate::Value::SplitRows };
        outputs.extend([rows, Output { name: "cols", value: crate::Value::SplitColumns }]);
    }
    let of_tiles = steps.tiles.filter(|_| frame.is_tiled).and_then(Tiles::batch);
    let batch = match of_tiles {
        Some(batch) => batch,
        None if patches.clause.is_some() && patches.pad_to.is_none() => Batch::Concatenate,
        None => margins.batch,
    };
    let mut imported = Imported {
        outputs,
        batch,
        is_nested: steps.is_nested,
        is_single: steps.is_single,
        is_paired: steps.pairs,
        grayscale: class.grayscale()?,
        is_uniform: steps.size == SizeRule::PpOcrRec,
        frames: steps.video.map(|video| class.frames(video)).transpose()?,
        patch_axes: patches.axes,
        patches_per_token: steps.token.map(|keys| class.product(keys)).transpose()?,
        converts,
        limit: frame.limit.or(class.mirror()?).or(steps.older.infers_channels().then_some(Limit::RowsLikeChannels)),
        notes,
        ..Imported::stacked(Library::Transformers, base, backend, spec, gray, alpha, record.clone())
    };
    class.add_views(&mut imported)?;
    Ok(imported)
}

/// Where the mean that a background was made of is kept; no key of a class.
pub(super) const BACKGROUND: &str = "background_mean";
pub(super) const HIGH_RES_BACKGROUND: &str = "high_res_background_mean";
/// The same of a background that is written itself.
pub(super) const WRITTEN_BACKGROUND: &str = "background_written";
/// The same of the longest side of an image.
pub(super) const LONGEST: &str = "max_image_size_written";

pub(super) struct Class<'a> {
    pub(super) keys: Record<'a>,
    pub(super) backend: Backend,
    pub(super) steps: &'a Steps,
}

/// What a declaration is put together of.
pub(super) struct Clauses<'a> {
    pub(super) frame: &'a Framing,
    /// `pad(..)`, with its name.
    pub(super) pad: Option<&'a str>,
    /// Nothing where pixels stay u8.
    pub(super) values: Option<&'a Values>,
    pub(super) layout: &'a str,
    /// `patches(..)`, with its name.
    pub(super) patches: Option<&'a str>,
}

/// The clauses that say where pixels go.
#[derive(Default)]
pub(super) struct Framing {
    pub(super) resize: Option<String>,
    pub(super) crop: Option<String>,
    /// Rows and columns of the result, where they are the same for every image.
    pub(super) known: Option<[u32; 2]>,
    pub(super) limit: Option<Limit>,
    /// Whether the tensor is one of tiles.
    pub(super) is_tiled: bool,
}

impl Class<'_> {
    pub(super) fn is_torch(&self) -> bool {
        self.backend == Backend::Torch
    }

    /// Whether images of other channels are made RGB.
    pub(super) fn converts(&self) -> Result<bool, Error> {
        Ok(self.steps.convert && self.keys.flag("do_convert_rgb")?)
    }

    /// What becomes of an RGB image, of a gray one and of one with alpha.
    pub(super) fn declared(&self, clauses: &Clauses<'_>) -> Result<(Spec, Variant, Variant), Error> {
        let Clauses { frame, pad, values, layout, patches } = *clauses;
        let (steps, base) = (self.steps, self.keys.subject);
        let flips = match steps.flip {
            Flip::Never => false,
            Flip::Always | Flip::First => true,
            Flip::Read => self.keys.flag("do_flip_channel_order")?,
        };
        let sentence = |input: &str, channels: &str| Sentence {
            input: input.to_owned(),
            resize: frame.resize.clone(),
            crop: frame.crop.clone(),
            pad: pad.map(str::to_owned),
            normalize: values.map(|values| values.words(flips && steps.flip != Flip::First && channels != "gray")),
            output: format!("{channels}, {}, {layout}", values.map_or("u8", |values| values.element)),
            patches: patches.map(str::to_owned),
        };
        let colours = if flips { "bgr" } else { "rgb" };
        let fits = |channels: usize| values.map_or(Ok(()), |values| values.fit(self.backend, channels));
        if let Err(why) = fits(3) {
            return Err(Error::value(base, "image_mean", why));
        }
        let spec = sentence("rgb8", colours).spec(base)?;
        let variant = |sentence: Sentence| match sentence.spec(base) {
            Ok(spec) => Variant::Declared(Box::new(spec)),
            Err(error) => Variant::Refused(error),
        };
        if !self.converts()? {
            let gray = self.unconverted(fits(1), flips, &sentence("gray8", "gray"), 1);
            return Ok((spec, gray, self.unconverted(fits(4), flips, &sentence("rgba8", "rgba"), 4)));
        }
        let over = match steps.over_white {
            true => variant(sentence("rgba8, alpha = over, background = 255", colours)),
            false => {
                Variant::Refused(Error::lacking(Feature::Alpha, base, Some("do_convert_rgb"), "over a checkerboard"))
            }
        };
        Ok((spec, variant(sentence("gray8", colours)), over))
    }

    pub(super) fn wrong(&self, key: &str, message: impl Into<String>) -> Error {
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
            if step == "do_resize" && self.steps.size.is_without_size() {
                continue;
            }
            if self.keys.flag(step)? && self.keys.get(key).is_none() {
                return Err(self.wrong(key, format!("missing, and {step} is true; give it, or turn {step} off")));
            }
        }
        Ok(())
    }

    pub(super) fn size(&self, key: &str) -> Result<Option<Sizes>, Error> {
        size::read(&self.keys, key, self.is_square(key)?)
    }

    /// Whether a number stands for a square.
    fn is_square(&self, key: &str) -> Result<bool, Error> {
        Ok(key != "size" || self.steps.older != Older::Constructor && self.keys.flag("default_to_square")?)
    }

    /// A size of a step, nothing where the step is off.
    fn size_of(&self, key: &str, is_on: bool) -> Result<Option<Sizes>, Error> {
        if is_on {
            return self.size(key);
        }
        // A class refuses a size that is none when it is made.
        size::check_unused(&self.keys, key, self.is_square(key)?).map(|()| None)
    }

    /// A whole number from 1; null and absent are 1.
    pub(super) fn count(&self, key: &str) -> Result<u32, Error> {
        let Some(value) = self.keys.get(key) else { return Ok(1) };
        size::count(value).ok_or_else(|| self.keys.wrong(key, "a whole number above 0"))
    }

    fn frame(&self) -> Result<Framing, Error> {
        let resizes = match self.steps.size {
            SizeRule::Aria | SizeRule::Donut | SizeRule::GlobalView | SizeRule::Lfm2Vl | SizeRule::Step3p7 => true,
            SizeRule::NemotronHOmni | SizeRule::OfCanvas | SizeRule::Rounded => true,
            SizeRule::Unread => false,
            _ => self.keys.flag("do_resize")?,
        };
        let is_budget = matches!(self.steps.size, SizeRule::Budget(_) | SizeRule::HyV4Vl);
        let size = if is_budget { None } else { self.size_of("size", resizes)? };
        let crop = self.size_of("crop_size", self.keys.flag("do_center_crop")?)?;
        self.size_of("pad_size", self.keys.flag("do_pad")?)?;
        if let Some(frame) = self.tiles()? {
            return Ok(frame);
        }
        if self.steps.size == SizeRule::PpOcr && !resizes {
            let what = "false, with which target_sizes is empty,";
            return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("do_resize"), what));
        }
        let mut frame = Framing::default();
        if self.steps.size == SizeRule::Unread && self.keys.keys.contains_key("rescale_image_frac") {
            if self.keys.get("rescale_image_frac").is_some() {
                let what = "another than null";
                return Err(Error::lacking(Feature::SizeRule, self.keys.subject, Some("rescale_image_frac"), what));
            }
            if self.keys.get("do_resize").is_some_and(|resizes| *resizes == Value::Bool(false)) {
                return Err(self.keys.wrong("do_resize", "true or null"));
            }
            frame.limit = Some(Limit::ColumnsOfWholePatches(self.patch_of_size()?));
        }
        if resizes {
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
                Crop::Read | Crop::Shortest => {
                    if frame.crop.is_some() {
                        return Err(Error::lacking(
                            Feature::Crop,
                            self.keys.subject,
                            Some("do_center_crop"),
                            "true beside crop_pct",
                        ));
                    }
                    let crop = crop.unwrap_or_default();
                    let (sides, expected) = match self.steps.crop {
                        Crop::Shortest => (crop.shortest_edge.map(|side| [side, side]), "{shortest_edge}"),
                        _ => (crop.exact(), "{height, width}"),
                    };
                    let sides = sides.ok_or_else(|| self.keys.wrong("crop_size", expected))?;
                    frame.crop = Some(self.center_crop(sides));
                    frame.known = Some(sides);
                }
            }
        }
        Ok(frame)
    }

    /// How the channels of a call's tensor become their gray.
    fn grayscale(&self) -> Result<Option<Grayscale>, Error> {
        if !self.steps.pairs || !self.keys.flag("do_grayscale")? {
            return Ok(None);
        }
        if !self.keys.flag("do_rescale")? {
            let what = "true, of pixels that are not rescaled,";
            return Err(Error::lacking(Feature::Gray, self.keys.subject, Some("do_grayscale"), what));
        }
        Ok(Some(if self.is_torch() { Grayscale::Torch } else { Grayscale::Numpy }))
    }

    /// Which images have no mirror image that is as long as their margin; numpy's goes on without end.
    fn mirror(&self) -> Result<Option<Limit>, Error> {
        let is_limited = self.steps.pad == Padding::Mirror && self.is_torch() && self.keys.flag("do_pad")?;
        is_limited.then(|| self.count("size_divisor").map(Limit::MirrorBeyondImage)).transpose()
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
        if self.steps.size == SizeRule::Gemma4 && self.steps.patches.is_some_and(|patches| patches.side.len() > 1) {
            return Variant::Raises("its patches are merged as those of three channels".to_owned());
        }
        if self.steps.older.infers_channels() {
            return Variant::Raises("a gray image has no axis of channels; image.convert(\"RGB\") has".to_owned());
        }
        let is_merged = self.steps.patches.is_some_and(|patches| patches.apart && patches.order == "thwc");
        if flips || is_merged || self.steps.size == SizeRule::Square {
            return refuse(Feature::Gray, "off");
        }
        match sentence.spec(self.keys.subject) {
            Ok(spec) => Variant::Declared(Box::new(spec)),
            Err(error) => Variant::Refused(error),
        }
    }
}
