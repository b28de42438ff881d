//! `cargo xtask release --dry-run`: all of a release that any machine can do, and a list of the rest.
//!
//! Nothing is published from here: `.github/workflows/release.yml` does that, for a tag, after the packages of every
//! system were installed and their tensors compared with the goldens.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::flags::Release;
use crate::progress::step;
use crate::{judges, linux, package, symbols, tools};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What no crate is published without.
const PAPERS: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// What is done elsewhere, in this order.
const ELSEWHERE: [&str; 5] = [
    "the first time only: publish each crate and npm package by hand, and name release.yml as the trusted publisher of all of \
     them and, at PyPI, of pixfuse",
    "run the workflow by hand (`gh workflow run release.yml`): it builds for Linux of glibc and musl, macOS and Windows, \
     installs each package and compares its tensors with the goldens, and publishes nothing",
    "push the tag, `git tag -s vVERSION && git push origin vVERSION`: the same, and then it publishes the wheels and the \
     sdist, the npm packages and the crates, with provenance",
    "look at what docs.rs made of the crates",
    "begin the next section of CHANGELOG.md",
];

pub(crate) fn run(flags: &Release) -> Result<()> {
    ensure!(
        flags.dry_run,
        "nothing is published from here: expected --dry-run; a pushed tag starts .github/workflows/release.yml, which publishes"
    );
    let mut left = Vec::new();
    if let Some(tag) = &flags.tag {
        ensure!(*tag == format!("v{VERSION}"), "--tag: {tag} is not v{VERSION}, the version of Cargo.toml");
    }

    let metadata = tools::output(tools::cargo().args(["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    let crates = published(&serde_json::from_str(&metadata)?);
    let mut named: Vec<_> = crates.iter().map(|krate| (krate.name.clone(), krate.version.clone())).collect();
    for name in ["bindings/node/package.json", "bindings/web/package.json"] {
        let npm: Value = serde_json::from_str(&fs::read_to_string(tools::root().join(name))?)?;
        named.push((name.into(), npm["version"].as_str().unwrap_or("none").into()));
    }
    agree(named.into_iter())?;
    done("version", &format!("{VERSION} in each crate and each package.json; the wheel takes it from its crate"));

    let changelog = fs::read_to_string(tools::root().join("CHANGELOG.md"))?;
    match section(&changelog, VERSION) {
        Section::Released => done("changelog", &format!("has a section for {VERSION}")),
        Section::Coming if flags.tag.is_none() => {
            done("changelog", &format!("[Unreleased] is of {VERSION}"));
            left.push(format!("name the section [Unreleased] of CHANGELOG.md `[{VERSION}] - DATE`, and commit that"));
        }
        _ => bail!("CHANGELOG.md has no section `## [{VERSION}] - DATE`: give [Unreleased] that heading"),
    }

    let order = in_order(crates)?;
    let names: Vec<&str> = order.iter().map(|krate| krate.name.as_str()).collect();
    for name in &names {
        let list = tools::output(tools::cargo().args(["package", "--list", "--allow-dirty", "--package", name]))?;
        for paper in PAPERS {
            ensure!(list.lines().any(|file| file == paper), "{name}: the package has no {paper}");
        }
    }
    let mut package = tools::cargo();
    package.args(["package", "--no-verify", "--allow-dirty"]).args(names.iter().flat_map(|name| ["--package", name]));
    step("packing the crates", "cargo-package", &mut package)?;
    done("crates", &format!("packed, each after what it needs: {}", names.join(", ")));

    let sdist = sdist()?;
    done("sdist", &format!("{} is as PyPI wants it, by twine", tools::shown(&sdist)));
    let wheels = files(&tools::target().join("dist"), "whl");
    for wheel in &wheels {
        judges::python(wheel)?;
    }
    let without = "twine and abi3audit have nothing against them";
    looked_at("wheels", &wheels.iter().map(PathBuf::as_path).collect::<Vec<_>>(), without, &mut left);

    let strict: &[&str] = &["--profile", "strict"];
    // One ES module; and what is no module has no types.
    let module: &[&str] =
        &["--profile", "esm-only", "--exclude-entrypoints", "pixfuse.wasm", "photos.wasm", "pixels.wasm"];
    let npm = npm_packages()?;
    for package in &npm {
        let types = match package.file_name().and_then(|name| name.to_str()) {
            Some("pixfuse") => Some(strict),
            Some("pixfuse-web") => Some(module),
            // Of a platform: an addon.
            _ => None,
        };
        judges::npm(package, types)?;
    }
    if !npm.iter().any(|package| package.ends_with("pixfuse-web")) {
        left.push("`cargo xtask web`, then this again: there is no pixfuse-web to look at".into());
    }
    let without = "publint and attw have nothing against them";
    looked_at("npm packages", &npm.iter().map(PathBuf::as_path).collect::<Vec<_>>(), without, &mut left);

    let dist = tools::target().join("dist");
    let packages = ["whl", "tgz", "gz"].map(|extension| files(&dist, extension)).concat();
    let (mut fitting, mut others) = (Vec::new(), Vec::new());
    for (name, wrong) in symbols::judge(&packages)? {
        match wrong {
            None => fitting.push(name),
            Some(wrong) => others.push(format!(
                "`cargo xtask build --target` makes {name} as it is published; the one here is not that: {wrong}"
            )),
        }
    }
    if !fitting.is_empty() {
        done("symbols", &format!("for glibc 2.17, or for musl: {}", fitting.join(", ")));
    }
    left.extend(others);

    println!("\nleft to do, on other machines and by hand:");
    left.extend(ELSEWHERE.map(|line| line.replace("VERSION", VERSION)));
    for (line, number) in left.iter().zip(1..) {
        println!("{number:2}. {line}");
    }
    Ok(())
}

fn done(what: &str, how: &str) {
    println!("{what}: {how}");
}

/// Says of which packages there is nothing to be said, or that there are none.
fn looked_at(what: &str, packages: &[&Path], without: &str, left: &mut Vec<String>) {
    if packages.is_empty() {
        left.push(format!("`cargo xtask build`, then this again: there are no {what} to look at"));
        return;
    }
    let names: Vec<_> = packages.iter().map(|path| path.file_name().unwrap_or_default().to_string_lossy()).collect();
    done(what, &format!("{without}: {}", names.join(", ")));
}

/// The source distribution, packed, unpacked and looked at.
fn sdist() -> Result<PathBuf> {
    let venv = linux::venv()?;
    let into = tools::target().join("sdist");
    if into.exists() {
        fs::remove_dir_all(&into).with_context(|| format!("cannot empty {}", into.display()))?;
    }
    let mut maturin = venv.command();
    maturin.args(["-m", "maturin", "sdist", "--manifest-path"]);
    maturin.arg(tools::root().join("bindings/python/Cargo.toml")).arg("--out").arg(&into);
    step("packing the sdist", "sdist", &mut maturin)?;
    let packed = files(&into, "gz");
    let [sdist] = &packed[..] else { bail!("expected one sdist in {}", into.display()) };
    package::look_into(&venv, sdist)?;
    judges::python(sdist)?;
    Ok(sdist.clone())
}

/// The npm packages that builds have laid out.
fn npm_packages() -> Result<Vec<PathBuf>> {
    let directory = tools::target().join("npm");
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(&directory)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let is_ours = |path: &PathBuf| {
        let named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pixfuse"));
        named && path.join("package.json").exists()
    };
    let mut packages: Vec<PathBuf> = entries.into_iter().filter(is_ours).collect();
    packages.sort();
    Ok(packages)
}

/// Files of a directory with an extension; none where there is no directory.
fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

/// Every name has the version of this crate.
fn agree(versions: impl Iterator<Item = (String, String)>) -> Result<()> {
    let others: Vec<String> = versions
        .filter(|(_, version)| version != VERSION)
        .map(|(name, version)| format!("{name} has {version}"))
        .collect();
    ensure!(others.is_empty(), "expected version {VERSION} everywhere, and {}", others.join(", "));
    Ok(())
}

#[derive(Debug, PartialEq)]
enum Section {
    /// `## [1.2.3] - 2030-01-31`
    Released,
    /// `## [Unreleased]` that names the version.
    Coming,
    Missing,
}

/// What the changelog has for a version.
fn section(changelog: &str, version: &str) -> Section {
    let dated = format!("## [{version}] - ");
    if changelog.lines().any(|line| line.strip_prefix(&dated).is_some_and(is_day)) {
        return Section::Released;
    }
    let coming = changelog.split("\n## ").find_map(|section| section.strip_prefix("[Unreleased]"));
    if coming.is_some_and(|text| text.contains(version)) { Section::Coming } else { Section::Missing }
}

/// `2030-01-31`
fn is_day(text: &str) -> bool {
    let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    shape.eq(*b"0000-00-00")
}

#[derive(Debug, PartialEq)]
struct Crate {
    name: String,
    version: String,
    /// Crates of this workspace that the registry must have before it.
    needs: BTreeSet<String>,
}

/// The crates of the workspace that are published.
fn published(metadata: &Value) -> Vec<Crate> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = metadata["packages"].as_array().into_iter().flatten();
    let is_published = |krate: &&Value| krate["publish"].is_null();
    all.filter(is_published)
        .map(|krate| {
            let dependencies = krate["dependencies"].as_array().into_iter().flatten();
            // A dependency of tests that has a path and no version is left out of what is published.
            let is_left_out = |needed: &Value| needed["kind"] == "dev" && needed["req"] == "*";
            let is_needed = |needed: &&Value| !needed["path"].is_null() && !is_left_out(needed);
            let needs = dependencies.filter(is_needed).map(|needed| text(&needed["name"])).collect();
            Crate { name: text(&krate["name"]), version: text(&krate["version"]), needs }
        })
        .collect()
}

/// The crates in an order in which each finds what it needs.
fn in_order(mut crates: Vec<Crate>) -> Result<Vec<Crate>> {
    crates.sort_by(|one, other| one.name.cmp(&other.name));
    let mut order: Vec<Crate> = Vec::new();
    while !crates.is_empty() {
        let is_there = |name: &String| order.iter().any(|krate| krate.name == *name);
        let next = crates.iter().position(|krate| krate.needs.iter().all(is_there));
        let stuck = || {
            let needs = |krate: &Crate| format!("{} needs {:?}", krate.name, krate.needs);
            format!("no order to publish in: {}", crates.iter().map(needs).collect::<Vec<_>>().join(", "))
        };
        let next = next.with_context(stuck)?;
        order.push(crates.remove(next));
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn krate(name: &str, needs: &[&str]) -> Crate {
        let needs = needs.iter().map(|&name| name.to_owned()).collect();
        Crate { name: name.to_owned(), version: VERSION.to_owned(), needs }
    }

    #[test]
    fn a_crate_comes_after_what_it_needs() {
        let crates = vec![krate("core", &["macros", "spec"]), krate("macros", &["spec"]), krate("spec", &[])];
        let names: Vec<String> = in_order(crates).unwrap().into_iter().map(|krate| krate.name).collect();
        assert_eq!(names, ["spec", "macros", "core"]);
        let error = in_order(vec![krate("a", &["b"]), krate("b", &["a"])]).unwrap_err().to_string();
        assert_eq!(error, r#"no order to publish in: a needs {"b"}, b needs {"a"}"#);
        // Needed, and not published.
        assert!(in_order(vec![krate("a", &["private"])]).is_err());
    }

    #[test]
    fn a_test_may_use_a_crate_that_comes_later() {
        let dependency =
            |kind: Value, req: &str, path: Value| json!({ "name": "core", "kind": kind, "req": req, "path": path });
        let needs = |dependency: Value| {
            let krate = json!({ "name": "config", "version": "1.0.0", "publish": null, "dependencies": [dependency] });
            let private = json!({ "name": "demo", "version": "1.0.0", "publish": [], "dependencies": [] });
            let crates = published(&json!({ "packages": [krate, private] }));
            assert_eq!(crates.len(), 1);
            crates[0].needs.len()
        };
        assert_eq!(needs(dependency("dev".into(), "*", "/core".into())), 0);
        assert_eq!(needs(dependency("dev".into(), "=1.0.0", "/core".into())), 1);
        assert_eq!(needs(dependency("build".into(), "=1.0.0", "/core".into())), 1);
        assert_eq!(needs(dependency(Value::Null, "^1.0.0", Value::Null)), 0);
    }

    #[test]
    fn one_version_everywhere() {
        let named = |version: &str| [("core".to_owned(), VERSION.to_owned()), ("npm".to_owned(), version.to_owned())];
        agree(named(VERSION).into_iter()).unwrap();
        let error = agree(named("9.0.0").into_iter()).unwrap_err().to_string();
        assert_eq!(error, format!("expected version {VERSION} everywhere, and npm has 9.0.0"));
    }

    #[test]
    fn a_section_has_a_day() {
        let changelog =
            "# Changelog\n\n## [Unreleased]\n\nWhat will be 1.3.0.\n\n## [1.2.0] - 2030-01-31\n\n## [1.1.0]\n";
        assert_eq!(section(changelog, "1.2.0"), Section::Released);
        assert_eq!(section(changelog, "1.3.0"), Section::Coming);
        assert_eq!(section(changelog, "1.1.0"), Section::Missing);
        assert_eq!(section(changelog, "2.0.0"), Section::Missing);
    }

    #[test]
    fn the_workflow_expects_every_package() {
        let read = |name: &str| fs::read_to_string(tools::root().join(name)).unwrap();
        let npm: Value = serde_json::from_str(&read("bindings/node/package.json")).unwrap();
        let targets: Vec<&str> = npm["napi"]["targets"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        // Each has a wheel for Python with the lock, and but for musl two more for Python without it.
        let wheels: usize = targets.iter().map(|target| if target.ends_with("musl") { 1 } else { 3 }).sum();
        let workflow = read(".github/workflows/release.yml");
        let expected = [
            ("*.whl", wheels),
            // `pixfuse` itself and `pixfuse-web` beside those of the platforms.
            ("*.tgz", targets.len() + 2),
            // The C library of each, and the sdist.
            ("*.tar.gz", targets.len() + 1),
        ];
        for (names, count) in expected {
            let line = format!(r#"[ "$(find dist -name '{names}' | wc -l)" -eq {count} ]"#);
            assert!(workflow.contains(&line), "release.yml does not have {line}");
        }
    }
}
