//! The Rust third of the demo, and the one place where its declaration stands.
//!
//! Decodes a photo, leaves its pixels and the declaration's text for `demo.py` and `demo.mjs`, runs the pipeline,
//! prints one line of JSON, and writes a picture of what the model sees. `cargo xtask demo` runs all three.
#![forbid(unsafe_code)]

mod decode;
mod picture;
mod preview;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use sha2::{Digest, Sha256};

use picture::Picture;

/// The declaration: an ImageNet classifier that was trained on what OpenCV reads, so blue comes first.
#[pixfuse::pipeline(
    input(rgb8),
    resize(240, 256, bilinear),
    normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]),
    output(bgr, f32, chw),
)]
struct Demo;

/// Enough that the median does not move, few enough that nobody waits.
const RUNS: usize = 200;

type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let photo = arguments.next().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("photo.jpg"));
    let directory = arguments.next().unwrap_or_else(|| "target/demo".into());
    match run(&photo, &directory) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(photo: &Path, directory: &Path) -> Result<serde_json::Value, Error> {
    let photo = decode::file(photo)?;
    let pipe = Demo::pipeline();
    hand_over(&photo, &pipe.spec().to_string(), directory)?;

    let image = pixfuse::ImageRef::rgb8(&photo.rgb, photo.rows, photo.columns)?;
    let shape: [usize; 3] = (*pipe.output_shape(photo.rows, photo.columns)?).try_into()?;
    let mut tensor = vec![0f32; shape.iter().product()];
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Instant::now();
        pipe.run_into(image, &mut tensor)?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);

    preview::write(&directory.join("preview.png"), &photo, &preview::seen(pipe.spec(), &tensor, shape))?;
    Ok(serde_json::json!({
        "language": "Rust",
        "shape": shape,
        "sha256": digest(&tensor),
        "median_us": times[RUNS / 2],
        "level": pipe.level().to_string(),
    }))
}

/// Leaves the pixels and the declaration where the other two programs look.
fn hand_over(photo: &Picture, pipeline: &str, directory: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(directory)?;
    std::fs::write(directory.join("photo.rgb"), &photo.rgb)?;
    let input = serde_json::json!({ "pipeline": pipeline, "rows": photo.rows, "columns": photo.columns });
    Ok(std::fs::write(directory.join("input.json"), input.to_string())?)
}

/// SHA-256 of the elements as little-endian bytes, in hexadecimal.
fn digest(tensor: &[f32]) -> String {
    let mut hash = Sha256::new();
    for value in tensor {
        hash.update(value.to_le_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
