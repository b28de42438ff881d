//! `cargo xtask test`: every test of the three languages, and one table.
//!
//! The bindings are compiled in the profile of `cargo test`: the core is compiled once for all suites, which is
//! half of the time of a run from nothing. What `--release` changes is speed, and speed is `cargo xtask bench`.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::flags::Test;
use crate::python::{Profile, Venv};
use crate::report::{self, Count};
use crate::{cross, decoders, documentation, emulate, fuzz, musl, node, progress, tools, wheels};

/// The arguments that turn on all features that have tests, and can be built here.
pub(crate) fn features() -> Vec<String> {
    let core = ["--features", "pixfuse/image,pixfuse/ndarray"].map(String::from);
    core.into_iter().chain(decoders::jpeg("pixfuse-decode")).collect()
}

/// The tests of the core that are about memory. The others are about words, allocations and instructions.
const SANITIZED: [&str; 6] = ["geometry", "inputs", "levels", "orientation", "pool", "threads"];

/// Those that run kernels on WebAssembly, first those that compare levels with the reference at awkward sizes. The others are
/// about threads, processes, pages and words.
const OF_KERNELS: [&str; 10] =
    ["levels", "goldens", "orientation", "area", "precision", "patches", "tiles", "ragged", "geometry", "shapes"];

const OWN: &str = "examples/own-pipelines";

/// A part of the tests, by the name that `--only` takes, and what runs it.
pub(crate) type Part<'a> = (&'a str, &'a dyn Fn(&mut Count) -> Result<()>);

pub(crate) fn run(flags: &Test) -> Result<()> {
    let Test { level, target, asan, engines, platforms, web, install, .. } = flags;
    let (only, install) = (flags.only.as_deref(), *install);
    let given = [level.is_some(), target.is_some(), *asan, *engines, *platforms, *web];
    ensure!(
        given.into_iter().filter(|given| *given).count() <= 1,
        "expected one of --level, --target, --asan, --engines, --platforms and --web, each of which is other tests"
    );
    // The bindings need another machine's Python and Node.js.
    let only_rust = only.filter(|only| *only != "rust");
    if let Some(level) = level {
        return parts(only_rust, &[(level, &|count| emulate::run(level, install, count))]);
    }
    if let Some(triple) = target {
        return parts(only_rust, &[(triple, &|count| elsewhere(triple, install, count))]);
    }
    if *asan {
        return parts(only_rust, &[("under AddressSanitizer", &sanitized)]);
    }
    if *engines {
        return parts(only, &crate::engines::PARTS);
    }
    if *platforms {
        return parts(
            only,
            &[
                ("browsers", &crate::web::elsewhere),
                ("arm64-wheel", &|count| wheels::try_arm(install, count)),
                ("glibc-wheel", &wheels::try_old),
                ("musl", &musl::try_out),
                ("musl-arm64", &|count| musl::try_arm(install, count)),
            ],
        );
    }
    if *web {
        return parts(only, &[("web", &crate::web::test)]);
    }
    parts(only, &[("rust", &rust), ("python", &python), ("node", &node), ("own", &own)])
}

/// Runs those parts that are wanted, all of them whatever becomes of one, and prints one table.
fn parts(only: Option<&str>, parts: &[Part]) -> Result<()> {
    let is_wanted = |(name, _): &&Part| only.is_none_or(|only| only == *name);
    let wanted: Vec<_> = parts.iter().filter(is_wanted).collect();
    let names = || parts.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    ensure!(!wanted.is_empty(), "--only: no suite `{}` here, expected one of {}", only.unwrap_or_default(), names());

    let (mut total, mut rows, mut failed) = (Count::default(), Vec::new(), Vec::new());
    for (name, part) in wanted {
        let (start, mut count) = (Instant::now(), Count::default());
        let result = part(&mut count);
        if let Err(error) = &result {
            eprintln!("\n{name}: {error:#}\n");
            // A suite that broke before its tests could fail (it did not build, say) is itself one failure.
            count.failed = count.failed.max(1);
            failed.push(*name);
        }
        total += count;
        let numbers = [count.passed, count.failed, count.skipped].map(|number| number.to_string());
        let end = [progress::seconds(start.elapsed()), if result.is_ok() { "ok" } else { "FAILED" }.to_owned()];
        rows.push([&[(*name).to_owned()], &numbers[..], &end].concat());
    }
    let heading = ["suite", "passed", "failed", "skipped", "time", "result"];
    println!("\n{}\n{} passed, {} failed", report::table(&heading, &rows, &[1, 2, 3, 4]), total.passed, total.failed);
    ensure!(failed.is_empty(), "tests failed: {}", failed.join(", "));
    Ok(())
}

fn rust(count: &mut Count) -> Result<()> {
    println!("JPEG is decoded by {}", decoders::of_jpeg());
    print!("{}", documentation::not_run());
    let tested = stream(tools::cargo().args(["test", "--workspace", "--no-fail-fast"]).args(features()), count);
    // Units of the core, without the kernels of the grid: with them it would be compiled for minutes once more.
    let units = ["test", "--package", "pixfuse", "--lib", "--no-default-features", "--features", "std"];
    let tested = tested.and(stream(tools::cargo().args(units), count));
    // By itself: with the workspace the core has the standard library.
    let tested = tested.and(stream(tools::cargo().args(["test", "--package", "without-std-camera"]), count));
    // By themselves: what is built for other machines has no library of this one.
    let heif = decoders::heif("pixfuse-decode");
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

/// The Rust tests of another machine. No doc tests: they show the interface, and that is the same everywhere.
fn elsewhere(triple: &str, install: bool, count: &mut Count) -> Result<()> {
    let mut cargo = cross::cargo(triple, install)?;
    cargo.args(["test", "--no-fail-fast", "--target", triple, "-p", "pixfuse"]);
    if triple == cross::WASI {
        cargo.args(OF_KERNELS.map(|test| ["--test", test]).as_flattened());
    } else {
        cargo.args(["--tests", "-p", "pixfuse-spec"]);
    }
    stream(&mut cargo, count)
}

/// The tests that run kernels, with every access to memory checked: also between the allocations of one process, where
/// the pages around a test's image cannot look.
fn sanitized(count: &mut Count) -> Result<()> {
    let mut cargo = fuzz::cargo("test")?;
    cargo.args(["--package", "pixfuse", "--no-fail-fast"]).args(SANITIZED.map(|name| ["--test", name]).as_flattened());
    // Each case again on every level would take half an hour; the fuzzer has seen the same code.
    cargo.env("PIXFUSE_CASES_EVERY", cross::given("PIXFUSE_CASES_EVERY", "31"));
    let tested = stream(&mut cargo, count);

    let mut cargo = fuzz::cargo("test")?;
    cargo.args(["--package", "pixfuse-c", "--test", "hostile", "--", "--nocapture"]);
    cargo.env("PIXFUSE_HOSTILE_CALLS", cross::given("PIXFUSE_HOSTILE_CALLS", "1000000"));
    tested.and(stream(&mut cargo, count))
}

fn python(count: &mut Count) -> Result<()> {
    pytest(&venv()?, "bindings/python/tests", count)
}

fn node(count: &mut Count) -> Result<()> {
    addon()?;
    let tested = stream(node::tests()?.args(node::test_files("bindings/node/test")?), count);

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
    let addon = format!("{OWN}/node/own_pipelines.node");
    node::addon("the example's Node addon", "own-pipelines-node", &addon, Profile::Dev)?;
    python.and(stream(node::tests()?.args(node::test_files(&format!("{OWN}/node/test"))?), count))
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
