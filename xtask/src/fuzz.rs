//! `cargo xtask fuzz`: the targets of `fuzz/` under libFuzzer and AddressSanitizer; and the core's tests, likewise.
//!
//! Both are built with the same flags into a directory of their own, so the core is compiled once for them. A stable
//! compiler has all that it takes, but for the permission to say so: `RUSTC_BOOTSTRAP`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::flags::Fuzz;
use crate::progress::step;
use crate::{files, progress, report, tools};

/// Counts of edges and operands of comparisons, for libFuzzer.
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// `fuzzing` is what `cargo fuzz` sets too: decoders skip checksums then, which no mutation meets.
const CHECKED: [&str; 2] = ["-Zsanitizer=address", "--cfg=fuzzing"];

/// The core: its kernels would compile for a quarter of an hour with counts, and which of them runs is drawn, not found.
const UNCOUNTED: &str = "pixfuse";

/// Says to this program that cargo calls it as its compiler.
const AS_COMPILER: &str = "PIXFUSE_XTASK_IS_RUSTC";

/// The inputs that are kept, a folder a target.
const CORPUS: &str = "fuzz/corpus";

/// Files of every format, which are inputs besides.
const FILES: &str = "crates/pixfuse-decode/tests/files";

/// Targets that read no files.
const NO_FILES: [&str; 4] = ["calls", "config", "cuts", "declaration"];

/// What a decoder may take for a file of 64 KB whose header promises less than a megapixel.
const MEGABYTES: u32 = 2048;

pub(crate) fn run(flags: &Fuzz) -> Result<()> {
    let seconds = flags.seconds.unwrap_or(60);
    // A test of `fuzz/` sees to it that each target has a folder.
    let names: Vec<String> = files::entries(tools::root().join(CORPUS))?.iter().map(|path| files::name(path)).collect();
    if let Some(name) = &flags.target {
        ensure!(names.contains(name), "unknown target `{name}`, expected one of {}", names.join(", "));
    }
    let program = build()?;
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for name in names.iter().filter(|name| flags.target.as_ref().is_none_or(|wanted| wanted == *name)) {
        let found = tools::target().join("fuzz/found").join(name);
        let crashes = tools::target().join("fuzz/crashes").join(name);
        [&found, &crashes].into_iter().try_for_each(fs::create_dir_all)?;
        let log = format!("fuzz-{name}");
        let mut fuzzer = fuzzer(&program, name);
        fuzzer
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", crashes.display()))
            .args(["-print_final_stats=1", "-max_len=65536"])
            .args([&found, &tools::root().join(CORPUS).join(name)])
            .args((!NO_FILES.contains(&name.as_str())).then(|| tools::root().join(FILES)));
        let result = step(&format!("fuzzing {name}"), &log, &mut fuzzer);
        let figures = figures(&fs::read_to_string(progress::log(&log)).unwrap_or_default());
        let end = if result.is_ok() { "clean" } else { "BROKEN" };
        rows.push([std::slice::from_ref(name), &figures[..], &[end.to_owned()]].concat());
        if let Err(error) = result {
            eprintln!("\n{error:#}\n");
            let inputs: Vec<String> = files::entries(&crashes)?.iter().map(|path| tools::shown(path)).collect();
            broken.push(format!("{name} ({})", inputs.join(", ")));
        } else if flags.keep {
            let mut merge = self::fuzzer(&program, name);
            merge.args(["-merge=1", "-max_len=8192"]).args([&tools::root().join(CORPUS).join(name), &found]);
            step(&format!("keeping what is new to {name}"), &format!("fuzz-{name}-keep"), &mut merge)?;
        }
    }
    let heading = ["target", "executions", "a second", "edges", "new inputs", "result"];
    println!("\n{}", report::table(&heading, &rows, &[1, 2, 3, 4]));
    let how = "`cargo run -p pixfuse-fuzz -- TARGET FILE` runs an input again";
    ensure!(broken.is_empty(), "a promise is broken by {}; {how}", broken.join(", "));
    Ok(())
}

/// A cargo whose builds are instrumented, in a target directory of their own.
pub(crate) fn cargo(subcommand: &str) -> Result<Command> {
    let host = tools::host()?;
    ensure!(
        ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-apple-darwin", "aarch64-apple-darwin"]
            .contains(&host.as_str()),
        "AddressSanitizer comes with Rust for Linux with glibc and for macOS, and this is {host}"
    );
    let mut cargo = tools::cargo();
    // With a target named, procedural macros and build scripts are not instrumented.
    cargo.args([subcommand, "--target", &host]);
    cargo
        .env("CARGO_TARGET_DIR", tools::target().join("fuzz"))
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", [&CHECKED[..], &COVERAGE].concat().join(" "))
        .env("RUSTC_WRAPPER", std::env::current_exe().context("this program does not know its own path")?)
        .env(AS_COMPILER, "1")
        .env("CARGO_INCREMENTAL", "0")
        // Memory that cannot be had is an error here too, and threads that wait in a pool are no leak.
        .env("ASAN_OPTIONS", "allocator_may_return_null=1:detect_leaks=0");
    Ok(cargo)
}

/// Compiles where cargo calls this program as a wrapper of the compiler: one crate without counts.
pub(crate) fn compile() -> Option<ExitCode> {
    std::env::var_os(AS_COMPILER)?;
    let mut words = std::env::args_os().skip(1);
    let compiler = words.next()?;
    let status = Command::new(compiler).args(without_counts(words.collect())).status();
    Some(status.ok().and_then(|status| u8::try_from(status.code()?).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn without_counts(mut words: Vec<OsString>) -> Vec<OsString> {
    if words.windows(2).any(|pair| pair[0] == "--crate-name" && pair[1] == UNCOUNTED) {
        words.retain(|word| !COVERAGE.iter().any(|flag| word == flag));
    }
    words
}

/// Builds the program that holds every target.
fn build() -> Result<PathBuf> {
    ensure!(
        ["c++", "g++", "clang++"].into_iter().any(tools::is_there),
        "libFuzzer is C++, and there is no `c++` in PATH. On Debian and Ubuntu: `apt-get install g++`."
    );
    let mut cargo = cargo("build")?;
    cargo.args(["-p", "pixfuse-fuzz", "--features", "libfuzzer", "--message-format", "short"]);
    step("building the fuzz targets", "fuzz-build", &mut cargo)?;
    let host = cargo.get_args().nth(2).context("the target is the third argument")?;
    Ok(tools::target().join("fuzz").join(host).join("debug/pixfuse-fuzz"))
}

fn fuzzer(program: &Path, name: &str) -> Command {
    let mut fuzzer = tools::command(program);
    fuzzer
        .env("PIXFUSE_FUZZ_TARGET", name)
        .env("ASAN_OPTIONS", "allocator_may_return_null=1:detect_leaks=0")
        .args(["-timeout=25", "-detect_leaks=0"])
        .arg(format!("-rss_limit_mb={MEGABYTES}"));
    fuzzer
}

/// What libFuzzer said of a run: executions, those of a second, edges, new inputs.
fn figures(log: &str) -> [String; 4] {
    let word = |text: &str| text.split_whitespace().next().map(str::to_owned);
    let stat = |name: &str| log.lines().find_map(|line| word(line.strip_prefix("stat::")?.strip_prefix(name)?));
    let edges = log.lines().rev().find_map(|line| word(line.split_once(" cov: ")?.1));
    [stat("number_of_executed_units:"), stat("average_exec_per_sec:"), edges, stat("new_units_added:")]
        .map(|figure| figure.unwrap_or("-".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_alone_has_no_counts() {
        let words = |name: &str| -> Vec<OsString> {
            ["--crate-name", name, CHECKED[0], COVERAGE[0], COVERAGE[4], "-O"].map(OsString::from).into()
        };
        assert_eq!(without_counts(words("pixfuse_decode")), words("pixfuse_decode"));
        assert_eq!(without_counts(words("pixfuse")), ["--crate-name", "pixfuse", CHECKED[0], "-O"]);
    }

    #[test]
    fn figures_are_read_from_a_log() {
        let log = "#2\tINITED cov: 10 ft: 11 corp: 1/1b\n#64\tDONE   cov: 1291 ft: 4000 corp: 9/1b lim: 4 exec/s: 32\n\
                   Done 64 runs in 2 second(s)\nstat::number_of_executed_units: 64\nstat::average_exec_per_sec:     32\n\
                   stat::new_units_added:          8\n";
        assert_eq!(figures(log), ["64", "32", "1291", "8"]);
        assert_eq!(figures("==1==ERROR: AddressSanitizer"), ["-"; 4]);
    }
}
