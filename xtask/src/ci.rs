//! `cargo xtask ci`: what continuous integration runs, in the order that fails soonest.

use anyhow::{Result, ensure};

use crate::{cross, decoders, emulate, run, tools, web, wheels};

pub(crate) fn run_all() -> Result<()> {
    let jpeg = decoders::jpeg("pixfuse-decode");
    let deny = ["--", "-D", "warnings"];
    cargo("formatting", tools::cargo().args(["fmt", "--all", "--check"]))?;
    let mut clippy = tools::cargo();
    clippy.args(["clippy", "--workspace", "--all-targets"]).args(&jpeg).args(decoders::heif("pixfuse-decode"));
    cargo("clippy", clippy.args(deny))?;
    // With each of the other features left out at least once.
    for (name, features) in [("clippy without the grid", "std"), ("clippy without the standard library", "libm,half")] {
        let features = ["--no-default-features", "--features", features];
        cargo(name, tools::cargo().args(["clippy", "-p", "pixfuse"]).args(features).args(deny))?;
    }
    let mut doc = tools::cargo();
    doc.args(["doc", "--workspace", "--no-deps"]).args(jpeg).env("RUSTDOCFLAGS", "-Dwarnings");
    cargo("documentation", &mut doc)?;

    // All that follows, also when some of it fails: one report shows all. The rules of the tree (`tidy`) are tests too.
    let mut tasks: Vec<(&str, &[&str])> = vec![("tests", &["test"])];
    if web::can_build()? {
        tasks.push(("tests of the package for browsers", &["test", "--web"]));
    } else {
        println!("NOT RUN: tests of the package for browsers: {}", web::missing());
    }
    if cfg!(target_os = "linux") {
        tasks.push(("tests on 64-bit Arm", &["test", "--target", cross::AARCH64]));
        // After the tests, which have made the release build of the core that is counted.
        tasks.push(("instruction counts", &["counts", "--check"]));
    }
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        tasks.push(("tests of AVX-512", &["test", "--level", emulate::AVX512]));
        // Emulated here; other packages of other platforms take an hour, and are tried by a job of their own.
        match wheels::need_arm() {
            Ok(()) => tasks.push(("a wheel for 64-bit Arm", &["test", "--platforms", "--only", "arm64-wheel"])),
            Err(error) => println!("NOT RUN: a wheel for 64-bit Arm: {error:#}"),
        }
    }
    let mut errors = Vec::new();
    for (name, words) in tasks {
        heading(name);
        errors.extend(run(words).err().map(|error| format!("{error:#}")));
    }
    ensure!(errors.is_empty(), "{}", errors.join("; "));
    Ok(())
}

fn cargo(name: &str, cargo: &mut std::process::Command) -> Result<()> {
    heading(name);
    tools::run(cargo)
}

fn heading(name: &str) {
    println!("\n── {name} ──");
}
