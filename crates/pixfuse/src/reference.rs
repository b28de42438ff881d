//! The plain twin: a declaration carried out pixel by pixel, as its rules read.
//!
//! Every kernel at every level is tested against this, and this against the libraries it names. It is slow on
//! purpose and allocates freely.

use std::ops::Range;

use pixfuse_spec::{MarginFill, PatchOrder, Patches, Plan, Resample, Thumbnail, lower};

use crate::axis::{self, Axis, Pair};
use crate::fill::mirror;
use crate::mapping::Mapping;
use crate::memory::NoMemory;
use crate::placement::{Margin, Placement};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::source::Source;
use crate::weights::{AxisWeights, Baseline, Passes};
use crate::{Error, ImageRef, Layout, Spec, Tensor, TensorElement, pipeline};

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
pub fn run<T: TensorElement>(pipe: &crate::Pipeline, image: ImageRef<'_>) -> Result<Tensor<T>, Error> {
    let dims = pipe.check::<T>(&image)?;
    if let Some(stages) = pipe.stages() {
        let mut before = stages.before.iter();
        let mut made = run::<u8>(before.next().expect("a stage before the last"), image)?;
        for stage in before {
            made = run::<u8>(stage, between(&made)?)?;
        }
        return run(&stages.last, between(&made)?);
    }
    let spec: &Spec = pipe.spec();
    if spec.resizes_floats().is_some() {
        return pipe.run_floats_plainly(image);
    }
    let plan = lower(spec);
    let image = image.oriented(plan.load.orient);
    let placement = Placement::new(&plan.frame, [image.rows() as u32, image.columns() as u32])?;
    let mapping = Mapping::new(&plan);
    let image = Source { image, load: plan.load };
    let canvas = Canvas { image: &image, plan: &plan, mapping: &mapping, placement: &placement };
    let value = canvas.values::<T>()?;
    let (channels, [rows, columns]) = (spec.output.channels.channels(), placement.output);
    let mut data = Vec::with_capacity(dims.iter().product());
    match (&spec.patches, &spec.tiles, placement.tiles) {
        (Some(patches), ..) => cut(patches, [rows, columns], channels, &mut data, value),
        (None, Some(tiles), Some(grid)) => {
            let sides = [tiles.rows, tiles.columns].map(|side| side as usize);
            let whole = Placement::whole([tiles.rows, tiles.columns]);
            let thumbnail = Canvas { placement: &whole, ..canvas }.values::<T>()?;
            let mut all = |place| {
                if grid.thumbnail && tiles.thumbnail == Some(place) {
                    lay(spec.output.layout, [0..sides[0], 0..sides[1]], channels, &mut data, &thumbnail);
                }
                if place == Thumbnail::First {
                    let tops = (0..rows).step_by(sides[0]);
                    for (top, left) in tops.flat_map(|top| (0..columns).step_by(sides[1]).map(move |left| (top, left)))
                    {
                        let window = [top..top + sides[0], left..left + sides[1]];
                        lay(spec.output.layout, window, channels, &mut data, &value);
                    }
                }
            };
            all(Thumbnail::First);
            all(Thumbnail::Last);
        }
        _ => lay(spec.output.layout, [0..rows, 0..columns], channels, &mut data, value),
    }
    data.resize(dims.iter().product(), T::of(0));
    Ok(Tensor { data, dims: dims.to_vec() })
}

/// The image that a stage gives the next one.
fn between(made: &Tensor<u8>) -> Result<ImageRef<'_>, Error> {
    let [rows, columns, channels] = made.dims[..] else { unreachable!("stages give pixels") };
    pipeline::view(&made.data, [rows, columns, channels])
}

/// What an output shows.
#[derive(Clone, Copy)]
struct Canvas<'a> {
    image: &'a Source<'a>,
    plan: &'a Plan,
    mapping: &'a Mapping,
    placement: &'a Placement,
}

impl<'a> Canvas<'a> {
    /// The element at (row, column, channel) of the output.
    fn values<T: TensorElement>(self) -> Result<impl Fn(usize, usize, usize) -> T + 'a, Error> {
        let Self { image, plan, mapping, placement } = self;
        let resampled = resampler(plan.resample, image, placement).map_err(|none| none.to_error("weights"))?;
        Ok(move |row: usize, column: usize, channel: usize| {
            let covers = |margin: &&Margin| margin.rows.contains(&row) && margin.columns.contains(&column);
            let (window, [top, left]) = (placement.window, placement.at);
            match placement.margins.iter().find(covers) {
                Some(Margin { fill: MarginFill::Symmetric, .. }) => {
                    let (y, x) =
                        (mirror(row, top, window.rows as usize), mirror(column, left, window.columns as usize));
                    let from = plan.store.from[channel];
                    T::of(mapping.element(channel, resampled(y + window.top as usize, x + window.left as usize, from)))
                }
                Some(margin) => T::of(mapping.fill(channel, &margin.fill)),
                None => {
                    let (y, x) = (row - top + window.top as usize, column - left + window.left as usize);
                    T::of(mapping.element(channel, resampled(y, x, plan.store.from[channel])))
                }
            }
        })
    }
}

/// A window of an output, as an image in this layout.
fn lay<T>(
    layout: Layout,
    [rows, columns]: [Range<usize>; 2],
    channels: usize,
    data: &mut Vec<T>,
    value: impl Fn(usize, usize, usize) -> T,
) {
    match layout {
        Layout::Chw => {
            for channel in 0..channels {
                for row in rows.clone() {
                    data.extend(columns.clone().map(|column| value(row, column, channel)));
                }
            }
        }
        Layout::Hwc => {
            for row in rows {
                for column in columns.clone() {
                    data.extend((0..channels).map(|channel| value(row, column, channel)));
                }
            }
        }
    }
}

/// Every element of every patch, in the order of the tensor.
fn cut<T>(
    patches: &Patches,
    [rows, columns]: [usize; 2],
    channels: usize,
    data: &mut Vec<T>,
    value: impl Fn(usize, usize, usize) -> T,
) {
    let Patches { side, merge, temporal, order, .. } = *patches;
    let (side, merge, temporal) = (side as usize, merge as usize, temporal as usize);
    let square = side * merge;
    let mut patch = |top: usize, left: usize| {
        let elements = match order {
            PatchOrder::Cthw => [channels, temporal, side, side],
            PatchOrder::Tchw => [temporal, channels, side, side],
            PatchOrder::Thwc => [temporal, side, side, channels],
        };
        for index in 0..elements.iter().product() {
            let mut rest: usize = index;
            let mut at = [0; 4];
            for axis in (0..4).rev() {
                (at[axis], rest) = (rest % elements[axis], rest / elements[axis]);
            }
            let [row, column, channel] = match order {
                PatchOrder::Cthw => [at[2], at[3], at[0]],
                PatchOrder::Tchw => [at[2], at[3], at[1]],
                PatchOrder::Thwc => [at[1], at[2], at[3]],
            };
            data.push(value(top + row, left + column, channel));
        }
    };
    for (top, left) in (0..rows).step_by(square).flat_map(|y| (0..columns).step_by(square).map(move |x| (y, x))) {
        for (y, x) in (0..merge).flat_map(|y| (0..merge).map(move |x| (y, x))) {
            patch(top + y * side, left + x * side);
        }
    }
}

/// The value at (row, column, source channel) of a resized image.
type Resampled<'a> = Box<dyn Fn(usize, usize, usize) -> f32 + 'a>;

/// The whole resized image, of integers but for `precision = f32`.
fn resampler<'a>(resample: Resample, image: &'a Source<'_>, placement: &Placement) -> Result<Resampled<'a>, NoMemory> {
    let source = [image.image.rows() as u32, image.image.columns() as u32];
    let [rows, columns] = placement.resized;
    Ok(match resample {
        Resample::None => Box::new(|row, column, channel| image.value(row, column, channel)),
        Resample::OneTap(rule) => {
            let indices = |axis: usize, side| axis::one_tap(rule, source[axis], side, 0..side);
            let (y, x) = (indices(0, rows)?, indices(1, columns)?);
            Box::new(move |row, column, channel| image.value(y[row] as usize, x[column] as usize, channel))
        }
        Resample::TwoTaps => {
            let y: Vec<_> = axis::two_taps(source[0], rows, placement.step, Axis::Rows).collect();
            let x: Vec<_> = axis::two_taps(source[1], columns, placement.step, Axis::Columns).collect();
            Box::new(move |row, column, channel| f32::from(bilinear(image, y[row], x[column], channel)))
        }
        Resample::Separable(separable) => {
            let [rows, columns] = placement.resized;
            let whole = || Planes::of(image, |row, column, channel| image.get(row, column, channel));
            match Passes::new(Baseline, separable, source, [rows, columns], [0..rows, 0..columns])? {
                None => Box::new(|row, column, channel| image.value(row, column, channel)),
                Some(Passes::Rounded { axes: [y, x], rows_first }) => {
                    let round = |weights: &AxisWeights| {
                        let bits = weights.bits;
                        move |sum: i64| ((sum + (1 << (bits - 1))) >> bits).clamp(0, 255) as u8
                    };
                    let pass = |image: Planes<u8>, weights: &Option<AxisWeights>, axis| match weights {
                        Some(weights) => image
                            .pass(weights, axis, 0i64, |sum, p, w| sum + i64::from(p) * i64::from(w))
                            .map(round(weights)),
                        None => image,
                    };
                    let resized =
                        if rows_first { pass(pass(whole(), &y, 0), &x, 1) } else { pass(pass(whole(), &x, 1), &y, 0) };
                    Box::new(move |row, column, channel| f32::from(resized.get(row, column, channel)))
                }
                Some(Passes::Wide { axes: [y, x], finish }) => {
                    let sums = whole().pass(&x, 1, 0i32, |sum, p, w| sum + i32::from(p) * w);
                    let sums = sums.pass(&y, 0, 0i32, |sum: i32, p: i32, w| sum.wrapping_add(p.wrapping_mul(w)));
                    let resized = sums.map(|sum| finish.of(sum));
                    Box::new(move |row, column, channel| f32::from(resized.get(row, column, channel)))
                }
                Some(Passes::Float { axes: [y, x], rounds }) => {
                    let whole = Planes::of(image, |row, column, channel| image.value(row, column, channel));
                    let sums = whole.pass(&x, 1, 0.0f32, |sum, p: f32, w| sum + p * w);
                    let sums = sums.pass(&y, 0, 0.0f32, |sum, p, w| sum + p * w);
                    let resized = sums.map(|sum| if rounds { f32::from(sum.round_ties_even() as u8) } else { sum });
                    Box::new(move |row, column, channel| resized.get(row, column, channel))
                }
                Some(Passes::TwoTaps { axes: [y, x] }) => {
                    Box::new(move |row, column, channel| f32::from(bilinear(image, y[row], x[column], channel)))
                }
            }
        }
    })
}

/// A whole image, for filters that work on one axis after the other.
struct Planes<T> {
    size: [usize; 2],
    channels: usize,
    values: Vec<T>,
}

impl<T: Copy> Planes<T> {
    fn of(image: &Source<'_>, value: impl Fn(usize, usize, usize) -> T) -> Self {
        Self::made([image.image.rows(), image.image.columns()], image.load.order.channels(), value)
    }

    fn made(size: [usize; 2], channels: usize, value: impl Fn(usize, usize, usize) -> T) -> Self {
        let mut values = Vec::with_capacity(size[0] * size[1] * channels);
        for row in 0..size[0] {
            for column in 0..size[1] {
                values.extend((0..channels).map(|channel| value(row, column, channel)));
            }
        }
        Self { size, channels, values }
    }

    fn get(&self, row: usize, column: usize, channel: usize) -> T {
        self.values[(row * self.size[1] + column) * self.channels + channel]
    }

    fn map<U: Copy>(self, map: impl Fn(T) -> U) -> Planes<U> {
        Planes { size: self.size, channels: self.channels, values: self.values.into_iter().map(map).collect() }
    }

    /// One pass along an axis (0: down the rows, 1: along the columns): products added up, tap by tap.
    fn pass<W, U>(&self, weights: &AxisWeights<W>, axis: usize, zero: U, add: impl Fn(U, T, W) -> U) -> Planes<U>
    where
        W: Copy + Default + PartialEq,
        U: Copy,
    {
        let mut size = self.size;
        size[axis] = weights.outputs();
        Planes::made(size, self.channels, |row, column, channel| {
            let output = [row, column][axis];
            let taps = weights.of(output).iter().enumerate().filter(|(_, weight)| **weight != W::default());
            taps.fold(zero, |sum, (tap, &weight)| {
                let mut at = [row, column];
                at[axis] = weights.first[output] as usize + tap;
                add(sum, self.get(at[0], at[1], channel), weight)
            })
        })
    }
}

/// OpenCV `INTER_LINEAR` for u8: columns first without rounding, then rows with two truncating shifts before the add.
fn bilinear(image: &Source<'_>, y: Pair, x: Pair, channel: usize) -> u8 {
    let row = |at: u32| -> i32 {
        (0..2)
            .map(|tap| i32::from(image.get(at as usize, x.at[tap] as usize, channel)) * i32::from(x.weights[tap]))
            .sum()
    };
    let share = |tap: usize| (i32::from(y.weights[tap]) * (row(y.at[tap]) >> 4)) >> 16;
    ((share(0) + share(1) + 2) >> 2).clamp(0, 255) as u8
}
