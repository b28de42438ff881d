//! pic-scale, which plans a resize once as pixfuse does, with a normalisation behind it.

use std::sync::Arc;

use pic_scale::{ImageSize, ImageStore, ImageStoreMut, Resampling, ResamplingFunction, Scaler, ThreadingPolicy};
use pixfuse::Filter;

use crate::{Error, Numbers, Tolerance, Workload, normalize, planes_of};

/// Resize into a kept u8 image by a plan, then [`normalize`] into the tensor.
pub struct ScaleThenNormalize {
    plan: Arc<Resampling<u8, 3>>,
    source: [usize; 2],
    resized: ImageStoreMut<'static, u8, 3>,
    numbers: Numbers,
}

impl ScaleThenNormalize {
    /// For a workload that it can do, with how close it comes; `None` for another.
    ///
    /// All its filters are antialiased, and it has no box of the source: to resize what a crop then throws away would
    /// only make it slower than it is elsewhere.
    ///
    /// # Errors
    /// When it refuses the sizes.
    pub fn new(workload: &Workload) -> Result<Option<(Self, Tolerance)>, Error> {
        let Some((sampling, numbers)) = workload.sampling().zip(workload.numbers()) else { return Ok(None) };
        let Some([rows, columns]) = workload.resized() else { return Ok(None) };
        // Neither its `Area` nor its `Box` is OpenCV's area: 146 levels off, 5.6 on average.
        let (function, tolerance) = match (sampling.filter, sampling.antialias) {
            (Filter::Lanczos, true) => (ResamplingFunction::Lanczos3, Tolerance::OTHER_WEIGHTS),
            _ => return Ok(None),
        };
        let source = ImageSize::new(workload.columns, workload.rows);
        let mut scaler = Scaler::new(function);
        scaler.set_threading_policy(ThreadingPolicy::Single);
        let new = Self {
            plan: scaler
                .plan_rgb_resampling(source, ImageSize::new(columns, rows))
                .map_err(|error| error.to_string())?,
            source: [workload.rows, workload.columns],
            resized: ImageStoreMut::alloc(columns, rows),
            numbers,
        };
        Ok(Some((new, tolerance)))
    }

    /// One image.
    ///
    /// # Errors
    /// When `pixels` are no image of the workload's size.
    pub fn run(&mut self, pixels: &[u8], out: &mut [f32]) -> Result<(), Error> {
        let [rows, columns] = self.source;
        let source = ImageStore::from_slice(pixels, columns, rows).map_err(|error| error.to_string())?;
        self.plan.resample(&source, &mut self.resized).map_err(|error| error.to_string())?;
        normalize(self.resized.as_bytes(), &self.numbers, planes_of(out));
        Ok(())
    }
}
