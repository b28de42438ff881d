//! `node_modules`, and the addon beside its hand-kept `index.js`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::progress::step;
use crate::python::Profile;
use crate::{jpeg, package, tools};

/// The crate of the addon.
pub(crate) const ADDON: &str = "pixfuse-node-addon";

/// Runs `npm ci` in `directory` unless its lock file is the one that was installed last.
pub(crate) fn modules(directory: &str) -> Result<()> {
    let path = tools::root().join(directory);
    let lock = path.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp = path.join("node_modules/.installed");
    if fs::read_to_string(&stamp).ok().as_ref() == Some(&wanted) {
        return Ok(());
    }
    let mut npm = tools::npm()?;
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&path);
    step(
        &format!("installing npm packages into {directory}"),
        &format!("npm-{}", directory.replace(['/', '\\'], "-")),
        &mut npm,
    )?;
    // A package without dependencies gets no directory from npm.
    fs::create_dir_all(path.join("node_modules"))?;
    Ok(fs::write(stamp, wanted)?)
}

/// Builds the cdylib of crate `package` and copies it to `addon`, the name that the package's `index.js` loads.
pub(crate) fn addon(label: &str, package: &str, addon: &str, profile: Profile) -> Result<()> {
    let mut cargo = tools::cargo();
    cargo.args(["build", "--lib", "--package", package]).args(jpeg::features("pixfuse-node"));
    let built = match profile {
        Profile::Dev => tools::target().join("debug"),
        Profile::Release => {
            cargo.arg("--release");
            tools::target().join("release")
        }
        Profile::Published => {
            cargo.arg("--release");
            package::without_paths(&mut cargo, &[]);
            package::target().join("release")
        }
    };
    step(&format!("building {label}"), &format!("cargo-{package}"), &mut cargo)?;

    let library = built.join(library_name(package));
    let addon = tools::root().join(addon);
    ensure!(library.exists(), "cargo built {package} but not {}", library.display());
    replace(&library, &addon).with_context(|| format!("cannot copy {} to {}", library.display(), addon.display()))
}

fn library_name(package: &str) -> PathBuf {
    let name = package.replace('-', "_");
    format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX).into()
}

/// Copies beside, then renames: a process that has the old file mapped keeps it, instead of crashing in the new one.
fn replace(from: &Path, to: &Path) -> std::io::Result<()> {
    let new = to.with_extension("new");
    fs::copy(from, &new)?;
    fs::rename(new, to)
}

/// The test files of a directory: Node.js 20 takes the directory itself, 22 does not, and patterns came in between.
pub(crate) fn test_files(directory: &str) -> Result<Vec<PathBuf>> {
    let path = tools::root().join(directory);
    let mut files = Vec::new();
    for entry in fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))? {
        let file = entry?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if [".test.js", ".test.mjs", ".test.cjs"].iter().any(|end| name.ends_with(end)) {
            files.push(file);
        }
    }
    ensure!(!files.is_empty(), "no *.test.js or *.test.mjs in {}", path.display());
    files.sort();
    Ok(files)
}
