//! Pillow's antialiasing filters (`src/libImaging/Resample.c`).

use std::f64::consts::PI;
use std::ops::Range;

use pixfuse_spec::Filter;

use super::AxisWeights;
use crate::simd::{Scalar, Simd, Task};

/// Pillow's weights for 8-bit images (`precompute_coeffs` and `normalize_coeffs_8bpc`): f64 over the support, divided by
/// their sum, then 22 fractional bits rounded half away from zero. Only the outputs of `window` are computed.
pub(super) fn weights<S: Simd>(simd: S, filter: Filter, sides: [u32; 2], window: Range<u32>) -> AxisWeights {
    const BITS: u32 = 32 - 8 - 2;
    let round = |weight: f64| {
        let half = if weight < 0.0 { -0.5 } else { 0.5 };
        let fixed = weight * f64::from(1 << BITS) + half;
        // No weight is that large. A cast that saturates has no vectors: it took a third of the time of a table.
        let fixed = if fixed.abs() < f64::from(1 << 30) { fixed } else { 0.0 };
        // SAFETY: it is a number, and fits.
        unsafe { fixed.to_int_unchecked() }
    };
    Weigh { filter, sides, window, bits: BITS, round }.weights(simd)
}

/// The same weights without fixed point: f64, rounded to f32.
pub(super) fn float_weights<S: Simd>(simd: S, filter: Filter, sides: [u32; 2], window: Range<u32>) -> AxisWeights<f32> {
    Weigh { filter, sides, window, bits: 0, round: |weight| weight as f32 }.weights(simd)
}

/// The weights of one axis.
struct Weigh<R> {
    filter: Filter,
    /// Source, output.
    sides: [u32; 2],
    window: Range<u32>,
    bits: u32,
    round: R,
}

/// Weights that are computed at once, some of them for nothing: a vector of f64 on the widest level.
const TOGETHER: usize = 8;

impl<R> Weigh<R> {
    /// Each filter, of so much half width, is compiled for itself, so that its loops have vectors; a sine has none.
    fn weights<S: Simd, W: Copy + Default + PartialEq>(self, simd: S) -> AxisWeights<W>
    where
        R: Fn(f64) -> W,
    {
        match self.filter {
            Filter::Box => self.exact(simd, 0.5, |x| if -0.5 < x && x <= 0.5 { 1.0 } else { 0.0 }),
            Filter::Bilinear => self.exact(simd, 1.0, |x| (1.0 - x.abs()).max(0.0)),
            Filter::Hamming => self.exact(Scalar, 1.0, hamming),
            Filter::Bicubic => self.exact(simd, 2.0, |x| cubic(x, -0.5)),
            Filter::Lanczos => self.exact(Scalar, 3.0, lanczos),
            _ => unreachable!("the rulebook allows antialias for Pillow's filters only"),
        }
    }

    /// The weights of each output index, whose sum is 1 before they are rounded.
    fn exact<S: Simd, W: Copy + Default + PartialEq>(
        self,
        simd: S,
        radius: f64,
        kernel: impl Fn(f64) -> f64,
    ) -> AxisWeights<W>
    where
        R: Fn(f64) -> W,
    {
        let Self { sides: [source, output], window, bits, round, .. } = self;
        let scale = f64::from(source) / f64::from(output);
        let stretch = scale.max(1.0);
        let (support, shrink) = (radius * stretch, 1.0 / stretch);
        let most = support.ceil() as usize * 2 + 1;
        // With a ratio of few bits (1/3 of a photo has 0, 3/8 has 3) every coordinate below is exact, so that outputs at
        // the same distance from their first tap have the same weights, to the bit: they are computed once. That is most
        // of the cost of a Lanczos table, whose sines take longer than the rest.
        let repeats = (scale * f64::from(1 << 20)).fract() == 0.0;
        let mut known: Vec<(f64, Range<usize>)> = Vec::new();
        let mut exact = vec![0.0; most.next_multiple_of(TOGETHER)];
        AxisWeights::fill(bits, window, most, |d, weights| {
            let centre = (f64::from(d) + 0.5) * scale;
            let (low, high) = (centre - support + 0.5, centre + support + 0.5);
            // `as u32` truncates and turns negative into 0, as the C code does with a clamp.
            let (first, end) = (low as u32, (high as u32).min(source));
            let phase = f64::from(first) - centre;
            let inside = repeats && low >= 0.0 && high < f64::from(source);
            if let Some((_, same)) = known.iter().find(|(known, _)| inside && *known == phase) {
                weights.extend_from_within(same.clone());
                return first;
            }
            let count = (end - first) as usize;
            let exact = &mut exact[..count.next_multiple_of(TOGETHER)];
            let start = weights.len();
            weights.resize(start + exact.len(), W::default());
            let rounded = &mut weights[start..];
            let taps = Taps { first: first as i32, count, centre, shrink, exact, rounded };
            simd.vectorize(OfOutput { taps, kernel: &kernel, round: &round });
            weights.truncate(start + count);
            if inside && known.len() < 64 {
                known.push((phase, start..weights.len()));
            }
            first
        })
    }
}

/// The taps of one output index.
struct Taps<'a, W> {
    first: i32,
    /// Those that are left of them.
    count: usize,
    centre: f64,
    shrink: f64,
    exact: &'a mut [f64],
    rounded: &'a mut [W],
}

/// Weighs them. This is plain code with the same result on every level, whose vectors halve its time.
struct OfOutput<'a, W, K, R> {
    taps: Taps<'a, W>,
    kernel: &'a K,
    round: &'a R,
}

impl<S: Simd, W, K: Fn(f64) -> f64, R: Fn(f64) -> W> Task<S> for OfOutput<'_, W, K, R> {
    type Output = ();

    #[inline(always)]
    fn run(self, _: S) {
        let Self { taps: Taps { first, count, centre, shrink, exact, rounded }, kernel, round } = self;
        for (tap, weight) in exact.iter_mut().enumerate() {
            *weight = kernel((f64::from(first + tap as i32) - centre + 0.5) * shrink);
        }
        let sum: f64 = exact.iter().take(count).sum();
        let divisor = if sum == 0.0 { 1.0 } else { sum };
        for (rounded, weight) in rounded.iter_mut().zip(exact) {
            *rounded = round(*weight / divisor);
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

fn lanczos(x: f64) -> f64 {
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
