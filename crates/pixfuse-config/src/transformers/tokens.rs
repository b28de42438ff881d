//! How many tokens of a prompt an image takes, as the processors count them that stand around the image classes:
//! `_get_num_multimodal_tokens`. A processor has numbers of its own beside those of its image class, and tags and breaks that
//! are tokens too; [`features`](super::features) has the counts that follow from the image's sides.

use serde_json::Value;

use super::classes;
use super::features;
use super::steps::Class;
use crate::prompt::Prompt;
use crate::record::{Record, shown};
use crate::{Error, Imported, Library, Overrides, Reason};

/// How a processor counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    /// One of so many patches, as the image class's keys say.
    Patches,
    /// One of `merge_size` x `merge_size` patches, of the number that the image class was made with.
    PatchesAsMade,
    /// As many of every image as its own `image_seq_length` says, and so many tags.
    OwnSequence(u128),
    /// As many of every image as `image_seq_length` of the image class says.
    Sequence,
    /// `image_seq_length` of each tile, and two tags.
    Sequences,
    /// A square of each tile, with a tag or a break, and two tags.
    AyaVision,
    Cohere2Vision,
    /// So many of each tile, by its side.
    Aria,
    PerceptionLm,
    /// A square of each tile, with tags that say its row and column, a break behind each row, and the whole image.
    TaggedTiles,
    /// Rows of merged patches, with a break behind each; where `cat_extra_token` says so, and two tags.
    BrokenRows {
        tags: bool,
    },
    /// By the sides that the image is resized to.
    Apertus,
    Emu3,
    Fuyu,
    LightOnOcr,
    Pixtral,
    /// By the sides of a tile, and of the part of the canvas that shows the image.
    Llava,
    LlavaNext,
    LlavaOnevision,
    Granite4Vision,
    /// Of the whole image and of its crops, each with two tags, and with a tag behind each row where its own numbers say so.
    Molmo2,
}

/// Every processor that counts.
#[rustfmt::skip]
static COUNTS: &[(&str, Count)] = &[
    ("Apertus1p5", Count::Apertus),
    ("Aria", Count::Aria),
    ("AyaVision", Count::AyaVision),
    ("Chameleon", Count::OwnSequence(2)),
    ("Cohere2Vision", Count::Cohere2Vision),
    ("CohereCompass", Count::Patches),
    ("ColModernVBert", Count::TaggedTiles),
    ("ColPali", Count::Sequence),
    ("ColQwen2", Count::Patches),
    ("Cosmos3Edge", Count::Patches),
    ("Dots3Note", Count::Patches),
    ("EmbeddingGemma2", Count::Patches),
    ("Emu3", Count::Emu3),
    ("Ernie4_5_VLMoe", Count::Patches),
    ("Exaone4_5_", Count::Patches),
    ("Florence2", Count::Sequence),
    ("Fuyu", Count::Fuyu),
    ("Gemma3", Count::OwnSequence(0)),
    ("Gemma3n", Count::OwnSequence(0)),
    ("Gemma4", Count::Patches),
    ("Gemma4Unified", Count::Patches),
    ("Glm46V", Count::Patches),
    ("Glm4v", Count::Patches),
    ("Glm5Next", Count::Patches),
    ("Granite4Vision", Count::Granite4Vision),
    ("GraniteDocling", Count::TaggedTiles),
    ("HYV4VL", Count::BrokenRows { tags: false }),
    ("HunYuanVL", Count::BrokenRows { tags: true }),
    ("HyperCLOVAXVisionV2", Count::Patches),
    ("Idefics3", Count::TaggedTiles),
    ("InternVL", Count::Sequences),
    ("Kimi_K25", Count::Patches),
    ("Lfm3Vl", Count::Patches),
    ("LightOnOcr", Count::LightOnOcr),
    ("LlavaNext", Count::LlavaNext),
    ("LlavaNextVideo", Count::LlavaNext),
    ("LlavaOnevision", Count::LlavaOnevision),
    ("Llava", Count::Llava),
    ("MiniMaxM3VL", Count::Patches),
    ("Molmo2", Count::Molmo2),
    ("MuseGlimmer", Count::PatchesAsMade),
    ("MuseSpark", Count::PatchesAsMade),
    ("PaliGemma", Count::Sequence),
    ("PerceptionLM", Count::PerceptionLm),
    ("Pixtral", Count::Pixtral),
    ("QianfanOCR", Count::Sequences),
    ("Qwen2VL", Count::Patches),
    ("Qwen2_5Omni", Count::Patches),
    ("Qwen2_5_VL", Count::Patches),
    ("Qwen3OmniMoe", Count::Patches),
    ("Qwen3VL", Count::Patches),
    ("ShieldGemma2", Count::OwnSequence(0)),
    ("VideoLlama3", Count::Patches),
];

impl Count {
    fn of(processor: &str) -> Option<Self> {
        let name = processor.strip_suffix("Processor")?;
        COUNTS.iter().find(|(known, _)| *known == name).map(|(_, count)| *count)
    }

    /// Whether it goes by what the image is cut into.
    fn is_of_grid(self) -> bool {
        match self {
            Self::Patches
            | Self::PatchesAsMade
            | Self::Sequences
            | Self::AyaVision
            | Self::Cohere2Vision
            | Self::Aria
            | Self::PerceptionLm
            | Self::TaggedTiles
            | Self::BrokenRows { .. } => true,
            Self::OwnSequence(_)
            | Self::Sequence
            | Self::Apertus
            | Self::Emu3
            | Self::Fuyu
            | Self::LightOnOcr
            | Self::Pixtral
            | Self::Llava
            | Self::LlavaNext
            | Self::LlavaOnevision
            | Self::Granite4Vision
            | Self::Molmo2 => false,
        }
    }

    /// The numbers of the processor's own that it counts with.
    fn own(self) -> &'static [&'static str] {
        match self {
            Self::OwnSequence(_) | Self::Sequences => &["image_seq_length"],
            Self::AyaVision => &["img_size", "patch_size", "downsample_factor"],
            Self::Aria => &["size_conversion"],
            Self::PerceptionLm => &["patch_size", "pooling_ratio"],
            Self::TaggedTiles => &["image_seq_len"],
            Self::BrokenRows { tags: true } => &["cat_extra_token"],
            Self::LightOnOcr | Self::Pixtral => &["patch_size", "spatial_merge_size"],
            Self::Llava | Self::LlavaNext => {
                &["patch_size", "vision_feature_select_strategy", "num_additional_image_tokens"]
            }
            Self::Granite4Vision => {
                &["patch_size", "vision_feature_select_strategy", "num_additional_image_tokens", "downsample_rate"]
            }
            Self::Molmo2 => &["image_use_col_tokens", "use_single_crop_col_tokens"],
            Self::LlavaOnevision => &["num_image_tokens", "vision_feature_select_strategy", "vision_aspect_ratio"],
            _ => &[],
        }
    }
}

impl Prompt {
    /// The processor that the files of a model name. `outer` is processor_config.json, `keys` the image class's own config.
    pub(crate) fn read(
        outer: Option<&Overrides>,
        keys: Option<&Overrides>,
        model: Option<&Overrides>,
        is_whole: bool,
        imported: &Imported,
    ) -> Self {
        let word = |keys: Option<&Overrides>, key: &str| keys?.get(key)?.as_str().map(str::to_owned);
        let of_model = || word(model, "model_type").and_then(|model| classes::processor_of_model(&model));
        let named = word(outer, "processor_class").or_else(|| word(keys, "processor_class"));
        let named = named.or_else(|| word(model, "processor_class")).or_else(|| of_model().map(str::to_owned));
        // One that is called as its image class is, where its numbers are no matter.
        let alone = imported.class.replace("ImageProcessor", "Processor");
        let alone = || Some(alone).filter(|name| Count::of(name).is_some_and(|count| count.own().is_empty()));
        let processor = named.or_else(alone);
        let mut own = processor.as_deref().and_then(classes::processor).map(|known| known.own).unwrap_or_default();
        for (key, value) in &mut own {
            if let Some(given) = outer.and_then(|outer| outer.get(key)) {
                *value = given.clone();
            }
        }
        let mut made = imported.record.clone();
        for (key, value) in keys.into_iter().flatten() {
            // What is no keyword of its calls is an attribute of a class that was made with it.
            made.entry(key.clone()).or_insert_with(|| value.clone());
        }
        Self { processor, own, is_whole, made }
    }
}

impl Imported {
    /// The same with what its processor says.
    pub(crate) fn prompted(mut self, prompt: Prompt) -> Self {
        self.prompt = prompt;
        let keywords = self.processor_keywords();
        let is_changed = |called: &Self| called.spec != self.spec;
        let is_called = self.library == Library::Transformers && !keywords.is_empty();
        if is_called && super::call(&self, &keywords).as_ref().is_ok_and(is_changed) {
            let said: Vec<_> = keywords.iter().map(|(key, value)| format!("{key} = {}", shown(value))).collect();
            let processor = self.prompt.processor.as_deref().unwrap_or_default();
            self.notes.push(format!("{processor} calls the class with {}, and tokens counts so", said.join(", ")));
        }
        self
    }

    /// The keywords that the library's processor calls this class with, whatever its config says: `crop_to_patches` of
    /// InternVL's. [`tokens`](Self::tokens) are of images that are prepared so; those of a call stand over them.
    pub fn processor_keywords(&self) -> Overrides {
        let known = self.prompt.processor.as_deref().and_then(classes::processor);
        let mut keywords = known.map(|known| known.keywords).unwrap_or_default();
        keywords.retain(|key, _| self.record.contains_key(key));
        keywords
    }

    /// Whether [`tokens`](Self::tokens) go by the grid and the number of patches or tiles, and not by the image's sides alone.
    pub fn has_tokens_of_grid(&self) -> bool {
        self.prompt.processor.as_deref().and_then(Count::of).is_none_or(Count::is_of_grid)
    }

    /// How many tokens of a prompt an image of this size takes, as transformers' `_get_num_multimodal_tokens` counts them, with
    /// row breaks and tags where that counts them. A tag and a run of line breaks are one token each, as in the tokenizers of
    /// the models that have them.
    ///
    /// `source` has the image's rows and columns, `grid` those of its patches or tiles (1 and 1 without), `count` how many there
    /// are, with the thumbnail; both are no matter where [`has_tokens_of_grid`](Self::has_tokens_of_grid) is false.
    /// Of a video `grid` is that of a frame, and `count` the number of frames. The processor and its own numbers are those of `processor_config.json`.
    ///
    /// # Errors
    /// When nothing says how many tokens there are, or the processor's own numbers, which are in the count, were not given.
    ///
    /// ```
    /// use pixfuse::Pipeline;
    /// use pixfuse_config::{Backend, Overrides, Source, read};
    ///
    /// let config = r#"{"processor_class": "InternVLProcessor", "image_seq_length": 256,
    ///                  "image_processor": {"image_processor_type": "GotOcr2ImageProcessor"}}"#;
    /// let imported = read(&Source::text(config)?, Backend::Torch, &Overrides::new())?;
    /// let prompted = imported.with(&imported.processor_keywords())?;
    /// let geometry = Pipeline::new(prompted.spec.clone())?.geometry(1080, 1920)?;
    /// let tokens = prompted.tokens([1080, 1920], geometry.tiles().unwrap(), geometry.images())?;
    /// assert_eq!((geometry.images(), tokens), (9, 2 + 9 * 256));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tokens(&self, source: [usize; 2], grid: [usize; 2], count: usize) -> Result<u64, Error> {
        if let Some(frames) = self.frames {
            return self.tokens_of_video(frames, grid, count);
        }
        let Some((processor, rule)) = self.prompt.processor.as_deref().and_then(|name| Some((name, Count::of(name)?)))
        else {
            return self.of_patches(count);
        };
        if !self.prompt.is_whole && !rule.own().is_empty() {
            let message = format!(
                "{processor} counts with numbers of its own, {}, which processor_config.json has; read that, or the \
                 model's folder",
                rule.own().join(", ")
            );
            return Err(Error::new(Reason::Value, &self.class, Some("tokens"), message));
        }
        let (class, steps) = super::known(&self.class, self.backend)?;
        let called = Class { keys: Record::new(&self.class, &self.record), backend: class.backend, steps: &steps };
        let made = Record::new(&self.class, &self.prompt.made);
        let counting = Counting { own: Record::new(processor, &self.prompt.own), called, made, source };
        let of_patches = || self.of_patches(count).map(u128::from);
        let tokens = counting.count(rule, grid.map(bounded), bounded(count), of_patches)?;
        u64::try_from(tokens)
            .map_err(|_| Error::value(&self.class, "tokens", format!("{tokens} of them, more than there can be")))
    }

    /// The tokens of a class whose models make one of so many patches.
    fn of_patches(&self, count: usize) -> Result<u64, Error> {
        if let Some(each) = self.patches_per_token {
            return Ok(count as u64 / u64::from(each));
        }
        let who = match &self.prompt.processor {
            Some(processor) if self.library == Library::Transformers => {
                format!("neither the class nor {processor} says")
            }
            _ => "the class does not say".to_owned(),
        };
        let message =
            format!("{who} how many of them a model makes; patches(height, width) counts its patches and tiles");
        Err(Error::new(Reason::Value, &self.class, Some("tokens"), message))
    }
}

/// What a count is made of.
pub(super) struct Counting<'a> {
    /// The processor's own numbers.
    pub(super) own: Record<'a>,
    /// The image class with the keywords of a call.
    pub(super) called: Class<'a>,
    /// The keys that it was made with.
    pub(super) made: Record<'a>,
    /// Rows and columns.
    pub(super) source: [usize; 2],
}

impl Counting<'_> {
    fn count(
        &self,
        rule: Count,
        [rows, columns]: [u128; 2],
        count: u128,
        of_patches: impl Fn() -> Result<u128, Error>,
    ) -> Result<u128, Error> {
        Ok(match rule {
            Count::Patches => of_patches()?,
            Count::PatchesAsMade => {
                let merge = whole(&self.made, "merge_size")?;
                count / (merge * merge).max(1)
            }
            Count::OwnSequence(tags) => whole(&self.own, "image_seq_length")? + tags,
            Count::Sequence => whole(&self.made, "image_seq_length")?,
            Count::Sequences => 2 + whole(&self.own, "image_seq_length")? * count,
            Count::AyaVision => {
                let patch = above_0(&self.own, "patch_size")? * above_0(&self.own, "downsample_factor")?;
                let side = whole(&self.own, "img_size")? / patch;
                2 + (side * side + 1) * count
            }
            Count::Cohere2Vision => {
                // No keyword of its calls, so that the class does not say its default.
                let side = self.made.get("patch_size").map_or(Ok(16), |_| whole(&self.made, "patch_size"))?;
                2 + (side * side + 1) * count
            }
            Count::Aria => self.of_side(self.called.count("max_image_size")?)? * count,
            Count::PerceptionLm => {
                let (patch, pooling) = (above_0(&self.own, "patch_size")?, above_0(&self.own, "pooling_ratio")?);
                let side = u128::from(self.called.count("tile_size")?) / patch / pooling;
                side * side * count
            }
            Count::TaggedTiles => {
                let tile = whole(&self.own, "image_seq_len")? + 2;
                let is_cut = count > 1;
                let (tiles, whole_image) = (rows * (columns * tile + 1), tile + 1);
                if is_cut { tiles + whole_image } else { whole_image }
            }
            Count::BrokenRows { tags } => {
                let merge = u128::from(self.called.count("merge_size")?);
                let tags = if tags && self.own.flag("cat_extra_token")? { 2 } else { 0 };
                rows / merge * (columns / merge + 1) + tags
            }
            Count::Apertus => features::apertus(self)?,
            Count::Emu3 => features::emu3(self)?,
            Count::Fuyu => features::fuyu(self)?,
            Count::LightOnOcr => features::lighton_ocr(self)?,
            Count::Pixtral => features::pixtral(self)?,
            Count::Llava => features::llava(self)?,
            Count::LlavaNext | Count::Granite4Vision => features::llava_next(self)?,
            Count::LlavaOnevision => features::llava_onevision(self)?,
            Count::Molmo2 => features::molmo2(self)?,
        })
    }

    /// Aria's tokens of a tile of this side.
    fn of_side(&self, side: u32) -> Result<u128, Error> {
        let sides = [(490, 128), (980, 256)];
        let found = match self.own.get("size_conversion") {
            None => sides.iter().find(|(known, _)| *known == side).map(|(_, tokens)| *tokens),
            Some(Value::Object(table)) => table.get(&side.to_string()).and_then(Value::as_u64).map(u128::from),
            Some(_) => None,
        };
        let expected = || self.own.wrong("size_conversion", &format!("tokens for max_image_size = {side}"));
        found.ok_or_else(expected)
    }
}

/// A whole number, which may be 0.
pub(super) fn whole(keys: &Record<'_>, key: &str) -> Result<u128, Error> {
    /// Beyond any model's, and so that products of all that a count is made of are below 2^128.
    const MOST: f64 = 16_777_216.0;
    let found =
        keys.get(key).and_then(Value::as_f64).filter(|value| value.fract() == 0.0 && (0.0..=MOST).contains(value));
    found.map(|value| value as u128).ok_or_else(|| keys.wrong(key, "a whole number"))
}

/// A whole number above 0.
pub(super) fn above_0(keys: &Record<'_>, key: &str) -> Result<u128, Error> {
    match whole(keys, key)? {
        0 => Err(keys.wrong(key, "a whole number above 0")),
        value => Ok(value),
    }
}

/// A number of patches or pixels, none of which is longer than this in an image that can be read.
pub(super) fn bounded(count: usize) -> u128 {
    (count as u128).min(u32::MAX.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_processor_that_counts_has_one_row() {
        let names: Vec<&str> = classes::processors().filter_map(|line| line.split("Processor\t").next()).collect();
        let rows: Vec<&str> = COUNTS.iter().map(|(name, _)| *name).collect();
        let sorted = |mut names: Vec<&'static str>| {
            names.sort_unstable();
            names
        };
        assert_eq!(sorted(names), sorted(rows));
    }

    #[test]
    fn every_number_of_a_processor_is_one_of_its_constructor() {
        for (name, count) in COUNTS {
            let known = classes::processor(&format!("{name}Processor")).unwrap();
            assert!(count.own().iter().all(|key| known.own.contains_key(*key)), "{name}");
        }
    }
}
