//! `cargo xtask test --engines`: the recipes of `examples/engines` and `examples/rust`, and the pages of the site, with the
//! libraries that they are about.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::python::{Profile, Venv};
use crate::report::Count;
use crate::test::{addon, pytest, stream, summary, timed};
use crate::{node, tools};

/// Where the recipes are.
const RECIPES: &str = "examples/engines";

/// What an npm package of ours is made of, beside the addon.
const PACKAGE: [&str; 4] = [".js", ".mjs", ".ts", ".mts"];

pub(crate) fn run() -> Result<()> {
    let venv = Venv::new("venv-engines", Some(&tools::root().join(RECIPES).join("requirements.txt")))?;
    venv.install("the Python module", "bindings/python", Profile::Dev)?;
    summary(vec![
        timed("engines, Python", |count| python(&venv, count)),
        // Those of ordinary tests lack most libraries, and leave their pages out.
        timed("pages with libraries", |count| pytest(&venv, "bindings/python/tests/test_site.py", count)),
        timed("engines, Node.js", node),
        timed("engines, Rust", |count| rust(&venv, count)),
    ])
}

/// Each recipe in its engine, with the tensors of one call.
fn python(venv: &Venv, count: &mut Count) -> Result<()> {
    let mut run = venv.command();
    stream(run.arg(tools::root().join(RECIPES).join("run.py")), count)
}

/// Servers, over HTTP, and what a host is sent of them.
fn node(count: &mut Count) -> Result<()> {
    let directory = format!("{RECIPES}/node");
    node::modules(&directory)?;
    addon()?;
    let (from, to) = (tools::root().join("bindings/node"), tools::root().join(&directory).join("node_modules/pixfuse"));
    fs::create_dir_all(&to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if PACKAGE.iter().any(|end| name.ends_with(end)) || ["package.json", "pixfuse.node"].contains(&name.as_str()) {
            fs::copy(&path, to.join(name))?;
        }
    }
    let mut tests = tools::node()?;
    stream(tests.args(["--test", "--test-reporter=spec"]).args(node::test_files(&directory)?), count)
}

/// A crate of its own, whose dependencies no other build waits for.
fn rust(venv: &Venv, count: &mut Count) -> Result<()> {
    let mut cargo = tools::cargo();
    cargo.args(["test", "--no-fail-fast", "--locked", "--manifest-path"]);
    cargo.arg(tools::root().join("examples/rust/Cargo.toml")).arg("--target-dir");
    cargo.arg(tools::target().join("examples-rust")).env("ORT_DYLIB_PATH", onnxruntime(venv)?);
    stream(&mut cargo, count)
}

/// The library in the Python package.
fn onnxruntime(venv: &Venv) -> Result<PathBuf> {
    let asked = tools::ask(venv.command().args(["-c", "import onnxruntime; print(onnxruntime.__file__)"]));
    let libraries = PathBuf::from(asked.context("onnxruntime is not installed")?).with_file_name("capi");
    let mut files = fs::read_dir(&libraries)?.filter_map(|entry| Some(entry.ok()?.path()));
    let found = files.find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libonnxruntime.") || name == "onnxruntime.dll"
    });
    found.with_context(|| format!("no library of onnxruntime in {}", libraries.display()))
}
