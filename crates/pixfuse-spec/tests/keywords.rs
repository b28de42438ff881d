//! Declarations as keyword arguments of a host language.

use pixfuse_spec::{Keyword, Spec};

fn word(text: &str) -> Keyword {
    Keyword::Word(text.into())
}

fn numbers(values: &[f64]) -> Keyword {
    Keyword::List(values.iter().copied().map(Keyword::Number).collect())
}

fn named(pairs: &[(&str, Keyword)]) -> Keyword {
    Keyword::Named(pairs.iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
}

fn read(clauses: &[(&str, Keyword)]) -> Result<Spec, String> {
    let clauses: Vec<_> = clauses.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    Spec::from_keywords(&clauses).map_err(|error| error.to_string())
}

#[track_caller]
fn says(clauses: &[(&str, Keyword)], expected: &str) {
    assert_eq!(read(clauses).expect_err(expected), expected);
}

#[test]
fn keywords_say_what_text_says() {
    let spec = read(&[
        ("output", Keyword::List(vec![word("rgb"), word("f32"), word("chw")])),
        (
            "normalize",
            named(&[("mean", numbers(&[0.485, 0.456, 0.406])), ("std", Keyword::Later), ("scale", word("1/255"))]),
        ),
        ("resize", Keyword::List(vec![Keyword::Number(240.0), word("_"), word("bilinear")])),
        ("input", Keyword::List(vec![word("rgba8"), named(&[("alpha", word("drop"))])])),
    ]);
    let text = "input(rgba8, alpha = drop), resize(240, _, bilinear), \
                normalize(scale = 1/255, mean = [0.485, 0.456, 0.406], std = _), output(rgb, f32, chw)";
    assert_eq!(spec, Ok(text.parse().unwrap()));
}

#[test]
fn a_word_may_hold_a_whole_clause() {
    let spec = read(&[
        ("input", word("rgb8")),
        ("normalize", word("mean = [0.5, 0.4, 1/3], std = 2")),
        ("output", word("rgb, f32")),
    ]);
    let text = "input(rgb8), normalize(mean = [0.5, 0.4, 1/3], std = 2), output(rgb, f32)";
    assert_eq!(spec, Ok(text.parse().unwrap()));
}

#[test]
fn named_arguments_may_stand_first() {
    let spec = read(&[
        ("input", word("rgb8")),
        (
            "resize",
            Keyword::List(vec![named(&[("shortest", Keyword::Number(256.0))]), word("bilinear"), word("antialias")]),
        ),
        ("center_crop", Keyword::Number(224.0)),
        ("pad", Keyword::List(vec![Keyword::Number(1.0); 4])),
        ("output", word("rgb, f32")),
    ]);
    let text = "input(rgb8), resize(shortest = 256, bilinear, antialias), center_crop(224, 224), pad(1, 1, 1, 1), \
                output(rgb, f32, chw)";
    assert_eq!(spec.unwrap().to_string(), text);

    let named = named(&[("fill", numbers(&[114.0, 0.0, 1.0])), ("rule", word("yolox")), ("scale_up", word("false"))]);
    let spec = read(&[
        ("input", word("rgb8")),
        ("letterbox", Keyword::List(vec![Keyword::Number(640.0), Keyword::Later, word("bilinear"), named])),
        ("output", word("rgb, f32")),
    ]);
    let text = "input(rgb8), letterbox(640, _, bilinear, fill = [114, 0, 1], rule = yolox, scale_up = false), \
                output(rgb, f32, chw)";
    assert_eq!(spec.unwrap().to_string(), text);
}

#[test]
fn empty_names_are_all_defaults() {
    let spec = read(&[("input", word("rgb8")), ("normalize", named(&[])), ("output", word("rgb, f32"))]);
    assert_eq!(spec.unwrap().to_string(), "input(rgb8), normalize(), output(rgb, f32, chw)");
}

#[test]
fn errors_show_the_text() {
    says(
        &[("input", word("rgb8")), ("resize", numbers(&[240.0, -1.0])), ("output", word("rgb, f32"))],
        "\
resize: columns must be an integer from 1 to 65535 or `_`, found -1
  input(rgb8), resize(240, -1), output(rgb, f32)
                           ^ column 26
resize: the filter is missing; write resize(240, 256, bilinear)
  input(rgb8), resize(240, -1), output(rgb, f32)
                             ^ column 28",
    );
}

#[test]
fn infinite_numbers_are_named() {
    says(
        &[
            ("input", word("rgb8")),
            ("normalize", named(&[("mean", numbers(&[0.5, f64::INFINITY])), ("eps", Keyword::Number(f64::NAN))])),
        ],
        "\
normalize: mean: inf is not a finite number
  input(rgb8), normalize(mean = [0.5, inf], eps = NaN)
                                      ^^^ column 37
normalize: eps: NaN is not a finite number
  input(rgb8), normalize(mean = [0.5, inf], eps = NaN)
                                                  ^^^ column 49",
    );
}

#[test]
fn a_word_stays_in_its_clause() {
    for text in ["rgb8), output(rgb, f32", "rgb8)", "(", "rgb8]", "[", "] [", "{}"] {
        let error = read(&[("input", word(text)), ("output", word("rgb, f32"))]).unwrap_err();
        let first = format!("input: `{text}` has brackets that do not belong there");
        assert_eq!(error.lines().next(), Some(first.as_str()));
        let error = read(&[("normalize", named(&[("mean", Keyword::List(vec![word(text)]))]))]).unwrap_err();
        assert!(error.starts_with("normalize: mean: `"), "{error}");
    }
}

#[test]
fn names_are_names() {
    for name in ["", "input(rgb8), output", "a b", "a,b", "mean ="] {
        let error = read(&[(name, word("rgb8"))]).unwrap_err();
        assert!(error.starts_with(&format!("`{name}` is not a name")), "{error}");
        let error = read(&[("normalize", named(&[(name, word("1"))]))]).unwrap_err();
        assert!(error.starts_with(&format!("`{name}` is not a name")), "{error}");
    }
}

#[test]
fn nesting_ends() {
    let mut deep = Keyword::Number(1.0);
    for _ in 0..1000 {
        deep = Keyword::List(vec![deep]);
    }
    let error = read(&[("resize", deep)]).unwrap_err();
    assert!(error.starts_with("resize: expected a single value, found a list"), "{error}");
    let error = read(&[("normalize", named(&[("mean", named(&[]))]))]).unwrap_err();
    assert!(error.starts_with("normalize: mean: expected a value, found named arguments"), "{error}");
}

#[test]
fn clauses_are_replaced_added_and_left_out() {
    let spec: Spec = "input(rgba8, alpha = drop), letterbox(9, 9, bilinear), normalize(mean = [0.5, 0.4, 0.3]), \
                      output(rgb, f32, chw)"
        .parse()
        .unwrap();
    let with = |clauses: &[(&str, Option<Keyword>)]| {
        let clauses: Vec<_> = clauses.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        spec.replace(&clauses).map(|spec| spec.to_string()).map_err(|error| error.to_string())
    };
    assert_eq!(with(&[]), Ok(spec.to_string()));
    let resize = Keyword::List(vec![Keyword::Number(3.0), Keyword::Later, word("bicubic"), word("antialias")]);
    assert_eq!(
        with(&[("letterbox", None), ("normalize", None), ("input", Some(word("bgr8"))), ("resize", Some(resize))]),
        Ok("input(bgr8), resize(3, _, bicubic, antialias), output(rgb, f32, chw)".into())
    );
    assert_eq!(
        spec.replace_text("normalize(mean = [1, 2, 3], std = 2), pad(1, 2, 3, 4)").unwrap().to_string(),
        "input(rgba8, alpha = drop), letterbox(9, 9, bilinear), pad(1, 2, 3, 4), \
         normalize(mean = [1, 2, 3], std = 2), output(rgb, f32, chw)"
    );
    // What is wrong is said as of a whole declaration.
    assert!(with(&[("normalise", None)]).unwrap_err().contains("did you mean `normalize`?"));
    assert!(with(&[("input", Some(word("rgb9")))]).unwrap_err().contains("unknown pixel format"));
    assert!(with(&[("input", None)]).unwrap_err().contains("input"));
    assert!(with(&[("output", Some(word("rgb")))]).is_err());
    for text in ["", ",", "input", "input(", "input)", "(", "rgb8", "input(rgb8)) , (", "pad(1, 2"] {
        let _ = spec.replace_text(text);
    }
}

#[test]
fn parts_are_replaced_where_one_value_says_them() {
    let change = |text: &str, name: &str, value: Keyword| {
        let spec: Spec = text.parse().unwrap();
        spec.replace(&[(name.into(), Some(value))]).map(|spec| spec.to_string()).map_err(|error| error.to_string())
    };
    let sides = |rows, columns| Keyword::List(vec![Keyword::Number(rows), Keyword::Number(columns)]);
    let exact = "input(rgb8), resize(224, 224, bicubic, antialias), normalize(order = hf_pil), output(rgb, f32, chw)";
    let clip = "input(rgb8), resize(shortest = 224, bilinear), center_crop(224, 224), output(rgb, f32, chw)";
    for (text, name, value, old, new) in [
        (exact, "size", Keyword::Number(384.0), "224, 224", "384, 384"),
        (exact, "size", sides(2.0, 3.0), "224, 224", "2, 3"),
        (exact, "size", word("7"), "224, 224", "7, 7"),
        (clip, "size", Keyword::Number(336.0), "224", "336"),
        (&clip.replace("shortest = 224", "224, 224"), "size", sides(3.0, 4.0), "224, 224", "3, 4"),
        (&clip.replace("shortest = 224", "cover = [224, 224]"), "size", sides(3.0, 4.0), "224, 224", "3, 4"),
        ("input(rgb8), letterbox(4, 5, bilinear), output(rgb, u8, hwc)", "size", Keyword::Number(8.0), "4, 5", "8, 8"),
        ("input(rgb8), resize(_, 9, area), output(rgb, u8, hwc)", "size", sides(3.0, 4.0), "_, 9", "3, 4"),
        ("input(rgb8), center_crop(4, 5), output(rgb, u8, hwc)", "size", sides(3.0, 4.0), "4, 5", "3, 4"),
        (exact, "filter", word("bilinear"), "bicubic, antialias", "bilinear"),
        (
            exact,
            "filter",
            Keyword::List(vec![word("lanczos"), word("antialias"), named(&[("like", word("torch"))])]),
            "bicubic, antialias",
            "lanczos, antialias, like = torch",
        ),
        (exact, "element", word("bf16"), "f32", "bf16"),
        (exact, "mean", Keyword::Number(0.5), "(order", "(mean = 0.5, order"),
        (exact, "std", sides(1.0, 2.0), "", "std: "),
        (exact, "scale", word("1/256"), "(order", "(scale = 0.00390625, order"),
        (exact, "eps", Keyword::Number(1e-5), "(order = hf_pil", "(eps = 1e-5, order = hf_pil"),
        (clip, "mean", word("[0.1, 0.2, 0.3]"), "), output", "), normalize(mean = [0.1, 0.2, 0.3]), output"),
    ] {
        let made = change(text, name, value);
        if old.is_empty() || made.is_err() {
            let error = made.unwrap_err();
            assert!(error.contains(new) || error.contains("hf_pil"), "{text}: {name}: {error}");
        } else {
            assert_eq!(made, Ok(text.replace(old, new)), "{name}");
        }
    }
    for (text, name, value, message) in [
        (&clip.replace("shortest = 224", "shortest = 256"), "size", Keyword::Number(336.0), "how much larger"),
        (&clip.to_owned(), "size", sides(3.0, 4.0), "how much larger"),
        (
            &"input(rgb8), resize(shortest = 9, bilinear), output(rgb, u8, hwc)".to_owned(),
            "size",
            word("9"),
            "follows from",
        ),
        (&"input(rgb8), output(rgb, u8, hwc)".to_owned(), "size", word("9"), "no clause says one"),
        (&"input(rgb8), output(rgb, u8, hwc)".to_owned(), "filter", word("area"), "nothing is resized"),
        (&exact.to_owned(), "size", Keyword::Number(0.5), "expected the side of a square, at least 1"),
        (&exact.to_owned(), "size", word("1, 2, 3"), "expected the side of a square"),
        (&exact.to_owned(), "size", word("70000"), "70000"),
        (&exact.to_owned(), "filter", word("bicubik"), "did you mean `bicubic`?"),
        (&exact.to_owned(), "element", word("f23"), "unknown element type `f23`"),
        (&exact.to_owned(), "mean", Keyword::Number(f64::NAN), "not a finite number"),
        (&exact.to_owned(), "std", Keyword::Number(0.0), "std"),
        (&exact.to_owned(), "scale", sides(1.0, 2.0), "scale"),
        (&exact.to_owned(), "mean", word("0.5)"), "brackets"),
    ] {
        let error = change(text, name, value).unwrap_err();
        assert!(error.contains(message), "{text}: {name}: {error}");
    }
    let spec: Spec = exact.parse().unwrap();
    assert!(spec.replace(&[("size".into(), None)]).unwrap_err().to_string().contains("leave it out"));
    // Clauses first, then their parts.
    let both = [("size".into(), Some(word("8"))), ("resize".into(), Some(word("9, 9, area")))];
    assert!(spec.replace(&both).unwrap().to_string().contains("resize(8, 8, area)"));
}

#[test]
fn parts_are_read() {
    let spec = |text: &str| text.parse::<Spec>().unwrap();
    for (middle, size) in [
        ("resize(3, 4, bilinear), ", Some([3, 4])),
        ("resize(_, 4, bilinear), ", None),
        ("resize(shortest = 9, bilinear), ", None),
        ("resize(shortest = 9, bilinear), center_crop(5, 6), ", Some([5, 6])),
        ("crop(1, 2, 3, 4), ", Some([3, 4])),
        ("letterbox(8, 9, bilinear), ", Some([8, 9])),
        ("letterbox(64, 64, bilinear, stride = 32), ", None),
        ("resize(3, 4, bilinear), pad(1, 2, 3, 4), ", Some([7, 10])),
        ("resize(3, 4, bilinear), pad(multiple = 4), ", Some([4, 4])),
        ("resize(longest = 9, bilinear), pad(to = [9, 9]), ", Some([9, 9])),
        ("tiles(7, 7, bicubic, antialias, rule = internvl, max = 4), ", Some([7, 7])),
        ("", None),
    ] {
        assert_eq!(spec(&format!("input(rgb8), {middle}output(rgb, u8, hwc)")).size(), size, "{middle}");
    }
    let plain = spec("input(rgb8), output(rgb, f32)");
    assert_eq!((plain.mean(), plain.std(), plain.scale()), (None, None, None));
    let normalized = spec("input(rgb8), normalize(mean = 0.5, std = [1, 2, 3]), output(rgb, f32)");
    assert_eq!((normalized.mean(), normalized.std()), (Some(vec![0.5; 3]), Some(vec![1.0, 2.0, 3.0])));
    assert_eq!(normalized.scale(), Some(1.0 / 255.0));
    assert_eq!(spec("input(rgb8), normalize(mean = _), output(rgb, f32)").mean(), None);
    let names: Vec<String> = normalized.clauses().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["input", "normalize", "output"]);
}
