//! Every level against what OpenCV, Pillow and PyTorch give: tables written by `goldens/make.py` and `make_torch.py`.

mod common;

use common::table::{digest, goldens};
use common::{format_of, levels, pixels, turns};
use pixfuse::{ImageRef, Pipeline};

/// How many pairs of sizes each filter is compared on.
const PAIRS: usize = 325;

#[test]
fn resizes_equal_opencv_and_pillow() {
    check("resize.txt", include_str!("goldens/resize.txt"));
}

#[test]
fn resizes_equal_torch() {
    check("torch.txt", include_str!("goldens/torch.txt"));
}

/// Pixels are rescaled first: floats are resized, as torch on a CPU with AVX2 or AVX-512 resizes them.
#[test]
fn floats_equal_torch() {
    let table = include_str!("goldens/floats.txt");
    // But for those of one column, which it makes none of and which are refused.
    assert_eq!(table.lines().count(), PAIRS, "the table is whole");
    let thin = "input(gray8), resize(156, 1, bilinear, antialias, like = torch, precision = f32), \
                normalize(order = torchvision_v2), output(gray, f32)";
    let image = pixels(26 * 57, 1);
    let refused = Pipeline::parse(thin).unwrap().run::<f32>(ImageRef::gray8(&image, 26, 57).unwrap()).unwrap_err();
    assert!(refused.to_string().contains("156 rows of one column"), "{refused}");
    let mut differ = Vec::new();
    for golden in &goldens(table, 5) {
        let [source_rows, source_columns, rows, columns, seed] = golden.numbers[..] else { unreachable!() };
        // Of one channel torch's plain bilinear filter makes other sums where the result is large.
        let channels: &[usize] = if golden.name.starts_with("bilinear,like") { &[3] } else { &[1, 3] };
        let tensors = channels.iter().map(|&channels| {
            let (format, order) = format_of(channels);
            let text = format!(
                "input({format}), resize({rows}, {columns}, {}), normalize(order = torchvision_v2), output({order}, f32, hwc)",
                golden.name
            );
            let pixels = pixels(source_rows * source_columns * channels, seed);
            let strides = [source_columns * channels, channels, 1].map(|stride| stride as isize);
            let image = ImageRef::strided(&pixels, 0, [source_rows, source_columns, channels], strides).unwrap();
            let made = Pipeline::parse(&text).unwrap().run::<f32>(image).unwrap();
            made.data.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>()
        });
        if digest(tensors) != golden.digest {
            differ.push(format!("{source_rows} x {source_columns} to {rows} x {columns}, {}", golden.name));
        }
    }
    assert!(differ.is_empty(), "{} of {PAIRS} differ:\n{}", differ.len(), differ.join("\n"));
}

/// Runs each cell of a table at each level, and lists every one that differs.
fn check(name: &str, table: &'static str) {
    assert_eq!(table.lines().count(), 2 + PAIRS, "the table is whole");
    let goldens = goldens(table, 5);
    let (mut turn, mut differ) = (turns(name), Vec::new());
    for golden in &goldens {
        if !turn() {
            continue;
        }
        let [source_rows, source_columns, rows, columns, seed] = golden.numbers[..] else { unreachable!() };
        let sources = [1, 3, 4].map(|channels| {
            let (format, order) = format_of(channels);
            let text = format!("input({format}), resize({rows}, {columns}, {}), output({order}, u8, hwc)", golden.name);
            (channels, Pipeline::parse(&text).unwrap(), pixels(source_rows * source_columns * channels, seed))
        });
        for level in levels() {
            let tensors = sources.iter().map(|(channels, pipe, pixels)| {
                let strides = [source_columns * channels, *channels, 1].map(|stride| stride as isize);
                let image = ImageRef::strided(pixels, 0, [source_rows, source_columns, *channels], strides).unwrap();
                pipe.with_level(level).unwrap().run::<u8>(image).unwrap().data
            });
            if digest(tensors) != golden.digest {
                differ
                    .push(format!("{level}: {}: {source_rows} x {source_columns} to {rows} x {columns}", golden.name));
            }
        }
    }
    assert!(differ.is_empty(), "{} of {} cells differ:\n{}", differ.len(), goldens.len(), differ.join("\n"));
}
