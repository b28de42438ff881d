//! `cargo xtask bench`: every kernel by level, and each workload against what people use today.
//!
//! Criterion measures the kernels and keeps its own records. The peers are three programs, one a language, that
//! print one JSON object a line; here these become one table, `benches/RESULTS.md`, with the machine in its head.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::flags::Bench;
use crate::progress::step;
use crate::python::{Profile, Venv};
use crate::{node, report, tools};

pub(crate) fn run(flags: &Bench) -> Result<()> {
    tools::node()?;
    let venv = Venv::new("venv-bench", Some(&tools::root().join("benches/peers/requirements.txt")))?;
    venv.install("the Python module", "bindings/python", Profile::Release)?;
    node::modules("benches/peers")?;
    node::addon("the Node addon", "pixfuse-node-addon", "bindings/node/pixfuse.node", Profile::Release)?;
    let mut build = tools::cargo();
    build.args(["build", "--release", "--package", "pixfuse-benches", "--bin", "peers"]);
    step("building the Rust peers", "cargo-peers", &mut build)?;

    let mut criterion = tools::cargo();
    criterion.args(["bench", "--package", "pixfuse-benches", "--"]).args(&flags.only);
    if flags.quick {
        criterion.arg("--quick");
    }
    tools::run(&mut criterion)?;

    let program = tools::target().join("release").join(format!("peers{}", std::env::consts::EXE_SUFFIX));
    let mut records = Vec::new();
    for (language, mut peers) in [
        ("Rust", tools::command(program)),
        ("Python", script(venv.command(), "benches/peers/python.py")),
        ("Node.js", script(tools::node()?, "benches/peers/node.mjs")),
    ] {
        if flags.quick {
            peers.arg("--quick");
        }
        if let Some(only) = &flags.only {
            peers.args(["--only", only]);
        }
        eprintln!("measuring the peers in {language} ...");
        records.extend(measured(&mut peers)?);
    }
    ensure!(
        !records.is_empty(),
        "no workload was measured{}",
        flags.only.as_ref().map_or(String::new(), |id| format!(": is there one named {id}?"))
    );

    let machine = machine();
    let table = tables(&records);
    let directory = tools::target().join("bench");
    fs::create_dir_all(&directory)?;
    let results = json!({ "machine": machine, "quick": flags.quick, "results": records });
    fs::write(directory.join("results.json"), serde_json::to_string_pretty(&results)?)?;
    println!("\n{}\n\n{table}", machine.join(", "));

    // Numbers of a quick or partial run must not replace those that are quoted.
    if !flags.quick && flags.only.is_none() {
        let path = tools::root().join("benches/RESULTS.md");
        fs::write(&path, markdown(&machine, &table))?;
        println!("written to {}", tools::shown(&path));
    }
    Ok(())
}

fn script(mut interpreter: Command, path: &str) -> Command {
    interpreter.arg(path);
    interpreter
}

/// The records of one program; what it says on standard error is shown.
fn measured(peers: &mut Command) -> Result<Vec<Value>> {
    let name = peers.get_args().next().unwrap_or(peers.get_program()).display().to_string();
    let output =
        peers.stdin(Stdio::null()).stderr(Stdio::inherit()).output().with_context(|| tools::cannot_start(peers))?;
    ensure!(output.status.success(), "{name} failed ({})", output.status);
    let lines = String::from_utf8(output.stdout)?;
    let record = |line: &str| {
        serde_json::from_str(line).with_context(|| format!("{name} printed a line that is no JSON: {line}"))
    };
    lines.lines().filter(|line| !line.trim().is_empty()).map(record).collect()
}

/// One table a workload, the fastest first, each time also as a multiple of pixfuse's best in the same language.
fn tables(records: &[Value]) -> String {
    let text = |record: &Value, key: &str| match &record[key] {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let time = |record: &Value, key: &str| record[key].as_f64().unwrap_or(f64::NAN);
    let mut workloads: Vec<String> = Vec::new();
    for record in records {
        let workload = text(record, "workload");
        if !workloads.contains(&workload) {
            workloads.push(workload);
        }
    }

    let mut all = String::new();
    for workload in workloads {
        let mut of: Vec<&Value> = records.iter().filter(|record| text(record, "workload") == workload).collect();
        of.sort_by(|a, b| time(a, "median_us").total_cmp(&time(b, "median_us")));
        let ours = |language: &str| {
            let is_ours = |record: &&&Value| text(record, "name").starts_with("pixfuse");
            let mine = of.iter().filter(is_ours).find(|record| text(record, "language") == language);
            // A language without pixfuse's row (a peer that only exists there) is compared with the fastest row.
            mine.or_else(|| of.iter().find(is_ours)).map(|record| time(record, "median_us"))
        };
        let rows: Vec<Vec<String>> = of
            .iter()
            .map(|record| {
                let [name, language, level, check] =
                    ["name", "language", "level", "check"].map(|key| text(record, key));
                let ratio =
                    ours(&language).map_or("-".to_owned(), |ours| format!("{:.2}", time(record, "median_us") / ours));
                let [median, min, p90] =
                    ["median_us", "min_us", "p90_us"].map(|key| format!("{:.1}", time(record, key)));
                vec![name, language, level, median, min, p90, ratio, check]
            })
            .collect();
        let heading = ["name", "language", "level", "median µs", "min µs", "p90 µs", "ratio", "check"];
        all += &format!("{}\n{}\n", title(&workload), report::table(&heading, &rows, &[3, 4, 5, 6]));
    }
    all.trim_end().to_owned()
}

/// A workload's id and what it is, as the list that the peers read says it.
fn title(id: &str) -> String {
    let what = || -> Option<String> {
        let text = fs::read_to_string(tools::root().join("benches/workloads.json")).ok()?;
        let list: Value = serde_json::from_str(&text).ok()?;
        let workload = list.as_array()?.iter().find(|workload| workload["id"] == id)?;
        Some(workload["what"].as_str()?.to_owned())
    };
    what().map_or_else(|| id.to_owned(), |what| format!("{id}: {what}"))
}

fn markdown(machine: &[String], table: &str) -> String {
    format!(
        "# Results\n\nWritten by `cargo xtask bench`. {}.\n\n`ratio` is a multiple of the median of pixfuse's best \
         level in the same language: above 1 is slower than pixfuse.\n\n```text\n{table}\n```\n",
        machine.join(", ")
    )
}

/// What a number means nothing without: processor, cores, system, compiler, commit.
fn machine() -> Vec<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            text.lines().find_map(|line| Some(line.strip_prefix("model name")?.split_once(':')?.1.trim().to_owned()))
        })
        .or_else(|| tools::ask(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"])))
        .or_else(|| std::env::var("PROCESSOR_IDENTIFIER").ok())
        .unwrap_or_else(|| format!("unknown {} processor", std::env::consts::ARCH));
    let cores = std::thread::available_parallelism().map_or("unknown".to_owned(), |cores| cores.to_string());
    let system = fs::read_to_string("/etc/os-release")
        .ok()
        .and_then(|text| {
            text.lines().find_map(|line| Some(line.strip_prefix("PRETTY_NAME=")?.trim_matches('"').to_owned()))
        })
        .unwrap_or_else(|| std::env::consts::OS.to_owned());
    let rustc =
        tools::ask(tools::command(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version"));
    let commit = tools::ask(tools::command("git").args(["describe", "--always", "--dirty", "--exclude=*"]));
    vec![
        cpu,
        format!("{cores} cores"),
        system,
        rustc.unwrap_or_else(|| "unknown rustc".to_owned()),
        format!("commit {}", commit.as_deref().unwrap_or("unknown")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_against_pixfuse_in_the_same_language() {
        let record = |name: &str, language: &str, median: f64| json!({"workload": "w", "name": name, "language": language, "median_us": median, "min_us": 1.0, "p90_us": 1.0});
        let table = tables(&[
            record("pixfuse", "Rust", 10.0),
            record("pixfuse", "Python", 20.0),
            record("cv2", "Python", 60.0),
        ]);
        let cv2 = table.lines().find(|line| line.starts_with("cv2")).unwrap_or_default();
        assert!(cv2.contains("60.0") && cv2.contains("3.00"), "{table}");
    }
}
