//! How resampled pixels are made: what `resize`, `letterbox` and `tiles` have in common.

use std::fmt;

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Integer, Table, clause};
use crate::{Filter, FloatsOf, Like, Precision};

/// The Pillow that its filters are equal to, unless another is declared.
pub(crate) const PILLOW: u32 = 13;

clause! {
    /// How resampled pixels are made: `bilinear, antialias, like = torch`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Sampling as SamplingDraft {
        /// Which library's filter.
        value filter: Filter,
        /// Whether the filter widens when the image shrinks.
        flag antialias: bool,
        /// `torch`, or nothing: Pillow's is the default and not written.
        named like: Option<Like>,
        /// `12` for the order of passes of Pillow 12 and older; nothing for that of Pillow 13.
        named pillow: Option<u32> [Integer::VERSION],
        /// What a resampled value is rounded to.
        named precision: Precision = Precision::U8,
        /// Which values are resized, where they are floats of torch's; rescaled ones unless written.
        named of: Option<FloatsOf>,
        /// Whether floats that a resize makes stay between what pixel values of 0 and 255 are.
        named clamp: bool = false,
    }
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

impl fmt::Display for Sampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts(&Self::usual()).join(", "))
    }
}
