//! A view of the pixels that a caller already has: any strides, no copy.

use std::marker::PhantomData;

use crate::{Error, Orientation, PixelFormat};

/// A borrowed image of u8 channels: `rows` x `columns` x `channels`, with a byte stride for each axis.
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
pub struct ImageRef<'a> {
    /// Row 0, column 0, channel 0.
    origin: *const u8,
    shape: [usize; 3],
    strides: [isize; 3],
    /// What the caller said the channels are; a view without a name fits every format of its channel count.
    format: Option<PixelFormat>,
    pixels: PhantomData<&'a [u8]>,
}

// SAFETY: an `ImageRef` is a shared borrow of bytes, as `&[u8]` is; nothing is ever written through it.
unsafe impl Send for ImageRef<'_> {}
// SAFETY: as above.
unsafe impl Sync for ImageRef<'_> {}

macro_rules! dense {
    ($($(#[$doc:meta])* $name:ident = $format:ident),+ $(,)?) => {
        $($(#[$doc])*
        ///
        /// # Errors
        /// When `rows` or `columns` is 0, or `pixels` is not exactly `rows * columns * channels` bytes.
        pub fn $name(pixels: &'a [u8], rows: usize, columns: usize) -> Result<Self, Error> {
            Self::dense(pixels, rows, columns, PixelFormat::$format)
        })+
    };
}

impl<'a> ImageRef<'a> {
    dense! {
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

    fn dense(pixels: &'a [u8], rows: usize, columns: usize, format: PixelFormat) -> Result<Self, Error> {
        let channels = format.channels();
        let row = columns.saturating_mul(channels);
        let bytes = rows.saturating_mul(row);
        let strides = [row as isize, channels as isize, 1];
        extent([rows, columns, channels], strides)?;
        if pixels.len() != bytes {
            let padded = "; padded rows are a strided view (ImageRef::strided)";
            return Err(Error::Image(format!(
                "{} bytes given, but {format} of {rows} rows x {columns} columns is {bytes}{}",
                pixels.len(),
                if pixels.len() > bytes { padded } else { "" }
            )));
        }
        Ok(Self { format: Some(format), ..Self::strided(pixels, 0, [rows, columns, channels], strides)? })
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
        let extent = extent(shape, strides)?;
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
        Ok(unsafe { Self::from_raw_parts(pixels.as_ptr().add(origin), shape, strides) })
    }

    /// A view from a pointer to row 0, column 0, channel 0: for bridges to other languages' buffers.
    ///
    /// # Safety
    /// Each byte `origin + y * strides[0] + x * strides[1] + c * strides[2]` with `y`, `x`, `c` inside `shape` must be
    /// readable for 'a and not written meanwhile, and [`check_view`](Self::check_view) must accept shape and strides.
    pub unsafe fn from_raw_parts(origin: *const u8, shape: [usize; 3], strides: [isize; 3]) -> Self {
        Self { origin, shape, strides, format: None, pixels: PhantomData }
    }

    /// Whether a shape and strides are those of an image, and how far its bytes reach before and after the origin.
    ///
    /// # Errors
    /// When a side is 0, when there are not 1, 3 or 4 channels, or when the distance overflows.
    pub fn check_view(shape: [usize; 3], strides: [isize; 3]) -> Result<std::ops::RangeInclusive<isize>, Error> {
        let (first, last) = extent(shape, strides)?;
        match (isize::try_from(first), isize::try_from(last)) {
            (Ok(first), Ok(last)) => Ok(first..=last),
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
        let Self { mut origin, mut shape, mut strides, .. } = self;
        for (axis, mirrors) in orientation.mirrors().into_iter().enumerate() {
            if mirrors {
                // The byte is in the view, so the way to it does not overflow; a stride of one line need not either.
                origin = origin.wrapping_offset(strides[axis].wrapping_mul(shape[axis] as isize - 1));
                strides[axis] = strides[axis].wrapping_neg();
            }
        }
        if orientation.transposes() {
            shape.swap(0, 1);
            strides.swap(0, 1);
        }
        Self { origin, shape, strides, ..self }
    }

    /// Pixels from top to bottom.
    pub fn rows(&self) -> usize {
        self.shape[0]
    }

    /// Pixels from left to right.
    pub fn columns(&self) -> usize {
        self.shape[1]
    }

    /// Channels of a pixel: 1, 3 or 4.
    pub fn channels(&self) -> usize {
        self.shape[2]
    }

    /// Bytes from a row to the next, a column to the next, a channel to the next.
    pub fn strides(&self) -> [isize; 3] {
        self.strides
    }

    /// What the caller said the channels are.
    pub fn format(&self) -> Option<PixelFormat> {
        self.format
    }

    /// Row 0, column 0, channel 0.
    pub(crate) fn origin(&self) -> *const u8 {
        self.origin
    }

    /// One byte of the view: the plain way to read it, for the reference interpreter.
    ///
    /// # Panics
    /// When the index is outside the view.
    pub fn get(&self, row: usize, column: usize, channel: usize) -> u8 {
        let at = [row, column, channel];
        assert!((0..3).all(|axis| at[axis] < self.shape[axis]), "{at:?} is outside {:?}", self.shape);
        let offset: isize = (0..3).map(|axis| at[axis] as isize * self.strides[axis]).sum();
        // SAFETY: the index is inside the shape, and whoever made the view promised that such bytes are readable.
        unsafe { *self.origin.offset(offset) }
    }
}

/// How many bytes the view reaches before (first <= 0) and after (last >= 0) its origin.
fn extent(shape: [usize; 3], strides: [isize; 3]) -> Result<(i128, i128), Error> {
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
    let (mut first, mut last) = (0, 0);
    for (side, stride) in shape.into_iter().zip(strides) {
        let reach = (side as i128 - 1) * stride as i128;
        if reach < 0 { first += reach } else { last += reach }
    }
    Ok((first, last))
}
