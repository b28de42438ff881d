//! Letterbox, crops and margins.

use crate::says;

#[test]
fn clauses_that_exclude_each_other() {
    says(
        "input(rgb8), resize(240, 256, bilinear), letterbox(240, 256, bilinear), output(rgb, f32)",
        &["resize and letterbox exclude each other; keep one"],
    );
    says(
        "input(rgb8), letterbox(240, 256, bilinear), resize(240, 256, bilinear), output(rgb, f32)",
        &["resize and letterbox exclude each other; keep one"],
    );
    says(
        "input(rgb8), crop(0, 0, 1, 1), center_crop(3), output(rgb, f32)",
        &["crop and center_crop exclude each other; keep one"],
    );
    says(
        "input(rgb8), center_crop, crop(0, 0, 1), output(rgb, f32)",
        &[
            "center_crop: its brackets are missing; write center_crop(..)",
            "crop and center_crop exclude each other; keep one",
            "crop: the number of columns is missing; write crop(top, left, rows, columns)",
        ],
    );
}

#[test]
fn letterbox() {
    says(
        "input(rgb8), letterbox(640, bilinear), output(rgb, f32)",
        &["letterbox: columns must be an integer from 1 to 65535 or `_`, found `bilinear`"],
    );
    says(
        "input(rgb8), letterbox(rows = 640, 640, bilinear), output(rgb, f32)",
        &["letterbox: `rows` is written without its name; write letterbox(640, 640, bilinear)"],
    );
    says(
        "input(rgb8), letterbox(640, 640, bilinear, rule = yolo, scale_up = 1), output(rgb, f32)",
        &[
            "letterbox: unknown rule `yolo`, expected one of ultralytics, yolox, opencv; did you mean `yolox`?",
            "letterbox: scale_up must be true or false, found 1",
        ],
    );
    says(
        "input(rgb8), letterbox(640, 640, bilinear, stride = 0), output(rgb, f32)",
        &["letterbox: stride must be an integer from 1 to 1024, found 0"],
    );
    says(
        "input(rgb8), letterbox(640, 640, bilinear, stride = _), output(rgb, f32)",
        &["letterbox: stride must be an integer from 1 to 1024, found `_`"],
    );
    says(
        "input(rgb8), letterbox(640, 640, bilinear, rule = yolox, stride = 32), output(rgb, f32)",
        &["letterbox: rule = yolox has no stride; leave stride = 32 out, or write rule = ultralytics"],
    );
}

#[test]
fn fill() {
    says(
        "input(rgb8), letterbox(640, 640, bilinear, fill = 256), output(rgb, f32)",
        &["letterbox: fill must be an integer from 0 to 255, found 256"],
    );
    says(
        "input(rgb8), letterbox(640, 640, bilinear, fill = gray), output(rgb, f32)",
        &["letterbox: fill must be an integer from 0 to 255, found `gray`"],
    );
    says(
        "input(rgb8), letterbox(640, 640, bilinear, fill = [1, 2]), output(rgb, f32)",
        &["letterbox: fill has 2 values and output(rgb) has 3 channels; write one number, or 3"],
    );
    says(
        "input(rgb8), center_crop(3, fill = []), output(rgb, f32)",
        &["center_crop: fill is an empty list; write one number, or one for each channel"],
    );
    says(
        "input(rgb8), pad(1, 2, 3, 4, fill = [1.5, -1, 1]), output(rgb, f32)",
        &[
            "pad: fill[0] must be an integer from 0 to 255, found 1.5",
            "pad: fill[1] must be an integer from 0 to 255, found -1",
        ],
    );
    says(
        "input(rgb8), pad(1, 2, 3, 4, fil = 5), output(rgb, f32)",
        &[
            "pad: unknown argument `fil`, expected one of to, multiple, beyond, least, at, fill, value, border; did you mean `fill`?",
        ],
    );
    says(
        "input(gray8), letterbox(640, 640, bilinear, fill = [1, 2, 3]), output(gray, f32)",
        &["letterbox: fill has 3 values and output(gray) has 1 channel; write one number"],
    );
}

#[test]
fn crops() {
    says(
        "input(rgb8), center_crop(), output(rgb, f32)",
        &["center_crop: the number of rows is missing; write center_crop(224, 224)"],
    );
    says(
        "input(rgb8), center_crop(0), output(rgb, f32)",
        &["center_crop: rows must be an integer from 1 to 65535 or `_`, found 0"],
    );
    says(
        "input(rgb8), center_crop(1, 2, 3), output(rgb, f32)",
        &["center_crop: at most 2 values are expected; write center_crop(224, 224)"],
    );
    says(
        "input(rgb8), center_crop(224, rounding = ceil), output(rgb, f32)",
        &["center_crop: unknown rounding `ceil`, expected one of half_even, floor, truncate"],
    );
    says(
        "input(rgb8), crop(1, 2, 3), output(rgb, f32)",
        &["crop: the number of columns is missing; write crop(top, left, rows, columns)"],
    );
    says(
        "input(rgb8), crop(1, 2, 3, 4, 5), output(rgb, f32)",
        &["crop: at most 4 values are expected; write crop(top, left, rows, columns)"],
    );
    says(
        "input(rgb8), crop(_, 65536, 0, _), output(rgb, f32)",
        &["crop: top must be an integer from 0 to 65535, found `_`"],
    );
    says(
        "input(rgb8), crop(top = 1, 1, 1, 1), output(rgb, f32)",
        &["crop: `top` is written without its name; write crop(top, left, rows, columns)"],
    );
}

#[test]
fn a_window_lies_inside() {
    says(
        "input(rgb8), resize(256, 256, bilinear), crop(200, 0, 224, 256), output(rgb, f32)",
        &["crop: rows 200 to 424 are outside resize(256, 256, ..)"],
    );
    says(
        "input(rgb8), resize(256, 256, bilinear), crop(200, 33, 224, 224), output(rgb, f32)",
        &[
            "crop: rows 200 to 424 are outside resize(256, 256, ..)",
            "crop: columns 33 to 257 are outside resize(256, 256, ..)",
        ],
    );
    says(
        "input(rgb8), letterbox(256, _, bilinear), crop(200, 200, 224, 256), output(rgb, f32)",
        &["crop: rows 200 to 424 are outside letterbox(256, _, ..)"],
    );
}

#[test]
fn margins() {
    says(
        "input(rgb8), pad(), output(rgb, f32)",
        &["pad: the top margin is missing; write pad(top, left, bottom, right)"],
    );
    says(
        "input(rgb8), pad(1, 2), output(rgb, f32)",
        &["pad: the bottom margin is missing; write pad(top, left, bottom, right)"],
    );
    says(
        "input(rgb8), pad(-1, 65536, 1.5, _), output(rgb, f32)",
        &[
            "pad: top must be an integer from 0 to 65535, found -1",
            "pad: left must be an integer from 0 to 65535, found 65536",
            "pad: bottom must be an integer from 0 to 65535, found 1.5",
            "pad: right must be an integer from 0 to 65535, found `_`",
        ],
    );
    says(
        "input(rgb8), resize(65535, 3, bilinear), pad(1, 0, 0, 0), output(rgb, f32)",
        &["pad: the result has 65536 rows; the most is 65535"],
    );
    says(
        "input(rgb8), center_crop(_, 65530), pad(40000, 3, 40000, 3), output(rgb, f32)",
        &[
            "pad: the result has at least 80001 rows; the most is 65535",
            "pad: the result has 65536 columns; the most is 65535",
        ],
    );
}

#[test]
fn frames_to_fill_up() {
    says(
        "input(rgb8), pad(1, to = [2, 3]), output(rgb, f32)",
        &["pad: every argument has a name; write pad(to = [1024, 1024])"],
    );
    says("input(rgb8), pad(to = [2, 3, 4]), output(rgb, f32)", &["pad: to has 3 values; write [rows, columns]"]);
    says(
        "input(rgb8), pad(to = 8, multiple = 3), output(rgb, f32)",
        &["pad: to and multiple exclude each other; keep one"],
    );
    says(
        "input(rgb8), pad(beyond = 8, least = 3), output(rgb, f32)",
        &["pad: beyond and least exclude each other; keep one"],
    );
    says(
        "input(rgb8), pad(beyond = 8, border = mirror), output(rgb, f32)",
        &["pad: unknown border `mirror`, expected symmetric"],
    );
    says(
        "input(rgb8), pad(beyond = 8, border = symmetric, fill = 3), output(rgb, f32)",
        &["pad: fill and border exclude each other; keep one"],
    );
    says(
        "input(rgb8), center_crop(8, 8), pad(1, 2, 3, 4, border = symmetric), output(rgb, f32)",
        &["pad: border = symmetric is not there beside a crop; leave one of them out"],
    );
    for text in [
        "input(rgb8), pad(beyond = 8, border = symmetric), output(rgb, f32, chw)",
        "input(rgb8), pad(least = [48, 320], at = center, value = 0), output(rgb, f32, chw)",
        "input(rgb8), pad(1, 2, 3, 4, border = symmetric), output(rgb, f32, chw)",
    ] {
        assert_eq!(text.parse::<pixfuse_spec::Spec>().unwrap().to_string(), text);
    }
    says(
        "input(rgb8), pad(1, 2, 3, 4, at = center), output(rgb, f32)",
        &["pad: at goes with to = .. or multiple = ..; leave it out"],
    );
    says(
        "input(rgb8), pad(to = 8, at = middle), output(rgb, f32)",
        &["pad: unknown place in the frame `middle`, expected one of top_left, center"],
    );
    says(
        "input(rgb8), pad(to = 8, fill = 3, value = 0), output(rgb, f32)",
        &["pad: value and fill exclude each other; keep one"],
    );
    says(
        "input(rgb8), pad(to = 8, value = 0.5), output(rgb, u8)",
        &["pad: value = 0.5 is no u8; write an integer from 0 to 255"],
    );
    says(
        "input(rgb8), resize(9, 8, bilinear), pad(to = 8), output(rgb, f32)",
        &["pad: to = [8, 8] has fewer rows than the 9 of the image; crop it first, or resize it to less"],
    );
}

#[test]
fn patches() {
    says(
        "input(rgb8), output(rgb, f32), patches()",
        &["patches: the side of a patch is missing; write patches(16, merge = 2, temporal = 2)"],
    );
    says(
        "input(rgb8), output(rgb, f32), patches(0, merge = 0, temporal = 17, pad_to = _)",
        &[
            "patches: side must be an integer from 1 to 1024, found 0",
            "patches: merge must be an integer from 1 to 1024, found 0",
            "patches: temporal must be an integer from 1 to 16, found 17",
            "patches: pad_to must be an integer from 1 to 16777216, found `_`",
        ],
    );
    says(
        "input(rgb8), output(rgb, f32, chw), patches(16, order = thwc)",
        &["patches: order = thwc is that of output(.., hwc), and it says chw; write hwc"],
    );
    says(
        "input(rgb8), pad(to = [32, 40]), output(rgb, f32), patches(16)",
        &["patches: pad(to = [32, 40]) gives 40 columns, which is no multiple of 16 (side 16 x merge 1)"],
    );
    says(
        "input(rgb8), output(rgb, i8, scale = 0.1, zero_point = 3), patches(16, pad_to = 4)",
        &[
            "patches: pad_to stores 0 behind the last patch, and zero_point = 3 means another zero; leave one of them out",
        ],
    );
}
