//! `cargo xtask site`: the documentation as static pages.

use anyhow::Result;

use crate::progress::step;
use crate::python::Venv;
use crate::{files, tools, web};

/// Builds `site/` into `target/site`, with the package for browsers beside the page that runs it. A link that leads nowhere, or a
/// page that is in no menu, is an error.
pub(crate) fn run() -> Result<()> {
    let source = tools::root().join("site");
    let venv = Venv::new("venv-site", Some(&source.join("requirements.txt")))?;
    let built = tools::target().join("site");
    let mut mkdocs = venv.command();
    mkdocs.args(["-m", "mkdocs", "build", "--quiet", "--strict", "--config-file"]).arg(source.join("mkdocs.yml"));
    // It tells of its successor on every run.
    mkdocs.arg("--site-dir").arg(&built).env("NO_MKDOCS_2_WARNING", "1");
    step("building the site", "site", &mut mkdocs)?;
    if web::can_build()? {
        for file in files::entries(web::built()?)? {
            files::copy(&file, built.join("pixfuse-web").join(files::name(&file)))?;
        }
    } else {
        println!("the playground has no module: {}", web::missing());
    }
    println!("{0}: python -m http.server --directory {0} shows it", tools::shown(&built));
    Ok(())
}
