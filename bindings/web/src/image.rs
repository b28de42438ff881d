//! Typed arrays as an image to read: one for all pixels, or one for each plane of luma and chroma.
//!
//! Their bytes lie in the block of inputs. A question says of each its kind, its bytes and where they begin there.

use std::ptr;

use pixfuse::next_step::{self, Given};
use pixfuse::{Error, ImageRef, Layout, Pipeline, PixelFormat, Sample, YuvPlane};
use serde_json::Value;

use crate::calls::{optional, whole};

/// A source image, whose parts were found to lie inside their typed arrays.
pub(crate) struct Image {
    format: PixelFormat,
    layout: Layout,
    sides: [usize; 2],
    parts: Vec<Part>,
}

/// Of pixels or a plane: where they start in the block, their bytes, and those from row to row.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    length: usize,
    stride: usize,
}

/// A typed array in the block.
struct Array {
    start: usize,
    length: usize,
}

impl Image {
    /// Reads what a question says of an image for a pipeline. The error is a sentence about an image.
    pub(crate) fn read(given: &Value, pipe: &Pipeline) -> Result<Self, String> {
        let input = &pipe.spec().input;
        let format = input.format;
        let (data, stride) = (&given["data"], &given["stride"]);
        let is_apart = data.is_array() && stride.is_array();
        let whole_image = if is_apart { None } else { Some(array("data", data, pipe)?) };
        let (columns, rows) = (whole("width", &given["width"])?, whole("height", &given["height"])?);
        if let Some(channels) = optional("channels", &given["channels"])?
            && channels != format.channels()
        {
            let (needs, step) = (format.channels(), next_step::channels(channels, input));
            return Err(format!("has {channels} channels, input({format}) needs {needs}{step}"));
        }
        let mut image = Self { format, layout: input.layout, sides: [rows, columns], parts: Vec::new() };
        if let Some(array) = whole_image {
            let stride = optional("stride", stride)?;
            if format.is_yuv() {
                image.one_buffer(&array, stride)?
            } else {
                image.pixels(&array, stride)?
            }
            return Ok(image);
        }
        if !format.is_yuv() {
            return Err(format!("planes: expected `data` for input({format}), which has no chroma planes"));
        }
        let mut planes = Vec::new();
        for (plane, stride) in items(data).iter().zip(items(stride)) {
            planes.push((array("planes: data", plane, pipe)?, optional("planes: stride", stride)?));
        }
        image.planes(&planes)?;
        Ok(image)
    }

    /// Interleaved rows, or planes of rows, in one array.
    fn pixels(&mut self, array: &Array, stride: Option<usize>) -> Result<(), String> {
        let [rows, columns] = self.sides;
        let (format, row, given) = (self.format, self.row(), array.length);
        if let Some(stride) = stride.filter(|&stride| stride < row) {
            return Err(format!("stride: {stride} bytes from row to row, but a row has {row}"));
        }
        let from_row = stride.unwrap_or(row);
        let (sides, strides) = self.packed(from_row);
        let reach = ImageRef::check_samples(format.sample(), sides, strides).map_err(sentence)?;
        // All strides are positive, so the view starts at its origin.
        let length = reach.end().unsigned_abs() + 1;
        if given < length || (given > length && stride.is_none()) {
            let [more, needs] = if stride.is_some() {
                [format!(" with {from_row} bytes from row to row"), "at least ".into()]
            } else if given > length {
                ["; padded rows need `stride`".into(), String::new()]
            } else {
                Default::default()
            };
            return Err(format!(
                "data: {given} bytes given, but {format} of {rows} rows x {columns} columns is {needs}{length}{more}"
            ));
        }
        self.parts.push(Part { start: array.start, length, stride: from_row });
        Ok(())
    }

    /// The planes of YUV, one after the other without gaps.
    fn one_buffer(&mut self, array: &Array, stride: Option<usize>) -> Result<(), String> {
        let ([rows, columns], format, given) = (self.sides, self.format, array.length);
        if stride.is_some() && format != PixelFormat::Yuyv {
            return Err(format!("stride: {format} in one buffer has no padded rows; give `planes` with their strides"));
        }
        let dense = ImageRef::yuv_dense_strides(format, columns).map_err(sentence)?;
        let strides: Vec<_> = dense.iter().map(|&dense| (ptr::null(), stride.unwrap_or(dense))).collect();
        let lengths = ImageRef::yuv_lengths(format, &strides, rows, columns).map_err(sentence)?;
        let needs = lengths.iter().fold(0, |sum: usize, &length| sum.saturating_add(length));
        if given < needs || (given > needs && stride.is_none()) {
            return Err(format!(
                "data: {given} bytes given, but {format} of {rows} rows x {columns} columns is {needs}"
            ));
        }
        let mut start = array.start;
        for (&length, &(_, stride)) in lengths.iter().zip(&strides) {
            self.parts.push(Part { start, length, stride });
            start += length;
        }
        Ok(())
    }

    /// The planes of YUV, each in an array of its own.
    fn planes(&mut self, given: &[(Array, Option<usize>)]) -> Result<(), String> {
        let ([rows, columns], format) = (self.sides, self.format);
        let dense = ImageRef::yuv_dense_strides(format, columns).map_err(sentence)?;
        let planes = given.iter().enumerate();
        let strides: Vec<_> = planes
            .map(|(index, (_, stride))| (ptr::null(), stride.or(dense.get(index).copied()).unwrap_or(0)))
            .collect();
        let lengths = ImageRef::yuv_lengths(format, &strides, rows, columns).map_err(sentence)?;
        for (index, (((array, _), &(_, stride)), &length)) in given.iter().zip(&strides).zip(&lengths).enumerate() {
            if array.length < length {
                let given = array.length;
                return Err(format!("planes: {given} bytes given, but plane {index} of {format} needs {length}"));
            }
            self.parts.push(Part { start: array.start, length, stride });
        }
        Ok(())
    }

    /// Bytes of a row, which decide what a stride can be.
    fn row(&self) -> usize {
        let samples = match self.layout {
            Layout::Hwc => self.sides[1].saturating_mul(self.format.channels()),
            Layout::Chw => self.sides[1],
        };
        samples.saturating_mul(self.format.sample().size())
    }

    /// Shape and strides of pixels that are not YUV.
    fn packed(&self, stride: usize) -> ([usize; 3], [isize; 3]) {
        let [rows, columns] = self.sides;
        let (sample, stride) = (self.format.sample().size() as isize, isize::try_from(stride).unwrap_or(isize::MAX));
        let strides = match self.layout {
            Layout::Hwc => [stride, self.format.channels() as isize * sample, sample],
            Layout::Chw => [stride, sample, stride.saturating_mul(isize::try_from(rows).unwrap_or(isize::MAX))],
        };
        ([rows, columns, self.format.channels()], strides)
    }

    /// The view over the block that the image was read of.
    pub(crate) fn view<'a>(&self, memory: &'a [u8]) -> Result<ImageRef<'a>, Error> {
        let [rows, columns] = self.sides;
        let bytes = |part: &Part| memory.get(part.start..).and_then(|rest| rest.get(..part.length)).unwrap_or_default();
        if self.format.is_yuv() {
            let planes: Vec<_> =
                self.parts.iter().map(|part| YuvPlane { bytes: bytes(part), stride: part.stride }).collect();
            return ImageRef::yuv(self.format, &planes, rows, columns);
        }
        let part = &self.parts[0];
        let (shape, strides) = self.packed(part.stride);
        ImageRef::strided_samples(self.format.sample(), bytes(part), 0, shape, strides)
    }
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The message of an error about an image.
fn sentence(error: Error) -> String {
    match error {
        Error::Image(message) => message,
        other => other.to_string(),
    }
}

/// A typed array of such samples as the pipeline reads.
fn array(place: &str, given: &Value, pipe: &Pipeline) -> Result<Array, String> {
    let input = &pipe.spec().input;
    let (expected, kinds): (_, &[&str]) = match input.format.sample() {
        Sample::U8 => ("a Uint8Array, Buffer or Uint8ClampedArray", &["a Uint8Array", "a Uint8ClampedArray"]),
        Sample::U16 => ("a Uint16Array", &["a Uint16Array"]),
        Sample::F32 => ("a Float32Array", &["a Float32Array"]),
    };
    let number = |key: &str| given[key].as_u64().and_then(|number| usize::try_from(number).ok());
    let (Some(kind), Some(start), Some(length)) = (given["kind"].as_str(), number("at"), number("bytes")) else {
        let found = given["found"].as_str().unwrap_or("something else");
        return Err(format!("{place}: expected {expected}, found {found}"));
    };
    if !kinds.contains(&kind) {
        return Err(format!("{place}: expected {expected}, found {kind}{}", next_step::samples(samples(kind), input)));
    }
    Ok(Array { start, length })
}

/// The type of an array's elements, as far as something can be done about it.
fn samples(kind: &str) -> Given {
    match kind {
        "a Uint8Array" | "a Uint8ClampedArray" => Given::Sample(Sample::U8),
        "a Uint16Array" => Given::Sample(Sample::U16),
        "a Float32Array" => Given::Sample(Sample::F32),
        "a Float64Array" => Given::Float,
        _ => Given::Integer,
    }
}
