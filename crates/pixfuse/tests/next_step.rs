//! What errors say to do next: one wording for each mistake, and nothing that would be refused in turn.

use pixfuse::bridge::next_step::{BATCH, DECODE, Given, channels, samples, shape};
use pixfuse::spec::Input;
use pixfuse::{Sample, Spec};

fn input(text: &str) -> Input {
    format!("input({text}), output(rgb, u8)").parse::<Spec>().unwrap().input
}

#[test]
fn what_is_advised_parses() {
    let inputs = ["gray8", "rgb8", "bgr8", "rgb8, chw", "rgba8, alpha = drop", "bgra8, alpha = drop", "nv12"];
    for text in inputs {
        let input = input(text);
        let given = [Given::Bool, Given::Swapped, Given::Float, Given::Integer, Given::Other];
        let samples = [Sample::U8, Sample::U16, Sample::F32].map(Given::Sample);
        let steps = given.into_iter().chain(samples).map(|given| pixfuse::bridge::next_step::samples(given, &input));
        let channels = (1..5).map(|given| pixfuse::bridge::next_step::channels(given, &input));
        let shapes = [&[5][..], &[5, 6], &[3, 5, 6], &[4, 5, 6], &[5, 6, 1], &[5, 6, 3], &[5, 6, 4], &[2, 5, 6, 3]];
        for step in steps.chain(channels).chain(shapes.map(|shape| pixfuse::bridge::next_step::shape(shape, &input))) {
            let Some(start) = step.find("input(") else { continue };
            let clause = &step[start..][..step[start..].find(')').unwrap() + 1];
            let declared = format!("{clause}, output(rgb, f32)");
            let parsed: Result<Spec, _> = declared.parse();
            // Samples that u8 filters cannot read are no matter here.
            assert!(parsed.is_ok(), "{text}: {step}: {declared}");
        }
    }
}

#[test]
fn wordings() {
    let rgb = input("rgb8");
    assert_eq!(
        samples(Given::Sample(Sample::F32), &rgb),
        "; write input(rgb32f), or multiply values of 0 to 1 by 255, round them and make them u8"
    );
    assert_eq!(samples(Given::Sample(Sample::U16), &rgb), "; write input(rgb16)");
    assert_eq!(samples(Given::Sample(Sample::U8), &rgb), "");
    assert_eq!(shape(&[3, 20, 30], &rgb), "; write input(rgb8, chw)");
    assert_eq!(shape(&[20, 30, 4], &rgb), "; write input(rgba8, alpha = drop)");
    assert_eq!(shape(&[20, 30], &rgb), channels(1, &rgb));
    assert_eq!(shape(&[1, 20, 30, 3], &rgb), BATCH);
    assert_eq!(shape(&[60], &rgb), DECODE);
    assert_eq!(shape(&[20, 30, 3], &input("rgb8, chw")), "; write input(rgb8)");
}
