//! Values that are no words: numbers that may be left open, and colours.

use std::fmt;

#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// The most rows or columns that an image may be resized or padded to, also where they follow from the source's.
///
/// It keeps every size in range: four f32 channels of 65535 by 65535 pixels are fewer bytes than 2^37, and an index of a
/// row or column fits in 16 bits.
pub const MAX_SIDE: u32 = 65535;

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

impl fmt::Display for Fill {
    /// One value, or a list.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => one.fmt(f),
            many => write!(f, "{many:?}"),
        }
    }
}
