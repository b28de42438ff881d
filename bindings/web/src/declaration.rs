//! Declarations and numbers for `_`, from JavaScript values.
//!
//! JSON has no `undefined`, no NaN and no order of properties, all of which count here. So `js/native.js` writes a value as a
//! pair of its kind and itself, and an object as a list of pairs: `["object", [["rows", ["number", "240"]]]]`.

use pixfuse::presets::snake_case;
use pixfuse::{Error, Keyword, Spec, Values};
use serde_json::Value;

use crate::answer::Refusal;

/// Lists in lists end here: `normalize: [{ mean: [..] }]` is three deep.
const DEPTH: usize = 4;

/// The numbers that a declaration may leave open.
const NAMES: [&str; 10] =
    ["rows", "columns", "shortest", "longest", "cropRows", "cropColumns", "scale", "mean", "std", "eps"];

/// A JavaScript value, by what it may be in a declaration.
enum Given<'a> {
    Number(f64),
    Text(&'a str),
    Flag(bool),
    Null,
    Undefined,
    List(&'a [Value]),
    Object(&'a [Value]),
    /// What it is instead.
    Other(&'a str),
}

impl<'a> Given<'a> {
    fn read(value: &'a Value) -> Self {
        let list = |value: &'a Value| value.as_array().map(Vec::as_slice).unwrap_or_default();
        match (value[0].as_str(), &value[1]) {
            (Some("number"), number) => {
                Self::Number(number.as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN))
            }
            (Some("text"), text) => Self::Text(text.as_str().unwrap_or_default()),
            (Some("flag"), flag) => Self::Flag(flag == true),
            (Some("null"), _) => Self::Null,
            (Some("list"), items) => Self::List(list(items)),
            (Some("object"), items) => Self::Object(list(items)),
            (Some("other"), found) => Self::Other(found.as_str().unwrap_or_default()),
            _ => Self::Undefined,
        }
    }

    /// What it is, for an error.
    fn found(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(_) => "a string".into(),
            Self::Flag(flag) => flag.to_string(),
            Self::Null => "null".into(),
            Self::Undefined => "undefined".into(),
            Self::List(_) => "an array".into(),
            Self::Object(_) => "an object".into(),
            Self::Other(found) => (*found).to_owned(),
        }
    }
}

/// A declaration: its text, or an object with a property for each clause.
pub(crate) fn spec(declaration: &Value) -> Result<Spec, Refusal> {
    let clauses = match Given::read(declaration) {
        Given::Text(text) => return text.parse().map_err(Refusal::argument),
        Given::Object(clauses) => clauses,
        other => {
            let found = other.found();
            return Err(Refusal::argument(format_args!(
                "declaration: expected a text or an object of clauses, found {found}"
            )));
        }
    };
    let mut keywords = Vec::new();
    for (name, value) in properties(clauses) {
        if let (name, Some(keyword)) = clause(name, value)? {
            keywords.push((name, keyword));
        }
    }
    Spec::from_keywords(&keywords).map_err(Refusal::argument)
}

/// The clauses of an object, and those that are left out: `{ normalize: false }` or null.
pub(crate) fn clauses(given: &Value) -> Result<Vec<(String, Option<Keyword>)>, Refusal> {
    let clauses = match Given::read(given) {
        Given::Object(clauses) => clauses,
        other => {
            let found = other.found();
            return Err(Refusal::argument(format_args!(
                "clauses: expected an object like {{ input: 'rgb8' }}, found {found}"
            )));
        }
    };
    let clauses = properties(clauses).map(|(name, value)| match value {
        Given::Null => Ok((snake_case(name), None)),
        value => clause(name, value),
    });
    clauses.collect()
}

/// A clause by its property; none as in `normalize: wanted`, which is there with its usual numbers, or not there.
fn clause(name: &str, value: Given) -> Result<(String, Option<Keyword>), Refusal> {
    let keyword = match value {
        Given::Flag(true) => Some(Keyword::List(Vec::new())),
        Given::Flag(false) => None,
        value => Some(keyword(name, value, DEPTH)?),
    };
    Ok((snake_case(name), keyword))
}

/// The numbers for the places written `_`; none when nothing is given.
pub(crate) fn values(given: &Value) -> Result<Values, Refusal> {
    let mut read = Values::default();
    let object = match Given::read(given) {
        Given::Null | Given::Undefined => return Ok(read),
        Given::Object(object) => object,
        other => {
            let found = other.found();
            return Err(Refusal::argument(format_args!(
                "values: expected an object like {{ rows: 240 }}, found {found}"
            )));
        }
    };
    for (name, value) in properties(object) {
        match name {
            "rows" => read.rows = Some(side(name, &value)?),
            "columns" => read.columns = Some(side(name, &value)?),
            "shortest" => read.shortest = Some(side(name, &value)?),
            "longest" => read.longest = Some(side(name, &value)?),
            "cropRows" => read.crop_rows = Some(side(name, &value)?),
            "cropColumns" => read.crop_columns = Some(side(name, &value)?),
            "scale" => read.scale = Some(number(name, &value)?),
            "mean" => read.mean = Some(numbers(name, &value)?),
            "std" => read.std = Some(numbers(name, &value)?),
            "eps" => read.eps = Some(number(name, &value)?),
            _ => {
                return Err(Refusal::argument(format_args!("values: {name:?} is none of {}", NAMES.join(", "))));
            }
        }
    }
    Ok(read)
}

/// The properties of an object that are not undefined, in their order.
fn properties<'a>(object: &'a [Value]) -> impl Iterator<Item = (&'a str, Given<'a>)> {
    let read = |pair: &'a Value| (pair[0].as_str().unwrap_or_default(), Given::read(&pair[1]));
    object.iter().map(read).filter(|(_, value)| !matches!(value, Given::Undefined))
}

fn keyword(place: &str, value: Given, depth: usize) -> Result<Keyword, Refusal> {
    Ok(match value {
        Given::Number(number) => Keyword::Number(number),
        Given::Text(word) => Keyword::Word(word.to_owned()),
        Given::Null => Keyword::Later,
        // Too deep to mean anything: the core says so of any list here, whatever it holds.
        Given::List(_) | Given::Object(_) if depth == 0 => Keyword::List(Vec::new()),
        Given::List(items) => {
            let items = items.iter().map(|item| keyword(place, Given::read(item), depth - 1));
            Keyword::List(items.collect::<Result<_, _>>()?)
        }
        Given::Object(object) => {
            let pairs = properties(object).map(|(name, value)| {
                Ok::<_, Refusal>((snake_case(name), keyword(&format!("{place}: {name}"), value, depth - 1)?))
            });
            Keyword::Named(pairs.collect::<Result<_, _>>()?)
        }
        // Nearly always a variable that was meant to have a value.
        Given::Undefined => {
            let message = format_args!("{place}: found undefined; a number for later is null or '_'");
            return Err(Refusal::argument(message));
        }
        Given::Flag(flag) => Keyword::Word(flag.to_string()),
        other @ Given::Other(_) => return Err(unexpected(place, "a number, a name, an array or an object", &other)),
    })
}

fn side(name: &str, value: &Given) -> Result<u32, Refusal> {
    match *value {
        Given::Number(number) if number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number) => {
            Ok(number as u32)
        }
        _ => Err(unexpected(name, "a positive whole number", value)),
    }
}

fn number(name: &str, value: &Given) -> Result<f64, Refusal> {
    match *value {
        Given::Number(number) => Ok(number),
        _ => Err(unexpected(name, "a number", value)),
    }
}

/// One number, or one for each channel.
fn numbers(name: &str, value: &Given) -> Result<Vec<f64>, Refusal> {
    match *value {
        Given::Number(number) => Ok(vec![number]),
        Given::List(items) => items.iter().map(|item| self::number(name, &Given::read(item))).collect(),
        _ => Err(unexpected(name, "a number or an array of numbers", value)),
    }
}

fn unexpected(place: &str, expected: &str, value: &Given) -> Refusal {
    let found = match value {
        Given::Text(text) => format!("{text:?}"),
        other => other.found(),
    };
    Refusal::argument(format_args!("{place}: expected {expected}, found {found}"))
}

/// What is wrong with clauses that were put together.
pub(crate) fn replaced(spec: &Spec, clauses: &Value) -> Result<Spec, Refusal> {
    Ok(spec.replace(&self::clauses(clauses)?).map_err(Error::from)?)
}
