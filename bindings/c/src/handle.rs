//! Handles of pipelines, and what functions take beside one.

use std::ffi::{CString, c_char, c_void};

use pixfuse::Pipeline;

use crate::error::Failure;

/// `pixfuse_pipeline` in C.
pub struct Handle {
    pipe: Pipeline,
    pub(crate) text: CString,
    pub(crate) level: CString,
}

impl Handle {
    pub(crate) fn new(pipe: Pipeline) -> *mut Self {
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

/// The elements of an argument.
///
/// # Safety
/// `first` is null or readable for `count` elements for `'a`, aligned, and any bits are a value of `T`.
pub(crate) unsafe fn slice<'a, T>(first: *const T, count: usize, name: &str) -> Result<&'a [T], Failure> {
    match (first.is_null(), count) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Failure::argument(format_args!("{name} is null"))),
        // SAFETY: the caller promises the elements.
        (false, count) => Ok(unsafe { std::slice::from_raw_parts(first, count) }),
    }
}

/// # Safety
/// As [`slice`].
pub(crate) unsafe fn bytes<'a>(file: *const c_void, length: usize, name: &str) -> Result<&'a [u8], Failure> {
    // SAFETY: the caller promises the bytes.
    unsafe { slice(file.cast(), length, name) }
}

/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn utf8<'a>(text: *const c_char, length: usize, name: &str) -> Result<&'a str, Failure> {
    // SAFETY: the caller promises the bytes.
    let text = unsafe { bytes(text.cast(), length, name) }?;
    std::str::from_utf8(text).map_err(|_| Failure::argument(format_args!("{name} is not UTF-8")))
}
