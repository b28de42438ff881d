//! The sizes of resize.

use crate::says;

#[test]
fn rows_and_columns() {
    says(
        "input(rgb8), resize(0, 65536, bilinear), output(rgb, f32)",
        &[
            "resize: rows must be an integer from 1 to 65535 or `_`, found 0",
            "resize: columns must be an integer from 1 to 65535 or `_`, found 65536",
        ],
    );
    says(
        "input(rgb8), resize(-3, 2.5, bilinear), output(rgb, f32)",
        &[
            "resize: rows must be an integer from 1 to 65535 or `_`, found -3",
            "resize: columns must be an integer from 1 to 65535 or `_`, found 2.5",
        ],
    );
    says(
        "input(rgb8), resize(240, bilinear), output(rgb, f32)",
        &["resize: columns must be an integer from 1 to 65535 or `_`, found `bilinear`"],
    );
    says(
        "input(rgb8), resize(240, 256), output(rgb, f32)",
        &["resize: the filter is missing; write resize(240, 256, bilinear)"],
    );
    says(
        "input(rgb8), resize(240), output(rgb, f32)",
        &["resize: the number of columns is missing; write resize(240, 256, bilinear)"],
    );
    says(
        "input(rgb8), resize(), output(rgb, f32)",
        &["resize: the number of rows is missing; write resize(240, 256, bilinear)"],
    );
    says(
        "input(rgb8), resize(rows = 240, 256, bilinear), output(rgb, f32)",
        &["resize: `rows` is written without its name; write resize(240, 256, bilinear)"],
    );
    says(
        "input(rgb8), resize(rows = 240, columns = 256, bilinear), output(rgb, f32)",
        &[
            "resize: `rows` is written without its name; write resize(240, 256, bilinear)",
            "resize: `columns` is written without its name; write resize(240, 256, bilinear)",
        ],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, antialias, 3), output(rgb, f32)",
        &["resize: at most 4 values are expected; write resize(240, 256, bilinear)"],
    );
    says(
        "input(rgb8), resize((240, 256), bilinear), output(rgb, f32)",
        &[
            "resize: expected a single value, found `(`; a list stands in [..]",
            "resize: columns must be an integer from 1 to 65535 or `_`, found `bilinear`",
        ],
    );
    says(
        "input(rgb8), resize([240, 256], bilinear), output(rgb, f32)",
        &["resize: rows must be an integer from 1 to 65535 or `_`, found a list"],
    );
    says(
        "input(rgb8), resize(_/2, 256, bilinear), output(rgb, f32)",
        &["resize: expected `,` or `)`, found `/`; write the result: nothing but a/b is worked out here"],
    );
}

#[test]
fn one_side() {
    says(
        "input(rgb8), resize(shortest = 0, bilinear), output(rgb, f32)",
        &["resize: shortest must be an integer from 1 to 65535 or `_`, found 0"],
    );
    says(
        "input(rgb8), resize(longest = 65536, bilinear), output(rgb, f32)",
        &["resize: longest must be an integer from 1 to 65535 or `_`, found 65536"],
    );
    says(
        "input(rgb8), resize(shortest = x, bilinear, antialias), output(rgb, f32)",
        &["resize: shortest must be an integer from 1 to 65535 or `_`, found `x`"],
    );
    says(
        "input(rgb8), resize(shortest = 256), output(rgb, f32)",
        &["resize: the filter is missing; write resize(shortest = 256, bilinear, antialias)"],
    );
    says(
        "input(rgb8), resize(longest = 256, bilinear, antialias, 3), output(rgb, f32)",
        &["resize: at most 2 values are expected; write resize(longest = 256, bilinear, antialias)"],
    );
    says(
        "input(rgb8), resize(shortest = 256, 256, bilinear), output(rgb, f32)",
        &[
            "resize: expected a filter (nearest, nearest_exact, nearest_floor, bilinear, bicubic, box, hamming, lanczos, area, lanczos4), found 256",
        ],
    );
    says(
        "input(rgb8), resize(shortest = 256, longest = 512, bilinear), output(rgb, f32)",
        &["resize: shortest and longest exclude each other; keep one"],
    );
    says(
        "input(rgb8), resize(shortst = 256, bilinear, antialias), output(rgb, f32)",
        &[
            "resize: unknown argument `shortst`, expected one of shortest, max, longest, rounding, cover, rule, like, pillow, precision, of, clamp; did you mean `shortest`?",
        ],
    );
}

#[test]
fn max_goes_with_shortest() {
    says(
        "input(rgb8), resize(shortest = 256, max = 256, bilinear), output(rgb, f32)",
        &[
            "resize: max = 256 is not more than shortest = 256, which torchvision refuses; write rounding = half_even for the rule of transformers, or longest = 256 alone",
        ],
    );
    says(
        "input(rgb8), resize(shortest = 256, max = _, bilinear), output(rgb, f32)",
        &["resize: max must be an integer from 1 to 65535, found `_`"],
    );
    says(
        "input(rgb8), resize(longest = 256, max = 512, bilinear), output(rgb, f32)",
        &["resize: max goes with shortest = ..; leave it out"],
    );
    says(
        "input(rgb8), resize(256, 256, bilinear, max = 512), output(rgb, f32)",
        &["resize: max goes with shortest = ..; leave it out"],
    );
}

#[test]
fn rounding_of_the_side_that_follows() {
    says(
        "input(rgb8), resize(longest = 256, bilinear, rounding = floor), output(rgb, f32)",
        &["resize: rounding = floor is there for center_crop; write rounding = half_even, or leave it out to truncate"],
    );
    says(
        "input(rgb8), resize(longest = 256, bilinear, rounding = even), output(rgb, f32)",
        &["resize: unknown rounding `even`, expected one of half_even, floor, truncate"],
    );
    for size in ["256, 256", "shortest = 256"] {
        says(
            &format!("input(rgb8), resize({size}, bilinear, rounding = half_even), output(rgb, f32)"),
            &["resize: rounding goes with longest = .. or max = ..; leave it out"],
        );
    }
}

#[test]
fn cover() {
    let resize = |arguments: &str| format!("input(rgb8), resize({arguments}), output(rgb, f32)");
    for (arguments, message) in [
        ("cover = 0, bilinear", "cover must be an integer from 1 to 65535, found 0"),
        ("cover = _, bilinear", "cover must be an integer from 1 to 65535, found `_`"),
        ("cover = [240], bilinear", "cover has 1 values; write [rows, columns]"),
        ("cover = [240, 65536], bilinear", "cover[1] must be an integer from 1 to 65535, found 65536"),
        ("cover = 240", "the filter is missing; write resize(cover = [240, 256], bilinear, antialias)"),
        ("cover = 240, longest = 240, bilinear", "longest and cover exclude each other; keep one"),
        ("cover = 240, max = 300, bilinear", "max goes with shortest = ..; leave it out"),
        ("cover = 240, bilinear, rounding = half_even", "rounding goes with longest = .. or max = ..; leave it out"),
        ("longest = 240, bilinear, rule = opencv", "rule goes with cover = ..; leave it out"),
        ("cover = 240, bilinear, rule = yolox", "expected a rule (timm, opencv), found `yolox`"),
        ("cover = 240, nearest, rule = opencv", "rule = opencv goes with bilinear alone, without antialias"),
        (
            "cover = 240, bilinear, antialias, rule = opencv",
            "rule = opencv goes with bilinear alone, without antialias",
        ),
    ] {
        says(&resize(arguments), &[&format!("resize: {message}")]);
    }
}

#[test]
fn rules_of_libraries() {
    let resize = |arguments: &str| format!("input(rgb8), resize({arguments}), output(rgb, f32)");
    for (arguments, message) in [
        (
            "rule = qwen_vl, multiple = 28, bicubic",
            "unknown rule `qwen_vl`, expected one of qwen2_vl, glm4v, glm_image, paddleocr_vl, lfm2_vl, naflex, mask2former, textnet, pp_lcnet, glpn, yolos, vilt, dpt, pp_ocr, pp_ocr_rec, pixtral, idefics2, idefics3, idefics3_canvas, smolvlm_frame, sam, deepseek_vl, aria, hf_within, kimi_k25, gemma4, neomme, ultravbert, minicpm, minicpm_slices, lfm2_vl_tiles, glm5_next, muse_glimmer, nemotron_h_omni, hy_v4_vl, fuyu, donut, donut_thumbnail; did you mean `qwen2_vl`?",
        ),
        (
            "rule = qwen2_vl, multiple = 28, bicubic, antialias",
            "rule = qwen2_vl needs min_pixels; write rule = qwen2_vl, multiple = .., min_pixels = .., max_pixels = ..",
        ),
        ("rule = sam, longest = 1024, multiple = 16, bilinear", "rule = sam has no multiple; leave it out"),
        ("rule = sam, longest = 0, bilinear", "longest must be an integer from 1 to 65535, found 0"),
        ("rule = sam, longest = _, bilinear", "longest must be an integer from 1 to 65535, found `_`"),
        (
            "rule = naflex, multiple = 16, patches = 256, bilinear",
            "unknown argument `patches`, expected one of rule, multiple, min_pixels, max_pixels, frame_pixels, frames, temporal, merge, min_patches, max_patches, shortest, longest, max, min_side, rows, columns, like, pillow, precision, of, clamp",
        ),
        (
            "rule = pp_ocr, max = 4000, bilinear",
            "rule = pp_ocr needs shortest or longest, one of them; write shortest = 736 for limit_type min, longest = 960 for max",
        ),
        (
            "rule = pixtral, multiple = 16, longest = 1024",
            "the filter is missing; write resize(rule = pixtral, multiple = 16, longest = 1024, bicubic, antialias)",
        ),
    ] {
        says(&resize(arguments), &[&format!("resize: {message}")]);
    }
    // The order of writing means nothing.
    let text = resize("antialias = _")
        .replace("antialias = _", "max_pixels = 9, bicubic, rule = qwen2_vl, antialias, min_pixels = 4, multiple = 2");
    let canonical = "input(rgb8), resize(rule = qwen2_vl, multiple = 2, min_pixels = 4, max_pixels = 9, bicubic, antialias), output(rgb, f32, chw)";
    assert_eq!(text.parse::<pixfuse_spec::Spec>().unwrap().to_string(), canonical);
}

#[test]
fn rules_refuse_what_their_libraries_refuse() {
    use pixfuse_spec::{RuledSize, SizeNumber, SizeRule};
    let rule = |rule| RuledSize::new(rule).with(SizeNumber::Multiple, 32).with(SizeNumber::MaxPixels, 99999);
    for (rule, source, message) in [
        (
            rule(SizeRule::Qwen2Vl),
            [1, 201],
            "rule = qwen2_vl refuses 1 rows x 201 columns: one side is more than 200 times the other; crop the image",
        ),
        (
            rule(SizeRule::GlmImage),
            [31, 64],
            "rule = glm_image refuses 31 rows x 64 columns: a side is below multiple = 32; enlarge the image",
        ),
        (
            rule(SizeRule::Glpn),
            [64, 31],
            "rule = glpn leaves nothing of multiples of 32 of 64 rows x 31 columns; give a larger image",
        ),
    ] {
        assert_eq!(rule.resize(source), Err(message.to_owned()));
    }
}

#[test]
fn two_resizes_are_of_the_whole_image() {
    let rule = "rule = donut, rows = 8, columns = 6, bilinear";
    says(
        &format!("input(rgb8), resize({rule}, precision = f32), output(rgb, f32)"),
        &["resize: rule = donut has u8 between its resizes; leave precision = f32 out"],
    );
    says(
        &format!("input(rgb16), resize({rule}, antialias), output(rgb, f32)"),
        &[
            "resize: rule = donut has u8 between its resizes; rgb16 has others",
            "resize: rgb16 is not rounded to u8 by any filter; write precision = f32",
        ],
    );
    says(
        &format!("input(rgb8), resize({rule}, antialias), center_crop(4, 4), output(rgb, f32)"),
        &["resize: rule = donut is two resizes of the whole image; leave the crop out"],
    );
}
