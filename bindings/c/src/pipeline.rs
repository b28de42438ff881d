//! Pipelines, and their runs over pixels.

use std::ffi::{CString, c_char, c_void};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use pixfuse::{Dims, ImageRef, Pipeline, TensorElement};
use pixfuse_config::{Backend, Overrides, Source, UnknownBackend};

use crate::error::{Failure, attempt};
use crate::image::CImage;
use crate::output::{Alloc, Fill, Shape, into, new};
use crate::structs;

/// `pixfuse_pipeline` in C.
pub struct Handle {
    pub(crate) pipe: Pipeline,
    text: CString,
    level: CString,
}

impl Handle {
    fn new(pipe: Pipeline) -> *mut Self {
        let text = CString::new(pipe.text()).unwrap_or_default();
        let level = CString::new(pipe.level().name()).unwrap_or_default();
        Box::into_raw(Box::new(Self { pipe, text, level }))
    }
}

/// # Safety
/// `pipe` is null or a handle that is not freed for `'a`.
pub(crate) unsafe fn pipeline<'a>(pipe: *const Handle) -> Result<&'a Pipeline, Failure> {
    // SAFETY: the caller promises a handle, or null.
    unsafe { pipe.as_ref() }.map(|handle| &handle.pipe).ok_or_else(|| Failure::argument("pipeline is null"))
}

/// # Safety
/// `text` is null or readable for `length` bytes for `'a`.
pub(crate) unsafe fn bytes<'a>(text: *const c_void, length: usize, name: &str) -> Result<&'a [u8], Failure> {
    match (text.is_null(), length) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Failure::argument(format_args!("{name} is null"))),
        // SAFETY: the caller promises the bytes.
        (false, length) => Ok(unsafe { std::slice::from_raw_parts(text.cast(), length) }),
    }
}

/// # Safety
/// As [`bytes`].
unsafe fn utf8<'a>(text: *const c_char, length: usize, name: &str) -> Result<&'a str, Failure> {
    // SAFETY: the caller promises the bytes.
    let text = unsafe { bytes(text.cast(), length, name) }?;
    std::str::from_utf8(text).map_err(|_| Failure::argument(format_args!("{name} is not UTF-8")))
}

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
    unsafe { attempt(error, ask) }.is_some()
}

/// Images, and the pipeline that runs over them.
struct Run<'a> {
    pipe: &'a Pipeline,
    images: &'a [ImageRef<'a>],
    /// Whether the tensors have a dimension in front that counts them.
    is_batch: bool,
}

impl Fill for Run<'_> {
    fn fill<T: TensorElement>(self, out: &mut [MaybeUninit<T>]) -> Result<(), Failure> {
        match self.images {
            [image] if !self.is_batch => Ok(self.pipe.run_into_uninit(*image, out)?),
            images => Ok(self.pipe.batch_into_uninit(images, out)?),
        }
    }
}

/// # Safety
/// `image` is null, or an image as [`CImage::view`] asks for.
unsafe fn view<'a>(pipe: &Pipeline, image: *const CImage) -> Result<ImageRef<'a>, Failure> {
    // SAFETY: the caller promises an image and its pixels, or null.
    unsafe { structs::read(image)?.view(pipe, PhantomData) }
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
    let run = || {
        // SAFETY: the caller promises the handle, the image and its pixels, and the output.
        unsafe {
            let pipe = pipeline(pipe)?;
            let image = view(pipe, image)?;
            into(pipe, out, out_bytes, Run { pipe, images: &[image], is_batch: false })
        }
    };
    // SAFETY: the caller promises `error`.
    unsafe { attempt(error, run) }.is_some()
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
    let run = || {
        // SAFETY: the caller promises the handle, the image and its pixels, and what `new` asks for.
        unsafe {
            let pipe = pipeline(pipe)?;
            let image = view(pipe, image)?;
            let dims: Dims = pipe.output_shape(image.rows(), image.columns())?;
            new(pipe, &dims, (alloc, user), shape, out, Run { pipe, images: &[image], is_batch: false })
        }
    };
    // SAFETY: the caller promises `error`.
    unsafe { attempt(error, run) }.is_some()
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
    let run = || {
        if images.is_null() && count > 0 {
            return Err(Failure::argument("images is null"));
        }
        // SAFETY: the caller promises the handle, the images and their pixels, and the output.
        unsafe {
            let pipe = pipeline(pipe)?;
            let images = structs::read_all(images, count)?;
            let views = images.into_iter().map(|image| image.view(pipe, PhantomData));
            let views = views.collect::<Result<Vec<_>, _>>()?;
            into(pipe, out, out_bytes, Run { pipe, images: &views, is_batch: true })
        }
    };
    // SAFETY: the caller promises `error`.
    unsafe { attempt(error, run) }.is_some()
}
