//! Memory for results: an array, or a tensor of a library that lends it.

use std::ffi::c_void;

use pixfuse::Error;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::array::{Array, Look};

/// Memory for results.
pub(crate) enum Memory<'py> {
    Array(Array<'py>),
    Lent(Lent<'py>),
}

impl<'py> Memory<'py> {
    /// As [`Array::look`].
    pub(crate) fn look(&self) -> Result<Look<'_>, Error> {
        match self {
            Self::Array(array) => array.look(Error::Output),
            Self::Lent(tensor) => Ok(tensor.look()),
        }
    }

    pub(crate) fn into_any(self) -> Bound<'py, PyAny> {
        match self {
            Self::Array(array) => array.into_any(),
            Self::Lent(tensor) => tensor.into_any(),
        }
    }
}

/// The memory of a tensor that another library lent by DLPack.
pub(crate) struct Lent<'py> {
    /// Keeps it alive, and where it is.
    pub(crate) owner: Bound<'py, PyCapsule>,
    pub(crate) data: *mut c_void,
    pub(crate) shape: Vec<usize>,
    pub(crate) is_c_contiguous: bool,
    pub(crate) is_writable: bool,
}

impl<'py> Lent<'py> {
    /// As [`Array::look`]. What was lent stays where it is.
    fn look(&self) -> Look<'_> {
        Look {
            data: self.data,
            shape: &self.shape,
            strides: &[],
            is_c_contiguous: self.is_c_contiguous,
            is_aligned: self.data.cast::<u16>().is_aligned(),
            is_writable: self.is_writable,
        }
    }

    fn into_any(self) -> Bound<'py, PyAny> {
        self.owner.into_any()
    }
}
