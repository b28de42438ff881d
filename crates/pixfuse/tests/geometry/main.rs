//! Where places go and come from: against the libraries' formulas, and against the pixels of runs.

mod chain;
#[path = "../common/mod.rs"]
mod common;
mod frames;
mod libraries;
mod runs;

use common::pixels;
use pixfuse::{Geometry, Pipeline};

fn pipeline(clauses: &str) -> Pipeline {
    Pipeline::parse(&format!("input(rgb8), {clauses}, output(rgb, u8, hwc)")).unwrap()
}

fn geometry(clauses: &str, [rows, columns]: [usize; 2]) -> Geometry {
    pipeline(clauses).geometry(rows, columns).unwrap()
}

/// Numbers from `least` to `most`, the same in every run.
fn numbers(seed: usize, least: usize, most: usize) -> impl Iterator<Item = usize> {
    let bytes = pixels(8000, seed);
    let wide: Vec<_> =
        bytes.chunks_exact(4).map(|four| u32::from_le_bytes(four.try_into().unwrap()) as usize).collect();
    wide.into_iter().map(move |number| least + number % (most - least + 1))
}

/// Hundreds of source sizes and letterbox frames, some enlarging, some shrinking.
fn sizes() -> impl Iterator<Item = ([usize; 2], [usize; 2])> {
    let sources = numbers(1, 8, 4200).zip(numbers(2, 8, 4200)).map(<[usize; 2]>::from);
    let frames = numbers(3, 64, 1400).zip(numbers(4, 64, 1400)).map(<[usize; 2]>::from);
    sources.zip(frames).take(600)
}
