//! Clauses, brackets and commas.

use crate::says;

#[test]
fn clauses_and_brackets() {
    says(
        "normalize",
        &[
            "normalize: its brackets are missing; write normalize()",
            "input is missing; write input(..) with one of gray8, rgb8, bgr8, rgba8, bgra8, nv12, nv21, i420, yuyv, gray16, rgb16, bgr16, gray32f, rgb32f, bgr32f",
            "output is missing; write output(.., f32, chw) with one of gray, rgb, bgr, rgba, bgra",
        ],
    );
    says(
        "input, output",
        &["input: its brackets are missing; write input(..)", "output: its brackets are missing; write output(..)"],
    );
    says(
        "foo",
        &[
            "unknown clause `foo`, expected one of input, resize, letterbox, tiles, center_crop, crop, pad, normalize, output, patches",
            "input is missing; write input(..) with one of gray8, rgb8, bgr8, rgba8, bgra8, nv12, nv21, i420, yuyv, gray16, rgb16, bgr16, gray32f, rgb32f, bgr32f",
            "output is missing; write output(.., f32, chw) with one of gray, rgb, bgr, rgba, bgra",
        ],
    );
    says(
        "input(rgb8), ouput(rgb, f32)",
        &[
            "unknown clause `ouput`, expected one of input, resize, letterbox, tiles, center_crop, crop, pad, normalize, output, patches; did you mean `output`?",
        ],
    );
    says(
        "input(rgb8), blur(3), output(rgb, f32)",
        &[
            "unknown clause `blur`, expected one of input, resize, letterbox, tiles, center_crop, crop, pad, normalize, output, patches",
        ],
    );
    says("input(rgb8), normalize, output(rgb, f32)", &["normalize: its brackets are missing; write normalize()"]);
    says("input = (rgb8), output(rgb, f32)", &["input: a clause has no `=`; write input(..)"]);
    says("input = rgb8, output(rgb, f32)", &["input: a clause has no `=`; write input(..)"]);
    says("input[rgb8], output(rgb, f32)", &["input: expected `(`, found `[`; write input(..)"]);
    says("input(rgb8, resize(240, 256, bilinear), output(rgb, f32)", &["input: expected `)`, found `resize`"]);
    says("input(rgb8), output(rgb, f32", &["output: expected `)`, found the end"]);
    says("input(rgb8)), output(rgb, f32)", &["expected `,` between clauses, found `)`"]);
    says(
        "(input(rgb8), output(rgb, f32))",
        &["expected a clause such as input(..), found `(`", "expected `,` between clauses, found `)`"],
    );
    says("input(rgb8) output(rgb, f32)", &["expected `,` between clauses, found `output`"]);
    says("input(rgb8); output(rgb, f32)", &["expected `,` between clauses, found `;`"]);
    // Without backticks the sentence would seem to end there.
    says("input(rgb8), 0., output(rgb, f32)", &["expected a clause such as input(..), found `0.`"]);
    says("input(rgb8),, output(rgb, f32)", &["expected a clause such as input(..), found `,`"]);
    says(r#"input("rgb8"), output(rgb, f32)"#, &[r#"input: `"rgb8"` stands in quotes; write it without them"#]);
    says("input(rgb8 hwc), output(rgb, f32)", &["input: expected `,` or `)`, found `hwc`"]);
    says("input(rgb8), output(rgb, f32) trailing", &["expected `,` between clauses, found `trailing`"]);
}
