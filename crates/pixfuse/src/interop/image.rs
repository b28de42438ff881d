//! Buffers of the `image` crate.

use std::ops::Deref;

use ::image::{DynamicImage, ImageBuffer, Luma, Pixel, Rgb, Rgba};

use crate::{Error, ImageRef, PixelFormat};

macro_rules! buffers {
    ($($pixel:ident = $format:ident),+ $(,)?) => {
        $(/// The pixels of a buffer, where they lie.
        ///
        /// ```
        /// use image::RgbImage;
        /// use pixfuse::{ImageRef, Pipeline};
        ///
        /// let pipe = Pipeline::parse("input(rgb8), resize(2, 3, bilinear), normalize(), output(rgb, f32, chw)")?;
        /// let buffer = RgbImage::new(8, 6);
        /// assert_eq!(pipe.run::<f32>(ImageRef::try_from(&buffer)?)?.dims, [3, 2, 3]);
        /// # Ok::<(), pixfuse::Error>(())
        /// ```
        impl<'a, Container: Deref<Target = [u8]>> TryFrom<&'a ImageBuffer<$pixel<u8>, Container>> for ImageRef<'a> {
            type Error = Error;

            /// # Errors
            /// When the buffer has no pixels.
            fn try_from(buffer: &'a ImageBuffer<$pixel<u8>, Container>) -> Result<Self, Error> {
                dense(buffer, PixelFormat::$format)
            }
        })+
    };
}

buffers! {
    Luma = Gray8,
    Rgb = Rgb8,
    Rgba = Rgba8,
}

/// The pixels of a decoded image of 8 bits a channel, where they lie.
///
/// ```
/// use image::{DynamicImage, GrayImage};
/// use pixfuse::{ImageRef, PixelFormat};
///
/// let decoded = DynamicImage::from(GrayImage::new(8, 6));
/// let image = ImageRef::try_from(&decoded)?;
/// assert_eq!((image.rows(), image.columns(), image.format()), (6, 8, Some(PixelFormat::Gray8)));
/// # Ok::<(), pixfuse::Error>(())
/// ```
impl<'a> TryFrom<&'a DynamicImage> for ImageRef<'a> {
    type Error = Error;

    /// # Errors
    /// When the image has no pixels, has other than 8 bits a channel, or is gray with alpha.
    fn try_from(image: &'a DynamicImage) -> Result<Self, Error> {
        match image {
            DynamicImage::ImageLuma8(buffer) => buffer.try_into(),
            DynamicImage::ImageRgb8(buffer) => buffer.try_into(),
            DynamicImage::ImageRgba8(buffer) => buffer.try_into(),
            other => Err(Error::Image(format!(
                "is a DynamicImage of {:?}, expected L8, Rgb8 or Rgba8, which to_rgb8() makes",
                other.color()
            ))),
        }
    }
}

fn dense<P: Pixel<Subpixel = u8>, Container: Deref<Target = [u8]>>(
    buffer: &ImageBuffer<P, Container>,
    format: PixelFormat,
) -> Result<ImageRef<'_>, Error> {
    // The container may have room behind the last pixel, which `as_flat_samples` leaves out of its layout only.
    let (columns, rows) = (buffer.width() as usize, buffer.height() as usize);
    let channels = format.channels();
    let strides = [columns * channels, channels, 1].map(|stride| stride as isize);
    ImageRef::strided(buffer.as_raw(), 0, [rows, columns, channels], strides)?.with_format(format)
}
