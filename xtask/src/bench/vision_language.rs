//! Image processors of vision-language models, as their users call them: `benches/vision_language` measures, this builds.

use anyhow::Result;

use crate::flags::Bench;
use crate::progress::step;
use crate::python::Profile;
use crate::{conformance, node, tools};

const SCRIPTS: &str = "benches/vision_language";

pub(crate) fn run(flags: &Bench) -> Result<()> {
    tools::node()?;
    node::modules("benches/peers")?;
    let mut python = match &flags.python {
        Some(python) => tools::command(python),
        None => {
            node::addon("the Node addon", "pixfuse-node-addon", "bindings/node/pixfuse.node", Profile::Release)?;
            conformance::libraries(None, Profile::Published)?
        }
    };
    python.arg(tools::root().join(SCRIPTS).join("run.py")).arg("--node");
    python.arg("--kept").arg(tools::target().join("vision-language"));
    if flags.llm_multimodal {
        python.arg("--peer").arg(llm_multimodal()?);
    }
    match &flags.only {
        Some(only) => drop(python.args(["--only", only])),
        None if flags.quick => {}
        None => drop(python.arg("--out").arg(tools::root().join("benches/VISION_LANGUAGE.md"))),
    }
    if flags.quick {
        python.arg("--quick");
    }
    tools::run(&mut python)
}

/// Builds the program that runs llm-multimodal, and gives its path.
fn llm_multimodal() -> Result<std::path::PathBuf> {
    let directory = tools::root().join(SCRIPTS).join("llm_multimodal");
    // The versions that the workspace has, of what both use: the core is compiled once for both.
    std::fs::copy(tools::root().join("Cargo.lock"), directory.join("Cargo.lock"))?;
    let mut build = tools::cargo();
    build.args(["build", "--release"]).current_dir(directory).env("CARGO_TARGET_DIR", tools::target());
    step("building llm-multimodal", "cargo-llm-multimodal", &mut build)?;
    Ok(tools::target().join("release").join(format!("pixfuse-llm-multimodal{}", std::env::consts::EXE_SUFFIX)))
}
