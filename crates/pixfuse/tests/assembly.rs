//! In optimised code every kernel is one function at its level: nothing in it is called, everything is inlined.
//!
//! What is not inlined into a gateway is compiled without its instructions; it gives the same bytes some forty times
//! slower, and no other test would see it. So this one compiles a crate as a user would and reads its assembly.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use pixfuse_spec::{Layout, MapForm, Shape, Stored};

/// A part of the shapes, with every load and every store of every channel count among them.
fn shapes() -> Vec<Shape> {
    let stored = |load| match load {
        Layout::Hwc => [(Stored::F32, MapForm::MulAdd), (Stored::U16, MapForm::MulAdd)],
        Layout::Chw => [(Stored::U8, MapForm::Keep), (Stored::U8, MapForm::Table)],
    };
    Shape::all().into_iter().filter(|shape| stored(shape.load).contains(&(shape.element, shape.map))).collect()
}

/// A crate that declares a pipeline of each shape, each with an order or numbers of its own: of functions with equal
/// code the compiler keeps one.
fn source(shapes: &[Shape]) -> String {
    let declaration = |(index, shape): (usize, &Shape)| {
        let Shape { pixel, channels, load, element, store, map } = shape;
        let (input, alpha, output) = match (pixel, channels) {
            (1, _) => ("gray8", "", "gray"),
            (3, _) => ("rgb8", "", "rgb"),
            (_, 4) => ("bgra8", "", "rgba"),
            _ => ("bgra8", ", alpha = drop", "rgb"),
        };
        let number = index + 2;
        let (normalize, element) = match (element, map) {
            (Stored::F32, _) => (format!("normalize(scale = 1/255, mean = 0.5, std = {number}), "), "f32"),
            (Stored::U16, _) => {
                (format!("normalize(scale = 1/255, mean = 0.5, std = {number}), "), ["f16", "bf16"][index % 2])
            }
            (Stored::U8, MapForm::Keep) => (String::new(), "u8"),
            (Stored::U8, _) => (String::new(), "i8"),
        };
        let steps = if element == "i8" { format!(", scale = {number}") } else { String::new() };
        format!(
            "#[pixfuse::pipeline(input({input}, {load}{alpha}), resize(4, 5, bilinear), {normalize}\
             output({output}, {element}, {store}{steps}))]\npub struct Shape{index};\n"
        )
    };
    shapes.iter().enumerate().map(declaration).collect()
}

/// Standard error of a command that failed is what its failure says.
#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().expect("cargo and rustc compiled this, so they start");
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// The assembly of a crate that uses the core's release build, which is made if it is not there.
fn assembly(source: &str) -> String {
    let tool = |name: &str| std::env::var_os(name.to_uppercase()).unwrap_or_else(|| name.into());
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = temporary.parent().expect("the directory for tests is inside the target directory");
    // Without a network: what this needs was needed to get here.
    run(Command::new(tool("cargo"))
        .args(["build", "--release", "--lib", "--offline", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target));
    let release = target.join("release");
    let (input, output) = (temporary.join("declarations.rs"), temporary.join("declarations.s"));
    std::fs::write(&input, source).unwrap();
    run(Command::new(tool("rustc"))
        .args(["--edition=2024", "--crate-type=lib", "--emit=asm", "-Copt-level=3", "-Ccodegen-units=1"])
        .arg("--extern")
        .arg(format!("pixfuse={}", release.join("libpixfuse.rlib").display()))
        .arg("-L")
        .arg(format!("dependency={}", release.join("deps").display()))
        .arg("-o")
        .args([&output, &input]));
    std::fs::read_to_string(output).unwrap()
}

/// The functions whose symbol has this word: symbol and instructions.
fn functions<'a>(assembly: &'a str, word: &str) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut functions = Vec::new();
    let mut lines = assembly.lines();
    while let Some(line) = lines.next() {
        let symbol = line.strip_suffix(':').filter(|symbol| !symbol.starts_with(['.', '\t']) && symbol.contains(word));
        if let Some(symbol) = symbol {
            let body = lines.by_ref().take_while(|line| !line.starts_with(".Lfunc_end")).map(str::trim).collect();
            functions.push((symbol, body));
        }
    }
    functions
}

/// Whether control leaves the function here, other than by returning: calls, and jumps to what is no local label.
fn leaves(instruction: &str) -> bool {
    let (name, target) = instruction.split_once('\t').unwrap_or((instruction, ""));
    name.starts_with("call") || (name == "jmp" && !target.starts_with(".L") && !target.starts_with('*'))
}

/// The instructions at which control leaves a function, each with the symbol it goes to where that was loaded before.
fn departures(body: &[&str]) -> Vec<String> {
    let mut loaded: HashMap<&str, &str> = HashMap::new();
    let mut departures = Vec::new();
    for &instruction in body {
        if let Some((symbol, register)) = instruction.strip_prefix("movq\t").and_then(|rest| rest.split_once(", ")) {
            loaded.insert(register, symbol);
        }
        if leaves(instruction) {
            let register = instruction.split_once('*').map_or("", |(_, target)| target);
            departures.push(format!("{instruction} {}", loaded.get(register).copied().unwrap_or_default()));
        }
    }
    departures
}

/// What a gateway may call, none of it in a loop over pixels: the passes of a line, which have a gateway of their own, and in
/// the first gateway the copy of a row with gaps, a list's growth and the way out where a plan cannot be. A bounds check is
/// not among them.
const ONCE_A_ROW: [&str; 5] = ["Resampled", "Pack", "raw_vec", "panic_fmt", "panic_const"];

#[test]
fn gateways_call_nothing() {
    if !std::env::var("RUSTFLAGS").unwrap_or_default().is_empty() {
        return common::not_run(
            "assembly of the kernels",
            "RUSTFLAGS is set, and a sanitizer's or coverage's calls are right",
        );
    }
    let shapes = shapes();
    let assembly = assembly(&source(&shapes));
    for level in ["Avx2", "Avx512"] {
        let gateways = functions(&assembly, "gateway");
        let gateways: Vec<_> = gateways.iter().filter(|(symbol, _)| symbol.contains(level)).collect();
        assert!(gateways.len() >= shapes.len(), "a gateway of {level} for each shape");
        for (symbol, body) in gateways {
            let mut calls = departures(body);
            calls.retain(|call| !ONCE_A_ROW.iter().any(|word| call.contains(word)));
            assert!(calls.is_empty(), "{symbol} calls {calls:#?}");
            assert!(body.iter().any(|instruction| instruction.contains("%ymm")), "{symbol} is no code of {level}");
        }
    }
}

#[test]
fn calls_are_seen() {
    let assembly = "\
_R7gateway:
\tvpaddd\t%ymm0
\tjmp\t.LBB0_1
\tjmp\t*%rax
\tcallq\t*f(%rip)
\tjmp\tf
.Lfunc_end0:
\tcallq\tg
";
    let functions = functions(assembly, "gateway");
    assert_eq!(functions.len(), 1);
    let calls: Vec<_> = functions[0].1.iter().filter(|instruction| leaves(instruction)).collect();
    assert_eq!(calls, [&"callq\t*f(%rip)", &"jmp\tf"]);
}
