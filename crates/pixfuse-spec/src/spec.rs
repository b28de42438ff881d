//! The parsed form of a declaration.

use crate::{Alpha, ChannelOrder, Element, Filter, Layout, PixelFormat};

/// A number of a declaration: written down, or left open as `_` until the pipeline is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Number<T> {
    /// Known from the text.
    Known(T),
    /// Written `_`: given by [`Values`](crate::Values) when the pipeline is made.
    Later,
}

impl<T> Number<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Later => None,
        }
    }

    /// Whether the value was written `_`.
    pub fn is_later(&self) -> bool {
        matches!(self, Self::Later)
    }
}

/// A whole pipeline: checked, complete, and the same for each language it was written in.
///
/// Its `Display` is the canonical text, which parses back to an equal `Spec`.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// `input(...)`: what a source image is.
    pub input: Input,
    /// `resize(...)`: absent when the image keeps its size.
    pub resize: Option<Resize>,
    /// `normalize(...)`: absent when pixel values stay as they are.
    pub normalize: Option<Normalize>,
    /// `output(...)`: what the tensor is.
    pub output: Output,
}

/// `input(rgba8, hwc, alpha = drop)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Channels of a source pixel.
    pub format: PixelFormat,
    /// Interleaved (`hwc`, the default) or planes.
    pub layout: Layout,
    /// What becomes of alpha; required when the output has none.
    pub alpha: Option<Alpha>,
}

/// `resize(rows, columns, filter)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Resize {
    /// Rows of the result, at least 1.
    pub rows: Number<u32>,
    /// Columns of the result, at least 1.
    pub columns: Number<u32>,
    /// Which library's filter.
    pub filter: Filter,
}

/// `normalize(scale, mean, std, eps)`: `y = (x * scale - mean) / (std + eps)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalize {
    /// Factor on the pixel value 0 to 255; 1/255 unless written.
    pub scale: Number<f64>,
    /// One value for every channel, or one an *output* channel, in the output's order; 0 unless written.
    pub mean: Number<Vec<f64>>,
    /// As `mean`; 1 unless written. `std + eps` is never zero.
    pub std: Number<Vec<f64>>,
    /// Added to each `std`; 0 unless written.
    pub eps: Number<f64>,
}

impl Default for Normalize {
    fn default() -> Self {
        Self {
            scale: Number::Known(1.0 / 255.0),
            mean: Number::Known(vec![0.0]),
            std: Number::Known(vec![1.0]),
            eps: Number::Known(0.0),
        }
    }
}

/// `output(rgb, f32, chw)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Channels of the tensor, in their order.
    pub channels: ChannelOrder,
    /// Type of an element.
    pub element: Element,
    /// Planes or interleaved.
    pub layout: Layout,
}

impl Spec {
    /// Whether any number was written `_`, so that the pipeline needs [`Values`](crate::Values) to be made.
    pub fn is_open(&self) -> bool {
        let size = self.resize.as_ref();
        let normalize = self.normalize.as_ref();
        size.is_some_and(|size| size.rows.is_later() || size.columns.is_later())
            || normalize
                .is_some_and(|n| n.scale.is_later() || n.mean.is_later() || n.std.is_later() || n.eps.is_later())
    }
}
