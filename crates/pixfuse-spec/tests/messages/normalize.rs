//! The arguments of normalize, and how numbers are written.

use crate::says;

#[test]
fn normalize_values() {
    says(
        "input(rgb8), normalize(), output(rgb, u8)",
        &["normalize: output(u8) stores pixel values 0 to 255; write output(.., f32, ..) or leave normalize out"],
    );
    says(
        "input(rgb8), normalize(1/255), output(rgb, f32)",
        &["normalize: every argument has a name; write normalize(scale = .., mean = .., std = .., eps = ..)"],
    );
    says(
        "input(rgb8), normalize(stdd = 3), output(rgb, f32)",
        &["normalize: unknown argument `stdd`, expected one of scale, mean, std, eps, order; did you mean `std`?"],
    );
    says(
        "input(rgb8), normalize(mean = 1, mean = 2), output(rgb, f32)",
        &["normalize: `mean` is given twice; keep one"],
    );
    says(
        "input(rgb8), normalize(mean = [0.5, 0.5], std = []), output(rgb, f32)",
        &[
            "normalize: mean has 2 values and output(rgb) has 3 channels; write one number, or 3",
            "normalize: std is an empty list; write one number, or one for each channel",
        ],
    );
    says(
        "input(gray8), normalize(mean = [0.5, 0.5]), output(gray, f32)",
        &["normalize: mean has 2 values and output(gray) has 1 channel; write one number"],
    );
    says(
        "input(rgb8), normalize(scale = 0, mean = abc, std = [1, 0, 1]), output(rgb, f32)",
        &[
            "normalize: scale is 0: every value would be the same",
            "normalize: mean must be a number, a list of numbers or `_`, found `abc`",
            "normalize: std[1] is 0: a value cannot be divided by it",
        ],
    );
    says(
        "input(rgb8), normalize(scale = [1], eps = x, std = 0), output(rgb, f32)",
        &[
            "normalize: scale must be a number or `_`, found a list",
            "normalize: eps must be a number or `_`, found `x`",
            "normalize: std is 0: a value cannot be divided by it",
        ],
    );
    says(
        "input(rgb8), normalize(std = [1, 2, 3], eps = -2), output(rgb, f32)",
        &["normalize: std[1] + eps is 0: a value cannot be divided by it"],
    );
    says(
        "input(rgb8), normalize(std = 1e-300), output(rgb, f32)",
        &["normalize: scale / (std + eps) overflows f32; write a larger std"],
    );
    says(
        "input(rgb8), normalize(std = 1e300), output(rgb, f32)",
        &["normalize: scale / (std + eps) is 0 in f32: every value would be the same; write a smaller std"],
    );
    says(
        "input(rgb8), normalize(std = 1e308, eps = 1.7e308), output(rgb, f32)",
        &["normalize: std + eps is not a finite number"],
    );
    says(
        "input(rgb8), normalize(mean = [0, 1e40, 0]), output(rgb, f32)",
        &["normalize: mean[1] / (std + eps) overflows f32; write a larger std"],
    );
}

#[test]
fn mean_and_std_of_pixel_values() {
    let eight = "and the default scale = 1/255 makes them 0 to 1; write scale = 1, or divide mean and std by 255; \
                 if it is meant so, write scale = 1/255";
    for (values, what) in [
        ("mean = [0.5, 123.675, 116.28]", "mean[1] = 123.675"),
        ("mean = 127.5, std = 127.5", "mean = 127.5"),
        ("mean = -4.001", "mean = -4.001"),
        ("mean = 0.5, std = [58.395, 57.12, 57.375], order = torchvision", "std[0] = 58.395"),
    ] {
        says(
            &format!("input(rgb8), normalize({values}), output(rgb, f32)"),
            &[&format!("normalize: {what} is above 4: it is one of pixel values 0 to 255, {eight}")],
        );
    }
    says(
        "input(rgb16), normalize(std = 65535), output(rgb, f32)",
        &[
            "normalize: std = 65535 is above 4: it is one of pixel values 0 to 65535, and the default scale = 1/65535 makes \
           them 0 to 1; write scale = 1, or divide mean and std by 65535; if it is meant so, write scale = 1/65535",
        ],
    );
}

/// A scale that is written is meant, also the default, which the text then keeps.
#[test]
fn a_written_scale_is_meant() {
    for (written, kept) in [
        ("scale = 1, mean = 123.675, std = 58.395", "scale = 1, mean = 123.675, std = 58.395"),
        ("scale = 1/255, mean = 123.675", "scale = 1/255, mean = 123.675"),
        ("scale = 1/255, std = _", "scale = 1/255, std = _"),
        ("scale = 1/255, mean = 4, std = 4", "mean = 4, std = 4"),
        ("scale = 1/255", ""),
    ] {
        let text = |numbers: &str| format!("input(rgb8), normalize({numbers}), output(rgb, f32, chw)");
        assert_eq!(text(written).parse::<pixfuse_spec::Spec>().unwrap().to_string(), text(kept));
        assert_eq!(text(kept).parse::<pixfuse_spec::Spec>().unwrap().to_string(), text(kept));
    }
    // f32 samples have no range.
    assert!("input(rgb32f), normalize(mean = 123), output(rgb, f32)".parse::<pixfuse_spec::Spec>().is_ok());
}

#[test]
fn normalize_lists_and_numbers() {
    says(
        "input(rgb8), normalize(mean = [_, 1, 0]), output(rgb, f32)",
        &["normalize: mean: `_` stands for the whole list; write mean = _"],
    );
    says(
        "input(rgb8), normalize(mean = [a, 1, [2]]), output(rgb, f32)",
        &["normalize: mean[0] must be a number, found `a`", "normalize: mean[2] must be a number, found a list"],
    );
    says(
        "input(rgb8), normalize(mean = [[[1]]]), output(rgb, f32)",
        &["normalize: mean: expected a single value, found `[`"],
    );
    says(
        "input(rgb8), normalize(mean = [1, 2 3]), output(rgb, f32)",
        &["normalize: mean: expected `,` or `]`, found 3"],
    );
    says("input(rgb8), normalize(mean = [1, 2, 3), output(rgb, f32)", &["normalize: mean: expected `]`, found `)`"]);
    says(
        "input(rgb8), normalize(mean = [1, 2, 3, output(rgb, f32)",
        &["normalize: mean: expected `]`, found `output`"],
    );
    says("input(rgb8), normalize(scale = 1/0), output(rgb, f32)", &["normalize: scale: division by 0"]);
    says(
        "input(rgb8), normalize(scale = 1e999), output(rgb, f32)",
        &["normalize: scale: 1e999 is not a finite number"],
    );
    says(
        "input(rgb8), normalize(scale = 1e308/1e-308), output(rgb, f32)",
        &["normalize: scale: the quotient is not a finite number"],
    );
    says(
        "input(rgb8), normalize(scale = 1_000), output(rgb, f32)",
        &["normalize: scale: `1_000` is not a number; write it like 255, 0.5, 1e-5 or 1/255"],
    );
    says(
        "input(rgb8), normalize(scale = .5), output(rgb, f32)",
        &["normalize: scale: `.5` is not a number; write it like 255, 0.5, 1e-5 or 1/255"],
    );
    says("input(rgb8), normalize(scale = -), output(rgb, f32)", &["normalize: scale: expected a number, found `)`"]);
    says("input(rgb8), normalize(scale = -_), output(rgb, f32)", &["normalize: scale: expected a number, found `_`"]);
    says("input(rgb8), normalize(scale = ), output(rgb, f32)", &["normalize: scale: expected a value, found `)`"]);
    says(
        "input(rgb8), normalize(scale =",
        &[
            "normalize: scale: expected a value, found the end",
            "output is missing; write output(.., f32, chw) with one of gray, rgb, bgr, rgba, bgra",
        ],
    );
    says(
        "input(rgb8), normalize(scale = 1/2/3), output(rgb, f32)",
        &["normalize: expected `,` or `)`, found `/`; write the result: nothing but a/b is worked out here"],
    );
    says(
        "input(rgb8), normalize(scale = 3 std = 5), output(rgb, f32)",
        &["normalize: expected `,` or `)`, found `std`"],
    );
    says(
        "input(rgb8), normalize(scale : 3), output(rgb, f32)",
        &["normalize: expected `,` or `)`, found `:`; a value stands behind `=`"],
    );
}

#[test]
fn order() {
    says(
        "input(rgb8), normalize(order = torchvison), output(rgb, f32)",
        &[
            "normalize: unknown order `torchvison`, expected one of fused, torchvision, torchvision_v2, hf_pil, hf_torch, opencv, numpy, rapidocr, paddleocr, llama4; did you mean `torchvision`?",
        ],
    );
    says(
        "input(rgb8), normalize(order = bilinear), output(rgb, f32)",
        &[
            "normalize: expected an order (fused, torchvision, torchvision_v2, hf_pil, hf_torch, opencv, numpy, rapidocr, paddleocr, llama4), found `bilinear`",
        ],
    );
    says(
        "input(rgb8), normalize(order = _), output(rgb, f32)",
        &[
            "normalize: expected an order (fused, torchvision, torchvision_v2, hf_pil, hf_torch, opencv, numpy, rapidocr, paddleocr, llama4), found `_`",
        ],
    );
    says(
        "input(rgb8), normalize(mean = _, eps = _, order = hf_pil), output(rgb, f32)",
        &[
            "normalize: order = hf_pil needs every number; write mean, or leave order out",
            "normalize: order = hf_pil needs every number; write eps, or leave order out",
        ],
    );
    says(
        "input(rgb8), normalize(mean = abc, order = hf_pil), output(rgb, f32)",
        &["normalize: mean must be a number, a list of numbers or `_`, found `abc`"],
    );
    says(
        "input(rgb8), normalize(scale = 1/255, mean = [1e39, 0, 1], std = 1e9, order = hf_torch), output(rgb, f32)",
        &["normalize: order = hf_torch works in f32, where mean[0] overflows"],
    );
    says(
        "input(rgb8), normalize(scale = 1/255, mean = 1e38, std = 1e38, order = opencv), output(rgb, f32)",
        &[
            "normalize: order = opencv works in f32, where mean / scale overflows",
            "normalize: order = opencv works in f32, where std / scale overflows",
        ],
    );
    says(
        "input(rgb8), normalize(scale = 1e-44, std = 1e-30, order = torchvision), output(rgb, f32)",
        &["normalize: order = torchvision works in f32, where 1 / scale overflows"],
    );
}

/// What people write who know Rust or Python, and what to write instead.
#[test]
fn names_and_arithmetic_of_the_program() {
    const NUMBER: &str = "; write the number, or `_`, and give it when the pipeline is made";
    const RESULT: &str = "; write the result: nothing but a/b is worked out here";
    let one = |clause: &str, message: String| {
        says(&format!("input(rgb8), {clause}, output(rgb, f32)"), &[&message]);
    };
    let list = "normalize: mean must be a number, a list of numbers or `_`";
    one("normalize(mean = MEAN)", format!("{list}, found `MEAN`{NUMBER}"));
    one("normalize(mean = IMAGENET_MEAN)", format!("{list}, found `IMAGENET_MEAN`{NUMBER}"));
    one(
        "normalize(mean = [0.5, MEAN, 1])",
        "normalize: mean[1] must be a number, found `MEAN`; write the number".into(),
    );
    one("normalize(mean = -MEAN)", format!("normalize: mean: expected a number, found `MEAN`{NUMBER}"));
    one("normalize(mean = &MEAN)", format!("normalize: mean: expected a value, found `&`{NUMBER}"));
    one("normalize(mean = models::MEAN)", format!("normalize: expected `,` or `)`, found `:`{NUMBER}"));
    one("normalize(mean = MEAN[0])", format!("normalize: expected `,` or `)`, found `[`{NUMBER}"));
    one("normalize(mean = vec![0.5])", format!("normalize: expected `,` or `)`, found `!`{NUMBER}"));
    let integer = "must be an integer from 1 to 65535";
    one("resize(SIZE, 8, area)", format!("resize: rows {integer} or `_`, found `SIZE`{NUMBER}"));
    one("resize(2 * 112, 224, area)", format!("resize: expected `,` or `)`, found `*`{RESULT}"));
    one("normalize(mean = [1 - 0.5, 1, 1])", format!("normalize: mean: expected `,` or `]`, found `-`{RESULT}"));
    one(
        "normalize(mean = [0.5; 3])",
        "normalize: mean: expected `,` or `]`, found `;`; write each value, or one number for all channels".into(),
    );
    one(
        "normalize(mean = (0.5, 0.5, 0.5))",
        "normalize: mean: expected a single value, found `(`; a list stands in [..]".into(),
    );
    says(
        "\"input(rgb8), output(rgb, f32, chw)\"",
        &["expected a clause such as input(..), found `\"input(rgb8), output(rgb, f32, chw)\"`; \
           write the declaration without quotes"],
    );
}
