//! The ways in which classes differ, of which the rows of the table are made.

use super::steps::{BACKGROUND, HIGH_RES_BACKGROUND, LONGEST, WRITTEN_BACKGROUND};
use crate::Batch;

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
    /// Multiples of a patch within a budget of pixels.
    Budget(Budget),
    /// As many patches as `max_num_patches`, whatever `size` says.
    Naflex,
    /// The multiples of `size_divisor` below the image's own sides, whatever `size` says.
    Glpn,
    /// As `Detr`, then the multiples of `size_divisor` above.
    Mask2former,
    /// As `Detr`, then the multiples of 16 below.
    Yolos,
    /// `shortest_edge`, then the multiples of `size_divisor` below.
    Vilt,
    /// `shortest_edge`, then the multiples of `size_divisor` above.
    Textnet,
    /// `resize_short`, then the multiples of `size_divisor` above; `size` without it.
    PpLcnet,
    /// At most `longest_edge`, then the multiples of `patch_size` above.
    Pixtral,
    /// The longer side at most `longest_edge`, none below `shortest_edge`; or exact.
    Idefics2,
    /// `longest_edge`, both sides rounded half up.
    Sam,
    /// `max_image_size`, no side below `min_image_size`, in a square; `do_resize` and `size` say nothing.
    Aria,
    /// At most `max_patches` and `size`, which counts patches.
    Kimi,
    /// As many multiples as `max_soft_tokens`, whatever `size` says.
    Gemma4,
    /// The image's own size, unless `max_side` or `size` limit it.
    Neomme,
    /// `size`, after an image that is longer than `max_image_size` was reduced to it.
    Step3p7,
    /// From `min_image_tokens` to `max_image_tokens` of content, whatever `size` says.
    Glm5Next,
    /// At most so many tokens as this key says, whatever `size` says.
    MuseGlimmer(&'static str),
    /// The rows of `size`, and columns by the aspect, at most `max_image_width`.
    PpOcrRec,
    /// The first of Idefics3's resizes, then a square of `max_image_size`.
    SmolvlmFrame,
    /// `limit_side_len` of the side that `limit_type` names, none above `max_side_limit`, whatever `size` says.
    PpOcr,
    /// At most `longest_edge` of `size`, pixels of a video, and of `max_image_size`, those of a frame.
    HyV4Vl,
    /// From `min_num_patches` to `max_num_patches`, in squares of the inverse of `downsample_ratio`, whatever `size` says.
    NemotronHOmni,
    /// Only what is larger than `size`, until it fits.
    Fuyu,
    /// The shorter side to that of `size`, then within it where `do_thumbnail` is on.
    Donut,
    /// The image's own size, whatever `do_resize` says; `size` is that of a patch.
    Unread,
    /// As `Square`, of what `high_res_size` makes of the image, with a background of its own.
    HighRes,
    /// About a square of `scale_resolution`, in multiples of patches, whatever `size` says.
    Minicpm,
    /// From `min_image_tokens` to `max_image_tokens`, whatever `do_resize` and `size` say.
    Lfm2Vl,
    /// The longer side becomes that of `size`, in a square of `background_color`, whatever `do_resize` says.
    GlobalView,
    /// A square of `size` that a canvas of tiles is resized to, whatever `do_resize` says.
    OfCanvas,
    /// A square of `size` in floats that are rounded, whatever `do_resize` says.
    Rounded,
}

impl SizeRule {
    /// Where is kept what a processor is made with, whatever a call says, and the keys that it is made of.
    pub(super) fn made_of(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Square => &[(BACKGROUND, "image_mean")],
            Self::HighRes => &[(BACKGROUND, "image_mean"), (HIGH_RES_BACKGROUND, "high_res_image_mean")],
            Self::Step3p7 => &[(LONGEST, "max_image_size")],
            Self::GlobalView => &[(WRITTEN_BACKGROUND, "background_color")],
            _ => &[],
        }
    }

    /// Whether `size` says nothing, so that it may be missing.
    pub(super) fn is_without_size(self) -> bool {
        match self {
            Self::Naflex | Self::Minicpm | Self::Glpn | Self::Gemma4 | Self::Neomme | Self::MuseGlimmer(_) => true,
            Self::Budget(budget) => budget.pixels == Pixels::Keys,
            _ => false,
        }
    }
}

/// Whose rule a budget of pixels follows, and where its numbers stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    /// The rule's name in declarations.
    pub(super) rule: &'static str,
    /// The keys whose product the sides become multiples of; null is 1.
    pub(super) multiple: &'static [&'static str],
    /// Where the budget is.
    pub(super) pixels: Pixels,
}

/// Where a budget of pixels is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pixels {
    /// `shortest_edge` and `longest_edge` of `size`.
    Edges,
    /// `min_pixels` and `max_pixels` of `size`.
    Sizes,
    /// The keys `min_pixels` and `max_pixels`.
    Keys,
}

/// A video whose frames are images of their own.
pub(super) const FRAMES: Video = Video { count: None, shares: false, multiple: 1, chunk: None };

/// How the frames of a video are put together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Video {
    /// How many frames it has; nothing where it is as many as share a patch.
    pub(super) count: Option<u32>,
    /// Whether `temporal_patch_size` frames share a patch.
    pub(super) shares: bool,
    /// To which multiple of frames the last one is repeated, where they share none.
    pub(super) multiple: u32,
    /// The key that says how many of them one grid counts; a null counts all.
    pub(super) chunk: Option<&'static str>,
}

/// How a tensor is cut into patches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Patches {
    /// How the elements of one follow each other.
    pub(super) order: &'static str,
    /// Whether they follow each other in squares of `merge_size`.
    pub(super) merged: bool,
    /// Whether a patch keeps its axes: channels and frames, rows, columns.
    pub(super) apart: bool,
    /// The keys whose product is their side; none for that of `size`.
    pub(super) side: &'static [&'static str],
    /// How often a patch holds the image, where no key says it.
    pub(super) frames: Option<u32>,
    /// The keys whose product says how many rows the tensor has, the last of them zeros.
    pub(super) pad_to: Option<&'static [&'static str]>,
    /// Whether the backend on Pillow makes floats of pixels that are neither rescaled nor normalised.
    pub(super) floats: bool,
}

/// Which tensors a class makes beside its first one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Views {
    /// None.
    One,
    /// What the first tensor is resized from: `high_res_pixel_values`.
    HighRes,
    /// Tiles of `tile_size`, from `min_patches` to `max_patches`, of an image that is longer: `pixel_values_local`.
    Local {
        /// Whether the whole image is stretched where it is small and there are no tiles.
        stretches: bool,
    },
    /// Windows of a canvas that follows from the aspect: `pixel_values_local`.
    Windows,
    /// None, and the first is of the middle of the image, where `do_center_crop` is on.
    Middle,
    /// Tiles of a canvas behind the whole image, the last of them smaller and enlarged.
    SmallerTiles,
    /// Tiles of a canvas behind a view of it, in which an image keeps its aspect.
    PaddedCanvas,
    /// Crops that overlap behind the whole image, all in rows of patches.
    OverlappingCrops,
    /// Slices behind each image, all in patches side by side.
    Slices,
    /// Tiles before each large image, all in rows of patches.
    TilesOfPatches,
}

/// How an image is cut into tiles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tiles {
    /// Where `crop_to_patches` is on: at most `max_patches` of `size`, those of all images one behind the other.
    Patches {
        /// The rule's name in declarations.
        rule: &'static str,
        /// Whether `min_patches` counts.
        min: bool,
        /// Where the thumbnail stands.
        thumbnail: &'static str,
    },
    /// At most `max_num_tiles` of `tile_size`, and always a thumbnail.
    PerceptionLm,
    /// The best of `image_grid_pinpoints`, in tiles of `size`.
    LlavaNext,
    /// At most `max_patches` of `size`, or one where `crop_to_patches` is off.
    GraniteDocling,
    /// At most `max_image_tiles` of `size`, with zeros behind them.
    Mllama,
    /// At most `max_patches` of `size`, and a thumbnail where there are several, whatever `do_resize` says.
    Llama4,
    /// Of `max_image_size`, from a canvas of what a first resize makes of `size`, and a thumbnail where there are several.
    Idefics3 {
        /// The first resize's rule in declarations.
        rule: &'static str,
    },
}

impl Tiles {
    /// What the tiles of several images become together; nothing where that is a matter of `do_pad`.
    pub(super) fn batch(self) -> Option<Batch> {
        match self {
            Self::Patches { .. } | Self::Llama4 => Some(Batch::Concatenate),
            Self::GraniteDocling | Self::Idefics3 { .. } => Some(Batch::Sequence),
            Self::Mllama => Some(Batch::Pad),
            Self::PerceptionLm | Self::LlavaNext => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Crop {
    /// `do_center_crop` counts.
    Read,
    /// It has no effect.
    Unread,
    /// It counts, and a square of `shortest_edge` is cut out.
    Shortest,
    /// It raises an error.
    Raises,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// `do_rescale`, then `do_normalize`, in the order of the backend.
    Standard,
    /// EfficientNet divides by `image_std` a second time where `include_top` is on.
    EfficientNet,
    /// Both in bfloat16, each step rounded.
    Llama4,
    /// Vivit takes 1 from the rescaled value where `offset` is on.
    Vivit,
    /// Its frames of videos lose it wherever they are rescaled.
    VivitFrame,
    /// Rescaled before the resize and normalised behind it, each for itself.
    Floats,
    /// The same, and kept between what black and white are where both are on.
    ClampedFloats,
    /// Rescaled and normalised before the resize.
    FloatsLast,
    /// Made floats before the resize, and both behind it.
    FloatsFirst,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flip {
    Never,
    Always,
    /// Before normalising, whose numbers are then in the new order.
    First,
    /// Where `do_flip_channel_order` is on.
    Read,
}

/// What `do_pad` does, with zeros behind the normalised image unless said otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// It has no effect.
    Unread,
    /// To `pad_size`, or to the largest of the batch.
    Batch,
    /// The same, and a mask.
    Masked,
    /// The same with a mask, whatever `do_pad` says.
    AlwaysMasked,
    /// To the largest of the batch, whatever `pad_size` says.
    Largest,
    /// The same, and a mask.
    LargestMasked,
    /// The same with a mask, whatever `do_pad` says.
    AlwaysLargest,
    /// To `pad_size`, which the crop has already.
    Cropped,
    /// In the middle of the multiples of `size_divisor` above.
    Multiple,
    /// To the multiples of these keys' product above, with pixels of 0.
    Patches(&'static [&'static str]),
    /// To a square of `max_image_size`, with pixels of 0, whatever `do_pad` says.
    Square,
    /// To `size`, with pixels of `padding_value`.
    Size,
    /// In the middle of `size`, with pixels of 0.
    Middle,
    /// To the multiples of `size` above, with pixels of -1, whatever `do_pad` says.
    BelowBlack,
    /// Beyond the image, to the multiples of `size_divisor`, with its mirror image.
    Mirror,
    /// To `pad_size` where it has more columns.
    Wider,
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
    /// `max_size`; a `size` of null is the default.
    Mask2former,
    /// `min_pixels` and `max_pixels`, which stand over those of `size`.
    Pixels,
    /// `pad_size`, which is `size_divisor` now.
    Swin2Sr,
    /// The constructor makes `size` of `crop_size`.
    Vjepa2,
    /// The constructor takes no `do_pad`, and a null of `image_mean` and `image_std` for their defaults.
    Emu3,
    /// `norm_mean` and `norm_std`.
    NemotronHOmni,
}

impl Older {
    /// Whether it is a class of its own kind, which takes 1 or 3 rows of an image for its channels.
    pub(super) fn infers_channels(self) -> bool {
        matches!(self, Self::Constructor | Self::Emu3)
    }
}
