//! Every row of a run as text, one table a workload.

use comfy_table::{CellAlignment, Table, presets};

use crate::best::Task;
use crate::record::{Kind, Record};
use crate::store::Run;
use crate::workloads;

/// One table a workload, the fastest first, each time also as a multiple of pixfuse's best in the same language.
pub(crate) fn all(run: &Run) -> String {
    let tables: Vec<String> = run
        .workloads()
        .into_iter()
        .map(|workload| format!("{}\n{}", workloads::title(workload), one(run, workload)))
        .collect();
    tables.join("\n").trim_end().to_owned()
}

/// The table of one workload.
pub(crate) fn one(run: &Run, workload: &str) -> String {
    let mut rows: Vec<&Record> = run.records.iter().filter(|record| record.workload == workload).collect();
    rows.sort_by(|a, b| a.median.total_cmp(&b.median));
    let threaded = rows.iter().any(|record| record.threads != 1);
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|record| {
            let mut cells = vec![record.name.clone(), record.language.clone()];
            cells.push(record.level.clone().unwrap_or_else(|| "-".to_owned()));
            if threaded {
                cells.push(record.threads.to_string());
            }
            cells.extend([record.median, record.min, record.p90].map(|time| format!("{time:.1}")));
            cells.extend([ratio(run, record), record.check.clone()]);
            cells
        })
        .collect();
    let mut heading = vec!["name", "language", "level"];
    if threaded {
        heading.push("threads");
    }
    let first = heading.len();
    heading.extend(["median µs", "min µs", "p90 µs", "ratio", "check"]);
    let right: Vec<usize> = (3..first + 4).collect();
    table(&heading, &cells, &right)
}

/// A row's median over that of pixfuse's best in its language, or of its best anywhere where the language has none.
fn ratio(run: &Run, record: &Record) -> String {
    let task = Task { workload: &record.workload, threads: record.threads };
    let anywhere = || {
        let own = run.records.iter().filter(|row| row.kind == Kind::Ours && row.workload == record.workload);
        own.filter(|row| row.threads == record.threads).min_by(|a, b| a.median.total_cmp(&b.median))
    };
    let ours = run.ours(task, &record.language, None).or_else(anywhere);
    ours.map_or("-".to_owned(), |ours| format!("{:.2}", record.median / ours.median))
}

/// What is paid once, and what a call costs at least.
pub(crate) fn costs(run: &Run) -> Option<String> {
    let rows: Vec<Vec<String>> = run
        .records
        .iter()
        .filter(|record| matches!(record.kind, Kind::Cold | Kind::Overhead))
        .map(|record| {
            let level = record.level.clone().unwrap_or_else(|| "-".to_owned());
            let times = [record.median, record.min, record.p90].map(|time| format!("{time:.1}"));
            [vec![record.workload.clone(), record.name.clone(), record.language.clone(), level], times.to_vec()]
                .concat()
        })
        .collect();
    let heading = ["workload", "name", "language", "level", "median µs", "min µs", "p90 µs"];
    (!rows.is_empty()).then(|| table(&heading, &rows, &[4, 5, 6]))
}

/// Rows under a heading, each column as wide as its widest cell; columns in `right` are numbers.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>], right: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(heading).add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn cells<'a>(table: &'a str, start: &str) -> Vec<&'a str> {
        let line = table.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}: {table}"));
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
    }

    #[test]
    fn ratios_are_against_pixfuse_in_the_same_language() {
        let table = one(&fixture::run(), "W1");
        assert_eq!(
            cells(&table, "cv2 at its best"),
            ["cv2 at its best: split", "Python", "-", "100.0", "90.0", "120.0", "5.00", "equal"]
        );
        assert_eq!(cells(&table, "fast_image_resize")[6], "2.50");
    }

    #[test]
    fn threads_are_told_where_they_differ() {
        let run = fixture::run();
        assert!(!one(&run, "W1").contains("threads"));
        let table = one(&run, "W9");
        let two: Vec<Vec<&str>> = table.lines().skip(1).map(|line| cells(line, "")).collect();
        // The fastest first, each against pixfuse on as many threads.
        assert_eq!(two[0][3..7], ["2", "500.0", "450.0", "600.0"]);
        assert_eq!((two[2][3], two[2][7]), ("2", "2.00"));
        assert_eq!((two[3][3], two[3][7]), ("1", "2.20"));
    }

    #[test]
    fn costs_are_those_of_their_kinds() {
        let table = costs(&fixture::run()).unwrap();
        assert_eq!(table.lines().count(), 2, "{table}");
        assert_eq!(cells(&table, "W1")[1], "pixfuse, import");
    }
}
