//! Photo files to tensors.
//!
//! The bytes of a file are copied first: they are few beside its pixels, and JavaScript may do with its own what it likes.

use napi::ValueType;
use napi::bindgen_prelude::{
    Array, AsyncTask, Env, FunctionCallContext, JsObjectValue, JsValue, Object, Result, Unknown,
};
use pixfuse::{Orientation, Pipeline, TensorElement, with_element};
use pixfuse_decode::{EncodedBatch, EncodedImage, Error, FileFailure, OnError, Options, Truncated};

use crate::buffer::{self, elements, found, is_absent, whole};
use crate::calls::{allocate, refused, threaded};
use crate::geometry;
use crate::task::{Elements, FilesRun, Read, Run, Work, made};

/// `decode(data, orient, maxPixels, maxSide, draft, truncated, out, allocate)`: `{ data, dims }`, with `out` or a new array.
pub(crate) fn one<T: TensorElement>(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Object<'static>> {
    let (file, options) = (file(call)?, options(call)?);
    let wrong = |error| thrown(call.env, &error);
    let image = EncodedImage::open(&file).map_err(wrong)?;
    let dims = image.output_shape(pipe, &options).map_err(wrong)?;
    let out = given_or_new(call, dims.iter().product())?;
    // SAFETY: no JavaScript runs to the end, and the file is a copy.
    let tensor = unsafe { elements::<T>(out) }.map_err(refused)?;
    image.run_into_uninit(pipe, &options, tensor).map_err(wrong)?;
    result(call.env, out, &dims)
}

/// `decodeBatch([data, ..], orient, maxPixels, maxSide, draft, truncated, out, allocate, threads, onError, fill)`: as `decode`,
/// with `failures` too, a list of `{ index, code, message }`.
pub(crate) fn batch<T: TensorElement>(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Object<'static>> {
    let (files, options) = (files(call)?, options(call)?);
    let threaded = threaded(pipe, call.get(8)?)?;
    let pipe = threaded.as_ref().unwrap_or(pipe);
    let on_error = on_error(call.get(9)?, call.get(10)?)?;
    let wrong = |error| thrown(call.env, &error);
    let batch = EncodedBatch::open(pipe, slices(&files), &options, on_error).map_err(wrong)?;
    let dims = batch.dims();
    let out = given_or_new(call, dims.iter().product())?;
    // SAFETY: no JavaScript runs to the end, and the files are copies.
    let tensor = unsafe { elements::<T>(out) }.map_err(refused)?;
    let failures = batch.run_into_uninit(tensor).map_err(wrong)?;
    let mut result = result(call.env, out, &dims)?;
    result.set("failures", told(call.env, &failures)?)?;
    Ok(result)
}

/// `startDecode(data, orient, maxPixels, maxSide, draft, truncated, out, allocate, dims)`: a promise of a new tensor. `out`
/// is only checked; the shape goes into the array `dims`.
pub(crate) fn start(pipe: &Pipeline, call: &FunctionCallContext) -> Result<AsyncTask<Run>> {
    let (file, options) = (file(call)?, options(call)?);
    let shape = EncodedImage::open(&file).and_then(|image| image.output_shape(pipe, &options));
    let dims = shape.map_err(|error| thrown(call.env, &error))?;
    let tensor = prepared(pipe, call, &dims, "tensor")?;
    Ok(AsyncTask::new(Run::new(pipe, Work::File { file, options }, tensor)))
}

/// `startDecodeBatch([data, ..], orient, maxPixels, maxSide, draft, truncated, out, allocate, dims, threads, onError, fill)`: a
/// promise of `{ data, failures }`, as `startDecode` and `decodeBatch`.
pub(crate) fn start_batch(pipe: &Pipeline, call: &FunctionCallContext) -> Result<AsyncTask<FilesRun>> {
    let (files, options) = (files(call)?, options(call)?);
    let threaded = threaded(pipe, call.get(9)?)?;
    let pipe = threaded.as_ref().unwrap_or(pipe);
    let on_error = on_error(call.get(10)?, call.get(11)?)?;
    let batch = EncodedBatch::open(pipe, slices(&files), &options, on_error);
    let dims = batch.map_err(|error| thrown(call.env, &error))?.dims();
    let tensor = prepared(pipe, call, &dims, "batch")?;
    Ok(AsyncTask::new(FilesRun::new(Run::new(pipe, Work::Files { files, options, on_error }, tensor))))
}

/// The tensor of a promise; `out`, the seventh argument, is checked, and the shape goes into the ninth.
fn prepared(pipe: &Pipeline, call: &FunctionCallContext, dims: &[usize], what: &str) -> Result<Elements> {
    let (length, out) = (dims.iter().product(), call.get(6)?);
    if !is_absent(out) {
        // SAFETY: the elements are counted, not touched, and no JavaScript runs meanwhile.
        let given = with_element!(pipe.element(), T => unsafe { elements::<T>(out) }.map(|out| out.len()));
        let given = given.map_err(refused)?;
        if given != length {
            let message = format!("{given} elements given, the {what} {dims:?} needs {length}");
            return Err(refused(pixfuse::Error::Output(message)));
        }
    }
    let mut shape: Array = call.get(8)?;
    for (index, &side) in (0..).zip(dims) {
        shape.set(index, side as f64)?;
    }
    made(pipe, call.get(7)?, length)
}

/// `read(path)`: a promise of the bytes of a file.
pub(crate) fn read(call: FunctionCallContext) -> Result<AsyncTask<Read>> {
    Ok(AsyncTask::new(Read::new(call.get(0)?)))
}

/// `decodeGeometry(data, orient, draft)`.
pub(crate) fn place(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Object<'static>> {
    let (file, options) = (
        file(call)?,
        Options { orient: orientation_of_file(call.get(1)?)?, draft: sides(call.get(2)?)?, ..Options::default() },
    );
    let geometry = EncodedImage::open(&file).and_then(|image| image.geometry(pipe, &options));
    geometry::object(call.env, geometry.map_err(|error| thrown(call.env, &error))?)
}

/// `header(data)`: what a file's header says.
pub(crate) fn header(call: FunctionCallContext) -> Result<Object<'static>> {
    let file = file(&call)?;
    let image = EncodedImage::open(&file).map_err(|error| thrown(call.env, &error))?;
    let size = |[rows, columns]: [usize; 2]| vec![rows as f64, columns as f64];
    let mut header = Object::new(call.env)?;
    header.set("format", image.format().to_string())?;
    header.set("stored", size([image.rows(), image.columns()]))?;
    header.set("shown", size(image.shown_size()))?;
    header.set("channels", image.channels() as u32)?;
    header.set("bits", u32::from(image.bits()))?;
    header.set("alpha", image.has_alpha())?;
    header.set("frames", image.frames() as f64)?;
    // Absent, and not null, where there is no note.
    if let Some(orientation) = image.orientation() {
        header.set("orientation", orientation.exif())?;
    }
    Ok(header)
}

/// What becomes of a batch when a file fails.
fn on_error(given: Unknown, fill: Unknown) -> Result<OnError> {
    let on_error = match word(given).as_deref() {
        None if is_absent(given) => OnError::Raise,
        Some("raise") => OnError::Raise,
        Some("skip") => OnError::Skip,
        Some("fill") if is_absent(fill) => {
            let message = "fill: onError: 'fill' needs the value of a failed file's elements, such as fill: 0";
            return Err(refused(message));
        }
        Some("fill") => {
            // SAFETY: the conversion refuses what is not a number.
            let value: Option<f64> = unsafe { fill.cast() }.ok();
            let wrong = || refused(format!("fill: expected a number, found {}", found(fill)));
            return value.map(OnError::Fill).ok_or_else(wrong);
        }
        other => {
            let found = other.map_or_else(|| found(given), |word| format!("'{word}'"));
            return Err(refused(format!("onError: expected 'raise', 'fill' or 'skip', found {found}")));
        }
    };
    if is_absent(fill) { Ok(on_error) } else { Err(refused("fill: is said of onError: 'fill' only")) }
}

/// How an image is turned that is no file: by an EXIF value, or not at all; nothing where the declaration says it.
pub(crate) fn orientation(given: Unknown) -> Result<Option<Orientation>> {
    if is_absent(given) {
        return Ok(None);
    }
    match word(given).as_deref() {
        Some("stored") => return Ok(Some(Orientation::Upright)),
        Some("exif") => {
            let message = "orient: \"exif\" is a note in an image, of which there is none; give its value, 1 to 8";
            return Err(refused(message));
        }
        _ => {}
    }
    let value = whole("orient", given).ok().and_then(|value| Orientation::from_exif(u32::try_from(value).ok()?));
    value.map(Some).ok_or_else(|| {
        let found = word(given).map_or_else(|| found(given), |word| format!("'{word}'"));
        refused(format!("orient: expected an integer from 1 to 8, \"exif\" or \"stored\", found {found}"))
    })
}

/// As [`orientation`], of a file: nothing also where its own note says it.
pub(crate) fn orientation_of_file(given: Unknown) -> Result<Option<Orientation>> {
    if word(given).as_deref() == Some("exif") { Ok(None) } else { orientation(given) }
}

/// A short string.
fn word(given: Unknown) -> Option<String> {
    // SAFETY: the value was found to be a string.
    let text = matches!(given.get_type(), Ok(ValueType::String)).then(|| unsafe { given.cast::<String>() })?;
    text.ok().filter(|text| text.len() <= 16)
}

/// The first argument: the bytes of a file, or its path.
pub(crate) fn file(call: &FunctionCallContext) -> Result<Vec<u8>> {
    match read_or_copied(call.get(0)?).map_err(refused)? {
        Ok(file) => Ok(file),
        Err(error) => Err(thrown(call.env, &error)),
    }
}

/// The first argument, a list of such; what is null is missing.
fn files(call: &FunctionCallContext) -> Result<Vec<std::result::Result<Vec<u8>, Error>>> {
    let list: Object = call.get(0)?;
    let files = (0..list.get_array_length()?).map(|index| {
        let file = list.get_element(index)?;
        if is_absent(file) {
            return Ok(Err(Error::Missing));
        }
        read_or_copied(file).map_err(|message| refused(format!("number {index}: {message}")))
    });
    files.collect()
}

/// The outer error is about the argument, the inner one about the file.
fn read_or_copied(data: Unknown) -> std::result::Result<std::result::Result<Vec<u8>, Error>, String> {
    if matches!(data.get_type(), Ok(ValueType::String)) {
        // SAFETY: the value was found to be a string.
        let path = unsafe { data.cast::<String>() }.map_err(|error| format!("data: {}", error.reason))?;
        return Ok(pixfuse_decode::read(path));
    }
    buffer::bytes(data).map(Ok)
}

pub(crate) fn slices(files: &[std::result::Result<Vec<u8>, Error>]) -> Vec<std::result::Result<&[u8], Error>> {
    files.iter().map(|file| file.as_deref().map_err(Clone::clone)).collect()
}

/// Failures as JavaScript has them.
pub(crate) fn told(env: &Env, failures: &[FileFailure]) -> Result<Vec<Object<'static>>> {
    let object = |FileFailure { index, error }: &FileFailure| {
        let mut object = Object::new(env)?;
        object.set("index", *index as f64)?;
        object.set("code", error.code())?;
        object.set("message", message(error))?;
        Ok(object)
    };
    failures.iter().map(object).collect()
}

/// The second to the sixth.
fn options(call: &FunctionCallContext) -> Result<Options> {
    let limit = |name, index, usual| {
        let given: Unknown = call.get(index)?;
        if is_absent(given) { Ok(usual) } else { whole(name, given).map(|most| most as u64).map_err(refused) }
    };
    Ok(Options {
        orient: orientation_of_file(call.get(1)?)?,
        max_pixels: limit("maxPixels", 2, Options::MAX_PIXELS)?,
        max_side: limit("maxSide", 3, Options::MAX_SIDE)?,
        draft: sides(call.get(4)?)?,
        truncated: what_is_missing(call.get(5)?)?,
    })
}

/// Rows and columns that are enough, if they are given.
fn sides(given: Unknown) -> Result<Option<[usize; 2]>> {
    if is_absent(given) {
        return Ok(None);
    }
    let message = || refused(format!("draft: expected [rows, columns], both at least 1, found {}", found(given)));
    if !given.is_array()? {
        return Err(message());
    }
    // SAFETY: it is an array, which is an object.
    let list: Object = unsafe { given.cast()? };
    let side = |index| whole("draft", list.get_element(index)?).map_err(|_| message());
    if list.get_array_length()? != 2 { Err(message()) } else { Ok(Some([side(0)?, side(1)?])) }
}

/// What a file gives that ends too early.
fn what_is_missing(given: Unknown) -> Result<Truncated> {
    if is_absent(given) {
        return Ok(Truncated::Error);
    }
    // SAFETY: the conversion refuses what is not a string.
    let text: Option<String> = unsafe { given.cast() }.ok();
    match text.as_deref() {
        Some("error") => Ok(Truncated::Error),
        Some("fill") => Ok(Truncated::Fill),
        Some(other) => Err(refused(format!("truncated: expected 'error' or 'fill', found '{other}'"))),
        None => Err(refused(format!("truncated: expected 'error' or 'fill', found {}", found(given)))),
    }
}

/// What is wrong with a file, or with the call that reads it, as an `Error`: with the code of what is wrong with a file, and
/// its place in a batch.
pub(crate) fn thrown(env: &Env, error: &Error) -> napi::Error {
    let refusal = refused(message(error));
    if !error.is_of_file() {
        return refusal;
    }
    let made = || {
        let mut object = env.create_error(refusal.try_clone()?)?;
        object.set("code", error.code())?;
        if let Error::OfBatch { index, .. } = error {
            object.set("index", *index as f64)?;
        }
        Ok::<_, napi::Error>(object.to_unknown().into())
    };
    made().unwrap_or(refusal)
}

/// An option that an error names has JavaScript's spelling.
fn message(error: &Error) -> String {
    let (mut of, message) = (error, error.to_string());
    while let Error::OfBatch { error, .. } = of {
        of = error;
    }
    match of {
        Error::TooLarge { .. } => message.replace("max_pixels", "maxPixels"),
        Error::TooLong { .. } => message.replace("max_side", "maxSide"),
        _ => message,
    }
}

/// The seventh, or an array of so many elements from the eighth.
fn given_or_new(call: &FunctionCallContext, length: usize) -> Result<Unknown<'static>> {
    let out: Unknown = call.get(6)?;
    if is_absent(out) { allocate(call.get(7)?, length) } else { Ok(out) }
}

fn result(env: &Env, data: Unknown, dims: &[usize]) -> Result<Object<'static>> {
    let mut result = Object::new(env)?;
    result.set("data", data)?;
    result.set("dims", dims.iter().map(|&side| side as f64).collect::<Vec<_>>())?;
    Ok(result)
}
