//! What each class does with its keys: one row a class.
//!
//! A row says in which steps a class differs from the standard pipeline of its backend (`size`, a crop, rescaling,
//! normalising), and which keys turn on what a declaration cannot say. [`LACKING`] names the classes that always do that.
//! Nothing here is belief: `cargo xtask conformance` changes each key of each class and compares the tensors.

pub(super) use super::ways::{
    Budget, Crop, Flip, Numbers, Older, Padding, Patches, Pixels, SizeRule, Tiles, Video, Views,
};
use crate::{Backend, Feature, Output, Value};

/// How a class reads its keys.
#[derive(Clone, Copy)]
pub(super) struct Steps {
    /// What its resize makes of `size`.
    pub(super) size: SizeRule,
    /// Whether it takes the bicubic filter, whatever `resample` says.
    pub(super) is_bicubic: bool,
    /// What `resample = 0` is on torch.
    pub(super) nearest: &'static str,
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
    /// A result with one number for each image, and the key that the number is of.
    pub(super) each: Option<(&'static str, &'static str)>,
    /// A result with the rows and columns of `size` for each image.
    pub(super) sizes: Option<&'static str>,
    /// A result with the number of groups of patches of each image, and the keys whose product is the patches of a group.
    pub(super) groups: Option<(&'static str, &'static [&'static str])>,
    /// The keys whose product is the patches that a model makes one token of.
    pub(super) token: Option<&'static [&'static str]>,
    /// The name of its tensor.
    pub(super) name: &'static str,
    /// Whether each image is a sample of its own, with an axis for it.
    pub(super) is_alone: bool,
    /// Whether a transparent image is converted over white.
    pub(super) over_white: bool,
    /// Whether a list of images is one sample: the frames of a video, the images of a prompt.
    pub(super) is_nested: bool,
    /// Whether samples of several images are prepared another way.
    pub(super) is_single: bool,
    /// How its tensor is cut into patches.
    pub(super) patches: Option<Patches>,
    /// How the image is cut into tiles.
    pub(super) tiles: Option<Tiles>,
    /// The tensors beside the first one.
    pub(super) views: Views,
    /// Whether images come in pairs, each of which is a sample.
    pub(super) pairs: bool,
    /// Keys that a call's keywords leave as the processor was made with.
    pub(super) fixed: &'static [&'static str],
    /// Older spellings of its keys.
    pub(super) older: Older,
    /// How frames are put together, in a class of videos.
    pub(super) video: Option<Video>,
}

/// The pipeline that a class has unless it says otherwise.
pub(super) const STANDARD: Steps = Steps {
    size: SizeRule::Standard,
    is_bicubic: false,
    nearest: "nearest_exact",
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
    each: None,
    sizes: None,
    groups: None,
    token: None,
    name: "pixel_values",
    is_alone: false,
    over_white: true,
    is_nested: false,
    is_single: false,
    patches: None,
    tiles: None,
    views: Views::One,
    pairs: false,
    fixed: &[],
    older: Older::Nothing,
    video: None,
};

/// A class with code of its own that knows neither margins nor a crop.
pub(super) const PLAIN: Steps = Steps { crop: Crop::Unread, pad: Padding::Unread, ..STANDARD };

const MASK: Output = Output { name: "pixel_mask", value: Value::Mask };
const SOURCES: Output = Output { name: "image_sizes", value: Value::SourceSizes };
pub(super) const SIZES: Output = Output { name: "original_sizes", value: Value::SourceSizes };

const DETR: Steps = Steps { size: SizeRule::Detr, pad: Padding::Masked, beside: &[MASK], older: Older::Detr, ..PLAIN };
const RT_DETR: Steps = Steps { older: Older::Nothing, ..DETR };
const SAM2: Steps = Steps { beside: &[SIZES], ..STANDARD };
const LLAVA_NEXT: Steps = Steps { pad: Padding::Largest, tiles: Some(Tiles::LlavaNext), beside: &[SOURCES], ..PLAIN };
const OCR: &[(&str, Feature)] = &[("apply_ocr", Feature::BesideTheImage)];
const SQUARE: Steps = Steps { size: SizeRule::Square, ..PLAIN };
const DPT: Steps = Steps { size: SizeRule::Dpt, crop: Crop::Read, pad: Padding::Multiple, ..PLAIN };

const RESIZED: Output = Output { name: "image_sizes", value: Value::ResizedSizes };
const GRID: Output = Output { name: "image_grid_thw", value: Value::GridThw };
pub(super) const MERGED: Patches = Patches {
    order: "cthw",
    merged: true,
    apart: false,
    side: &["patch_size"],
    frames: None,
    pad_to: None,
    floats: true,
};
pub(super) const RASTER: Patches = Patches { merged: false, ..MERGED };
pub(super) const FLAT: Patches = Patches { order: "thwc", floats: false, ..RASTER };
const PATCHES_OF_SIZE: Patches = Patches { side: &[], apart: true, ..FLAT };
const INKLING2: Steps = Steps {
    size: SizeRule::Unread,
    pad: Padding::BelowBlack,
    patches: Some(PATCHES_OF_SIZE),
    over_white: false,
    beside: &[GRID],
    ..PLAIN
};
const TOKENS: &str = "num_soft_tokens_per_image";
pub(super) const GEMMA4: Steps = Steps {
    size: SizeRule::Gemma4,
    nearest: "nearest",
    patches: Some(Patches { pad_to: Some(&["max_soft_tokens", "pooling_kernel_size", "pooling_kernel_size"]), ..FLAT }),
    beside: &[Output { name: "image_position_ids", value: Value::PatchPositions }],
    groups: Some((TOKENS, &["pooling_kernel_size", "pooling_kernel_size"])),
    token: POOLING,
    ..PLAIN
};
pub(super) const QWEN2_VL: Budget =
    Budget { rule: "qwen2_vl", multiple: &["patch_size", "merge_size"], pixels: Pixels::Edges };
pub(super) const GLM4V: Budget = Budget { rule: "glm4v", ..QWEN2_VL };
const MERGE: Option<&[&str]> = Some(&["merge_size", "merge_size"]);
const POOLING: Option<&[&str]> = Some(&["pooling_kernel_size", "pooling_kernel_size"]);
const QWEN: Steps = Steps {
    size: SizeRule::Budget(QWEN2_VL),
    patches: Some(MERGED),
    token: MERGE,
    beside: &[GRID],
    older: Older::Pixels,
    ..PLAIN
};
const ERNIE: Steps = Steps { older: Older::Nothing, ..QWEN };
const GLM: Steps = Steps { size: SizeRule::Budget(GLM4V), ..ERNIE };
const HUNYUAN: Steps = Steps { token: None, patches: Some(RASTER), is_bicubic: true, ..QWEN };
const IDEFICS3: Steps = Steps {
    tiles: Some(Tiles::Idefics3 { rule: "idefics3" }),
    beside: &[Output { name: "pixel_attention_mask", value: Value::TilePixelMask }],
    is_nested: true,
    ..PLAIN
};
pub(super) const MOLMO2: Steps =
    Steps { size: SizeRule::Rounded, views: Views::OverlappingCrops, patches: Some(FLAT), ..PLAIN };
pub(super) const MINICPM: Steps = Steps { size: SizeRule::Minicpm, views: Views::Slices, ..PLAIN };
const MATCHED: Steps = Steps { normalize: false, is_nested: true, pairs: true, ..PLAIN };
const MASK2FORMER: Steps = Steps {
    size: SizeRule::Mask2former,
    pad: Padding::AlwaysMasked,
    beside: &[MASK],
    older: Older::Mask2former,
    ..PLAIN
};

/// The classes that are read, by their name without `ImageProcessor`.
#[rustfmt::skip]
static READ: &[(&str, Steps)] = &[
    ("Apertus1p5", Steps { size: SizeRule::Budget(Budget { multiple: &["spatial_factor"], pixels: Pixels::Sizes, ..QWEN2_VL }), pad: Padding::Largest, beside: &[RESIZED], ..PLAIN }),
    ("Aria", Steps { size: SizeRule::Aria, pad: Padding::Square, off: &[("split_image", Feature::Tiles)], beside: &[Output { name: "pixel_mask", value: Value::BoolMask }, Output { name: "num_crops", value: Value::One(1) }], ..PLAIN }),
    ("Beit", Steps { crop: Crop::Read, ..PLAIN }),
    ("Bit", STANDARD),
    ("Blip", STANDARD),
    ("BridgeTower", Steps { size: SizeRule::Vilt, crop: Crop::Shortest, pad: Padding::LargestMasked, beside: &[MASK], ..PLAIN }),
    ("CHMv2", DPT),
    ("CLIP", STANDARD),
    ("Chameleon", STANDARD),
    ("ChineseCLIP", STANDARD),
    ("Cohere2Vision", Steps { tiles: Some(Tiles::Patches { rule: "cohere2_vision", min: false, thumbnail: "last" }), beside: &[Output { name: "num_patches", value: Value::TileCount }], ..PLAIN }),
    ("CohereCompass", QWEN),
    ("ConditionalDetr", DETR),
    ("ConvNext", Steps { size: SizeRule::ConvNext, pad: Padding::Unread, ..STANDARD }),
    ("Cosmos3Edge", Steps { patches: Some(Patches { order: "thwc", ..MERGED }), ..GLM }),
    ("DINOv3ViT", Steps { numbers: Numbers::Floats, pad: Padding::Unread, ..STANDARD }),
    ("DPT", DPT),
    ("DeepseekOcr2", Steps { size: SizeRule::GlobalView, views: Views::Local { stretches: false }, beside: &[Output { name: "num_local_patches", value: Value::ViewTiles }], ..PLAIN }),
    ("DeepseekVL", SQUARE),
    ("DeepseekVLHybrid", Steps { size: SizeRule::HighRes, views: Views::HighRes, ..PLAIN }),
    ("DeformableDetr", DETR),
    ("DeiT", STANDARD),
    ("DepthPro", Steps { numbers: Numbers::FloatsLast, antialias: false, ..PLAIN }),
    ("Detr", DETR),
    ("EfficientLoFTR", MATCHED),
    ("EfficientNet", Steps { numbers: Numbers::EfficientNet, pad: Padding::Unread, ..STANDARD }),
    ("Emu3", Steps { size: SizeRule::Budget(Budget { multiple: &["spatial_factor"], pixels: Pixels::Keys, ..QWEN2_VL }), beside: &[RESIZED], older: Older::Emu3, ..PLAIN }),
    ("Donut", Steps { size: SizeRule::Donut, crop: Crop::Read, pad: Padding::Middle, off: &[("do_align_long_axis", Feature::Combination)], ..PLAIN }),
    ("Eomt", Steps { off: &[("do_split_image", Feature::Tiles), ("do_pad", Feature::Frame)], beside: &[Output { name: "patch_offsets", value: Value::Nothing }], ..PLAIN }),
    ("Ernie4_5_VLMoe", ERNIE),
    ("Ernie4_5_VL_Moe", ERNIE),
    ("Flava", Steps { crop: Crop::Read, off: &[("return_codebook_pixels", Feature::BesideTheImage), ("return_image_mask", Feature::BesideTheImage)], ..PLAIN }),
    ("Fuyu", Steps { size: SizeRule::Fuyu, pad: Padding::Size, name: "images", is_alone: true, is_single: true, beside: &[Output { name: "image_unpadded_heights", value: Value::ResizedRows }, Output { name: "image_unpadded_widths", value: Value::ResizedColumns }, Output { name: "image_scale_factors", value: Value::RowScale }, SOURCES], ..PLAIN }),
    ("GLPN", Steps { size: SizeRule::Glpn, ..PLAIN }),
    ("Gemma3", Steps { off: &[("do_pan_and_scan", Feature::Tiles)], beside: &[Output { name: "num_crops", value: Value::Each(0) }], ..PLAIN }),
    ("Gemma4", GEMMA4),
    ("Gemma4Unified", Steps { patches: Some(Patches { side: &["patch_size", "pooling_kernel_size"], pad_to: Some(&["max_soft_tokens"]), ..FLAT }), groups: Some((TOKENS, &[])), token: Some(&[]), ..GEMMA4 }),
    ("Glm46V", GLM),
    ("Glm4v", GLM),
    ("Glm5Next", Steps { size: SizeRule::Glm5Next, pad: Padding::Patches(&["patch_size", "merge_size", "patch_expand_factor"]), patches: Some(MERGED), token: MERGE, beside: &[GRID], ..PLAIN }),
    ("GlmImage", Steps { size: SizeRule::Budget(Budget { rule: "glm_image", ..QWEN2_VL }), ..QWEN }),
    ("Glmga", Steps { size: SizeRule::Budget(Budget { multiple: &["patch_size", "merge_size", "patch_expand_factor"], ..GLM4V }), ..GLM }),
    ("GotOcr2", Steps { tiles: Some(Tiles::Patches { rule: "internvl", min: true, thumbnail: "last" }), beside: &[Output { name: "num_patches", value: Value::TileCount }], ..PLAIN }),
    ("GraniteDocling", Steps { tiles: Some(Tiles::GraniteDocling), off: &[("fine_route", Feature::Tiles)], beside: &[Output { name: "pixel_attention_mask", value: Value::TileMask }, Output { name: "rows", value: Value::TileRows }, Output { name: "cols", value: Value::TileColumns }], is_nested: true, ..PLAIN }),
    ("GroundingDino", DETR),
    ("HYV4VL", HUNYUAN),
    ("HunYuanVL", HUNYUAN),
    ("Idefics", Steps { older: Older::Idefics, ..STANDARD }),
    ("Idefics2", Steps { size: SizeRule::Idefics2, pad: Padding::LargestMasked, off: &[("do_image_splitting", Feature::Tiles)], beside: &[Output { name: "pixel_attention_mask", value: Value::Mask }], is_nested: true, ..PLAIN }),
    ("Idefics3", IDEFICS3),
    ("Inkling", Steps { over_white: true, patches: Some(Patches { frames: Some(2), ..PATCHES_OF_SIZE }), groups: Some(("num_patches", &[])), beside: &[], ..INKLING2 }),
    ("Inkling2", INKLING2),
    ("Janus", SQUARE),
    ("Kimi_K25", Steps { size: SizeRule::Kimi, patches: Some(Patches { apart: true, ..RASTER }), token: MERGE, pad: Padding::Patches(&["patch_size", "merge_size"]), beside: &[GRID], ..PLAIN }),
    ("LayoutLMv2", Steps { rescale: false, normalize: false, flip: Flip::Always, off: OCR, ..PLAIN }),
    ("LayoutLMv3", Steps { crop: Crop::Read, off: OCR, ..PLAIN }),
    ("Levit", Steps { size: SizeRule::Levit, ..STANDARD }),
    ("LightGlue", MATCHED),
    ("Llava", Steps { crop: Crop::Read, off: &[("do_pad", Feature::Frame)], ..PLAIN }),
    ("Lfm2Vl", Steps { size: SizeRule::Lfm2Vl, views: Views::TilesOfPatches, patches: Some(Patches { side: &["encoder_patch_size"], ..FLAT }), off: &[("return_row_col_info", Feature::BesideTheImage)], ..PLAIN }),
    ("Llama4", Steps { tiles: Some(Tiles::Llama4), numbers: Numbers::Llama4, off: &[("resize_to_max_canvas", Feature::Tiles)], beside: &[Output { name: "aspect_ratios", value: Value::TileGrid }], ..PLAIN }),
    ("LlavaNext", Steps { views: Views::SmallerTiles, ..LLAVA_NEXT }),
    ("LlavaOnevision", Steps { is_single: true, beside: &[SOURCES, Output { name: "batch_num_images", value: Value::Each(1) }], ..LLAVA_NEXT }),
    ("Mask2Former", MASK2FORMER),
    ("MaskFormer", MASK2FORMER),
    ("MiniMaxM3VL", QWEN),
    ("Mllama", Steps { tiles: Some(Tiles::Mllama), beside: &[Output { name: "num_tiles", value: Value::TileCounts }], is_nested: true, ..PLAIN }),
    ("MiniCPMOcr", MINICPM),
    ("MiniCPMV4_6", MINICPM),
    ("MobileNetV1", STANDARD),
    ("MobileNetV2", Steps { crop: Crop::Read, ..PLAIN }),
    ("MobileViT", Steps { crop: Crop::Read, normalize: false, flip: Flip::Read, ..PLAIN }),
    ("Molmo2", MOLMO2),
    ("MuseGlimmer", Steps { size: SizeRule::MuseGlimmer("max_image_tokens"), patches: Some(Patches { order: "tchw", ..RASTER }), token: MERGE, beside: &[GRID], ..PLAIN }),
    ("NemotronH_Omni_Reasoning_V3", Steps { size: SizeRule::NemotronHOmni, numbers: Numbers::FloatsFirst, patches: Some(Patches { frames: Some(1), ..RASTER }), beside: &[Output { name: "image_grid_hw", value: Value::Grid }], older: Older::NemotronHOmni, ..PLAIN }),
    ("NeoMME", Steps { size: SizeRule::Neomme, patches: Some(FLAT), pad: Padding::Patches(&["patch_size"]), beside: &[Output { name: "image_grid_hw", value: Value::Grid }], ..PLAIN }),
    ("OneFormer", Steps { pad: Padding::AlwaysLargest, beside: &[MASK, Output { name: "task_inputs", value: Value::Text("the task is panoptic") }], ..PLAIN }),
    ("Ovis2", Steps { crop: Crop::Read, tiles: Some(Tiles::Patches { rule: "ovis2", min: false, thumbnail: "first" }), beside: &[Output { name: "grids", value: Value::TileGrid }], ..PLAIN }),
    ("OwlViT", STANDARD),
    ("PI0", STANDARD),
    ("PPChart2Table", STANDARD),
    ("PPDocLayoutV2", Steps { antialias: false, ..STANDARD }),
    ("PPDocLayoutV3", Steps { antialias: false, ..STANDARD }),
    ("PPDocLayoutV4", Steps { numbers: Numbers::ClampedFloats, antialias: false, ..STANDARD }),
    ("PPLCNet", Steps { size: SizeRule::PpLcnet, crop: Crop::Read, convert: false, flip: Flip::Always, ..PLAIN }),
    ("PPOCRV5ServerDet", Steps { size: SizeRule::PpOcr, numbers: Numbers::FloatsFirst, flip: Flip::Always, beside: &[Output { name: "target_sizes", value: Value::SourceSides }], ..PLAIN }),
    ("PPOCRV5ServerRec", Steps { size: SizeRule::PpOcrRec, numbers: Numbers::FloatsFirst, pad: Padding::Wider, fixed: &["size", "max_image_width"], ..STANDARD }),
    ("PPOCRV6SmallRec", Steps { size: SizeRule::PpOcrRec, antialias: false, flip: Flip::First, pad: Padding::Wider, fixed: &["size", "max_image_width"], ..STANDARD }),
    ("PaddleOCRVL", Steps { size: SizeRule::Budget(Budget { rule: "paddleocr_vl", ..QWEN2_VL }), patches: Some(Patches { apart: true, ..RASTER }), ..QWEN }),
    ("Perceiver", Steps { crop: Crop::Unread, pad: Padding::Unread, views: Views::Middle, ..STANDARD }),
    ("PerceptionLM", Steps { tiles: Some(Tiles::PerceptionLm), ..PLAIN }),
    ("Phi4Multimodal", Steps { size: SizeRule::OfCanvas, numbers: Numbers::FloatsLast, antialias: false, views: Views::PaddedCanvas, name: "image_pixel_values", ..PLAIN }),
    ("Pixtral", Steps { size: SizeRule::Pixtral, crop: Crop::Read, pad: Padding::Largest, beside: &[RESIZED], ..PLAIN }),
    ("PoolFormer", Steps { size: SizeRule::PoolFormer, ..STANDARD }),
    ("PromptDepthAnything", Steps { crop: Crop::Unread, convert: false, ..DPT }),
    ("Pvt", STANDARD),
    ("Qwen2VL", QWEN),
    ("RTDetr", RT_DETR),
    ("RfDetr", Steps { numbers: Numbers::Floats, antialias: false, ..DETR }),
    ("Sam", Steps { size: SizeRule::Sam, crop: Crop::Read, pad: Padding::Batch, beside: &[SIZES, Output { name: "reshaped_input_sizes", value: Value::ResizedSizes }], ..PLAIN }),
    ("Sam2", SAM2),
    ("Sam3", SAM2),
    ("Sapiens2", Steps { crop: Crop::Read, off: &[("do_pad", Feature::SizeRule)], ..PLAIN }),
    ("SegGpt", Steps { convert: false, ..PLAIN }),
    ("Segformer", PLAIN),
    ("Siglip", STANDARD),
    ("Siglip2", Steps { size: SizeRule::Naflex, patches: Some(Patches { pad_to: Some(&["max_num_patches"]), ..FLAT }), beside: &[Output { name: "pixel_attention_mask", value: Value::PatchMask }, Output { name: "spatial_shapes", value: Value::Grid }], ..PLAIN }),
    ("SmolVLM", IDEFICS3),
    ("Step3p7", Steps { size: SizeRule::Step3p7, views: Views::Windows, beside: &[Output { name: "num_local_patches", value: Value::ViewTiles }, Output { name: "patch_newline_masks", value: Value::RowEnds }], ..PLAIN }),
    ("SuperGlue", MATCHED),
    ("SuperPoint", Steps { normalize: false, off: &[("do_grayscale", Feature::Gray)], ..PLAIN }),
    ("Swin2SR", Steps { size: SizeRule::Unread, normalize: false, pad: Padding::Mirror, older: Older::Swin2Sr, ..PLAIN }),
    ("TextNet", Steps { size: SizeRule::Textnet, crop: Crop::Read, ..PLAIN }),
    ("Tipsv2", STANDARD),
    ("Tipsv2Dpt", STANDARD),
    ("Tvp", Steps { size: SizeRule::Tvp, crop: Crop::Read, flip: Flip::Read, pad: Padding::Cropped, is_nested: true, ..PLAIN }),
    ("UltraVBert", Steps { tiles: Some(Tiles::Idefics3 { rule: "ultravbert" }), ..IDEFICS3 }),
    ("UnlimitedOcr", Steps { size: SizeRule::GlobalView, views: Views::Local { stretches: true }, beside: &[Output { name: "num_local_patches", value: Value::ViewTileCounts }, Output { name: "patches_grid", value: Value::ViewTileGrids }], ..PLAIN }),
    ("ViT", STANDARD),
    ("VideoLlama3", Steps { each: Some(("image_merge_sizes", "merge_size")), ..QWEN }),
    ("VideoLlava", Steps { crop: Crop::Read, older: Older::Constructor, name: "pixel_values_images", ..PLAIN }),
    ("VideoMAE", Steps { crop: Crop::Read, is_nested: true, ..PLAIN }),
    ("Vilt", Steps { size: SizeRule::Vilt, pad: Padding::LargestMasked, beside: &[MASK], ..PLAIN }),
    ("Vivit", Steps { crop: Crop::Read, numbers: Numbers::Vivit, is_nested: true, older: Older::Constructor, ..PLAIN }),
    ("Yolos", Steps { size: SizeRule::Yolos, ..DETR }),
];

/// The classes that always do what a declaration cannot say, by the first thing that is lacking.
#[rustfmt::skip]
static LACKING: &[(Feature, &[&str])] = &[
    (Feature::Rounding, &["SLANeXt"]),
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
