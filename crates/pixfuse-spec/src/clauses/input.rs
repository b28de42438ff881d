//! `input(..)`.

use std::fmt;

use crate::grammar::{Argument, Clause, Item};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Arguments, Findings, Integer, Row, Signature, Slot, Table, clause};
use crate::{Alpha, Fill, Gray, Layout, Matrix, Orientation, PixelFormat, Range};

clause! {
    /// `input(rgba8, 1080, 1920, hwc, alpha = drop, orient = 6)`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Input as InputDraft {
        /// Channels of a source pixel.
        value format: PixelFormat,
        /// Rows and columns of every source image, as it is stored, where they are declared.
        group size: Option<[u32; 2]>,
        /// Interleaved (`hwc`, the default) or planes.
        value layout: Layout = Layout::Hwc,
        /// What becomes of alpha; required when the output has none.
        named alpha: Option<Alpha>,
        /// With `alpha = over` what lies behind the image: one value, or red, green and blue.
        named background: Option<Fill>,
        /// Whose weights make gray of colours; required when the output is gray and the source is not.
        named gray: Option<Gray>,
        /// By which matrix YUV becomes RGB; BT.601 unless written.
        named matrix: Option<Matrix>,
        /// Which values YUV has; limited unless written.
        named range: Option<Range>,
        /// How the stored image is turned before anything else; 1 unless written.
        named orient: Orientation [Integer::EXIF] = Orientation::Upright,
    }
}

clause! {
    /// How the size of a source is written.
    struct SourceSize as SourceSizeDraft {
        /// Rows of every source image, as it is stored.
        value rows: u32 [Integer::LENGTH, "number of rows"],
        /// Columns of every source image, as it is stored.
        value columns: u32 [Integer::LENGTH, "number of columns"],
    }
}

/// It is there where a number is.
impl Table for Option<[u32; 2]> {
    type Draft = Option<Self>;

    fn rows() -> Vec<Row> {
        let mut rows = SourceSize::rows();
        rows.iter_mut().for_each(|row| row.needed = false);
        rows
    }

    fn usual() -> Option<Self> {
        Some(None)
    }

    fn read(arguments: &mut Arguments<'_>, usual: Option<Self>) -> Option<Self> {
        if !has_size(arguments.clause()) {
            return usual;
        }
        // A side that could not be read was reported, and the size is then unknown.
        let SourceSize { rows, columns } = SourceSize::whole(SourceSize::read(arguments, SourceSize::usual()))?;
        Some(Some([rows, columns]))
    }

    fn whole(draft: Option<Self>) -> Option<Self> {
        draft
    }

    fn guessed(draft: Option<Self>) -> Option<Self> {
        draft
    }

    fn texts(&self, _: &Option<Self>) -> Vec<String> {
        let words = self.map(|[rows, columns]| SourceSize { rows, columns });
        words.map_or(Vec::new(), |words| words.texts(&SourceSize::usual()))
    }

    fn slots(&mut self) -> Vec<(&'static str, Slot<'_>)> {
        Vec::new()
    }
}

/// Whether a number stands where no other argument has one.
fn has_size(clause: &Clause) -> bool {
    let is_number = |argument: &Argument| matches!(argument.value.item, Item::Number(_) | Item::Later);
    clause.arguments.iter().any(|argument| argument.name.is_none() && is_number(argument))
}

impl Input {
    /// Pixels of this format, of any size, as they are read where nothing else is written.
    pub fn new(format: PixelFormat) -> Self {
        Self::whole(InputDraft { format: Some(format), ..Self::usual() }).expect("every other argument has a default")
    }

    /// The arguments of both forms: of any size, and of one.
    pub(crate) fn forms() -> [Vec<Row>; 2] {
        let is_size = |row: &Row| ["rows", "columns"].contains(&row.name);
        let [mut any, mut one] = [Self::rows(), Self::rows()];
        any.retain(|row| !is_size(row));
        one.iter_mut().for_each(|row| row.needed |= is_size(row));
        [any, one]
    }

    pub(crate) fn read_clause(clause: &Clause, findings: &mut Findings) -> InputDraft {
        let [any, one] = Self::forms();
        let (usage, rows) = match has_size(clause) {
            false => ("input(rgb8, hwc, alpha = drop)", any),
            true => ("input(rgb8, 1080, 1920, hwc)", one),
        };
        let signature = Signature::of("input", usage, &rows);
        Self::read(&mut Arguments::new(clause, &signature, findings), Self::usual())
    }

    /// Rows and columns of every source image once it is turned by `orient`, where they are declared.
    pub fn turned_size(&self) -> Option<[u32; 2]> {
        self.size.map(|size| self.orient.size(size))
    }

    /// As [`Sampling::drop_defaults`](crate::Sampling::drop_defaults).
    pub(crate) fn drop_defaults(&mut self) {
        self.matrix = self.matrix.filter(|matrix| *matrix != Matrix::Bt601);
        self.range = self.range.filter(|range| *range != Range::Limited);
    }
}

impl InputDraft {
    /// As [`Input::turned_size`], as far as it is known.
    pub(crate) fn turned_size(&self) -> Option<[u32; 2]> {
        self.size.flatten().zip(self.orient).map(|(size, orient)| orient.size(size))
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "input({})", self.texts(&Self::usual()).join(", "))
    }
}
