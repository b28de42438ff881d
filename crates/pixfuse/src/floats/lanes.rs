//! The sums of floats, eight lines at a time along the rows and whole lines down the columns: what a level compiles with its
//! own instructions, which fuse where the plain loops call a function.

use super::taps::{Sum, Taps, Way};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::weights::{Gateway, Work};

/// Lines side by side.
pub(super) const LINES: usize = 8;

/// A pixel of each of them.
pub(super) type Eight = [f32; LINES];

/// What a level does of a resize of floats, as an object: all else is compiled once.
pub(crate) trait OnLevel {
    fn across(&self, work: Across<'_>);
    fn add(&self, work: Add<'_>);
    fn products(&self, work: Products<'_>);
    fn finish(&self, work: Finish<'_>);
}

impl<G: Gateway> OnLevel for G {
    fn across(&self, work: Across<'_>) {
        self.enter(work);
    }

    fn add(&self, work: Add<'_>) {
        self.enter(work);
    }

    fn products(&self, work: Products<'_>) {
        self.enter(work);
    }

    fn finish(&self, work: Finish<'_>) {
        self.enter(work);
    }
}

/// The outputs of eight lines side by side.
pub(crate) struct Across<'a> {
    pub(super) taps: &'a Taps,
    pub(super) lines: &'a [Eight],
    pub(super) sums: &'a mut [Eight],
}

impl Work for Across<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let way = self.taps.way();
        for (output, sums) in self.sums.iter_mut().enumerate() {
            let (at, weights) = self.taps.of(output);
            *sums = if way.is_antialiased() {
                blocks(&self.lines[at[0]..][..weights.len()], weights)
            } else {
                chain(self.lines, at, weights)
            };
        }
    }
}

/// Pixels one behind another: of products behind the first one, whole blocks of four are rounded and the rest is fused.
#[inline(always)]
fn blocks(pixels: &[Eight], weights: &[f32]) -> Eight {
    let rounded = 1 + Way::rounded(weights.len());
    let mut sums = pixels[0];
    for sum in &mut sums {
        *sum *= weights[0];
    }
    for (pixel, weight) in pixels[1..rounded].iter().zip(&weights[1..rounded]) {
        for lane in 0..LINES {
            sums[lane] += pixel[lane] * weight;
        }
    }
    for (pixel, weight) in pixels[rounded..].iter().zip(&weights[rounded..]) {
        for lane in 0..LINES {
            sums[lane] = pixel[lane].mul_add(*weight, sums[lane]);
        }
    }
    sums
}

/// Pixels anywhere: the second product, on which all others are fused.
#[inline(always)]
fn chain(lines: &[Eight], at: &[usize], weights: &[f32]) -> Eight {
    let mut sums = lines[at[1]];
    for lane in 0..LINES {
        sums[lane] = lines[at[0]][lane].mul_add(weights[0], sums[lane] * weights[1]);
    }
    for (at, weight) in at.iter().zip(weights).skip(2) {
        let pixel = lines[*at];
        for lane in 0..LINES {
            sums[lane] = pixel[lane].mul_add(*weight, sums[lane]);
        }
    }
    sums
}

/// One product of a line into sums.
pub(crate) struct Add<'a> {
    pub(super) sum: Sum,
    pub(super) line: &'a [f32],
    pub(super) weight: f32,
    pub(super) sums: &'a mut [f32],
}

impl Work for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { sum, line, weight, sums } = self;
        let values = sums.iter_mut().zip(line);
        match sum {
            Sum::First => {
                for (sum, pixel) in values {
                    *sum = pixel * weight;
                }
            }
            Sum::Rounded => {
                for (sum, pixel) in values {
                    *sum += pixel * weight;
                }
            }
            Sum::Fused => {
                for (sum, pixel) in values {
                    *sum = pixel.mul_add(weight, *sum);
                }
            }
        }
    }
}

/// The outputs of two lines, of which each has a weight: the products of both weights in one sum.
pub(crate) struct Products<'a> {
    pub(super) taps: &'a Taps,
    pub(super) lines: [&'a [f32]; 2],
    pub(super) weights: [f32; 2],
    pub(super) sums: &'a mut [f32],
}

impl Work for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { taps, lines: [upper, lower], weights: [above, below], sums } = self;
        for (output, sum) in sums.iter_mut().enumerate() {
            let (at, weights) = taps.of(output);
            let ([left, right], [before, behind]) = ([at[0], at[1]], [weights[0], weights[1]]);
            let first = upper[left].mul_add(above * before, upper[right] * (above * behind));
            let second = lower[left].mul_add(below * before, first);
            *sum = lower[right].mul_add(below * behind, second);
        }
    }
}

/// `(x * scale - mean) / std` of sums, kept between bounds before.
pub(crate) struct Finish<'a> {
    pub(super) bounds: Option<[f32; 2]>,
    /// Scale, mean and std.
    pub(super) numbers: [f32; 3],
    /// To whole numbers, halves to even, behind that.
    pub(super) is_rounded: bool,
    pub(super) sums: &'a mut [f32],
}

impl Work for Finish<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { bounds, numbers: [scale, mean, std], is_rounded, sums } = self;
        if let Some([least, most]) = bounds {
            for sum in &mut *sums {
                *sum = sum.clamp(least, most);
            }
        }
        for sum in &mut *sums {
            *sum = (*sum * scale - mean) / std;
        }
        if is_rounded {
            for sum in sums {
                *sum = sum.round_ties_even();
            }
        }
    }
}
