//! Python objects to image views.

use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use pixfuse::bridge::next_step;
use pixfuse::spec::Input;
use pixfuse::{Error, ImageRef, Layout, Pipeline, PixelFormat, Sample};
use pyo3::prelude::*;

use crate::array::{Array, as_array, given, read, tuple};
use crate::failure::Failure;
use crate::pillow::{self, Pixels};
use crate::planes::Planes;

/// The samples of a Python object, which stay alive with this.
pub(crate) enum Image<'py> {
    Pixels(Interleaved<'py>),
    Planes(Planes<'py>),
}

/// Pixels, or planes of one channel each.
pub(crate) struct Interleaved<'py> {
    memory: Memory<'py>,
    /// What the object itself says that its channels are.
    format: Option<PixelFormat>,
}

enum Memory<'py> {
    /// With its axes in this order.
    Array(Array<'py>, Layout),
    Pillow(Pixels<'py>),
}

impl<'py> Image<'py> {
    /// The samples of an object that a pipeline reads. This may run code of the object.
    ///
    /// # Errors
    /// When the object is no array with the axes and samples of `input(...)`.
    pub(crate) fn of(object: &Bound<'py, PyAny>, pipe: &Pipeline) -> Result<Self, Failure> {
        let input = &pipe.spec().input;
        if input.format.is_yuv() {
            return Planes::of(object, input.format).map(Self::Planes);
        }
        Interleaved::of(object, input).map(Self::Pixels)
    }

    /// The view of the samples as they lie now: no other code may run, and no other thread write to them, before its last
    /// use.
    ///
    /// # Errors
    /// When the samples are not those of an image of `input(...)`.
    pub(crate) fn view(&self, pipe: &Pipeline) -> Result<ImageRef<'_>, Failure> {
        match self {
            Self::Pixels(pixels) => pixels.view(&pipe.spec().input),
            Self::Planes(planes) => planes.view(),
        }
    }

    /// As [`view`](Self::view), of four channels, where red, green and blue have a fourth byte behind them.
    pub(crate) fn padded(&self) -> Option<ImageRef<'_>> {
        match self {
            Self::Pixels(Interleaved { memory: Memory::Pillow(pixels), format: Some(PixelFormat::Rgb8) }) => {
                pixels.padded()
            }
            _ => None,
        }
    }
}

impl<'py> Interleaved<'py> {
    fn of(object: &Bound<'py, PyAny>, input: &Input) -> Result<Self, Failure> {
        let (array, format, layout) = match object.cast::<PyUntypedArray>() {
            Ok(array) => (array.clone(), None, input.layout),
            Err(_) => match pillow::format(object, input)? {
                // Pillow's pixels are interleaved, whatever a pipeline expects of arrays.
                Some(format) => match Pixels::of(object, format)? {
                    Some(pixels) => return Ok(Self { memory: Memory::Pillow(pixels), format: Some(format) }),
                    None => {
                        let copied = pillow::copied(object, format).map_or_else(|| as_array(object), Ok)?;
                        (copied, Some(format), Layout::Hwc)
                    }
                },
                None => (read(object)?, None, input.layout),
            },
        };
        let (array, expected) = match input.format.sample() {
            Sample::U8 => (Array::of::<u8>(array), "uint8"),
            Sample::U16 => (Array::of::<u16>(array), "uint16"),
            Sample::F32 => (Array::of::<f32>(array), "float32"),
        };
        match array {
            Ok(array) => Ok(Self { memory: Memory::Array(array, layout), format }),
            Err(array) => {
                let (dtype, step) = (array.dtype(), next_step::samples(given(&array.dtype()), input));
                Err(Error::Image(format!("dtype {dtype}, expected {expected}{step}")).into())
            }
        }
    }

    fn view(&self, input: &Input) -> Result<ImageRef<'_>, Failure> {
        let (origin, sample, (shape, strides)) = match &self.memory {
            Memory::Array(array, layout) => {
                let seen = array.look(Error::Image)?;
                (seen.data.cast_const().cast(), input.format.sample(), axes(seen.shape, seen.strides, *layout, input)?)
            }
            Memory::Pillow(pixels) => {
                let (shape, strides) = pixels.axes();
                let axes = match self.format {
                    Some(PixelFormat::Gray8) => axes(&shape[..2], &strides[..2], Layout::Hwc, input),
                    _ => axes(&shape, &strides, Layout::Hwc, input),
                };
                (pixels.origin()?, Sample::U8, axes?)
            }
        };
        // SAFETY: numpy keeps every byte that an array's shape and strides reach readable, and so does Pillow with the rows
        // of an image that it gave away; both were asked just now, and `self` keeps them. `axes` had shape and strides
        // accepted by `check_samples`. That no code that could move the samples runs, and no thread writes to them,
        // before the view was used is what `Image::view` asks for.
        let view = unsafe { ImageRef::from_raw_samples(sample, origin, shape, strides) };
        Ok(match self.format {
            Some(format) => view.with_format(format)?,
            None => view,
        })
    }
}

/// The rows, columns and channels of an array that `input(...)` reads, with their strides.
fn axes(
    shape: &[usize],
    strides: &[isize],
    layout: Layout,
    input: &Input,
) -> Result<([usize; 3], [isize; 3]), Failure> {
    let wanted = input.format.channels();
    let (shape, strides) = match (layout, shape, strides) {
        (Layout::Hwc, &[rows, columns, channels], &[row, column, channel])
        | (Layout::Chw, &[channels, rows, columns], &[channel, row, column])
            if channels == wanted =>
        {
            ([rows, columns, channels], [row, column, channel])
        }
        (_, &[rows, columns], &[row, column]) if wanted == 1 => ([rows, columns, 1], [row, column, 1]),
        (_, shape, _) => {
            let expected = match (layout, wanted) {
                (Layout::Hwc, 1) => "(rows, columns) or (rows, columns, 1)".to_owned(),
                (Layout::Chw, 1) => "(rows, columns) or (1, rows, columns)".to_owned(),
                (Layout::Hwc, channels) => format!("(rows, columns, {channels})"),
                (Layout::Chw, channels) => format!("({channels}, rows, columns)"),
            };
            let (shape, step) = (tuple(shape), next_step::shape(shape, input));
            return Err(Error::Image(format!("shape {shape}, expected {expected} for {input}{step}")).into());
        }
    };
    ImageRef::check_samples(input.format.sample(), shape, strides)?;
    Ok((shape, strides))
}

/// Whether an array of this shape is one image of colours, and not many of gray.
pub(crate) fn is_one_image(shape: &[usize], input: &Input) -> bool {
    let wanted = input.format.channels();
    match (input.layout, shape) {
        (Layout::Hwc, &[_, _, channels]) | (Layout::Chw, &[channels, _, _]) => wanted > 1 && channels == wanted,
        _ => false,
    }
}
