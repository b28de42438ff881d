//! Memory of new arrays: of large ones it is kept for the next, when an array is gone.
//!
//! The system gives memory page by page when it is first touched, and clears it: of a tensor of 12 MB that takes as long
//! as the kernel that fills it. Programs ask for tensors of the same size again and again, so what one leaves is what the
//! next one takes.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;
use std::sync::Mutex;

use numpy::npyffi::{NPY_ARRAY_DEFAULT, NpyTypes, PY_ARRAY_API, get_type_object, npy_intp};
use numpy::{PyArrayDescr, PyArrayDescrMethods, PyUntypedArray};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

/// Smaller arrays are numpy's own: the allocator keeps such memory itself.
const LEAST: usize = 128 << 10;

/// What is kept at most.
const MOST: usize = 32 << 20;

/// A large page of x86-64, and of Arm with pages of 4 KiB.
const LARGE_PAGE: usize = 2 << 20;

/// Memory that no array has now, the last that was left at the end.
static KEPT: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// A new C-contiguous array, whose elements are not initialized.
///
/// # Errors
/// When there is no memory for it.
pub(crate) fn empty<'py>(
    py: Python<'py>,
    dims: &[usize],
    dtype: Bound<'py, PyArrayDescr>,
) -> PyResult<Bound<'py, PyUntypedArray>> {
    static EMPTY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let bytes = dims.iter().try_fold(dtype.itemsize(), |bytes, &side| bytes.checked_mul(side));
    let of_numbers = !dtype.has_object() && dims.len() <= 8;
    if let Some(block) = bytes.filter(|&bytes| of_numbers && bytes >= LEAST).and_then(Block::of) {
        return array(py, dims, dtype, block);
    }
    let array = EMPTY.import(py, "numpy", "empty")?.call1((PyTuple::new(py, dims)?, dtype))?;
    Ok(array.cast_into()?)
}

/// An array over a block that is as large as it, or larger.
fn array<'py>(
    py: Python<'py>,
    dims: &[usize],
    dtype: Bound<'py, PyArrayDescr>,
    block: Block,
) -> PyResult<Bound<'py, PyUntypedArray>> {
    let data = block.start.as_ptr();
    let owner = Bound::new(py, Memory { block: Some(block) })?;
    let mut sides: Vec<npy_intp> = dims.iter().map(|&side| side as npy_intp).collect();
    // SAFETY: this thread is attached to the interpreter. `PyArray_NewFromDescr` takes the reference to `dtype` that
    // `into_ptr` gives up, reads `sides.len()` sides and no strides, and gives a new reference or null with an exception
    // set. From `data` on there are as many bytes as the array has, aligned for numbers of any size, which belong to
    // `owner` alone.
    let array = unsafe {
        let class = get_type_object(py, NpyTypes::PyArray_Type);
        let array = PY_ARRAY_API.PyArray_NewFromDescr(
            py,
            class,
            dtype.into_ptr().cast(),
            sides.len() as _,
            sides.as_mut_ptr(),
            std::ptr::null_mut(),
            data.cast(),
            NPY_ARRAY_DEFAULT,
            std::ptr::null_mut(),
        );
        Bound::from_owned_ptr_or_err(py, array)?
    };
    // SAFETY: `array` is an array that was just made and has no base. `PyArray_SetBaseObject` takes the reference that
    // `into_ptr` gives up, also where it fails: the memory lives as long as the array.
    let failed = unsafe { PY_ARRAY_API.PyArray_SetBaseObject(py, array.as_ptr().cast(), owner.into_ptr()) } != 0;
    if failed {
        return Err(PyErr::fetch(py));
    }
    Ok(array.cast_into()?)
}

/// What an array has as its base: the memory goes back when nobody has the array any more.
#[pyclass(frozen, module = "pixfuse")]
struct Memory {
    block: Option<Block>,
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.block.take().into_iter().for_each(Block::keep);
    }
}

/// Memory that one array has, or none.
struct Block {
    start: NonNull<u8>,
    layout: Layout,
}

// SAFETY: a block is the only owner of its memory, and reads and writes none of it.
unsafe impl Send for Block {}

// SAFETY: nothing is reached through a shared block but where it starts and how large it is.
unsafe impl Sync for Block {}

impl Block {
    /// One of at least so many bytes, kept or new; nothing where there is no memory.
    fn of(bytes: usize) -> Option<Self> {
        // In whole large pages where one fits in; else in pages and for the widest registers.
        let align = if bytes >= LARGE_PAGE { LARGE_PAGE } else { 4096 };
        let layout = Layout::from_size_align(bytes.checked_next_multiple_of(align)?, align).ok()?;
        // Who does not get the lock goes on without: it may be a copy of a process that had it.
        if let Ok(mut kept) = KEPT.try_lock() {
            let fits = |block: &Self| {
                let size = block.layout.size();
                size >= layout.size() && size - layout.size() <= layout.size() / 4
            };
            if let Some(at) = kept.iter().rposition(fits) {
                return Some(kept.remove(at));
            }
        }
        // SAFETY: the layout has a size, since the array is not empty.
        let start = NonNull::new(unsafe { alloc(layout) })?;
        let block = Self { start, layout };
        block.ask_for_large_pages();
        Some(block)
    }

    /// Keeps it for the next array, and gives back what was left first where that is too much.
    fn keep(self) {
        let Ok(mut kept) = KEPT.try_lock() else { return };
        kept.push(self);
        let mut size = kept.iter().map(|block| block.layout.size()).sum::<usize>();
        let mut dropped = 0;
        while size > MOST {
            size -= kept[dropped].layout.size();
            dropped += 1;
        }
        let dropped: Vec<Self> = kept.drain(..dropped).collect();
        // The system takes its time.
        drop(kept);
        drop(dropped);
    }

    /// Linux gives pages of 4 KiB to who does not ask, and takes ten times as long for them.
    fn ask_for_large_pages(&self) {
        #[cfg(target_os = "linux")]
        if self.layout.align() == LARGE_PAGE {
            // SAFETY: the range is this block's own, in whole pages. The advice changes no byte of it, and to have it
            // refused does no harm.
            unsafe { libc::madvise(self.start.as_ptr().cast(), self.layout.size(), libc::MADV_HUGEPAGE) };
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: `alloc` gave the memory for this layout, and no array has it any more.
        unsafe { dealloc(self.start.as_ptr(), self.layout) }
    }
}
