//! `cargo xtask test`: every test of the three languages, and one table.
//!
//! The bindings are compiled in the profile of `cargo test`: the core is compiled once for all suites, which is
//! half of the time of a run from nothing. What `--release` changes is speed, and speed is `cargo xtask bench`.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::flags::Test;
use crate::python::{Profile, Venv};
use crate::report::{self, Count};
use crate::{cross, documentation, emulate, engines, fuzz, heif, jpeg, musl, node, progress, tools, wasi, web, wheels};

/// The arguments that turn on all features that have tests, and can be built here.
pub(crate) fn features() -> Vec<String> {
    let core = ["--features", "pixfuse/image,pixfuse/ndarray"].map(String::from);
    core.into_iter().chain(jpeg::features("pixfuse-decode")).collect()
}

/// The tests of the core that are about memory. The others are about words, allocations and instructions.
const SANITIZED: [&str; 6] = ["geometry", "inputs", "levels", "orientation", "pool", "threads"];

/// How many calls of the C library are made in memory that is watched.
const HOSTILE_CALLS: &str = "1000000";

const OWN: &str = "examples/own-pipelines";

/// A suite's name, which is also what `--only` takes, and what runs it.
type Suite = (&'static str, fn(&mut Count) -> Result<()>);

const SUITES: [Suite; 4] = [("rust", rust), ("python", python), ("node", node), ("own", own)];

/// A part of `--platforms`, by the name that `--only` takes, and what runs it: told whether it may install what it needs.
type Part = (&'static str, fn(bool, &mut Count) -> Result<()>);

const PLATFORMS: [Part; 5] = [
    ("browsers", |_, count| web::elsewhere(count)),
    ("arm64-wheel", wheels::try_arm),
    ("glibc-wheel", |_, count| wheels::try_old(count)),
    ("musl", |_, count| musl::try_out(count)),
    ("musl-arm64", musl::try_arm),
];

pub(crate) fn run(flags: &Test) -> Result<()> {
    if let Some(level) = &flags.level {
        ensure!(
            flags.target.is_none() && flags.only.as_deref().is_none_or(|only| only == "rust"),
            "--level runs Rust tests of this machine only: leave out --target and --only"
        );
        return summary(vec![timed(level, |count| emulate::run(level, flags.install, count))]);
    }
    if flags.asan {
        ensure!(
            flags.target.is_none() && flags.only.is_none(),
            "--asan runs tests of the core and of the C library: leave out the other flags"
        );
        return summary(vec![timed("under AddressSanitizer", sanitized)]);
    }
    if let Some(triple) = &flags.target {
        ensure!(
            flags.only.as_deref().is_none_or(|only| only == "rust"),
            "--target runs the Rust tests only: the bindings need that machine's Python and Node.js"
        );
        let mut cargo =
            if triple == wasi::WASI { wasi::cargo(flags.install)? } else { cross::cargo(triple, flags.install)? };
        cargo.args(["test", "--no-fail-fast", "--target", triple, "-p", "pixfuse"]);
        // No doc tests: they show the interface, and that is the same everywhere.
        if triple == wasi::WASI {
            cargo.args(wasi::TESTS.map(|test| ["--test", test]).as_flattened());
        } else {
            cargo.args(["--tests", "-p", "pixfuse-spec"]);
        }
        return summary(vec![timed(triple, |count| stream(&mut cargo, count))]);
    }
    if flags.engines {
        return engines::run(flags.only.as_deref());
    }
    if flags.platforms {
        let parts = PLATFORMS.map(|(name, _)| name);
        let is_wanted = |name: &str| flags.only.as_deref().is_none_or(|only| only == name);
        ensure!(parts.into_iter().any(is_wanted), "--platforms --only: expected one of {}", parts.join(", "));
        let wanted = PLATFORMS.into_iter().filter(|(name, _)| is_wanted(name));
        return summary(wanted.map(|(name, part)| timed(name, |count| part(flags.install, count))).collect());
    }
    if flags.web {
        ensure!(flags.only.is_none(), "--web runs the package for browsers only: leave out the other flags");
        return summary(vec![timed("web", web::test)]);
    }
    if let Some(only) = &flags.only {
        let names = SUITES.map(|(name, _)| name);
        ensure!(names.contains(&only.as_str()), "--only: unknown suite `{only}`, expected one of {}", names.join(", "));
    }
    let wanted = |name: &str| flags.only.as_deref().is_none_or(|only| only == name);
    summary(SUITES.into_iter().filter(|(name, _)| wanted(name)).map(|(name, suite)| timed(name, suite)).collect())
}

fn rust(count: &mut Count) -> Result<()> {
    println!("JPEG is decoded by {}", jpeg::decoder());
    print!("{}", documentation::not_run());
    let tested = stream(tools::cargo().args(["test", "--workspace", "--no-fail-fast"]).args(features()), count);
    // Units of the core, without the kernels of the grid: with them it would be compiled for minutes once more.
    let mut units = tools::cargo();
    units.args(["test", "--package", "pixfuse", "--lib", "--no-default-features", "--features", "std"]);
    let tested = tested.and(stream(&mut units, count));
    // By itself: with the workspace the core has the standard library.
    let mut without_std = tools::cargo();
    let tested = tested.and(stream(without_std.args(["test", "--package", "without-std-camera"]), count));
    // By themselves: what is built for other machines has no library of this one.
    let heif = heif::features("pixfuse-decode");
    if heif.is_empty() {
        println!(
            "AVIF and HEIC are not tested: there is no libavif and no libheif (`apt-get install libavif-dev libheif-dev`)"
        );
        return tested;
    }
    let mut cargo = tools::cargo();
    cargo.args(["test", "--workspace", "--test", "heif"]).args(features()).args(heif);
    tested.and(stream(&mut cargo, count))
}

/// The tests that run kernels, with every access to memory checked: also between the allocations of one process, where
/// the pages around a test's image cannot look.
fn sanitized(count: &mut Count) -> Result<()> {
    let mut cargo = fuzz::cargo("test")?;
    cargo.args(["--package", "pixfuse", "--no-fail-fast"]).args(SANITIZED.map(|name| ["--test", name]).as_flattened());
    // Each case again on every level would take half an hour; the fuzzer has seen the same code.
    cargo.env("PIXFUSE_CASES_EVERY", std::env::var_os("PIXFUSE_CASES_EVERY").unwrap_or("31".into()));
    let tested = stream(&mut cargo, count);

    let mut cargo = fuzz::cargo("test")?;
    cargo.args(["--package", "pixfuse-c", "--test", "hostile", "--", "--nocapture"]);
    cargo.env("PIXFUSE_HOSTILE_CALLS", std::env::var_os("PIXFUSE_HOSTILE_CALLS").unwrap_or(HOSTILE_CALLS.into()));
    tested.and(stream(&mut cargo, count))
}

fn python(count: &mut Count) -> Result<()> {
    pytest(&venv()?, "bindings/python/tests", count)
}

fn node(count: &mut Count) -> Result<()> {
    addon()?;
    let mut tests = tools::node()?;
    tests.args(["--test", "--test-reporter=spec"]).args(node::test_files("bindings/node/test")?);
    let tested = stream(&mut tests, count);

    // The types are kept by hand, so a program that uses all of them is a test of its own.
    let mut tsc = tools::node()?;
    tsc.args(["node_modules/typescript/bin/tsc", "--noEmit"]).current_dir(tools::root().join("bindings/node"));
    tested.and(progress::step("checking the types of the Node package", "tsc", &mut tsc))
}

/// A user's own pipelines, built by that user's two crates, tested from both languages.
fn own(count: &mut Count) -> Result<()> {
    let venv = venv()?;
    venv.install("the example's Python module", &format!("{OWN}/python"), Profile::Dev)?;
    let python = pytest(&venv, &format!("{OWN}/python/tests"), count);

    addon()?;
    node::addon(
        "the example's Node addon",
        "own-pipelines-node",
        &format!("{OWN}/node/own_pipelines.node"),
        Profile::Dev,
    )?;
    let mut tests = tools::node()?;
    tests.args(["--test", "--test-reporter=spec"]).args(node::test_files(&format!("{OWN}/node/test"))?);
    python.and(stream(&mut tests, count))
}

fn venv() -> Result<Venv> {
    let venv = Venv::new("venv", Some(&tools::root().join("bindings/python/tests/requirements.txt")))?;
    venv.install("the Python module", "bindings/python", Profile::Dev)?;
    Ok(venv)
}

/// The package for Node.js in the checkout, with its addon.
pub(crate) fn addon() -> Result<()> {
    tools::node()?;
    node::modules("bindings/node")?;
    node::addon("the Node addon", node::ADDON, "bindings/node/pixfuse.node", Profile::Dev)
}

pub(crate) fn pytest(venv: &Venv, directory: &str, count: &mut Count) -> Result<()> {
    stream(venv.command().args(["-m", "pytest", "--color=no", directory]), count)
}

/// Runs a test runner with its output shown as it comes, and adds up its closing lines.
pub(crate) fn stream(command: &mut Command, count: &mut Count) -> Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).env("NO_COLOR", "1");
    let mut child = command.spawn().with_context(|| tools::cannot_start(command))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            println!("{}", line.trim_end_matches('\r'));
            *count += Count::of_line(&line);
        }
    }
    let status = child.wait()?;
    ensure!(status.success(), "{} ended with {status}", command.get_program().display());
    Ok(())
}

pub(crate) struct Outcome {
    name: String,
    count: Count,
    time: Duration,
    ok: bool,
}

pub(crate) fn timed(name: &str, suite: impl FnOnce(&mut Count) -> Result<()>) -> Outcome {
    let start = Instant::now();
    let mut count = Count::default();
    let result = suite(&mut count);
    if let Err(error) = &result {
        eprintln!("\n{name}: {error:#}\n");
        // A suite that broke before its tests could fail (it did not build, say) is itself one failure.
        count.failed = count.failed.max(1);
    }
    Outcome { name: name.to_owned(), count, time: start.elapsed(), ok: result.is_ok() }
}

pub(crate) fn summary(outcomes: Vec<Outcome>) -> Result<()> {
    let mut total = Count::default();
    let mut rows = Vec::new();
    for Outcome { name, count, time, ok } in &outcomes {
        total += *count;
        let result = if *ok { "ok" } else { "FAILED" };
        let numbers = [count.passed, count.failed, count.skipped].map(|number| number.to_string());
        rows.push([vec![name.clone()], numbers.to_vec(), vec![progress::seconds(*time), result.to_owned()]].concat());
    }
    let heading = ["suite", "passed", "failed", "skipped", "time", "result"];
    println!("\n{}\n{} passed, {} failed", report::table(&heading, &rows, &[1, 2, 3, 4]), total.passed, total.failed);

    let failed: Vec<&str> =
        outcomes.iter().filter(|outcome| !outcome.ok).map(|outcome| outcome.name.as_str()).collect();
    if !failed.is_empty() {
        bail!("tests failed: {}", failed.join(", "));
    }
    Ok(())
}
