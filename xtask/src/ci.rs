//! `cargo xtask ci`: what continuous integration runs, in the order that fails soonest.

use anyhow::{Result, ensure};

use crate::flags::{Counts, Test};
use crate::{counts, cross, emulate, heif, jpeg, test, tools, web};

pub(crate) fn run() -> Result<()> {
    cargo("formatting", &["fmt", "--all", "--check"])?;
    heading("clippy");
    let mut clippy = tools::cargo();
    clippy.args(["clippy", "--workspace", "--all-targets"]).args(jpeg::features("pixfuse-decode"));
    clippy.args(heif::features("pixfuse-decode"));
    tools::run(clippy.args(["--", "-D", "warnings"]))?;
    // With each of the other features left out at least once.
    for (name, features) in [("clippy without the grid", "std"), ("clippy without the standard library", "libm,half")] {
        let features = ["--no-default-features", "--features", features];
        cargo(name, &[&["clippy", "-p", "pixfuse"], &features[..], &["--", "-D", "warnings"]].concat())?;
    }
    heading("documentation");
    let mut doc = tools::cargo();
    doc.args(["doc", "--workspace", "--no-deps"]).args(jpeg::features("pixfuse-decode"));
    tools::run(doc.env("RUSTDOCFLAGS", "-Dwarnings"))?;

    // All that follows, also when some of it fails: one report shows all.
    heading("tests");
    let all = || Test {
        target: None,
        level: None,
        asan: false,
        engines: false,
        web: false,
        platforms: false,
        only: None,
        install: false,
    };
    let mut results = vec![test::run(&all())];
    // The rules of the tree (`tidy`) ran in there, as tests of this package.
    heading("tests of the package for browsers");
    if web::can_build()? {
        results.push(test::run(&Test { web: true, ..all() }));
    } else {
        println!("NOT RUN: {}", web::missing());
    }
    if cfg!(target_os = "linux") {
        heading("tests on 64-bit Arm");
        results.push(test::run(&Test { target: Some(cross::AARCH64.to_owned()), ..all() }));
        // After the tests, which have made the release build of the core that is counted.
        heading("instruction counts");
        results.push(counts::run(&Counts { check: true, write: false, target: None, install: false }));
    }
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        heading("tests of AVX-512");
        results.push(test::run(&Test { level: Some(emulate::AVX512.to_owned()), ..all() }));
    }
    let errors: Vec<String> = results.into_iter().filter_map(Result::err).map(|error| format!("{error:#}")).collect();
    ensure!(errors.is_empty(), "{}", errors.join("; "));
    Ok(())
}

fn cargo(name: &str, arguments: &[&str]) -> Result<()> {
    heading(name);
    tools::run(tools::cargo().args(arguments))
}

fn heading(name: &str) {
    println!("\n── {name} ──");
}
