//! Errors of the language: one wording, with a place.

use std::fmt;
use std::ops::Range;

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::subject::Subject;

/// What kind of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Brackets, commas and numbers: what is written is no list of clauses.
    Syntax,
    /// A clause that there is not, that is missing, twice there, or beside one that it excludes.
    Clause,
    /// An argument that the clause does not have, that is missing, twice there, or in another's place.
    Argument,
    /// A value that the argument does not take.
    Value,
    /// Values that are each what their arguments take, and do not go together.
    Rule,
}

impl ErrorKind {
    /// Its name, in lower case: what other languages match on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Clause => "clause",
            Self::Argument => "argument",
            Self::Value => "value",
            Self::Rule => "rule",
        }
    }
}

/// What may stand in the place of a value, where it is one of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// One of these names.
    Names(Vec<&'static str>),
    /// An integer from `least` to `most`.
    Integers {
        /// The least of them.
        least: u32,
        /// The most of them.
        most: u32,
    },
}

/// One mistake in a declaration.
///
/// ```
/// use pixfuse_spec::{ErrorKind, Expected, Spec};
///
/// let error = "input(rgb8), resize(0, 256, bilinear), output(rgb, f32)".parse::<Spec>().unwrap_err();
/// let mistake = &error.errors[0];
/// assert_eq!((mistake.kind, mistake.clause, mistake.argument), (ErrorKind::Value, Some("resize"), Some("rows")));
/// assert_eq!(error.value(mistake), Some("0"));
/// assert_eq!(mistake.expected, Some(Expected::Integers { least: 1, most: 65535 }));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Error<P> {
    /// The token to point at.
    pub at: P,
    /// Clause, value, what was expected and what to do; no trailing full stop.
    pub message: String,
    /// What kind of mistake it is.
    pub kind: ErrorKind,
    /// The clause that it is about, where it is about one that there is.
    pub clause: Option<&'static str>,
    /// The argument that it is about; where it is not written with its name, what it is called.
    pub argument: Option<&'static str>,
    /// The value that it is about, in a list.
    pub index: Option<usize>,
    /// Where the value stands, or the name, that it is about; nothing where it is about what is not written.
    pub value: Option<P>,
    /// What may stand in its place, where that can be listed.
    pub expected: Option<Expected>,
}

impl<P> Error<P> {
    pub(crate) fn new(kind: ErrorKind, at: P, message: String) -> Self {
        Self { at, message, kind, clause: None, argument: None, index: None, value: None, expected: None }
    }

    /// About a name or a value that stands where the error is.
    pub(crate) fn of_value(kind: ErrorKind, at: P, message: String) -> Self
    where
        P: Copy,
    {
        Self { value: Some(at), ..Self::new(kind, at, message) }
    }

    /// The same error, where its place is another's name for it.
    pub(crate) fn at_places<Q>(self, place: impl Fn(P) -> Q) -> Error<Q> {
        let Self { at, message, kind, clause, argument, index, value, expected } = self;
        Error { at: place(at), message, kind, clause, argument, index, value: value.map(&place), expected }
    }

    pub(crate) fn expecting(self, expected: Expected) -> Self {
        Self { expected: Some(expected), ..self }
    }

    pub(crate) fn about(self, subject: Subject) -> Self {
        let Subject { clause, argument, index } = subject;
        let named = |name: &'static str| Some(name).filter(|name| !name.is_empty());
        Self { clause: named(clause), argument: named(argument), index, ..self }
    }
}

/// Every mistake found in a run-time text, each with its columns.
///
/// `Display` shows each message with the place underlined.
///
/// ```
/// let error = "input(rgb8), output(rgb, f23)".parse::<pixfuse_spec::Spec>().unwrap_err();
/// assert_eq!(error.to_string(), "\
/// output: unknown element type `f23`, expected one of f32, f16, bf16, u8, i8
///   input(rgb8), output(rgb, f23)
///                            ^^^ column 26");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ParseError {
    /// The text as it was given.
    pub text: String,
    /// At least one error; `at` is a byte range of `text`.
    pub errors: Vec<Error<Range<usize>>>,
}

impl ParseError {
    /// The value or the name that one of its [`errors`](Self::errors) is about, as it is written.
    pub fn value(&self, error: &Error<Range<usize>>) -> Option<&str> {
        // The fields are public, so a range may be any range.
        let at = error.value.clone()?;
        let (written, rest) = (self.text.get(at.clone())?, self.text.get(at.start..)?);
        if written != "[" {
            return Some(written);
        }
        // A list has the place of its bracket.
        let mut depth = 0_usize;
        let end = rest.char_indices().find(|&(_, c)| {
            depth = depth + usize::from(c == '[') - usize::from(c == ']');
            depth == 0
        });
        end.map_or(Some(written), |(end, _)| rest.get(..=end))
    }
}

/// Errors that are shown: a text that is no declaration at all has as many as it has words.
const MOST_ERRORS: usize = 8;

/// Characters of a line that are shown around a place.
const MOST_COLUMNS: usize = 120;

impl std::error::Error for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().take(MOST_ERRORS).enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{}", error.message)?;
            if !self.text.trim().is_empty() {
                underline(f, &self.text, &error.at)?;
            }
        }
        match self.errors.len().saturating_sub(MOST_ERRORS) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// The line of a place, and under it the place.
fn underline(f: &mut fmt::Formatter<'_>, text: &str, at: &Range<usize>) -> fmt::Result {
    // The fields are public, so a range may be any range.
    let start = boundary(text, at.start);
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    let end = boundary(text, at.end).clamp(start, line_end);

    let column = text[line_start..start].chars().count();
    let width = text[start..end].chars().count().max(1);
    let line: Vec<char> = text[line_start..line_end].trim_end().chars().map(plain).collect();
    // Half of the window before the place, so that both sides of it can be seen.
    let first = if line.len() <= MOST_COLUMNS { 0 } else { column.saturating_sub(MOST_COLUMNS / 2) };
    let last = line.len().min(first + MOST_COLUMNS);
    let shown: String = line.get(first..last).unwrap_or_default().iter().collect();
    let (before, after) = (if first > 0 { "…" } else { "" }, if last < line.len() { "…" } else { "" });
    let indent = " ".repeat(column - first + before.chars().count());
    let marks = "^".repeat(width.min(MOST_COLUMNS.saturating_sub(column - first)).max(1));
    write!(f, "\n  {before}{shown}{after}\n  {indent}{marks} ")?;
    if text.trim_end().contains('\n') {
        write!(f, "line {}, ", text[..line_start].matches('\n').count() + 1)?;
    }
    write!(f, "column {}", column + 1)
}

/// The nearest place at or before a byte index where a character starts.
fn boundary(text: &str, index: usize) -> usize {
    (0..=index.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0)
}

/// A character that is one column wide on a terminal, as far as that can be known here.
fn plain(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}
