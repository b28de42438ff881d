//! The rules of the tree that no compiler checks, as tests: `cargo test -p xtask`.

use std::path::Path;

use crate::{files, tools};

/// A file that outgrows this holds two things.
const MOST_LINES: usize = 500;

/// Files of the tree that end in one of `extensions`, as paths from the root with `/`.
pub(crate) fn sources(extensions: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, extensions: &[&str], found: &mut Vec<(String, String)>) {
        for path in files::entries(folder).unwrap() {
            let name = files::name(&path);
            let built = ["target", "node_modules", "__pycache__", "dist", "venv"].contains(&name.as_str());
            if path.is_dir() && !built && !name.starts_with('.') {
                walk(&path, extensions, found);
            } else if path.is_file() && extensions.iter().any(|extension| name.ends_with(extension)) {
                found.push((tools::shown(&path).replace('\\', "/"), files::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(tools::root(), extensions, &mut found);
    assert!(!found.is_empty(), "no file that ends in one of {extensions:?}: the walk is broken");
    found
}

#[test]
fn intrinsics_stay_in_simd() {
    let place = "crates/pixfuse/src/simd/";
    assert!(tools::root().join(place).is_dir(), "the rule names no directory");
    // Written in two parts, so that this file keeps the rule.
    let paths = [concat!("std::", "arch"), concat!("core::", "arch")];
    let mut wrong = Vec::new();
    for (path, text) in sources(&[".rs"]).into_iter().filter(|(path, _)| !path.starts_with(place)) {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        // How a program of WebAssembly ends is no instruction set.
        let code = code.filter(|line| !line.contains("wasm32::unreachable()"));
        let found = code.filter(|line| paths.iter().any(|name| line.contains(name)));
        wrong.extend(found.map(|line| format!("{path}: {}", line.trim())));
    }
    assert!(wrong.is_empty(), "an instruction set outside {place}:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_is_left_to_do() {
    for (path, text) in sources(&[".rs"]) {
        let found =
            [concat!("todo", "!("), concat!("unimplemented", "!(")].into_iter().find(|name| text.contains(name));
        assert_eq!(found, None, "{path}");
    }
}

/// A proof stands alone: whoever reads it needs no other comment to know what it relies on.
#[test]
fn proofs_say_what_they_rely_on() {
    let start = concat!("// SAFETY", ":");
    let hollow = ["caller's promise", "promise is the same", "as above", "as below"];
    let mut wrong = Vec::new();
    for (path, text) in sources(&[".rs"]) {
        let mut lines = text.lines().map(str::trim).enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            let Some(proof) = line.strip_prefix(start) else { continue };
            let mut proof = proof.to_owned();
            while let Some((_, more)) = lines.next_if(|(_, line)| line.starts_with("// ")) {
                proof += more.trim_start_matches('/');
            }
            if hollow.iter().any(|phrase| proof.contains(phrase)) {
                wrong.push(format!("{path}:{}:{proof}", index + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "a proof that does not say which promise, and why it holds:\n{}", wrong.join("\n"));
}

/// What a macro is given to run is never `unsafe` by the macro: a reviewer looks for the word where the code is.
#[test]
fn macros_hide_no_unsafe_code() {
    let mut wrong = Vec::new();
    for (path, text) in sources(&[".rs"]) {
        for definition in text.split("macro_rules!").skip(1) {
            let definition = braces(definition);
            for unsafe_block in definition.split("unsafe {").skip(1).map(unclosed) {
                let hidden = |fragment: &&str| unsafe_block.contains(&format!("${fragment}"));
                wrong.extend(code_fragments(definition).filter(hidden).map(|fragment| format!("{path}: ${fragment}")));
            }
        }
    }
    assert!(wrong.is_empty(), "code that a macro takes, and wraps in `unsafe`:\n{}", wrong.join("\n"));
}

/// The text between the first brace and the one that closes it.
fn braces(text: &str) -> &str {
    unclosed(text.split_once('{').map_or("", |(_, inside)| inside))
}

/// The text up to the brace that closes what is open at its start.
pub(crate) fn unclosed(text: &str) -> &str {
    let mut depth = 1;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// The names of what a macro takes that may be code of any kind.
fn code_fragments(definition: &str) -> impl Iterator<Item = &str> {
    let kinds = ["tt", "expr", "block", "stmt", "item"];
    definition.split('$').filter_map(move |piece| {
        let (name, kind) = piece.split_once(':')?;
        let kind: &str = kind.split(|character: char| !character.is_alphanumeric()).next()?;
        (kinds.contains(&kind) && name.chars().all(|character| character.is_alphanumeric() || character == '_'))
            .then_some(name)
    })
}

#[test]
fn files_are_short() {
    for (path, text) in sources(&[".rs", ".py", ".mjs", ".ts"]) {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{path} has {lines} lines, expected {MOST_LINES} or fewer");
    }
}

pub(crate) fn read(path: &str) -> String {
    files::read(tools::root().join(path)).unwrap()
}

/// Directories of the crates that are published, as paths from the root.
pub(crate) fn published() -> Vec<String> {
    let manifests = sources(&["Cargo.toml"]).into_iter();
    let published = manifests.filter(|(_, text)| text.contains("[package]") && !text.contains("publish = false"));
    let directories: Vec<String> = published
        .map(|(path, _)| path.trim_end_matches("/Cargo.toml").to_owned())
        // A user's crates, which are here to be copied.
        .filter(|directory| !directory.starts_with("examples/"))
        .collect();
    assert!(directories.len() >= 7, "{directories:?}");
    directories
}

/// A package holds only what is below its directory, and links do not survive on Windows: so there are copies.
#[test]
fn each_package_has_the_licences() {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        for directory in published() {
            let path = format!("{directory}/{name}");
            assert!(read(&path) == read(name), "{path} differs from {name}: copy it");
        }
    }
    let pyproject = read("bindings/python/pyproject.toml");
    let package: serde_json::Value = serde_json::from_str(&read("bindings/node/package.json")).unwrap();
    for name in ["LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-NOTICES.txt", "sbom.cdx.json"] {
        assert!(pyproject.contains(&format!("\"{name}\"")), "bindings/python/pyproject.toml: {name}");
        assert!(
            package["files"].as_array().unwrap().iter().any(|file| file == name),
            "bindings/node/package.json: {name}"
        );
    }
    // The second, or a wheel can be built from the checkout and not from an sdist.
    for line in ["include = [\"sbom.cdx.json\"]", "include = [{ path = \"sbom.cdx.json\", format = \"sdist\" }]"] {
        assert!(pyproject.contains(line), "bindings/python/pyproject.toml: expected {line}");
    }
}

#[test]
fn manifests_say_where_to_look() {
    let repository = env!("CARGO_PKG_REPOSITORY");
    assert!(repository.starts_with("https://"), "[workspace.package]: repository: {repository:?}");
    for directory in published() {
        let text = read(&format!("{directory}/Cargo.toml"));
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix("= "));
            line.unwrap_or_else(|| panic!("{directory}/Cargo.toml: no {key}")).trim_matches('"').to_owned()
        };
        for key in ["license", "repository", "homepage", "keywords", "categories"] {
            assert_eq!(value(&format!("{key}.workspace")), "true", "{directory}/Cargo.toml: {key}");
        }
        assert_eq!(value("documentation"), format!("https://docs.rs/{}", value("name")), "{directory}/Cargo.toml");
        read(&format!("{directory}/{}", value("readme")));
    }
    let package: serde_json::Value = serde_json::from_str(&read("bindings/node/package.json")).unwrap();
    assert_eq!(package["repository"]["url"], format!("git+{repository}.git"), "bindings/node/package.json");
    let pyproject = read("bindings/python/pyproject.toml");
    for key in ["Homepage", "Documentation", "Repository", "Changelog", "Issues"] {
        assert!(pyproject.contains(&format!("\n{key} = \"{repository}")), "bindings/python/pyproject.toml: {key}");
    }
}

/// The workflows, each by its path.
fn workflows() -> Vec<(String, String)> {
    let entries = files::entries(tools::root().join(".github/workflows")).unwrap().into_iter();
    entries.map(|path| (tools::shown(&path), files::read(path).unwrap())).collect()
}

/// A tag of somebody else's repository may be moved to other code; a digest is that code. And no step finds the token with which
/// the tree was fetched.
#[test]
fn actions_are_pinned_by_digest() {
    let mut pinned = 0;
    for (path, text) in workflows() {
        for line in text.lines() {
            let Some((_, action)) = line.split_once("uses: ") else { continue };
            let (_, version) = action.split_once('@').unwrap_or((action, ""));
            let (digest, tag) = version.split_once(" # ").unwrap_or((version, ""));
            let is_digest = digest.len() == 40 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_digest && tag.starts_with('v'), "{path}: {action}, expected @DIGEST # vTAG");
            pinned += 1;
        }
        let [fetched, forgotten] =
            ["actions/checkout@", "persist-credentials: false"].map(|text_of| text.matches(text_of).count());
        assert_eq!(fetched, forgotten, "{path}: expected persist-credentials: false for each checkout");
    }
    assert!(pinned > 0, "no action is used: the search is broken");
}

/// What workflows call is there, with these flags.
#[test]
fn workflows_call_what_there_is() {
    let mut called = 0;
    for (path, text) in workflows() {
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let Some((_, words)) = line.split_once(" xtask ") else { continue };
            let words = words.split_whitespace().map(|word| word.trim_matches('"').into()).collect();
            let read = crate::flags::Xtask::from_vec(words);
            assert!(read.is_ok(), "{path}: {}: {}", line.trim(), read.unwrap_err());
            called += 1;
        }
    }
    assert!(called > 0, "no workflow calls xtask: the search is broken");
}

/// One version for all packages: the workspace's, which this crate has too.
#[test]
fn versions_agree() {
    let version = env!("CARGO_PKG_VERSION");
    for (path, text) in sources(&["Cargo.toml"]) {
        let workspace = text.contains("[workspace]");
        for line in text.lines().map(str::trim) {
            let own = line.starts_with("version = ") && !workspace;
            assert!(!own, "{path}: `{line}`, expected `version.workspace = true`");
            // The crates are locked to each other: generated code calls what only this version has.
            let ours = line.starts_with("pixfuse") && line.contains("version = ");
            assert!(
                !ours || line.contains(&format!("\"={version}\"")),
                "{path}: `{line}`, expected version \"={version}\""
            );
        }
    }

    // From Cargo.toml, by maturin.
    assert!(read("bindings/python/pyproject.toml").contains("dynamic = [\"version\"]"));
    for path in ["bindings/node/package.json", "bindings/web/package.json"] {
        let package: serde_json::Value = serde_json::from_str(&read(path)).unwrap();
        assert_eq!(package["version"], version, "{path}");
    }
}

/// Shells of Windows run the scripts, and its tests read the goldens, byte by byte.
#[test]
fn files_are_checked_out_as_they_are_committed() {
    let attributes = files::read(tools::root().join(".gitattributes")).unwrap();
    assert!(attributes.lines().any(|line| line == "* -text"), "{attributes}");
    for (path, text) in sources(&[".rs", ".toml", ".py", ".js", ".mjs", ".ts", ".c", ".h", ".txt", ".md", ".json"]) {
        assert!(!text.contains('\r'), "{path}");
    }
}
