//! Python values as arguments.

use pixfuse_bindings::{Argument, Language, argument};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::failure::{Failure, found};

/// What errors are written for.
pub(crate) const PYTHON: Language = Language::Python;

/// A value with all that is in it. Arrays, tensors and their scalars, whose code this runs, say what they are in plain Python.
pub(crate) fn read(given: &Bound<'_, PyAny>) -> Result<Argument, Failure> {
    to_depth(given, argument::DEPTH)
}

/// That of an argument that may be left out.
pub(crate) fn optional(given: Option<&Bound<'_, PyAny>>) -> Result<Argument, Failure> {
    given.map_or(Ok(Argument::Null), read)
}

fn to_depth(given: &Bound<'_, PyAny>, depth: usize) -> Result<Argument, Failure> {
    if given.is_none() {
        return Ok(Argument::Null);
    }
    if let Ok(text) = given.cast::<PyString>() {
        return Ok(Argument::Text(text.to_string_lossy().into_owned()));
    }
    if let Ok(flag) = given.cast::<PyBool>() {
        return Ok(Argument::Flag(flag.is_true()));
    }
    if given.is_instance_of::<PyFloat>() || given.is_instance_of::<PyInt>() {
        // An integer past the largest f64 is not finite there either, which the core refuses by name.
        return Ok(Argument::Number(given.extract().unwrap_or(f64::INFINITY)));
    }
    let items = |items: &mut dyn Iterator<Item = Bound<'_, PyAny>>| {
        let items = items.take(if depth == 0 { 0 } else { usize::MAX }).map(|item| to_depth(&item, depth - 1));
        Ok(Argument::List(items.collect::<Result<_, Failure>>()?, found(given).into()))
    };
    if let Ok(list) = given.cast::<PyList>() {
        return items(&mut list.iter());
    }
    if let Ok(list) = given.cast::<PyTuple>() {
        return items(&mut list.iter());
    }
    if let Ok(dict) = given.cast::<PyDict>() {
        let pairs = if depth == 0 { Vec::new() } else { named(dict)? };
        let pairs = pairs.into_iter().map(|(name, given)| Ok((name, to_depth(&given, depth - 1)?)));
        return Ok(Argument::Named(pairs.collect::<Result<_, Failure>>()?, found(given).into()));
    }
    let py = given.py();
    if depth > 0 && given.hasattr(intern!(py, "tolist"))? {
        return to_depth(&given.call_method0(intern!(py, "tolist"))?, depth - 1);
    }
    // What Python takes for an integer.
    if given.hasattr(intern!(py, "__index__"))? {
        let index = given.call_method0(intern!(py, "__index__"))?;
        return Ok(Argument::Number(index.extract().unwrap_or(f64::INFINITY)));
    }
    Ok(Argument::Other(found(given)))
}

/// Names and what is given for them. A copy: to read what is given runs its own code, which may change the dict.
pub(crate) fn named<'py>(dict: &Bound<'py, PyDict>) -> Result<Vec<(String, Bound<'py, PyAny>)>, Failure> {
    let pair = |pair: Bound<'py, PyAny>| {
        let (name, given): (Bound<'py, PyAny>, Bound<'py, PyAny>) = pair.extract()?;
        match name.cast::<PyString>() {
            Ok(name) => Ok((name.to_string_lossy().into_owned(), given)),
            Err(_) => Err(Failure::Argument(format!("{}: expected a str as a name", found(&name)))),
        }
    };
    dict.items().iter().map(pair).collect()
}
