//! `cargo xtask release --dry-run`: all of a release that any machine can do, and a list of the rest.
//!
//! Nothing is published from here: `.github/workflows/release.yml` does that, for a tag, after the packages of every
//! system were installed and their tensors compared with the goldens.

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use serde_json::Value;

use crate::flags::Release;
use crate::progress::step;
use crate::{files, judges, linux, package, symbols, tools};

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
    let metadata: Value = serde_json::from_str(&metadata)?;
    let crates = metadata["packages"].as_array().into_iter().flatten().filter(|krate| krate["publish"].is_null());
    let crates: Vec<&Value> = crates.collect();
    let mut versions: Vec<_> = crates.iter().map(|krate| (text(&krate["name"]), text(&krate["version"]))).collect();
    let names = in_order(&crates);
    ensure!(
        names.len() == crates.len(),
        "crates need each other in a circle: only {} can be published",
        names.join(", ")
    );
    for name in ["bindings/node/package.json", "bindings/web/package.json"] {
        let npm: Value = serde_json::from_str(&files::read(tools::root().join(name))?)?;
        versions.push((name.into(), text(&npm["version"])));
    }
    for (name, version) in versions {
        ensure!(version == VERSION, "expected version {VERSION} everywhere, and {name} has {version}");
    }
    done("version", &format!("{VERSION} in each crate and each package.json; the wheel takes it from its crate"));

    let changelog = files::read(tools::root().join("CHANGELOG.md"))?;
    if is_dated(&changelog, VERSION) {
        done("changelog", &format!("has a section for {VERSION}"));
    } else if is_coming(&changelog, VERSION) && flags.tag.is_none() {
        done("changelog", &format!("[Unreleased] is of {VERSION}"));
        left.push(format!("name the section [Unreleased] of CHANGELOG.md `[{VERSION}] - DATE`, and commit that"));
    } else {
        bail!("CHANGELOG.md has no section `## [{VERSION}] - DATE`: give [Unreleased] that heading");
    }

    for name in &names {
        let list = tools::output(tools::cargo().args(["package", "--list", "--allow-dirty", "--package", name]))?;
        for paper in PAPERS {
            ensure!(list.lines().any(|file| file == paper), "{name}: the package has no {paper}");
        }
    }
    let mut package = tools::cargo();
    package.args(["package", "--no-verify", "--allow-dirty"]).args(names.iter().flat_map(|name| ["--package", name]));
    step("packing the crates", "cargo-package", &mut package)?;
    done("crates", &format!("packed by cargo; they are published in this order: {}", names.join(", ")));

    let sdist = sdist()?;
    done("sdist", &format!("{} is as PyPI wants it, by twine", tools::shown(&sdist)));
    let dist = tools::target().join("dist");
    let wheels = files::with_extension(&dist, "whl");
    for wheel in &wheels {
        judges::python(wheel)?;
    }
    looked_at("wheels", &wheels, "twine and abi3audit", &mut left);

    // One ES module; and what is no module has no types.
    let module = ["--profile", "esm-only", "--exclude-entrypoints", "pixfuse.wasm", "photos.wasm", "pixels.wasm"];
    // What builds have laid out.
    let is_ours = |path: &PathBuf| files::name(path).starts_with("pixfuse") && path.join("package.json").exists();
    let npm: Vec<PathBuf> = files::entries(tools::target().join("npm")).unwrap_or_default();
    let npm: Vec<PathBuf> = npm.into_iter().filter(is_ours).collect();
    for package in &npm {
        let types = match files::name(package).as_str() {
            "pixfuse" => Some(&["--profile", "strict"][..]),
            "pixfuse-web" => Some(&module[..]),
            // Of a platform: an addon.
            _ => None,
        };
        judges::npm(package, types)?;
    }
    if !npm.iter().any(|package| package.ends_with("pixfuse-web")) {
        left.push("`cargo xtask web`, then this again: there is no pixfuse-web to look at".into());
    }
    looked_at("npm packages", &npm, "publint and attw", &mut left);

    let packages = ["whl", "tgz", "gz"].map(|extension| files::with_extension(&dist, extension)).concat();
    let mut fitting = Vec::new();
    for (name, wrong) in symbols::judge(&packages)? {
        match wrong {
            None => fitting.push(name),
            Some(wrong) => left.push(format!(
                "`cargo xtask build --target` makes {name} as it is published; the one here is not that: {wrong}"
            )),
        }
    }
    if !fitting.is_empty() {
        done("symbols", &format!("for glibc 2.17, or for musl: {}", fitting.join(", ")));
    }

    println!("\nleft to do, on other machines and by hand:");
    left.extend(ELSEWHERE.map(|line| line.replace("VERSION", VERSION)));
    for (line, number) in left.iter().zip(1..) {
        println!("{number:2}. {line}");
    }
    Ok(())
}

/// The names of crates, as cargo describes these, each after those that it needs.
fn in_order(crates: &[&Value]) -> Vec<String> {
    let names: Vec<String> = crates.iter().map(|krate| text(&krate["name"])).collect();
    let mut order: Vec<String> = Vec::new();
    // What only tests need is left out of a package, where it has no version.
    let waits_for = |krate: &Value, order: &[String]| {
        let mut needed = krate["dependencies"].as_array().into_iter().flatten().filter(|other| other["kind"] != "dev");
        needed.any(|other| names.contains(&text(&other["name"])) && !order.contains(&text(&other["name"])))
    };
    while let Some(next) =
        crates.iter().find(|krate| !order.contains(&text(&krate["name"])) && !waits_for(krate, &order))
    {
        order.push(text(&next["name"]));
    }
    order
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("none").to_owned()
}

fn done(what: &str, how: &str) {
    println!("{what}: {how}");
}

/// Says of which packages there is nothing to be said, or that there are none.
fn looked_at(what: &str, packages: &[PathBuf], judges: &str, left: &mut Vec<String>) {
    if packages.is_empty() {
        left.push(format!("`cargo xtask build`, then this again: there are no {what} to look at"));
        return;
    }
    let names: Vec<_> = packages.iter().map(|path| files::name(path)).collect();
    done(what, &format!("{judges} have nothing against them: {}", names.join(", ")));
}

/// The source distribution, packed, unpacked and looked at.
fn sdist() -> Result<PathBuf> {
    let venv = linux::venv()?;
    let into = files::empty(tools::target().join("sdist"))?;
    let mut maturin = venv.command();
    maturin.args(["-m", "maturin", "sdist", "--manifest-path"]);
    maturin.arg(tools::root().join("bindings/python/Cargo.toml")).arg("--out").arg(&into);
    step("packing the sdist", "sdist", &mut maturin)?;
    let packed = files::with_extension(&into, "gz");
    let [sdist] = &packed[..] else { bail!("expected one sdist in {}", into.display()) };
    package::look_into(&venv, sdist)?;
    judges::python(sdist)?;
    Ok(sdist.clone())
}

/// Whether the changelog has `## [1.2.3] - 2030-01-31`.
fn is_dated(changelog: &str, version: &str) -> bool {
    let shape = |text: &str| text.replace(|digit: char| digit.is_ascii_digit(), "0");
    let heading = format!("## [{version}] - ");
    changelog.lines().any(|line| line.strip_prefix(&heading).is_some_and(|day| shape(day) == "0000-00-00"))
}

/// Whether its `## [Unreleased]` names the version.
fn is_coming(changelog: &str, version: &str) -> bool {
    let coming = changelog.split("\n## ").find_map(|section| section.strip_prefix("[Unreleased]"));
    coming.is_some_and(|text| text.contains(version))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_section_has_a_day() {
        let changelog =
            "# Changelog\n\n## [Unreleased]\n\nWhat will be 1.3.0.\n\n## [1.2.0] - 2030-01-31\n\n## [1.1.0]\n";
        let is = |version: &str| (is_dated(changelog, version), is_coming(changelog, version));
        assert_eq!(["1.2.0", "1.3.0", "1.1.0"].map(is), [(true, false), (false, true), (false, false)]);
    }

    #[test]
    fn crates_come_after_what_they_need() {
        let krate = |name: &str, needs: &[(&str, Option<&str>)]| {
            let dependencies: Vec<_> = needs.iter().map(|(name, kind)| json!({ "name": name, "kind": kind })).collect();
            json!({ "name": name, "dependencies": dependencies })
        };
        let [core, spec, config] = [
            krate("core", &[("spec", None), ("config", None), ("rayon", None)]),
            krate("spec", &[]),
            krate("config", &[("spec", None), ("core", Some("dev"))]),
        ];
        assert_eq!(in_order(&[&core, &spec, &config]), ["spec", "config", "core"]);
        let circle = krate("spec", &[("core", Some("build"))]);
        assert!(in_order(&[&core, &circle, &config]).is_empty());
    }

    #[test]
    fn the_workflow_expects_every_package() {
        let read = |name: &str| files::read(tools::root().join(name)).unwrap();
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
        // Each of the three kinds of packages is compared on each system that it is built for.
        let left_out = workflow.lines().find(|line| line.contains("if: runner.os != 'Windows'"));
        assert_eq!(left_out, None);
    }
}
