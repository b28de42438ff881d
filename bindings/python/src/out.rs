//! Arrays and tensors that results are written to.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use numpy::{PyUntypedArray, PyUntypedArrayMethods, dtype};
use pixfuse::{Element, Error, TensorElement, with_element};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};

use crate::array::{self, Array, Look, as_array, no_array, not_of_a_gpu, tuple};
use crate::bfloat16;
use crate::failure::{Failure, found};
use crate::memory;
use crate::result::Memory;
use crate::tensor::tensor;

/// Writable, C-contiguous and aligned elements of a shape.
pub(crate) struct Out<'py, T> {
    memory: Memory<'py>,
    /// What the caller gave, or its function did; nothing where the array is new.
    given: Option<Bound<'py, PyAny>>,
    /// What to do where it turns out to be read-only.
    writable: &'static str,
    dims: Vec<usize>,
    elements: PhantomData<T>,
}

impl<'py, T: TensorElement + numpy::Element> Out<'py, T> {
    /// The array that a caller gave, what its function gives for the shape and the name of the dtype, or a new one. This
    /// may run code of the object.
    ///
    /// # Errors
    /// As [`over`](Self::over) and [`made`](Self::made), and what the function raises.
    pub(crate) fn of(py: Python<'py>, out: Option<&Bound<'py, PyAny>>, dims: &[usize]) -> Result<Self, Failure> {
        match out {
            // A class has arguments of its own, and a shape means nothing to most.
            Some(out) if out.is_callable() && !out.is_instance_of::<PyType>() => {
                Self::over(&out.call1((PyTuple::new(py, dims)?, dtype_name(T::ELEMENT)))?, dims)
            }
            Some(out) => Self::over(out, dims),
            None => Self {
                memory: Self::made(py, dims)?,
                given: None,
                writable: "",
                dims: dims.to_vec(),
                elements: PhantomData,
            }
            .fit(),
        }
    }

    /// The memory of an object.
    ///
    /// # Errors
    /// As [`given`](Self::given) and [`elements`](Self::elements).
    pub(crate) fn over(object: &Bound<'py, PyAny>, dims: &[usize]) -> Result<Self, Failure> {
        let memory = Self::given(object)?;
        // DLPack without a version cannot say that memory may be written to, which numpy reads as no.
        let is_ort = !object.is_instance_of::<PyUntypedArray>() && found(object) == "OrtValue";
        let writable = if is_ort { "; ortvalue.numpy() is the same memory, and may be written to" } else { "" };
        Self { memory, given: Some(object.clone()), writable, dims: dims.to_vec(), elements: PhantomData }.fit()
    }

    fn fit(self) -> Result<Self, Failure> {
        self.checked()?;
        Ok(self)
    }

    /// The array that a caller gave, or the memory of a tensor or of an object with the buffer protocol.
    ///
    /// # Errors
    /// When it has another element type.
    fn given(object: &Bound<'py, PyAny>) -> Result<Memory<'py>, Failure> {
        // Not `__array__`: it may give a copy, and the result would be lost.
        let array = match object.cast::<PyUntypedArray>() {
            Ok(array) => array.clone(),
            Err(_) => {
                if object.is_instance_of::<PyType>() {
                    return Err(no_array(object, Error::Output));
                }
                // numpy has the type from ml_dtypes, which tensors do without.
                if T::ELEMENT == Element::Bf16
                    && let Some(memory) = bfloat16::memory(object)?
                {
                    return Ok(memory);
                }
                match tensor(object, Error::Output)? {
                    Some(array) => array,
                    None => {
                        not_of_a_gpu(object, Error::Output)?;
                        match array::memory(object)? {
                            Some(memory) => as_array(&memory)?,
                            None => return Err(no_array(object, Error::Output)),
                        }
                    }
                }
            }
        };
        has_dtype::<T>(object.py())?;
        let wrong = |array: Bound<'_, PyUntypedArray>| {
            let wanted = dtype::<T>(object.py());
            Error::Output(format!("dtype {}, expected {wanted}", array.dtype()))
        };
        Ok(Memory::Array(Array::of::<T>(array).map_err(wrong)?))
    }

    /// A new array.
    ///
    /// # Errors
    /// When there is no memory for it.
    fn made(py: Python<'py>, dims: &[usize]) -> Result<Memory<'py>, Failure> {
        has_dtype::<T>(py)?;
        let array = memory::empty(py, dims, dtype::<T>(py))?;
        let wrong = |_| Failure::from(Error::Output("numpy.empty gives another dtype than it was asked for".into()));
        Ok(Memory::Array(Array::of::<T>(array).map_err(wrong)?))
    }

    /// The first element.
    ///
    /// # Errors
    /// When the memory is not writable, C-contiguous and aligned, or not of exactly this shape; for one tensor a block of
    /// one, as models take it, is that shape too.
    fn checked(&self) -> Result<*mut c_void, Error> {
        let Look { data, shape, is_c_contiguous, is_aligned, is_writable, .. } = self.memory.look()?;
        let is_block_of_one = self.dims.len() == 3 && shape.split_first() == Some((&1, self.dims.as_slice()));
        Err(Error::Output(if shape != self.dims && !is_block_of_one {
            format!("shape {}, expected {}", tuple(shape), tuple(&self.dims))
        } else if !is_c_contiguous {
            "not C-contiguous; numpy.empty makes an array that is".to_owned()
        } else if !is_aligned {
            "not aligned for its dtype".to_owned()
        } else if !is_writable {
            format!("read-only{}", self.writable)
        } else {
            return Ok(data);
        }))
    }

    /// Refuses to write over files that are read from where they lie.
    ///
    /// # Errors
    /// When one shares memory with this.
    pub(crate) fn lies_apart_from<'a>(&self, mut files: impl Iterator<Item = &'a [u8]>) -> Result<(), Failure> {
        let start = self.checked()?.addr();
        let end = start + self.dims.iter().product::<usize>() * size_of::<T>();
        let shares = |file: &[u8]| {
            let file = file.as_ptr_range();
            file.start.addr() < end && start < file.end.addr()
        };
        if files.any(shares) {
            return Err(Error::Output("shares memory with a file that is read".into()).into());
        }
        Ok(())
    }

    /// Its elements as they lie now: no other code may run, and no other thread read or write them, before their last use.
    ///
    /// # Errors
    /// When the memory has become another than was found.
    pub(crate) fn elements(&mut self) -> Result<&mut [MaybeUninit<T>], Failure> {
        let (data, length) = (self.checked()?, self.dims.iter().product());
        // SAFETY: `checked` found just now memory of `length` elements that is writable, C-contiguous and aligned. It lives
        // as long as `self` holds its owner. That no code that could move it runs, and no thread uses it, before the
        // elements were written is what this function asks for; that the source image does not lie there is checked by
        // the core before anything is read or written.
        Ok(unsafe { std::slice::from_raw_parts_mut(data.cast(), length) })
    }

    /// What the caller gets: what it or its function gave, or the array that was made.
    pub(crate) fn result(self) -> Bound<'py, PyAny> {
        match self.given {
            Some(given) => given,
            None => self.memory.into_any(),
        }
    }
}

/// The memory of an object as an array of this shape and element, for what writes to it piece by piece; where it is of
/// bfloat16, the object itself.
///
/// # Errors
/// As [`Out::over`].
pub(crate) fn writable<'py>(
    object: &Bound<'py, PyAny>,
    dims: &[usize],
    element: Element,
) -> Result<Bound<'py, PyAny>, Failure> {
    let memory = with_element!(element, T => Out::<T>::over(object, dims)?.memory.into_any());
    // An array of its bits, where numpy has no such dtype.
    Ok(if element == Element::Bf16 { object.clone() } else { memory })
}

/// The element that numpy calls so.
///
/// # Errors
/// When there is none.
pub(crate) fn element_of(dtype: &str) -> Result<Element, Failure> {
    const ALL: [Element; 5] = [Element::F32, Element::F16, Element::Bf16, Element::U8, Element::I8];
    let found = ALL.into_iter().find(|&element| dtype_name(element) == dtype);
    found.ok_or_else(|| Failure::Argument(format!("dtype: '{dtype}' is that of no tensor")))
}

/// What numpy calls these elements.
pub(crate) fn dtype_name(element: Element) -> &'static str {
    match element {
        Element::F32 => "float32",
        Element::F16 => "float16",
        Element::Bf16 => "bfloat16",
        Element::U8 => "uint8",
        Element::I8 => "int8",
    }
}

/// numpy has no bfloat16 of its own.
///
/// # Errors
/// When the package that brings it is not installed.
fn has_dtype<T: TensorElement>(py: Python<'_>) -> Result<(), Failure> {
    static ML_DTYPES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if T::ELEMENT != Element::Bf16 {
        return Ok(());
    }
    ML_DTYPES.import(py, "ml_dtypes", "bfloat16").map(drop).map_err(|_| {
        let message = "elements are bf16, which numpy has from the package ml_dtypes: pip install ml_dtypes";
        Error::Output(message.into()).into()
    })
}
