//! The abstract token stream that the grammar reads, and the run-time text's way into it.

use std::fmt;
use std::ops::Range;

use crate::decimal::nearest_float;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::spelling::shortened;

/// One token and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Token<P> {
    /// What it is.
    pub kind: Kind,
    /// Where it is: a byte range of the text, or a span of the macro's input.
    pub at: P,
}

/// What a token is. Brackets are flat: an opening one, its contents, its closing one.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A name, or `_`.
    Word(String),
    /// A number without its sign. The text is kept so that `1/255` and `1e-5` read as they were written in messages.
    Number(f64, String),
    /// `(`, `[` or `{`.
    Open(char),
    /// `)`, `]` or `}`.
    Close(char),
    /// `,`, `=`, `/`, `-` or any other single character.
    Sign(char),
    /// A number or literal that cannot be read, as it was written.
    Unreadable(String),
}

impl Kind {
    /// Whether it is a text in quotes, which has no meaning anywhere.
    pub(crate) fn is_quoted(&self) -> bool {
        matches!(self, Self::Unreadable(text) if text.contains('"'))
    }
}

impl fmt::Display for Kind {
    /// The token in an error message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // `0.` would look like the end of a sentence.
            Self::Number(_, text) if text.ends_with('.') => write!(f, "`{}`", shortened(text)),
            Self::Number(_, text) => f.write_str(&shortened(text)),
            Self::Word(text) | Self::Unreadable(text) => write!(f, "`{}`", shortened(text)),
            // A terminal obeys some signs in the place of showing them.
            Self::Sign(sign) if sign.is_control() => write!(f, "`{}`", sign.escape_default()),
            Self::Open(sign) | Self::Close(sign) | Self::Sign(sign) => write!(f, "`{sign}`"),
        }
    }
}

/// The tokens of a text, each with its byte range.
///
/// It never fails: what cannot be read becomes [`Kind::Unreadable`], for the grammar to report where it stands.
///
/// ```
/// use pixfuse_spec::{Kind, lex};
///
/// let tokens = lex("scale = 1/255");
/// assert_eq!(tokens[0].kind, Kind::Word("scale".into()));
/// assert_eq!(tokens[4].kind, Kind::Number(255.0, "255".into()));
/// assert_eq!(tokens[4].at, 10..13);
/// ```
pub fn lex(text: &str) -> Vec<Token<Range<usize>>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let rest = &text[start..];
        let (kind, length) = match first {
            _ if first.is_whitespace() => {
                start += first.len_utf8();
                continue;
            }
            '(' | '[' | '{' => (Kind::Open(first), 1),
            ')' | ']' | '}' => (Kind::Close(first), 1),
            '"' | '\'' => quoted(rest, first),
            '0'..='9' => number(rest),
            // `.5` is no number in Rust's tokens either, and a language has one spelling on both roads.
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => unreadable(rest),
            _ if is_word(first) => {
                let length = run(rest, is_word);
                (Kind::Word(rest[..length].to_owned()), length)
            }
            _ => (Kind::Sign(first), first.len_utf8()),
        };
        tokens.push(Token { kind, at: start..start + length });
        start += length;
    }
    tokens
}

/// Digits, optionally a point and digits, optionally an exponent: what `f64` and Rust's literals have in common.
fn number(rest: &str) -> (Kind, usize) {
    let digit = |c: char| c.is_ascii_digit();
    let mut length = run(rest, digit);
    if rest[length..].starts_with('.') {
        length += 1 + run(&rest[length + 1..], digit);
    }
    if rest[length..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[length + 1..].starts_with(['+', '-']));
        let digits = run(&rest[length + 1 + sign..], digit);
        if digits == 0 {
            return unreadable(rest);
        }
        length += 1 + sign + digits;
    }
    // `256px`, `1_000`, `0x10`, `1.2.3`: one unreadable token, not a number and a surprise behind it.
    if rest[length..].starts_with(is_number_like) {
        return unreadable(rest);
    }
    match nearest_float(&rest[..length]) {
        Some(value) => (Kind::Number(value, rest[..length].to_owned()), length),
        None => unreadable(rest),
    }
}

fn unreadable(rest: &str) -> (Kind, usize) {
    let length = run(rest, is_number_like);
    (Kind::Unreadable(rest[..length].to_owned()), length)
}

/// A quoted text up to its closing quote; a lone quote is a sign, so that it does not swallow what follows it.
fn quoted(rest: &str, quote: char) -> (Kind, usize) {
    match rest[1..].find([quote, '\n']) {
        Some(inside) if rest[1 + inside..].starts_with(quote) => {
            (Kind::Unreadable(rest[..inside + 2].to_owned()), inside + 2)
        }
        _ => (Kind::Sign(quote), 1),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_number_like(c: char) -> bool {
    is_word(c) || c == '.'
}

/// Bytes of the longest start of `rest` whose characters all belong.
fn run(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        lex(text).into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn numbers() {
        for (text, value) in [("0", 0.0), ("255", 255.0), ("1.", 1.0), ("0.5", 0.5), ("1e-5", 1e-5), ("2.5E+3", 2500.0)]
        {
            assert_eq!(kinds(text), [Kind::Number(value, text.into())]);
        }
    }

    #[test]
    fn unreadable_numbers_are_one_token() {
        for text in ["256px", "1_000", "0x10", "1.2.3", ".5", "1e", "1e+", "٣"] {
            let kinds = kinds(text);
            assert!(!matches!(kinds[0], Kind::Number(..)), "{text}: {kinds:?}");
        }
        assert_eq!(
            kinds("256px, 3"),
            [Kind::Unreadable("256px".into()), Kind::Sign(','), Kind::Number(3.0, "3".into())]
        );
    }

    #[test]
    fn quotes() {
        assert_eq!(kinds("'rgb8' x"), [Kind::Unreadable("'rgb8'".into()), Kind::Word("x".into())]);
        assert_eq!(kinds("\"é"), [Kind::Sign('"'), Kind::Word("é".into())]);
    }

    #[test]
    fn signs_that_a_terminal_obeys_are_spelt_out() {
        assert_eq!(Kind::Sign('\u{1b}').to_string(), r"`\u{1b}`");
        assert_eq!(Kind::Sign('%').to_string(), "`%`");
    }

    #[test]
    fn places_are_byte_ranges() {
        let text = "é( 1/2 )→";
        let places: Vec<&str> = lex(text).iter().map(|token| &text[token.at.clone()]).collect();
        assert_eq!(places, ["é", "(", "1", "/", "2", ")", "→"]);
    }
}
