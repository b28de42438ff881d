//! Pillow images: what their channels are, and their pixels where they lie.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;

use numpy::PyUntypedArray;
use pixfuse::bridge::next_step;
use pixfuse::spec::Input;
use pixfuse::{Error, ImageRef, PixelFormat, Sample};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyCapsuleMethods, PyTuple};

use crate::failure::{Failure, found};
use crate::tensor::class;

/// The mode of a Pillow image; nothing for another object.
pub(crate) fn mode(object: &Bound<'_, PyAny>) -> Result<Option<String>, Failure> {
    let py = object.py();
    let Some(pillow) = class(py, "PIL.Image", "Image")? else { return Ok(None) };
    if !object.is_instance(&pillow)? {
        return Ok(None);
    }
    let mode = object.getattr(intern!(py, "mode"))?;
    Ok(Some(mode.extract::<String>().unwrap_or_else(|_| found(&mode))))
}

/// What the channels of a Pillow image are, as `input(...)` reads them; nothing for another object.
///
/// Pillow's arrays do not tell palette indices from gray, or CMYK from RGBA.
///
/// # Errors
/// When it has another mode, with what makes it one that is read and loses nothing.
pub(crate) fn format(object: &Bound<'_, PyAny>, input: &Input) -> Result<Option<PixelFormat>, Failure> {
    let Some(mode) = mode(object)? else { return Ok(None) };
    let (format, wanted) = (input.format, input.format.channels());
    let refused = |step: &str| {
        let expected = match format {
            PixelFormat::Gray8 => "L",
            PixelFormat::Rgb8 => "RGB",
            PixelFormat::Rgba8 => "RGBA",
            _ => "L, RGB or RGBA",
        };
        Err(Error::Image(format!("a Pillow image of mode '{mode}', expected {expected} for {input}{step}")).into())
    };
    match mode.as_str() {
        "L" if wanted == 3 => refused("; image.convert(\"RGB\"), or input(gray8) with output(rgb, ..)"),
        "L" => Ok(Some(PixelFormat::Gray8)),
        "RGB" if wanted == 1 || wanted == 4 => refused(&next_step::channels(3, input)),
        "RGB" => Ok(Some(PixelFormat::Rgb8)),
        "RGBA" if wanted != 4 => refused(&next_step::channels(4, input)),
        "RGBA" => Ok(Some(PixelFormat::Rgba8)),
        // What `convert("RGB")` would cut off at white.
        "I;16" | "I;16L" | "I;16B" | "I;16N" if format == PixelFormat::Gray16 => Ok(Some(format)),
        "F" if format == PixelFormat::Gray32f => Ok(Some(format)),
        "I;16" | "I;16L" | "I;16B" | "I;16N" => refused("; input(gray16) reads it"),
        "F" => refused("; input(gray32f) reads it"),
        "I" => refused("; numpy.asarray(image).astype(numpy.uint16), where its values fit, with input(gray16)"),
        // What `convert("RGB")` would drop.
        "LA" | "La" | "PA" | "RGBa" => refused("; image.convert(\"RGBA\") with input(rgba8, alpha = drop)"),
        _ if has_transparency(object)? => refused("; image.convert(\"RGBA\") with input(rgba8, alpha = drop)"),
        _ if wanted == 1 => refused("; image.convert(\"L\")"),
        _ => refused("; image.convert(\"RGB\")"),
    }
}

/// Whether an image without a channel of alpha has a colour that stands for nothing.
fn has_transparency(image: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = image.py();
    image.getattr(intern!(py, "info"))?.contains(intern!(py, "transparency"))
}

/// The pixels of an image in Pillow's own memory: dense rows of 1 or 4 bytes a pixel. Red, green and blue have a fourth
/// byte behind them.
pub(crate) struct Pixels<'py> {
    /// Keeps the memory alive.
    owner: Bound<'py, PyCapsule>,
    format: PixelFormat,
    rows: usize,
    columns: usize,
}

impl<'py> Pixels<'py> {
    /// Nothing where Pillow does not give them: before 11.2, and for most images of more than 16 MB, which lie in several
    /// pieces. Where those are, Pillow tells nobody.
    pub(crate) fn of(image: &Bound<'py, PyAny>, format: PixelFormat) -> Result<Option<Self>, Failure> {
        let py = image.py();
        if format.sample() != Sample::U8 {
            return Ok(None);
        }
        let Ok(export) = image.getattr(intern!(py, "__arrow_c_array__")) else { return Ok(None) };
        let (schema, owner) = match export.call0() {
            Ok(capsules) => capsules.extract::<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)>()?,
            Err(error) if error.is_instance_of::<PyValueError>(py) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (columns, rows): (usize, usize) = image.getattr(intern!(py, "size"))?.extract()?;
        // Padded rows, which Pillow makes where it is told to, have no other sign than their setting.
        let is_dense = alignment(py)? == 1;
        let pixels = Self { owner, format, rows, columns };
        let schema: *const Schema = schema.pointer_checked(Some(c"arrow_schema"))?.as_ptr().cast();
        // SAFETY: a capsule of this name holds this structure as long as it lives; no Python code runs meanwhile.
        let lies_as_expected = unsafe { (*schema).is_of_bytes(pixels.bytes()) };
        Ok((is_dense && lies_as_expected && pixels.data()?.is_some()).then_some(pixels))
    }

    /// Bytes of a pixel.
    fn bytes(&self) -> usize {
        if self.format == PixelFormat::Gray8 { 1 } else { 4 }
    }

    /// Rows, columns and channels, and their strides.
    pub(crate) fn axes(&self) -> ([usize; 3], [isize; 3]) {
        let (pixel, channels) = (self.bytes(), self.format.channels());
        (
            [self.rows, self.columns, channels],
            [self.columns.saturating_mul(pixel), pixel, 1].map(|stride| stride as isize),
        )
    }

    /// The first byte, as long as no other code runs.
    ///
    /// # Errors
    /// When somebody has taken the memory out of the capsule.
    pub(crate) fn origin(&self) -> Result<*const u8, Failure> {
        let gone = || Error::Image("the Pillow image gave its memory to somebody else meanwhile".into());
        Ok(self.data()?.ok_or_else(gone)?)
    }

    /// The view of red, green, blue and the byte behind them, as long as no other code runs.
    pub(crate) fn padded(&self) -> Option<ImageRef<'_>> {
        let ([rows, columns, _], strides) = self.axes();
        let origin = self.data().ok()??;
        ImageRef::check_view([rows, columns, 4], strides).ok()?;
        // SAFETY: `data` found that there are four bytes for each pixel, which `self` keeps alive; `check_view` has
        // accepted shape and strides. That nobody writes meanwhile is what `Image::view` asks for.
        Some(unsafe { ImageRef::from_raw_parts(origin, [rows, columns, 4], strides) })
    }

    /// The first of exactly the bytes that the pixels take; nothing where there are none, or others.
    fn data(&self) -> PyResult<Option<*const u8>> {
        let array: *const Array = self.owner.pointer_checked(Some(c"arrow_array"))?.as_ptr().cast();
        // SAFETY: a capsule of this name holds this structure as long as it lives; no Python code runs meanwhile.
        let data = unsafe { (*array).bytes(self.bytes()) };
        let needed = self.rows.checked_mul(self.columns).and_then(|pixels| pixels.checked_mul(self.bytes()));
        Ok(data.filter(|&(_, length)| Some(length) == needed).map(|(origin, _)| origin))
    }
}

/// The pixels of an image of bytes in an array of its own, by one call of Pillow's encoder: `numpy.asarray` has them 64 KiB at
/// a time and joins those, which takes nearly three times as long. Nothing where this Pillow does not do it so.
pub(crate) fn copied<'py>(image: &Bound<'py, PyAny>, format: PixelFormat) -> Option<Bound<'py, PyUntypedArray>> {
    let py = image.py();
    let copy = || -> PyResult<Option<Bound<'py, PyUntypedArray>>> {
        image.call_method0(intern!(py, "load"))?;
        let (columns, rows): (usize, usize) = image.getattr(intern!(py, "size"))?.extract()?;
        let mode = image.getattr(intern!(py, "mode"))?;
        let encoder = py.import(intern!(py, "PIL.Image"))?.getattr(intern!(py, "_getencoder"))?;
        let encoder = encoder.call1((&mode, "raw", &mode))?;
        encoder.call_method1(intern!(py, "setimage"), (image.getattr(intern!(py, "im"))?, (0, 0, columns, rows)))?;
        let bytes = rows.saturating_mul(columns).saturating_mul(format.channels());
        let (_, code, data): (usize, i32, Bound<'py, PyBytes>) =
            encoder.call_method1(intern!(py, "encode"), (bytes,))?.extract()?;
        encoder.call_method0(intern!(py, "cleanup"))?;
        if code != ALL_IS_ENCODED || data.as_bytes().len() != bytes {
            return Ok(None);
        }
        let numpy = py.import(intern!(py, "numpy"))?;
        let array = numpy.call_method1(intern!(py, "frombuffer"), (data, numpy.getattr(intern!(py, "uint8"))?))?;
        let shape = [rows, columns, format.channels()];
        let axes = if format == PixelFormat::Gray8 { &shape[..2] } else { &shape };
        let array = array.call_method1(intern!(py, "reshape"), (PyTuple::new(py, axes)?,))?;
        Ok(array.cast_into().ok())
    };
    if format.sample() == Sample::U8 { copy().ok().flatten() } else { None }
}

/// What an encoder of Pillow's says when there is no more to come.
const ALL_IS_ENCODED: i32 = 1;

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
    /// Whether this is a list of u8, or of four u8 each; not where it has been released.
    ///
    /// # Safety
    /// It is as Arrow's interface says.
    unsafe fn is_of_bytes(&self, bytes: usize) -> bool {
        if self.release.is_null() {
            return false;
        }
        // SAFETY: as it has not been released, a format is a string, and there are as many children as it says.
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
    /// The first byte, and how many there are, of a list as [`Schema::is_of_bytes`] says; nothing where there may be gaps,
    /// or where it has been released.
    ///
    /// # Safety
    /// It is as Arrow's interface says.
    unsafe fn bytes(&self, bytes: usize) -> Option<(*const u8, usize)> {
        if self.release.is_null() || self.offset != 0 || self.null_count > 0 {
            return None;
        }
        // SAFETY: as it has not been released, there are as many children and buffers as it says, and a buffer has at
        // least `length` elements behind `offset`.
        unsafe {
            if bytes > 1 {
                let inner = (self.n_children == 1).then(|| &**self.children)?;
                return inner.bytes(1);
            }
            let data = if self.n_buffers == 2 { (*self.buffers.add(1)).cast::<u8>() } else { ptr::null() };
            (!data.is_null()).then_some((data, usize::try_from(self.length).ok()?))
        }
    }
}
