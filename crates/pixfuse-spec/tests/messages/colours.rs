//! What makes the channels of the tensor of those of the source.

use pixfuse_spec::{Composite, Convert, Gray, Matrix, Range, Spec, lower};

use crate::says;

fn convert(text: &str) -> Convert {
    lower(&text.parse::<Spec>().unwrap()).load.convert
}

#[test]
fn gray_of_colours_is_somebodys() {
    says(
        "input(rgb8), output(gray, f32)",
        &["output(gray): say whose weights make gray of colours: input(rgb8, gray = pillow) or gray = opencv"],
    );
    says(
        "input(nv12), output(gray, f32)",
        &["output(gray): say whose weights make gray of colours: input(nv12, gray = pillow) or gray = opencv"],
    );
    says(
        "input(rgb8, gray = pillow), output(rgb, f32)",
        &["input(rgb8): output(rgb) makes no gray of colours; leave gray = pillow out"],
    );
    says(
        "input(gray8, gray = opencv), output(gray, f32)",
        &["input(gray8): output(gray) makes no gray of colours; leave gray = opencv out"],
    );
    says("input(rgb16), output(gray, f32)", &["output(gray): gray is made of u8 colours, and rgb16 has others"]);
    assert_eq!(convert("input(bgr8, gray = opencv), output(gray, u8)").gray, Some(Gray::Opencv));
    assert!(convert("input(gray8), output(bgr, u8)").repeat);
}

#[test]
fn alpha_over_a_background() {
    says(
        "input(rgba8, alpha = over), output(rgb, f32)",
        &["input(rgba8): alpha = over needs what lies behind: background = 255, or background = [r, g, b]"],
    );
    says(
        "input(rgba8, alpha = over, background = [1, 2]), output(rgb, f32)",
        &["input: background has 2 values; write one number, or red, green and blue"],
    );
    says(
        "input(rgba8, alpha = drop, background = 3), output(rgb, f32)",
        &["input: background goes with alpha = over; leave it out"],
    );
    says(
        "input(rgba8, alpha = over, background = 300), output(rgb, f32)",
        &["input: background must be an integer from 0 to 255, found 300"],
    );
    says(
        "input(rgba8, alpha = over, background = 0), output(rgba, f32)",
        &["input(rgba8): output(rgba) keeps the alpha channel; leave alpha = over out"],
    );
    let over = convert("input(bgra8, alpha = over, background = [1, 2, 3]), output(bgr, f32)").alpha;
    assert_eq!(over, Some(Composite::Over([1, 2, 3])));
    assert_eq!(convert("input(rgba8, alpha = premultiply), output(rgba, u8)").alpha, Some(Composite::Premultiply));
}

#[test]
fn yuv_has_words_of_its_own() {
    says(
        "input(rgb8, matrix = bt709), output(rgb, f32)",
        &["input(rgb8): matrix is about YUV; leave matrix = bt709 out"],
    );
    says("input(rgb8, range = full), output(rgb, f32)", &["input(rgb8): range is about YUV; leave range = full out"]);
    says("input(nv12, chw), output(rgb, f32)", &["input(nv12): nv12 says how its planes lie; leave chw out"]);
    assert_eq!(convert("input(nv12), output(rgb, u8)").yuv, Some((Matrix::Bt601, Range::Limited)));
    let text = "input(i420, matrix = bt2020, range = full), output(rgb, u8, chw)";
    assert_eq!(text.parse::<Spec>().unwrap().to_string(), text);
    assert_eq!(
        "input(i420, matrix = bt601, range = limited), output(rgb, u8)".parse::<Spec>().unwrap().to_string(),
        "input(i420), output(rgb, u8, chw)"
    );
}

#[test]
fn wide_samples_stay_wide() {
    says(
        "input(rgb16), output(rgb, u8)",
        &[
            "output: u8 stores pixel values 0 to 255, and rgb16 has others; write f32, or say its scale: output(.., u8, .., scale = ..)",
        ],
    );
    says(
        "input(rgb16), resize(2, 3, bilinear, antialias), output(rgb, f32)",
        &["resize: rgb16 is not rounded to u8 by any filter; write precision = f32"],
    );
    says(
        "input(gray32f), resize(2, 3, area), output(gray, f32)",
        &[
            "resize: area is made of u8 values, and gray32f has others; write one of bilinear, bicubic, box, hamming, lanczos",
        ],
    );
    says(
        "input(rgb32f), normalize(order = torchvision), output(rgb, f32)",
        &["normalize: order = torchvision starts from u8 values, and rgb32f has others; leave it out"],
    );
    // The default scale makes 1 of white.
    for (format, scale) in [("gray8", 1.0 / 255.0), ("gray16", 1.0 / 65535.0), ("gray32f", 1.0)] {
        let text = format!("input({format}), normalize(), output(gray, f32, chw)");
        let spec: Spec = text.parse().unwrap();
        assert_eq!(spec.normalize.as_ref().unwrap().scale.known(), Some(&scale));
        assert_eq!(spec.to_string(), text);
    }
}
