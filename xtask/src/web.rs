//! `cargo xtask web`: the package for browsers, `pixfuse-web`, in the target directory.
//!
//! The module is Rust for `wasm32-unknown-unknown`, with SIMD; all else is JavaScript that is kept in the tree, most of it that
//! of Node.js. A toolchain for that target comes in three ways, and the first that is there is taken.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use serde_json::json;

use crate::package::{self, PAPERS};
use crate::progress::step;
use crate::report::Count;
use crate::test::stream;
use crate::{node, npm, report, test, tools};

const TARGET: &str = "wasm32-unknown-unknown";

/// What is ours alone.
const SOURCE: &str = "bindings/web";

/// Where the classes are that are Node.js's too.
const NODE: &str = "bindings/node";

/// Bundlers, and an app for them.
const BUNDLERS: &str = "bindings/web/bundlers";

/// Runtimes of JavaScript other than Node.js.
const RUNTIMES: &str = "bindings/web/runtimes";

/// Tests of a module with declarations of one's own.
const OWN: &str = "examples/own-pipelines/web/test";

/// The test of a module without the standard library.
const WITHOUT_STD: &str = "examples/without-std/module/test";

/// What `--platforms` tries, by the names of `bindings/web/test/browser.mjs`.
const BROWSERS: &str = "Chromium,Firefox,WebKit";

/// Files of the package that are expressions in Node.js, where the addon evaluates them, and modules here.
const SHARED: [&str; 6] = ["geometry.js", "joined.js", "pipeline.js", "processor.js", "room.js", "video.js"];

/// Types that are those of Node.js, and what differs in them: each of these texts must be there.
const TYPES: [(&str, &[(&str, &str)]); 6] = [
    ("declaration.d.ts", &[]),
    ("geometry.d.ts", &[]),
    (
        "processor.d.ts",
        &[
            (
                "Uint8Array | Blob | readonly (Uint8Array | Blob)[]",
                "Uint8Array | Blob | Response | readonly (Uint8Array | Blob | Response)[]",
            ),
            (
                "an object, the text of one, or the path of a file or of a model's folder.",
                "an object, or the text of one.",
            ),
        ],
    ),
    (
        "files.d.ts",
        &[
            ("/** A file: its bytes, its path, or a `file:` URL. */", "/** A file: its bytes. */"),
            (
                "Uint8Array | Uint8ClampedArray | ArrayBuffer | string | URL",
                "Uint8Array | Uint8ClampedArray | ArrayBuffer",
            ),
        ],
    ),
    (
        "video.d.ts",
        &[(
            "an object, the text of one, or the path of a file or of a model's\n   * folder. Keywords",
            "an object, or the text of one.\n   * Keywords",
        )],
    ),
    (
        "index.d.ts",
        &[
            ("FileSource | Blob", "FileSource | Blob | Response"),
            (
                "/** All that a declaration can say, in Markdown: the reference of the language. */\nexport const language: string\n\n",
                "",
            ),
        ],
    ),
];

/// Tests of Node.js, by the name of their file, of what the package for browsers has not: an addon, paths, threads, its own
/// recipes.
const ABSENT: [&str; 5] = ["documentation", "package", "site", "threads", "transformers-js"];

/// The modules of WebAssembly in the package, by the names of their files, with the features of `pixfuse-web` that each has.
const MODULES: [(&str, &str); 3] = [("pixfuse", "configs,formats,previews"), ("photos", "photos"), ("pixels", "")];

/// What can build for the target.
struct Toolchain {
    /// Which it is, for people.
    name: String,
    cargo: Command,
}

/// Builds the package, and says how large it is.
pub(crate) fn run() -> Result<()> {
    sizes(&built()?)
}

/// The directory of the package, built.
///
/// # Errors
/// Where nothing here builds it.
pub(crate) fn built() -> Result<PathBuf> {
    let Some(toolchain) = toolchain()? else { bail!(missing()) };
    println!("built by {}", toolchain.name);
    package()
}

/// Whether anything here builds it: [`missing`] says what to do where not.
pub(crate) fn can_build() -> Result<bool> {
    Ok(toolchain()?.is_some())
}

/// `cargo xtask test --web`: the tests of Node.js with this package in the place of the addon, those of the package itself, a
/// page in Chromium, both packages for JavaScript through bundlers, and its types.
pub(crate) fn test(count: &mut Count) -> Result<()> {
    ensure!(can_build()?, "not run: {}", missing());
    node::modules(NODE)?;
    node::modules(BUNDLERS)?;
    test::addon()?;
    let directory = built()?;
    npm::lay_out(&tools::host()?, &npm::addon())?;
    let tests = tools::root().join(SOURCE).join("test");
    let mut run = with_package(&directory)?;
    let shared = node::test_files(&format!("{NODE}/test"))?;
    let is_shared = |path: &PathBuf| !ABSENT.iter().any(|name| path.ends_with(format!("{name}.test.mjs")));
    run.args(shared.into_iter().filter(|path| path.extension().is_some_and(|end| end == "mjs")).filter(is_shared));
    run.args(node::test_files(&format!("{SOURCE}/test"))?).args(node::test_files(BUNDLERS)?);
    let without_std = module(toolchain()?.context("no toolchain")?, "without-std-module", &[])?;
    run.args(node::test_files(WITHOUT_STD)?).env("PIXFUSE_WITHOUT_STD", without_std);
    // All of the tables of goldens would take minutes on one level; Node.js compares them, with the same code above the kernels.
    run.env("PIXFUSE_CASES_EVERY", std::env::var_os("PIXFUSE_CASES_EVERY").unwrap_or("5".into()));
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
    fs::write(&project, configuration.to_string())?;
    let mut tsc = tools::node()?;
    tsc.arg(tools::root().join(NODE).join("node_modules/typescript/bin/tsc")).arg("--project").arg(project);
    tested.and(step("checking the types of the package for browsers", "tsc-web", &mut tsc))
}

/// `cargo xtask test --platforms`, its part of JavaScript: the page and the playground in the browsers that are here, both
/// packages in the runtimes that npm has, and the examples: a photo into a model, and declarations of one's own.
pub(crate) fn elsewhere(count: &mut Count) -> Result<()> {
    ensure!(can_build()?, "not run: {}", missing());
    node::modules(NODE)?;
    node::modules(RUNTIMES)?;
    test::addon()?;
    let directory = built()?;
    npm::lay_out(&tools::host()?, &npm::addon())?;
    let mut run = with_package(&directory)?;
    let own = module(toolchain()?.context("no toolchain")?, "own-pipelines-web", &[])?;
    run.args(node::test_files(OWN)?).env("PIXFUSE_OWN_WEB", own);
    let in_browsers = ["browser", "playground"].map(|name| format!("{SOURCE}/test/{name}.test.mjs"));
    run.args(in_browsers).args(node::test_files(RUNTIMES)?).env("PIXFUSE_BROWSERS", BROWSERS);
    stream(&mut run, count)
}

/// A run of tests of Node.js with the package in this directory in the place of the addon.
fn with_package(directory: &Path) -> Result<Command> {
    let mut run = tools::node()?;
    // A path of Windows is no URL, and the loader takes one.
    run.arg("--import").arg(format!("./{SOURCE}/test/instead.mjs")).args(["--test", "--test-reporter=spec"]);
    run.env("PIXFUSE_WEB", directory);
    Ok(run)
}

/// How to get what is not there.
pub(crate) fn missing() -> String {
    format!(
        "no toolchain here builds for {TARGET}. Get one of these:\n\
         - `rustup target add {TARGET}`;\n\
         - `rustup toolchain install nightly --component rust-src`;\n\
         - on Debian and Ubuntu `apt-get install rustc-web rust-web-src lld-19`."
    )
}

/// The first that is there: the target of this toolchain, a nightly with its sources, Debian's compiler for browsers.
fn toolchain() -> Result<Option<Toolchain>> {
    let sysroot = |rustc: &mut Command| tools::ask(rustc.args(["--print", "sysroot"])).map(PathBuf::from);
    if let Some(sysroot) = sysroot(&mut tools::command(tools::rustc()))
        && sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir()
    {
        return Ok(Some(Toolchain { name: format!("this toolchain's {TARGET}"), cargo: tools::cargo() }));
    }
    let sources = |sysroot: &Path| sysroot.join("lib/rustlib/src/rust/library/std").is_dir();
    let is_nightly =
        |rustc: &mut Command| tools::ask(rustc.arg("--version")).is_some_and(|said| said.contains("nightly"));
    let std = ["-Z", "build-std=std,panic_abort"];
    let nightly = || {
        let mut rustc = tools::command("rustc");
        // A question installs nothing.
        rustc.arg("+nightly").env_remove("RUSTUP_TOOLCHAIN").env("RUSTUP_AUTO_INSTALL", "0");
        rustc
    };
    if is_nightly(&mut nightly()) && sysroot(&mut nightly()).is_some_and(|sysroot| sources(&sysroot)) {
        // Through rustup: the cargo that runs this is another toolchain's.
        let mut cargo = tools::command("cargo");
        cargo.arg("+nightly").args(std);
        for name in ["RUSTC", "RUSTUP_TOOLCHAIN", "CARGO"] {
            cargo.env_remove(name);
        }
        return Ok(Some(Toolchain { name: "nightly, with a standard library of its own".into(), cargo }));
    }
    let debian = Path::new("/usr/lib/rust-web/bin/rustc");
    if debian.exists() && sysroot(&mut tools::command(debian)).is_some_and(|sysroot| sources(&sysroot)) {
        let linkers = ["/usr/lib/llvm-19/bin/wasm-ld", "/usr/bin/wasm-ld-19", "/usr/bin/wasm-ld"];
        let linker = linkers.into_iter().find(|linker| Path::new(linker).exists());
        let linker = linker.context("rustc-web is here and no wasm-ld: `apt-get install lld-19`")?;
        let mut cargo = tools::cargo();
        cargo.args(std).env("RUSTC", debian).env("RUSTC_BOOTSTRAP", "1");
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        return Ok(Some(Toolchain { name: "Debian's rustc-web".into(), cargo }));
    }
    Ok(None)
}

/// Builds the module of a crate. Gives its file.
fn module(Toolchain { mut cargo, .. }: Toolchain, krate: &str, features: &[&str]) -> Result<PathBuf> {
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
    let mut modules = Vec::new();
    for (_, features) in MODULES {
        let toolchain = toolchain()?.context("no toolchain")?;
        let features = ["--no-default-features", "--features", features];
        modules.push(fs::read(module(toolchain, "pixfuse-web-module", &features)?)?);
    }
    let directory = tools::target().join("npm/pixfuse-web");
    if directory.exists() {
        fs::remove_dir_all(&directory).with_context(|| format!("cannot empty {}", directory.display()))?;
    }
    fs::create_dir_all(&directory)?;
    for ((name, _), module) in MODULES.iter().zip(&modules) {
        fs::write(directory.join(name).with_extension("wasm"), module)?;
    }
    let root = tools::root();
    for entry in fs::read_dir(root.join(SOURCE).join("js"))? {
        let entry = entry?;
        fs::copy(entry.path(), directory.join(entry.file_name()))?;
    }
    for name in SHARED {
        let text = read(&root.join(NODE).join("src").join(name))?;
        fs::write(directory.join(name), module_of(&text).with_context(|| format!("{name} is no expression"))?)?;
    }
    for (name, changes) in TYPES {
        let mut text = read(&root.join(NODE).join(name))?;
        for (from, to) in changes {
            ensure!(text.contains(from), "{NODE}/{name} has no {from:?} any more, which xtask/src/web.rs changes");
            text = text.replace(from, to);
        }
        // Node.js's are part of what there is in a browser, beside what is said of that alone.
        let name = if name == "index.d.ts" { "classes.d.ts" } else { name };
        let text = text.replace("from './index'", "from './classes.js'");
        let text = ["declaration", "files", "geometry", "processor", "video"]
            .iter()
            .fold(text, |text, name| text.replace(&format!("from './{name}'"), &format!("from './{name}.js'")));
        fs::write(directory.join(name), text)?;
    }
    fs::write(directory.join("version.js"), format!("export const version = '{}'\n", env!("CARGO_PKG_VERSION")))?;
    fs::write(directory.join("inline.js"), inlined(&modules[0]))?;
    for name in PAPERS.into_iter().chain(["package.json"]) {
        fs::copy(root.join(SOURCE).join(name), directory.join(name)).with_context(|| format!("cannot copy {name}"))?;
    }
    package::look(&package::files_of(&directory)?).context("pixfuse-web")?;
    Ok(directory)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// An expression behind remarks as a module that exports its value.
fn module_of(expression: &str) -> Option<String> {
    let (remarks, function) = expression.split_once("\n(function ")?;
    let function = function.lines().filter(|line| !line.starts_with("//# sourceURL")).collect::<Vec<_>>().join("\n");
    Some(format!("{remarks}\nexport default (function {function}\n"))
}

/// The package with the module inside its JavaScript: where nothing may be fetched, as in service workers and extensions.
fn inlined(module: &[u8]) -> String {
    format!(
        "// As index.js, with the module of WebAssembly in it.\n\
         import {{ initSync as loadSync, load }} from './module.js'\n\n\
         export * from './classes.js'\n\n\
         const bytes = () => Uint8Array.from(atob(MODULE), letter => letter.charCodeAt(0))\n\
         export const init = source => load(source ?? bytes())\n\
         export const initSync = source => loadSync(source ?? bytes())\n\n\
         const MODULE = '{}'\n",
        base64(module)
    )
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0, |number, at| number << 8 | usize::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = LETTERS[number >> (18 - 6 * at) & 63];
            text.push(if at <= three.len() { letter as char } else { '=' });
        }
    }
    text
}

/// How large the modules are, and as servers send them.
fn sizes(directory: &Path) -> Result<()> {
    let program = "const { gzipSync, brotliCompressSync } = require('zlib');\
                   const bytes = require('fs').readFileSync(process.argv[1]);\
                   console.log(bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length)";
    let mut rows = Vec::new();
    for (name, _) in MODULES {
        let file = directory.join(name).with_extension("wasm");
        let said = tools::output(tools::node()?.args(["-e", program]).arg(&file))?;
        let kilobytes = said.split_whitespace().map(|bytes| Ok(format!("{} KB", bytes.parse::<u64>()?.div_ceil(1000))));
        let row = [Ok(tools::shown(&file))].into_iter().chain(kilobytes);
        rows.push(row.collect::<Result<Vec<_>>>()?);
    }
    print!("{}", report::table(&["module", "size", "gzip", "brotli"], &rows, &[1, 2, 3]));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_letters() {
        let pairs =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("\u{7f}?>", "fz8+")];
        for (bytes, text) in pairs {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xff, 0xef, 0xbe]), "/+++");
    }

    #[test]
    fn an_expression_is_a_module() {
        let text = "// What.\n(function (a) {\n  return a\n})\n//# sourceURL=pixfuse:what.js\n";
        assert_eq!(module_of(text).as_deref(), Some("// What.\nexport default (function (a) {\n  return a\n})\n"));
        assert_eq!(module_of("const a = 1"), None);
    }
}
