//! JavaScript values as arguments.
//!
//! JSON has no `undefined`, no NaN and no order of properties, all of which count in declarations. So `js/values.js` writes a
//! value as a pair of its kind and itself, and an object as a list of pairs: `["object", [["rows", ["number", "240"]]]]`.

use pixfuse::{Keyword, Orientation, Spec, Values};
use pixfuse_bindings::{Argument, ArgumentError, Language, Orient, declaration};
use serde_json::Value;

use crate::question::{list, number};
use crate::refusal::Refusal;

/// A declaration: its text, or an object with a property for each clause.
pub(crate) fn spec(given: &Value) -> Result<Spec, ArgumentError> {
    declaration::spec(&tagged(given), Language::JavaScript)
}

/// The clauses of an object, and those that are left out.
pub(crate) fn clauses(given: &Value) -> Result<Vec<(String, Option<Keyword>)>, ArgumentError> {
    declaration::clauses(&tagged(given), Language::JavaScript)
}

/// The numbers for the places written `_`; none when nothing is given.
pub(crate) fn values(given: &Value) -> Result<Values, ArgumentError> {
    declaration::values(&tagged(given), Language::JavaScript)
}

/// A value that was written as a pair.
fn tagged(value: &Value) -> Argument {
    match (value[0].as_str(), &value[1]) {
        (Some("number"), given) => Argument::Number(number(given).unwrap_or(f64::NAN)),
        (Some("text"), text) => Argument::Text(text.as_str().unwrap_or_default().to_owned()),
        (Some("flag"), flag) => Argument::Flag(flag == true),
        (Some("null"), _) => Argument::Null,
        (Some("list"), items) => Argument::List(list(items).iter().map(tagged).collect(), "an array".into()),
        (Some("object"), pairs) => {
            let pair = |pair: &Value| (pair[0].as_str().unwrap_or_default().to_owned(), tagged(&pair[1]));
            Argument::Named(list(pairs).iter().map(pair).collect(), "an object".into())
        }
        (Some("other"), found) => Argument::Other(found.as_str().unwrap_or_default().to_owned()),
        _ => Argument::Undefined,
    }
}

/// A value as it is, or what it is instead: `{ "found": "a string" }`.
pub(crate) fn plain(given: &Value) -> Argument {
    match given {
        Value::Null => Argument::Undefined,
        Value::Bool(flag) => Argument::Flag(*flag),
        Value::Number(number) => Argument::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Argument::Text(text.clone()),
        Value::Array(items) => Argument::List(items.iter().map(plain).collect(), "an array".into()),
        Value::Object(instead) => {
            let found = instead.get("found").and_then(Value::as_str);
            Argument::Other(found.unwrap_or("something else").to_owned())
        }
    }
}

/// A positive whole number.
pub(crate) fn whole(name: &str, given: &Value) -> Result<usize, ArgumentError> {
    plain(given).whole(name, Language::JavaScript)
}

pub(crate) fn optional(name: &str, given: &Value) -> Result<Option<usize>, ArgumentError> {
    plain(given).optional(name, Language::JavaScript)
}

/// What a value is, for an error.
#[cfg(feature = "photos")]
pub(crate) fn found(given: &Value) -> String {
    plain(given).found(Language::JavaScript).into_owned()
}

/// How an image is turned that is no file; nothing where the declaration says it.
pub(crate) fn orientation(given: &Value) -> Result<Option<Orientation>, Refusal> {
    Ok(orient(given)?.of_pixels()?)
}

pub(crate) fn orient(given: &Value) -> Result<Orient, ArgumentError> {
    Orient::of(&plain(given), Language::JavaScript)
}
