//! Another machine: the Rust tests for 64-bit Arm, built here and run under an emulator, and those of WebAssembly.
//!
//! What the former take on Debian and Ubuntu:
//!
//! * a standard library for the target: `rustup target add`, or, for a Rust without rustup's components at hand,
//!   Debian's `rustc-web` with `libstd-rust-web-dev:arm64`. That compiler (1.96 in Debian 12) builds the procedural
//!   macros for the host as well, so nothing else of the toolchain is replaced;
//! * a linker and a C library: `gcc-aarch64-linux-gnu`, `libc6-dev-arm64-cross`;
//! * an emulator: `qemu-user-static`. It runs the Neon level as a real machine does, only some twenty times slower.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::progress::step;
use crate::{debian, files, tools};

/// The targets that are set up here.
pub(crate) const AARCH64: &str = "aarch64-unknown-linux-gnu";
pub(crate) const WASI: &str = "wasm32-wasip1";

/// Where `libc6-dev-arm64-cross` puts the loader and libraries of the target.
const SYSROOT: &str = "/usr/aarch64-linux-gnu";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// A cargo that builds for `triple` and runs what it built.
pub(crate) fn cargo(triple: &str, install: bool) -> Result<Command> {
    match triple {
        AARCH64 => aarch64(install),
        WASI => wasi(install),
        _ => anyhow::bail!("--target: `{triple}` is not set up here, expected {AARCH64} or {WASI}"),
    }
}

fn aarch64(install: bool) -> Result<Command> {
    if cfg!(all(target_arch = "aarch64", target_os = "linux", target_env = "gnu")) {
        return Ok(tools::cargo());
    }
    ensure!(
        cfg!(target_os = "linux"),
        "--target {AARCH64} needs Linux: the tests run under qemu's user mode emulation, which no other system has"
    );
    let own = need_std(AARCH64, install);
    let parts = || {
        let std = own.is_ok() || has_std(Path::new(DEBIAN_RUSTC), AARCH64);
        let library = Path::new(SYSROOT).join("lib/libc.so.6").exists();
        vec![
            (std, "rustc-web"),
            (std, "libstd-rust-web-dev:arm64"),
            (tools::is_there("aarch64-linux-gnu-gcc"), "gcc-aarch64-linux-gnu"),
            (library, "libc6-dev-arm64-cross"),
            (qemu().is_some(), "qemu-user-static"),
        ]
    };
    let hint = own.as_ref().err().map_or(String::new(), |error| format!(" ({error})"));
    debian::need(&format!("--target {AARCH64}{hint}"), &parts, install)?;

    let mut cargo = tools::cargo();
    cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc");
    if let Some(qemu) = qemu() {
        // The loader and the C library from one place: `-L` alone finds the loader, and where Debian's `libc6:arm64`
        // is installed too (`rustc-web`'s library pulls it in) a libc of another build, with which the first thread
        // that starts waits for ever.
        let runner = format!("{} -L {SYSROOT} -E LD_LIBRARY_PATH={SYSROOT}/lib", qemu.display());
        cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", runner);
        // Whole pipelines on photos would take a quarter of an hour. A prime: every pipeline has its turn.
        cargo.env("PIXFUSE_GOLDENS_EVERY", "11");
        // And each level at each edge of memory another one. A machine of that kind runs all of them.
        cargo.env("PIXFUSE_CASES_EVERY", given("PIXFUSE_CASES_EVERY", "3"));
        // A child that forks off a process with threads can make none in qemu: it waits forever.
        cargo.env("PIXFUSE_EMULATED", "qemu");
    }
    if own.is_err() {
        // Another compiler: in a shared directory each would discard what the other built.
        cargo.env("RUSTC", DEBIAN_RUSTC).env("CARGO_TARGET_DIR", tools::target().join("aarch64"));
    }
    Ok(cargo)
}

/// WebAssembly with `simd128`, the level of browsers, run by Node.js as programs for WASI: the package for browsers has no
/// system at all, and tests want to print and to read goldens; the kernels are the same code.
fn wasi(install: bool) -> Result<Command> {
    need_std(WASI, install)?;
    let (node, program) = (tools::node()?, tools::root().join("xtask/src/wasi.mjs"));
    let mut cargo = tools::cargo();
    let runner = format!("{} --no-warnings {}", node.get_program().display(), program.display());
    cargo.env("CARGO_TARGET_WASM32_WASIP1_RUNNER", runner);
    // The level is there or not as the module was compiled.
    cargo.env("CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS", "-C target-feature=+simd128");
    // One thread, and no level but two: a part of the cases takes a minute. Primes, so that every declaration has its turn.
    cargo.env("PIXFUSE_GOLDENS_EVERY", given("PIXFUSE_GOLDENS_EVERY", "11"));
    cargo.env("PIXFUSE_CASES_EVERY", given("PIXFUSE_CASES_EVERY", "7"));
    Ok(cargo)
}

/// What the environment says already, or else this.
pub(crate) fn given(name: &str, value: &str) -> OsString {
    std::env::var_os(name).unwrap_or(value.into())
}

/// Sees to the emulator alone.
pub(crate) fn need_emulator(install: bool) -> Result<()> {
    debian::need("64-bit Arm", &|| vec![(qemu().is_some(), "qemu-user-static")], install)
}

/// Sees to this toolchain's standard library for a target.
pub(crate) fn need_std(triple: &str, install: bool) -> Result<()> {
    let rustc = tools::rustc();
    if !has_std(&rustc, triple) && (install || tools::in_ci()) && tools::is_there("rustup") {
        step("adding the Rust target", "rustup", tools::command("rustup").args(["target", "add", triple]))?;
    }
    ensure!(
        has_std(&rustc, triple),
        "--target {triple} needs Rust's standard library for it: `rustup target add {triple}`"
    );
    Ok(())
}

/// Whether a compiler has the target's standard library: rustup's components and Debian's packages answer alike.
fn has_std(rustc: &Path, target: &str) -> bool {
    let folder = tools::ask(Command::new(rustc).args(["--print", "target-libdir", "--target", target]));
    let found = folder.and_then(|folder| files::entries(folder).ok());
    found.is_some_and(|found| found.iter().any(|file| files::name(file).starts_with("libstd-")))
}

/// The emulator of programs.
pub(crate) fn qemu() -> Option<PathBuf> {
    ["qemu-aarch64-static", "qemu-aarch64"].into_iter().find(|name| tools::is_there(name)).map(PathBuf::from)
}
