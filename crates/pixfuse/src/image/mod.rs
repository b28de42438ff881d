//! A view of the pixels that a caller already has: any strides, no copy.

pub(crate) mod line;
pub(crate) mod view;
mod yuv;

use pixfuse_spec::Sample;

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Error, Orientation, PixelFormat};
use view::{Channel, Planes, View};
pub use yuv::YuvPlane;

/// A borrowed image: `rows` x `columns` x `channels`, with a byte stride for each axis, or planes of luma and chroma.
///
/// Strides may be negative (a mirrored view) and need not be dense (a region of interest, every second column).
/// The named constructors take dense buffers; [`strided`](Self::strided) takes any view.
///
/// ```
/// use pixfuse::ImageRef;
///
/// let pixels = vec![0u8; 4 * 6 * 3];
/// let image = ImageRef::rgb8(&pixels, 4, 6)?;
/// assert_eq!((image.rows(), image.columns(), image.channels()), (4, 6, 3));
/// # Ok::<(), pixfuse::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct ImageRef<'a> {
    view: View<'a>,
    /// What the caller said the channels are; a view without a name fits every format of its channel count.
    format: Option<PixelFormat>,
}

// SAFETY: an `ImageRef` is a shared borrow of bytes, as `&[u8]` is; nothing is ever written through it.
unsafe impl Send for ImageRef<'_> {}
// SAFETY: as `&[u8]` is: no call through a shared `ImageRef` changes it or the bytes.
unsafe impl Sync for ImageRef<'_> {}

macro_rules! dense {
    ($sample:ty: $($(#[$doc:meta])* $name:ident = $format:ident),+ $(,)?) => {
        $($(#[$doc])*
        ///
        /// # Errors
        /// When `rows` or `columns` is 0, or `pixels` is not exactly `rows * columns * channels` samples.
        pub fn $name(pixels: &'a [$sample], rows: usize, columns: usize) -> Result<Self, Error> {
            Self::dense(bytemuck::cast_slice(pixels), rows, columns, PixelFormat::$format)
        })+
    };
}

impl<'a> ImageRef<'a> {
    dense! { u8:
        /// Dense rows of one channel.
        gray8 = Gray8,
        /// Dense rows of interleaved red, green, blue.
        rgb8 = Rgb8,
        /// Dense rows of interleaved blue, green, red: what OpenCV reads.
        bgr8 = Bgr8,
        /// Dense rows of interleaved red, green, blue, alpha: what a canvas holds.
        rgba8 = Rgba8,
        /// Dense rows of interleaved blue, green, red, alpha.
        bgra8 = Bgra8,
    }

    dense! { u16:
        /// Dense rows of one channel of 16 bits.
        gray16 = Gray16,
        /// Dense rows of interleaved red, green, blue, 16 bits each.
        rgb16 = Rgb16,
        /// Dense rows of interleaved blue, green, red, 16 bits each.
        bgr16 = Bgr16,
    }

    dense! { f32:
        /// Dense rows of one f32 channel.
        gray32f = Gray32f,
        /// Dense rows of interleaved red, green, blue, an f32 each.
        rgb32f = Rgb32f,
        /// Dense rows of interleaved blue, green, red, an f32 each.
        bgr32f = Bgr32f,
    }

    fn dense(pixels: &'a [u8], rows: usize, columns: usize, format: PixelFormat) -> Result<Self, Error> {
        let (channels, sample) = (format.channels(), format.sample());
        let row = columns.saturating_mul(channels).saturating_mul(sample.size());
        let bytes = rows.saturating_mul(row);
        let strides = [row as isize, (channels * sample.size()) as isize, sample.size() as isize];
        extent([rows, columns, channels], strides, sample)?;
        if pixels.len() != bytes {
            let padded = "; padded rows are a strided view (ImageRef::strided)";
            return Err(Error::Image(format!(
                "{} bytes given, but {format} of {rows} rows x {columns} columns is {bytes}{}",
                pixels.len(),
                if pixels.len() > bytes { padded } else { "" }
            )));
        }
        let shape = [rows, columns, channels];
        Ok(Self { format: Some(format), ..Self::strided_samples(sample, pixels, 0, shape, strides)? })
    }

    /// Any view into `pixels`: the byte of row `y`, column `x`, channel `c` is
    /// `origin + y * strides[0] + x * strides[1] + c * strides[2]`.
    ///
    /// # Errors
    /// When a side is 0, when there are not 1, 3 or 4 channels, or when any byte of the view is outside `pixels`.
    ///
    /// ```
    /// use pixfuse::ImageRef;
    ///
    /// // The same image upside down.
    /// let pixels = vec![0u8; 4 * 6 * 3];
    /// let image = ImageRef::strided(&pixels, 3 * 18, [4, 6, 3], [-18, 3, 1])?;
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn strided(pixels: &'a [u8], origin: usize, shape: [usize; 3], strides: [isize; 3]) -> Result<Self, Error> {
        Self::strided_samples(Sample::U8, pixels, origin, shape, strides)
    }

    /// As [`strided`](Self::strided), of samples of any type, which need not be aligned: `origin` and strides are in
    /// bytes.
    ///
    /// # Errors
    /// As [`strided`](Self::strided).
    pub fn strided_samples(
        sample: Sample,
        pixels: &'a [u8],
        origin: usize,
        shape: [usize; 3],
        strides: [isize; 3],
    ) -> Result<Self, Error> {
        let extent = extent(shape, strides, sample)?;
        let first = origin as i128 + extent.0;
        let last = origin as i128 + extent.1;
        if first < 0 || last >= pixels.len() as i128 {
            return Err(Error::Image(format!(
                "{} bytes given, but a view of {} rows x {} columns x {} channels with strides {strides:?} \
                 from byte {origin} covers bytes {first} to {last}",
                pixels.len(),
                shape[0],
                shape[1],
                shape[2],
            )));
        }
        // SAFETY: `extent` checked the shape and the strides, and every byte of the view is inside `pixels`, which is
        // borrowed for 'a.
        Ok(unsafe { Self::from_raw_samples(sample, pixels.as_ptr().wrapping_add(origin), shape, strides) })
    }

    /// A view from a pointer to row 0, column 0, channel 0: for bridges to other languages' buffers.
    ///
    /// # Safety
    /// Each byte `origin + y * strides[0] + x * strides[1] + c * strides[2]` with `y`, `x`, `c` inside `shape` must be
    /// readable for 'a and not written meanwhile, and [`check_view`](Self::check_view) must accept shape and strides.
    pub unsafe fn from_raw_parts(origin: *const u8, shape: [usize; 3], strides: [isize; 3]) -> Self {
        // SAFETY: the caller promises each byte of the view for 'a; a sample is one.
        unsafe { Self::from_raw_samples(Sample::U8, origin, shape, strides) }
    }

    /// As [`from_raw_parts`](Self::from_raw_parts), of samples of any type, which need not be aligned.
    ///
    /// # Safety
    /// As there, for each byte of a sample; [`check_samples`](Self::check_samples) must accept shape and strides.
    pub unsafe fn from_raw_samples(sample: Sample, origin: *const u8, shape: [usize; 3], strides: [isize; 3]) -> Self {
        // SAFETY: the caller promises each byte of the samples for 'a.
        Self { view: unsafe { View::new(Planes::packed(origin, strides), shape, sample) }, format: None }
    }

    /// Whether a shape and strides are those of an image, and how far its bytes reach before and after the origin.
    ///
    /// # Errors
    /// When a side is 0, when there are not 1, 3 or 4 channels, or when the distance overflows.
    pub fn check_view(shape: [usize; 3], strides: [isize; 3]) -> Result<std::ops::RangeInclusive<isize>, Error> {
        Self::check_samples(Sample::U8, shape, strides)
    }

    /// As [`check_view`](Self::check_view), for samples of any type.
    ///
    /// # Errors
    /// As there.
    pub fn check_samples(
        sample: Sample,
        shape: [usize; 3],
        strides: [isize; 3],
    ) -> Result<std::ops::RangeInclusive<isize>, Error> {
        let (first, last) = extent(shape, strides, sample)?;
        // No memory has more bytes than that, also where each half of it could be counted.
        let is_memory = last - first < isize::MAX as i128;
        match (isize::try_from(first), isize::try_from(last)) {
            (Ok(first), Ok(last)) if is_memory => Ok(first..=last),
            _ => Err(Error::Image(format!("a view of {shape:?} with strides {strides:?} is larger than memory"))),
        }
    }

    /// The same view, said to be of this format.
    ///
    /// # Errors
    /// When the format has another number of channels.
    pub fn with_format(self, format: PixelFormat) -> Result<Self, Error> {
        if format.channels() != self.channels() {
            return Err(Error::Image(format!(
                "{format} has {} channels, the view has {}",
                format.channels(),
                self.channels()
            )));
        }
        Ok(Self { format: Some(format), ..self })
    }

    /// The same pixels, turned as EXIF says: another order of reading, no copy.
    ///
    /// ```
    /// use pixfuse::{ImageRef, Orientation};
    ///
    /// // The left column, from the bottom, is the top row.
    /// let stored = ImageRef::gray8(&[1, 2, 3, 4, 5, 6], 2, 3)?;
    /// let shown = stored.oriented(Orientation::Rotate90);
    /// assert_eq!((shown.rows(), shown.columns()), (3, 2));
    /// assert_eq!([shown.get(0, 0, 0), shown.get(0, 1, 0)], [4, 1]);
    /// # Ok::<(), pixfuse::Error>(())
    /// ```
    pub fn oriented(self, orientation: Orientation) -> Self {
        Self { view: self.view.oriented(orientation), ..self }
    }

    /// The same view, whose samples are not in a cache.
    pub(crate) fn cold(self) -> Self {
        Self { view: self.view.cold(), ..self }
    }

    /// The same gray in three channels, none of which is a copy.
    pub(crate) fn repeated(self) -> Self {
        Self { view: self.view.repeated(), ..self }
    }

    /// Pixels from top to bottom.
    pub fn rows(&self) -> usize {
        self.view.shape()[0]
    }

    /// Pixels from left to right.
    pub fn columns(&self) -> usize {
        self.view.shape()[1]
    }

    /// Channels of a pixel: 1, 3 or 4.
    pub fn channels(&self) -> usize {
        self.view.shape()[2]
    }

    /// Bytes from a row to the next, a column to the next, a channel to the next; of luma where the format is YUV.
    pub fn strides(&self) -> [isize; 3] {
        let [rows, columns] = self.view.pixels.strides;
        [rows, columns, self.view.channel_stride]
    }

    /// The type of a sample.
    pub fn sample(&self) -> Sample {
        self.view.sample()
    }

    /// What the caller said the channels are.
    pub fn format(&self) -> Option<PixelFormat> {
        self.format
    }

    /// Where the samples lie.
    pub(crate) fn view(&self) -> &View<'a> {
        &self.view
    }

    /// First and one past the last address of each plane.
    pub(crate) fn reach(&self) -> [[usize; 2]; 3] {
        self.view.reach()
    }

    /// One u8 sample of the view: the plain way to read it, for the reference interpreter.
    ///
    /// # Panics
    /// When the index is outside the view, or it is no view of interleaved or planar u8 channels.
    pub fn get(&self, row: usize, column: usize, channel: usize) -> u8 {
        assert!(self.sample() == Sample::U8 && !self.view.has_chroma(), "the samples are no u8 channels");
        self.sample_at([row, column, channel])
    }

    /// One channel of a row of u8 samples, column by column.
    ///
    /// # Panics
    /// As [`get`](Self::get).
    pub(crate) fn line(&self, row: usize, channel: usize) -> impl Iterator<Item = u8> {
        assert!(!self.view.has_chroma(), "the samples are no u8 channels");
        let line = self.view.channel(row, 0..self.columns(), channel);
        line.unwrap_or_else(|| panic!("the view has no u8 in row {row}, channel {channel}")).iter()
    }

    /// One sample of the view as f32, which holds each exactly.
    ///
    /// # Panics
    /// When the index is outside the view, or its format is YUV.
    pub(crate) fn value(&self, row: usize, column: usize, channel: usize) -> f32 {
        let at = [row, column, channel];
        match self.sample() {
            Sample::U8 => self.sample_at::<u8>(at).into(),
            Sample::U16 => self.sample_at::<u16>(at).into(),
            Sample::F32 => self.sample_at(at),
        }
    }

    /// A sample of this type that is inside the view.
    fn sample_at<T: Channel>(&self, at @ [row, column, channel]: [usize; 3]) -> T {
        let line = self.view.channel(row, column..column.saturating_add(1), channel);
        let sample = line.and_then(|line| line.get(0));
        sample.unwrap_or_else(|| panic!("{at:?} is outside {:?}", self.view.shape()))
    }
}

/// How many bytes the view reaches before (first <= 0) and after (last >= 0) its origin.
fn extent(shape: [usize; 3], strides: [isize; 3], sample: Sample) -> Result<(i128, i128), Error> {
    let [rows, columns, channels] = shape;
    if rows == 0 || columns == 0 {
        return Err(Error::Image(format!("{rows} rows x {columns} columns: an image has at least one pixel")));
    }
    if !matches!(channels, 1 | 3 | 4) {
        return Err(Error::Image(format!("{channels} channels: expected 1, 3 or 4")));
    }
    if rows > i32::MAX as usize || columns > i32::MAX as usize {
        return Err(Error::Image(format!("{rows} rows x {columns} columns: a side is at most {}", i32::MAX)));
    }
    let (mut first, mut last) = (0, sample.size() as i128 - 1);
    for (side, stride) in shape.into_iter().zip(strides) {
        let reach = (side as i128 - 1) * stride as i128;
        if reach < 0 { first += reach } else { last += reach }
    }
    Ok((first, last))
}
