//! Batches of files one after another: what shows how far the work is, and holds no more than one.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList};

use super::Pipeline;
use crate::failure::{Failure, found};

/// What `Pipeline.decode_batches` gives: an iterator, whose length is known where that of the files is.
#[pyclass(module = "pixfuse")]
pub(crate) struct Batches {
    pipe: Py<Pipeline>,
    files: Py<PyIterator>,
    size: usize,
    /// How many batches are to come, where that is known.
    left: Option<usize>,
    options: Option<Py<PyDict>>,
}

impl Batches {
    pub(crate) fn new(
        pipe: Py<Pipeline>,
        files: &Bound<'_, PyAny>,
        size: usize,
        options: Option<&Bound<'_, PyDict>>,
    ) -> Result<Self, Failure> {
        let Ok(iterator) = files.try_iter() else {
            return Err(Failure::Argument(format!("files: expected a list of files, found {}", found(files))));
        };
        if size == 0 {
            return Err(Failure::Argument("size: expected a whole number of at least 1, found 0".into()));
        }
        // An array that `decode_batch` writes to would be every batch's; a function gives each its own.
        if let Some(options) = options
            && let Some(out) = options.get_item("out")?
            && !out.is_callable()
        {
            let message = "out: each batch has an array of its own, which a function of its shape and dtype may give; \
                           decode_batch takes one";
            return Err(Failure::Argument(message.into()));
        }
        let left = files.len().ok().map(|count| count.div_ceil(size));
        Ok(Self {
            pipe,
            files: iterator.unbind(),
            size,
            left,
            options: options.map(|options| options.clone().unbind()),
        })
    }
}

#[pymethods]
impl Batches {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __len__(&self) -> PyResult<usize> {
        self.left.ok_or_else(|| {
            pyo3::exceptions::PyTypeError::new_err("the files are an iterator, whose length is not known")
        })
    }

    fn __next__<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        // Nothing is borrowed while other code runs: the files' iterator may come back here.
        let (pipe, mut files, size, options) = {
            let this = slf.borrow();
            let options = this.options.as_ref().map(|options| options.bind(py).clone());
            (this.pipe.bind(py).clone(), this.files.bind(py).clone(), this.size, options)
        };
        let list = PyList::empty(py);
        while list.len() < size
            && let Some(file) = files.next()
        {
            list.append(file?)?;
        }
        if list.is_empty() {
            return Ok(None);
        }
        let made = pipe.call_method("decode_batch", (list,), options.as_ref())?;
        let mut this = slf.borrow_mut();
        this.left = this.left.map(|left| left.saturating_sub(1));
        Ok(Some(made))
    }
}
