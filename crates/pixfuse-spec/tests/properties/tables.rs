//! Clauses made of their tables: what a table admits is read, whatever the rulebook then says.

use pixfuse_spec::described::{Kind, Place, Row, described};
use pixfuse_spec::{ErrorKind, Spec};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Values of a kind, as they are written.
fn value(kind: &Kind) -> BoxedStrategy<String> {
    let listed = |items: Vec<String>| format!("[{}]", items.join(", "));
    let number = || (-1000..1000_i32, 1..1000_i32).prop_map(|(a, b)| format!("{a}/{b}"));
    let later = |open: bool, known: BoxedStrategy<String>| match open {
        true => prop_oneof![4 => known, 1 => Just("_".to_owned())].boxed(),
        false => known,
    };
    let sides =
        |least: u32, most: u32| (least..=most, least..=most).prop_map(|(rows, columns)| format!("[{rows}, {columns}]"));
    match kind {
        Kind::Word { names, .. } => select(*names).prop_map(str::to_owned).boxed(),
        Kind::Integer(integers) => {
            later(integers.open, (integers.least..=integers.most).prop_map(|value| value.to_string()).boxed())
        }
        Kind::Signed => (-300..300_i32).prop_map(|value| value.to_string()).boxed(),
        Kind::Truth => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        Kind::Number { open } => later(*open, number().boxed()),
        Kind::Numbers { open } => later(*open, prop_oneof![number(), vec(number(), 1..=4).prop_map(listed)].boxed()),
        Kind::Fill => {
            let pixel = || any::<u8>().prop_map(|value| value.to_string());
            prop_oneof![pixel(), vec(pixel(), 1..=4).prop_map(listed)].boxed()
        }
        Kind::Frame(integers) => {
            let side = (integers.least..=integers.most).prop_map(|side| side.to_string());
            prop_oneof![side, sides(integers.least, integers.most)].boxed()
        }
        Kind::Frames(integers) => vec(sides(integers.least, integers.most), 1..=3).prop_map(listed).boxed(),
    }
}

/// An argument as it is written; nothing for one that may be left out, at times.
fn argument(row: &Row) -> BoxedStrategy<Option<String>> {
    let name = row.name;
    let written = match row.place {
        Place::Value => value(&row.kind),
        Place::Flag => Just(name.to_owned()).boxed(),
        Place::Named => value(&row.kind).prop_map(move |value| format!("{name} = {value}")).boxed(),
    };
    // What stands behind a value that is left out would be read in its place.
    let always = row.needed || row.place == Place::Value;
    if always { written.prop_map(Some).boxed() } else { proptest::option::of(written).boxed() }
}

/// A clause of the language by one of its forms: its name, and all of it.
fn clause() -> impl Strategy<Value = (&'static str, String)> {
    select(described()).prop_flat_map(|clause| {
        select(clause.forms).prop_flat_map(move |form| {
            let arguments: Vec<_> = form.iter().map(argument).collect();
            arguments.prop_map(move |arguments| {
                let arguments: Vec<String> = arguments.into_iter().flatten().collect();
                (clause.name, format!("{}({})", clause.name, arguments.join(", ")))
            })
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_table_admits_is_read((name, clause) in clause()) {
        // A form that begins with no side is told by an argument, which may have been left out.
        let is_told = |names: &[&str]| names.iter().any(|name| clause.contains(&format!("{name} = ")));
        let begins_with_side = clause[name.len() + 1..].starts_with(|c: char| c.is_ascii_digit() || c == '_');
        let is_ruled = is_told(&["rule"]) && !clause.contains("rule = timm") && !clause.contains("rule = opencv");
        prop_assume!(match name {
            "resize" => begins_with_side || is_ruled || is_told(&["shortest", "longest", "cover"]),
            "pad" => begins_with_side || is_told(&["to", "multiple", "beyond", "least"]),
            _ => true,
        });
        let text = match name {
            "input" => format!("{clause}, output(rgb, f32)"),
            "output" => format!("input(rgb8), {clause}"),
            _ => format!("input(rgb8), {clause}, output(rgb, f32)"),
        };
        match text.parse::<Spec>() {
            Ok(spec) => prop_assert_eq!(spec.to_string().parse::<Spec>(), Ok(spec)),
            Err(error) => {
                let unread = error.errors.iter().find(|error| matches!(error.kind, ErrorKind::Syntax | ErrorKind::Value));
                prop_assert_eq!(unread, None, "{}", text);
            }
        }
    }
}
