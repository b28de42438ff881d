//! Declared pipelines as attributes of a module.

use std::sync::{PoisonError, RwLock};

use pixfuse::{Entry, presets};
use pixfuse_bindings::declared;
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use crate::failure::Failure;
use crate::keywords;
use crate::pipeline::Pipeline;

/// A declaration with numbers written `_`: called with them, it gives a Pipeline.
///
/// Numbers are keyword arguments, those that the declaration leaves open: rows, columns, shortest, longest, crop_rows,
/// crop_columns, scale, mean, std and eps. `mean` and `std` are one number, or one for each output channel in the output's
/// order. Raises PipelineError when a number is missing, not asked for or against the rules.
#[pyclass(frozen, weakref, module = "pixfuse")]
pub(crate) struct Declaration {
    entry: &'static Entry,
}

#[pymethods]
impl Declaration {
    /// The pipeline with these numbers: `declaration(..)` is `declaration.bind(..)`.
    #[pyo3(
        signature = (**numbers),
        text_signature = "($self, *, rows=..., columns=..., shortest=..., longest=..., crop_rows=..., crop_columns=..., \
                          scale=..., mean=..., std=..., eps=...)"
    )]
    fn bind(&self, numbers: Option<&Bound<'_, PyDict>>) -> Result<Pipeline, Failure> {
        Ok(pixfuse::Pipeline::bind(self.entry, &keywords::values(numbers)?)?.into())
    }

    /// The canonical text, with its `_`.
    #[getter]
    fn spec(&self) -> &'static str {
        self.entry.text
    }

    fn __repr__(&self) -> String {
        format!("<Declaration {}: {}>", presets::snake_case(self.entry.name), self.entry.text)
    }
}

/// What a module has been made from.
struct Declared {
    module: String,
    entries: &'static [Entry],
}

/// Every module of this library.
static DECLARED: RwLock<Vec<Declared>> = RwLock::new(Vec::new());

/// Lets the declarations be found, by the attributes of their module and by what they say.
///
/// # Errors
/// When two attributes would have one name.
pub(crate) fn declare(module: &Bound<'_, PyModule>, entries: &'static [Entry]) -> PyResult<()> {
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        let name = presets::snake_case(entry.name);
        if names.contains(&name) || module.hasattr(&name)? {
            let message = format!("the declaration {} would be a second attribute `{name}`", entry.name);
            return Err(PyImportError::new_err(message));
        }
        names.push(name);
    }
    declared::declare(entries);
    let declared = Declared { module: module.name()?.to_string(), entries };
    DECLARED.write().unwrap_or_else(PoisonError::into_inner).push(declared);
    Ok(())
}

/// The declarations of a module, in their order.
pub(crate) fn declared(module: &Bound<'_, PyModule>) -> PyResult<&'static [Entry]> {
    let name = module.name()?.to_string();
    let declared = DECLARED.read().unwrap_or_else(PoisonError::into_inner);
    Ok(declared.iter().find(|declared| declared.module == name).map_or(&[], |declared| declared.entries))
}

/// The attribute of a declaration: a [`Pipeline`] or, where numbers are open, a [`Declaration`].
pub(crate) fn attribute<'py>(py: Python<'py>, entry: &'static Entry) -> Result<Bound<'py, PyAny>, Failure> {
    Ok(if entry.spec().is_open() {
        Bound::new(py, Declaration { entry })?.into_any()
    } else {
        Bound::new(py, Pipeline::from(pixfuse::Pipeline::from_entry(entry)?))?.into_any()
    })
}
