//! `cargo xtask conformance`: configs against the libraries that they are of, bit for bit.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::flags::Conformance;
use crate::python::{Profile, Venv};
use crate::{files, tools};

const SCRIPTS: &str = "benches/conformance";

pub(crate) fn run(flags: &Conformance) -> Result<()> {
    // An interpreter with the libraries; the module is the one that its PYTHONPATH or its own packages have.
    let python = |against: Option<&str>, profile: Profile| match &flags.python {
        Some(python) => Ok(tools::command(python)),
        None => libraries(against, profile),
    };
    if flags.speed {
        // How fast processors are beside those of transformers, as users get them.
        return tools::run(python(None, Profile::Published)?.arg(tools::root().join(SCRIPTS).join("speed.py")));
    }
    let kept = tools::target().join("conformance");
    let pinned = kept.join("pinned.json");
    let whole = flags.only.is_none() && flags.classes.is_none() && !flags.quick && flags.against.is_none();
    // Other releases are compared with a run over everything: one over a part keeps its results beside it.
    let results = match &flags.against {
        Some(versions) => kept.join(format!("{}.json", plain(versions))),
        None if whole => pinned.clone(),
        None => kept.join("part.json"),
    };
    let mut python = python(flags.against.as_deref(), Profile::Dev)?;
    python.arg(tools::root().join(SCRIPTS).join("run.py")).arg("--results").arg(&results);
    if whole {
        python.arg("--out").arg(tools::root().join("benches/CONFORMANCE.md"));
    }
    if flags.against.is_some() {
        ensure!(
            pinned.is_file(),
            "--against says what changed since a run with the pinned releases: run `cargo xtask conformance` first"
        );
        python.arg("--against").arg(pinned);
    }
    python.args(flags.only.iter().flat_map(|only| ["--only", only]));
    python.args(flags.classes.iter().flat_map(|classes| ["--classes", classes]));
    if let Some(folder) = &flags.folder {
        python.arg("--folder").arg(std::path::absolute(folder)?);
    }
    tools::run(python.args(flags.quick.then_some("--quick")))
}

/// An environment with the pinned libraries, or with another release of some, and this module.
pub(crate) fn libraries(against: Option<&str>, profile: Profile) -> Result<Command> {
    let pinned = tools::root().join(SCRIPTS).join("requirements.txt");
    let (name, requirements) = match against {
        None => ("venv-conformance".to_owned(), pinned),
        Some(versions) => (format!("venv-conformance-{}", plain(versions)), other(&pinned, versions)?),
    };
    let venv = Venv::new(&name, Some(&requirements))?;
    venv.install("the Python module", "bindings/python", profile)?;
    Ok(venv.command())
}

/// The pinned list with `transformers==6.0,timm==1.1` in the place of its own.
fn other(pinned: &std::path::Path, versions: &str) -> Result<PathBuf> {
    let list = files::read(pinned)?;
    let given: Vec<&str> = versions.split(',').map(str::trim).collect();
    let name = |line: &str| line.split("==").next().unwrap_or_default().to_lowercase();
    let is_known = |one: &&str| one.contains("==") && list.lines().any(|line| name(line) == name(one));
    let what = "packages of the list with their versions, such as transformers==5.25.0";
    ensure!(given.iter().all(is_known), "--against: `{versions}`, expected {what}");
    let kept = list.lines().filter(|line| !given.iter().any(|one| name(one) == name(line)));
    let text: String = kept.chain(given.iter().copied()).map(|line| format!("{line}\n")).collect();
    let path = files::empty(tools::target().join("conformance").join(plain(versions)))?.join("requirements.txt");
    files::write(&path, text)?;
    Ok(path)
}

/// A name of a folder.
fn plain(versions: &str) -> String {
    versions.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}
