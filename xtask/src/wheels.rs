//! Wheels for other machines, from one machine: linked by zig with the C library of another year, and installed and run
//! under an emulator.
//!
//! maturin drives zig, which has the headers and symbol lists of every glibc, and compiles libjpeg-turbo too. The wheel for
//! 64-bit Arm runs under qemu in Debian's Python for Arm: packages that are fetched with lists of their own and unpacked into
//! a folder, so nothing of this system is changed. The wheel for x86-64 is tried where it is published.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::progress::step;
use crate::python::{Profile, Venv};
use crate::report::Count;
use crate::{cross, jpeg, package, test, tools};

const X86_64: &str = "x86_64-unknown-linux-gnu";

/// What `--target` of a build may be.
const TARGETS: [&str; 2] = [X86_64, cross::AARCH64];

/// The oldest C library that Rust's own supports: that of manylinux2014.
pub(crate) const GLIBC: &str = "2.17";

/// Where maturin, zig, and what looks at wheels are listed.
const REQUIREMENTS: &str = "bindings/python/wheels/requirements.txt";

/// Debian's Python, and the libraries that it and numpy are linked to.
const PYTHON: [&str; 12] = [
    "python3.11-minimal",
    "libpython3.11-minimal",
    "libpython3.11-stdlib",
    "libc6",
    "libgcc-s1",
    "libstdc++6",
    "zlib1g",
    "libexpat1",
    "libssl3",
    "libffi8",
    "libbz2-1.0",
    "liblzma5",
];

/// What is run of the wheel: the goldens that all languages share.
const TESTS: [&str; 4] = ["bindings/python/tests/test_goldens.py", "--quiet", "-p", "no:cacheprovider"];

/// Of resizes and of whole pipelines one of so many: all would take an emulator half an hour.
const EVERY: &str = "101";

/// Builds the wheel for a target and a C library into `target/dist`, and looks at it.
pub(crate) fn run(target: &str, glibc: &str) -> Result<()> {
    let dist = tools::target().join("dist");
    fs::create_dir_all(&dist)?;
    let wheel = build(target, glibc, Profile::Published, &dist)?;
    println!("{}: {} KB", tools::shown(&wheel), fs::metadata(&wheel)?.len().div_ceil(1000));
    println!("JPEG is decoded by {}", jpeg::decoder());
    Ok(())
}

/// Builds the wheel for 64-bit Arm as tests are built, installs it, and compares its tensors with the goldens.
pub(crate) fn try_out(install: bool, count: &mut Count) -> Result<()> {
    ensure!(
        cfg!(all(target_arch = "x86_64", target_os = "linux")),
        "--platforms needs Linux on x86-64: the wheel runs under qemu's user mode emulation"
    );
    cross::need_emulator(install)?;
    let wheel = build(cross::AARCH64, GLIBC, Profile::Dev, &tools::target().join("wheels"))?;
    let mut python = Arm::with(&wheel)?.python()?;
    python.args(["-m", "pytest"]).args(TESTS).env("PIXFUSE_GOLDENS_EVERY", EVERY);
    println!("of the resizes and of the whole pipelines one of {EVERY} is compared");
    test::stream(&mut python, count)
}

/// The second number of the C library, for a target that is set up.
fn minor_of(target: &str, glibc: &str) -> Result<u32> {
    let expected = TARGETS.join(" or ");
    if target.ends_with("-musl") {
        bail!(
            "--target: {target} needs Rust's standard library for it (`rustup target add {target}`) and a Python that is \
             linked to musl, which .github/workflows/release.yml has; here it is {expected}"
        );
    }
    ensure!(TARGETS.contains(&target), "--target: {target} is not set up here, expected {expected}");
    let minor = glibc.strip_prefix("2.").and_then(|minor| minor.parse().ok()).filter(|minor| *minor >= 17);
    minor.with_context(|| format!("--glibc: expected {GLIBC} or a later one, found {glibc}"))
}

/// Builds a wheel, and has those look at it that PyPI's users rely on.
fn build(target: &str, glibc: &str, profile: Profile, into: &Path) -> Result<PathBuf> {
    let minor = minor_of(target, glibc)?;
    ensure!(
        cross::has_std(&tools::rustc(), target),
        "--target {target} needs Rust's standard library for it: `rustup target add {target}`"
    );
    let venv = venv()?;
    // An older wheel would be found, and tried, in the place of the new one.
    let architecture = target.split('-').next().unwrap_or_default();
    let of_target = |path: &PathBuf| path.to_string_lossy().ends_with(&format!("_{architecture}.whl"));
    let wheels = || -> Vec<PathBuf> {
        let entries = fs::read_dir(into).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(of_target).collect()
    };
    for old in wheels() {
        fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
    }

    let tag = format!("manylinux_2_{minor}");
    let mut maturin = tools::with_target(venv.command());
    maturin.args(["-m", "maturin", "build", "--zig", "--target", target, "--compatibility", &tag]);
    maturin.arg("--manifest-path").arg(tools::root().join("bindings/python/Cargo.toml")).arg("--out").arg(into);
    maturin.args(jpeg::features("pixfuse-python")).env("PATH", venv.first_in_path()?);
    match profile {
        Profile::Dev => maturin.args(["--profile", "dev"]),
        Profile::Release | Profile::Published => maturin.arg("--release"),
    };
    if profile == Profile::Published {
        package::without_paths(&mut maturin);
    }
    step(
        &format!("building the wheel for {target} and glibc {glibc}"),
        &format!("wheel-{architecture}"),
        &mut maturin,
    )?;
    let built = wheels();
    let [wheel] = &built[..] else { bail!("expected one wheel for {architecture} in {}", into.display()) };

    let mut auditwheel = venv.command();
    let said = tools::output(auditwheel.args(["-m", "auditwheel", "show"]).arg(wheel))?;
    // Lines are broken for people.
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = format!("is consistent with the following platform tag: \"{tag}_{architecture}\"");
    ensure!(said.contains(&wanted), "auditwheel expected {tag}_{architecture} and found: {said}");
    for (program, words) in [("twine", "check"), ("abi3audit", "--verbose")] {
        let mut check = venv.command();
        check.args(["-m", program, words, "--strict"]).arg(wheel);
        step(&format!("{program} looks at the wheel"), &format!("wheel-{program}"), &mut check)?;
    }
    Ok(wheel.clone())
}

fn venv() -> Result<Venv> {
    Venv::new("venv-wheels", Some(&tools::root().join(REQUIREMENTS)))
}

/// A root with Python for 64-bit Arm and the packages of the wheel.
struct Arm {
    root: PathBuf,
}

impl Arm {
    /// Fetches and unpacks what is missing, and installs the wheel.
    fn with(wheel: &Path) -> Result<Self> {
        let root = tools::target().join("arm64");
        // What was unpacked to its end.
        let stamp = root.join(".unpacked");
        if !stamp.exists() {
            unpack(&root)?;
            fs::write(&stamp, PYTHON.join("\n"))?;
        }
        let packages = root.join("packages");
        if packages.exists() {
            fs::remove_dir_all(&packages).with_context(|| format!("cannot empty {}", packages.display()))?;
        }
        let mut pip = venv()?.command();
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--target"]);
        pip.arg(&packages).args(["--implementation=cp", "--python-version=3.11", "--abi=cp311", "--abi=abi3"]);
        // Older ones are no part of a newer one, in the eyes of pip.
        pip.args([28, 27, 17].map(|minor| format!("--platform=manylinux_2_{minor}_aarch64")));
        pip.arg("--platform=manylinux2014_aarch64").arg(wheel).arg("pytest");
        step("installing the wheel for 64-bit Arm", "wheel-arm64", &mut pip)?;
        Ok(Self { root })
    }

    /// Its Python, under the emulator.
    fn python(&self) -> Result<Command> {
        let qemu = cross::qemu().context("no emulator")?;
        let libraries = ["lib", "usr/lib"].map(|place| self.root.join(place).join("aarch64-linux-gnu"));
        let mut path = OsString::from("LD_LIBRARY_PATH=");
        path.push(std::env::join_paths(libraries)?);
        let mut python = tools::command(qemu);
        python.arg("-L").arg(&self.root).arg("-E").arg(path).arg(self.root.join("usr/bin/python3.11"));
        python.env("PYTHONHOME", self.root.join("usr")).env("PYTHONPATH", self.root.join("packages"));
        python.env("PYTHONUTF8", "1").env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(python)
    }
}

/// Debian's packages, fetched with lists of their own.
fn unpack(root: &Path) -> Result<()> {
    ensure!(
        ["apt-get", "dpkg"].into_iter().all(|name| tools::ask(Command::new(name).arg("--version")).is_some()),
        "Python for 64-bit Arm comes from Debian 12, by `apt-get download` and `dpkg --extract`, and this system has no apt-get"
    );
    let state = tools::target().join("arm64-packages");
    for old in [root, &state].into_iter().filter(|old| old.exists()) {
        fs::remove_dir_all(old).with_context(|| format!("cannot empty {}", old.display()))?;
    }
    for directory in ["lists/partial", "cache/archives/partial", "packages"] {
        fs::create_dir_all(state.join(directory))?;
    }
    fs::create_dir_all(root)?;
    // Nothing is installed, by this list.
    fs::write(state.join("status"), "")?;
    let apt = |words: &[&str]| {
        let mut apt = tools::command("apt-get");
        apt.args(["-o", "APT::Architecture=arm64", "-o", "APT::Architectures=arm64"]);
        for (option, place) in
            [("State", ""), ("State::lists", "lists"), ("State::status", "status"), ("Cache", "cache")]
        {
            apt.arg("-o").arg(format!("Dir::{option}={}", state.join(place).display()));
        }
        apt.args(words).current_dir(state.join("packages"));
        apt
    };
    step("fetching the list of packages for 64-bit Arm", "arm64-update", &mut apt(&["update"]))?;
    let download = [&["download"][..], &PYTHON].concat();
    step("fetching Python for 64-bit Arm", "arm64-download", &mut apt(&download))
        .context("these are the packages of Debian 12")?;
    for entry in fs::read_dir(state.join("packages"))? {
        let mut dpkg = tools::command("dpkg");
        dpkg.arg("--extract").arg(entry?.path()).arg(root);
        step("unpacking", "arm64-unpack", &mut dpkg)?;
    }
    fs::remove_dir_all(state)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_up_is_said() {
        let says = |target: &str, glibc: &str| minor_of(target, glibc).unwrap_err().to_string();
        assert_eq!(minor_of(cross::AARCH64, GLIBC).unwrap(), 17);
        assert_eq!(minor_of(X86_64, "2.28").unwrap(), 28);
        assert_eq!(says(X86_64, "2.5"), "--glibc: expected 2.17 or a later one, found 2.5");
        assert_eq!(says(X86_64, "3.17"), "--glibc: expected 2.17 or a later one, found 3.17");
        let musl = says("x86_64-unknown-linux-musl", GLIBC);
        assert!(musl.contains("`rustup target add x86_64-unknown-linux-musl`"), "{musl}");
        let other = says("riscv64gc-unknown-linux-gnu", GLIBC);
        assert!(other.ends_with("expected x86_64-unknown-linux-gnu or aarch64-unknown-linux-gnu"), "{other}");
    }
}
