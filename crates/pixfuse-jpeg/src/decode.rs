//! The call of `decode.c`.

use std::ffi::c_int;
use std::ops::Range;

// Nothing of it is named: it is linked.
use turbojpeg_sys as _;

/// The channels of decoded pixels, a byte each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Format {
    /// Luma, or the only channel.
    Gray = 0,
    /// Red, green, blue.
    Rgb = 1,
    /// Blue, green, red.
    Bgr = 2,
    /// And alpha 255.
    Rgba = 3,
    /// And alpha 255.
    Bgra = 4,
    /// As stored, which is inverted in files of Adobe's programs; from YCCK too.
    Cmyk = 5,
}

impl Format {
    /// Bytes of a pixel.
    pub const fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb | Self::Bgr => 3,
            Self::Rgba | Self::Bgra | Self::Cmyk => 4,
        }
    }
}

/// How a file is decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Rows and columns that the file's header is known to say.
    pub sides: [usize; 2],
    /// Components that the file's header is known to say.
    pub components: usize,
    /// The channels to give. Gray files become any but CMYK; files of four components become CMYK only; lossless files
    /// become gray or RGB, as they are.
    pub format: Format,
    /// Sides are divided by this and rounded up, in the inverse DCT: 1, 2, 4 or 8. Lossless files are not reduced.
    pub reduced_by: usize,
    /// Whether a file that ends too early, or is damaged, gives what there is of it, as Pillow's
    /// `LOAD_TRUNCATED_IMAGES`; otherwise that is a [`Failure`].
    pub fill: bool,
    /// The columns to decode at least, of the reduced image. Not empty.
    pub columns: Range<usize>,
}

/// What was decoded: rows one behind the other, of these columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// The columns, among them those that were asked for.
    pub columns: Range<usize>,
    /// Rows that were written, from the first one on: all of the image, unless the file was filled.
    pub rows: usize,
}

/// Why a file was not decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The file ends before its last pixel.
    Ended,
    /// The file is damaged, or of a kind that libjpeg-turbo does not decode: in its words.
    Damaged(String),
    /// There is no memory for what libjpeg-turbo keeps of the image.
    Memory,
    /// The file is not what the request says, or the pixels do not fit.
    OtherImage,
}

/// Every field is 32 bits wide, as in `decode.c`.
#[repr(C)]
struct RawRequest {
    rows: u32,
    columns: u32,
    components: u32,
    format: u32,
    reduced_by: u32,
    fill: u32,
    first: u32,
    columns_wanted: u32,
}

/// `JMSG_LENGTH_MAX` of libjpeg.
const MESSAGE: usize = 200;

// What `decode.c` returns; anything else is `OTHER_IMAGE`.
const DECODED: c_int = 1;
const ENDED: c_int = 2;
const DAMAGED: c_int = 3;
const NO_MEMORY: c_int = 4;

#[repr(C)]
struct RawReport {
    first: u32,
    columns: u32,
    rows: u32,
    message: [u8; MESSAGE],
}

unsafe extern "C" {
    fn pixfuse_jpeg_decode(
        file: *const u8,
        length: usize,
        request: *const RawRequest,
        pixels: *mut u8,
        capacity: usize,
        report: *mut RawReport,
    ) -> c_int;
}

/// Decodes a file into the first bytes of `pixels`, rows one behind the other, each as long as [`Pixels::columns`].
///
/// # Errors
/// As [`Failure`] says. `pixels` may have been written to then.
pub fn decode(file: &[u8], request: &Request, pixels: &mut [u8]) -> Result<Pixels, Failure> {
    let narrow = |number: usize| u32::try_from(number).map_err(|_| Failure::OtherImage);
    let Request { sides: [rows, columns], components, format, reduced_by, fill, columns: wanted } = request;
    if ![1, 2, 4, 8].contains(reduced_by) {
        return Err(Failure::OtherImage);
    }
    let raw = RawRequest {
        rows: narrow(*rows)?,
        columns: narrow(*columns)?,
        components: narrow(*components)?,
        format: *format as u32,
        reduced_by: narrow(*reduced_by)?,
        fill: u32::from(*fill),
        first: narrow(wanted.start)?,
        columns_wanted: narrow(wanted.len())?,
    };
    let mut report = RawReport { first: 0, columns: 0, rows: 0, message: [0; MESSAGE] };
    // SAFETY: the pointers are those of slices and of two local structures, with the lengths of the slices; the C side
    // declares both structures with the same fields of the same widths in the same order, so neither has padding. It
    // reads `length` bytes of the file and the request, and writes the report and, having checked that all rows fit
    // (`capacity / stride < output_height`), at most `capacity` bytes of the pixels. It keeps no pointer when it
    // returns, holds no state between calls, so that threads may call it at once, and calls nothing of Rust: libjpeg's
    // `longjmp` passes C frames only, and no panic can come through.
    let status =
        unsafe { pixfuse_jpeg_decode(file.as_ptr(), file.len(), &raw, pixels.as_mut_ptr(), pixels.len(), &mut report) };
    match status {
        DECODED => {
            let first = report.first as usize;
            Ok(Pixels { columns: first..first + report.columns as usize, rows: report.rows as usize })
        }
        ENDED => Err(Failure::Ended),
        DAMAGED => {
            let bytes = report.message.iter().take_while(|&&byte| byte != 0);
            // Text of the library's own, in ASCII; numbers of the file are printed as such.
            Err(Failure::Damaged(bytes.map(|&byte| char::from(byte)).collect()))
        }
        NO_MEMORY => Err(Failure::Memory),
        _ => Err(Failure::OtherImage),
    }
}
