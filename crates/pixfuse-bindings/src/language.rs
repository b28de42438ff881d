//! What languages spell in different ways.

use std::borrow::Cow;

use pixfuse::presets::snake_case;

/// A language whose values become [`Argument`](crate::Argument)s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `max_pixels=5`
    Python,
    /// `maxPixels: 5`
    JavaScript,
}

impl Language {
    /// A name of the core as this language writes it: `crop_rows`, `cropRows`.
    ///
    /// ```
    /// use pixfuse_bindings::Language;
    ///
    /// assert_eq!(Language::Python.name("crop_rows"), "crop_rows");
    /// assert_eq!(Language::JavaScript.name("crop_rows"), "cropRows");
    /// ```
    pub fn name(self, name: &str) -> Cow<'_, str> {
        if self == Self::Python || !name.contains('_') {
            return name.into();
        }
        let mut words = name.split('_');
        let mut camel = words.next().unwrap_or_default().to_owned();
        for word in words {
            let (first, rest) = word.split_at(word.len().min(1));
            camel.extend([first.to_ascii_uppercase().as_str(), rest]);
        }
        camel.into()
    }

    /// What a declaration of Rust is called: `HandWrittenLoop` is `hand_written_loop`, `handWrittenLoop`.
    pub fn declared(self, name: &str) -> String {
        let snake = snake_case(name);
        self.name(&snake).into_owned()
    }

    /// A name of this language as the core has it.
    pub(crate) fn snake_case(self, name: &str) -> String {
        match self {
            Self::Python => name.to_owned(),
            Self::JavaScript => snake_case(name),
        }
    }

    /// An argument with its value: `on_error='fill'`, `onError: 'fill'`.
    pub fn set(self, name: &str, value: &str) -> String {
        match self {
            Self::Python => format!("{}={value}", self.name(name)),
            Self::JavaScript => format!("{}: {value}", self.name(name)),
        }
    }

    pub(crate) fn flag(self, flag: bool) -> &'static str {
        match (self, flag) {
            (Self::Python, true) => "True",
            (Self::Python, false) => "False",
            (Self::JavaScript, true) => "true",
            (Self::JavaScript, false) => "false",
        }
    }

    pub(crate) fn null(self) -> &'static str {
        match self {
            Self::Python => "None",
            Self::JavaScript => "null",
        }
    }

    /// What a text is called that is too long to be shown.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Python => "str",
            Self::JavaScript => "a string",
        }
    }

    /// What the arguments of a clause may be.
    pub(crate) fn arguments(self) -> &'static str {
        match self {
            Self::Python => "a number, a str, a bool, a tuple, a list or a dict",
            Self::JavaScript => "a number, a name, an array or an object",
        }
    }
}
