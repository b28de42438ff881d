//! JavaScript values as arguments.

use napi::ValueType;
use napi::bindgen_prelude::{Env, JsObjectValue, JsValue, Object, Result, Unknown};
use pixfuse::{Keyword, Spec, Values};
use pixfuse_bindings::{Argument, ArgumentError, Language, argument, declaration};

use crate::buffer::found;
use crate::failure::{refused, with_mistakes};

/// A declaration: its text, or an object with a property for each clause.
pub(crate) fn spec(env: &Env, given: Unknown) -> Result<Spec> {
    let spec = declaration::spec(&read(given)?, Language::JavaScript);
    spec.map_err(|error| with_mistakes(env, &error, error.mistakes()))
}

/// The clauses of an object, and those that are left out.
pub(crate) fn clauses(given: Unknown) -> Result<Vec<(String, Option<Keyword>)>> {
    declaration::clauses(&read(given)?, Language::JavaScript).map_err(refused)
}

/// The numbers for the places written `_`; none when nothing is given.
pub(crate) fn values(given: Unknown) -> Result<Values> {
    declaration::values(&read(given)?, Language::JavaScript).map_err(refused)
}

/// A value with all that is in it, whose getters run.
pub(crate) fn read(value: Unknown) -> Result<Argument> {
    to_depth(value, argument::DEPTH)
}

/// A value that is no list or object, or what it is instead.
pub(crate) fn plain(value: Unknown) -> Argument {
    // SAFETY: each cast is to the type that the value was found to have.
    let cast = unsafe {
        match value.get_type() {
            Ok(ValueType::Number) => value.cast().map(Argument::Number),
            Ok(ValueType::String) => value.cast().map(Argument::Text),
            Ok(ValueType::Boolean) => value.cast().map(Argument::Flag),
            Ok(ValueType::Null) => Ok(Argument::Null),
            Ok(ValueType::Undefined) => Ok(Argument::Undefined),
            _ => Ok(Argument::Other(found(value))),
        }
    };
    cast.unwrap_or_else(|_| Argument::Other(found(value)))
}

fn to_depth(value: Unknown, depth: usize) -> Result<Argument> {
    if !matches!(value.get_type()?, ValueType::Object) {
        return Ok(plain(value));
    }
    // SAFETY: it is an object, and an array is one too.
    let object: Object = unsafe { value.cast() }?;
    if value.is_array()? {
        let mut items = Vec::new();
        for index in 0..if depth == 0 { 0 } else { object.get_array_length()? } {
            items.push(to_depth(object.get_element(index)?, depth - 1)?);
            // Nothing that is looked at has one; an array of a billion of them is quickly made.
            if items.last() == Some(&Argument::Undefined) {
                break;
            }
        }
        return Ok(Argument::List(items, "an array".into()));
    }
    let mut named = Vec::new();
    for name in if depth == 0 { Vec::new() } else { Object::keys(&object)? } {
        let value = to_depth(object.get_named_property_unchecked(&name)?, depth - 1)?;
        named.push((name, value));
    }
    Ok(Argument::Named(named, "an object".into()))
}

/// A positive whole number.
pub(crate) fn whole(name: &str, given: Unknown) -> std::result::Result<usize, ArgumentError> {
    plain(given).whole(name, Language::JavaScript)
}

pub(crate) fn optional(name: &str, given: Unknown) -> std::result::Result<Option<usize>, ArgumentError> {
    plain(given).optional(name, Language::JavaScript)
}
