//! Patches and frames: every level against the reference, and the reference against index arithmetic by hand.

mod common;

use common::{agrees, noise};
use pixfuse::{ImageRef, Pipeline, reference};

#[test]
fn every_way_of_making_rows() {
    for filter in [
        "nearest",
        "bilinear",
        "area",
        "bilinear, antialias",
        "bicubic, antialias, like = torch",
        "bicubic, antialias, precision = f32",
    ] {
        for (output, patches) in [
            ("output(rgb, f32, chw)", "patches(14, merge = 2, temporal = 2)"),
            ("output(bgr, f32, chw)", "patches(7, temporal = 3, order = tchw)"),
            ("output(rgb, f32, hwc)", "patches(28, merge = 1, temporal = 2, pad_to = 40)"),
            ("output(gray, f32, chw)", "patches(2, merge = 2, temporal = 2)"),
        ] {
            let input = if output.contains("gray") { "gray8" } else { "rgb8" };
            let normalize = "normalize(mean = 0.45, std = 0.22)";
            let text = format!("input({input}), resize(84, 56, {filter}), {normalize}, {output}, {patches}");
            agrees::<f32>(&text, [61, 83], -7.5);
        }
    }
}

/// A row of 67,200 bytes: not all rows of a patch are mapped before they are moved.
#[test]
fn rows_too_long_to_be_moved_together() {
    agrees::<f32>("input(rgb8), output(rgb, f32, chw), patches(14, temporal = 2)", [28, 5600], -1.0);
    agrees::<f32>(
        "input(rgb8), resize(14, 5600, bilinear, antialias), output(rgb, f32, hwc), patches(14)",
        [15, 300],
        7.0,
    );
}

/// More than 4 MB, whose runs pass the caches where they begin and end at multiples of 8 bytes, and those beside them do not.
#[test]
fn tensors_larger_than_a_cache() {
    let sampling = "resize(588, 616, bilinear)";
    for patches in ["patches(14, merge = 2, temporal = 2)", "patches(7, order = tchw)"] {
        let text = format!("input(rgb8), {sampling}, normalize(), output(rgb, f32, chw), {patches}");
        agrees::<f32>(&text, [61, 83], -7.5);
    }
    agrees::<u8>("input(rgb8), resize(1232, 1152, bilinear), output(rgb, u8, hwc), patches(16)", [61, 83], 7);
}

#[test]
fn sides_around_a_vector() {
    for side in [1, 2, 3, 5, 7, 8, 13, 14, 15, 16, 17, 31, 33, 64] {
        for (rows, columns) in [(1, 1), (2, 3), (3, 2)] {
            let size = format!("{}, {}", side * rows, side * columns);
            agrees::<f32>(
                &format!("input(rgb8), resize({size}, bilinear), normalize(), output(rgb, f32, chw), patches({side})"),
                [19, 23],
                -1.0,
            );
            agrees::<u8>(
                &format!("input(rgb8), resize({size}, bilinear), output(rgb, u8, hwc), patches({side}, temporal = 2)"),
                [19, 23],
                201,
            );
            agrees::<pixfuse::bf16>(
                &format!(
                    "input(gray8), resize({size}, bilinear, antialias), normalize(), output(gray, bf16), patches({side})"
                ),
                [19, 23],
                pixfuse::bf16::from_f32(-3.0),
            );
        }
    }
}

#[test]
fn images_that_keep_their_size() {
    agrees::<f32>("input(rgb8), output(rgb, f32, chw), patches(4)", [8, 12], -1.0);
    agrees::<u8>("input(rgb8), output(rgb, u8, hwc), patches(4, merge = 2)", [8, 16], 7);
    agrees::<u8>("input(rgb8, orient = 6), output(bgr, u8, chw), patches(4)", [8, 12], 7);
    agrees::<f32>("input(rgba8, alpha = over, background = 255), output(rgb, f32, chw), patches(3)", [9, 6], 7.0);
}

#[test]
fn margins_fall_into_patches() {
    for at in ["top_left", "center"] {
        for fill in ["value = -2", "fill = [10, 20, 30]", "value = 0"] {
            agrees::<f32>(
                &format!(
                    "input(rgb8), resize(longest = 27, bilinear, antialias), pad(multiple = 16, at = {at}, {fill}), \
                     normalize(), output(rgb, f32, chw), patches(8, merge = 2, temporal = 2)"
                ),
                [31, 40],
                -1.0,
            );
            agrees::<f32>(
                &format!(
                    "input(rgb8), resize(longest = 27, bilinear), pad(to = [40, 33], at = {at}, {fill}), normalize(), \
                     output(rgb, f32, hwc)"
                ),
                [31, 40],
                -1.0,
            );
            agrees::<u8>(
                &format!(
                    "input(rgb8), letterbox(40, 48, bilinear), pad(to = [64, 64], at = {at}, fill = 9), \
                     output(rgb, u8, hwc), patches(16)"
                ),
                [31, 40],
                1,
            );
        }
    }
}

/// The order that transformers' Qwen2-VL gives its patches, by the reshape and transpose of its source: patches of
/// channels, frames, rows and columns, in squares of 2 x 2 patches.
#[test]
fn the_order_of_qwen2_vl() {
    let (side, merge, temporal) = (2, 2, 2);
    let [rows, columns] = [8, 12];
    let pixels = noise(rows * columns * 3);
    let text = "input(rgb8), output(rgb, u8, chw), patches(2, merge = 2, temporal = 2)";
    let tensor = Pipeline::parse(text).unwrap().run::<u8>(ImageRef::rgb8(&pixels, rows, columns).unwrap()).unwrap();
    let mut expected = Vec::new();
    for (block_row, block_column) in
        (0..rows / side / merge).flat_map(|y| (0..columns / side / merge).map(move |x| (y, x)))
    {
        for (y, x) in (0..merge).flat_map(|y| (0..merge).map(move |x| (y, x))) {
            let (top, left) = ((block_row * merge + y) * side, (block_column * merge + x) * side);
            for channel in 0..3 {
                for _ in 0..temporal {
                    for (row, column) in (0..side).flat_map(|row| (0..side).map(move |column| (row, column))) {
                        expected.push(pixels[((top + row) * columns + left + column) * 3 + channel]);
                    }
                }
            }
        }
    }
    assert_eq!(tensor.dims, [24, 24]);
    assert_eq!(tensor.data, expected);
}

#[test]
fn geometry_counts_patches() {
    let pipe = Pipeline::parse(
        "input(rgb8), resize(56, 84, bicubic, antialias), output(rgb, f32), patches(14, temporal = 2, pad_to = 30)",
    )
    .unwrap();
    assert_eq!(pipe.geometry(100, 200).unwrap().patches(), Some([4, 6]));
    assert_eq!(pipe.output_shape(100, 200).unwrap(), [30, 1176]);
    assert_eq!(Pipeline::parse("input(rgb8), output(rgb, f32)").unwrap().geometry(3, 4).unwrap().patches(), None);
}

#[test]
fn what_is_no_whole_patches_is_refused() {
    let says = |text: &str, size: [usize; 2], expected: &str| {
        let pipe = Pipeline::parse(text).unwrap();
        let pixels = vec![0; size[0] * size[1] * 3];
        let image = ImageRef::rgb8(&pixels, size[0], size[1]).unwrap();
        assert_eq!(pipe.run::<f32>(image).unwrap_err().to_string(), expected);
        assert_eq!(reference::run::<f32>(&pipe, image).unwrap_err().to_string(), expected);
        assert_eq!(pipe.output_shape(size[0], size[1]).unwrap_err().to_string(), expected);
    };
    says(
        "input(rgb8), output(rgb, f32), patches(14, merge = 2)",
        [28, 30],
        "image: 28 rows x 30 columns are no whole patches of 14 x merge 2: resize to multiples of 28, by a rule with that \
         multiple, or put pad(multiple = 28) before patches",
    );
    says(
        "input(rgb8), output(rgb, f32), patches(4, pad_to = 5)",
        [8, 12],
        "image: 2 x 3 patches are more than pad_to = 5: resize to fewer, by a rule with that number of patches",
    );
    says(
        "input(rgb8), pad(to = [5, 9]), output(rgb, f32)",
        [6, 9],
        "image: pad(to = [5, 9]): the image has become 6 rows x 9 columns, which is more; resize it to less, or crop it \
         first",
    );
}

/// A seen size runs without an error of its own when the output is of another length.
#[test]
fn an_output_of_another_length_is_refused() {
    let pipe = Pipeline::parse("input(rgb8), output(rgb, u8), patches(4)").unwrap();
    let pixels = noise(8 * 8 * 3);
    let image = ImageRef::rgb8(&pixels, 8, 8).unwrap();
    let mut out = vec![0_u8; 8 * 8 * 3 - 1];
    let error = pipe.run_into(image, &mut out).unwrap_err().to_string();
    assert_eq!(error, "out: 191 elements given, the tensor [4, 48] needs 192");
}

/// A batch of images whose sizes give one grid.
#[test]
fn a_batch_has_its_count_in_front() {
    let pipe = Pipeline::parse("input(rgb8), resize(8, 8, bilinear), output(rgb, u8), patches(4, merge = 2)").unwrap();
    let pixels = [noise(7 * 9 * 3), noise(20 * 5 * 3)];
    let images = [ImageRef::rgb8(&pixels[0], 7, 9).unwrap(), ImageRef::rgb8(&pixels[1], 20, 5).unwrap()];
    let batch = pipe.batch::<u8>(&images).unwrap();
    assert_eq!(batch.dims, [2, 4, 48]);
    assert_eq!(batch.data[192..], pipe.run::<u8>(images[1]).unwrap().data);
}
