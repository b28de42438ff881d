//! Packages for Linux on either CPU and with either C library, from one machine: zig links them, with the headers and symbol
//! lists of every glibc, or with musl, and compiles libjpeg-turbo too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::progress::step;
use crate::python::{Profile, Venv};
use crate::wheels::Python;
use crate::{c_library, cross, jpeg, node, npm, package, symbols, tools, wheels};

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
    libc: Libc,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Libc {
    /// 2 and this number, or a later one.
    Glibc(u32),
    /// 1.2, or a later one.
    Musl,
}

impl Target {
    /// A target that is set up, with the oldest glibc that it is for.
    pub(crate) fn of(triple: &str, glibc: Option<&str>) -> Result<Self> {
        let expected = || format!("--target: {triple} is not set up here, expected one of {}", TARGETS.join(", "));
        let triple = TARGETS.into_iter().find(|target| *target == triple).with_context(expected)?;
        if triple.ends_with("musl") {
            ensure!(glibc.is_none(), "--glibc: {triple} has another C library, leave it out");
            return Ok(Self { triple, libc: Libc::Musl });
        }
        let glibc = glibc.unwrap_or(GLIBC);
        let minor = glibc.strip_prefix("2.").and_then(|minor| minor.parse().ok()).filter(|minor| *minor >= 17);
        let minor = minor.with_context(|| format!("--glibc: expected {GLIBC} or a later one, found {glibc}"))?;
        Ok(Self { triple, libc: Libc::Glibc(minor) })
    }

    /// The CPU, as both names of wheels and of targets have it.
    pub(crate) fn architecture(&self) -> &'static str {
        self.triple.split('-').next().unwrap_or_default()
    }

    /// Whether the C library is glibc.
    pub(crate) fn is_of_glibc(&self) -> bool {
        self.libc != Libc::Musl
    }

    /// The platform of a wheel, without the CPU.
    pub(crate) fn tag(&self) -> String {
        match self.libc {
            Libc::Glibc(minor) => format!("manylinux_2_{minor}"),
            Libc::Musl => "musllinux_1_2".into(),
        }
    }

    /// As zig takes it.
    pub(crate) fn zig(&self) -> String {
        match self.libc {
            Libc::Glibc(minor) => format!("{}.2.{minor}", self.triple),
            Libc::Musl => self.triple.into(),
        }
    }

    /// zig's own name of the target, for its C compiler.
    pub(crate) fn zig_cc(&self) -> String {
        match self.libc {
            Libc::Glibc(minor) => format!("{}-linux-gnu.2.{minor}", self.architecture()),
            Libc::Musl => format!("{}-linux-musl", self.architecture()),
        }
    }

    /// The oldest glibc, 2 and this number.
    pub(crate) fn glibc(&self) -> Option<u32> {
        match self.libc {
            Libc::Glibc(minor) => Some(minor),
            Libc::Musl => None,
        }
    }

    /// Has a build link a module that this target's programs load.
    pub(crate) fn set(&self, build: &mut Command, profile: Profile) {
        // Without this they would be programs of their own, which no loader takes.
        let flags: &[&str] = if !self.is_of_glibc() { &["-C", "target-feature=-crt-static"] } else { &[] };
        if profile == Profile::Published {
            package::without_paths(build, flags);
        } else if !flags.is_empty() {
            // In a directory of its own: other flags would have everything of this machine compiled again.
            build.env("RUSTFLAGS", flags.join(" ")).env("CARGO_TARGET_DIR", self.directory());
        }
    }

    /// Where cargo leaves libraries of this target.
    pub(crate) fn built(&self, profile: Profile) -> Result<PathBuf> {
        Ok(match profile {
            Profile::Dev => self.directory().join(self.triple).join("debug"),
            Profile::Published => package::target().join(self.triple).join("release"),
            Profile::Release => bail!("for another machine is built what tests need or what is published"),
        })
    }

    /// Where a build that is no published one is, given its flags.
    fn directory(&self) -> PathBuf {
        if !self.is_of_glibc() { tools::target().join("musl") } else { tools::target().to_owned() }
    }
}

/// Builds the wheels, the npm packages and the C library of a target into `target/dist`, and looks at them.
pub(crate) fn run(triple: &str, glibc: Option<&str>) -> Result<()> {
    let target = Target::of(triple, glibc)?;
    let dist = tools::target().join("dist");
    fs::create_dir_all(&dist)?;
    let mut wheels = vec![wheels::build(target, Python::Locked, Profile::Published, &dist)?];
    // Not for musl: no container of Alpine Linux has a Python without the lock that could try them.
    if target.is_of_glibc() {
        for python in [Python::Free, Python::Either] {
            wheels.push(wheels::build(target, python, Profile::Published, &dist)?);
        }
    }
    let addon = addon(target, Profile::Published)?;
    let packages = npm::pack(target.triple, &addon, &dist)?;
    let venv = venv()?;
    let c = c_library::pack_for(target, Profile::Published, &dist)?;
    for package in [wheels, packages.into(), vec![c]].concat() {
        package::look_into(&venv, &package)?;
        println!("{}: {} KB", tools::shown(&package), fs::metadata(&package)?.len().div_ceil(1000));
    }
    println!("JPEG is decoded by {}", jpeg::decoder());
    Ok(())
}

/// The addon for Node.js.
pub(crate) fn addon(target: Target, profile: Profile) -> Result<PathBuf> {
    let mut cargo = zig(target)?;
    cargo.args(["--lib", "--package", node::ADDON]).args(jpeg::features("pixfuse-node"));
    target.set(&mut cargo, profile);
    if profile == Profile::Published {
        cargo.arg("--release");
    }
    let built = target.built(profile)?;
    step(&format!("building the addon for {}", target.zig()), &format!("addon-{}", target.triple), &mut cargo)?;
    let library = built.join(format!("lib{}.so", node::ADDON.replace('-', "_")));
    ensure!(library.exists(), "cargo built {} but not {}", node::ADDON, library.display());
    symbols::fits(target, &library)?;
    Ok(library)
}

/// A cargo that builds for a target and links by zig.
pub(crate) fn zig(target: Target) -> Result<Command> {
    need_std(target)?;
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

/// Whether this toolchain has a standard library for a target.
pub(crate) fn need_std(target: Target) -> Result<()> {
    ensure!(
        cross::has_std(&tools::rustc(), target.triple),
        "--target {} needs Rust's standard library for it: `rustup target add {}`",
        target.triple,
        target.triple
    );
    Ok(())
}

/// The environment with maturin and zig.
pub(crate) fn venv() -> Result<Venv> {
    Venv::new("venv-wheels", Some(Path::new(&tools::root().join(REQUIREMENTS))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_up_is_said() {
        let says = |target: &str, glibc| Target::of(target, glibc).unwrap_err().to_string();
        assert_eq!(says(X86_64_GNU, Some("2.5")), "--glibc: expected 2.17 or a later one, found 2.5");
        assert_eq!(says(X86_64_GNU, Some("3.17")), "--glibc: expected 2.17 or a later one, found 3.17");
        assert_eq!(
            says(X86_64_MUSL, Some("2.17")),
            "--glibc: x86_64-unknown-linux-musl has another C library, leave it out"
        );
        let other = says("riscv64gc-unknown-linux-gnu", None);
        assert!(other.contains("expected one of x86_64-unknown-linux-gnu, aarch64-unknown-linux-gnu"), "{other}");
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
