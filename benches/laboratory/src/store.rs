//! Runs on disk: every one stays in `target/bench`, under the time at which it ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::machine::Machine;
use crate::place;
use crate::record::Record;

/// Everything that one `cargo xtask bench` measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) machine: Machine,
    /// When it ended: `2026-01-31T12:00:00Z`.
    pub(crate) ended: String,
    /// Fewer and shorter rounds: not to be quoted.
    pub(crate) quick: bool,
    /// The one workload that was asked for.
    pub(crate) only: Option<String>,
    pub(crate) records: Vec<Record>,
}

impl Run {
    pub(crate) fn new(quick: bool, only: Option<String>, records: Vec<Record>) -> Self {
        let ended = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        Self { machine: Machine::this(), ended, quick, only, records }
    }

    /// Whether its numbers may replace those that are quoted.
    pub(crate) fn is_full(&self) -> bool {
        !self.quick && self.only.is_none()
    }

    /// The ids of its workloads, in the order in which they were measured.
    pub(crate) fn workloads(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for record in &self.records {
            if !ids.contains(&record.workload.as_str()) {
                ids.push(&record.workload);
            }
        }
        ids
    }

    fn json(&self) -> Value {
        let records: Vec<Value> = self.records.iter().map(Record::json).collect();
        json!({
            "machine": self.machine.json(),
            "ended": self.ended,
            "quick": self.quick,
            "only": self.only,
            "records": records,
        })
    }

    fn read(value: &Value) -> Result<Self> {
        let records = value["records"].as_array().context("it has no list of records")?;
        ensure!(!records.is_empty(), "its list of records is empty");
        Ok(Self {
            machine: Machine::read(&value["machine"])?,
            ended: value["ended"].as_str().context("it does not say when it ended")?.to_owned(),
            quick: value["quick"] == true,
            only: value["only"].as_str().map(str::to_owned),
            records: records.iter().map(Record::read).collect::<Result<_>>()?,
        })
    }
}

/// Where runs are kept.
pub(crate) fn directory() -> PathBuf {
    place::target().join("bench")
}

/// Keeps a run under its time, and as `results.json`, the last one; returns the first path.
pub(crate) fn save(run: &Run) -> Result<PathBuf> {
    let directory = directory();
    fs::create_dir_all(&directory)?;
    let text = serde_json::to_string_pretty(&run.json())? + "\n";
    // No colon, which Windows has no file names with.
    let path = directory.join(format!("{}.json", run.ended.replace(':', "-")));
    fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    fs::write(directory.join("results.json"), text)?;
    Ok(path)
}

/// A run that was kept.
pub(crate) fn load(path: &Path) -> Result<Run> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("{}: cannot read it; runs are kept in {}", path.display(), directory().display()))?;
    let value: Value = serde_json::from_str(&text).with_context(|| format!("{}: not JSON", path.display()))?;
    Run::read(&value).with_context(|| format!("{}: not a run of `cargo xtask bench`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_run_is_stored_whole() {
        let run = fixture::run();
        assert_eq!(Run::read(&run.json()).unwrap(), run);
        assert_eq!(run.workloads(), ["W1", "W9"]);
    }

    #[test]
    fn a_quick_or_partial_run_is_not_quoted() {
        let run = fixture::run();
        assert!(run.is_full());
        assert!(!Run { quick: true, ..run.clone() }.is_full());
        assert!(!Run { only: Some("W1".into()), ..run }.is_full());
    }

    #[test]
    fn what_is_no_run_says_so() {
        let error = format!("{:#}", Run::read(&json!({"records": []})).unwrap_err());
        assert!(error.contains("empty"), "{error}");
    }
}
