//! Tensors, and the caller's memory that they go to.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use pixfuse::{Dims, Element, ImageRef, Join, Pipeline, TensorElement, with_element};
use pixfuse_decode::{EncodedImage, Options};

use crate::error::{Failure, is_done};
use crate::handle::{Handle, pipeline};
use crate::structs::{self, CStruct};

/// The most dimensions that a tensor has, and room for more to come.
const MOST: usize = 8;

/// `pixfuse_shape` in C.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Shape {
    size: usize,
    rank: usize,
    dims: [usize; MOST],
    element: i32,
    bytes: usize,
}

// SAFETY: it is `repr(C)`, begins with its size, and all of it is numbers.
unsafe impl CStruct for Shape {
    const ARGUMENT: &str = "shape";
    const NAME: &str = "pixfuse_shape";
}

/// `pixfuse_alloc` in C: memory for so many bytes, aligned so, or null.
pub type Alloc = unsafe extern "C" fn(user: *mut c_void, shape: *const Shape, align: usize) -> *mut c_void;

/// As `pixfuse_element` numbers them.
fn number(element: Element) -> i32 {
    match element {
        Element::F32 => 0,
        Element::F16 => 1,
        Element::Bf16 => 2,
        Element::U8 => 3,
        Element::I8 => 4,
    }
}

impl Shape {
    pub(crate) fn new(pipe: &Pipeline, dims: &Dims) -> Result<Self, Failure> {
        Self::of(pipe.element(), dims)
    }

    pub(crate) fn of(element: Element, dims: &[usize]) -> Result<Self, Failure> {
        let bytes = dims.iter().try_fold(element.size(), |bytes, &side| bytes.checked_mul(side));
        let bytes = bytes
            .filter(|&bytes| isize::try_from(bytes).is_ok())
            .ok_or_else(|| Failure::new(c"out", format_args!("out: a tensor {dims:?} is larger than memory")))?;
        let mut sides = [0; MOST];
        sides[..dims.len()].copy_from_slice(dims);
        Ok(Self { size: size_of::<Self>(), rank: dims.len(), dims: sides, element: number(element), bytes })
    }

    /// Writes it into the caller's struct.
    ///
    /// # Safety
    /// `to` is null or a `pixfuse_shape` whose `size` is set.
    pub(crate) unsafe fn give(&self, to: *mut Self) -> Result<(), Failure> {
        // SAFETY: the caller promises a shape, or null.
        unsafe { structs::give(*self, to) }
    }
}

/// What a tensor is made of.
pub(crate) enum Work<'a> {
    Image(ImageRef<'a>),
    /// Tensors of one shape, with a dimension in front that counts them.
    Batch(Vec<ImageRef<'a>>),
    Joined(Vec<ImageRef<'a>>, Join),
    File(EncodedImage<'a>, Options),
}

impl Work<'_> {
    /// Fills a tensor of the pipeline's element type. Where that fails, nothing is written, or a part of it.
    fn fill<T: TensorElement>(self, pipe: &Pipeline, out: &mut [MaybeUninit<T>]) -> Result<(), Failure> {
        match self {
            Self::Image(image) => pipe.run_into_uninit(image, out)?,
            Self::Batch(images) => pipe.batch_into_uninit(&images, out)?,
            Self::Joined(images, join) => drop(pipe.join_into_uninit(&images, join, out)?),
            Self::File(file, options) => file.run_into_uninit(pipe, &options, out)?,
        }
        Ok(())
    }
}

/// Makes a tensor in the caller's memory of so many bytes. Gives whether it could.
///
/// # Safety
/// `pipe` is null or a handle that is not freed for `'a`; `out` is null or writable for the bytes, which nobody else reads or
/// writes meanwhile; `error` is null or writable.
pub(crate) unsafe fn fill<'a>(
    pipe: *const Handle,
    (out, bytes): (*mut c_void, usize),
    error: *mut *mut Failure,
    work: impl FnOnce(&'a Pipeline) -> Result<Work<'a>, Failure>,
) -> bool {
    // SAFETY: the caller promises the handle, the memory and `error`.
    unsafe {
        is_done(error, || {
            let pipe = pipeline(pipe)?;
            into(pipe, out, bytes, work(pipe)?)
        })
    }
}

/// Makes a tensor in new memory, where `work` says its dimensions too. Gives whether it could; the memory is the caller's also
/// where filling it failed.
///
/// # Safety
/// `pipe` is null or a handle that is not freed for `'a`; `memory` is as [`Memory::of`] needs it; `error` is null or writable.
pub(crate) unsafe fn fill_new<'a>(
    pipe: *const Handle,
    memory: Memory,
    error: *mut *mut Failure,
    work: impl FnOnce(&'a Pipeline) -> Result<(Dims, Work<'a>), Failure>,
) -> bool {
    // SAFETY: the caller promises the handle, the memory, which has the bytes of the shape, and `error`.
    unsafe {
        is_done(error, || {
            let pipe = pipeline(pipe)?;
            let (dims, work) = work(pipe)?;
            let made = Shape::new(pipe, &dims)?;
            into(pipe, memory.of(&made)?, made.bytes, work)
        })
    }
}

/// # Safety
/// `out` is null or writable for `bytes` bytes, which nobody else reads or writes meanwhile.
unsafe fn into(pipe: &Pipeline, out: *mut c_void, bytes: usize, work: Work<'_>) -> Result<(), Failure> {
    if out.is_null() {
        return Err(Failure::argument("out is null"));
    }
    with_element!(pipe.element(), T => {
        if !out.cast::<T>().is_aligned() {
            return Err(Failure::new(c"out", format_args!("out: its address is no multiple of {}", align_of::<T>())));
        }
        if !bytes.is_multiple_of(size_of::<T>()) {
            return Err(Failure::new(
                c"out",
                format_args!("out: {bytes} bytes given, which is no number of elements of {} bytes", size_of::<T>()),
            ));
        }
        // SAFETY: the caller promises the bytes, the address is aligned, and memory that need not be initialised may hold
        // anything.
        let out = unsafe { std::slice::from_raw_parts_mut(out.cast::<MaybeUninit<T>>(), bytes / size_of::<T>()) };
        work.fill(pipe, out)
    })
}

/// Memory that the caller makes.
pub(crate) struct Memory {
    pub(crate) alloc: Option<Alloc>,
    pub(crate) user: *mut c_void,
    pub(crate) shape: *mut Shape,
    pub(crate) out: *mut *mut c_void,
}

impl Memory {
    /// Has the caller make memory of a shape, which is said first. Gives it, to the caller in C too.
    ///
    /// # Safety
    /// `alloc` gives null, or memory of the shape's bytes that nobody else reads or writes meanwhile; `shape` is as
    /// [`Shape::give`] needs it, and `out` is null or writable.
    pub(crate) unsafe fn of(&self, made: &Shape) -> Result<*mut c_void, Failure> {
        // SAFETY: the caller promises a shape.
        unsafe { made.give(self.shape) }?;
        let Some(alloc) = self.alloc else { return Err(Failure::argument("alloc is null")) };
        if self.out.is_null() {
            return Err(Failure::argument("out is null"));
        }
        /// A cache line, which every vector is aligned to.
        const ALIGN: usize = 64;
        // SAFETY: the caller promises what the function does with a shape; it is called once.
        let memory = unsafe { alloc(self.user, made, ALIGN) };
        if memory.is_null() {
            return Err(Failure::new(c"memory", format_args!("memory: alloc gave null for {} bytes", made.bytes)));
        }
        // SAFETY: the caller promises that `out` is writable, and it is not null.
        unsafe { self.out.write(memory) };
        Ok(memory)
    }
}
