//! The types of clauses for TypeScript.

use std::fmt::Write;

use pixfuse_spec::described::{Described, Kind, Row};
use pixfuse_spec::{SizeNumber, SizeRule};

use super::{clause, named, names_of, shared};

/// Words that have a type with a name: what messages call them, the name, and its documentation.
pub(super) const WORDS: [(&str, &str, &str); 6] = [
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

pub(super) fn tables(clauses: &[Described]) -> String {
    let mut text = String::new();
    for (what, name, documentation) in WORDS {
        write_comment(&mut text, "", documentation);
        writeln!(text, "export type {name} =").expect("a text");
        names_of(clauses, what).iter().for_each(|name| writeln!(text, "  | '{name}'").expect("a text"));
        text.push('\n');
    }
    let sampling = shared(clause(clauses, "resize"));
    interface(&mut text, "Sampling", "What else can be said of a filter.", "", &sampling);
    for (name, interface_name, documentation) in INTERFACES {
        let clause = clause(clauses, name);
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
    ruled(&mut text, clause(clauses, "resize"));
    text
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

/// A size by a model's rule: the rules that take the same numbers together.
fn ruled(text: &mut String, resize: &Described) {
    let written = |numbers: &[SizeNumber], mark: &str| {
        numbers.iter().map(|number| format!(", {}{mark}: number", camel_case(number.name()))).collect::<String>()
    };
    let mut forms: Vec<(Vec<String>, String)> = Vec::new();
    for &rule in SizeRule::ALL {
        let (needed, optional) = rule.numbers();
        // One of the two: a form for each.
        let sides = [SizeNumber::Shortest, SizeNumber::Longest];
        let numbers = match optional.strip_prefix(&sides) {
            Some(others) => sides.map(|side| written(&[side], "") + &written(others, "?")).to_vec(),
            None => vec![written(needed, "") + &written(optional, "?")],
        };
        for numbers in numbers {
            match forms.iter_mut().find(|(_, known)| *known == numbers) {
                Some((rules, _)) => rules.push(format!("'{}'", rule.name())),
                None => forms.push((vec![format!("'{}'", rule.name())], numbers)),
            }
        }
    }
    write_comment(text, "", "A size by the rule of a model of transformers, each with its own numbers.");
    text.push_str("export type Ruled =\n");
    for (rules, numbers) in forms {
        writeln!(text, "  | {{ rule: {}{numbers} }}", rules.join(" | ")).expect("a text");
    }
    text.push('\n');
    // Each number is documented once, where editors find it.
    write_comment(text, "", "What the numbers of a [rule](Ruled) are.");
    text.push_str("export interface RuleNumbers {\n");
    let by_rule = resize.forms.last().expect("a form by a rule");
    for row in by_rule.iter().filter(|row| SizeNumber::from_name(row.name).is_some()) {
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
    let mut lines: Vec<String> = Vec::new();
    for word in documentation.split_whitespace() {
        match lines.last_mut() {
            Some(line) if indent.len() + line.len() + word.len() < MOST => *line += &format!(" {word}"),
            _ => lines.push(word.to_owned()),
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
