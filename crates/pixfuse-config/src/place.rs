//! For which images a class makes a tensor, and where it stands.

use std::fmt;

use pixfuse_spec::RuledSize;

/// For which images a class makes a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// For all.
    Always,
    /// For those with more rows or columns than this.
    LongerThan(u32),
    /// For those that this rule cuts into tiles.
    Cut(RuledSize),
    /// For those with more pixels than `most`, each side rounded to multiples and at least `least`.
    Larger {
        /// What sides are rounded to multiples of.
        multiple: u32,
        /// The least of a side.
        least: u32,
        /// The most pixels of an image that stays whole.
        most: u64,
    },
}

/// Where a tensor of [`Imported::views`](crate::Imported::views) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is one of its own.
    Apart,
    /// In the first tensor, before what each image is there.
    Before,
    /// In the first tensor, behind what each image is there.
    Behind,
}

impl When {
    /// Whether there is a tensor of an image of this size.
    pub fn holds(self, rows: usize, columns: usize) -> bool {
        match self {
            Self::Always => true,
            Self::LongerThan(side) => rows.max(columns) > side as usize,
            Self::Cut(rule) => rule.grid([rows as u32, columns as u32]).is_some(),
            Self::Larger { multiple, least, most } => {
                let multiple = f64::from(multiple);
                // Python's `round`.
                let near = |side: usize| (side as f64 / multiple).round_ties_even() * multiple;
                let [rows, columns] = [rows, columns].map(|side| near(side).max(least.into()));
                rows * columns > most as f64
            }
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("of every image"),
            Self::LongerThan(side) => write!(f, "of an image with a side above {side}"),
            Self::Cut(rule) => write!(f, "of an image that {rule} cuts"),
            Self::Larger { most, .. } => write!(f, "of an image of more than {most} pixels"),
        }
    }
}
