//! Which code of the documentation no test runs, and a test that all other code has one that does.

/// A page or a file, the language of its blocks, how many, and why no test runs them.
type NotRun = (&'static str, &'static str, usize, &'static str);

/// At most ten.
const NOT_RUN: [NotRun; 6] = [
    ("bindings/python/README.md", "py", 1, "a model is fetched; `use` and `register` are tested without"),
    ("bindings/python/python/pixfuse/transformers.py", ">>>", 1, "a model is fetched; likewise"),
    ("site/docs/coming-from/transformers-js.md", "js", 2, "a model is fetched; `use` is tested without"),
    ("bindings/node/README.md", "js", 1, "a model is fetched; likewise"),
    ("bindings/web/README.md", "js", 3, "parts of a page and of a worker; the tests' own page and worker do the same"),
    ("bindings", "ignore", 2, "whole crates; `examples/own-pipelines` are these, and tested"),
];

/// What a reader of a test's output is told.
pub(crate) fn not_run() -> String {
    let blocks: usize = NOT_RUN.iter().map(|(.., count, _)| count).sum();
    let mut text = format!("{blocks} blocks of the documentation are run by no test:\n");
    for (place, language, count, why) in NOT_RUN {
        text += &format!("  {count} {language} of {place}: {why}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{published, read, sources};

    /// A folder or a page, the language of its blocks, and the test that runs each of them, where that is. Pages of the site
    /// whose libraries ordinary tests do not have, and files that a page includes, are run by `cargo xtask test --engines`.
    const RUN: [(&str, &str, &str, &str); 14] = [
        ("README.md", "python", "bindings/python/tests/test_documentation.py", "README.md"),
        ("README.md", "js", "bindings/node/test/documentation.test.mjs", "'README.md'"),
        ("README.md", "rust", "crates/pixfuse/src/lib.rs", "../../../README.md"),
        ("bindings/python/README.md", "python", "bindings/python/tests/test_documentation.py", "README.md"),
        ("bindings/node/README.md", "js", "bindings/node/test/documentation.test.mjs", "'bindings/node/README.md'"),
        ("crates/pixfuse-decode/README.md", "rust", "crates/pixfuse-decode/src/lib.rs", "\"../README.md\""),
        ("crates/pixfuse-spec/README.md", "rust", "crates/pixfuse-spec/src/lib.rs", "\"../README.md\""),
        (
            "examples/own-pipelines/README.md",
            "python",
            "examples/own-pipelines/python/tests/test_own_pipelines.py",
            "README.md",
        ),
        ("examples/own-pipelines/README.md", "js", "examples/own-pipelines/node/test/own.test.mjs", "README.md"),
        ("site/docs", "python", "bindings/python/tests/test_site.py", "PAGES"),
        ("site/docs", "js", "bindings/node/test/site.test.mjs", "site/docs"),
        ("site/docs", "c", "bindings/c/tests/programs/main.rs", "llama-cpp.md"),
        ("site/docs", "rust", "xtask/src/engines.rs", "examples/rust"),
        ("site/rust", "rust", "crates/pixfuse-decode/src/lib.rs", "site/rust"),
    ];

    /// Commands and settings for a person's machine, output, and machine code.
    const NO_PROGRAM: [&str; 6] = ["sh", "toml", "cmake", "text", "asm", "json"];

    /// The pages with a block of each language, and the number of blocks.
    fn blocks() -> Vec<(String, String, usize)> {
        let mut found = Vec::new();
        for (path, text) in sources(&[".md"]) {
            let fences = text.lines().filter_map(|line| line.trim_start().strip_prefix("```"));
            let mut languages: Vec<&str> = fences.filter(|word| !word.is_empty()).collect();
            languages.sort_unstable();
            for group in languages.chunk_by(|a, b| a == b) {
                found.push((path.clone(), group[0].to_owned(), group.len()));
            }
        }
        found
    }

    #[test]
    fn every_block_has_a_test_that_runs_it() {
        let mut wrong = Vec::new();
        for (path, language, count) in blocks() {
            let by = RUN.iter().find(|(place, run, ..)| {
                *run == language && (path == *place || path.starts_with(&format!("{place}/")))
            });
            let not_run = NOT_RUN.iter().find(|(place, run, ..)| *run == language && path == *place);
            let is_known = NO_PROGRAM.contains(&language.as_str())
                || by.is_some()
                || not_run.is_some_and(|(.., most, _)| count <= *most);
            if !is_known {
                wrong.push(format!("{path}: {count} {language}"));
            }
        }
        assert!(wrong.is_empty(), "code that no test is known to run:\n{}", wrong.join("\n"));
        for (place, language, test, word) in RUN {
            assert!(read(test).contains(word), "{test} does not name {word}: what runs {language} of {place}?");
        }
    }

    #[test]
    fn at_most_ten_blocks_are_not_run() {
        assert!(NOT_RUN.iter().map(|(.., count, _)| count).sum::<usize>() <= 10, "{}", not_run());
    }

    #[test]
    fn the_page_for_rust_names_every_crate_and_feature() {
        let page = read("site/docs/rust.md");
        for directory in published() {
            let manifest = read(&format!("{directory}/Cargo.toml"));
            let name = manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).unwrap();
            let features = manifest.split("\n[features]\n").nth(1).and_then(|rest| rest.split("\n\n").next());
            let features = features.unwrap_or_default().lines().filter_map(|line| line.split_once(" = ["));
            for word in features.map(|(feature, _)| feature).filter(|feature| *feature != "default").chain([name]) {
                assert!(page.contains(&format!("`{word}`")), "site/docs/rust.md has no `{word}`, of {directory}");
            }
        }
    }

    /// Commands that the documentation shows of this program are there.
    #[test]
    fn commands_are_there() {
        let flags = read("xtask/src/flags.rs");
        for (path, text) in sources(&[".md"]) {
            for command in text.split("cargo xtask ").skip(1) {
                let name: String = command.chars().take_while(|letter| letter.is_ascii_lowercase()).collect();
                assert!(name.is_empty() || flags.contains(&format!("cmd {name}")), "{path}: cargo xtask {name}");
                let words = command.split(['\n', '#', '`', ';', ',', '.']).next().unwrap_or_default();
                for flag in words.split("--").skip(1) {
                    let flag = flag.split([' ', '=']).next().unwrap_or_default();
                    assert!(flags.contains(&format!("--{flag}")), "{path}: cargo xtask {name} --{flag}");
                }
            }
        }
    }
}
