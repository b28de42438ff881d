//! Where a resized row or column comes from: one function for each rule, shared by tables and reference.

use pixfuse_spec::Filter;

/// One output index of a two-tap axis: the two source indices and their 11-bit weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Source indices, both inside the image.
    pub(crate) at: [u32; 2],
    /// Weights in 1/2048, each rounded for itself.
    pub(crate) weights: [i16; 2],
}

/// OpenCV's ratio: it inverts twice, which is not always `source / output`.
fn opencv_ratio(source: u32, output: u32) -> f64 {
    1.0 / (f64::from(output) / f64::from(source))
}

/// The source index of each output index, for a filter of one tap.
///
/// # Panics
/// When the filter has more than one tap.
pub(crate) fn one_tap(filter: Filter, source: u32, output: u32) -> Vec<u32> {
    let last = source - 1;
    // `as u32` truncates, which is floor for these coordinates: none is negative.
    let clamp = |coordinate: f64| (coordinate as u32).min(last);
    match filter {
        Filter::Nearest => {
            let ratio = opencv_ratio(source, output);
            (0..output).map(|d| clamp(f64::from(d) * ratio)).collect()
        }
        Filter::NearestFloor => {
            let ratio = f64::from(source) / f64::from(output);
            (0..output).map(|d| clamp(f64::from(d) * ratio)).collect()
        }
        Filter::NearestExact => {
            // Pillow adds the ratio up; the closed form (d + 0.5) * ratio differs for about a third of all size pairs.
            let ratio = f64::from(source) / f64::from(output);
            let mut coordinate = ratio * 0.5;
            (0..output)
                .map(|_| {
                    let index = clamp(coordinate);
                    coordinate += ratio;
                    index
                })
                .collect()
        }
        _ => unreachable!("{filter} has more than one tap"),
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

/// The two source indices and weights of each output index: OpenCV `INTER_LINEAR` for u8.
pub(crate) fn two_taps(source: u32, output: u32, axis: Axis) -> impl Iterator<Item = Pair> {
    let ratio = opencv_ratio(source, output);
    let last = i64::from(source) - 1;
    (0..output).map(move |d| {
            // Computed in f64, kept in f32, as OpenCV does.
            let coordinate = ((f64::from(d) + 0.5) * ratio - 0.5) as f32;
            let mut index = coordinate.floor() as i64;
            let mut fraction = coordinate - coordinate.floor();
            if axis == Axis::Columns && (index < 0 || index >= last) {
                index = index.clamp(0, last);
                fraction = 0.0;
            }
            let weight = |share: f32| (share * 2048.0).round_ties_even() as i16;
            Pair {
                at: [index, index + 1].map(|at| at.clamp(0, last) as u32),
                weights: [weight(1.0 - fraction), weight(fraction)],
            }
    })
}
