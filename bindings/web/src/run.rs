//! Pixels to tensors.

use pixfuse::{Dims, Error, ImageRef, Join, Pipeline, with_element};
use pixfuse_bindings::Language;
use pixfuse_bindings::typed_array::{self, check_length};
use serde_json::{Value, json};

use crate::answer::numbers;
use crate::argument::{optional, orientation, plain, whole};
use crate::image::{Image, kind};
use crate::memory::{Blocks, Cells, tensor};
use crate::question::{list, text};
use crate::refusal::Refusal;

/// `run`: one image (`join` is `one`), or many that are stacked, joined or padded. The tensor is left in the block of outputs.
pub(crate) fn pixels(pipe: &Pipeline, blocks: &mut Blocks, question: &Value) -> Result<Value, Refusal> {
    let threaded = threaded(pipe, &question["threads"])?;
    let pipe = threaded.as_ref().unwrap_or(pipe);
    let memory: &[u8] = bytemuck::cast_slice(&blocks.input);
    let is_one = question["join"] == "one";
    let mut views = Vec::new();
    for (index, given) in list(&question["images"]).iter().enumerate() {
        let refused =
            |message: String| Error::Image(if is_one { message } else { format!("number {index}: {message}") });
        let image = Image::read(given, pipe).map_err(refused)?;
        let view = image.view(memory)?;
        views.push(match orientation(&question["orient"])? {
            Some(orient) => pipe.reorient(view, orient),
            None => view,
        });
    }
    with_element!(pipe.element(), T => filled::<T>(pipe, &views, question, &mut blocks.output))
}

fn filled<T: Cells>(
    pipe: &Pipeline,
    views: &[ImageRef<'_>],
    question: &Value,
    output: &mut Vec<u64>,
) -> Result<Value, Refusal> {
    let join = match text(question, "join") {
        "concat" => Some(Join::Concat),
        "pad" => Some(Join::Pad),
        _ => None,
    };
    let (dims, what) = match (join, views) {
        (None, [view]) if question["join"] == "one" => (pipe.check::<T>(view)?, "tensor"),
        (None, _) => (pipe.check_batch::<T>(views)?, "batch"),
        (Some(join), _) => (pipe.check_joined::<T>(views, join)?.dims(), "batch"),
    };
    let out = ready::<T>(&dims, what, &question["out"], output)?;
    match (join, views) {
        (None, [view]) if question["join"] == "one" => pipe.run_into(*view, out)?,
        (None, _) => pipe.batch_into(views, out)?,
        (Some(join), _) => drop(pipe.join_into(views, join, out)?),
    }
    Ok(numbers(&dims))
}

/// The elements of a tensor of this shape in the block of outputs, after a look at the `out` that the caller gave.
pub(crate) fn ready<'a, T: Cells>(
    dims: &Dims,
    what: &str,
    given: &Value,
    output: &'a mut Vec<u64>,
) -> Result<&'a mut [T], Refusal> {
    let length = dims.iter().fold(1, |all: usize, &side| all.saturating_mul(side));
    if !given.is_null() {
        let found = kind(given).ok_or_else(|| plain(given).found(Language::JavaScript).into_owned());
        typed_array::elements(found, |&kind| kind, T::ELEMENT)?;
        check_length(given["length"].as_u64().unwrap_or(0) as usize, dims, what)?;
    }
    tensor(output, length)
}

/// The pipeline on so many threads, if they are given: a check only, a module of WebAssembly has one.
pub(crate) fn threaded(pipe: &Pipeline, threads: &Value) -> Result<Option<Pipeline>, Refusal> {
    if threads.is_null() {
        return Ok(None);
    }
    Ok(Some(pipe.with_threads(whole("threads", threads)?)?))
}

/// `joined`: the shape of a batch of images whose rows and columns stand in `sizes`, one image behind another, with
/// `offsets` where it is joined, and `maskDims` where it is padded; the mask is left in the block of outputs.
pub(crate) fn joined(pipe: &Pipeline, blocks: &mut Blocks, question: &Value) -> Result<Value, Refusal> {
    let mut sizes = Vec::new();
    for pair in list(&question["sizes"]).as_chunks::<2>().0 {
        let side = |given: &Value| optional("size", given).ok().flatten().unwrap_or(0);
        sizes.push([side(&pair[0]), side(&pair[1])]);
    }
    if question["join"] == "concat" {
        let joined = pipe.joined_shape(&sizes, Join::Concat)?;
        return Ok(json!({ "dims": numbers(&joined.dims()), "offsets": joined.offsets() }));
    }
    let joined = pipe.joined_shape(&sizes, Join::Pad)?;
    let (mask, dims) = joined.mask();
    let out: &mut [u8] = tensor(&mut blocks.output, mask.len())?;
    for (to, inside) in out.iter_mut().zip(mask) {
        *to = inside.into();
    }
    Ok(json!({ "dims": numbers(&joined.dims()), "maskDims": numbers(&dims) }))
}
