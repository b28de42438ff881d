//! `cargo xtask build`: the wheel and the npm package, as they would be published.

use std::fs;

use anyhow::{Context, Result};

use crate::progress::step;
use crate::python::{Profile, Venv};
use crate::{jpeg, node, report, tools};

pub(crate) fn run() -> Result<()> {
    let mut npm = tools::npm()?;
    tools::node()?;
    let dist = tools::target().join("dist");
    // Packages of an older version would be listed, and published, beside the new ones.
    if dist.exists() {
        fs::remove_dir_all(&dist).with_context(|| format!("cannot empty {}", dist.display()))?;
    }
    fs::create_dir_all(&dist)?;

    Venv::new("venv", None)?.wheel("bindings/python", &dist)?;
    node::addon("the Node addon", "pixfuse-node-addon", "bindings/node/pixfuse.node", Profile::Release)?;
    npm.args(["pack", "--pack-destination"]).arg(&dist).current_dir(tools::root().join("bindings/node"));
    step("packing the npm package", "npm-pack", &mut npm)?;

    let mut rows = Vec::new();
    for entry in fs::read_dir(&dist)? {
        let entry = entry?;
        rows.push(vec![tools::shown(&entry.path()), format!("{} KB", entry.metadata()?.len().div_ceil(1000))]);
    }
    rows.sort();
    print!("{}", report::table(&["package", "size"], &rows, &[1]));
    println!("JPEG is decoded by {}", jpeg::decoder());
    Ok(())
}
