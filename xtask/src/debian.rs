//! Packages of Debian for another machine or of another release, unpacked into a folder: nothing of this system is changed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::progress::step;
use crate::tools;

/// What is fetched, and from where.
pub(crate) struct Packages {
    /// A word for people and for file names.
    pub(crate) name: &'static str,
    /// As dpkg names it: arm64.
    pub(crate) architecture: &'static str,
    /// A release of Debian by its name; the system's own where none is given.
    pub(crate) release: Option<&'static str>,
    pub(crate) packages: &'static [&'static str],
}

/// Whose signatures count: the file of the package debian-archive-keyring.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

impl Packages {
    /// Fetches the packages with lists of their own and unpacks them into `root`, unless it has them.
    pub(crate) fn unpack(&self, root: &Path) -> Result<()> {
        // What was unpacked to its end.
        let (stamp, wanted) = (root.join(".unpacked"), self.packages.join("\n"));
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        ensure!(
            ["apt-get", "dpkg"].into_iter().all(|name| tools::ask(Command::new(name).arg("--version")).is_some()),
            "{} comes from Debian, by `apt-get download` and `dpkg --extract`, and this system has no apt-get",
            self.name
        );
        let state = tools::target().join(format!("{}-packages", self.name));
        for old in [root, &state].into_iter().filter(|old| old.exists()) {
            fs::remove_dir_all(old).with_context(|| format!("cannot empty {}", old.display()))?;
        }
        for directory in ["lists/partial", "cache/archives/partial", "packages"] {
            fs::create_dir_all(state.join(directory))?;
        }
        fs::create_dir_all(root)?;
        // Nothing is installed, by this list.
        fs::write(state.join("status"), "")?;
        if let Some(release) = self.release {
            let source = format!("deb [signed-by={KEYS}] http://deb.debian.org/debian {release} main\n");
            fs::write(state.join("sources.list"), source)?;
        }

        step("fetching a list of packages", &format!("{}-update", self.name), &mut self.apt(&state, &["update"]))?;
        let download = [&["download"], self.packages].concat();
        step("fetching packages", &format!("{}-download", self.name), &mut self.apt(&state, &download))
            .with_context(|| format!("these are packages of Debian {}", self.release.unwrap_or("12")))?;
        for entry in fs::read_dir(state.join("packages"))? {
            let mut dpkg = tools::command("dpkg");
            dpkg.arg("--extract").arg(entry?.path()).arg(root);
            step("unpacking a package", &format!("{}-unpack", self.name), &mut dpkg)?;
        }
        fs::remove_dir_all(state)?;
        Ok(fs::write(stamp, wanted)?)
    }

    /// apt with all of its state in a folder.
    fn apt(&self, state: &Path, words: &[&str]) -> Command {
        let mut apt = tools::command("apt-get");
        let option = |apt: &mut Command, name: &str, value: String| {
            apt.arg("-o").arg(format!("{name}={value}"));
        };
        option(&mut apt, "APT::Architecture", self.architecture.into());
        option(&mut apt, "APT::Architectures", self.architecture.into());
        for (name, place) in [("State", ""), ("State::lists", "lists"), ("State::status", "status"), ("Cache", "cache")]
        {
            option(&mut apt, &format!("Dir::{name}"), state.join(place).display().to_string());
        }
        if self.release.is_some() {
            option(&mut apt, "Dir::Etc::sourcelist", state.join("sources.list").display().to_string());
            option(&mut apt, "Dir::Etc::sourceparts", "/dev/null".into());
        }
        apt.args(words).current_dir(state.join("packages"));
        apt
    }
}
