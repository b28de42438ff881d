//! Packages of Debian: installed where that is allowed; and for another machine or of another release unpacked into a folder,
//! which changes nothing of this system.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::progress::step;
use crate::{files, tools};

/// Sees to what a task needs: of each part whether it is there, and the package that has it.
pub(crate) fn need(task: &str, parts: &dyn Fn() -> Vec<(bool, &'static str)>, install: bool) -> Result<()> {
    let missing = || parts().into_iter().filter(|(there, _)| !there).map(|(_, package)| package).collect::<Vec<_>>();
    let packages = missing();
    if packages.is_empty() {
        return Ok(());
    }
    let words = packages.join(" ");
    ensure!(
        install || tools::in_ci(),
        "{task} needs what Debian's {words} has. To install it: `apt-get install {words}`, or add --install."
    );
    ensure!(tools::is_there("apt-get"), "no apt-get here to install {words} with, which {task} needs");
    if packages.iter().any(|package| package.ends_with(":arm64")) {
        step("adding the arm64 architecture", "dpkg", as_root("dpkg").args(["--add-architecture", "arm64"]))?;
    }
    step("updating the package lists", "apt-update", as_root("apt-get").arg("update"))?;
    let mut install = as_root("apt-get");
    install.args(["install", "--yes", "--no-install-recommends"]).args(&packages);
    step(&format!("installing {words}"), "apt-install", install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    let still = missing();
    ensure!(still.is_empty(), "{task} needs {}, also after installing", still.join(", "));
    Ok(())
}

/// A program with the rights of root, by `sudo` where that asks nothing (`-n`).
fn as_root(program: &str) -> Command {
    if tools::ask(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return tools::command(program);
    }
    let mut sudo = tools::command("sudo");
    sudo.args(["-n", program]);
    sudo
}

/// What is fetched, and from where.
pub(crate) struct Packages {
    /// A word for people and for file names.
    pub(crate) name: &'static str,
    /// As dpkg names it: arm64.
    pub(crate) architecture: &'static str,
    /// A release of Debian by its name; the system's own where none is given.
    pub(crate) release: Option<&'static str>,
    /// Names with spaces between.
    pub(crate) packages: &'static str,
}

/// Whose signatures count: the file of the package debian-archive-keyring.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

impl Packages {
    /// Fetches the packages with lists of their own and unpacks them into `root`, unless it has them.
    pub(crate) fn unpack(&self, root: &Path) -> Result<()> {
        files::once(&root.join(".unpacked"), self.packages, || self.unpack_anew(root))
    }

    fn unpack_anew(&self, root: &Path) -> Result<()> {
        ensure!(
            tools::is_there("apt-get") && tools::is_there("dpkg"),
            "{} comes from Debian, by `apt-get download` and `dpkg --extract`, and this system has no apt-get",
            self.name
        );
        files::empty(root.to_owned())?;
        let state = files::empty(tools::target().join(format!("{}-packages", self.name)))?;
        for directory in ["lists/partial", "cache/archives/partial", "packages"] {
            fs::create_dir_all(state.join(directory))?;
        }
        // Nothing is installed, by this list.
        files::write(state.join("status"), "")?;
        if let Some(release) = self.release {
            let source = format!("deb [signed-by={KEYS}] http://deb.debian.org/debian {release} main\n");
            files::write(state.join("sources.list"), source)?;
        }

        step("fetching a list of packages", &format!("{}-update", self.name), self.apt(&state).arg("update"))?;
        let mut download = self.apt(&state);
        download.arg("download").args(self.packages.split(' '));
        step("fetching packages", &format!("{}-download", self.name), &mut download)
            .with_context(|| format!("these are packages of Debian {}", self.release.unwrap_or("12")))?;
        for package in files::entries(state.join("packages"))? {
            let mut dpkg = tools::command("dpkg");
            dpkg.arg("--extract").arg(package).arg(root);
            step("unpacking a package", &format!("{}-unpack", self.name), &mut dpkg)?;
        }
        Ok(fs::remove_dir_all(state)?)
    }

    /// apt with all of its state in a folder.
    fn apt(&self, state: &Path) -> Command {
        let place = |name: &str, place: &str| format!("Dir::{name}={}", state.join(place).display());
        let mut options = vec![
            format!("APT::Architecture={}", self.architecture),
            format!("APT::Architectures={}", self.architecture),
            place("State", ""),
            place("State::lists", "lists"),
            place("State::status", "status"),
            place("Cache", "cache"),
        ];
        if self.release.is_some() {
            options.extend([place("Etc::sourcelist", "sources.list"), "Dir::Etc::sourceparts=/dev/null".into()]);
        }
        let mut apt = tools::command("apt-get");
        apt.args(options.iter().flat_map(|option| ["-o", option])).current_dir(state.join("packages"));
        apt
    }
}
