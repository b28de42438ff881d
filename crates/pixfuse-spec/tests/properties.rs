//! What holds of every declaration, and of everything that is none.

use std::hash::{DefaultHasher, Hash, Hasher};

use pixfuse_spec::{
    Alpha, ChannelOrder, Element, Filter, Input, Keyword, Kind, Layout, Normalize, Number, Output, PixelFormat, Resize,
    Spec, Token, Values, check, lower,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn open<T: Clone + std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Number<T>> {
    prop_oneof![4 => value.prop_map(Number::Known), 1 => Just(Number::Later)]
}

/// Numbers as people write them, their neighbours, and any others whose quotients stay numbers of f32.
fn number() -> impl Strategy<Value = f64> {
    let inverse = (1..70000_u32).prop_map(|n| 1.0 / f64::from(n));
    let size = prop_oneof![
        (1.0..10.0_f64, -9..9_i32).prop_map(|(digits, exponent)| digits * 10_f64.powi(exponent)),
        inverse.clone(),
        inverse.prop_map(f64::next_up),
        (1..100_000_u32).prop_map(|n| f64::from(n) / 1000.0),
        (1..300_u32).prop_map(f64::from),
    ];
    (size, any::<bool>()).prop_map(|(size, negative)| if negative { -size } else { size })
}

fn resize() -> impl Strategy<Value = Resize> {
    (open(1..=65535_u32), open(1..=65535_u32), select(Filter::ALL)).prop_map(|(rows, columns, filter)| Resize {
        rows,
        columns,
        filter,
    })
}

fn normalize(channels: usize) -> impl Strategy<Value = Normalize> {
    let list = move |zero: bool| {
        let item = prop_oneof![4 => number().boxed(), 1 => Just(if zero { 0.0 } else { 1.0 }).boxed()];
        prop_oneof![vec(item.clone(), 1), vec(item, channels)]
    };
    let eps = prop_oneof![Just(0.0), Just(1e-5), Just(1e-12)];
    (open(number()), open(list(true)), open(list(false)), open(eps)).prop_map(|(scale, mean, std, eps)| Normalize {
        scale,
        mean,
        std,
        eps,
    })
}

/// Every declaration that the rulebook admits.
fn spec() -> impl Strategy<Value = Spec> {
    use ChannelOrder::{Bgr, Bgra, Gray, Rgb, Rgba};
    let colours = select(PixelFormat::ALL).prop_flat_map(|format| {
        let orders: &[ChannelOrder] = match format.channels() {
            1 => &[Gray],
            3 => &[Rgb, Bgr],
            _ => &[Rgb, Bgr, Rgba, Bgra],
        };
        (Just(format), select(orders))
    });
    let rest = (select(Layout::ALL), select(Layout::ALL), select(Element::ALL), proptest::option::of(resize()));
    (colours, rest)
        .prop_flat_map(|(colours, rest)| {
            let normalize = match rest.2 {
                Element::F32 => proptest::option::of(normalize(colours.1.channels())).boxed(),
                Element::U8 => Just(None).boxed(),
            };
            (Just(colours), Just(rest), normalize)
        })
        .prop_map(|((format, channels), (source, layout, element, resize), normalize)| {
            let alpha = (format.channels() == 4 && channels.channels() == 3).then_some(Alpha::Drop);
            Spec {
                input: Input { format, layout: source, alpha },
                resize,
                normalize,
                output: Output { channels, element, layout },
            }
        })
}

fn hash(spec: &Spec) -> u64 {
    let mut hasher = DefaultHasher::new();
    spec.hash(&mut hasher);
    hasher.finish()
}

/// Words and signs of the language in any order.
fn soup() -> impl Strategy<Value = Vec<Token<usize>>> {
    let word =
        select(vec!["input", "output", "resize", "normalize", "rgb8", "rgb", "f32", "chw", "mean", "std", "_", "x"]);
    let kind = prop_oneof![
        4 => word.prop_map(|word| Kind::Word(word.to_owned())),
        4 => select(vec![',', '=', '/', '-', '.', ';']).prop_map(Kind::Sign),
        2 => any::<f64>().prop_map(|value| Kind::Number(value, format!("{value:?}"))),
        2 => select(vec!['(', '(', '[', '{']).prop_map(Kind::Open),
        2 => select(vec![')', ')', ']', '}']).prop_map(Kind::Close),
        1 => Just(Kind::Unreadable("\"é".to_owned())),
    ];
    vec(kind, 0..60).prop_map(|kinds| kinds.into_iter().enumerate().map(|(at, kind)| Token { kind, at }).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_reads_back(spec in spec()) {
        let text = spec.to_string();
        let read = text.parse::<Spec>().map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&read, &spec);
        prop_assert_eq!(read.to_string(), text);
        prop_assert_eq!(hash(&read), hash(&spec));
    }

    #[test]
    fn order_of_clauses_means_nothing(spec in spec(), keys in any::<[u32; 4]>()) {
        let mut clauses = vec![spec.input.to_string(), spec.output.to_string()];
        clauses.extend(spec.resize.as_ref().map(Resize::to_string));
        clauses.extend(spec.normalize.as_ref().map(Normalize::to_string));
        let mut shuffled: Vec<_> = clauses.into_iter().zip(keys).collect();
        shuffled.sort_by_key(|(_, key)| *key);
        let text: Vec<String> = shuffled.into_iter().map(|(clause, _)| clause).collect();
        prop_assert_eq!(text.join(",\n").parse::<Spec>(), Ok(spec));
    }

    #[test]
    fn a_number_reads_back_to_the_bit(value in any::<f64>()) {
        // Through the only place that takes any finite number.
        let text = format!("input(rgb8), normalize(mean = [{value:e}, 0, 0], std = _), output(rgb, f32)");
        if let Ok(spec) = text.parse::<Spec>() {
            let read: Spec = spec.to_string().parse().unwrap();
            let mean = |spec: &Spec| spec.normalize.as_ref().unwrap().mean.known().unwrap()[0].to_bits();
            prop_assert_eq!(mean(&read), (value + 0.0).to_bits());
        } else {
            prop_assert!(!value.is_finite());
        }
    }

    #[test]
    fn every_spec_has_a_plan(spec in spec()) {
        let plan = lower(&spec);
        prop_assert!(pixfuse_spec::Shape::all().contains(&plan.shape()));
        prop_assert_eq!(plan.to_string().lines().count(), 4);
    }

    #[test]
    fn binding_gives_what_writing_gives(spec in spec()) {
        let known = |spec: &Spec| {
            let mut known = spec.clone();
            if let Some(resize) = &mut known.resize {
                for side in [&mut resize.rows, &mut resize.columns] {
                    if side.is_later() { *side = Number::Known(7); }
                }
            }
            if let Some(normalize) = &mut known.normalize {
                let one = Number::Known(vec![1.0]);
                if normalize.scale.is_later() { normalize.scale = Number::Known(0.5); }
                if normalize.mean.is_later() { normalize.mean = one.clone(); }
                if normalize.std.is_later() { normalize.std = one; }
                if normalize.eps.is_later() { normalize.eps = Number::Known(1e-3); }
            }
            known
        };
        let (resize, normalize) = (spec.resize.as_ref(), spec.normalize.as_ref());
        let list = |list: &Number<Vec<f64>>| list.is_later().then(|| vec![1.0]);
        let values = Values {
            rows: resize.and_then(|r| r.rows.is_later().then_some(7)),
            columns: resize.and_then(|r| r.columns.is_later().then_some(7)),
            scale: normalize.and_then(|n| n.scale.is_later().then_some(0.5)),
            mean: normalize.and_then(|n| list(&n.mean)),
            std: normalize.and_then(|n| list(&n.std)),
            eps: normalize.and_then(|n| n.eps.is_later().then_some(1e-3)),
        };
        // A fixed eps may still meet its opposite in std; then both ways say so.
        let written = known(&spec).to_string().parse::<Spec>();
        prop_assert_eq!(spec.bind(&values).ok(), written.ok());
    }

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,80}|[ -~\n\t]{0,120}|[inputoresz8rgb(),=\\[\\]\n _/.0-9-]{0,120}") {
        if let Err(error) = text.parse::<Spec>() {
            prop_assert!(!error.errors.is_empty());
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn any_tokens_get_an_answer(tokens in soup()) {
        let end = tokens.len();
        if let Err(errors) = check(&tokens, end) {
            prop_assert!(!errors.is_empty());
            prop_assert!(errors.len() <= 2 * tokens.len() + 8);
        }
    }

    #[test]
    fn a_broken_text_gets_an_answer(spec in spec(), at in any::<prop::sample::Index>(), with in "\\PC{0,3}") {
        let mut text: Vec<char> = spec.to_string().chars().collect();
        let at = at.index(text.len());
        text.splice(at..at + 1, with.chars());
        let text: String = text.into_iter().collect();
        match text.parse::<Spec>() {
            Ok(read) => prop_assert_eq!(read.to_string().parse::<Spec>(), Ok(read)),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn any_keywords_get_an_answer(name in "\\PC{0,8}|input|output", word in "\\PC{0,20}", number in any::<f64>()) {
        let list = Keyword::List(vec![Keyword::Word(word.clone()), Keyword::Number(number)]);
        let named = Keyword::Named(vec![(word, list.clone())]);
        if let Err(error) = Spec::from_keywords(&[(name.clone(), list), (name, named)]) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
