//! Instructions of a handful of kernels, which are the same on a busy machine as on a quiet one.
//!
//! `benches/counts` runs each kernel once on every level under callgrind (`valgrind`), which counts inside of one
//! function only. `table` compares with `benches/counts.json`, where a count belongs to an architecture and to one
//! compiler: another compiler makes other code, and then nothing is compared, which is said and is not a pass.
//!
//! valgrind has no AVX-512, so that level is not run. `emulated` counts Neon on a machine of another kind.

mod callgrind;
mod emulated;
mod table;

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::flags::Counts;
use crate::place;
use table::Verdict;

/// Levels of this architecture that the counter cannot run.
const NOT_RUN: &[&str] = if cfg!(target_arch = "x86_64") { &["avx512"] } else { &[] };

pub(crate) fn run(flags: &Counts) -> Result<()> {
    ensure!(!(flags.check && flags.write), "--check and --write: expected one of the two");
    let counted = match &flags.emulator {
        None => callgrind::count(&flags.program)?,
        Some(words) => emulated::count(&flags.program, words)?,
    };
    let (architecture, rustc) = (&flags.architecture[..], &flags.rustc[..]);
    let path = place::root().join("benches/counts.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let committed: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;

    let rows = table::compare(&committed, architecture, rustc, &counted);
    println!("\n{architecture}, {rustc}\n{}", table::text(&rows));
    let not_run = if flags.emulator.is_none() { NOT_RUN } else { &[] };
    for level in not_run {
        println!("{level}: not run, valgrind has none of its instructions");
    }
    if flags.write {
        let new = table::with(committed, architecture, rustc, &counted);
        fs::write(&path, serde_json::to_string_pretty(&new)? + "\n")?;
        println!("written to {}", place::shown(&path));
        return Ok(());
    }

    let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let (more, missing) = (count(Verdict::More), count(Verdict::Missing));
    let unknown = count(Verdict::NotCompared);
    if unknown == rows.len() {
        // Neither passed nor failed: what is there to compare with is of another compiler.
        println!("NOT COMPARED: {}", table::known(&committed, architecture));
        return Ok(());
    }
    println!(
        "{} counts are within {} % of the committed ones, {more} are more, {} fewer, {unknown} new, {missing} missing",
        count(Verdict::Same),
        table::TOLERANCE * 100.0,
        count(Verdict::Fewer),
    );
    if flags.check && more + missing > 0 {
        bail!(
            "kernels run more instructions than committed, or are missing. If that is meant, `cargo xtask counts --write` \
             and say in the commit why"
        );
    }
    Ok(())
}
