//! What a library for Linux asks of the system that loads it: its CPU, and the C library by the names of the symbols' versions.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::linux::{self, Target};
use crate::{package, tools};

/// Whether a library is for the CPU of a target, and asks for no glibc that is newer than the target's. Of wheels auditwheel says
/// that too; nothing else looks at others.
pub(crate) fn fits(target: Target, library: &Path) -> Result<()> {
    let bytes = fs::read(library).with_context(|| format!("cannot read {}", library.display()))?;
    let (found, expected) = (machine(&bytes), target.architecture());
    ensure!(
        found == Some(expected),
        "{} is for {}, expected {expected}",
        library.display(),
        found.unwrap_or("no CPU of ours")
    );
    let newest = newest_glibc(&bytes);
    let oldest = target.glibc();
    ensure!(
        newest <= oldest,
        "{} asks for glibc 2.{}, expected {}",
        library.display(),
        newest.unwrap_or_default(),
        oldest.map_or("musl".into(), |minor| format!("2.{minor} or an older one"))
    );
    Ok(())
}

/// The packages for Linux among `packages`, and of each either nothing or why its libraries do not fit what its name says.
pub(crate) fn judge(packages: &[PathBuf]) -> Result<Vec<(String, Option<String>)>> {
    let mut judged = Vec::new();
    for package in packages {
        let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(target) = target(&name) else { continue };
        let files = package::unpack(&linux::venv()?, package)?;
        let libraries = files.iter().filter(|path| path.extension().is_some_and(|end| end == "so" || end == "node"));
        let said: Vec<Result<()>> = libraries.map(|library| fits(target, library)).collect();
        ensure!(!said.is_empty(), "{} has no library", tools::shown(package));
        judged.push((name, said.into_iter().find_map(Result::err).map(|error| format!("{error:#}"))));
    }
    Ok(judged)
}

/// The target that the name of a wheel, of an npm package or of the C library says, with the oldest glibc that is published for.
fn target(name: &str) -> Option<Target> {
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if !has(&["linux"]) {
        return None;
    }
    let triple = match (has(&["x86_64", "x64"]), has(&["musl"])) {
        (true, false) => linux::X86_64_GNU,
        (true, true) => linux::X86_64_MUSL,
        (false, false) => crate::cross::AARCH64,
        (false, true) => linux::AARCH64_MUSL,
    };
    Target::of(triple, None).ok()
}

/// The CPU that an ELF file is for, by its header.
fn machine(library: &[u8]) -> Option<&'static str> {
    let (magic, machine) = (library.get(..4)?, library.get(18..20)?);
    match machine {
        [62, 0] if magic == b"\x7fELF" => Some("x86_64"),
        [183, 0] if magic == b"\x7fELF" => Some("aarch64"),
        _ => None,
    }
}

/// The newest version of glibc that a library asks for, 2 and this number: it has their names among its strings.
fn newest_glibc(library: &[u8]) -> Option<u32> {
    let name = b"GLIBC_2.";
    let at =
        library.windows(name.len()).enumerate().filter(|(_, window)| window == name).map(|(at, _)| at + name.len());
    let minor = |at: usize| {
        let digits = library[at..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u32, |minor, digit| minor.saturating_mul(10).saturating_add(u32::from(digit - b'0')))
    };
    at.map(minor).max()
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
        let library = std::env::temp_dir().join(format!("pixfuse-symbols-{}", std::process::id()));
        let write = |machine: u8| {
            let header = [&b"\x7fELF"[..], &[0; 14], &[machine, 0], b"\0GLIBC_2.34\0"].concat();
            fs::write(&library, header).unwrap();
        };
        let says = |triple: &str| fits(Target::of(triple, None).unwrap(), &library).unwrap_err().to_string();
        write(62);
        assert!(says(linux::X86_64_GNU).ends_with("asks for glibc 2.34, expected 2.17 or an older one"));
        assert!(says(linux::X86_64_MUSL).ends_with("asks for glibc 2.34, expected musl"));
        assert!(says(linux::AARCH64_MUSL).ends_with("is for x86_64, expected aarch64"));
        fits(Target::of(linux::X86_64_GNU, Some("2.34")).unwrap(), &library).unwrap();
        write(3);
        assert!(says(linux::X86_64_GNU).ends_with("is for no CPU of ours, expected x86_64"));
        fs::remove_file(library).unwrap();
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
