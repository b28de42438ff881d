//! What stands in a question.

use serde_json::Value;

pub(crate) fn text<'a>(question: &'a Value, name: &str) -> &'a str {
    question[name].as_str().unwrap_or_default()
}

pub(crate) fn list(given: &Value) -> &[Value] {
    given.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What is no index is none of the images.
pub(crate) fn index(given: &Value) -> usize {
    given.as_f64().filter(|index| index.fract() == 0.0 && *index >= 0.0).map_or(usize::MAX, |index| index as usize)
}
