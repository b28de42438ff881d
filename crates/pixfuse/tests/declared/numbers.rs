//! Numbers that a declaration leaves open.

use pixfuse::{Declared, Error, ImageRef, Pipeline, Values, reference};

use crate::common::{assert_bits, pixels};

#[pixfuse::pipeline(
    input(bgr8),
    resize(_, _, bilinear),
    normalize(scale = _, mean = _, std = _, eps = _),
    output(rgb, f32, hwc),
)]
struct Open;

#[pixfuse::pipeline(input(rgb8), resize(_, 31, nearest), normalize(mean = [0.1, 0.2, 0.3]), output(bgr, f32, chw))]
struct OpenRows;

#[pixfuse::pipeline(input(gray8), normalize(std = _), output(gray, f32))]
struct OpenStd;

fn values() -> Values {
    Values {
        rows: Some(18),
        columns: Some(33),
        scale: Some(1.0 / 127.5),
        mean: Some(vec![0.1, 0.2, 0.3]),
        std: Some(vec![0.5]),
        eps: Some(1e-3),
        ..Values::default()
    }
}

fn equals_reference(pipe: &Pipeline, expected_text: &str) {
    assert_eq!(pipe.text(), expected_text);
    let channels = pipe.channels();
    let pixels = pixels(25 * 41 * channels, 5);
    let strides = [41 * channels as isize, channels as isize, 1];
    let image = ImageRef::strided(&pixels, 0, [25, 41, channels], strides).unwrap();
    let expected = reference::run::<f32>(pipe, image).unwrap();
    for level in pixfuse::Level::available() {
        let tensor = pipe.with_level(level).unwrap().run::<f32>(image).unwrap();
        assert_bits(&tensor.data, &expected.data, || format!("{level}, {pipe}"));
    }
}

#[test]
fn bound_pipelines_equal_the_reference() {
    equals_reference(
        &Open::bind(&values()).unwrap(),
        "input(bgr8), resize(18, 33, bilinear), \
         normalize(scale = 0.00784313725490196, mean = [0.1, 0.2, 0.3], std = 0.5, eps = 0.001), output(rgb, f32, hwc)",
    );
    equals_reference(
        &OpenRows::bind(&Values { rows: Some(1), ..Values::default() }).unwrap(),
        "input(rgb8), resize(1, 31, nearest), normalize(mean = [0.1, 0.2, 0.3]), output(bgr, f32, chw)",
    );
    equals_reference(
        &OpenStd::bind(&Values { std: Some(vec![-0.5]), ..Values::default() }).unwrap(),
        "input(gray8), normalize(std = -0.5), output(gray, f32, chw)",
    );
}

/// Nothing of one binding is left in the next: the kernel is one, its numbers are the pipeline's.
#[test]
fn one_declaration_makes_many_pipelines() {
    let large = OpenRows::bind(&Values { rows: Some(60), ..Values::default() }).unwrap();
    let small = OpenRows::bind(&Values { rows: Some(3), ..Values::default() }).unwrap();
    assert_ne!(large, small);
    assert_eq!(large.output_shape(10, 10).unwrap(), [3, 60, 31]);
    assert_eq!(small.output_shape(10, 10).unwrap(), [3, 3, 31]);
}

#[test]
fn wrong_values() {
    let error = Open::bind(&Values { rows: None, std: Some(vec![0.0]), ..values() }).unwrap_err();
    assert!(matches!(error, Error::Values(_)));
    assert_eq!(
        error.to_string(),
        "rows: not given, and resize(_, _, bilinear) leaves it open\n\
         normalize: std is 0: a value cannot be divided by it"
    );
    let error = OpenRows::bind(&Values { rows: Some(0), columns: Some(31), ..Values::default() }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "columns: given, but resize(_, 31, nearest) already says 31; write `_` there to give it\n\
         resize: rows must be an integer from 1 to 65535 or `_`, found 0"
    );
    let error = Pipeline::from_entry(&OpenStd::ENTRY).unwrap_err();
    assert_eq!(error.to_string(), "std: not given, and normalize(std = _) leaves it open");
}
