//! The parsed form of a declaration.

use crate::{
    Alpha, Anchor, ChannelOrder, CoverRule, Element, Filter, FloatsOf, Gray, Layout, LetterboxRule, Like, Matrix,
    Order, Orientation, PatchOrder, PixelFormat, Precision, Range, Rounding, RuledSize, Sample, Tiles,
};

/// A number of a declaration: written down, or left open as `_` until the pipeline is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// `resize(...)`: absent when the image keeps its size, or is letterboxed.
    pub resize: Option<Resize>,
    /// `letterbox(...)`: a resize that keeps the aspect and fills the rest.
    pub letterbox: Option<Letterbox>,
    /// `tiles(...)`: a resize to a grid of tiles, each an image of its own in the tensor.
    pub tiles: Option<Tiles>,
    /// `center_crop(...)` or `crop(...)`.
    pub crop: Option<Crop>,
    /// `pad(...)`: margins, or a frame to fill up.
    pub pad: Option<Pad>,
    /// `normalize(...)`: absent when pixel values stay as they are.
    pub normalize: Option<Normalize>,
    /// `output(...)`: what the tensor is.
    pub output: Output,
    /// `patches(...)`: the image cut into squares, a row of the tensor each; absent when it stays whole.
    pub patches: Option<Patches>,
}

/// `input(rgba8, 1080, 1920, hwc, alpha = drop, orient = 6)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Channels of a source pixel.
    pub format: PixelFormat,
    /// Rows and columns of every source image, as it is stored, where they are declared.
    pub size: Option<[u32; 2]>,
    /// Interleaved (`hwc`, the default) or planes.
    pub layout: Layout,
    /// What becomes of alpha; required when the output has none.
    pub alpha: Option<Alpha>,
    /// With `alpha = over` what lies behind the image: one value, or red, green and blue.
    pub background: Option<Fill>,
    /// Whose weights make gray of colours; required when the output is gray and the source is not.
    pub gray: Option<Gray>,
    /// By which matrix YUV becomes RGB; BT.601 unless written.
    pub matrix: Option<Matrix>,
    /// Which values YUV has; limited unless written.
    pub range: Option<Range>,
    /// How the stored image is turned before anything else; 1 unless written.
    pub orient: Orientation,
}

/// `resize(240, 256, bilinear)` or `resize(shortest = 256, bilinear, antialias)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resize {
    /// The size of the result.
    pub size: Size,
    /// How its pixels are made.
    pub sampling: Sampling,
}

/// The size that an image is resized to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// These rows and columns, whatever the aspect.
    Exact {
        /// Rows of the result, at least 1.
        rows: Number<u32>,
        /// Columns of the result, at least 1.
        columns: Number<u32>,
    },
    /// The shorter side becomes this long; the other follows, truncated.
    Shortest {
        /// The shorter side, at least 1.
        side: Number<u32>,
        /// If the longer side came out longer than this, it becomes this long and the shorter side follows.
        max: Option<u32>,
        /// How that shorter side is rounded.
        ///
        /// `Truncate`, unless written: torchvision. `HalfEven`: Hugging Face's `get_size_with_aspect_ratio`, which takes
        /// the longer side from the shorter one before it was rounded, and leaves an image alone whose shorter side has
        /// that length already.
        rounding: Rounding,
    },
    /// As small as its aspect allows, so that it covers this frame, which a `center_crop` then cuts out.
    Cover {
        /// Rows of the frame, at least 1.
        rows: u32,
        /// Columns of the frame, at least 1.
        columns: u32,
        /// How the sides are made.
        rule: CoverRule,
    },
    /// The longer side becomes this long; the other follows.
    Longest {
        /// The longer side, at least 1.
        side: Number<u32>,
        /// How the shorter side is rounded.
        ///
        /// `Truncate`, unless written. `HalfEven`: timm's `ResizeKeepRatio(longest = 1)`, a division by the ratio.
        rounding: Rounding,
    },
    /// What a library's rule makes of the image's size: `rule = qwen2_vl, multiple = 28, ..`.
    Ruled(RuledSize),
}

impl Input {
    /// Rows and columns of every source image once it is turned by `orient`, where they are declared.
    pub fn turned_size(&self) -> Option<[u32; 2]> {
        self.size.map(|size| self.orient.size(size))
    }

    /// As [`Sampling::drop_defaults`].
    pub(crate) fn drop_defaults(&mut self) {
        self.matrix = self.matrix.filter(|matrix| *matrix != Matrix::Bt601);
        self.range = self.range.filter(|range| *range != Range::Limited);
    }
}

/// The Pillow that its filters are equal to, unless another is asked for.
pub(crate) const PILLOW: u32 = 13;

/// How resampled pixels are made: `bilinear, antialias, like = torch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sampling {
    /// Which library's filter.
    pub filter: Filter,
    /// Whether the filter widens when the image shrinks.
    pub antialias: bool,
    /// `Torch` or nothing: Pillow's is the default and not written.
    pub like: Option<Like>,
    /// `12` for the order of passes of Pillow 12 and older; nothing for that of Pillow 13.
    pub pillow: Option<u32>,
    /// What a resampled value is rounded to.
    pub precision: Precision,
    /// Which values are resized, where they are floats of torch's; rescaled ones unless written.
    pub of: Option<FloatsOf>,
    /// Whether floats that a resize makes stay between what pixel values of 0 and 255 are.
    pub clamp: bool,
}

impl Sampling {
    /// The filter without anything behind it.
    pub const fn new(filter: Filter) -> Self {
        Self { filter, antialias: false, like: None, pillow: None, precision: Precision::U8, of: None, clamp: false }
    }

    /// What may be written and means the same left out goes: a declaration has one text.
    pub(crate) fn drop_defaults(&mut self) {
        self.like = self.like.filter(|like| *like != Like::Pillow);
        self.pillow = self.pillow.filter(|version| *version != PILLOW);
        self.of = self.of.filter(|of| *of != FloatsOf::Rescaled);
    }
}

/// `letterbox(640, 640, bilinear)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Letterbox {
    /// Rows of the result, at least 1.
    pub rows: Number<u32>,
    /// Columns of the result, at least 1.
    pub columns: Number<u32>,
    /// How the content is resampled.
    pub sampling: Sampling,
    /// What stands around it; 114 unless written.
    pub fill: Fill,
    /// How the content is rounded and placed.
    pub rule: LetterboxRule,
    /// The margins are cut to what is left of a multiple of this: the result is then smaller than asked for.
    pub stride: Option<u32>,
    /// Whether a small image is enlarged.
    pub scale_up: bool,
}

/// Pixel values where there is no source: one for all channels, or one an *output* channel, in the output's order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fill(pub Vec<u8>);

impl Fill {
    /// The same value in every channel.
    pub fn gray(value: u8) -> Self {
        Self(vec![value])
    }

    /// The value of an output channel.
    ///
    /// # Panics
    ///
    /// If there are several values and none for this channel, which the rulebook excludes.
    pub fn channel(&self, channel: usize) -> u8 {
        self.0[if self.0.len() == 1 { 0 } else { channel }]
    }
}

/// The part of the image that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Crop {
    /// `center_crop(224, 224)`: the middle; a smaller image is padded.
    Center {
        /// Rows of the result, at least 1.
        rows: Number<u32>,
        /// Columns of the result, at least 1.
        columns: Number<u32>,
        /// Where the odd row or column of the margin goes.
        rounding: Rounding,
        /// What stands around a smaller image; 0 unless written.
        fill: Fill,
    },
    /// `crop(top, left, rows, columns)`: a window, which lies inside the image.
    Window {
        /// Rows above it.
        top: u32,
        /// Columns before it.
        left: u32,
        /// Rows of it, at least 1.
        rows: u32,
        /// Columns of it, at least 1.
        columns: u32,
    },
}

/// `pad(top, left, bottom, right)`, `pad(to = [1024, 1024])` or `pad(multiple = 32)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pad {
    /// How much.
    pub margins: Margins,
    /// What stands there; a pixel value of 0 unless written.
    pub fill: MarginFill,
}

/// How much is put around an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Margins {
    /// `pad(top, left, bottom, right)`: so many rows and columns.
    Fixed {
        /// Rows above.
        top: u32,
        /// Columns before.
        left: u32,
        /// Rows below.
        bottom: u32,
        /// Columns behind.
        right: u32,
    },
    /// `pad(to = [1024, 1024])`: as many as fill a frame. A larger image is an error.
    To {
        /// Rows of the frame, at least 1.
        rows: u32,
        /// Columns of the frame, at least 1.
        columns: u32,
        /// Where the image lies in it.
        at: Anchor,
    },
    /// `pad(multiple = 32)`: as many as make both sides multiples.
    Multiple {
        /// What the rows become a multiple of, at least 1.
        rows: u32,
        /// What the columns become a multiple of, at least 1.
        columns: u32,
        /// Where the image lies in it.
        at: Anchor,
    },
    /// `pad(beyond = 8)`: to the next multiples, one more where a side is one already.
    Beyond {
        /// What the rows become a multiple of, at least 1.
        rows: u32,
        /// What the columns become a multiple of, at least 1.
        columns: u32,
        /// Where the image lies in it.
        at: Anchor,
    },
    /// `pad(least = [48, 320])`: as many as fill a frame. A side that is longer stays as it is.
    Least {
        /// The fewest rows, at least 1.
        rows: u32,
        /// The fewest columns, at least 1.
        columns: u32,
        /// Where the image lies in it.
        at: Anchor,
    },
}

/// What stands in a margin.
#[derive(Clone, Debug, PartialEq)]
pub enum MarginFill {
    /// A pixel value, which is normalised as the image is.
    Pixel(Fill),
    /// `value = 0`: what stands in the tensor, after normalising: one value for all channels, or one an *output* channel, in
    /// the output's order. It is rounded to the element type.
    Tensor(Vec<f64>),
    /// `border = symmetric`: the image, mirrored at its edges, whose rows and columns stand there twice.
    Symmetric,
}

/// `patches(16, merge = 2, temporal = 2)`: the tensor is `[patches, elements]`, and each of its rows holds a square of
/// the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Patches {
    /// Rows and columns of a patch, at least 1.
    pub side: u32,
    /// Patches follow each other in squares of `merge` x `merge`, row by row in a square and of squares; 1 is row by row.
    pub merge: u32,
    /// How often a patch holds the image: the frames of a video that a single image stands for.
    pub temporal: u32,
    /// How the elements of a patch follow each other, from the outermost; `cthw` for `chw` and `thwc` for `hwc` unless
    /// written.
    pub order: PatchOrder,
    /// The tensor has so many rows, the last of them zeros; as many as there are patches unless written.
    pub pad_to: Option<u32>,
}

/// `normalize(scale, mean, std, eps, order)`: `y = (x * scale - mean) / (std + eps)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalize {
    /// Factor on the pixel value; 1/255 unless written, 1/65535 for 16 bits, and 1 for f32.
    pub scale: Number<f64>,
    /// Whether the default of `scale` was written. It is kept where it says something: `mean` and `std` of pixel values
    /// are refused without it, since that default is most likely not meant then.
    pub scale_written: bool,
    /// One value for every channel, or one an *output* channel, in the output's order; 0 unless written.
    pub mean: Number<Vec<f64>>,
    /// As `mean`; 1 unless written. `std + eps` is never zero.
    pub std: Number<Vec<f64>>,
    /// Added to each `std`; 0 unless written.
    pub eps: Number<f64>,
    /// Which operations follow each other; one multiply-add unless written.
    pub order: Order,
}

impl Spec {
    /// Which floats are resized, where torch's filter of floats is asked for: `like = torch, precision = f32`.
    pub fn resizes_floats(&self) -> Option<FloatsOf> {
        let sampling =
            self.sampling().filter(|sampling| sampling.precision == Precision::F32 && sampling.like.is_some());
        sampling.map(|sampling| sampling.of.unwrap_or(FloatsOf::Rescaled))
    }
}

impl Normalize {
    /// What stands in it where nothing is written, for a source of these samples.
    pub fn of(sample: Sample) -> Self {
        Self {
            scale: Number::Known(1.0 / sample.white()),
            scale_written: false,
            mean: Number::Known(vec![0.0]),
            std: Number::Known(vec![1.0]),
            eps: Number::Known(0.0),
            order: Order::Fused,
        }
    }

    /// No `mean` or `std` of pixels that were scaled to 0 to 1 is larger.
    pub(crate) const MOST: f64 = 4.0;

    /// A value of `mean` or `std` that is one of pixel values as they are stored: its list's name, and its index.
    pub(crate) fn of_pixels(&self) -> Option<(&'static str, usize, f64)> {
        [("mean", &self.mean), ("std", &self.std)].into_iter().find_map(|(name, list)| {
            let values = list.known()?.iter().copied().enumerate();
            values.map(|(index, value)| (name, index, value)).find(|(.., value)| value.abs() > Self::MOST)
        })
    }

    /// As [`Sampling::drop_defaults`], for a source of these samples.
    pub(crate) fn drop_defaults(&mut self, sample: Sample) {
        let says = self.scale == Self::of(sample).scale && sample != Sample::F32;
        let open = self.mean.is_later() || self.std.is_later();
        self.scale_written &= says && (open || self.of_pixels().is_some());
    }
}

/// `output(rgb, f32, chw)` or `output(rgb, i8, chw, scale = 0.02, zero_point = -3)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Channels of the tensor, in their order.
    pub channels: ChannelOrder,
    /// Type of an element.
    pub element: Element,
    /// Planes or interleaved.
    pub layout: Layout,
    /// How an integer is made of a normalised value; absent for floats, and for the u8 that a pixel value is.
    pub quantize: Option<Quantize>,
}

/// `saturate(round(y / scale) + zero_point)`, halves to even: ONNX `QuantizeLinear`, in f32.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantize {
    /// What one step of the integer is worth, above zero.
    pub scale: f64,
    /// The integer of 0, in the element's range; 0 unless written.
    pub zero_point: i32,
}

impl Spec {
    /// How pixels are resampled, by whichever clause says it, last; nothing where the image keeps its size.
    pub fn sampling(&self) -> Option<&Sampling> {
        let tiles = self.tiles.as_ref().map(|tiles| &tiles.sampling);
        tiles
            .or(self.resize.as_ref().map(|resize| &resize.sampling))
            .or(self.letterbox.as_ref().map(|letterbox| &letterbox.sampling))
    }

    /// Every one of them, to be changed.
    pub(crate) fn samplings_mut(&mut self) -> impl Iterator<Item = &mut Sampling> {
        let resize = self.resize.as_mut().map(|resize| &mut resize.sampling);
        let letterbox = self.letterbox.as_mut().map(|letterbox| &mut letterbox.sampling);
        let tiles = self.tiles.as_mut().map(|tiles| &mut tiles.sampling);
        [resize, letterbox, tiles].into_iter().flatten()
    }

    /// Whether any number was written `_`, so that the pipeline needs [`Values`](crate::Values) to be made.
    pub fn is_open(&self) -> bool {
        let size = self.resize.is_some_and(|resize| match resize.size {
            Size::Exact { rows, columns } => rows.is_later() || columns.is_later(),
            Size::Shortest { side, .. } | Size::Longest { side, .. } => side.is_later(),
            Size::Cover { .. } | Size::Ruled(_) => false,
        });
        let letterbox = self.letterbox.as_ref().is_some_and(|l| l.rows.is_later() || l.columns.is_later());
        let crop =
            matches!(&self.crop, Some(Crop::Center { rows, columns, .. }) if rows.is_later() || columns.is_later());
        let normalize = self
            .normalize
            .as_ref()
            .is_some_and(|n| n.scale.is_later() || n.mean.is_later() || n.std.is_later() || n.eps.is_later());
        size || letterbox || crop || normalize
    }
}
