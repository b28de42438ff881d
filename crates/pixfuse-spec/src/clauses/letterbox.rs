//! `letterbox(..)`.

use std::fmt;

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Integer, Table, clause};
use crate::{Fill, LetterboxRule, Number, Sampling};

clause! {
    /// `letterbox(640, 640, bilinear)`.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct Letterbox as LetterboxDraft {
        /// Rows of the result, at least 1.
        value rows: Number<u32> [Integer::SIDE, "number of rows"],
        /// Columns of the result, at least 1.
        value columns: Number<u32> [Integer::SIDE, "number of columns"],
        /// How the content is resampled.
        group sampling: Sampling ["of", "clamp"],
        /// What stands around it; 114 unless written.
        named fill: Fill = Fill::gray(114),
        /// How the content is rounded and placed.
        named rule: LetterboxRule = LetterboxRule::Ultralytics,
        /// The margins are cut to what is left of a multiple of this: the result is then smaller than these rows and columns.
        named stride: Option<u32> [Integer::STRIDE],
        /// Whether a small image is enlarged.
        named scale_up: bool = true,
    }
}

pub(crate) const LETTERBOX: [&str; 2] = ["letterbox", "letterbox(640, 640, bilinear)"];

impl fmt::Display for Letterbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "letterbox({})", self.texts(&Self::usual()).join(", "))
    }
}
