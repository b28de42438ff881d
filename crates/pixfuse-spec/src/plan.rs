//! The plan: what a kernel does to each pixel, in five slots.
//!
//! A plan is what both the macro (which turns it into code) and the run-time grid (which looks up the code of the same
//! [`Shape`]) start from. It says nothing about how: levels, tables and loops are the core's.

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{
    Antialiased, ChannelOrder, Crop, Element, Fill, FloatFilter, Gray, Layout, LetterboxRule, Matrix, Number, OneTap,
    Order, Orientation, Pad, Patches, PixelFormat, Quantize, Range, Sample, Size, Tiles, TorchFilter,
};

/// load, frame, resample, map, store.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Plan {
    /// Which bytes of a source pixel are read.
    pub load: Load,
    /// Where the resampled image lies in the output.
    pub frame: Frame,
    /// How source pixels become one resampled pixel.
    pub resample: Resample,
    /// What is done to each value.
    pub map: Map,
    /// How values are ordered, converted and laid out.
    pub store: Store,
}

/// Which bytes of a source pixel are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Load {
    /// The source's pixel format.
    pub format: PixelFormat,
    /// Rows and columns of every source image as it is stored, where they are declared.
    pub size: Option<[u32; 2]>,
    /// How each pixel is converted before it is resampled.
    pub convert: Convert,
    /// The channels of a pixel then.
    pub order: ChannelOrder,
    /// How many of them are read, from the first: an alpha channel that is dropped is not.
    pub channels: usize,
    /// Interleaved or planes.
    pub layout: Layout,
    /// How the stored image is turned before anything else.
    pub orient: Orientation,
}

/// How each source pixel is converted before it is resampled, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Convert {
    /// YUV to RGB.
    pub yuv: Option<(Matrix, Range)>,
    /// What alpha does to colours.
    pub alpha: Option<Composite>,
    /// Colours to gray.
    pub gray: Option<Gray>,
    /// Gray to equal colours.
    pub repeat: bool,
}

/// What alpha does to colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Composite {
    /// They lie over this red, green and blue.
    Over([u8; 3]),
    /// They are multiplied by it.
    Premultiply,
}

impl Load {
    /// Whether pixels are not read as they lie in memory, but from converted rows.
    pub fn needs_conversion(&self) -> bool {
        let Convert { yuv, alpha, gray, repeat: _ } = self.convert;
        yuv.is_some() || alpha.is_some() || gray.is_some() || self.is_wide()
    }

    /// Whether pixels are f32 when they are resampled.
    pub fn is_wide(&self) -> bool {
        self.format.sample() != Sample::U8
    }
}

/// Where the resampled image lies in the output: the work on sizes and offsets, in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The size that the source is resampled to, and what is put around it to fill a letterbox.
    pub size: FrameSize,
    /// The part of that which is kept.
    pub crop: Option<Crop>,
    /// What is put around that.
    pub pad: Option<Pad>,
}

/// The size that the source is resampled to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FrameSize {
    /// Its own.
    Keep,
    /// That of `resize`.
    Resize(Size),
    /// That of a canvas of tiles, by a rule.
    Tiles {
        /// The tiles.
        tiles: Tiles,
        /// The size that the source is resized to before that, as u8.
        first: Option<Size>,
    },
    /// As large as its aspect allows in a frame, which is then filled up.
    Letterbox {
        /// Rows of the frame.
        rows: Number<u32>,
        /// Columns of the frame.
        columns: Number<u32>,
        /// How the content is rounded and placed.
        rule: LetterboxRule,
        /// The margins are cut to what is left of a multiple of this.
        stride: Option<u32>,
        /// Whether a small image is enlarged.
        scale_up: bool,
        /// What stands around the content.
        fill: Fill,
    },
}

/// How source pixels become one resampled pixel. But for [`Separable::Float`], that is an integer from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resample {
    /// The image keeps its size.
    None,
    /// One source pixel for each output pixel: a direct kernel.
    OneTap(OneTap),
    /// Two rows by two columns, weighted as OpenCV's `INTER_LINEAR`: a direct kernel.
    TwoTaps,
    /// As many taps as the filter is wide, one axis after the other: resampled rows.
    Separable(Separable),
}

/// Which library's passes over the two axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Separable {
    /// Pillow, antialiased: 22-bit weights and a u8 between the passes.
    Pillow {
        /// The window.
        filter: Antialiased,
        /// 13, or 12 for its order of passes.
        version: u32,
    },
    /// PyTorch on uint8: 15-bit weights and a u8 between the passes.
    Torch(TorchFilter),
    /// OpenCV `INTER_AREA`.
    Area,
    /// OpenCV `INTER_LANCZOS4`.
    Lanczos4,
    /// `precision = f32`: nothing is rounded to u8.
    Float(FloatFilter),
}

/// What is done to each resampled value.
#[derive(Clone, Debug, PartialEq)]
pub enum Map {
    /// The value is stored as the u8 it is.
    Keep,
    /// u8 to f32, nothing else.
    Convert,
    /// `fma(x, scale, offset)`, one scale and offset for each output channel, in the output's order.
    MulAdd {
        /// `scale / (std + eps)`, folded in f64, rounded once.
        scale: Number<Vec<f32>>,
        /// `-mean / (std + eps)`, folded in f64, rounded once.
        offset: Number<Vec<f32>>,
        /// The declared order of operations. Unless it is [`Order::Fused`], the multiply-add was found to give
        /// the same bits for each of the 256 values of a u8.
        order: Order,
    },
    /// `normalize` in another library's order of operations, which a table of 256 results a channel holds.
    Ordered {
        /// Never [`Order::Fused`].
        order: Order,
        /// Factor on the pixel value.
        scale: f64,
        /// One for each output channel, in the output's order.
        mean: Vec<f64>,
        /// One for each output channel, in the output's order.
        std: Vec<f64>,
        /// Added to each `std`.
        eps: f64,
    },
}

/// How values are ordered, converted and laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    /// The tensor's channels.
    pub channels: ChannelOrder,
    /// Output channel `k` is loaded channel `from[k]`: the channel swap costs nothing but this list.
    pub from: Vec<usize>,
    /// Type of an element.
    pub element: Element,
    /// How an integer is made of a mapped value; `None` where it is the resampled value itself, and for floats.
    pub quantize: Option<Quantize>,
    /// Planes or interleaved.
    pub layout: Layout,
    /// How the image is cut, if it is.
    pub patches: Option<Patches>,
}

/// The part of a plan that changes machine code; everything else is numbers.
///
/// Two plans of one shape run the same code with other tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Channels of a source pixel: 1, 3 or 4. Of planes, those that are read.
    pub pixel: usize,
    /// Channels that are read and written: 1, 3 or 4.
    pub channels: usize,
    /// Interleaved or planar source.
    pub load: Layout,
    /// What is stored for each value.
    pub element: Stored,
    /// Planar or interleaved output.
    pub store: Layout,
    /// What is done to each value.
    pub map: MapForm,
}

/// What is stored for each value, by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stored {
    /// An f32.
    F32,
    /// The bits of an f16 or a bf16.
    U16,
    /// A pixel value, or the low byte of a quantised one.
    U8,
}

impl Stored {
    /// Bytes of it.
    pub fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::U16 => 2,
            Self::U8 => 1,
        }
    }
}

/// What is done to each value, without the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MapForm {
    /// It is stored as the u8 it is.
    Keep,
    /// A multiply-add, rounded to what is stored.
    MulAdd,
    /// It is looked up in tables: another library's order of operations may need them, and integers do, which then cost
    /// no division.
    Table,
}

impl Plan {
    /// Whether resampled pixels are f32 that need not be whole numbers.
    pub fn has_floats(&self) -> bool {
        self.load.is_wide() || matches!(self.resample, Resample::Separable(Separable::Float(_)))
    }

    /// The part that changes machine code.
    pub fn shape(&self) -> Shape {
        let load = match self.load.order {
            // One channel is the same bytes in both layouts.
            ChannelOrder::Gray => Layout::Hwc,
            _ if self.load.needs_conversion() => Layout::Hwc,
            // A plane that is read once for each channel.
            _ if self.load.convert.repeat => Layout::Chw,
            _ => self.load.layout,
        };
        Shape {
            // A plane that is not read is as if it were not there.
            pixel: if load == Layout::Chw { self.load.channels } else { self.load.order.channels() },
            channels: self.load.channels,
            load,
            element: match self.store.element {
                Element::F32 => Stored::F32,
                Element::F16 | Element::Bf16 => Stored::U16,
                Element::U8 | Element::I8 => Stored::U8,
            },
            store: if self.load.channels == 1 { Layout::Chw } else { self.store.layout },
            map: match &self.map {
                Map::Keep => MapForm::Keep,
                Map::Convert | Map::MulAdd { .. } if self.store.quantize.is_none() => MapForm::MulAdd,
                _ => MapForm::Table,
            },
        }
    }
}

impl Frame {
    /// Whether every source pixel lies in the output where it lay in the source.
    pub fn is_whole(&self) -> bool {
        self.size == FrameSize::Keep && self.crop.is_none() && self.pad.is_none()
    }
}

impl Shape {
    /// Every shape that the language can say, each once: the axes of the run-time grid.
    pub fn all() -> Vec<Self> {
        let stored = [
            (Stored::F32, MapForm::MulAdd),
            (Stored::F32, MapForm::Table),
            (Stored::U16, MapForm::MulAdd),
            (Stored::U16, MapForm::Table),
            (Stored::U8, MapForm::Keep),
            (Stored::U8, MapForm::Table),
        ];
        let mut all = Vec::new();
        for &(pixel, channels) in &[(1, 1), (3, 3), (4, 4), (4, 3)] {
            for load in if pixel == 1 || pixel != channels { &[Layout::Hwc][..] } else { Layout::ALL } {
                for (element, map) in stored {
                    for &store in if channels == 1 { &[Layout::Chw][..] } else { Layout::ALL } {
                        all.push(Self { pixel, channels, load: *load, element, store, map });
                    }
                }
            }
        }
        all
    }
}
