//! The C library as it is published: a prefix, in a tarball named after the target.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::package::{self, PAPERS};
use crate::progress::step;
use crate::python::Venv;
use crate::{jpeg, tools};

#[path = "../../bindings/c/install/prefix.rs"]
mod prefix;

/// Builds the static and the shared library, and packs them with the headers and what pkg-config and CMake read.
pub(crate) fn pack(venv: &Venv, into: &Path) -> Result<()> {
    let mut cargo = tools::cargo();
    cargo.args(["rustc", "--release", "--package", "pixfuse-c", "--crate-type", "staticlib,cdylib"]);
    cargo.args(jpeg::features("pixfuse-c"));
    if cfg!(target_os = "macos") {
        // Else programs look for it in the directory where it was built.
        cargo.args(["--", "-C", "link-arg=-Wl,-install_name,@rpath/libpixfuse_c.dylib"]);
    }
    package::without_paths(&mut cargo, &[]);
    step("building the C library", "cargo-pixfuse-c", &mut cargo)?;

    let source = tools::root().join("bindings/c");
    let above = tools::target().join("c");
    let name = format!("pixfuse-c-{}-{}", env!("CARGO_PKG_VERSION"), tools::host()?);
    let directory = above.join(&name);
    if directory.exists() {
        fs::remove_dir_all(&directory).with_context(|| format!("cannot empty {}", directory.display()))?;
    }
    prefix::install(&source, &package::target().join("release"), &directory)?;
    if !cfg!(windows) {
        // No linker has run over the objects in the archive: nasm names its sources in them.
        let mut strip = tools::command("strip");
        strip.arg("-S").arg(directory.join("lib/libpixfuse_c.a"));
        step("stripping the archive", "strip", &mut strip)?;
    }
    let papers = directory.join("share/doc/pixfuse");
    fs::create_dir_all(&papers)?;
    for paper in PAPERS {
        fs::copy(source.join(paper), papers.join(paper)).with_context(|| format!("cannot copy {paper}"))?;
    }
    let mut tar = venv.command();
    tar.args(["-m", "tarfile", "-c"]).arg(into.join(format!("{name}.tar.gz"))).arg(&name).current_dir(&above);
    step("packing the C library", "tar", &mut tar)
}
