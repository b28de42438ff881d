//! Wheels for Linux, as PyPI's users get them: built by maturin with zig, looked at by the programs that judge wheels, and
//! tried under an emulator.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::debian::Packages;
use crate::linux::{self, Target};
use crate::progress::step;
use crate::python::Profile;
use crate::report::Count;
use crate::{cross, decoders, files, judges, python, test, tools};

/// Debian's Python, and the libraries that it and numpy are linked to.
const PYTHON: Packages = Packages {
    name: "arm64",
    architecture: "arm64",
    release: None,
    packages: "python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libc6 libgcc-s1 libstdc++6 zlib1g \
               libexpat1 libssl3 libffi8 libbz2-1.0 liblzma5",
};

/// Of resizes and of whole pipelines one of so many: all would take an emulator half an hour.
const EVERY: &str = "101";

/// Which versions of Python a wheel is for: how its name begins to say it, and what maturin is told, which knows these versions
/// where they are not installed.
#[derive(Clone, Copy)]
pub(crate) struct Python {
    tag: &'static str,
    arguments: &'static [&'static str],
}

/// Every one since 3.11 that has the lock, by its stable interface.
pub(crate) const LOCKED: Python = Python { tag: "cp311-abi3", arguments: &[] };
/// 3.14 without the lock, which has no stable interface.
pub(crate) const FREE: Python = Python { tag: "cp314-cp314t", arguments: &["--interpreter", "python3.14t"] };
/// Every one since 3.15, with the lock or without, by the stable interface of both.
pub(crate) const EITHER: Python =
    Python { tag: "cp315-abi3", arguments: &["--interpreter", "python3.15", "--features", "pixfuse-python/abi3t"] };

/// What maturin is told for an interpreter without the lock that is here, as for `FREE` and `EITHER`, which need not be.
pub(crate) fn arguments(interpreter: &Path) -> Result<Vec<OsString>> {
    let mut ask = tools::command(interpreter);
    let said = tools::output(ask.args(["-c", "import sys; print(sys.version_info >= (3, 15))"]))
        .with_context(|| format!("--python: {}", interpreter.display()))?;
    let stable = said.trim() == "True";
    let features: &[&str] = if stable { &["--features", "pixfuse-python/abi3t"] } else { &[] };
    let interpreter = [OsStr::new("--interpreter"), interpreter.as_os_str()];
    Ok(interpreter.into_iter().chain(features.iter().map(OsStr::new)).map(OsStr::to_owned).collect())
}

/// Builds a wheel, and has those look at it that PyPI's users rely on.
pub(crate) fn build(target: Target, python: Python, profile: Profile, into: &Path) -> Result<PathBuf> {
    cross::need_std(target.triple, false)?;
    let venv = linux::venv()?;
    // An older wheel would be found, and tried, in the place of the new one.
    let (architecture, tag) = (target.architecture(), target.tag());
    let family = tag.split('_').next().unwrap_or_default();
    let is_of_target = |path: &PathBuf| {
        let (name, end) = (files::name(path), format!("_{architecture}.whl"));
        name.contains(&format!("-{}", python.tag)) && name.contains(family) && name.ends_with(&end)
    };
    let wheels = || -> Vec<PathBuf> { files::with_extension(into, "whl").into_iter().filter(is_of_target).collect() };
    for old in wheels() {
        fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
    }

    let mut maturin = venv.command();
    maturin.args(["-m", "maturin", "build", "--zig", "--target", target.triple, "--compatibility", &tag]);
    maturin.env("CARGO_TARGET_DIR", tools::target());
    maturin.arg("--manifest-path").arg(tools::root().join("bindings/python/Cargo.toml")).arg("--out").arg(into);
    maturin.args(decoders::jpeg("pixfuse-python")).args(python.arguments).env("PATH", venv.first_in_path()?);
    maturin.args((profile == Profile::Dev).then_some("--profile=dev"));
    target.set(&mut maturin, profile)?;
    let name = format!("{}-{tag}_{architecture}", python.tag);
    step(&format!("building the wheel {name}"), &format!("wheel-{name}"), &mut maturin)?;
    let built = wheels();
    let [wheel] = &built[..] else { bail!("expected one wheel {name} in {}", into.display()) };

    // It looks for libraries on the machine that it runs on, which has no musl; maturin has audited the wheel for its tag.
    if target.glibc.is_some() {
        let mut auditwheel = venv.command();
        let said = tools::output(auditwheel.args(["-m", "auditwheel", "show"]).arg(wheel))?;
        // Lines are broken for people.
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let wanted = format!("is consistent with the following platform tag: \"{tag}_{architecture}\"");
        ensure!(said.contains(&wanted), "auditwheel expected {tag}_{architecture} and found: {said}");
    }
    judges::python(wheel)?;
    Ok(wheel.clone())
}

/// Whether what [`try_arm`] needs is here, or may be installed in continuous integration.
pub(crate) fn need_arm() -> Result<()> {
    cross::need_std(cross::AARCH64, false)?;
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    ensure!(
        system.lines().any(|line| line == "VERSION_CODENAME=bookworm"),
        "it runs in the Python of Debian 12, of which this system has no packages: a container of debian:12 has them"
    );
    Ok(())
}

/// Builds the wheel for 64-bit Arm as tests are built, installs it, and compares its tensors with the goldens.
pub(crate) fn try_arm(install: bool, count: &mut Count) -> Result<()> {
    ensure!(
        cfg!(all(target_arch = "x86_64", target_os = "linux")),
        "--platforms needs Linux on x86-64: the wheel runs under qemu's user mode emulation"
    );
    cross::need_emulator(install)?;
    let mut python = arm(&for_tests(cross::AARCH64)?)?;
    // The goldens that all languages share.
    // Not quietly: its last line is counted.
    python.args(["-m", "pytest", "bindings/python/tests/test_goldens.py", "-p", "no:cacheprovider"]);
    test::stream(python.env("PIXFUSE_GOLDENS_EVERY", EVERY), count)
}

/// Builds the wheel for the oldest glibc as tests are built, installs it into this machine's Python, and compares as well.
pub(crate) fn try_old(count: &mut Count) -> Result<()> {
    let mut installed = tools::command(tools::root().join(".ci/installed"));
    installed.arg("python").arg(for_tests(linux::X86_64_GNU)?).env("PYTHON", python::interpreter()?);
    test::stream(installed.env("PIXFUSE_GOLDENS_EVERY", EVERY), count)
}

/// A wheel as tests are built.
fn for_tests(triple: &str) -> Result<PathBuf> {
    println!("of the resizes and of the whole pipelines one of {EVERY} is compared");
    build(Target::of(triple, None)?, LOCKED, Profile::Dev, &tools::target().join("wheels"))
}

/// A Python for 64-bit Arm under the emulator, with the packages of the wheel.
fn arm(wheel: &Path) -> Result<Command> {
    let root = tools::target().join("arm64");
    PYTHON.unpack(&root)?;
    let packages = files::empty(root.join("packages"))?;
    let mut pip = linux::venv()?.command();
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--target"]);
    pip.arg(&packages).args(["--implementation=cp", "--python-version=3.11", "--abi=cp311", "--abi=abi3"]);
    // Older ones are no part of a newer one, in the eyes of pip.
    pip.args([28, 27, 17].map(|minor| format!("--platform=manylinux_2_{minor}_aarch64")));
    pip.arg("--platform=manylinux2014_aarch64").arg(wheel).arg("pytest");
    step("installing the wheel for 64-bit Arm", "wheel-arm64", &mut pip)?;

    let libraries = ["lib", "usr/lib"].map(|place| root.join(place).join("aarch64-linux-gnu"));
    let mut path = OsString::from("LD_LIBRARY_PATH=");
    path.push(std::env::join_paths(libraries)?);
    let mut python = tools::command(cross::qemu().context("no emulator")?);
    python.arg("-L").arg(&root).arg("-E").arg(path).arg(root.join("usr/bin/python3.11"));
    python.env("PYTHONHOME", root.join("usr")).env("PYTHONPATH", packages);
    python.env("PYTHONUTF8", "1").env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(python)
}
