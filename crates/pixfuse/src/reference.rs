//! The plain twin: a declaration carried out pixel by pixel, as its rules read.
//!
//! Every kernel at every level is tested against this, and this against the libraries it names. It is slow on
//! purpose and allocates freely.

use pixfuse_spec::{Map, Resample, lower};

use crate::axis::{self, Axis, Pair};
use crate::mapping::Mapping;
use crate::placement::{Margin, Placement};
use crate::weights::{self, AxisWeights};
use crate::{Error, ImageRef, Layout, Spec, Tensor, TensorElement};

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
    let placement = Placement::new(&plan.frame, [image.rows() as u32, image.columns() as u32])?;
    let mapping = Mapping::new(&plan);
    let resampled = resampler(plan.resample, &image, &placement);
    let ([rows, columns], channels) = (placement.output, spec.output.channels.channels());
    let value = |row: usize, column: usize, channel: usize| {
        let covers = |margin: &&Margin| margin.rows.contains(&row) && margin.columns.contains(&column);
        let pixel = match placement.margins.iter().find(covers) {
            Some(margin) => margin.fill.channel(channel),
            None => {
                let (window, [top, left]) = (placement.window, placement.at);
                let (y, x) = (row - top + window.top as usize, column - left + window.left as usize);
                resampled(y, x, plan.store.from[channel])
            }
        };
        match plan.map {
            Map::Keep => T::from_u8(pixel),
            _ => T::from_f32(mapping.value(channel, pixel)),
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

/// The u8 at (row, column, source channel) of the whole resized image.
fn resampler<'a>(
    resample: Resample,
    image: &'a ImageRef<'_>,
    placement: &Placement,
) -> Box<dyn Fn(usize, usize, usize) -> u8 + 'a> {
    let source = [image.rows() as u32, image.columns() as u32];
    let [rows, columns] = placement.resized;
    match resample {
        Resample::None => Box::new(|row, column, channel| image.get(row, column, channel)),
        Resample::OneTap { filter } => {
            let (y, x) = (axis::one_tap(filter, source[0], rows), axis::one_tap(filter, source[1], columns));
            Box::new(move |row, column, channel| image.get(y[row] as usize, x[column] as usize, channel))
        }
        Resample::TwoTaps { .. } => {
            let y: Vec<_> = axis::two_taps(source[0], rows, Axis::Rows).collect();
            let x: Vec<_> = axis::two_taps(source[1], columns, Axis::Columns).collect();
            Box::new(move |row, column, channel| bilinear(image, y[row], x[column], channel))
        }
        Resample::Separable(separable) => {
            let whole = Planes::new(image);
            let axis = |axis: usize, output: u32| {
                (source[axis] != output).then(|| weights::of(separable, source[axis], output, 0..output))
            };
            let (y, x) = (axis(0, rows), axis(1, columns));
            let resized = if weights::rows_first(separable, source, placement.resized) {
                whole.filtered(y, true).filtered(x, false)
            } else {
                whole.filtered(x, false).filtered(y, true)
            };
            Box::new(move |row, column, channel| resized.get(row, column, channel))
        }
    }
}

/// A whole image of u8, for filters that work on one axis after the other.
struct Planes {
    size: [usize; 2],
    channels: usize,
    values: Vec<u8>,
}

impl Planes {
    fn new(image: &ImageRef<'_>) -> Self {
        let (size, channels) = ([image.rows(), image.columns()], image.channels());
        Self::made(size, channels, |row, column, channel| image.get(row, column, channel))
    }

    fn made(size: [usize; 2], channels: usize, value: impl Fn(usize, usize, usize) -> u8) -> Self {
        let mut values = Vec::with_capacity(size[0] * size[1] * channels);
        for row in 0..size[0] {
            for column in 0..size[1] {
                values.extend((0..channels).map(|channel| value(row, column, channel)));
            }
        }
        Self { size, channels, values }
    }

    fn get(&self, row: usize, column: usize, channel: usize) -> u8 {
        self.values[(row * self.size[1] + column) * self.channels + channel]
    }

    /// One pass over the rows or the columns: products added up, rounded half up, clamped.
    fn filtered(self, weights: Option<AxisWeights>, rows: bool) -> Self {
        let Some(weights) = weights else { return self };
        let size = if rows { [weights.outputs(), self.size[1]] } else { [self.size[0], weights.outputs()] };
        Self::made(size, self.channels, |row, column, channel| {
            let (output, other) = if rows { (row, column) } else { (column, row) };
            let mut sum = 1i64 << (weights.bits - 1);
            for (tap, &weight) in weights.of(output).iter().enumerate().filter(|(_, weight)| **weight != 0) {
                let at = weights.first[output] as usize + tap;
                let value = if rows { self.get(at, other, channel) } else { self.get(other, at, channel) };
                sum += i64::from(value) * i64::from(weight);
            }
            (sum >> weights.bits).clamp(0, 255) as u8
        })
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
