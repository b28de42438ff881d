//! `cargo xtask typings`: the types of clauses for TypeScript and Python, and the tables of arguments in the reference of the
//! language, from the tables of `pixfuse-spec`.
//!
//! What a clause takes is declared once, in Rust. A test asserts that the files are those of the tables.

mod markdown;
mod python;
mod typescript;

use anyhow::{Context, Result};
use pixfuse_spec::described::{Described, Kind, Place, Row, described};

use crate::{files, tools};

/// A file of the tree, how its comments begin and end, and what stands between two of them.
type File = (&'static str, [&'static str; 2], fn(&[Described]) -> String);

const FILES: [File; 3] = [
    ("bindings/node/declaration.d.ts", ["//", ""], typescript::tables),
    ("bindings/python/python/pixfuse/_pixfuse.pyi", ["#", ""], python::tables),
    ("crates/pixfuse-spec/LANGUAGE.md", ["<!--", " -->"], markdown::tables),
];

pub(crate) fn run() -> Result<()> {
    FILES.iter().try_for_each(|file| files::write(tools::root().join(file.0), written(file)?.1))
}

/// The text of a file as it is, and with the tables as they are now.
fn written((path, [open, close], tables): &File) -> Result<(String, String)> {
    let text = files::read(tools::root().join(path))?;
    let begin =
        format!("{open} From here on: the tables of crates/pixfuse-spec, written by `cargo xtask typings`.{close}\n");
    let end = format!("{open} Up to here: the tables.{close}\n");
    let (before, rest) =
        text.split_once(&begin).with_context(|| format!("{path} has no line where the tables begin"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("{path} has no line where the tables end"))?;
    let new = format!("{before}{begin}\n{}\n\n{end}{after}", tables(&described()).trim_end());
    Ok((text, new))
}

/// A clause of the language.
fn clause<'a>(clauses: &'a [Described], name: &str) -> &'a Described {
    clauses.iter().find(|clause| clause.name == name).expect("a clause of the language")
}

/// The words that messages call so.
fn names_of<'a>(clauses: &'a [Described], what: &str) -> &'a [&'static str] {
    let mut kinds = clauses.iter().flat_map(|clause| clause.forms.iter().flatten()).map(|row| &row.kind);
    let names = kinds.find_map(|kind| match kind {
        Kind::Word { what: found, names } if *found == what => Some(names),
        _ => None,
    });
    names.expect("a word of the language")
}

/// The named arguments of a clause, of all its forms.
fn named(clause: &Described) -> Vec<&Row> {
    let mut rows: Vec<&Row> = Vec::new();
    for row in clause.forms.iter().flatten().filter(|row| row.place == Place::Named) {
        if !rows.iter().any(|known| known.name == row.name) {
            rows.push(row);
        }
    }
    rows
}

/// Those that other clauses have too.
fn shared(clause: &Described) -> Vec<&Row> {
    named(clause).into_iter().filter(|row| row.shared).collect()
}

#[test]
fn files_are_of_the_tables() {
    for file in &FILES {
        let (text, new) = written(file).unwrap();
        assert!(text == new, "{} is not of the tables: run cargo xtask typings", file.0);
    }
}
