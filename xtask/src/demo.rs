//! `cargo xtask demo`: one declaration, one photo, three languages, the same tensor.
//!
//! The Rust program of `examples/demo` holds the declaration and decodes the photo; it leaves both in
//! `target/demo`, where the Python and the Node program find them. So all three see the same pixels, whatever JPEG
//! decoder their users would take.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::flags::Demo;
use crate::progress::step;
use crate::python::{self, Profile, Venv};
use crate::{decoders, files, node, report, tools};

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
    let mut cargo = tools::cargo();
    cargo.args(["build", "--release", "--package", "pixfuse-demo"]).args(decoders::jpeg("pixfuse-decode"));
    step("building the Rust demo", "cargo-pixfuse-demo", &mut cargo)?;
    let mut program = tools::command(tools::program("release", "pixfuse-demo"));
    let rust = said(program.arg(&photo).arg(&directory))?;

    let venv = Venv::new("venv", None)?;
    venv.install("the Python module", "bindings/python", Profile::Release)?;
    let python = said(venv.command().arg("examples/demo/demo.py").arg(&directory))?;

    node::addon("the Node addon", node::ADDON, "bindings/node/pixfuse.node", Profile::Release)?;
    let node = said(tools::node()?.arg("examples/demo/demo.mjs").arg(&directory))?;

    let input: Value = serde_json::from_str(&files::read(directory.join("input.json"))?)?;
    println!("\n{}", input["pipeline"].as_str().unwrap_or_default());
    println!("{}, {} rows x {} columns", tools::shown(&photo), input["rows"], input["columns"]);
    println!("JPEG is decoded by {}\n", decoders::of_jpeg());
    let heading = ["language", "tensor", "sha256", "median", "level"];
    print!("{}", report::table(&heading, &[rust.clone(), python.clone(), node.clone()], &[3]));
    for other in [&python, &node] {
        ensure!(
            other[1..3] == rust[1..3],
            "the tensors differ: {:?} in Rust, {:?} in {}",
            &rust[1..3],
            &other[1..3],
            other[0]
        );
    }
    println!("\nThe same bytes in all three. What the model sees: {}", tools::shown(&directory.join("preview.png")));
    Ok(())
}

/// What a program prints, as one line of JSON: its language, the shape and the digest of the tensor, the time, the level.
fn said(program: &mut Command) -> Result<Vec<String>> {
    let output = tools::output(program)?;
    let read = || -> Option<Vec<String>> {
        let line: Value = serde_json::from_str(output.trim()).ok()?;
        let text = |name: &str| Some(line.get(name)?.as_str()?.to_owned());
        let dims: Vec<String> = line.get("shape")?.as_array()?.iter().map(Value::to_string).collect();
        let (shape, digest) = (format!("[{}]", dims.join(", ")), text("sha256")?.get(..16)?.to_owned());
        Some(vec![
            text("language")?,
            shape,
            digest,
            format!("{:.0} µs", line.get("median_us")?.as_f64()?),
            text("level")?,
        ])
    };
    read()
        .with_context(|| format!("{} printed something else than its line: {output}", program.get_program().display()))
}
