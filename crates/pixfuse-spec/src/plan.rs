//! The plan: what a kernel does to each pixel, in four slots.
//!
//! A plan is what both the macro (which turns it into code) and the run-time grid (which looks up the code of the same
//! [`Shape`]) start from. It says nothing about how: levels, tables and loops are the core's.

use std::fmt;

use crate::{ChannelOrder, Element, Filter, Layout, Number, PixelFormat};

/// load, resample, map, store.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Which bytes of a source pixel are read.
    pub load: Load,
    /// How source pixels become one resampled pixel.
    pub resample: Resample,
    /// What is done to each value.
    pub map: Map,
    /// How values are ordered, converted and laid out.
    pub store: Store,
}

/// Which bytes of a source pixel are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Load {
    /// The source's pixel format.
    pub format: PixelFormat,
    /// How many of its channels are read, from the first: an alpha channel that is dropped is not.
    pub channels: usize,
    /// Interleaved or planes.
    pub layout: Layout,
}

/// How source pixels become one resampled pixel. A resampled value is an integer from 0 to 255.
#[derive(Clone, Debug, PartialEq)]
pub enum Resample {
    /// The image keeps its size.
    None,
    /// One source pixel for each output pixel: a direct kernel.
    OneTap {
        /// Rows of the result.
        rows: Number<u32>,
        /// Columns of the result.
        columns: Number<u32>,
        /// The rule that picks the source index.
        filter: Filter,
    },
    /// Two rows by two columns, weighted: a direct kernel.
    TwoTaps {
        /// Rows of the result.
        rows: Number<u32>,
        /// Columns of the result.
        columns: Number<u32>,
        /// The rule for indices and weights.
        filter: Filter,
    },
    // N taps an axis (antialiasing, bicubic, area) is a separable kernel and a variant of its own: rows into a ring of
    // scratch rows, then vertical taps, map and store.
}

/// What is done to each resampled value.
#[derive(Clone, Debug, PartialEq)]
pub enum Map {
    /// The value is stored as the u8 it is.
    Keep,
    /// u8 to f32, nothing else.
    Convert,
    /// `fma(x, scale, offset)`, one scale and offset for each output channel, in the output's order.
    MulAdd {
        /// `scale / (std + eps)`, folded in f64, rounded once.
        scale: Number<Vec<f32>>,
        /// `-mean / (std + eps)`, folded in f64, rounded once.
        offset: Number<Vec<f32>>,
    },
}

/// How values are ordered, converted and laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// The tensor's channels.
    pub channels: ChannelOrder,
    /// Output channel `k` is loaded channel `from[k]`: the channel swap costs nothing but this list.
    pub from: Vec<usize>,
    /// Type of an element.
    pub element: Element,
    /// Planes or interleaved.
    pub layout: Layout,
}

/// The part of a plan that changes machine code; everything else is numbers.
///
/// Two plans of one shape run the same code with other tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Channels of a source pixel: 1, 3 or 4.
    pub pixel: usize,
    /// Channels that are read and written: 1, 3 or 4.
    pub channels: usize,
    /// Interleaved or planar source.
    pub load: Layout,
    /// Taps an axis: 1 (also when nothing is resized) or 2.
    pub taps: usize,
    /// Type of an output element.
    pub element: Element,
    /// Planar or interleaved output.
    pub store: Layout,
}

impl Plan {
    /// The part that changes machine code.
    pub fn shape(&self) -> Shape {
        Shape {
            pixel: self.load.format.channels(),
            channels: self.load.channels,
            // One channel is the same bytes in both layouts.
            load: if self.load.format.channels() == 1 { Layout::Hwc } else { self.load.layout },
            taps: match self.resample {
                Resample::None | Resample::OneTap { .. } => 1,
                Resample::TwoTaps { .. } => 2,
            },
            element: self.store.element,
            store: if self.load.channels == 1 { Layout::Chw } else { self.store.layout },
        }
    }
}

impl Shape {
    /// Every shape that the language can say, each once: the axes of the run-time grid.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for (pixel, channels) in [(1, 1), (3, 3), (4, 4), (4, 3)] {
            for load in if pixel == 1 { &[Layout::Hwc][..] } else { Layout::ALL } {
                for taps in [1, 2] {
                    for &element in Element::ALL {
                        for &store in if channels == 1 { &[Layout::Chw][..] } else { Layout::ALL } {
                            all.push(Self { pixel, channels, load: *load, taps, element, store });
                        }
                    }
                }
            }
        }
        all
    }
}

impl fmt::Display for Plan {
    /// Four lines, one a slot.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "load      {}", self.load)?;
        writeln!(f, "resample  {}", self.resample)?;
        writeln!(f, "map       {}", self.map)?;
        write!(f, "store     {}", self.store)
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.format, self.layout)?;
        if self.channels < self.format.channels() {
            write!(f, ", alpha not read")?;
        }
        Ok(())
    }
}

impl fmt::Display for Resample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, columns, filter, taps) = match self {
            Self::None => return f.write_str("none: every source pixel once"),
            Self::OneTap { rows, columns, filter } => (rows, columns, filter, "1 pixel"),
            Self::TwoTaps { rows, columns, filter } => (rows, columns, filter, "2 rows x 2 columns, 11-bit weights"),
        };
        let equals = match filter {
            Filter::Nearest => "OpenCV INTER_NEAREST",
            Filter::NearestExact => "Pillow NEAREST",
            Filter::NearestFloor => "floor(d * (S / D))",
            Filter::Bilinear => "OpenCV INTER_LINEAR",
        };
        write!(f, "{filter} to {} x {}: {taps}, equal to {equals}", Hole(rows), Hole(columns))
    }
}

impl fmt::Display for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => f.write_str("keep: the u8 itself"),
            Self::Convert => f.write_str("convert: u8 to f32"),
            Self::MulAdd { scale, offset } => write!(f, "fma(x, {}, {})", List(scale), List(offset)),
        }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.channels, self.element, self.layout)?;
        if self.from.iter().enumerate().any(|(to, &from)| to != from) {
            write!(f, ", channels from {:?} of the source", self.from)?;
        }
        Ok(())
    }
}

/// A number, or `_`.
struct Hole<'a, T>(&'a Number<T>);

impl<T: fmt::Display> fmt::Display for Hole<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Number::Known(value) => value.fmt(f),
            Number::Later => f.write_str("_"),
        }
    }
}

/// A list of numbers, or `_`.
struct List<'a>(&'a Number<Vec<f32>>);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Number::Known(values) => write!(f, "{values:?}"),
            Number::Later => f.write_str("_"),
        }
    }
}
