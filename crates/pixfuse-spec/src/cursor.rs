//! A place in a token stream: looking at what comes, taking it, and finding the way on after a mistake.
//!
//! Places are numbers of tokens, so that nothing behind depends on what a place is to the caller.

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Error, ErrorKind, Kind};

pub(crate) struct Cursor<'a> {
    tokens: &'a [&'a Kind],
    /// Never beyond the end of `tokens`.
    next: usize,
    errors: &'a mut Vec<Error<usize>>,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(tokens: &'a [&'a Kind], errors: &'a mut Vec<Error<usize>>) -> Self {
        Self { tokens, next: 0, errors }
    }

    pub(crate) fn peek(&self) -> Option<&'a Kind> {
        self.tokens.get(self.next).copied()
    }

    pub(crate) fn peek_second(&self) -> Option<&'a Kind> {
        self.tokens.get(self.next + 1).copied()
    }

    /// The place of the next token, or of the end.
    pub(crate) fn at(&self) -> usize {
        self.next
    }

    /// Whether the next tokens are a name and a round bracket. No value looks like that, so it is always a new clause.
    pub(crate) fn at_clause(&self) -> bool {
        matches!(self.tokens[self.next..], [Kind::Word(_), Kind::Open('('), ..])
    }

    pub(crate) fn advance(&mut self) {
        self.next = (self.next + 1).min(self.tokens.len());
    }

    /// Takes the next token if it is this one.
    pub(crate) fn take(&mut self, kind: &Kind) -> bool {
        let found = self.peek() == Some(kind);
        if found {
            self.advance();
        }
        found
    }

    /// Takes `name =`.
    pub(crate) fn take_name(&mut self) -> Option<&'a str> {
        let [Kind::Word(name), Kind::Sign('='), ..] = self.tokens[self.next..] else { return None };
        self.next += 2;
        Some(name)
    }

    /// Moves to one of these signs or brackets, or to the next clause or the end.
    pub(crate) fn skip_to(&mut self, ends: &[Kind]) {
        while self.peek().is_some_and(|kind| !ends.contains(kind)) && !self.at_clause() {
            self.advance();
        }
    }

    /// Moves behind the bracket that closes the next one, or to the next clause or the end.
    pub(crate) fn skip_group(&mut self) {
        let mut depth = 0_usize;
        while let Some(kind) = self.peek() {
            match kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth = depth.saturating_sub(1),
                _ if self.at_clause() => return,
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return;
            }
        }
    }

    /// Reports the next token, or the end, in place of what was expected; `hint` is what to do about it, or nothing.
    pub(crate) fn unexpected(&mut self, expectation: &str, hint: &str) {
        let found = self.peek().map_or("the end".to_owned(), Kind::to_string);
        self.error(self.at(), format!("{expectation}, found {found}{hint}"));
    }

    pub(crate) fn error(&mut self, at: usize, message: String) {
        self.errors.push(Error::new(ErrorKind::Syntax, at, message));
    }
}
