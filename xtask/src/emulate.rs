//! Another CPU: the tests of a level that this CPU lacks, run where every instruction is emulated.
//!
//! The AVX-512 level needs the Ice Lake class of CPUs, which qemu and valgrind do not emulate. Bochs does, but only as a
//! whole computer: `.ci/emulated` puts the test programs on a disk that boots Linux, which does nothing but run them. They are
//! those of `cargo test`, to the byte, and they fork, map memory and catch signals as they do here.
//!
//! An emulated CPU is too slow for every case. What runs is the level alone, against the reference
//! and the goldens, on a part of the cases that is said in the output. All cases run wherever the CPU has the level.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::report::Count;
use crate::{debian, test, tools};

/// The one level that is set up here.
pub(crate) const AVX512: &str = "avx512";

/// What is run, the tests first that compare the level with the reference at awkward sizes.
const TESTS: [&str; 4] = ["levels", "inputs", "goldens", "pipelines"];

/// What the programs find in their environment. Primes: each declaration, size and pipeline has its turn.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("PIXFUSE_LEVEL", AVX512),
    ("PIXFUSE_EMULATED", "bochs"),
    ("PIXFUSE_CASES_EVERY", "997"),
    ("PIXFUSE_GOLDENS_EVERY", "499"),
];

/// What the emulated computer and its disk are made of, and the package that has it.
const PARTS: [(&str, &str); 9] = [
    ("/usr/bin/bochs", "bochs"),
    // Not used: `bochs` wants one of its displays installed, and apt would take the one with a desktop's libraries.
    ("/usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so", "bochs-term"),
    ("/usr/share/bochs/BIOS-bochs-latest", "bochsbios"),
    ("/usr/share/vgabios/vgabios.bin", "vgabios"),
    ("/usr/lib/ISOLINUX/isolinux.bin", "isolinux"),
    ("/usr/lib/syslinux/modules/bios/ldlinux.c32", "syslinux-common"),
    ("/usr/bin/xorriso", "xorriso"),
    ("/bin/busybox", "busybox-static"),
    ("/usr/bin/strip", "binutils"),
];

/// Runs the tests of a level, emulated if need be, and adds up what they say.
pub(crate) fn run(level: &str, install: bool, count: &mut Count) -> Result<()> {
    ensure!(level == AVX512, "--level: `{level}` is not set up here, expected {AVX512}");
    ensure!(
        cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")),
        "--level {level} needs Linux on x86-64: the emulated machine runs the programs that are built here"
    );
    let programs = programs()?;
    if has(level, &programs[0])? {
        println!("this CPU has the level {level}, and `cargo xtask test` runs all of its tests; none are emulated");
        return Ok(());
    }
    let parts = || PARTS.map(|(path, package)| (Path::new(path).exists(), package)).into();
    debian::need("an emulated CPU", &parts, install)?;
    let mut emulated = tools::command(tools::root().join(".ci/emulated"));
    emulated.arg(tools::target().join("emulate"));
    emulated.args(ENVIRONMENT.map(|(name, value)| format!("{name}={value}"))).arg("--").args(programs);
    test::stream(&mut emulated, count)
}

/// The test programs, as `cargo xtask test` builds them: nothing is compiled twice where both run.
fn programs() -> Result<Vec<PathBuf>> {
    let mut cargo = tools::cargo();
    cargo.args(["test", "--no-run", "--workspace", "--message-format=json-render-diagnostics"]).args(test::features());
    let cargo = cargo.args(TESTS.into_iter().flat_map(|test| ["--test", test])).stderr(Stdio::inherit());
    let output = tools::output(cargo)?;
    let messages = output.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let program = |test: &str| {
        let is_it = |message: &&Value| message["target"]["name"] == test && message["executable"].is_string();
        let found = messages.iter().find(is_it).and_then(|message| message["executable"].as_str());
        Ok(found.with_context(|| format!("cargo built no test {test}"))?.into())
    };
    TESTS.into_iter().map(program).collect()
}

/// Whether the CPU has a level. The core knows, and its test says so; what a level needs stands in one place.
fn has(level: &str, levels: &Path) -> Result<bool> {
    let mut test = Command::new(levels);
    let output = test.args(["--exact", "levels_are_reported"]).stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "{} ended with {}", levels.display(), output.status);
    Ok(!String::from_utf8_lossy(&output.stderr).contains(&format!("NOT run: level {level}:")))
}
