//! A value of a dynamic language.

use std::borrow::Cow;
use std::fmt::{self, Display};

use pixfuse::Error;

use crate::Language;
use crate::mistake::{Mistake, mistakes};

/// Lists in lists are read to this depth: `{ normalize: [{ mean: [..] }] }` is four deep, and a list may hold itself. A list
/// that lies deeper counts as one of nothing, which means nothing there.
pub const DEPTH: usize = 6;

/// Characters of a value that are shown.
const MOST_SHOWN: usize = 60;

/// What an error says where a whole number is asked for.
pub const WHOLE: &str = "a whole number of at least 1";

/// A value of a dynamic language, by what it can be as an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// Integers too.
    Number(f64),
    /// A text.
    Text(String),
    /// A truth value.
    Flag(bool),
    /// `None`, `null`.
    Null,
    /// `undefined`, which JavaScript alone has.
    Undefined,
    /// Values in an order; and what the language calls such a list.
    List(Vec<Self>, Cow<'static, str>),
    /// Values by their names, in the order in which they were written; and what the language calls it.
    Named(Vec<(String, Self)>, Cow<'static, str>),
    /// What it is instead.
    Other(String),
}

impl Argument {
    /// Whether an argument was left out, or is nothing.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Null | Self::Undefined)
    }

    /// What it is, for an error: itself if it is short, else its type.
    pub fn found(&self, language: Language) -> Cow<'_, str> {
        let shown = |shown: String, kind: &'static str| match shown.chars().count() <= MOST_SHOWN {
            true if !shown.chars().any(char::is_control) => shown.into(),
            _ => kind.into(),
        };
        match self {
            Self::Number(number) => shown(number.to_string(), "a number"),
            Self::Text(text) => shown(format!("'{text}'"), language.text()),
            Self::Flag(flag) => language.flag(*flag).into(),
            Self::Null => language.null().into(),
            Self::Undefined => "undefined".into(),
            Self::List(_, what) | Self::Named(_, what) => (**what).into(),
            Self::Other(what) => what.into(),
        }
    }

    /// This value in the place of another that was expected, which is a sentence.
    pub(crate) fn unexpected(&self, name: &str, expected: &str, language: Language) -> ArgumentError {
        ArgumentError::unexpected(name, expected, self.found(language))
    }

    /// The number, where it is a whole one of at least 1.
    pub(crate) fn positive(&self) -> Option<f64> {
        match *self {
            Self::Number(number) if number.fract() == 0.0 && number >= 1.0 => Some(number),
            _ => None,
        }
    }

    /// A number of pixels, threads or bytes.
    ///
    /// # Errors
    /// When it is none, or so large that a number of f64 is not exact.
    pub fn whole(&self, name: &str, language: Language) -> Result<usize, ArgumentError> {
        /// Also less than any `isize` of 64 bits has room for.
        const LARGEST: f64 = 9_007_199_254_740_991.0;
        let number = self.positive().filter(|&number| number <= LARGEST);
        number.map(|number| number as usize).ok_or_else(|| self.unexpected(name, WHOLE, language))
    }

    /// As [`whole`](Self::whole), of an argument that may be left out.
    ///
    /// # Errors
    /// As there.
    pub fn optional(&self, name: &str, language: Language) -> Result<Option<usize>, ArgumentError> {
        if self.is_absent() { Ok(None) } else { self.whole(name, language).map(Some) }
    }
}

/// What is wrong with an argument: which one, what was expected, and what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentError {
    message: String,
    mistakes: Vec<Mistake>,
}

impl ArgumentError {
    /// A sentence about an argument.
    pub fn new(message: impl Display) -> Self {
        Self { message: message.to_string(), mistakes: Vec::new() }
    }

    /// A declaration that is none, or numbers that do not fit one.
    pub fn declaration(error: impl Into<Error>) -> Self {
        let error = error.into();
        Self { message: error.to_string(), mistakes: mistakes(&error) }
    }

    /// The mistakes of a declaration; none of another argument.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// One value in the place of another.
    pub fn unexpected(name: &str, expected: &str, found: impl Display) -> Self {
        Self::new(format_args!("{name}: expected {expected}, found {found}"))
    }
}

impl Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ArgumentError {}

impl From<ArgumentError> for String {
    fn from(error: ArgumentError) -> Self {
        error.message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_as_its_language_writes_it() {
        let shown = |given: Argument| [Language::Python, Language::JavaScript].map(|one| given.found(one).into_owned());
        assert_eq!(shown(Argument::Null), ["None", "null"]);
        assert_eq!(shown(Argument::Flag(true)), ["True", "true"]);
        assert_eq!(shown(Argument::Number(-3.0)), ["-3"; 2]);
        assert_eq!(shown(Argument::Number(8.5)), ["8.5"; 2]);
        assert_eq!(shown(Argument::Number(1e300)), ["a number"; 2]);
        assert_eq!(shown(Argument::Text("it's".into())), ["'it's'"; 2]);
        assert_eq!(shown(Argument::Text("two\nlines".into())), ["str", "a string"]);
        assert_eq!(shown(Argument::Text("a".repeat(61))), ["str", "a string"]);
        assert_eq!(shown(Argument::List(Vec::new(), "tuple".into())), ["tuple"; 2]);
    }

    #[test]
    fn whole_numbers_are_at_least_1() {
        let whole = |number| Argument::Number(number).whole("rows", Language::JavaScript);
        assert_eq!(whole(1.0), Ok(1));
        for number in [0.0, -1.0, 1.5, f64::NAN, f64::INFINITY, 9_007_199_254_740_992.0] {
            let message = whole(number).unwrap_err().to_string();
            assert!(message.starts_with("rows: expected a whole number of at least 1, found "), "{message}");
        }
        assert_eq!(Argument::Undefined.optional("stride", Language::JavaScript), Ok(None));
    }
}
