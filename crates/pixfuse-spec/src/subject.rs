//! What an error is about.

/// What a broken rule is about: a clause, an argument of it, or one value of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Subject {
    pub(crate) clause: &'static str,
    /// Its name, or for a value without one what it is; empty for the whole clause.
    pub(crate) argument: &'static str,
    pub(crate) index: Option<usize>,
}

impl Subject {
    pub(crate) const fn clause(clause: &'static str) -> Self {
        Self::of(clause, "")
    }

    pub(crate) const fn of(clause: &'static str, argument: &'static str) -> Self {
        Self { clause, argument, index: None }
    }

    pub(crate) const fn item(self, index: usize) -> Self {
        Self { index: Some(index), ..self }
    }
}
