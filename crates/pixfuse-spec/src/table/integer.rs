//! What an integer of a declaration may be.

use crate::MAX_SIDE;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::spelling::number;

/// The integers that may stand for an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integer {
    /// The least of them.
    pub least: u32,
    /// The most of them.
    pub most: u32,
    /// Whether `_` may stand for it.
    pub open: bool,
}

impl Integer {
    /// A side of an image that is made.
    pub(crate) const SIDE: Self = Self { least: 1, most: MAX_SIDE, open: true };
    /// A length without `_`: what cuts an image that is there.
    pub(crate) const LENGTH: Self = Self::between(1, MAX_SIDE);
    /// Where something begins, or a margin.
    pub(crate) const OFFSET: Self = Self::between(0, MAX_SIDE);
    /// A number of pixels.
    pub(crate) const AREA: Self = Self::between(1, u32::MAX);
    /// A step of sides, and the side of a patch.
    pub(crate) const STRIDE: Self = Self::between(1, 1024);
    /// Frames that one image stands for.
    pub(crate) const TEMPORAL: Self = Self::between(1, 16);
    /// Tiles of a canvas.
    pub(crate) const TILES: Self = Self::between(1, 1024);
    /// Rows of a tensor of patches or tiles.
    pub(crate) const COUNT: Self = Self::between(1, 1 << 24);
    /// The values of the EXIF tag.
    pub(crate) const EXIF: Self = Self::between(1, 8);
    /// The versions of Pillow that differ, older and newer.
    pub(crate) const VERSION: Self = Self::between(12, 13);
    /// A pixel value.
    pub(crate) const PIXEL: Self = Self::between(0, 255);

    const fn between(least: u32, most: u32) -> Self {
        Self { least, most, open: false }
    }

    /// The integer, or what is wrong with it.
    pub(crate) fn accept(&self, name: &str, value: f64) -> Result<u32, String> {
        if value >= f64::from(self.least) && value <= f64::from(self.most) && value.fract() == 0.0 {
            return Ok(value as u32);
        }
        Err(format!("{}, found {}", self.expected(name), number(value)))
    }

    pub(crate) fn expected(&self, name: &str) -> String {
        let Self { least, most, open } = self;
        if least + 1 == *most {
            return format!("{name} must be {least} or {most}");
        }
        let or_later = if *open { " or `_`" } else { "" };
        format!("{name} must be an integer from {least} to {most}{or_later}")
    }
}
