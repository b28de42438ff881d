//! Arrays that results are written to.

use std::mem::MaybeUninit;

use numpy::npyffi::{_PyArray_GET_ITEM_DATA, NPY_ARRAY_WRITEABLE};
use numpy::{PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods, dtype};
use pixfuse::{Element, Error, TensorElement};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

use crate::failure::{Failure, found};
use crate::image::{as_array, memory, tensor, tuple};

/// A writable, C-contiguous and aligned array.
pub(crate) struct Out<'py, T> {
    array: Bound<'py, PyArrayDyn<T>>,
    length: usize,
}

impl<'py, T: TensorElement + numpy::Element> Out<'py, T> {
    /// The array that a caller gave, or a new one.
    ///
    /// # Errors
    /// As [`given`](Self::given) and [`new`](Self::new).
    pub(crate) fn of(py: Python<'py>, out: Option<&Bound<'py, PyAny>>, dims: &[usize]) -> Result<Self, Failure> {
        if T::ELEMENT == Element::Bf16 {
            has_bfloat16(py)?;
        }
        match out {
            Some(out) => Self::given(out, dims),
            None => Self::new(py, dims),
        }
    }

    /// The array that a caller gave, or the memory of a tensor or of an object with the buffer protocol.
    ///
    /// # Errors
    /// When it is not as described above, of exactly this shape and of this element type.
    fn given(object: &Bound<'py, PyAny>, dims: &[usize]) -> Result<Self, Failure> {
        // Not `__array__`: it may give a copy, and the result would be lost.
        let array = match object.cast::<PyUntypedArray>() {
            Ok(array) => array.clone(),
            Err(_) => match tensor(object, Error::Output)? {
                Some(array) => array,
                None => match memory(object)? {
                    Some(memory) => as_array(&memory)?,
                    None => return Err(Error::Output(format!("expected an array, found {}", found(object))).into()),
                },
            },
        };
        let Ok(array) = array.cast::<PyArrayDyn<T>>() else {
            let wanted = dtype::<T>(object.py());
            return Err(Error::Output(format!("dtype {}, expected {wanted}", array.dtype())).into());
        };
        let shape = array.shape();
        let wrong = if shape != dims {
            Some(format!("shape {}, expected {}", tuple(shape), tuple(dims)))
        } else if !array.is_c_contiguous() {
            Some("not C-contiguous; numpy.empty makes an array that is".to_owned())
        } else if !array.is_aligned() {
            Some(format!("not aligned for its dtype {}", array.dtype()))
        } else if !is_writable(array) {
            Some("read-only".to_owned())
        } else {
            None
        };
        match wrong {
            Some(message) => Err(Error::Output(message).into()),
            None => Ok(Self { length: shape.iter().product(), array: array.clone() }),
        }
    }

    /// A new array.
    ///
    /// # Errors
    /// When there is no memory for it.
    fn new(py: Python<'py>, dims: &[usize]) -> Result<Self, Failure> {
        static EMPTY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let array = EMPTY.import(py, "numpy", "empty")?.call1((PyTuple::new(py, dims)?, dtype::<T>(py)))?;
        let array = array.cast_into::<PyArrayDyn<T>>().map_err(PyErr::from)?;
        Ok(Self { array, length: dims.iter().product() })
    }

    /// Its elements, which no other thread may read or write meanwhile.
    pub(crate) fn elements(&mut self) -> &mut [MaybeUninit<T>] {
        // SAFETY: the array is writable, C-contiguous and aligned and has `length` elements: `given` asked, and
        // `numpy.empty` makes such arrays. It lives as long as `self` holds it and is not moved: `ndarray.resize`
        // refuses meanwhile. That nobody else uses it meanwhile is the contract of `Pipeline.__call__`; that the source
        // image does not is checked by the core before anything is read or written.
        unsafe { std::slice::from_raw_parts_mut(self.array.data().cast(), self.length) }
    }

    /// The array itself.
    pub(crate) fn into_array(self) -> Bound<'py, PyAny> {
        self.array.into_any()
    }
}

/// numpy has no bfloat16 of its own.
///
/// # Errors
/// When the package that brings it is not installed.
fn has_bfloat16(py: Python<'_>) -> Result<(), Failure> {
    static ML_DTYPES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    ML_DTYPES.import(py, "ml_dtypes", "bfloat16").map(drop).map_err(|_| {
        let message = "elements are bf16, which numpy has from the package ml_dtypes: pip install ml_dtypes";
        Error::Output(message.into()).into()
    })
}

fn is_writable<T>(array: &Bound<'_, PyArrayDyn<T>>) -> bool {
    // SAFETY: the pointer is that of a live array, and the thread is attached to the interpreter as long as `array` is.
    unsafe { (*_PyArray_GET_ITEM_DATA(array.as_array_ptr())).flags & NPY_ARRAY_WRITEABLE != 0 }
}
