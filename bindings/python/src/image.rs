//! Python objects to image views.

use numpy::{PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pixfuse::{Error, ImageRef, Layout, PixelFormat};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyMemoryView;

use crate::failure::{Failure, found};

/// The pixels of a Python object, which stay alive with this.
pub(crate) struct Image<'py> {
    array: Bound<'py, PyArrayDyn<u8>>,
    /// Rows, columns and channels, whichever axes of the array they are; [`ImageRef::check_view`] has seen them.
    shape: [usize; 3],
    strides: [isize; 3],
    /// What the object itself says that its channels are.
    format: Option<PixelFormat>,
}

impl<'py> Image<'py> {
    /// The pixels that a pipeline reads from an object.
    ///
    /// # Errors
    /// When the object is no array of u8 with the axes of `input(...)`.
    pub(crate) fn of(object: &Bound<'py, PyAny>, pipe: &pixfuse::Pipeline) -> Result<Self, Failure> {
        let input = &pipe.spec().input;
        let (array, format, layout) = match object.cast::<PyUntypedArray>() {
            Ok(array) => (array.clone(), None, input.layout),
            Err(_) => match pillow_format(object)? {
                // Pillow's pixels are interleaved, whatever a pipeline expects of arrays.
                Some(format) => (read(object)?, Some(format), Layout::Hwc),
                None => (read(object)?, None, input.layout),
            },
        };
        let Ok(array) = array.cast::<PyArrayDyn<u8>>() else {
            return Err(Error::Image(format!("dtype {}, expected uint8", array.dtype())).into());
        };
        let wanted = input.format.channels();
        let (shape, strides) = match (layout, array.shape(), array.strides()) {
            (Layout::Hwc, &[rows, columns, channels], &[row, column, channel])
            | (Layout::Chw, &[channels, rows, columns], &[channel, row, column])
                if channels == wanted =>
            {
                ([rows, columns, channels], [row, column, channel])
            }
            (_, &[rows, columns], &[row, column]) if wanted == 1 => ([rows, columns, 1], [row, column, 1]),
            (_, shape, _) => {
                let expected = match (layout, wanted) {
                    (Layout::Hwc, 1) => "(rows, columns) or (rows, columns, 1)".to_owned(),
                    (Layout::Chw, 1) => "(rows, columns) or (1, rows, columns)".to_owned(),
                    (Layout::Hwc, channels) => format!("(rows, columns, {channels})"),
                    (Layout::Chw, channels) => format!("({channels}, rows, columns)"),
                };
                return Err(Error::Image(format!("shape {}, expected {expected} for {input}", tuple(shape))).into());
            }
        };
        ImageRef::check_view(shape, strides)?;
        Ok(Self { array: array.clone(), shape, strides, format })
    }

    /// The view of the pixels, which no other thread may write while it is read.
    ///
    /// # Errors
    /// When the object's own format has other channels than its array.
    pub(crate) fn view(&self) -> Result<ImageRef<'_>, Failure> {
        // SAFETY: numpy keeps every byte that an array's shape and strides reach readable for as long as the array
        // lives, which `self` sees to, and does not move it: `ndarray.resize` refuses while somebody else holds the
        // array. `check_view` accepted shape and strides in `of`. That nothing is written meanwhile is the contract of
        // `Pipeline.__call__`, as it is of numpy's own functions.
        let view = unsafe { ImageRef::from_raw_parts(self.array.data(), self.shape, self.strides) };
        Ok(match self.format {
            Some(format) => view.with_format(format)?,
            None => view,
        })
    }
}

/// An object that says how its memory is an array.
fn read<'py>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, PyUntypedArray>, Failure> {
    let py = object.py();
    if object.hasattr(intern!(py, "__array_interface__"))? || object.hasattr(intern!(py, "__array__"))? {
        return as_array(object);
    }
    match memory(object)? {
        Some(memory) => as_array(&memory),
        None => Err(Error::Image(format!("expected an array of uint8, found {}", found(object))).into()),
    }
}

/// The memory of an object with the buffer protocol; nothing for another object.
pub(crate) fn memory<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyMemoryView>>> {
    match PyMemoryView::from(object) {
        Ok(memory) => Ok(Some(memory)),
        Err(error) if error.is_instance_of::<PyTypeError>(object.py()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// `numpy.asarray`.
pub(crate) fn as_array<'py>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, PyUntypedArray>, Failure> {
    static AS_ARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let array = AS_ARRAY.import(py, "numpy", "asarray")?.call1((object,)).inspect_err(|error| {
        // The object's own code failed: a GPU tensor, say. A note leaves its words as they are; losing one is no harm.
        let _ = error.add_note(py, format!("while {} was read as an array", found(object)));
    })?;
    Ok(array.cast_into::<PyUntypedArray>().map_err(PyErr::from)?)
}

/// What the channels of a Pillow image are; nothing for another object.
///
/// Pillow's arrays do not tell palette indices from gray, or CMYK from RGBA.
fn pillow_format(object: &Bound<'_, PyAny>) -> Result<Option<PixelFormat>, Failure> {
    let py = object.py();
    // Where Pillow was never imported, no object is of its class.
    let modules = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    let Ok(pillow) = modules.get_item(intern!(py, "PIL.Image")) else { return Ok(None) };
    if !object.is_instance(&pillow.getattr(intern!(py, "Image"))?)? {
        return Ok(None);
    }
    let mode = object.getattr(intern!(py, "mode"))?;
    match mode.extract::<&str>() {
        Ok("L") => Ok(Some(PixelFormat::Gray8)),
        Ok("RGB") => Ok(Some(PixelFormat::Rgb8)),
        Ok("RGBA") => Ok(Some(PixelFormat::Rgba8)),
        _ => {
            let mode = found(&mode);
            let message = format!("a Pillow image of mode {mode}, expected L, RGB or RGBA: image.convert(\"RGB\")");
            Err(Error::Image(message).into())
        }
    }
}

/// A shape as Python writes it.
pub(crate) fn tuple(shape: &[usize]) -> String {
    match shape {
        [side] => format!("({side},)"),
        sides => format!("({})", sides.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
