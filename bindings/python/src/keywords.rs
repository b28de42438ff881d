//! Declarations and numbers for `_`, from Python's keyword arguments.

use pixfuse::{Keyword, Spec, Values};
use pixfuse_bindings::{Argument, declaration as said, declared};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::argument::{PYTHON, named, read};
use crate::failure::{Failure, found};

/// The pipeline that the arguments of `Pipeline(...)` say.
pub(crate) fn pipeline(
    text: Option<&Bound<'_, PyAny>>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> Result<pixfuse::Pipeline, Failure> {
    let mut values = Values::default();
    let mut clauses = Vec::new();
    for (name, given) in keywords.map(named).transpose()?.into_iter().flatten() {
        let given = read(&given)?;
        if said::value(&mut values, &name, &given, PYTHON)? {
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
    Ok(declared::pipeline(&spec, &values)?)
}

/// The clauses of a call of `replace`; None and False leave one out.
pub(crate) fn clauses(keywords: Option<&Bound<'_, PyDict>>) -> Result<Vec<(String, Option<Keyword>)>, Failure> {
    let Some(keywords) = keywords else { return Ok(Vec::new()) };
    Ok(said::clauses(&read(keywords)?, PYTHON)?)
}

/// The numbers of a call of a declaration.
pub(crate) fn values(numbers: Option<&Bound<'_, PyDict>>) -> Result<Values, Failure> {
    let Some(numbers) = numbers else { return Ok(Values::default()) };
    Ok(said::values(&read(numbers)?, PYTHON)?)
}

/// The arguments of a clause.
fn clause(name: &str, given: &Argument) -> Result<Keyword, Failure> {
    // None and False would be words in it, and no clause is only that.
    let clause = if given.is_absent() { None } else { said::clause(name, given, PYTHON)? };
    clause.ok_or_else(|| {
        let found = given.found(PYTHON);
        let message = format!("{name}: expected its arguments, found {found}; leave {name} out if it is not wanted");
        Failure::Argument(message)
    })
}
