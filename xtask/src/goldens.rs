//! `cargo xtask goldens`: what the libraries compute, as digests that the tests of three languages compare with.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::flags::Goldens;
use crate::progress::step;
use crate::python::Venv;
use crate::tools;

const FOLDER: &str = "crates/pixfuse/tests/goldens";

/// Each program and the files that it writes.
const PROGRAMS: [(&str, &[&str]); 4] = [
    ("make", &["resize.txt"]),
    ("make_torch", &["torch.txt"]),
    ("make_pipelines", &["declarations.txt", "pipelines.txt"]),
    ("make_sizes", &["sizes.txt"]),
];

/// How many lines that differ are shown of a file.
const SHOWN: usize = 5;

pub(crate) fn run(flags: &Goldens) -> Result<()> {
    let committed = tools::root().join(FOLDER);
    let venv = Venv::new("venv-goldens", Some(&committed.join("requirements.txt")))?;

    // Written beside the tree first, so that a program that fails leaves the goldens as they were.
    let made = tools::target().join("goldens");
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    fs::create_dir_all(&made)?;
    for (program, _) in PROGRAMS {
        let mut python = venv.command();
        python.arg(format!("{FOLDER}/{program}.py")).arg(&made);
        step(&format!("running {program}.py"), &format!("goldens-{program}"), &mut python)?;
    }

    let mut differences = Vec::new();
    for file in PROGRAMS.into_iter().flat_map(|(_, files)| files) {
        let (from, to) = (made.join(file), committed.join(file));
        let text = fs::read_to_string(&from).with_context(|| format!("cannot read {}", from.display()))?;
        // A file that is not there yet differs in every line.
        let before = if to.exists() { fs::read_to_string(&to)? } else { String::new() };
        differences.extend(difference(file, &before, &text));
        if !flags.check {
            fs::write(&to, text).with_context(|| format!("cannot write {}", to.display()))?;
        }
    }
    match (differences.as_slice(), flags.check) {
        ([], _) => println!("the goldens in {FOLDER} are what the libraries compute"),
        (_, false) => println!("{}\n\nwritten to {FOLDER}", differences.join("\n")),
        (_, true) => {
            bail!(
                "the goldens in {FOLDER} are not what the libraries compute:\n{}\n\nthe new ones are in {}; \
                 `cargo xtask goldens` writes them",
                differences.join("\n"),
                tools::shown(&made)
            )
        }
    }
    Ok(())
}

/// How a file has changed, for people; nothing if it has not. Line ends do not count: a checkout may have turned them.
fn difference(file: &str, before: &str, after: &str) -> Option<String> {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let differing: Vec<usize> =
        (0..before.len().max(after.len())).filter(|&line| before.get(line) != after.get(line)).collect();
    if differing.is_empty() {
        return None;
    }
    let mut said = vec![format!("{file}: {} of {} lines differ", differing.len(), before.len().max(after.len()))];
    for &line in differing.iter().take(SHOWN) {
        let sides = [("-", before.get(line)), ("+", after.get(line))];
        said.extend(sides.into_iter().filter_map(|(sign, text)| Some(format!("  {sign} {}: {}", line + 1, text?))));
    }
    Some(said.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn differences_are_counted_and_shown() {
        assert_eq!(difference("a.txt", "one\r\ntwo\r\n", "one\ntwo\n"), None);
        let said = difference("a.txt", "one\ntwo\n", "one\nzwei\ndrei\n").unwrap();
        assert_eq!(said, "a.txt: 2 of 3 lines differ\n  - 2: two\n  + 2: zwei\n  + 3: drei");
        let long = difference("a.txt", "", &"line\n".repeat(100)).unwrap();
        assert_eq!(long.lines().count(), 6, "{long}");
    }
}
