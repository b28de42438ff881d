//! PyTorch's filters on uint8 (`aten/src/ATen/native/cpu/UpSampleKernel.cpp`).

use std::ops::Range;

use pixfuse_spec::{Plain, TorchFilter};

use super::AxisWeights;
use super::pillow::{cubic, lanczos};
use crate::memory::{self, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// PyTorch's weights for uint8 (`compute_index_ranges_int16_weights`): f64 over the support, then as many fractional
/// bits as keep the largest weight of the axis within an i16.
pub(super) fn weights(
    filter: TorchFilter,
    source: u32,
    output: u32,
    window: Range<u32>,
) -> Result<AxisWeights, NoMemory> {
    let antialias = !matches!(filter, TorchFilter::Plain(_));
    let (radius, kernel): (f64, fn(f64) -> f64) = match filter {
        TorchFilter::Plain(Plain::Bilinear) | TorchFilter::Bilinear => (1.0, |x| (1.0 - x.abs()).max(0.0)),
        TorchFilter::Plain(Plain::Bicubic) => (2.0, |x| cubic(x, -0.75)),
        TorchFilter::Bicubic => (2.0, |x| cubic(x, -0.5)),
        TorchFilter::Lanczos => (3.0, lanczos),
    };
    let scale = f64::from(source) / f64::from(output);
    let stretch = if antialias { scale.max(1.0) } else { 1.0 };
    let (support, shrink) = (radius * stretch, 1.0 / stretch);
    let exact = |d: u32| -> Result<(u32, Vec<f64>), NoMemory> {
        let centre = (f64::from(d) + 0.5) * scale;
        if antialias {
            let first = (centre - support + 0.5) as u32;
            let end = ((centre + support + 0.5) as u32).min(source);
            let mut weights = memory::list((first..end).map(|s| kernel((f64::from(s) - centre + 0.5) * shrink)))?;
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            return Ok((first, weights));
        }
        replicated(radius as i64, kernel, scale, source, d)
    };
    // The precision is that of the whole axis, whatever part of it is kept.
    let mut largest = 0.0;
    for d in 0..output {
        largest = exact(d)?.1.into_iter().fold(largest, f64::max);
    }
    let bits = (0..22).find(|bits| (0.5 + largest * f64::from(1 << (bits + 1))) as i32 >= 1 << 15).unwrap_or(22);
    let fixed = |weight: f64| (weight * f64::from(1 << bits) + if weight < 0.0 { -0.5 } else { 0.5 }) as i32;
    AxisWeights::collect(
        bits,
        window.map(|d| {
            let (first, weights) = exact(d)?;
            Ok((first, memory::list(weights.into_iter().map(fixed))?))
        }),
    )
}

/// PyTorch's weights of bilinear and bicubic (a = -0.75) without antialias, in f32.
pub(super) fn float_weights(
    filter: Plain,
    source: u32,
    output: u32,
    window: Range<u32>,
) -> Result<AxisWeights<f32>, NoMemory> {
    let (radius, kernel): (i64, fn(f64) -> f64) = match filter {
        Plain::Bilinear => (1, |x| (1.0 - x.abs()).max(0.0)),
        Plain::Bicubic => (2, |x| cubic(x, -0.75)),
    };
    let scale = f64::from(source) / f64::from(output);
    AxisWeights::collect(
        0,
        window.map(|d| {
            let (first, weights) = replicated(radius, kernel, scale, source, d)?;
            Ok((first, memory::list(weights.into_iter().map(|weight| weight as f32))?))
        }),
    )
}

/// The weights of `2 * radius` taps around an output index; those beyond the edge fall onto the edge pixel.
fn replicated(
    radius: i64,
    kernel: fn(f64) -> f64,
    scale: f64,
    source: u32,
    d: u32,
) -> Result<(u32, Vec<f64>), NoMemory> {
    let last = i64::from(source) - 1;
    let centre = (f64::from(d) + 0.5) * scale - 0.5;
    let start = centre.floor() as i64 - radius + 1;
    let end = start + 2 * radius;
    let first = start.clamp(0, last);
    let mut weights = memory::repeated(0.0, ((end - 1).clamp(0, last) - first + 1) as usize)?;
    for s in start..end {
        weights[(s.clamp(0, last) - first) as usize] += kernel(s as f64 - centre);
    }
    Ok((first as u32, weights))
}
