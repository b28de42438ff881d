//! What a library returns beside its tensors that follows from the sizes of the images alone.

use crate::overlapping_crops::OverlappingCrops;
use crate::padded_canvas::PaddedCanvas;

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeValue {
    /// Rows and columns of each image's canvas.
    CanvasSizes(PaddedCanvas),
    /// 1 for each patch of an image's view and tiles, 0 in the margin and 1 again in tiles that fill an image of fewer up.
    CanvasMask(PaddedCanvas),
    /// How many tokens each image takes.
    CanvasTokens(PaddedCanvas),
    /// The patches that each token of an image, or of a video's frame, is pooled of.
    PooledPatches(OverlappingCrops),
    /// Rows and columns of tokens of each image's view, and of its crops.
    PooledGrids(OverlappingCrops),
    /// How many crops each image has, with its view.
    CropCounts(OverlappingCrops),
    /// How many frames each video has, and rows and columns of tokens of each frame.
    PooledFrames(OverlappingCrops),
    /// Rows and columns of the slices of each frame, 0 and 0 where it stays whole.
    FrameGrids,
    /// How many images each frame becomes, itself and its slices.
    FrameCounts,
}
