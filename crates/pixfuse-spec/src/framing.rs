//! Where libraries put an image in a frame, and how large they make it for that: what the words for it mean, in numbers.

use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Anchor, CoverRule, LetterboxRule, Rounding};

impl CoverRule {
    /// Rows and columns of an image that covers a frame.
    #[doc(hidden)]
    pub fn sides(self, frame: [u32; 2], source: [u32; 2]) -> [u64; 2] {
        let side = |length: f64| (length.round_ties_even() as u64).max(1);
        match self {
            Self::Timm => {
                let ratio = |axis: usize| f64::from(source[axis]) / f64::from(frame[axis]);
                let ratio = ratio(0).min(ratio(1));
                both(source, |length| side(f64::from(length) / ratio))
            }
            Self::Opencv => both(source, |length| side(f64::from(length) * Self::opencv_ratio(frame, source))),
        }
    }

    /// OpenCV's ratio of an image that covers a frame: f32.
    #[doc(hidden)]
    pub fn opencv_ratio(frame: [u32; 2], source: [u32; 2]) -> f64 {
        let ratio = |axis: usize| frame[axis] as f32 / source[axis] as f32;
        ratio(0).max(ratio(1)).into()
    }
}

impl Rounding {
    /// The first row (or column) of a centred crop of `size`; negative when the canvas is smaller and is padded.
    #[doc(hidden)]
    pub fn first(self, canvas: u32, size: u32) -> i64 {
        let margin = i64::from(canvas) - i64::from(size);
        match self {
            Self::Floor => margin.div_euclid(2),
            Self::Truncate => margin / 2,
            // torchvision pads a smaller image first, with the odd pixel behind.
            Self::HalfEven if margin < 0 => margin / 2,
            // `int(round(margin / 2.0))` of Python: halves go to the even neighbour.
            Self::HalfEven => (margin as f64 / 2.0).round_ties_even() as i64,
        }
    }
}

impl Anchor {
    /// The row (or column) of a frame where an image of no more than its size begins.
    #[doc(hidden)]
    pub fn first(self, frame: u32, size: u32) -> i64 {
        match self {
            Self::TopLeft => 0,
            Self::Center => i64::from((frame - size) / 2),
        }
    }
}

/// Where a letterbox puts its content.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letterboxed {
    /// Of content to source.
    pub ratio: f64,
    /// Rows and columns of the content.
    pub content: [u32; 2],
    /// Row and column where it begins.
    pub at: [u32; 2],
    /// Rows and columns of the result.
    pub output: [u32; 2],
}

impl LetterboxRule {
    /// Where the content lies in a frame, with margins cut to what is left of `stride`.
    #[doc(hidden)]
    pub fn place(self, frame: [u32; 2], source: [u32; 2], stride: Option<u32>, scale_up: bool) -> Letterboxed {
        let limit = |ratio: f64| if scale_up { ratio } else { ratio.min(1.0) };
        let ratio = |axis: usize| f64::from(frame[axis]) / f64::from(source[axis]);
        let ratio = limit(ratio(0).min(ratio(1)));
        let sides = |round: &dyn Fn(f64) -> f64| both(source, |side| (round(f64::from(side) * ratio) as u32).max(1));
        match self {
            Self::Ultralytics => {
                // `round` of Python: half to even. The half pixel of an odd margin goes behind.
                let content = sides(&f64::round_ties_even);
                let mut margin = both([0, 1], |axis| frame[axis].saturating_sub(content[axis]));
                if let Some(stride) = stride {
                    margin = both(margin, |margin| margin % stride);
                }
                let output = both([0, 1], |axis| content[axis] + margin[axis]);
                Letterboxed { ratio, content, at: both(margin, |margin| margin / 2), output }
            }
            Self::Yolox => Letterboxed { ratio, content: sides(&f64::trunc), at: [0, 0], output: frame },
            Self::Opencv => {
                // OpenCV's ratio and product are f32.
                let ratio = |axis: usize| frame[axis] as f32 / source[axis] as f32;
                let ratio = limit(ratio(0).min(ratio(1)).into()) as f32;
                let content = both([0, 1], |axis| ((source[axis] as f32 * ratio) as u32).clamp(1, frame[axis]));
                let at = both([0, 1], |axis| (frame[axis] - content[axis]) / 2);
                Letterboxed { ratio: ratio.into(), content, at, output: frame }
            }
        }
    }
}
