//! When two pipelines are the same, what makes one, and sides as one takes them.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use pixfuse_bindings::{ArgumentError, argument::WHOLE};
use pyo3::prelude::*;

use super::Pipeline;
use crate::failure::{Failure, found};

impl Pipeline {
    /// Rows and columns as the pipeline takes them, which turns them as it declares.
    pub(super) fn sides(
        &self,
        rows: &Bound<'_, PyAny>,
        columns: &Bound<'_, PyAny>,
        orient: Option<&Bound<'_, PyAny>>,
    ) -> Result<[usize; 2], Failure> {
        let stored = [side("rows", rows)?, side("columns", columns)?];
        Ok(crate::orient::orient(orient)?.sides(&self.pipe, stored)?)
    }
}

impl From<pixfuse::Pipeline> for Pipeline {
    fn from(pipe: pixfuse::Pipeline) -> Self {
        Self { pipe, padded: OnceLock::new() }
    }
}

impl PartialEq for Pipeline {
    fn eq(&self, other: &Self) -> bool {
        self.pipe == other.pipe
    }
}

impl Hash for Pipeline {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pipe.hash(state);
    }
}

/// A side or a number of threads.
pub(super) fn side(name: &str, given: &Bound<'_, PyAny>) -> Result<usize, Failure> {
    given.extract().map_err(|_| ArgumentError::unexpected(name, WHOLE, found(given)).into())
}
