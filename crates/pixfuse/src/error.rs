//! Everything that can be wrong with a call.

use pixfuse_spec::{BindError, ParseError};

#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// What was wrong, naming the clause or argument, the value, and what was expected.
///
/// Nothing has been written to an output when a call returns an error other than [`Memory`](Error::Memory).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text of a pipeline is not one.
    #[error(transparent)]
    Spec(#[from] ParseError),
    /// A number written `_` was not given, or given wrongly.
    #[error(transparent)]
    Values(#[from] BindError),
    /// A source image does not fit the pipeline or is not an image.
    #[error("image: {0}")]
    Image(String),
    /// An output buffer does not fit the pipeline.
    #[error("out: {0}")]
    Output(String),
    /// The level that was asked for is unknown or not there on this CPU.
    #[error("level: {0}")]
    Level(String),
    /// An [`Entry`](crate::Entry) has a kernel that is not that of its declaration: it was not made by the macro.
    #[error("kernel: {0}")]
    Kernel(String),
    /// There is no memory for what a call needs besides its output.
    ///
    /// Tables and scratch grow with the sides of an image; a call that was given several images or threads may have
    /// written a part of its output.
    #[error("memory: {0}")]
    Memory(String),
    /// Numbers that no geometry has.
    #[error("geometry: {0}")]
    Geometry(String),
    /// A number of threads that no call can have.
    #[error("threads: {given}, expected 1 to {most}")]
    Threads {
        /// What was asked for.
        given: usize,
        /// The most that there can be.
        most: usize,
    },
}
