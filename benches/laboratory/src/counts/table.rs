//! Counts against those that are committed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::tables;

/// What a count may differ by. The same compiler makes the same code; the rest is the C library's, which copies rows.
pub(crate) const TOLERANCE: f64 = 0.01;

/// Instructions by kernel and level.
pub(crate) type Counts = BTreeMap<(String, String), u64>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    More,
    Fewer,
    /// Committed for this compiler, and not counted now.
    Missing,
    /// Nothing is committed for it with this compiler.
    NotCompared,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    kernel: String,
    level: String,
    committed: Option<u64>,
    counted: Option<u64>,
    pub(crate) verdict: Verdict,
}

/// Each count beside the committed one of the same architecture and compiler.
pub(crate) fn compare(committed: &Value, architecture: &str, rustc: &str, counted: &Counts) -> Vec<Row> {
    let entry = &committed[architecture];
    let known = if entry["rustc"] == rustc { read(&entry["counts"]) } else { Counts::new() };
    let mut keys: Vec<&(String, String)> = counted.keys().chain(known.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .map(|key| {
            let (committed, counted) = (known.get(key).copied(), counted.get(key).copied());
            let (kernel, level) = key.clone();
            Row { kernel, level, committed, counted, verdict: verdict(committed, counted) }
        })
        .collect()
}

fn verdict(committed: Option<u64>, counted: Option<u64>) -> Verdict {
    let (Some(committed), Some(counted)) = (committed, counted) else {
        return if committed.is_some() { Verdict::Missing } else { Verdict::NotCompared };
    };
    match counted as f64 / committed as f64 {
        factor if factor > 1.0 + TOLERANCE => Verdict::More,
        factor if factor < 1.0 - TOLERANCE => Verdict::Fewer,
        _ => Verdict::Same,
    }
}

/// The committed file with the counts of one architecture replaced.
pub(crate) fn with(committed: Value, architecture: &str, rustc: &str, counted: &Counts) -> Value {
    let mut kernels: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for ((kernel, level), count) in counted {
        kernels.entry(kernel).or_default().insert(level.clone(), json!(count));
    }
    let mut file = committed;
    file[architecture] = json!({ "rustc": rustc, "counts": kernels });
    file
}

fn read(counts: &Value) -> Counts {
    let kernels = counts.as_object().into_iter().flatten();
    let levels = kernels.flat_map(|(kernel, levels)| {
        levels.as_object().into_iter().flatten().map(move |(level, count)| (kernel, level, count))
    });
    levels.filter_map(|(kernel, level, count)| Some(((kernel.clone(), level.clone()), count.as_u64()?))).collect()
}

/// What there is to compare with.
pub(crate) fn known(committed: &Value, architecture: &str) -> String {
    match committed[architecture]["rustc"].as_str() {
        Some(rustc) => format!("the committed counts of {architecture} are those of {rustc}"),
        None => format!("no counts of {architecture} are committed"),
    }
}

pub(crate) fn text(rows: &[Row]) -> String {
    let cell = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let change = row.committed.zip(row.counted).map_or("-".to_owned(), |(committed, counted)| {
                format!("{:+.2} %", (counted as f64 / committed as f64 - 1.0) * 100.0)
            });
            let verdict = match row.verdict {
                Verdict::Same => "same",
                Verdict::More => "MORE",
                Verdict::Fewer => "fewer",
                Verdict::Missing => "MISSING",
                Verdict::NotCompared => "not compared",
            };
            let counts = [row.committed, row.counted].map(cell);
            [vec![row.kernel.clone(), row.level.clone()], counts.to_vec(), vec![change, verdict.to_owned()]].concat()
        })
        .collect();
    tables::table(&["kernel", "level", "committed", "counted", "change", "result"], &cells, &[2, 3, 4])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(entries: &[(&str, &str, u64)]) -> Counts {
        let key = |(kernel, level, count): &(&str, &str, u64)| (((*kernel).into(), (*level).into()), *count);
        entries.iter().map(key).collect()
    }

    fn verdicts(rows: &[Row]) -> Vec<(&str, Verdict)> {
        rows.iter().map(|row| (row.level.as_str(), row.verdict)).collect()
    }

    #[test]
    fn a_count_beyond_the_tolerance_is_more_or_fewer() {
        let file = with(json!({}), "x86_64", "rustc 1", &counts(&[("W1", "avx2", 1000), ("W1", "scalar", 1000)]));
        for (avx2, verdict) in
            [(1000, Verdict::Same), (1010, Verdict::Same), (1011, Verdict::More), (989, Verdict::Fewer)]
        {
            let rows = compare(&file, "x86_64", "rustc 1", &counts(&[("W1", "avx2", avx2), ("W1", "scalar", 1000)]));
            assert_eq!(verdicts(&rows), [("avx2", verdict), ("scalar", Verdict::Same)]);
        }
    }

    #[test]
    fn another_compiler_or_machine_is_not_compared() {
        let now = counts(&[("W1", "avx2", 1000)]);
        let file = with(json!({}), "x86_64", "rustc 1", &now);
        for (architecture, rustc) in [("x86_64", "rustc 2"), ("aarch64", "rustc 1")] {
            assert_eq!(verdicts(&compare(&file, architecture, rustc, &now)), [("avx2", Verdict::NotCompared)]);
        }
        assert!(known(&file, "x86_64").contains("rustc 1"));
        assert!(known(&file, "aarch64").starts_with("no counts"));
    }

    #[test]
    fn a_kernel_that_was_not_counted_is_missing() {
        let file = with(json!({}), "x86_64", "rustc 1", &counts(&[("W1", "avx2", 5), ("W1", "scalar", 5)]));
        let rows = compare(&file, "x86_64", "rustc 1", &counts(&[("W1", "scalar", 5), ("W2", "scalar", 5)]));
        assert_eq!(
            verdicts(&rows),
            [("avx2", Verdict::Missing), ("scalar", Verdict::Same), ("scalar", Verdict::NotCompared)]
        );
    }

    #[test]
    fn writing_one_architecture_keeps_the_others() {
        let both = with(with(json!({}), "x86_64", "a", &counts(&[("k", "avx2", 1)])), "aarch64", "b", &Counts::new());
        assert_eq!(both["x86_64"]["counts"]["k"]["avx2"], 1);
        assert_eq!(both["aarch64"]["rustc"], "b");
    }
}
