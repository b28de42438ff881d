//! The demo's photo in any size: pixels that are nobody's worst case and nobody's best.

use pixfuse::{ImageRef, Pipeline};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::Error;

const JPEG: &[u8] = include_bytes!("../../examples/demo/photo.jpg");

/// The photo, decoded to dense RGB.
pub struct Photo {
    pixels: Vec<u8>,
    rows: usize,
    columns: usize,
}

impl Photo {
    /// Decodes it.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn decode() -> Result<Self, Error> {
        let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(JPEG), options);
        let pixels = decoder.decode().map_err(|error| error.to_string())?;
        let (columns, rows) = decoder.dimensions().ok_or("the photo has no size")?;
        Ok(Self { pixels, rows, columns })
    }

    /// Its pixels in another size: 3 bytes a pixel, which a kernel may be told are `rgb8` or `bgr8`.
    ///
    /// # Errors
    /// When a side is 0.
    pub fn sized(&self, rows: usize, columns: usize) -> Result<Vec<u8>, Error> {
        if [rows, columns] == [self.rows, self.columns] {
            return Ok(self.pixels.clone());
        }
        let resize = format!("input(rgb8), resize({rows}, {columns}, bilinear), output(rgb, u8, hwc)");
        Ok(Pipeline::parse(&resize)?.run(ImageRef::rgb8(&self.pixels, self.rows, self.columns)?)?.data)
    }
}
