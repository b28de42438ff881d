//! The plan of a declaration: what lowering folds, drops and leaves open.

mod libraries;

use pixfuse_spec::{Spec, lower};

#[track_caller]
fn plans(text: &str, expected: &str) {
    assert_eq!(lower(&text.parse::<Spec>().expect(text)).to_string(), expected, "{text}");
}

#[test]
fn nothing_to_do() {
    plans(
        "input(rgb8), output(rgb, u8, hwc)",
        "\
load      rgb8 hwc
resample  none: every source pixel once
map       keep: the u8 itself
store     rgb u8 hwc",
    );
}

#[test]
fn swap_only() {
    plans(
        "input(rgb8), output(bgr, f32)",
        "\
load      rgb8 hwc
resample  none: every source pixel once
map       convert: u8 to f32
store     bgr f32 chw, channels from [2, 1, 0] of the source",
    );
}

#[test]
fn gray_planes_are_bytes() {
    plans(
        "input(gray8, chw), resize(28, 28, nearest), output(gray, u8)",
        "\
load      gray8 chw
frame     28 x 28
resample  nearest: 1 pixel, equal to OpenCV INTER_NEAREST
map       keep: the u8 itself
store     gray u8 chw",
    );
}

#[test]
fn swap_at_the_store() {
    plans(
        "input(bgr8), resize(240, 256, nearest_exact), output(rgb, u8, chw)",
        "\
load      bgr8 hwc
frame     240 x 256
resample  nearest_exact: 1 pixel, equal to Pillow NEAREST
map       keep: the u8 itself
store     rgb u8 chw, channels from [2, 1, 0] of the source",
    );
}

#[test]
fn hand_written_loop() {
    plans(
        "input(rgb8), resize(224, 224, nearest_floor), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], eps = 1e-5), output(rgb, f32)",
        "\
load      rgb8 hwc
frame     224 x 224
resample  nearest_floor: 1 pixel, equal to floor(d * (S / D))
map       fma(x, [0.017124007, 0.017506221, 0.017428419], [-2.1178114, -2.0356233, -1.8043642]): one multiply-add
store     rgb f32 chw",
    );
}

#[test]
fn imagenet() {
    plans(
        "input(rgb8), resize(240, 256, bilinear), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32)",
        "\
load      rgb8 hwc
frame     240 x 256
resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
map       fma(x, [0.017124753, 0.017507004, 0.017429193], [-2.117904, -2.0357144, -1.8044444]): one multiply-add
store     rgb f32 chw",
    );
}

#[test]
fn alpha_is_not_read() {
    plans(
        "input(rgba8, alpha = drop), resize(240, 256, bilinear), normalize(), output(rgb, f32)",
        "\
load      rgba8 hwc, alpha not read
frame     240 x 256
resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
map       fma(x, [0.003921569, 0.003921569, 0.003921569], [0.0, 0.0, 0.0]): one multiply-add
store     rgb f32 chw",
    );
}

#[test]
fn alpha_dropped_and_swapped() {
    plans(
        "input(bgra8, chw, alpha = drop), output(rgb, u8, hwc)",
        "\
load      bgra8 chw, alpha not read
resample  none: every source pixel once
map       keep: the u8 itself
store     rgb u8 hwc, channels from [2, 1, 0] of the source",
    );
}

#[test]
fn alpha_kept_and_swapped() {
    plans(
        "input(bgra8), resize(7, 9, bilinear), output(rgba, f32, hwc)",
        "\
load      bgra8 hwc
frame     7 x 9
resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
map       convert: u8 to f32
store     rgba f32 hwc, channels from [2, 1, 0, 3] of the source",
    );
}

#[test]
fn normalize_that_does_nothing() {
    plans(
        "input(rgb8), normalize(scale = 1, mean = 0, std = 1), output(rgb, f32)",
        "\
load      rgb8 hwc
resample  none: every source pixel once
map       convert: u8 to f32
store     rgb f32 chw",
    );
}

#[test]
fn one_number_for_every_channel() {
    plans(
        "input(rgb8), normalize(scale = 1, mean = 127.5, std = 127.5), output(bgr, f32)",
        "\
load      rgb8 hwc
resample  none: every source pixel once
map       fma(x, [0.007843138, 0.007843138, 0.007843138], [-1.0, -1.0, -1.0]): one multiply-add
store     bgr f32 chw, channels from [2, 1, 0] of the source",
    );
}

/// Another library's order that one multiply-add gives in every bit: no table is needed, and the plan says so.
#[test]
fn order_that_one_multiply_add_keeps() {
    plans(
        "input(gray8), normalize(order = torchvision_v2), output(gray, f32)",
        "\
load      gray8 hwc
resample  none: every source pixel once
map       fma(x, [0.003921569], [0.0]): one multiply-add, in the bits of order = torchvision_v2 for each of the 256 pixel values
store     gray f32 chw",
    );
}

/// And one that it does not: 1/255 of a pixel value is rounded otherwise than a division by 255.
#[test]
fn order_that_needs_a_table() {
    plans(
        "input(gray8), normalize(order = torchvision), output(gray, f32)",
        "\
load      gray8 hwc
resample  none: every source pixel once
map       (x * 1/255 - [0.0]) / [1.0]: a table of the 256 pixel values, by order = torchvision
store     gray f32 chw",
    );
}

/// 0 divided by -1 is -0, which one multiply-add does not give: the same numbers, other bits.
#[test]
fn negative_zero_is_kept() {
    plans(
        "input(gray8), normalize(scale = 1, std = -1, order = torchvision), output(gray, f32)",
        "\
load      gray8 hwc
resample  none: every source pixel once
map       (x * 1 - [0.0]) / [-1.0]: a table of the 256 pixel values, by order = torchvision
store     gray f32 chw",
    );
}

#[test]
fn open_numbers() {
    plans(
        "input(rgb8), resize(_, 256, bilinear), normalize(mean = _, std = 0.5), output(rgb, f32)",
        "\
load      rgb8 hwc
frame     _ x 256
resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
map       fma(x, _, _): one multiply-add
store     rgb f32 chw",
    );
}

#[test]
fn orientation_is_a_load() {
    plans(
        "input(bgra8, alpha = drop, orient = 6), resize(shortest = 256, bilinear), output(rgb, u8, hwc)",
        "\
load      bgra8 hwc, alpha not read, turned by 90 degrees clockwise
frame     shortest side 256
resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
map       keep: the u8 itself
store     rgb u8 hwc, channels from [2, 1, 0] of the source",
    );
    plans(
        "input(gray8, chw, orient = 1), output(gray, u8)",
        "\
load      gray8 chw
resample  none: every source pixel once
map       keep: the u8 itself
store     gray u8 chw",
    );
}

#[test]
fn a_source_size_is_a_load() {
    plans(
        "input(bgra8, 1080, 1920, chw, alpha = drop), output(rgb, u8, hwc)",
        "\
load      bgra8 chw of 1080 x 1920, alpha not read
resample  none: every source pixel once
map       keep: the u8 itself
store     rgb u8 hwc, channels from [2, 1, 0] of the source",
    );
    let spec: Spec = "input(gray8, 30, 40, orient = 6), output(gray, u8)".parse().unwrap();
    assert_eq!((spec.input.size, spec.size()), (Some([30, 40]), Some([40, 30])));
}

#[test]
fn patches_of_a_padded_image() {
    plans(
        "input(rgb8), pad(multiple = 32, at = center, value = 0), output(rgb, f32), \
         patches(16, merge = 2, temporal = 2, pad_to = 256)",
        "\
load      rgb8 hwc
frame     pad to multiples of 32 x 32 (center) on 0 after normalising
resample  none: every source pixel once
map       convert: u8 to f32
store     rgb f32 chw, in patches of 16 x 16 (cthw, 2 times each, in squares of 2 x 2, zeros up to 256 of them)",
    );
}
