//! Integers in steps: `scale` and `zero_point` of `output`.

use pixfuse_spec::Spec;

use crate::says;

fn parses(text: &str) {
    let _ = text.parse::<Spec>().unwrap();
}

#[test]
fn integers_need_their_scale() {
    says(
        "input(rgb8), output(rgb, i8)",
        &["output: i8 needs its scale; write output(.., i8, .., scale = .., zero_point = 0)"],
    );
    says(
        "input(rgb8), output(rgb, i8, zero_point = 3)",
        &["output: zero_point goes with scale = ..; write both, or neither"],
    );
    parses("input(rgb8), output(rgb, i8, scale = 1/128)");
    parses("input(rgb8), normalize(), output(rgb, u8, scale = 1/255, zero_point = 255)");
    says(
        "input(rgb8), normalize(), output(rgb, u8)",
        &["normalize: output(u8) stores pixel values 0 to 255; write output(.., f32, ..) or leave normalize out"],
    );
}

#[test]
fn floats_have_none() {
    for element in ["f32", "f16", "bf16"] {
        says(
            &format!("input(rgb8), output(rgb, {element}, scale = 0.1)"),
            &[&format!("output: scale goes with i8 and u8; leave it out, {element} holds the value itself")],
        );
    }
}

#[test]
fn steps_are_in_range() {
    says("input(rgb8), output(rgb, i8, scale = 0)", &["output: scale must be above 0 in f32, found 0"]);
    says("input(rgb8), output(rgb, i8, scale = -0.5)", &["output: scale must be above 0 in f32, found -0.5"]);
    says("input(rgb8), output(rgb, i8, scale = 1e-60)", &["output: scale must be above 0 in f32, found 1e-60"]);
    says("input(rgb8), output(rgb, i8, scale = _)", &["output: scale must be a number, found `_`"]);
    says(
        "input(rgb8), output(rgb, i8, scale = 0.1, zero_point = 128)",
        &["output: zero_point of i8 must be an integer from -128 to 127, found 128"],
    );
    says(
        "input(rgb8), output(rgb, u8, scale = 0.1, zero_point = -1)",
        &["output: zero_point of u8 must be an integer from 0 to 255, found -1"],
    );
    says(
        "input(rgb8), output(rgb, u8, scale = 0.1, zero_point = 0.5)",
        &["output: zero_point must be an integer, found 0.5"],
    );
}

#[test]
fn texts_leave_defaults_out() {
    let text = "input(rgb8), output(rgb, i8, chw, scale = 0.5)";
    assert_eq!("output(rgb, i8, zero_point = 0, scale = 1/2), input(rgb8)".parse::<Spec>().unwrap().to_string(), text);
}
