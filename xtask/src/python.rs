//! Virtual environments below the target directory, and the extension modules in them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::progress::step;
use crate::{decoders, files, node, package, tools};

/// The oldest Python that the wheel (abi3-py311) and numpy 2.4 run on.
const MINOR: u32 = 11;

/// What builds the module, and what it needs to be called. Tests and benchmarks pin theirs in their own file.
const BUILD: &str = "maturin==1.16.0";
const RUN: &str = "numpy==2.4.6";

/// A virtual environment that is known to work.
pub(crate) struct Venv {
    root: PathBuf,
    python: PathBuf,
}

/// How a module is compiled. Tests share the profile of `cargo test`, so that the core is compiled once for both.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Profile {
    Dev,
    Release,
    /// As `Release`, with no path of this machine in it.
    Published,
}

impl Profile {
    /// Has a build be of this profile. Gives the folder where cargo leaves it.
    pub(crate) fn set(self, build: &mut Command) -> PathBuf {
        match self {
            Self::Dev => tools::target().join("debug"),
            Self::Release => {
                build.arg("--release");
                tools::target().join("release")
            }
            Self::Published => {
                package::without_paths(build.arg("--release"), &[]);
                package::target().join("release")
            }
        }
    }
}

impl Venv {
    /// The environment `target/<name>`, with the two tools and what `requirements` lists.
    ///
    /// It is kept between runs: a stamp holds the text of everything that was installed, and only another text
    /// installs again.
    pub(crate) fn new(name: &str, requirements: Option<&Path>) -> Result<Self> {
        let root = tools::target().join(name);
        let python = root.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let venv = Self { root, python };

        // A base interpreter that was upgraded or removed leaves a broken environment behind.
        if tools::ask(Command::new(&venv.python).arg("--version")).is_none() {
            let mut python = tools::command(interpreter()?);
            python.args(["-m", "venv"]).arg(files::empty(venv.root.clone())?);
            step(&format!("creating {}", tools::shown(&venv.root)), &format!("{name}-create"), &mut python)?;
        }

        let mut pip = venv.command();
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", BUILD]);
        let list = match requirements {
            None => {
                pip.arg(RUN);
                RUN.to_owned()
            }
            Some(path) => {
                pip.arg("-r").arg(path);
                files::read(path)?
            }
        };
        // One stamp for each list: `demo` and `test` share an environment and ask for different packages.
        let of = requirements.and_then(Path::parent).map_or("run".to_owned(), files::name);
        let label = format!("installing Python packages into {}", tools::shown(&venv.root));
        files::once(&venv.root.join(format!(".installed-{of}")), &format!("{BUILD}\n{list}"), || {
            step(&label, &format!("{name}-pip"), &mut pip)
        })?;
        Ok(venv)
    }

    /// The environment's Python.
    pub(crate) fn interpreter(&self) -> &Path {
        &self.python
    }

    /// The same, started from the root.
    pub(crate) fn command(&self) -> Command {
        let mut python = tools::command(&self.python);
        // What a shell's own settings add to the path would stand before the module that is tested.
        python.env_remove("PYTHONPATH").env_remove("PYTHONHOME").env("PYTHONUTF8", "1");
        python
    }

    /// A search path on which its programs come first.
    pub(crate) fn first_in_path(&self) -> Result<OsString> {
        let own = self.python.parent().map(Path::to_owned);
        let others = std::env::var_os("PATH").unwrap_or_default();
        Ok(std::env::join_paths(own.into_iter().chain(std::env::split_paths(&others)))?)
    }

    /// Builds the extension module of the crate at `directory` and installs it here.
    ///
    /// `maturin develop` rather than a wheel and pip: it knows which of the two is up to date, and takes a second
    /// when nothing changed.
    pub(crate) fn install(&self, label: &str, directory: &str, profile: Profile) -> Result<()> {
        let mut maturin = self.maturin("develop", directory);
        profile.set(&mut maturin);
        step(&format!("building {label}"), &node::log("maturin", directory), &mut maturin)
    }

    /// Builds the wheel of the crate at `directory`, as it is published, into `into`, with these arguments of maturin's.
    pub(crate) fn wheel(&self, directory: &str, into: &Path, arguments: &[OsString]) -> Result<()> {
        let mut maturin = self.maturin("build", directory);
        Profile::Published.set(&mut maturin);
        step("building the wheel", "wheel", maturin.args(arguments).arg("--out").arg(into))
    }

    fn maturin(&self, what: &str, directory: &str) -> Command {
        let mut maturin = self.command();
        maturin.env("CARGO_TARGET_DIR", tools::target());
        maturin.args(["-m", "maturin", what, "--manifest-path"]).arg(tools::root().join(directory).join("Cargo.toml"));
        maturin.args(decoders::jpeg("pixfuse-python")).env("VIRTUAL_ENV", &self.root).env_remove("CONDA_PREFIX");
        maturin
    }
}

/// The first Python on this machine that is new enough: `python3` if it is, else the newest by name.
pub(crate) fn interpreter() -> Result<PathBuf> {
    let named = ["python3", "python"].into_iter().map(String::from);
    let numbered = (MINOR..=15).rev().map(|minor| format!("python3.{minor}"));
    let mut old = None;
    for program in named.chain(numbered) {
        // Tries what it takes to make an environment: Debian ships Python without ensurepip.
        let probe = "import sys; print(sys.version_info[1] if sys.version_info[0] == 3 else 0, sys.executable)\n\
                     import ensurepip, venv";
        let output = Command::new(&program).args(["-c", probe]).output();
        let Ok(output) = output else { continue };
        let said = String::from_utf8_lossy(&output.stdout);
        let Some((minor, path)) = said.trim().split_once(' ') else { continue };
        if minor.parse::<u32>().is_ok_and(|minor| minor < MINOR) {
            old = old.or(Some(format!("{program} is Python 3.{minor}")));
            continue;
        }
        ensure!(
            output.status.success(),
            "{program} (Python 3.{minor}) cannot make virtual environments. On Debian and Ubuntu: \
             `apt-get install python3-venv`."
        );
        return Ok(PathBuf::from(path));
    }
    bail!(
        "Python 3.{MINOR} or newer is needed, and {}. Install it from https://python.org, or with \
         `apt-get install python3 python3-venv`, `brew install python` or `winget install Python.Python.3.13`.",
        old.as_deref().unwrap_or("there is no `python3` in PATH")
    )
}
