//! What each class does with its keys: one row a class.
//!
//! A row says in which steps a class differs from the standard pipeline of its backend (`size`, a crop, rescaling,
//! normalising), and which keys turn on what a declaration cannot say. [`LACKING`] names the classes that always do that.
//! Nothing here is belief: `cargo xtask conformance` changes each key of each class and compares the tensors.

use crate::{Backend, Feature, Output, Value};

/// How a class reads its keys.
#[derive(Clone, Copy)]
pub(super) struct Steps {
    /// What its resize makes of `size`.
    pub(super) size: SizeRule,
    /// Whether its filters widen when they shrink.
    pub(super) antialias: bool,
    /// Whether `do_center_crop` counts.
    pub(super) crop: Crop,
    /// Whether `do_convert_rgb` counts.
    pub(super) convert: bool,
    /// Whether `do_rescale` counts.
    pub(super) rescale: bool,
    /// Whether `do_normalize` counts.
    pub(super) normalize: bool,
    /// What its numbers are, where not those of its backend.
    pub(super) numbers: Numbers,
    /// Whether red and blue change places, at the end.
    pub(super) flip: Flip,
    /// What `do_pad` does.
    pub(super) pad: Padding,
    /// Keys that must be off or null, and what they would ask for.
    pub(super) off: &'static [(&'static str, Feature)],
    /// What it returns beside `pixel_values`.
    pub(super) beside: &'static [Output],
    /// The name of its tensor.
    pub(super) name: &'static str,
    /// Whether a list of images is the frames of one video.
    pub(super) is_video: bool,
    /// Older spellings of its keys.
    pub(super) older: Older,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SizeRule {
    /// The backend's own `resize`.
    Standard,
    /// Below 384 `crop_pct` and a crop of that square, else the square itself.
    ConvNext,
    /// The side divided by `crop_pct`.
    PoolFormer,
    /// The shorter side times 256/224.
    Levit,
    /// `shortest_edge` with `longest_edge`, or exact; `shortest_edge` alone is an error.
    Detr,
    /// Exact, unless `keep_aspect_ratio` or `ensure_multiple_of` ask for more.
    Dpt,
    /// `longest_edge`, or the backend's own.
    Tvp,
    /// The longer side becomes that of a square, which `do_pad` fills with the mean colour.
    Square,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Crop {
    /// `do_center_crop` counts.
    Read,
    /// It has no effect.
    Unread,
    /// It raises an error.
    Raises,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// `do_rescale`, then `do_normalize`, in the order of the backend.
    Standard,
    /// EfficientNet divides by `image_std` a second time where `include_top` is on.
    EfficientNet,
    /// Vivit takes 1 from the rescaled value where `offset` is on.
    Vivit,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flip {
    Never,
    Always,
    /// Where `do_flip_channel_order` is on.
    Read,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// It has no effect.
    Unread,
    /// To `pad_size`, or to the largest of the batch.
    Batch,
    /// The same, and a mask.
    Masked,
    /// The same, whatever `do_pad` says.
    Always,
    /// To `pad_size`, which the crop has already.
    Cropped,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Older {
    Nothing,
    /// `max_size` and `pad_and_return_pixel_mask`; a `size` of null is the default.
    Detr,
    /// `image_size`.
    Idefics,
    /// The constructor takes a null for its default, and a number as the shorter side.
    Constructor,
}

/// The pipeline that a class has unless it says otherwise.
const STANDARD: Steps = Steps {
    size: SizeRule::Standard,
    antialias: true,
    crop: Crop::Read,
    convert: true,
    rescale: true,
    normalize: true,
    numbers: Numbers::Standard,
    flip: Flip::Never,
    pad: Padding::Batch,
    off: &[],
    beside: &[],
    name: "pixel_values",
    is_video: false,
    older: Older::Nothing,
};

/// A class with code of its own that knows neither margins nor a crop.
const PLAIN: Steps = Steps { crop: Crop::Unread, pad: Padding::Unread, ..STANDARD };

const MASK: Output = Output { name: "pixel_mask", value: Value::Mask };
const SIZES: Output = Output { name: "original_sizes", value: Value::SourceSizes };

const DETR: Steps = Steps { size: SizeRule::Detr, pad: Padding::Masked, beside: &[MASK], older: Older::Detr, ..PLAIN };
const RT_DETR: Steps = Steps { older: Older::Nothing, ..DETR };
const SAM2: Steps = Steps { beside: &[SIZES], ..STANDARD };
const TILED: &[(&str, Feature)] = &[("crop_to_patches", Feature::Tiles)];
const OCR: &[(&str, Feature)] = &[("apply_ocr", Feature::BesideTheImage)];
const SQUARE: Steps = Steps { size: SizeRule::Square, ..PLAIN };
const DPT: Steps = Steps { size: SizeRule::Dpt, crop: Crop::Read, off: &[("do_pad", Feature::Frame)], ..PLAIN };

/// The classes that are read, by their name without `ImageProcessor`.
#[rustfmt::skip]
static READ: &[(&str, Steps)] = &[
    ("Beit", Steps { crop: Crop::Read, ..PLAIN }),
    ("Bit", STANDARD),
    ("Blip", STANDARD),
    ("CLIP", STANDARD),
    ("Chameleon", STANDARD),
    ("ChineseCLIP", STANDARD),
    ("ConditionalDetr", DETR),
    ("ConvNext", Steps { size: SizeRule::ConvNext, pad: Padding::Unread, ..STANDARD }),
    ("DPT", DPT),
    ("DeepseekVL", SQUARE),
    ("DeformableDetr", DETR),
    ("DeiT", STANDARD),
    ("Detr", DETR),
    ("EfficientNet", Steps { numbers: Numbers::EfficientNet, pad: Padding::Unread, ..STANDARD }),
    ("Eomt", Steps { off: &[("do_split_image", Feature::Tiles), ("do_pad", Feature::Frame)], beside: &[Output { name: "patch_offsets", value: Value::Nothing }], ..PLAIN }),
    ("Flava", Steps { crop: Crop::Read, off: &[("return_codebook_pixels", Feature::BesideTheImage), ("return_image_mask", Feature::BesideTheImage)], ..PLAIN }),
    ("Gemma3", Steps { off: &[("do_pan_and_scan", Feature::Tiles)], beside: &[Output { name: "num_crops", value: Value::Each(0) }], ..PLAIN }),
    ("GotOcr2", Steps { off: TILED, beside: &[Output { name: "num_patches", value: Value::Each(1) }], ..PLAIN }),
    ("GroundingDino", DETR),
    ("Idefics", Steps { older: Older::Idefics, ..STANDARD }),
    ("Janus", SQUARE),
    ("LayoutLMv2", Steps { rescale: false, normalize: false, flip: Flip::Always, off: OCR, ..PLAIN }),
    ("LayoutLMv3", Steps { crop: Crop::Read, off: OCR, ..PLAIN }),
    ("Levit", Steps { size: SizeRule::Levit, ..STANDARD }),
    ("Llava", Steps { crop: Crop::Read, off: &[("do_pad", Feature::Frame)], ..PLAIN }),
    ("MobileNetV1", STANDARD),
    ("MobileNetV2", Steps { crop: Crop::Read, ..PLAIN }),
    ("MobileViT", Steps { crop: Crop::Read, normalize: false, flip: Flip::Read, ..PLAIN }),
    ("OneFormer", Steps { pad: Padding::Always, beside: &[MASK, Output { name: "task_inputs", value: Value::Text("the task is panoptic") }], ..PLAIN }),
    ("Ovis2", Steps { crop: Crop::Read, off: TILED, beside: &[Output { name: "grids", value: Value::EachPair([1, 1]) }], ..PLAIN }),
    ("OwlViT", STANDARD),
    ("PI0", STANDARD),
    ("PPChart2Table", STANDARD),
    ("PPDocLayoutV2", Steps { antialias: false, ..STANDARD }),
    ("PPDocLayoutV3", Steps { antialias: false, ..STANDARD }),
    ("PoolFormer", Steps { size: SizeRule::PoolFormer, ..STANDARD }),
    ("PromptDepthAnything", Steps { crop: Crop::Unread, convert: false, ..DPT }),
    ("Pvt", STANDARD),
    ("RTDetr", RT_DETR),
    ("Sam2", SAM2),
    ("Sam3", SAM2),
    ("Sapiens2", Steps { crop: Crop::Read, off: &[("do_pad", Feature::SizeRule)], ..PLAIN }),
    ("SegGpt", Steps { convert: false, ..PLAIN }),
    ("Segformer", PLAIN),
    ("Siglip", STANDARD),
    ("SuperPoint", Steps { normalize: false, off: &[("do_grayscale", Feature::Gray)], ..PLAIN }),
    ("Tipsv2", STANDARD),
    ("Tipsv2Dpt", STANDARD),
    ("Tvp", Steps { size: SizeRule::Tvp, crop: Crop::Read, flip: Flip::Read, pad: Padding::Cropped, is_video: true, ..PLAIN }),
    ("ViT", STANDARD),
    ("VideoLlava", Steps { crop: Crop::Read, older: Older::Constructor, name: "pixel_values_images", ..PLAIN }),
    ("VideoMAE", Steps { crop: Crop::Read, is_video: true, ..PLAIN }),
    ("Vivit", Steps { crop: Crop::Read, numbers: Numbers::Vivit, is_video: true, older: Older::Constructor, ..PLAIN }),
];

/// The classes that always do what a declaration cannot say, by the first thing that is lacking.
#[rustfmt::skip]
static LACKING: &[(Feature, &[&str])] = &[
    (Feature::SizeRule, &["Apertus1p5", "BridgeTower", "Emu3", "GLPN", "Idefics2", "Mask2Former", "MaskFormer", "PPLCNet", "Pixtral", "TextNet", "Vilt", "Yolos"]),
    (Feature::Patches, &["CohereCompass", "Cosmos3Edge", "Ernie4_5_VLMoe", "Ernie4_5_VL_Moe", "Gemma4", "Gemma4Unified", "Glm46V", "Glm4v", "Glm5Next", "GlmImage", "Glmga", "HYV4VL", "HunYuanVL", "Inkling2", "Kimi_K25", "Lfm2Vl", "MiniMaxM3VL", "NeoMME", "PaddleOCRVL", "Qwen2VL", "Siglip2", "VideoLlama3"]),
    (Feature::Frame, &["Aria", "CHMv2", "Fuyu", "Sam"]),
    (Feature::Tiles, &["Cohere2Vision", "DeepseekOcr2", "GraniteDocling", "LlavaNext", "LlavaOnevision", "MiniCPMOcr", "MiniCPMV4_6", "Mllama", "Molmo2", "PerceptionLM", "Phi4Multimodal", "Step3p7", "UnlimitedOcr"]),
    (Feature::TwoResizes, &["DeepseekVLHybrid", "Donut", "Idefics3", "SmolVLM", "UltraVBert"]),
    (Feature::FloatFilter, &["DINOv3ViT", "DepthPro", "NemotronH_Omni_Reasoning_V3", "PPDocLayoutV4", "PPOCRV5ServerDet", "PPOCRV5ServerRec", "RfDetr"]),
    (Feature::TorchFilter, &["Inkling", "MuseGlimmer", "PPOCRV6SmallRec"]),
    (Feature::Gray, &["EfficientLoFTR", "LightGlue", "SuperGlue"]),
    (Feature::Crop, &["Perceiver"]),
    (Feature::Rounding, &["Llama4", "SLANeXt", "Swin2SR"]),
    (Feature::Content, &["ImageGPT", "Kosmos2_5", "Nougat", "Owlv2", "PPFormulaNet", "Pix2Struct", "UVDoc", "VitMatte", "VitPose", "ZoeDepth"]),
];

/// What a class does, or what it always asks for; nothing for a name that no row has.
pub(super) fn of(base: &str, backend: Backend) -> Option<Result<Steps, Feature>> {
    let name = base.strip_suffix("ImageProcessor")?;
    if let Some((_, steps)) = READ.iter().find(|(known, _)| *known == name) {
        let mut steps = *steps;
        // Whose two backends differ: one on Pillow calls a crop with a keyword that there is not, one has none.
        match name {
            "LayoutLMv3" if backend == Backend::Pil => steps.crop = Crop::Raises,
            "DPT" if backend == Backend::Pil => steps.crop = Crop::Unread,
            _ => {}
        }
        return Some(Ok(steps));
    }
    let lacking = LACKING.iter().find(|(_, names)| names.contains(&name));
    lacking.map(|(feature, _)| Err(*feature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transformers::classes;

    #[test]
    fn every_class_has_one_row() {
        for name in classes::names().filter(|name| *name != "TimmWrapperImageProcessor") {
            let short = name.trim_end_matches("ImageProcessor");
            let read = READ.iter().filter(|(known, _)| *known == short).count();
            let lacking: usize =
                LACKING.iter().map(|(_, names)| names.iter().filter(|known| **known == short).count()).sum();
            assert_eq!(read + lacking, 1, "{name}");
        }
    }

    #[test]
    fn every_row_has_its_class() {
        let names =
            READ.iter().map(|(name, _)| *name).chain(LACKING.iter().flat_map(|(_, names)| names.iter().copied()));
        for name in names {
            assert!(classes::exists(&format!("{name}ImageProcessor")), "{name}");
        }
    }
}
