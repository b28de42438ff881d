//! The mistakes of a declaration, as programs match on them.

use std::ffi::{CStr, CString, c_char};
use std::ptr::null;

use pixfuse::spec::Expected;
use pixfuse_bindings::Mistake;

use crate::error::{Failure, attempt, c_text};
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

/// A mistake whose texts end in zeros.
pub(crate) struct Kept {
    message: CString,
    kind: CString,
    clause: Option<CString>,
    argument: Option<CString>,
    index: Option<usize>,
    value: Option<CString>,
    names: Vec<CString>,
    /// Where these names are, which no one moves: each is an allocation of its own.
    pointers: Vec<*const c_char>,
    integers: Option<[u32; 2]>,
}

impl Kept {
    pub(crate) fn new(mistake: &Mistake) -> Self {
        let Mistake { message, kind, clause, argument, index, value, expected } = mistake;
        let names: Vec<CString> = match expected {
            Some(Expected::Names(names)) => names.iter().map(c_text).collect(),
            _ => Vec::new(),
        };
        Self {
            message: c_text(message),
            kind: c_text(kind),
            clause: clause.map(c_text),
            argument: argument.map(c_text),
            index: *index,
            value: value.as_ref().map(c_text),
            pointers: names.iter().map(|name| name.as_ptr()).collect(),
            names,
            integers: match expected {
                Some(Expected::Integers { least, most }) => Some([*least, *most]),
                _ => None,
            },
        }
    }

    fn told(&self) -> CMistake {
        let text = |text: &Option<CString>| text.as_deref().map_or(null(), CStr::as_ptr);
        let [least, most] = self.integers.unwrap_or_default();
        CMistake {
            size: size_of::<CMistake>(),
            message: self.message.as_ptr(),
            kind: self.kind.as_ptr(),
            clause: text(&self.clause),
            argument: text(&self.argument),
            index: self.index.map_or(-1, |index| index as isize),
            value: text(&self.value),
            names: if self.names.is_empty() { null() } else { self.pointers.as_ptr() },
            count: self.names.len(),
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
        unsafe { structs::give(found.told(), mistake) }
    };
    // SAFETY: null is no place for an error.
    unsafe { attempt(std::ptr::null_mut(), ask) }.is_some()
}
