//! `cargo xtask bench`: builds what is measured, and starts the programs of `benches/` that measure.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::flags::Bench;
use crate::progress::step;
use crate::python::{Profile, Venv};
use crate::{conformance, decoders, files, node, tools};

const PEERS: &str = "benches/peers";

pub(crate) fn run(flags: &Bench) -> Result<()> {
    if let Some(run) = &flags.from {
        return tools::run(laboratory().arg("show").arg(std::path::absolute(run)?));
    }
    match flags {
        Bench { build: true, .. } => build_cost(),
        Bench { memory: true, .. } => memory(),
        Bench { sweep: true, .. } => sweep(flags),
        Bench { vision_language: true, .. } => vision_language(flags),
        _ => workloads(flags),
    }
}

/// The program that keeps and shows what was measured.
pub(crate) fn laboratory() -> Command {
    let mut cargo = tools::cargo();
    cargo.args(["run", "--quiet", "--package", "pixfuse-laboratory", "--"]);
    cargo
}

/// An environment with the peers of Python, and this module.
fn peers() -> Result<Venv> {
    let venv = Venv::new("venv-bench", Some(&tools::root().join(PEERS).join("requirements.txt")))?;
    venv.install("the Python module", "bindings/python", Profile::Release)?;
    Ok(venv)
}

fn addon() -> Result<()> {
    tools::node()?;
    node::modules(PEERS)?;
    node::addon("the Node addon", node::ADDON, "bindings/node/pixfuse.node", Profile::Release)
}

/// Every kernel and level, and each workload in three languages.
fn workloads(flags: &Bench) -> Result<()> {
    let venv = peers()?;
    addon()?;
    let mut build = tools::cargo();
    build.args(["build", "--release", "--package", "pixfuse-benches", "--bin", "peers"]);
    build.args(decoders::jpeg("pixfuse-decode"));
    step("building the Rust peers", "cargo-peers", &mut build)?;
    kernels(flags)?;

    let mut measure = laboratory();
    measure
        .arg("measure")
        .arg("--python")
        .arg(venv.interpreter())
        .arg("--peers")
        .arg(tools::program("release", "peers"));
    measure.args(flags.quick.then_some("--quick")).args(flags.only.iter().flat_map(|only| ["--only", only]));
    tools::run(&mut measure)
}

/// Every kernel on every level, with criterion, which compares with its own record of the run before.
fn kernels(flags: &Bench) -> Result<()> {
    let mut criterion = tools::cargo();
    criterion.args(["bench", "--package", "pixfuse-benches", "--bench", "kernels"]);
    criterion.args(decoders::jpeg("pixfuse-decode")).arg("--");
    // A pattern: without the slash W1 is also the start of W10a.
    criterion.args(flags.only.iter().map(|only| format!("^{only}/"))).args(flags.quick.then_some("--quick"));
    step("measuring the kernels with criterion", "criterion", &mut criterion)
}

/// What users pay before the first call.
fn build_cost() -> Result<()> {
    let dist = files::empty(tools::target().join("build-cost/dist"))?;
    let venv = Venv::new("venv", None)?;
    venv.wheel("bindings/python", &dist, &[])?;
    tools::run(laboratory().arg("build-cost").arg("--dist").arg(dist).arg("--python").arg(venv.interpreter()))
}

/// The most memory that a decode takes, against Pillow.
fn memory() -> Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "--memory reads what the kernel counts of a process in /proc, which only Linux has"
    );
    tools::run(peers()?.command().arg("benches/peers/memory.py"))
}

/// Whether random cases are slower than the libraries that they equal.
fn sweep(flags: &Bench) -> Result<()> {
    let mut python = match &flags.python {
        Some(python) => tools::command(python),
        None => peers()?.command(),
    };
    python.arg("benches/peers/sweep.py");
    tools::run(python.args(flags.quick.then_some(["--cases", "60", "--rounds", "3"]).into_iter().flatten()))
}

/// Image processors of vision-language models, as their users call them.
fn vision_language(flags: &Bench) -> Result<()> {
    let mut python = match &flags.python {
        Some(python) => tools::command(python),
        None => {
            addon()?;
            conformance::libraries(None, Profile::Published)?
        }
    };
    python.args(["benches/vision_language/run.py", "--node"]);
    python.arg("--kept").arg(tools::target().join("vision-language"));
    if flags.llm_multimodal {
        python.arg("--peer").arg(llm_multimodal(&tools::root().join("benches/vision_language/llm_multimodal"))?);
    }
    match &flags.only {
        Some(only) => drop(python.args(["--only", only])),
        None if flags.quick => {}
        None => drop(python.args(["--out", "benches/VISION_LANGUAGE.md"])),
    }
    tools::run(python.args(flags.quick.then_some("--quick")))
}

/// Builds the program that runs llm-multimodal, and gives its path.
fn llm_multimodal(directory: &Path) -> Result<PathBuf> {
    // The versions that the workspace has, of what both use: the core is compiled once for both.
    files::copy(tools::root().join("Cargo.lock"), directory.join("Cargo.lock"))?;
    let mut build = tools::cargo();
    step("building llm-multimodal", "cargo-llm-multimodal", build.args(["build", "--release"]).current_dir(directory))?;
    Ok(tools::program("release", "pixfuse-llm-multimodal"))
}
