//! What the words for formats, channels, filters and elements say: how many channels and bytes they have.

use crate::{ChannelOrder, Element, Filter, Gray, Matrix, PixelFormat, Sample};

impl PixelFormat {
    /// The channels in memory order, without their depth: `rgb8` is [`ChannelOrder::Rgb`]. YUV becomes that too.
    pub const fn order(self) -> ChannelOrder {
        match self {
            Self::Gray8 | Self::Gray16 | Self::Gray32f => ChannelOrder::Gray,
            Self::Rgb8 | Self::Rgb16 | Self::Rgb32f => ChannelOrder::Rgb,
            Self::Nv12 | Self::Nv21 | Self::I420 | Self::Yuyv => ChannelOrder::Rgb,
            Self::Bgr8 | Self::Bgr16 | Self::Bgr32f => ChannelOrder::Bgr,
            Self::Rgba8 => ChannelOrder::Rgba,
            Self::Bgra8 => ChannelOrder::Bgra,
        }
    }

    /// How many channels a source pixel has: 1, 3 or 4.
    pub const fn channels(self) -> usize {
        self.order().channels()
    }

    /// The type of one channel.
    pub const fn sample(self) -> Sample {
        match self {
            Self::Gray16 | Self::Rgb16 | Self::Bgr16 => Sample::U16,
            Self::Gray32f | Self::Rgb32f | Self::Bgr32f => Sample::F32,
            _ => Sample::U8,
        }
    }

    /// Whether it is YUV, which becomes RGB when it is read.
    pub const fn is_yuv(self) -> bool {
        matches!(self, Self::Nv12 | Self::Nv21 | Self::I420 | Self::Yuyv)
    }
}

impl Sample {
    /// Bytes of one sample.
    pub const fn size(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::F32 => 4,
        }
    }

    /// The value of white.
    pub const fn white(self) -> f64 {
        match self {
            Self::U8 => 255.0,
            Self::U16 => 65535.0,
            Self::F32 => 1.0,
        }
    }
}

impl ChannelOrder {
    /// How many channels there are: 1, 3 or 4.
    pub const fn channels(self) -> usize {
        self.letters().len()
    }

    /// Whether the last channel is alpha.
    pub const fn has_alpha(self) -> bool {
        matches!(self, Self::Rgba | Self::Bgra)
    }

    /// One letter a channel: `y` for gray, else `r`, `g`, `b`, `a`.
    pub const fn letters(self) -> &'static str {
        match self {
            Self::Gray => "y",
            Self::Rgb => "rgb",
            Self::Bgr => "bgr",
            Self::Rgba => "rgba",
            Self::Bgra => "bgra",
        }
    }
}

impl Filter {
    /// Whether each output pixel is one source pixel.
    pub const fn is_nearest(self) -> bool {
        matches!(self, Self::Nearest | Self::NearestExact | Self::NearestFloor)
    }
}

impl Element {
    /// Bytes of one element.
    pub const fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::U8 | Self::I8 => 1,
        }
    }

    /// The least and the most of an integer; `None` for the others.
    pub const fn range(self) -> Option<[i32; 2]> {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 => None,
            Self::U8 => Some([0, 255]),
            Self::I8 => Some([-128, 127]),
        }
    }
}

impl Matrix {
    /// The weights of red and blue in luma; green has the rest of 1.
    pub const fn red_and_blue(self) -> [f64; 2] {
        match self {
            Self::Bt601 => [0.299, 0.114],
            Self::Bt709 => [0.2126, 0.0722],
            Self::Bt2020 => [0.2627, 0.0593],
        }
    }
}

impl Gray {
    /// The weights of red, green and blue, and how many of their bits are a fraction.
    #[inline]
    pub const fn weights(self) -> ([u32; 3], u32) {
        match self {
            Self::Pillow => ([19595, 38470, 7471], 16),
            Self::Opencv => ([9798, 19235, 3735], 15),
        }
    }
}
