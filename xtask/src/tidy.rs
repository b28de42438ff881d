//! The rules of the tree that no compiler checks, as tests: `cargo test -p xtask`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tools;

/// A file that outgrows this holds two things.
const MOST_LINES: usize = 500;

/// Files of the tree that end in one of `extensions`, as paths from the root with `/`.
fn sources(extensions: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut directories = vec![PathBuf::from(tools::root())];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display())) {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let built = ["target", "node_modules", "__pycache__", "dist", "venv"].contains(&name.as_str());
            if built || name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                directories.push(path);
            } else if extensions.iter().any(|extension| name.ends_with(extension)) {
                let shown = path.strip_prefix(tools::root()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((shown, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "no file that ends in one of {extensions:?}: the walk is broken");
    found
}

/// Fails with one line for each place of Rust code, comments left out, that `is_wrong` for.
fn no_line(rule: &str, is_wrong: impl Fn(&str, &str) -> bool) {
    let mut wrong = Vec::new();
    for (path, text) in sources(&[".rs"]) {
        for (index, line) in text.lines().enumerate() {
            if !line.trim_start().starts_with("//") && is_wrong(&path, line) {
                wrong.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{rule}\n{}", wrong.join("\n"));
}

#[test]
fn intrinsics_stay_in_simd() {
    // Written in two parts, so that this file keeps the rule.
    let paths = [concat!("std::", "arch"), concat!("core::", "arch")];
    no_line("an instruction set outside crates/pixfuse/src/simd/:", |path, line| {
        !path.starts_with("crates/pixfuse/src/simd/") && paths.iter().any(|name| line.contains(name))
    });
}

#[test]
fn nothing_is_left_to_do() {
    let macros = [concat!("todo", "!("), concat!("unimplemented", "!(")];
    no_line("unfinished code:", |_, line| macros.iter().any(|name| line.contains(name)));
}

#[test]
fn files_are_short() {
    let long: Vec<String> = sources(&[".rs", ".py", ".mjs", ".ts"])
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(path, lines)| format!("{path}: {lines}"))
        .collect();
    assert!(long.is_empty(), "longer than {MOST_LINES} lines:\n{}", long.join("\n"));
}

/// One version for all packages: the workspace's, which this crate has too.
#[test]
fn versions_agree() {
    let version = env!("CARGO_PKG_VERSION");
    let read =
        |path: &str| fs::read_to_string(tools::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));

    for (path, text) in sources(&["Cargo.toml"]) {
        let workspace = text.contains("[workspace]");
        for line in text.lines().map(str::trim) {
            let own = line.starts_with("version = ") && !workspace;
            assert!(!own, "{path}: `{line}`, expected `version.workspace = true`");
            // The crates are locked to each other: generated code calls what only this version has.
            let locked = !line.starts_with("pixfuse")
                || !line.contains("version = ")
                || line.contains(&format!("\"={version}\""));
            assert!(locked, "{path}: `{line}`, expected version \"={version}\"");
        }
    }

    let pyproject = read("bindings/python/pyproject.toml");
    assert!(
        pyproject.contains("dynamic = [\"version\"]"),
        "bindings/python/pyproject.toml: expected dynamic = [\"version\"], which maturin takes from Cargo.toml"
    );

    let package: serde_json::Value = serde_json::from_str(&read("bindings/node/package.json")).unwrap();
    assert_eq!(package["version"], version, "bindings/node/package.json");
}

#[test]
fn paths_in_this_file_exist() {
    assert!(
        Path::new(tools::root()).join("crates/pixfuse/src/simd").is_dir(),
        "the rule on intrinsics names no directory"
    );
}
