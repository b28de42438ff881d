//! How far a peer's tensor is from pixfuse's, in levels of 8-bit colour.

use std::fmt;

/// The difference of two tensors of three planes.
#[derive(Clone, Copy, PartialEq)]
pub struct Difference {
    /// Of the two values that are farthest apart.
    pub largest: f64,
    /// Of all values.
    pub mean: f64,
}

/// What a peer's own rounding and rules explain. More is a mistake in the comparison.
#[derive(Clone, Copy)]
pub struct Tolerance {
    /// Bound of [`Difference::largest`].
    pub largest: f64,
    /// Bound of [`Difference::mean`].
    pub mean: f64,
}

impl Tolerance {
    /// The same u8 values, normalised in another order of operations.
    pub const ROUNDING: Self = Self { largest: 0.001, mean: 0.001 };
    /// u8 values that were rounded another way.
    pub const ONE_LEVEL: Self = Self { largest: 1.001, mean: 0.5 };
    /// The same filter with weights of fewer bits.
    pub const COARSE_WEIGHTS: Self = Self { largest: 4.001, mean: 0.5 };
    /// The nearest neighbour, but the other one where a centre falls between two: few pixels, each off by whatever that
    /// one is.
    pub const NEIGHBOURS: Self = Self { largest: 255.0, mean: 1.0 };
    /// The same filter, by another rule for what lies between pixels or for where the weights are cut: the row says how
    /// far it is off.
    pub const OTHER_WEIGHTS: Self = Self { largest: 48.0, mean: 1.5 };
}

impl Difference {
    /// Between two tensors in which a step of one level of channel `c` is a step of `gain[c]`.
    ///
    /// # Panics
    /// When the lengths differ.
    pub fn between(ours: &[f32], theirs: &[f32], gain: [f32; 3]) -> Self {
        assert_eq!(ours.len(), theirs.len(), "tensors of one shape");
        let plane = ours.len() / 3;
        let (mut largest, mut sum) = (0f64, 0f64);
        for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            let levels = (f64::from(*ours) - f64::from(*theirs)).abs() / f64::from(gain[index / plane]).abs();
            // Not `max`, which would lose a NaN that the peer left behind.
            largest = if levels <= largest { largest } else { levels };
            sum += levels;
        }
        Self { largest, mean: sum / ours.len() as f64 }
    }

    /// Whether the peer did the same work.
    pub fn within(self, tolerance: Tolerance) -> bool {
        self.largest <= tolerance.largest && self.mean <= tolerance.mean
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.largest == 0.0 { f.write_str("equal") } else { write!(f, "{:.2} levels", self.largest) }
    }
}
