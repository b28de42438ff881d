//! The argument `orient`: how an image is turned, instead of as `input(...)` says.

use pixfuse::Orientation;
use pyo3::intern;
use pyo3::prelude::*;

use crate::failure::{Failure, found};
use crate::tensor::class;

/// EXIF's tag `Orientation`.
const TAG: u16 = 0x0112;

/// What `orient` says.
#[derive(Clone, Copy)]
pub(crate) enum Orient {
    /// `None`: files are turned as they say, arrays and Pillow images as the declaration says.
    Unsaid,
    /// `"exif"`: as the image's own note says, without one as the declaration says.
    Exif,
    /// 1 to 8, or `"stored"`, which is 1.
    By(Orientation),
}

impl Orient {
    pub(crate) fn of(given: Option<&Bound<'_, PyAny>>) -> Result<Self, Failure> {
        let Some(given) = given else { return Ok(Self::Unsaid) };
        match given.extract::<&str>() {
            Ok("exif") => return Ok(Self::Exif),
            Ok("stored") => return Ok(Self::By(Orientation::Upright)),
            _ => {}
        }
        given.extract().ok().and_then(Orientation::from_exif).map(Self::By).ok_or_else(|| {
            let found = found(given);
            Failure::Argument(format!("orient: expected an integer from 1 to 8, \"exif\" or \"stored\", found {found}"))
        })
    }

    /// For a size without an image: nothing where the declaration says it.
    pub(crate) fn of_size(self) -> Result<Option<Orientation>, Failure> {
        match self {
            Self::Unsaid => Ok(None),
            Self::By(orientation) => Ok(Some(orientation)),
            Self::Exif => {
                let message = "orient: \"exif\" is a note in an image, of which there is none; give its value, 1 to 8";
                Err(Failure::Argument(message.into()))
            }
        }
    }

    /// For a file: nothing where its own note says it.
    pub(crate) fn of_file(self) -> Option<Orientation> {
        match self {
            Self::Unsaid | Self::Exif => None,
            Self::By(orientation) => Some(orientation),
        }
    }

    /// For an image that is no file, whose code this may run: nothing where the declaration says it. The note of a Pillow
    /// image is read as `ImageOps.exif_transpose` reads it.
    pub(crate) fn of_image(self, image: &Bound<'_, PyAny>) -> Result<Option<Orientation>, Failure> {
        if !matches!(self, Self::Exif) {
            return self.of_size();
        }
        let py = image.py();
        match class(py, "PIL.Image", "Image")? {
            Some(pillow) if image.is_instance(&pillow)? => {}
            _ => {
                let message = "orient: \"exif\" is read of files and Pillow images, found";
                return Err(Failure::Argument(format!("{message} {}; give the value, 1 to 8", found(image))));
            }
        }
        // Notes behind the pixels are there when these have been read.
        image.call_method0(intern!(py, "load"))?;
        let notes = image.call_method0(intern!(py, "getexif"))?;
        let value = notes.call_method1(intern!(py, "get"), (TAG,))?;
        Ok(value.extract().ok().and_then(Orientation::from_exif))
    }
}
