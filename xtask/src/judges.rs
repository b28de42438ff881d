//! The programs that judge packages before registries get them, each in the version that the tree names: twine and abi3audit
//! for PyPI, publint and attw for npm.

use std::path::Path;

use anyhow::Result;

use crate::progress::step;
use crate::{linux, node, tools};

/// Where publint and attw are listed.
const NPM: &str = "bindings/node/checks";

/// How a wheel that uses a stable interface alone is named, which the interface's own judge looks at.
const STABLE: &str = "-abi3";

/// A wheel or an sdist.
pub(crate) fn python(package: &Path) -> Result<()> {
    let venv = linux::venv()?;
    let name = package.file_name().unwrap_or_default().to_string_lossy();
    let mut judges = vec![("twine", "check")];
    if name.contains(STABLE) {
        judges.push(("abi3audit", "--verbose"));
    }
    for (program, words) in judges {
        let mut check = venv.command();
        check.args(["-m", program, words, "--strict"]).arg(package);
        step(&format!("{program} looks at {name}"), &format!("judge-{program}"), &mut check)?;
    }
    Ok(())
}

/// The directory of an npm package, whose types are looked at with these arguments where it has any.
pub(crate) fn npm(package: &Path, types: Option<&[&str]>) -> Result<()> {
    node::modules(NPM)?;
    let name = package.file_name().unwrap_or_default().to_string_lossy();
    let judge = |program: &str, file: &str| -> Result<std::process::Command> {
        let mut judge = tools::node()?;
        judge.arg(tools::root().join(NPM).join("node_modules").join(program).join(file));
        Ok(judge)
    };
    let mut publint = judge("publint", "src/cli.js")?;
    publint.args(["run", "--strict"]).arg(package);
    step(&format!("publint looks at {name}"), "judge-publint", &mut publint)?;
    if let Some(types) = types {
        let mut attw = judge("@arethetypeswrong/cli", "dist/index.js")?;
        attw.args(types).arg("--pack").arg(package);
        step(&format!("attw looks at {name}"), "judge-attw", &mut attw)?;
    }
    Ok(())
}
