//! `cargo xtask typings`: the types of clauses for TypeScript and Python, from the tables of `pixfuse-spec`.
//!
//! What a clause takes is declared once, in Rust. A test asserts that the types are those of the tables.

mod python;

use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result};
use pixfuse_spec::SizeRule;
use pixfuse_spec::described::{Described, Kind, Place, Row, described};

use crate::tools;

/// Between these lines of the file stands what is written.
const BEGIN: &str = "// From here on: the tables of crates/pixfuse-spec, written by `cargo xtask typings`.\n";
const END: &str = "// Up to here: the tables.\n";

/// Words that have a type with a name: what messages call them, the name, and its documentation.
const WORDS: [(&str, &str, &str); 6] = [
    (
        "pixel format",
        "PixelFormat",
        "What one source pixel is: its channels in memory order and their bits, or how luma and chroma lie.",
    ),
    ("channel order", "ChannelOrder", "Which channels a tensor has, in this order."),
    ("element type", "Element", "The type of one element of a tensor."),
    ("layout", "Layout", "Where channels lie: innermost (`hwc`, interleaved) or outermost (`chw`, planes)."),
    (
        "filter",
        "Filter",
        "How a resized pixel is made. Each name is one library's result, to the bit; with `'antialias'` behind it \
         `bilinear` and `bicubic` are Pillow's. `box`, `hamming` and `lanczos` need it, the other filters have none.",
    ),
    ("order", "Order", "Whose roundings `normalize` has; `fused` is one multiply-add."),
];

/// The named arguments of a clause as an interface: the clause, the name, its documentation.
const INTERFACES: [(&str, &str, &str); 7] = [
    ("input", "Conversion", "How source pixels are converted before anything is resampled."),
    ("letterbox", "LetterboxOptions", "What else can be said of a letterbox."),
    ("tiles", "TilesOptions", "Which grid of tiles, how the image lies in it, and what stands beside the tiles."),
    ("center_crop", "CenterCropOptions", "What else can be said of a crop of the middle."),
    (
        "normalize",
        "Normalize",
        "`y = (x * scale - mean) / (std + eps)`, with a pixel value `x` of 0 to 255. `mean` and `std` are one number, or \
         one for each channel of the *output*, in its order.",
    ),
    (
        "output",
        "Quantize",
        "How an integer is made of a normalised value: `saturate(round(y / scale) + zeroPoint)`, ONNX `QuantizeLinear`.",
    ),
    ("patches", "Patches", "How an image is cut into patches, a row of the tensor each."),
];

pub(crate) fn run() -> Result<()> {
    for file in files() {
        let path = tools::root().join(file.path);
        let text = fs::read_to_string(&path).context(file.path)?;
        fs::write(path, file.with_tables(&text)?)?;
    }
    Ok(())
}

/// A file of types.
struct File {
    path: &'static str,
    /// The lines between which the tables stand.
    marks: [&'static str; 2],
    tables: String,
}

fn files() -> [File; 2] {
    let python = format!("{}\n", python::tables(&described()));
    [
        File { path: "bindings/node/declaration.d.ts", marks: [BEGIN, END], tables: tables() },
        File {
            path: "bindings/python/python/pixfuse/_pixfuse.pyi",
            marks: [python::BEGIN, python::END],
            tables: python,
        },
    ]
}

impl File {
    /// The file, in which the tables stand as they are now.
    fn with_tables(&self, text: &str) -> Result<String> {
        let Self { path, marks: [begin, end], tables } = self;
        let (before, rest) =
            text.split_once(begin).with_context(|| format!("{path} has no line where the tables begin"))?;
        let (_, after) = rest.split_once(end).with_context(|| format!("{path} has no line where the tables end"))?;
        Ok(format!("{before}{begin}\n{tables}{end}{after}"))
    }
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

fn tables() -> String {
    let clauses = described();
    let clause = |name: &str| clauses.iter().find(|clause| clause.name == name).expect("a clause of the language");
    let mut text = String::new();
    for (what, name, documentation) in WORDS {
        write_comment(&mut text, "", documentation);
        writeln!(text, "export type {name} =").expect("a text");
        names_of(&clauses, what).iter().for_each(|name| writeln!(text, "  | '{name}'").expect("a text"));
        text.push('\n');
    }
    let sampling = shared(clause("resize"));
    interface(&mut text, "Sampling", "What else can be said of a filter.", "", &sampling);
    for (name, interface_name, documentation) in INTERFACES {
        let clause = clause(name);
        let (has, own): (Vec<_>, Vec<_>) = named(clause)
            .into_iter()
            .partition(|row| row.shared && sampling.iter().any(|other| other.name == row.name));
        let lacks: Vec<_> = sampling.iter().filter(|row| !has.iter().any(|other| other.name == row.name)).collect();
        let extends = match (has.is_empty(), lacks.is_empty()) {
            (true, _) => String::new(),
            (false, true) => " extends Sampling".to_owned(),
            (false, false) => {
                let lacks: Vec<_> = lacks.iter().map(|row| format!("'{}'", camel_case(row.name))).collect();
                format!(" extends Omit<Sampling, {}>", lacks.join(" | "))
            }
        };
        interface(&mut text, interface_name, documentation, &extends, &own);
    }
    ruled(&mut text, clause("resize"));
    text
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

fn interface(text: &mut String, name: &str, documentation: &str, extends: &str, rows: &[&Row]) {
    write_comment(text, "", documentation);
    writeln!(text, "export interface {name}{extends} {{").expect("a text");
    for row in rows {
        write_comment(text, "  ", row.documentation);
        let optional = if row.needed || name == "Quantize" && row.name == "scale" { "" } else { "?" };
        writeln!(text, "  {}{optional}: {}", camel_case(row.name), type_of(&row.kind)).expect("a text");
    }
    text.push_str("}\n\n");
}

/// The numbers that a rule takes, each with the mark of one that may be left out.
type Numbers = Vec<(&'static str, &'static str)>;

/// A size by a model's rule: the rules that take the same numbers together.
fn ruled(text: &mut String, resize: &Described) {
    let numbers = |rule: SizeRule| {
        let (needed, optional) = rule.numbers();
        let of = |mark: &'static str| move |number: &pixfuse_spec::SizeNumber| (number.name(), mark);
        needed.iter().map(of("")).chain(optional.iter().map(of("?"))).collect::<Numbers>()
    };
    let mut forms: Vec<(Vec<&str>, Numbers)> = Vec::new();
    for &rule in SizeRule::ALL {
        let numbers = numbers(rule);
        match forms.iter_mut().find(|(_, known)| *known == numbers) {
            Some((rules, _)) => rules.push(rule.name()),
            None => forms.push((vec![rule.name()], numbers)),
        }
    }
    // One of the two: a form for each.
    if let Some(at) = forms.iter().position(|(_, numbers)| numbers.starts_with(&[("shortest", "?"), ("longest", "?")]))
    {
        let (rules, numbers) = forms.remove(at);
        for name in ["shortest", "longest"] {
            let others = numbers.iter().filter(|(number, _)| !["shortest", "longest"].contains(number));
            forms.push((rules.clone(), [(name, "")].into_iter().chain(others.copied()).collect()));
        }
    }
    write_comment(text, "", "A size by the rule of a model of transformers, each with its own numbers.");
    text.push_str("export type Ruled =\n");
    for (rules, numbers) in forms {
        let rules = rules.iter().map(|rule| format!("'{rule}'")).collect::<Vec<_>>().join(" | ");
        let numbers = numbers.iter().map(|(number, mark)| format!(", {}{mark}: number", camel_case(number)));
        writeln!(text, "  | {{ rule: {rules}{} }}", numbers.collect::<String>()).expect("a text");
    }
    text.push('\n');
    // Each number is documented once, where editors find it.
    write_comment(text, "", "What the numbers of a [rule](Ruled) are.");
    text.push_str("export interface RuleNumbers {\n");
    let by_rule = resize.forms.last().expect("a form by a rule");
    for row in by_rule.iter().filter(|row| pixfuse_spec::SizeNumber::from_name(row.name).is_some()) {
        write_comment(text, "  ", row.documentation);
        writeln!(text, "  {}?: number", camel_case(row.name)).expect("a text");
    }
    text.push_str("}\n\n");
}

fn type_of(kind: &Kind) -> String {
    let later = |open: bool| if open { " | Later" } else { "" };
    let frame = "readonly [rows: number, columns: number]";
    match kind {
        Kind::Word { what, names } => match WORDS.iter().find(|(known, ..)| known == what) {
            Some((_, name, _)) => (*name).to_owned(),
            None => names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(" | "),
        },
        Kind::Integer(integers) if integers.most - integers.least < 10 => {
            (integers.least..=integers.most).map(|value| value.to_string()).collect::<Vec<_>>().join(" | ")
        }
        Kind::Integer(integers) => format!("number{}", later(integers.open)),
        Kind::Signed => "number".to_owned(),
        Kind::Truth => "boolean".to_owned(),
        Kind::Number { open } => format!("number | `${{number}}/${{number}}`{}", later(*open)),
        Kind::Numbers { open } => format!("number | readonly number[]{}", later(*open)),
        Kind::Fill => "Fill".to_owned(),
        Kind::Frame(_) => format!("number | {frame}"),
        Kind::Frames(_) => format!("readonly ({frame})[]"),
    }
}

/// A name as JavaScript writes it.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..])
}

/// A comment of lines that are not too long.
fn write_comment(text: &mut String, indent: &str, documentation: &str) {
    const MOST: usize = 116;
    let mut lines = vec![String::new()];
    for word in documentation.split_whitespace() {
        let line = lines.last_mut().expect("one line");
        match line.is_empty() || indent.len() + line.len() + word.len() < MOST {
            true if line.is_empty() => line.push_str(word),
            true => *line += &format!(" {word}"),
            false => lines.push(word.to_owned()),
        }
    }
    match lines.as_slice() {
        [line] => writeln!(text, "{indent}/** {line} */").expect("a text"),
        lines => {
            writeln!(text, "{indent}/**").expect("a text");
            lines.iter().for_each(|line| writeln!(text, "{indent} * {line}").expect("a text"));
            writeln!(text, "{indent} */").expect("a text");
        }
    }
}

#[test]
fn types_are_those_of_the_tables() {
    for file in files() {
        let text = fs::read_to_string(tools::root().join(file.path)).unwrap();
        assert!(
            file.with_tables(&text).unwrap() == text,
            "{} is not of the tables; run cargo xtask typings",
            file.path
        );
    }
    let tables = tables();
    for expected in
        ["scaleUp?: boolean", "padTo?: number", "'glm5_next'", "Omit<Sampling, 'of' | 'clamp'>", "rule: 'internvl'"]
    {
        assert!(tables.contains(expected), "{expected}");
    }
}
