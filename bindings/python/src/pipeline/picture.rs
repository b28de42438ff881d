//! The class `Picture`: what a tensor stands for, to look at.

use std::fmt::Write;
use std::path::PathBuf;

use numpy::{PyArray1, PyArray3, PyArrayMethods};
use pixfuse::Preview;
use pixfuse_bindings::preview;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyString};

use super::Pipeline;
use crate::decode;
use crate::failure::Failure;
use crate::file::File;
use crate::geometry::boxes_of;
use crate::orient::orient as oriented;

/// A picture of red, green and blue; `Pipeline.preview` makes it. A notebook shows it.
///
/// >>> import numpy, pixfuse
/// >>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 3, nearest), normalize(), output(rgb, f32, chw)")
/// >>> picture = pipe.preview(numpy.full((4, 6, 3), 7, numpy.uint8))
/// >>> picture.rows, picture.columns, numpy.asarray(picture).shape, picture.png()[1:4]
/// (2, 3, (2, 3, 3), b'PNG')
#[pyclass(frozen, eq, weakref, module = "pixfuse")]
#[derive(PartialEq)]
pub(crate) struct Picture {
    picture: pixfuse::Picture,
}

#[pymethods]
impl Picture {
    /// Its rows.
    #[getter]
    fn rows(&self) -> usize {
        self.picture.rows
    }

    /// Its columns.
    #[getter]
    fn columns(&self) -> usize {
        self.picture.columns
    }

    /// A new array of uint8, (rows, columns, 3): `numpy.asarray(picture)`, and what `PIL.Image.fromarray` takes.
    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<&Bound<'py, PyAny>>,
        copy: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        // What is given is a copy, whether one is asked for or not.
        let _ = copy;
        let array = self.array(py)?.into_any();
        match dtype {
            Some(dtype) => array.call_method1(intern!(py, "astype"), (dtype,)),
            None => Ok(array),
        }
    }

    /// The bytes of a PNG file.
    fn png<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Failure> {
        Ok(PyBytes::new(py, &py.detach(|| pixfuse_decode::png(&self.picture))?))
    }

    /// Writes a PNG file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> Result<(), Failure> {
        let file = py.detach(|| pixfuse_decode::png(&self.picture))?;
        Ok(py.detach(|| std::fs::write(path, file)).map_err(PyErr::from)?)
    }

    /// For notebooks.
    fn _repr_png_<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Failure> {
        self.png(py)
    }

    fn __repr__(&self) -> String {
        format!("Picture({}, {})", self.picture.rows, self.picture.columns)
    }
}

impl Picture {
    fn array<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray3<u8>>> {
        let pixfuse::Picture { rows, columns, pixels } = &self.picture;
        PyArray1::from_slice(py, pixels).reshape([*rows, *columns, 3])
    }
}

/// The picture of an image or a file.
pub(crate) fn of(
    pipe: &pixfuse::Pipeline,
    image: &Bound<'_, PyAny>,
    boxes: Option<&Bound<'_, PyAny>>,
    orient: Option<&Bound<'_, PyAny>>,
) -> Result<Picture, Failure> {
    let py = image.py();
    let boxes = boxes.map(boxes_of).transpose()?.unwrap_or_default();
    let picture = if is_file(image)? {
        let options = decode::options(orient, None, None, None, None)?;
        let file = File::of(image)?;
        let bytes = file.bytes();
        py.detach(|| preview::of_file(pipe, bytes, &options, &boxes))?
    } else {
        let preview = Preview::new(pipe)?;
        let plain = Pipeline::from(preview.pipeline().clone());
        let (tensor, geometry) = plain.run_seen(image, oriented(orient)?)?;
        py.detach(|| preview.draw(&tensor, &geometry, &boxes))?
    };
    Ok(Picture { picture })
}

/// Whether an object is a file and no image: text, a path, or bytes.
fn is_file(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.is_instance_of::<PyString>()
        || object.is_instance_of::<PyBytes>()
        || object.is_instance_of::<PyByteArray>()
        || object.hasattr(intern!(object.py(), "__fspath__"))?)
}

/// A pipeline in HTML, a row for each clause.
pub(crate) fn table(pipe: &pixfuse::Pipeline) -> String {
    let mut html = String::from("<table><caption>pixfuse.Pipeline</caption>");
    for (name, arguments) in pipe.spec().clauses() {
        // No word of the language has one of these, and a notebook should not have to know that.
        let arguments = arguments.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(
            html,
            "<tr><th style='text-align: left'>{name}</th><td style='text-align: left'>{arguments}</td></tr>"
        );
    }
    let shape = pipe.fixed_shape().map_or("follows from the image".into(), |dims| format!("{dims:?}"));
    let rest = [("tensor", format!("{} {shape}", pipe.element().name())), ("level", pipe.level().name().into())];
    for (name, value) in rest {
        let _ = write!(
            html,
            "<tr><th style='text-align: left'><i>{name}</i></th><td style='text-align: left'>{value}</td></tr>"
        );
    }
    html + "</table>"
}
