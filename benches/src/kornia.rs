//! kornia-imgproc, which resizes, normalises and makes planes in one pass as pixfuse does.

use kornia_image::{Image, ImageSize};
use kornia_imgproc::interpolation::InterpolationMode;
use kornia_imgproc::preprocess::{Normalize, Preprocessor, ResizeMode};
use kornia_imgproc::resize::{
    NormalizeParams, resize_normalize_to_tensor_u8_to_f32_bilinear, resize_normalize_to_tensor_u8_to_f32_nearest,
    resize_normalize_to_tensor_u8_to_f32_separable,
};
use kornia_tensor::Tensor;
use pixfuse::Filter;

use crate::{Error, Tolerance, Workload};

/// Its fused functions, on pixels that are RGB already: it swaps no channels, so swapping is given to it for free.
pub struct Kornia {
    image: Image<u8, 3>,
    way: Way,
}

enum Way {
    /// A filter into planes of rows and columns.
    Fused { filter: Fused, numbers: NormalizeParams<3>, size: [usize; 2] },
    /// Letterboxes are the work of its `Preprocessor`, which writes to no memory but a tensor of its own type. What is
    /// compared is copied out of that, the first time only.
    Letterbox { with: Box<Preprocessor>, tensor: Tensor<f32, 4>, copied: bool },
}

#[derive(Clone, Copy)]
enum Fused {
    Nearest,
    Bilinear,
    Separable(InterpolationMode),
}

impl Kornia {
    /// For a workload that it can do, with the filter of pixfuse that its result is compared with and how closely;
    /// `None` for another. It has neither an area nor an antialiased bilinear filter, and no box of the source.
    ///
    /// # Errors
    /// When it refuses the workload.
    pub fn new(workload: &Workload, pixels: &[u8]) -> Result<Option<(Self, Option<Filter>, Tolerance)>, Error> {
        let Some(numbers) = workload.numbers() else { return Ok(None) };
        if workload.spec.crop.is_some() {
            return Ok(None);
        }
        let sampling = workload.sampling().map(|sampling| (sampling.filter, sampling.antialias));
        let (fused, filter, tolerance) = match sampling {
            // It has no way without a resize; this one reads each pixel once.
            None => (Fused::Nearest, None, Tolerance::ROUNDING),
            Some((Filter::Nearest | Filter::NearestExact, _)) => {
                (Fused::Nearest, Some(Filter::NearestExact), Tolerance::NEIGHBOURS)
            }
            Some((Filter::Bilinear, false)) => (Fused::Bilinear, Some(Filter::Bilinear), Tolerance::ONE_LEVEL),
            Some((Filter::Lanczos, true)) => {
                let filter = Fused::Separable(InterpolationMode::Lanczos);
                (filter, Some(Filter::Lanczos), Tolerance::OTHER_WEIGHTS)
            }
            _ => return Ok(None),
        };
        let rgb = pixels.chunks_exact(3).flat_map(|pixel| numbers.channel.map(|channel| pixel[channel])).collect();
        let image = Image::new(ImageSize { width: workload.columns, height: workload.rows }, rgb)?;
        let way = match &workload.spec.letterbox {
            Some(letterbox) => {
                let (Some(rows), Some(columns)) = (letterbox.rows.known(), letterbox.columns.known()) else {
                    return Ok(None);
                };
                let with = Preprocessor::builder()
                    .mode(ResizeMode::Letterbox)
                    .normalize(Normalize::UnitScale)
                    .pad_value(letterbox.fill.channel(0))
                    .sampling(InterpolationMode::Bilinear)
                    .build()?;
                let tensor = Tensor::zeros([1, 3, *rows as usize, *columns as usize]);
                Way::Letterbox { with: Box::new(with), tensor, copied: false }
            }
            None => {
                let numbers = NormalizeParams { scale: numbers.gain, bias: numbers.offset };
                let size = workload.resized().unwrap_or([workload.rows, workload.columns]);
                Way::Fused { filter: fused, numbers, size }
            }
        };
        Ok(Some((Self { image, way }, filter, tolerance)))
    }

    /// One image.
    ///
    /// # Errors
    /// When `out` has not the workload's length.
    pub fn run(&mut self, out: &mut [f32]) -> Result<(), Error> {
        let Self { image, way } = self;
        match way {
            Way::Fused { filter, numbers, size: [rows, columns] } => {
                let (pixels, width, height) = (image.as_slice(), image.width(), image.height());
                let (rows, columns) = (*rows, *columns);
                match *filter {
                    Fused::Nearest => resize_normalize_to_tensor_u8_to_f32_nearest(
                        pixels, width, height, out, columns, rows, numbers,
                    )?,
                    Fused::Bilinear => resize_normalize_to_tensor_u8_to_f32_bilinear(
                        pixels, width, height, out, columns, rows, numbers,
                    )?,
                    Fused::Separable(filter) => resize_normalize_to_tensor_u8_to_f32_separable(
                        pixels, width, height, out, columns, rows, numbers, filter, true,
                    )?,
                }
            }
            Way::Letterbox { with, tensor, copied } => {
                with.run(image, tensor)?;
                if !*copied {
                    out.copy_from_slice(tensor.as_slice());
                    *copied = true;
                }
            }
        }
        Ok(())
    }
}
