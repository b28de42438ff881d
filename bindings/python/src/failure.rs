//! Errors to exceptions.

use pixfuse::spec::Expected;
use pixfuse_bindings::{Mistake, mistakes};
use pyo3::PyErr;
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyRange, PyString};

pyo3::create_exception!(
    pixfuse,
    PipelineError,
    PyValueError,
    "What was wrong with a declaration or an argument: its name, its value and what was expected.\n\n\
     Nothing has been written to an output when it is raised.\n\n\
     `mistakes` lists those of a declaration, and is empty for another argument. Each is a dict: `message`; `kind`, which is \
     \"syntax\", \"clause\", \"argument\", \"value\" or \"rule\"; `clause`, `argument` and `index`, a place in a list; `value`, \
     what stands there; and `expected`, a list of names or a range of integers. What there is none of is None."
);

/// The exception for what the core refuses.
fn refused(error: &pixfuse::Error) -> PyErr {
    let exception = PipelineError::new_err(error.to_string());
    let mistakes = mistakes(error);
    if mistakes.is_empty() {
        return exception;
    }
    Python::attach(|py| {
        let mistakes = mistakes.iter().map(|mistake| described(py, mistake)).collect::<PyResult<Vec<_>>>();
        let set = mistakes.and_then(|mistakes| exception.value(py).setattr(intern!(py, "mistakes"), mistakes));
        set.err().unwrap_or(exception)
    })
}

/// One of `mistakes`.
fn described<'py>(py: Python<'py>, mistake: &Mistake) -> PyResult<Bound<'py, PyDict>> {
    let Mistake { message, kind, clause, argument, index, value, expected } = mistake;
    let described = PyDict::new(py);
    described.set_item("message", message)?;
    described.set_item("kind", kind)?;
    described.set_item("clause", clause)?;
    described.set_item("argument", argument)?;
    described.set_item("index", index)?;
    described.set_item("value", value)?;
    match expected {
        Some(Expected::Names(names)) => described.set_item("expected", names)?,
        Some(Expected::Integers { least, most }) => {
            let end = i64::from(*most) + 1;
            let integers = PyRange::new(py, *least as isize, isize::try_from(end).unwrap_or(isize::MAX))?;
            described.set_item("expected", integers)?;
        }
        _ => described.set_item("expected", py.None())?,
    }
    Ok(described)
}

pyo3::create_exception!(
    pixfuse,
    FileError,
    PipelineError,
    "What was wrong with a file, and not with the call: other files may do.\n\n\
     `code` is one word for it, which stays the same in later versions: \"missing\", \"unreadable\", \
     \"unknown_format\", \"no_decoder\", \"truncated\", \"damaged\", \"unsupported\", \"too_large\", \
     \"too_long\", \"colours\" or \"size\". `index` is its place in the list of a batch, else None."
);

/// The exception for what is wrong with a file, or with the call that reads it.
fn of_file(error: &pixfuse_decode::Error) -> PyErr {
    let message = error.to_string();
    if !error.is_of_file() {
        return PipelineError::new_err(message);
    }
    let index = match error {
        pixfuse_decode::Error::OfBatch { index, .. } => Some(*index),
        _ => None,
    };
    Python::attach(|py| {
        let exception = FileError::new_err(message);
        let value = exception.value(py);
        // An exception of Python has a place for attributes.
        let set =
            value.setattr(intern!(py, "code"), error.code()).and_then(|()| value.setattr(intern!(py, "index"), index));
        set.err().unwrap_or(exception)
    })
}

/// The exception for a config, with attributes that say what is lacking.
fn of_config(error: &pixfuse_config::Error) -> PyErr {
    let raised = PipelineError::new_err(error.to_string());
    Python::attach(|py| {
        let value = raised.value(py);
        let attributes = PyDict::new(py);
        // Losing one of them is no harm: the message says it too.
        let _ = attributes.set_item("feature", error.feature().map(pixfuse_config::Feature::name));
        let _ = attributes.set_item("key", error.key.as_deref());
        for (name, item) in attributes {
            let _ = name.extract::<String>().map(|name| value.setattr(name, item));
        }
    });
    raised
}

/// Why a call failed.
pub(crate) enum Failure {
    /// The core refused it.
    Refused(pixfuse::Error),
    /// A config cannot be read.
    Config(Box<pixfuse_config::Error>),
    /// The core would refuse what Python raised this about.
    Caused(pixfuse::Error, PyErr),
    /// A file cannot be decoded.
    File(pixfuse_decode::Error),
    /// An argument is nothing that the core has a word for.
    Argument(String),
    /// Python raised it: an object's own code, or no memory.
    Raised(PyErr),
}

impl Failure {
    /// The same failure, of one image out of many.
    pub(crate) fn of_image(self, index: usize) -> Self {
        match self {
            Self::Refused(pixfuse::Error::Image(message)) => {
                Self::Refused(pixfuse::Error::Image(format!("number {index}: {message}")))
            }
            Self::Caused(pixfuse::Error::Image(message), cause) => {
                Self::Caused(pixfuse::Error::Image(format!("number {index}: {message}")), cause)
            }
            other => other,
        }
    }
}

impl From<pixfuse::Error> for Failure {
    fn from(error: pixfuse::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<pixfuse_bindings::ArgumentError> for Failure {
    fn from(error: pixfuse_bindings::ArgumentError) -> Self {
        Self::Argument(error.into())
    }
}

impl From<pixfuse_config::Error> for Failure {
    fn from(error: pixfuse_config::Error) -> Self {
        Self::Config(Box::new(error))
    }
}

impl From<pixfuse_decode::Error> for Failure {
    fn from(error: pixfuse_decode::Error) -> Self {
        Self::File(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => refused(&error),
            Failure::Config(error) => of_config(&error),
            Failure::Caused(error, cause) => {
                let error = PipelineError::new_err(error.to_string());
                Python::attach(|py| error.set_cause(py, Some(cause)));
                error
            }
            Failure::File(error) => of_file(&error),
            Failure::Argument(message) => PipelineError::new_err(message),
            Failure::Raised(error) => error,
        }
    }
}

/// Characters of a value that are shown.
const MOST_SHOWN: usize = 60;

/// A value for an error message: itself if it is short, else its type.
pub(crate) fn found(value: &Bound<'_, PyAny>) -> String {
    let plain = value.is_none()
        || value.is_exact_instance_of::<PyBool>()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyFloat>()
        || value.is_exact_instance_of::<PyString>();
    // Only the plain types: another one's `repr` is somebody's code, and of any length.
    let shown = if plain { value.repr().map(|text| text.to_string_lossy().into_owned()).ok() } else { None };
    match shown {
        Some(text) if text.chars().count() <= MOST_SHOWN => text,
        _ => {
            value.get_type().name().map_or_else(|_| "an object".to_owned(), |name| name.to_string_lossy().into_owned())
        }
    }
}
