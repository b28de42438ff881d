//! Why a call ends.

use std::fmt::Display;

use pixfuse_bindings::{ArgumentError, Mistake, mistakes};

/// Why a call ends: an `Error` in JavaScript, with this `code`.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// The place of a file in a batch.
    pub(crate) index: Option<usize>,
    /// Of a declaration.
    pub(crate) mistakes: Vec<Mistake>,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, message: impl Display) -> Self {
        Self { code, message: message.to_string(), index: None, mistakes: Vec::new() }
    }

    pub(crate) fn argument(message: impl Display) -> Self {
        Self::new("InvalidArg", message)
    }

    /// A mistake of the JavaScript half, which no user can make.
    pub(crate) fn internal(message: impl Display) -> Self {
        Self::new("internal", format_args!("a bug of pixfuse, please report it: {message}"))
    }

    /// What this module leaves out.
    pub(crate) fn absent(message: impl Display) -> Self {
        Self::new("absent", message)
    }

    #[cfg(any(feature = "photos", test))]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl From<ArgumentError> for Refusal {
    fn from(error: ArgumentError) -> Self {
        Self { mistakes: error.mistakes().to_vec(), ..Self::argument(error) }
    }
}

impl From<pixfuse::Error> for Refusal {
    fn from(error: pixfuse::Error) -> Self {
        Self { mistakes: mistakes(&error), ..Self::argument(error) }
    }
}

#[cfg(feature = "configs")]
impl From<pixfuse_config::Error> for Refusal {
    fn from(error: pixfuse_config::Error) -> Self {
        Self::argument(error)
    }
}
