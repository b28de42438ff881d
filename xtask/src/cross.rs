//! Another machine: the Rust tests for 64-bit Arm, built here and run under an emulator.
//!
//! What it takes on Debian and Ubuntu:
//!
//! * a standard library for the target: `rustup target add`, or, for a Rust without rustup's components at hand,
//!   Debian's `rustc-web` with `libstd-rust-web-dev:arm64`. That compiler (1.96 in Debian 12) builds the procedural
//!   macros for the host as well, so nothing else of the toolchain is replaced;
//! * a linker and a C library: `gcc-aarch64-linux-gnu`, `libc6-dev-arm64-cross`;
//! * an emulator: `qemu-user-static`. It runs the Neon level as a real machine does, only some twenty times slower.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::progress::step;
use crate::{tools, wasi};

/// The one target that is set up here.
pub(crate) const AARCH64: &str = "aarch64-unknown-linux-gnu";

/// Where `libc6-dev-arm64-cross` puts the loader and libraries of the target.
const SYSROOT: &str = "/usr/aarch64-linux-gnu";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_STD: [&str; 2] = ["rustc-web", "libstd-rust-web-dev:arm64"];
const DEBIAN_TOOLS: [&str; 3] = ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross", "qemu-user-static"];

/// A cargo that builds for `triple` and runs what it built.
pub(crate) fn cargo(triple: &str, install: bool) -> Result<Command> {
    ensure!(triple == AARCH64, "--target: `{triple}` is not set up here, expected {AARCH64} or {}", wasi::WASI);
    if cfg!(all(target_arch = "aarch64", target_os = "linux", target_env = "gnu")) {
        return Ok(tools::cargo());
    }
    ensure!(
        cfg!(target_os = "linux"),
        "--target {triple} needs Linux: the tests run under qemu's user mode emulation, which no other system has"
    );

    let missing = missing();
    if !missing.is_empty() {
        if !(install || tools::in_ci()) {
            bail!(
                "--target {triple} needs {}. To install it: `{}`, or add --install.",
                missing.join(", "),
                commands(&missing)
            );
        }
        install_all(&missing)?;
    }
    let still = self::missing();
    ensure!(still.is_empty(), "--target {triple} needs {}, also after installing", still.join(", "));

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
        cargo.env("PIXFUSE_CASES_EVERY", std::env::var_os("PIXFUSE_CASES_EVERY").unwrap_or("3".into()));
        // A child that forks off a process with threads can make none in qemu: it waits forever.
        cargo.env("PIXFUSE_EMULATED", "qemu");
    }
    if !has_std(&tools::rustc(), AARCH64) {
        // Another compiler: in a shared directory each would discard what the other built.
        cargo.env("RUSTC", DEBIAN_RUSTC).env("CARGO_TARGET_DIR", tools::target().join("aarch64"));
    }
    Ok(cargo)
}

/// Sees to the emulator alone.
pub(crate) fn need_emulator(install: bool) -> Result<()> {
    if qemu().is_none() && (install || tools::in_ci()) {
        step("updating the package lists", "cross-update", as_root("apt-get").arg("update"))?;
        let mut apt = as_root("apt-get");
        apt.args(["install", "--yes", "--no-install-recommends", "qemu-user-static"]);
        step("installing the emulator", "cross-qemu", apt.env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    ensure!(
        qemu().is_some(),
        "64-bit Arm needs the emulator qemu-aarch64-static. To install it: `apt-get install qemu-user-static`, or add --install."
    );
    Ok(())
}

/// What is not there, in the words of an error message.
fn missing() -> Vec<&'static str> {
    let mut missing = Vec::new();
    if !has_std(&tools::rustc(), AARCH64) && !has_std(Path::new(DEBIAN_RUSTC), AARCH64) {
        missing.push("a standard library for it");
    }
    if !is_program("aarch64-linux-gnu-gcc") || !Path::new(SYSROOT).join("lib/libc.so.6").exists() {
        missing.push("the linker aarch64-linux-gnu-gcc and its C library");
    }
    if qemu().is_none() {
        missing.push("the emulator qemu-aarch64-static");
    }
    missing
}

fn commands(missing: &[&str]) -> String {
    let std = missing.contains(&"a standard library for it");
    let tools = missing.len() > usize::from(std);
    let rustup = format!("rustup target add {AARCH64}");
    let debian = format!("apt-get install {}", DEBIAN_TOOLS.join(" "));
    [(std, rustup), (tools, debian)]
        .into_iter()
        .filter(|(needed, _)| *needed)
        .map(|(_, text)| text)
        .collect::<Vec<_>>()
        .join(" && ")
}

fn install_all(missing: &[&str]) -> Result<()> {
    let mut packages = Vec::new();
    if missing.contains(&"a standard library for it") {
        let mut rustup = tools::command("rustup");
        rustup.args(["target", "add", AARCH64]);
        let added = is_program("rustup") && step("adding the Rust target", "cross-rustup", &mut rustup).is_ok();
        if !(added && has_std(&tools::rustc(), AARCH64)) {
            packages.extend(DEBIAN_STD);
        }
    }
    if missing.len() > usize::from(missing.contains(&"a standard library for it")) {
        packages.extend(DEBIAN_TOOLS);
    }
    if packages.is_empty() {
        return Ok(());
    }
    ensure!(is_program("apt-get"), "no apt-get here to install {} with", packages.join(" "));
    if packages.contains(&DEBIAN_STD[1]) {
        step("adding the arm64 architecture", "cross-dpkg", as_root("dpkg").args(["--add-architecture", "arm64"]))?;
    }
    step("updating the package lists", "cross-update", as_root("apt-get").arg("update"))?;
    let mut install = as_root("apt-get");
    install.args(["install", "--yes", "--no-install-recommends"]).args(&packages);
    step("installing the cross compiler", "cross-install", install.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// A program with the rights of root, by `sudo` where that asks nothing (`-n`).
pub(crate) fn as_root(program: &str) -> Command {
    if tools::ask(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return tools::command(program);
    }
    let mut sudo = tools::command("sudo");
    sudo.args(["-n", program]);
    sudo
}

/// Whether a compiler has the target's standard library: rustup's components and Debian's packages answer alike.
pub(crate) fn has_std(rustc: &Path, target: &str) -> bool {
    let directory = tools::ask(Command::new(rustc).args(["--print", "target-libdir", "--target", target]));
    directory.and_then(|directory| std::fs::read_dir(directory).ok()).is_some_and(|mut files| {
        files.any(|file| file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
    })
}

/// The emulator of programs.
pub(crate) fn qemu() -> Option<PathBuf> {
    ["qemu-aarch64-static", "qemu-aarch64"].into_iter().find(|name| is_program(name)).map(PathBuf::from)
}

fn is_program(name: &str) -> bool {
    tools::ask(Command::new(name).arg("--version")).is_some()
}
