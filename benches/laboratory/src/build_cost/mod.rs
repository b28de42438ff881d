//! What users pay before the first call, in seconds and bytes.

mod symbols;
mod user_crate;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::flags::BuildCost;
use crate::machine::Machine;
use crate::{place, store, tables};

/// Seconds that the user's crate may take.
const SECONDS: f64 = 60.0;
/// Bytes that the wheel may have.
const WHEEL: u64 = 5_000_000;

/// One line of the table.
#[derive(Clone, Debug, PartialEq)]
struct Cost {
    what: String,
    measured: String,
    /// What it is held to, and whether that is met.
    bound: Option<(String, bool)>,
}

impl Cost {
    fn new(what: &str, measured: String) -> Self {
        Self { what: what.to_owned(), measured, bound: None }
    }

    fn at_most(self, bound: String, met: bool) -> Self {
        Self { bound: Some((bound, met)), ..self }
    }

    fn cells(&self) -> Vec<String> {
        let (bound, result) = match &self.bound {
            None => ("-".to_owned(), "-"),
            Some((bound, true)) => (bound.clone(), "met"),
            Some((bound, false)) => (bound.clone(), "NOT MET"),
        };
        vec![self.what.clone(), self.measured.clone(), bound, result.to_owned()]
    }
}

pub(crate) fn run(flags: &BuildCost) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "--build reads the sizes of symbols with `nm`, which only Linux' files have");
    let directory = place::target().join("build-cost");
    let mut costs = wheel(flags)?;
    costs.extend(kernels()?);
    // Last, as it takes longest, and says nothing if the core does not compile.
    let times = user_crate::compile(&directory.join("crate"))?;
    let [first, again] = [times.first, times.again].map(|time| time.as_secs_f64());
    costs.push(Cost::new("a crate with 20 pipelines, with pixfuse, from nothing", format!("{first:.1} s")));
    costs.push(
        Cost::new("the same crate, compiled again", format!("{again:.1} s"))
            .at_most(format!("{SECONDS} s"), again <= SECONDS),
    );

    let machine = Machine::this();
    let rows: Vec<Vec<String>> = costs.iter().map(Cost::cells).collect();
    let table = tables::table(&["cost", "measured", "at most", "result"], &rows, &[1, 2]);
    println!("\n{machine}\n\n{table}");
    fs::create_dir_all(store::directory())?;
    let text = serde_json::to_string_pretty(&json!({ "machine": machine.json(), "table": table }))?;
    fs::write(kept(), text + "\n")?;
    ensure!(costs.iter().all(|cost| cost.bound.as_ref().is_none_or(|(_, met)| *met)), "a bound is not met");
    Ok(())
}

fn kept() -> PathBuf {
    store::directory().join("build.json")
}

/// The table that was measured last, if that was this commit on this machine.
pub(crate) fn table_of(machine: &Machine) -> Option<String> {
    let kept: Value = serde_json::from_str(&fs::read_to_string(kept()).ok()?).ok()?;
    let same = Machine::read(&kept["machine"]).is_ok_and(|own| own == *machine);
    same.then(|| kept["table"].as_str().map(str::to_owned)).flatten()
}

/// Sizes of the wheel and of the extension module in it.
fn wheel(flags: &BuildCost) -> Result<Vec<Cost>> {
    let wheel = fs::read_dir(&flags.dist)?.next().context("--dist: expected a wheel in it")??.path();
    let list = place::output(Command::new(&flags.python).args(["-m", "zipfile", "--list"]).arg(&wheel))?;
    let extension = extension(&list).with_context(|| format!("no extension module in {}", wheel.display()))?;
    let size = fs::metadata(&wheel)?.len();
    Ok(vec![
        Cost::new("the wheel", megabytes(size)).at_most(megabytes(WHEEL), size <= WHEEL),
        Cost::new("the extension module in it", megabytes(extension)),
    ])
}

/// The size of the extension module in a list of Python's `zipfile`: `name  date time  size` a line.
fn extension(list: &str) -> Option<u64> {
    list.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (name, size) = (words.first()?, words.last()?);
        (name.ends_with(".so") || name.ends_with(".pyd")).then(|| size.parse().ok()).flatten()
    })
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}

/// Kernels of the library that is in the wheel, and those that are there twice.
fn kernels() -> Result<Vec<Cost>> {
    let release = place::target().join("release");
    let name = format!("{}pixfuse_python{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let linked = symbols::of(&release.join(name))?;
    ensure!(linked.different() > 0, "the extension module has no kernel: the way to find them is broken");
    // Cargo keeps a build of the core for each set of features that its users ask for: the linked one shares its names.
    let mut beyond: Option<Vec<&str>> = None;
    let cores = cores(&release)?;
    for core in &cores {
        let own = linked.beyond(core);
        if beyond.as_ref().is_none_or(|least| own.len() < least.len()) {
            beyond = Some(own);
        }
    }
    let mut again = linked.twice();
    again.extend(beyond.with_context(|| format!("no rlib of pixfuse in {}", release.display()))?);
    for name in again.iter().take(5) {
        eprintln!("compiled twice: {name}");
    }
    Ok(vec![
        Cost::new("kernels in the extension module, at all levels", linked.different().to_string()),
        Cost::new("of them compiled twice", again.len().to_string()).at_most("0".to_owned(), again.is_empty()),
    ])
}

/// The gateways of every release build of the core.
fn cores(release: &Path) -> Result<Vec<symbols::Gateways>> {
    let deps = release.join("deps");
    let mut cores = Vec::new();
    for entry in fs::read_dir(&deps).with_context(|| format!("cannot read {}", deps.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("libpixfuse-") && name.ends_with(".rlib") {
            cores.push(symbols::of(&path)?);
        }
    }
    Ok(cores)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_is_found_in_a_list_of_a_wheel() {
        let list = "File Name                     Modified             Size\n\
                    pixfuse/__init__.py           2026-01-31 12:00:00  4000\n\
                    pixfuse/_pixfuse.abi3.so      2026-01-31 12:00:00  5123456\n";
        assert_eq!(extension(list), Some(5_123_456));
        assert_eq!(extension("File Name\n"), None);
    }

    #[test]
    fn a_bound_says_whether_it_is_met() {
        let cost = Cost::new("the wheel", megabytes(4_000_000));
        assert_eq!(cost.cells(), ["the wheel", "4.00 MB", "-", "-"]);
        assert_eq!(cost.clone().at_most("5.00 MB".into(), true).cells()[3], "met");
        assert_eq!(cost.at_most("3.00 MB".into(), false).cells()[3], "NOT MET");
    }
}
