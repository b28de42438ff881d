//! The calls of `avif.c` and `heic.c`.

use std::ffi::{CStr, c_char, c_int};

/// What the boxes of a file say of its first image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Rows and columns.
    pub sides: [usize; 2],
    /// Bits of a sample as stored; pixels are given in 8.
    pub bits: u8,
    /// Whether pixels are red, green, blue, alpha, and not the first three.
    pub has_alpha: bool,
    /// Whether all three colours are equal; not known of HEIC.
    pub is_gray: bool,
    /// Frames of a sequence, or images.
    pub frames: usize,
    /// Quarter turns to the left that the decoded pixels still need.
    pub turns: u32,
    /// And what is exchanged after them.
    pub mirror: Option<Mirror>,
}

/// Which parts of an image are exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mirror {
    /// Top and bottom.
    Rows,
    /// Left and right.
    Columns,
}

impl Header {
    /// Bytes of a pixel.
    pub const fn channels(&self) -> usize {
        if self.has_alpha { 4 } else { 3 }
    }

    /// Bytes of all pixels, if so many can be.
    pub fn bytes(&self) -> Option<usize> {
        self.sides[0].checked_mul(self.sides[1])?.checked_mul(self.channels())
    }
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The file ends before its last pixel.
    Ended,
    /// The file is damaged: in the library's words.
    Damaged(String),
    /// The file is of a kind that the library, or a codec that it lacks, does not decode: in the library's words.
    Unsupported(String),
    /// The library found no memory.
    Memory,
}

/// Every field is 32 bits wide, as in `bridge.h`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct RawHeader {
    rows: u32,
    columns: u32,
    bits: u32,
    alpha: u32,
    gray: u32,
    frames: u32,
    turns: u32,
    mirror: u32,
}

/// Bytes of `struct message`.
const MESSAGE: usize = 512;

#[repr(C)]
pub(crate) struct RawMessage([u8; MESSAGE]);

pub(crate) type ReadHeader = unsafe extern "C" fn(*const u8, usize, *mut RawHeader, *mut RawMessage) -> c_int;
pub(crate) type ReadPixels =
    unsafe extern "C" fn(*const u8, usize, *const RawHeader, *mut u8, *mut RawMessage) -> c_int;

// What `enum status` says; anything else is damage.
const DONE: c_int = 1;
const ENDED: c_int = 2;
const UNSUPPORTED: c_int = 4;
const NO_MEMORY: c_int = 5;

fn done(status: c_int, message: &RawMessage) -> Result<(), Failure> {
    // Text of the library's own, in ASCII.
    let text = || message.0.iter().take_while(|&&byte| byte != 0).map(|&byte| char::from(byte)).collect();
    match status {
        DONE => Ok(()),
        ENDED => Err(Failure::Ended),
        UNSUPPORTED => Err(Failure::Unsupported(text())),
        NO_MEMORY => Err(Failure::Memory),
        _ => Err(Failure::Damaged(text())),
    }
}

/// # Safety
/// `read` is one of the functions that the files in C export under the name `.._header`.
pub(crate) unsafe fn header(read: ReadHeader, file: &[u8]) -> Result<Header, Failure> {
    let (mut raw, mut message) = (RawHeader::default(), RawMessage([0; MESSAGE]));
    // SAFETY: the pointers are that of a slice, with its length, and of two local structures, which `bridge.h` declares
    // with fields of the same widths in the same order. The C side reads the slice and writes the structures, keeps no
    // pointer when it returns, holds no state between calls, so that threads may call it at once, and calls nothing of
    // Rust's.
    let status = unsafe { read(file.as_ptr(), file.len(), &mut raw, &mut message) };
    done(status, &message)?;
    let RawHeader { rows, columns, bits, alpha, gray, frames, turns, mirror } = raw;
    if rows == 0 || columns == 0 {
        return Err(Failure::Damaged("its image has no pixels".into()));
    }
    Ok(Header {
        sides: [rows as usize, columns as usize],
        bits: u8::try_from(bits).unwrap_or(u8::MAX),
        has_alpha: alpha != 0,
        is_gray: gray != 0,
        frames: (frames as usize).max(1),
        turns: turns % 4,
        mirror: match mirror {
            1 => Some(Mirror::Rows),
            2 => Some(Mirror::Columns),
            _ => None,
        },
    })
}

/// # Safety
/// `read` is one of the functions that the files in C export under the name `.._decode`.
pub(crate) unsafe fn decode(read: ReadPixels, file: &[u8], header: &Header, pixels: &mut [u8]) -> Result<(), Failure> {
    let narrow = |side: usize| u32::try_from(side).map_err(|_| Failure::Memory);
    let [rows, columns] = header.sides;
    if header.bytes().is_none_or(|needed| pixels.len() < needed) {
        return Err(Failure::Memory);
    }
    let raw = RawHeader {
        rows: narrow(rows)?,
        columns: narrow(columns)?,
        alpha: header.has_alpha.into(),
        ..RawHeader::default()
    };
    let mut message = RawMessage([0; MESSAGE]);
    // SAFETY: as in `header`; besides, the C side writes `rows` times `columns` pixels of 3 bytes, or 4 with alpha, for
    // which there was found to be room in `pixels`, and none where the file's image turns out to have other sides.
    let status = unsafe { read(file.as_ptr(), file.len(), &raw, pixels.as_mut_ptr(), &mut message) };
    done(status, &message)
}

/// # Safety
/// `name` is one of the functions that the files in C export under the name `.._version`.
pub(crate) unsafe fn version(name: unsafe extern "C" fn() -> *const c_char) -> String {
    // SAFETY: the function takes nothing and gives the library's own text, which ends with a zero and stays.
    unsafe { CStr::from_ptr(name()) }.to_string_lossy().into_owned()
}

/// The functions of a library, over those that its file in C exports.
macro_rules! library {
    ($header:ident, $decode:ident, $version:ident) => {
        use std::ffi::{c_char, c_int};

        use crate::bridge::{self, Failure, Header, RawHeader, RawMessage};

        unsafe extern "C" {
            fn $header(file: *const u8, length: usize, header: *mut RawHeader, message: *mut RawMessage) -> c_int;
            fn $decode(
                file: *const u8,
                length: usize,
                header: *const RawHeader,
                pixels: *mut u8,
                message: *mut RawMessage,
            ) -> c_int;
            fn $version() -> *const c_char;
        }

        /// Reads the boxes of a file.
        ///
        /// # Errors
        /// As [`Failure`] says.
        pub fn header(file: &[u8]) -> Result<Header, Failure> {
            // SAFETY: it is the file's `.._header`.
            unsafe { bridge::header($header, file) }
        }

        /// Decodes a file into the first [`Header::bytes`] of `pixels`, a row behind the other. `header` is what
        /// [`header`] read of this file.
        ///
        /// # Errors
        /// As [`Failure`] says. `pixels` may have been written to then.
        pub fn decode(file: &[u8], header: &Header, pixels: &mut [u8]) -> Result<(), Failure> {
            // SAFETY: it is the file's `.._decode`.
            unsafe { bridge::decode($decode, file, header, pixels) }
        }

        /// Of the library, such as `1.3.0`.
        pub fn version() -> String {
            // SAFETY: it is the file's `.._version`.
            unsafe { bridge::version($version) }
        }
    };
}
pub(crate) use library;
