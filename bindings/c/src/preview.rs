//! The picture that a tensor stands for.

use std::ffi::c_void;

use pixfuse::{Element, Picture, Pipeline, Preview};
use pixfuse_bindings::preview;

use crate::decode::DecodeOptions;
use crate::error::{Failure, is_done};
use crate::handle::{Handle, bytes, pipeline, slice};
use crate::image::{CImage, view};
use crate::output::{Alloc, Memory, Shape};

/// Draws a picture, with boxes on it, into memory that the caller makes. Gives whether it could.
///
/// # Safety
/// `pipe` is null or a handle; `boxes` is null or readable for `4 * count` numbers, which nobody writes meanwhile; `memory` is as
/// [`Memory::of`] needs it; `error` is null or writable.
unsafe fn draw(
    pipe: *const Handle,
    (boxes, count): (*const f64, usize),
    memory: Memory,
    error: *mut *mut Failure,
    picture: impl FnOnce(&Pipeline, &[[f64; 4]]) -> Result<Picture, Failure>,
) -> bool {
    // SAFETY: the caller promises each, and the memory has the bytes of the shape: as many as the picture.
    unsafe {
        is_done(error, || {
            let picture = picture(pipeline(pipe)?, slice(boxes.cast(), count, "boxes")?)?;
            let memory = memory.of(&Shape::of(Element::U8, &[picture.rows, picture.columns, 3])?)?;
            memory.cast::<u8>().copy_from_nonoverlapping(picture.pixels.as_ptr(), picture.pixels.len());
            Ok(())
        })
    }
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
    // SAFETY: the caller promises the handle, the image and its pixels, the boxes, what `Memory` needs, and `error`.
    unsafe {
        draw(pipe, (boxes, count), Memory { alloc, user, shape, out }, error, |pipe, boxes| {
            let preview = Preview::new(pipe)?;
            Ok(preview.picture(view(preview.pipeline(), image)?, boxes)?)
        })
    }
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
    // SAFETY: the caller promises the handle, the file, the options, the boxes, what `Memory` needs, and `error`.
    unsafe {
        draw(pipe, (boxes, count), Memory { alloc, user, shape, out }, error, |pipe, boxes| {
            let (file, options) = (bytes(file, length, "file")?, DecodeOptions::read(options)?);
            Ok(preview::of_file(pipe, file, &options, boxes)?)
        })
    }
}
