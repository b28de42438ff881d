//! Which rows of a run stand against each other: pixfuse's fastest, the fastest peer of each language, the floor.

use std::collections::BTreeMap;

use crate::record::{Kind, Record};
use crate::store::Run;

/// The languages, in the order of tables and plots.
pub(crate) const LANGUAGES: [&str; 3] = ["Rust", "Python", "Node.js"];

/// A workload on a number of threads: what rows must share to be alternatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Task<'a> {
    pub(crate) workload: &'a str,
    pub(crate) threads: u64,
}

impl Task<'_> {
    /// `W9`, or `W9, 2 threads`.
    pub(crate) fn name(&self) -> String {
        match self.threads {
            1 => self.workload.to_owned(),
            threads => format!("{}, {threads} threads", self.workload),
        }
    }
}

impl Run {
    /// The tasks that pixfuse did, in the order in which they were measured.
    pub(crate) fn tasks(&self) -> Vec<Task<'_>> {
        let mut tasks = Vec::new();
        for workload in self.workloads() {
            let own = self.records.iter().filter(|record| record.workload == workload && record.kind == Kind::Ours);
            let mut threads: Vec<u64> = own.map(|record| record.threads).collect();
            threads.sort_unstable();
            threads.dedup();
            tasks.extend(threads.into_iter().map(|threads| Task { workload, threads }));
        }
        tasks
    }

    /// pixfuse's fastest row in a language, of one level where that is asked for.
    pub(crate) fn ours(&self, task: Task<'_>, language: &str, level: Option<&str>) -> Option<&Record> {
        fastest(self.of(task, Kind::Ours).filter(|record| {
            record.language == language && level.is_none_or(|level| record.level.as_deref() == Some(level))
        }))
    }

    /// The fastest other way in a language.
    pub(crate) fn peer(&self, task: Task<'_>, language: &str) -> Option<&Record> {
        fastest(self.of(task, Kind::Peer).filter(|record| record.language == language))
    }

    /// The fastest row of a language that does less than the workload.
    pub(crate) fn floor(&self, task: Task<'_>, language: &str) -> Option<&Record> {
        fastest(self.of(task, Kind::Floor).filter(|record| record.language == language))
    }

    /// The fastest row of each library in a language, the fastest library first.
    pub(crate) fn libraries(&self, task: Task<'_>, language: &str) -> Vec<&Record> {
        let mut best: BTreeMap<&str, &Record> = BTreeMap::new();
        for record in self.of(task, Kind::Peer).filter(|record| record.language == language) {
            let entry = best.entry(library(&record.name)).or_insert(record);
            if record.median < entry.median {
                *entry = record;
            }
        }
        let mut rows: Vec<&Record> = best.into_values().collect();
        rows.sort_by(|a, b| a.median.total_cmp(&b.median));
        rows
    }

    /// How many times the fastest peer's time is pixfuse's, and the two rows.
    pub(crate) fn lead(&self, task: Task<'_>, language: &str) -> Option<(f64, &Record, &Record)> {
        let (ours, peer) = (self.ours(task, language, None)?, self.peer(task, language)?);
        Some((peer.median / ours.median, ours, peer))
    }

    /// How many times the floor's time is pixfuse's, both from Rust, and the two rows.
    pub(crate) fn above_floor(&self, task: Task<'_>) -> Option<(f64, &Record, &Record)> {
        let (ours, floor) = (self.ours(task, "Rust", None)?, self.floor(task, "Rust")?);
        Some((ours.median / floor.median, ours, floor))
    }

    /// The levels that were measured from Rust, each with the number of tasks in which it was the fastest, the most
    /// successful first.
    pub(crate) fn levels(&self) -> Vec<(String, usize)> {
        let mut wins: BTreeMap<&str, usize> = BTreeMap::new();
        for record in &self.records {
            if let (Kind::Ours, Some(level)) = (record.kind, &record.level) {
                wins.entry(level).or_default();
            }
        }
        for task in self.tasks() {
            if let Some(level) = self.ours(task, "Rust", None).and_then(|record| record.level.as_deref()) {
                *wins.entry(level).or_default() += 1;
            }
        }
        let mut levels: Vec<(String, usize)> = wins.into_iter().map(|(level, wins)| (level.to_owned(), wins)).collect();
        levels.sort_by_key(|(_, wins)| std::cmp::Reverse(*wins));
        levels
    }

    /// Which level is the best of this CPU, and where another is.
    pub(crate) fn best_level(&self) -> String {
        let levels = self.levels();
        let Some((best, wins)) = levels.first() else { return "no row of pixfuse was measured".to_owned() };
        let others: Vec<String> = self
            .tasks()
            .into_iter()
            .filter_map(|task| {
                let level = self.ours(task, "Rust", None)?.level.as_deref()?;
                (level != best).then(|| format!("{} {level}", task.name()))
            })
            .collect();
        let tasks = levels.iter().map(|(_, wins)| wins).sum::<usize>();
        let rest = if others.is_empty() { String::new() } else { format!(" (elsewhere: {})", others.join(", ")) };
        format!("the best level of this CPU is {best}, the fastest in {wins} of {tasks} tasks{rest}")
    }

    fn of(&self, task: Task<'_>, kind: Kind) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| {
            record.kind == kind && record.workload == task.workload && record.threads == task.threads
        })
    }
}

/// The library of a peer: its name up to the formulation. `cv2 at its best: resize, LUT` is cv2.
pub(crate) fn library(name: &str) -> &str {
    let name = name.split([':', ',']).next().unwrap_or(name);
    name.split_once(" at its best").map_or(name, |(library, _)| library).trim()
}

fn fastest<'a>(records: impl Iterator<Item = &'a Record>) -> Option<&'a Record> {
    records.min_by(|a, b| a.median.total_cmp(&b.median))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    const W1: Task<'_> = Task { workload: "W1", threads: 1 };

    #[test]
    fn the_fastest_row_of_each_side_is_compared() {
        let run = fixture::run();
        let (lead, ours, peer) = run.lead(W1, "Python").unwrap();
        assert_eq!((lead, ours.level.as_deref(), peer.name.as_str()), (5.0, Some("avx512"), "cv2 at its best: split"));
        assert_eq!(run.ours(W1, "Python", Some("avx2")).unwrap().median, 40.0);
        assert_eq!(run.above_floor(W1).unwrap().0, 2.0);
        assert_eq!(run.floor(W1, "Python"), None);
        // A row of another kind is no alternative, however fast.
        assert_eq!(run.ours(W1, "Python", None).unwrap().median, 20.0);
        assert_eq!(run.lead(W1, "Node.js"), None);
    }

    #[test]
    fn threads_are_tasks_of_their_own() {
        let run = fixture::run();
        let names: Vec<String> = run.tasks().iter().map(Task::name).collect();
        assert_eq!(names, ["W1", "W9", "W9, 2 threads"]);
        assert_eq!(run.ours(Task { workload: "W9", threads: 2 }, "Rust", None).unwrap().median, 500.0);
    }

    #[test]
    fn libraries_by_their_fastest_formulation() {
        let run = fixture::run();
        let names: Vec<&str> = run.libraries(W1, "Python").iter().map(|record| record.name.as_str()).collect();
        assert_eq!(names, ["cv2 at its best: split", "Pillow, numpy"]);
    }

    #[test]
    fn the_level_that_wins_most_is_first() {
        assert_eq!(fixture::run().levels(), [("avx512".to_owned(), 3), ("avx2".to_owned(), 0)]);
    }

    #[test]
    fn the_best_level_is_named_with_where_it_is_not() {
        let mut run = fixture::run();
        assert_eq!(run.best_level(), "the best level of this CPU is avx512, the fastest in 3 of 3 tasks");
        run.records[0].median = 30.0;
        assert_eq!(
            run.best_level(),
            "the best level of this CPU is avx512, the fastest in 2 of 3 tasks (elsewhere: W1 avx2)"
        );
    }
}
