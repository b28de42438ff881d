//! WebAssembly: the Rust tests of the core with `simd128`, the level of browsers, run by Node.js as programs for WASI.
//!
//! The package for browsers has no system at all, and tests want to print and to read goldens; the kernels are the same code.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::progress::step;
use crate::{cross, tools};

/// The target.
pub(crate) const WASI: &str = "wasm32-wasip1";

/// What runs kernels, the tests first that compare levels with the reference at awkward sizes. The others are about threads,
/// processes, pages and words.
pub(crate) const TESTS: [&str; 10] =
    ["levels", "goldens", "orientation", "area", "precision", "patches", "tiles", "ragged", "geometry", "shapes"];

/// A cargo that builds for it and runs what it built.
pub(crate) fn cargo(install: bool) -> Result<Command> {
    let rustc = tools::rustc();
    if !cross::has_std(&rustc, WASI) && (install || tools::in_ci()) {
        let mut rustup = tools::command("rustup");
        step("adding the Rust target", "wasi-rustup", rustup.args(["target", "add", WASI]))?;
    }
    ensure!(
        cross::has_std(&rustc, WASI),
        "--target {WASI} needs Rust's standard library for it: `rustup target add {WASI}`, or add --install"
    );
    let node = tools::node()?;
    let runner = format!(
        "{} --no-warnings {}",
        node.get_program().display(),
        tools::root().join("xtask/src/wasi.mjs").display()
    );
    let mut cargo = tools::cargo();
    cargo.env("CARGO_TARGET_WASM32_WASIP1_RUNNER", runner);
    // The level is there or not as the module was compiled.
    cargo.env("CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS", "-C target-feature=+simd128");
    // One thread, and no level but two: a part of the cases takes a minute. Primes, so that every declaration has its turn.
    cargo.env("PIXFUSE_GOLDENS_EVERY", std::env::var_os("PIXFUSE_GOLDENS_EVERY").unwrap_or("11".into()));
    cargo.env("PIXFUSE_CASES_EVERY", std::env::var_os("PIXFUSE_CASES_EVERY").unwrap_or("7".into()));
    Ok(cargo)
}
