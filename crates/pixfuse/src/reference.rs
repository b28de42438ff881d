//! The plain twin: a declaration carried out pixel by pixel, as its rules read.
//!
//! Every kernel at every level is tested against this, and this against the libraries it names. It is slow on
//! purpose and allocates freely.

use crate::axis::{self, Axis, Pair};
use crate::{Error, ImageRef, Layout, Spec, Tensor, TensorElement};
use pixfuse_spec::{Filter, Map, Number, Resample, lower};

/// What the pipeline gives for this image.
///
/// # Errors
/// As [`Pipeline::run`](crate::Pipeline::run).
///
/// ```
/// use pixfuse::{ImageRef, Pipeline, reference};
///
/// let pipe = Pipeline::parse("input(gray8), resize(2, 2, bilinear), output(gray, f32, chw)")?;
/// let image = ImageRef::gray8(&[0, 50, 100, 150, 200, 250], 2, 3)?;
/// assert_eq!(pipe.run::<f32>(image)?, reference::run::<f32>(&pipe, image)?);
/// # Ok::<(), pixfuse::Error>(())
/// ```
pub fn run<T: Reference>(pipe: &crate::Pipeline, image: ImageRef<'_>) -> Result<Tensor<T>, Error> {
    let dims = pipe.check::<T>(&image)?;
    let spec: &Spec = pipe.spec();
    let plan = lower(spec);
    let (channels, rows, columns) = match spec.output.layout {
        Layout::Chw => (dims[0], dims[1], dims[2]),
        Layout::Hwc => (dims[2], dims[0], dims[1]),
    };
    let resampled = resampler(&plan.resample, &image, rows, columns);
    let value = |row, column, channel: usize| {
        let x = resampled(row, column, plan.store.from[channel]);
        match &plan.map {
            Map::Keep => T::from_u8(x),
            Map::Convert => T::from_f32(f32::from(x)),
            Map::MulAdd { scale: Number::Known(a), offset: Number::Known(b) } => {
                T::from_f32(f32::from(x).mul_add(a[channel], b[channel]))
            }
            Map::MulAdd { .. } => unreachable!("a pipeline has no open number"),
        }
    };
    let mut data = Vec::with_capacity(dims.iter().product());
    match spec.output.layout {
        Layout::Chw => {
            for channel in 0..channels {
                for row in 0..rows {
                    data.extend((0..columns).map(|column| value(row, column, channel)));
                }
            }
        }
        Layout::Hwc => {
            for row in 0..rows {
                for column in 0..columns {
                    data.extend((0..channels).map(|channel| value(row, column, channel)));
                }
            }
        }
    }
    Ok(Tensor { data, dims: dims.to_vec() })
}

/// An element type that the reference can make of a resampled value.
pub trait Reference: TensorElement {
    /// From a kept u8.
    fn from_u8(value: u8) -> Self;
    /// From a mapped f32.
    fn from_f32(value: f32) -> Self;
}

impl Reference for f32 {
    fn from_u8(value: u8) -> Self {
        f32::from(value)
    }
    fn from_f32(value: f32) -> Self {
        value
    }
}

impl Reference for u8 {
    fn from_u8(value: u8) -> Self {
        value
    }
    fn from_f32(_: f32) -> Self {
        unreachable!("the rulebook allows u8 only for kept values")
    }
}

/// The resampled u8 at (row, column, source channel).
fn resampler<'a>(
    resample: &Resample,
    image: &'a ImageRef<'_>,
    rows: usize,
    columns: usize,
) -> Box<dyn Fn(usize, usize, usize) -> u8 + 'a> {
    let (source_rows, source_columns) = (image.rows() as u32, image.columns() as u32);
    let one_tap = |filter: Filter| {
        let y = axis::one_tap(filter, source_rows, rows as u32);
        let x = axis::one_tap(filter, source_columns, columns as u32);
        Box::new(move |row: usize, column: usize, channel| image.get(y[row] as usize, x[column] as usize, channel))
    };
    match *resample {
        Resample::None => Box::new(|row, column, channel| image.get(row, column, channel)),
        Resample::OneTap { filter, .. } => one_tap(filter),
        Resample::TwoTaps { .. } => {
            let y = axis::two_taps(source_rows, rows as u32, Axis::Rows);
            let x = axis::two_taps(source_columns, columns as u32, Axis::Columns);
            Box::new(move |row, column, channel| bilinear(image, y[row], x[column], channel))
        }
    }
}

/// OpenCV `INTER_LINEAR` for u8: columns first without rounding, then rows with two truncating shifts before the add.
fn bilinear(image: &ImageRef<'_>, y: Pair, x: Pair, channel: usize) -> u8 {
    let row = |at: u32| -> i32 {
        (0..2)
            .map(|tap| i32::from(image.get(at as usize, x.at[tap] as usize, channel)) * i32::from(x.weights[tap]))
            .sum()
    };
    let share = |tap: usize| (i32::from(y.weights[tap]) * (row(y.at[tap]) >> 4)) >> 16;
    ((share(0) + share(1) + 2) >> 2).clamp(0, 255) as u8
}
