//! The three programs that measure, one a language.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::flags::Measure;
use crate::place;
use crate::record::Record;
use crate::store::Run;

/// Measures everything, or the workload that was asked for.
pub(crate) fn run(flags: &Measure) -> Result<Run> {
    let script = |program: &str, path: &str| {
        let mut command = Command::new(program);
        command.arg(path);
        command
    };
    let python = flags.python.to_string_lossy();
    let mut records = Vec::new();
    for (language, mut peers) in [
        ("Rust", Command::new(&flags.peers)),
        ("Python", script(&python, "benches/peers/python.py")),
        ("Node.js", script("node", "benches/peers/node.mjs")),
    ] {
        eprintln!("measuring in {language} ...");
        if flags.quick {
            peers.arg("--quick");
        }
        if let Some(only) = &flags.only {
            peers.args(["--only", only]);
        }
        peers.current_dir(place::root());
        records.extend(records_of(&mut peers)?);
    }
    let only = flags.only.as_ref().map_or(String::new(), |id| format!(": is there one named {id}?"));
    ensure!(!records.is_empty(), "no workload was measured{only}");
    Ok(Run::new(flags.quick, flags.only.clone(), records))
}

/// The records of one program, which says on standard error what it measures.
fn records_of(peers: &mut Command) -> Result<Vec<Record>> {
    let name = peers.get_program().display().to_string();
    peers.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = peers.spawn().with_context(|| format!("cannot start {name}"))?;
    let read = read(BufReader::new(child.stdout.take().context("it has no standard output")?));
    if read.is_err() {
        // Nobody reads on.
        child.kill()?;
    }
    let status = child.wait()?;
    let records = read.with_context(|| format!("the output of {name}"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(records)
}

fn read(output: impl BufRead) -> Result<Vec<Record>> {
    let record = |line: std::io::Result<String>| {
        let line = line?;
        Record::read(&serde_json::from_str(&line).with_context(|| format!("expected JSON, got `{line}`"))?)
    };
    output.lines().map(record).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    }

    #[test]
    fn a_program_that_fails_is_an_error() {
        let error = format!("{:#}", records_of(&mut shell("exit 3")).unwrap_err());
        assert!(error.contains("exit status: 3"), "{error}");
    }

    #[test]
    fn a_line_that_cannot_be_read_ends_the_program() {
        let start = std::time::Instant::now();
        let error = format!("{:#}", records_of(&mut shell("echo one; exec sleep 60")).unwrap_err());
        assert!(error.contains("expected JSON, got `one`"), "{error}");
        assert!(start.elapsed().as_secs() < 30);
    }
}
