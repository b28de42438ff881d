//! What a declaration says, part by part: read from it, and changed by name.
//!
//! A part is what people change of a pipeline that somebody else wrote: its size, its filter, its numbers. A clause says
//! several of them at once, or two clauses say one, as a resize and the crop behind it do.

use crate::keywords::{Keyword, split, written, written_in_clause};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{CenterCrop, Crop, CropWindow, Error, ErrorKind, Margins, Normalize, Number, ParseError, Size, Spec};

impl Spec {
    /// The clauses in the order of work: the name of each, and what stands between its brackets.
    ///
    /// ```
    /// let spec: pixfuse_spec::Spec = "input(rgb8), normalize(), output(rgb, f32, chw)".parse()?;
    /// assert_eq!(spec.clauses()[2], ("output".into(), "rgb, f32, chw".into()));
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    pub fn clauses(&self) -> Vec<(String, String)> {
        let text = self.to_string();
        let clauses = split(&text).into_iter().filter_map(|clause| clause.split_once('('));
        clauses.map(|(name, rest)| (name.to_owned(), rest.strip_suffix(')').unwrap_or(rest).to_owned())).collect()
    }

    /// Rows and columns of the image that the tensor holds, of a tile where it holds tiles; nothing where they follow from
    /// the source or are open. The source's own, where it is kept, count if they are declared.
    ///
    /// ```
    /// let spec: pixfuse_spec::Spec =
    ///     "input(rgb8), resize(shortest = 256, bilinear), center_crop(224, 224), output(rgb, f32)".parse()?;
    /// assert_eq!(spec.size(), Some([224, 224]));
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    pub fn size(&self) -> Option<[u32; 2]> {
        let known = |rows: &Number<u32>, columns: &Number<u32>| Some([*rows.known()?, *columns.known()?]);
        let framed = match (&self.crop, &self.letterbox, &self.tiles, &self.resize) {
            (Some(Crop::Center(CenterCrop { rows, columns, .. })), ..) => known(rows, columns),
            (Some(Crop::Window(CropWindow { rows, columns, .. })), ..) => Some([*rows, *columns]),
            (_, Some(letterbox), ..) if letterbox.stride.is_none() => known(&letterbox.rows, &letterbox.columns),
            (_, _, Some(tiles), _) => Some([tiles.rows, tiles.columns]),
            (_, None, _, Some(resize)) => match &resize.size {
                Size::Exact { rows, columns } => known(rows, columns),
                _ => None,
            },
            (None, None, None, None) => self.input.turned_size(),
            _ => None,
        };
        match self.pad.as_ref().map(|pad| pad.margins) {
            None => framed,
            Some(Margins::To { rows, columns, .. }) => Some([rows, columns]),
            Some(Margins::Fixed { top, left, bottom, right }) => {
                framed.map(|[rows, columns]| [rows + top + bottom, columns + left + right])
            }
            Some(Margins::Multiple { rows: r, columns: c, .. }) => {
                framed.map(|[rows, columns]| [rows.next_multiple_of(r), columns.next_multiple_of(c)])
            }
            Some(Margins::Beyond { rows: r, columns: c, .. }) => {
                framed.map(|[rows, columns]| [(rows / r + 1) * r, (columns / c + 1) * c])
            }
            Some(Margins::Least { rows: r, columns: c, .. }) => {
                framed.map(|[rows, columns]| [rows.max(r), columns.max(c)])
            }
        }
    }

    /// `mean`, one for each channel of the output; nothing without `normalize(..)`, or where it is open.
    pub fn mean(&self) -> Option<Vec<f64>> {
        self.each(&self.normalize.as_ref()?.mean)
    }

    /// `std`, as [`mean`](Self::mean).
    pub fn std(&self) -> Option<Vec<f64>> {
        self.each(&self.normalize.as_ref()?.std)
    }

    /// The factor on pixel values; nothing without `normalize(..)`, or where it is open.
    pub fn scale(&self) -> Option<f64> {
        self.normalize.as_ref()?.scale.known().copied()
    }

    fn each(&self, list: &Number<Vec<f64>>) -> Option<Vec<f64>> {
        let list = list.known()?;
        Some(if list.len() == 1 { vec![list[0]; self.output.channels.channels()] } else { list.clone() })
    }

    /// The declaration with another part.
    pub(crate) fn with_part(&self, name: &str, value: Option<&Keyword>) -> Result<Self, ParseError> {
        let Some(value) = value else {
            return Err(self.wrong("", format!("{name}: found nothing; leave it out to keep what it is")));
        };
        match name {
            "size" => {
                let mut changed = self.clone();
                changed.resized(self.sides(&written(name, value)?)?)?;
                changed.to_string().parse()
            }
            "filter" => self.with_filter(&written_in_clause(name, value)?),
            "element" => {
                let (old, new) = (format!(", {}, ", self.output.element), format!(", {}, ", written(name, value)?));
                self.with_clause("output", &|arguments| arguments.replacen(&old, &new, 1)).parse()
            }
            _ => self.with_number(name, &written(name, value)?),
        }
    }

    /// The declaration with another `mean`, `std`, `scale` or `eps`, as it is written.
    fn with_number(&self, name: &str, value: &str) -> Result<Self, ParseError> {
        let mut rest = self.clone();
        let sample = self.input.format.sample();
        let usual = Normalize::of(sample);
        let normalize = rest.normalize.get_or_insert_with(|| usual.clone());
        match name {
            "mean" => normalize.mean = usual.mean,
            "std" => normalize.std = usual.std,
            "eps" => normalize.eps = usual.eps,
            _ => (normalize.scale, normalize.scale_written) = (usual.scale, false),
        }
        let separate = |arguments: &str| if arguments.is_empty() { "" } else { ", " };
        rest.with_clause("normalize", &|arguments| format!("{arguments}{}{name} = {value}", separate(&arguments)))
            .parse()
    }

    /// Gives the tensor's image another size, where one size says it.
    fn resized(&mut self, [r, c]: [u32; 2]) -> Result<(), ParseError> {
        let before = self.clone();
        let refuse = |clause: &str, why: &str| {
            Err(before.wrong(clause, format!("size: {why}; give the clauses as they should be")))
        };
        let is = |number: &Number<u32>, side: u32| number.known() == Some(&side);
        let is_square = r == c;
        if self.pad.is_some() {
            return refuse("pad", "what is padded has another size than the tensor");
        }
        if self.tiles.is_some() {
            return refuse("tiles", "the grid of tiles follows from their size and other numbers");
        }
        if let Some(letterbox) = &mut self.letterbox
            && self.crop.is_none()
        {
            (letterbox.rows, letterbox.columns) = (Number::Known(r), Number::Known(c));
            return Ok(());
        }
        if let (None, Some(resize)) = (&self.crop, &mut self.resize) {
            let Size::Exact { rows, columns } = &mut resize.size else {
                return refuse("resize", "it follows from the image's");
            };
            (*rows, *columns) = (Number::Known(r), Number::Known(c));
            return Ok(());
        }
        let Some(Crop::Center(CenterCrop { rows, columns, .. })) = &mut self.crop else {
            let why = if before.crop.is_some() { "a window of the image is cut out" } else { "no clause says one" };
            return refuse(if before.crop.is_some() { "crop" } else { "input" }, why);
        };
        let cropped = [rows.known().copied(), columns.known().copied()];
        (*rows, *columns) = (Number::Known(r), Number::Known(c));
        let Some(resize) = &mut self.resize else {
            return if before.letterbox.is_none() { Ok(()) } else { refuse("letterbox", "the crop has another") };
        };
        let [Some(rows), Some(columns)] = cropped else { return refuse("center_crop", "the crop's is open") };
        match &mut resize.size {
            Size::Exact { rows: a, columns: b } if is(a, rows) && is(b, columns) => {
                (*a, *b) = (Number::Known(r), Number::Known(c));
            }
            Size::Shortest { side, max: None, .. } if rows == columns && is(side, rows) && is_square => {
                *side = Number::Known(r);
            }
            Size::Cover { rows: a, columns: b, .. } if [*a, *b] == [rows, columns] => (*a, *b) = (r, c),
            _ => {
                return refuse(
                    "resize",
                    "the resize before the crop has another, and how much larger it gets is not said",
                );
            }
        }
        Ok(())
    }

    fn with_filter(&self, filter: &str) -> Result<Self, ParseError> {
        let mut text = self.clone();
        let mut is_said = false;
        for &clause in &["resize", "letterbox", "tiles"] {
            let own = match clause {
                "resize" => self.resize.as_ref().map(|resize| resize.sampling),
                "letterbox" => self.letterbox.as_ref().map(|letterbox| letterbox.sampling),
                _ => self.tiles.as_ref().map(|tiles| tiles.sampling),
            };
            if let Some(own) = own {
                let (old, new) = (format!(", {own}"), format!(", {filter}"));
                text = text.with_clause(clause, &|arguments| arguments.replacen(&old, &new, 1)).parse()?;
                is_said = true;
            }
        }
        if is_said { Ok(text) } else { Err(self.wrong("", "filter: nothing is resized; add resize(..)".into())) }
    }

    /// The text, with other arguments of one clause.
    fn with_clause(&self, clause: &str, change: &dyn Fn(String) -> String) -> String {
        let mut texts = Vec::new();
        for (name, arguments) in self.clauses() {
            let arguments = if name == clause { change(arguments) } else { arguments };
            texts.push(format!("{name}({arguments})"));
        }
        texts.join(", ")
    }

    /// One side of a square, or rows and columns.
    fn sides(&self, value: &str) -> Result<[u32; 2], ParseError> {
        let sides: Result<Vec<u32>, _> =
            value.trim_matches(['[', ']']).split(',').map(|side| side.trim().parse()).collect();
        match sides.as_deref() {
            Ok([side]) => Ok([*side; 2]),
            Ok([rows, columns]) => Ok([*rows, *columns]),
            _ => {
                let expected = "expected the side of a square, at least 1, or rows and columns";
                Err(self.wrong("", format!("size: {expected}, found {value}")))
            }
        }
    }

    /// An error about a part, at the clause that says it, or at the beginning.
    fn wrong(&self, clause: &str, message: String) -> ParseError {
        let text = self.to_string();
        let at = if clause.is_empty() { None } else { text.find(&format!("{clause}(")) };
        let at = at.map_or(0..text.find('(').unwrap_or(0), |at| at..at + clause.len());
        ParseError { text, errors: vec![Error::new(ErrorKind::Rule, at, message)] }
    }
}
