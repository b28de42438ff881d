//! Pipelines of [`pixfuse`] for Python: what the package `pixfuse` is made with, and your own module.
//!
//! A crate of type `cdylib` with these lines is a Python module of your declarations:
//!
//! ```ignore
//! #[pyo3::pymodule(gil_used = false)]
//! fn own_pipelines(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
//!     pixfuse_python::register(module, own_pipelines::PIPELINES)
//! }
//! ```
//!
//! ```python
//! from own_pipelines import classifier, detector
//!
//! tensor = classifier(image)                          # a closed declaration is a Pipeline
//! tensor = detector(rows=480, columns=640)(image)     # an open one is a function of its `_`
//! ```
//!
//! Nothing here decides anything: `argument` reads arguments, of which `pixfuse_bindings` makes a `Spec`, `image` and `out` turn arrays into views, `file`
//! and `arrow` objects into the bytes of files, which `decode` hands on, `failure` turns errors into exceptions.
//!
//! Features are those of `pixfuse-decode`: `libjpeg-turbo` for JPEG by the C library, which takes a C compiler, cmake and on x86 nasm;
//! `avif` and `heic` by the system's libavif and libheif. `abi3t` makes modules for
//! Python 3.15 and later, with the lock or without.

mod argument;
mod array;
mod arrow;
mod bfloat16;
mod config;
mod declaration;
mod decode;
mod failure;
mod file;
mod geometry;
mod image;
mod keywords;
mod memory;
mod modes;
mod orient;
mod out;
mod pillow;
mod pipeline;
mod planes;
mod result;
mod tensor;

use numpy::{PyArrayDescr, PyUntypedArray};
use pixfuse::{Entry, Level, presets};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyModule};

use crate::config::Config;
use crate::declaration::Declaration;
use crate::failure::{Failure, FileError, PipelineError};
use crate::geometry::Geometry;
use crate::pipeline::{Picture, Pipeline};

/// Adds the classes `Pipeline`, `Declaration`, `Geometry`, `Picture`, `PipelineError` and `FileError`, `names()`, and one attribute for each
/// declaration.
///
/// The struct `HandWrittenLoop` becomes the attribute `hand_written_loop`: a `Pipeline` that runs on the declaration's
/// own kernel. A declaration with numbers written `_` becomes a `Declaration`, which is called with these numbers by name
/// (`rows`, `columns`, `mean` ..) and gives such a `Pipeline`. Attributes are made when they are first asked for: an import
/// costs nothing, and does not fail because `PIXFUSE_LEVEL` is wrong.
///
/// The classes say that they belong to `module`, so that their pickles find the way back into it. A pipeline is pickled
/// as its text; where that is the text of a declaration, the copy runs on the declaration's kernel again.
///
/// # Errors
/// When two attributes would have one name, or when numpy is missing.
pub fn register(module: &Bound<'_, PyModule>, entries: &'static [Entry]) -> PyResult<()> {
    let py = module.py();
    // Asked for here, a missing numpy is an ImportError; the first array would find out with a panic.
    py.import("numpy")?;
    let classes = [
        py.get_type::<Pipeline>(),
        py.get_type::<Declaration>(),
        py.get_type::<Geometry>(),
        py.get_type::<Picture>(),
        py.get_type::<PipelineError>(),
        py.get_type::<FileError>(),
    ];
    for class in classes {
        class.setattr("__module__", module.name()?)?;
        module.add(class.name()?, &class)?;
    }
    // Of an exception that somebody else makes, or that is about something else.
    py.get_type::<PipelineError>().setattr("mistakes", PyList::empty(py))?;
    py.get_type::<FileError>().setattr("code", "")?;
    py.get_type::<FileError>().setattr("index", py.None())?;
    // A slot of the interpreter's has no signature that `help` and `inspect` could show; a method has.
    for (class, method) in [(py.get_type::<Pipeline>(), "run"), (py.get_type::<Declaration>(), "bind")] {
        class.setattr("__call__", class.getattr(method)?)?;
    }
    module.add_function(wrap_pyfunction!(names, module)?)?;
    declaration::declare(module, entries)?;
    // `from module import *` asks for them all, but not for the functions that answer.
    for name in names(module)? {
        module.index()?.append(name)?;
    }
    module.setattr("__getattr__", wrap_pyfunction!(attribute, module)?)?;
    module.setattr("__dir__", wrap_pyfunction!(attributes, module)?)
}

/// The names of the declared pipelines of this module, each an attribute of it.
#[pyfunction]
#[pyo3(pass_module)]
fn names(module: &Bound<'_, PyModule>) -> PyResult<Vec<String>> {
    Ok(declaration::declared(module)?.iter().map(|entry| presets::snake_case(entry.name)).collect())
}

/// What Python calls for an attribute that the module has not, and never again for one that is made here.
#[pyfunction]
#[pyo3(name = "__getattr__", pass_module)]
fn attribute<'py>(module: &Bound<'py, PyModule>, name: &str) -> Result<Bound<'py, PyAny>, Failure> {
    let entries = declaration::declared(module)?;
    let Some(entry) = entries.iter().find(|entry| presets::snake_case(entry.name) == name) else {
        let message = format!("module '{}' has no attribute '{name}'", module.name()?);
        return Err(PyAttributeError::new_err(message).into());
    };
    let made = declaration::attribute(module.py(), entry)?;
    // Of two threads that come here at once, both get what one of them made.
    Ok(module.dict().call_method1("setdefault", (name, made))?)
}

/// What Python calls for `dir(module)`.
#[pyfunction]
#[pyo3(name = "__dir__", pass_module)]
fn attributes(module: &Bound<'_, PyModule>) -> PyResult<Vec<String>> {
    let mut attributes: Vec<String> = module.dict().keys().extract()?;
    attributes.extend(names(module)?);
    attributes.sort();
    attributes.dedup();
    Ok(attributes)
}

/// The levels that this CPU has, the slowest first: what the environment variable `PIXFUSE_LEVEL` may name.
///
/// >>> import pixfuse
/// >>> "scalar" in pixfuse.levels()
/// True
#[pyfunction]
fn levels() -> Vec<&'static str> {
    Level::available().into_iter().map(Level::name).collect()
}

/// Which decoder reads which files, for people: what to name in a bug report.
///
/// >>> import pixfuse
/// >>> print(pixfuse.decoders().splitlines()[1])
/// PNG   png
#[pyfunction]
fn decoders() -> &'static str {
    pixfuse_decode::decoders()
}

/// What a file's header says, in the order of `pixfuse.Header`.
#[pyfunction]
fn probe(data: &Bound<'_, PyAny>) -> Result<decode::Header, Failure> {
    decode::header(data)
}

/// `numpy.empty(shape, dtype)`, in memory that is kept for the next array when this one is gone.
#[pyfunction]
fn empty<'py>(py: Python<'py>, shape: Vec<usize>, dtype: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    memory::empty(py, &shape, PyArrayDescr::new(py, dtype)?)
}

/// An array over the memory of an object that has this shape and dtype and may be written to; the object where it is of
/// bfloat16.
#[pyfunction]
fn writable<'py>(out: &Bound<'py, PyAny>, shape: Vec<usize>, dtype: &str) -> Result<Bound<'py, PyAny>, Failure> {
    out::writable(out, &shape, out::element_of(dtype)?)
}

/// The project's own module, made like any other.
#[pymodule(gil_used = false)]
#[pyo3(name = "_pixfuse")]
fn own_module(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register(module, pixfuse::presets::PRESETS)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("LANGUAGE", pixfuse::language::TEXT)?;
    module.add_class::<Config>()?;
    module.add_function(wrap_pyfunction!(decoders, module)?)?;
    module.add_function(wrap_pyfunction!(probe, module)?)?;
    module.add_function(wrap_pyfunction!(empty, module)?)?;
    module.add_function(wrap_pyfunction!(writable, module)?)?;
    module.add_function(wrap_pyfunction!(levels, module)?)
}
