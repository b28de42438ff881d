//! The text of a plan: what `explain` shows.

use std::fmt;

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::spelling::{number, numbers};
use crate::{
    CenterCrop, Composite, Convert, Crop, CropWindow, FloatFilter, Frame, FrameSize, Load, Map, MarginFill, Margins,
    Number, OneTap, Order, Orientation, Pad, Patches, Plain, Plan, Quantize, Resample, Rounding, Separable, Size,
    Store, Tiles, TorchFilter,
};

impl fmt::Display for Plan {
    /// A line for each slot; none for a frame that changes nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "load      {}", self.load)?;
        if !self.frame.is_whole() {
            writeln!(f, "frame     {}", self.frame)?;
        }
        writeln!(f, "resample  {}", self.resample)?;
        writeln!(f, "map       {}", self.map)?;
        write!(f, "store     {}", self.store)
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.format, self.layout)?;
        if let Some([rows, columns]) = self.size {
            write!(f, " of {rows} x {columns}")?;
        }
        let Convert { yuv, alpha, gray, repeat } = self.convert;
        if self.channels < self.order.channels() {
            write!(f, ", alpha not read")?;
        }
        if let Some((matrix, range)) = yuv {
            write!(f, ", to rgb by {matrix}, {range} range")?;
        }
        match alpha {
            Some(Composite::Over([red, green, blue])) => write!(f, ", over ({red}, {green}, {blue})")?,
            Some(Composite::Premultiply) => write!(f, ", colours multiplied by alpha")?,
            None => {}
        }
        if let Some(gray) = gray {
            write!(f, ", to gray as {gray} does")?;
        }
        if repeat {
            write!(f, ", gray repeated")?;
        }
        if self.is_wide() {
            write!(f, ", in f32 from here on")?;
        }
        if self.orient != Orientation::Upright {
            write!(f, ", {}", self.orient)?;
        }
        Ok(())
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = Vec::new();
        match &self.size {
            FrameSize::Keep => {}
            FrameSize::Resize(size) => steps.push(size.to_string()),
            FrameSize::Tiles { tiles, first } => {
                if let Some(size) = first {
                    steps.push(format!("{size} as u8"));
                }
                let Tiles { rows, columns, rule, thumbnail, pad_to, .. } = tiles;
                let mut text = format!("tiles of {rows} x {columns} from one canvas ({rule})");
                if let Some(thumbnail) = thumbnail {
                    text += &format!(", the whole image as a tile {thumbnail}");
                }
                if let Some(count) = pad_to {
                    text += &format!(", zeros up to {count} tiles");
                }
                steps.push(text);
            }
            FrameSize::Letterbox { rows, columns, rule, stride, scale_up, fill } => {
                let mut text = format!("{rule} letterbox {} x {} on {fill}", Hole(rows), Hole(columns));
                if let Some(stride) = stride {
                    text += &format!(", margins cut to the stride {stride}");
                }
                if !scale_up {
                    text += ", not enlarged";
                }
                steps.push(text);
            }
        }
        match &self.crop {
            None => {}
            Some(Crop::Center(CenterCrop { rows, columns, rounding, fill })) => {
                steps.push(format!("centre {} x {} ({rounding}) on {fill}", Hole(rows), Hole(columns)));
            }
            Some(Crop::Window(CropWindow { top, left, rows, columns })) => {
                steps.push(format!("window {rows} x {columns} at row {top}, column {left}"));
            }
        }
        if let Some(Pad { margins, fill }) = &self.pad {
            let fill = match fill {
                MarginFill::Pixel(fill) => fill.to_string(),
                MarginFill::Tensor(values) => format!("{} after normalising", numbers(values)),
                MarginFill::Symmetric => "its own mirror image".to_owned(),
            };
            steps.push(match margins {
                Margins::Fixed { top, left, bottom, right } => {
                    format!("pad {top} above, {left} left, {bottom} below, {right} right on {fill}")
                }
                Margins::To { rows, columns, at } => format!("pad to {rows} x {columns} ({at}) on {fill}"),
                Margins::Multiple { rows, columns, at } => {
                    format!("pad to multiples of {rows} x {columns} ({at}) on {fill}")
                }
                Margins::Beyond { rows, columns, at } => {
                    format!("pad beyond, to multiples of {rows} x {columns} ({at}) on {fill}")
                }
                Margins::Least { rows, columns, at } => format!("pad to at least {rows} x {columns} ({at}) on {fill}"),
            });
        }
        f.write_str(&steps.join("; "))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact { rows, columns } => write!(f, "{} x {}", Hole(rows), Hole(columns)),
            Self::Shortest { side, max: None, .. } => write!(f, "shortest side {}", Hole(side)),
            Self::Shortest { side, max: Some(max), rounding } => {
                write!(f, "shortest side {}, longest at most {max}{}", Hole(side), rounded(*rounding))
            }
            Self::Cover { rows, columns, rule } => write!(f, "{rows} x {columns} covered ({rule})"),
            Self::Longest { side, rounding } => write!(f, "longest side {}{}", Hole(side), rounded(*rounding)),
            Self::Ruled(ruled) => write!(f, "the size by {ruled}"),
        }
    }
}

/// How a side that follows is rounded, unless that is the default.
fn rounded(rounding: Rounding) -> String {
    if rounding == Rounding::Truncate { String::new() } else { format!(" ({rounding})") }
}

impl fmt::Display for Resample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none: every source pixel once"),
            Self::OneTap(filter) => {
                let equals = match filter {
                    OneTap::Nearest => "OpenCV INTER_NEAREST",
                    OneTap::NearestExact => "Pillow NEAREST",
                    OneTap::NearestFloor => "floor(d * (S / D))",
                    OneTap::TorchNearest => "torch nearest, its index in f32",
                    OneTap::TorchNearestExact => "torch nearest-exact, its index in f32",
                };
                write!(f, "{filter}: 1 pixel, equal to {equals}")
            }
            Self::TwoTaps => f.write_str("bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR"),
            Self::Separable(separable) => separable.fmt(f),
        }
    }
}

impl fmt::Display for Separable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pillow { filter, version } => {
                let name = filter.to_string().to_ascii_uppercase();
                write!(f, "{filter}, antialiased: rows and columns in passes, equal to Pillow {version} {name}")
            }
            Self::Torch(filter @ TorchFilter::Plain(plain)) => {
                let cubic = if *plain == Plain::Bicubic { ", a = -0.75" } else { "" };
                write!(f, "{filter}: rows and columns in passes, equal to torch {filter}{cubic} (uint8)")
            }
            Self::Torch(filter) => {
                write!(f, "{filter}, antialiased: rows and columns in passes, equal to torch uint8 antialias")
            }
            Self::Area => f.write_str("area: rows and columns in passes, equal to OpenCV INTER_AREA"),
            Self::Lanczos4 => f.write_str("lanczos4: rows and columns in passes, equal to OpenCV INTER_LANCZOS4"),
            Self::Float(filter) => {
                let antialiased = if matches!(filter, FloatFilter::Antialiased(_)) { ", antialiased" } else { "" };
                write!(f, "{filter}{antialiased}: rows and columns in passes, in f32 throughout")
            }
        }
    }
}

impl fmt::Display for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => f.write_str("keep: the u8 itself"),
            Self::Convert => f.write_str("convert: u8 to f32"),
            Self::MulAdd { scale, offset, order } => {
                write!(f, "fma(x, {}, {}): one multiply-add", List(scale), List(offset))?;
                match order {
                    Order::Fused => Ok(()),
                    order => write!(f, ", in the bits of order = {order} for each of the 256 pixel values"),
                }
            }
            Self::Ordered { order, scale, mean, std, eps } => {
                let divisor = match *eps {
                    0.0 => format!("{std:?}"),
                    eps => format!("({std:?} + {})", number(eps)),
                };
                let scale = number(*scale);
                write!(f, "(x * {scale} - {mean:?}) / {divisor}: a table of the 256 pixel values, by order = {order}")
            }
        }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.channels, self.element, self.layout)?;
        if let Some(Quantize { scale, zero_point }) = self.quantize {
            write!(f, ", round(y / {}) + {zero_point}, saturated", number(scale))?;
        }
        if self.from.iter().enumerate().any(|(to, &from)| to != from) {
            write!(f, ", channels from {:?} of the source", self.from)?;
        }
        if let Some(Patches { side, merge, temporal, order, pad_to }) = self.patches {
            write!(f, ", in patches of {side} x {side} ({order}")?;
            if temporal > 1 {
                write!(f, ", {temporal} times each")?;
            }
            if merge > 1 {
                write!(f, ", in squares of {merge} x {merge}")?;
            }
            if let Some(count) = pad_to {
                write!(f, ", zeros up to {count} of them")?;
            }
            write!(f, ")")?;
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
