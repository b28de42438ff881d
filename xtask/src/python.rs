//! Virtual environments below the target directory, and the extension modules in them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::progress::step;
use crate::{jpeg, package, tools};

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
            let base = interpreter()?;
            if venv.root.exists() {
                fs::remove_dir_all(&venv.root)
                    .with_context(|| format!("cannot replace the broken environment {}", venv.root.display()))?;
            }
            step(
                &format!("creating {}", tools::shown(&venv.root)),
                &format!("{name}-create"),
                tools::command(&base).args(["-m", "venv"]).arg(&venv.root),
            )?;
        }

        let mut packages = vec![BUILD.to_owned()];
        let wanted = match requirements {
            None => {
                packages.push(RUN.to_owned());
                packages.join("\n")
            }
            Some(path) => {
                packages.extend(["-r".to_owned(), path.display().to_string()]);
                let list = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                format!("{BUILD}\n{list}")
            }
        };
        // One stamp for each list: `demo` and `test` share an environment and ask for different packages.
        let list = requirements.and_then(Path::parent).and_then(Path::file_name).unwrap_or("run".as_ref());
        let stamp = venv.root.join(format!(".installed-{}", list.display()));
        if fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
            let mut pip = venv.command();
            pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input"]).args(packages);
            step(
                &format!("installing Python packages into {}", tools::shown(&venv.root)),
                &format!("{name}-pip"),
                &mut pip,
            )?;
            fs::write(stamp, wanted)?;
        }
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
        let mut maturin = self.maturin();
        maturin.arg("develop").arg("--manifest-path").arg(tools::root().join(directory).join("Cargo.toml"));
        maturin.args(jpeg::features("pixfuse-python"));
        if profile != Profile::Dev {
            maturin.arg("--release");
        }
        if profile == Profile::Published {
            package::without_paths(&mut maturin, &[]);
        }
        step(&format!("building {label}"), &format!("maturin-{}", directory.replace(['/', '\\'], "-")), &mut maturin)
    }

    /// Builds the wheel of the crate at `directory`, as it is published, into `into`.
    pub(crate) fn wheel(&self, directory: &str, into: &Path) -> Result<()> {
        let manifest = tools::root().join(directory).join("Cargo.toml");
        let mut maturin = self.maturin();
        maturin.args(["build", "--release", "--manifest-path"]).arg(manifest).arg("--out").arg(into);
        maturin.args(jpeg::features("pixfuse-python"));
        package::without_paths(&mut maturin, &[]);
        step("building the wheel", "wheel", &mut maturin)
    }

    fn maturin(&self) -> Command {
        let mut maturin = tools::with_target(self.command());
        maturin.args(["-m", "maturin"]).env("VIRTUAL_ENV", &self.root).env_remove("CONDA_PREFIX");
        maturin
    }
}

/// The first Python on this machine that is new enough: `python3` if it is, else the newest by name.
pub(crate) fn interpreter() -> Result<PathBuf> {
    let named = ["python3", "python"].into_iter().map(String::from);
    let numbered = (MINOR..=15).rev().map(|minor| format!("python3.{minor}"));
    let mut old = None;
    for program in named.chain(numbered) {
        // Asks for what it takes to make an environment: Debian ships Python without ensurepip.
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
