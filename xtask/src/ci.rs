//! `cargo xtask ci`: what continuous integration runs, in the order that fails soonest.

use anyhow::{Result, bail};

use crate::flags::Test;
use crate::{cross, test, tools};

pub(crate) fn run() -> Result<()> {
    cargo("formatting", &["fmt", "--all", "--check"])?;
    cargo("clippy", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    heading("documentation");
    tools::run(tools::cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-Dwarnings"))?;

    // Both test runs, also when the first fails: one report shows all.
    heading("tests");
    let here = test::run(&Test { target: None, level: None, only: None, install: false });
    // The rules of the tree (`tidy`) ran in there, as tests of this package.
    let there = if cfg!(target_os = "linux") {
        heading("tests on 64-bit Arm");
        test::run(&Test { target: Some(cross::AARCH64.to_owned()), level: None, only: None, install: false })
    } else {
        Ok(())
    };
    match (here, there) {
        (Err(here), Err(there)) => bail!("{here:#}; {there:#}"),
        (here, there) => here.and(there),
    }
}

fn cargo(name: &str, arguments: &[&str]) -> Result<()> {
    heading(name);
    tools::run(tools::cargo().args(arguments))
}

fn heading(name: &str) {
    println!("\n── {name} ──");
}
