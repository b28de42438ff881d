//! `cargo xtask web`: the package for browsers, `pixfuse-web`, in the target directory.
//!
//! The module is Rust for `wasm32-unknown-unknown`, with SIMD; all else is JavaScript that is kept in the tree, most of it that
//! of Node.js. A toolchain for that target comes in four ways, and the first that is there is taken: those first that compile
//! Rust's own libraries anew, to be small.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::progress::step;
use crate::report::Count;
use crate::test::stream;
use crate::{cross, files, node, npm, package, report, test, tools};

const TARGET: &str = "wasm32-unknown-unknown";

/// What is ours alone, and where the classes are that are Node.js's too.
const SOURCE: &str = "bindings/web";
const NODE: &str = "bindings/node";

/// Bundlers, and an app for them; and runtimes of JavaScript other than Node.js.
const BUNDLERS: &str = "bindings/web/bundlers";
const RUNTIMES: &str = "bindings/web/runtimes";

/// Tests of Node.js, by the name of their file, of what the package for browsers has not: an addon, paths, threads, its own
/// recipes.
const ABSENT: [&str; 5] = ["documentation", "package", "site", "threads", "transformers-js"];

/// The modules of WebAssembly in the package, by the names of their files, with the features of `pixfuse-web` that each has.
const MODULES: [(&str, &str); 3] = [("pixfuse", "configs,formats,previews"), ("photos", "photos"), ("pixels", "")];

/// The crate of those.
const MODULE: &str = "pixfuse-web-module";

/// The most bytes that a page loads, with brotli, of a module whose libraries are compiled to be small.
const MOST: [usize; 3] = [615_000, 450_000, 250_000];

/// The first Rust that [`SMALL`] was tried with.
const SMALL_SINCE: u32 = 95;

/// Rust's own libraries compiled anew, with their code for size; a panic is one instruction, since a module has nowhere to print
/// its message.
const SMALL: [&str; 3] =
    ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size", "-Zpanic-immediate-abort"];

/// What can build for the target.
struct Toolchain {
    /// Which it is, for people.
    name: String,
    cargo: Command,
    /// Whether Rust's libraries are compiled to be small.
    is_small: bool,
}

impl Toolchain {
    /// One that compiles Rust's libraries anew, to be small.
    fn small(name: &str, mut cargo: Command) -> Self {
        cargo.args(SMALL).env("CARGO_PROFILE_WEB_PANIC", "immediate-abort");
        Self { name: format!("{name}, with Rust's libraries compiled to be small"), cargo, is_small: true }
    }

    /// One whose libraries are as they come.
    fn as_it_comes(name: &str, cargo: Command) -> Self {
        let name = format!(
            "{name}; modules are smaller with `rustup component add rust-src`, of Rust 1.{SMALL_SINCE} or newer"
        );
        Self { name, cargo, is_small: false }
    }
}

/// Builds the package, and says how large it is.
pub(crate) fn run() -> Result<()> {
    for note in sizes(&built()?)? {
        println!("{note}");
    }
    Ok(())
}

/// The directory of the package, built.
pub(crate) fn built() -> Result<PathBuf> {
    println!("built by {}", toolchain(true)?.with_context(missing)?.name);
    package()
}

/// Whether anything here builds it: [`missing`] says what to do where not.
pub(crate) fn can_build() -> Result<bool> {
    Ok(toolchain(true)?.is_some())
}

/// `cargo xtask test --web`: the tests of Node.js with this package in the place of the addon, those of the package itself, a
/// page in Chromium, both packages for JavaScript through bundlers, and its types.
pub(crate) fn test(count: &mut Count) -> Result<()> {
    let directory = beside_addon(BUNDLERS)?;
    let too_large = sizes(&directory)?;
    ensure!(too_large.is_empty(), too_large.join(", "));
    let tests = tools::root().join(SOURCE).join("test");
    let mut run = with_package(&directory)?;
    let shared = node::test_files(&format!("{NODE}/test"))?;
    let is_shared = |path: &PathBuf| !ABSENT.iter().any(|name| path.ends_with(format!("{name}.test.mjs")));
    run.args(shared.into_iter().filter(|path| path.extension().is_some_and(|end| end == "mjs")).filter(is_shared));
    run.args(node::test_files(&format!("{SOURCE}/test"))?).args(node::test_files(BUNDLERS)?);
    let without_std = module("without-std-module", &[])?;
    run.args(node::test_files("examples/without-std/module/test")?).env("PIXFUSE_WITHOUT_STD", without_std);
    // All of the tables of goldens would take minutes on one level; Node.js compares them, with the same code above the kernels.
    run.env("PIXFUSE_CASES_EVERY", cross::given("PIXFUSE_CASES_EVERY", "5"));
    let mut tested = stream(&mut run, count);
    for (name, _) in &MODULES[1..] {
        let mut run = with_package(&directory)?;
        run.arg(format!("{NODE}/test/goldens.test.mjs")).env("PIXFUSE_MODULE", name).env("PIXFUSE_CASES_EVERY", "25");
        tested = tested.and(stream(&mut run, count));
    }

    let project = directory.with_file_name("types.json");
    let configuration = json!({
        "compilerOptions": {
            "strict": true, "noEmit": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler",
            "lib": ["es2022", "dom"], "types": [], "exactOptionalPropertyTypes": true,
            "paths": { "pixfuse-web": [directory.join("index.d.ts")] },
        },
        "files": [tests.join("types.ts")],
    });
    files::write(&project, configuration.to_string())?;
    let mut tsc = tools::node()?;
    tsc.arg(tools::root().join(NODE).join("node_modules/typescript/bin/tsc")).arg("--project").arg(project);
    tested.and(step("checking the types of the package for browsers", "tsc-web", &mut tsc))
}

/// `cargo xtask test --platforms`, its part of JavaScript: the page and the playground in the browsers that are here, both
/// packages in the runtimes that npm has, and the examples: a photo into a model, and declarations of one's own.
pub(crate) fn elsewhere(count: &mut Count) -> Result<()> {
    let directory = beside_addon(RUNTIMES)?;
    let mut run = with_package(&directory)?;
    let own = module("own-pipelines-web", &[])?;
    run.args(node::test_files("examples/own-pipelines/web/test")?).env("PIXFUSE_OWN_WEB", own);
    let in_browsers = ["browser", "playground"].map(|name| format!("{SOURCE}/test/{name}.test.mjs"));
    run.args(in_browsers).args(node::test_files(RUNTIMES)?).env("PIXFUSE_BROWSERS", "Chromium,Firefox,WebKit");
    stream(&mut run, count)
}

/// The directory of the package, built, beside that of Node.js, with the packages of npm that tests in a directory use.
fn beside_addon(modules: &str) -> Result<PathBuf> {
    ensure!(can_build()?, "not run: {}", missing());
    node::modules(modules)?;
    test::addon()?;
    npm::lay_out(&tools::host()?, &npm::addon())?;
    built()
}

/// A run of tests of Node.js with the package in this directory in the place of the addon.
fn with_package(directory: &Path) -> Result<Command> {
    let mut run = node::tests()?;
    // A path of Windows is no URL, and the loader takes one.
    run.arg("--import").arg(format!("./{SOURCE}/test/instead.mjs")).env("PIXFUSE_WEB", directory);
    Ok(run)
}

/// How to get what is not there.
pub(crate) fn missing() -> String {
    format!(
        "no toolchain here builds for {TARGET}. Get one of these:\n\
         - `rustup component add rust-src`, for Rust 1.{SMALL_SINCE} or newer;\n\
         - `rustup toolchain install nightly --component rust-src`;\n\
         - `rustup target add {TARGET}`, for larger modules;\n\
         - on Debian and Ubuntu `apt-get install rustc-web rust-web-src lld-19`."
    )
}

/// The first that is there: of those that compile Rust's libraries anew, if what is published is to be small, this toolchain or
/// a nightly with its sources; the target of this toolchain; Debian's compiler for browsers.
fn toolchain(is_published: bool) -> Result<Option<Toolchain>> {
    let has_sources = |rustc: &mut Command| {
        tools::sysroot(rustc).is_some_and(|sysroot| sysroot.join("lib/rustlib/src/rust/library/std").is_dir())
    };
    let own = || tools::command(tools::rustc());
    let has_target =
        || tools::sysroot(&mut own()).is_some_and(|root| root.join("lib/rustlib").join(TARGET).join("lib").is_dir());
    if !is_published && has_target() {
        // Examples are built as their readers build them.
        return Ok(Some(Toolchain::as_it_comes(&format!("this toolchain's {TARGET}"), tools::cargo())));
    }
    let version = tools::ask(own().arg("--version")).map_or(0, |said| minor(&said));
    if version >= SMALL_SINCE && has_sources(&mut own()) {
        // What is not stable is an option of the very compiler that all else is built and tested with, and goes with its version.
        let mut cargo = tools::cargo();
        cargo.env("RUSTC_BOOTSTRAP", "1");
        return Ok(Some(Toolchain::small("this toolchain", cargo)));
    }
    let nightly = || {
        let mut rustc = tools::command("rustc");
        // A question installs nothing.
        rustc.arg("+nightly").env_remove("RUSTUP_TOOLCHAIN").env("RUSTUP_AUTO_INSTALL", "0");
        rustc
    };
    let said = tools::ask(nightly().arg("--version"));
    if said.is_some_and(|said| said.contains("nightly")) && has_sources(&mut nightly()) {
        // Through rustup: the cargo that runs this is another toolchain's.
        let mut cargo = tools::command("cargo");
        cargo.arg("+nightly");
        for name in ["RUSTC", "RUSTUP_TOOLCHAIN", "CARGO"] {
            cargo.env_remove(name);
        }
        return Ok(Some(Toolchain::small("nightly", cargo)));
    }
    if has_target() {
        return Ok(Some(Toolchain::as_it_comes(&format!("this toolchain's {TARGET}"), tools::cargo())));
    }
    let debian = Path::new("/usr/lib/rust-web/bin/rustc");
    if debian.exists() && has_sources(&mut tools::command(debian)) {
        let linkers = ["/usr/lib/llvm-19/bin/wasm-ld", "/usr/bin/wasm-ld-19", "/usr/bin/wasm-ld"];
        let linker = linkers.into_iter().find(|linker| Path::new(linker).exists());
        let linker = linker.context("rustc-web is here and no wasm-ld: `apt-get install lld-19`")?;
        let mut cargo = tools::cargo();
        cargo.args(["-Z", "build-std=std,panic_abort"]).env("RUSTC", debian).env("RUSTC_BOOTSTRAP", "1");
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        return Ok(Some(Toolchain::as_it_comes("Debian's rustc-web", cargo)));
    }
    Ok(None)
}

/// The second number of a compiler's version, or zero.
fn minor(said: &str) -> u32 {
    said.split('.').nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Builds the module of a crate. Gives its file.
fn module(krate: &str, features: &[&str]) -> Result<PathBuf> {
    let Toolchain { mut cargo, .. } = toolchain(krate == MODULE)?.with_context(missing)?;
    let target = tools::target().join("web");
    cargo.args(["build", "--package", krate, "--profile", "web", "--target", TARGET]).args(features);
    // Each engine that is kept up to date has these instructions; none is told at run time which there are.
    package::without_paths(&mut cargo, &["-Ctarget-feature=+simd128"]);
    cargo.env("CARGO_TARGET_DIR", &target);
    step("building the module of WebAssembly", "cargo-web", &mut cargo)?;
    Ok(target.join(TARGET).join("web").join(format!("{}.wasm", krate.replace('-', "_"))))
}

/// Builds the modules, and puts the package together.
fn package() -> Result<PathBuf> {
    let directory = npm::directory("pixfuse-web")?;
    for (name, features) in MODULES {
        let features = ["--no-default-features", "--features", features];
        files::copy(module(MODULE, &features)?, directory.join(name).with_extension("wasm"))?;
    }
    let mut node = tools::node()?;
    node.arg(format!("{SOURCE}/package.mjs")).arg(&directory).arg(env!("CARGO_PKG_VERSION"));
    step("putting the package for browsers together", "web-package", &mut node)?;
    package::look(&files::all(&directory)?).context("pixfuse-web")?;
    Ok(directory)
}

/// Prints how large the modules are, and as servers send them. Gives which are larger than they should be.
fn sizes(directory: &Path) -> Result<Vec<String>> {
    let program = "const { gzipSync, brotliCompressSync } = require('zlib');\
                   const bytes = require('fs').readFileSync(process.argv[1]);\
                   console.log(bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length)";
    let mut rows = Vec::new();
    let mut too_large = Vec::new();
    for ((name, _), most) in MODULES.into_iter().zip(MOST) {
        let file = directory.join(name).with_extension("wasm");
        let said = tools::output(tools::node()?.args(["-e", program]).arg(&file))?;
        let bytes = said.split_whitespace().map(str::parse).collect::<Result<Vec<usize>, _>>()?;
        if bytes.last().is_some_and(|&brotli| brotli > most) {
            too_large.push(format!("{name} has more than {most} bytes with brotli"));
        }
        let kilobytes = bytes.into_iter().map(|bytes| format!("{} KB", bytes.div_ceil(1000)));
        rows.push([tools::shown(&file)].into_iter().chain(kilobytes).collect());
    }
    print!("{}", report::table(&["module", "size", "gzip", "brotli"], &rows, &[1, 2, 3]));
    // With libraries as they come nothing is expected.
    let is_small = toolchain(true)?.is_some_and(|toolchain| toolchain.is_small);
    Ok(if is_small { too_large } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn versions_have_a_second_number() {
        let said = ["rustc 1.95.0 (59807616e 2026-04-14)", "rustc 1.97.0-nightly (e50aa6fba 2026-05-19)", "none"];
        assert_eq!(said.map(minor), [95, 97, 0]);
    }
}
