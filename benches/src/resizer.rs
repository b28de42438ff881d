//! fast_image_resize: the resizer that a Rust program would use, with a normalisation behind it.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use pixfuse::Filter;

use crate::{Error, Numbers, Workload, normalize};

/// Resize into a kept u8 image, then [`normalize`] into the tensor.
pub struct ResizeThenNormalize {
    resizer: Resizer,
    options: ResizeOptions,
    source: [u32; 2],
    resized: Image<'static>,
    numbers: Numbers,
}

impl ResizeThenNormalize {
    /// For a workload that it can do, with the filter of pixfuse that its result is compared with.
    pub fn new(workload: &Workload) -> Option<(Self, Filter)> {
        let [rows, columns] = workload.resized()?;
        let sampling = workload.spec.resize.as_ref()?.sampling;
        if sampling.antialias {
            return None;
        }
        let (algorithm, filter) = match sampling.filter {
            // It has one nearest neighbour, from the centres of pixels.
            Filter::Nearest | Filter::NearestExact => (ResizeAlg::Nearest, Filter::NearestExact),
            // `Convolution` would be antialiased.
            Filter::Bilinear => (ResizeAlg::Interpolation(FilterType::Bilinear), Filter::Bilinear),
            _ => return None,
        };
        let new = Self {
            resizer: Resizer::new(),
            options: ResizeOptions::new().resize_alg(algorithm),
            source: [workload.columns as u32, workload.rows as u32],
            resized: Image::new(columns as u32, rows as u32, PixelType::U8x3),
            numbers: workload.numbers()?,
        };
        Some((new, filter))
    }

    /// One image.
    ///
    /// # Errors
    /// When `pixels` are no image of the workload's size.
    pub fn run(&mut self, pixels: &[u8], out: &mut [f32]) -> Result<(), Error> {
        let [columns, rows] = self.source;
        let source = ImageRef::new(columns, rows, pixels, PixelType::U8x3)?;
        self.resizer.resize(&source, &mut self.resized, &self.options)?;
        normalize(self.resized.buffer(), &self.numbers, out);
        Ok(())
    }
}
