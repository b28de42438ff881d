//! OpenCV's filters of more than two taps (`modules/imgproc/src/resize.cpp`).

use std::f64::consts::{FRAC_1_SQRT_2, PI};
use std::ops::Range;

use super::{AxisWeights, Finish, Passes, both};
use crate::axis::{self, Axis, opencv_ratio};
use crate::memory::{self, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// `INTER_LANCZOS4`: eight taps around the coordinate, normalised in f32, 11 fractional bits each rounded for itself;
/// taps beyond the edge fall onto the edge pixel.
pub(super) fn lanczos4(source: u32, output: u32, window: Range<u32>) -> Result<AxisWeights, NoMemory> {
    let ratio = opencv_ratio(source, output);
    let last = i64::from(source) - 1;
    AxisWeights::collect(
        11,
        window.map(|d| {
            let coordinate = ((f64::from(d) + 0.5) * ratio - 0.5) as f32;
            let start = coordinate.floor() as i64 - 3;
            let first = start.clamp(0, last);
            let mut weights = memory::repeated(0, ((start + 7).clamp(0, last) - first + 1) as usize)?;
            for (tap, weight) in lanczos4_weights(coordinate - coordinate.floor()).into_iter().enumerate() {
                weights[((start + tap as i64).clamp(0, last) - first) as usize] += i32::from(weight);
            }
            Ok((first as u32, weights))
        }),
    )
}

/// The weights of eight taps for a coordinate `x` between the fourth and the fifth.
fn lanczos4_weights(x: f32) -> [i16; 8] {
    const S: f64 = FRAC_1_SQRT_2;
    const TURNS: [[f64; 2]; 8] = [[1.0, 0.0], [-S, -S], [0.0, 1.0], [S, -S], [-1.0, 0.0], [S, S], [0.0, -1.0], [-S, S]];
    let (sin, cos) = (f64::from(-(x + 3.0)) * PI * 0.25).sin_cos();
    let mut weights = [0.0f32; 8];
    let mut sum = 0.0f32;
    for (tap, weight) in weights.iter_mut().enumerate() {
        let distance = x + 3.0 - tap as f32;
        *weight = if distance.abs() >= 1e-6 {
            let y = f64::from(-distance) * PI * 0.25;
            ((TURNS[tap][0] * sin + TURNS[tap][1] * cos) / (y * y)) as f32
        } else {
            // So large that the others vanish when they are normalised.
            1e30
        };
        sum += *weight;
    }
    let factor = 1.0 / sum;
    weights.map(|weight| (weight * factor * 2048.0).round_ties_even() as i16)
}

/// `INTER_AREA` in each of its regimes.
pub(super) fn area(from: [u32; 2], to: [u32; 2], kept: [Range<u32>; 2]) -> Result<Passes, NoMemory> {
    let ratios = [0, 1].map(|axis| opencv_ratio(from[axis], to[axis]));
    if ratios.iter().any(|&ratio| ratio < 1.0) {
        // Enlarging on either axis: bilinear, at coordinates of its own.
        let [rows, columns] = [(0, Axis::Rows), (1, Axis::Columns)].map(|(axis, border)| {
            axis::area_two_taps(from[axis], to[axis], border).skip(kept[axis].start as usize).take(kept[axis].len())
        });
        return Ok(Passes::TwoTaps { axes: [memory::list(rows)?, memory::list(columns)?] });
    }
    let whole = ratios.map(|ratio| ratio.round_ties_even());
    if (0..2).all(|axis| (ratios[axis] - whole[axis]).abs() < f64::EPSILON) {
        if whole == [2.0, 2.0] {
            // (a + b + c + d + 2) >> 2 is what bilinear gives for halves.
            let [rows, columns] = [(0, Axis::Rows), (1, Axis::Columns)].map(|(axis, border)| {
                axis::two_taps(from[axis], to[axis], None, border)
                    .skip(kept[axis].start as usize)
                    .take(kept[axis].len())
            });
            return Ok(Passes::TwoTaps { axes: [memory::list(rows)?, memory::list(columns)?] });
        }
        let axes = both(|axis| {
            let factor = whole[axis] as u32;
            let block = |d: u32| {
                let first = d * factor;
                Ok((first, memory::repeated(1, factor.min(from[axis] - first) as usize)?))
            };
            AxisWeights::collect(0, kept[axis].clone().map(block))
        })?;
        return Ok(Passes::Wide { axes, finish: Finish::Scale(1.0 / (whole[0] * whole[1]) as f32) });
    }
    Ok(Passes::Float { axes: both(|axis| cells(from[axis], to[axis], kept[axis].clone()))?, rounds: true })
}

/// The share of each source pixel in the cell of an output pixel (`computeResizeAreaTab`).
fn cells(source: u32, output: u32, window: Range<u32>) -> Result<AxisWeights<f32>, NoMemory> {
    let ratio = opencv_ratio(source, output);
    AxisWeights::collect(
        0,
        window.map(|d| {
            let low = f64::from(d) * ratio;
            let high = low + ratio;
            let cell = ratio.min(f64::from(source) - low);
            let end = (high.floor() as u32).min(source - 1);
            let start = (low.ceil() as u32).min(end);
            let mut weights = memory::with_capacity(ratio as usize + 3)?;
            let mut first = start;
            if f64::from(start) - low > 1e-3 {
                first = start - 1;
                weights.push(((f64::from(start) - low) / cell) as f32);
            }
            weights.extend((start..end).map(|_| (1.0 / cell) as f32));
            if high - f64::from(end) > 1e-3 {
                weights.push(((high - f64::from(end)).min(1.0).min(cell) / cell) as f32);
            }
            Ok((first, weights))
        }),
    )
}
