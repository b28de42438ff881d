//! What stands in a question.

use pixfuse_spec::nearest_float;
use serde_json::Value;

pub(crate) fn text<'a>(question: &'a Value, name: &str) -> &'a str {
    question[name].as_str().unwrap_or_default()
}

pub(crate) fn list(given: &Value) -> &[Value] {
    given.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A number that JavaScript wrote as a text: JSON has no NaN, and what reads numbers of many digits exactly is large.
pub(crate) fn number(given: &Value) -> Option<f64> {
    let text = given.as_str()?;
    let (sign, size) = text.strip_prefix('-').map_or((1.0, text), |size| (-1.0, size));
    let size = match size {
        "Infinity" => f64::INFINITY,
        size => nearest_float(size)?,
    };
    Some(sign * size)
}

/// What is no index is none of the images.
pub(crate) fn index(given: &Value) -> usize {
    given.as_f64().filter(|index| index.fract() == 0.0 && *index >= 0.0).map_or(usize::MAX, |index| index as usize)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::number;

    #[test]
    fn numbers_are_those_of_javascript() {
        for text in
            ["0", "-1.5", "1e-7", "1e+21", "-2.220446049250313e-16", "5e-324", "1.7976931348623157e+308", "-Infinity"]
        {
            assert_eq!(number(&Value::from(text)), text.parse().ok(), "{text}");
        }
        for value in [Value::from("NaN"), Value::from(""), Value::from("--1"), Value::from(1), Value::Null] {
            assert_eq!(number(&value), None);
        }
    }
}
