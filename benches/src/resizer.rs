//! fast_image_resize: the resizer that a Rust program would use, with a normalisation behind it.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use pixfuse::{Filter, Pipeline};

use crate::{Error, Margins, Numbers, Tolerance, Workload, normalize};

/// Resize into a kept u8 image, then [`normalize`] into the tensor.
pub struct ResizeThenNormalize {
    resizer: Resizer,
    options: ResizeOptions,
    source: [u32; 2],
    resized: Image<'static>,
    margins: Margins,
    numbers: Numbers,
}

impl ResizeThenNormalize {
    /// For a workload that it can do, with the filter of pixfuse that its result is compared with and how closely;
    /// `None` for another.
    ///
    /// # Errors
    /// When the workload cannot be run.
    pub fn new(workload: &Workload) -> Result<Option<(Self, Filter, Tolerance)>, Error> {
        let Some((sampling, numbers)) = workload.sampling().zip(workload.numbers()) else { return Ok(None) };
        let (algorithm, filter, tolerance) = match (sampling.filter, sampling.antialias) {
            // It has one nearest neighbour, from the centres of pixels.
            (Filter::Nearest | Filter::NearestExact, _) => {
                (ResizeAlg::Nearest, Filter::NearestExact, Tolerance::ROUNDING)
            }
            (Filter::Bilinear, false) => {
                (ResizeAlg::Interpolation(FilterType::Bilinear), Filter::Bilinear, Tolerance::ONE_LEVEL)
            }
            (filter @ (Filter::Bilinear | Filter::Bicubic | Filter::Lanczos), true) => {
                let kernel = match filter {
                    Filter::Bilinear => FilterType::Bilinear,
                    Filter::Bicubic => FilterType::CatmullRom,
                    _ => FilterType::Lanczos3,
                };
                (ResizeAlg::Convolution(kernel), filter, Tolerance::COARSE_WEIGHTS)
            }
            // Its box takes pixels whole or not at all, where an area has parts of them.
            (Filter::Area, _) => (ResizeAlg::Convolution(FilterType::Box), Filter::Area, Tolerance::OTHER_WEIGHTS),
            _ => return Ok(None),
        };
        // What a crop leaves is all that it resizes: a box of the source, which is faster than to crop its result.
        let geometry = Pipeline::new(workload.spec.clone())?.geometry(workload.rows, workload.columns)?;
        let ([x0, y0, x1, y1], [_, _, rows, columns]) = (geometry.source_box(), geometry.content());
        let new = Self {
            resizer: Resizer::new(),
            options: ResizeOptions::new().resize_alg(algorithm).crop(x0, y0, x1 - x0, y1 - y0),
            source: [workload.columns as u32, workload.rows as u32],
            resized: Image::new(columns as u32, rows as u32, PixelType::U8x3),
            margins: Margins::of(workload)?,
            numbers,
        };
        Ok(Some((new, filter, tolerance)))
    }

    /// One image.
    ///
    /// # Errors
    /// When `pixels` are no image of the workload's size.
    pub fn run(&mut self, pixels: &[u8], out: &mut [f32]) -> Result<(), Error> {
        let [columns, rows] = self.source;
        let source = ImageRef::new(columns, rows, pixels, PixelType::U8x3)?;
        self.resizer.resize(&source, &mut self.resized, &self.options)?;
        normalize(self.resized.buffer(), &self.numbers, self.margins.fill(out));
        Ok(())
    }
}
