//! The weights of filters with N taps an axis: one function for each library's rule, shared by kernels and reference.

use std::f64::consts::PI;
use std::ops::Range;

use pixfuse_spec::{Filter, Separable};

/// For each output index, which source indices it weighs and how, in fixed point.
///
/// A pass gives `clamp((sum of p * w + half) >> bits, 0, 255)` with `half = 1 << (bits - 1)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AxisWeights {
    /// The first source index of each output index.
    pub(crate) first: Vec<u32>,
    /// `taps` weights for each output index; those beyond its last tap are zero.
    pub(crate) weights: Vec<i32>,
    /// The most taps that any output index has.
    pub(crate) taps: usize,
    /// Fractional bits of a weight.
    pub(crate) bits: u32,
}

impl AxisWeights {
    /// How many output indices there are.
    pub(crate) fn outputs(&self) -> usize {
        self.first.len()
    }

    /// The weights of one output index.
    pub(crate) fn of(&self, output: usize) -> &[i32] {
        &self.weights[output * self.taps..][..self.taps]
    }

    /// The source indices that any output index weighs.
    pub(crate) fn reach(&self) -> Range<u32> {
        let mut reach = u32::MAX..0;
        for (output, &first) in self.first.iter().enumerate() {
            let taps = self.of(output).iter().rposition(|&weight| weight != 0).map_or(0, |last| last + 1);
            reach = reach.start.min(first)..reach.end.max(first + taps as u32);
        }
        reach
    }

    /// From the taps of each output index: the first source index, and its weights as integers.
    fn collect(bits: u32, outputs: impl Iterator<Item = (u32, Vec<i32>)>) -> Self {
        let outputs: Vec<_> = outputs.collect();
        let taps = outputs.iter().map(|(_, weights)| weights.len()).max().unwrap_or(0);
        let mut weights = Vec::with_capacity(outputs.len() * taps);
        for (_, own) in &outputs {
            weights.extend_from_slice(own);
            weights.resize(weights.len() + taps - own.len(), 0);
        }
        Self { first: outputs.iter().map(|(first, _)| *first).collect(), weights, taps, bits }
    }
}

/// Pillow's weights for 8-bit images (`precompute_coeffs` and `normalize_coeffs_8bpc`): f64 over the support, divided by
/// their sum, then 22 fractional bits rounded half away from zero. Only the outputs of `window` are computed.
pub(crate) fn pillow(filter: Filter, source: u32, output: u32, window: Range<u32>) -> AxisWeights {
    const BITS: u32 = 32 - 8 - 2;
    let (radius, kernel) = pillow_kernel(filter);
    let scale = f64::from(source) / f64::from(output);
    let stretch = scale.max(1.0);
    let (support, shrink) = (radius * stretch, 1.0 / stretch);
    let mut exact = Vec::new();
    AxisWeights::collect(
        BITS,
        window.map(|d| {
            let centre = (f64::from(d) + 0.5) * scale;
            // `as u32` truncates and turns negative into 0, as the C code does with a clamp.
            let first = (centre - support + 0.5) as u32;
            let end = ((centre + support + 0.5) as u32).min(source);
            exact.clear();
            exact.extend((first..end).map(|s| kernel((f64::from(s) - centre + 0.5) * shrink)));
            let sum: f64 = exact.iter().sum();
            let fixed = |weight: &f64| {
                let weight = if sum == 0.0 { *weight } else { weight / sum };
                let half = if weight < 0.0 { -0.5 } else { 0.5 };
                (weight * f64::from(1 << BITS) + half) as i32
            };
            (first, exact.iter().map(fixed).collect())
        }),
    )
}

/// Half width and shape of a Pillow filter.
fn pillow_kernel(filter: Filter) -> (f64, fn(f64) -> f64) {
    fn sinc(x: f64) -> f64 {
        if x == 0.0 {
            return 1.0;
        }
        let x = x * PI;
        x.sin() / x
    }
    match filter {
        Filter::Box => (0.5, |x| if -0.5 < x && x <= 0.5 { 1.0 } else { 0.0 }),
        Filter::Bilinear => (1.0, |x| (1.0 - x.abs()).max(0.0)),
        Filter::Hamming => (1.0, |x| {
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
        }),
        Filter::Bicubic => (2.0, |x| cubic(x, -0.5)),
        Filter::Lanczos => (3.0, |x| if (-3.0..3.0).contains(&x) { sinc(x) * sinc(x / 3.0) } else { 0.0 }),
        _ => unreachable!("the rulebook allows antialias for Pillow's filters only"),
    }
}

/// Keys' cubic convolution.
fn cubic(x: f64, a: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * a
    } else {
        0.0
    }
}

/// The weights of one axis under a library's rule, for the outputs of `window`.
pub(crate) fn of(separable: Separable, source: u32, output: u32, window: Range<u32>) -> AxisWeights {
    match separable {
        Separable::Pillow { filter, .. } => pillow(filter, source, output, window),
        Separable::Torch { filter, antialias } => torch(filter, antialias, source, output, window),
        Separable::Area | Separable::Lanczos4 | Separable::Float { .. } => todo!(),
    }
}

/// Whether the vertical pass runs first; the u8 between the passes makes the results differ.
///
/// From version 13 Pillow does so when the height loses more than twice the rows that the width loses columns.
pub(crate) fn rows_first(separable: Separable, source: [u32; 2], output: [u32; 2]) -> bool {
    let Separable::Pillow { version, .. } = separable else { return false };
    let [rows, columns] = [0, 1].map(|axis| i64::from(source[axis]) - i64::from(output[axis]));
    version >= 13 && rows > 0 && rows > 2 * columns
}

/// PyTorch's weights for uint8 (`compute_index_ranges_int16_weights`): f64 over the support, then as many fractional
/// bits as keep the largest weight of the axis within an i16.
fn torch(filter: Filter, antialias: bool, source: u32, output: u32, window: Range<u32>) -> AxisWeights {
    let (radius, kernel): (f64, fn(f64) -> f64) = match (filter, antialias) {
        (Filter::Bilinear, _) => (1.0, |x| (1.0 - x.abs()).max(0.0)),
        (Filter::Bicubic, true) => (2.0, |x| cubic(x, -0.5)),
        (Filter::Bicubic, false) => (2.0, |x| cubic(x, -0.75)),
        _ => unreachable!("the rulebook allows like = torch for bilinear and bicubic only"),
    };
    let scale = f64::from(source) / f64::from(output);
    let stretch = if antialias { scale.max(1.0) } else { 1.0 };
    let (support, shrink) = (radius * stretch, 1.0 / stretch);
    let last = i64::from(source) - 1;
    let exact = |d: u32| -> (u32, Vec<f64>) {
        let centre = (f64::from(d) + 0.5) * scale;
        if antialias {
            let first = (centre - support + 0.5) as u32;
            let end = ((centre + support + 0.5) as u32).min(source);
            let mut weights: Vec<f64> = (first..end).map(|s| kernel((f64::from(s) - centre + 0.5) * shrink)).collect();
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            return (first, weights);
        }
        // Without antialias taps beyond the edge fall onto the edge pixel.
        let start = (centre - 0.5).floor() as i64 - radius as i64 + 1;
        let taps = 2 * radius as i64;
        let first = start.clamp(0, last);
        let mut weights = vec![0.0; ((start + taps - 1).clamp(0, last) - first + 1) as usize];
        for s in start..start + taps {
            weights[(s.clamp(0, last) - first) as usize] += kernel(s as f64 - (centre - 0.5));
        }
        (first as u32, weights)
    };
    // The precision is that of the whole axis, whatever part of it is kept.
    let largest = (0..output).flat_map(|d| exact(d).1).fold(0.0, f64::max);
    let bits = (0..22).find(|bits| (0.5 + largest * f64::from(1 << (bits + 1))) as i32 >= 1 << 15).unwrap_or(22);
    let fixed = |weight: f64| (weight * f64::from(1 << bits) + if weight < 0.0 { -0.5 } else { 0.5 }) as i32;
    AxisWeights::collect(
        bits,
        window.map(|d| {
            let (first, weights) = exact(d);
            (first, weights.into_iter().map(fixed).collect())
        }),
    )
}
