//! `cargo xtask build`: the wheel, the npm packages, that for browsers among them, and the C library, as they would be published,
//! and a look into all.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use memchr::memmem;

use crate::progress::step;
use crate::python::{Profile, Venv};
use crate::{c_library, decoders, files, node, npm, report, tools, web, wheels};

/// What each package must hold besides its code.
pub(crate) const PAPERS: [&str; 5] =
    ["LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-NOTICES.txt", "sbom.cdx.json", "README.md"];

/// Everything for this machine, and wheels for these interpreters beside that for the ones with the lock.
pub(crate) fn run(pythons: &[PathBuf]) -> Result<()> {
    tools::npm()?;
    tools::node()?;
    // Packages of an older version would be listed, and published, beside the new ones.
    let dist = files::empty(tools::target().join("dist"))?;

    let venv = Venv::new("venv", None)?;
    venv.wheel("bindings/python", &dist, &[])?;
    for python in pythons {
        venv.wheel("bindings/python", &dist, &wheels::arguments(python)?)?;
    }
    node::addon("the Node addon", node::ADDON, "bindings/node/pixfuse.node", Profile::Published)?;
    npm::pack(&tools::host()?, &npm::addon(), &dist)?;
    if web::can_build()? {
        npm::packed(&web::built()?, &dist)?;
    } else {
        println!("NOT BUILT: the package for browsers: {}", web::missing());
    }
    c_library::pack(&venv, &dist)?;

    npm::try_out(&files::with_extension(&dist, "tgz"))?;
    list(&venv, &files::entries(&dist)?)
}

/// Looks into packages, and says how large they are.
pub(crate) fn list(venv: &Venv, packages: &[PathBuf]) -> Result<()> {
    let mut rows = Vec::new();
    for package in packages {
        look_into(venv, package)?;
        rows.push(vec![tools::shown(package), format!("{} KB", fs::metadata(package)?.len().div_ceil(1000))]);
    }
    print!("{}", report::table(&["package", "size"], &rows, &[1]));
    println!("JPEG is decoded by {}", decoders::of_jpeg());
    Ok(())
}

/// Where builds are that name no path of this machine: other flags would compile everything anew each time.
pub(crate) fn target() -> PathBuf {
    tools::target().join("published")
}

/// Has rustc, which gets these flags too, and C compilers write other names for the directories of this machine, in panic
/// messages above all.
///
/// `trim-paths` of a profile would say it in one line, once it is stable.
pub(crate) fn without_paths(command: &mut Command, flags: &[&str]) {
    let given = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut flags: Vec<OsString> = given.split_whitespace().chain(flags.iter().copied()).map(OsString::from).collect();
    let mut c_flags = std::env::var_os("CFLAGS").unwrap_or_default();
    for (path, name) in places() {
        let renamed = |option: &str| {
            let mut flag = OsString::from(option);
            flag.push(&path);
            flag.push(format!("={name}"));
            flag
        };
        flags.push(renamed("--remap-path-prefix="));
        // Arguments are split at spaces, and MSVC has no such option.
        if !cfg!(windows) && !path.to_string_lossy().contains(' ') {
            c_flags.push(" ");
            c_flags.push(renamed("-ffile-prefix-map="));
        }
    }
    command
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}".as_ref()))
        .env("CFLAGS", c_flags)
        // nasm writes the path of each source into the table of symbols.
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
        .env("CARGO_TARGET_DIR", target());
}

/// Directories that would be in binaries, and what they are called there; of two that match, the later one counts.
fn places() -> Vec<(PathBuf, &'static str)> {
    let home = std::env::home_dir().filter(|home| home.parent().is_some());
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home.as_ref().map(|home| home.join(".cargo")));
    let sysroot = tools::sysroot(&mut Command::new(tools::rustc()));
    let own = [(tools::target(), "target"), (tools::root().to_owned(), "pixfuse")];
    let others = [(home, "home"), (cargo, "cargo"), (sysroot, "rust")];
    let others = others.into_iter().filter_map(|(path, name)| Some((path?, name)));
    others.chain(own).collect()
}

/// Unpacks a package, and looks at its files.
pub(crate) fn look_into(venv: &Venv, package: &Path) -> Result<()> {
    look(&unpack(venv, package)?).with_context(|| tools::shown(package))
}

/// The files of a wheel or a tarball.
pub(crate) fn unpack(venv: &Venv, package: &Path) -> Result<Vec<PathBuf>> {
    let name = files::name(package);
    let into = files::empty(target().join("unpacked").join(&name))?;
    let module = if package.extension().is_some_and(|extension| extension == "whl") { "zipfile" } else { "tarfile" };
    let mut python = venv.command();
    python.args(["-m", module, "-e"]).arg(package).arg(&into);
    step(&format!("unpacking {name}"), &format!("unpack-{module}"), &mut python)?;
    files::all(&into)
}

/// Whether a package has its papers, and no file names a directory of this machine.
pub(crate) fn look(files: &[PathBuf]) -> Result<()> {
    for name in PAPERS {
        // What a wheel has in the place of a README is its description, in METADATA.
        let is = |path: &PathBuf| path.ends_with(name) || (name == "README.md" && path.ends_with("METADATA"));
        ensure!(files.iter().any(is), "{name} is missing");
    }
    for path in files {
        let bytes = fs::read(path)?;
        for (place, _) in places() {
            let named = format!("{}{}", place.display(), std::path::MAIN_SEPARATOR);
            if let Some(found) = find(&bytes, named.as_bytes()) {
                bail!("{} names a path of this machine: {found}", path.display());
            }
        }
    }
    Ok(())
}

/// The text around the first place where `bytes` has `wanted`.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<String> {
    let found = &bytes[memmem::find(bytes, wanted)?..];
    let text: Vec<u8> = found.iter().copied().take_while(|byte| (0x20..0x7f).contains(byte)).take(200).collect();
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_inside_a_binary_is_found_with_what_follows_it() {
        let binary = b"\x7fELF\0/hom/e\0/home/me/.cargo/registry/png/src/lib.rs\0more";
        assert_eq!(find(binary, b"/home/me/").as_deref(), Some("/home/me/.cargo/registry/png/src/lib.rs"));
        assert_eq!(find(binary, b"/home/you/"), None);
        assert_eq!(find(b"/home", b"/home/"), None);
    }

    #[test]
    fn a_package_without_its_papers_is_refused() {
        let name = format!("pixfuse-papers-{}", std::process::id());
        let directory = files::empty(std::env::temp_dir().join(name)).unwrap();
        let files: Vec<PathBuf> = PAPERS.iter().map(|name| directory.join(name)).collect();
        files.iter().for_each(|path| fs::write(path, "text").unwrap());
        look(&files).unwrap();
        assert_eq!(look(&files[1..]).unwrap_err().to_string(), "LICENSE-MIT is missing");
        fs::write(&files[3], format!("of {}", tools::root().join("crates").display())).unwrap();
        let error = look(&files).unwrap_err().to_string();
        assert!(error.contains("sbom.cdx.json names a path of this machine"), "{error}");
        fs::remove_dir_all(&directory).unwrap();
    }
}
