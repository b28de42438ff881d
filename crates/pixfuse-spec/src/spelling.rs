//! Names in error messages: what was meant, and how a long one is shortened. Numbers as declarations write them.

use crate::Number;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// What is said of a name that is none of these: `unknown filter `bilinar`, expected one of nearest, bilinear; did you mean `bilinear`?`
pub fn unknown(what: &str, word: &str, names: &[&str]) -> String {
    let (word, expected, hint) = (shortened(word), names.join(", "), hint(word, names));
    match names {
        [_] => format!("unknown {what} `{word}`, expected {expected}{hint}"),
        _ => format!("unknown {what} `{word}`, expected one of {expected}{hint}"),
    }
}

/// `; did you mean `bilinear`?`, or nothing when no name is close.
pub(crate) fn hint(word: &str, names: &[&str]) -> String {
    nearest(word, names).map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

/// What to do about a name of the program, which a declaration cannot read: it is compiled, or sent, without one.
pub(crate) const NAMES: &str = "; write the number, or `_`, and give it when the pipeline is made";

/// Whether a word is written as constants are.
pub(crate) fn is_constant(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_uppercase()) && !word.contains(|c: char| c.is_ascii_lowercase())
}

/// The name that `word` was probably meant to be: about a third of its letters may differ, capitals aside.
pub(crate) fn nearest<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    // No name is near a word of twice the longest name, and the distance costs the product of both lengths.
    if word.len() > 32 {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let allowed = ((word.chars().count() + 1) / 3).max(1);
    let near = names.iter().map(|name| (distance(&word, name), *name)).filter(|(edits, _)| *edits <= allowed);
    near.min_by_key(|(edits, _)| *edits).map(|(_, name)| name)
}

/// Levenshtein distance: how many letters must be added, removed or replaced to make one word the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

/// A side or `_`.
pub(crate) fn side(value: &Number<u32>) -> String {
    value.known().map_or("_".to_owned(), u32::to_string)
}

/// A number or `_`.
pub(crate) fn single(value: &Number<f64>) -> String {
    value.known().map_or("_".to_owned(), |value| number(*value))
}

/// One number, a list or `_`.
pub(crate) fn list(values: &Number<Vec<f64>>) -> String {
    values.known().map_or("_".to_owned(), |values| numbers(values))
}

/// One number, or a list of them.
pub(crate) fn numbers(values: &[f64]) -> String {
    match values {
        [one] => number(*one),
        many => format!("[{}]", many.iter().map(|value| number(*value)).collect::<Vec<_>>().join(", ")),
    }
}

/// Rows and columns.
pub(crate) fn frame(sides: &[u32; 2]) -> String {
    format!("{sides:?}")
}

/// The shortest text that reads back as the same number; `1/n` for what people write as `1/n`.
pub(crate) fn number(value: f64) -> String {
    // Both zeros are equal, so they have one text.
    let text = format!("{:?}", if value == 0.0 { 0.0 } else { value });
    let digits = text.split('e').next().unwrap_or(&text).trim_start_matches(['-', '0', '.']);
    let inverse = (1.0 / value).round();
    if digits.len() > 6 && (2.0..=65536.0).contains(&inverse) && 1.0 / inverse == value {
        return format!("1/{inverse}");
    }
    match text.strip_suffix(".0") {
        Some(integer) => integer.to_owned(),
        None => text,
    }
}

/// At most 40 characters of what the user wrote, on one line: a message stays a message whatever it quotes.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, edits) in [("", "", 0), ("", "abc", 3), ("bilinar", "bilinear", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(left, right), edits, "{left} {right}");
            assert_eq!(distance(right, left), edits, "{right} {left}");
        }
    }

    #[test]
    fn nearest_name() {
        let names = ["nearest", "nearest_exact", "bilinear"];
        assert_eq!(nearest("neerest", &names), Some("nearest"));
        assert_eq!(nearest("NEAREST_EXACT", &names), Some("nearest_exact"));
        assert_eq!(nearest("alhpa", &["alpha"]), Some("alpha"));
        assert_eq!(nearest("bicubic", &names), None);
        assert_eq!(nearest(&"n".repeat(10_000), &names), None);
    }

    #[test]
    fn long_text_is_shortened() {
        assert_eq!(shortened("a\nb"), "a b");
        assert_eq!(shortened(&"é".repeat(50)), format!("{}…", "é".repeat(40)));
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (0.485, "0.485"),
            (0.00001, "1e-5"),
            (0.0001, "0.0001"),
            (1e300, "1e300"),
            (1.0 / 255.0, "1/255"),
            (1.0 / 3.0, "1/3"),
            (1.0 / 65536.0, "1/65536"),
            (0.25, "0.25"),
            (1.0 / 127.5, "0.00784313725490196"),
            (123456789.0, "123456789"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
