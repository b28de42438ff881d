//! Declarations and numbers for `_`, from Python values.

use pixfuse::{Keyword, Spec, Values};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::declaration;
use crate::failure::{Failure, found};

/// Lists in lists end here: `normalize=[{"mean": [..]}]` is three deep, and a list may hold itself.
const DEPTH: usize = 4;

/// The keyword arguments that are numbers for `_`. All others are clauses.
pub(crate) const VALUES: [&str; 10] =
    ["rows", "columns", "shortest", "longest", "crop_rows", "crop_columns", "scale", "mean", "std", "eps"];

/// The pipeline that the arguments of `Pipeline(...)` say.
pub(crate) fn pipeline(
    text: Option<&Bound<'_, PyAny>>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> Result<pixfuse::Pipeline, Failure> {
    let mut values = Values::default();
    let mut clauses = Vec::new();
    for (name, given) in keywords.map(named).transpose()?.into_iter().flatten() {
        if value(&mut values, &name, &given)? {
            continue;
        }
        let clause = clause(&name, &given)?;
        clauses.push((name, clause));
    }
    let spec = match text {
        None => Spec::from_keywords(&clauses).map_err(pixfuse::Error::from)?,
        Some(text) => {
            if let Some((name, _)) = clauses.first() {
                return Err(Failure::Argument(format!("{name}: given, but the text is the whole declaration")));
            }
            let Ok(text) = text.cast::<PyString>() else {
                return Err(Failure::Argument(format!("text: expected a str, found {}", found(text))));
            };
            text.to_string_lossy().parse().map_err(pixfuse::Error::from)?
        }
    };
    Ok(declaration::pipeline(&spec, &values)?)
}

/// The clauses of a call of `replace`; None and False leave one out.
pub(crate) fn clauses(keywords: Option<&Bound<'_, PyDict>>) -> Result<Vec<(String, Option<Keyword>)>, Failure> {
    let clauses = keywords.map(named).transpose()?.into_iter().flatten().map(|(name, given)| {
        let left_out = given.is_none() || given.cast::<PyBool>().is_ok_and(|flag| !flag.is_true());
        let keyword = if left_out { None } else { Some(clause(&name, &given)?) };
        Ok((name, keyword))
    });
    clauses.collect()
}

/// Reads a number for `_`; false when the name is not that of one.
pub(crate) fn value(values: &mut Values, name: &str, given: &Bound<'_, PyAny>) -> Result<bool, Failure> {
    match name {
        "rows" => values.rows = Some(side(name, given)?),
        "columns" => values.columns = Some(side(name, given)?),
        "shortest" => values.shortest = Some(side(name, given)?),
        "longest" => values.longest = Some(side(name, given)?),
        "crop_rows" => values.crop_rows = Some(side(name, given)?),
        "crop_columns" => values.crop_columns = Some(side(name, given)?),
        "scale" => values.scale = Some(number(name, given)?),
        "mean" => values.mean = Some(numbers(name, given)?),
        "std" => values.std = Some(numbers(name, given)?),
        "eps" => values.eps = Some(number(name, given)?),
        _ => return Ok(false),
    }
    Ok(true)
}

fn side(name: &str, given: &Bound<'_, PyAny>) -> Result<u32, Failure> {
    match keyword(name, given, DEPTH)? {
        Keyword::Number(side) if side.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&side) => Ok(side as u32),
        _ => Err(Failure::Argument(format!("{name}: expected a whole number of at least 1, found {}", found(given)))),
    }
}

fn number(name: &str, given: &Bound<'_, PyAny>) -> Result<f64, Failure> {
    match keyword(name, given, DEPTH)? {
        Keyword::Number(number) => Ok(number),
        _ => Err(Failure::Argument(format!("{name}: expected a number, found {}", found(given)))),
    }
}

/// One number, or one for each channel.
fn numbers(name: &str, given: &Bound<'_, PyAny>) -> Result<Vec<f64>, Failure> {
    let numbers = match keyword(name, given, DEPTH)? {
        Keyword::Number(number) => Some(vec![number]),
        Keyword::List(items) => {
            items.into_iter().map(|item| if let Keyword::Number(number) = item { Some(number) } else { None }).collect()
        }
        _ => None,
    };
    let expected = || format!("{name}: expected a number or a list of numbers, found {}", found(given));
    numbers.ok_or_else(|| Failure::Argument(expected()))
}

/// The arguments of a clause.
fn clause(name: &str, given: &Bound<'_, PyAny>) -> Result<Keyword, Failure> {
    // `normalize=True` is `normalize()`. None and False would be words in it, and no clause is only that.
    match given.cast::<PyBool>() {
        Ok(flag) if flag.is_true() => Ok(Keyword::List(Vec::new())),
        Err(_) if !given.is_none() => keyword(name, given, DEPTH),
        _ => Err(Failure::Argument(format!(
            "{name}: expected its arguments, found {}; leave {name} out if it is not wanted",
            found(given)
        ))),
    }
}

fn keyword(place: &str, given: &Bound<'_, PyAny>, depth: usize) -> Result<Keyword, Failure> {
    if let Ok(text) = given.cast::<PyString>() {
        return Ok(Keyword::Word(text.to_string_lossy().into_owned()));
    }
    if let Ok(flag) = given.cast::<PyBool>() {
        return Ok(Keyword::Word(flag.is_true().to_string()));
    }
    if given.is_instance_of::<PyFloat>() || given.is_instance_of::<PyInt>() {
        // An integer past the largest f64 is not finite there either, which the core refuses by name.
        return Ok(Keyword::Number(given.extract().unwrap_or(f64::INFINITY)));
    }
    if given.is_none() {
        return Ok(Keyword::Later);
    }
    // Too deep to mean anything: the core says so of any list here, whatever it holds.
    let items = |items: &mut dyn Iterator<Item = Bound<'_, PyAny>>| {
        let items = items.map(|item| keyword(place, &item, depth - 1));
        items.collect::<Result<_, _>>().map(Keyword::List)
    };
    if let Ok(list) = given.cast::<PyList>() {
        return if depth == 0 { Ok(Keyword::List(Vec::new())) } else { items(&mut list.iter()) };
    }
    if let Ok(list) = given.cast::<PyTuple>() {
        return if depth == 0 { Ok(Keyword::List(Vec::new())) } else { items(&mut list.iter()) };
    }
    if let Ok(named) = given.cast::<PyDict>() {
        if depth == 0 {
            return Ok(Keyword::List(Vec::new()));
        }
        let pairs = self::named(named)?.into_iter().map(|(name, given)| {
            let value = keyword(&format!("{place}: {name}"), &given, depth - 1)?;
            Ok((name, value))
        });
        return pairs.collect::<Result<_, Failure>>().map(Keyword::Named);
    }
    // Arrays, tensors and their scalars say what they are in plain Python.
    let py = given.py();
    if depth > 0 && given.hasattr(intern!(py, "tolist"))? {
        return keyword(place, &given.call_method0(intern!(py, "tolist"))?, depth - 1);
    }
    let message =
        format!("{place}: expected a number, a str, a bool, a tuple, a list or a dict, found {}", found(given));
    Err(Failure::Argument(message))
}

/// Names and what is given for them. A copy: to read what is given runs its own code, which may change the dict.
pub(crate) fn named<'py>(dict: &Bound<'py, PyDict>) -> Result<Vec<(String, Bound<'py, PyAny>)>, Failure> {
    let pair = |pair: Bound<'py, PyAny>| {
        let (name, given): (Bound<'py, PyAny>, Bound<'py, PyAny>) = pair.extract()?;
        Ok((word(&name)?, given))
    };
    dict.items().iter().map(pair).collect()
}

/// The name of a clause or argument.
fn word(name: &Bound<'_, PyAny>) -> Result<String, Failure> {
    match name.cast::<PyString>() {
        Ok(name) => Ok(name.to_string_lossy().into_owned()),
        Err(_) => Err(Failure::Argument(format!("{}: expected a str as a name", found(name)))),
    }
}
