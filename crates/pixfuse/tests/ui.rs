//! What a wrong declaration is told, and where: every error at the token that the user typed, and none besides.
//!
//! `TRYBUILD=overwrite cargo test -p pixfuse --test ui` writes the expected messages anew. Declarations that must
//! compile are in `declared/`.
#![cfg(target_arch = "x86_64")]

mod common;

use std::process::Command;

#[test]
fn messages() {
    // How rustc draws a message changes between its channels; what it says is tested in pixfuse-spec everywhere.
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("there is a compiler, as this was compiled");
    let version = String::from_utf8_lossy(&version.stdout);
    if version.contains("nightly") || version.contains("beta") || version.contains("dev") {
        return common::not_run(
            "compile-fail tests",
            &format!("they need a stable compiler, this is {}", version.trim()),
        );
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
