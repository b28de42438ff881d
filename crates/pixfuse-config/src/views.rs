//! Several tensors of one image.

use std::fmt;

use pixfuse_spec::{RuledSize, Size, Spec};

use crate::{Error, Imported, Reason};

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

/// Where a tensor of [`Imported::views`] is.
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

impl Imported {
    /// Rows and columns of tiles that the result for an image of this size is cut into, where its size follows from them.
    pub fn grid(&self, rows: usize, columns: usize) -> Option<[u32; 2]> {
        match self.spec.resize?.size {
            Size::Ruled(rule) => rule.grid([rows as u32, columns as u32]),
            _ => None,
        }
    }

    /// The declaration, where it says all that the class makes of an image.
    ///
    /// # Errors
    /// When the class makes several tensors of an image, or resizes it before the declaration reads it.
    ///
    /// ```
    /// use pixfuse_config::{Backend, Overrides, Source, read};
    ///
    /// let source = Source::text(r#"{"image_processor_type": "DeepseekOcr2ImageProcessor"}"#)?;
    /// let imported = read(&source, Backend::Torch, &Overrides::new())?;
    /// assert!(imported.one().unwrap_err().to_string().contains("several tensors"));
    ///
    /// // The whole image, and the tiles of a large one.
    /// let tiles = &imported.views[0];
    /// assert_eq!([imported.outputs[0].name, tiles.outputs[0].name], ["pixel_values", "pixel_values_local"]);
    /// assert!(tiles.when.holds(1080, 1920) && !tiles.when.holds(480, 640));
    /// # Ok::<(), pixfuse_config::Error>(())
    /// ```
    pub fn one(&self) -> Result<&Spec, Error> {
        if self.before.is_none() && self.views.is_empty() {
            return Ok(&self.spec);
        }
        let message = "several tensors of an image, which one declaration does not say: a Processor of Python or Node.js \
                       makes them, and in Rust each of Imported::views has its own declaration";
        Err(Error::new(Reason::Value, &self.class, None, message))
    }
}
