//! Counting for another machine, under an emulator that says every instruction.
//!
//! qemu's user mode emulation has no switch for one function, but it can make each instruction a block of its own and
//! log every block. So each program is run without the run that counts and with it: start, tables and the first call
//! drop out of the difference. A log of all that takes minutes, so this is no part of continuous integration.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::table::Counts;
use crate::place;

/// The level that is counted. The scalar one is the same code everywhere, and would take minutes.
const LEVEL: &str = "neon";

/// The counts of a program that the emulator runs; `words` is the emulator with its options.
pub(super) fn count(program: &Path, words: &str) -> Result<Counts> {
    let emulator = Emulator { words: words.split_whitespace().collect(), program };
    ensure!(!emulator.words.is_empty(), "--emulator: expected a program and its options");
    let said = place::output(&mut emulator.command())?;
    let kernels: Vec<&str> = kernels(&said).collect();
    ensure!(!kernels.is_empty(), "{} runs no kernel on {LEVEL}", program.display());
    let mut counts = Counts::new();
    for kernel in kernels {
        eprintln!("counting {kernel} on {LEVEL} ...");
        let [without, with] = ["0", "1"].map(|times| emulator.instructions(&[kernel, LEVEL, times]));
        let (without, with) = (without?, with?);
        ensure!(with > without, "{kernel}: {with} instructions with a run, {without} without: is anything logged?");
        counts.insert((kernel.to_owned(), LEVEL.to_owned()), with - without);
    }
    Ok(counts)
}

/// Kernels of the level, as the program announces them.
fn kernels(said: &str) -> impl Iterator<Item = &str> {
    said.lines().filter_map(|line| {
        let (kernel, level) = line.strip_prefix("counting ")?.split_once(" on ")?;
        (level == LEVEL).then_some(kernel)
    })
}

struct Emulator<'a> {
    /// qemu and its options.
    words: Vec<&'a str>,
    program: &'a Path,
}

impl Emulator<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(self.words[0]);
        command.args(&self.words[1..]).arg(self.program);
        command
    }

    /// Instructions of one run of the program, from its start to its end.
    fn instructions(&self, arguments: &[&str]) -> Result<u64> {
        let help = place::output(Command::new(self.words[0]).arg("-help"))?;
        // Before version 8.1 under the name of what a debugger does.
        let single = if help.contains("one-insn-per-tb") { "-one-insn-per-tb" } else { "-singlestep" };
        let mut command = Command::new(self.words[0]);
        command.args([single, "-d", "exec,nochain"]).args(&self.words[1..]).arg(self.program).args(arguments);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", self.words[0]))?;
        let log = child.stderr.take().context("the emulator has no standard error")?;
        let count = blocks(BufReader::with_capacity(1 << 20, log))?;
        let status = child.wait()?;
        ensure!(status.success(), "{} {} ended with {status}", self.program.display(), arguments.join(" "));
        Ok(count)
    }
}

/// Blocks in a log of qemu: `Trace 0: 0x7f2f [...]` a line.
fn blocks(mut log: impl BufRead) -> Result<u64> {
    let (mut count, mut line) = (0, Vec::new());
    while log.read_until(b'\n', &mut line)? > 0 {
        count += u64::from(line.starts_with(b"Trace "));
        line.clear();
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_lines_of_traces() {
        let log = "Trace 0: 0x1 [00000000/4004d0/0/0] main\nLinking TBs 0x1\nTrace 0: 0x2 [0/4004d4/0/0]\nstopped\n";
        assert_eq!(blocks(log.as_bytes()).unwrap(), 2);
    }

    #[test]
    fn kernels_of_one_level_are_counted() {
        let said = "counting W1b on scalar\ncounting W1b on neon\ncounting f16 on neon\n";
        assert_eq!(kernels(said).collect::<Vec<_>>(), ["W1b", "f16"]);
    }
}
