//! `cargo xtask demo`: one declaration, one photo, three languages, the same tensor.
//!
//! The Rust program of `examples/demo` holds the declaration and decodes the photo; it leaves both in
//! `target/demo`, where the Python and the Node program find them. So all three see the same pixels, whatever JPEG
//! decoder their users would take.

use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::flags::Demo;
use crate::progress::step;
use crate::python::{self, Profile, Venv};
use crate::{jpeg, node, report, tools};

pub(crate) fn run(flags: &Demo) -> Result<()> {
    let photo = match &flags.photo {
        None => tools::root().join("examples/demo/photo.jpg"),
        // Relative to where the command was typed, which the programs below do not run in.
        Some(path) => std::path::absolute(path)?,
    };
    // Everything that can be known to be missing, before anyone waits for a build.
    ensure!(photo.is_file(), "there is no photo {}", photo.display());
    python::interpreter()?;
    tools::node()?;

    let directory = tools::target().join("demo");
    std::fs::create_dir_all(&directory)?;
    let program = tools::target().join("release").join(format!("pixfuse-demo{}", std::env::consts::EXE_SUFFIX));
    step(
        "building the Rust demo",
        "cargo-pixfuse-demo",
        tools::cargo().args(["build", "--release", "--package", "pixfuse-demo"]).args(jpeg::features("pixfuse-decode")),
    )?;
    let rust = Line::of(tools::command(program).arg(&photo).arg(&directory))?;

    let venv = Venv::new("venv", None)?;
    venv.install("the Python module", "bindings/python", Profile::Release)?;
    let python = Line::of(venv.command().arg("examples/demo/demo.py").arg(&directory))?;

    node::addon("the Node addon", node::ADDON, "bindings/node/pixfuse.node", Profile::Release)?;
    let node = Line::of(tools::node()?.arg("examples/demo/demo.mjs").arg(&directory))?;

    print(&tools::shown(&photo), &directory.join("input.json"), &[&rust, &python, &node])?;
    for other in [&python, &node] {
        if (&other.shape, &other.digest) != (&rust.shape, &rust.digest) {
            bail!(
                "the tensors differ: {} {} in Rust, {} {} in {}",
                rust.shape,
                rust.digest,
                other.shape,
                other.digest,
                other.language
            );
        }
    }
    println!("\nThe same bytes in all three. What the model sees: {}", tools::shown(&directory.join("preview.png")));
    Ok(())
}

/// What each program prints, as one line of JSON.
struct Line {
    language: String,
    shape: String,
    digest: String,
    median_us: f64,
    level: String,
}

impl Line {
    fn of(program: &mut Command) -> Result<Self> {
        let output = tools::output(program)?;
        let read = || -> Option<Self> {
            let line: Value = serde_json::from_str(output.trim()).ok()?;
            let text = |name: &str| Some(line.get(name)?.as_str()?.to_owned());
            let dims: Vec<String> = line.get("shape")?.as_array()?.iter().map(Value::to_string).collect();
            Some(Self {
                language: text("language")?,
                shape: format!("[{}]", dims.join(", ")),
                digest: text("sha256")?.get(..16)?.to_owned(),
                median_us: line.get("median_us")?.as_f64()?,
                level: text("level")?,
            })
        };
        read().with_context(|| {
            format!("{} printed something else than its line: {output}", program.get_program().display())
        })
    }
}

fn print(photo: &str, input: &std::path::Path, lines: &[&Line]) -> Result<()> {
    let input: Value = serde_json::from_str(&std::fs::read_to_string(input)?)?;
    println!("\n{}", input["pipeline"].as_str().unwrap_or_default());
    println!("{photo}, {} rows x {} columns", input["rows"], input["columns"]);
    println!("JPEG is decoded by {}\n", jpeg::decoder());
    let row = |line: &&Line| {
        let median = format!("{:.0} µs", line.median_us);
        vec![line.language.clone(), line.shape.clone(), line.digest.clone(), median, line.level.clone()]
    };
    let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
    print!("{}", report::table(&["language", "tensor", "sha256", "median", "level"], &rows, &[3]));
    Ok(())
}
