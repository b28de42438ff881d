//! Photo files to tensors. Their bytes lie in the block of inputs, one behind the other.

use pixfuse::{Orientation, Pipeline, with_element};
use pixfuse_decode::{EncodedBatch, EncodedImage, Error, FileFailure, OnError, Options, Truncated};
use serde_json::{Value, json};

use crate::answer::{Refusal, message};
use crate::calls::{described, found, list, numbers, orientation, whole};
use crate::memory::{Blocks, Cells};
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
    let told = |FileFailure { index, error }: &FileFailure| json!({ "index": index, "code": error.code(), "message": message(error) });
    Ok(json!({ "dims": numbers(&dims), "failures": failures.iter().map(told).collect::<Vec<_>>() }))
}

/// `decodeGeometry`.
pub(crate) fn place(pipe: &Pipeline, blocks: &Blocks, question: &Value) -> Result<Value, Refusal> {
    let file = bytes(&blocks.input, &question["file"])?;
    let options = Options {
        orient: orientation_of_file(&question["orient"])?,
        draft: draft(&question["draft"])?,
        ..Options::default()
    };
    Ok(described(&EncodedImage::open(file)?.geometry(pipe, &options)?))
}

/// `header`: what a file says of itself.
pub(crate) fn header(blocks: &Blocks, question: &Value) -> Result<Value, Refusal> {
    let image = EncodedImage::open(bytes(&blocks.input, &question["file"])?)?;
    let mut header = json!({
        "format": image.format().to_string(),
        "stored": [image.rows(), image.columns()],
        "shown": image.shown_size(),
        "channels": image.channels(),
        "bits": image.bits(),
        "alpha": image.has_alpha(),
        "frames": image.frames(),
    });
    // Absent, and not null, where there is no note.
    if let Some(orientation) = image.orientation() {
        header["orientation"] = orientation.exif().into();
    }
    Ok(header)
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

/// As of an image, and nothing also where the file's own note says it.
pub(crate) fn orientation_of_file(given: &Value) -> Result<Option<Orientation>, Refusal> {
    if given == "exif" { Ok(None) } else { orientation(given) }
}

fn options(question: &Value) -> Result<Options, Refusal> {
    let limit = |name: &str, usual| match &question[name] {
        Value::Null => Ok(usual),
        given => whole(name, given).map(|most| most as u64).map_err(Refusal::argument),
    };
    Ok(Options {
        orient: orientation_of_file(&question["orient"])?,
        max_pixels: limit("maxPixels", Options::MAX_PIXELS)?,
        max_side: limit("maxSide", Options::MAX_SIDE)?,
        draft: draft(&question["draft"])?,
        truncated: match &question["truncated"] {
            Value::Null => Truncated::Error,
            given if given == "error" => Truncated::Error,
            given if given == "fill" => Truncated::Fill,
            Value::String(other) => {
                let message = format_args!("truncated: expected 'error' or 'fill', found '{other}'");
                return Err(Refusal::argument(message));
            }
            given => {
                let found = found(given);
                return Err(Refusal::argument(format_args!("truncated: expected 'error' or 'fill', found {found}")));
            }
        },
    })
}

/// Rows and columns that are enough, if they are given.
fn draft(given: &Value) -> Result<Option<[usize; 2]>, Refusal> {
    let message = || {
        let found = if given.is_array() { "an array".to_owned() } else { found(given) };
        Refusal::argument(format_args!("draft: expected [rows, columns], both at least 1, found {found}"))
    };
    match list(given) {
        _ if given.is_null() => Ok(None),
        [rows, columns] => {
            let side = |given| whole("draft", given).map_err(|_| message());
            Ok(Some([side(rows)?, side(columns)?]))
        }
        _ => Err(message()),
    }
}

/// What becomes of a batch when a file fails.
fn on_error(question: &Value) -> Result<OnError, Refusal> {
    let (given, fill) = (&question["onError"], &question["fill"]);
    let on_error = match given.as_str() {
        None if given.is_null() => OnError::Raise,
        Some("raise") => OnError::Raise,
        Some("skip") => OnError::Skip,
        Some("fill") if fill.is_null() => {
            let message = "fill: onError: 'fill' needs the value of a failed file's elements, such as fill: 0";
            return Err(Refusal::argument(message));
        }
        Some("fill") => {
            let wrong = || Refusal::argument(format_args!("fill: expected a number, found {}", found(fill)));
            let number = fill["number"].as_str().and_then(|text| text.parse().ok());
            return number.map(OnError::Fill).ok_or_else(wrong);
        }
        other => {
            let found = other.map_or_else(|| found(given), |word| format!("'{word}'"));
            let message = format_args!("onError: expected 'raise', 'fill' or 'skip', found {found}");
            return Err(Refusal::argument(message));
        }
    };
    if fill.is_null() { Ok(on_error) } else { Err(Refusal::argument("fill: is said of onError: 'fill' only")) }
}
