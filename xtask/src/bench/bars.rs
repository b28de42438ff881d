//! The bars that pixfuse is held to, from `benches/bars.json`, and whether a run met them.
//!
//! A lead is the fastest peer's median over pixfuse's, in one language, in one run: above 1 pixfuse is ahead. The
//! floor's is the other way round. The level is the fastest of this CPU; bars for AVX2 ask for half of the leads in
//! Python there. What a run did not measure is no bar that was met.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::best::Task;
use super::record::{Kind, Record};
use super::store::Run;
use crate::{report, tools};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// One bar, and what a run says of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    /// `W2a: the best in Python`.
    pub(crate) what: String,
    pub(crate) bound: Bound,
    /// `x` for ratios, `µs` for times.
    unit: &'static str,
    /// Nothing when a row is missing.
    pub(crate) measured: Option<f64>,
    /// The rows it comes from, with their medians.
    rows: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Met,
    NotMet,
    NotMeasured,
}

impl Bar {
    pub(crate) fn verdict(&self) -> Verdict {
        let met = match (self.measured, self.bound) {
            (None, _) => return Verdict::NotMeasured,
            (Some(measured), Bound::AtLeast(bound)) => measured >= bound,
            (Some(measured), Bound::AtMost(bound)) => measured <= bound,
        };
        if met { Verdict::Met } else { Verdict::NotMet }
    }

    fn of(what: String, bound: Bound, found: Option<(f64, &Record, &Record)>) -> Self {
        let row = |record: &Record| match &record.level {
            Some(level) => format!("{} {level} {:.1}", record.name, record.median),
            None => format!("{} {:.1}", record.name, record.median),
        };
        let rows = found.map_or(String::new(), |(_, one, other)| format!("{}; {}", row(one), row(other)));
        Self { what, bound, unit: "x", measured: found.map(|(ratio, ..)| ratio), rows }
    }
}

/// The list of bars as it is committed.
pub(crate) fn committed() -> Result<Value> {
    let path = tools::root().join("benches/bars.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

/// Every bar of the list that concerns what was asked for, with what the run says of it.
pub(crate) fn judge(list: &Value, run: &Run) -> Result<Vec<Bar>> {
    let mut bars = Vec::new();
    for entry in entries(list, "leads")? {
        leads(entry, list, run, &mut bars)?;
    }
    let least = number(&list["node"], "at_least")?;
    for workload in entries(&list["node"], "workloads")? {
        let workload = workload.as_str().context("node.workloads: expected names")?;
        let found = run.lead(Task { workload, threads: 1 }, "Node.js", None);
        bars.push(Bar::of(format!("{workload}: the best in Node.js"), Bound::AtLeast(least), found));
    }
    for entry in entries(list, "scaling")? {
        let (workload, threads) = (text(entry, "workload")?, number(entry, "threads")? as u64);
        for language in ["Rust", "Python"] {
            let one = run.ours(Task { workload, threads: 1 }, language, None);
            let many = run.ours(Task { workload, threads }, language, None);
            let found = one.zip(many).map(|(one, many)| (one.median / many.median, one, many));
            let what = format!("{workload}: {threads} threads against one, {language}");
            bars.push(Bar::of(what, Bound::AtLeast(number(entry, "at_least")?), found));
        }
    }
    let more = number(&list["call"], "more_than_rust_us")?;
    for language in ["Python", "Node.js"] {
        let call = |language: &str| {
            let rows = run.records.iter().filter(|row| row.kind == Kind::Overhead && row.language == language);
            rows.min_by(|a, b| a.median.total_cmp(&b.median))
        };
        let found = call(language).zip(call("Rust")).map(|(one, rust)| (one.median - rust.median, one, rust));
        let bar = Bar::of(format!("a call from {language}, beyond Rust's"), Bound::AtMost(more), found);
        bars.push(Bar { unit: " µs", ..bar });
    }
    for entry in entries(list, "at_most")? {
        let [workload, language, kind] = [text(entry, "workload")?, text(entry, "language")?, text(entry, "kind")?];
        let found = run
            .records
            .iter()
            .filter(|row| row.workload == workload && row.language == language && row.kind.name() == kind)
            .min_by(|a, b| a.median.total_cmp(&b.median));
        bars.push(Bar {
            what: format!("{workload} in {language}"),
            bound: Bound::AtMost(number(entry, "us")?),
            unit: " µs",
            measured: found.map(|row| row.median),
            rows: found.map_or(String::new(), |row| row.name.clone()),
        });
    }
    if let Some(only) = &run.only {
        bars.retain(|bar| bar.what.split(':').next() == Some(only));
    }
    Ok(bars)
}

/// The bars of one workload: against Python's and Rust's peers, of the floor, and the same on AVX2.
fn leads(entry: &Value, list: &Value, run: &Run, bars: &mut Vec<Bar>) -> Result<()> {
    let task = Task { workload: text(entry, "workload")?, threads: entry["threads"].as_u64().unwrap_or(1) };
    let name = task.name();
    let optional = |key: &str| match &entry[key] {
        Value::Null => Ok(None),
        _ => number(entry, key).map(Some),
    };
    let avx2 = &list["avx2"];
    if let Some(least) = optional("python")? {
        let best = run.lead(task, "Python", None);
        bars.push(Bar::of(format!("{name}: the best in Python"), Bound::AtLeast(least), best));
        let bound = Bound::AtLeast(least * number(avx2, "share_of_python")?);
        bars.push(Bar::of(
            format!("{name}: on avx2, the best in Python"),
            bound,
            run.lead(task, "Python", Some("avx2")),
        ));
    }
    if let Some(least) = optional("rust")? {
        bars.push(Bar::of(format!("{name}: the best in Rust"), Bound::AtLeast(least), run.lead(task, "Rust", None)));
        let bound = Bound::AtLeast(number(avx2, "rust")?);
        bars.push(Bar::of(format!("{name}: on avx2, the best in Rust"), bound, run.lead(task, "Rust", Some("avx2"))));
    }
    if let Some(most) = optional("floor")? {
        bars.push(Bar::of(format!("{name}: of the floor"), Bound::AtMost(most), run.above_floor(task)));
    }
    Ok(())
}

fn entries<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key].as_array().with_context(|| format!("bars.json: {key}: expected a list"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("bars.json: {key}: expected text in {value}"))
}

fn number(value: &Value, key: &str) -> Result<f64> {
    match value[key].as_f64() {
        Some(number) if number > 0.0 => Ok(number),
        _ => bail!("bars.json: {key}: `{}`, expected a number above 0 in {value}", value[key]),
    }
}

/// How many are met, not met and not measured, in words.
pub(crate) fn summary(bars: &[Bar]) -> String {
    let count = |verdict| bars.iter().filter(|bar| bar.verdict() == verdict).count();
    let [met, not, unmeasured] = [Verdict::Met, Verdict::NotMet, Verdict::NotMeasured].map(count);
    format!("bars: {met} met, {not} not met, {unmeasured} not measured")
}

/// The bars as a text table, those that are not met first.
pub(crate) fn table(bars: &[Bar]) -> String {
    let mut sorted: Vec<&Bar> = bars.iter().collect();
    sorted.sort_by_key(|bar| match bar.verdict() {
        Verdict::NotMet => 0,
        Verdict::NotMeasured => 1,
        Verdict::Met => 2,
    });
    let rows: Vec<Vec<String>> = sorted
        .into_iter()
        .map(|bar| {
            let bound = match bar.bound {
                Bound::AtLeast(bound) => format!("at least {bound}{}", bar.unit),
                Bound::AtMost(bound) => format!("at most {bound}{}", bar.unit),
            };
            let verdict = match bar.verdict() {
                Verdict::Met => "met",
                Verdict::NotMet => "NOT MET",
                Verdict::NotMeasured => "not measured",
            };
            let measured = bar.measured.map_or("-".to_owned(), |measured| format!("{measured:.2}{}", bar.unit));
            vec![bar.what.clone(), bound, measured, verdict.to_owned(), bar.rows.clone()]
        })
        .collect();
    report::table(&["bar", "bound", "measured", "result", "rows (median µs)"], &rows, &[1, 2])
}

/// Which level was the best of this CPU, and where another was.
pub(crate) fn best_level(run: &Run) -> String {
    let levels = run.levels();
    let Some((best, wins)) = levels.first() else { return "no row of pixfuse was measured".to_owned() };
    let others: Vec<String> = run
        .tasks()
        .into_iter()
        .filter_map(|task| {
            let level = run.ours(task, "Rust", None)?.level.as_deref()?;
            (level != best).then(|| format!("{} {level}", task.name()))
        })
        .collect();
    let tasks = levels.iter().map(|(_, wins)| wins).sum::<usize>();
    let rest = if others.is_empty() { String::new() } else { format!(" (elsewhere: {})", others.join(", ")) };
    format!("the best level of this CPU is {best}, the fastest in {wins} of {tasks} tasks{rest}")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, row};
    use super::*;

    fn judged(list: &str) -> Vec<Bar> {
        judge(&serde_json::from_str(list).unwrap(), &fixture::run()).unwrap()
    }

    fn list(leads: &str) -> String {
        format!(
            r#"{{"leads": [{leads}], "node": {{"at_least": 10, "workloads": ["W1"]}},
                "avx2": {{"share_of_python": 0.5, "rust": 1}}, "scaling": [{{"workload": "W9", "threads": 2, "at_least": 1.8}}],
                "call": {{"more_than_rust_us": 1.5}},
                "at_most": [{{"workload": "W1", "language": "Python", "kind": "cold", "us": 4}}]}}"#
        )
    }

    #[test]
    fn each_bar_is_met_not_met_or_not_measured() {
        let bars = judged(&list(r#"{"workload": "W1", "python": 5, "rust": 2.6, "floor": 2}"#));
        let found: Vec<(&str, Option<f64>, Verdict)> =
            bars.iter().map(|bar| (bar.what.as_str(), bar.measured, bar.verdict())).collect();
        assert_eq!(
            found,
            [
                ("W1: the best in Python", Some(5.0), Verdict::Met),
                ("W1: on avx2, the best in Python", Some(2.5), Verdict::Met),
                ("W1: the best in Rust", Some(2.5), Verdict::NotMet),
                ("W1: on avx2, the best in Rust", Some(2.0), Verdict::Met),
                ("W1: of the floor", Some(2.0), Verdict::Met),
                ("W1: the best in Node.js", None, Verdict::NotMeasured),
                ("W9: 2 threads against one, Rust", Some(1.8), Verdict::Met),
                ("W9: 2 threads against one, Python", None, Verdict::NotMeasured),
                ("a call from Python, beyond Rust's", None, Verdict::NotMeasured),
                ("a call from Node.js, beyond Rust's", None, Verdict::NotMeasured),
                ("W1 in Python", Some(5.0), Verdict::NotMet),
            ]
        );
        assert_eq!(summary(&bars), "bars: 5 met, 2 not met, 4 not measured");
    }

    #[test]
    fn a_call_is_compared_with_rusts_by_difference() {
        let mut run = fixture::run();
        run.records.push(row("call", "pixfuse", "Rust", None, Kind::Overhead, 0.25));
        run.records.push(row("call", "pixfuse", "Python", None, Kind::Overhead, 1.0));
        let bars = judge(&serde_json::from_str(&list("")).unwrap(), &run).unwrap();
        let call = bars.iter().find(|bar| bar.what.starts_with("a call from Python")).unwrap();
        assert_eq!((call.measured, call.verdict()), (Some(0.75), Verdict::Met));
    }

    #[test]
    fn a_partial_run_is_held_to_its_own_bars() {
        let run = Run { only: Some("W9".into()), ..fixture::run() };
        let bars = judge(&serde_json::from_str(&list(r#"{"workload": "W1", "python": 5}"#)).unwrap(), &run).unwrap();
        assert!(!bars.is_empty() && bars.iter().all(|bar| bar.what.starts_with("W9")), "{bars:?}");
    }

    #[test]
    fn the_committed_list_reads_and_holds_every_workload() {
        let list = committed().unwrap();
        let bars = judge(&list, &fixture::run()).unwrap();
        // W1 to W10 with their variants against Python, the same on avx2, and Node.js' fifteen, at the least.
        assert!(bars.len() > 19 * 2 + 15, "{}", bars.len());
        let workloads =
            serde_json::from_str::<Value>(&fs::read_to_string(tools::root().join("benches/workloads.json")).unwrap())
                .unwrap();
        for workload in workloads.as_array().unwrap() {
            let id = workload["id"].as_str().unwrap();
            let has_a_bar = bars.iter().any(|bar| bar.what.starts_with(&format!("{id}:")));
            // The hand-written loop is an example, not a thing that people run; calls and processes have other bars.
            let other = id == "W1c" || workload["call"] == true || workload["process"].is_string();
            assert!(has_a_bar || other, "{id} has no bar");
        }
    }

    #[test]
    fn a_number_that_is_none_is_an_error() {
        let wrong = list(r#"{"workload": "W1", "python": "7x"}"#);
        let error = judge(&serde_json::from_str(&wrong).unwrap(), &fixture::run()).unwrap_err();
        assert!(error.to_string().contains("python"), "{error}");
    }

    #[test]
    fn the_best_level_is_named_with_where_it_is_not() {
        let mut run = fixture::run();
        assert_eq!(best_level(&run), "the best level of this CPU is avx512, the fastest in 3 of 3 tasks");
        run.records[0].median = 30.0;
        assert_eq!(
            best_level(&run),
            "the best level of this CPU is avx512, the fastest in 2 of 3 tasks (elsewhere: W1 avx2)"
        );
    }
}
