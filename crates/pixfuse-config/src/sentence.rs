//! The clauses of a declaration, put together.

use pixfuse_spec::Spec;

use crate::record::Record;
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
    /// `pad(..)`, with its name.
    pub(crate) pad: Option<String>,
    /// What stands in `normalize(..)`.
    pub(crate) normalize: Option<String>,
    /// What stands in `output(..)`.
    pub(crate) output: String,
    /// `patches(..)`, with its name.
    pub(crate) patches: Option<String>,
}

impl Sentence {
    /// The declaration.
    ///
    /// # Errors
    /// When the rulebook excludes it: what it says is lacking.
    pub(crate) fn spec(&self, subject: &str) -> Result<Spec, Error> {
        let Self { input, resize, crop, pad, normalize, output, patches } = self;
        let mut clauses = vec![format!("input({input})")];
        clauses.extend(resize.clone());
        clauses.extend(crop.clone());
        clauses.extend(pad.clone());
        clauses.extend(normalize.as_ref().map(|words| format!("normalize({words})")));
        clauses.push(format!("output({output})"));
        clauses.extend(patches.clone());
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

/// What stands in `normalize(..)` for torchvision's `Normalize`: `mean` and `std` of three channels, where one number
/// stands for all.
pub(crate) fn normalized(record: &Record<'_>, order: &str) -> Result<String, Error> {
    Ok(format!(
        "mean = {}, std = {}, order = {order}",
        numbers(&three(record, "mean")?),
        numbers(&three(record, "std")?)
    ))
}

/// A number for each of three channels.
pub(crate) fn three(record: &Record<'_>, key: &str) -> Result<Vec<f64>, Error> {
    match record.numbers(key)?.as_deref() {
        Some([one]) => Ok(vec![*one; 3]),
        Some(values) if values.len() == 3 => Ok(values.to_vec()),
        _ => Err(record.wrong(key, "three numbers")),
    }
}
