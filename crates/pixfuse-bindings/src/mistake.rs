//! The mistakes of a declaration, as programs match on them: the same fields in every language.

use pixfuse::Error;
use pixfuse::spec::{self, Expected};

/// One mistake. What there is none of is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong, and what to do.
    pub message: String,
    /// `syntax`, `clause`, `argument`, `value` or `rule`.
    pub kind: &'static str,
    /// The clause that it is about.
    pub clause: Option<&'static str>,
    /// The argument that it is about; where it is not written with its name, what it is called.
    pub argument: Option<&'static str>,
    /// The value that it is about, in a list.
    pub index: Option<usize>,
    /// What stands there, as it is written.
    pub value: Option<String>,
    /// What may stand there, where that can be listed.
    pub expected: Option<Expected>,
}

impl Mistake {
    fn new<P>(error: &spec::Error<P>, value: Option<&str>) -> Self {
        Self {
            message: error.message.clone(),
            kind: error.kind.name(),
            clause: error.clause,
            argument: error.argument,
            index: error.index,
            value: value.map(str::to_owned),
            expected: error.expected.clone(),
        }
    }
}

/// Those that an error names: at least one of an error of a declaration, and none of another.
pub fn mistakes(error: &Error) -> Vec<Mistake> {
    match error {
        Error::Spec(wrong) => wrong.errors.iter().map(|error| Mistake::new(error, wrong.value(error))).collect(),
        Error::Values(wrong) => wrong.errors.iter().map(|error| Mistake::new(error, None)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use pixfuse::Pipeline;

    use super::*;

    #[test]
    fn a_mistake_is_told_by_its_fields() {
        let of = |text: &str| mistakes(&Pipeline::parse(text).unwrap_err());
        let wrong = of("input(rgb), resize(0, 4, nearest), output(rgb, f32)");
        assert_eq!((wrong[0].kind, wrong[0].value.as_deref()), ("value", Some("rgb")));
        let expected = Mistake {
            message: "resize: rows must be an integer from 1 to 65535 or `_`, found 0".to_owned(),
            kind: "value",
            clause: Some("resize"),
            argument: Some("rows"),
            index: None,
            value: Some("0".to_owned()),
            expected: Some(Expected::Integers { least: 1, most: 65535 }),
        };
        assert_eq!(wrong[1..], [expected]);
        let open = of("input(rgb8), resize(_, 4, nearest), output(rgb, f32)");
        assert_eq!((open[0].kind, open[0].argument, open[0].clause), ("argument", Some("rows"), None));
        assert_eq!(mistakes(&Error::Image("none".to_owned())), []);
    }
}
