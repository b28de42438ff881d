//! The packages for npm, as napi 3 lays them out: `pixfuse`, which is JavaScript, and one with the addon for each platform,
//! which are its optional dependencies, so that npm installs the one that fits.
//!
//! They are put together in the target directory: a checkout has no dependencies that are not published yet.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use crate::package::PAPERS;
use crate::progress::step;
use crate::{files, tools};

/// Where the package's files and the addon are.
const SOURCE: &str = "bindings/node";

/// What npm calls a target of Rust.
#[derive(Debug, PartialEq)]
struct Platform {
    /// What follows `pixfuse-` in the name of its package.
    name: String,
    os: &'static str,
    cpu: &'static str,
    libc: Option<&'static str>,
}

impl Platform {
    fn of(target: &str) -> Result<Self> {
        let (architecture, system) = target.split_once('-').unwrap_or((target, ""));
        let cpu = match architecture {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            other => bail!("npm has no name for the architecture {other} of {target}"),
        };
        let (os, abi, libc) = match system {
            "apple-darwin" => ("darwin", "", None),
            "unknown-linux-gnu" => ("linux", "-gnu", Some("glibc")),
            "unknown-linux-musl" => ("linux", "-musl", Some("musl")),
            "pc-windows-msvc" => ("win32", "-msvc", None),
            other => bail!("npm has no name for the system {other} of {target}"),
        };
        Ok(Self { name: format!("{os}-{cpu}{abi}"), os, cpu, libc })
    }

    /// The `package.json` of its package, with what it shares with that of `pixfuse`.
    fn manifest(&self, shared: &Value) -> Value {
        let main = format!("pixfuse.{}.node", self.name);
        let files: Vec<&str> = [main.as_str()].into_iter().chain(PAPERS).collect();
        let mut manifest = json!({
            "name": format!("pixfuse-{}", self.name),
            "description": format!("The addon of pixfuse for {}", self.name),
            "os": [self.os],
            "cpu": [self.cpu],
            "type": "commonjs",
            "main": main,
            "files": files,
        });
        for key in ["version", "license", "repository", "homepage", "bugs", "keywords", "engines"] {
            manifest[key] = shared[key].clone();
        }
        if let Some(libc) = self.libc {
            manifest["libc"] = json!([libc]);
        }
        manifest
    }
}

/// Where the addon of a checkout is.
pub(crate) fn addon() -> PathBuf {
    tools::root().join(SOURCE).join("pixfuse.node")
}

/// Packs `pixfuse`, and the package of `target`, whose addon this is, into `into`. Gives the two tarballs.
pub(crate) fn pack(target: &str, addon: &Path, into: &Path) -> Result<[PathBuf; 2]> {
    let [platform, package] = lay_out(target, addon)?;
    Ok([packed(&platform, into)?, packed(&package, into)?])
}

/// Lays out `pixfuse`, and the package of `target`, whose addon this is, as they would be installed. Gives their directories.
pub(crate) fn lay_out(target: &str, addon: &Path) -> Result<[PathBuf; 2]> {
    let source = tools::root().join(SOURCE);
    let text = files::read(source.join("package.json"))?;
    let manifest: Value = serde_json::from_str(&text)?;
    let targets = manifest["napi"]["targets"].as_array().cloned().unwrap_or_default();
    let platforms = targets.iter().filter_map(Value::as_str).map(Platform::of).collect::<Result<Vec<_>>>()?;
    let here = Platform::of(target)?;
    ensure!(platforms.contains(&here), "{target} is not among napi.targets of {SOURCE}/package.json");

    let name = format!("pixfuse-{}", here.name);
    let platform = directory(&name)?;
    files::copy(addon, platform.join(format!("pixfuse.{}.node", here.name)))?;
    for paper in PAPERS.into_iter().filter(|&paper| paper != "README.md") {
        files::copy(source.join(paper), platform.join(paper))?;
    }
    let readme = format!(
        "# {name}\n\nThe addon of [pixfuse](https://www.npmjs.com/package/pixfuse) for {}: install `pixfuse`, which has it as an \
         optional dependency.\n",
        here.name
    );
    files::write(platform.join("README.md"), readme)?;
    files::write(platform.join("package.json"), format!("{:#}\n", here.manifest(&manifest)))?;

    let package = directory("pixfuse")?;
    for file in manifest["files"].as_array().into_iter().flatten().filter_map(Value::as_str).chain(["README.md"]) {
        files::copy(source.join(file), package.join(file))?;
    }
    files::write(package.join("package.json"), &text)?;
    // By npm, which keeps the order of what is there: the first of the conditions of `exports` counts.
    let version = manifest["version"].as_str().unwrap_or_default();
    let dependency = |platform: &Platform| format!("optionalDependencies.pixfuse-{}={version}", platform.name);
    let (mut set, mut delete) = (tools::npm()?, tools::npm()?);
    set.args(["pkg", "set"]).args(platforms.iter().map(dependency)).current_dir(&package);
    step("naming the packages of the platforms", "npm-pkg-set", &mut set)?;
    // Of a checkout only.
    delete.args(["pkg", "delete", "devDependencies", "scripts"]).current_dir(&package);
    step("leaving out what a checkout has", "npm-pkg-delete", &mut delete)?;
    Ok([platform, package])
}

/// An empty directory for a package.
pub(crate) fn directory(name: &str) -> Result<PathBuf> {
    files::empty(tools::target().join("npm").join(name))
}

/// Packs the directory of a package into one that need not be there. Gives the tarball.
pub(crate) fn packed(directory: &Path, into: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(into)?;
    let name = files::name(directory);
    let mut npm = tools::npm()?;
    npm.args(["pack", "--pack-destination"]).arg(into).current_dir(directory);
    step(&format!("packing {name} for npm"), "npm-pack", &mut npm)?;
    Ok(into.join(format!("{name}-{}.tgz", env!("CARGO_PKG_VERSION"))))
}

/// Installs tarballs into a project of nothing else, and loads `pixfuse` both ways, and the package for browsers where it is
/// among them.
pub(crate) fn try_out(tarballs: &[PathBuf]) -> Result<()> {
    let directory = directory("project")?;
    files::write(directory.join("package.json"), "{ \"private\": true }\n")?;
    let mut npm = tools::npm()?;
    npm.args(["install", "--no-audit", "--no-fund", "--omit=dev"]).args(tarballs).current_dir(&directory);
    step("installing the npm packages into a project", "npm-install", &mut npm)?;
    let program = "const required = require('pixfuse'); import('pixfuse').then(async imported => {\
                   const text = 'input(rgb8), resize(2, 2, bilinear), output(rgb, u8, hwc)';\
                   const image = { data: new Uint8Array(27).fill(7), width: 3, height: 3 };\
                   const isRight = ({ Pipeline }) => new Pipeline(text).runSync(image).data.every(value => value === 7);\
                   if (imported.default !== required || !isRight(imported)) process.exit(1);\
                   if (process.argv[1] === undefined) return;\
                   const web = await import('pixfuse-web'); await web.init(); if (!isRight(web)) process.exit(1)})";
    let mut node = tools::node()?;
    node.args(["-e", program]).current_dir(&directory);
    let is_web = |tarball: &PathBuf| files::name(tarball).starts_with("pixfuse-web-");
    node.args(tarballs.iter().any(is_web).then_some("pixfuse-web"));
    step("running what was installed", "npm-run", &mut node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_the_names_of_napi() {
        let names = [
            ("x86_64-unknown-linux-gnu", Some("linux-x64-gnu")),
            ("aarch64-unknown-linux-musl", Some("linux-arm64-musl")),
            ("aarch64-apple-darwin", Some("darwin-arm64")),
            ("x86_64-pc-windows-msvc", Some("win32-x64-msvc")),
            ("riscv64gc-unknown-linux-gnu", None),
            ("x86_64-unknown-freebsd", None),
        ];
        for (target, name) in names {
            assert_eq!(Platform::of(target).ok().map(|found| found.name).as_deref(), name);
        }
    }

    #[test]
    fn packages_go_into_a_new_directory() {
        if !tools::is_there("npm") {
            return eprintln!("NOT run: there is no npm");
        }
        let place = std::env::temp_dir().join(format!("pixfuse-npm-{}", std::process::id()));
        let source = files::empty(place.join("some")).unwrap();
        let manifest = json!({ "name": "some", "version": env!("CARGO_PKG_VERSION") });
        files::write(source.join("package.json"), manifest.to_string()).unwrap();
        assert!(packed(&source, &place.join("a/b")).unwrap().exists());
        std::fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn a_package_says_where_it_fits() {
        let of =
            |target: &str| Platform::of(target).unwrap().manifest(&json!({ "version": "1.2.3", "license": "MIT" }));
        let manifest = of("x86_64-unknown-linux-musl");
        let expected = json!({ "name": "pixfuse-linux-x64-musl", "os": ["linux"], "cpu": ["x64"], "libc": ["musl"],
            "main": "pixfuse.linux-x64-musl.node", "version": "1.2.3", "license": "MIT" });
        expected.as_object().unwrap().iter().for_each(|(key, value)| assert_eq!(manifest[key], *value));
        assert_eq!(of("aarch64-apple-darwin").get("libc"), None);
    }
}
