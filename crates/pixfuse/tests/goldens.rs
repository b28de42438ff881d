//! Every level against what OpenCV, Pillow and PyTorch give: digests written by `goldens/make.py` and `make_torch.py`.

mod common;

use common::{format_of, pixels};
use pixfuse::{ImageRef, Level, Pipeline};
use sha2::{Digest, Sha256};

#[test]
fn resizes_equal_opencv_and_pillow() {
    check(include_str!("goldens/resize.txt"));
}

#[test]
fn resizes_equal_torch() {
    check(include_str!("goldens/torch.txt"));
}

/// Runs each line at each level, and lists every one that differs.
fn check(goldens: &str) {
    let lines: Vec<_> = goldens.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.len() >= 500, "the file of goldens is whole");
    let mut differ = Vec::new();
    for line in &lines {
        let fields: Vec<&str> = line.split(' ').collect();
        let [filter, numbers @ .., expected] = fields.as_slice() else { panic!("{line}") };
        let numbers: Vec<usize> = numbers.iter().map(|number| number.parse().unwrap()).collect();
        let [channels, source_rows, source_columns, rows, columns, seed] = numbers[..] else { panic!("{line}") };
        let (format, order) = format_of(channels);
        let text = format!("input({format}), resize({rows}, {columns}, {filter}), output({order}, u8, hwc)");
        let pixels = pixels(source_rows * source_columns * channels, seed);
        let strides = [source_columns * channels, channels, 1].map(|stride| stride as isize);
        let image = ImageRef::strided(&pixels, 0, [source_rows, source_columns, channels], strides).unwrap();
        let pipe = Pipeline::parse(&text).unwrap();
        for level in Level::available() {
            let tensor = pipe.with_level(level).unwrap().run::<u8>(image).unwrap();
            let digest: String = Sha256::digest(&tensor.data).iter().map(|byte| format!("{byte:02x}")).collect();
            if digest != *expected {
                differ.push(format!("{level}: {line}"));
            }
        }
    }
    assert!(differ.is_empty(), "{} of {} lines differ:\n{}", differ.len(), lines.len(), differ.join("\n"));
}
