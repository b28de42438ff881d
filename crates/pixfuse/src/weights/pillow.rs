//! Pillow's antialiasing filters (`src/libImaging/Resample.c`).

use std::f64::consts::PI;
use std::ops::Range;

use pixfuse_spec::Antialiased;

use super::{AxisWeights, Baseline, Gateway, ROUNDED_BITS, Work};
use crate::memory::{self, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// Pillow's weights for 8-bit images (`precompute_coeffs` and `normalize_coeffs_8bpc`): f64 over the support, divided by
/// their sum, then 22 fractional bits rounded half away from zero. Only the outputs of `window` are computed.
pub(super) fn weights<G: Gateway>(
    gateway: G,
    filter: Antialiased,
    sides: [u32; 2],
    window: Range<u32>,
) -> Result<AxisWeights, NoMemory> {
    Weigh { filter, axis: Axis { sides, window, bits: ROUNDED_BITS }, round: round_to_fixed }.weights(gateway)
}

#[inline(always)]
fn round_to_fixed(weight: f64) -> i32 {
    let half = if weight < 0.0 { -0.5 } else { 0.5 };
    let fixed = weight * f64::from(1 << ROUNDED_BITS) + half;
    // No weight is that large. A cast that saturates has no vectors: it took a third of the time of a table.
    let fixed = if fixed.abs() < f64::from(1 << 30) { fixed } else { 0.0 };
    // SAFETY: it is a number, and fits.
    unsafe { fixed.to_int_unchecked() }
}

/// The same weights without fixed point: f64, rounded to f32.
pub(super) fn float_weights<G: Gateway>(
    gateway: G,
    filter: Antialiased,
    sides: [u32; 2],
    window: Range<u32>,
) -> Result<AxisWeights<f32>, NoMemory> {
    Weigh { filter, axis: Axis { sides, window, bits: 0 }, round: round_to_f32 }.weights(gateway)
}

#[inline(always)]
fn round_to_f32(weight: f64) -> f32 {
    weight as f32
}

/// The weights of one axis by a filter.
struct Weigh<R> {
    filter: Antialiased,
    axis: Axis,
    round: R,
}

/// Weights that are computed at once, some of them for nothing: a vector of f64 on the widest level.
const TOGETHER: usize = 8;

impl<R> Weigh<R> {
    /// Each filter, of so much half width, is compiled for itself, so that its loops have vectors; a sine has none.
    fn weights<G: Gateway, W: Copy + Default + PartialEq>(self, gateway: G) -> Result<AxisWeights<W>, NoMemory>
    where
        R: Fn(f64) -> W,
    {
        let Self { filter, axis, round } = self;
        match filter {
            Antialiased::Box => {
                let kernel = |x: f64| if -0.5 < x && x <= 0.5 { 1.0 } else { 0.0 };
                axis.exact(0.5, &mut |outputs| gateway.enter(Weighed { outputs, kernel, round: &round }))
            }
            Antialiased::Bilinear => {
                let kernel = |x: f64| (1.0 - x.abs()).max(0.0);
                axis.exact(1.0, &mut |outputs| gateway.enter(Weighed { outputs, kernel, round: &round }))
            }
            Antialiased::Hamming => {
                axis.exact(1.0, &mut |outputs| Baseline.enter(Weighed { outputs, kernel: hamming, round: &round }))
            }
            Antialiased::Bicubic => {
                let kernel = |x| cubic(x, -0.5);
                axis.exact(2.0, &mut |outputs| gateway.enter(Weighed { outputs, kernel, round: &round }))
            }
            Antialiased::Lanczos => {
                axis.exact(3.0, &mut |outputs| Baseline.enter(Weighed { outputs, kernel: lanczos, round: &round }))
            }
        }
    }
}

/// An axis whose weights are computed, with so many fractional bits.
struct Axis {
    /// Source, output.
    sides: [u32; 2],
    window: Range<u32>,
    bits: u32,
}

impl Axis {
    /// The weights of each output index, whose sum is 1 before they are rounded. What computes some of them is an object: this
    /// is compiled once, and only that for a level and a filter.
    fn exact<W: Copy + Default + PartialEq>(
        self,
        radius: f64,
        weigh_outputs: &mut dyn FnMut(Outputs<'_, W>),
    ) -> Result<AxisWeights<W>, NoMemory> {
        let Self { sides: [source, output], window, bits } = self;
        let scale = f64::from(source) / f64::from(output);
        let stretch = scale.max(1.0);
        let (support, shrink) = (radius * stretch, 1.0 / stretch);
        let centre = |d: u32| (f64::from(d) + 0.5) * scale;
        let (low, high) = (|d: u32| centre(d) - support + 0.5, |d: u32| centre(d) + support + 0.5);
        // `as u32` truncates and turns negative into 0, as the C code does with a clamp.
        let first = memory::list(window.clone().map(|d| low(d) as u32))?;
        let end = |d: u32| (high(d) as u32).min(source);
        let counts = memory::list(window.clone().zip(&first).map(|(d, first)| end(d) - first))?;
        let (outputs, taps) = (first.len(), counts.iter().copied().max().unwrap_or(0) as usize);
        // The last output index may be weighed for nothing beyond its taps, too.
        let mut weights = memory::repeated(W::default(), outputs.saturating_mul(taps).saturating_add(TOGETHER))?;
        let mut exact = memory::repeated(0.0, taps.next_multiple_of(TOGETHER))?;
        let mut weigh = |outputs: Range<usize>, weights: &mut [W]| {
            let (first, counts) = (&first[outputs.clone()], &counts[outputs.clone()]);
            let ratio = Ratio { scale, shrink, start: window.start + outputs.start as u32 };
            let (exact, weights) = (&mut exact[..], &mut weights[outputs.start * taps..]);
            weigh_outputs(Outputs { first, counts, taps, ratio, exact, weights });
        };
        // With a ratio of few bits (1/3 of a photo has 0, 3/8 has 3) every coordinate is exact, so that output indices a
        // period apart, both away from the edges, have the same weights, to the bit: they are computed once. That is most
        // of the cost of a Lanczos table, whose sines take longer than the rest.
        let period = (0..=6).map(|bits| 1 << bits).find(|&period| (scale * period as f64).fract() == 0.0);
        let known = match period {
            Some(period) => {
                let before = window.clone().take_while(|&d| low(d) < 0.0).count();
                let inside = outputs - window.clone().rev().take_while(|&d| high(d) >= f64::from(source)).count();
                (before + period).min(inside)..inside
            }
            None => outputs..outputs,
        };
        // From the first to the last: what is written beyond one is written over by the next.
        weigh(0..known.start, &mut weights);
        for output in known.clone() {
            let same = (output - period.unwrap_or(0)) * taps;
            weights.copy_within(same..same + taps, output * taps);
        }
        weigh(known.end..outputs, &mut weights);
        weights.truncate(outputs * taps);
        Ok(AxisWeights { first, weights, taps, bits })
    }
}

/// Where the output indices lie in the source.
struct Ratio {
    scale: f64,
    shrink: f64,
    /// The first of them.
    start: u32,
}

/// Some output indices that are weighed.
struct Outputs<'a, W> {
    /// The first source index of each.
    first: &'a [u32],
    /// How many source indices each weighs, at most `taps`.
    counts: &'a [u32],
    taps: usize,
    ratio: Ratio,
    /// The weights of one before they are rounded, in whole vectors.
    exact: &'a mut [f64],
    /// `taps` for each, and whole vectors for the last.
    weights: &'a mut [W],
}

/// Weighs them by a filter. This is plain code with the same result on every level, whose vectors halve its time.
struct Weighed<'a, W, K, R> {
    outputs: Outputs<'a, W>,
    kernel: K,
    round: &'a R,
}

impl<W, K: Fn(f64) -> f64, R: Fn(f64) -> W> Work for Weighed<'_, W, K, R> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { outputs, kernel, round } = self;
        let Outputs { first, counts, taps, ratio: Ratio { scale, shrink, start }, exact, weights } = outputs;
        for (output, (&first, &count)) in first.iter().zip(counts).enumerate() {
            let centre = (f64::from(start + output as u32) + 0.5) * scale;
            for (tap, weight) in exact.iter_mut().enumerate() {
                let value = kernel((f64::from((first + tap as u32) as i32) - centre + 0.5) * shrink);
                *weight = if (tap as u32) < count { value } else { 0.0 };
            }
            // Zeros change no sum.
            let sum: f64 = exact.iter().take(taps).sum();
            let divisor = if sum == 0.0 { 1.0 } else { sum };
            let Some(rounded) = weights.get_mut(output * taps..output * taps + exact.len()) else {
                unreachable!("the weights have room for whole vectors");
            };
            for (rounded, weight) in rounded.iter_mut().zip(&*exact) {
                *rounded = round(*weight / divisor);
            }
        }
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    let x = x * PI;
    x.sin() / x
}

pub(super) fn lanczos(x: f64) -> f64 {
    if (-3.0..3.0).contains(&x) { sinc(x) * sinc(x / 3.0) } else { 0.0 }
}

fn hamming(x: f64) -> f64 {
    let x = x.abs();
    if x == 0.0 {
        return 1.0;
    }
    if x >= 1.0 {
        return 0.0;
    }
    let x = x * PI;
    // The two constants are f32 literals in Pillow.
    x.sin() / x * (f64::from(0.54f32) + f64::from(0.46f32) * x.cos())
}

/// Keys' cubic convolution.
#[inline(always)]
pub(super) fn cubic(x: f64, a: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * a
    } else {
        0.0
    }
}

/// Whether the vertical pass runs first; the u8 between the passes makes the results differ.
///
/// From version 13 Pillow does so when the height loses more than twice the rows that the width loses columns.
pub(super) fn rows_first(version: u32, from: [u32; 2], to: [u32; 2]) -> bool {
    let [rows, columns] = [0, 1].map(|axis| i64::from(from[axis]) - i64::from(to[axis]));
    version >= 13 && rows > 0 && rows > 2 * columns
}
