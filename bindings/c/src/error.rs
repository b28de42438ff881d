//! Errors as handles that the caller owns.

use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use pixfuse::spec::Expected;
use pixfuse_bindings::Mistake;

/// What went wrong: `pixfuse_error` in C.
pub struct Failure {
    code: &'static std::ffi::CStr,
    /// What is wrong with a file, in one word.
    reason: CString,
    message: CString,
    /// Of a declaration.
    mistakes: Vec<Kept>,
}

/// A mistake whose texts end in zeros.
pub(crate) struct Kept {
    pub(crate) message: CString,
    pub(crate) kind: CString,
    pub(crate) clause: Option<CString>,
    pub(crate) argument: Option<CString>,
    pub(crate) index: Option<usize>,
    pub(crate) value: Option<CString>,
    pub(crate) names: Vec<CString>,
    /// Where these names are, which no one moves: each is an allocation of its own.
    pub(crate) pointers: Vec<*const c_char>,
    pub(crate) integers: Option<[u32; 2]>,
}

impl Kept {
    fn new(mistake: &Mistake) -> Self {
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
}

/// A text for C. A NUL inside would end it early: it is left out.
fn c_text(text: impl AsRef<str>) -> CString {
    let bytes: Vec<u8> = text.as_ref().bytes().filter(|&byte| byte != 0).collect();
    CString::new(bytes).unwrap_or_default()
}

impl Failure {
    pub(crate) fn new(code: &'static std::ffi::CStr, message: impl std::fmt::Display) -> Self {
        Self { code, reason: CString::default(), message: c_text(message.to_string()), mistakes: Vec::new() }
    }

    pub(crate) fn mistakes(&self) -> &[Kept] {
        &self.mistakes
    }

    /// An argument that is null or says something impossible.
    pub(crate) fn argument(message: impl std::fmt::Display) -> Self {
        Self::new(c"argument", message)
    }
}

impl From<pixfuse::Error> for Failure {
    fn from(error: pixfuse::Error) -> Self {
        let code = match error {
            pixfuse::Error::Spec(_) | pixfuse::Error::Values(_) => c"declaration",
            pixfuse::Error::Image(_) => c"image",
            pixfuse::Error::Output(_) => c"out",
            pixfuse::Error::Level(_) => c"level",
            pixfuse::Error::Memory(_) => c"memory",
            pixfuse::Error::Geometry(_) => c"geometry",
            pixfuse::Error::Threads { .. } => c"threads",
            _ => c"pipeline",
        };
        let mistakes = pixfuse_bindings::mistakes(&error).iter().map(Kept::new).collect();
        Self { mistakes, ..Self::new(code, error) }
    }
}

impl From<pixfuse_decode::Error> for Failure {
    fn from(error: pixfuse_decode::Error) -> Self {
        match error {
            error if error.is_of_file() => Self { reason: c_text(error.code()), ..Self::new(c"file", error) },
            pixfuse_decode::Error::Pipeline(error) => error.into(),
            error => Self::new(c"pipeline", error),
        }
    }
}

impl From<pixfuse_config::Error> for Failure {
    fn from(error: pixfuse_config::Error) -> Self {
        Self::new(c"config", error)
    }
}

/// Calls `body`; what it says goes to `error`, where the caller wants it.
///
/// # Safety
/// `error` is null or writable.
pub(crate) unsafe fn attempt<T>(error: *mut *mut Failure, body: impl FnOnce() -> Result<T, Failure>) -> Option<T> {
    // What a panic leaves behind is not looked at again: handles are immutable.
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        Err(Failure::new(c"internal", "a bug of pixfuse: please report what was called with what"))
    });
    match result {
        Ok(value) => Some(value),
        Err(failure) => {
            if !error.is_null() {
                // SAFETY: the caller promises that it is writable where it is not null.
                unsafe { error.write(Box::into_raw(Box::new(failure))) };
            }
            None
        }
    }
}

/// [`attempt`], for what gives nothing but whether it could.
///
/// # Safety
/// `error` is null or writable.
pub(crate) unsafe fn is_done(error: *mut *mut Failure, body: impl FnOnce() -> Result<(), Failure>) -> bool {
    // SAFETY: the caller promises `error`.
    unsafe { attempt(error, body) }.is_some()
}

/// # Safety
/// `error` is a handle that was not freed, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_error_code(error: *const Failure) -> *const c_char {
    // SAFETY: the caller promises a handle that was not freed, or null.
    unsafe { error.as_ref() }.map_or(c"".as_ptr(), |failure| failure.code.as_ptr())
}

/// # Safety
/// `error` is a handle that was not freed, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_error_reason(error: *const Failure) -> *const c_char {
    // SAFETY: the caller promises a handle that was not freed, or null.
    unsafe { error.as_ref() }.map_or(c"".as_ptr(), |failure| failure.reason.as_ptr())
}

/// # Safety
/// `error` is a handle that was not freed, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_error_message(error: *const Failure) -> *const c_char {
    // SAFETY: the caller promises a handle that was not freed, or null.
    unsafe { error.as_ref() }.map_or(c"".as_ptr(), |failure| failure.message.as_ptr())
}

/// # Safety
/// `error` is a handle that was not freed and is not used again, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_error_free(error: *mut Failure) {
    if !error.is_null() {
        // SAFETY: the handle came from `Box::into_raw` in `attempt`, and the caller promises that it was not freed.
        drop(unsafe { Box::from_raw(error) });
    }
}
