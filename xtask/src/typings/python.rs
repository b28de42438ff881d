//! The types of clauses for Python, in the stub of its module.
//!
//! A clause is its text, a sequence of its values with a dict of what has a name behind them, or that dict alone where it needs
//! no value. Tuples and lists both are sequences, so each value is checked by what may stand anywhere in the clause.

use std::fmt::Write;

use pixfuse_spec::described::{Described, Kind, Place, Row};

use super::typescript::WORDS;
use super::{clause, names_of, shared};

/// The most columns of a line.
const MOST: usize = 118;

pub(super) fn tables(clauses: &[Described]) -> String {
    let mut text = String::new();
    for (what, name, _) in WORDS {
        alias(&mut text, name, &[literal(names_of(clauses, what))]);
    }
    text.push('\n');
    let resize = clause(clauses, "resize");
    options(&mut text, "SamplingOptions", &shared(resize));
    // What `replace` takes for a filter: the word, the flag and what is said of it.
    let flags = resize.forms.iter().flatten().filter(|row| row.place == Place::Flag).map(|row| row.name);
    let flags = literal(&flags.collect::<Vec<_>>()[..1]);
    alias(&mut text, "Sampling", &["str".into(), format!("Sequence[_Filter | {flags} | _SamplingOptions]")]);
    text.push('\n');
    clauses.iter().for_each(|one| of_clause(&mut text, one));
    text
}

/// What may stand for one clause.
fn of_clause(text: &mut String, clause: &Described) {
    let name: String = clause.name.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect();
    let mut values: Vec<String> = Vec::new();
    let mut named: Vec<&Row> = Vec::new();
    for row in clause.forms.iter().flatten() {
        let kinds = match row.place {
            Place::Named => {
                named.push(row);
                continue;
            }
            Place::Flag => vec![literal(&[row.name])],
            Place::Value => types_of(&row.kind),
        };
        kinds.into_iter().for_each(|kind| {
            if !values.contains(&kind) {
                values.push(kind);
            }
        });
    }
    let needed = |form: &[Row], place: Place| form.iter().filter(|row| row.needed && row.place == place).count();
    let is_number = |row: &Row| row.place == Place::Value && matches!(row.kind, Kind::Integer(_));
    let mut wholes = vec!["str".to_owned()];
    if clause.forms.iter().any(|form| form.first().is_some_and(is_number) && needed(form, Place::Value) <= 1) {
        wholes.push("_Integer".to_owned());
    }
    if clause.forms.iter().all(|form| needed(form, Place::Value) + needed(form, Place::Named) == 0) {
        wholes.push("Literal[True]".to_owned());
    }
    if !named.is_empty() {
        options(text, &format!("{name}Options"), &named);
        values.push(format!("_{name}Options"));
        if clause.forms.iter().any(|form| needed(form, Place::Value) == 0) {
            wholes.push(format!("_{name}Options"));
        }
    }
    wholes.push(format!("Sequence[{}]", values.join(" | ")));
    alias(text, &name, &wholes);
    text.push('\n');
}

/// A name for one of some types: on a line, or a line for each, and for each word of one that is longer than a line.
fn alias(text: &mut String, name: &str, types: &[String]) {
    let line = format!("_{name}: TypeAlias = {}\n", types.join(" | "));
    if line.len() <= MOST {
        text.push_str(&line);
        return;
    }
    writeln!(text, "_{name}: TypeAlias = (").expect("a text");
    for (index, kind) in types.iter().enumerate() {
        let or = if index == 0 { "" } else { "| " };
        match kind.strip_prefix("Literal[").and_then(|words| words.strip_suffix(']')) {
            Some(words) if kind.len() + 6 > MOST => {
                writeln!(text, "    {or}Literal[\n        {},\n    ]", words.replace(", ", ",\n        "))
            }
            _ => writeln!(text, "    {or}{kind}"),
        }
        .expect("a text");
    }
    text.push_str(")\n");
}

/// The arguments with a name, as keys of a dict.
fn options(text: &mut String, name: &str, rows: &[&Row]) {
    writeln!(text, "class _{name}(TypedDict, total=False):").expect("a text");
    for (index, row) in rows.iter().enumerate() {
        if rows[..index].iter().any(|known| known.name == row.name) {
            continue;
        }
        // Another form of the clause may take something else by that name.
        let mut types: Vec<String> = Vec::new();
        for one in rows.iter().filter(|other| other.name == row.name).flat_map(|other| types_of(&other.kind)) {
            if !types.contains(&one) {
                types.push(one);
            }
        }
        writeln!(text, "    {}: {}", row.name, types.join(" | ")).expect("a text");
        let documentation = row.documentation.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(text, "    \"\"\"{documentation}\"\"\"").expect("a text");
    }
    text.push('\n');
}

fn types_of(kind: &Kind) -> Vec<String> {
    let of = |kind: &str, open: bool| {
        let later: &[&str] = if open { &["None", "Literal[\"_\"]"] } else { &[] };
        [kind].iter().chain(later).map(|&kind| kind.to_owned()).collect()
    };
    match kind {
        Kind::Word { what, names } => match WORDS.iter().find(|(known, ..)| known == what) {
            Some((_, name, _)) => vec![format!("_{name}")],
            None => vec![literal(names)],
        },
        Kind::Integer(integers) => of("_Integer", integers.open),
        Kind::Signed => of("_Integer", false),
        Kind::Truth => of("bool", false),
        // As `1/255` too, which Python's own division does as well.
        Kind::Number { open } => {
            vec!["_Number".to_owned(), "str".to_owned()].into_iter().chain(open.then(|| "None".to_owned())).collect()
        }
        Kind::Numbers { open } => {
            vec!["_Numbers".to_owned()].into_iter().chain(open.then(|| "None | Literal[\"_\"]".to_owned())).collect()
        }
        Kind::Fill | Kind::Frame(_) => vec!["_Integer".to_owned(), "Sequence[_Integer]".to_owned()],
        Kind::Frames(_) => of("Sequence[Sequence[_Integer]]", false),
    }
}

fn literal(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("Literal[{}]", names.join(", "))
}
