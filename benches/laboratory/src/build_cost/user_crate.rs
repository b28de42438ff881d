//! A crate as a user writes it: twenty declarations, compiled in release with cargo's own settings.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::place;

/// Twenty declarations that people could have together in one crate, each with a kernel of its own.
const DECLARATIONS: [&str; 20] = [
    "input(bgr8), resize(240, 256, nearest), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), \
     output(rgb, f32, chw)",
    "input(bgr8), resize(240, 256, bilinear), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), \
     output(rgb, f32, chw)",
    "input(rgb8), resize(224, 224, bilinear), normalize(mean = 0.5, std = 0.5), output(rgb, f32, hwc)",
    "input(rgb8), resize(224, 224, bilinear), output(rgb, u8, hwc)",
    "input(rgb8), resize(224, 224, bilinear), normalize(), output(bgr, f16, chw)",
    "input(bgr8), letterbox(640, 640, bilinear), normalize(), output(rgb, f32, chw)",
    "input(bgr8), letterbox(416, 416, bilinear, rule = yolox), output(bgr, f32, chw)",
    "input(rgb8), resize(shortest = 256, bilinear, antialias), center_crop(224, 224), \
     normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
    "input(rgb8), resize(shortest = 224, bicubic, antialias), center_crop(224, 224), \
     normalize(mean = 0.5, std = 0.25), output(rgb, f16, chw)",
    "input(rgb8), resize(384, 384, lanczos, antialias), normalize(mean = 0.5, std = 0.5), output(rgb, f32, chw)",
    "input(rgb8), resize(224, 224, area), normalize(), output(rgb, f32, chw)",
    "input(rgb8), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
    "input(rgba8, alpha = drop), resize(240, 256, bilinear), normalize(), output(rgb, f32, chw)",
    "input(rgba8, alpha = over, background = [255, 255, 255]), resize(128, 128, bilinear), normalize(), \
     output(rgb, f32, chw)",
    "input(bgra8), resize(64, 64, nearest), normalize(), output(rgba, f32, chw)",
    "input(gray8), resize(28, 28, bilinear), normalize(mean = 0.1307, std = 0.3081), output(gray, f32, chw)",
    "input(gray8), resize(32, 100, bilinear), normalize(mean = 0.5, std = 0.5), output(rgb, f32, chw)",
    "input(nv12), letterbox(640, 640, bilinear), normalize(), output(rgb, f16, chw)",
    "input(rgb8, chw), resize(96, 96, bilinear), normalize(mean = 0.5, std = 0.5), output(rgb, f32, chw)",
    "input(rgb8), resize(112, 112, bilinear), normalize(mean = 0.5, std = 0.5), \
     output(rgb, i8, chw, scale = 0.0078125, zero_point = 0)",
];

/// What it took.
pub(super) struct Times {
    /// The crate and all that it depends on, from nothing.
    pub(super) first: Duration,
    /// The crate alone: what a change of a declaration costs.
    pub(super) again: Duration,
}

/// Writes the crate into `directory` and compiles it twice.
pub(super) fn compile(directory: &Path) -> Result<Times> {
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| format!("cannot empty {}", directory.display()))?;
    }
    fs::create_dir_all(directory.join("src"))?;
    fs::write(directory.join("Cargo.toml"), manifest(&place::root().join("crates/pixfuse")))?;
    // The versions that this project is tested with; cargo drops what the crate does not need.
    fs::copy(place::root().join("Cargo.lock"), directory.join("Cargo.lock"))?;
    fs::write(directory.join("src/lib.rs"), source())?;

    let build = |label: &str| {
        eprintln!("{label} ...");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(directory).env("CARGO_TARGET_DIR", directory.join("target")).args(["build", "--release"]);
        let start = Instant::now();
        let status = cargo.arg("--quiet").status().context("cannot start cargo")?;
        ensure!(status.success(), "{label} failed ({status})");
        anyhow::Ok(start.elapsed())
    };
    let first = build("compiling a crate with 20 pipelines, and pixfuse")?;
    // Another text, as another change: a new time of the file alone is enough for cargo.
    fs::write(directory.join("src/lib.rs"), source() + "\n")?;
    Ok(Times { first, again: build("compiling the crate with 20 pipelines again")? })
}

fn manifest(pixfuse: &Path) -> String {
    format!(
        "[package]\nname = \"twenty-pipelines\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         pixfuse = {{ path = {pixfuse:?} }}\n\n# A workspace of its own, with cargo's own release profile.\n[workspace]\n"
    )
}

fn source() -> String {
    let declare =
        |(index, text): (usize, &&str)| format!("#[pixfuse::pipeline({text})]\npub struct Pipeline{index};\n\n");
    let declarations: String = DECLARATIONS.iter().enumerate().map(declare).collect();
    format!("#![forbid(unsafe_code)]\n\n{declarations}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declarations_are_twenty_different_ones() {
        let texts: Vec<String> =
            DECLARATIONS.iter().map(|text| text.parse::<pixfuse_spec::Spec>().unwrap().to_string()).collect();
        let mut different = texts.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), 20, "{texts:#?}");
    }
}
