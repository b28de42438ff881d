//! Pictures of what a model sees.

use pixfuse::{Error, Pipeline, Preview};
use pixfuse_bindings::preview;
use pixfuse_decode::png;
use serde_json::Value;

use crate::argument::orientation;
use crate::files::{bytes, options};
use crate::image::Image;
use crate::memory::{Blocks, grow};
use crate::question::{list, number};
use crate::refusal::Refusal;

/// `preview`: the picture of an image as a PNG file, which is left in the block of outputs.
pub(crate) fn of_pixels(pipe: &Pipeline, blocks: &mut Blocks, question: &Value) -> Result<Value, Refusal> {
    let orient = orientation(&question["orient"])?;
    let preview = Preview::new(pipe)?;
    let pixels = preview.pipeline();
    let image = Image::read(&question["image"], pixels).map_err(Error::Image)?;
    let view = image.view(bytemuck::cast_slice(&blocks.input))?;
    let view = orient.map_or(view, |orient| pixels.reorient(view, orient));
    let picture = preview.picture(view, &boxes(question))?;
    written(&png(&picture)?, blocks)
}

/// `previewFile`: the picture of a file as a PNG file, which is left in the block of outputs.
pub(crate) fn of_file(pipe: &Pipeline, blocks: &mut Blocks, question: &Value) -> Result<Value, Refusal> {
    let file = bytes(&blocks.input, &question["file"])?;
    let picture = png(&preview::of_file(pipe, file, &options(question)?, &boxes(question))?)?;
    written(&picture, blocks)
}

/// The boxes of a question, as texts: JSON has no NaN.
fn boxes(question: &Value) -> Vec<[f64; 4]> {
    let numbers: Vec<f64> = list(&question["boxes"]).iter().map(|given| number(given).unwrap_or(f64::NAN)).collect();
    numbers.as_chunks::<4>().0.to_vec()
}

/// Leaves bytes in the block of outputs, and gives their number.
fn written(bytes: &[u8], blocks: &mut Blocks) -> Result<Value, Refusal> {
    let room =
        grow(&mut blocks.output, bytes.len()).ok_or_else(|| Refusal::argument("there is no memory for a picture"))?;
    room[..bytes.len()].copy_from_slice(bytes);
    Ok(bytes.len().into())
}
