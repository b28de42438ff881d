//! Typed arrays as an image to read: one for all pixels, or one for each plane of luma and chroma.

use std::ptr;

use napi::bindgen_prelude::{JsObjectValue, JsValue, Object, TypedArrayType, Unknown};
use pixfuse::next_step::{self, Given};
use pixfuse::spec::Input;
use pixfuse::{Error, ImageRef, Layout, Pipeline, PixelFormat, Sample};

use crate::buffer::{Memory, name, optional, whole};

/// The five values of an image, in the order of the calls: data, width, height, channels, stride. For planes that lie
/// apart data and stride are arrays.
pub(crate) type ImageValues<'a> = [Unknown<'a>; 5];

/// Where the samples of an image lie, without the memory.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    format: PixelFormat,
    layout: Layout,
    sides: [usize; 2],
    /// Of each block: where it starts in memory that has one after the other, its bytes, and those from row to row.
    blocks: [Block; 3],
    count: usize,
}

#[derive(Clone, Copy, Default)]
struct Block {
    start: usize,
    length: usize,
    stride: usize,
}

/// A source image, found to lie inside its typed arrays.
#[derive(Clone, Copy)]
pub(crate) struct Image {
    shape: Shape,
    origins: [*const u8; 3],
}

impl Image {
    /// Reads the values of an image for a pipeline. The error is a sentence about an image.
    pub(crate) fn read([data, width, height, channels, stride]: ImageValues, pipe: &Pipeline) -> Result<Self, String> {
        let input = &pipe.spec().input;
        let format = input.format;
        let is_array = |value: Unknown| value.is_array().map_err(|error| error.to_string());
        let apart = is_array(data)? && is_array(stride)?;
        let memory = if apart { None } else { Some(samples("data", data, input)?) };
        let (columns, rows) = (whole("width", width)?, whole("height", height)?);
        if let Some(channels) = optional("channels", channels)?
            && channels != format.channels()
        {
            let (needs, step) = (format.channels(), next_step::channels(channels, input));
            return Err(format!("has {channels} channels, input({format}) needs {needs}{step}"));
        }
        let shape =
            Shape { format, layout: input.layout, sides: [rows, columns], blocks: Default::default(), count: 1 };
        let mut image = Self { shape, origins: [ptr::null(); 3] };
        if let Some((address, given)) = memory {
            let stride = optional("stride", stride)?;
            if format.is_yuv() {
                image.one_buffer(given, stride)?;
            } else {
                image.pixels(given, stride)?;
            }
            image.origins = image.shape.blocks.map(|block| address.wrapping_add(block.start));
            return Ok(image);
        }
        if !format.is_yuv() {
            return Err(format!("planes: expected `data` for input({format}), which has no chroma planes"));
        }
        let planes = elements(data)?;
        let strides = elements(stride)?;
        let mut given = Vec::with_capacity(3);
        for (plane, stride) in planes.iter().zip(&strides) {
            let (address, length) = samples("planes: data", *plane, input)?;
            given.push((address, length, optional("planes: stride", *stride)?));
        }
        image.planes(&given)?;
        Ok(image)
    }

    /// Interleaved rows, or planes of rows, in one block of so many bytes.
    fn pixels(&mut self, given: usize, stride: Option<usize>) -> Result<(), String> {
        let Shape { format, sides: [rows, columns], .. } = self.shape;
        let row = self.shape.row();
        if let Some(stride) = stride.filter(|&stride| stride < row) {
            return Err(format!("stride: {stride} bytes from row to row, but a row has {row}"));
        }
        let from_row = stride.unwrap_or(row);
        self.shape.blocks[0].stride = from_row;
        let (sides, strides) = self.shape.packed();
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
        self.shape.blocks[0].length = length;
        Ok(())
    }

    /// The planes of YUV, one after the other without gaps.
    fn one_buffer(&mut self, given: usize, stride: Option<usize>) -> Result<(), String> {
        let Shape { format, sides: [rows, columns], .. } = self.shape;
        if stride.is_some() && format != PixelFormat::Yuyv {
            return Err(format!("stride: {format} in one buffer has no padded rows; give `planes` with their strides"));
        }
        let dense = ImageRef::yuv_dense_strides(format, columns).map_err(sentence)?;
        let strides: Vec<_> = dense.iter().map(|&dense| (ptr::null(), stride.unwrap_or(dense))).collect();
        let lengths = ImageRef::yuv_lengths(format, &strides, rows, columns).map_err(sentence)?;
        let needs: usize = lengths.iter().sum();
        if given < needs || (given > needs && stride.is_none()) {
            return Err(format!(
                "data: {given} bytes given, but {format} of {rows} rows x {columns} columns is {needs}"
            ));
        }
        self.lay(&lengths, strides.iter().map(|&(_, stride)| stride));
        Ok(())
    }

    /// The planes of YUV, each in memory of its own.
    fn planes(&mut self, given: &[(*const u8, usize, Option<usize>)]) -> Result<(), String> {
        let Shape { format, sides: [rows, columns], .. } = self.shape;
        let dense = ImageRef::yuv_dense_strides(format, columns).map_err(sentence)?;
        let planes: Vec<_> = given
            .iter()
            .enumerate()
            .map(|(index, (address, _, stride))| (*address, stride.or(dense.get(index).copied()).unwrap_or(0)))
            .collect();
        let lengths = ImageRef::yuv_lengths(format, &planes, rows, columns).map_err(sentence)?;
        for (index, ((_, given, _), needs)) in given.iter().zip(&lengths).enumerate() {
            if given < needs {
                return Err(format!("planes: {given} bytes given, but plane {index} of {format} needs {needs}"));
            }
            self.origins[index] = planes[index].0;
        }
        self.lay(&lengths, planes.iter().map(|&(_, stride)| stride));
        Ok(())
    }

    fn lay(&mut self, lengths: &[usize], strides: impl Iterator<Item = usize>) {
        let mut start = 0;
        for ((block, &length), stride) in self.shape.blocks.iter_mut().zip(lengths).zip(strides) {
            *block = Block { start, length, stride };
            start += length;
        }
        self.shape.count = lengths.len();
    }

    /// The view.
    ///
    /// # Safety
    /// No JavaScript may run in the environment from [`read`](Self::read) to the end of 'a.
    pub(crate) unsafe fn view<'a>(&self) -> ImageRef<'a> {
        // SAFETY: `read` found the blocks to lie in their typed arrays. Only JavaScript of this environment can take the
        // memory away, and none runs during 'a. A buffer that another thread could write to at the same time
        // (SharedArrayBuffer) was refused.
        unsafe { self.shape.over(self.origins) }
    }

    /// Where samples lie in a copy.
    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// The bytes as they are now, for a time when JavaScript runs; nothing where memory ends.
    ///
    /// # Safety
    /// No JavaScript may have run in the environment since [`read`](Self::read).
    pub(crate) unsafe fn copy(&self) -> Option<Vec<u8>> {
        let blocks = &self.shape.blocks[..self.shape.count];
        let mut pixels = Vec::new();
        pixels.try_reserve_exact(self.shape.length()).ok()?;
        for (block, origin) in blocks.iter().zip(self.origins) {
            // SAFETY: the block's bytes lie in its typed array, which is still as `read` found it, and in the vector's
            // new memory there is room for those of all blocks.
            unsafe {
                let to: *mut u8 = pixels.as_mut_ptr();
                ptr::copy_nonoverlapping(origin, to.add(block.start), block.length);
                pixels.set_len(block.start + block.length);
            }
        }
        Some(pixels)
    }
}

impl Shape {
    /// Bytes of all blocks.
    fn length(&self) -> usize {
        self.blocks[..self.count].iter().map(|block| block.length).sum()
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
    fn packed(&self) -> ([usize; 3], [isize; 3]) {
        let [rows, columns] = self.sides;
        let (sample, stride) = (self.format.sample().size() as isize, self.blocks[0].stride as isize);
        let strides = match self.layout {
            Layout::Hwc => [stride, self.format.channels() as isize * sample, sample],
            Layout::Chw => [stride, sample, stride.saturating_mul(rows as isize)],
        };
        ([rows, columns, self.format.channels()], strides)
    }

    /// The view over blocks that start there.
    ///
    /// # Safety
    /// The bytes of each block are readable for 'a and not written meanwhile, and the shape is that of an image that
    /// was read.
    unsafe fn over<'a>(&self, origins: [*const u8; 3]) -> ImageRef<'a> {
        let Self { format, sides: [rows, columns], blocks, count, .. } = *self;
        if format.is_yuv() {
            let planes = [0, 1, 2].map(|index: usize| (origins[index], blocks[index].stride));
            // SAFETY: the caller promises the bytes of each block for 'a; `read` gave blocks the lengths that such planes must
            // have.
            return unsafe { ImageRef::from_raw_yuv(format, &planes[..count], rows, columns) }
                .expect("the planes were measured when they were read");
        }
        let (sides, strides) = self.packed();
        // SAFETY: the caller promises the bytes of the block for 'a, in which `read` found shape and strides to end after
        // `check_samples` accepted them.
        unsafe { ImageRef::from_raw_samples(format.sample(), origins[0], sides, strides) }
    }

    /// The view over a copy; nothing where it is too short.
    pub(crate) fn of<'a>(&self, copy: &'a [u8]) -> Option<ImageRef<'a>> {
        if copy.len() < self.length() {
            return None;
        }
        let origins = self.blocks.map(|block| copy.as_ptr().wrapping_add(block.start));
        // SAFETY: the blocks follow each other in the copy, which is borrowed for 'a and long enough.
        Some(unsafe { self.over(origins) })
    }
}

/// The message of an error about an image.
fn sentence(error: Error) -> String {
    match error {
        Error::Image(message) => message,
        other => other.to_string(),
    }
}

/// The elements of an array.
fn elements(array: Unknown) -> Result<Vec<Unknown>, String> {
    // SAFETY: the conversion asks the value for its type.
    let array: Object = unsafe { array.cast() }.map_err(|error| error.to_string())?;
    let length = array.get_array_length().map_err(|error| error.to_string())?;
    (0..length).map(|index| array.get_element(index).map_err(|error| error.to_string())).collect()
}

/// The address and the bytes of a typed array of such samples.
fn samples(place: &str, data: Unknown, input: &Input) -> Result<(*const u8, usize), String> {
    let sample = input.format.sample();
    let (expected, kinds): (_, &[_]) = match sample {
        Sample::U8 => {
            ("a Uint8Array, Buffer or Uint8ClampedArray", &[TypedArrayType::Uint8, TypedArrayType::Uint8Clamped])
        }
        Sample::U16 => ("a Uint16Array", &[TypedArrayType::Uint16]),
        Sample::F32 => ("a Float32Array", &[TypedArrayType::Float32]),
    };
    let Memory { kind, address, length } =
        Memory::read(data).map_err(|found| format!("{place}: expected {expected}, found {found}"))?;
    if !kinds.contains(&kind) {
        let step = next_step::samples(given(kind), input);
        return Err(format!("{place}: expected {expected}, found {}{step}", name(kind)));
    }
    Ok((address.cast(), length * sample.size()))
}

/// The type of an array's elements, as far as something can be done about it.
fn given(kind: TypedArrayType) -> Given {
    match kind {
        TypedArrayType::Uint8 | TypedArrayType::Uint8Clamped => Given::Sample(Sample::U8),
        TypedArrayType::Uint16 => Given::Sample(Sample::U16),
        TypedArrayType::Float32 => Given::Sample(Sample::F32),
        TypedArrayType::Float64 => Given::Float,
        _ => Given::Integer,
    }
}
