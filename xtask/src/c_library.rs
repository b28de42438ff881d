//! The C library as it is published: a prefix, in a tarball named after the target.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::linux::{self, Target};
use crate::package::{self, PAPERS};
use crate::progress::step;
use crate::python::{Profile, Venv};
use crate::{decoders, files, symbols, tools};

#[path = "../../bindings/c/install/prefix.rs"]
mod prefix;
#[path = "../../bindings/c/install/versions.rs"]
mod versions;

const CRATE: &str = "pixfuse-c";

/// The most bytes of the shared library, with its decoders, as this machine's compiler links it. What zig links is 1 % larger.
const MOST: u64 = 5_000_000;

/// Builds the static and the shared library for this machine, and packs them with the headers and what pkg-config and CMake
/// read.
pub(crate) fn pack(venv: &Venv, into: &Path) -> Result<PathBuf> {
    let mut cargo = tools::cargo();
    cargo.args(["rustc", "--release", "--package", CRATE, "--crate-type", "staticlib,cdylib"]);
    cargo.args(decoders::jpeg(CRATE));
    if cfg!(target_os = "macos") {
        // Else programs look for it in the directory where it was built.
        cargo.args(["--", "-C", "link-arg=-Wl,-install_name,@rpath/libpixfuse_c.dylib"]);
    }
    package::without_paths(&mut cargo, &[]);
    step("building the C library", "cargo-pixfuse-c", &mut cargo)?;
    let private = prefix::private(cfg!(target_env = "musl"));
    let prefix = laid_out(&tools::host()?, &package::target().join("release"), private)?;
    if cfg!(target_os = "linux") {
        link(&mut tools::command("cc"), &prefix, private)?;
        look_at_size(&prefix)?;
    }
    packed(venv, &prefix, into)
}

/// The same for Linux on either CPU and with either C library, linked by zig.
pub(crate) fn pack_for(target: Target, profile: Profile, into: &Path) -> Result<PathBuf> {
    let venv = linux::venv()?;
    let mut cargo = linux::zig(target)?;
    cargo.args(["--lib", "--package", CRATE]).args(decoders::jpeg(CRATE));
    let built = target.set(&mut cargo, profile)?;
    step(&format!("building the C library for {}", target.zig()), &format!("c-{}", target.triple), &mut cargo)?;
    let private = prefix::private(target.glibc.is_none());
    let prefix = laid_out(target.triple, &built, private)?;
    let mut zig = linux::zig_cc(target)?;
    // Its own library of what unwinds, in the place of that of GCC.
    let private: Vec<&str> = private.iter().map(|&name| if name == "gcc_s" { "unwind" } else { name }).collect();
    link(&mut zig, &prefix, &private)?;
    symbols::fits(target, &prefix.join("lib").join(versions::LIBRARY))?;
    if profile == Profile::Published {
        look_at_size(&prefix)?;
    }
    packed(&venv, &prefix, into)
}

/// Lays the libraries of `built` out as a prefix.
fn laid_out(triple: &str, built: &Path, private: &[&str]) -> Result<PathBuf> {
    let source = tools::root().join("bindings/c");
    let name = format!("{CRATE}-{}-{triple}", env!("CARGO_PKG_VERSION"));
    let directory = files::empty(tools::target().join("c").join(name))?;
    prefix::install(&source, built, &directory, private)?;
    for paper in PAPERS {
        files::copy(source.join(paper), directory.join("share/doc/pixfuse").join(paper))?;
    }
    if cfg!(windows) { Ok(()) } else { strip(triple, &directory.join("lib/libpixfuse_c.a")) }?;
    Ok(directory)
}

/// Strips an archive, by this system's program for this CPU, by that of rustc for another one. No linker has run over its objects:
/// those of Rust's own library have what debuggers read, and nasm names its sources in them.
fn strip(triple: &str, archive: &Path) -> Result<()> {
    let mut strip = tools::command("strip");
    strip.arg("-S");
    if !triple.starts_with(std::env::consts::ARCH) {
        let sysroot = tools::sysroot(&mut Command::new(tools::rustc())).context("rustc says nothing of its sysroot")?;
        let objcopy = sysroot.join("lib/rustlib").join(tools::host()?).join("bin/rust-objcopy");
        if !objcopy.exists() {
            println!("the archive is NOT stripped: this rustc has no {}", objcopy.display());
            return Ok(());
        }
        strip = tools::command(objcopy);
        // Its library is where rustc, which starts it, has told the loader to look.
        strip.arg("--strip-debug").env("LD_LIBRARY_PATH", sysroot.join("lib"));
    }
    step("stripping the archive", "strip", strip.arg(archive))
}

/// Links the shared library of a prefix anew, with the versions of its symbols.
fn link(compiler: &mut Command, prefix: &Path, private: &[&str]) -> Result<()> {
    versions::link(compiler, prefix, private, &prefix.with_extension("map"))?;
    step("linking the C library with versions of its symbols", "c-link", compiler)
}

/// Says where the shared library of a prefix is larger than it should be. That stops no build: another compiler makes another one.
fn look_at_size(prefix: &Path) -> Result<()> {
    let library = prefix.join("lib").join(versions::LIBRARY);
    let bytes = std::fs::metadata(&library)?.len();
    if bytes > MOST {
        println!("{} has {bytes} bytes, more than {MOST}", tools::shown(&library));
    }
    Ok(())
}

/// Packs a prefix.
fn packed(venv: &Venv, prefix: &Path, into: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(into)?;
    let name = files::name(prefix);
    let package = into.join(format!("{name}.tar.gz"));
    let mut tar = venv.command();
    tar.args(["-m", "tarfile", "-c"]).arg(&package).arg(name).current_dir(prefix.with_file_name(""));
    step("packing the C library", "tar", &mut tar)?;
    Ok(package)
}
