//! What holds of every declaration, and of everything that is none.

mod strategies;
mod tables;

use std::hash::{DefaultHasher, Hash, Hasher};

use pixfuse_spec::{
    CenterCrop, Crop, Keyword, Letterbox, Number, Pad, Resize, Size, Spec, Tiles, Values, check, lower,
};
use proptest::prelude::*;

use crate::strategies::{soup, spec};

fn hash(spec: &Spec) -> u64 {
    let mut hasher = DefaultHasher::new();
    spec.hash(&mut hasher);
    hasher.finish()
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
    fn order_of_clauses_means_nothing(spec in spec(), keys in any::<[u32; 8]>()) {
        let mut clauses = vec![spec.input.to_string(), spec.output.to_string()];
        clauses.extend(spec.resize.as_ref().map(Resize::to_string));
        clauses.extend(spec.letterbox.as_ref().map(Letterbox::to_string));
        clauses.extend(spec.tiles.as_ref().map(Tiles::to_string));
        clauses.extend(spec.crop.as_ref().map(Crop::to_string));
        clauses.extend(spec.pad.as_ref().map(Pad::to_string));
        let sample = spec.input.format.sample();
        clauses.extend(spec.normalize.as_ref().map(|normalize| normalize.text(sample)));
        clauses.extend(spec.patches.as_ref().map(|patches| patches.text(spec.output.layout)));
        let mut shuffled: Vec<_> = clauses.into_iter().zip(keys).collect();
        shuffled.sort_by_key(|(_, key)| *key);
        let text: Vec<String> = shuffled.into_iter().map(|(clause, _)| clause).collect();
        prop_assert_eq!(text.join(",\n").parse::<Spec>(), Ok(spec));
    }

    #[test]
    fn a_number_reads_back_to_the_bit(value in any::<f64>()) {
        // Through the only place that takes any finite number.
        let text = format!("input(rgb8), normalize(scale = 1, mean = [{value:e}, 0, 0], std = _), output(rgb, f32)");
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
        prop_assert_eq!(plan.to_string().lines().count(), if plan.frame.is_whole() { 4 } else { 5 });
    }

    #[test]
    fn binding_gives_what_writing_gives(spec in spec()) {
        let known = |spec: &Spec| {
            let mut known = spec.clone();
            let mut close = |side: &mut Number<u32>| if side.is_later() { *side = Number::Known(7) };
            match known.resize.as_mut().map(|resize| &mut resize.size) {
                Some(Size::Exact { rows, columns }) => [rows, columns].into_iter().for_each(&mut close),
                Some(Size::Shortest { side, .. } | Size::Longest { side, .. }) => close(side),
                Some(Size::Cover { .. } | Size::Ruled(_)) | None => {}
            }
            if let Some(Letterbox { rows, columns, .. }) = &mut known.letterbox { close(rows); close(columns); }
            if let Some(Crop::Center(CenterCrop { rows, columns, .. })) = &mut known.crop { close(rows); close(columns); }
            if let Some(normalize) = &mut known.normalize {
                let one = Number::Known(vec![1.0]);
                if normalize.scale.is_later() { normalize.scale = Number::Known(0.5); }
                if normalize.mean.is_later() { normalize.mean = one.clone(); }
                if normalize.std.is_later() { normalize.std = one; }
                if normalize.eps.is_later() { normalize.eps = Number::Known(1e-3); }
            }
            known
        };
        let normalize = spec.normalize.as_ref();
        let seven = |side: Number<u32>| side.is_later().then_some(7);
        let (mut shortest, mut longest) = (None, None);
        let [rows, columns] = match (spec.resize.map(|resize| resize.size), &spec.letterbox) {
            (Some(Size::Exact { rows, columns }), _) => [seven(rows), seven(columns)],
            (Some(Size::Shortest { side, .. }), _) => { shortest = seven(side); [None; 2] }
            (Some(Size::Longest { side, .. }), _) => { longest = seven(side); [None; 2] }
            (None, Some(letterbox)) => [seven(letterbox.rows), seven(letterbox.columns)],
            (Some(Size::Cover { .. } | Size::Ruled(_)), _) | (None, None) => [None; 2],
        };
        let [crop_rows, crop_columns] = match spec.crop {
            Some(Crop::Center(CenterCrop { rows, columns, .. })) => [seven(rows), seven(columns)],
            _ => [None; 2],
        };
        let list = |list: &Number<Vec<f64>>| list.is_later().then(|| vec![1.0]);
        let values = Values {
            rows, columns, shortest, longest, crop_rows, crop_columns,
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
