//! The C library as it is published: a prefix, in a tarball named after the target.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::linux::{self, Target};
use crate::package::{self, PAPERS};
use crate::progress::step;
use crate::python::{Profile, Venv};
use crate::{jpeg, tools};

#[path = "../../bindings/c/install/prefix.rs"]
mod prefix;

const CRATE: &str = "pixfuse-c";

/// Builds the static and the shared library for this machine, and packs them with the headers and what pkg-config and CMake
/// read.
pub(crate) fn pack(venv: &Venv, into: &Path) -> Result<PathBuf> {
    let mut cargo = tools::cargo();
    cargo.args(["rustc", "--release", "--package", CRATE, "--crate-type", "staticlib,cdylib"]);
    cargo.args(jpeg::features(CRATE));
    if cfg!(target_os = "macos") {
        // Else programs look for it in the directory where it was built.
        cargo.args(["--", "-C", "link-arg=-Wl,-install_name,@rpath/libpixfuse_c.dylib"]);
    }
    package::without_paths(&mut cargo, &[]);
    step("building the C library", "cargo-pixfuse-c", &mut cargo)?;
    let private = prefix::private(cfg!(target_env = "musl"));
    packed(venv, &tools::host()?, &package::target().join("release"), private, into)
}

/// The same for Linux on either CPU and with either C library, linked by zig.
pub(crate) fn pack_for(target: Target, into: &Path) -> Result<PathBuf> {
    let venv = linux::venv()?;
    let mut cargo = linux::zig(target)?;
    cargo.args(["--lib", "--release", "--package", CRATE]).args(jpeg::features(CRATE));
    target.set(&mut cargo, Profile::Published);
    step(&format!("building the C library for {}", target.zig()), &format!("c-{}", target.triple), &mut cargo)?;
    let built = package::target().join(target.triple).join("release");
    target.is_old_enough(&built.join("libpixfuse_c.so"))?;
    packed(&venv, target.triple, &built, prefix::private(!target.is_of_glibc()), into)
}

/// Lays the libraries of `built` out as a prefix, and packs it.
fn packed(venv: &Venv, triple: &str, built: &Path, private: &[&str], into: &Path) -> Result<PathBuf> {
    let source = tools::root().join("bindings/c");
    let above = tools::target().join("c");
    let name = format!("pixfuse-c-{}-{triple}", env!("CARGO_PKG_VERSION"));
    let directory = above.join(&name);
    if directory.exists() {
        fs::remove_dir_all(&directory).with_context(|| format!("cannot empty {}", directory.display()))?;
    }
    prefix::install(&source, built, &directory, private)?;
    // No linker has run over the objects in the archive: nasm names its sources in them, which is for this CPU alone.
    if !cfg!(windows) && triple.starts_with(std::env::consts::ARCH) {
        let mut strip = tools::command("strip");
        strip.arg("-S").arg(directory.join("lib/libpixfuse_c.a"));
        step("stripping the archive", "strip", &mut strip)?;
    }
    let papers = directory.join("share/doc/pixfuse");
    fs::create_dir_all(&papers)?;
    for paper in PAPERS {
        fs::copy(source.join(paper), papers.join(paper)).with_context(|| format!("cannot copy {paper}"))?;
    }
    let package = into.join(format!("{name}.tar.gz"));
    let mut tar = venv.command();
    tar.args(["-m", "tarfile", "-c"]).arg(&package).arg(&name).current_dir(&above);
    step("packing the C library", "tar", &mut tar)?;
    Ok(package)
}
