//! The demo's photo in any size: pixels that are nobody's worst case and nobody's best.

use libjpeg_turbo_rs::{PixelFormat, Subsampling, compress};
use pixfuse::{ImageRef, Pipeline};
use pixfuse_decode::{Options, decode};

use crate::Error;

/// The photo's file.
pub const JPEG: &[u8] = include_bytes!("../../examples/demo/photo.jpg");

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
        let tensor = decode(&Pipeline::parse("input(rgb8), output(rgb, u8, hwc)")?, JPEG, &Options::default())?;
        Ok(Self { rows: tensor.dims[0], columns: tensor.dims[1], pixels: tensor.data })
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

    /// A JPEG file of it in another size, as cameras write them (quality 90, chroma halved); its own file if that is
    /// the size.
    ///
    /// # Errors
    /// When a side is 0.
    pub fn file(&self, rows: usize, columns: usize) -> Result<Vec<u8>, Error> {
        if [rows, columns] == [self.rows, self.columns] {
            return Ok(JPEG.to_vec());
        }
        Ok(compress(&self.sized(rows, columns)?, columns, rows, PixelFormat::Rgb, 90, Subsampling::S420)?)
    }
}
