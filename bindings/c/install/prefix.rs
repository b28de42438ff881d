//! How the C library is laid out where it is installed: `include`, `lib`, and what pkg-config and CMake read.
//!
//! `cargo xtask build` packs such a prefix, and the tests link programs with one. Nothing in it names where it is.

use std::fs;
use std::io::Result;
use std::path::Path;

/// What a program links beside the static library, as `rustc --print native-static-libs` says for each system: this one, or
/// Linux with musl.
pub(crate) fn private(is_musl: bool) -> &'static [&'static str] {
    if is_musl {
        &["gcc_s", "c"]
    } else if cfg!(windows) {
        &["kernel32", "ntdll", "userenv", "ws2_32", "dbghelp"]
    } else if cfg!(target_os = "macos") {
        &["System", "c", "m"]
    } else {
        &["gcc_s", "util", "rt", "pthread", "m", "dl", "c"]
    }
}

/// The file names that cargo gives to the static and to the shared library.
fn libraries() -> [&'static str; 2] {
    if cfg!(windows) {
        ["pixfuse_c.lib", "pixfuse_c.dll"]
    } else if cfg!(target_os = "macos") {
        ["libpixfuse_c.a", "libpixfuse_c.dylib"]
    } else {
        ["libpixfuse_c.a", "libpixfuse_c.so"]
    }
}

/// What links with a DLL on Windows.
const IMPORT: &str = "pixfuse_c.dll.lib";

/// Copies the libraries of `built`, which are linked with those of `private`, the headers of `crate_directory`, and the two
/// descriptions, into `prefix`.
pub(crate) fn install(crate_directory: &Path, built: &Path, prefix: &Path, private: &[&str]) -> Result<()> {
    let [archive, shared] = libraries();
    // A DLL is found beside programs.
    let shared_directory = if cfg!(windows) { "bin" } else { "lib" };
    copy(&built.join(archive), &prefix.join("lib").join(archive))?;
    copy(&built.join(shared), &prefix.join(shared_directory).join(shared))?;
    if cfg!(windows) {
        copy(&built.join(IMPORT), &prefix.join("lib").join(IMPORT))?;
    }
    for header in ["pixfuse.h", "pixfuse.hpp"] {
        copy(&crate_directory.join("include").join(header), &prefix.join("include").join(header))?;
    }

    let flags: Vec<String> = private.iter().map(|name| format!("-l{name}")).collect();
    let descriptions = [
        ("pkgconfig/pixfuse.pc", flags.join(" ")),
        ("cmake/pixfuse/pixfuse-config.cmake", private.join(";")),
        ("cmake/pixfuse/pixfuse-config-version.cmake", String::new()),
    ];
    for (name, private) in descriptions {
        let to = prefix.join("lib").join(name);
        let from = crate_directory.join("install").join(to.file_name().unwrap_or_default());
        let text = fs::read_to_string(&from).map_err(|error| of(&from, error))?;
        let text = text
            .replace("@VERSION@", env!("CARGO_PKG_VERSION"))
            .replace("@URL@", env!("CARGO_PKG_REPOSITORY"))
            .replace("@POINTER@", &size_of::<usize>().to_string())
            .replace("@STATIC@", archive)
            .replace("@SHARED@", &format!("{shared_directory}/{shared}"))
            .replace("@IMPORT@", IMPORT)
            .replace("@PRIVATE@", &private);
        fs::create_dir_all(to.parent().unwrap_or(prefix))?;
        fs::write(to, text)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().unwrap_or(Path::new("/")))?;
    fs::copy(from, to).map(drop).map_err(|error| of(from, error))
}

/// An error that says of which file it is.
fn of(path: &Path, error: std::io::Error) -> std::io::Error {
    std::io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
