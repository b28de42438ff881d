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
