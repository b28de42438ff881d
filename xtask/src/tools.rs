//! Where things are: the tree, the target directory, the programs of three languages.
//!
//! A missing program is an error that says how to get it; only what comes as a crate is built, below the target directory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::progress::step;

/// Node.js 20 is the oldest with a test runner that names its reporters.
const NODE: u32 = 20;

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Cargo's target directory, which `CARGO_TARGET_DIR` may have moved.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // A relative one is relative to where cargo was called; `cargo` below is always called from the root.
        Some(path) if !path.is_empty() => std::path::absolute(&path).unwrap_or_else(|_| path.into()),
        _ => root().join("target"),
    }
}

/// Whether this runs where nobody watches and anything may be installed.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// A program that is started from the root.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The cargo that runs this, with one target directory for every build, also of a workspace of its own.
pub(crate) fn cargo() -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.env("CARGO_TARGET_DIR", target());
    cargo
}

/// The target that cargo builds for where none is named: `x86_64-unknown-linux-gnu`.
pub(crate) fn host() -> Result<String> {
    let version = output(command(rustc()).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
    Ok(host.to_owned())
}

/// The compiler that cargo uses.
pub(crate) fn rustc() -> PathBuf {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()).into()
}

/// A program that comes as a crate, in this version: the one in PATH, or one that is built into the target directory.
pub(crate) fn cargo_tool(name: &str, version: &str, features: &[&str]) -> Result<PathBuf> {
    let is_right = |program: &Path| {
        ask(Command::new(program).arg("--version")).is_some_and(|said| said.split(' ').any(|word| word == version))
    };
    let own = program("tools/bin", name);
    if let Some(program) = [PathBuf::from(name), own.clone()].into_iter().find(|program| is_right(program)) {
        return Ok(program);
    }
    let mut install = cargo();
    install.args(["install", "--locked", name, "--version", version, "--root"]).arg(target().join("tools"));
    install.args(features.iter().flat_map(|feature| ["--features", feature]));
    // It runs for seconds, so it need not be made fast for minutes.
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_LTO", "off");
    step(&format!("building {name} {version}"), name, &mut install)?;
    Ok(own)
}

/// A program in a folder of the target directory.
pub(crate) fn program(folder: &str, name: &str) -> PathBuf {
    target().join(folder).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// A path as the user would write it: relative to the root where it is inside.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Standard output of a program that must succeed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    ensure!(
        output.status.success(),
        "{}",
        match String::from_utf8_lossy(&output.stderr).trim().trim_start_matches("error: ") {
            "" => format!("{} ended with {}", command.get_program().display(), output.status),
            message => message.to_owned(),
        }
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// What a small program says, or nothing if it is not there or fails.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether there is a program of this name.
pub(crate) fn is_there(name: &str) -> bool {
    ask(Command::new(name).arg("--version")).is_some()
}

/// Where a compiler has its own files.
pub(crate) fn sysroot(rustc: &mut Command) -> Option<PathBuf> {
    ask(rustc.args(["--print", "sysroot"])).map(PathBuf::from)
}

/// The message for a program that did not even start.
pub(crate) fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", command.get_program().display())
}

/// Runs a program to its end with the streams of this process.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| cannot_start(command))?;
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    ensure!(status.success(), "{} {} failed ({status})", command.get_program().display(), words.join(" "));
    Ok(())
}

/// Node.js, checked to be new enough.
pub(crate) fn node() -> Result<Command> {
    let get = "Install it from https://nodejs.org, or with `apt-get install nodejs npm`, `brew install node` or \
               `winget install OpenJS.NodeJS`.";
    let Some(version) = ask(Command::new("node").arg("--version")) else {
        bail!("Node.js {NODE} or newer is needed, and there is no `node` in PATH. {get}");
    };
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    ensure!(
        major.is_some_and(|major| major >= NODE),
        "Node.js {NODE} or newer is needed, and the `node` in PATH is {version}. {get}"
    );
    Ok(command("node"))
}

/// npm, which is a script with another name on Windows.
pub(crate) fn npm() -> Result<Command> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    ensure!(
        is_there(program),
        "`npm` is needed and is not in PATH. It comes with Node.js, and on Debian and Ubuntu with `apt-get install npm`."
    );
    Ok(command(program))
}
