//! What arguments are that several calls have: images, where a tensor goes, how many threads.

use napi::ValueType;
use napi::bindgen_prelude::{FnArgs, Function, FunctionCallContext, JsObjectValue, Object, Result, Unknown};
use pixfuse::{Dims, ImageRef, Join, Orientation, Pipeline, TensorElement};
use pixfuse_bindings::{Language, Orient};
use pixfuse_decode::Error;

use crate::argument::{plain, whole};
use crate::buffer::{ask_for_large_pages, is_absent};
use crate::failure::{refused, refused_image};
use crate::image::{Image, ImageValues};

/// The view that is turned by `orient` in the end, if it is given.
pub(crate) fn oriented<'a>(pipe: &Pipeline, image: ImageRef<'a>, orient: Option<Orientation>) -> ImageRef<'a> {
    orient.map_or(image, |orient| pipe.reorient(image, orient))
}

/// How a batch is joined, if it is not stacked.
pub(crate) fn join(given: Unknown) -> Result<Option<Join>> {
    if is_absent(given) {
        return Ok(None);
    }
    // SAFETY: the conversion asks the value for its type.
    match unsafe { given.cast::<String>() }?.as_str() {
        "concat" => Ok(Some(Join::Concat)),
        "pad" => Ok(Some(Join::Pad)),
        other => Err(refused(format!("join: {other} is none of concat, pad"))),
    }
}

/// The shape of a batch, joined or stacked.
pub(crate) fn batch_shape<T: TensorElement>(
    pipe: &Pipeline,
    views: &[ImageRef<'_>],
    join: Option<Join>,
) -> std::result::Result<Dims, pixfuse::Error> {
    match join {
        None => pipe.check_batch::<T>(views),
        Some(join) => pipe.check_joined::<T>(views, join).map(|joined| joined.dims()),
    }
}

/// The pipeline on so many threads, if they are given.
pub(crate) fn threaded(pipe: &Pipeline, threads: Unknown) -> Result<Option<Pipeline>> {
    if is_absent(threads) {
        return Ok(None);
    }
    pipe.with_threads(whole("threads", threads).map_err(refused)?).map(Some).map_err(refused)
}

/// The images of a batch, five values each.
pub(crate) fn images(pipe: &Pipeline, values: &Object) -> Result<Vec<Image>> {
    (0..values.get_array_length()? / 5).map(|index| image_at(pipe, values, index)).collect()
}

/// One image of a batch.
pub(crate) fn image_at(pipe: &Pipeline, values: &Object, index: u32) -> Result<Image> {
    let at = |offset| values.get_element(index * 5 + offset);
    Image::read([at(0)?, at(1)?, at(2)?, at(3)?, at(4)?], pipe)
        .map_err(|message| refused_image(format!("number {index}: {message}")))
}

/// The first five arguments.
pub(crate) fn image_values(call: &FunctionCallContext) -> Result<ImageValues<'static>> {
    Ok([call.get(0)?, call.get(1)?, call.get(2)?, call.get(3)?, call.get(4)?])
}

/// Whether an `out` is a function, which gives the array for a shape and an element type.
pub(crate) fn is_function(out: Unknown) -> bool {
    matches!(out.get_type(), Ok(ValueType::Function))
}

/// The caller's array, or what the caller's function gives for this shape, which is called here; nothing where a new one is
/// wanted.
pub(crate) fn given(pipe: &Pipeline, out: Unknown<'static>, dims: &[usize]) -> Result<Option<Unknown<'static>>> {
    if is_absent(out) {
        return Ok(None);
    }
    if !is_function(out) {
        return Ok(Some(out));
    }
    // SAFETY: the value was found to be a function.
    let function: Function<FnArgs<(Vec<f64>, &str)>, Unknown<'static>> = unsafe { out.cast()? };
    let shape = dims.iter().map(|&side| side as f64).collect();
    function.call((shape, pipe.element().name()).into()).map(Some)
}

/// A new typed array of so many elements. JavaScript makes it because it throws where memory ends, and because memory
/// from elsewhere is not allowed everywhere (Electron).
pub(crate) fn allocate(allocate: Function<f64, Unknown<'static>>, length: usize) -> Result<Unknown<'static>> {
    let array = allocate.call(length as f64)?;
    ask_for_large_pages(array);
    Ok(array)
}

/// How an image is turned that is no file; nothing where the declaration says it.
pub(crate) fn orientation(given: Unknown) -> Result<Option<Orientation>> {
    orient(given)?.of_pixels().map_err(refused)
}

pub(crate) fn orient(given: Unknown) -> Result<Orient> {
    Orient::of(&plain(given), Language::JavaScript).map_err(refused)
}

pub(crate) fn slices(files: &[std::result::Result<Vec<u8>, Error>]) -> Vec<std::result::Result<&[u8], Error>> {
    files.iter().map(|file| file.as_deref().map_err(Clone::clone)).collect()
}
