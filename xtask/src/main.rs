//! The chores of the workspace: `cargo xtask <command>`.
//!
//! One file or folder is one command (`demo`, `test` with `engines`, `bench`, `conformance`, `counts`, `goldens`, `package`
//! for `build` with `linux`, `npm`, `c_library`, `wheels`, `judges` and `symbols`, `web`, `release`, `fuzz`, `notices` with
//! `deny`, `expand`, `ci`) or one thing that the commands share: `tools` finds programs and says how to get those that are
//! missing, `files` reads and copies, `python` keeps the virtual environments, `node` keeps `node_modules` and the addon,
//! `decoders` chooses those that builds get, `cross` is the other machine and WebAssembly, `musl` the other C library, `debian`
//! what some of these take from there, `emulate` the other CPU, `progress` shows long work.
//! `tidy` holds the rules of the tree that no compiler checks, as tests.
#![forbid(unsafe_code)]

mod bench;
mod c_library;
mod ci;
mod conformance;
mod counts;
mod cross;
mod debian;
mod decoders;
mod demo;
mod documentation;
mod emulate;
mod engines;
mod expand;
mod files;
mod flags;
mod fuzz;
mod goldens;
mod judges;
mod linux;
mod musl;
mod node;
mod notices;
mod npm;
mod package;
mod progress;
mod python;
mod release;
mod report;
#[cfg(test)]
mod rooms;
mod site;
mod symbols;
mod test;
#[cfg(test)]
mod tidy;
mod tools;
mod typings;
mod web;
mod wheels;

use std::process::ExitCode;

use anyhow::Result;
use flags::{Xtask, XtaskCmd};

fn main() -> ExitCode {
    if let Some(code) = fuzz::compile() {
        return code;
    }
    match dispatch(Xtask::from_env_or_exit()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            // A mistake in a declaration is the caller's, as a wrong flag is; everything else failed while running.
            ExitCode::from(if error.is::<pixfuse_spec::ParseError>() { 2 } else { 1 })
        }
    }
}

/// A command as it is written behind `cargo xtask`.
fn run(words: &[&str]) -> Result<()> {
    dispatch(Xtask::from_vec(words.iter().map(Into::into).collect())?)
}

fn dispatch(command: Xtask) -> Result<()> {
    match command.subcommand {
        XtaskCmd::Demo(flags) => demo::run(&flags),
        XtaskCmd::Test(flags) => test::run(&flags),
        XtaskCmd::Bench(flags) => bench::run(&flags),
        XtaskCmd::Counts(flags) => counts::run(&flags),
        XtaskCmd::Goldens(flags) => goldens::run(&flags),
        XtaskCmd::Conformance(flags) => conformance::run(&flags),
        XtaskCmd::Build(flags) => match &flags.target {
            Some(target) => linux::run(target, flags.glibc.as_deref()),
            None => package::run(&flags.python),
        },
        XtaskCmd::Release(flags) => release::run(&flags),
        XtaskCmd::Web(_) => web::run(),
        XtaskCmd::Fuzz(flags) => fuzz::run(&flags),
        XtaskCmd::Site(_) => site::run(),
        XtaskCmd::Notices(_) => notices::run(),
        XtaskCmd::Typings(_) => typings::run(),
        XtaskCmd::Deny(flags) => notices::deny(flags.advisories),
        XtaskCmd::Expand(flags) => expand::run(&flags),
        XtaskCmd::Ci(_) => ci::run_all(),
    }
}
