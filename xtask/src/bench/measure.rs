//! Builds what is measured, and runs the three programs that measure, one a language.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::record::Record;
use super::store::Run;
use crate::flags::Bench;
use crate::progress::{step, stream};
use crate::python::{Profile, Venv};
use crate::{jpeg, node, tools};

/// Measures everything, or the workload that was asked for.
pub(crate) fn run(flags: &Bench) -> Result<Run> {
    tools::node()?;
    let venv = Venv::new("venv-bench", Some(&tools::root().join("benches/peers/requirements.txt")))?;
    venv.install("the Python module", "bindings/python", Profile::Release)?;
    node::modules("benches/peers")?;
    node::addon("the Node addon", "pixfuse-node-addon", "bindings/node/pixfuse.node", Profile::Release)?;
    let mut build = tools::cargo();
    build.args(["build", "--release", "--package", "pixfuse-benches", "--bin", "peers"]);
    build.args(jpeg::features("pixfuse-decode"));
    step("building the Rust peers", "cargo-peers", &mut build)?;

    kernels(flags)?;

    let program = tools::target().join("release").join(format!("peers{}", std::env::consts::EXE_SUFFIX));
    let mut records = Vec::new();
    for (language, mut peers) in [
        ("Rust", tools::command(program)),
        ("Python", script(venv.command(), "benches/peers/python.py")),
        ("Node.js", script(tools::node()?, "benches/peers/node.mjs")),
    ] {
        if flags.quick {
            peers.arg("--quick");
        }
        if let Some(only) = &flags.only {
            peers.args(["--only", only]);
        }
        records.extend(records_of(language, &mut peers)?);
    }
    ensure!(
        !records.is_empty(),
        "no workload was measured{}",
        flags.only.as_ref().map_or(String::new(), |id| format!(": is there one named {id}?"))
    );
    Ok(Run::new(flags.quick, flags.only.clone(), records))
}

/// The most memory that a decode takes, against Pillow.
pub(crate) fn memory() -> Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "--memory reads what the kernel counts of a process in /proc, which only Linux has"
    );
    let venv = Venv::new("venv-bench", Some(&tools::root().join("benches/peers/requirements.txt")))?;
    venv.install("the Python module", "bindings/python", Profile::Release)?;
    tools::run(&mut script(venv.command(), "benches/peers/memory.py"))
}

/// Whether random cases are slower than the libraries that they equal.
pub(crate) fn sweep(flags: &Bench) -> Result<()> {
    let python = match &flags.python {
        Some(python) => tools::command(python),
        None => {
            let venv = Venv::new("venv-bench", Some(&tools::root().join("benches/peers/requirements.txt")))?;
            venv.install("the Python module", "bindings/python", Profile::Release)?;
            venv.command()
        }
    };
    let mut sweep = script(python, "benches/peers/sweep.py");
    if flags.quick {
        sweep.args(["--cases", "60", "--rounds", "3"]);
    }
    tools::run(&mut sweep)
}

/// Every kernel on every level, with criterion, which compares with its own record of the run before.
fn kernels(flags: &Bench) -> Result<()> {
    let mut criterion = tools::cargo();
    criterion.args(["bench", "--package", "pixfuse-benches", "--bench", "kernels"]);
    criterion.args(jpeg::features("pixfuse-decode")).arg("--");
    if let Some(only) = &flags.only {
        // A pattern: without the slash W1 is also the start of W10a.
        criterion.arg(format!("^{only}/"));
    }
    if flags.quick {
        criterion.arg("--quick");
    }
    step("measuring the kernels with criterion", "criterion", &mut criterion)
}

fn script(mut interpreter: Command, path: &str) -> Command {
    interpreter.arg(path);
    interpreter
}

/// The records of one program, which says on standard error what it measures.
fn records_of(language: &str, peers: &mut Command) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    stream(&format!("measuring in {language}"), peers, |line| {
        let value = serde_json::from_str(line).with_context(|| format!("expected JSON, got `{line}`"))?;
        records.push(Record::read(&value)?);
        Ok(())
    })?;
    Ok(records)
}
