//! `precision = f32` against the same filters in f64: an error that the analysis of rounding bounds, at every level.

mod common;

use std::f64::consts::PI;

use common::{mix, pixels};
use pixfuse::{ImageRef, Level, Pipeline};

/// A filter as it is written, half its width, whether it widens, and its shape.
type Window = (&'static str, f64, bool, fn(f64) -> f64);

const FILTERS: [Window; 7] = [
    ("box, antialias", 0.5, true, |x| if -0.5 < x && x <= 0.5 { 1.0 } else { 0.0 }),
    ("bilinear, antialias", 1.0, true, triangle),
    ("hamming, antialias", 1.0, true, |x| {
        if x.abs() < 1.0 { sinc(x) * (f64::from(0.54f32) + f64::from(0.46f32) * (PI * x).cos()) } else { 0.0 }
    }),
    ("bicubic, antialias", 2.0, true, |x| cubic(x, -0.5)),
    ("lanczos, antialias", 3.0, true, |x| if x.abs() < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 }),
    ("bilinear", 1.0, false, triangle),
    ("bicubic", 2.0, false, |x| cubic(x, -0.75)),
];

fn triangle(x: f64) -> f64 {
    (1.0 - x.abs()).max(0.0)
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

fn cubic(x: f64, a: f64) -> f64 {
    let x = x.abs();
    match x {
        0.0..1.0 => (a + 2.0) * x.powi(3) - (a + 3.0) * x.powi(2) + 1.0,
        1.0..2.0 => a * (x.powi(3) - 5.0 * x.powi(2) + 8.0 * x - 4.0),
        _ => 0.0,
    }
}

/// The taps of an output index: source indices, and weights whose sum is 1.
fn taps((_, radius, antialias, shape): Window, source: usize, output: usize, d: usize) -> Vec<(usize, f64)> {
    let scale = source as f64 / output as f64;
    let stretch = if antialias { scale.max(1.0) } else { 1.0 };
    let (centre, support) = ((d as f64 + 0.5) * scale, radius * stretch);
    if !antialias {
        // Taps beyond the edge fall onto the edge pixel.
        let start = (centre - 0.5).floor() as i64 - radius as i64 + 1;
        let tap = |s: i64| (s.clamp(0, source as i64 - 1) as usize, shape(s as f64 + 0.5 - centre));
        return (start..start + 2 * radius as i64).map(tap).collect();
    }
    let (first, end) = ((centre - support + 0.5).max(0.0) as usize, ((centre + support + 0.5) as usize).min(source));
    let taps: Vec<_> = (first..end).map(|s| (s, shape((s as f64 - centre + 0.5) * (1.0 / stretch)))).collect();
    let sum: f64 = taps.iter().map(|(_, weight)| weight).sum();
    taps.into_iter().map(|(s, weight)| (s, weight / sum)).collect()
}

/// Every output pixel, in f64 throughout, with the bound of its error.
///
/// A weight is rounded once and each product and sum once: with n taps an axis no more than n + 1 roundings of a half
/// unit of 2^-23, relative to the sum of the absolute products. The terms of second order are far below one rounding.
fn exact(window: Window, image: &[u8], source: [usize; 2], output: [usize; 2]) -> Vec<(f64, f64)> {
    let axis =
        |axis: usize| -> Vec<_> { (0..output[axis]).map(|d| taps(window, source[axis], output[axis], d)).collect() };
    let mut values = Vec::with_capacity(output[0] * output[1] * 3);
    for y in &axis(0) {
        for x in &axis(1) {
            for channel in 0..3 {
                let (mut sum, mut size) = (0.0, 0.0);
                for (row, down) in y {
                    for (column, along) in x {
                        let share = down * along * f64::from(image[(row * source[1] + column) * 3 + channel]);
                        (sum, size) = (sum + share, size + share.abs());
                    }
                }
                let roundings = (x.len() + 1 + y.len() + 1) as f64;
                let bound = roundings * 2f64.powi(-24) * size * (1.0 + 1e-3);
                assert!(bound <= roundings * 2f64.powi(-14), "what the documentation says of every filter");
                values.push((sum, bound));
            }
        }
    }
    values
}

#[test]
fn f32_is_within_its_bound_of_f64() {
    const PAIRS: usize = 60;
    let side = |index: usize| {
        let most = [12, 40, 90, 200][mix(index, 6) as usize % 4];
        1 + mix(index, 5) as usize % most
    };
    let (mut worst, mut most) = (0f64, 0f64);
    for window in FILTERS {
        for pair in 0..PAIRS {
            let [mut rows, columns, high, wide] = [0, 1, 2, 3].map(|number| side(pair * 4 + number));
            if pair % 7 == 0 {
                // No pass along an axis that keeps its length.
                rows = high;
            }
            let image = pixels(high * wide * 3, pair);
            let expected = exact(window, &image, [high, wide], [rows, columns]);
            let text =
                format!("input(rgb8), resize({rows}, {columns}, {}, precision = f32), output(rgb, f32, hwc)", window.0);
            let pipe = Pipeline::parse(&text).unwrap();
            for level in Level::available() {
                let tensor = pipe.with_level(level).unwrap().run::<f32>(ImageRef::rgb8(&image, high, wide).unwrap());
                for (actual, (exact, bound)) in tensor.unwrap().data.into_iter().zip(&expected) {
                    let error = (f64::from(actual) - exact).abs();
                    assert!(error <= *bound, "{level}: {text} of {high} x {wide}: {actual}, not {exact}");
                    (worst, most) = (worst.max(error), most.max(error / bound));
                }
            }
        }
    }
    // A bound that nothing comes near would say nothing.
    assert!(most > 0.1, "the largest error is {most} of its bound");
    println!("largest error {worst:e} of a level, {most} of its bound");
}
