//! The arguments of clauses, for the reference of the language: a table for each clause.

use pixfuse_spec::described::{Described, Kind, Place, Row};

pub(super) fn tables(clauses: &[Described]) -> String {
    let mut text = String::new();
    // Arguments that were in a table, with the clause that it is of.
    let mut known: Vec<(&Row, &str)> = Vec::new();
    for (name, form) in clauses.iter().flat_map(|clause| clause.forms.iter().map(|form| (clause.name, form))) {
        let is_known = |row: &Row| {
            let mut same =
                known.iter().filter(|(other, _)| other.documentation == row.documentation && other.name == row.name);
            same.find(|(_, clause)| row.shared || *clause == name).map(|(_, clause)| *clause)
        };
        let (new, others): (Vec<&Row>, Vec<&Row>) = form.iter().partition(|row| is_known(row).is_none());
        text += &format!("{}:\n\n", signature(name, form));
        text += "| argument | takes | unless written | says |\n|---|---|---|---|\n";
        text.extend(new.iter().map(|row| of_row(row)));
        if let Some(clause) = others.last().and_then(|row| is_known(row)) {
            let names: Vec<String> = others.iter().map(|row| written(row)).collect();
            text += &format!("\nAnd {}, as of `{clause}` above.\n", names.join(", "));
        }
        text.push('\n');
        known.extend(new.into_iter().map(|row| (row, name)));
    }
    text
}

/// How a form is written: what it needs, and in brackets the values that may be left out.
fn signature(name: &str, form: &[Row]) -> String {
    let (values, others): (Vec<&Row>, Vec<&Row>) = form.iter().partition(|row| row.place == Place::Value);
    let values = values.into_iter().map(|row| if row.needed { row.name.to_owned() } else { format!("[{}]", row.name) });
    let needed = others.iter().filter(|row| row.needed).map(|row| format!("{} = ..", row.name));
    let more = others.iter().any(|row| !row.needed).then(|| "..".to_owned());
    format!("`{name}({})`", values.chain(needed).chain(more).collect::<Vec<_>>().join(", "))
}

/// An argument as it is written.
fn written(row: &Row) -> String {
    match row.place {
        Place::Named => format!("`{} = ..`", row.name),
        Place::Value | Place::Flag => format!("`{}`", row.name),
    }
}

fn of_row(row: &Row) -> String {
    let takes = if row.place == Place::Flag { "stands there or not".to_owned() } else { takes(&row.kind) };
    let otherwise = match (&row.default, row.needed) {
        (_, true) => "is needed".to_owned(),
        (Some(default), false) => format!("`{default}`"),
        (None, false) => String::new(),
    };
    let says = row.documentation.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("| {} | {takes} | {otherwise} | {says} |\n", written(row))
}

/// What may stand for an argument.
fn takes(kind: &Kind) -> String {
    let or_later = |open: bool| if open { ", `_`" } else { "" };
    match kind {
        Kind::Word { names, .. } => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        Kind::Integer(integers) => format!("{} to {}{}", integers.least, integers.most, or_later(integers.open)),
        Kind::Signed => "an integer".to_owned(),
        Kind::Truth => "`true`, `false`".to_owned(),
        Kind::Number { open } => format!("a number{}", or_later(*open)),
        Kind::Numbers { open } => format!("a number, a list of them{}", or_later(*open)),
        Kind::Fill => "a pixel value, a list of them".to_owned(),
        Kind::Frame(_) => "a side, `[rows, columns]`".to_owned(),
        Kind::Frames(_) => "a list of `[rows, columns]`".to_owned(),
    }
}
