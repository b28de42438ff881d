//! Sizes as transformers' configs write them.

use serde_json::{Map, Value};

use crate::Error;
use crate::record::{Record, shown, side};

/// A size with the names of transformers; which of them counts is its class's matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) height: Option<u32>,
    pub(super) width: Option<u32>,
    pub(super) shortest_edge: Option<u32>,
    pub(super) longest_edge: Option<u32>,
    pub(super) max_height: Option<u32>,
    pub(super) max_width: Option<u32>,
}

/// The sets of names that transformers takes together.
const TOGETHER: [&[&str]; 6] = [
    &["height", "width"],
    &["shortest_edge"],
    &["shortest_edge", "longest_edge"],
    &["longest_edge"],
    &["max_height", "max_width"],
    &["min_pixels", "max_pixels"],
];

/// `size` and its kin in the form that transformers gives them when a processor is made: an object.
///
/// A number is a square where the class says so, else the shorter side; a list is height and width.
pub(super) fn standard(value: &Value, default_to_square: bool, longest: Option<&Value>) -> Option<Map<String, Value>> {
    let object =
        |pairs: &[(&str, &Value)]| pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).clone())).collect();
    match value {
        Value::Object(keys) => Some(keys.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(match (default_to_square, longest) {
            (true, _) => object(&[("height", value), ("width", value)]),
            (false, None) => object(&[("shortest_edge", value)]),
            (false, Some(longest)) => object(&[("shortest_edge", value), ("longest_edge", longest)]),
        }),
        Value::Array(sides) => match sides.as_slice() {
            [height, width, ..] => Some(object(&[("height", height), ("width", width)])),
            _ => None,
        },
        _ => None,
    }
}

/// The value of `size`, `crop_size` or `pad_size`; nothing where it is null.
pub(super) fn read(record: &Record<'_>, key: &str, default_to_square: bool) -> Result<Option<Sizes>, Error> {
    let Some(keys) = form(record, key, default_to_square)? else { return Ok(None) };
    // Null and 0 are absent, as they are in Python's `if`.
    let part = |name: &str| match keys.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) if value.as_f64() == Some(0.0) => Ok(None),
        Some(value) => side(value).map(Some).ok_or_else(|| no_side(record, key, name, value)),
    };
    Ok(Some(Sizes {
        height: part("height")?,
        width: part("width")?,
        shortest_edge: part("shortest_edge")?,
        longest_edge: part("longest_edge")?,
        max_height: part("max_height")?,
        max_width: part("max_width")?,
    }))
}

/// Refuses a value that transformers refuses when a processor is made, though it is of a step that is off: there
/// people write -1.
pub(super) fn check_unused(record: &Record<'_>, key: &str, default_to_square: bool) -> Result<(), Error> {
    let keys = form(record, key, default_to_square)?.unwrap_or_default();
    match keys.iter().find(|(_, value)| !value.is_null() && !value.is_number()) {
        Some((name, value)) => Err(no_side(record, key, name, value)),
        None => Ok(()),
    }
}

fn no_side(record: &Record<'_>, key: &str, name: &str, value: &Value) -> Error {
    Error::value(record.subject, key, format!("{name} is {}, expected a number of pixels", shown(value)))
}

/// The object that a size is, with names that go together.
fn form(record: &Record<'_>, key: &str, default_to_square: bool) -> Result<Option<Map<String, Value>>, Error> {
    let Some(value) = record.get(key) else { return Ok(None) };
    let sets =
        "{height, width}, {shortest_edge}, {shortest_edge, longest_edge}, {longest_edge} or {max_height, max_width}";
    let expected = format!("a number of pixels, [height, width], or an object with {sets}");
    let keys = standard(value, default_to_square, None).ok_or_else(|| record.wrong(key, &expected))?;
    let together =
        TOGETHER.iter().any(|set| set.len() == keys.len() && set.iter().all(|name| keys.contains_key(*name)));
    if !together {
        return Err(Error::value(record.subject, key, format!("{}, expected {expected}", shown(value))));
    }
    Ok(Some(keys))
}

/// Two numbers of pixels: the least and the most of an image.
pub(super) fn pixels(record: &Record<'_>, key: &str, names: [&str; 2]) -> Result<[u32; 2], Error> {
    match names.map(|name| part(record, key, name)) {
        [Some(least), Some(most)] => Ok([least, most]),
        _ => Err(record.wrong(key, &format!("{{{}, {}}}, numbers of pixels", names[0], names[1]))),
    }
}

/// A number of pixels in an object.
pub(super) fn part(record: &Record<'_>, key: &str, name: &str) -> Option<u32> {
    record.get(key)?.as_object()?.get(name).and_then(count)
}

/// A whole number from 1.
pub(super) fn count(value: &Value) -> Option<u32> {
    let whole = value.as_u64().or_else(|| {
        value.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0).map(|number| number as u64)
    });
    whole.and_then(|whole| u32::try_from(whole).ok()).filter(|whole| *whole > 0)
}

impl Sizes {
    /// Height and width, where both are there.
    pub(super) fn exact(&self) -> Option<[u32; 2]> {
        Some([self.height?, self.width?])
    }
}
