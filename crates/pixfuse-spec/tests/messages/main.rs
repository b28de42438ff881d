//! The wording of every error: a declaration, and each message it gets, in the order of the text.

mod clauses;
mod colours;
mod framing;
mod normalize;
mod quantize;
mod sampling;
mod sizes;
mod tiles;

use pixfuse_spec::Spec;

#[track_caller]
fn says(text: &str, expected: &[&str]) {
    let error = text.parse::<Spec>().expect_err(text);
    let messages: Vec<&str> = error.errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, expected, "{text}");
}

#[test]
fn words_in_their_places() {
    says(
        "input(rgb), output(rgb8, f32)",
        &[
            "input: expected a pixel format (gray8, rgb8, bgr8, rgba8, bgra8, nv12, nv21, i420, yuyv, gray16, rgb16, bgr16, gray32f, rgb32f, bgr32f), found `rgb`; did you mean `rgb8`?",
            "output: expected a channel order (gray, rgb, bgr, rgba, bgra), found `rgb8`; did you mean `rgb`?",
        ],
    );
    says(
        "input(), output()",
        &[
            "input: the pixel format is missing; write input(rgb8, hwc, alpha = drop)",
            "output: the channel order is missing; write output(rgb, f32, chw)",
        ],
    );
    says(
        "input(5), output(rgb, 5)",
        &[
            "input: expected a pixel format (gray8, rgb8, bgr8, rgba8, bgra8, nv12, nv21, i420, yuyv, gray16, rgb16, bgr16, gray32f, rgb32f, bgr32f), found 5",
            "output: expected an element type (f32, f16, bf16, u8, i8), found 5",
        ],
    );
    says(
        "input(rgb8, chw, hwc), output(rgb, f32, chw, hwc)",
        &[
            "input: at most 2 values are expected; write input(rgb8, hwc, alpha = drop)",
            "output: at most 3 values are expected; write output(rgb, f32, chw)",
        ],
    );
    says(
        "input(rgb8, f32), output(rgb, chw)",
        &[
            "input: expected a layout (hwc, chw), found `f32`",
            "output: expected an element type (f32, f16, bf16, u8, i8), found `chw`",
        ],
    );
    says(
        "input(rgb8), output(rgb, chw, f32)",
        &["output: expected an element type (f32, f16, bf16, u8, i8), found `chw`"],
    );
    says(
        "input(rgb8), output(RGB, F32)",
        &[
            "output: unknown channel order `RGB`, expected one of gray, rgb, bgr, rgba, bgra; did you mean `rgb`?",
            "output: unknown element type `F32`, expected one of f32, f16, bf16, u8, i8; did you mean `f32`?",
        ],
    );
    says(
        "input(rgb8), input(bgr8), output(rgb, f32), output(rgb, u8)",
        &["input: the clause is given twice; keep one", "output: the clause is given twice; keep one"],
    );
    says(
        "resize(240, 256, bilinear)",
        &[
            "input is missing; write input(..) with one of gray8, rgb8, bgr8, rgba8, bgra8, nv12, nv21, i420, yuyv, gray16, rgb16, bgr16, gray32f, rgb32f, bgr32f",
            "output is missing; write output(.., f32, chw) with one of gray, rgb, bgr, rgba, bgra",
        ],
    );
}

#[test]
fn channels_and_alpha() {
    says(
        "input(rgb8), output(rgba, f32)",
        &[
            "output(rgba): input(rgb8) has no alpha channel; write output(gray, ..) or output(rgb, ..) or output(bgr, ..), or another input",
        ],
    );
    says(
        "input(gray8), output(bgra, u8)",
        &[
            "output(bgra): input(gray8) has no alpha channel; write output(gray, ..) or output(rgb, ..) or output(bgr, ..), or another input",
        ],
    );
    says(
        "input(rgba8), output(rgb, f32)",
        &["input(rgba8): output(rgb) has no alpha channel; say what becomes of it: input(rgba8, alpha = drop)"],
    );
    says(
        "input(rgba8, alpha = drop), output(rgba, f32)",
        &["input(rgba8): output(rgba) keeps the alpha channel; leave alpha = drop out"],
    );
    says(
        "input(rgb8, alpha = drop), output(rgb, f32)",
        &["input(rgb8): there is no alpha channel; leave alpha = drop out"],
    );
    says(
        "input(rgba8, alpha = dorp), output(rgb, f32)",
        &["input: unknown alpha rule `dorp`, expected one of drop, over, premultiply"],
    );
    says("input(rgba8, alpha = drop, alpha = drop), output(rgb, f32)", &["input: `alpha` is given twice; keep one"]);
    says(
        "input(rgba8, alhpa = drop), output(rgb, f32)",
        &[
            "input: unknown argument `alhpa`, expected one of alpha, background, gray, matrix, range, orient; did you mean `alpha`?",
        ],
    );
    says("input(rgba8, drop), output(rgb, f32)", &["input: expected a layout (hwc, chw), found `drop`"]);
    says(
        "input(rgba8, alpha = 3), output(rgb, f32)",
        &["input: expected an alpha rule (drop, over, premultiply), found 3"],
    );
}

#[test]
fn orientation() {
    for (value, found) in
        [("0", "0"), ("9", "9"), ("6.5", "6.5"), ("_", "`_`"), ("right", "`right`"), ("[6]", "a list")]
    {
        says(
            &format!("input(rgb8, orient = {value}), output(rgb, f32)"),
            &[&format!("input: orient must be an integer from 1 to 8, found {found}")],
        );
    }
    says(
        "input(rgba8, orient = 9), output(rgb, f32)",
        &[
            "input(rgba8): output(rgb) has no alpha channel; say what becomes of it: input(rgba8, alpha = drop)",
            "input: orient must be an integer from 1 to 8, found 9",
        ],
    );
    says("input(rgb8, orient), output(rgb, f32)", &["input: unknown layout `orient`, expected one of hwc, chw"]);
}

#[test]
fn source_size() {
    let says_of = |arguments: &str, message: &str| {
        says(&format!("input(rgb8, {arguments}), output(rgb, f32)"), &[&format!("input: {message}")]);
    };
    let usage = "write input(rgb8, 1080, 1920, hwc)";
    says_of("1080", &format!("the number of columns is missing; {usage}"));
    says_of("1080, hwc", "columns must be an integer from 1 to 65535, found `hwc`");
    says_of("hwc, 1080, 1920", "rows must be an integer from 1 to 65535, found `hwc`");
    says_of("0, 1920", "rows must be an integer from 1 to 65535, found 0");
    says_of("1080, 65536", "columns must be an integer from 1 to 65535, found 65536");
    says_of("1080, _", "columns must be an integer from 1 to 65535, found `_`");
    says_of("1080, 1920, hwc, 3", &format!("at most 4 values are expected; {usage}"));
    says_of("rows = 1080", "unknown argument `rows`, expected one of alpha, background, gray, matrix, range, orient");
    // A source that keeps its size is known as a resized one is, as it is once it is turned.
    let cropped = |orient: &str| format!("input(rgb8, 8, 9{orient}), crop(2, 1, 7, 7), output(rgb, f32)");
    says(&cropped(""), &["crop: rows 2 to 9 are outside input(.., 8, 9)"]);
    assert!(cropped(", orient = 6").parse::<Spec>().is_ok());
    says(
        "input(rgb8, 8, 9, orient = 6), pad(to = [9, 7]), output(rgb, f32)",
        &["pad: to = [9, 7] has fewer columns than the 8 of the image; crop it first, or resize it to less"],
    );
}
