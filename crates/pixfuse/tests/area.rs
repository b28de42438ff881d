//! OpenCV's area where its sums lie on halves or next to them: few values, whose means are often such.

mod common;

use common::{assert_bits, format_of, levels, mix, pixels};
use pixfuse::{ImageRef, Pipeline, reference};

/// The images of one size: what each maps random bytes to.
const IMAGES: [fn(u8) -> u8; 6] =
    [|byte| byte, |byte| byte & 1, |byte| 127 + (byte & 1), |byte| 255 * (byte & 1), |byte| 254 + (byte & 1), |_| 255];

/// (source rows, source columns, rows, columns): ratios between 1 and 2 and of many, whole ones on one axis, one row or
/// column, whole ones on both, rows as long as a chunk and one less, as one or two windows and one less, cells of up to 21
/// columns, and of more rows than shares fit.
const SIZES: [[usize; 4]; 38] = [
    [108, 192, 23, 23],
    [108, 192, 100, 150],
    [90, 160, 20, 64],
    [64, 99, 16, 22],
    [301, 32, 299, 3],
    [31, 31, 8, 7],
    [8, 11, 5, 10],
    [8, 32, 3, 31],
    [600, 40, 2, 11],
    [600, 40, 1, 1],
    [3, 4000, 2, 1],
    [3, 4000, 2, 7],
    [259, 259, 1, 2],
    [50, 70, 50, 33],
    [70, 50, 33, 50],
    [97, 89, 2, 88],
    [30, 63, 13, 40],
    [30, 64, 13, 40],
    [30, 64, 13, 63],
    [40, 127, 9, 14],
    [40, 128, 9, 14],
    [40, 129, 9, 14],
    [101, 303, 100, 300],
    [90, 400, 11, 111],
    [90, 400, 11, 47],
    [90, 400, 11, 31],
    [90, 400, 11, 23],
    [90, 400, 11, 19],
    [2000, 400, 15, 47],
    [500, 1500, 2, 7],
    [108, 192, 36, 64],
    [108, 192, 27, 64],
    [110, 192, 22, 8],
    [110, 192, 110, 96],
    [24, 80, 1, 2],
    [600, 40, 2, 4],
    [600, 400, 3, 4],
    [1, 64, 1, 2],
];

fn check(declared: &str, rows: usize, columns: usize, channels: usize, image: usize) {
    let pipe = Pipeline::parse(declared).expect("a declaration");
    let bytes: Vec<_> =
        pixels(rows * columns * channels, rows * columns + image).into_iter().map(IMAGES[image]).collect();
    let planar = declared.contains("8, chw");
    let strides = if planar { [columns, 1, rows * columns] } else { [columns * channels, channels, 1] };
    let strides = strides.map(|stride| stride as isize);
    let source = ImageRef::strided(&bytes, 0, [rows, columns, channels], strides).expect("a dense image");
    let expected = reference::run::<u8>(&pipe, source).expect("the image fits");
    for level in levels() {
        let tensor = pipe.with_level(level).and_then(|pipe| pipe.run::<u8>(source)).expect("the level is available");
        assert_bits(&tensor.data, &expected.data, || format!("{level}, {pipe}, {rows}x{columns}, image {image}"));
    }
}

#[test]
fn sums_next_to_a_half() {
    for [rows, columns, to_rows, to_columns] in SIZES {
        for (channels, planar) in [(1, false), (3, false), (3, true), (4, false)] {
            let (format, order) = format_of(channels);
            let layout = if planar { ", chw" } else { "" };
            let text =
                format!("input({format}{layout}), resize({to_rows}, {to_columns}, area), output({order}, u8, hwc)");
            for image in 0..IMAGES.len() {
                check(&text, rows, columns, channels, image);
            }
        }
    }
}

#[test]
fn random_sizes_and_crops() {
    for number in 0..60 {
        let random = |index: usize, most: usize| 1 + mix(index, number) as usize % most;
        let to = [random(0, 40), random(1, 40)];
        let from = [to[0] + random(2, 150), to[1] + random(3, 250)];
        let crop = [random(4, to[0]), random(5, to[1])];
        let text = format!(
            "input(rgb8), resize({}, {}, area), center_crop({}, {}), output(rgb, u8, hwc)",
            to[0], to[1], crop[0], crop[1]
        );
        check(&text, from[0], from[1], 3, number % IMAGES.len());
    }
}
