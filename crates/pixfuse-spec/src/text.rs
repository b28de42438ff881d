//! The canonical text: one text for each [`Spec`], which parses back to it.
//!
//! Equality of texts is equality of pipelines, so pickles, hashes, caches and messages all use it.

use std::fmt::{self, Write};
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::{
    Anchor, Border, CoverRule, Crop, Fill, Input, Layout, Letterbox, LetterboxRule, MarginFill, Margins, Normalize,
    Number, Orientation, Output, Pad, ParseError, PatchOrder, Patches, Precision, Quantize, Resize, Rounding,
    RuledSize, Sample, Sampling, Size, SizeNumber, Spec, Tiles, check, lex,
};

impl FromStr for Spec {
    type Err = ParseError;

    /// Reads a declaration.
    ///
    /// # Errors
    ///
    /// Every mistake of the text, each with the place of it.
    ///
    /// ```
    /// use pixfuse_spec::Spec;
    ///
    /// let spec: Spec = "input(rgb8), resize(240, 256, bilinear), output(rgb, f32)".parse()?;
    /// assert_eq!(spec.to_string(), "input(rgb8), resize(240, 256, bilinear), output(rgb, f32, chw)");
    ///
    /// let error = "input(rgb), output(rgb, u8)".parse::<Spec>().unwrap_err();
    /// assert!(error.to_string().contains("did you mean `rgb8`?"));
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let end = text.trim_end().len();
        check(&lex(text), end..end).map_err(|mut errors| {
            errors.sort_by_key(|error| error.at.start);
            ParseError { text: text.to_owned(), errors }
        })
    }
}

/// The numbers of a checked declaration are finite, so equality holds of each with itself.
impl Eq for Spec {}

impl Hash for Spec {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

impl fmt::Display for Spec {
    /// The clauses in the order of work, without what is default.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ", self.input)?;
        if let Some(resize) = &self.resize {
            write!(f, "{resize}, ")?;
        }
        if let Some(letterbox) = &self.letterbox {
            write!(f, "{letterbox}, ")?;
        }
        if let Some(tiles) = &self.tiles {
            write!(f, "{tiles}, ")?;
        }
        if let Some(crop) = &self.crop {
            write!(f, "{crop}, ")?;
        }
        if let Some(pad) = &self.pad {
            write!(f, "{pad}, ")?;
        }
        if let Some(normalize) = &self.normalize {
            write!(f, "{}, ", normalize.text(self.input.format.sample()))?;
        }
        self.output.fmt(f)?;
        match &self.patches {
            Some(patches) => write!(f, ", {}", patches.text(self.output.layout)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "input({}", self.format)?;
        if let Some([rows, columns]) = self.size {
            write!(f, ", {rows}, {columns}")?;
        }
        if self.layout != Layout::Hwc {
            write!(f, ", {}", self.layout)?;
        }
        if let Some(alpha) = self.alpha {
            write!(f, ", alpha = {alpha}")?;
        }
        if let Some(background) = &self.background {
            write!(f, ", background = {background}")?;
        }
        if let Some(gray) = self.gray {
            write!(f, ", gray = {gray}")?;
        }
        if let Some(matrix) = self.matrix {
            write!(f, ", matrix = {matrix}")?;
        }
        if let Some(range) = self.range {
            write!(f, ", range = {range}")?;
        }
        if self.orient != Orientation::Upright {
            write!(f, ", orient = {}", self.orient.exif())?;
        }
        f.write_char(')')
    }
}

impl fmt::Display for Resize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = match &self.size {
            Size::Exact { rows, columns } => format!("{}, {}", side(rows), side(columns)),
            Size::Shortest { side: length, max: None, .. } => format!("shortest = {}", side(length)),
            Size::Shortest { side: length, max: Some(max), .. } => format!("shortest = {}, max = {max}", side(length)),
            Size::Cover { rows, columns, .. } => format!("cover = [{rows}, {columns}]"),
            Size::Longest { side: length, .. } => format!("longest = {}", side(length)),
            Size::Ruled(ruled) => ruled.to_string(),
        };
        write!(f, "resize({size}, {}", self.sampling)?;
        match self.size {
            Size::Shortest { rounding, .. } | Size::Longest { rounding, .. } if rounding != Rounding::Truncate => {
                write!(f, ", rounding = {rounding})")
            }
            Size::Cover { rule, .. } if rule != CoverRule::Timm => write!(f, ", rule = {rule})"),
            _ => f.write_char(')'),
        }
    }
}

impl fmt::Display for RuledSize {
    /// `rule = pixtral, multiple = 16, longest = 1024`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule = {}", self.rule)?;
        let written = SizeNumber::ALL.iter().filter_map(|&number| Some((number, self.get(number)?)));
        for (number, value) in written {
            write!(f, ", {number} = {value}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Sampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.filter.fmt(f)?;
        if self.antialias {
            f.write_str(", antialias")?;
        }
        if let Some(like) = self.like {
            write!(f, ", like = {like}")?;
        }
        if let Some(version) = self.pillow {
            write!(f, ", pillow = {version}")?;
        }
        if self.precision != Precision::U8 {
            write!(f, ", precision = {}", self.precision)?;
        }
        if let Some(of) = self.of {
            write!(f, ", of = {of}")?;
        }
        if self.clamp { f.write_str(", clamp = true") } else { Ok(()) }
    }
}

impl fmt::Display for Letterbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "letterbox({}, {}, {}", side(&self.rows), side(&self.columns), self.sampling)?;
        if self.fill != Fill::gray(114) {
            write!(f, ", fill = {}", self.fill)?;
        }
        if self.rule != LetterboxRule::Ultralytics {
            write!(f, ", rule = {}", self.rule)?;
        }
        if let Some(stride) = self.stride {
            write!(f, ", stride = {stride}")?;
        }
        if !self.scale_up {
            f.write_str(", scale_up = false")?;
        }
        f.write_char(')')
    }
}

impl fmt::Display for Tiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, columns, sampling, rule, min, max, canvases, thumbnail, pad_to } = self;
        write!(f, "tiles({rows}, {columns}, {sampling}, rule = {rule}")?;
        if *min != 1 {
            write!(f, ", min = {min}")?;
        }
        if let Some(max) = max {
            write!(f, ", max = {max}")?;
        }
        if !canvases.is_empty() {
            write!(f, ", canvases = {canvases:?}")?;
        }
        if let Some(thumbnail) = thumbnail {
            write!(f, ", thumbnail = {thumbnail}")?;
        }
        if let Some(count) = pad_to {
            write!(f, ", pad_to = {count}")?;
        }
        f.write_char(')')
    }
}

impl fmt::Display for Crop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, columns, rounding, fill) = match self {
            Self::Window { top, left, rows, columns } => return write!(f, "crop({top}, {left}, {rows}, {columns})"),
            Self::Center { rows, columns, rounding, fill } => (rows, columns, rounding, fill),
        };
        write!(f, "center_crop({}, {}", side(rows), side(columns))?;
        if *rounding != Rounding::HalfEven {
            write!(f, ", rounding = {rounding}")?;
        }
        if *fill != Fill::gray(0) {
            write!(f, ", fill = {fill}")?;
        }
        f.write_char(')')
    }
}

impl fmt::Display for Pad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = match self.margins {
            Margins::Fixed { top, left, bottom, right } => {
                write!(f, "pad({top}, {left}, {bottom}, {right}")?;
                Anchor::TopLeft
            }
            Margins::To { rows, columns, at } => {
                write!(f, "pad(to = [{rows}, {columns}]")?;
                at
            }
            Margins::Multiple { rows, columns, at } => {
                let multiple = if rows == columns { rows.to_string() } else { format!("[{rows}, {columns}]") };
                write!(f, "pad(multiple = {multiple}")?;
                at
            }
            Margins::Beyond { rows, columns, at } => {
                let multiple = if rows == columns { rows.to_string() } else { format!("[{rows}, {columns}]") };
                write!(f, "pad(beyond = {multiple}")?;
                at
            }
            Margins::Least { rows, columns, at } => {
                write!(f, "pad(least = [{rows}, {columns}]")?;
                at
            }
        };
        if at != Anchor::TopLeft {
            write!(f, ", at = {at}")?;
        }
        match &self.fill {
            MarginFill::Pixel(fill) if *fill == Fill::gray(0) => {}
            MarginFill::Pixel(fill) => write!(f, ", fill = {fill}")?,
            MarginFill::Tensor(values) => write!(f, ", value = {}", numbers(values))?,
            MarginFill::Symmetric => write!(f, ", border = {}", Border::Symmetric)?,
        }
        f.write_char(')')
    }
}

impl Patches {
    /// The clause, behind an output of this layout.
    pub fn text(&self, layout: Layout) -> String {
        let Self { side, merge, temporal, order, pad_to } = *self;
        let mut text = format!("patches({side}");
        if merge != 1 {
            text += &format!(", merge = {merge}");
        }
        if temporal != 1 {
            text += &format!(", temporal = {temporal}");
        }
        let default = if layout == Layout::Hwc { PatchOrder::Thwc } else { PatchOrder::Cthw };
        if order != default {
            text += &format!(", order = {order}");
        }
        if let Some(count) = pad_to {
            text += &format!(", pad_to = {count}");
        }
        text + ")"
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

impl Normalize {
    /// The clause, for a source of these samples.
    pub fn text(&self, sample: Sample) -> String {
        let default = Self::of(sample);
        let mut arguments = Vec::new();
        if self.scale != default.scale || self.scale_written {
            arguments.push(format!("scale = {}", single(&self.scale)));
        }
        if self.mean != default.mean {
            arguments.push(format!("mean = {}", list(&self.mean)));
        }
        if self.std != default.std {
            arguments.push(format!("std = {}", list(&self.std)));
        }
        if self.eps != default.eps {
            arguments.push(format!("eps = {}", single(&self.eps)));
        }
        if self.order != default.order {
            arguments.push(format!("order = {}", self.order));
        }
        format!("normalize({})", arguments.join(", "))
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "output({}, {}, {}", self.channels, self.element, self.layout)?;
        if let Some(Quantize { scale, zero_point }) = self.quantize {
            write!(f, ", scale = {}", number(scale))?;
            if zero_point != 0 {
                write!(f, ", zero_point = {zero_point}")?;
            }
        }
        f.write_char(')')
    }
}

/// A side or `_`.
fn side(value: &Number<u32>) -> String {
    value.known().map_or("_".to_owned(), u32::to_string)
}

/// A number or `_`.
pub(crate) fn single(value: &Number<f64>) -> String {
    value.known().map_or("_".to_owned(), |value| number(*value))
}

/// One number, a list or `_`.
pub(crate) fn list(values: &Number<Vec<f64>>) -> String {
    values.known().map_or("_".to_owned(), |values| numbers(values))
}

/// One number, or a list of them.
pub(crate) fn numbers(values: &[f64]) -> String {
    match values {
        [one] => number(*one),
        many => format!("[{}]", many.iter().map(|value| number(*value)).collect::<Vec<_>>().join(", ")),
    }
}

/// The shortest text that reads back as the same number; `1/n` for what people write as `1/n`.
pub(crate) fn number(value: f64) -> String {
    // Both zeros are equal, so they have one text.
    let text = format!("{:?}", if value == 0.0 { 0.0 } else { value });
    let digits = text.split('e').next().unwrap_or(&text).trim_start_matches(['-', '0', '.']);
    let inverse = (1.0 / value).round();
    if digits.len() > 6 && (2.0..=65536.0).contains(&inverse) && 1.0 / inverse == value {
        return format!("1/{inverse}");
    }
    match text.strip_suffix(".0") {
        Some(integer) => integer.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (0.485, "0.485"),
            (0.00001, "1e-5"),
            (0.0001, "0.0001"),
            (1e300, "1e300"),
            (1.0 / 255.0, "1/255"),
            (1.0 / 3.0, "1/3"),
            (1.0 / 65536.0, "1/65536"),
            (0.25, "0.25"),
            (1.0 / 127.5, "0.00784313725490196"),
            (123456789.0, "123456789"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
