//! The header says what the library is: its functions and no others, with their arguments, and the members of its structs.
#![cfg(unix)]

#[path = "../install/versions.rs"]
#[allow(dead_code, reason = "here nothing is linked")]
mod versions;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use cbindgen::{Builder, Config, ItemType, Language, Style};

/// What the types are called in C.
const NAMES: [(&str, &str); 9] = [
    ("Handle", "pixfuse_pipeline"),
    ("Failure", "pixfuse_error"),
    ("Alloc", "pixfuse_alloc"),
    ("Shape", "pixfuse_shape"),
    ("CImage", "pixfuse_image"),
    ("DecodeOptions", "pixfuse_decode_options"),
    ("Probe", "pixfuse_probe_result"),
    ("CGeometry", "pixfuse_geometry"),
    ("CMistake", "pixfuse_mistake"),
];

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The functions that the header declares.
fn declared() -> BTreeSet<String> {
    versions::declared(&std::fs::read_to_string(directory().join("include/pixfuse.h")).unwrap())
}

#[test]
fn the_shared_library_exports_what_the_header_declares() {
    if !cfg!(target_os = "linux") {
        eprintln!("not run: the names that are exported, which `nm -D` lists on Linux");
        return;
    }
    let library = std::env::current_exe().unwrap().parent().unwrap().join("libpixfuse_c.so");
    let mut nm = Command::new("nm");
    nm.args(["-D", "--defined-only"]).arg(&library);
    let Ok(output) = nm.output() else {
        eprintln!("not run: the names that are exported, for there is no `nm` here");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let list = String::from_utf8(output.stdout).unwrap();
    let exported: BTreeSet<String> =
        list.lines().map(|line| line.split_whitespace().last().unwrap().to_owned()).collect();
    assert!(exported.contains("pixfuse_run"), "{list}");
    assert_eq!(exported, declared());
}

/// What cbindgen makes of the sources, with these names for the types.
fn generated(kind: ItemType, prefix: &str) -> String {
    let mut config = Config {
        language: Language::C,
        style: Style::Type,
        no_includes: true,
        usize_is_size_t: true,
        documentation: false,
        ..Config::default()
    };
    config.export.item_types = vec![kind];
    for (rust, c) in NAMES {
        config.export.rename.insert(rust.into(), format!("{prefix}{c}"));
    }
    let mut builder = Builder::new().with_config(config);
    // `lib.rs` leads to the other files, which would be there twice.
    builder = builder.with_src(directory().join("src/lib.rs"));
    let mut text = Vec::new();
    builder.generate().expect("cbindgen reads the sources").write(&mut text);
    // A function that may be null is a pointer in C, and an alias hides that it is a function.
    String::from_utf8(text).unwrap().replace("Option<pixfuse_alloc>", "pixfuse_alloc")
}

/// A program that has the header, and behind it what was generated: C takes a second declaration that says the same.
fn compiles(name: &str, code: &str) {
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let text = format!("#include <pixfuse.h>\n{code}\nint main(void) {{ return 0; }}\n");
    std::fs::write(&source, text).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I"]).arg(directory().join("include"));
    let Ok(output) = cc.arg(&source).output() else {
        eprintln!("not run: {name}, for there is no `cc` here");
        return;
    };
    assert!(output.status.success(), "{code}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn functions_have_the_arguments_of_the_header() {
    let code = generated(ItemType::Functions, "");
    for name in declared() {
        assert!(code.contains(&format!("{name}(")), "{name} is in the header alone");
    }
    compiles("functions.c", &code);
}

#[test]
fn members_lie_where_the_header_says() {
    let code = generated(ItemType::Structs, "rust_");
    let mut checks = format!("#define MOST 8\n#define NUMBERS {}\n{code}\n", pixfuse::Geometry::NUMBERS);
    let mut members = 0;
    for (_, name) in &NAMES[3..] {
        let end = format!("\n}} rust_{name};");
        let (body, _) = code.split_once(&end).unwrap_or_else(|| panic!("{name}: {code}"));
        let (_, body) = body.rsplit_once("typedef struct {\n").unwrap();
        for line in body.lines() {
            let member = line.trim().trim_end_matches(';').split('[').next().unwrap();
            let member = member.rsplit([' ', '*']).next().unwrap();
            members += 1;
            checks += &format!(
                "_Static_assert(offsetof({name}, {member}) == offsetof(rust_{name}, {member}), \"{member}\");\n\
                 _Static_assert(sizeof((({name} *)0)->{member}) == sizeof(((rust_{name} *)0)->{member}), \"{member}\");\n"
            );
        }
        checks += &format!("_Static_assert(sizeof({name}) == sizeof(rust_{name}), \"all of it\");\n");
    }
    assert_eq!(members, 5 + 8 + 6 + 10 + 11 + 11);
    compiles("members.c", &checks);
}
