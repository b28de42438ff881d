//! `node_modules`, and the addon beside its hand-kept `index.js`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::progress::step;
use crate::python::Profile;
use crate::{decoders, files, tools};

/// The crate of the addon.
pub(crate) const ADDON: &str = "pixfuse-node-addon";

/// Runs `npm ci` in `directory` unless its lock file is the one that was installed last.
pub(crate) fn modules(directory: &str) -> Result<()> {
    let path = tools::root().join(directory);
    let wanted = files::read(path.join("package-lock.json"))?;
    files::once(&path.join("node_modules/.installed"), &wanted, || {
        let mut npm = tools::npm()?;
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&path);
        step(&format!("installing npm packages into {directory}"), &log("npm", directory), &mut npm)?;
        // A package without dependencies gets no directory from npm.
        Ok(fs::create_dir_all(path.join("node_modules"))?)
    })
}

/// The name of a log of what is done in a directory of the tree.
pub(crate) fn log(what: &str, directory: &str) -> String {
    format!("{what}-{}", directory.replace(['/', '\\'], "-"))
}

/// A run of tests by Node.js.
pub(crate) fn tests() -> Result<Command> {
    let mut tests = tools::node()?;
    tests.args(["--test", "--test-reporter=spec"]);
    Ok(tests)
}

/// Builds the cdylib of crate `package` and copies it to `addon`, the name that the package's `index.js` loads.
pub(crate) fn addon(label: &str, package: &str, addon: &str, profile: Profile) -> Result<()> {
    let mut cargo = tools::cargo();
    cargo.args(["build", "--lib", "--package", package]).args(decoders::jpeg("pixfuse-node"));
    let built = profile.set(&mut cargo);
    step(&format!("building {label}"), &format!("cargo-{package}"), &mut cargo)?;

    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let library = built.join(format!("{prefix}{}{suffix}", package.replace('-', "_")));
    ensure!(library.exists(), "cargo built {package} but not {}", library.display());
    // Copied beside, then renamed: a process that has the old file mapped keeps it, instead of crashing in the new one.
    let addon = tools::root().join(addon);
    files::copy(library, addon.with_extension("new"))?;
    fs::rename(addon.with_extension("new"), &addon).with_context(|| format!("cannot replace {}", addon.display()))
}

/// The test files of a directory: Node.js 20 takes the directory itself, 22 does not, and patterns came in between.
pub(crate) fn test_files(directory: &str) -> Result<Vec<PathBuf>> {
    let path = tools::root().join(directory);
    let is_test =
        |file: &PathBuf| [".test.js", ".test.mjs", ".test.cjs"].iter().any(|end| files::name(file).ends_with(end));
    let tests: Vec<_> = files::entries(&path)?.into_iter().filter(is_test).collect();
    ensure!(!tests.is_empty(), "no *.test.js or *.test.mjs in {}", path.display());
    Ok(tests)
}
