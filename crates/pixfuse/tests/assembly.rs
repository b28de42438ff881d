//! In optimised code every kernel is one function at its level: nothing in it is called, everything is inlined.
//!
//! What is not inlined into a gateway is compiled without its instructions; it gives the same bytes some forty times
//! slower, and no other test would see it. So this one compiles a crate as a user would and reads its assembly.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
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

fn tool(name: &str) -> std::ffi::OsString {
    std::env::var_os(name.to_uppercase()).unwrap_or_else(|| name.into())
}

/// The directory of the core's release build, which is made if it is not there.
fn release() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = temporary.parent().expect("the directory for tests is inside the target directory");
    // Without a network: what this needs was needed to get here.
    run(Command::new(tool("cargo"))
        .args(["build", "--release", "--lib", "--offline", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target));
    target.join("release")
}

/// The assembly of a crate that uses the core's release build.
fn assembly(source: &str) -> String {
    let (release, temporary) = (release(), Path::new(env!("CARGO_TARGET_TMPDIR")));
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

/// What a gateway may call, none of it in a loop over pixels: what makes a row, which has a gateway of its own and is a method
/// of an object, and the way out where a plan cannot be. A bounds check is not among them.
fn is_once_a_row(call: &str) -> bool {
    let of_an_object = call.strip_prefix("callq\t*").is_some_and(|method| {
        let (offset, object) = method.split_once('(').unwrap_or((method, ""));
        offset.bytes().all(|byte| byte.is_ascii_digit()) && object.starts_with("%r") && object.trim_end().ends_with(')')
    });
    of_an_object && !call.contains("%rip") || call.contains("panic_fmt") || call.contains("panic_const")
}

/// What reads bytes one by one, for rows with gaps.
const WITHOUT_VECTORS: &str = "6gather17h";

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
            calls.retain(|call| !is_once_a_row(call) && !call.contains(WITHOUT_VECTORS));
            assert!(calls.is_empty(), "{symbol} calls {calls:#?}");
            let is_wide = |instruction: &&str| instruction.contains("%ymm") || instruction.contains("%zmm");
            assert!(body.iter().any(is_wide), "{symbol} is no code of {level}");
        }
    }
}

/// Functions of a level that gateways call once a row: each is compiled with the instructions of its level. And what is done
/// lane by lane, where a sum in f64 may not be rounded twice. A pass that several of them call is a gateway of its own.
const OF_A_LEVEL: [&str; 15] = [
    "gateway5enter",
    "filter_row",
    "filter_quad",
    "filter_pixels",
    "filter_transposed",
    "sum_row",
    "weigh_columns",
    "Pixels7outputs",
    "Transposed6chunks",
    "avx2_passes4sums",
    "avx512_passes4sums",
    "avx512_passes9five_taps",
    "avx512_passes9nine_taps",
    "avx512_float_passes",
    "one_by_one",
];

/// What makes rows is compiled in the core, and calls once a row what it likes, but no operation of a level.
#[test]
fn gateways_of_the_core_call_no_operation() {
    if !std::env::var("RUSTFLAGS").unwrap_or_default().is_empty() {
        return common::not_run("machine code of the core", "RUSTFLAGS is set");
    }
    let library = release().join("libpixfuse.rlib");
    let Ok(output) = Command::new("objdump").args(["-dr", "--no-show-raw-insn"]).arg(library).output() else {
        return common::not_run("machine code of the core", "there is no objdump; binutils has it");
    };
    let code = String::from_utf8_lossy(&output.stdout);
    let (mut gateways, mut called, mut inside) = (0, Vec::new(), "");
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(symbol) = line.strip_suffix(">:").and_then(|line| line.split_once('<')) {
            let is_of_a_level = ["Sse41", "Avx2", "Avx512"].iter().any(|level| symbol.1.contains(level));
            inside = if symbol.1.contains("gateway") && is_of_a_level { symbol.1 } else { "" };
            gateways += usize::from(!inside.is_empty());
        }
        let relocation = lines.peek().filter(|next| next.contains("R_X86_64_"));
        if let (false, true, Some(to)) = (inside.is_empty(), line.contains("\tcall"), relocation) {
            let is_operation = to.contains("core_arch") || to.contains("pixfuse4simd");
            let is_apart = to.contains(WITHOUT_VECTORS) || OF_A_LEVEL.iter().any(|name| to.contains(name));
            if is_operation && !is_apart {
                called.push(format!("{inside} calls {}", to.trim()));
            }
        }
    }
    // Three levels of each kernel of the grid, and what makes rows.
    assert!(gateways > 3 * Shape::all().len() + 30, "{gateways} gateways were seen");
    assert!(called.is_empty(), "{called:#?}");
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
