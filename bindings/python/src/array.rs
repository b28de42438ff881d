//! Objects as numpy arrays, and the memory of arrays.
//!
//! Finding the array of an object runs the object's own code, which may do anything, also to arrays that were found
//! before. [`Array::look`] runs none: calls find all their objects first, then look at each, and then use what they saw.

use std::ffi::c_void;

use numpy::npyffi::{_PyArray_GET_ITEM_DATA, NPY_ARRAY_ALIGNED, NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_WRITEABLE};
use numpy::{PyArrayDescr, PyUntypedArray, PyUntypedArrayMethods};
use pixfuse::Error;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyMemoryView;

use crate::failure::{Failure, found};

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
        use numpy::PyArrayDescrMethods;
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
