//! Programs that are linked with the library as it is published, by pkg-config and by CMake.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{DECLARATIONS, SIDES, demo, directory, expected, file_of_pixels, has, library, pixels, run};

#[path = "../../install/prefix.rs"]
mod prefix;
#[path = "../../install/versions.rs"]
mod versions;

/// The library as it is published, of what cargo made for this test: laid out elsewhere first, for a prefix may be moved.
fn installed() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let [made, prefix] = ["prefix-made", "prefix"].map(|name| Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        for old in [&made, &prefix].into_iter().filter(|old| old.exists()) {
            std::fs::remove_dir_all(old).unwrap();
        }
        let private = prefix::private(cfg!(target_env = "musl"));
        prefix::install(&directory(), library().parent().unwrap(), &made, private).unwrap();
        if cfg!(target_os = "linux") && has("cc") {
            let mut linker = Command::new("cc");
            versions::link(&mut linker, &made, private, &made.with_extension("map")).unwrap();
            let output = linker.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        std::fs::rename(made, &prefix).unwrap();
        prefix
    })
}

/// Whether a linked program makes the tensor of Rust.
fn works(program: &Path, name: &str) {
    let sides = SIDES.map(|side| side.to_string());
    let tensor = run(program, &[DECLARATIONS[1], &file_of_pixels(name), &sides[0], &sides[1]]);
    assert_eq!(tensor, expected(DECLARATIONS[1], &pixels()), "{}", program.display());
}

#[test]
fn pkg_config_says_how_to_link() {
    if !(has("cc") && has("pkg-config")) {
        return;
    }
    let ask = |words: &[&str]| {
        let mut command = Command::new("pkg-config");
        command.args(words).arg("pixfuse").env("PKG_CONFIG_PATH", installed().join("lib/pkgconfig"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(ask(&["--modversion"]), env!("CARGO_PKG_VERSION"));
    let rpath = format!("-Wl,-rpath,{}", ask(&["--variable=libdir"]));
    for (name, words) in
        [("linked", &["--cflags", "--libs"][..]), ("linked-static", &["--static", "--cflags", "--libs"])]
    {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut command = Command::new("cc");
        command.arg("-std=c11").arg(directory().join("examples/demo.c")).arg("-o").arg(&program);
        let output = command.args(ask(words).split_whitespace()).arg(&rpath).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        works(&program, "pixels-linked");
    }
}

#[test]
fn each_symbol_has_the_version_of_the_interface() {
    let library = installed().join("lib").join(versions::LIBRARY);
    if !(cfg!(target_os = "linux") && has("cc") && has("readelf")) {
        return;
    }
    let output = Command::new("readelf").args(["--dyn-syms", "--wide"]).arg(library).output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let words = list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let named = words.filter(|words| words.contains(&"FUNC") && !words.contains(&"UND"));
    let exported: BTreeSet<String> = named.map(|words| words.last().unwrap().to_string()).collect();
    let header = std::fs::read_to_string(directory().join("include/pixfuse.h")).unwrap();
    let declared = versions::declared(&header);
    assert!(declared.contains("pixfuse_run"));
    assert_eq!(exported, declared.iter().map(|name| format!("{name}@@{}", versions::version())).collect());
}

#[test]
fn cmake_finds_the_package() {
    if !(has("cc") && has("c++") && has("cmake") && has("make")) {
        return;
    }
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cmake");
    if project.exists() {
        std::fs::remove_dir_all(&project).unwrap();
    }
    std::fs::create_dir_all(&project).unwrap();
    let examples = directory().join("examples");
    let version = env!("CARGO_PKG_VERSION");
    let text = format!(
        "cmake_minimum_required(VERSION 3.16)\nproject(demo C CXX)\n\
         find_package(pixfuse 99.0 QUIET)\nif(pixfuse_FOUND)\n  message(FATAL_ERROR \"{version} is no 99.0\")\nendif()\n\
         find_package(pixfuse {version} REQUIRED)\n\
         add_executable(shared {0}/demo.c)\ntarget_link_libraries(shared PRIVATE pixfuse::pixfuse)\n\
         add_executable(static {0}/demo.cpp)\ntarget_link_libraries(static PRIVATE pixfuse::static)\n\
         target_compile_features(static PRIVATE cxx_std_17)\n",
        examples.display()
    );
    std::fs::write(project.join("CMakeLists.txt"), text).unwrap();
    let built = project.join("build");
    let mut configure = Command::new("cmake");
    configure.arg("-S").arg(&project).arg("-B").arg(&built);
    configure.arg(format!("-DCMAKE_PREFIX_PATH={}", installed().display()));
    let mut build = Command::new("cmake");
    build.arg("--build").arg(&built);
    for mut command in [configure, build] {
        let output = command.env("CMAKE_GENERATOR", "Unix Makefiles").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    works(&built.join("shared"), "pixels-shared");
    works(&built.join("static"), "pixels-static");
}

#[test]
fn a_program_in_go_has_the_bytes_of_rust() {
    let has_go = Command::new("go").arg("version").output().is_ok_and(|output| output.status.success());
    if !(has_go && has("cc") && has("pkg-config")) {
        return eprintln!("not run: examples/demo.go, for `go` or what it needs is not here");
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::copy(directory().join("examples/demo.go"), place.join("main.go")).unwrap();
    std::fs::write(place.join("go.mod"), "module demo\n\ngo 1.19\n").unwrap();
    let program = place.join("demo");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(".").current_dir(&place);
    // What is compiled stays here, and nothing is fetched.
    build.env("GOCACHE", place.join("cache")).env("GOTOOLCHAIN", "local").env("GOFLAGS", "-mod=mod");
    let output = build.env("PKG_CONFIG_PATH", installed().join("lib/pkgconfig")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let photo = directory().join("../../crates/pixfuse-decode/tests/files/odd-420.jpg");
    let ask = |text: &str| {
        let mut run = Command::new(&program);
        let library = if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
        run.args([text, photo.to_str().unwrap()]).env(library, installed().join("lib")).output().unwrap()
    };
    assert_eq!(ask(DECLARATIONS[1]).stdout, run(demo().unwrap(), &[DECLARATIONS[1], photo.to_str().unwrap()]));
    let failed = ask("input(rgb9)");
    assert_eq!(failed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&failed.stderr).contains("did you mean `rgb8`?"), "{failed:?}");
}
