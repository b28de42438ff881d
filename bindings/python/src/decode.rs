//! Photo files to tensors.

use numpy::{PyArray1, PyArrayMethods};
use pixfuse::TensorElement;
use pixfuse_decode::{EncodedImage, Options, Truncated, batch_shape, decode_batch_into};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::array::{as_array, memory};
use crate::failure::{Failure, found};
use crate::orient::Orient;
use crate::out::Out;

/// The bytes of a file, which stay alive with this.
pub(crate) enum File<'py> {
    Bytes(Bound<'py, PyBytes>),
    /// Of memory that other code could write to meanwhile, or that could be the output: a file is small beside its pixels.
    Copied(Vec<u8>),
}

impl<'py> File<'py> {
    /// The bytes of an object: bytes, or anything whose buffer is one row of them.
    pub(crate) fn of(object: &Bound<'py, PyAny>) -> Result<Self, Failure> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self::Bytes(bytes.clone()));
        }
        let wrong = |found: String| Failure::Argument(format!("data: expected the bytes of a file, found {found}"));
        let Some(memory) = memory(object)? else { return Err(wrong(found(object))) };
        let array = as_array(&memory)?;
        let bytes = array.cast::<PyArray1<u8>>().ok().and_then(|array| array.to_vec().ok());
        match bytes {
            Some(bytes) => Ok(Self::Copied(bytes)),
            None => Err(wrong(format!("{} whose memory is not one row of bytes", found(object)))),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes.as_bytes(),
            Self::Copied(bytes) => bytes,
        }
    }
}

/// The options of a call.
pub(crate) fn options(
    orient: Option<&Bound<'_, PyAny>>,
    max_pixels: Option<&Bound<'_, PyAny>>,
    max_side: Option<&Bound<'_, PyAny>>,
    draft: Option<&Bound<'_, PyAny>>,
    truncated: Option<&Bound<'_, PyAny>>,
) -> Result<Options, Failure> {
    let limit = |name: &str, given: Option<&Bound<'_, PyAny>>, usual: u64| {
        let Some(given) = given else { return Ok(usual) };
        given.extract().ok().filter(|&most| most >= 1).ok_or_else(|| {
            Failure::Argument(format!("{name}: expected a whole number of at least 1, found {}", found(given)))
        })
    };
    Ok(Options {
        orient: Orient::of(orient)?.of_file(),
        max_pixels: limit("max_pixels", max_pixels, Options::MAX_PIXELS)?,
        max_side: limit("max_side", max_side, Options::MAX_SIDE)?,
        draft: draft.map(sides).transpose()?,
        truncated: truncated.map_or(Ok(Truncated::Error), what_is_missing)?,
    })
}

/// Rows and columns that are enough.
fn sides(given: &Bound<'_, PyAny>) -> Result<[usize; 2], Failure> {
    let message =
        || Failure::Argument(format!("draft: expected (rows, columns), both at least 1, found {}", found(given)));
    given
        .extract::<(usize, usize)>()
        .ok()
        .map(<[usize; 2]>::from)
        .filter(|sides| !sides.contains(&0))
        .ok_or_else(message)
}

/// What a file gives that ends too early.
fn what_is_missing(given: &Bound<'_, PyAny>) -> Result<Truncated, Failure> {
    match given.extract::<&str>() {
        Ok("error") => Ok(Truncated::Error),
        Ok("fill") => Ok(Truncated::Fill),
        Ok(other) => Err(Failure::Argument(format!("truncated: expected \"error\" or \"fill\", found \"{other}\""))),
        Err(_) => Err(Failure::Argument(format!("truncated: expected \"error\" or \"fill\", found {}", found(given)))),
    }
}

/// One file into a new array, or into `out`.
pub(crate) fn one<'py, T: TensorElement + numpy::Element>(
    pipe: &pixfuse::Pipeline,
    data: &Bound<'py, PyAny>,
    out: Option<&Bound<'py, PyAny>>,
    options: &Options,
) -> Result<Bound<'py, PyAny>, Failure> {
    let py = data.py();
    let file = File::of(data)?;
    let bytes = file.bytes();
    let image = py.detach(|| EncodedImage::open(bytes))?;
    let mut target = Out::<T>::of(py, out, &image.output_shape(pipe, options)?)?;
    let elements = target.elements()?;
    py.detach(|| image.run_into_uninit(pipe, options, elements))?;
    Ok(target.result(out))
}

/// Many files into one array, (files, ...).
pub(crate) fn batch<'py, T: TensorElement + numpy::Element>(
    pipe: &pixfuse::Pipeline,
    list: &Bound<'py, PyAny>,
    out: Option<&Bound<'py, PyAny>>,
    options: &Options,
) -> Result<Bound<'py, PyAny>, Failure> {
    let py = list.py();
    let Ok(iterator) = list.try_iter() else {
        return Err(Failure::Argument(format!("files: expected a list of files, found {}", found(list))));
    };
    let file = |(index, file): (usize, PyResult<_>)| {
        File::of(&file?).map_err(|failure| match failure {
            Failure::Argument(message) => Failure::Argument(format!("number {index}: {message}")),
            other => other,
        })
    };
    let files = iterator.enumerate().map(file).collect::<Result<Vec<_>, Failure>>()?;
    let files: Vec<&[u8]> = files.iter().map(File::bytes).collect();
    let dims = py.detach(|| batch_shape(pipe, &files, options))?;
    let mut target = Out::<T>::of(py, out, &dims)?;
    let elements = target.elements()?;
    py.detach(|| decode_batch_into(pipe, &files, options, elements))?;
    Ok(target.result(out))
}
