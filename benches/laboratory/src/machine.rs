//! What a number means nothing without: processor, cores, system, compiler, commit.

use std::fmt;
use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::place;

/// Where a run was made, and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Machine {
    /// The processor's name, with family and model: virtual machines name several generations alike.
    pub(crate) cpu: String,
    pub(crate) cores: u64,
    pub(crate) system: String,
    pub(crate) rustc: String,
    pub(crate) commit: String,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo")
            .ok()
            .and_then(|text| processor(&text))
            .or_else(|| place::ask("sysctl", &["-n", "machdep.cpu.brand_string"]))
            .or_else(|| std::env::var("PROCESSOR_IDENTIFIER").ok())
            .unwrap_or_else(|| format!("unknown {} processor", std::env::consts::ARCH));
        let system = fs::read_to_string("/etc/os-release")
            .ok()
            .and_then(|text| {
                text.lines().find_map(|line| Some(line.strip_prefix("PRETTY_NAME=")?.trim_matches('"').to_owned()))
            })
            .unwrap_or_else(|| std::env::consts::OS.to_owned());
        let commit = place::ask("git", &["describe", "--always", "--dirty", "--exclude=*"]);
        Self {
            cpu,
            cores: std::thread::available_parallelism().map_or(0, |cores| cores.get() as u64),
            system,
            rustc: place::ask("rustc", &["--version"]).unwrap_or_else(|| "unknown rustc".to_owned()),
            commit: commit.unwrap_or_else(|| "unknown".to_owned()),
        }
    }

    pub(crate) fn read(value: &Value) -> Result<Self> {
        let text = |key: &str| {
            value[key].as_str().map(str::to_owned).with_context(|| format!("machine.{key} is missing: {value}"))
        };
        Ok(Self {
            cpu: text("cpu")?,
            cores: value["cores"].as_u64().context("machine.cores is missing")?,
            system: text("system")?,
            rustc: text("rustc")?,
            commit: text("commit")?,
        })
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "cpu": self.cpu,
            "cores": self.cores,
            "system": self.system,
            "rustc": self.rustc,
            "commit": self.commit,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cpu, cores, system, rustc, commit } = self;
        write!(f, "{cpu}, {cores} cores, {system}, {rustc}, commit {commit}")
    }
}

/// Name, family and model of the first processor in Linux' list; on Arm there are only numbers.
fn processor(cpuinfo: &str) -> Option<String> {
    let field = |name: &str| {
        cpuinfo.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim())
        })
    };
    if let Some(name) = field("model name") {
        return Some(match (field("cpu family"), field("model")) {
            (Some(family), Some(model)) => format!("{name} (family {family}, model {model})"),
            _ => name.to_owned(),
        });
    }
    Some(format!("Arm implementer {} part {}", field("CPU implementer")?, field("CPU part")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_told_apart_by_family_and_model() {
        let text = "processor\t: 0\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n";
        assert_eq!(processor(text).as_deref(), Some("AMD EPYC (family 25, model 17)"));
        let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        assert_eq!(processor(arm).as_deref(), Some("Arm implementer 0x41 part 0xd0c"));
        assert_eq!(processor("flags\t: fpu\n"), None);
    }

    #[test]
    fn a_machine_is_stored_whole() {
        let one = Machine::read(&json!({
            "cpu": "a", "cores": 2, "system": "s", "rustc": "r", "commit": "c"
        }))
        .unwrap();
        assert_eq!(Machine::read(&one.json()).unwrap(), one);
    }
}
