//! The argument `orient`: how an image is turned, instead of as `input(...)` says.

use pixfuse::Orientation;
use pixfuse_bindings::Orient;
use pyo3::intern;
use pyo3::prelude::*;

use crate::argument::{self, PYTHON};
use crate::failure::{Failure, found};
use crate::tensor::class;

/// EXIF's tag `Orientation`.
const TAG: u16 = 0x0112;

/// What the argument says.
pub(crate) fn orient(given: Option<&Bound<'_, PyAny>>) -> Result<Orient, Failure> {
    Ok(Orient::of(&argument::optional(given)?, PYTHON)?)
}

/// For an image that is no file, whose code this may run: nothing where the declaration says it. The note of a Pillow image is
/// read as `ImageOps.exif_transpose` reads it.
pub(crate) fn of_image(orient: Orient, image: &Bound<'_, PyAny>) -> Result<Option<Orientation>, Failure> {
    if orient != Orient::Exif {
        return Ok(orient.of_pixels()?);
    }
    let py = image.py();
    match class(py, "PIL.Image", "Image")? {
        Some(pillow) if image.is_instance(&pillow)? => {}
        _ => {
            let message = "orient: 'exif' is read of files and Pillow images, found";
            return Err(Failure::Argument(format!("{message} {}; give the value, 1 to 8", found(image))));
        }
    }
    // Notes behind the pixels are there when these have been read.
    image.call_method0(intern!(py, "load"))?;
    let notes = image.call_method0(intern!(py, "getexif"))?;
    let value = notes.call_method1(intern!(py, "get"), (TAG,))?;
    Ok(value.extract().ok().and_then(Orientation::from_exif))
}
