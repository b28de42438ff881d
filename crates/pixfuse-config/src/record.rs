//! Keys of a config, by their type.

use serde_json::{Map, Value};

use crate::Error;

/// The keys of one config, as its class sees them.
pub(crate) struct Record<'a> {
    /// The class or library, for errors.
    pub(crate) subject: &'a str,
    pub(crate) keys: &'a Map<String, Value>,
}

impl<'a> Record<'a> {
    pub(crate) const fn new(subject: &'a str, keys: &'a Map<String, Value>) -> Self {
        Self { subject, keys }
    }

    /// The value of a key; nothing where it is absent or null.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        self.keys.get(key).filter(|value| !value.is_null())
    }

    /// An error about a key's value.
    pub(crate) fn wrong(&self, key: &str, expected: &str) -> Error {
        let message = match self.keys.get(key) {
            None | Some(Value::Null) => format!("missing, expected {expected}"),
            Some(value) => format!("{}, expected {expected}", shown(value)),
        };
        Error::value(self.subject, key, message)
    }

    /// Whether a step is on. Absent and null are off.
    pub(crate) fn flag(&self, key: &str) -> Result<bool, Error> {
        match self.get(key) {
            None => Ok(false),
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(self.wrong(key, "true, false or null")),
        }
    }

    /// A finite number.
    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, Error> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => value.as_f64().map(Some).ok_or_else(|| self.wrong(key, "a number")),
        }
    }

    /// A word.
    pub(crate) fn word(&self, key: &str) -> Result<Option<&'a str>, Error> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| self.wrong(key, "a string")),
        }
    }

    /// One number, or a list of them.
    pub(crate) fn numbers(&self, key: &str) -> Result<Option<Vec<f64>>, Error> {
        let expected = "a number, or a list of one number a channel";
        match self.get(key) {
            None => Ok(None),
            Some(Value::Array(items)) if !items.is_empty() => items
                .iter()
                .map(|item| item.as_f64().ok_or_else(|| self.wrong(key, expected)))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(value) => value.as_f64().map(|one| Some(vec![one])).ok_or_else(|| self.wrong(key, expected)),
        }
    }

    /// A length in pixels: a whole number above zero, which JSON may write `224.0`.
    pub(crate) fn side(&self, key: &str, value: &Value) -> Result<u32, Error> {
        side(value)
            .ok_or_else(|| Error::value(self.subject, key, format!("{}, expected a number of pixels", shown(value))))
    }
}

/// A whole number from 1 to the largest side.
pub(crate) fn side(value: &Value) -> Option<u32> {
    let whole = value
        .as_u64()
        .or_else(|| value.as_f64().filter(|side| side.fract() == 0.0 && *side >= 0.0).map(|side| side as u64));
    whole.and_then(|side| u32::try_from(side).ok()).filter(|side| (1..=pixfuse_spec::MAX_SIDE).contains(side))
}

/// A value as a message shows it: short.
pub(crate) fn shown(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= MOST { text } else { format!("{}…", text.chars().take(MOST).collect::<String>()) }
}
