//! fast_image_resize: the resizer that a Rust program would use, with a normalisation behind it.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use pixfuse::{Filter, Pipeline};

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
        let sampling = workload.spec.resize.as_ref()?.sampling;
        let (algorithm, filter) = match (sampling.filter, sampling.antialias) {
            // It has one nearest neighbour, from the centres of pixels.
            (Filter::Nearest | Filter::NearestExact, _) => (ResizeAlg::Nearest, Filter::NearestExact),
            (Filter::Bilinear, false) => (ResizeAlg::Interpolation(FilterType::Bilinear), Filter::Bilinear),
            (Filter::Bilinear, true) => (ResizeAlg::Convolution(FilterType::Bilinear), Filter::Bilinear),
            (Filter::Bicubic, true) => (ResizeAlg::Convolution(FilterType::CatmullRom), Filter::Bicubic),
            (Filter::Lanczos, true) => (ResizeAlg::Convolution(FilterType::Lanczos3), Filter::Lanczos),
            _ => return None,
        };
        // What a crop leaves is all that it resizes: a box of the source, which is faster than to crop its result.
        let geometry = Pipeline::new(workload.spec.clone()).ok()?.geometry(workload.rows, workload.columns).ok()?;
        let ([x0, y0, x1, y1], [_, _, rows, columns]) = (geometry.source_box(), geometry.content());
        let new = Self {
            resizer: Resizer::new(),
            options: ResizeOptions::new().resize_alg(algorithm).crop(x0, y0, x1 - x0, y1 - y0),
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
