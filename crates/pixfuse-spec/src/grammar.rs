//! Tokens to clauses: names, brackets and values, without knowing what they mean.
//!
//! Every mistake is reported and reading goes on behind it, so that one broken clause hides nothing in the next. What
//! was reported once is marked as broken, and later phases stay silent about it.

use crate::cursor::Cursor;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::spelling::{NAMES, is_constant, shortened};
use crate::{Error, Kind};

/// `name(arguments)`.
pub(crate) struct Clause {
    pub(crate) name: String,
    pub(crate) at: usize,
    /// The closing bracket, where a missing argument would stand.
    pub(crate) end: usize,
    pub(crate) arguments: Vec<Argument>,
    /// A name alone; what is wrong with that depends on whether there is such a clause.
    pub(crate) bare: bool,
    /// Something in it could not be read and was reported: arguments may be missing for that reason.
    pub(crate) broken: bool,
}

impl Clause {
    /// The value of the first `name = value`.
    pub(crate) fn named(&self, name: &str) -> Option<&Value> {
        let found = self.arguments.iter().find(|argument| argument.name.as_deref() == Some(name));
        found.map(|argument| &argument.value)
    }
}

/// `value` or `name = value`.
pub(crate) struct Argument {
    pub(crate) name: Option<String>,
    /// The name if there is one, else the value.
    pub(crate) at: usize,
    pub(crate) value: Value,
}

/// A value and its first token.
pub(crate) struct Value {
    pub(crate) item: Item,
    pub(crate) at: usize,
}

pub(crate) enum Item {
    Word(String),
    /// Finite.
    Number(f64),
    /// `_`
    Later,
    List(Vec<Value>),
    /// Reported already.
    Broken,
}

const COMMA: Kind = Kind::Sign(',');

/// All clauses that could be found, in the order of writing; mistakes are added to `errors`.
pub(crate) fn clauses(tokens: &[&Kind], errors: &mut Vec<Error<usize>>) -> Vec<Clause> {
    let mut cursor = Cursor::new(tokens, errors);
    let mut clauses = Vec::new();
    while cursor.peek().is_some() {
        let Some(clause) = clause(&mut cursor) else {
            cursor.skip_to(&[COMMA]);
            cursor.take(&COMMA);
            continue;
        };
        // An unclosed clause was reported at the clause that follows it.
        let unclosed = clause.broken && cursor.at_clause();
        clauses.push(clause);
        if cursor.peek().is_some() && !cursor.take(&COMMA) && !unclosed {
            cursor.unexpected("expected `,` between clauses", "");
            cursor.skip_to(&[COMMA]);
            cursor.take(&COMMA);
        }
    }
    clauses
}

fn clause(cursor: &mut Cursor<'_>) -> Option<Clause> {
    let at = cursor.at();
    let Some(Kind::Word(name)) = cursor.peek() else {
        let hint =
            if cursor.peek().is_some_and(Kind::is_quoted) { "; write the declaration without quotes" } else { "" };
        cursor.unexpected("expected a clause such as input(..)", hint);
        return None;
    };
    cursor.advance();
    // A name of the language is short, and every message about the clause repeats this one.
    let name = shortened(name);
    let mut clause = Clause { name, at, end: at, arguments: Vec::new(), bare: false, broken: false };
    if cursor.take(&Kind::Sign('=')) {
        cursor.error(at, format!("{0}: a clause has no `=`; write {0}(..)", clause.name));
        clause.broken = true;
    }
    match cursor.peek() {
        Some(Kind::Open('(')) => {
            cursor.advance();
            arguments(cursor, &mut clause);
        }
        Some(Kind::Open(_)) => {
            let found = cursor.peek().map_or(String::new(), Kind::to_string);
            cursor.error(at, format!("{0}: expected `(`, found {found}; write {0}(..)", clause.name));
            cursor.skip_group();
            clause.broken = true;
        }
        _ if clause.broken => cursor.skip_to(&[COMMA]),
        _ => (clause.bare, clause.broken) = (true, true),
    }
    Some(clause)
}

/// Arguments up to the closing bracket.
fn arguments(cursor: &mut Cursor<'_>, clause: &mut Clause) {
    let mut broken = false;
    loop {
        clause.end = cursor.at();
        if cursor.take(&Kind::Close(')')) {
            return;
        }
        if cursor.peek().is_none() || cursor.at_clause() {
            // What broke the last argument has most likely taken the bracket with it.
            if !broken {
                cursor.unexpected(&format!("{}: expected `)`", clause.name), "");
            }
            clause.broken = true;
            return;
        }
        let mut argument = argument(cursor, &clause.name);
        broken = matches!(argument.value.item, Item::Broken);
        let ended = matches!(cursor.peek(), None | Some(&COMMA | Kind::Close(')'))) || cursor.at_clause();
        if !broken && !ended {
            let hint = behind_value(cursor);
            cursor.unexpected(&format!("{}: expected `,` or `)`", clause.name), hint);
            argument.value.item = Item::Broken;
            broken = true;
        }
        clause.arguments.push(argument);
        if broken {
            clause.broken = true;
            cursor.skip_to(&[COMMA, Kind::Close(')')]);
        }
        cursor.take(&COMMA);
    }
}

fn argument(cursor: &mut Cursor<'_>, clause: &str) -> Argument {
    let at = cursor.at();
    let name = cursor.take_name().map(shortened);
    let place = name.as_ref().map_or(clause.to_owned(), |name| format!("{clause}: {name}"));
    Argument { name, at, value: value(cursor, &place) }
}

/// How deep lists nest: a list of canvases is one of pairs.
const DEPTH: usize = 2;

/// A word, a number, `_` or a list.
fn value(cursor: &mut Cursor<'_>, place: &str) -> Value {
    nested(cursor, place, DEPTH)
}

/// A value in which lists nest so deep.
fn nested(cursor: &mut Cursor<'_>, place: &str, depth: usize) -> Value {
    if depth == 0 || cursor.peek() != Some(&Kind::Open('[')) {
        return single(cursor, place);
    }
    let at = cursor.at();
    cursor.advance();
    let mut items = Vec::new();
    while !cursor.take(&Kind::Close(']')) {
        let ended = |cursor: &Cursor<'_>| matches!(cursor.peek(), None | Some(Kind::Close(_))) || cursor.at_clause();
        if ended(cursor) {
            cursor.unexpected(&format!("{place}: expected `]`"), "");
            return Value { item: Item::Broken, at };
        }
        let item = nested(cursor, place, depth - 1);
        let broken = matches!(item.item, Item::Broken);
        items.push(item);
        if !broken && (ended(cursor) || cursor.take(&COMMA)) {
            continue;
        }
        if !broken {
            let hint = match cursor.peek() {
                Some(Kind::Sign(';')) => "; write each value, or one number for all channels",
                _ => behind_value(cursor),
            };
            cursor.unexpected(&format!("{place}: expected `,` or `]`"), hint);
        }
        cursor.skip_to(&[Kind::Close(')'), Kind::Close(']')]);
        cursor.take(&Kind::Close(']'));
        return Value { item: Item::Broken, at };
    }
    Value { item: Item::List(items), at }
}

/// What to do about something behind a value that does not end it: arithmetic, or a path, an index or a call.
fn behind_value(cursor: &Cursor<'_>) -> &'static str {
    match (cursor.peek(), cursor.peek_second()) {
        (Some(Kind::Sign('*' | '+' | '-' | '/' | '%')), _) => "; write the result: nothing but a/b is worked out here",
        (Some(Kind::Sign(':')), Some(Kind::Sign(':'))) | (Some(Kind::Sign('!' | '.') | Kind::Open(_)), _) => NAMES,
        (Some(Kind::Sign(':')), _) => "; a value stands behind `=`",
        _ => "",
    }
}

/// A value that is not a list.
fn single(cursor: &mut Cursor<'_>, place: &str) -> Value {
    let at = cursor.at();
    let item = match cursor.peek() {
        Some(Kind::Word(word)) => {
            cursor.advance();
            if word == "_" { Item::Later } else { Item::Word(word.clone()) }
        }
        Some(Kind::Number(..) | Kind::Unreadable(_) | Kind::Sign('-')) => {
            fraction(cursor, place).map_or(Item::Broken, Item::Number)
        }
        Some(Kind::Open(_)) => {
            let hint = match cursor.peek() {
                Some(Kind::Open('(')) => "; a list stands in [..]",
                _ => "",
            };
            cursor.unexpected(&format!("{place}: expected a single value"), hint);
            cursor.skip_group();
            Item::Broken
        }
        found => {
            let hint = if found == Some(&Kind::Sign('&')) { NAMES } else { "" };
            cursor.unexpected(&format!("{place}: expected a value"), hint);
            // What separates still does; anything else is in the way.
            if !matches!(found, Some(&COMMA | Kind::Close(')'))) {
                cursor.advance();
            }
            Item::Broken
        }
    };
    Value { item, at }
}

/// `a` or `a/b`.
fn fraction(cursor: &mut Cursor<'_>, place: &str) -> Option<f64> {
    let at = cursor.at();
    let mut value = signed(cursor, place)?;
    if cursor.take(&Kind::Sign('/')) {
        let divisor_at = cursor.at();
        let divisor = signed(cursor, place)?;
        if divisor == 0.0 {
            cursor.error(divisor_at, format!("{place}: division by 0"));
            return None;
        }
        value /= divisor;
        if !value.is_finite() {
            cursor.error(at, format!("{place}: the quotient is not a finite number"));
            return None;
        }
    }
    // Adding zero turns -0 into 0: a declaration has one zero, with one text and one hash.
    Some(value + 0.0)
}

/// A finite number with or without `-`.
fn signed(cursor: &mut Cursor<'_>, place: &str) -> Option<f64> {
    let sign = if cursor.take(&Kind::Sign('-')) { -1.0 } else { 1.0 };
    let at = cursor.at();
    let message = match cursor.peek() {
        Some(Kind::Number(value, _)) if value.is_finite() => {
            cursor.advance();
            return Some(sign * value);
        }
        Some(number @ Kind::Number(..)) => format!("{place}: {number} is not a finite number"),
        Some(text @ Kind::Unreadable(quoted)) if quoted.starts_with(['"', '\'']) => {
            format!("{place}: {text} stands in quotes; write it without them")
        }
        Some(text @ Kind::Unreadable(_)) => {
            format!("{place}: {text} is not a number; write it like 255, 0.5, 1e-5 or 1/255")
        }
        _ => {
            let hint = match cursor.peek() {
                Some(Kind::Word(word)) if is_constant(word) => NAMES,
                _ => "",
            };
            cursor.unexpected(&format!("{place}: expected a number"), hint);
            return None;
        }
    };
    cursor.error(at, message);
    cursor.advance();
    None
}
