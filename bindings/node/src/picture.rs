//! What a tensor stands for, as a PNG file to look at.

use napi::bindgen_prelude::{Float64ArraySlice, FunctionCallContext, Result, Unknown};
use pixfuse::{Pipeline, Preview};
use pixfuse_bindings::preview;
use pixfuse_decode::{Options, png};

use crate::buffer::elements;
use crate::decode::file;
use crate::failure::{refused, refused_image, thrown};
use crate::given::{allocate, image_values, orient, orientation, oriented};
use crate::image::Image;

/// `preview(data, width, height, channels, stride, boxes, orient, allocate)`: the bytes of the picture of an image.
/// `boxes` is a Float64Array, four a box.
pub(crate) fn of_image(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Unknown<'static>> {
    let (boxes, orient) = (boxes(call.get(5)?), orientation(call.get(6)?)?);
    let preview = Preview::new(pipe).map_err(refused)?;
    let image = Image::read(image_values(call)?, preview.pipeline()).map_err(refused_image)?;
    // SAFETY: the view ends with the statement, in which no JavaScript runs.
    let picture = preview.picture(oriented(preview.pipeline(), unsafe { image.view() }, orient), &boxes);
    written(png(&picture.map_err(refused)?).map_err(refused)?, call, 7)
}

/// `previewFile(data, boxes, orient, allocate)`: the same of a file.
pub(crate) fn of_file(pipe: &Pipeline, call: &FunctionCallContext) -> Result<Unknown<'static>> {
    let (file, boxes) = (file(call)?, boxes(call.get(1)?));
    let options = Options { orient: orient(call.get(2)?)?.of_file(), ..Options::default() };
    let drawn = preview::of_file(pipe, &file, &options, &boxes).and_then(|picture| png(&picture));
    written(drawn.map_err(|error| thrown(call.env, &error))?, call, 3)
}

/// The bytes in memory that JavaScript makes.
fn written(file: Vec<u8>, call: &FunctionCallContext, allocator: usize) -> Result<Unknown<'static>> {
    let out = allocate(call.get(allocator)?, file.len())?;
    // SAFETY: no JavaScript runs to the end, and nothing else holds the new array.
    let bytes = unsafe { elements::<u8>(out) }.map_err(refused)?;
    for (to, from) in bytes.iter_mut().zip(file) {
        to.write(from);
    }
    Ok(out)
}

fn boxes(given: Float64ArraySlice) -> Vec<[f64; 4]> {
    given.as_ref().as_chunks::<4>().0.to_vec()
}
