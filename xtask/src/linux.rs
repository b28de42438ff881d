//! Packages for Linux on either CPU and with either C library, from one machine: zig links them, with the headers and symbol
//! lists of every glibc, or with musl, and compiles libjpeg-turbo too.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::progress::step;
use crate::python::{Profile, Venv};
use crate::{c_library, cross, decoders, node, npm, package, symbols, tools, wheels};

pub(crate) const X86_64_GNU: &str = "x86_64-unknown-linux-gnu";
pub(crate) const X86_64_MUSL: &str = "x86_64-unknown-linux-musl";
pub(crate) const AARCH64_MUSL: &str = "aarch64-unknown-linux-musl";

/// What `--target` of a build may be.
const TARGETS: [&str; 4] = [X86_64_GNU, cross::AARCH64, X86_64_MUSL, AARCH64_MUSL];

/// The oldest glibc that Rust's own library supports: that of manylinux2014.
const GLIBC: &str = "2.17";

/// Where maturin, zig, and what looks at wheels are listed.
const REQUIREMENTS: &str = "bindings/python/wheels/requirements.txt";

/// What is built for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) triple: &'static str,
    /// The oldest glibc, 2 and this number; none where the C library is musl, of which it is 1.2 or a later one.
    pub(crate) glibc: Option<u32>,
}

impl Target {
    /// A target that is set up, with the oldest glibc that it is for.
    pub(crate) fn of(triple: &str, glibc: Option<&str>) -> Result<Self> {
        let expected = || format!("--target: {triple} is not set up here, expected one of {}", TARGETS.join(", "));
        let triple = TARGETS.into_iter().find(|target| *target == triple).with_context(expected)?;
        if triple.ends_with("musl") {
            ensure!(glibc.is_none(), "--glibc: {triple} has another C library, leave it out");
            return Ok(Self { triple, glibc: None });
        }
        let glibc = glibc.unwrap_or(GLIBC);
        let minor = glibc.strip_prefix("2.").and_then(|minor| minor.parse().ok()).filter(|minor| *minor >= 17);
        ensure!(minor.is_some(), "--glibc: expected {GLIBC} or a later one, found {glibc}");
        Ok(Self { triple, glibc: minor })
    }

    /// The CPU, as both names of wheels and of targets have it.
    pub(crate) fn architecture(&self) -> &'static str {
        self.triple.split('-').next().unwrap_or_default()
    }

    /// The platform of a wheel, without the CPU.
    pub(crate) fn tag(&self) -> String {
        self.glibc.map_or("musllinux_1_2".into(), |minor| format!("manylinux_2_{minor}"))
    }

    /// As zig takes it.
    pub(crate) fn zig(&self) -> String {
        self.glibc.map_or(self.triple.into(), |minor| format!("{}.2.{minor}", self.triple))
    }

    /// zig's own name of the target, for its C compiler.
    pub(crate) fn zig_cc(&self) -> String {
        self.zig().replace("-unknown", "")
    }

    /// Has a build link a module that this target's programs load. Gives the folder where cargo leaves it.
    pub(crate) fn set(&self, build: &mut Command, profile: Profile) -> Result<PathBuf> {
        // Without this they would be programs of their own, which no loader takes.
        let flags: &[&str] = if self.glibc.is_some() { &[] } else { &["-C", "target-feature=-crt-static"] };
        let (target, folder) = match profile {
            Profile::Published => {
                build.arg("--release");
                package::without_paths(build, flags);
                (package::target(), "release")
            }
            Profile::Dev if flags.is_empty() => (tools::target(), "debug"),
            Profile::Dev => {
                // In a directory of its own: other flags would have everything of this machine compiled again.
                let own = tools::target().join("musl");
                build.env("RUSTFLAGS", flags.join(" ")).env("CARGO_TARGET_DIR", &own);
                (own, "debug")
            }
            Profile::Release => bail!("for another machine is built what tests need or what is published"),
        };
        Ok(target.join(self.triple).join(folder))
    }
}

/// Builds the wheels, the npm packages and the C library of a target into `target/dist`, and looks at them.
pub(crate) fn run(triple: &str, glibc: Option<&str>) -> Result<()> {
    let target = Target::of(triple, glibc)?;
    let dist = tools::target().join("dist");
    fs::create_dir_all(&dist)?;
    let mut wheels = vec![wheels::build(target, wheels::LOCKED, Profile::Published, &dist)?];
    // Not for musl: no container of Alpine Linux has a Python without the lock that could try them.
    if target.glibc.is_some() {
        for python in [wheels::FREE, wheels::EITHER] {
            wheels.push(wheels::build(target, python, Profile::Published, &dist)?);
        }
    }
    let addon = addon(target, Profile::Published)?;
    let packages = npm::pack(target.triple, &addon, &dist)?;
    let c = c_library::pack_for(target, Profile::Published, &dist)?;
    package::list(&venv()?, &[wheels, packages.into(), vec![c]].concat())
}

/// The addon for Node.js.
pub(crate) fn addon(target: Target, profile: Profile) -> Result<PathBuf> {
    let mut cargo = zig(target)?;
    cargo.args(["--lib", "--package", node::ADDON]).args(decoders::jpeg("pixfuse-node"));
    let built = target.set(&mut cargo, profile)?;
    step(&format!("building the addon for {}", target.zig()), &format!("addon-{}", target.triple), &mut cargo)?;
    let library = built.join(format!("lib{}.so", node::ADDON.replace('-', "_")));
    ensure!(library.exists(), "cargo built {} but not {}", node::ADDON, library.display());
    symbols::fits(target, &library)?;
    Ok(library)
}

/// A cargo that builds for a target and links by zig.
pub(crate) fn zig(target: Target) -> Result<Command> {
    cross::need_std(target.triple, false)?;
    let mut cargo = tools::cargo();
    cargo.args(["zigbuild", "--target", &target.zig()]).env("PATH", venv()?.first_in_path()?);
    Ok(cargo)
}

/// zig as a compiler of C for a target.
pub(crate) fn zig_cc(target: Target) -> Result<Command> {
    let mut zig = venv()?.command();
    zig.args(["-m", "ziglang", "cc", "-target", &target.zig_cc()]);
    Ok(zig)
}

/// The environment with maturin and zig.
pub(crate) fn venv() -> Result<Venv> {
    Venv::new("venv-wheels", Some(&tools::root().join(REQUIREMENTS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_up_is_said() {
        for (target, glibc, said) in [
            (X86_64_GNU, Some("2.5"), "--glibc: expected 2.17 or a later one, found 2.5"),
            (X86_64_GNU, Some("3.17"), "--glibc: expected 2.17 or a later one, found 3.17"),
            (X86_64_MUSL, Some("2.17"), "another C library, leave it out"),
            (
                "riscv64gc-unknown-linux-gnu",
                None,
                "expected one of x86_64-unknown-linux-gnu, aarch64-unknown-linux-gnu",
            ),
        ] {
            let error = Target::of(target, glibc).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_target_has_a_name_for_each_tool() {
        let names = |target: &str, glibc| {
            let target = Target::of(target, glibc).unwrap();
            [target.architecture().to_owned(), target.tag(), target.zig(), target.zig_cc()]
        };
        let arm = ["aarch64", "manylinux_2_17", "aarch64-unknown-linux-gnu.2.17", "aarch64-linux-gnu.2.17"];
        assert_eq!(names(cross::AARCH64, None), arm);
        let newer = ["x86_64", "manylinux_2_28", "x86_64-unknown-linux-gnu.2.28", "x86_64-linux-gnu.2.28"];
        assert_eq!(names(X86_64_GNU, Some("2.28")), newer);
        assert_eq!(names(X86_64_MUSL, None), ["x86_64", "musllinux_1_2", X86_64_MUSL, "x86_64-linux-musl"]);
    }
}
