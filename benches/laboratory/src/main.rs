//! The laboratory: `cargo xtask bench` builds what is measured and starts this.
//!
//! `measure` runs three programs, one a language, that print one JSON object a line: a `record`. A run of them is kept
//! by `store`, with the `machine` it was made on. `best` says which rows stand against each other; `tables`, `plots` (by
//! `chart`) and `results` show them. `build_cost` measures what users pay before the first call. `counts`
//! counts instructions, which are the same on a busy machine as on a quiet one.
#![forbid(unsafe_code)]

mod best;
mod build_cost;
mod chart;
mod counts;
#[cfg(test)]
mod fixture;
mod flags;
mod machine;
mod measure;
mod place;
mod plots;
mod record;
mod results;
mod store;
mod tables;
mod workloads;

use std::process::ExitCode;

use anyhow::Result;

use flags::{Laboratory, LaboratoryCmd};
use store::Run;

fn main() -> ExitCode {
    let result = match Laboratory::from_env_or_exit().subcommand {
        LaboratoryCmd::Measure(flags) => measure::run(&flags).and_then(|run| {
            println!("kept as {}", place::shown(&store::save(&run)?));
            show(&run)
        }),
        LaboratoryCmd::BuildCost(flags) => build_cost::run(&flags),
        LaboratoryCmd::Counts(flags) => counts::run(&flags),
        LaboratoryCmd::Show(flags) => store::load(&flags.run).and_then(|run| show(&run)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Prints every table, and writes the page and the plots.
fn show(run: &Run) -> Result<()> {
    println!("\n{}\n\n{}\n\n{}", run.machine, tables::all(run), run.best_level());
    // Numbers of a quick or partial run must not replace those that are quoted; how they look can be seen anyway.
    let directory = if run.is_full() { place::root().join("benches") } else { store::directory() };
    results::write(run, &directory)?;
    println!("written to {}, with plots beside it", place::shown(&directory.join("RESULTS.md")));
    Ok(())
}
