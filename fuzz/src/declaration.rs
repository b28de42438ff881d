//! The language: any text is a declaration that reads back, or errors that point into the text.

use std::collections::HashSet;
use std::sync::LazyLock;

use pixfuse::Spec;
use pixfuse::spec::{Shape, lower};

use crate::Outcome;

/// The shapes that the grid has kernels for.
static SHAPES: LazyLock<HashSet<Shape>> = LazyLock::new(|| Shape::all().into_iter().collect());

pub(crate) fn any_text(bytes: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    match text.parse::<Spec>() {
        Ok(spec) => {
            let canonical = spec.to_string();
            let again: Spec = canonical.parse().unwrap_or_else(|error| panic!("{canonical}: {error}"));
            assert_eq!(again, spec, "{canonical} reads back as another declaration");
            assert_eq!(again.to_string(), canonical, "the canonical text has another canonical text");
            let plan = lower(&spec);
            assert!(SHAPES.contains(&plan.shape()), "{canonical}: no kernel of the grid has its shape");
            assert!(!plan.to_string().is_empty());
        }
        Err(failure) => {
            assert!(!failure.errors.is_empty(), "refused without an error: {text:?}");
            for error in &failure.errors {
                assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{:?}", error.message);
                assert!(text.get(error.at.clone()).is_some(), "{:?} is no part of {text:?}", error.at);
            }
            let shown = failure.to_string();
            assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "control characters are shown: {shown:?}");
        }
    }
    Outcome::Tested
}
