//! `pad(..)`.

use std::fmt;

use crate::grammar::{Clause, Value};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Argument, Arguments, Findings, Integer, Kind, Row, Signature, Table, clause};
use crate::{Anchor, Border, Fill, spelling};

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

clause! {
    /// Margins that are given.
    struct FixedWords as FixedDraft {
        /// Rows above.
        value top: u32 [Integer::OFFSET, "top margin"],
        /// Columns before.
        value left: u32 [Integer::OFFSET, "left margin"],
        /// Rows below.
        value bottom: u32 [Integer::OFFSET, "bottom margin"],
        /// Columns behind.
        value right: u32 [Integer::OFFSET, "right margin"],
    }
}

clause! {
    /// Margins that follow from what the image becomes, by one of the first four.
    struct FrameWords as FrameDraft {
        /// Rows and columns of a frame that is filled. A larger image is an error.
        named to: Option<[u32; 2]> [Integer::LENGTH],
        /// What both sides become multiples of, or rows and columns.
        named multiple: Option<Steps> [Integer::LENGTH],
        /// As `multiple`, and one more where a side is one already.
        named beyond: Option<Steps> [Integer::LENGTH],
        /// The fewest rows and columns. A side that is longer stays as it is.
        named least: Option<[u32; 2]> [Integer::LENGTH],
        /// Where the image lies in it.
        named at: Anchor = Anchor::TopLeft,
    }
}

clause! {
    /// What stands there, by one of these.
    struct FillWords as FillDraft {
        /// A pixel value, which is normalised as the image is: one, or one an output channel; 0 unless written.
        named fill: Fill = Fill::gray(0),
        /// What stands in the tensor, after normalising: one value, or one an output channel.
        named value: Option<Vec<f64>>,
        /// How the image itself goes on there.
        named border: Option<Border>,
    }
}

/// Steps of rows and of columns, written as one where they are equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Steps([u32; 2]);

impl Argument for Steps {
    fn kind(integers: Integer) -> Kind {
        Kind::Frame(integers)
    }

    fn read(arguments: &mut Arguments<'_>, name: &'static str, value: &Value, integers: &Integer) -> Option<Self> {
        arguments.frame(name, value, integers).map(Self)
    }

    fn text(&self) -> String {
        let [rows, columns] = self.0;
        if rows == columns { rows.to_string() } else { spelling::frame(&self.0) }
    }
}

/// The ways to say a frame by its sides, of which a clause has one.
const FRAMES: [&str; 4] = ["to", "multiple", "beyond", "least"];

pub(crate) const PAD: [&str; 2] = ["pad", "pad(top, left, bottom, right)"];

impl Pad {
    /// The arguments of each form: margins that are given, and those that follow.
    pub(crate) fn forms() -> [Vec<Row>; 2] {
        [[FixedWords::rows(), FillWords::rows()].concat(), [FrameWords::rows(), FillWords::rows()].concat()]
    }

    /// `None` if something in the clause could not be read.
    pub(crate) fn read_clause(clause: &Clause, findings: &mut Findings) -> Option<Self> {
        let by_name = FRAMES.iter().find(|name| clause.named(name).is_some()).copied();
        let usage = match by_name {
            None => PAD[1],
            Some("to") => "pad(to = [1024, 1024])",
            Some("beyond") => "pad(beyond = 8)",
            Some("least") => "pad(least = [48, 320])",
            Some(_) => "pad(multiple = 32)",
        };
        // What belongs to the other form has a message of its own.
        let values = if by_name.is_some() { Vec::new() } else { FixedWords::rows() };
        let rows = [values, FrameWords::rows(), FillWords::rows()].concat();
        let signature = Signature::of(PAD[0], usage, &rows);
        let mut arguments = Arguments::new(clause, &signature, findings);
        let fixed = by_name.is_none().then(|| FixedWords::read(&mut arguments, FixedWords::usual()));
        let frame = FrameWords::read(&mut arguments, FrameWords::usual());
        let fill = FillWords::read(&mut arguments, FillWords::usual());
        let is_written = |name: &str| clause.named(name).is_some();

        if is_written("fill") {
            arguments.refuse("value", "value and fill exclude each other; keep one");
        }
        for (index, &name) in FRAMES.iter().enumerate() {
            if let Some(before) = FRAMES[..index].iter().find(|before| is_written(before)) {
                arguments.refuse(name, &format!("{before} and {name} exclude each other; keep one"));
            }
        }
        if by_name.is_none() {
            arguments.refuse("at", "at goes with to = .. or multiple = ..; leave it out");
        }
        if let Some(other) = ["fill", "value"].iter().find(|name| is_written(name)) {
            arguments.refuse("border", &format!("{other} and border exclude each other; keep one"));
        }
        let fill = if is_written("border") {
            fill.border?.map(|Border::Symmetric| MarginFill::Symmetric)?
        } else if is_written("value") {
            MarginFill::Tensor(fill.value??)
        } else {
            MarginFill::Pixel(fill.fill.unwrap_or(Fill::gray(0)))
        };
        let at = frame.at.unwrap_or(Anchor::TopLeft);
        let margins = match by_name {
            Some("to") => frame.to?.map(|[rows, columns]| Margins::To { rows, columns, at })?,
            Some("multiple") => {
                frame.multiple?.map(|Steps([rows, columns])| Margins::Multiple { rows, columns, at })?
            }
            Some("beyond") => frame.beyond?.map(|Steps([rows, columns])| Margins::Beyond { rows, columns, at })?,
            Some(_) => frame.least?.map(|[rows, columns]| Margins::Least { rows, columns, at })?,
            None => {
                let FixedWords { top, left, bottom, right } = FixedWords::whole(fixed?)?;
                Margins::Fixed { top, left, bottom, right }
            }
        };
        Some(Self { margins, fill })
    }
}

impl fmt::Display for Pad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut frame = FrameWords { to: None, multiple: None, beyond: None, least: None, at: Anchor::TopLeft };
        let mut texts = Vec::new();
        match self.margins {
            Margins::Fixed { top, left, bottom, right } => {
                texts = FixedWords { top, left, bottom, right }.texts(&FixedWords::usual());
            }
            Margins::To { rows, columns, at } => (frame.to, frame.at) = (Some([rows, columns]), at),
            Margins::Multiple { rows, columns, at } => (frame.multiple, frame.at) = (Some(Steps([rows, columns])), at),
            Margins::Beyond { rows, columns, at } => (frame.beyond, frame.at) = (Some(Steps([rows, columns])), at),
            Margins::Least { rows, columns, at } => (frame.least, frame.at) = (Some([rows, columns]), at),
        }
        let mut fill = FillWords { fill: Fill::gray(0), value: None, border: None };
        match &self.fill {
            MarginFill::Pixel(pixel) => fill.fill = pixel.clone(),
            MarginFill::Tensor(values) => fill.value = Some(values.clone()),
            MarginFill::Symmetric => fill.border = Some(Border::Symmetric),
        }
        texts.extend(frame.texts(&FrameWords::usual()));
        texts.extend(fill.texts(&FillWords::usual()));
        write!(f, "pad({})", texts.join(", "))
    }
}
