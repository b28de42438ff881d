//! Pipelines, and their runs over pixels.

use std::ffi::{c_char, c_void};

use pixfuse::Pipeline;
use pixfuse_config::{Backend, Overrides, Source, UnknownBackend};

use crate::error::{Failure, attempt, is_done};
use crate::handle::{Handle, pipeline, utf8};
use crate::image::{CImage, view, views};
use crate::output::{Alloc, Memory, Shape, Work, fill, fill_new};

/// The version of this library, with a zero behind it.
#[unsafe(no_mangle)]
pub extern "C" fn pixfuse_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// # Safety
/// `text` is readable for `length` bytes; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_pipeline_parse(
    text: *const c_char,
    length: usize,
    error: *mut *mut Failure,
) -> *mut Handle {
    let make = || {
        // SAFETY: the caller promises the text.
        let text = unsafe { utf8(text, length, "text") }?;
        Ok(Handle::new(Pipeline::parse(text)?))
    };
    // SAFETY: the caller promises `error`.
    unsafe { attempt(error, make) }.unwrap_or(std::ptr::null_mut())
}

/// # Safety
/// `json` and `backend` are readable for so many bytes; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_pipeline_from_config(
    json: *const c_char,
    length: usize,
    backend: *const c_char,
    backend_length: usize,
    error: *mut *mut Failure,
) -> *mut Handle {
    let make = || {
        // SAFETY: the caller promises the texts.
        let (json, backend) = unsafe { (utf8(json, length, "json")?, utf8(backend, backend_length, "backend")?) };
        let backend = match backend {
            "" => Backend::Torch,
            name => name.parse().map_err(|error: UnknownBackend| Failure::argument(error))?,
        };
        let imported = pixfuse_config::read(&Source::text(json)?, backend, &Overrides::new())?;
        Ok(Handle::new(Pipeline::new(imported.one()?.clone())?))
    };
    // SAFETY: the caller promises `error`.
    unsafe { attempt(error, make) }.unwrap_or(std::ptr::null_mut())
}

/// # Safety
/// `pipe` is a handle; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_pipeline_with_threads(
    pipe: *const Handle,
    threads: usize,
    error: *mut *mut Failure,
) -> *mut Handle {
    // SAFETY: the caller promises the handle.
    let make = || Ok(Handle::new(unsafe { pipeline(pipe) }?.with_threads(threads)?));
    // SAFETY: the caller promises `error`.
    unsafe { attempt(error, make) }.unwrap_or(std::ptr::null_mut())
}

/// # Safety
/// `pipe` is a handle that is not used again, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_pipeline_free(pipe: *mut Handle) {
    if !pipe.is_null() {
        // SAFETY: the handle came from `Box::into_raw` in `Handle::new`, and the caller promises that it was not freed.
        drop(unsafe { Box::from_raw(pipe) });
    }
}

/// # Safety
/// `pipe` is a handle, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_pipeline_text(pipe: *const Handle) -> *const c_char {
    // SAFETY: the caller promises a handle, or null.
    unsafe { pipe.as_ref() }.map_or(c"".as_ptr(), |handle| handle.text.as_ptr())
}

/// # Safety
/// `pipe` is a handle, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_pipeline_level(pipe: *const Handle) -> *const c_char {
    // SAFETY: the caller promises a handle, or null.
    unsafe { pipe.as_ref() }.map_or(c"".as_ptr(), |handle| handle.level.as_ptr())
}

/// # Safety
/// `pipe` is a handle; `shape` has its `size`; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_shape_of(
    pipe: *const Handle,
    rows: usize,
    columns: usize,
    shape: *mut Shape,
    error: *mut *mut Failure,
) -> bool {
    let ask = || {
        // SAFETY: the caller promises the handle.
        let pipe = unsafe { pipeline(pipe) }?;
        let made = Shape::new(pipe, &pipe.output_shape(rows, columns)?)?;
        // SAFETY: the caller promises the shape.
        unsafe { made.give(shape) }
    };
    // SAFETY: the caller promises `error`.
    unsafe { is_done(error, ask) }
}

/// # Safety
/// `pipe` is a handle; `image` describes memory that is readable; `out` is writable for `out_bytes`; `error` is null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_run(
    pipe: *const Handle,
    image: *const CImage,
    out: *mut c_void,
    out_bytes: usize,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises the handle, the image and its pixels, the output, and `error`.
    unsafe { fill(pipe, (out, out_bytes), error, |pipe| Ok(Work::Image(view(pipe, image)?))) }
}

/// # Safety
/// As [`pixfuse_run`]; `alloc` gives null or memory of the shape's bytes; `shape` has its `size` and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_run_alloc(
    pipe: *const Handle,
    image: *const CImage,
    alloc: Option<Alloc>,
    user: *mut c_void,
    shape: *mut Shape,
    out: *mut *mut c_void,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises the handle, the image and its pixels, what `Memory` needs, and `error`.
    unsafe {
        fill_new(pipe, Memory { alloc, user, shape, out }, error, |pipe| {
            let image = view(pipe, image)?;
            Ok((pipe.output_shape(image.rows(), image.columns())?, Work::Image(image)))
        })
    }
}

/// # Safety
/// As [`pixfuse_run`], for `count` images.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_batch(
    pipe: *const Handle,
    images: *const CImage,
    count: usize,
    out: *mut c_void,
    out_bytes: usize,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises the handle, the images and their pixels, the output, and `error`.
    unsafe { fill(pipe, (out, out_bytes), error, |pipe| Ok(Work::Batch(views(pipe, images, count)?))) }
}
