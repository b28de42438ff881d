//! Filters, and what may stand behind them.

use crate::says;

#[test]
fn filters() {
    says(
        "input(rgb8), resize(240, 256, bilinar), output(rgb, f32)",
        &[
            "resize: unknown filter `bilinar`, expected one of nearest, nearest_exact, nearest_floor, bilinear, bicubic, box, hamming, lanczos, area, lanczos4; did you mean `bilinear`?",
        ],
    );
    says(
        "input(rgb8), resize(240, 256, lanczos3, antialias), output(rgb, f32)",
        &[
            "resize: unknown filter `lanczos3`, expected one of nearest, nearest_exact, nearest_floor, bilinear, bicubic, box, hamming, lanczos, area, lanczos4; did you mean `lanczos`?",
        ],
    );
    says(
        "input(rgb8), resize(240, 256, torch), output(rgb, f32)",
        &[
            "resize: expected a filter (nearest, nearest_exact, nearest_floor, bilinear, bicubic, box, hamming, lanczos, area, lanczos4), found `torch`",
        ],
    );
}

#[test]
fn antialias() {
    says(
        "input(rgb8), resize(240, 256, box), output(rgb, f32)",
        &["resize: box is an antialiasing filter; write resize(.., box, antialias)"],
    );
    says(
        "input(rgb8), letterbox(240, 256, hamming), output(rgb, f32)",
        &["letterbox: hamming is an antialiasing filter; write letterbox(.., hamming, antialias)"],
    );
    says(
        "input(rgb8), resize(shortest = 256, lanczos), output(rgb, f32)",
        &["resize: lanczos is an antialiasing filter; write resize(.., lanczos, antialias)"],
    );
    says(
        "input(rgb8), resize(240, 256, nearest, antialias), output(rgb, f32)",
        &[
            "resize: nearest has no antialiasing; leave antialias out, or write one of bilinear, bicubic, box, hamming, lanczos",
        ],
    );
    says(
        "input(rgb8), letterbox(240, 256, area, antialias), output(rgb, f32)",
        &[
            "letterbox: area has no antialiasing; leave antialias out, or write one of bilinear, bicubic, box, hamming, lanczos",
        ],
    );
    says(
        "input(rgb8), resize(240, 256, lanczos4, antialias), output(rgb, f32)",
        &[
            "resize: lanczos4 has no antialiasing; leave antialias out, or write one of bilinear, bicubic, box, hamming, lanczos",
        ],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, antialais), output(rgb, f32)",
        &["resize: expected antialias or nothing, found `antialais`; did you mean `antialias`?"],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, 3), output(rgb, f32)",
        &["resize: expected antialias or nothing, found 3"],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, antialias = true), output(rgb, f32)",
        &["resize: `antialias` has no value; write the word alone"],
    );
}

#[test]
fn like() {
    says(
        "input(rgb8), resize(240, 256, bilinear, antialias, like = tourch), output(rgb, f32)",
        &["resize: unknown library `tourch`, expected one of pillow, torch; did you mean `torch`?"],
    );
    says(
        "input(rgb8), resize(240, 256, hamming, antialias, like = torch), output(rgb, f32)",
        &["resize: torch has no hamming; leave like = torch out, or write bilinear, bicubic or lanczos"],
    );
    says(
        "input(rgb8), resize(240, 256, bicubic, like = torch), output(rgb, f32)",
        &["resize: bicubic without antialias is torch's already; leave like = torch out"],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, like = pillow), output(rgb, f32)",
        &["resize: like = pillow is there for antialiasing; write resize(.., bilinear, antialias) or leave it out"],
    );
    says(
        "input(rgb8), resize(240, 256, lanczos4, like = torch), output(rgb, f32)",
        &["resize: torch has no lanczos4; leave like = torch out, or write one of nearest, nearest_exact, bilinear"],
    );
    says(
        "input(rgb8), resize(240, 256, nearest, like = pillow), output(rgb, f32)",
        &["resize: like = pillow is there for antialiasing, which nearest has not; leave it out"],
    );
    says(
        "input(rgb8), resize(240, 256, bicubic, like = pillow), output(rgb, f32)",
        &["resize: like = pillow is there for antialiasing; write resize(.., bicubic, antialias) or leave it out"],
    );
    says(
        "input(rgb8), resize(240, 256, nearest_exact, like = pillow), output(rgb, f32)",
        &["resize: nearest_exact is Pillow's already; leave like = pillow out"],
    );
}

#[test]
fn pillow() {
    says(
        "input(rgb8), resize(240, 256, bilinear, antialias, pillow = 11), output(rgb, f32)",
        &["resize: pillow must be 12 or 13, found 11"],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, antialias, pillow = _), output(rgb, f32)",
        &["resize: pillow must be 12 or 13, found `_`"],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, pillow = 12), output(rgb, f32)",
        &["resize: without antialias the filter is not Pillow's; leave pillow = 12 out"],
    );
    says(
        "input(rgb8), letterbox(240, 256, bicubic, antialias, like = torch, pillow = 12), output(rgb, f32)",
        &["letterbox: like = torch is another library; leave pillow = 12 out"],
    );
}

#[test]
fn precision() {
    says(
        "input(rgb8), resize(240, 256, bilinear, precision = f16), output(rgb, f32)",
        &["resize: expected a precision (u8, f32), found `f16`"],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, precision = bilinear), output(rgb, f32)",
        &["resize: expected a precision (u8, f32), found `bilinear`"],
    );
    says(
        "input(rgb8), resize(240, 256, area, precision = f32), output(rgb, f32)",
        &["resize: precision = f32 is there for bilinear, bicubic, box, hamming, lanczos; leave it out with area"],
    );
    says(
        "input(rgb8), resize(240, 256, box, antialias, precision = f32, pillow = 12), output(rgb, f32)",
        &["resize: precision = f32 is equal to no library; leave pillow = 12 out"],
    );
    says(
        "input(rgb8), resize(240, 256, box, antialias, precision = f32, like = torch), output(rgb, f32)",
        &[
            "resize: precision = f32 is a library's with bilinear or bicubic, like = torch alone; leave like = torch out",
        ],
    );
    floats();
    says(
        "input(rgb8), resize(240, 256, bilinear, precision = f32), normalize(order = opencv), output(rgb, f32)",
        &[
            "normalize: order = opencv starts from u8 values and resize(.., precision = f32) makes others; leave one of them out",
        ],
    );
    says(
        "input(rgb8), letterbox(240, 256, bilinear, precision = f32), output(rgb, u8)",
        &["letterbox: output(u8) rounds to u8 itself; write output(.., f32, ..) or leave precision = f32 out"],
    );
}

/// torch's floats, and what stands before and behind their resize.
fn floats() {
    let rescaled = "resize: like = torch with precision = f32 resizes floats, here of = rescaled; \
                    write normalize(.., order = torchvision_v2) and output(.., f32, ..)";
    for rest in
        ["output(rgb, f32)", "normalize(), output(rgb, f32)", "normalize(order = torchvision_v2), output(rgb, f16)"]
    {
        says(
            &format!("input(rgb8), resize(240, 256, bilinear, antialias, precision = f32, like = torch), {rest}"),
            &[rescaled],
        );
    }
    says(
        "input(rgb8), resize(240, 256, bicubic, precision = f32, like = torch, of = pixels), normalize(order = opencv), output(rgb, f32)",
        &[
            "resize: like = torch with precision = f32 resizes floats, here of = pixels; write normalize(.., order = hf_torch or torchvision_v2) and output(.., f32, ..)",
        ],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, precision = f32, like = torch), pad(beyond = 8, border = symmetric), normalize(order = torchvision_v2), output(rgb, f32)",
        &["resize: like = torch with precision = f32 is not there beside border = symmetric; leave one of them out"],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, precision = f32, like = torch, of = normalized, clamp = true), normalize(order = hf_torch), output(rgb, f32)",
        &["resize: clamp = true keeps floats between black and white; leave it out with of = normalized"],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, precision = f32, like = torch, of = pixels, clamp = true), output(rgb, u8)",
        &["resize: a u8 is between black and white; leave clamp = true out"],
    );
    says(
        "input(rgb8), resize(240, 256, bilinear, precision = f32, of = pixels), normalize(), output(rgb, f32)",
        &["resize: of = pixels goes with like = torch, precision = f32; write both, or leave it out"],
    );
    says(
        "input(rgb8), resize(rule = pixtral, multiple = 16, longest = 1024, bicubic, clamp = true), output(rgb, f32)",
        &["resize: clamp = true goes with like = torch, precision = f32; write both, or leave it out"],
    );
    let text = "input(rgb8), resize(240, 256, bicubic, like = torch, precision = f32, of = pixels, clamp = true), \
                normalize(order = hf_torch), output(rgb, f32, chw)";
    assert_eq!(text.parse::<pixfuse_spec::Spec>().unwrap().to_string(), text);
    let written = text
        .replace(", of = pixels, clamp = true", ", of = rescaled, clamp = false")
        .replace("hf_torch", "torchvision_v2");
    let short = written.replace(", of = rescaled, clamp = false", "");
    assert_eq!(written.parse::<pixfuse_spec::Spec>().unwrap().to_string(), short);
}
