//! Many files into one block.

use std::mem::MaybeUninit;

use pixfuse::{Dims, Pipeline, Tensor, TensorElement};

use crate::run::fits;
use crate::{EncodedImage, Error, Options, decode_into};

/// The shape of a batch of these files, from their headers: `[files, ...]`.
///
/// # Errors
/// When there is no file and the declaration does not fix the shape, or one cannot be decoded as far as its header tells; when the files do not give tensors of one
/// shape. The error names the file.
pub fn batch_shape(pipe: &Pipeline, files: &[&[u8]], options: &Options) -> Result<Dims, Error> {
    let mut block: Option<Dims> = None;
    for (index, file) in files.iter().enumerate() {
        let shape = EncodedImage::open(file).and_then(|image| image.output_shape(pipe, options));
        let dims = shape.map_err(|error| of_batch(index, error))?;
        let first = *block.get_or_insert(dims);
        if dims != first {
            return Err(pixfuse::Error::Image(format!(
                "number {index}: gives a tensor {dims:?}, number 0 gives {first:?}; \
                 a batch needs one shape, which resize(...) makes"
            ))
            .into());
        }
    }
    let Some(block) = block else { return Ok(pixfuse::rt::empty_batch(pipe)?) };
    let dims = block.batch(files.len());
    match dims.elements(pipe.element().size()) {
        Some(_) => Ok(dims),
        None => Err(pixfuse::Error::Output(format!("a batch {dims:?} is larger than memory")).into()),
    }
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
    let dims = batch_shape(pipe, files, options)?;
    let length = dims.iter().product();
    let mut data = Vec::new();
    let memory = |_| pixfuse::Error::Output(format!("there is no memory for a tensor of {length} elements"));
    data.try_reserve_exact(length).map_err(memory)?;
    data.resize(length, T::default());
    let tensors = data.chunks_exact_mut(dims[1..].iter().product());
    each(pipe, files.iter().zip(tensors), |pipe, (file, out)| decode_into(pipe, file, options, out))?;
    Ok(Tensor { data, dims: dims.to_vec() })
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
    let dims = batch_shape(pipe, files, options)?;
    fits(out.len(), &dims)?;
    let tensors = out.chunks_exact_mut(dims[1..].iter().product());
    each(pipe, files.iter().zip(tensors), |pipe, (file, out)| {
        EncodedImage::open(file)?.run_into_uninit(pipe, options, out)
    })
}

/// Calls `work` for each item, on the pipeline's threads.
fn each<I: ExactSizeIterator + Send>(
    pipe: &Pipeline,
    items: I,
    work: impl Fn(&Pipeline, I::Item) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    let threads = pipe.threads().min(items.len()).max(1);
    // Each file stays on its thread.
    let alone = pipe.with_threads(1)?;
    pixfuse::rt::each(threads, items, |index, item| work(&alone, item).map_err(|error| of_batch(index, error)))
}

fn of_batch(index: usize, error: Error) -> Error {
    Error::OfBatch { index, error: Box::new(error) }
}
