//! Finds the system's libraries, and compiles what calls them against their headers.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "avif")]
    bridge("libavif", "0.11", "avif", "libavif-dev");
    #[cfg(feature = "heic")]
    bridge("libheif", "1.15", "heic", "libheif-dev");
}

/// Compiles `src/<name>.c` against a library of the system, and links both.
#[cfg(any(feature = "avif", feature = "heic"))]
fn bridge(library: &str, version: &str, name: &str, package: &str) {
    println!("cargo::rerun-if-changed=src/{name}.c");
    println!("cargo::rerun-if-changed=src/bridge.h");
    let mut build = cc::Build::new();
    build.file(format!("src/{name}.c")).std("c11").warnings(true).extra_warnings(true);
    // What refers to the library is linked before it.
    let probe = |metadata| pkg_config::Config::new().atleast_version(version).cargo_metadata(metadata).probe(library);
    let found = probe(false).unwrap_or_else(|error| {
        println!("cargo::error=the feature `{name}` needs {library} {version} or newer: `apt-get install {package}`");
        println!("cargo::error={}", error.to_string().replace('\n', " "));
        std::process::exit(1)
    });
    build.includes(&found.include_paths).compile(&format!("pixfuse_{name}"));
    drop(probe(true));
}
