//! Where the pixels of an image lie in buffers that have no shape: one for all of them, or one for each plane of luma and chroma.

use std::ptr;

use pixfuse::bridge::next_step;
use pixfuse::spec::Input;
use pixfuse::{Error, ImageRef, Layout, PixelFormat};

use crate::{Argument, ArgumentError, Language};

/// Bytes that belong together: all pixels, or a plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Which buffer they are in.
    pub buffer: usize,
    /// Where they begin in it.
    pub start: usize,
    /// How many there are.
    pub length: usize,
    /// Bytes from row to row.
    pub stride: usize,
}

/// The places of an image, which lie inside buffers of the lengths that were given.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Places {
    format: PixelFormat,
    layout: Layout,
    sides: [usize; 2],
    blocks: [Block; 3],
    count: usize,
}

/// A buffer: its bytes, and those from row to row where they are not dense.
pub type Buffer = (usize, Option<usize>);

impl Places {
    /// An image of these sides in one buffer. The error is a sentence about an image.
    ///
    /// # Errors
    /// When the buffer has other bytes than such an image.
    pub fn of_one(input: &Input, sides: [usize; 2], buffer: Buffer) -> Result<Self, String> {
        let mut places = Self::of_size(input, sides);
        if input.format.is_yuv() {
            places.dense_planes(buffer)?
        } else {
            places.pixels(buffer, input)?
        }
        Ok(places)
    }

    /// An image of these sides with each plane in a buffer of its own. The error is a sentence about an image.
    ///
    /// # Errors
    /// When the format has other planes, or a buffer is too short for its plane.
    pub fn of_planes(input: &Input, sides: [usize; 2], buffers: &[Buffer]) -> Result<Self, String> {
        let mut places = Self::of_size(input, sides);
        let ([rows, columns], format) = (sides, input.format);
        let dense = ImageRef::yuv_dense_strides(format, columns).map_err(sentence)?;
        let strides = buffers.iter().enumerate();
        let strides = strides.map(|(index, (_, stride))| stride.or(dense.get(index).copied()).unwrap_or(0));
        let strides: Vec<_> = strides.map(|stride| (ptr::null(), stride)).collect();
        let lengths = ImageRef::yuv_lengths(format, &strides, rows, columns).map_err(sentence)?;
        for (index, ((&(given, _), &(_, stride)), &length)) in buffers.iter().zip(&strides).zip(&lengths).enumerate() {
            if given < length {
                return Err(format!("planes: {given} bytes given, but plane {index} of {format} needs {length}"));
            }
            places.blocks[index] = Block { buffer: index, start: 0, length, stride };
        }
        places.count = lengths.len();
        Ok(places)
    }

    fn of_size(input: &Input, sides: [usize; 2]) -> Self {
        Self { format: input.format, layout: input.layout, sides, blocks: Default::default(), count: 1 }
    }

    /// Interleaved rows, or planes of rows.
    fn pixels(&mut self, (given, stride): Buffer, input: &Input) -> Result<(), String> {
        let ([rows, columns], format) = (self.sides, self.format);
        let row = row(format, self.layout, columns);
        if let Some(stride) = stride.filter(|&stride| stride < row) {
            return Err(format!("stride: {stride} bytes from row to row, but a row has {row}"));
        }
        let from_row = stride.unwrap_or(row);
        self.blocks[0].stride = from_row;
        let (shape, strides) = self.axes();
        let reach = ImageRef::check_samples(format.sample(), shape, strides).map_err(sentence)?;
        // All strides are positive, so the view starts at its origin.
        let length = reach.end().unsigned_abs() + 1;
        if given < length || (given > length && stride.is_none()) {
            // As many pixels of another number of channels: what a canvas gives has four.
            let pixel = length / format.channels();
            let step = [1, 3, 4]
                .into_iter()
                .find(|channels| *channels != format.channels() && pixel.checked_mul(*channels) == Some(given));
            let step = step.map(|channels| next_step::channels(channels, input)).unwrap_or_default();
            let [more, needs] = if stride.is_some() {
                [format!(" with {from_row} bytes from row to row"), "at least ".into()]
            } else if !step.is_empty() {
                [step, String::new()]
            } else if given > length {
                ["; padded rows need `stride`".into(), String::new()]
            } else {
                Default::default()
            };
            return Err(format!(
                "data: {given} bytes given, but {format} of {rows} rows x {columns} columns is {needs}{length}{more}"
            ));
        }
        self.blocks[0].length = length;
        Ok(())
    }

    /// The planes of YUV, one after the other without gaps.
    fn dense_planes(&mut self, (given, stride): Buffer) -> Result<(), String> {
        let ([rows, columns], format) = (self.sides, self.format);
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
        for ((block, &length), &(_, stride)) in self.blocks.iter_mut().zip(&lengths).zip(&strides) {
            *block = Block { length, stride, ..Block::default() };
        }
        self.count = lengths.len();
        *self = self.copied();
        Ok(())
    }

    /// What the pixels are.
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// Rows and columns.
    pub fn sides(&self) -> [usize; 2] {
        self.sides
    }

    /// Where they are.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks[..self.count]
    }

    /// Bytes of all blocks.
    pub fn length(&self) -> usize {
        self.blocks().iter().map(|block| block.length).sum()
    }

    /// The places in a copy that has one block after the other.
    pub fn copied(&self) -> Self {
        let (mut copied, mut end) = (*self, 0);
        for block in &mut copied.blocks[..self.count] {
            *block = Block { buffer: 0, start: end, ..*block };
            end += block.length;
        }
        copied
    }

    /// Shape and strides of pixels that are not YUV, from the beginning of their block.
    pub fn axes(&self) -> ([usize; 3], [isize; 3]) {
        let shape = [self.sides[0], self.sides[1], self.format.channels()];
        (shape, strides(self.format, self.layout, self.sides, self.blocks[0].stride))
    }
}

/// Bytes of a row that is dense.
fn row(format: PixelFormat, layout: Layout, columns: usize) -> usize {
    let samples = match layout {
        Layout::Hwc => columns.saturating_mul(format.channels()),
        Layout::Chw => columns,
    };
    samples.saturating_mul(format.sample().size())
}

/// Bytes from row to row, column to column and channel to channel, of rows that have so many bytes from one to the next.
fn strides(format: PixelFormat, layout: Layout, [rows, _]: [usize; 2], stride: usize) -> [isize; 3] {
    let (sample, stride) = (format.sample().size() as isize, isize::try_from(stride).unwrap_or(isize::MAX));
    match layout {
        Layout::Hwc => [stride, format.channels() as isize * sample, sample],
        Layout::Chw => [stride, sample, stride.saturating_mul(isize::try_from(rows).unwrap_or(isize::MAX))],
    }
}

/// The strides of pixels without gaps. Of what is larger than memory they are such that `ImageRef::check_samples` says so.
pub fn dense_strides(input: &Input, sides: [usize; 2]) -> [isize; 3] {
    let (format, layout) = (input.format, input.layout);
    strides(format, layout, sides, row(format, layout, sides[1]))
}

/// Rows and columns, and a look at the channels that a caller says there are. The error is a sentence about an image.
///
/// # Errors
/// When a side is no whole number, or there are other channels than a pipeline reads.
pub fn sides(
    [width, height, channels]: [&Argument; 3],
    input: &Input,
    language: Language,
) -> Result<[usize; 2], ArgumentError> {
    let (columns, rows) = (width.whole("width", language)?, height.whole("height", language)?);
    let format = input.format;
    match channels.optional("channels", language)? {
        Some(given) if given != format.channels() => {
            let (needs, step) = (format.channels(), next_step::channels(given, input));
            Err(ArgumentError::new(format_args!("has {given} channels, input({format}) needs {needs}{step}")))
        }
        _ => Ok([rows, columns]),
    }
}

/// What is said of planes for a format that has none.
///
/// # Errors
/// Where it has none.
pub fn has_planes(input: &Input) -> Result<(), ArgumentError> {
    let format = input.format;
    if format.is_yuv() {
        return Ok(());
    }
    Err(ArgumentError::new(format_args!("planes: expected `data` for input({format}), which has no chroma planes")))
}

/// The message of an error about an image.
fn sentence(error: Error) -> String {
    match error {
        Error::Image(message) => message,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use pixfuse::Pipeline;

    use super::*;

    fn input(text: &str) -> Input {
        Pipeline::parse(&format!("{text}, output(rgb, u8)")).unwrap().spec().input.clone()
    }

    #[test]
    fn pixels_are_as_many_as_their_sides_say() {
        let rgb = input("input(rgb8)");
        let dense = Places::of_one(&rgb, [2, 3], (18, None)).unwrap();
        assert_eq!(dense.blocks(), [Block { buffer: 0, start: 0, length: 18, stride: 9 }]);
        assert_eq!(dense.axes(), ([2, 3, 3], [9, 3, 1]));
        assert_eq!(dense_strides(&rgb, [2, 3]), [9, 3, 1]);
        // The last row needs no padding.
        let padded = Places::of_one(&rgb, [2, 3], (21, Some(12))).unwrap();
        assert_eq!((padded.blocks()[0].length, padded.axes().1), (21, [12, 3, 1]));
        let planes = Places::of_one(&input("input(rgb8, chw)"), [2, 3], (18, None)).unwrap();
        assert_eq!(planes.axes(), ([2, 3, 3], [3, 1, 6]));
        let wrong = |buffer| Places::of_one(&rgb, [2, 3], buffer).unwrap_err();
        assert_eq!(wrong((17, None)), "data: 17 bytes given, but rgb8 of 2 rows x 3 columns is 18");
        assert_eq!(
            wrong((19, None)),
            "data: 19 bytes given, but rgb8 of 2 rows x 3 columns is 18; padded rows need `stride`"
        );
        assert_eq!(
            wrong((24, None)),
            "data: 24 bytes given, but rgb8 of 2 rows x 3 columns is 18; write input(rgba8, alpha = drop)"
        );
        let gray = Places::of_one(&input("input(gray8)"), [2, 3], (18, None)).unwrap_err();
        assert_eq!(gray, "data: 18 bytes given, but gray8 of 2 rows x 3 columns is 6; write input(rgb8)");
        assert_eq!(
            wrong((20, Some(12))),
            "data: 20 bytes given, but rgb8 of 2 rows x 3 columns is at least 21 with 12 bytes from row to row"
        );
        assert_eq!(wrong((18, Some(8))), "stride: 8 bytes from row to row, but a row has 9");
    }

    #[test]
    fn what_is_larger_than_memory_is_an_error() {
        let rgb = input("input(rgb8)");
        let most = i32::MAX as usize;
        let cases = [
            ([most, most], "is larger than memory"),
            ([1, usize::MAX], "a side is at most 2147483647"),
            ([usize::MAX, usize::MAX], "a side is at most 2147483647"),
        ];
        for (sides, end) in cases {
            let message = Places::of_one(&rgb, sides, (18, None)).unwrap_err();
            assert!(message.ends_with(end), "{message}");
            let shape = [sides[0], sides[1], 3];
            assert!(ImageRef::check_samples(rgb.format.sample(), shape, dense_strides(&rgb, sides)).is_err());
        }
    }

    #[test]
    fn planes_lie_in_one_buffer_or_in_three() {
        let i420 = input("input(i420)");
        let one = Places::of_one(&i420, [2, 4], (12, None)).unwrap();
        let places =
            |places: &Places| places.blocks().iter().map(|block| (block.buffer, block.start)).collect::<Vec<_>>();
        assert_eq!(places(&one), [(0, 0), (0, 8), (0, 10)]);
        let three = Places::of_planes(&i420, [2, 4], &[(100, Some(50)), (2, None), (2, None)]).unwrap();
        assert_eq!(places(&three), [(0, 0), (1, 0), (2, 0)]);
        assert_eq!(three.blocks()[0], Block { buffer: 0, start: 0, length: 54, stride: 50 });
        assert_eq!(places(&three.copied()), [(0, 0), (0, 54), (0, 56)]);
        assert_eq!(three.copied().length(), 58);
        let short = Places::of_planes(&i420, [2, 4], &[(8, None), (1, None), (2, None)]).unwrap_err();
        assert_eq!(short, "planes: 1 bytes given, but plane 1 of i420 needs 2");
    }
}
