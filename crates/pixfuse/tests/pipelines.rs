//! Whole pipelines against the tensors that their libraries make of photos, to the last bit: a table written by
//! `goldens/make_pipelines.py`.

mod common;

use std::collections::HashMap;

use common::table::{Golden, digest, goldens};
use common::{PHOTOS, levels, not_run, photo};
use pixfuse::{ImageRef, Pipeline, presets};

/// How many sizes each pipeline is compared on, each of which is five photos.
const SIZES: usize = 122;

/// Every how many cells all levels run.
const SAMPLE: usize = 7;

fn declarations() -> HashMap<&'static str, Pipeline> {
    let lines = include_str!("goldens/declarations.txt").lines();
    lines.map(|line| line.split_once(' ').unwrap()).map(|(name, text)| (name, Pipeline::parse(text).unwrap())).collect()
}

/// `PIXFUSE_GOLDENS_EVERY=11` checks every eleventh cell: an emulated CPU takes some twenty times as long.
fn every() -> usize {
    let every = std::env::var("PIXFUSE_GOLDENS_EVERY").map_or(1, |every| every.parse().expect("a number"));
    if every > 1 {
        not_run(&format!("{} of {every} cells of pipelines.txt", every - 1), "PIXFUSE_GOLDENS_EVERY asks for a part");
    }
    every
}

#[test]
fn pipelines_equal_their_libraries() {
    let pipelines = declarations();
    let table = include_str!("goldens/pipelines.txt");
    let sizes = table.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())).count();
    assert!(pipelines.len() >= 30 && sizes == SIZES, "the files of goldens are whole");
    let goldens: Vec<_> = goldens(table, 2).into_iter().enumerate().collect();
    // A line has a cell for each pipeline, and what is kept should not be the same pipelines in each.
    let (every, names) = (every(), pipelines.len());
    let kept: Vec<_> = goldens.iter().filter(|(index, _)| (index + index / names).is_multiple_of(every)).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let differ: Vec<String> = std::thread::scope(|scope| {
        let pipelines = &pipelines;
        let part = |cells| scope.spawn(move || differing(cells, pipelines));
        let parts: Vec<_> = kept.chunks(kept.len().div_ceil(threads)).map(part).collect();
        parts.into_iter().flat_map(|part| part.join().expect("no panic")).collect()
    });
    assert!(differ.is_empty(), "{} of {} cells differ:\n{}", differ.len(), kept.len(), differ.join("\n"));
}

/// Which of these cells are something else here, and at which level.
fn differing(cells: &[&(usize, Golden)], pipelines: &HashMap<&str, Pipeline>) -> Vec<String> {
    let levels = levels();
    let mut differ = Vec::new();
    for (index, golden) in cells {
        let [rows, columns] = golden.numbers[..] else { unreachable!() };
        let photos: Vec<_> = (0..PHOTOS).map(|index| photo(index, rows, columns)).collect();
        let pipe = &pipelines[golden.name];
        let sampled = if index % SAMPLE == 0 { &levels[..] } else { &[] };
        let others =
            sampled.iter().filter(|level| **level != pipe.level()).map(|level| pipe.with_level(*level).unwrap());
        for pipe in std::iter::once(pipe.clone()).chain(others) {
            let tensors = photos.iter().map(|photo| {
                let strides = [3 * columns as isize, 3, 1];
                let tensor = pipe.run::<f32>(ImageRef::strided(photo, 0, [rows, columns, 3], strides).unwrap());
                tensor.unwrap().data.iter().flat_map(|number| number.to_le_bytes()).collect()
            });
            if digest(tensors) != golden.digest {
                differ.push(format!("{} at {}: {rows} x {columns}", golden.name, pipe.level()));
            }
        }
    }
    differ
}

/// What has a library's name is compared with the library.
#[test]
fn every_preset_has_goldens() {
    let pipelines = declarations();
    for preset in presets::PRESETS {
        assert!(pipelines.values().any(|pipe| pipe.text() == preset.text), "{}: {}", preset.name, preset.text);
    }
}

/// Each filter has one tap of all weight then, and a pixel is where it was: in a window of a view with padded rows, too.
#[test]
fn a_resize_to_the_same_size_copies() {
    let (rows, columns, pitch) = (5, 37, 131);
    let bytes: Vec<u8> = (0..rows * pitch).map(|at| (at * 7 % 251) as u8).collect();
    for (input, order, channels) in [("gray8", "gray", 1), ("rgb8", "rgb", 3), ("rgb8", "bgr", 3)] {
        let strides = [pitch as isize, channels as isize, 1];
        let image = ImageRef::strided(&bytes, 0, [rows, columns, channels], strides).unwrap();
        for filter in ["nearest", "nearest_exact", "bilinear", "bicubic, antialias", "area", "lanczos4"] {
            for crop in ["", "center_crop(3, 33), "] {
                let text = format!("input({input}), resize(5, 37, {filter}), {crop}output({order}, u8, hwc)");
                let Ok(pipe) = Pipeline::parse(&text) else { panic!("{text}") };
                let (top, left) = if crop.is_empty() { (0, 0) } else { (1, 2) };
                let mut expected = vec![];
                for row in top..rows - top {
                    for column in left..columns - left {
                        let pixel = &bytes[row * pitch + column * channels..][..channels];
                        if order == "bgr" { expected.extend(pixel.iter().rev()) } else { expected.extend(pixel) }
                    }
                }
                for level in pixfuse::Level::available() {
                    let tensor = pipe.with_level(level).unwrap().run::<u8>(image).unwrap();
                    assert_eq!(tensor.data, expected, "{text}, {level}");
                }
            }
        }
    }
}
