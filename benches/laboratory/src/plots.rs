//! The plots of a run: one for the README, one of all workloads, and one of each.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::best::{LANGUAGES, Task, library};
use crate::chart::{Bar, Bars, Chart, Paint};
use crate::record::Record;
use crate::store::Run;
use crate::workloads;

/// Libraries of one language that a workload's plot shows; its table has all.
const LIBRARIES: usize = 5;

/// The file of the plot of all workloads.
pub(crate) const OVERVIEW: &str = "overview.svg";

/// The file of the plot for people who know no workload of ours, and the workloads on it.
const SPEED: &str = "speed.svg";
const ON_SPEED: [&str; 4] = ["W2a", "W3", "W4b", "W8"];

/// The file of the plot of one task.
pub(crate) fn file(task: Task<'_>) -> String {
    match task.threads {
        1 => format!("{}.svg", task.workload),
        threads => format!("{}-{threads}-threads.svg", task.workload),
    }
}

/// Writes every plot of a run into a directory, in place of those that are there.
pub(crate) fn write(run: &Run, directory: &Path) -> Result<()> {
    if directory.exists() {
        // Of a workload that is no more, a plot would stay.
        fs::remove_dir_all(directory).with_context(|| format!("cannot empty {}", directory.display()))?;
    }
    fs::create_dir_all(directory)?;
    let mut charts = vec![(SPEED.to_owned(), speed(run)), (OVERVIEW.to_owned(), overview(run))];
    charts.extend(run.tasks().into_iter().map(|task| (file(task), times(run, task))));
    for (name, chart) in charts {
        let path = directory.join(name);
        fs::write(&path, chart.svg()?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Microseconds of common work in Python: the best level, AVX2 beside it, and the fastest two libraries.
fn speed(run: &Run) -> Chart {
    const LANGUAGE: &str = "Python";
    let groups = ON_SPEED.into_iter().filter_map(|workload| {
        let task = Task { workload, threads: 1 };
        let best = run.ours(task, LANGUAGE, None)?;
        let ours = |row: &Record, paint| {
            let level = row.level.as_deref().map_or(String::new(), |level| format!(", {}", published(level)));
            bar(&format!("pixfuse{level}"), row, best, paint)
        };
        let mut bars = vec![ours(best, Paint::Ours)];
        let avx2 = run.ours(task, LANGUAGE, Some("avx2")).filter(|row| !std::ptr::eq(*row, best));
        bars.extend(avx2.map(|row| ours(row, Paint::OtherLevel)));
        let libraries = run.libraries(task, LANGUAGE);
        bars.extend(libraries.into_iter().take(2).map(|row| bar(library(&row.name), row, best, Paint::Peer)));
        Some(Bars { heading: workloads::what(workload), remark: String::new(), bars })
    });
    Chart {
        title: "A photo in memory to a tensor, in Python on one thread".into(),
        subtitle: format!(
            "median time, and of the others how many times ours; logarithmic, shorter is better. {}",
            run.machine.cpu
        ),
        unit: " µs",
        origin: None,
        beside: false,
        groups: groups.collect(),
    }
}

/// A level as its makers write it.
fn published(level: &str) -> &str {
    match level {
        "avx512" => "AVX-512",
        "avx2" => "AVX2",
        "sse41" => "SSE4.1",
        "neon" => "Neon",
        other => other,
    }
}

/// How many times faster than the fastest library of its language, of every workload.
fn overview(run: &Run) -> Chart {
    let paints = [Paint::Rust, Paint::Python, Paint::Node];
    let group = |task: Task<'_>| {
        let bars: Vec<Bar> = LANGUAGES
            .into_iter()
            .zip(paints)
            .filter_map(|(language, paint)| {
                let (lead, _, peer) = run.lead(task, language)?;
                let note = format!("{} than {}", factor(lead), library(&peer.name));
                Some(Bar { label: language.to_owned(), value: lead, spread: None, note, paint })
            })
            .collect();
        (!bars.is_empty()).then(|| Bars { heading: task.name(), remark: workloads::what(task.workload), bars })
    };
    Chart {
        title: "Times faster than the fastest library of each language".into(),
        subtitle: format!(
            "one run, medians, pixfuse on the best level of {}; logarithmic, longer is better",
            run.machine.cpu
        ),
        unit: "x",
        origin: Some(1.0),
        beside: true,
        groups: run.tasks().into_iter().filter_map(group).collect(),
    }
}

/// `4.1x faster`, `1.2x slower`.
fn factor(lead: f64) -> String {
    if lead >= 1.0 { format!("{lead:.1}x faster") } else { format!("{:.1}x slower", 1.0 / lead) }
}

/// Microseconds of one task: pixfuse on each level and the best of each library, by language.
fn times(run: &Run, task: Task<'_>) -> Chart {
    let groups = LANGUAGES.into_iter().filter_map(|language| {
        let ours = run.ours(task, language, None)?;
        let mut bars =
            vec![bar(&format!("pixfuse, {}", ours.level.as_deref().unwrap_or("any level")), ours, ours, Paint::Ours)];
        for (level, _) in run.levels() {
            // The scalar level is there to be right, and would only shorten all other bars.
            if level != "scalar" && ours.level.as_ref() != Some(&level) {
                let row = run.ours(task, language, Some(&level));
                bars.extend(row.map(|row| bar(&format!("pixfuse, {level}"), row, ours, Paint::OtherLevel)));
            }
        }
        let rows = run.libraries(task, language);
        bars.extend(rows.iter().take(LIBRARIES).map(|row| bar(library(&row.name), row, ours, Paint::Peer)));
        if let Some(floor) = run.floor(task, language) {
            bars.push(bar("floor", floor, ours, Paint::Floor));
        }
        Some(Bars { heading: language.to_owned(), remark: String::new(), bars })
    });
    Chart {
        title: format!("{}: {}", task.name(), workloads::what(task.workload)),
        subtitle:
            "median, with a line from the fastest call to the one that nine in ten beat; logarithmic, shorter is \
                   better"
                .into(),
        unit: " µs",
        origin: None,
        beside: false,
        groups: groups.collect(),
    }
}

fn bar(label: &str, row: &Record, ours: &Record, paint: Paint) -> Bar {
    let ratio = if std::ptr::eq(row, ours) { String::new() } else { format!(" ({:.1}x)", row.median / ours.median) };
    Bar {
        label: label.to_owned(),
        value: row.median,
        spread: Some((row.min, row.p90)),
        note: format!("{} µs{ratio}", workloads::rounded(row.median)),
        paint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn the_overview_has_a_bar_for_each_language_with_a_peer() {
        let chart = overview(&fixture::run());
        let bars: Vec<(&str, f64, &str)> = chart
            .groups
            .iter()
            .flat_map(|group| &group.bars)
            .map(|bar| (bar.label.as_str(), bar.value, bar.note.as_str()))
            .collect();
        assert_eq!(
            bars,
            [
                ("Rust", 2.5, "2.5x faster than fast_image_resize"),
                ("Python", 5.0, "5.0x faster than cv2"),
                ("Rust", 2.2, "2.2x faster than kornia-imgproc"),
                ("Rust", 2.0, "2.0x faster than kornia-imgproc"),
            ]
        );
    }

    #[test]
    fn common_work_has_two_levels_and_two_libraries() {
        let mut run = fixture::run();
        run.records
            .iter_mut()
            .filter(|record| record.workload == "W1")
            .for_each(|record| record.workload = "W3".into());
        let chart = speed(&run);
        let [group] = &chart.groups[..] else { panic!("{} groups", chart.groups.len()) };
        let bars: Vec<(&str, &str)> = group.bars.iter().map(|bar| (bar.label.as_str(), bar.note.as_str())).collect();
        let expected = [
            ("pixfuse, AVX-512", "20.0 µs"),
            ("pixfuse, AVX2", "40.0 µs (2.0x)"),
            ("cv2", "100 µs (5.0x)"),
            ("Pillow", "160 µs (8.0x)"),
        ];
        assert_eq!(bars, expected);
        assert!(!group.heading.contains("W3") && group.heading.contains("letterbox"), "{}", group.heading);
    }

    #[test]
    fn what_is_slower_says_so() {
        assert_eq!(factor(0.5), "2.0x slower");
    }

    #[test]
    fn a_task_shows_levels_libraries_and_the_floor() {
        let run = fixture::run();
        let chart = times(&run, run.tasks()[0]);
        let labels: Vec<&str> = chart.groups[0].bars.iter().map(|bar| bar.label.as_str()).collect();
        assert_eq!(labels, ["pixfuse, avx512", "pixfuse, avx2", "fast_image_resize", "floor"]);
        assert_eq!(chart.groups[0].bars[2].note, "50.0 µs (2.5x)");
    }
}
