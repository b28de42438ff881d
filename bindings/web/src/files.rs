//! Photo files to tensors. Their bytes lie in the block of inputs, one behind the other.

use pixfuse::{Pipeline, with_element};
use pixfuse_bindings::{Argument, Language, answers, options};
use pixfuse_decode::{EncodedBatch, EncodedImage, Error, OnError, Options};
use serde_json::{Value, json};

use crate::answer::{described, message, numbers, told};
use crate::argument::{found, plain};
use crate::memory::{Blocks, Cells};
use crate::question::{list, number};
use crate::refusal::Refusal;
use crate::run::{ready, threaded};

/// `decode`: the tensor of one file.
pub(crate) fn decode(pipe: &Pipeline, blocks: &mut Blocks, question: &Value) -> Result<Value, Refusal> {
    let Blocks { input, output, .. } = blocks;
    let file = bytes(input, &question["file"])?;
    with_element!(pipe.element(), T => decoded::<T>(pipe, file, question, output))
}

fn decoded<T: Cells>(pipe: &Pipeline, file: &[u8], question: &Value, output: &mut Vec<u64>) -> Result<Value, Refusal> {
    let options = options(question)?;
    let image = EncodedImage::open(file)?;
    let dims = image.output_shape(pipe, &options)?;
    let out = ready::<T>(&dims, "tensor", &question["out"], output)?;
    pixfuse_decode::decode_into(pipe, file, &options, out)?;
    Ok(numbers(&dims))
}

/// `decodeBatch`: `{ dims, failures }`.
pub(crate) fn batch(pipe: &Pipeline, blocks: &mut Blocks, question: &Value) -> Result<Value, Refusal> {
    let Blocks { input, output, .. } = blocks;
    let mut files = Vec::new();
    for (index, file) in list(&question["files"]).iter().enumerate() {
        files.push(if file.is_null() {
            Err(Error::Missing)
        } else {
            let wrong = |error: Refusal| Refusal::argument(format_args!("number {index}: {}", error.message()));
            Ok(bytes(input, file).map_err(wrong)?)
        });
    }
    let threaded = threaded(pipe, &question["threads"])?;
    let pipe = threaded.as_ref().unwrap_or(pipe);
    let batch = EncodedBatch::open(pipe, files, &options(question)?, on_error(question)?)?;
    with_element!(pipe.element(), T => decoded_batch::<T>(batch, question, output))
}

fn decoded_batch<T: Cells>(batch: EncodedBatch<'_>, question: &Value, output: &mut Vec<u64>) -> Result<Value, Refusal> {
    let dims = batch.dims();
    let out = ready::<T>(&dims, "batch", &question["out"], output)?;
    let failures = batch.run_into(out)?;
    let failures = failures.iter().map(|failure| told(answers::failure(failure, message(&failure.error))));
    Ok(json!({ "dims": numbers(&dims), "failures": failures.collect::<Vec<_>>() }))
}

/// `decodeGeometry`.
pub(crate) fn place(pipe: &Pipeline, blocks: &Blocks, question: &Value) -> Result<Value, Refusal> {
    let file = bytes(&blocks.input, &question["file"])?;
    Ok(described(&EncodedImage::open(file)?.geometry(pipe, &options(question)?)?))
}

/// `header`: what a file says of itself.
pub(crate) fn header(blocks: &Blocks, question: &Value) -> Result<Value, Refusal> {
    let image = EncodedImage::open(bytes(&blocks.input, &question["file"])?)?;
    Ok(told(answers::header(&image)))
}

/// The bytes of a file: `{ at, bytes }`, or what was given instead.
pub(crate) fn bytes<'a>(input: &'a [u64], file: &Value) -> Result<&'a [u8], Refusal> {
    let number = |key: &str| file[key].as_u64().and_then(|number| usize::try_from(number).ok());
    let (Some(start), Some(length)) = (number("at"), number("bytes")) else {
        let found = found(file);
        return Err(Refusal::argument(format_args!("data: expected a file: its bytes, found {found}")));
    };
    let all = bytemuck::cast_slice::<u64, u8>(input);
    all.get(start..).and_then(|rest| rest.get(..length)).ok_or_else(|| Refusal::internal("a file without its bytes"))
}

pub(crate) fn options(question: &Value) -> Result<Options, Refusal> {
    let [orient, max_pixels, max_side, draft, truncated] =
        ["orient", "maxPixels", "maxSide", "draft", "truncated"].map(|name| plain(&question[name]));
    Ok(options::options([&orient, &max_pixels, &max_side, &draft, &truncated], Language::JavaScript)?)
}

/// What becomes of a batch when a file fails.
fn on_error(question: &Value) -> Result<OnError, Refusal> {
    // A number of many digits comes as a text.
    let number = number(&question["fill"]["number"]);
    let fill = number.map_or_else(|| plain(&question["fill"]), Argument::Number);
    Ok(options::on_error(&plain(&question["onError"]), &fill, Language::JavaScript)?)
}
