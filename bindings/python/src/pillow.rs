//! Pillow images: what their channels are, and their pixels where they lie.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;

use pixfuse::{Error, PixelFormat};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods};

use crate::failure::{Failure, found};
use crate::image::class;

/// What the channels of a Pillow image are; nothing for another object.
///
/// Pillow's arrays do not tell palette indices from gray, or CMYK from RGBA.
pub(crate) fn format(object: &Bound<'_, PyAny>) -> Result<Option<PixelFormat>, Failure> {
    let py = object.py();
    let Some(pillow) = class(py, "PIL.Image", "Image")? else { return Ok(None) };
    if !object.is_instance(&pillow)? {
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

/// The pixels of an image in Pillow's own memory: dense rows of 1 or 4 bytes a pixel. Red, green and blue have a fourth
/// byte behind them.
pub(crate) struct Pixels<'py> {
    /// Keeps the memory alive.
    pub(crate) owner: Bound<'py, PyCapsule>,
    pub(crate) origin: *const u8,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) bytes: usize,
}

impl<'py> Pixels<'py> {
    /// Nothing where Pillow does not give them: before 11.2, and for most images of more than 16 MB, which lie in several
    /// pieces. Where those are, Pillow tells nobody.
    pub(crate) fn of(image: &Bound<'py, PyAny>, format: PixelFormat) -> Result<Option<Self>, Failure> {
        let py = image.py();
        let Ok(export) = image.getattr(intern!(py, "__arrow_c_array__")) else { return Ok(None) };
        let (schema, owner) = match export.call0() {
            Ok(capsules) => capsules.extract::<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)>()?,
            Err(error) if error.is_instance_of::<PyValueError>(py) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (columns, rows): (usize, usize) = image.getattr(intern!(py, "size"))?.extract()?;
        let bytes = if format == PixelFormat::Gray8 { 1 } else { 4 };
        let schema: *const Schema = schema.pointer_checked(Some(c"arrow_schema"))?.as_ptr().cast();
        let array: *const Array = owner.pointer_checked(Some(c"arrow_array"))?.as_ptr().cast();
        // SAFETY: capsules of these names hold these structures, which are unreleased as long as the capsules live; no
        // Python code runs meanwhile.
        let (lies_as_expected, data) = unsafe { ((*schema).is_of_bytes(bytes), (*array).bytes(bytes)) };
        let Some((origin, length)) = data.filter(|_| lies_as_expected) else { return Ok(None) };
        // Padded rows, which Pillow makes where it is told to, have no other sign than their setting.
        let is_dense = rows.checked_mul(columns).and_then(|pixels| pixels.checked_mul(bytes)) == Some(length);
        Ok((is_dense && alignment(py)? == 1).then_some(Self { owner, origin, rows, columns, bytes }))
    }
}

/// To what Pillow pads the rows of images.
fn alignment(py: Python<'_>) -> PyResult<usize> {
    let pillow = py.import(intern!(py, "PIL.Image"))?.getattr(intern!(py, "core"))?;
    pillow.call_method0(intern!(py, "get_alignment"))?.extract()
}

/// `struct ArrowSchema` of Arrow's C data interface: the type of an array.
#[repr(C)]
struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *const *const Schema,
    dictionary: *const Schema,
    release: *const c_void,
    private_data: *const c_void,
}

/// `struct ArrowArray` of Arrow's C data interface: where an array lies.
#[repr(C)]
struct Array {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *const *const c_void,
    children: *const *const Array,
    dictionary: *const Array,
    release: *const c_void,
    private_data: *const c_void,
}

impl Schema {
    /// Whether this is a list of u8, or of four u8 each.
    ///
    /// # Safety
    /// It has not been released.
    unsafe fn is_of_bytes(&self, bytes: usize) -> bool {
        // SAFETY: a format is a string, and there are as many children as it says.
        unsafe {
            let format = CStr::from_ptr(self.format);
            match bytes {
                1 => format == c"C",
                _ => format == c"+w:4" && self.n_children == 1 && (**self.children).is_of_bytes(1),
            }
        }
    }
}

impl Array {
    /// The first byte, and how many there are, of a list as [`Schema::is_of_bytes`] says; nothing where there may be gaps.
    ///
    /// # Safety
    /// It has not been released.
    unsafe fn bytes(&self, bytes: usize) -> Option<(*const u8, usize)> {
        // SAFETY: there are as many children and buffers as it says, and a buffer has at least `length` elements behind
        // `offset`.
        unsafe {
            if self.offset != 0 || self.null_count > 0 {
                return None;
            }
            if bytes > 1 {
                let inner = (self.n_children == 1).then(|| &**self.children)?;
                return inner.bytes(1);
            }
            let data = if self.n_buffers == 2 { (*self.buffers.add(1)).cast::<u8>() } else { ptr::null() };
            (!data.is_null()).then_some((data, usize::try_from(self.length).ok()?))
        }
    }
}
