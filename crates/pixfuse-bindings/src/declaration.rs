//! Declarations, and numbers for `_`.

use pixfuse::{Keyword, Spec, Values};

use crate::argument::WHOLE;
use crate::{Argument, ArgumentError, Language};

/// The numbers that a declaration may leave open.
pub const NUMBERS: [&str; 10] =
    ["rows", "columns", "shortest", "longest", "crop_rows", "crop_columns", "scale", "mean", "std", "eps"];

/// A declaration: its text, or an object with a property for each clause.
///
/// # Errors
/// When it is neither, or breaks a rule of the language.
pub fn spec(given: &Argument, language: Language) -> Result<Spec, ArgumentError> {
    let clauses = match given {
        Argument::Text(text) => return text.parse::<Spec>().map_err(ArgumentError::declaration),
        Argument::Named(clauses, _) => clauses,
        other => return Err(other.unexpected("declaration", "a text or an object of clauses", language)),
    };
    let mut keywords = Vec::new();
    for (name, value) in present(clauses) {
        if let Some(keyword) = clause(name, value, language)? {
            keywords.push((language.snake_case(name), keyword));
        }
    }
    Spec::from_keywords(&keywords).map_err(ArgumentError::declaration)
}

/// The clauses of an object, and those that are left out: `{ normalize: false }`, or nothing in the place of one.
///
/// # Errors
/// When it is no object, or holds what no clause takes.
pub fn clauses(given: &Argument, language: Language) -> Result<Vec<(String, Option<Keyword>)>, ArgumentError> {
    let Argument::Named(clauses, _) = given else {
        return Err(given.unexpected("clauses", "an object like { input: 'rgb8' }", language));
    };
    let clauses = present(clauses).map(|(name, value)| {
        let keyword = if value.is_absent() { None } else { clause(name, value, language)? };
        Ok((language.snake_case(name), keyword))
    });
    clauses.collect()
}

/// The arguments of a clause; none as in `normalize: wanted`, which is there with its usual numbers, or not there.
///
/// # Errors
/// When no clause takes what it holds.
pub fn clause(name: &str, given: &Argument, language: Language) -> Result<Option<Keyword>, ArgumentError> {
    match given {
        Argument::Flag(true) => Ok(Some(Keyword::List(Vec::new()))),
        Argument::Flag(false) => Ok(None),
        given => keyword(name, given, language).map(Some),
    }
}

/// The numbers for the places written `_`; none when nothing is given.
///
/// # Errors
/// When it is no object of numbers that a declaration may leave open.
pub fn values(given: &Argument, language: Language) -> Result<Values, ArgumentError> {
    let mut values = Values::default();
    let numbers = match given {
        Argument::Named(numbers, _) => numbers,
        given if given.is_absent() => return Ok(values),
        other => return Err(other.unexpected("values", "an object like { rows: 240 }", language)),
    };
    for (name, given) in present(numbers) {
        if !value(&mut values, name, given, language)? {
            return Err(unknown(name, language));
        }
    }
    Ok(values)
}

/// Reads a number for `_`; false when the name is not that of one.
///
/// # Errors
/// When the value is none that the number takes.
pub fn value(values: &mut Values, name: &str, given: &Argument, language: Language) -> Result<bool, ArgumentError> {
    let Some(known) = NUMBERS.into_iter().find(|known| language.name(known) == name) else { return Ok(false) };
    let side = || match given.positive() {
        Some(side) if side <= f64::from(u32::MAX) => Ok(Some(side as u32)),
        _ => Err(given.unexpected(name, WHOLE, language)),
    };
    let number = |given: &Argument| match *given {
        Argument::Number(number) => Ok(number),
        _ => Err(given.unexpected(name, "a number", language)),
    };
    // One number, or one for each channel.
    let numbers = || match given {
        Argument::Number(number) => Ok(Some(vec![*number])),
        Argument::List(items, _) => items.iter().map(number).collect::<Result<_, _>>().map(Some),
        _ => Err(given.unexpected(name, "a number or a list of numbers", language)),
    };
    match known {
        "rows" => values.rows = side()?,
        "columns" => values.columns = side()?,
        "shortest" => values.shortest = side()?,
        "longest" => values.longest = side()?,
        "crop_rows" => values.crop_rows = side()?,
        "crop_columns" => values.crop_columns = side()?,
        "scale" => values.scale = Some(number(given)?),
        "mean" => values.mean = numbers()?,
        "std" => values.std = numbers()?,
        _ => values.eps = Some(number(given)?),
    }
    Ok(true)
}

/// What is said of a name that is none of [`NUMBERS`].
pub fn unknown(name: &str, language: Language) -> ArgumentError {
    let names = NUMBERS.map(|known| language.name(known));
    ArgumentError::new(pixfuse::bridge::unknown("number", name, &names.each_ref().map(AsRef::as_ref)))
}

/// The properties that are not undefined.
fn present(named: &[(String, Argument)]) -> impl Iterator<Item = (&str, &Argument)> {
    named.iter().map(|(name, value)| (name.as_str(), value)).filter(|(_, value)| **value != Argument::Undefined)
}

fn keyword(place: &str, given: &Argument, language: Language) -> Result<Keyword, ArgumentError> {
    Ok(match given {
        Argument::Number(number) => Keyword::Number(*number),
        Argument::Text(word) => Keyword::Word(word.clone()),
        Argument::Flag(flag) => Keyword::Word(flag.to_string()),
        Argument::Null => Keyword::Later,
        Argument::List(items, _) => {
            let items = items.iter().map(|item| keyword(place, item, language));
            Keyword::List(items.collect::<Result<_, _>>()?)
        }
        Argument::Named(pairs, _) => {
            let pairs = present(pairs).map(|(name, value)| {
                Ok((language.snake_case(name), keyword(&format!("{place}: {name}"), value, language)?))
            });
            Keyword::Named(pairs.collect::<Result<_, ArgumentError>>()?)
        }
        // Nearly always a variable that was meant to have a value.
        Argument::Undefined => {
            let message = format_args!("{place}: found undefined; a number for later is null or '_'");
            return Err(ArgumentError::new(message));
        }
        Argument::Other(_) => return Err(given.unexpected(place, language.arguments(), language)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<const N: usize>(pairs: [(&str, Argument); N]) -> Argument {
        Argument::Named(pairs.map(|(name, value)| (name.to_owned(), value)).into(), "an object".into())
    }

    fn list<const N: usize>(items: [Argument; N]) -> Argument {
        Argument::List(items.into(), "an array".into())
    }

    fn text(text: &str) -> Argument {
        Argument::Text(text.into())
    }

    #[test]
    fn an_object_is_the_declaration_that_its_text_is() {
        let sides = [Argument::Number(240.0), Argument::Null, text("bilinear")];
        let object = named([
            ("input", text("rgb8")),
            ("resize", list(sides)),
            ("centerCrop", Argument::Undefined),
            ("normalize", Argument::Flag(true)),
            ("pad", Argument::Flag(false)),
            ("output", list([text("rgb"), text("f32")])),
        ]);
        let made = spec(&object, Language::JavaScript).unwrap();
        let written = "input(rgb8), resize(240, _, bilinear), normalize(), output(rgb, f32)";
        assert_eq!(made, spec(&text(written), Language::JavaScript).unwrap());
        let values = values(&named([("columns", Argument::Number(320.0))]), Language::JavaScript).unwrap();
        assert_eq!(made.bind(&values).unwrap().size(), Some([240, 320]));
    }

    #[test]
    fn numbers_have_the_names_of_the_language() {
        let given = named([("cropRows", Argument::Number(5.0)), ("mean", list([Argument::Number(0.5), text("x")]))]);
        let error = |given: &Argument, language| values(given, language).unwrap_err().to_string();
        assert_eq!(error(&given, Language::JavaScript), "mean: expected a number, found 'x'");
        let unknown = error(&given, Language::Python);
        assert!(unknown.starts_with("unknown number `cropRows`, expected one of rows, "), "{unknown}");
        assert!(unknown.ends_with("; did you mean `crop_rows`?"), "{unknown}");
    }
}
