//! What each video processor does with its keys: one row a class, of the same kind as those of images.
//!
//! Every frame is an image to them. Which frames of a video are taken stays the caller's: `num_frames`, `fps` and
//! `do_sample_frames` say nothing here. What puts frames together is [`Frames`].

use super::steps::Class;
use super::table::{
    Budget, Crop, FLAT, GEMMA4, GLM4V, MERGED, MINICPM, MOLMO2, Numbers, Older, Padding, Patches, Pixels, QWEN2_VL,
    RASTER, SIZES, STANDARD, SizeRule, Steps, Video,
};
use super::ways::FRAMES;
use crate::{Error, Feature, Frames, Output, Value};

const GRID: Output = Output { name: "video_grid_thw", value: Value::GridThw };
const CHUNKS: Output = Output { name: "num_chunks_per_video", value: Value::GridCount };
const METADATA: (&str, Feature) = ("return_metadata", Feature::BesideTheImage);
const METADATA_ALONE: &[(&str, Feature)] = &[METADATA];
/// A budget that is shared out among frames.
const CAPPED: &[(&str, Feature)] = &[METADATA, ("cap_pixels_per_frame", Feature::SizeRule)];

/// Frames on an axis of their own behind that of videos, as the backend resizes, crops and normalises images.
const STACKED: Steps =
    Steps { name: "pixel_values_videos", pad: Padding::Unread, off: METADATA_ALONE, video: Some(FRAMES), ..STANDARD };
const CLASSIC: Steps = Steps { name: "pixel_values", ..STACKED };
/// Patches of all videos one behind the other, of which frames share some.
const SHARED: Steps = Steps {
    token: Some(&["merge_size", "merge_size"]),
    crop: Crop::Unread,
    patches: Some(MERGED),
    beside: &[GRID],
    video: Some(Video { shares: true, ..FRAMES }),
    off: CAPPED,
    ..STACKED
};
const QWEN: Steps = Steps { size: SizeRule::Budget(QWEN2_VL), older: Older::Pixels, ..SHARED };
const GLM: Steps = Steps { size: SizeRule::Budget(GLM4V), ..SHARED };
/// Frames of all videos one behind the other, each filled up to so many patches.
const GEMMA: Steps = Steps {
    name: "pixel_values_videos",
    beside: &[
        Output { name: "video_position_ids", value: Value::PatchPositions },
        Output { name: "num_frames_per_video", value: Value::FrameCount },
    ],
    groups: Some((PER_VIDEO, &["pooling_kernel_size", "pooling_kernel_size"])),
    video: Some(FRAMES),
    off: METADATA_ALONE,
    ..GEMMA4
};
/// Frames as images, with their slices behind each of them.
const SLICED: Steps = Steps { name: STACKED.name, video: STACKED.video, off: METADATA_ALONE, ..MINICPM };
const PER_VIDEO: &str = "num_soft_tokens_per_video";

/// The classes that are read, by their name without `VideoProcessor`.
#[rustfmt::skip]
static READ: &[(&str, Steps)] = &[
    ("CohereCompass", GLM),
    ("Cosmos3Edge", Steps { patches: Some(Patches { order: "thwc", ..MERGED }), off: METADATA_ALONE, ..GLM }),
    ("EmbeddingGemma2", GEMMA),
    ("Ernie4_5_VLMoe", Steps { size: SizeRule::Budget(QWEN2_VL), convert: false, video: Some(Video { multiple: 2, ..FRAMES }), off: &[METADATA, ("draw_on_frames", Feature::BesideTheImage)], ..SHARED }),
    ("Gemma4", GEMMA),
    ("Gemma4Unified", Steps { patches: Some(Patches { side: &["patch_size", "pooling_kernel_size"], pad_to: Some(&["max_soft_tokens"]), ..FLAT }), groups: Some((PER_VIDEO, &[])), token: Some(&[]), ..GEMMA }),
    ("Glm46V", GLM),
    ("Glm4v", GLM),
    ("Glm5Next", Steps { size: SizeRule::Glm5Next, pad: Padding::Patches(&["patch_size", "merge_size", "patch_expand_factor"]), ..SHARED }),
    ("Glmga", Steps { size: SizeRule::Budget(Budget { multiple: &["patch_size", "merge_size", "patch_expand_factor"], ..GLM4V }), ..GLM }),
    ("HYV4VL", Steps { size: SizeRule::HyV4Vl, patches: Some(RASTER), ..SHARED }),
    ("InstructBlipVideo", CLASSIC),
    ("InternVL", STACKED),
    ("Kimi_K25", Steps { size: SizeRule::Kimi, patches: Some(Patches { apart: true, ..RASTER }), pad: Padding::Patches(&["patch_size", "merge_size"]), beside: &[GRID, CHUNKS], video: Some(Video { chunk: Some("temporal_patch_size"), ..FRAMES }), ..SHARED }),
    ("LlavaNextVideo", STACKED),
    ("LlavaOnevision", STACKED),
    ("MiniCPMOcr", SLICED),
    ("MiniCPMV4_6", SLICED),
    ("MiniMaxM3VL", Steps { size: SizeRule::Budget(Budget { pixels: Pixels::Keys, ..QWEN2_VL }), beside: &[GRID, CHUNKS], video: Some(Video { shares: true, chunk: Some("vision_segment_max_frames"), ..FRAMES }), ..SHARED }),
    ("Molmo2", Steps { name: STACKED.name, video: STACKED.video, off: METADATA_ALONE, ..MOLMO2 }),
    ("MuseGlimmer", Steps { size: SizeRule::MuseGlimmer("max_video_frame_tokens"), patches: Some(Patches { order: "tchw", ..RASTER }), ..SHARED }),
    ("PeVideo", Steps { pad: Padding::AlwaysLargest, beside: &[Output { name: "padding_mask_videos", value: Value::FrameMask }], ..STACKED }),
    ("PerceptionLM", STACKED),
    ("Qwen2VL", QWEN),
    ("Qwen3VL", GLM),
    ("Sam2Video", Steps { beside: &[SIZES], sizes: Some("reshaped_input_sizes"), ..STACKED }),
    ("SmolVLM", Steps { size: SizeRule::SmolvlmFrame, crop: Crop::Unread, pad: Padding::LargestMasked, beside: &[Output { name: "pixel_attention_mask", value: Value::FramePixelMask }], ..CLASSIC }),
    ("Timesformer", CLASSIC),
    ("VJEPA2", Steps { older: Older::Vjepa2, ..STACKED }),
    ("VideoLlava", STACKED),
    ("VideoMAE", CLASSIC),
    ("Videomt", STACKED),
    ("Vivit", Steps { numbers: Numbers::VivitFrame, ..CLASSIC }),
];

/// The classes that do what a declaration cannot say, by the first thing that is lacking.
static LACKING: &[(Feature, &[&str])] = &[
    (Feature::FloatFilter, &["NemotronH_Omni_Reasoning_V3"]),
    // A mask of what changes from frame to frame.
    (Feature::Content, &["VideoLlama3"]),
];

/// What a class does, or what it always asks for; nothing for a name that no row has.
pub(super) fn of(base: &str) -> Option<Result<Steps, Feature>> {
    let name = base.strip_suffix("VideoProcessor")?;
    if let Some((_, steps)) = READ.iter().find(|(known, _)| *known == name) {
        return Some(Ok(*steps));
    }
    let lacking = LACKING.iter().find(|(_, names)| names.contains(&name));
    lacking.map(|(feature, _)| Err(*feature))
}

/// What a constructor refuses.
///
/// # Errors
/// When the class takes one number of frames a patch, and the config says another.
pub(super) fn constructs(base: &str, temporal: Option<&serde_json::Value>) -> Result<(), Error> {
    let only = [("Cosmos3EdgeVideoProcessor", 1), ("Ernie4_5_VLMoeVideoProcessor", 2)];
    match (only.iter().find(|(name, _)| *name == base), temporal) {
        (Some((_, only)), Some(temporal)) if temporal.as_u64() != Some(*only) => Err(Error::value(
            base,
            "temporal_patch_size",
            format!("{temporal}, expected {only}, all that this class takes"),
        )),
        _ => Ok(()),
    }
}

impl Class<'_> {
    /// How the frames of a video become one tensor.
    pub(super) fn frames(&self, video: Video) -> Result<Frames, Error> {
        let temporal = if video.shares { self.count("temporal_patch_size")? } else { 1 };
        if temporal > 1 && self.steps.patches.is_some_and(|patches| patches.order == "thwc") {
            // Its frames are innermost, and no order of patches says that.
            let what = format!("{temporal}, the innermost of a patch,");
            return Err(Error::lacking(Feature::Patches, self.keys.subject, Some("temporal_patch_size"), what));
        }
        let chunk = video.chunk.filter(|key| self.keys.get(key).is_some());
        Ok(Frames {
            count: video.count,
            multiple: temporal.max(video.multiple),
            temporal,
            is_frame_first: self.steps.patches.is_some_and(|patches| patches.order == "tchw"),
            chunk: chunk.map(|key| self.count(key)).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transformers::classes;

    #[test]
    fn every_class_has_one_row() {
        let rows =
            || READ.iter().map(|(name, _)| *name).chain(LACKING.iter().flat_map(|(_, names)| names.iter().copied()));
        for class in classes::videos() {
            let short = class.name.trim_end_matches("VideoProcessor");
            assert_eq!(rows().filter(|row| *row == short).count(), 1, "{}", class.name);
        }
        for row in rows() {
            assert!(classes::of_video(&format!("{row}VideoProcessor")).is_some(), "{row}");
        }
    }
}
