//! One workload of Qwen3-VL in Rust: pixfuse beside llm-multimodal.
//!
//!     pixfuse-llm-multimodal TASK.json ROUNDS
//!
//! Both tensors are compared with that of transformers, which the task names, before they are timed. One JSON object a way.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use image::{DynamicImage, RgbImage};
use llm_multimodal::vision::processors::Qwen3VLProcessor;
use llm_multimodal::{
    EncoderDtype, EncoderInput, Parallelism, PreProcessorConfig, VisionPreProcessor, configure_parallelism,
};
use pixfuse::{ImageRef, Pipeline};
use serde_json::{Value, json};

/// Calls of a turn that count, behind one that does not.
const CALLS: usize = 3;

/// One way to the tensor.
struct Way<'a> {
    name: &'static str,
    is_peer: bool,
    run: Box<dyn FnMut() + 'a>,
    /// Milliseconds of each call, turn by turn.
    turns: Vec<Vec<f64>>,
}

impl<'a> Way<'a> {
    fn new(name: &'static str, is_peer: bool, run: impl FnMut() + 'a) -> Self {
        Self { name, is_peer, run: Box::new(run), turns: Vec::new() }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, rounds] = &arguments[..] else { return Err("expected TASK.json ROUNDS".into()) };
    let task: Value = serde_json::from_str(&fs::read_to_string(task)?)?;
    let rounds: usize = rounds.parse()?;
    let side = |key: &str| task[key].as_u64().map(|side| side as usize).ok_or(format!("the task has no {key}"));
    let file = |key: &str| fs::read(task[key].as_str().unwrap_or_default());
    let (rows, columns, pixels, expected) = (side("rows")?, side("columns")?, file("pixels")?, file("tensor")?);

    configure_parallelism(Parallelism::Inline).map_err(|mode| format!("runs as {mode:?}"))?;
    let config = PreProcessorConfig::from_value(task["config"].clone())?;
    let processor = Qwen3VLProcessor::from_preprocessor_config(&config);
    let image = RgbImage::from_raw(columns as u32, rows as u32, pixels.clone()).ok_or("the pixels are no image")?;
    let images = [DynamicImage::ImageRgb8(image)];
    let floats = || match processor.preprocess_wire(&images, &config, EncoderDtype::Float32) {
        Some(Ok(inputs)) => match inputs.encoder_input {
            EncoderInput::Wire { bytes, .. } => Ok(bytes),
            other => Err(format!("gives the shape {:?} in another form", other.shape())),
        },
        Some(Err(error)) => Err(error.to_string()),
        None => Err("has no such wire".to_owned()),
    };
    if floats()? != expected {
        return Err("llm-multimodal gives another tensor than transformers".into());
    }

    let text = task["declaration"].as_str().ok_or("the task has no declaration")?;
    let pipe = Pipeline::parse(text)?;
    let view = ImageRef::rgb8(&pixels, rows, columns)?;
    let mut out = pipe.run::<f32>(view)?.data;
    if !out.iter().flat_map(|value| value.to_le_bytes()).eq(expected.iter().copied()) {
        return Err("pixfuse gives another tensor than transformers".into());
    }
    let compact = Pipeline::parse(task["compact"].as_str().ok_or("the task has no compact declaration")?)?;
    let mut small = compact.run::<u8>(view)?.data;

    let mut ways = [
        Way::new("llm-multimodal, f32", true, || drop(black_box(floats()))),
        Way::new("pixfuse into out", false, || pipe.run_into(view, black_box(&mut out)).expect("it has run")),
        Way::new("pixfuse, new output", false, || drop(black_box(pipe.run::<f32>(view)))),
        Way::new("pixfuse, u8 without the copy, into out", false, || {
            compact.run_into(view, black_box(&mut small)).expect("it has run");
        }),
    ];
    for _ in 0..rounds {
        for way in &mut ways {
            (way.run)();
            let timed = |_| {
                let start = Instant::now();
                (way.run)();
                start.elapsed().as_secs_f64() * 1e3
            };
            way.turns.push((0..CALLS).map(timed).collect());
        }
    }
    for way in ways {
        let mut all = way.turns.concat();
        all.sort_by(f64::total_cmp);
        let time = median(way.turns.into_iter().map(median).collect());
        let (p10, p90) = (all[all.len() / 10], all[all.len() * 9 / 10]);
        let record = json!({
            "name": way.name, "is_peer": way.is_peer, "check": "equal", "median": time, "p10": p10, "p90": p90,
        });
        println!("{record}");
    }
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
