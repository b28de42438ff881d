//! The mistakes of a declaration, as programs match on them.

use std::ffi::{CStr, CString, c_char};
use std::ptr::null;

use crate::error::{Failure, Kept, is_done};
use crate::structs::{self, CStruct};

/// `pixfuse_mistake` in C, whose texts are those of an error.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CMistake {
    size: usize,
    message: *const c_char,
    kind: *const c_char,
    clause: *const c_char,
    argument: *const c_char,
    index: isize,
    value: *const c_char,
    names: *const *const c_char,
    count: usize,
    least: u32,
    most: u32,
}

// SAFETY: it is `repr(C)`, begins with its size, and the others are numbers and pointers, which no one follows here.
unsafe impl CStruct for CMistake {
    const ARGUMENT: &str = "mistake";
    const NAME: &str = "pixfuse_mistake";
}

impl CMistake {
    fn of(kept: &Kept) -> Self {
        let text = |text: &Option<CString>| text.as_deref().map_or(null(), CStr::as_ptr);
        let [least, most] = kept.integers.unwrap_or_default();
        Self {
            size: size_of::<Self>(),
            message: kept.message.as_ptr(),
            kind: kept.kind.as_ptr(),
            clause: text(&kept.clause),
            argument: text(&kept.argument),
            index: kept.index.map_or(-1, |index| index as isize),
            value: text(&kept.value),
            names: if kept.names.is_empty() { null() } else { kept.pointers.as_ptr() },
            count: kept.names.len(),
            least,
            most,
        }
    }
}

/// # Safety
/// `error` is a handle that was not freed, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_error_mistakes(error: *const Failure) -> usize {
    // SAFETY: the caller promises a handle that was not freed, or null.
    unsafe { error.as_ref() }.map_or(0, |failure| failure.mistakes().len())
}

/// # Safety
/// `error` is a handle that was not freed, or null; `mistake` is null or has its `size`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_error_mistake(error: *const Failure, number: usize, mistake: *mut CMistake) -> bool {
    let ask = || {
        // SAFETY: the caller promises a handle that was not freed, or null.
        let failure = unsafe { error.as_ref() }.ok_or_else(|| Failure::argument("error is null"))?;
        let found =
            failure.mistakes().get(number).ok_or_else(|| Failure::argument("number: there is no such mistake"))?;
        // SAFETY: the caller promises a struct whose size is set, or null.
        unsafe { structs::give(CMistake::of(found), mistake) }
    };
    // SAFETY: null is no place for an error.
    unsafe { is_done(std::ptr::null_mut(), ask) }
}
