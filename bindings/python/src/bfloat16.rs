//! Tensors of bfloat16, for which numpy has no name: torch's, and those of any library that speaks DLPack.

use std::ffi::c_void;
use std::slice;

use numpy::PyUntypedArray;
use pixfuse::Error;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyCapsule, PyCapsuleMethods};

use crate::array::Array;
use crate::failure::{Failure, found};
use crate::result::{Lent, Memory};
use crate::tensor::{CPU, in_the_way, is_of_torch, note};

/// The memory of a tensor of bfloat16 on the CPU; nothing for another object.
///
/// # Errors
/// When the tensor has no memory, or gives a copy of it.
pub(crate) fn memory<'py>(object: &Bound<'py, PyAny>) -> Result<Option<Memory<'py>>, Failure> {
    let py = object.py();
    if is_of_torch(object)? {
        return torch_memory(object);
    }
    if !object.hasattr(intern!(py, "__dlpack__"))? || !object.hasattr(intern!(py, "__dlpack_device__"))? {
        return Ok(None);
    }
    let (device, _): (i32, i64) = object.call_method0(intern!(py, "__dlpack_device__"))?.extract()?;
    if !CPU.contains(&device) {
        return Ok(None);
    }
    dlpack_memory(object)
}

/// As an array of the same bits: torch refuses there what it gives DLPack without a word, a tensor that has no memory
/// say.
fn torch_memory<'py>(object: &Bound<'py, PyAny>) -> Result<Option<Memory<'py>>, Failure> {
    let py = object.py();
    let torch = py.import(intern!(py, "torch"))?;
    if !object.getattr(intern!(py, "dtype"))?.is(&torch.getattr(intern!(py, "bfloat16"))?) {
        return Ok(None);
    }
    let refused = |why: String| Error::Output(format!("a {} {why}", found(object)));
    // Of the bits torch would not mind.
    if object.getattr(intern!(py, "requires_grad"))?.is_truthy()? {
        return Err(refused("requires grad; give its detach()".into()).into());
    }
    let bits = object.call_method1(intern!(py, "view"), (torch.getattr(intern!(py, "int16"))?,));
    let array = bits.and_then(|bits| bits.call_method0(intern!(py, "numpy"))).map_err(|error| {
        match in_the_way(object, Error::Output).filter(|why| !why.starts_with("of torch.bfloat16")) {
            Some(why) => Failure::Refused(refused(why)),
            None => Failure::Caused(refused(format!("gives no array: {error}")), error),
        }
    })?;
    let array = array.cast_into::<PyUntypedArray>().map_err(PyErr::from)?;
    let wrong = |_| Error::Output(format!("{} gives another dtype than int16 for its bits", found(object)));
    Ok(Some(Memory::Array(Array::of::<i16>(array).map_err(wrong)?)))
}

fn dlpack_memory<'py>(object: &Bound<'py, PyAny>) -> Result<Option<Memory<'py>>, Failure> {
    let owner = capsule(object).inspect_err(|error| note(error, object, Error::Output))?;
    let refused = |message: &str| Err(Error::Output(format!("{} {message}", found(object))).into());
    let (tensor, flags): (*const Tensor, _) = if owner.is_valid_checked(Some(c"dltensor_versioned")) {
        let managed: *const Versioned = owner.pointer_checked(Some(c"dltensor_versioned"))?.as_ptr().cast();
        // SAFETY: a capsule of this name holds this structure, which begins with its version, for as long as it lives:
        // a capsule is made for one reader, and nobody but `owner` has this one.
        if unsafe { (*managed).major } != 1 {
            return refused("speaks another version of DLPack, expected 1");
        }
        // SAFETY: the structure lives as long as the capsule, which `owner` has, and this version of it has these fields.
        unsafe { (&raw const (*managed).tensor, (*managed).flags) }
    } else {
        // Before there were versions nothing said whether a tensor may be written to. numpy reads that as no, too.
        (owner.pointer_checked(Some(c"dltensor"))?.as_ptr().cast(), READ_ONLY)
    };
    // SAFETY: the tensor lives as long as the capsule, which `owner` has; what one without a version holds begins with it.
    let tensor = unsafe { &*tensor };
    if (tensor.code, tensor.bits, tensor.lanes) != (BFLOAT, 16, 1) {
        return Ok(None);
    }
    if flags & COPIED != 0 {
        return refused("gives a copy of its memory, in which the result would be lost");
    }
    if tensor.data.is_null() {
        return refused("has no memory");
    }
    let numbers = |numbers: *const i64| match usize::try_from(tensor.ndim) {
        // SAFETY: there is a number for each axis, in memory that lives as long as the tensor.
        Ok(axes @ 1..) if !numbers.is_null() => unsafe { slice::from_raw_parts(numbers, axes) },
        _ => &[],
    };
    let (sides, strides) = (numbers(tensor.shape), numbers(tensor.strides));
    let mut dense = 1;
    // Strides may be left out where they are these, and say nothing where an axis has one element.
    let is_c_contiguous = sides.iter().zip(strides).rev().all(|(&side, &stride)| {
        let fits = side == 1 || stride == dense;
        dense *= side;
        fits
    });
    let data = tensor.data.wrapping_byte_add(tensor.byte_offset as usize);
    let shape = sides.iter().map(|&side| side as usize).collect();
    let is_writable = flags & READ_ONLY == 0;
    Ok(Some(Memory::Lent(Lent { owner, data, shape, is_c_contiguous, is_writable })))
}

/// What an object's `__dlpack__` gives: with a version, and so with flags, where the library knows of them.
fn capsule<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyCapsule>> {
    let py = object.py();
    let name = intern!(py, "__dlpack__");
    let options = [("max_version", (1, 0))].into_py_dict(py)?;
    let capsule = match object.call_method(name, (), Some(&options)) {
        Err(error) if error.is_instance_of::<PyTypeError>(py) => object.call_method0(name)?,
        other => other?,
    };
    Ok(capsule.cast_into()?)
}

/// `kDLBfloat`.
const BFLOAT: u8 = 4;

/// `DLPACK_FLAG_BITMASK_READ_ONLY`.
const READ_ONLY: u64 = 1;

/// `DLPACK_FLAG_BITMASK_IS_COPIED`.
const COPIED: u64 = 2;

/// `DLTensor`.
#[repr(C)]
struct Tensor {
    data: *mut c_void,
    device_type: i32,
    device_id: i32,
    ndim: i32,
    code: u8,
    bits: u8,
    lanes: u16,
    shape: *const i64,
    strides: *const i64,
    byte_offset: u64,
}

/// `DLManagedTensorVersioned`.
#[repr(C)]
struct Versioned {
    major: u32,
    minor: u32,
    manager: *mut c_void,
    deleter: *const c_void,
    flags: u64,
    tensor: Tensor,
}
