//! The Python module `own_pipelines`.
#![forbid(unsafe_code)]

use pyo3::prelude::*;

/// Pipelines of one's own: `names()` lists them.
#[pymodule(gil_used = false)]
fn own_pipelines(module: &Bound<'_, PyModule>) -> PyResult<()> {
    pixfuse_python::register(module, declarations::PIPELINES)
}
