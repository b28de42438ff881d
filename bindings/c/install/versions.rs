//! The versions of the shared library's symbols, on Linux: a program that was linked with another 0.x is refused when it is
//! loaded, and not when it calls.
//!
//! rustc gives its linker a list of what is exported, and a linker takes one list. So the shared library is linked from the
//! static one.

use std::collections::BTreeSet;
use std::fs;
use std::io::Result;
use std::path::Path;
use std::process::Command;

/// The file name of the shared library, which programs look for.
pub(crate) const LIBRARY: &str = "libpixfuse_c.so";

/// The functions that the text of `pixfuse.h` declares.
pub(crate) fn declared(header: &str) -> BTreeSet<String> {
    let code: String = header.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, code)| code)).collect();
    let words = code.split(|c: char| c != '(' && c != '_' && !c.is_alphanumeric());
    let names = words.filter_map(|word| word.split_once('(')).map(|(name, _)| name.to_owned());
    names.filter(|name| name.starts_with("pixfuse_")).collect()
}

/// The version: before 1.0 each minor version is an interface of its own, as `pixfuse-config-version.cmake` has it.
pub(crate) fn version() -> String {
    format!("PIXFUSE_{}.{}", env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"))
}

/// The arguments with which `compiler`, which stands for one of C, links the shared library of `prefix` anew, from the static
/// one there and the libraries of `private`. Writes what is exported to `list`, for the linker.
pub(crate) fn link(compiler: &mut Command, prefix: &Path, private: &[&str], list: &Path) -> Result<()> {
    let exported: Vec<String> = declared(&fs::read_to_string(prefix.join("include/pixfuse.h"))?).into_iter().collect();
    fs::write(list, format!("{} {{\n  global: {};\n  local: *;\n}};\n", version(), exported.join("; ")))?;
    let lib = prefix.join("lib");
    compiler.args(["-shared", "-s", "-o"]).arg(lib.join(LIBRARY));
    compiler.arg(format!("-Wl,--version-script={}", list.display())).arg(format!("-Wl,-soname,{LIBRARY}"));
    compiler.args(["-Wl,-z,relro", "-Wl,-z,now", "-Wl,--gc-sections", "-Wl,--as-needed", "-Wl,--whole-archive"]);
    compiler.arg(lib.join("libpixfuse_c.a")).arg("-Wl,--no-whole-archive");
    compiler.args(private.iter().map(|name| format!("-l{name}")));
    Ok(())
}
