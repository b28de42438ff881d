//! Answers and errors as JSON.

use std::io::Write;

use pixfuse::{Dims, Geometry};
use pixfuse_bindings::answers::{self, Properties};
#[cfg(feature = "photos")]
use pixfuse_bindings::{Language, options};
use serde_core::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Value, json};

use crate::refusal::Refusal;

#[cfg(feature = "photos")]
impl From<pixfuse_decode::Error> for Refusal {
    fn from(error: pixfuse_decode::Error) -> Self {
        let index = match error {
            pixfuse_decode::Error::OfBatch { index, .. } if error.is_of_file() => Some(index),
            _ => None,
        };
        let code = if error.is_of_file() { error.code() } else { "InvalidArg" };
        Self { index, ..Self::new(code, message(&error)) }
    }
}

/// An option that an error names has JavaScript's spelling, and what lacks a decoder says which module has it.
#[cfg(feature = "photos")]
pub(crate) fn message(error: &pixfuse_decode::Error) -> String {
    let (mut of, message) = (error, options::message(error, Language::JavaScript));
    while let pixfuse_decode::Error::OfBatch { error, .. } = of {
        of = error;
    }
    match of {
        pixfuse_decode::Error::NoDecoder { name: name @ ("GIF" | "BMP" | "TIFF"), .. } => {
            let absent = crate::absent::format(name);
            message.find("file: ").map_or(absent.clone(), |at| format!("{}{absent}", &message[..at]))
        }
        _ => message,
    }
}

/// An object with these properties.
pub(crate) fn told(properties: Properties) -> Value {
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()
}

/// A shape as JavaScript has it.
pub(crate) fn numbers(dims: &Dims) -> Value {
    dims.to_vec().into()
}

/// A geometry's numbers: those that it is made of again, and those that people read.
pub(crate) fn described(geometry: &Geometry) -> Value {
    json!({ "numbers": geometry.to_numbers(), "shown": told(answers::geometry(geometry)) })
}

/// Numbers as Rust itself writes them, as short as they can be: what the crate takes instead brings 10 KB of tables.
struct Plain;

impl Formatter for Plain {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> std::io::Result<()> {
        write!(writer, "{value}")
    }
}

/// What a call gave, as the caller reads it.
pub(crate) fn written(result: Result<Value, Refusal>) -> Vec<u8> {
    let answer = match result {
        Ok(value) => json!({ "ok": value }),
        Err(Refusal { code, message, index, mistakes }) => {
            let mut answer = json!({ "code": code, "message": message });
            if let Some(index) = index {
                answer["index"] = index.into();
            }
            if !mistakes.is_empty() {
                answer["mistakes"] = mistakes.iter().map(|mistake| told(answers::mistake(mistake))).collect();
            }
            answer
        }
    };
    let mut text = Vec::new();
    let mut writer = Serializer::with_formatter(&mut text, Plain);
    // A value has no keys but texts, and a vector takes all bytes.
    answer.serialize(&mut writer).expect("JSON of a value");
    text
}
