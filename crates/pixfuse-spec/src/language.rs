#![doc = include_str!("../LANGUAGE.md")]

/// This page as Markdown, which `help(pixfuse.language)` in Python, `language` in Node.js and `pixfuse explain --language`
/// show too.
///
/// ```
/// assert!(pixfuse_spec::language::TEXT.starts_with("# The language of declarations"));
/// ```
pub const TEXT: &str = include_str!("../LANGUAGE.md");

#[cfg(test)]
mod tests {
    use super::TEXT;
    use crate::Spec;
    use crate::check::CLAUSES;
    use crate::clauses::described;
    use crate::table::Place;
    use crate::word::vocabulary;

    /// What stands between backticks, in the tables and around them, and in the blocks of declarations.
    fn code() -> String {
        TEXT.split('`').skip(1).step_by(2).collect::<Vec<_>>().join("\n")
    }

    fn names(word: &str, code: &str) -> bool {
        let part_of_a_name = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        code.match_indices(word).any(|(at, _)| {
            let before = at.checked_sub(1).map(|at| code.as_bytes()[at]);
            !part_of_a_name(before) && !part_of_a_name(code.as_bytes().get(at + word.len()).copied())
        })
    }

    #[test]
    fn each_clause_argument_and_word_is_described() {
        let code = code();
        let mut words: Vec<String> = CLAUSES.map(str::to_owned).into();
        let named = described().into_iter().flat_map(|clause| clause.forms.concat());
        words.extend(named.filter(|row| row.place != Place::Value).map(|row| row.name.to_owned()));
        words.extend(vocabulary().into_iter().map(str::to_owned));
        assert!(words.len() > 100 && words.iter().any(|word| word == "scale_up"));
        words.retain(|word| !names(word, &code));
        assert!(words.is_empty(), "LANGUAGE.md does not say {words:?}");
        assert!(!names("bilinar_", &code) && names("bilinear", &code));
    }

    #[test]
    fn declarations_that_are_shown_are_declarations() {
        let shown: Vec<&str> = TEXT.lines().filter(|line| line.starts_with("input(")).collect();
        assert!(shown.len() >= 5);
        for declaration in shown {
            let _ = declaration.parse::<Spec>().unwrap_or_else(|error| panic!("{declaration}: {error}"));
        }
    }
}
