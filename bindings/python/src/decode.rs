//! Photo files to tensors.

use pixfuse::TensorElement;
use pixfuse_bindings::options;
use pixfuse_decode::{EncodedBatch, EncodedImage, Error, FileFailure, OnError, Options};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PySlice, PyString, PyType};

use crate::argument::{self, PYTHON};
use crate::array::as_array;
use crate::arrow;
use crate::failure::{Failure, found};
use crate::file::{self, File};
use crate::out::Out;

/// The options of a call.
pub(crate) fn options(
    orient: Option<&Bound<'_, PyAny>>,
    max_pixels: Option<&Bound<'_, PyAny>>,
    max_side: Option<&Bound<'_, PyAny>>,
    draft: Option<&Bound<'_, PyAny>>,
    truncated: Option<&Bound<'_, PyAny>>,
) -> Result<Options, Failure> {
    let [orient, max_pixels, max_side, draft, truncated] =
        [orient, max_pixels, max_side, draft, truncated].map(argument::optional);
    Ok(options::options([&orient?, &max_pixels?, &max_side?, &draft?, &truncated?], PYTHON)?)
}

/// What becomes of a batch when a file fails.
pub(crate) fn on_error(given: Option<&Bound<'_, PyAny>>, fill: Option<&Bound<'_, PyAny>>) -> Result<OnError, Failure> {
    Ok(options::on_error(&argument::optional(given)?, &argument::optional(fill)?, PYTHON)?)
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
    target.lies_apart_from([bytes].into_iter())?;
    let elements = target.elements()?;
    py.detach(|| image.run_into_uninit(pipe, options, elements))?;
    Ok(target.result())
}

/// Many files into one array, (files, ...); with those that failed unless that is an error.
pub(crate) fn batch<'py, T: TensorElement + numpy::Element>(
    pipe: &pixfuse::Pipeline,
    list: &Bound<'py, PyAny>,
    out: Option<&Bound<'py, PyAny>>,
    options: &Options,
    on_error: OnError,
) -> Result<Bound<'py, PyAny>, Failure> {
    let py = list.py();
    let list = Files::of(list)?;
    let files = list.bytes()?;
    let read: Vec<&[u8]> = files.iter().filter_map(|file| file.as_ref().ok().copied()).collect();
    let batch = py.detach(|| EncodedBatch::open(pipe, files, options, on_error))?;
    let dims = batch.dims();
    let mut target = Out::<T>::of(py, out, &dims)?;
    target.lies_apart_from(read.into_iter())?;
    let elements = target.elements()?;
    let failures = py.detach(|| batch.run_into_uninit(elements))?;
    let tensor = target.result();
    match on_error {
        OnError::Raise => return Ok(tensor),
        OnError::Skip if !failures.is_empty() => {
            let kept = PySlice::new(py, 0, (dims[0] - failures.len()) as isize, 1);
            // A buffer of several dimensions has no slices; an array on it has.
            let rows = tensor.get_item(&kept).or_else(|_| as_array(&tensor)?.get_item(&kept))?;
            return Ok((rows, list.told(py, &failures)?).into_pyobject(py)?.into_any());
        }
        OnError::Skip | OnError::Fill(_) => {}
    }
    Ok((tensor, list.told(py, &failures)?).into_pyobject(py)?.into_any())
}

/// What a header says: the format, rows and columns as stored and as shown, channels, bits, whether there is alpha, frames,
/// and the value of the note that turns it.
pub(crate) type Header = (String, (usize, usize), (usize, usize), usize, u8, bool, usize, Option<u32>);

pub(crate) fn header(data: &Bound<'_, PyAny>) -> Result<Header, Failure> {
    let file = File::of(data)?;
    let image = EncodedImage::open(file.bytes())?;
    Ok((
        image.format().to_string(),
        (image.rows(), image.columns()),
        image.shown_size().into(),
        image.channels(),
        image.bits(),
        image.has_alpha(),
        image.frames(),
        image.orientation().map(|orientation| orientation.exif()),
    ))
}

/// The files of a batch.
enum Files<'py> {
    /// Objects that are each a file, and what they are called.
    List(Vec<(Result<File<'py>, Error>, Option<String>)>),
    Arrow(arrow::Files),
}

impl<'py> Files<'py> {
    fn of(list: &Bound<'py, PyAny>) -> Result<Self, Failure> {
        let wrong = |step| Failure::Argument(format!("files: expected a list of files, found {}{step}", found(list)));
        // Their characters and bytes would be taken for files.
        if list.is_instance_of::<PyString>() || list.is_instance_of::<PyBytes>() {
            return Err(wrong("; `decode` takes one"));
        }
        if !list.is_instance_of::<PyType>()
            && let Some(files) = arrow::Files::of(list)?
        {
            return Ok(Self::Arrow(files));
        }
        let Ok(iterator) = list.try_iter() else { return Err(wrong("")) };
        let file = |(index, file): (usize, PyResult<Bound<'py, PyAny>>)| {
            let file = file?;
            if file.is_none() {
                return Ok((Err(Error::Missing), None));
            }
            match File::of(&file) {
                Ok(read) => Ok((Ok(read), file::name(&file))),
                Err(Failure::File(error)) => Ok((Err(error), file::name(&file))),
                Err(Failure::Argument(message)) => Err(Failure::Argument(format!("number {index}: {message}"))),
                Err(other) => Err(other),
            }
        };
        Ok(Self::List(iterator.enumerate().map(file).collect::<Result<_, Failure>>()?))
    }

    fn bytes(&self) -> Result<Vec<Result<&[u8], Error>>, Failure> {
        match self {
            Self::List(files) => {
                Ok(files.iter().map(|(file, _)| file.as_ref().map(File::bytes).map_err(Clone::clone)).collect())
            }
            Self::Arrow(files) => Ok(files.files()?.into_iter().map(|file| file.ok_or(Error::Missing)).collect()),
        }
    }

    /// Failures as Python has them: a dict each.
    fn told(&self, py: Python<'py>, failures: &[FileFailure]) -> PyResult<Bound<'py, PyList>> {
        let dict = |FileFailure { index, error }: &FileFailure| {
            let name = match self {
                Self::List(files) => files[*index].1.as_deref(),
                Self::Arrow(_) => None,
            };
            let dict = PyDict::new(py);
            dict.set_item(intern!(py, "index"), index)?;
            dict.set_item(intern!(py, "name"), name)?;
            dict.set_item(intern!(py, "code"), error.code())?;
            dict.set_item(intern!(py, "message"), error.to_string())?;
            Ok(dict)
        };
        PyList::new(py, failures.iter().map(dict).collect::<PyResult<Vec<_>>>()?)
    }
}
