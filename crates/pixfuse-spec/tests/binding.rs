//! Numbers given when the pipeline is made.

use pixfuse_spec::{Spec, Values};

fn spec(text: &str) -> Spec {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn says(text: &str, values: Values, expected: &[&str]) {
    let error = spec(text).bind(&values).expect_err(text);
    let messages: Vec<&str> = error.errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, expected, "{text}");
}

const OPEN: &str =
    "input(rgb8), resize(_, _, nearest), normalize(scale = _, mean = _, std = _, eps = _), output(rgb, f32)";

fn all() -> Values {
    Values {
        rows: Some(240),
        columns: Some(256),
        scale: Some(1.0),
        mean: Some(vec![0.5, -0.0, 0.25]),
        std: Some(vec![2.0]),
        eps: Some(1e-5),
        ..Values::default()
    }
}

#[test]
fn a_bound_spec_is_the_spec_written_out() {
    let bound = spec(OPEN).bind(&all()).unwrap();
    let written = "input(rgb8), resize(240, 256, nearest), \
                   normalize(scale = 1, mean = [0.5, 0, 0.25], std = 2, eps = 1e-5), output(rgb, f32, chw)";
    assert_eq!(bound.to_string(), written);
    assert_eq!(bound, spec(written));
    assert!(!bound.is_open());
}

#[test]
fn a_closed_spec_needs_nothing() {
    let closed = spec("input(rgb8), normalize(), output(rgb, f32)");
    assert_eq!(closed.bind(&Values::default()), Ok(closed.clone()));
}

#[test]
fn every_place_needs_its_number() {
    says(
        "input(rgb8), resize(_, 256, nearest), normalize(mean = _), output(rgb, f32)",
        Values::default(),
        &[
            "rows: not given, and resize(_, 256, nearest) leaves it open",
            "mean: not given, and normalize(mean = _) leaves it open",
        ],
    );
}

#[test]
fn every_number_needs_its_place() {
    says(
        "input(rgb8), resize(240, _, nearest), output(rgb, f32)",
        all(),
        &[
            "rows: given, but resize(240, _, nearest) already says 240; write `_` there to give it",
            "scale: given, but there is no normalize",
            "mean: given, but there is no normalize",
            "std: given, but there is no normalize",
            "eps: given, but there is no normalize",
        ],
    );
    says(
        "input(rgb8), normalize(std = _), output(rgb, f32)",
        Values { std: Some(vec![1.0]), scale: Some(1.0), ..Values::default() },
        &["scale: given, but normalize(std = _) already says 1/255; write `_` there to give it"],
    );
}

#[test]
fn sides_of_every_clause() {
    for (open, values, closed) in [
        (
            "letterbox(_, _, bilinear, fill = 0), center_crop(_, 3)",
            Values { rows: Some(4), columns: Some(5), crop_rows: Some(6), ..Values::default() },
            "letterbox(4, 5, bilinear, fill = 0), center_crop(6, 3)",
        ),
        (
            "resize(shortest = _, max = 9, bilinear), center_crop(_)",
            Values { shortest: Some(4), crop_rows: Some(5), crop_columns: Some(6), ..Values::default() },
            "resize(shortest = 4, max = 9, bilinear), center_crop(5, 6)",
        ),
        ("resize(longest = _, area)", Values { longest: Some(7), ..Values::default() }, "resize(longest = 7, area)"),
    ] {
        let [open, closed] = [open, closed].map(|text| spec(&format!("input(rgb8), {text}, output(rgb, f32)")));
        assert!(open.is_open());
        assert!(!closed.is_open());
        assert_eq!(open.bind(&values), Ok(closed.clone()));
        assert_eq!(open.values_of(&closed), Some(values));
    }
}

#[test]
fn the_values_of_a_bound_spec_come_back() {
    let (open, values) = (spec(OPEN), Values { mean: Some(vec![0.5, 0.0, 0.25]), ..all() });
    let bound = open.bind(&values).unwrap();
    assert_eq!(open.values_of(&bound), Some(values));
    assert_eq!(bound.values_of(&bound), Some(Values::default()));
    for other in [
        "input(rgb8), resize(240, 256, area), normalize(), output(rgb, f32)",
        "input(bgr8), resize(240, 256, nearest), normalize(), output(rgb, f32)",
        "input(rgb8), letterbox(240, 256, nearest), normalize(), output(rgb, f32)",
        "input(rgb8), resize(longest = 240, nearest), normalize(), output(rgb, f32)",
        "input(rgb8), resize(240, 256, nearest), output(rgb, f32)",
        "input(rgb8), resize(240, _, nearest), normalize(), output(rgb, f32)",
    ] {
        assert_eq!(open.values_of(&spec(other)), None, "{other}");
    }
}

#[test]
fn sides_and_their_clauses() {
    says(
        "input(rgb8), resize(shortest = _, bilinear), crop(0, 0, 2, 2), output(rgb, f32)",
        Values { rows: Some(1), longest: Some(2), crop_rows: Some(3), ..Values::default() },
        &[
            "rows: given, but resize(shortest = _, bilinear) has no rows",
            "shortest: not given, and resize(shortest = _, bilinear) leaves it open",
            "longest: given, but resize(shortest = _, bilinear) has no longest",
            "crop_rows: given, but there is no center_crop",
        ],
    );
    says(
        "input(rgb8), center_crop(_, 3), output(rgb, f32)",
        Values { rows: Some(1), shortest: Some(2), crop_columns: Some(3), ..Values::default() },
        &[
            "rows: given, but there is no resize or letterbox",
            "shortest: given, but there is no resize",
            "crop_rows: not given, and center_crop(_, 3) leaves it open",
            "crop_columns: given, but center_crop(_, 3) already says 3; write `_` there to give it",
        ],
    );
    for (clauses, values, expected) in [
        (
            "letterbox(_, 640, bilinear)",
            Values { rows: Some(0), ..Values::default() },
            "letterbox: rows must be an integer from 1 to 65535 or `_`, found 0",
        ),
        (
            "resize(longest = _, bilinear)",
            Values { longest: Some(65536), ..Values::default() },
            "resize: longest must be an integer from 1 to 65535 or `_`, found 65536",
        ),
        (
            "resize(shortest = _, max = 512, bilinear)",
            Values { shortest: Some(512), ..Values::default() },
            "resize: max = 512 is not more than shortest = 512, which torchvision refuses; write rounding = half_even for the rule of transformers, or longest = 512 alone",
        ),
        (
            "center_crop(3, _)",
            Values { crop_columns: Some(70000), ..Values::default() },
            "center_crop: columns must be an integer from 1 to 65535 or `_`, found 70000",
        ),
        (
            "resize(_, 256, bilinear), crop(200, 0, 224, 256)",
            Values { rows: Some(256), ..Values::default() },
            "crop: rows 200 to 424 are outside resize(256, 256, ..)",
        ),
    ] {
        says(&format!("input(rgb8), {clauses}, output(rgb, f32)"), values, &[expected]);
    }
}

#[test]
fn the_rulebook_is_the_same() {
    for (values, expected) in [
        (Values { rows: Some(0), ..all() }, "resize: rows must be an integer from 1 to 65535 or `_`, found 0"),
        (
            Values { columns: Some(65536), ..all() },
            "resize: columns must be an integer from 1 to 65535 or `_`, found 65536",
        ),
        (Values { scale: Some(0.0), ..all() }, "normalize: scale is 0: every value would be the same"),
        (Values { scale: Some(f64::INFINITY), ..all() }, "normalize: scale: inf is not a finite number"),
        (Values { mean: Some(vec![1.0, f64::NAN, 1.0]), ..all() }, "normalize: mean[1]: NaN is not a finite number"),
        (
            Values { mean: Some(vec![1.0, 2.0]), ..all() },
            "normalize: mean has 2 values and output(rgb) has 3 channels; write one number, or 3",
        ),
        (
            Values { std: Some(vec![]), ..all() },
            "normalize: std is an empty list; write one number, or one for each channel",
        ),
        (Values { std: Some(vec![0.0]), ..all() }, "normalize: std is 0: a value cannot be divided by it"),
        (Values { eps: Some(-2.0), ..all() }, "normalize: std + eps is 0: a value cannot be divided by it"),
        (
            Values { std: Some(vec![1e-300]), eps: Some(0.0), ..all() },
            "normalize: scale / (std + eps) overflows f32; write a larger std",
        ),
    ] {
        says(OPEN, values, &[expected]);
    }
}
