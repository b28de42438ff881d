//! Photo files to tensors.
//!
//! The bytes of a file are copied first: they are few beside its pixels, and JavaScript may do with its own what it likes.

use napi::ValueType;
use napi::bindgen_prelude::{
    Array, AsyncTask, Env, FunctionCallContext, JsObjectValue, JsValue, Object, Result, Unknown,
};
use pixfuse::{Orientation, Pipeline, TensorElement, with_element};
use pixfuse_decode::{EncodedImage, Error, Options, Truncated, batch_shape, decode_batch_into};

use crate::buffer::{self, elements, found, is_absent, whole};
use crate::calls::{allocate, refused, threaded};
use crate::geometry;
use crate::task::{Run, Work, made};

/// `decode(data, orient, maxPixels, maxSide, draft, truncated, out, allocate)`: `{ data, dims }`, with `out` or a new array.
pub(crate) fn one<T: TensorElement>(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Object<'static>> {
    let (file, options) = (file(call)?, options(call)?);
    let image = EncodedImage::open(&file).map_err(refused_file)?;
    let dims = image.output_shape(pipe, &options).map_err(refused_file)?;
    let out = given_or_new(call, dims.iter().product())?;
    // SAFETY: no JavaScript runs to the end, and the file is a copy.
    let tensor = unsafe { elements::<T>(out) }.map_err(refused)?;
    image.run_into_uninit(pipe, &options, tensor).map_err(refused_file)?;
    result(call.env, out, &dims)
}

/// `decodeBatch([data, ..], orient, maxPixels, maxSide, draft, truncated, out, allocate, threads)`: as `decode`.
pub(crate) fn batch<T: TensorElement>(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Object<'static>> {
    let (list, options): (Object, _) = (call.get(0)?, options(call)?);
    let threaded = threaded(pipe, call.get(8)?)?;
    let pipe = threaded.as_ref().unwrap_or(pipe);
    let files = (0..list.get_array_length()?).map(|index| {
        buffer::bytes(list.get_element(index)?).map_err(|message| refused(format!("number {index}: {message}")))
    });
    let files = files.collect::<Result<Vec<_>>>()?;
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let dims = batch_shape(pipe, &files, &options).map_err(refused_file)?;
    let out = given_or_new(call, dims.iter().product())?;
    // SAFETY: as in `one`.
    let tensor = unsafe { elements::<T>(out) }.map_err(refused)?;
    decode_batch_into(pipe, &files, &options, tensor).map_err(refused_file)?;
    result(call.env, out, &dims)
}

/// `startDecode(data, orient, maxPixels, maxSide, draft, truncated, out, allocate, dims)`: a promise of a new tensor. `out`
/// is only checked; the shape goes into the array `dims`.
pub(crate) fn start(pipe: &Pipeline, call: &FunctionCallContext) -> Result<AsyncTask<Run>> {
    let (file, options) = (file(call)?, options(call)?);
    let dims = EncodedImage::open(&file).and_then(|image| image.output_shape(pipe, &options)).map_err(refused_file)?;
    let (length, out) = (dims.iter().product(), call.get(6)?);
    if !is_absent(out) {
        // SAFETY: the elements are counted, not touched, and no JavaScript runs meanwhile.
        let given = with_element!(pipe.element(), T => unsafe { elements::<T>(out) }.map(|out| out.len()));
        let given = given.map_err(refused)?;
        if given != length {
            let message = format!("{given} elements given, the tensor {dims:?} needs {length}");
            return Err(refused(pixfuse::Error::Output(message)));
        }
    }
    let mut shape: Array = call.get(8)?;
    for (index, &side) in (0..).zip(dims.iter()) {
        shape.set(index, side as f64)?;
    }
    Ok(AsyncTask::new(Run::new(pipe, Work::File { file, options }, made(pipe, call.get(7)?, length)?)))
}

/// `decodeGeometry(data, orient, draft)`.
pub(crate) fn place(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Object<'static>> {
    let (file, options) = (
        file(call)?,
        Options { orient: orientation_of_file(call.get(1)?)?, draft: sides(call.get(2)?)?, ..Options::default() },
    );
    let image = EncodedImage::open(&file).map_err(refused_file)?;
    geometry::object(call.env, image.geometry(pipe, &options).map_err(refused_file)?)
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
fn orientation_of_file(given: Unknown) -> Result<Option<Orientation>> {
    if word(given).as_deref() == Some("exif") { Ok(None) } else { orientation(given) }
}

/// A short string.
fn word(given: Unknown) -> Option<String> {
    // SAFETY: the value was found to be a string.
    let text = matches!(given.get_type(), Ok(ValueType::String)).then(|| unsafe { given.cast::<String>() })?;
    text.ok().filter(|text| text.len() <= 16)
}

/// The first argument.
fn file(call: &FunctionCallContext) -> Result<Vec<u8>> {
    buffer::bytes(call.get(0)?).map_err(refused)
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

/// What is wrong with a file; an option that it names has JavaScript's spelling.
pub(crate) fn refused_file(error: Error) -> napi::Error {
    let (mut of, message) = (&error, error.to_string());
    while let Error::OfBatch { error, .. } = of {
        of = error;
    }
    refused(match of {
        Error::TooLarge { .. } => message.replace("max_pixels", "maxPixels"),
        Error::TooLong { .. } => message.replace("max_side", "maxSide"),
        _ => message,
    })
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
