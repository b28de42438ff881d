//! `benches/RESULTS.md`: a summary, the plots, and then every row.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::best::{LANGUAGES, Task, library};
use crate::store::Run;
use crate::{build_cost, plots, tables, workloads};

/// Writes `RESULTS.md` and `plots/` into a directory.
pub(crate) fn write(run: &Run, directory: &Path) -> Result<()> {
    plots::write(run, &directory.join("plots"))?;
    let path = directory.join("RESULTS.md");
    fs::write(&path, markdown(run)).with_context(|| format!("cannot write {}", path.display()))
}

fn markdown(run: &Run) -> String {
    let day = run.ended.split('T').next().unwrap_or(&run.ended);
    let mut text = format!("# Results\n\nWritten by `cargo xtask bench` on {day}. {}.\n\n", run.machine);
    if !run.is_full() {
        text += "**A quick or partial run: to see that it works, not to quote.**\n\n";
    }
    text += "One thread unless said, into memory that is there, for a size that was seen; medians in µs. The ways of a \
             language took turns in one process. A lead, in brackets, is the time of that language's fastest library \
             over pixfuse's. The floor reads the touched bytes and writes the output once, or decodes only.\n\n";
    text += &summary(run);
    text += &format!(
        "\n{}.\n\n![How many times faster than the fastest library]({})\n",
        capital(&run.best_level()),
        link(plots::OVERVIEW)
    );

    let plots = run.tasks().into_iter().map(|task| format!("![{}]({})\n", task.name(), link(&plots::file(task))));
    text += &details("Each workload as a plot", &plots.collect::<Vec<_>>().join("\n"));
    if let Some(costs) = tables::costs(run) {
        text += &format!("\n## What is paid once, and what a call costs\n\n{}", code(&costs));
    }
    if let Some(build) = build_cost::table_of(&run.machine) {
        text += &format!("\n## What a build costs\n\n`cargo xtask bench --build`.\n\n{}", code(&build));
    }
    text += "\n## Every row\n\n`ratio` is a multiple of the median of pixfuse's best level in the same language and on as \
             many threads: above 1 is slower than pixfuse.\n";
    for workload in run.workloads() {
        text += &details(&workloads::title(workload), &code(&tables::one(run, workload)));
    }
    text
}

/// One line a task: pixfuse and the fastest library of each language, and the floor.
fn summary(run: &Run) -> String {
    let mut text = String::from("| workload |");
    for language in LANGUAGES {
        text += &format!(" pixfuse, {language} | fastest library |");
    }
    text += " of the floor |\n|---|";
    text += &"--:|---|".repeat(LANGUAGES.len());
    text += "--:|\n";
    for task in run.tasks() {
        text += &format!("| {} |", name(task));
        for language in LANGUAGES {
            let cell = |time: Option<f64>| time.map_or("-".to_owned(), workloads::rounded);
            text += &format!(" {} |", cell(run.ours(task, language, None).map(|row| row.median)));
            text += &match (run.peer(task, language), run.lead(task, language)) {
                (Some(peer), Some((lead, ..))) => {
                    format!(" {} {} (**{lead:.1}x**) |", workloads::rounded(peer.median), library(&peer.name))
                }
                _ => " - |".to_owned(),
            };
        }
        text += &run.above_floor(task).map_or(" - |\n".to_owned(), |(ratio, ..)| format!(" {ratio:.2} |\n"));
    }
    text
}

fn name(task: Task<'_>) -> String {
    match workloads::what(task.workload) {
        what if what.is_empty() => format!("**{}**", task.name()),
        what => format!("**{}** {what}", task.name()),
    }
}

fn link(file: &str) -> String {
    format!("plots/{file}")
}

fn code(table: &str) -> String {
    format!("```text\n{}\n```\n", table.trim_end())
}

/// A part that opens on a click; Markdown inside it needs the empty lines.
fn details(summary: &str, content: &str) -> String {
    format!("\n<details><summary>{summary}</summary>\n\n{content}\n</details>\n")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn the_summary_has_a_line_for_each_task() {
        let text = summary(&fixture::run());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2 + 3, "{text}");
        let columns = lines[0].matches('|').count();
        assert!(lines.iter().all(|line| line.matches('|').count() == columns), "{text}");
        assert!(
            lines[2]
                .contains("| 20.0 | 50.0 fast_image_resize (**2.5x**) | 20.0 | 100 cv2 (**5.0x**) | - | - | 2.00 |"),
            "{text}"
        );
        assert!(lines[4].contains("| 500 | 1,000 kornia-imgproc (**2.0x**) |"), "{text}");
    }

    #[test]
    fn the_page_begins_with_the_summary_and_names_every_plot() {
        let run = fixture::run();
        let text = markdown(&run);
        let places = ["| workload |", "plots/overview.svg", "plots/W9-2-threads.svg", "## Every row", "cv2: LUT"]
            .map(|part| text.find(part).unwrap_or_else(|| panic!("{part} is not in {text}")));
        assert!(places.is_sorted(), "{places:?}");
        assert!(!text.contains("not to quote"));
        assert!(markdown(&Run { quick: true, ..run }).contains("not to quote"));
    }
}
