//! Declarations and numbers for `_`, from JavaScript values.

use napi::ValueType;
use napi::bindgen_prelude::{Error, JsObjectValue, JsValue, Object, Result, Status, Unknown};
use pixfuse::presets::snake_case;
use pixfuse::{Keyword, Spec, Values};

use crate::buffer::found;
use crate::calls::refused;

/// Lists in lists end here: `normalize: [{ mean: [..] }]` is three deep, and an array may hold itself.
const DEPTH: usize = 4;

/// The numbers that a declaration may leave open.
const NAMES: [&str; 10] =
    ["rows", "columns", "shortest", "longest", "cropRows", "cropColumns", "scale", "mean", "std", "eps"];

/// A declaration: its text, or an object with a property for each clause.
pub(crate) fn spec(declaration: Unknown) -> Result<Spec> {
    let clauses = match Given::read(declaration)? {
        Given::Text(text) => return text.parse().map_err(refused),
        Given::Object(clauses) => clauses,
        _ => {
            let found = found(declaration);
            return Err(invalid(format!("declaration: expected a text or an object of clauses, found {found}")));
        }
    };
    let mut keywords = Vec::new();
    for (name, value) in properties(&clauses)? {
        if let (name, Some(keyword)) = clause(&name, value)? {
            keywords.push((name, keyword));
        }
    }
    Spec::from_keywords(&keywords).map_err(refused)
}

/// The clauses of an object, and those that are left out: `{ normalize: false }` or null.
pub(crate) fn clauses(given: Unknown) -> Result<Vec<(String, Option<Keyword>)>> {
    let Given::Object(clauses) = Given::read(given)? else {
        let found = found(given);
        return Err(invalid(format!("clauses: expected an object like {{ input: 'rgb8' }}, found {found}")));
    };
    let clauses = properties(&clauses)?.into_iter().map(|(name, value)| match value {
        Given::Null => Ok((snake_case(&name), None)),
        value => clause(&name, value),
    });
    clauses.collect()
}

/// A clause by its property; none as in `normalize: wanted`, which is there with its usual numbers, or not there.
fn clause(name: &str, value: Given) -> Result<(String, Option<Keyword>)> {
    let keyword = match value {
        Given::Flag(true) => Some(Keyword::List(Vec::new())),
        Given::Flag(false) => None,
        value => Some(keyword(name, value, DEPTH)?),
    };
    Ok((snake_case(name), keyword))
}

/// The numbers for the places written `_`; none when nothing is given.
pub(crate) fn values(values: Unknown) -> Result<Values> {
    let mut read = Values::default();
    let object = match Given::read(values)? {
        Given::Null | Given::Undefined => return Ok(read),
        Given::Object(object) => object,
        _ => {
            return Err(invalid(format!("values: expected an object like {{ rows: 240 }}, found {}", found(values))));
        }
    };
    for (name, value) in properties(&object)? {
        match name.as_str() {
            "rows" => read.rows = Some(side(&name, value)?),
            "columns" => read.columns = Some(side(&name, value)?),
            "shortest" => read.shortest = Some(side(&name, value)?),
            "longest" => read.longest = Some(side(&name, value)?),
            "cropRows" => read.crop_rows = Some(side(&name, value)?),
            "cropColumns" => read.crop_columns = Some(side(&name, value)?),
            "scale" => read.scale = Some(number(&name, value)?),
            "mean" => read.mean = Some(numbers(&name, value)?),
            "std" => read.std = Some(numbers(&name, value)?),
            "eps" => read.eps = Some(number(&name, value)?),
            _ => return Err(invalid(format!("values: {name:?} is none of {}", NAMES.join(", ")))),
        }
    }
    Ok(read)
}

fn keyword(place: &str, value: Given, depth: usize) -> Result<Keyword> {
    Ok(match value {
        Given::Number(number) => Keyword::Number(number),
        Given::Text(word) => Keyword::Word(word),
        Given::Null => Keyword::Later,
        // Too deep to mean anything: the core says so of any list here, whatever it holds.
        Given::List(_) | Given::Object(_) if depth == 0 => Keyword::List(Vec::new()),
        Given::List(list) => {
            let items = items(&list)?.map(|item| keyword(place, item?, depth - 1));
            Keyword::List(items.collect::<Result<_>>()?)
        }
        Given::Object(object) => {
            let pairs = properties(&object)?.into_iter().map(|(name, value)| {
                let value = keyword(&format!("{place}: {name}"), value, depth - 1)?;
                Ok((snake_case(&name), value))
            });
            Keyword::Named(pairs.collect::<Result<_>>()?)
        }
        // Nearly always a variable that was meant to have a value.
        Given::Undefined => {
            return Err(invalid(format!("{place}: found undefined; a number for later is null or '_'")));
        }
        Given::Flag(flag) => Keyword::Word(flag.to_string()),
        Given::Other(_) => {
            return Err(unexpected(place, "a number, a name, an array or an object", &value));
        }
    })
}

fn side(name: &str, value: Given) -> Result<u32> {
    match value {
        Given::Number(number) if number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number) => {
            Ok(number as u32)
        }
        other => Err(unexpected(name, "a positive whole number", &other)),
    }
}

fn number(name: &str, value: Given) -> Result<f64> {
    match value {
        Given::Number(number) => Ok(number),
        other => Err(unexpected(name, "a number", &other)),
    }
}

/// One number, or one for each channel.
fn numbers(name: &str, value: Given) -> Result<Vec<f64>> {
    match value {
        Given::Number(number) => Ok(vec![number]),
        Given::List(list) => items(&list)?.map(|item| number(name, item?)).collect(),
        other => Err(unexpected(name, "a number or an array of numbers", &other)),
    }
}

/// A JavaScript value, by what it may be in a declaration.
enum Given<'a> {
    Number(f64),
    Text(String),
    Flag(bool),
    Null,
    Undefined,
    List(Object<'a>),
    Object(Object<'a>),
    /// A function, symbol or bigint.
    Other(Unknown<'a>),
}

impl<'a> Given<'a> {
    fn read(value: Unknown<'a>) -> Result<Self> {
        // SAFETY: each cast is to the type that the value was found to have.
        unsafe {
            Ok(match value.get_type()? {
                ValueType::Number => Self::Number(value.cast()?),
                ValueType::String => Self::Text(value.cast()?),
                ValueType::Boolean => Self::Flag(value.cast()?),
                ValueType::Null => Self::Null,
                ValueType::Undefined => Self::Undefined,
                ValueType::Object if value.is_array()? => Self::List(value.cast()?),
                ValueType::Object => Self::Object(value.cast()?),
                _ => Self::Other(value),
            })
        }
    }
}

fn items<'a>(list: &Object<'a>) -> Result<impl Iterator<Item = Result<Given<'a>>>> {
    Ok((0..list.get_array_length()?).map(|index| Given::read(list.get_element(index)?)))
}

/// The enumerable properties that are not undefined, in their order.
fn properties<'a>(object: &Object<'a>) -> Result<Vec<(String, Given<'a>)>> {
    let mut properties = Vec::new();
    for name in Object::keys(object)? {
        match Given::read(object.get_named_property_unchecked(&name)?)? {
            Given::Undefined => {}
            value => properties.push((name, value)),
        }
    }
    Ok(properties)
}

fn unexpected(place: &str, expected: &str, value: &Given) -> Error {
    let found = match value {
        Given::Number(number) => number.to_string(),
        Given::Text(text) => format!("{text:?}"),
        Given::Flag(flag) => flag.to_string(),
        Given::Null => "null".into(),
        Given::Undefined => "undefined".into(),
        Given::List(_) => "an array".into(),
        Given::Object(_) => "an object".into(),
        Given::Other(value) => found(*value),
    };
    invalid(format!("{place}: expected {expected}, found {found}"))
}

fn invalid(message: String) -> Error {
    Error::new(Status::InvalidArg, message)
}
