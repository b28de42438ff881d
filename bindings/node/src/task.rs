//! A call on a thread of Node.js's pool, while JavaScript goes on.
//!
//! JavaScript that goes on can transfer or detach the image's buffer. Its memory then belongs to someone else or to
//! nobody, and Node-API has no way to hold on to it: a reference keeps the object, not the memory behind it. So a run
//! reads memory that JavaScript cannot reach: a copy of the image, made before the promise is returned, or, when the
//! caller gives the buffer away, the image itself, transferred to an array that nobody else has. Reading where the
//! image lies, as others do, is a read of freed memory one `postMessage` away.
//!
//! The tensor is written to a new typed array that no JavaScript has until the promise is kept. An `out` of the caller's
//! is filled from it, by JavaScript, at the end. A function that gives it is called before the promise is returned.

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};

use half::slice::HalfBitsSliceExt;
use napi::bindgen_prelude::{
    AsyncTask, Either4, Env, Error, Float32Array, Function, FunctionCallContext, Int8Array, Object, Result, Status,
    Task, Uint8Array, Uint16Array, Unknown,
};
use pixfuse::{Dims, Element, ImageRef, Join, Orientation, Pipeline, TensorElement, bf16, f16, with_element};
use pixfuse_bindings::buffers::Places;
use pixfuse_bindings::typed_array::check_length;
use pixfuse_decode::{EncodedBatch, FileFailure, OnError, Options, decode_into};

use crate::buffer::{elements, is_absent};
use crate::failure::{failed, refused, refused_image, thrown};
use crate::given::{
    allocate, batch_shape, given, image_at, image_values, images, join, orientation, oriented, slices, threaded,
};
use crate::image::{Image, of_copy};

/// `start(data, width, height, channels, stride, out, allocate, move, orient, threads)`: a promise of a new tensor. `out` is only
/// checked. With `move` the image is taken if it can be.
pub(crate) fn start(pipe: &Pipeline, call: &FunctionCallContext) -> Result<AsyncTask<Run>> {
    let out = call.get(5)?;
    let orient = orientation(call.get(8)?)?;
    let threaded = threaded(pipe, call.get(9)?)?;
    let pipe = threaded.as_ref().unwrap_or(pipe);
    let dims = with_element!(pipe.element(), T => check::<T>(pipe, call, orient))?;
    let length = with_element!(pipe.element(), T => check_out::<T>(pipe, &dims, "tensor", out))?;
    let tensor = made(pipe, call.get(6)?, length)?;
    let values = image_values(call)?;
    // `allocate` was JavaScript, and so was a function for `out`: the image is read once more.
    let image = Image::read(values, pipe).map_err(refused_image)?;
    let mut moved = None;
    if !is_absent(call.get(7)?) {
        let mover: Function<Unknown, Unknown> = call.get(7)?;
        moved = taken(mover.call(values[0])?)?;
    }
    let pixels = match moved {
        Some(taken) => Pixels::Moved(taken),
        // `move` was JavaScript too.
        None => copied(&Image::read(values, pipe).map_err(refused_image)?)?,
    };
    let image = Owned::new(pixels, image.copied())?;
    Ok(AsyncTask::new(Run::new(pipe, Work::Image { image, orient }, tensor)))
}

/// `startBatch([data, width, height, channels, stride, data, ...], out, allocate, move, threads, join)`: as `start`, for many
/// images. `move` is called with the number of each.
pub(crate) fn start_batch(pipe: &Pipeline, call: &FunctionCallContext) -> Result<AsyncTask<Run>> {
    let threaded = threaded(pipe, call.get(4)?)?;
    let pipe = threaded.as_ref().unwrap_or(pipe);
    let values: Object = call.get(0)?;
    let join = join(call.get(5)?)?;
    let dims = with_element!(pipe.element(), T => check_batch::<T>(pipe, &values, join))?;
    let length = with_element!(pipe.element(), T => check_out::<T>(pipe, &dims, "batch", call.get(1)?))?;
    let tensor = made(pipe, call.get(2)?, length)?;
    // `allocate` was JavaScript, so the images are read once more.
    let places: Vec<Places> = images(pipe, &values)?.iter().map(Image::copied).collect();
    let mut moved: Vec<Option<Uint8Array>> = places.iter().map(|_| None).collect();
    if !is_absent(call.get(3)?) {
        let mover: Function<u32, Unknown> = call.get(3)?;
        for (index, moved) in (0..).zip(&mut moved) {
            *moved = taken(mover.call(index)?)?;
        }
    }
    let owned = |((index, places), moved): ((u32, Places), Option<Uint8Array>)| {
        let pixels = match moved {
            Some(taken) => Pixels::Moved(taken),
            // `move` was JavaScript too.
            None => copied(&image_at(pipe, &values, index)?)?,
        };
        Owned::new(pixels, places)
    };
    let images = (0..).zip(places).zip(moved).map(owned).collect::<Result<_>>()?;
    Ok(AsyncTask::new(Run::new(pipe, Work::Batch { images, join }, tensor)))
}

/// What `move` gave.
fn taken(given: Unknown) -> Result<Option<Uint8Array>> {
    // SAFETY: the conversion asks the value for its type.
    if is_absent(given) { Ok(None) } else { unsafe { given.cast() }.map(Some) }
}

/// A copy of an image that has just been read.
fn copied(image: &Image) -> Result<Pixels> {
    // SAFETY: both callers read the image in the same expression, so no JavaScript ran since.
    let copy = unsafe { image.copy() };
    Ok(Pixels::Copied(copy.ok_or_else(|| refused_image("there is no memory for a copy"))?))
}

/// A new typed array for a tensor.
pub(crate) fn made(pipe: &Pipeline, make: Function<f64, Unknown<'static>>, length: usize) -> Result<Elements> {
    let tensor = allocate(make, length)?;
    // SAFETY: each conversion asks the value for its type.
    Ok(unsafe {
        match pipe.element() {
            Element::F32 => Either4::A(tensor.cast::<Float32Array>()?),
            Element::F16 | Element::Bf16 => Either4::B(tensor.cast::<Uint16Array>()?),
            Element::U8 => Either4::C(tensor.cast::<Uint8Array>()?),
            Element::I8 => Either4::D(tensor.cast::<Int8Array>()?),
        }
    })
}

/// Everything that can be wrong with an image, and the shape of the tensor.
fn check<T: TensorElement>(pipe: &Pipeline, call: &FunctionCallContext, orient: Option<Orientation>) -> Result<Dims> {
    let image = Image::read(image_values(call)?, pipe).map_err(refused_image)?;
    // SAFETY: the view ends with the statement, in which no JavaScript runs.
    pipe.check::<T>(&oriented(pipe, unsafe { image.view() }, orient)).map_err(refused)
}

/// As [`check`], for many images.
fn check_batch<T: TensorElement>(pipe: &Pipeline, values: &Object, join: Option<Join>) -> Result<Dims> {
    let images = images(pipe, values)?;
    // SAFETY: the views end with the next statement, and no JavaScript has run since the images were read.
    let views: Vec<_> = images.iter().map(|image| unsafe { image.view() }).collect();
    batch_shape::<T>(pipe, &views, join).map_err(refused)
}

/// The number of elements of this shape, which `out`, or what it gives where it is a function, has too.
fn check_out<T: TensorElement>(pipe: &Pipeline, dims: &[usize], what: &str, out: Unknown<'static>) -> Result<usize> {
    let length = dims.iter().product();
    if let Some(out) = given(pipe, out, dims)? {
        // SAFETY: the elements are counted, not touched, and no JavaScript runs meanwhile.
        let given = unsafe { elements::<T>(out) }.map_err(refused)?.len();
        check_length(given, dims, what).map_err(refused)?;
    }
    Ok(length)
}

/// A run that owns all that it touches.
pub(crate) struct Run {
    pipe: Pipeline,
    work: Work,
    /// Taken when it is handed to JavaScript.
    tensor: Option<Elements>,
    /// What was wrong with a file, which is said when there is an environment to say it in.
    wrong: Option<pixfuse_decode::Error>,
    /// Of the files of a batch that goes on.
    failures: Vec<FileFailure>,
}

/// Why a run ends.
enum Wrong {
    Call(Error),
    File(pixfuse_decode::Error),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<pixfuse_decode::Error> for Wrong {
    fn from(error: pixfuse_decode::Error) -> Self {
        Self::File(error)
    }
}

/// What it is run over.
pub(crate) enum Work {
    Image { image: Owned, orient: Option<Orientation> },
    Batch { images: Vec<Owned>, join: Option<Join> },
    File { file: Vec<u8>, options: Options },
    Files { files: Vec<std::result::Result<Vec<u8>, pixfuse_decode::Error>>, options: Options, on_error: OnError },
}

impl Run {
    pub(crate) fn new(pipe: &Pipeline, work: Work, tensor: Elements) -> Self {
        Self { pipe: pipe.clone(), work, tensor: Some(tensor), wrong: None, failures: Vec::new() }
    }

    fn run_into<T: TensorElement>(
        pipe: &Pipeline,
        work: &Work,
        out: &mut [T],
    ) -> std::result::Result<Vec<FileFailure>, Wrong> {
        match work {
            Work::Image { image, orient } => {
                pipe.run_into(oriented(pipe, image.view()?, *orient), out).map_err(refused)?;
            }
            Work::Batch { images, join } => {
                let views = images.iter().map(Owned::view).collect::<Result<Vec<_>>>()?;
                match join {
                    None => pipe.batch_into(&views, out).map_err(refused)?,
                    Some(join) => pipe.join_into(&views, *join, out).map(drop).map_err(refused)?,
                }
            }
            Work::File { file, options } => decode_into(pipe, file, options, out)?,
            Work::Files { files, options, on_error } => {
                return Ok(EncodedBatch::open(pipe, slices(files), options, *on_error)?.run_into(out)?);
            }
        }
        Ok(Vec::new())
    }
}

/// A tensor in JavaScript's memory; 16-bit floats as their bits.
pub(crate) type Elements = Either4<Float32Array, Uint16Array, Uint8Array, Int8Array>;

/// An image that no JavaScript can reach.
pub(crate) struct Owned {
    pixels: Pixels,
    places: Places,
}

impl Owned {
    fn new(pixels: Pixels, places: Places) -> Result<Self> {
        let owned = Self { pixels, places };
        let _ = owned.view()?;
        Ok(owned)
    }

    fn view(&self) -> Result<ImageRef<'_>> {
        of_copy(&self.places, &self.pixels).ok_or_else(|| refused_image("data: shorter than it was a moment ago"))
    }
}

enum Pixels {
    Copied(Vec<u8>),
    /// An array that no JavaScript has.
    Moved(Uint8Array),
}

impl Deref for Pixels {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Copied(pixels) => pixels,
            Self::Moved(pixels) => pixels,
        }
    }
}

impl Task for Run {
    type Output = ();
    type JsValue = Elements;

    fn compute(&mut self) -> Result<()> {
        // Between C frames a panic would end the process, with all else that it does.
        let run = catch_unwind(AssertUnwindSafe(|| {
            let Self { pipe, work, tensor, .. } = self;
            // SAFETY: no JavaScript has this typed array yet, so nothing else reads, writes or detaches it, and the
            // reference inside keeps it from being collected.
            unsafe {
                match tensor.as_mut() {
                    Some(Either4::A(tensor)) => Self::run_into(pipe, work, tensor.as_mut()),
                    Some(Either4::B(tensor)) => {
                        let bits: &mut [u16] = tensor.as_mut();
                        match pipe.element() {
                            Element::Bf16 => Self::run_into(pipe, work, bits.reinterpret_cast_mut::<bf16>()),
                            _ => Self::run_into(pipe, work, bits.reinterpret_cast_mut::<f16>()),
                        }
                    }
                    Some(Either4::C(tensor)) => Self::run_into(pipe, work, tensor.as_mut()),
                    Some(Either4::D(tensor)) => Self::run_into(pipe, work, tensor.as_mut()),
                    None => Ok(Vec::new()),
                }
            }
        }));
        match run {
            Ok(Ok(failures)) => {
                self.failures = failures;
                Ok(())
            }
            Ok(Err(Wrong::Call(error))) => Err(error),
            Ok(Err(Wrong::File(error))) => {
                let refusal = refused(&error);
                self.wrong = Some(error);
                Err(refusal)
            }
            Err(_) => Err(Error::new(Status::GenericFailure, "a panic in pixfuse, which is a bug; please report it")),
        }
    }

    fn reject(&mut self, env: Env, error: Error) -> Result<Self::JsValue> {
        Err(self.wrong.as_ref().map_or(error, |wrong| thrown(&env, wrong)))
    }

    fn resolve(&mut self, _: Env, (): ()) -> Result<Self::JsValue> {
        let gone = || Error::new(Status::GenericFailure, "the tensor of this run was handed over before");
        self.tensor.take().ok_or_else(gone)
    }
}

/// A run over many files, of which some may fail: `{ data, failures }`.
pub(crate) struct FilesRun(Run);

impl FilesRun {
    pub(crate) fn new(run: Run) -> Self {
        Self(run)
    }
}

impl Task for FilesRun {
    type Output = ();
    type JsValue = Object<'static>;

    fn compute(&mut self) -> Result<()> {
        self.0.compute()
    }

    fn resolve(&mut self, env: Env, (): ()) -> Result<Self::JsValue> {
        let mut result = Object::new(&env)?;
        result.set("data", self.0.resolve(env, ())?)?;
        result.set("failures", failed(&env, &self.0.failures)?)?;
        Ok(result)
    }

    fn reject(&mut self, env: Env, error: Error) -> Result<Self::JsValue> {
        Err(self.0.wrong.as_ref().map_or(error, |wrong| thrown(&env, wrong)))
    }
}

/// The bytes of a file, read on another thread.
pub(crate) struct Read {
    path: String,
    wrong: Option<pixfuse_decode::Error>,
}

impl Read {
    pub(crate) fn new(path: String) -> Self {
        Self { path, wrong: None }
    }
}

impl Task for Read {
    type Output = Vec<u8>;
    type JsValue = Uint8Array;

    fn compute(&mut self) -> Result<Vec<u8>> {
        pixfuse_decode::read(&self.path).map_err(|error| {
            let refusal = refused(&error);
            self.wrong = Some(error);
            refusal
        })
    }

    fn resolve(&mut self, _: Env, file: Vec<u8>) -> Result<Uint8Array> {
        Ok(file.into())
    }

    fn reject(&mut self, env: Env, error: Error) -> Result<Uint8Array> {
        Err(self.wrong.as_ref().map_or(error, |wrong| thrown(&env, wrong)))
    }
}
