//! Configs of models.

use std::path::PathBuf;

use pixfuse_config::{Backend, Imported, Overrides, Source, Value, Variant, read};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::failure::Failure;

/// A config that was read: what `pixfuse.Processor` runs by.
#[pyclass(frozen, module = "pixfuse")]
pub(crate) struct Config {
    source: Source,
    imported: Imported,
}

#[pymethods]
impl Config {
    /// Reads the files of a model by their names, one file without a name, or what is at a path.
    ///
    /// `keywords` is a JSON object.
    #[new]
    #[pyo3(signature = (files, path, backend, keywords))]
    fn new(
        files: Option<Vec<(String, String)>>,
        path: Option<PathBuf>,
        backend: &str,
        keywords: &str,
    ) -> Result<Self, Failure> {
        let backend = Backend::from_name(backend)
            .ok_or_else(|| Failure::Argument(format!("backend: '{backend}', expected 'torch' or 'pil'")))?;
        let source = match (files, path) {
            (Some(files), _) => Source::files(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))?,
            (None, Some(path)) => Source::path(&path)?,
            (None, None) => return Err(Failure::Argument("source: missing".to_owned())),
        };
        let imported = read(&source, backend, &overrides(keywords)?)?;
        Ok(Self { source, imported })
    }

    /// The same config with the keywords of a call, a JSON object.
    fn with_keywords(&self, keywords: &str) -> Result<Self, Failure> {
        Ok(Self { source: self.source.clone(), imported: self.imported.with(&overrides(keywords)?)? })
    }

    /// The files that it was read from.
    #[getter]
    fn files(&self) -> Vec<(String, String)> {
        self.source.texts().map(|(name, text)| (name.to_owned(), text)).collect()
    }

    /// Whose config it is.
    #[getter]
    fn library(&self) -> &'static str {
        self.imported.library.name()
    }

    /// The class that reads it.
    #[getter]
    fn class_name(&self) -> &str {
        &self.imported.class
    }

    /// Whose bytes it gives: `torch` or `pil`.
    #[getter]
    fn backend(&self) -> &'static str {
        self.imported.backend.name()
    }

    /// The declaration for images of these channels: `rgb`, `gray`, `alpha`, or `file` for what is decoded.
    ///
    /// Raises what the library raises, or what is lacking.
    fn declaration(&self, channels: &str) -> Result<String, Failure> {
        let Imported { class, spec, gray, alpha, .. } = &self.imported;
        let variant = match channels {
            "rgb" => return Ok(spec.to_string()),
            "file" => return Ok(self.imported.of_files().to_string()),
            "gray" => gray,
            _ => alpha,
        };
        match variant {
            Variant::Declared(spec) => Ok(spec.to_string()),
            Variant::Raises(why) => Err(Failure::Argument(format!("image: {class}: {why}"))),
            Variant::Refused(error) => Err(error.clone().into()),
        }
    }

    /// What the library returns, in its order: pairs of a name and what it is.
    #[getter]
    fn outputs<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        let value = |value: Value| match value {
            Value::Pixels => "pixels".into_pyobject(py).map(Bound::into_any).map_err(PyErr::from),
            Value::Mask => "mask".into_pyobject(py).map(Bound::into_any).map_err(PyErr::from),
            Value::SourceSizes => "sizes".into_pyobject(py).map(Bound::into_any).map_err(PyErr::from),
            Value::Each(one) => one.into_pyobject(py).map(Bound::into_any).map_err(PyErr::from),
            Value::EachPair(pair) => PyList::new(py, pair).map(Bound::into_any),
            Value::Nothing => Ok(PyList::empty(py).into_any()),
            Value::Text(text) => PyList::new(py, [text]).map(Bound::into_any),
        };
        self.imported.outputs.iter().map(|output| Ok((output.name, value(output.value)?))).collect()
    }

    /// Whether smaller images of a batch are padded to the largest.
    #[getter]
    fn pads(&self) -> bool {
        self.imported.batch == pixfuse_config::Batch::Pad
    }

    /// Whether the class makes RGB of an image of any mode.
    #[getter]
    fn converts(&self) -> bool {
        self.imported.converts
    }

    /// Whether a list of images is the frames of one video.
    #[getter]
    fn is_video(&self) -> bool {
        self.imported.is_video
    }

    /// Whether images of some sizes are refused, so that `admits` must be asked.
    #[getter]
    fn is_limited(&self) -> bool {
        self.imported.limit.is_some()
    }

    /// Raises when the declaration is not the class's result for an image of this size.
    fn admits(&self, rows: usize, columns: usize) -> Result<(), Failure> {
        Ok(self.imported.admits(rows, columns)?)
    }

    /// Every key that the class takes, with its value here, as JSON.
    #[getter]
    fn record(&self) -> String {
        serde_json::Value::Object(self.imported.record.clone()).to_string()
    }

    /// What a reader should know.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.imported.notes.clone()
    }

    /// What was read and what became of it, for people.
    fn explain(&self) -> String {
        self.imported.explain()
    }
}

/// Keywords of a call, written as JSON.
fn overrides(keywords: &str) -> Result<Overrides, Failure> {
    serde_json::from_str(keywords).map_err(|error| Failure::Argument(format!("keywords: {error}")))
}

/// Adds the class, and the exception's attributes that say what is lacking.
pub(crate) fn exception(error: &pixfuse_config::Error) -> PyErr {
    let raised = crate::failure::PipelineError::new_err(error.to_string());
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
