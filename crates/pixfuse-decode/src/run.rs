//! One file through a pipeline.

use std::mem::MaybeUninit;
use std::path::Path;

use pixfuse::{Pipeline, Tensor, TensorElement};

use crate::{EncodedImage, Error, Options};

/// Decodes a file and runs a pipeline over it, into a new tensor.
///
/// # Errors
/// When the file cannot be decoded, as [`Error`] says; as [`Pipeline::run`].
pub fn decode<T: TensorElement>(pipe: &Pipeline, file: &[u8], options: &Options) -> Result<Tensor<T>, Error> {
    let image = EncodedImage::open(file)?;
    image.output_shape(pipe, options)?;
    image.read_by(pipe, options, |image| pipe.run(image))
}

/// The bytes of a file, for a batch that goes on where one cannot be read.
///
/// # Errors
/// When it cannot be read, with its path and what the system says.
pub fn read(path: impl AsRef<Path>) -> Result<Vec<u8>, Error> {
    let path = path.as_ref();
    std::fs::read(path)
        .map_err(|error| Error::Unreadable { place: path.to_string_lossy().into_owned(), reason: error.to_string() })
}

/// As [`decode`], into memory that the caller has. When the thread has decoded an image of that size before, what is
/// allocated is what the decoder itself needs.
///
/// # Errors
/// As [`decode`], and when `out` has another length than the tensor. Nothing is written then.
pub fn decode_into<T: TensorElement>(
    pipe: &Pipeline,
    file: &[u8],
    options: &Options,
    out: &mut [T],
) -> Result<(), Error> {
    let image = EncodedImage::open(file)?;
    fits(out.len(), &image.output_shape(pipe, options)?)?;
    image.read_by(pipe, options, |image| pipe.run_into(image, out))
}

impl EncodedImage<'_> {
    /// Decodes and runs a pipeline into memory that need not be initialised; it is when this returns `Ok`.
    ///
    /// # Errors
    /// As [`decode_into`].
    pub fn run_into_uninit<T: TensorElement>(
        self,
        pipe: &Pipeline,
        options: &Options,
        out: &mut [MaybeUninit<T>],
    ) -> Result<(), Error> {
        fits(out.len(), &self.output_shape(pipe, options)?)?;
        self.read_by(pipe, options, |image| pipe.run_into_uninit(image, out))
    }
}

/// Refuses an output of another length before anything is decoded.
pub(crate) fn fits(given: usize, dims: &[usize]) -> Result<(), Error> {
    let needed = dims.iter().product::<usize>();
    if given == needed {
        return Ok(());
    }
    Err(pixfuse::Error::Output(format!("{given} elements given, the tensor {dims:?} needs {needed}")).into())
}
