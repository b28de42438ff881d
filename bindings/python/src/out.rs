//! Arrays and tensors that results are written to.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use numpy::npyffi::{_PyArray_GET_ITEM_DATA, NPY_ARRAY_WRITEABLE};
use numpy::{PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods, dtype};
use pixfuse::{Element, Error, TensorElement};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

use crate::bfloat16;
use crate::failure::{Failure, found};
use crate::image::{as_array, memory, tensor, tuple};

/// Memory for results, as its owner describes it.
pub(crate) struct Memory<'py> {
    /// Keeps it alive, and where it is.
    pub(crate) owner: Bound<'py, PyAny>,
    pub(crate) data: *mut c_void,
    pub(crate) shape: Vec<usize>,
    pub(crate) is_c_contiguous: bool,
    pub(crate) is_aligned: bool,
    pub(crate) is_writable: bool,
}

impl<'py> Memory<'py> {
    pub(crate) fn of<T: numpy::Element>(array: Bound<'py, PyArrayDyn<T>>) -> Self {
        Self {
            data: array.data().cast(),
            shape: array.shape().to_vec(),
            is_c_contiguous: array.is_c_contiguous(),
            is_aligned: array.is_aligned(),
            is_writable: is_writable(&array),
            owner: array.into_any(),
        }
    }
}

/// Writable, C-contiguous and aligned elements.
pub(crate) struct Out<'py, T> {
    owner: Bound<'py, PyAny>,
    data: *mut MaybeUninit<T>,
    length: usize,
}

impl<'py, T: TensorElement + numpy::Element> Out<'py, T> {
    /// The array that a caller gave, or a new one.
    ///
    /// # Errors
    /// As [`given`](Self::given) and [`new`](Self::new).
    pub(crate) fn of(py: Python<'py>, out: Option<&Bound<'py, PyAny>>, dims: &[usize]) -> Result<Self, Failure> {
        if T::ELEMENT == Element::Bf16 {
            // numpy has the type from ml_dtypes, which tensors do without.
            if let Some(out) = out
                && !out.is_instance_of::<PyUntypedArray>()
                && let Some(memory) = bfloat16::memory(out)?
            {
                return Self::on(memory, dims);
            }
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
    /// When it has another element type, and as [`on`](Self::on).
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
        Self::on(Memory::of(array.clone()), dims)
    }

    /// A new array.
    ///
    /// # Errors
    /// When there is no memory for it.
    fn new(py: Python<'py>, dims: &[usize]) -> Result<Self, Failure> {
        static EMPTY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let array = EMPTY.import(py, "numpy", "empty")?.call1((PyTuple::new(py, dims)?, dtype::<T>(py)))?;
        let array = array.cast_into::<PyArrayDyn<T>>().map_err(PyErr::from)?;
        Self::on(Memory::of(array), dims)
    }

    /// Memory of elements of this type.
    ///
    /// # Errors
    /// When it is not writable, C-contiguous and aligned, or not of exactly this shape.
    fn on(memory: Memory<'py>, dims: &[usize]) -> Result<Self, Failure> {
        let Memory { owner, data, shape, is_c_contiguous, is_aligned, is_writable } = memory;
        let message = if shape != dims {
            format!("shape {}, expected {}", tuple(&shape), tuple(dims))
        } else if !is_c_contiguous {
            "not C-contiguous; numpy.empty makes an array that is".to_owned()
        } else if !is_aligned {
            "not aligned for its dtype".to_owned()
        } else if !is_writable {
            "read-only".to_owned()
        } else {
            return Ok(Self { owner, data: data.cast(), length: shape.iter().product() });
        };
        Err(Error::Output(message).into())
    }

    /// Its elements, which no other thread may read or write meanwhile.
    pub(crate) fn elements(&mut self) -> &mut [MaybeUninit<T>] {
        // SAFETY: `on` accepted memory that is writable, C-contiguous and aligned and has `length` elements. It lives
        // as long as `self` holds its owner and is not moved: `ndarray.resize` refuses meanwhile, and so does a library
        // that gave a tensor away. That nobody else uses it meanwhile is the contract of `Pipeline.__call__`; that the
        // source image does not is checked by the core before anything is read or written.
        unsafe { std::slice::from_raw_parts_mut(self.data, self.length) }
    }

    /// The array that was made.
    pub(crate) fn into_array(self) -> Bound<'py, PyAny> {
        self.owner
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
