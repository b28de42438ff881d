//! Two runs on one machine: which rows changed beyond noise.
//!
//! The rule. Each of pixfuse's rows has a change, new median over old. What a machine does as a whole (another clock,
//! a busy neighbour) also changes the rows of peers and floors, whose code is pinned: the median of their changes in
//! the same language is the drift, and divides the change. A row then changed if what is left is at least 5 %, and if
//! the fastest call of the slower run is slower than the median of the faster one. Noise only ever adds to a time, so a
//! row that was as fast once can still do it.

use std::collections::HashMap;

use anyhow::{Result, bail};

use super::best::LANGUAGES;
use super::record::{Key, Kind, Record};
use super::store::Run;
use crate::report;

/// A change below this is a tie, whatever the spread.
const LEAST: f64 = 0.05;

/// Fewest rows of peers and floors that a drift is made of.
const FEWEST: usize = 3;

/// One of pixfuse's rows in both runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    row: String,
    old: f64,
    new: f64,
    /// New over old, without the drift: above 1 is slower.
    pub(crate) factor: f64,
    pub(crate) verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Faster,
    Same,
    Slower,
}

/// What two runs say of each other.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) changes: Vec<Change>,
    /// Each language's drift, with the number of rows it comes from.
    pub(crate) drifts: Vec<(&'static str, f64, usize)>,
    /// pixfuse's rows that only one of them has.
    pub(crate) only_old: Vec<String>,
    pub(crate) only_new: Vec<String>,
}

impl Comparison {
    pub(crate) fn regressions(&self) -> usize {
        self.changes.iter().filter(|change| change.verdict == Verdict::Slower).count()
    }
}

/// Compares; an error for runs of different machines, whose times say nothing of each other.
pub(crate) fn compare(old: &Run, new: &Run) -> Result<Comparison> {
    if !old.machine.is_like(&new.machine) {
        bail!(
            "these runs are of different machines, so their times cannot be compared:\n  old: {}\n  new: {}\n\
             Measure both commits on one machine. Across machines, compare the ratios in benches/RESULTS.md.",
            old.machine,
            new.machine
        );
    }
    let before: HashMap<Key, &Record> = old.records.iter().map(|record| (record.key(), record)).collect();
    let after: HashMap<Key, &Record> = new.records.iter().map(|record| (record.key(), record)).collect();

    let drifts: Vec<_> = LANGUAGES.into_iter().map(|language| drift(language, &before, new)).collect();
    let drift_of =
        |language: &str| drifts.iter().find(|(own, ..)| *own == language).map_or(1.0, |(_, drift, _)| *drift);
    let mut changes: Vec<Change> = new
        .records
        .iter()
        .filter(|record| is_ours(record))
        .filter_map(|record| Some(change(before.get(&record.key())?, record, drift_of(&record.language))))
        .collect();
    changes.sort_by(|a, b| b.factor.total_cmp(&a.factor));

    let missing = |run: &Run, other: &HashMap<Key, &Record>| {
        let rows = run.records.iter().filter(|record| is_ours(record)).map(Record::key);
        rows.filter(|key| !other.contains_key(key)).map(|key| key.to_string()).collect()
    };
    Ok(Comparison { changes, drifts, only_old: missing(old, &after), only_new: missing(new, &before) })
}

/// Rows that this project's code makes faster or slower.
fn is_ours(record: &Record) -> bool {
    matches!(record.kind, Kind::Ours | Kind::Reduced | Kind::Cold | Kind::Overhead)
}

fn drift(language: &'static str, before: &HashMap<Key, &Record>, new: &Run) -> (&'static str, f64, usize) {
    let mut changes: Vec<f64> = new
        .records
        .iter()
        .filter(|record| record.language == language && !is_ours(record))
        .filter_map(|record| Some(record.median / before.get(&record.key())?.median))
        .collect();
    changes.sort_by(f64::total_cmp);
    match changes.len() {
        few if few < FEWEST => (language, 1.0, few),
        rows => (language, (changes[(rows - 1) / 2] + changes[rows / 2]) / 2.0, rows),
    }
}

fn change(old: &Record, new: &Record, drift: f64) -> Change {
    let factor = new.median / old.median / drift;
    let verdict = if factor >= 1.0 + LEAST && new.min / drift > old.median {
        Verdict::Slower
    } else if factor <= 1.0 / (1.0 + LEAST) && old.min > new.median / drift {
        Verdict::Faster
    } else {
        Verdict::Same
    };
    Change { row: new.key().to_string(), old: old.median, new: new.median, factor, verdict }
}

/// The comparison in words: what changed, and the rule.
pub(crate) fn text(old: &Run, new: &Run, comparison: &Comparison) -> String {
    let mut text = format!("old: {}, {}\nnew: {}, {}\n\n", old.ended, old.machine, new.ended, new.machine);
    for (language, drift, rows) in &comparison.drifts {
        text += &match rows {
            0 => continue,
            few if *few < FEWEST => format!("{language}: {few} rows of peers and floors are too few to see a drift\n"),
            rows => format!(
                "{language}: {rows} rows of peers and floors changed by {:+.1} % (median); taken out below\n",
                (drift - 1.0) * 100.0
            ),
        };
    }
    let rows: Vec<Vec<String>> = comparison
        .changes
        .iter()
        .filter(|change| change.verdict != Verdict::Same)
        .map(|change| {
            let verdict = if change.verdict == Verdict::Slower { "SLOWER" } else { "faster" };
            let percent = format!("{:+.1} %", (change.factor - 1.0) * 100.0);
            vec![
                change.row.clone(),
                format!("{:.1}", change.old),
                format!("{:.1}", change.new),
                percent,
                verdict.to_owned(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        text += &format!("\n{}", report::table(&["row", "old µs", "new µs", "change", "result"], &rows, &[1, 2, 3]));
    }
    let same = comparison.changes.len() - rows.len();
    text += &format!(
        "\n{} rows changed, {same} did not: a change is at least {:.0} % beyond the drift, with the slower run's fastest \
         call slower than the faster run's median.\n",
        rows.len(),
        LEAST * 100.0
    );
    for (which, rows) in [("old", &comparison.only_old), ("new", &comparison.only_new)] {
        // A partial run lacks most rows, and that is no news.
        if !rows.is_empty() && old.is_full() && new.is_full() {
            text += &format!("only in the {which} run: {}\n", rows.join("; "));
        }
    }
    if old.quick || new.quick {
        text += "One of them is a quick run: short turns spread more, so small changes are not seen.\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, row};
    use super::super::machine::Machine;
    use super::*;

    fn scaled(record: &Record, factor: f64) -> Record {
        let times = [record.median, record.min, record.p90].map(|time| time * factor);
        Record { median: times[0], min: times[1], p90: times[2], ..record.clone() }
    }

    /// Twenty rows of pixfuse and peers in Python, all changed by `all`, pixfuse's first by `first` on top.
    fn pair(all: f64, first: f64) -> (Run, Run) {
        let mut old = fixture::run();
        old.records = (0..10)
            .flat_map(|index| {
                let workload = format!("W{index}");
                let time = 100.0 + f64::from(index);
                [
                    row(&workload, "pixfuse", "Python", Some("avx2"), Kind::Ours, time),
                    row(&workload, "cv2", "Python", None, Kind::Peer, 5.0 * time),
                ]
            })
            .collect();
        let mut new = old.clone();
        new.records = old.records.iter().map(|record| scaled(record, all)).collect();
        new.records[0] = scaled(&new.records[0], first);
        (old, new)
    }

    fn verdicts(old: &Run, new: &Run) -> [usize; 3] {
        let changes = compare(old, new).unwrap().changes;
        [Verdict::Faster, Verdict::Same, Verdict::Slower]
            .map(|verdict| changes.iter().filter(|change| change.verdict == verdict).count())
    }

    #[test]
    fn a_run_is_equal_to_itself() {
        let (old, new) = pair(1.0, 1.0);
        assert_eq!(verdicts(&old, &new), [0, 10, 0]);
    }

    #[test]
    fn a_row_beyond_its_spread_changed_either_way() {
        let (old, new) = pair(1.0, 1.3);
        assert_eq!(verdicts(&old, &new), [0, 9, 1]);
        assert_eq!(verdicts(&new, &old), [1, 9, 0]);
        assert_eq!(compare(&old, &new).unwrap().changes[0].row, "W0 pixfuse in Python on avx2");
    }

    #[test]
    fn a_row_within_its_spread_did_not_change() {
        // The fastest call is 10 % below the median, so a median 8 % higher has calls as fast as the old median.
        let (old, new) = pair(1.0, 1.08);
        assert_eq!(verdicts(&old, &new), [0, 10, 0]);
        // Without a spread the 5 % alone decide.
        let sharp = |mut run: Run| {
            run.records.iter_mut().for_each(|record| record.min = record.median);
            run
        };
        assert_eq!(verdicts(&sharp(old.clone()), &sharp(new)), [0, 9, 1]);
        let (_, new) = pair(1.0, 1.04);
        assert_eq!(verdicts(&sharp(old), &sharp(new)), [0, 10, 0]);
    }

    #[test]
    fn a_slower_machine_is_no_slower_kernel() {
        let (old, new) = pair(1.5, 1.0);
        assert_eq!(verdicts(&old, &new), [0, 10, 0]);
        let (old, new) = pair(1.5, 1.3);
        assert_eq!(verdicts(&old, &new), [0, 9, 1]);
    }

    #[test]
    fn without_peers_nothing_is_taken_out() {
        let (mut old, mut new) = pair(1.5, 1.0);
        for run in [&mut old, &mut new] {
            run.records.retain(|record| record.kind == Kind::Ours);
        }
        assert_eq!(verdicts(&old, &new), [0, 0, 10]);
        assert!(compare(&old, &new).unwrap().drifts.contains(&("Python", 1.0, 0)));
    }

    #[test]
    fn other_machines_are_refused_with_both_names() {
        let (old, mut new) = pair(1.0, 1.0);
        new.machine = Machine { cpu: "another processor".into(), ..new.machine };
        let error = compare(&old, &new).unwrap_err().to_string();
        assert!(error.contains("a processor") && error.contains("another processor"), "{error}");
    }

    #[test]
    fn rows_of_one_run_only_are_named() {
        let (old, mut new) = pair(1.0, 1.0);
        new.records.remove(0);
        let comparison = compare(&old, &new).unwrap();
        assert_eq!(comparison.only_old, ["W0 pixfuse in Python on avx2"]);
        assert!(text(&old, &new, &comparison).contains("only in the old run: W0 pixfuse"));
    }
}
