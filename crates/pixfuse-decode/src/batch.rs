//! Many files into one block, and those that fail as data.

use std::mem::MaybeUninit;
use std::sync::{Mutex, PoisonError};

use pixfuse::{Dims, Element, Pipeline, Tensor, TensorElement};

use crate::run::fits;
use crate::{EncodedImage, Error, Options, decode_into, jpeg};

/// What becomes of a batch when one of its files fails. What is [no file's fault](Error::is_of_file) is an error in any
/// case.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum OnError {
    /// The error of the first such file is that of the batch.
    #[default]
    Raise,
    /// The file's tensor has this value in each element: a whole number of their range for `u8` and `i8`, else rounded.
    Fill(f64),
    /// The file has no tensor in the block, and those behind it move up.
    Skip,
}

/// A file that failed, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct FileFailure {
    /// Its place in the list of files.
    pub index: usize,
    /// What was wrong with it.
    pub error: Error,
}

/// The block of a batch, and what is not in it.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Batch<T> {
    /// `[files, ...]`; with [`OnError::Skip`] `[files - failures, ...]`.
    pub tensor: Tensor<T>,
    /// The files that failed, in their order.
    pub failures: Vec<FileFailure>,
}

/// Files whose headers have been read: the shape of their block is known, nothing is decoded yet.
#[must_use]
pub struct EncodedBatch<'a> {
    pipe: &'a Pipeline,
    files: Vec<Result<&'a [u8], Error>>,
    options: Options,
    on_error: OnError,
    dims: Dims,
}

impl<'a> EncodedBatch<'a> {
    /// Reads the headers of files. One that could not be had comes as its error, such as [`Error::Missing`], and counts as
    /// a file that fails.
    ///
    /// # Errors
    /// When there is no file that gives a tensor and the declaration does not fix the shape; when the files do not give
    /// tensors of one shape; when the value to fill with is no element, or this build's decoder does not know the options.
    /// With [`OnError::Raise`], when a file cannot be
    /// decoded as far as its header tells; the error names the file.
    pub fn open(
        pipe: &'a Pipeline,
        mut files: Vec<Result<&'a [u8], Error>>,
        options: &Options,
        on_error: OnError,
    ) -> Result<Self, Error> {
        jpeg::check(options)?;
        if let OnError::Fill(value) = on_error {
            is_element(pipe.element(), value)?;
        }
        let mut block: Option<(usize, Dims)> = None;
        for (index, file) in files.iter_mut().enumerate() {
            let bytes = std::mem::replace(file, Err(Error::Missing));
            let shape = bytes.clone().and_then(EncodedImage::open).and_then(|image| image.output_shape(pipe, options));
            match shape {
                Ok(given) => {
                    let (first, expected) = *block.get_or_insert((index, given));
                    if given != expected {
                        return Err(Error::Shapes { index, first, dims: Box::new([given, expected]) });
                    }
                    *file = bytes;
                }
                Err(error) if on_error.goes_on(&error) => *file = Err(error),
                Err(error) => return Err(of_batch(index, error)),
            }
        }
        let dims = match block {
            Some((_, dims)) => dims.batch(files.len()),
            None if files.is_empty() => pixfuse::bridge::empty_batch(pipe).map_err(Error::NoShape)?,
            None => pipe.fixed_shape().ok_or(Error::NoTensor(files.len()))?.batch(files.len()),
        };
        if dims.elements(pipe.element().size()).is_none() {
            return Err(pixfuse::Error::Output(format!("a batch {dims:?} is larger than memory")).into());
        }
        Ok(Self { pipe, files, options: options.clone(), on_error, dims })
    }

    /// The shape of the block: `[files, ...]`, in which there is room for those that are skipped, too.
    pub fn dims(&self) -> Dims {
        self.dims
    }

    /// Decodes the files and runs the pipeline over them, on as many threads as [`Pipeline::with_threads`] asked for, into
    /// memory that need not be initialised. Gives the files that failed, in their order.
    ///
    /// When this returns `Ok`, the tensors are there; with [`OnError::Skip`] those of the files that did not fail, one
    /// behind the other, and what follows them may be anything.
    ///
    /// # Errors
    /// When `out` has another length than the block or `T` is not the element type of `output(...)`; with
    /// [`OnError::Raise`] when a file cannot be decoded. The tensors of files before it may be in `out` then.
    pub fn run_into_uninit<T: TensorElement>(self, out: &mut [MaybeUninit<T>]) -> Result<Vec<FileFailure>, Error> {
        has_elements::<T>(self.pipe)?;
        let options = self.options.clone();
        self.run(
            out,
            |value| MaybeUninit::new(T::nearest(value)),
            |pipe, file, out| EncodedImage::open(file)?.run_into_uninit(pipe, &options, out),
        )
    }

    /// As [`run_into_uninit`](Self::run_into_uninit), into memory that the caller has.
    ///
    /// # Errors
    /// As [`run_into_uninit`](Self::run_into_uninit).
    pub fn run_into<T: TensorElement>(self, out: &mut [T]) -> Result<Vec<FileFailure>, Error> {
        has_elements::<T>(self.pipe)?;
        let options = self.options.clone();
        self.run(out, T::nearest, |pipe, file, out| decode_into(pipe, file, &options, out))
    }

    /// As [`run_into_uninit`](Self::run_into_uninit), with elements of `O`: what a value is as one of them, and how a file
    /// is decoded to them.
    fn run<O: Copy + Send + Sync>(
        self,
        out: &mut [O],
        element: impl Fn(f64) -> O,
        decode: impl Fn(&Pipeline, &[u8], &mut [O]) -> Result<(), Error> + Sync,
    ) -> Result<Vec<FileFailure>, Error> {
        let Self { pipe, files, on_error, dims, .. } = self;
        fits(out.len(), &dims)?;
        let length = dims[1..].iter().product();
        let filler = match on_error {
            OnError::Fill(value) => Some(element(value)),
            OnError::Raise | OnError::Skip => None,
        };
        let rows = files.iter().zip(out.chunks_exact_mut(length));
        let failures = Mutex::new(Vec::new());
        // Each file stays on its thread.
        let (threads, alone) = (pipe.threads().min(files.len()).max(1), pipe.with_threads(1)?);
        pixfuse::bridge::each(threads, rows, |index, (file, row)| {
            let decoded = file.clone().and_then(|bytes| decode(&alone, bytes, row));
            let Err(error) = decoded else { return Ok(()) };
            if !on_error.goes_on(&error) {
                return Err(of_batch(index, error));
            }
            if let Some(value) = filler {
                row.fill(value);
            }
            failures.lock().unwrap_or_else(PoisonError::into_inner).push(FileFailure { index, error });
            Ok(())
        })?;
        let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        failures.sort_by_key(|failure| failure.index);
        if on_error == OnError::Skip {
            close_ranks(out, length, files.len(), &failures);
        }
        Ok(failures)
    }
}

impl OnError {
    fn goes_on(self, error: &Error) -> bool {
        self != Self::Raise && error.is_of_file()
    }
}

/// The shape of a batch of these files, from their headers: `[files, ...]`.
///
/// # Errors
/// As [`EncodedBatch::open`] with [`OnError::Raise`].
pub fn batch_shape(pipe: &Pipeline, files: &[&[u8]], options: &Options) -> Result<Dims, Error> {
    Ok(opened(pipe, files, options)?.dims())
}

/// Decodes files and runs a pipeline over them, into one new tensor, in their order, on as many threads as
/// [`Pipeline::with_threads`] asked for.
///
/// # Errors
/// As [`batch_shape`], and when a file cannot be decoded or `T` is not the element type of `output(...)`.
pub fn decode_batch<T: TensorElement + Default>(
    pipe: &Pipeline,
    files: &[&[u8]],
    options: &Options,
) -> Result<Tensor<T>, Error> {
    let files: Vec<_> = files.iter().copied().map(Ok).collect();
    Ok(decode_batch_with(pipe, files, options, OnError::Raise)?.tensor)
}

/// As [`decode_batch`], which goes on after files that fail: a job of millions of files has some.
///
/// # Errors
/// As [`EncodedBatch::open`] and [`EncodedBatch::run_into_uninit`].
///
/// ```
/// use pixfuse::Pipeline;
/// use pixfuse_decode::{OnError, Options, decode_batch_with};
///
/// # let mut file = Vec::new();
/// # png::Encoder::new(&mut file, 6, 4).write_header()?.write_image_data(&[9; 24])?;
/// let pipe = Pipeline::parse("input(rgb8), resize(2, 2, bilinear), output(rgb, u8, hwc)")?;
/// let files = vec![Ok(&file[..]), Ok(&file[..50])];
/// let batch = decode_batch_with::<u8>(&pipe, files, &Options::default(), OnError::Fill(114.0))?;
/// assert_eq!(batch.tensor.dims, [2, 2, 2, 3]);
/// assert_eq!(batch.tensor.data[12..], [114; 12]);
/// assert_eq!((batch.failures[0].index, batch.failures[0].error.code()), (1, "truncated"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decode_batch_with<T: TensorElement + Default>(
    pipe: &Pipeline,
    files: Vec<Result<&[u8], Error>>,
    options: &Options,
    on_error: OnError,
) -> Result<Batch<T>, Error> {
    has_elements::<T>(pipe)?;
    let batch = EncodedBatch::open(pipe, files, options, on_error)?;
    let mut dims = batch.dims().to_vec();
    let length = dims.iter().product();
    let mut data = Vec::new();
    let memory = |_| pixfuse::Error::Output(format!("there is no memory for a tensor of {length} elements"));
    data.try_reserve_exact(length).map_err(memory)?;
    data.resize(length, T::default());
    let failures = batch.run_into(&mut data)?;
    if on_error == OnError::Skip {
        let row = length.checked_div(dims[0]).unwrap_or(0);
        dims[0] -= failures.len();
        data.truncate(dims[0] * row);
    }
    Ok(Batch { tensor: Tensor { data, dims }, failures })
}

/// As [`decode_batch`], into memory that need not be initialised; it is when this returns `Ok`.
///
/// # Errors
/// As [`decode_batch`], and when `out` has another length. A file that is found to be damaged when its turn comes leaves
/// the tensors of those before it in `out`.
pub fn decode_batch_into<T: TensorElement>(
    pipe: &Pipeline,
    files: &[&[u8]],
    options: &Options,
    out: &mut [MaybeUninit<T>],
) -> Result<(), Error> {
    opened(pipe, files, options)?.run_into_uninit(out).map(drop)
}

fn opened<'a>(pipe: &'a Pipeline, files: &[&'a [u8]], options: &Options) -> Result<EncodedBatch<'a>, Error> {
    EncodedBatch::open(pipe, files.iter().copied().map(Ok).collect(), options, OnError::Raise)
}

/// Moves rows of `length` elements up, over those that failed.
fn close_ranks<O: Copy>(out: &mut [O], length: usize, rows: usize, failures: &[FileFailure]) {
    let mut failed = failures.iter().map(|failure| failure.index).peekable();
    let mut kept = 0;
    for row in 0..rows {
        if failed.next_if_eq(&row).is_some() {
            continue;
        }
        if kept != row {
            out.copy_within(row * length..(row + 1) * length, kept * length);
        }
        kept += 1;
    }
}

/// Refuses elements of another type before there is a file whose run would.
fn has_elements<T: TensorElement>(pipe: &Pipeline) -> Result<(), Error> {
    let (given, wanted) = (T::ELEMENT, pipe.element());
    if given == wanted {
        return Ok(());
    }
    Err(pixfuse::Error::Output(format!("elements are {given}, output(...) says {wanted}")).into())
}

/// Refuses a value that elements of integers are not.
fn is_element(element: Element, value: f64) -> Result<(), Error> {
    let range = match element {
        Element::U8 => [0, 255],
        Element::I8 => [-128, 127],
        Element::F32 | Element::F16 | Element::Bf16 => return Ok(()),
    };
    let [least, most] = range.map(f64::from);
    if value.fract() == 0.0 && (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::Fill { value, element, range })
}

fn of_batch(index: usize, error: Error) -> Error {
    Error::OfBatch { index, error: Box::new(error) }
}
