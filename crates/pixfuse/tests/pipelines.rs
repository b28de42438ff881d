//! Whole pipelines against the tensors that their libraries make, to the last bit: digests written by
//! `goldens/make_pipelines.py`.

mod common;

use std::collections::HashMap;

use common::{pixels, smooth};
use pixfuse::{ImageRef, Level, Pipeline, presets};
use sha2::{Digest, Sha256};

const CHANNELS: usize = 3;

/// Every how many lines all levels run: no divisor of a pipeline's 60, so that each has other sizes.
const SAMPLE: usize = 7;

/// A line of the goldens.
struct Golden<'a> {
    name: &'a str,
    kind: &'a str,
    rows: usize,
    columns: usize,
    seed: usize,
    digest: &'a str,
}

fn goldens() -> Vec<Golden<'static>> {
    let lines = include_str!("goldens/pipelines.txt").lines().filter(|line| !line.starts_with('#'));
    let golden = |line: &'static str| {
        let fields: Vec<&str> = line.split(' ').collect();
        let [name, kind, rows, columns, seed, digest] = fields[..] else { panic!("{line}") };
        let [rows, columns, seed] = [rows, columns, seed].map(|number| number.parse().unwrap());
        Golden { name, kind, rows, columns, seed, digest }
    };
    lines.map(golden).collect()
}

fn declarations() -> HashMap<&'static str, Pipeline> {
    let lines = include_str!("goldens/declarations.txt").lines();
    lines.map(|line| line.split_once(' ').unwrap()).map(|(name, text)| (name, Pipeline::parse(text).unwrap())).collect()
}

#[test]
fn pipelines_equal_their_libraries() {
    let pipelines = declarations();
    let goldens = goldens();
    assert!(pipelines.len() >= 30 && goldens.len() == 60 * pipelines.len(), "the files of goldens are whole");
    let levels = Level::available();
    let mut differ = Vec::new();
    for (index, golden) in goldens.iter().enumerate() {
        let Golden { name, kind, rows, columns, seed, digest } = *golden;
        let bytes = match kind {
            "noise" => pixels(rows * columns * CHANNELS, seed),
            "smooth" => smooth([rows, columns, CHANNELS], seed),
            _ => panic!("{kind} is no kind of image"),
        };
        let strides = [columns * CHANNELS, CHANNELS, 1].map(|stride| stride as isize);
        let image = ImageRef::strided(&bytes, 0, [rows, columns, CHANNELS], strides).unwrap();
        let pipe = &pipelines[name];
        let sampled = if index % SAMPLE == 0 { &levels[..] } else { &[] };
        let others =
            sampled.iter().filter(|level| **level != pipe.level()).map(|level| pipe.with_level(*level).unwrap());
        for pipe in std::iter::once(pipe.clone()).chain(others) {
            let tensor = pipe.run::<f32>(image).unwrap();
            if sha256(&tensor.data) != digest {
                let level = pipe.level();
                differ.push(format!("{name} at {level}: {kind} {rows} x {columns}, seed {seed}, to {:?}", tensor.dims));
            }
        }
    }
    assert!(differ.is_empty(), "{} of {} lines differ:\n{}", differ.len(), goldens.len(), differ.join("\n"));
}

/// The digest of the numbers' little-endian bytes.
fn sha256(numbers: &[f32]) -> String {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What has a library's name is compared with the library.
#[test]
fn every_preset_has_goldens() {
    let pipelines = declarations();
    for preset in presets::PRESETS {
        assert!(pipelines.values().any(|pipe| pipe.text() == preset.text), "{}: {}", preset.name, preset.text);
    }
}
