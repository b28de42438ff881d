//! Counting with valgrind's callgrind, switched on by one function.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::table::Counts;
use crate::place;

/// The function of `benches/counts` that is counted, under whatever crate and hash its symbol has.
const FUNCTION: &str = "*counted_run*";
/// The function around it, at whose end its count is written: of two orders for one function callgrind obeys the last.
const AROUND: &str = "*own_part*";

/// Runs the program once; its calls are counted one by one.
pub(super) fn count(program: &Path) -> Result<Counts> {
    place::ask("valgrind", &["--version"]).context(
        "valgrind is needed and is not in PATH. It counts on Linux: `apt-get install valgrind`, or your system's package",
    )?;
    let directory = place::target().join("counts");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--log-file=/dev/stderr"]);
    // A dump at each call's end, then from zero: the parts are numbered in the order of the calls.
    valgrind.arg(format!("--toggle-collect={FUNCTION}")).arg(format!("--dump-after={AROUND}"));
    valgrind.arg(format!("--callgrind-out-file={}", directory.join("part").display())).arg(program);
    eprintln!("counting instructions ...");
    calls(&place::output(&mut valgrind)?, |part| {
        let path = directory.join(format!("part.{part}"));
        fs::read_to_string(&path).with_context(|| format!("callgrind wrote no {}", path.display()))
    })
}

/// The count of each call that the program announced, from the part of the same number.
fn calls(said: &str, part: impl Fn(usize) -> Result<String>) -> Result<Counts> {
    let announced = said.lines().filter_map(|line| line.strip_prefix("counting ")?.split_once(" on "));
    let mut counts = Counts::new();
    for (index, (kernel, level)) in announced.enumerate() {
        let count = total(&part(index + 1)?)?;
        ensure!(count > 0, "{kernel} on {level}: no instruction was counted: was {FUNCTION} inlined?");
        let key = (kernel.to_owned(), level.to_owned());
        ensure!(counts.insert(key, count).is_none(), "{kernel} on {level} was announced twice");
    }
    ensure!(!counts.is_empty(), "the program that is counted announced no kernel");
    Ok(counts)
}

/// Instructions of one part: `totals: 12345`.
fn total(part: &str) -> Result<u64> {
    for line in part.lines() {
        if let Some(total) = line.strip_prefix("totals:") {
            return total.trim().parse().with_context(|| format!("callgrind: `{line}` is no count"));
        }
    }
    bail!("a part that callgrind wrote has no line of totals")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_matched_with_parts_by_their_order() {
        let said = "==1== Callgrind\ncounting W1b on scalar\ncounting W1b on avx2\n==1== refs: 12\n";
        let counts = calls(said, |part| Ok(format!("version: 1\nevents: Ir\ntotals: {}\n", part * 100))).unwrap();
        let counts: Vec<_> = counts.iter().map(|((kernel, level), count)| (&kernel[..], &level[..], *count)).collect();
        assert_eq!(counts, [("W1b", "avx2", 200), ("W1b", "scalar", 100)]);
    }

    #[test]
    fn what_was_not_counted_is_an_error() {
        let wrong = |said, part: &'static str| calls(said, move |_| Ok(part.to_owned())).unwrap_err().to_string();
        assert!(wrong("counting W1b on avx2\n", "totals: 0\n").contains("inlined"));
        assert!(wrong("counting W1b on avx2\n", "events: Ir\n").contains("no line of totals"));
        assert!(wrong("nothing\n", "totals: 1\n").contains("no kernel"));
    }
}
