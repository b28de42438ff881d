//! The horizontal pass over samples of 16 bits or f32, which have become f32: plain code, eight elements at a time, of which a level's
//! compiler makes vectors.

use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::weights::AxisWeights;

/// Elements that are summed at a time.
pub(super) const LANES: usize = 8;

/// For each group of elements where their first taps lie, and for each tap their weights.
pub(super) struct WideRows {
    first: Vec<[u32; LANES]>,
    weights: Vec<[f32; LANES]>,
    taps: usize,
    /// Elements from a tap to the next.
    pixel: usize,
}

impl WideRows {
    /// Over pixels of so many elements.
    pub(super) fn new(weights: &AxisWeights<f32>, pixel: usize) -> Result<Self, NoMemory> {
        let (taps, elements) = (weights.taps, weights.outputs() * pixel);
        let groups = elements.div_ceil(LANES);
        let (mut first, mut all) =
            (memory::with_capacity(groups)?, memory::with_capacity(groups.saturating_mul(taps))?);
        for group in 0..groups {
            // Lanes behind the last element repeat it.
            let element = |lane: usize| (group * LANES + lane).min(elements - 1);
            first.push(std::array::from_fn(|lane| {
                weights.first[element(lane) / pixel] * pixel as u32 + (element(lane) % pixel) as u32
            }));
            all.extend((0..taps).map(|tap| std::array::from_fn(|lane| weights.of(element(lane) / pixel)[tap])));
        }
        Ok(Self { first, weights: all, taps, pixel })
    }

    /// From zero, multiplied and then added, tap by tap. The row has room for every tap, whether it is weighed or not; the output for
    /// whole groups.
    #[inline(always)]
    pub(super) fn sum(&self, row: &[f32], out: &mut [[f32; LANES]]) {
        for ((first, weights), out) in self.first.iter().zip(self.weights.chunks_exact(self.taps)).zip(out) {
            let (mut sums, mut at) = ([0.0; LANES], 0);
            for weights in weights {
                let mut values = [0.0; LANES];
                for lane in 0..LANES {
                    values[lane] = row[first[lane] as usize + at];
                }
                for lane in 0..LANES {
                    let sum = sums[lane] + values[lane] * weights[lane];
                    // What has no weight may be no number.
                    sums[lane] = if weights[lane] == 0.0 { sums[lane] } else { sum };
                }
                at += self.pixel;
            }
            *out = sums;
        }
    }
}

impl Holds for WideRows {
    fn bytes(&self) -> usize {
        memory::bytes(&self.first) + memory::bytes(&self.weights)
    }
}
