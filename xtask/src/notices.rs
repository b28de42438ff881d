//! `cargo xtask notices`: what the wheel, the npm packages and the C library say of the code of others that is in them.
//!
//! Two files beside each manifest, committed, so that every build has them: `THIRD-PARTY-NOTICES.txt`, the licence texts,
//! by cargo-about; and `sbom.cdx.json`, the bill of materials. maturin would write the latter too, with the paths of the
//! machine that builds, and npm knows nothing of Rust.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::progress::step;
use crate::{files, tools};

/// A package, and the crate that is linked into it.
struct Package {
    krate: &'static str,
    /// With these features, which are those of what is published.
    features: &'static str,
    /// The folder of `bindings` with its manifest.
    at: &'static str,
    /// Where its two files go.
    directory: &'static str,
}

const PACKAGES: [Package; 4] = [
    Package { krate: "pixfuse-python", features: "libjpeg-turbo", at: "python", directory: "bindings/python" },
    Package { krate: crate::node::ADDON, features: "libjpeg-turbo", at: "node/addon", directory: "bindings/node" },
    Package { krate: "pixfuse-c", features: "libjpeg-turbo", at: "c", directory: "bindings/c" },
    Package { krate: "pixfuse-web", features: "", at: "web", directory: "bindings/web" },
];

const NOTICES: &str = "THIRD-PARTY-NOTICES.txt";
const SBOM: &str = "sbom.cdx.json";

pub(crate) fn run() -> Result<()> {
    let about = tools::cargo_tool("cargo-about", "0.9.3", &["cli"])?;
    // cargo-about asks other sites for licences unless it is offline, and then every crate has to be here.
    step("fetching crates", "fetch", tools::cargo().args(["fetch", "--locked"]))?;
    for package in PACKAGES {
        let Package { krate, features, at, directory } = package;
        let directory = tools::root().join(directory);
        let notices = directory.join(NOTICES);
        let mut generate = tools::command(&about);
        generate
            .args(["about", "generate", "--offline", "--fail", "--config", "about.toml"])
            .args(["--manifest-path", &format!("bindings/{at}/Cargo.toml"), "--features", features, "--output-file"])
            .arg(&notices)
            .arg("xtask/src/notices.hbs");
        step(&format!("gathering the notices of {krate}"), &format!("notices-{krate}"), &mut generate)?;
        files::write(&notices, tidied(&files::read(&notices)?))?;
        files::write(directory.join(SBOM), format!("{:#}\n", sbom(&linked(&package, true)?)))?;
        println!("written {}, {}", tools::shown(&notices), tools::shown(&directory.join(SBOM)));
    }
    Ok(())
}

/// Licences as their owners wrote them, but for spaces at the ends of lines and two empty lines in a row.
fn tidied(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_some_and(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n").trim_end().to_owned() + "\n"
}

/// A crate whose code is in a binary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Linked {
    name: String,
    version: String,
    licence: String,
    repository: String,
    /// Names with versions of what it uses itself.
    uses: Vec<String>,
}

impl Linked {
    fn purl(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version)
    }
}

/// What is linked into a package's binary, its own crate first: on this machine, or on any.
fn linked(package: &Package, any_target: bool) -> Result<Vec<Linked>> {
    let mut tree = tools::cargo();
    tree.args(["tree", "--locked", "--package", package.krate, "--features", package.features]);
    tree.args(["--edges", "normal,no-proc-macro", "--no-dedupe"]);
    tree.args(["--prefix", "depth", "--format", "\t{p}\t{l}\t{r}"]);
    read_tree(&tools::output(tree.args(any_target.then_some("--target=all")))?)
}

/// Lines of `DEPTH <tab> NAME vVERSION .. <tab> LICENCE <tab> REPOSITORY`.
fn read_tree(text: &str) -> Result<Vec<Linked>> {
    let mut all: Vec<Linked> = Vec::new();
    // The places in `all` of what is above a line.
    let mut above: Vec<usize> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().with_context(|| format!("cargo tree: {line}"));
        let depth: usize = cell()?.parse().with_context(|| format!("cargo tree: {line}"))?;
        let (package, licence, repository) = (cell()?, cell()?.to_owned(), cell()?.to_owned());
        let mut words = package.split(' ');
        let name = words.next().unwrap_or_default().to_owned();
        let version = words.next().unwrap_or_default().trim_start_matches('v').to_owned();
        let at = all.iter().position(|known| known.name == name && known.version == version).unwrap_or_else(|| {
            all.push(Linked { name, version, licence, repository, uses: Vec::new() });
            all.len() - 1
        });
        above.truncate(depth);
        if let Some(&user) = above.last() {
            let title = all[at].purl();
            if !all[user].uses.contains(&title) {
                all[user].uses.push(title);
            }
        }
        above.push(at);
    }
    Ok(all)
}

/// A CycloneDX document, with nothing in it of the machine or of the day.
fn sbom(linked: &[Linked]) -> Value {
    let component = |krate: &Linked| {
        let mut component = json!({
            "type": "library",
            "bom-ref": krate.purl(),
            "name": krate.name,
            "version": krate.version,
            "purl": krate.purl(),
            // Before SPDX had expressions, Cargo wrote a slash for OR.
            "licenses": [{ "expression": krate.licence.replace('/', " OR ") }],
        });
        if !krate.repository.is_empty() {
            component["externalReferences"] = json!([{ "type": "vcs", "url": krate.repository }]);
        }
        component
    };
    let mut rest = linked[1..].to_vec();
    rest.sort();
    let dependencies = linked.iter().map(|krate| json!({ "ref": krate.purl(), "dependsOn": krate.uses }));
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component(&linked[0]) },
        "components": rest.iter().map(component).collect::<Vec<_>>(),
        "dependencies": dependencies.collect::<Vec<_>>(),
    })
}

/// `cargo xtask deny`: licences, bans and sources of every dependency, and what is known against them with `--advisories`.
pub(crate) fn deny(advisories: bool) -> Result<()> {
    let deny = tools::cargo_tool("cargo-deny", "0.20.2", &[])?;
    let mut check = tools::command(deny);
    check.args(["--locked", "check", "licenses", "bans", "sources"]);
    // These need the database of https://rustsec.org.
    tools::run(check.args(advisories.then_some("advisories")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_with_what_each_crate_uses() {
        let text = "0\town v0.1.0 (/a/b)\tMIT\thttps://own\n1\tpng v0.18.1\tMIT OR Apache-2.0\thttps://png\n\
                    2\tcrc v1.0.0\tISC\t\n1\tcrc v1.0.0\tISC\t\n";
        let linked = read_tree(text).unwrap();
        assert_eq!(linked[0].uses, ["pkg:cargo/png@0.18.1", "pkg:cargo/crc@1.0.0"]);
        assert_eq!((linked.len(), &linked[1].licence[..]), (3, "MIT OR Apache-2.0"));
        let sbom = sbom(&linked);
        assert_eq!(sbom["components"][0]["purl"], "pkg:cargo/crc@1.0.0");
        assert_eq!(sbom["dependencies"][1]["dependsOn"][0], "pkg:cargo/crc@1.0.0");
        assert!(!sbom.to_string().contains("/a/b"));
    }

    #[test]
    fn notices_name_all_that_is_linked() {
        for package in PACKAGES {
            let directory = package.directory;
            let read = |name: &str| files::read(tools::root().join(directory).join(name)).unwrap();
            let (notices, sbom) = (read(NOTICES), read(SBOM));
            for linked in linked(&package, false).unwrap() {
                let title = format!("{} {}", linked.name, linked.version);
                let in_notices = linked.name.starts_with("pixfuse") || notices.contains(&format!("\n{title} ("));
                let in_sbom = sbom.contains(&linked.purl());
                assert!(in_notices && in_sbom, "{directory} does not name {title}: run `cargo xtask notices`");
            }
        }
    }
}
