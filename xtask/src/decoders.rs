//! Which decoders of files are built in here: for JPEG libjpeg-turbo itself where the tools are that build it, else its port to
//! Rust; AVIF and HEIC in tests, by the system's libavif and libheif. What is published is built without these: it would ask
//! every machine for the libraries of this one.

use std::process::Command;
use std::sync::OnceLock;

use crate::tools;

/// The tools that are missing for libjpeg-turbo.
fn missing() -> &'static [&'static str] {
    static MISSING: OnceLock<Vec<&str>> = OnceLock::new();
    MISSING.get_or_init(|| {
        let nasm = || tools::ask(Command::new("nasm").arg("-v")).is_some();
        let is_set = |name: &str| std::env::var_os(name).is_some();
        let tools = [
            // Compilers of Windows write the path of each object into it.
            ("a system that is not Windows", !cfg!(windows)),
            ("cc", is_set("CC") || tools::is_there("cc")),
            ("cmake", tools::is_there("cmake")),
            // What cmake writes its instructions for.
            ("make", is_set("CMAKE_GENERATOR") || tools::is_there("make")),
            // Its code for x86 is written in assembler; for Arm it is C with intrinsics.
            ("nasm", !cfg!(any(target_arch = "x86", target_arch = "x86_64")) || nasm()),
        ];
        tools.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect()
    })
}

/// The arguments of cargo and maturin that turn libjpeg-turbo on in one of our crates, if it can be built.
pub(crate) fn jpeg(package: &str) -> Vec<String> {
    if missing().is_empty() { vec!["--features".into(), format!("{package}/libjpeg-turbo")] } else { Vec::new() }
}

/// The decoder of JPEG, and what to install for the better one.
pub(crate) fn of_jpeg() -> String {
    let port = "libjpeg-turbo-rs, its port to Rust, which refuses rare kinds of JPEG";
    match missing() {
        [] => "libjpeg-turbo".into(),
        _ if cfg!(windows) => format!("{port}, as in all packages for Windows"),
        missing => format!(
            "{port}: for libjpeg-turbo itself there is no {} in PATH (`apt-get install {}`)",
            missing.join(" and no "),
            missing.join(" ").replace("cc", "gcc")
        ),
    }
}

/// The arguments of cargo that turn AVIF and HEIC on in one of our crates, where the libraries are here.
pub(crate) fn heif(package: &str) -> Vec<String> {
    let there = |library: &str| tools::ask(Command::new("pkg-config").args(["--exists", library])).is_some();
    let libraries = [("avif", "libavif >= 0.11"), ("heic", "libheif >= 1.15")];
    let here = libraries.into_iter().filter(|(_, library)| there(library));
    here.flat_map(|(feature, _)| ["--features".to_owned(), format!("{package}/{feature}")]).collect()
}
