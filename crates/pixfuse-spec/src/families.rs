//! The filters of a plan, a type for each family: what has one tap, what a library's two passes are, what is plain.
//!
//! A declaration's [`Filter`](crate::Filter) is one of all of them; here each place holds only what can stand there, so that
//! whoever carries a plan out has no case that cannot be.

use std::fmt;

/// One source pixel for each output pixel: whose rule picks its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OneTap {
    /// `nearest`: OpenCV's.
    Nearest,
    /// `nearest_exact`: Pillow's.
    NearestExact,
    /// `nearest_floor`: the loop that people write.
    NearestFloor,
    /// `nearest, like = torch`: PyTorch's, whose index is f32.
    TorchNearest,
    /// `nearest_exact, like = torch`: as that.
    TorchNearestExact,
}

/// A window that widens when the image shrinks: Pillow's, and of f32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Antialiased {
    /// Half a pixel to each side.
    Box,
    /// A triangle of a pixel to each side.
    Bilinear,
    /// A Hamming window of a pixel to each side.
    Hamming,
    /// A cubic of two pixels to each side, a = -0.5.
    Bicubic,
    /// Lanczos of three lobes.
    Lanczos,
}

/// A window that keeps its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plain {
    /// Two taps.
    Bilinear,
    /// Four taps, a = -0.75.
    Bicubic,
}

/// PyTorch's filters on uint8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TorchFilter {
    /// Without antialias.
    Plain(Plain),
    /// `bilinear, antialias`.
    Bilinear,
    /// `bicubic, antialias`, a = -0.5.
    Bicubic,
    /// `lanczos, antialias`.
    Lanczos,
}

/// A filter of which nothing is rounded to u8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FloatFilter {
    /// Without antialias.
    Plain(Plain),
    /// With it.
    Antialiased(Antialiased),
}

/// The names of a declaration.
macro_rules! written {
    ($($family:ident: $($value:pat => $name:literal),+;)+) => {
        $(impl fmt::Display for $family {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $($value => $name,)+
                })
            }
        })+
    };
}

written! {
    OneTap:
        Self::Nearest | Self::TorchNearest => "nearest",
        Self::NearestExact | Self::TorchNearestExact => "nearest_exact",
        Self::NearestFloor => "nearest_floor";
    Antialiased:
        Self::Box => "box",
        Self::Bilinear => "bilinear",
        Self::Hamming => "hamming",
        Self::Bicubic => "bicubic",
        Self::Lanczos => "lanczos";
    Plain:
        Self::Bilinear => "bilinear",
        Self::Bicubic => "bicubic";
    TorchFilter:
        Self::Plain(Plain::Bilinear) | Self::Bilinear => "bilinear",
        Self::Plain(Plain::Bicubic) | Self::Bicubic => "bicubic",
        Self::Lanczos => "lanczos";
    FloatFilter:
        Self::Plain(Plain::Bilinear) | Self::Antialiased(Antialiased::Bilinear) => "bilinear",
        Self::Plain(Plain::Bicubic) | Self::Antialiased(Antialiased::Bicubic) => "bicubic",
        Self::Antialiased(Antialiased::Box) => "box",
        Self::Antialiased(Antialiased::Hamming) => "hamming",
        Self::Antialiased(Antialiased::Lanczos) => "lanczos";
}
