//! Which pixels an output pixel is a sum of, with which weights, and in which order torch adds them.

use std::ops::Range;

use pixfuse_spec::{Filter, Sampling};

use crate::memory::{NoMemory, push, with_capacity};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// A filter of torch's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As wide as the step: one axis after the other, and four taps at a time.
    Antialiased { is_cubic: bool },
    /// Two by two pixels, in one sum of products of both weights.
    Bilinear,
    /// Four pixels an axis, one axis after the other; a = -0.75.
    Bicubic,
}

/// How a product gets into a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sum {
    /// It is the first one.
    First,
    /// It is rounded, then added.
    Rounded,
    /// It is added without a rounding.
    Fused,
}

impl Way {
    pub(crate) fn of(sampling: &Sampling) -> Self {
        let is_cubic = sampling.filter == Filter::Bicubic;
        match (sampling.antialias, is_cubic) {
            (true, is_cubic) => Self::Antialiased { is_cubic },
            (false, true) => Self::Bicubic,
            (false, false) => Self::Bilinear,
        }
    }

    #[inline(always)]
    pub(crate) fn is_antialiased(self) -> bool {
        matches!(self, Self::Antialiased { .. })
    }

    /// Whether each axis has sums of its own.
    pub(crate) fn is_separable(self) -> bool {
        self != Self::Bilinear
    }

    /// The products of a sum, by their taps, in the order in which they get into it.
    pub(crate) fn steps(self, taps: usize) -> impl Iterator<Item = (usize, Sum)> {
        (0..taps).map(move |step| match self {
            // The loop multiplies and adds four behind the first one; what fills no block of four is fused.
            Self::Antialiased { .. } => match step {
                0 => (0, Sum::First),
                step if step > Self::rounded(taps) => (step, Sum::Fused),
                _ => (step, Sum::Rounded),
            },
            // Of the first sum of two products the compiler fuses the first one.
            Self::Bilinear | Self::Bicubic => match step {
                0 => (1, Sum::First),
                1 => (0, Sum::Fused),
                _ => (step, Sum::Fused),
            },
        })
    }

    /// How many products behind the first one are rounded, where the filter is antialiased.
    #[inline(always)]
    pub(crate) fn rounded(taps: usize) -> usize {
        (taps - 1) / 4 * 4
    }

    /// The sum of products.
    pub(crate) fn sum(self, weights: &[f32], pixel: impl Fn(usize) -> f32) -> f32 {
        self.steps(weights.len()).fold(0.0, |sum, (tap, step)| match step {
            Sum::First => pixel(tap) * weights[tap],
            Sum::Rounded => sum + pixel(tap) * weights[tap],
            Sum::Fused => pixel(tap).mul_add(weights[tap], sum),
        })
    }
}

/// The taps of the outputs of an axis. They are those of rising pixels, of which those at an edge may be named again.
pub(crate) struct Taps {
    way: Way,
    /// Where the taps of each output begin.
    starts: Vec<usize>,
    at: Vec<usize>,
    weights: Vec<f32>,
}

impl Taps {
    /// Of some of the `resized` outputs.
    pub(crate) fn new(way: Way, source: usize, resized: usize, outputs: Range<usize>) -> Result<Self, NoMemory> {
        let mut taps = Self { way, starts: with_capacity(outputs.len() + 1)?, at: Vec::new(), weights: Vec::new() };
        let scale = source as f32 / resized as f32;
        for index in outputs {
            taps.starts.push(taps.at.len());
            match way {
                Way::Antialiased { is_cubic } => taps.antialiased(is_cubic, scale, source, index)?,
                Way::Bilinear if source == resized => taps.add([(index, 1.0), (index, 0.0)])?,
                Way::Bilinear => {
                    let center = scale.mul_add(index as f32 + 0.5, -0.5).max(0.0);
                    let first = (center as usize).min(source - 1);
                    let share = (center - first as f32).clamp(0.0, 1.0);
                    taps.add([(first, 1.0 - share), ((first + 1).min(source - 1), share)])?;
                }
                Way::Bicubic => {
                    let center = scale.mul_add(index as f32 + 0.5, -0.5);
                    let share = (center - center.floor()).clamp(0.0, 1.0);
                    let weights = [far(share + 1.0), near(share), near(1.0 - share), far(1.0 - share + 1.0)];
                    let first = center.floor() as i64 - 1;
                    let at = |tap: usize| (first + tap as i64).clamp(0, source as i64 - 1) as usize;
                    taps.add([0, 1, 2, 3].map(|tap| (at(tap), weights[tap])))?;
                }
            }
        }
        taps.starts.push(taps.at.len());
        Ok(taps)
    }

    fn add<const N: usize>(&mut self, taps: [(usize, f32); N]) -> Result<(), NoMemory> {
        taps.into_iter().try_for_each(|(at, weight)| self.push(at, weight))
    }

    fn push(&mut self, at: usize, weight: f32) -> Result<(), NoMemory> {
        push(&mut self.at, at)?;
        push(&mut self.weights, weight)
    }

    /// In f32, with the halves in f64, as torch's `_compute_indices_min_size_weights_aa` has them.
    fn antialiased(&mut self, is_cubic: bool, scale: f32, source: usize, index: usize) -> Result<(), NoMemory> {
        let half = if is_cubic { 2.0 } else { 1.0 };
        let (support, inverse) = if scale >= 1.0 { (half * scale, 1.0 / scale) } else { (half, 1.0) };
        let center = (f64::from(scale) * (index as f64 + 0.5)) as f32;
        let whole = |edge: f32| (f64::from(edge) + 0.5) as i64;
        let first = whole(center - support).max(0) as usize;
        let end = whole(center + support).min(source as i64) as usize;
        let (start, mut total) = (self.weights.len(), 0.0_f32);
        for pixel in first..end {
            let apart = (f64::from(pixel as f32 - center) + 0.5) * f64::from(inverse);
            let weight = if is_cubic { cubic(apart as f32) } else { (1.0 - (apart as f32).abs()).max(0.0) };
            total += weight;
            self.push(pixel, weight)?;
        }
        self.weights[start..].iter_mut().for_each(|weight| *weight /= total);
        Ok(())
    }

    /// Of how many outputs.
    pub(crate) fn outputs(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whose they are.
    #[inline(always)]
    pub(crate) fn way(&self) -> Way {
        self.way
    }

    /// The pixels of an output, and their weights.
    #[inline(always)]
    pub(crate) fn of(&self, output: usize) -> (&[usize], &[f32]) {
        let taps = self.starts[output]..self.starts[output + 1];
        (&self.at[taps.clone()], &self.weights[taps])
    }

    /// The most pixels from the first one of an output to its last.
    pub(crate) fn reach(&self) -> usize {
        let reach = |output| {
            let (at, _) = self.of(output);
            at[at.len() - 1] + 1 - at[0]
        };
        (0..self.outputs()).map(reach).max().unwrap_or(1)
    }

    /// The outputs of a line.
    pub(crate) fn sums(&self, line: &[f32], sums: &mut [f32]) {
        for (output, value) in sums.iter_mut().enumerate() {
            let (at, weights) = self.of(output);
            *value = self.way.sum(weights, |tap| line[at[tap]]);
        }
    }

    /// The outputs of two lines, each with a weight.
    pub(crate) fn products(&self, lines: [&[f32]; 2], [upper, lower]: [f32; 2], sums: &mut [f32]) {
        for (output, value) in sums.iter_mut().enumerate() {
            let (at, weights) = self.of(output);
            let weights = [upper * weights[0], upper * weights[1], lower * weights[0], lower * weights[1]];
            *value = self.way.sum(&weights, |tap| lines[tap / 2][at[tap % 2]]);
        }
    }
}

/// torch's cubic of the antialiased filter, a = -0.5, with each product but one of its own fused.
fn cubic(apart: f32) -> f32 {
    let x = apart.abs();
    if x < 1.0 {
        (1.5_f32.mul_add(x, -2.5) * x).mul_add(x, 1.0)
    } else if x < 2.0 {
        (-0.5_f32).mul_add(x, 2.5).mul_add(x, -4.0).mul_add(x, 2.0)
    } else {
        0.0
    }
}

/// The weight of a pixel within one of the center, a = -0.75; the last sum is rounded.
fn near(x: f32) -> f32 {
    1.25_f32.mul_add(x, -2.25) * x * x + 1.0
}

/// The weight of one beyond.
fn far(x: f32) -> f32 {
    (-0.75_f32).mul_add(x, 3.75).mul_add(x, -6.0) * x + 3.0
}
