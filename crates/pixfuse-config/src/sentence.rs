//! The clauses of a declaration, put together.

use pixfuse_spec::Spec;

use crate::{Error, Feature};

/// A declaration in the making: each clause is its text, or nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sentence {
    /// What stands in `input(..)`.
    pub(crate) input: String,
    /// `resize(..)` or `letterbox(..)`, with its name.
    pub(crate) resize: Option<String>,
    /// `center_crop(..)`, with its name.
    pub(crate) crop: Option<String>,
    /// What stands in `normalize(..)`.
    pub(crate) normalize: Option<String>,
    /// What stands in `output(..)`.
    pub(crate) output: String,
}

impl Sentence {
    /// The declaration.
    ///
    /// # Errors
    /// When the rulebook excludes it: what it says is lacking.
    pub(crate) fn spec(&self, subject: &str) -> Result<Spec, Error> {
        let Self { input, resize, crop, normalize, output } = self;
        let mut clauses = vec![format!("input({input})")];
        clauses.extend(resize.clone());
        clauses.extend(crop.clone());
        clauses.extend(normalize.as_ref().map(|words| format!("normalize({words})")));
        clauses.push(format!("output({output})"));
        clauses.join(", ").parse().map_err(|error: pixfuse_spec::ParseError| {
            let messages: Vec<&str> = error.errors.iter().map(|error| error.message.as_str()).collect();
            Error::lacking(Feature::Combination, subject, None, format!("`{}` ({})", error.text, messages.join("; ")))
        })
    }
}

/// One number, or a list in brackets; a list of equal numbers is one.
pub(crate) fn numbers(values: &[f64]) -> String {
    match values {
        [first, rest @ ..] if rest.iter().all(|value| value == first) => first.to_string(),
        _ => format!("[{}]", values.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")),
    }
}
