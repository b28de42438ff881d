//! Long work: one line while it runs, its whole output in a log, the end of the log if it fails.

use std::fs::{self, File};
use std::io::{IsTerminal, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::tools;

/// How much of a log is shown when its step failed.
const TAIL_LINES: usize = 40;

/// Where the output of the step with this log is.
pub(crate) fn log(log: &str) -> PathBuf {
    tools::target().join("xtask/logs").join(log).with_extension("log")
}

/// Runs `command` to its end as one step named `label`, with its output in `target/xtask/logs/<log>.log`.
pub(crate) fn step(label: &str, log: &str, command: &mut Command) -> Result<()> {
    let path = self::log(log);
    fs::create_dir_all(path.parent().unwrap_or(&path))?;
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    // Both streams into one file: the order of lines is what makes a log readable.
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);

    let start = Instant::now();
    let line = Line::start(label);
    let status = wait(command, &path, &line)?;
    line.finish(label, status.success(), start.elapsed());
    if status.success() {
        return Ok(());
    }
    bail!("{label} failed ({status})\n\n{}\n\nthe whole output is in {}", tail(&path), path.display());
}

fn wait(command: &mut Command, log: &Path, line: &Line) -> Result<ExitStatus> {
    let mut child = command.spawn().with_context(|| tools::cannot_start(command))?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        line.show(log);
        std::thread::sleep(Duration::from_millis(80));
    }
}

/// A spinner with the last line of the log where someone watches, plain lines elsewhere.
enum Line {
    Spinner(ProgressBar),
    Plain,
}

impl Line {
    fn start(label: &str) -> Self {
        if !std::io::stderr().is_terminal() || tools::in_ci() {
            eprintln!("{label} ...");
            return Self::Plain;
        }
        let style = ProgressStyle::with_template("{spinner} {prefix} [{elapsed}] {wide_msg:.dim}");
        let spinner = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        spinner.set_prefix(label.to_owned());
        Self::Spinner(spinner)
    }

    fn show(&self, log: &Path) {
        if let Self::Spinner(spinner) = self {
            spinner
                .set_message(end_of(log, 2000).lines().rfind(|line| !line.trim().is_empty()).unwrap_or("").to_owned());
            spinner.tick();
        }
    }

    fn finish(&self, label: &str, success: bool, time: Duration) {
        if let Self::Spinner(spinner) = self {
            spinner.finish_and_clear();
        }
        let (mark, end) = if success { ("✓", "done") } else { ("✗", "failed") };
        match self {
            Self::Spinner(_) => eprintln!("{mark} {label} ({})", seconds(time)),
            Self::Plain => eprintln!("{label} {end} in {}", seconds(time)),
        }
    }
}

/// A time as people read it: `3.2 s`, `4 min 07 s`.
pub(crate) fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

/// The last lines of a log, for an error message.
fn tail(path: &Path) -> String {
    let text = end_of(path, 16_000);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

/// At most the last `bytes` of a file; nothing if it cannot be read, since it only decorates.
fn end_of(path: &Path, bytes: u64) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
        let mut end = Vec::new();
        file.read_to_end(&mut end)?;
        Ok(String::from_utf8_lossy(&end).into_owned())
    };
    read().unwrap_or_default()
}
