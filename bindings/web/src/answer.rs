//! Answers and errors as JSON.

use std::fmt::Display;

use serde_json::{Value, json};

/// Why a call ends: an `Error` in JavaScript, with this `code`.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: &'static str,
    message: String,
    /// The place of a file in a batch.
    index: Option<usize>,
}

impl Refusal {
    pub(crate) fn argument(message: impl Display) -> Self {
        Self { code: "InvalidArg", message: message.to_string(), index: None }
    }

    /// A mistake of the JavaScript half, which no user can make.
    pub(crate) fn internal(message: impl Display) -> Self {
        Self { code: "internal", message: format!("a bug of pixfuse, please report it: {message}"), index: None }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl From<pixfuse::Error> for Refusal {
    fn from(error: pixfuse::Error) -> Self {
        Self::argument(error)
    }
}

impl From<pixfuse_config::Error> for Refusal {
    fn from(error: pixfuse_config::Error) -> Self {
        Self::argument(error)
    }
}

impl From<pixfuse_decode::Error> for Refusal {
    fn from(error: pixfuse_decode::Error) -> Self {
        let index = match error {
            pixfuse_decode::Error::OfBatch { index, .. } if error.is_of_file() => Some(index),
            _ => None,
        };
        Self { code: if error.is_of_file() { error.code() } else { "InvalidArg" }, message: message(&error), index }
    }
}

/// An option that an error names has JavaScript's spelling.
pub(crate) fn message(error: &pixfuse_decode::Error) -> String {
    let (mut of, message) = (error, error.to_string());
    while let pixfuse_decode::Error::OfBatch { error, .. } = of {
        of = error;
    }
    match of {
        pixfuse_decode::Error::TooLarge { .. } => message.replace("max_pixels", "maxPixels"),
        pixfuse_decode::Error::TooLong { .. } => message.replace("max_side", "maxSide"),
        _ => message,
    }
}

/// What a call gave, as the caller reads it.
pub(crate) fn written(result: Result<Value, Refusal>) -> Vec<u8> {
    let answer = match result {
        Ok(value) => json!({ "ok": value }),
        Err(Refusal { code, message, index: None }) => json!({ "code": code, "message": message }),
        Err(Refusal { code, message, index }) => json!({ "code": code, "message": message, "index": index }),
    };
    answer.to_string().into_bytes()
}
