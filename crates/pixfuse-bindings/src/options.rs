//! How files are read.

use pixfuse_decode::{Error, OnError, Options, Truncated};

use crate::argument::WHOLE;
use crate::{Argument, ArgumentError, Language, Orient};

/// How a file is read, by the arguments `orient`, `max_pixels`, `max_side`, `draft` and `truncated`, each of which may be left
/// out.
///
/// # Errors
/// When one of them is something else.
pub fn options(
    [orient, max_pixels, max_side, draft, truncated]: [&Argument; 5],
    language: Language,
) -> Result<Options, ArgumentError> {
    let limit = |name: &str, given: &Argument, usual: u64| match given.positive() {
        _ if given.is_absent() => Ok(usual),
        Some(most) if most.is_finite() => Ok(most as u64),
        _ => Err(given.unexpected(&language.name(name), WHOLE, language)),
    };
    Ok(Options {
        orient: Orient::of(orient, language)?.of_file(),
        max_pixels: limit("max_pixels", max_pixels, Options::MAX_PIXELS)?,
        max_side: limit("max_side", max_side, Options::MAX_SIDE)?,
        draft: if draft.is_absent() { None } else { Some(sides(draft, language)?) },
        truncated: match truncated {
            absent if absent.is_absent() => Truncated::Error,
            Argument::Text(word) if word == "error" => Truncated::Error,
            Argument::Text(word) if word == "fill" => Truncated::Fill,
            other => return Err(other.unexpected("truncated", "'error' or 'fill'", language)),
        },
    })
}

/// Rows and columns that are enough.
fn sides(given: &Argument, language: Language) -> Result<[usize; 2], ArgumentError> {
    if let Argument::List(sides, _) = given
        && let [rows, columns] = &sides[..]
        && let (Some(rows), Some(columns)) = (rows.positive(), columns.positive())
    {
        return Ok([rows as usize, columns as usize]);
    }
    Err(given.unexpected("draft", "rows and columns, both at least 1", language))
}

/// What becomes of a batch when a file fails, by the arguments `on_error` and `fill`, which may be left out.
///
/// # Errors
/// When they are something else, or do not go together.
pub fn on_error(given: &Argument, fill: &Argument, language: Language) -> Result<OnError, ArgumentError> {
    let word = match given {
        absent if absent.is_absent() => "raise",
        Argument::Text(word) => word,
        _ => "",
    };
    let on_error = match word {
        "raise" => OnError::Raise,
        "skip" => OnError::Skip,
        "fill" => match fill {
            Argument::Number(value) => return Ok(OnError::Fill(*value)),
            absent if absent.is_absent() => {
                let (said, like) = (language.set("on_error", "'fill'"), language.set("fill", "0"));
                let needs = "needs the value of a failed file's elements, such as";
                return Err(ArgumentError::new(format_args!("fill: {said} {needs} {like}")));
            }
            other => return Err(other.unexpected("fill", "a number", language)),
        },
        _ => return Err(given.unexpected(&language.name("on_error"), "'raise', 'fill' or 'skip'", language)),
    };
    if fill.is_absent() {
        return Ok(on_error);
    }
    Err(ArgumentError::new(format_args!("fill: is said of {} only", language.set("on_error", "'fill'"))))
}

/// What is wrong with a file; an option that is named has the language's spelling.
pub fn message(error: &Error, language: Language) -> String {
    let (mut of, message) = (error, error.to_string());
    while let Error::OfBatch { error, .. } = of {
        of = error;
    }
    match of {
        Error::TooLarge { .. } => message.replace("max_pixels", &language.name("max_pixels")),
        Error::TooLong { .. } => message.replace("max_side", &language.name("max_side")),
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use pixfuse::Orientation;

    use super::*;

    const NONE: Argument = Argument::Null;

    fn text(word: &str) -> Argument {
        Argument::Text(word.into())
    }

    #[test]
    fn an_option_is_named_as_the_language_writes_it() {
        let zero = Argument::Number(0.0);
        let wrong = |language| options([&NONE, &zero, &NONE, &NONE, &NONE], language).unwrap_err().to_string();
        assert_eq!(wrong(Language::Python), "max_pixels: expected a whole number of at least 1, found 0");
        assert_eq!(wrong(Language::JavaScript), "maxPixels: expected a whole number of at least 1, found 0");
        let wrong =
            |given: &Argument, fill: &Argument, language| on_error(given, fill, language).unwrap_err().to_string();
        assert_eq!(
            wrong(&text("ignore"), &NONE, Language::JavaScript),
            "onError: expected 'raise', 'fill' or 'skip', found 'ignore'"
        );
        assert_eq!(wrong(&text("skip"), &zero, Language::Python), "fill: is said of on_error='fill' only");
        assert_eq!(
            wrong(&text("fill"), &NONE, Language::JavaScript),
            "fill: onError: 'fill' needs the value of a failed file's elements, such as fill: 0"
        );
    }

    #[test]
    fn what_is_left_out_is_usual() {
        let usual = options([&NONE, &Argument::Undefined, &NONE, &NONE, &NONE], Language::JavaScript).unwrap();
        let Options { orient, max_pixels, max_side, draft, truncated } = Options::default();
        assert_eq!((usual.orient, usual.max_pixels, usual.max_side), (orient, max_pixels, max_side));
        assert_eq!((usual.draft, usual.truncated), (draft, truncated));
        assert_eq!(on_error(&NONE, &NONE, Language::Python), Ok(OnError::Raise));
        let draft = Argument::List(vec![Argument::Number(224.0), Argument::Number(100.0)], "tuple".into());
        let given = options([&text("stored"), &NONE, &NONE, &draft, &text("fill")], Language::Python).unwrap();
        assert_eq!((given.orient, given.draft), (Some(Orientation::Upright), Some([224, 100])));
        assert_eq!(given.truncated, Truncated::Fill);
    }
}
