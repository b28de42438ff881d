//! Which decoder reads JPEG in what is built here: libjpeg-turbo itself where the tools are that build it, else its port
//! to Rust.

use std::process::Command;
use std::sync::OnceLock;

use crate::tools;

/// The tools that are missing for libjpeg-turbo.
fn missing() -> &'static [&'static str] {
    static MISSING: OnceLock<Vec<&str>> = OnceLock::new();
    MISSING.get_or_init(|| {
        let there = |program: &str, flag: &str| tools::ask(Command::new(program).arg(flag)).is_some();
        let compiler = std::env::var_os("CC").is_some() || cfg!(windows) || there("cc", "--version");
        // Its code for x86 is written in assembler; for Arm it is C with intrinsics.
        let assembler = !cfg!(any(target_arch = "x86", target_arch = "x86_64")) || there("nasm", "-v");
        // What cmake writes its instructions for.
        let make = std::env::var_os("CMAKE_GENERATOR").is_some() || cfg!(windows) || there("make", "--version");
        let cmake = there("cmake", "--version");
        let tools = [("cc", compiler), ("cmake", cmake), ("make", make), ("nasm", assembler)];
        tools.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect()
    })
}

/// The arguments of cargo and maturin that turn libjpeg-turbo on in one of our crates, if it can be built.
pub(crate) fn features(package: &str) -> Vec<String> {
    if missing().is_empty() { vec!["--features".into(), format!("{package}/libjpeg-turbo")] } else { Vec::new() }
}

/// The decoder, and what to install for the better one.
pub(crate) fn decoder() -> String {
    match missing() {
        [] => "libjpeg-turbo".into(),
        missing => format!(
            "libjpeg-turbo-rs, its port to Rust, which refuses rare kinds of JPEG: for libjpeg-turbo itself there is no {} \
             in PATH (`apt-get install {}`)",
            missing.join(" and no "),
            missing.iter().map(|&name| if name == "cc" { "gcc" } else { name }).collect::<Vec<_>>().join(" ")
        ),
    }
}
