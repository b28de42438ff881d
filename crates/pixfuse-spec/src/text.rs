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
        let normalize = self.normalize.as_ref().map(|normalize| normalize.text(self.input.format.sample()));
        let patches = self.patches.as_ref().map(|patches| patches.text(self.output.layout));
        let clauses = [
            Some(&self.input as &dyn fmt::Display),
            written(&self.resize),
            written(&self.letterbox),
            written(&self.tiles),
            written(&self.crop),
            written(&self.pad),
            written(&normalize),
            Some(&self.output),
            written(&patches),
        ];
        let mut separator = "";
        for clause in clauses.iter().flatten() {
            write!(f, "{separator}{clause}")?;
            separator = ", ";
        }
        Ok(())
    }
}

/// A clause that may be there.
fn written<T: fmt::Display>(clause: &Option<T>) -> Option<&dyn fmt::Display> {
    clause.as_ref().map(|clause| clause as &dyn fmt::Display)
}
