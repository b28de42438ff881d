//! Tensors in memory of the caller.

use std::ffi::c_void;
use std::mem::MaybeUninit;

use pixfuse::{Dims, Element, Pipeline, TensorElement, with_element};

use crate::error::Failure;
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

/// What fills a tensor of any element type.
pub(crate) trait Fill {
    /// # Errors
    /// When it cannot; nothing is written then, or a part of it.
    fn fill<T: TensorElement>(self, out: &mut [MaybeUninit<T>]) -> Result<(), Failure>;
}

/// Fills the caller's memory.
///
/// # Safety
/// `out` is null or writable for `bytes` bytes, which nobody else reads or writes meanwhile.
pub(crate) unsafe fn into(pipe: &Pipeline, out: *mut c_void, bytes: usize, fill: impl Fill) -> Result<(), Failure> {
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
        fill.fill(out)
    })
}

/// Asks for memory of a shape, which is said first. Gives it, to the caller in C too.
///
/// # Safety
/// As [`new`].
pub(crate) unsafe fn allocated(
    made: &Shape,
    (alloc, user): (Option<Alloc>, *mut c_void),
    shape: *mut Shape,
    out: *mut *mut c_void,
) -> Result<*mut c_void, Failure> {
    // SAFETY: the caller promises a shape.
    unsafe { made.give(shape) }?;
    let Some(alloc) = alloc else { return Err(Failure::argument("alloc is null")) };
    if out.is_null() {
        return Err(Failure::argument("out is null"));
    }
    /// A cache line, which every vector is aligned to.
    const ALIGN: usize = 64;
    // SAFETY: the caller promises what the function does with a shape; it is called once.
    let memory = unsafe { alloc(user, made, ALIGN) };
    if memory.is_null() {
        return Err(Failure::new(c"memory", format_args!("memory: alloc gave null for {} bytes", made.bytes)));
    }
    // SAFETY: the caller promises that `out` is writable, and it is not null.
    unsafe { out.write(memory) };
    Ok(memory)
}

/// Asks for memory of this shape and fills it. Gives the memory, also where filling failed: it is the caller's.
///
/// # Safety
/// `alloc` gives null, or memory of the shape's bytes that nobody else reads or writes meanwhile; `shape` is as
/// [`Shape::give`] asks for, and `out` is writable.
pub(crate) unsafe fn new(
    pipe: &Pipeline,
    dims: &Dims,
    alloc: (Option<Alloc>, *mut c_void),
    shape: *mut Shape,
    out: *mut *mut c_void,
    fill: impl Fill,
) -> Result<(), Failure> {
    let made = Shape::new(pipe, dims)?;
    // SAFETY: the caller promises what `allocated` asks for, which gives memory of the bytes that were asked for.
    unsafe {
        let memory = allocated(&made, alloc, shape, out)?;
        into(pipe, memory, made.bytes, fill)
    }
}
