//! `output(..)`.

use std::fmt;

use crate::grammar::Clause;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Arguments, Findings, Row, Signature, Slot, Table, clause};
use crate::{ChannelOrder, Element, Layout};

clause! {
    /// `output(rgb, f32, chw)` or `output(rgb, i8, chw, scale = 0.02, zero_point = -3)`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Output as OutputDraft {
        /// Channels of the tensor, in their order.
        value channels: ChannelOrder,
        /// Type of an element.
        value element: Element,
        /// Planes or interleaved.
        shown layout: Layout = Layout::Chw,
        /// How an integer is made of a normalised value; absent for floats, and for the u8 that a pixel value is.
        group quantize: Option<Quantize>,
    }
}

/// `saturate(round(y / scale) + zero_point)`, halves to even: ONNX `QuantizeLinear`, in f32.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantize {
    /// What one step of the integer is worth, above zero.
    pub scale: f64,
    /// The integer of 0, in the element's range; 0 unless written.
    pub zero_point: i32,
}

clause! {
    /// How a [`Quantize`] is written.
    struct QuantizeWords as QuantizeWordsDraft {
        /// What one step of the integer is worth, above zero.
        named scale: Option<f64>,
        /// The integer of 0; 0 unless written.
        named zero_point: i32 = 0,
    }
}

/// It is there where its scale is.
impl Table for Option<Quantize> {
    type Draft = Option<Self>;

    fn rows() -> Vec<Row> {
        QuantizeWords::rows()
    }

    fn usual() -> Option<Self> {
        Some(None)
    }

    fn read(arguments: &mut Arguments<'_>, _: Option<Self>) -> Option<Self> {
        let QuantizeWordsDraft { scale, zero_point } = QuantizeWords::read(arguments, QuantizeWords::usual());
        let zero_point = zero_point?;
        if arguments.has("zero_point") && !arguments.has("scale") {
            arguments.refuse("zero_point", "zero_point goes with scale = ..; write both, or neither");
            return None;
        }
        scale.map(|scale| scale.map(|scale| Quantize { scale, zero_point }))
    }

    fn whole(draft: Option<Self>) -> Option<Self> {
        draft
    }

    fn guessed(draft: Option<Self>) -> Option<Self> {
        draft
    }

    fn texts(&self, _: &Option<Self>) -> Vec<String> {
        let words = self.map(|Quantize { scale, zero_point }| QuantizeWords { scale: Some(scale), zero_point });
        words.map_or(Vec::new(), |words| words.texts(&QuantizeWords::usual()))
    }

    fn slots(&mut self) -> Vec<(&'static str, Slot<'_>)> {
        Vec::new()
    }
}

pub(crate) const OUTPUT: [&str; 2] = ["output", "output(rgb, f32, chw)"];

impl Output {
    pub(crate) fn read_clause(clause: &Clause, findings: &mut Findings) -> OutputDraft {
        let usage = if clause.named("scale").is_some() {
            "output(rgb, i8, chw, scale = .., zero_point = 0)"
        } else {
            OUTPUT[1]
        };
        let signature = Signature::of(OUTPUT[0], usage, &Self::rows());
        Self::read(&mut Arguments::new(clause, &signature, findings), Self::usual())
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "output({})", self.texts(&Self::usual()).join(", "))
    }
}
