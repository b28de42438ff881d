//! Another CPU: the tests of a level that this CPU lacks, run where every instruction is emulated.
//!
//! The AVX-512 level needs the Ice Lake class of CPUs, which qemu and valgrind do not emulate. Bochs does, but only as a
//! whole computer: so the test programs go into a machine of their own (`machine`), with a Linux that does nothing but
//! run them. They are those of `cargo test`, to the byte, and they fork, map memory and catch signals as they do here.
//!
//! An emulated CPU is too slow for every case. What runs is the level alone, against the reference
//! and the goldens, on a part of the cases that is said in the output. All cases run wherever the CPU has the level.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::machine::Machine;
use crate::report::Count;
use crate::{progress, test, tools};

/// The one level that is set up here.
pub(crate) const AVX512: &str = "avx512";

/// What is run, the tests first that compare the level with the reference at awkward sizes.
const TESTS: [&str; 4] = ["levels", "inputs", "goldens", "pipelines"];

/// A test of the list of cases, which is the same at every level.
const SKIPPED: &str = "declarations::every_shape_is_among_them";

/// What the programs find in their environment. Primes: each declaration, size and pipeline has its turn.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("PIXFUSE_LEVEL", AVX512),
    ("PIXFUSE_EMULATED", "bochs"),
    ("PIXFUSE_CASES_EVERY", "997"),
    ("PIXFUSE_GOLDENS_EVERY", "499"),
];

/// It takes 4 minutes, and took 13 beside ten other programs. One that hangs should not hold up a run for hours.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// Printed by the machine when the last program has ended.
const END: &str = "pixfuse: that was all";

/// Runs the tests of a level, emulated if need be, and adds up what they say.
pub(crate) fn run(level: &str, install: bool, count: &mut Count) -> Result<()> {
    ensure!(level == AVX512, "--level: `{level}` is not set up here, expected {AVX512}");
    ensure!(
        cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")),
        "--level {level} needs Linux on x86-64: the emulated machine runs the programs that are built here"
    );
    let programs = programs()?;
    let levels = Path::new(&programs[0]);
    if has(level, levels)? {
        println!("this CPU has the level {level}, and `cargo xtask test` runs all of its tests; none are emulated");
        return Ok(());
    }
    let machine = Machine::find(install)?;
    let image = image(&machine, &programs)?;
    stream(&machine, &image, count)
}

/// The test programs, as `cargo xtask test` builds them: nothing is compiled twice where both run.
fn programs() -> Result<Vec<PathBuf>> {
    let mut cargo = tools::cargo();
    cargo.args(["test", "--no-run", "--workspace", "--message-format=json-render-diagnostics"]).args(test::features());
    cargo.args(TESTS.into_iter().flat_map(|test| ["--test", test]));
    let mut built = HashMap::new();
    let mut child = cargo.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context(tools::cannot_start(&cargo))?;
    for line in BufReader::new(child.stdout.take().context("cargo has no output")?).lines() {
        let message: serde_json::Value = serde_json::from_str(&line?)?;
        let name = message["target"]["name"].as_str();
        if let (Some(name), Some(program)) = (name, message["executable"].as_str()) {
            built.insert(name.to_owned(), PathBuf::from(program));
        }
    }
    let status = child.wait()?;
    ensure!(status.success(), "building the tests failed ({status})");
    let program = |test| built.remove(test).with_context(|| format!("cargo built no test {test}"));
    TESTS.into_iter().map(program).collect()
}

/// Whether the CPU has a level. The core knows, and its test says so; what a level needs stands in one place.
fn has(level: &str, levels: &Path) -> Result<bool> {
    let mut test = Command::new(levels);
    let output = test.args(["--exact", "levels_are_reported"]).stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "{} ended with {}", levels.display(), output.status);
    Ok(!String::from_utf8_lossy(&output.stderr).contains(&format!("NOT run: level {level}:")))
}

/// A disk that boots into the programs.
fn image(machine: &Machine, programs: &[PathBuf]) -> Result<PathBuf> {
    let mut script = String::new();
    for (name, value) in ENVIRONMENT {
        script += &format!("export {name}={value}\n");
    }
    for test in TESTS {
        // One thread: the machine has one CPU.
        script += &format!("/tests/{test} --test-threads=1 --skip {SKIPPED} || echo \"{test} ended with $?\"\n");
    }
    script += &format!("echo '{END}'\n");
    let named: Vec<_> = TESTS.into_iter().zip(programs).collect();
    machine.disk(&named, &script)
}

/// Runs the machine with its output shown as it comes, until its last line.
fn stream(machine: &Machine, image: &Path, count: &mut Count) -> Result<()> {
    for (name, value) in ENVIRONMENT {
        println!("{name}={value}");
    }
    println!("NOT run: {SKIPPED}: it is the same at every level");
    println!("booting Linux on an emulated CPU, which takes a minute or two");
    let start = Instant::now();
    let mut running = machine.start(image)?;
    let mut serial = Lines::open(running.serial())?;
    let (mut ends, mut all) = (0, false);
    while !all {
        // Asked first: what was written before the end is then still read.
        let ended = running.ended()?;
        for line in serial.next()? {
            println!("{line}");
            *count += Count::of_line(&line);
            ends += usize::from(line.starts_with("test result: "));
            all |= line == END;
        }
        if all {
            break;
        }
        if let Some(status) = ended {
            bail!("the emulator ended ({status}) before the tests did; its log is {}", tools::shown(running.log()));
        }
        let time = start.elapsed();
        ensure!(time < LONGEST, "the emulated tests have not ended after {}", progress::seconds(time));
        std::thread::sleep(Duration::from_millis(100));
    }
    println!("emulated in {}", progress::seconds(start.elapsed()));
    judge(*count, ends)
}

/// What the tests say together, if so many programs closed with a result.
fn judge(count: Count, ends: usize) -> Result<()> {
    ensure!(count.failed == 0, "{} tests failed at the level {AVX512}", count.failed);
    // A program that the level ends (an illegal instruction, a wild read) closes with none.
    ensure!(ends == TESTS.len(), "{ends} of {} test programs ran to their end", TESTS.len());
    ensure!(count.passed > 0, "no test ran");
    Ok(())
}

/// The whole lines of a file that grows.
struct Lines {
    file: File,
    rest: Vec<u8>,
}

impl Lines {
    fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { file, rest: Vec::new() })
    }

    /// Those that have come since the last call.
    fn next(&mut self) -> Result<Vec<String>> {
        self.file.read_to_end(&mut self.rest)?;
        let whole = self.rest.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let bytes: Vec<u8> = self.rest.drain(..whole).collect();
        Ok(String::from_utf8_lossy(&bytes).lines().map(|line| line.trim_end_matches('\r').to_owned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn lines_come_whole() {
        let path = std::env::temp_dir().join(format!("pixfuse-lines-{}", std::process::id()));
        let mut file = File::create(&path).unwrap();
        let mut lines = Lines::open(&path).unwrap();
        for (written, expected) in [("one\r\ntw", &["one"][..]), ("", &[]), ("o\nthree\r\n", &["two", "three"])] {
            file.write_all(written.as_bytes()).unwrap();
            assert_eq!(lines.next().unwrap(), expected);
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_program_without_a_result_is_a_failure() {
        let count = |passed, failed| Count { passed, failed, skipped: 0 };
        assert!(judge(count(9, 0), TESTS.len()).is_ok());
        for (count, ends) in [(count(8, 1), TESTS.len()), (count(9, 0), TESTS.len() - 1), (count(0, 0), TESTS.len())] {
            assert!(judge(count, ends).is_err(), "{count:?} of {ends} programs");
        }
    }
}
