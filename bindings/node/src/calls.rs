//! The native half of a pipeline: an object of functions that `pipeline.js` calls with plain values.

use napi::ValueType;
use napi::bindgen_prelude::{
    Env, Error, FnArgs, Function, FunctionCallContext, JsObjectValue, JsValue, Object, Result, Status, Uint8Array,
    Unknown,
};
use pixfuse::{Dims, ImageRef, Join, Orientation, Pipeline, TensorElement, with_element};
use pixfuse_bindings::answers::{self, Properties};
use pixfuse_bindings::{Mistake, declared, mistakes};

use crate::argument::whole;
use crate::buffer::{ask_for_large_pages, elements, is_absent};
use crate::decode::{orient, orientation};
use crate::image::{Image, ImageValues};
use crate::{argument, decode, geometry, picture, task};

/// An error of the core as a JavaScript `Error` with `code` `"InvalidArg"`.
pub(crate) fn refused(error: impl std::fmt::Display) -> Error {
    Error::new(Status::InvalidArg, error.to_string())
}

/// The same, with a list of the `mistakes` of a declaration, if it is about one.
pub(crate) fn with_mistakes(env: &Env, error: impl std::fmt::Display, mistakes: &[Mistake]) -> Error {
    let refusal = refused(error);
    if mistakes.is_empty() {
        return refusal;
    }
    let made = || {
        let mut object = env.create_error(refusal.try_clone()?)?;
        let mistakes = mistakes.iter().map(|mistake| told(env, answers::mistake(mistake)));
        object.set("mistakes", mistakes.collect::<Result<Vec<_>>>()?)?;
        Ok::<_, Error>(object.to_unknown().into())
    };
    made().unwrap_or(refusal)
}

/// What an `Error` is thrown for about an image.
pub(crate) fn refused_image(message: impl ToString) -> Error {
    refused(pixfuse::Error::Image(message.to_string()))
}

/// An object with these properties.
pub(crate) fn told(env: &Env, properties: Properties) -> Result<Object<'static>> {
    let mut object = Object::new(env)?;
    for (name, value) in properties {
        object.set(name, value)?;
    }
    Ok(object)
}

/// A pipeline for JavaScript. Each function owns a share of it: no handle exists that could be passed to another's.
pub(crate) fn object(env: &Env, pipe: std::result::Result<Pipeline, pixfuse::Error>) -> Result<Object<'static>> {
    let pipe = pipe.map_err(|error| with_mistakes(env, &error, &mistakes(&error)))?;
    let mut object = told(env, answers::pipeline(&pipe))?;
    type Call<'a> = FunctionCallContext<'a>;
    let owner = pipe.clone();
    let explain = move |_: Call| Ok(pixfuse_decode::explain(&owner));
    object.set("explain", env.create_function_from_closure::<(), _, _>("explain", explain)?)?;
    let owner = pipe.clone();
    object
        .set("shape", env.create_function_from_closure::<(), _, _>("shape", move |call: Call| shape(&owner, &call))?)?;
    let owner = pipe.clone();
    let replace = move |call: Call| {
        let spec = owner.spec().replace(&argument::clauses(call.get(0)?)?).map_err(pixfuse::Error::from);
        self::object(call.env, spec.and_then(|spec| declared::with_spec(&owner, spec)))
    };
    object.set("replace", env.create_function_from_closure::<(), _, _>("replace", replace)?)?;
    let owner = pipe.clone();
    let parts = move |call: Call| told(call.env, answers::parts(&owner));
    object.set("parts", env.create_function_from_closure::<(), _, _>("parts", parts)?)?;
    let owner = pipe.clone();
    let preview = move |call: Call| picture::of_image(&owner, &call);
    object.set("preview", env.create_function_from_closure::<(), _, _>("preview", preview)?)?;
    let owner = pipe.clone();
    let preview = move |call: Call| picture::of_file(&owner, &call);
    object.set("previewFile", env.create_function_from_closure::<(), _, _>("previewFile", preview)?)?;
    let owner = pipe.clone();
    let place = move |call: Call| {
        let [rows, columns] = sides(&owner, &call)?;
        geometry::object(call.env, owner.geometry(rows, columns).map_err(refused)?)
    };
    object.set("geometry", env.create_function_from_closure::<(), _, _>("geometry", place)?)?;
    let owner = pipe.clone();
    let run = env.create_function_from_closure::<(), _, _>(
        "run",
        move |call: Call| with_element!(owner.element(), T => run::<T>(&owner, &call)),
    )?;
    object.set("run", run)?;
    let owner = pipe.clone();
    let batch = env.create_function_from_closure::<(), _, _>(
        "batch",
        move |call: Call| with_element!(owner.element(), T => batch::<T>(&owner, &call)),
    )?;
    object.set("batch", batch)?;
    let owner = pipe.clone();
    let shapes = move |call: Call| joined(&owner, &call);
    object.set("joined", env.create_function_from_closure::<(), _, _>("joined", shapes)?)?;
    let owner = pipe.clone();
    let one = env.create_function_from_closure::<(), _, _>(
        "decode",
        move |call: Call| with_element!(owner.element(), T => decode::one::<T>(&owner, &call)),
    )?;
    object.set("decode", one)?;
    let owner = pipe.clone();
    let start = move |call: Call| task::start_batch(&owner, &call);
    object.set("startBatch", env.create_function_from_closure::<(), _, _>("startBatch", start)?)?;
    let owner = pipe.clone();
    let many = env.create_function_from_closure::<(), _, _>(
        "decodeBatch",
        move |call: Call| with_element!(owner.element(), T => decode::batch::<T>(&owner, &call)),
    )?;
    object.set("decodeBatch", many)?;
    let owner = pipe.clone();
    let place = move |call: Call| decode::place(&owner, &call);
    object.set("decodeGeometry", env.create_function_from_closure::<(), _, _>("decodeGeometry", place)?)?;
    let owner = pipe.clone();
    let start = move |call: Call| decode::start(&owner, &call);
    object.set("startDecode", env.create_function_from_closure::<(), _, _>("startDecode", start)?)?;
    let owner = pipe.clone();
    let start = move |call: Call| decode::start_batch(&owner, &call);
    object.set("startDecodeBatch", env.create_function_from_closure::<(), _, _>("startDecodeBatch", start)?)?;
    object.set(
        "start",
        env.create_function_from_closure::<(), _, _>("start", move |call: Call| task::start(&pipe, &call))?,
    )?;
    Ok(object)
}

/// `shape(rows, columns, orient)`.
fn shape(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Vec<f64>> {
    let [rows, columns] = sides(pipe, call)?;
    pipe.output_shape(rows, columns).map(numbers).map_err(refused)
}

/// A shape as JavaScript has it.
fn numbers(dims: Dims) -> Vec<f64> {
    dims.iter().map(|&side| side as f64).collect()
}

/// The rows and columns of a source as the pipeline takes them, which turns them as it declares.
fn sides(pipe: &Pipeline, call: &FunctionCallContext) -> Result<[usize; 2]> {
    let side = |name, index| whole(name, call.get(index)?).map_err(refused_image);
    orient(call.get(2)?)?.sides(pipe, [side("rows", 0)?, side("columns", 1)?]).map_err(refused)
}

/// The view that is turned by `orient` in the end, if it is given.
pub(crate) fn oriented<'a>(pipe: &Pipeline, image: ImageRef<'a>, orient: Option<Orientation>) -> ImageRef<'a> {
    orient.map_or(image, |orient| pipe.reorient(image, orient))
}

/// `run(data, width, height, channels, stride, out, allocate, orient, threads)`: `out`, or what it gives where it is a function,
/// with the tensor in it, or a new one.
fn run<T: TensorElement>(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Unknown<'static>> {
    let values = image_values(call)?;
    let mut image = Image::read(values, pipe).map_err(refused_image)?;
    let mut out: Unknown = call.get(5)?;
    let orient = orientation(call.get(7)?)?;
    let threaded = threaded(pipe, call.get(8)?)?;
    let pipe = threaded.as_ref().unwrap_or(pipe);
    if is_absent(out) || is_function(out) {
        // SAFETY: the view ends with the statement, in which no JavaScript runs.
        let dims = pipe.check::<T>(&oriented(pipe, unsafe { image.view() }, orient)).map_err(refused)?;
        out = given(pipe, out, &dims)?.map_or_else(|| allocate(call.get(6)?, dims.iter().product()), Ok)?;
        // Both were JavaScript.
        image = Image::read(values, pipe).map_err(refused_image)?;
    }
    // SAFETY: no JavaScript runs from here to the end, and the core looks for shared memory before it reads or writes.
    let (view, out_elements) = unsafe { (image.view(), elements::<T>(out).map_err(refused)?) };
    pipe.run_into_uninit(oriented(pipe, view, orient), out_elements).map_err(refused)?;
    Ok(out)
}

/// `joined(sizes, join)`: the shape of a batch of images whose rows and columns stand in `sizes`, one image behind another,
/// and `offsets` where it is joined, `mask` and `maskDims` where it is padded.
fn joined(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Object<'static>> {
    let sizes: Vec<f64> = call.get(0)?;
    let sizes: Vec<_> = sizes.as_chunks::<2>().0.iter().map(|sides| sides.map(|side| side as usize)).collect();
    let join = join(call.get(1)?)?.ok_or_else(|| refused("join: missing"))?;
    let joined = pipe.joined_shape(&sizes, join).map_err(refused)?;
    let mut object = Object::new(call.env)?;
    object.set("dims", numbers(joined.dims()))?;
    match join {
        Join::Concat => {
            object.set("offsets", joined.offsets().into_iter().map(|offset| offset as f64).collect::<Vec<_>>())?;
        }
        Join::Pad => {
            let (mask, dims) = joined.mask();
            object.set("mask", Uint8Array::new(mask.into_iter().map(u8::from).collect()))?;
            object.set("maskDims", numbers(dims))?;
        }
    }
    Ok(object)
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

/// `batch([data, width, height, channels, stride, data, ...], out, allocate, threads, join)`.
fn batch<T: TensorElement>(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Unknown<'static>> {
    let threaded = threaded(pipe, call.get(3)?)?;
    let pipe = threaded.as_ref().unwrap_or(pipe);
    let values: Object = call.get(0)?;
    let view = |image: &Image| {
        // SAFETY: below, no JavaScript runs between a reading of the images and the last use of their views.
        unsafe { image.view() }
    };
    let views = |images: &[Image]| images.iter().map(view).collect::<Vec<_>>();
    let mut read = images(pipe, &values)?;
    let mut out: Unknown = call.get(1)?;
    let join = join(call.get(4)?)?;
    if is_absent(out) || is_function(out) {
        let dims = batch_shape::<T>(pipe, &views(&read), join).map_err(refused)?;
        out = given(pipe, out, &dims)?.map_or_else(|| allocate(call.get(2)?, dims.iter().product()), Ok)?;
        read = images(pipe, &values)?;
    }
    // SAFETY: as in `run`.
    let out_elements = unsafe { elements::<T>(out) }.map_err(refused)?;
    match join {
        None => pipe.batch_into_uninit(&views(&read), out_elements).map_err(refused)?,
        Some(join) => drop(pipe.join_into_uninit(&views(&read), join, out_elements).map_err(refused)?),
    }
    Ok(out)
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
fn is_function(out: Unknown) -> bool {
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
