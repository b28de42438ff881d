//! Everything that can be wrong with a call.

use std::fmt;

use pixfuse_spec::{BindError, ParseError};

#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// What was wrong, naming the clause or argument, the value, and what was expected.
///
/// Nothing has been written to an output when a call returns an error other than [`Memory`](Error::Memory).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The text of a pipeline is not one.
    Spec(ParseError),
    /// A number written `_` was not given, or given wrongly.
    Values(BindError),
    /// A source image does not fit the pipeline or is not an image.
    Image(String),
    /// An output buffer does not fit the pipeline.
    Output(String),
    /// The named level is unknown or not there on this CPU.
    Level(String),
    /// An [`Entry`](crate::Entry) has a kernel that is not that of its declaration: it was not made by the macro.
    Kernel(String),
    /// There is no memory for what a call needs besides its output.
    ///
    /// Tables and scratch grow with the sides of an image; a call that was given several images or threads may have
    /// written a part of its output.
    Memory(String),
    /// Numbers that no geometry has.
    Geometry(String),
    /// A number of threads that no call can have.
    Threads {
        /// The number that was given.
        given: usize,
        /// The most that there can be.
        most: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (subject, message) = match self {
            Self::Spec(error) => return error.fmt(f),
            Self::Values(error) => return error.fmt(f),
            Self::Threads { given, most: 1 } => {
                return write!(f, "threads: {given}, expected 1; the feature `threads` of pixfuse has more");
            }
            Self::Threads { given, most } => return write!(f, "threads: {given}, expected 1 to {most}"),
            Self::Image(message) => ("image", message),
            Self::Output(message) => ("out", message),
            Self::Level(message) => ("level", message),
            Self::Kernel(message) => ("kernel", message),
            Self::Memory(message) => ("memory", message),
            Self::Geometry(message) => ("geometry", message),
        };
        write!(f, "{subject}: {message}")
    }
}

impl std::error::Error for Error {}

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        Self::Spec(error)
    }
}

impl From<BindError> for Error {
    fn from(error: BindError) -> Self {
        Self::Values(error)
    }
}
