//! `cargo xtask bench`: every kernel by level, and each workload against what people use today.
//!
//! `measure` runs three programs, one a language, that print one JSON object a line: a `record`. A run of them is kept
//! by `store`, with the `machine` it was made on. `best` says which rows stand against each other; `tables`, `plots` (by
//! `chart`) and `results` show them, `compare` sets two runs against each other. `build_cost` measures what users pay
//! before the first call, `vision_language` the processors of models that take tiles and patches.

mod best;
mod build_cost;
mod chart;
mod compare;
#[cfg(test)]
mod fixture;
mod machine;
mod measure;
mod plots;
mod record;
mod results;
mod store;
mod tables;
mod vision_language;
mod workloads;

use anyhow::{Result, ensure};

use crate::flags::Bench;
use crate::tools;

pub(crate) fn run(flags: &Bench) -> Result<()> {
    if flags.build {
        return build_cost::run();
    }
    if flags.memory {
        return measure::memory();
    }
    if flags.sweep {
        return measure::sweep(flags);
    }
    if flags.vision_language {
        return vision_language::run(flags);
    }
    ensure!(
        flags.compare.is_some() || !flags.fail_on_regression,
        "--fail-on-regression: expected --compare OLD beside it, the run to compare with"
    );
    // Read first: a wrong path should not be found after an hour of measuring.
    let old = flags.compare.as_deref().map(store::load).transpose()?;
    let run = match &flags.from {
        Some(path) => store::load(path)?,
        None => {
            let run = measure::run(flags)?;
            println!("kept as {}", tools::shown(&store::save(&run)?));
            run
        }
    };

    println!("\n{}\n\n{}\n\n{}", run.machine, tables::all(&run), run.best_level());

    // Numbers of a quick or partial run must not replace those that are quoted; how they look can be seen anyway.
    // Nor should two runs that are only compared.
    let quoted = run.is_full() && !(flags.from.is_some() && old.is_some());
    let directory = if quoted { tools::root().join("benches") } else { store::directory() };
    results::write(&run, &directory)?;
    println!("written to {}, with plots beside it", tools::shown(&directory.join("RESULTS.md")));

    if let Some(old) = old {
        let comparison = compare::compare(&old, &run)?;
        println!("\n{}", compare::text(&old, &run, &comparison));
        let slower = comparison.regressions();
        ensure!(!flags.fail_on_regression || slower == 0, "{slower} rows are slower than in the run compared with");
    }
    Ok(())
}
