//! Photo files to tensors.
//!
//! The bytes of a file are copied first: they are few beside its pixels, and JavaScript may do with its own what it likes.

use napi::ValueType;
use napi::bindgen_prelude::{Array, AsyncTask, Env, FunctionCallContext, JsObjectValue, Object, Result, Unknown};
use pixfuse::{Pipeline, TensorElement, with_element};
use pixfuse_bindings::typed_array::check_length;
use pixfuse_bindings::{Argument, Language, answers, options};
use pixfuse_decode::{EncodedBatch, EncodedImage, Error, OnError, Options};

use crate::argument::{plain, read};
use crate::buffer::{self, elements, is_absent};
use crate::failure::{failed, refused, thrown, told};
use crate::geometry;
use crate::given::{allocate, given, slices, threaded};
use crate::task::{Elements, FilesRun, Read, Run, Work, made};

const ABSENT: Argument = Argument::Undefined;

/// `decode(data, orient, maxPixels, maxSide, draft, truncated, out, allocate)`: `{ data, dims }`, with `out`, what it
/// gives where it is a function, or a new array.
pub(crate) fn one<T: TensorElement>(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Object<'static>> {
    let (file, options) = (file(call)?, options(call)?);
    let wrong = |error| thrown(call.env, &error);
    let image = EncodedImage::open(&file).map_err(wrong)?;
    let dims = image.output_shape(pipe, &options).map_err(wrong)?;
    let out = given_or_new(pipe, call, &dims)?;
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
    let out = given_or_new(pipe, call, &dims)?;
    // SAFETY: no JavaScript runs to the end, and the files are copies.
    let tensor = unsafe { elements::<T>(out) }.map_err(refused)?;
    let failures = batch.run_into_uninit(tensor).map_err(wrong)?;
    let mut result = result(call.env, out, &dims)?;
    result.set("failures", failed(call.env, &failures)?)?;
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

/// The tensor of a promise; `out`, the seventh argument, is asked where it is a function, and checked, and the shape goes into the
/// ninth.
fn prepared(pipe: &Pipeline, call: &FunctionCallContext, dims: &[usize], what: &str) -> Result<Elements> {
    let length = dims.iter().product();
    if let Some(out) = given(pipe, call.get(6)?, dims)? {
        // SAFETY: the elements are counted, not touched, and no JavaScript runs meanwhile.
        let given = with_element!(pipe.element(), T => unsafe { elements::<T>(out) }.map(|out| out.len()));
        check_length(given.map_err(refused)?, dims, what).map_err(refused)?;
    }
    let mut shape: Array = call.get(8)?;
    for (index, &side) in (0..).zip(dims) {
        shape.set(index, side as f64)?;
    }
    made(pipe, call.get(7)?, length)
}

/// `read(path)`: a promise of the bytes of a file.
pub(crate) fn read_path(call: FunctionCallContext) -> Result<AsyncTask<Read>> {
    Ok(AsyncTask::new(Read::new(call.get(0)?)))
}

/// `decodeGeometry(data, orient, draft)`.
pub(crate) fn place(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Object<'static>> {
    let (file, options) = (
        file(call)?,
        options::options([&plain(call.get(1)?), &ABSENT, &ABSENT, &read(call.get(2)?)?, &ABSENT], Language::JavaScript)
            .map_err(refused)?,
    );
    let geometry = EncodedImage::open(&file).and_then(|image| image.geometry(pipe, &options));
    geometry::object(call.env, geometry.map_err(|error| thrown(call.env, &error))?)
}

/// `header(data)`: what a file's header says.
pub(crate) fn header(call: FunctionCallContext) -> Result<Object<'static>> {
    let file = file(&call)?;
    let image = EncodedImage::open(&file).map_err(|error| thrown(call.env, &error))?;
    told(call.env, answers::header(&image))
}

/// What becomes of a batch when a file fails.
fn on_error(given: Unknown, fill: Unknown) -> Result<OnError> {
    options::on_error(&plain(given), &plain(fill), Language::JavaScript).map_err(refused)
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

/// The second to the sixth.
fn options(call: &FunctionCallContext) -> Result<Options> {
    let [orient, max_pixels, max_side] = [1, 2, 3].map(|index| call.get(index).map(plain));
    let (draft, truncated) = (read(call.get(4)?)?, plain(call.get(5)?));
    options::options([&orient?, &max_pixels?, &max_side?, &draft, &truncated], Language::JavaScript).map_err(refused)
}

/// The seventh, or an array from the eighth.
fn given_or_new(pipe: &Pipeline, call: &FunctionCallContext, dims: &[usize]) -> Result<Unknown<'static>> {
    match given(pipe, call.get(6)?, dims)? {
        Some(out) => Ok(out),
        None => allocate(call.get(7)?, dims.iter().product()),
    }
}

fn result(env: &Env, data: Unknown, dims: &[usize]) -> Result<Object<'static>> {
    let mut result = Object::new(env)?;
    result.set("data", data)?;
    result.set("dims", dims.iter().map(|&side| side as f64).collect::<Vec<_>>())?;
    Ok(result)
}
