//! Declarations as keyword arguments of a host language.
//!
//! Keywords are written down as text and parsed like any other: one grammar, and errors show what was understood.

use std::ops::Range;

use crate::check::CLAUSES;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::rules::not_finite;
use crate::spelling::number;
use crate::spelling::shortened;
use crate::{Error, ErrorKind, ParseError, Spec};

/// A value that a host language gives for one clause or argument.
///
/// | in Python | as a keyword | reads as |
/// |---|---|---|
/// | `input="rgb8"` | `Word` | `input(rgb8)` |
/// | `resize=(240, None, "bilinear")` | `List` of `Number`, `Later`, `Word` | `resize(240, _, bilinear)` |
/// | `resize=({"shortest": 256}, "bilinear")` | `List` with a `Named` | `resize(shortest = 256, bilinear)` |
/// | `normalize={"mean": [0.5, 0.4, 0.3]}` | `Named` with a `List` | `normalize(mean = [0.5, 0.4, 0.3])` |
/// | `input=("rgba8", {"alpha": "drop"})` | `List` with a `Named` last | `input(rgba8, alpha = drop)` |
#[derive(Clone, Debug, PartialEq)]
pub enum Keyword {
    /// A number.
    Number(f64),
    /// A name, or anything that stands between the brackets of a clause: `rgb, f32, chw`, `1/255`, `_`.
    Word(String),
    /// `_`.
    Later,
    /// The arguments of a clause, or a list of numbers.
    List(Vec<Keyword>),
    /// Named arguments of a clause.
    Named(Vec<(String, Keyword)>),
}

impl Spec {
    /// Reads a declaration whose clauses are keyword arguments, in any order.
    ///
    /// # Errors
    ///
    /// Every mistake, placed in the text that the keywords stand for.
    ///
    /// ```
    /// use pixfuse_spec::{Keyword, Spec};
    ///
    /// let word = |text: &str| Keyword::Word(text.into());
    /// let size = Keyword::List(vec![Keyword::Number(240.0), Keyword::Later, word("bilinear")]);
    /// let spec = Spec::from_keywords(&[
    ///     ("input".into(), word("rgb8")),
    ///     ("output".into(), word("rgb, f32, chw")),
    ///     ("resize".into(), size),
    /// ])?;
    /// assert_eq!(spec.to_string(), "input(rgb8), resize(240, _, bilinear), output(rgb, f32, chw)");
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    pub fn from_keywords(clauses: &[(String, Keyword)]) -> Result<Self, ParseError> {
        let mut writer = Writer { text: String::new(), rejected: Vec::new() };
        for (index, (name, value)) in clauses.iter().enumerate() {
            writer.separate(index);
            writer.clause(name, value);
        }
        writer.parse()
    }
}

/// The parts that [`Spec::replace`] changes, beside whole clauses.
const PARTS: [&str; 7] = ["size", "filter", "mean", "std", "scale", "eps", "element"];

impl Spec {
    /// The same declaration with other clauses: each keyword stands in the place of the clause of its name, or is added;
    /// `None` leaves that clause out.
    ///
    /// A clause is replaced as a whole: `input = rgb8` in the place of `input(rgba8, alpha = drop)` drops the `alpha`,
    /// too. Or a keyword is a part of clauses: `size` (the side of the tensor's image, or rows and columns), `filter` with
    /// its options, `mean`, `std`, `scale`, `eps` of `normalize`, or `element`; nothing else changes then. A size that does
    /// not follow from one number, as of a resize to 256 that is cropped to 224, is refused.
    ///
    /// # Errors
    ///
    /// As [`from_keywords`](Self::from_keywords), for the declaration as it would be.
    ///
    /// ```
    /// use pixfuse_spec::{Keyword, Spec};
    ///
    /// let spec: Spec = "input(bgr8), resize(240, 256, bilinear), output(rgb, f32, chw)".parse()?;
    /// let word = |text: &str| Some(Keyword::Word(text.into()));
    /// let other = spec.replace(&[("input".into(), word("rgb8")), ("resize".into(), None)])?;
    /// assert_eq!(other.to_string(), "input(rgb8), output(rgb, f32, chw)");
    ///
    /// let larger = spec.replace(&[("size".into(), Some(Keyword::Number(384.0)))])?;
    /// assert_eq!(larger.to_string(), "input(bgr8), resize(384, 384, bilinear), output(rgb, f32, chw)");
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    pub fn replace(&self, clauses: &[(String, Option<Keyword>)]) -> Result<Self, ParseError> {
        let (parts, clauses): (Vec<_>, Vec<_>) = clauses.iter().partition(|(name, _)| PARTS.contains(&name.as_str()));
        let mut spec = if clauses.is_empty() { self.clone() } else { self.with_clauses(&clauses)? };
        for (name, value) in parts {
            spec = spec.with_part(name, value.as_ref())?;
        }
        Ok(spec)
    }

    fn with_clauses(&self, clauses: &[&(String, Option<Keyword>)]) -> Result<Self, ParseError> {
        let own = self.clauses();
        let mut writer = Writer { text: String::new(), rejected: Vec::new() };
        let mut index = 0;
        let mut write = |writer: &mut Writer, name: &str, value: &Keyword| {
            writer.separate(index);
            writer.clause(name, value);
            index += 1;
        };
        for (name, arguments) in &own {
            let mut given = clauses.iter().filter(|(given, _)| given == name).peekable();
            if given.peek().is_none() {
                write(&mut writer, name, &Keyword::Word(arguments.clone()));
            }
            for (_, value) in given {
                value.iter().for_each(|value| write(&mut writer, name, value));
            }
        }
        for (name, value) in clauses.iter().filter(|(name, _)| !own.iter().any(|(own, _)| own == name)) {
            match value {
                Some(value) => write(&mut writer, name, value),
                None if CLAUSES.contains(&name.as_str()) => {}
                // No clause has this name, which the grammar knows to say.
                None => write(&mut writer, name, &Keyword::List(Vec::new())),
            }
        }
        writer.parse()
    }

    /// As [`replace`](Self::replace), with clauses as they are written: `input(rgb8), normalize()`.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn replace_text(&self, clauses: &str) -> Result<Self, ParseError> {
        let clauses: Vec<_> = split(clauses)
            .into_iter()
            .map(|clause| {
                let (name, arguments) = clause.split_once('(').unwrap_or((clause, ""));
                let arguments = arguments.strip_suffix(')').unwrap_or(arguments);
                (name.trim().to_owned(), Some(Keyword::Word(arguments.into())))
            })
            .collect();
        self.replace(&clauses)
    }
}

/// A value as it is written behind `name =`.
pub(crate) fn written(name: &str, value: &Keyword) -> Result<String, ParseError> {
    written_by(|writer| writer.value(name, value))
}

/// Values as they are written between the brackets of a clause, without a name.
pub(crate) fn written_in_clause(name: &str, value: &Keyword) -> Result<String, ParseError> {
    let text = written_by(|writer| writer.clause(name, value))?;
    Ok(text[name.len() + 1..text.len() - 1].to_owned())
}

fn written_by(write: impl FnOnce(&mut Writer)) -> Result<String, ParseError> {
    let mut writer = Writer { text: String::new(), rejected: Vec::new() };
    write(&mut writer);
    let Writer { text, rejected } = writer;
    if rejected.is_empty() { Ok(text) } else { Err(ParseError { text, errors: rejected }) }
}

/// The clauses of a text, from one comma outside all brackets to the next.
pub(crate) fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut clauses) = (0_usize, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                clauses.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    clauses.push(&text[start..]);
    clauses.iter_mut().for_each(|clause| *clause = clause.trim());
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

/// The text so far, and what cannot be said in it.
struct Writer {
    text: String,
    rejected: Vec<Error<Range<usize>>>,
}

impl Writer {
    fn parse(self) -> Result<Spec, ParseError> {
        let Self { text, rejected } = self;
        // A rejected value could read as something else, so what the grammar makes of it is no news.
        if rejected.is_empty() { text.parse() } else { Err(ParseError { text, errors: rejected }) }
    }

    fn clause(&mut self, name: &str, value: &Keyword) {
        self.name(name);
        self.text.push('(');
        // Levels by hand instead of recursion: a host may nest as deeply as it likes.
        match value {
            Keyword::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.separate(index);
                    match item {
                        Keyword::Named(pairs) => self.pairs(name, pairs),
                        item => self.value(name, item),
                    }
                }
            }
            Keyword::Named(pairs) => self.pairs(name, pairs),
            value => self.value(name, value),
        }
        self.text.push(')');
    }

    fn pairs(&mut self, clause: &str, pairs: &[(String, Keyword)]) {
        for (index, (name, value)) in pairs.iter().enumerate() {
            self.separate(index);
            self.name(name);
            self.text.push_str(" = ");
            self.value(&format!("{clause}: {}", shortened(name)), value);
        }
    }

    /// A single value, a list of them, or a list of lists.
    fn value(&mut self, place: &str, value: &Keyword) {
        let Keyword::List(items) = value else { return self.single(place, value) };
        self.text.push('[');
        for (index, item) in items.iter().enumerate() {
            self.separate(index);
            self.list(place, item);
        }
        self.text.push(']');
    }

    /// A single value or a list of them.
    fn list(&mut self, place: &str, value: &Keyword) {
        let Keyword::List(items) = value else { return self.single(place, value) };
        self.text.push('[');
        for (index, item) in items.iter().enumerate() {
            self.separate(index);
            self.single(place, item);
        }
        self.text.push(']');
    }

    fn single(&mut self, place: &str, value: &Keyword) {
        let start = self.text.len();
        match value {
            Keyword::Number(value) => {
                self.text.push_str(&number(*value));
                if !value.is_finite() {
                    self.reject(start, not_finite(place, *value));
                }
            }
            Keyword::Word(word) => {
                self.text.push_str(word);
                if !stays_inside(word) {
                    let message = format!("{place}: `{}` has brackets that do not belong there", shortened(word));
                    self.reject(start, message);
                }
            }
            Keyword::Later => self.text.push('_'),
            Keyword::List(_) => {
                self.text.push_str("[..]");
                self.reject(start, format!("{place}: expected a single value, found a list"));
            }
            Keyword::Named(_) => {
                self.text.push_str("{..}");
                self.reject(start, format!("{place}: expected a value, found named arguments"));
            }
        }
    }

    /// The name of a clause or argument, which comes from a program too.
    fn name(&mut self, name: &str) {
        let start = self.text.len();
        self.text.push_str(name);
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            self.reject(start, format!("`{}` is not a name", shortened(name)));
        }
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.text.push_str(", ");
        }
    }

    fn reject(&mut self, start: usize, message: String) {
        self.rejected.push(Error::new(ErrorKind::Value, start..self.text.len(), message));
    }
}

/// Whether a word cannot end the clause or the list that it stands in, nor begin another clause.
fn stays_inside(word: &str) -> bool {
    let mut depth = 0_usize;
    for c in word.chars() {
        match c {
            '[' => depth += 1,
            ']' if depth > 0 => depth -= 1,
            ']' | '(' | ')' | '{' | '}' => return false,
            _ => {}
        }
    }
    depth == 0
}
