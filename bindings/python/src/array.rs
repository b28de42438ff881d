//! Objects as numpy arrays, and the memory of arrays.
//!
//! Finding the array of an object runs the object's own code, which may do anything, also to arrays that were found
//! before. [`Array::look`] runs none: calls find all their objects first, then look at each, and then use what they saw.

use std::ffi::c_void;

use numpy::npyffi::{_PyArray_GET_ITEM_DATA, NPY_ARRAY_ALIGNED, NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_WRITEABLE};
use numpy::{PyArrayDescr, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pixfuse::bridge::next_step::{self, Given};
use pixfuse::{Error, Sample};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyMemoryView, PyString, PyTuple, PyType};

use crate::failure::{Failure, found};
use crate::tensor::{note, tensor};

/// An array, of the dtype that it had when it was found.
pub(crate) struct Array<'py> {
    array: Bound<'py, PyUntypedArray>,
    dtype: Bound<'py, PyArrayDescr>,
}

/// The memory of an array, until other code runs.
pub(crate) struct Look<'a> {
    pub(crate) data: *mut c_void,
    pub(crate) shape: &'a [usize],
    pub(crate) strides: &'a [isize],
    pub(crate) is_c_contiguous: bool,
    pub(crate) is_aligned: bool,
    pub(crate) is_writable: bool,
}

impl<'py> Array<'py> {
    /// An array whose elements are of this type.
    ///
    /// # Errors
    /// When they are not: the array.
    pub(crate) fn of<T: numpy::Element>(array: Bound<'py, PyUntypedArray>) -> Result<Self, Bound<'py, PyUntypedArray>> {
        let dtype = array.dtype();
        if dtype.is_equiv_to(&numpy::dtype::<T>(array.py())) { Ok(Self { array, dtype }) } else { Err(array) }
    }

    /// Where its elements are now. No Python code runs here, and none may run before the last use of what is seen.
    ///
    /// # Errors
    /// When the array has got another dtype: an error of this kind.
    pub(crate) fn look(&self, kind: fn(String) -> Error) -> Result<Look<'_>, Error> {
        let Self { array, dtype } = self;
        if !array.dtype().is(dtype) {
            return Err(kind("got another dtype while the arguments were read".into()));
        }
        // SAFETY: `array` is a live numpy array, which has these fields, and this thread is attached to the interpreter.
        let (data, flags) = unsafe {
            let fields = _PyArray_GET_ITEM_DATA(array.as_array_ptr());
            ((*fields).data, (*fields).flags)
        };
        let has = |flag| flags & flag != 0;
        Ok(Look {
            data: data.cast(),
            shape: array.shape(),
            strides: array.strides(),
            is_c_contiguous: has(NPY_ARRAY_C_CONTIGUOUS),
            is_aligned: has(NPY_ARRAY_ALIGNED),
            is_writable: has(NPY_ARRAY_WRITEABLE),
        })
    }

    pub(crate) fn into_any(self) -> Bound<'py, PyAny> {
        self.array.into_any()
    }
}

/// The array of an object that is one, or that says how its memory is one.
pub(crate) fn array<'py>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, PyUntypedArray>, Failure> {
    match object.cast::<PyUntypedArray>() {
        Ok(array) => Ok(array.clone()),
        Err(_) => read(object),
    }
}

/// An object that says how its memory is an array.
pub(crate) fn read<'py>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, PyUntypedArray>, Failure> {
    let py = object.py();
    // A class has the attributes of its instances, and means none of them.
    if object.is_instance_of::<PyType>() {
        return Err(no_array(object, Error::Image));
    }
    if let Some(array) = tensor(object, Error::Image)? {
        return Ok(array);
    }
    not_of_a_gpu(object, Error::Image)?;
    if object.hasattr(intern!(py, "__array_interface__"))? || object.hasattr(intern!(py, "__array__"))? {
        return as_array(object).inspect_err(|error| note(error, object, Error::Image)).map_err(Failure::from);
    }
    match memory(object)? {
        Some(memory) => Ok(as_array(&memory)?),
        None => Err(no_array(object, Error::Image)),
    }
}

/// Refuses what lies in the memory of a GPU, as numba and CuPy say.
pub(crate) fn not_of_a_gpu(object: &Bound<'_, PyAny>, kind: fn(String) -> Error) -> Result<(), Failure> {
    if object.hasattr(intern!(object.py(), "__cuda_array_interface__"))? {
        return Err(kind(format!("{} in the memory of a GPU{}", found(object), next_step::ON_THE_CPU)).into());
    }
    Ok(())
}

/// What is said of an object that is no array, and what to do about it.
pub(crate) fn no_array(object: &Bound<'_, PyAny>, kind: fn(String) -> Error) -> Failure {
    let is_image = matches!(kind(String::new()), Error::Image(_));
    let is_path =
        || object.is_instance_of::<PyString>() || object.hasattr(intern!(object.py(), "__fspath__")).unwrap_or(false);
    let (what, step) = if object.is_instance_of::<PyType>() {
        (format!("the class {}", name(object)), next_step::INSTANCE)
    } else {
        let step = if !is_image {
            ""
        } else if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
            "; `batch` takes many images, numpy.asarray makes an array of numbers"
        } else if is_path() {
            next_step::DECODE
        } else if object.is_none() {
            ", which cv2.imread gives for a file that it cannot read"
        } else {
            ""
        };
        (found(object), step)
    };
    kind(format!("expected an array, found {what}{step}")).into()
}

/// The name of a class.
fn name(class: &Bound<'_, PyAny>) -> String {
    let name = class.cast::<PyType>().map_err(PyErr::from).and_then(|class| class.name());
    name.map_or_else(|_| "of an object".into(), |name| name.to_string_lossy().into_owned())
}

/// The type of an array's elements, as far as something can be done about it.
pub(crate) fn given(dtype: &Bound<'_, PyArrayDescr>) -> Given {
    match (dtype.kind(), dtype.itemsize()) {
        (b'b', _) => Given::Bool,
        (b'u' | b'f', 2 | 4) if dtype.is_native_byteorder() == Some(false) => Given::Swapped,
        (b'u', 1) => Given::Sample(Sample::U8),
        (b'u', 2) => Given::Sample(Sample::U16),
        (b'f', 4) => Given::Sample(Sample::F32),
        (b'f', _) => Given::Float,
        (b'u' | b'i', _) => Given::Integer,
        _ => Given::Other,
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
pub(crate) fn as_array<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    static AS_ARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let array = AS_ARRAY.import(object.py(), "numpy", "asarray")?.call1((object,))?;
    Ok(array.cast_into::<PyUntypedArray>()?)
}

/// A shape as Python writes it.
pub(crate) fn tuple(shape: &[usize]) -> String {
    match shape {
        [side] => format!("({side},)"),
        sides => format!("({})", sides.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
