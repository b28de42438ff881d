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
