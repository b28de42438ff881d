//! The picture that a tensor stands for.

use std::ffi::c_void;
use std::marker::PhantomData;

use pixfuse::{Element, Picture, Preview};
use pixfuse_bindings::preview;

use crate::decode::DecodeOptions;
use crate::error::{Failure, attempt};
use crate::image::CImage;
use crate::output::{Alloc, Shape, allocated};
use crate::pipeline::{Handle, bytes, pipeline};
use crate::structs;

/// # Safety
/// `boxes` is null or readable for `4 * count` numbers, which nobody writes during `'a`.
unsafe fn boxes_of<'a>(boxes: *const f64, count: usize) -> Result<&'a [[f64; 4]], Failure> {
    match (boxes.is_null(), count) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(Failure::argument("boxes is null")),
        // SAFETY: the caller promises so many numbers.
        (false, count) => Ok(unsafe { std::slice::from_raw_parts(boxes.cast(), count) }),
    }
}

/// Copies a picture into memory that the caller makes.
///
/// # Safety
/// As [`allocated`].
unsafe fn give(
    picture: &Picture,
    alloc: (Option<Alloc>, *mut c_void),
    shape: *mut Shape,
    out: *mut *mut c_void,
) -> Result<(), Failure> {
    let made = Shape::of(Element::U8, &[picture.rows, picture.columns, 3])?;
    // SAFETY: the caller promises what `allocated` asks for, whose memory has the bytes of the shape: as many as the picture.
    unsafe {
        let memory = allocated(&made, alloc, shape, out)?;
        memory.cast::<u8>().copy_from_nonoverlapping(picture.pixels.as_ptr(), picture.pixels.len());
    }
    Ok(())
}

/// # Safety
/// `pipe` is a handle; `image` describes memory that is readable; `boxes` is readable for `4 * count` numbers; `alloc` gives
/// null or memory of the shape's bytes; `shape` has its `size` and `out` is writable; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_preview(
    pipe: *const Handle,
    image: *const CImage,
    boxes: *const f64,
    count: usize,
    alloc: Option<Alloc>,
    user: *mut c_void,
    shape: *mut Shape,
    out: *mut *mut c_void,
    error: *mut *mut Failure,
) -> bool {
    let draw = || {
        // SAFETY: the caller promises the handle, the image and its pixels, the boxes, and what `give` asks for.
        unsafe {
            let (preview, boxes) = (Preview::new(pipeline(pipe)?)?, boxes_of(boxes, count)?);
            let image = structs::read(image)?.view(preview.pipeline(), PhantomData)?;
            give(&preview.picture(image, boxes)?, (alloc, user), shape, out)
        }
    };
    // SAFETY: the caller promises `error`.
    unsafe { attempt(error, draw) }.is_some()
}

/// # Safety
/// As [`pixfuse_preview`]; `file` is readable for `length` bytes, `options` null or a struct whose `size` is set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_preview_file(
    pipe: *const Handle,
    file: *const c_void,
    length: usize,
    options: *const DecodeOptions,
    boxes: *const f64,
    count: usize,
    alloc: Option<Alloc>,
    user: *mut c_void,
    shape: *mut Shape,
    out: *mut *mut c_void,
    error: *mut *mut Failure,
) -> bool {
    let draw = || {
        // SAFETY: the caller promises the handle, the file, the options, the boxes, and what `give` asks for.
        unsafe {
            let (pipe, boxes) = (pipeline(pipe)?, boxes_of(boxes, count)?);
            let (file, options) = (bytes(file, length, "file")?, DecodeOptions::read(options)?);
            give(&preview::of_file(pipe, file, &options, boxes)?, (alloc, user), shape, out)
        }
    };
    // SAFETY: the caller promises `error`.
    unsafe { attempt(error, draw) }.is_some()
}
