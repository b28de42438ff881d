//! Files of which a pipeline reads a part give the tensor that their whole image gives.

use std::path::Path;

use libjpeg_turbo_rs::{PixelFormat, Subsampling, compress};
use pixfuse::{Orientation, Pipeline};
use pixfuse_decode::{EncodedImage, Options, decode};

/// Parts at the left, in the middle and at the right, of which the last rows and columns are read too.
const FRAMES: [&str; 7] = [
    "crop(0, 0, 30, 1)",
    "crop(11, 60, 20, 3)",
    "center_crop(24, 24)",
    "resize(30, 97, bilinear), crop(1, 90, 21, 7)",
    "resize(24, 200, bilinear), crop(0, 77, 24, 30)",
    "resize(shortest = 20, bilinear, antialias), center_crop(20, 20)",
    "letterbox(40, 40, lanczos, antialias), crop(10, 5, 20, 3)",
];

/// Compares with a run over all pixels; gives how many comparisons there were.
fn compare(file: &[u8], name: &str) -> usize {
    let mut compared = 0;
    for (clauses, format) in FRAMES.iter().flat_map(|frame| ["gray8", "rgb8", "bgr8", "rgba8"].map(|f| (frame, f))) {
        let (order, read) = match format {
            "gray8" => ("gray", "gray8"),
            "rgba8" => ("rgb", "rgba8, alpha = drop"),
            format => ("rgb", format),
        };
        let pipe = Pipeline::parse(&format!("input({read}), {clauses}, output({order}, u8, hwc)")).unwrap();
        for orientation in Orientation::ALL {
            let options = Options { orient: Some(orientation), ..Options::default() };
            let whole = EncodedImage::open(file).and_then(|image| {
                image.output_shape(&pipe, &options)?;
                image.pixels(pipe.spec().input.format, &options, |image| {
                    Ok(pipe.run::<u8>(pipe.reorient(image, orientation))?)
                })
            });
            match (whole, decode::<u8>(&pipe, file, &options)) {
                (Ok(whole), Ok(part)) => {
                    assert!(whole == part, "{name} as {format}, {orientation}: {clauses}");
                    compared += 1;
                }
                (whole, part) => assert_eq!(whole.err(), part.err(), "{name} as {format}, {orientation}: {clauses}"),
            }
        }
    }
    compared
}

#[test]
fn every_subsampling_and_width_gives_the_same_bytes() {
    let value = |index: usize| (index.wrapping_mul(0x9E37_79B9) >> 11) as u8;
    let mut compared = 0;
    for sampling in [
        Subsampling::S444,
        Subsampling::S422,
        Subsampling::S420,
        Subsampling::S440,
        Subsampling::S411,
        Subsampling::S441,
        Subsampling::S410,
        Subsampling::S24,
    ] {
        for [rows, columns] in [[64, 128], [75, 131], [37, 300], [300, 35]] {
            let pixels: Vec<u8> = (0..rows * columns * 3).map(value).collect();
            let file = compress(&pixels, columns, rows, PixelFormat::Rgb, 90, sampling).unwrap();
            compared += compare(&file, &format!("{sampling:?} of {rows} x {columns}"));
        }
    }
    assert!(compared > 3_000, "{compared} comparisons");
}

#[test]
fn every_kind_of_file_gives_the_same_bytes() {
    let mut compared = 0;
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension != "txt") {
            let (file, name) = (std::fs::read(&path).unwrap(), path.display().to_string());
            compared += compare(&file, &name);
            // A JPEG that ends behind what is read is truncated all the same.
            if file.starts_with(&[0xff, 0xd8]) {
                assert_eq!(compare(&file[..file.len() - 8], &format!("{name}, truncated")), 0);
            }
        }
    }
    assert!(compared > 1_000, "{compared} comparisons");
}
