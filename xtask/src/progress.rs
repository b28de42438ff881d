//! Long work: one line while it runs, its whole output in a log, the end of the log if it fails.

use std::fs::{self, File};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::tools;

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
    let spinner = spinner(label);
    let mut child = command.spawn().with_context(|| tools::cannot_start(command))?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if let Some(spinner) = &spinner {
            spinner.set_message(tail(&path, 1));
            spinner.tick();
        }
        std::thread::sleep(Duration::from_millis(80));
    };
    let time = seconds(start.elapsed());
    match (spinner, status.success()) {
        (Some(spinner), success) => {
            spinner.finish_and_clear();
            eprintln!("{} {label} ({time})", if success { "✓" } else { "✗" });
        }
        (None, success) => eprintln!("{label} {} in {time}", if success { "done" } else { "failed" }),
    }
    if status.success() {
        return Ok(());
    }
    bail!("{label} failed ({status})\n\n{}\n\nthe whole output is in {}", tail(&path, 40), path.display());
}

/// A spinner with the last line of the log where someone watches, a plain line elsewhere.
fn spinner(label: &str) -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() || tools::in_ci() {
        eprintln!("{label} ...");
        return None;
    }
    let style = ProgressStyle::with_template("{spinner} {prefix} [{elapsed}] {wide_msg:.dim}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    Some(ProgressBar::new_spinner().with_style(style).with_prefix(label.to_owned()))
}

/// A time as people read it: `3.2 s`, `4 min 07 s`.
pub(crate) fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

/// The last lines of a log; nothing if it cannot be read, since they only decorate.
fn tail(path: &Path, most: usize) -> String {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(most)..].join("\n")
}
