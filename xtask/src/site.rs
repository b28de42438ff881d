//! `cargo xtask site`: the documentation as static pages.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::progress::step;
use crate::python::Venv;
use crate::{tools, web};

/// Builds `site/` into `target/site`. A link that leads nowhere, or a page that is in no menu, is an error.
pub(crate) fn run() -> Result<()> {
    let source = tools::root().join("site");
    let venv = Venv::new("venv-site", Some(&source.join("requirements.txt")))?;
    let built = tools::target().join("site");
    let mut mkdocs = venv.command();
    mkdocs.args(["-m", "mkdocs", "build", "--quiet", "--strict", "--config-file"]).arg(source.join("mkdocs.yml"));
    // It tells of its successor on every run.
    mkdocs.arg("--site-dir").arg(&built).env("NO_MKDOCS_2_WARNING", "1");
    step("building the site", "site", &mut mkdocs)?;
    playground(&built)?;
    println!("{}", shown(&built));
    Ok(())
}

/// Puts the package for browsers beside the page that runs it.
fn playground(built: &Path) -> Result<()> {
    if !web::can_build()? {
        println!("the playground has no module: {}", web::missing());
        return Ok(());
    }
    let (from, to) = (web::built()?, built.join("pixfuse-web"));
    fs::create_dir_all(&to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn shown(built: &Path) -> String {
    format!("{}: python -m http.server --directory {0} shows it", tools::shown(built))
}
