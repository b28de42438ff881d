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
            "resize: expected a single value, found `(`",
            "resize: columns must be an integer from 1 to 65535 or `_`, found `bilinear`",
        ],
    );
    says(
        "input(rgb8), resize([240, 256], bilinear), output(rgb, f32)",
        &["resize: rows must be an integer from 1 to 65535 or `_`, found a list"],
    );
    says("input(rgb8), resize(_/2, 256, bilinear), output(rgb, f32)", &["resize: expected `,` or `)`, found `/`"]);
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
            "resize: unknown argument `shortst`, expected one of shortest, max, longest, rounding, like, pillow, precision; did you mean `shortest`?",
        ],
    );
}

#[test]
fn max_goes_with_shortest() {
    says(
        "input(rgb8), resize(shortest = 256, max = 256, bilinear), output(rgb, f32)",
        &["resize: max = 256 is not more than shortest = 256; write longest = 256 for that"],
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
