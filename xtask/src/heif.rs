//! Whether the system's libavif and libheif are here, which AVIF and HEIC are tested with. What is published is built
//! without them: it would ask every machine for the libraries of this one.

use std::process::Command;

use crate::tools;

/// The arguments of cargo that turn the decoders on in one of our crates which can be built here.
pub(crate) fn features(package: &str) -> Vec<String> {
    let there = |library: &str| tools::ask(Command::new("pkg-config").args(["--exists", library])).is_some();
    let libraries = [("avif", "libavif >= 0.11"), ("heic", "libheif >= 1.15")];
    let here = libraries.into_iter().filter(|(_, library)| there(library));
    here.flat_map(|(feature, _)| ["--features".to_owned(), format!("{package}/{feature}")]).collect()
}
