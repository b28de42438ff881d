//! `cargo xtask test --engines`: the recipes of `examples/engines` and `examples/rust`, and the pages of the site, with the
//! libraries that they are about.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::debian::Packages;
use crate::python::{Profile, Venv};
use crate::report::Count;
use crate::test::{Part, addon, pytest, stream};
use crate::{files, node, tools};

/// Where the recipes are.
const RECIPES: &str = "examples/engines";

/// The headers of onnxruntime, which neither PyPI nor npm has.
const HEADERS: Packages =
    Packages { name: "onnxruntime", architecture: "amd64", release: Some("trixie"), packages: "libonnxruntime-dev" };

pub(crate) const PARTS: [Part<'static>; 5] =
    [("python", &python), ("pages", &pages), ("node", &node), ("rust", &rust), ("cpp", &cpp)];

/// The environment with all that recipes need, and this module.
fn venv() -> Result<Venv> {
    let venv = Venv::new("venv-engines", Some(&tools::root().join(RECIPES).join("requirements.txt")))?;
    venv.install("the Python module", "bindings/python", Profile::Dev)?;
    Ok(venv)
}

/// Each recipe in its engine, with the tensors of one call.
fn python(count: &mut Count) -> Result<()> {
    let mut run = venv()?.command();
    stream(run.arg(tools::root().join(RECIPES).join("run.py")), count)
}

/// Pages of the site: ordinary tests lack most libraries, and leave their pages out.
fn pages(count: &mut Count) -> Result<()> {
    pytest(&venv()?, "bindings/python/tests/test_site.py", count)
}

/// Servers, over HTTP, and what a host is sent of them.
fn node(count: &mut Count) -> Result<()> {
    let directory = format!("{RECIPES}/node");
    node::modules(&directory)?;
    addon()?;
    let (from, to) = (tools::root().join("bindings/node"), tools::root().join(&directory).join("node_modules/pixfuse"));
    for path in files::entries(from)? {
        let name = files::name(&path);
        if [".js", ".mjs", ".ts", ".mts"].iter().any(|end| name.ends_with(end))
            || ["package.json", "pixfuse.node"].contains(&name.as_str())
        {
            files::copy(&path, to.join(name))?;
        }
    }
    stream(node::tests()?.args(node::test_files(&directory)?), count)
}

/// A crate of its own, whose dependencies no other build waits for.
fn rust(count: &mut Count) -> Result<()> {
    let mut cargo = tools::cargo();
    cargo.args(["test", "--no-fail-fast", "--locked", "--manifest-path"]);
    cargo.arg(tools::root().join("examples/rust/Cargo.toml")).arg("--target-dir");
    cargo.arg(tools::target().join("examples-rust")).env("ORT_DYLIB_PATH", onnxruntime()?);
    stream(&mut cargo, count)
}

/// The program in C++ that feeds onnxruntime: its headers are Debian's, its library is that of the Python package. Both are of one
/// interface, which grows at its end.
fn cpp(count: &mut Count) -> Result<()> {
    let root = tools::target().join(HEADERS.name);
    HEADERS.unpack(&root)?;
    // By the name that programs look for.
    let library = root.join("libonnxruntime.so.1");
    if library.exists() {
        fs::remove_file(&library)?;
    }
    fs::hard_link(onnxruntime()?, &library)?;
    let places = format!("{}:{}", root.join("usr/include/onnxruntime").display(), library.display());
    let mut cargo = tools::cargo();
    cargo.args(["test", "--package", "pixfuse-c", "--test", "programs", "onnxruntime::"]);
    stream(cargo.env("PIXFUSE_ONNXRUNTIME", places), count)
}

/// The library in the Python package, in an environment of little else.
fn onnxruntime() -> Result<PathBuf> {
    let list = tools::root().join("bindings/c/examples/requirements.txt");
    let venv = Venv::new("venv-onnxruntime", Some(&list))?;
    let asked = tools::ask(venv.command().args(["-c", "import onnxruntime; print(onnxruntime.__file__)"]));
    let libraries = PathBuf::from(asked.context("onnxruntime is not installed")?).with_file_name("capi");
    let is_it = |name: String| name.starts_with("libonnxruntime.") || name == "onnxruntime.dll";
    let found = files::entries(&libraries)?.into_iter().find(|path| is_it(files::name(path)));
    found.with_context(|| format!("no library of onnxruntime in {}", libraries.display()))
}
