//! The programs that judge packages before registries get them, each in the version that the tree names: twine and abi3audit
//! for PyPI, publint and attw for npm.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::progress::step;
use crate::{files, linux, node, tools};

/// Where publint and attw are listed.
const NPM: &str = "bindings/node/checks";

/// What begins the name of a module's entry since Python 3.15, of which its judge does not know yet that each module has one.
const ENTRY: &str = "PyModExport_";

/// A wheel or an sdist.
pub(crate) fn python(package: &Path) -> Result<()> {
    let venv = linux::venv()?;
    let name = files::name(package);
    let mut twine = venv.command();
    twine.args(["-m", "twine", "check", "--strict"]).arg(package);
    step(&format!("twine looks at {name}"), "judge-twine", &mut twine)?;
    // Named so is a wheel that uses a stable interface alone, which the interface's own judge looks at.
    if name.contains("-abi3") {
        let mut abi3audit = venv.command();
        abi3audit.args(["-m", "abi3audit", "--strict", "--report"]).arg(package);
        // It ends with a failure where it found something, and says what all the same.
        let output = abi3audit.output().with_context(|| tools::cannot_start(&abi3audit))?;
        let report = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("abi3audit: {}", String::from_utf8_lossy(&output.stderr)))?;
        let unstable = unstable(&report).with_context(|| format!("{name}: abi3audit found no module"))?;
        ensure!(unstable.is_empty(), "{name} uses what is not stable, by abi3audit: {}", unstable.join(", "));
    }
    Ok(())
}

/// The names in a report of abi3audit that the stable interface of the wheel's Python has not; none where nothing was read.
fn unstable(report: &Value) -> Option<Vec<String>> {
    match report {
        Value::Object(members) => {
            if let (Some(Value::Array(others)), Some(Value::Object(later))) =
                (members.get("non_abi3_symbols"), members.get("future_abi3_objects"))
            {
                let others = others.iter().filter_map(Value::as_str).filter(|name| !name.starts_with(ENTRY));
                return Some(others.chain(later.keys().map(String::as_str)).map(String::from).collect());
            }
            members.values().filter_map(unstable).reduce(|all, more| [all, more].concat())
        }
        Value::Array(values) => values.iter().filter_map(unstable).reduce(|all, more| [all, more].concat()),
        _ => None,
    }
}

/// The directory of an npm package, whose types are looked at with these arguments where it has any.
pub(crate) fn npm(package: &Path, types: Option<&[&str]>) -> Result<()> {
    node::modules(NPM)?;
    let name = files::name(package);
    let programs = tools::root().join(NPM).join("node_modules");
    let mut publint = tools::node()?;
    publint.arg(programs.join("publint/src/cli.js")).args(["run", "--strict"]).arg(package);
    step(&format!("publint looks at {name}"), "judge-publint", &mut publint)?;
    let Some(types) = types else { return Ok(()) };
    let mut attw = tools::node()?;
    attw.arg(programs.join("@arethetypeswrong/cli/dist/index.js")).args(types).arg("--pack").arg(package);
    step(&format!("attw looks at {name}"), "judge-attw", &mut attw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_stable_is_named() {
        let result = |names: &[&str], later: Value| json!({ "non_abi3_symbols": names, "future_abi3_objects": later });
        let of = |modules: Value| unstable(&json!({ "specs": { "a.whl": { "kind": "wheel", "wheel": modules } } }));
        assert_eq!(of(json!([])), None);
        assert_eq!(of(json!([result(&[], json!({}))])), Some(vec![]));
        assert_eq!(of(json!([result(&["PyModExport__pixfuse"], json!({}))])), Some(vec![]));
        let found = of(json!([result(&["_PyLong_Sign"], json!({})), result(&[], json!({ "PySlot": "3.15" }))]));
        assert_eq!(found.unwrap(), ["_PyLong_Sign", "PySlot"]);
    }
}
