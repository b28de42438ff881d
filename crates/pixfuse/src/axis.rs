//! Where a resized row or column comes from: one function for each rule, shared by tables and reference.

use std::ops::Range;

use pixfuse_spec::OneTap;

use crate::memory::{self, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// One output index of a two-tap axis: the two source indices and their 11-bit weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Source indices, both inside the image.
    pub(crate) at: [u32; 2],
    /// Weights in 1/2048, each rounded for itself.
    pub(crate) weights: [i16; 2],
}

impl Pair {
    /// The same sample from two columns that lie side by side: at the right edge, where both taps are the last column,
    /// all of its weight moves to the right tap and the left one becomes the column before. A pair then never straddles
    /// the end of a row, and a fetch of two neighbours serves every column.
    pub(crate) fn neighbours(self, columns: usize) -> ([u32; 2], [i16; 2]) {
        let Self { at, weights } = self;
        if at[0] == at[1] && columns > 1 {
            return ([at[0] - 1, at[0]], [0, weights[0] + weights[1]]);
        }
        (at, weights)
    }

    /// The same sample as the first of two taps of which the second has no weight, if one pixel has all of it.
    pub(crate) fn single(self) -> Option<Self> {
        let Self { at: [first, second], weights } = self;
        let at = match weights {
            [2048, 0] => first,
            [0, 2048] => second,
            _ => return None,
        };
        Some(Self { at: [at; 2], weights: [2048, 0] })
    }
}

/// OpenCV's ratio: it inverts twice, which is not always `source / output`.
pub(crate) fn opencv_ratio(source: u32, output: u32) -> f64 {
    1.0 / (f64::from(output) / f64::from(source))
}

/// The source index of each output index of a window.
pub(crate) fn one_tap(rule: OneTap, source: u32, output: u32, window: Range<u32>) -> Result<Vec<u32>, NoMemory> {
    let last = source - 1;
    // `as u32` truncates, which is floor for these coordinates: none is negative.
    let clamp = |coordinate: f64| (coordinate as u32).min(last);
    // A ratio of f32, and coordinates rounded to f32 before they are cut off. PyTorch has two ways to the second one,
    // by memory format and size; they gave the same index in each of 60,000 pairs of sides up to 65,535.
    let torch = |centre: f64| {
        let ratio = source as f32 / output as f32;
        move |d: u32| (((f64::from(d) + centre) * f64::from(ratio)) as f32 as u32).min(last)
    };
    match rule {
        OneTap::TorchNearest => memory::list(window.map(torch(0.0))),
        OneTap::TorchNearestExact => memory::list(window.map(torch(0.5))),
        OneTap::Nearest => {
            let ratio = opencv_ratio(source, output);
            memory::list(window.map(|d| clamp(f64::from(d) * ratio)))
        }
        OneTap::NearestFloor => {
            let ratio = f64::from(source) / f64::from(output);
            memory::list(window.map(|d| clamp(f64::from(d) * ratio)))
        }
        OneTap::NearestExact => {
            // Pillow adds the ratio up; the closed form (d + 0.5) * ratio differs for about a third of all size pairs.
            let ratio = f64::from(source) / f64::from(output);
            let mut coordinate = ratio * 0.5;
            (0..window.start).for_each(|_| coordinate += ratio);
            memory::list(window.map(|_| {
                let index = clamp(coordinate);
                coordinate += ratio;
                index
            }))
        }
    }
}

/// Which axis of an image: OpenCV treats the two differently at the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    /// Beyond the first or last pixel the weight goes to that pixel alone.
    Columns,
    /// Indices are clipped, weights are not.
    Rows,
}

/// The two source indices and weights of each output index: OpenCV `INTER_LINEAR` for u8. Coordinates go in steps of
/// `step`, or of OpenCV's ratio of the sides where there is none.
pub(crate) fn two_taps(source: u32, output: u32, step: Option<f64>, axis: Axis) -> impl ExactSizeIterator<Item = Pair> {
    let ratio = step.unwrap_or_else(|| opencv_ratio(source, output));
    (0..output).map(move |d| {
        // Computed in f64, kept in f32, as OpenCV does.
        let coordinate = ((f64::from(d) + 0.5) * ratio - 0.5) as f32;
        pair(coordinate.floor() as i64, coordinate - coordinate.floor(), source, axis)
    })
}

/// The pair at `index` and the next, `fraction` of it on the next.
fn pair(mut index: i64, mut fraction: f32, source: u32, axis: Axis) -> Pair {
    let last = i64::from(source) - 1;
    if axis == Axis::Columns && (index < 0 || index >= last) {
        index = index.clamp(0, last);
        fraction = 0.0;
    }
    let weight = |share: f32| (share * 2048.0).round_ties_even() as i16;
    Pair {
        at: [index, index + 1].map(|at| at.clamp(0, last) as u32),
        weights: [weight(1.0 - fraction), weight(fraction)],
    }
}

/// As [`two_taps`], at the coordinates of OpenCV `INTER_AREA` where it enlarges.
pub(crate) fn area_two_taps(source: u32, output: u32, axis: Axis) -> impl ExactSizeIterator<Item = Pair> {
    let ratio = opencv_ratio(source, output);
    let inverse = f64::from(output) / f64::from(source);
    (0..output).map(move |d| {
        let index = (f64::from(d) * ratio).floor();
        let fraction = (f64::from(d + 1) - (index + 1.0) * inverse) as f32;
        let fraction = if fraction <= 0.0 { 0.0 } else { fraction - fraction.floor() };
        pair(index as i64, fraction, source, axis)
    })
}
