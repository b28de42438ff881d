//! `center_crop(..)` and `crop(..)`.

use std::fmt;

use crate::grammar::Clause;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Arguments, Findings, Integer, Signature, Table, clause, read};
use crate::{Fill, Number, Rounding};

/// The part of the image that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Crop {
    /// The middle; a smaller image is padded.
    Center(CenterCrop),
    /// A window, which lies inside the image.
    Window(CropWindow),
}

clause! {
    /// `center_crop(224, 224)`: the middle of the image; a smaller one is padded.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct CenterCrop as CenterCropDraft {
        /// Rows of the result, at least 1.
        value rows: Number<u32> [Integer::SIDE, "number of rows"],
        /// Columns of the result, at least 1; as many as rows unless written.
        shown columns: Number<u32> [Integer::SIDE, "number of columns"] = Number::Later,
        /// Where the odd row or column of the margin goes.
        named rounding: Rounding = Rounding::HalfEven,
        /// What stands around a smaller image; 0 unless written.
        named fill: Fill = Fill::gray(0),
    }
}

clause! {
    /// `crop(top, left, rows, columns)`: a window, which lies inside the image.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct CropWindow as CropWindowDraft {
        /// Rows above it.
        value top: u32 [Integer::OFFSET, "first row"],
        /// Columns before it.
        value left: u32 [Integer::OFFSET, "first column"],
        /// Rows of it, at least 1.
        value rows: u32 [Integer::LENGTH, "number of rows"],
        /// Columns of it, at least 1.
        value columns: u32 [Integer::LENGTH, "number of columns"],
    }
}

pub(crate) const CENTER_CROP: [&str; 2] = ["center_crop", "center_crop(224, 224)"];
pub(crate) const CROP: [&str; 2] = ["crop", "crop(top, left, rows, columns)"];

impl CenterCrop {
    /// `None` if its rows could not be read.
    pub(crate) fn read_clause(clause: &Clause, findings: &mut Findings) -> Option<Crop> {
        let signature = Signature::of(CENTER_CROP[0], CENTER_CROP[1], &Self::rows());
        let mut arguments = Arguments::new(clause, &signature, findings);
        let is_square = arguments.count() < 2;
        let mut draft = Self::read(&mut arguments, Self::usual());
        if is_square {
            draft.columns = draft.rows;
        }
        Self::guessed(draft).map(Crop::Center)
    }
}

impl CropWindow {
    /// `None` if something in the clause could not be read.
    pub(crate) fn read_clause(clause: &Clause, findings: &mut Findings) -> Option<Crop> {
        Self::whole(read::<Self>(clause, CROP, findings)).map(Crop::Window)
    }
}

impl fmt::Display for Crop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Center(crop) => write!(f, "center_crop({})", crop.texts(&CenterCrop::usual()).join(", ")),
            Self::Window(crop) => write!(f, "crop({})", crop.texts(&CropWindow::usual()).join(", ")),
        }
    }
}
