//! `cargo xtask goldens`: what the libraries compute, as digests that the tests of three languages compare with.

use anyhow::{Result, ensure};

use crate::flags::Goldens;
use crate::progress::step;
use crate::python::Venv;
use crate::{files, tools};

const FOLDER: &str = "crates/pixfuse/tests/goldens";

/// The programs, and the files that they write.
const PROGRAMS: [&str; 4] = ["make", "make_torch", "make_pipelines", "make_sizes"];
const FILES: [&str; 5] = ["resize.txt", "torch.txt", "declarations.txt", "pipelines.txt", "sizes.txt"];

pub(crate) fn run(flags: &Goldens) -> Result<()> {
    let committed = tools::root().join(FOLDER);
    let venv = Venv::new("venv-goldens", Some(&committed.join("requirements.txt")))?;

    // Written beside the tree first, so that a program that fails leaves the goldens as they were.
    let made = files::empty(tools::target().join("goldens"))?;
    for program in PROGRAMS {
        let mut python = venv.command();
        python.arg(format!("{FOLDER}/{program}.py")).arg(&made);
        step(&format!("running {program}.py"), &format!("goldens-{program}"), &mut python)?;
    }

    let mut differ = Vec::new();
    for file in FILES {
        let (new, old) = (made.join(file), committed.join(file));
        // Line ends do not count: a checkout may have turned them. A file that is not there yet differs in every line.
        let old_text = if old.exists() { files::read(&old)? } else { String::new() };
        if files::read(&new)?.lines().eq(old_text.lines()) {
            continue;
        }
        differ.push(file);
        let mut diff = tools::command("git");
        diff.args(["--no-pager", "diff", "--no-index", "--unified=0", "--ignore-cr-at-eol", "--"]).arg(&old).arg(&new);
        // It ends with a failure where files differ, which they do.
        let _ = tools::run(&mut diff);
        if !flags.check {
            files::copy(new, old)?;
        }
    }
    let (names, made) = (differ.join(", "), tools::shown(&made));
    ensure!(
        differ.is_empty() || !flags.check,
        "the goldens in {FOLDER} are not what the libraries compute: {names}; the new ones are in {made}; `cargo xtask goldens` \
         writes them"
    );
    println!(
        "the goldens in {FOLDER} are what the libraries compute; written: {}",
        if names.is_empty() { "none" } else { &names }
    );
    Ok(())
}
