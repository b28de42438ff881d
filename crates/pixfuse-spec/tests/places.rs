//! Where errors point, and how they are shown.

use pixfuse_spec::{Expected, Spec, check, lex};

#[track_caller]
fn shows(text: &str, expected: &str) {
    assert_eq!(text.parse::<Spec>().expect_err(text).to_string(), expected);
}

#[test]
fn one_line() {
    shows(
        "input(rgb8), resize(240, 256, bilinar), output(rgb, f32, chw)",
        "\
resize: unknown filter `bilinar`, expected one of nearest, nearest_exact, nearest_floor, bilinear, bicubic, box, hamming, lanczos, area, lanczos4; did you mean `bilinear`?
  input(rgb8), resize(240, 256, bilinar), output(rgb, f32, chw)
                                ^^^^^^^ column 31",
    );
}

#[test]
fn several_errors_stand_in_the_order_of_the_text() {
    shows(
        "output(rgb, f23), input(rgba8, alpha = 1)",
        "\
output: unknown element type `f23`, expected one of f32, f16, bf16, u8, i8
  output(rgb, f23), input(rgba8, alpha = 1)
              ^^^ column 13
input: expected an alpha rule (drop, over, premultiply), found 1
  output(rgb, f23), input(rgba8, alpha = 1)
                                         ^ column 40",
    );
}

#[test]
fn several_lines() {
    shows(
        "input(rgb8),\r\n\toutput(é, f32)\n",
        "\
output: unknown channel order `é`, expected one of gray, rgb, bgr, rgba, bgra
   output(é, f32)
          ^ line 2, column 9",
    );
}

#[test]
fn what_is_missing_is_at_the_end() {
    shows(
        "input(rgb8)\n",
        "\
output is missing; write output(.., f32, chw) with one of gray, rgb, bgr, rgba, bgra
  input(rgb8)
             ^ column 12",
    );
}

#[test]
fn an_empty_text_has_no_place() {
    shows(
        " \n",
        "\
input is missing; write input(..) with one of gray8, rgb8, bgr8, rgba8, bgra8, nv12, nv21, i420, yuyv, gray16, rgb16, bgr16, gray32f, rgb32f, bgr32f
output is missing; write output(.., f32, chw) with one of gray, rgb, bgr, rgba, bgra",
    );
}

#[test]
fn a_long_line_shows_a_window() {
    let text = format!("input(rgb8), normalize(mean = [{}x, 1]), output(rgb, f32)", "0.5, ".repeat(100));
    let shown = text.parse::<Spec>().unwrap_err().to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "normalize: mean[100] must be a number, found `x`");
    assert!(lines[1].starts_with("  …") && lines[1].chars().count() < 130, "{shown}");
    let column = lines[2].chars().position(|c| c == '^').unwrap();
    assert_eq!(lines[1].chars().nth(column), Some('x'), "{shown}");
    assert!(lines[2].ends_with("^ column 532"), "{shown}");
}

#[test]
fn many_errors_are_counted() {
    let shown = "?, ".repeat(1000).parse::<Spec>().unwrap_err().to_string();
    assert_eq!(shown.matches("found `?`").count(), 8);
    assert!(shown.ends_with("\nand 994 more"), "{shown}");
}

#[test]
fn a_long_name_is_shortened() {
    let name = "n".repeat(100_000);
    let error = format!("{name}({name} = {name}), input({name}), output(rgb, f32)").parse::<Spec>().unwrap_err();
    assert!(error.errors.iter().all(|error| error.message.len() < 200), "{:?}", error.errors);
}

#[test]
fn rules_point_at_the_argument() {
    for (text, place) in [
        ("input(rgb8), normalize(std = [1, 0, 1]), output(rgb, f32)", 33..34),
        ("input(rgb8), normalize(std = 1, eps = -1), output(rgb, f32)", 38..39),
        ("input(rgb8), normalize(eps = -1), output(rgb, f32)", 29..30),
        ("input(rgb8), normalize(), output(rgb, u8)", 13..22),
        ("input(rgb8), output(gray, u8)", 20..24),
        ("input(rgb8), resize(2, 3, box), output(rgb, u8)", 26..29),
        ("input(rgb8), resize(2, 3, area, antialias), output(rgb, u8)", 32..41),
        ("input(rgb8), resize(2, 3, bicubic, like = torch), output(rgb, u8)", 42..47),
        ("input(rgb8), letterbox(2, 3, bicubic, precision = f32), output(rgb, u8)", 50..53),
        ("input(rgb8), resize(2, 3, nearest), letterbox(2, 3, nearest), output(rgb, u8)", 36..45),
        ("input(rgb8), resize(2, 3, nearest), crop(0, 1, 2, 3), output(rgb, u8)", 50..51),
        ("input(rgb8), letterbox(2, 3, nearest, fill = [1, 2]), output(rgb, u8)", 45..46),
        ("input(rgb8), center_crop(2, fill = [1, 256, 3]), output(rgb, u8)", 39..42),
        ("input(rgb8), pad(65535, 0, 65535, 0), output(rgb, u8)", 13..16),
        ("input(rgb8), normalize(mean = _, order = hf_pil), output(rgb, f32)", 30..31),
        ("input(rgb8), normalize(mean = [0, 1e39, 0], std = 9, order = hf_pil), output(rgb, f32)", 34..38),
    ] {
        let errors = check(&lex(text), text.len()..text.len()).unwrap_err();
        assert_eq!(errors[0].at, place, "{text}: {errors:?}");
    }
}

#[test]
fn any_range_can_be_shown() {
    let text = "é\nab";
    for start in 0..8 {
        for end in 0..8 {
            let mut error = "".parse::<pixfuse_spec::Spec>().unwrap_err();
            text.clone_into(&mut error.text);
            error.errors.truncate(1);
            (error.errors[0].at, error.errors[0].message) = (start..end, "m".into());
            assert!(error.to_string().starts_with("m\n  "));
        }
    }
}

#[test]
fn mistakes_can_be_told_apart() {
    use pixfuse_spec::ErrorKind::{Argument, Clause, Rule, Syntax, Value};
    for (text, kind, clause, argument, index) in [
        ("input(rgb8, output(rgb, f32)", Syntax, None, None, None),
        ("input(rgb8), blur(3), output(rgb, f32)", Clause, None, None, None),
        ("input(rgb8), pad(1, 1, 1, 1), pad(1, 1, 1, 1), output(rgb, f32)", Clause, Some("pad"), None, None),
        ("input(rgb8)", Clause, Some("output"), None, None),
        ("input(rgb8, alhpa = drop), output(rgb, f32)", Argument, Some("input"), None, None),
        ("input(rgb8), resize(9, 9), output(rgb, f32)", Argument, Some("resize"), Some("filter"), None),
        ("input(rgb8), tiles(9, 9, nearest), output(rgb, f32)", Argument, Some("tiles"), Some("rule"), None),
        ("input(rgb8, orient = 1, orient = 1), output(rgb, f32)", Argument, Some("input"), Some("orient"), None),
        ("input(rgb), output(rgb, f32)", Value, Some("input"), Some("format"), None),
        ("input(rgb8), patches(2, pad_to = 0), output(rgb, f32)", Value, Some("patches"), Some("pad_to"), None),
        ("input(rgb8), pad(to = 9, multiple = 9), output(rgb, f32)", Rule, Some("pad"), Some("multiple"), None),
        ("input(rgba8), output(rgb, f32)", Rule, Some("input"), Some("format"), None),
        ("input(rgb8), normalize(std = [1, 0, 1]), output(rgb, f32)", Rule, Some("normalize"), Some("std"), Some(1)),
    ] {
        let error = text.parse::<pixfuse_spec::Spec>().unwrap_err().errors.swap_remove(0);
        assert_eq!((error.kind, error.clause, error.argument, error.index), (kind, clause, argument, index), "{text}");
    }
}

/// The value and what was expected, for those who offer a choice of it.
#[test]
fn mistakes_say_what_stands_there_and_what_may() {
    let integers = |least, most| Some(Expected::Integers { least, most });
    let names = |names: &[&'static str]| Some(Expected::Names(names.to_vec()));
    for (text, value, expected) in [
        ("input(rgb8, output(rgb, f32)", None, None),
        ("input(rgb8), input(rgb8), output(rgb, f32)", None, None),
        ("input(rgb8)", None, None),
        ("input(rgb8, orient = 1, orient = 1), output(rgb, f32)", Some("orient"), None),
        ("input(rgb8), resize(9, 9, nearest, 3), output(rgb, f32)", Some("3"), names(&["antialias"])),
        ("input(rgb8), patches(2, pad_to = 0), output(rgb, f32)", Some("0"), integers(1, 1 << 24)),
        ("input(rgb8), pad(1, 1, 1, 1, fill = [1, 2, 300]), output(rgb, f32)", Some("300"), integers(0, 255)),
        ("input(rgb8), letterbox(9, 9, nearest, scale_up = 1), output(rgb, f32)", Some("1"), names(&["true", "false"])),
        ("input(rgb8), output(rgb, f33)", Some("f33"), names(&["f32", "f16", "bf16", "u8", "i8"])),
        ("input(rgb8), output(rgb, [1, 2])", Some("[1, 2]"), names(&["f32", "f16", "bf16", "u8", "i8"])),
        ("input(rgb8), normalize(scale = nearest), output(rgb, f32)", Some("nearest"), None),
        ("input(rgb8), normalize(std = [1, 0, 1]), output(rgb, f32)", Some("0"), None),
        ("input(rgb8), pad(1, 1, 1, 1, fill = [1, 2]), output(rgb, f32)", Some("[1, 2]"), None),
        ("input(rgb8), pad(1, 1, 1, 1, fill = [1, [2]]), output(rgb, f32)", Some("[2]"), integers(0, 255)),
        // A rule about what is not written.
        ("input(rgba8), output(rgb, f32)", Some("rgba8"), None),
        ("input(rgb8), normalize(scale = 0), output(rgb, f32)", Some("0"), None),
        ("input(rgb8), resize(9, 9, nearest, antialias), output(rgb, f32)", Some("antialias"), None),
    ] {
        let error = text.parse::<pixfuse_spec::Spec>().unwrap_err();
        let mistake = &error.errors[0];
        assert_eq!((error.value(mistake), &mistake.expected), (value, &expected), "{text}: {}", mistake.message);
    }
    for (text, value, some) in [
        ("input(rgb8), blur(3), output(rgb, f32)", Some("blur"), "letterbox"),
        ("input(rgb8, alhpa = drop), output(rgb, f32)", Some("alhpa"), "alpha"),
        ("input(rgb), output(rgb, f32)", Some("rgb"), "rgb8"),
        ("input(rgb8), resize(9, 9), output(rgb, f32)", None, "bilinear"),
    ] {
        let error = text.parse::<pixfuse_spec::Spec>().unwrap_err();
        let mistake = &error.errors[0];
        assert_eq!(error.value(mistake), value, "{text}");
        assert!(matches!(&mistake.expected, Some(Expected::Names(names)) if names.contains(&some)), "{mistake:?}");
    }
}
