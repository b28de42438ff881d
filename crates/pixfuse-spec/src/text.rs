//! The canonical text: one text for each [`Spec`], which parses back to it.
//!
//! Equality of texts is equality of pipelines, so pickles, hashes, caches and messages all use it.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::Spec;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// The numbers of a checked declaration are finite, so equality holds of each with itself.
impl Eq for Spec {}

impl Hash for Spec {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

impl fmt::Display for Spec {
    /// The clauses in the order of work, without what is default.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ", self.input)?;
        if let Some(resize) = &self.resize {
            write!(f, "{resize}, ")?;
        }
        if let Some(letterbox) = &self.letterbox {
            write!(f, "{letterbox}, ")?;
        }
        if let Some(tiles) = &self.tiles {
            write!(f, "{tiles}, ")?;
        }
        if let Some(crop) = &self.crop {
            write!(f, "{crop}, ")?;
        }
        if let Some(pad) = &self.pad {
            write!(f, "{pad}, ")?;
        }
        if let Some(normalize) = &self.normalize {
            write!(f, "{}, ", normalize.text(self.input.format.sample()))?;
        }
        self.output.fmt(f)?;
        match &self.patches {
            Some(patches) => write!(f, ", {}", patches.text(self.output.layout)),
            None => Ok(()),
        }
    }
}
