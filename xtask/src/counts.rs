//! `cargo xtask counts`: builds the kernels that are counted, and has the laboratory count them.
//!
//! The program is a release build: `cargo test` makes the core's for the test that reads its assembly, so a check after
//! it costs a link and some seconds of counting.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::bench::laboratory;
use crate::flags::Counts;
use crate::progress::step;
use crate::{cross, tools};

const PROGRAM: &str = "release/pixfuse-counts";

pub(crate) fn run(flags: &Counts) -> Result<()> {
    let mut counts = laboratory();
    counts.arg("counts");
    match &flags.target {
        None => {
            let mut build = tools::cargo();
            build.args(["build", "--release", "--package", "pixfuse-counts"]);
            step("building the kernels that are counted", "cargo-counts", &mut build)?;
            let rustc = tools::output(tools::command(tools::rustc()).arg("--version"))?;
            counts.arg("--program").arg(tools::target().join(PROGRAM)).args(["--rustc", rustc.trim()]);
            counts.args(["--architecture", std::env::consts::ARCH]);
        }
        Some(triple) => emulated(triple, flags.install, &mut counts)?,
    }
    tools::run(counts.args(flags.check.then_some("--check")).args(flags.write.then_some("--write")))
}

/// Builds for another machine, and says what runs it.
fn emulated(triple: &str, install: bool, counts: &mut Command) -> Result<()> {
    let mut cargo = cross::cargo(triple, install)?;
    let runner = set(&cargo, &format!("CARGO_TARGET_{}_RUNNER", triple.to_uppercase().replace('-', "_")))
        .context("this machine runs the target itself: count without --target")?;
    let target = set(&cargo, "CARGO_TARGET_DIR").map_or_else(tools::target, PathBuf::from);
    let compiler = set(&cargo, "RUSTC").or_else(|| std::env::var_os("RUSTC")).unwrap_or_else(|| "rustc".into());
    let rustc = tools::output(tools::command(compiler).arg("--version"))?;
    cargo.args(["build", "--release", "--target", triple, "--package", "pixfuse-counts"]);
    step(&format!("building the kernels that are counted for {triple}"), "cargo-counts-cross", &mut cargo)?;
    counts.arg("--program").arg(target.join(triple).join(PROGRAM)).args(["--rustc", rustc.trim()]);
    counts.args(["--architecture", triple.split('-').next().unwrap_or(triple)]).arg("--emulator").arg(runner);
    Ok(())
}

/// What a command has been told of its environment.
fn set(command: &Command, name: &str) -> Option<OsString> {
    command.get_envs().find(|(key, _)| *key == OsStr::new(name)).and_then(|(_, value)| value.map(OsStr::to_owned))
}
