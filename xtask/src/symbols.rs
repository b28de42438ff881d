//! What a library for Linux asks of the system that loads it: its CPU, and the C library by the names of the symbols' versions.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use memchr::memmem;

use crate::linux::{self, Target};
use crate::{files, package, tools};

/// Whether a library is for the CPU of a target, and needs no glibc that is newer than the target's. Of wheels auditwheel says
/// that too; nothing else looks at others.
pub(crate) fn fits(target: Target, library: &Path) -> Result<()> {
    fit(target, &fs::read(library)?).with_context(|| library.display().to_string())
}

fn fit(target: Target, library: &[u8]) -> Result<()> {
    let (found, expected) = (machine(library).unwrap_or("no CPU of ours"), target.architecture());
    ensure!(found == expected, "it is for {found}, expected {expected}");
    let (newest, oldest) = (newest_glibc(library), target.glibc);
    let allowed = oldest.map_or("musl".into(), |minor| format!("2.{minor} or an older one"));
    ensure!(newest <= oldest, "it asks for glibc 2.{}, expected {allowed}", newest.unwrap_or_default());
    Ok(())
}

/// The packages for Linux among `packages`, and of each either nothing or why its libraries do not fit what its name says.
pub(crate) fn judge(packages: &[PathBuf]) -> Result<Vec<(String, Option<String>)>> {
    let mut judged = Vec::new();
    for package in packages {
        let name = files::name(package);
        let Some(target) = target(&name) else { continue };
        let mut files = package::unpack(&linux::venv()?, package)?;
        files.retain(|path| path.extension().is_some_and(|end| end == "so" || end == "node"));
        ensure!(!files.is_empty(), "{} has no library", tools::shown(package));
        let wrong = files.iter().find_map(|library| fits(target, library).err());
        judged.push((name, wrong.map(|error| format!("{error:#}"))));
    }
    Ok(judged)
}

/// The target that the name of a wheel, of an npm package or of the C library says, with the oldest glibc that is published for.
fn target(name: &str) -> Option<Target> {
    if !name.contains("linux") {
        return None;
    }
    let triple = match (name.contains("x86_64") || name.contains("x64"), name.contains("musl")) {
        (true, false) => linux::X86_64_GNU,
        (true, true) => linux::X86_64_MUSL,
        (false, false) => crate::cross::AARCH64,
        (false, true) => linux::AARCH64_MUSL,
    };
    Target::of(triple, None).ok()
}

/// The CPU that an ELF file is for, by its header.
fn machine(library: &[u8]) -> Option<&'static str> {
    match (library.get(..4)?, library.get(18..20)?) {
        (b"\x7fELF", [62, 0]) => Some("x86_64"),
        (b"\x7fELF", [183, 0]) => Some("aarch64"),
        _ => None,
    }
}

/// The newest version of glibc that a library needs, 2 and this number: it has their names among its strings.
fn newest_glibc(library: &[u8]) -> Option<u32> {
    let name = b"GLIBC_2.";
    let minor = |at: usize| {
        let digits = library[at + name.len()..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u32, |minor, digit| minor.saturating_mul(10).saturating_add(u32::from(digit - b'0')))
    };
    memmem::find_iter(library, name).map(minor).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_glibc_is_found_among_the_strings() {
        assert_eq!(newest_glibc(b"\0GLIBC_2.2.5\0GLIBC_2.17\0GLIBC_2.3\0GLIBC_PRIVATE\0"), Some(17));
        assert_eq!(newest_glibc(b"\0GLIBC_2."), Some(0));
        assert_eq!(newest_glibc(b"libc.musl"), None);
    }

    #[test]
    fn a_library_that_does_not_fit_is_refused() {
        let library = |machine: u8| [&b"\x7fELF"[..], &[0; 14], &[machine, 0], b"\0GLIBC_2.34\0"].concat();
        let says = |triple: &str, machine: u8| {
            fit(Target::of(triple, None).unwrap(), &library(machine)).unwrap_err().to_string()
        };
        assert_eq!(says(linux::X86_64_GNU, 62), "it asks for glibc 2.34, expected 2.17 or an older one");
        assert_eq!(says(linux::X86_64_MUSL, 62), "it asks for glibc 2.34, expected musl");
        assert_eq!(says(linux::AARCH64_MUSL, 62), "it is for x86_64, expected aarch64");
        assert_eq!(says(linux::X86_64_GNU, 3), "it is for no CPU of ours, expected x86_64");
        fit(Target::of(linux::X86_64_GNU, Some("2.34")).unwrap(), &library(62)).unwrap();
    }

    #[test]
    fn a_package_is_named_after_its_target() {
        let named = |name: &str| target(name).map(|target| target.triple);
        let expected = [
            ("pixfuse-0.1.0-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", linux::X86_64_GNU),
            ("pixfuse-0.1.0-cp315-abi3.abi3t-manylinux_2_17_aarch64.whl", crate::cross::AARCH64),
            ("pixfuse-0.1.0-cp311-abi3-musllinux_1_2_aarch64.whl", linux::AARCH64_MUSL),
            ("pixfuse-linux-x64-musl-0.1.0.tgz", linux::X86_64_MUSL),
            ("pixfuse-linux-arm64-gnu-0.1.0.tgz", crate::cross::AARCH64),
            ("pixfuse-c-0.1.0-x86_64-unknown-linux-gnu.tar.gz", linux::X86_64_GNU),
        ];
        for (name, triple) in expected {
            assert_eq!(named(name), Some(triple), "{name}");
        }
        for name in ["pixfuse-0.1.0.tgz", "pixfuse-web-0.1.0.tgz", "pixfuse-0.1.0-cp311-abi3-macosx_11_0_arm64.whl"] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
