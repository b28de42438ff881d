//! Python objects to image views.

use numpy::{PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pixfuse::spec::Input;
use pixfuse::{Error, ImageRef, Layout, PixelFormat, Sample};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyMemoryView;

use crate::failure::{Failure, found};
use crate::pillow::{self, Pixels};
use crate::planes::Planes;

/// The samples of a Python object, which stay alive with this.
pub(crate) enum Image<'py> {
    Pixels(Interleaved<'py>),
    Planes(Planes<'py>),
}

/// Pixels, or planes of one channel each.
pub(crate) struct Interleaved<'py> {
    _owner: Bound<'py, PyAny>,
    /// Row 0, column 0, channel 0.
    origin: *const u8,
    /// Rows, columns and channels, whichever axes of the object they are; [`ImageRef::check_samples`] has seen them.
    shape: [usize; 3],
    strides: [isize; 3],
    sample: Sample,
    /// What the object itself says that its channels are.
    format: Option<PixelFormat>,
    /// Whether a fourth byte follows the three of each pixel.
    has_padding: bool,
}

impl<'py> Image<'py> {
    /// The pixels that a pipeline reads from an object.
    ///
    /// # Errors
    /// When the object is no array with the axes and samples of `input(...)`.
    pub(crate) fn of(object: &Bound<'py, PyAny>, pipe: &pixfuse::Pipeline) -> Result<Self, Failure> {
        let input = &pipe.spec().input;
        if input.format.is_yuv() {
            return Planes::of(object, input.format).map(Self::Planes);
        }
        Interleaved::of(object, input).map(Self::Pixels)
    }

    /// The view of the samples, which no other thread may write while it is read.
    ///
    /// # Errors
    /// When the object's own format has other channels than its array.
    pub(crate) fn view(&self) -> Result<ImageRef<'_>, Failure> {
        match self {
            Self::Pixels(pixels) => pixels.view(),
            Self::Planes(planes) => planes.view(),
        }
    }

    /// As [`view`](Self::view), of four channels, where red, green and blue have a fourth byte behind them.
    pub(crate) fn padded(&self) -> Option<ImageRef<'_>> {
        match self {
            Self::Pixels(pixels) => pixels.padded(),
            Self::Planes(_) => None,
        }
    }
}

impl<'py> Interleaved<'py> {
    fn of(object: &Bound<'py, PyAny>, input: &Input) -> Result<Self, Failure> {
        let (array, format, layout) = match object.cast::<PyUntypedArray>() {
            Ok(array) => (array.clone(), None, input.layout),
            Err(_) => match pillow::format(object)? {
                // Pillow's pixels are interleaved, whatever a pipeline expects of arrays.
                Some(format) => match Pixels::of(object, format)? {
                    Some(pixels) => return Self::of_pillow(pixels, format, input),
                    None => (as_array(object)?, Some(format), Layout::Hwc),
                },
                None => (read(object)?, None, input.layout),
            },
        };
        let sample = input.format.sample();
        let (origin, expected) = match sample {
            Sample::U8 => (origin::<u8>(&array), "uint8"),
            Sample::U16 => (origin::<u16>(&array), "uint16"),
            Sample::F32 => (origin::<f32>(&array), "float32"),
        };
        let Some(origin) = origin else {
            return Err(Error::Image(format!("dtype {}, expected {expected}", array.dtype())).into());
        };
        let (shape, strides) = axes(array.shape(), array.strides(), layout, input)?;
        Ok(Self { _owner: array.into_any(), origin, shape, strides, sample, format, has_padding: false })
    }

    /// The pixels of a Pillow image, where they lie.
    fn of_pillow(pixels: Pixels<'py>, format: PixelFormat, input: &Input) -> Result<Self, Failure> {
        let Pixels { owner, origin, rows, columns, bytes } = pixels;
        let strides = [columns * bytes, bytes, 1].map(|stride| stride as isize);
        let (shape, strides) = match format {
            PixelFormat::Gray8 => axes(&[rows, columns], &strides[..2], Layout::Hwc, input),
            _ => axes(&[rows, columns, format.channels()], &strides, Layout::Hwc, input),
        }?;
        let has_padding = bytes > format.channels();
        let (format, sample) = (Some(format), Sample::U8);
        Ok(Self { _owner: owner.into_any(), origin, shape, strides, sample, format, has_padding })
    }

    /// The view of the pixels, which no other thread may write while it is read.
    ///
    /// # Errors
    /// When the object's own format has other channels than its array.
    fn view(&self) -> Result<ImageRef<'_>, Failure> {
        // SAFETY: numpy keeps every byte that an array's shape and strides reach readable for as long as the array
        // lives, which `self` sees to, and does not move it: `ndarray.resize` refuses while somebody else holds the
        // array. So does Pillow with the rows of an image that it gave away. `check_samples` accepted shape and strides in
        // `axes`. That nothing is written meanwhile is the contract of `Pipeline.__call__`, as it is of numpy's own
        // functions.
        let view = unsafe { ImageRef::from_raw_samples(self.sample, self.origin, self.shape, self.strides) };
        Ok(match self.format {
            Some(format) => view.with_format(format)?,
            None => view,
        })
    }

    /// As [`view`](Self::view), of four channels, where red, green and blue have a fourth byte behind them.
    fn padded(&self) -> Option<ImageRef<'_>> {
        let [rows, columns, _] = self.shape;
        self.has_padding.then(|| {
            // SAFETY: as in `view`; rows are dense and have four bytes a pixel.
            unsafe { ImageRef::from_raw_parts(self.origin, [rows, columns, 4], self.strides) }
        })
    }
}

/// The rows, columns and channels of an array that `input(...)` reads, with their strides.
fn axes(
    shape: &[usize],
    strides: &[isize],
    layout: Layout,
    input: &Input,
) -> Result<([usize; 3], [isize; 3]), Failure> {
    let wanted = input.format.channels();
    let (shape, strides) = match (layout, shape, strides) {
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
    ImageRef::check_samples(input.format.sample(), shape, strides)?;
    Ok((shape, strides))
}

/// The first element of an array of this type.
fn origin<T: numpy::Element>(array: &Bound<'_, PyUntypedArray>) -> Option<*const u8> {
    Some(array.cast::<PyArrayDyn<T>>().ok()?.data().cast_const().cast())
}

/// An array, or an object that says how its memory is one.
pub(crate) fn array<'py>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, PyUntypedArray>, Failure> {
    match object.cast::<PyUntypedArray>() {
        Ok(array) => Ok(array.clone()),
        Err(_) => read(object),
    }
}

/// An object that says how its memory is an array.
fn read<'py>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, PyUntypedArray>, Failure> {
    let py = object.py();
    if let Some(array) = tensor(object, Error::Image)? {
        return Ok(array);
    }
    if object.hasattr(intern!(py, "__array_interface__"))? || object.hasattr(intern!(py, "__array__"))? {
        return as_array(object);
    }
    match memory(object)? {
        Some(memory) => as_array(&memory),
        None => Err(Error::Image(format!("expected an array, found {}", found(object))).into()),
    }
}

/// What DLPack calls memory that the CPU reads: its own, and its own that a GPU reads too.
pub(crate) const CPU: [i32; 3] = [1, 3, 11];

/// An array on the memory of a tensor of torch, or of any library that speaks DLPack: never a copy. Nothing for another
/// object.
///
/// # Errors
/// When the memory is not the CPU's: an error of this kind.
pub(crate) fn tensor<'py>(
    object: &Bound<'py, PyAny>,
    kind: fn(String) -> Error,
) -> Result<Option<Bound<'py, PyUntypedArray>>, Failure> {
    static FROM_DLPACK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let array = if let Some(torch) = class(py, "torch", "Tensor")?
        && object.is_instance(&torch)?
    {
        // Writable, which `numpy.from_dlpack` is with newer versions of both only.
        object.call_method0(intern!(py, "numpy"))
    } else if object.hasattr(intern!(py, "__dlpack__"))? && object.hasattr(intern!(py, "__dlpack_device__"))? {
        let (device, _): (i32, i64) = object.call_method0(intern!(py, "__dlpack_device__"))?.extract()?;
        if !CPU.contains(&device) {
            let what = found(object);
            return Err(
                kind(format!("{what} on device {device} of DLPack, expected the CPU (1): copy it there")).into()
            );
        }
        FROM_DLPACK.import(py, "numpy", "from_dlpack")?.call1((object,))
    } else {
        return Ok(None);
    };
    let array = array.inspect_err(|error| note(error, object))?;
    Ok(Some(array.cast_into::<PyUntypedArray>().map_err(PyErr::from)?))
}

/// A class of a module; nothing where the module was never imported, so that no object is of it.
pub(crate) fn class<'py>(py: Python<'py>, module: &str, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let modules = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    // A module that is just being imported by another thread may not have the class yet.
    Ok(modules.get_item(module).and_then(|module| module.getattr(name)).ok())
}

/// Says with the error of an object's own code, of a tensor on a GPU say, what it was about.
pub(crate) fn note(error: &PyErr, object: &Bound<'_, PyAny>) {
    // A note leaves its words as they are; losing one is no harm.
    let _ = error.add_note(object.py(), format!("while {} was read as an array", found(object)));
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
    let array = AS_ARRAY.import(py, "numpy", "asarray")?.call1((object,)).inspect_err(|error| note(error, object))?;
    Ok(array.cast_into::<PyUntypedArray>().map_err(PyErr::from)?)
}

/// A shape as Python writes it.
pub(crate) fn tuple(shape: &[usize]) -> String {
    match shape {
        [side] => format!("({side},)"),
        sides => format!("({})", sides.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
