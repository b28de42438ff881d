//! Declared pipelines as attributes of a module.

use std::sync::{PoisonError, RwLock};

use pixfuse::{Entry, Spec, Values, presets};
use pixfuse_spec::Number;
use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use crate::failure::Failure;
use crate::keywords;
use crate::pipeline::Pipeline;

/// A declaration with numbers written `_`: called with them, it gives a Pipeline.
///
/// Numbers are keyword arguments: rows, columns, scale, mean, std and eps, as many as the declaration leaves open.
/// `mean` and `std` are one number, or one for each output channel in the output's order. Raises PipelineError when a
/// number is missing, not asked for or against the rules.
#[pyclass(frozen, module = "pixfuse")]
pub(crate) struct Declaration {
    entry: &'static Entry,
}

#[pymethods]
impl Declaration {
    #[pyo3(signature = (**numbers))]
    fn __call__(&self, numbers: Option<&Bound<'_, PyDict>>) -> Result<Pipeline, Failure> {
        let mut values = Values::default();
        for (name, value) in numbers.into_iter().flatten() {
            let name = name.cast::<pyo3::types::PyString>().map_err(PyErr::from)?.to_string_lossy();
            if !keywords::value(&mut values, &name, &value)? {
                let message = format!("{name}: no such number, expected {}", keywords::VALUES.join(", "));
                return Err(Failure::Argument(message));
            }
        }
        Ok(pixfuse::Pipeline::bind(self.entry, &values)?.into())
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

/// Adds a declaration to a module under its name in `snake_case`.
pub(crate) fn add(module: &Bound<'_, PyModule>, entry: &'static Entry) -> PyResult<()> {
    let name = presets::snake_case(entry.name);
    if module.hasattr(&name)? {
        let message = format!("the declaration {} would be a second attribute `{name}`", entry.name);
        return Err(PyImportError::new_err(message));
    }
    if entry.spec().is_open() {
        return module.add(name, Declaration { entry });
    }
    let pipe = pixfuse::Pipeline::from_entry(entry).map_err(Failure::from)?;
    module.add(name, Pipeline::from(pipe))
}

/// Every declaration that a module of this library was made from.
static DECLARED: RwLock<Vec<&'static Entry>> = RwLock::new(Vec::new());

/// Lets [`pipeline`] find these declarations.
pub(crate) fn remember(entries: &'static [Entry]) {
    DECLARED.write().unwrap_or_else(PoisonError::into_inner).extend(entries);
}

/// The pipeline of a text and its open numbers: on the kernel of the declaration that says the same, else on the grid's.
pub(crate) fn pipeline(spec: &Spec, values: &Values) -> Result<pixfuse::Pipeline, pixfuse::Error> {
    let spec = spec.bind(values)?;
    for entry in DECLARED.read().unwrap_or_else(PoisonError::into_inner).iter() {
        let declared = entry.spec();
        let values = left_open(&declared, &spec);
        if declared.bind(&values).is_ok_and(|bound| bound == spec) {
            return pixfuse::Pipeline::bind(entry, &values);
        }
    }
    pixfuse::Pipeline::new(spec)
}

/// The numbers of `spec` that stand where `declared` has `_`.
fn left_open(declared: &Spec, spec: &Spec) -> Values {
    fn number<T: Clone>(open: &Number<T>, known: &Number<T>) -> Option<T> {
        if open.is_later() { known.known().cloned() } else { None }
    }
    let resize = declared.resize.as_ref().zip(spec.resize.as_ref());
    let normalize = declared.normalize.as_ref().zip(spec.normalize.as_ref());
    Values {
        rows: resize.and_then(|(open, known)| number(&open.rows, &known.rows)),
        columns: resize.and_then(|(open, known)| number(&open.columns, &known.columns)),
        scale: normalize.and_then(|(open, known)| number(&open.scale, &known.scale)),
        mean: normalize.and_then(|(open, known)| number(&open.mean, &known.mean)),
        std: normalize.and_then(|(open, known)| number(&open.std, &known.std)),
        eps: normalize.and_then(|(open, known)| number(&open.eps, &known.eps)),
    }
}
