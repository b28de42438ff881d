//! Files, straight into pipelines.

use std::ffi::{CString, c_char, c_void};
use std::sync::LazyLock;

use pixfuse::Orientation;
use pixfuse_decode::{EncodedImage, FileFormat, Options, Truncated};

use crate::error::{Failure, is_done};
use crate::handle::{Handle, bytes, pipeline};
use crate::output::{Alloc, Memory, Shape, Work, fill, fill_new};
use crate::structs::{self, CStruct};

/// `pixfuse_decode_options` in C.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DecodeOptions {
    size: usize,
    orientation: i32,
    max_pixels: u64,
    max_side: u64,
    draft: [usize; 2],
    /// A `bool` in C, where any bits may stand.
    fill_truncated: u8,
}

// SAFETY: it is `repr(C)`, begins with its size, and all of it is numbers.
unsafe impl CStruct for DecodeOptions {
    const ARGUMENT: &str = "options";
    const NAME: &str = "pixfuse_decode_options";
}

impl DecodeOptions {
    /// # Safety
    /// `options` is null or a struct whose `size` is set.
    pub(crate) unsafe fn read(options: *const Self) -> Result<Options, Failure> {
        if options.is_null() {
            return Ok(Options::default());
        }
        // SAFETY: the caller promises options, whose size is set.
        let given = unsafe { structs::read(options) }?;
        let mut options = Options::default();
        if given.orientation != 0 {
            let value = u32::try_from(given.orientation).ok().and_then(Orientation::from_exif);
            options.orient = Some(value.ok_or_else(|| {
                Failure::argument(format_args!("options: orientation is {}, expected 1 to 8, or 0", given.orientation))
            })?);
        }
        if given.max_pixels != 0 {
            options.max_pixels = given.max_pixels;
        }
        if given.max_side != 0 {
            options.max_side = given.max_side;
        }
        options.draft = (given.draft != [0, 0]).then_some(given.draft);
        if given.fill_truncated != 0 {
            options.truncated = Truncated::Fill;
        }
        Ok(options)
    }
}

/// `pixfuse_probe_result` in C.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Probe {
    size: usize,
    format: [c_char; 8],
    rows: usize,
    columns: usize,
    shown_rows: usize,
    shown_columns: usize,
    channels: usize,
    bits: u32,
    /// A `bool` in C.
    has_alpha: u8,
    orientation: i32,
}

// SAFETY: it is `repr(C)`, begins with its size, and all of it is numbers.
unsafe impl CStruct for Probe {
    const ARGUMENT: &str = "result";
    const NAME: &str = "pixfuse_probe_result";
}

/// # Safety
/// `file` is readable for `length` bytes, `options` null or a struct whose `size` is set.
unsafe fn open<'a>(
    file: *const c_void,
    length: usize,
    options: *const DecodeOptions,
) -> Result<(EncodedImage<'a>, Options), Failure> {
    // SAFETY: the caller promises each.
    unsafe {
        let options = DecodeOptions::read(options)?;
        Ok((EncodedImage::open(bytes(file, length, "file")?)?, options))
    }
}

/// # Safety
/// `pipe` is a handle; `file` and `options` as `open` needs them; `shape` has its `size`; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_decode_shape(
    pipe: *const Handle,
    file: *const c_void,
    length: usize,
    options: *const DecodeOptions,
    shape: *mut Shape,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises the pipeline, the file, the options, the shape and `error`.
    unsafe {
        is_done(error, || {
            let pipe = pipeline(pipe)?;
            let (image, options) = open(file, length, options)?;
            Shape::new(pipe, &image.output_shape(pipe, &options)?)?.give(shape)
        })
    }
}

/// # Safety
/// As [`pixfuse_decode_shape`]; `out` is writable for `out_bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_decode(
    pipe: *const Handle,
    file: *const c_void,
    length: usize,
    options: *const DecodeOptions,
    out: *mut c_void,
    out_bytes: usize,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises the pipeline, the file, the options, the output and `error`.
    unsafe {
        fill(pipe, (out, out_bytes), error, |_| {
            let (image, options) = open(file, length, options)?;
            Ok(Work::File(image, options))
        })
    }
}

/// # Safety
/// As [`pixfuse_decode_shape`]; `alloc` gives null or memory of the shape's bytes, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_decode_alloc(
    pipe: *const Handle,
    file: *const c_void,
    length: usize,
    options: *const DecodeOptions,
    alloc: Option<Alloc>,
    user: *mut c_void,
    shape: *mut Shape,
    out: *mut *mut c_void,
    error: *mut *mut Failure,
) -> bool {
    // SAFETY: the caller promises the pipeline, the file, the options, what `Memory` needs, and `error`.
    unsafe {
        fill_new(pipe, Memory { alloc, user, shape, out }, error, |pipe| {
            let (image, options) = open(file, length, options)?;
            Ok((image.output_shape(pipe, &options)?, Work::File(image, options)))
        })
    }
}

/// # Safety
/// `file` is readable for `length` bytes; `result` has its `size`; `error` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pixfuse_probe(
    file: *const c_void,
    length: usize,
    result: *mut Probe,
    error: *mut *mut Failure,
) -> bool {
    let ask = || {
        // SAFETY: the caller promises the file.
        let image = EncodedImage::open(unsafe { bytes(file, length, "file") }?)?;
        let [shown_rows, shown_columns] = image.shown_size();
        let probe = Probe {
            size: size_of::<Probe>(),
            format: name(image.format()),
            rows: image.rows(),
            columns: image.columns(),
            shown_rows,
            shown_columns,
            channels: image.channels(),
            bits: image.bits().into(),
            has_alpha: image.has_alpha().into(),
            orientation: image.orientation().map_or(0, |orientation| orientation.exif() as i32),
        };
        // SAFETY: the caller promises a result, or null.
        unsafe { structs::give(probe, result) }
    };
    // SAFETY: the caller promises `error`.
    unsafe { is_done(error, ask) }
}

/// A format's name with zeros behind it.
fn name(format: FileFormat) -> [c_char; 8] {
    let mut name = [0; 8];
    for (to, byte) in name[..7].iter_mut().zip(format.to_string().bytes()) {
        *to = byte as c_char;
    }
    name
}

/// [`pixfuse_decode::decoders`], with a zero behind it.
#[unsafe(no_mangle)]
pub extern "C" fn pixfuse_decoders() -> *const c_char {
    static TEXT: LazyLock<CString> = LazyLock::new(|| CString::new(pixfuse_decode::decoders()).unwrap_or_default());
    TEXT.as_ptr()
}
