//! The native half of a pipeline: an object of functions that `pipeline.js` calls with plain values.

use napi::bindgen_prelude::{Env, FunctionCallContext, Object, Result, Uint8Array, Unknown};
use pixfuse::{Dims, Join, Pipeline, TensorElement, with_element};
use pixfuse_bindings::{answers, declared, mistakes};

use crate::argument::whole;
use crate::buffer::{elements, is_absent};
use crate::failure::{refused, refused_image, told, with_mistakes};
use crate::given::{
    allocate, batch_shape, given, image_values, images, is_function, join, orient, orientation, oriented, threaded,
};
use crate::image::Image;
use crate::{argument, decode, geometry, picture, task};

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
