//! Batches of images whose tensors differ in size.

use std::ffi::c_void;

use pixfuse::{Join, Joined, Pipeline};

use crate::error::{Failure, is_done};
use crate::handle::{Handle, pipeline, slice};
use crate::image::{CImage, views};
use crate::output::{Alloc, Memory, Shape, Work, fill, fill_new};

/// As `pixfuse_join` numbers them.
fn join(number: i32) -> Result<Join, Failure> {
    match number {
        0 => Ok(Join::Concat),
        1 => Ok(Join::Pad),
        other => Err(Failure::argument(format_args!("join is {other}, expected PIXFUSE_CONCAT, 0, or PIXFUSE_PAD, 1"))),
    }
}

/// # Safety
/// `sizes` is null or readable for `2 * count` numbers.
unsafe fn joined(pipe: &Pipeline, sizes: *const usize, count: usize, how: Join) -> Result<Joined, Failure> {
    // SAFETY: the caller promises so many numbers.
    Ok(pipe.joined_shape(unsafe { slice(sizes.cast(), count, "sizes") }?, how)?)
}

/// # Safety
/// `offsets` is null or writable for one number more than there are images.
unsafe fn give_offsets(joined: &Joined, offsets: *mut usize) {
    if !offsets.is_null() {
        let made = joined.offsets();
        // SAFETY: the caller promises room for all of them.
        unsafe { std::ptr::copy_nonoverlapping(made.as_ptr(), offsets, made.len()) };
    }
}

/// # Safety
/// `pipe` is a handle; `sizes` is readable for `2 * count` numbers; `shape` has its `size`; `offsets` is null or writable for
/// `count + 1`; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_joined_shape(
    pipe: *const Handle,
    sizes: *const usize,
    count: usize,
    how: i32,
    shape: *mut Shape,
    offsets: *mut usize,
    error: *mut *mut Failure,
) -> bool {
    let ask = || {
        // SAFETY: the caller promises the handle, the sizes, the shape and the offsets.
        unsafe {
            let pipe = pipeline(pipe)?;
            let joined = joined(pipe, sizes, count, join(how)?)?;
            Shape::new(pipe, &joined.dims())?.give(shape)?;
            give_offsets(&joined, offsets);
        }
        Ok(())
    };
    // SAFETY: the caller promises `error`.
    unsafe { is_done(error, ask) }
}

/// # Safety
/// `pipe` is a handle; `sizes` is readable for `2 * count` numbers; `mask` is writable for `length` bytes; `error` is null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_joined_mask(
    pipe: *const Handle,
    sizes: *const usize,
    count: usize,
    mask: *mut bool,
    length: usize,
    error: *mut *mut Failure,
) -> bool {
    let ask = || {
        // SAFETY: the caller promises the handle and the sizes.
        let joined = unsafe { joined(pipeline(pipe)?, sizes, count, Join::Pad) }?;
        let dims = joined.mask_shape();
        let needed = dims.iter().product::<usize>();
        if needed != length {
            let message = format_args!("mask: {length} bytes given, the mask {dims:?} needs {needed}");
            return Err(Failure::new(c"out", message));
        }
        if length > 0 {
            if mask.is_null() {
                return Err(Failure::argument("mask is null"));
            }
            let (made, _) = joined.mask();
            // SAFETY: the caller promises so many bytes, and a bool of Rust is one of C.
            unsafe { std::ptr::copy_nonoverlapping(made.as_ptr(), mask, length) };
        }
        Ok(())
    };
    // SAFETY: the caller promises `error`.
    unsafe { is_done(error, ask) }
}

/// # Safety
/// `pipe` is a handle; `images` describe memory that is readable; `out` is writable for `out_bytes`; `error` is null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_batch_joined(
    pipe: *const Handle,
    images: *const CImage,
    count: usize,
    how: i32,
    out: *mut c_void,
    out_bytes: usize,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises the handle, the images and their pixels, the output, and `error`.
    unsafe { fill(pipe, (out, out_bytes), error, |pipe| Ok(Work::Joined(views(pipe, images, count)?, join(how)?))) }
}

/// # Safety
/// As [`pixfuse_batch_joined`]; `alloc` gives null or memory of the shape's bytes; `shape` has its `size`, `offsets` is null or
/// writable for `count + 1` numbers, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_batch_joined_alloc(
    pipe: *const Handle,
    images: *const CImage,
    count: usize,
    how: i32,
    alloc: Option<Alloc>,
    user: *mut c_void,
    shape: *mut Shape,
    offsets: *mut usize,
    out: *mut *mut c_void,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises the handle, the images and their pixels, the offsets, what `Memory` needs, and `error`.
    unsafe {
        fill_new(pipe, Memory { alloc, user, shape, out }, error, |pipe| {
            let (join, images) = (join(how)?, views(pipe, images, count)?);
            let sizes: Vec<_> = images.iter().map(|image| [image.rows(), image.columns()]).collect();
            let joined = pipe.joined_shape(&sizes, join)?;
            give_offsets(&joined, offsets);
            Ok((joined.dims(), Work::Joined(images, join)))
        })
    }
}
