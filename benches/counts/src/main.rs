//! A handful of kernels, each run once on every level of this CPU, for a counter of instructions to watch.
//!
//! Times need a quiet machine; a count of instructions is the same on any. `cargo xtask counts` runs this under a
//! counter that is switched on by `counted_run` alone, and compares with `benches/counts.json`. One line on standard
//! output, `counting CASE on LEVEL`, announces each of its calls, in their order.
//!
//! `CASE LEVEL TIMES` is for counters that cannot be switched: the difference between 0 times and 1 is one run.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use pixfuse::spec::PixelFormat;
use pixfuse::{Element, Error, ImageRef, Level, Pipeline, TensorElement, f16};

/// A kernel: what the rows of `benches/counts.json` call it, its declaration, and the size of its source.
struct Case {
    name: &'static str,
    text: &'static str,
    rows: usize,
    columns: usize,
}

/// One of each way through the core: one tap, two taps, margins, a separable filter, no resize, a conversion before a
/// filter, a short element, and an area.
const CASES: [Case; 8] = [
    Case {
        name: "W1b",
        text: "input(bgr8), resize(240, 256, nearest), \
               normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
        rows: 576,
        columns: 768,
    },
    Case {
        name: "W2a",
        text: "input(bgr8), resize(240, 256, bilinear), \
               normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
        rows: 576,
        columns: 768,
    },
    Case {
        name: "W3",
        text: "input(bgr8), letterbox(640, 640, bilinear), normalize(), output(rgb, f32, chw)",
        rows: 1080,
        columns: 1920,
    },
    Case {
        name: "W4a",
        text: "input(rgb8), resize(shortest = 256, bilinear, antialias), center_crop(224, 224), \
               normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
        rows: 576,
        columns: 768,
    },
    Case {
        name: "W6a",
        text: "input(rgb8), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), \
               output(rgb, f32, chw)",
        rows: 224,
        columns: 224,
    },
    Case {
        name: "nv12",
        text: "input(nv12), letterbox(320, 320, bilinear), normalize(), output(rgb, f32, chw)",
        rows: 540,
        columns: 960,
    },
    Case {
        name: "f16",
        text: "input(rgb8), resize(112, 112, bilinear), \
               normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f16, chw)",
        rows: 360,
        columns: 640,
    },
    Case {
        name: "area",
        text: "input(bgr8), resize(112, 112, area), \
               normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
        rows: 540,
        columns: 960,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        [] => all(),
        [case, level, times] => named(case, level, times),
        _ => Err(format!("{}: expected nothing, or CASE LEVEL TIMES", words.join(" "))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn all() -> Result<(), String> {
    for case in &CASES {
        for level in Level::available() {
            run(case, level, 1).map_err(|error| format!("{} on {level}: {error}", case.name))?;
        }
    }
    Ok(())
}

fn named(case: &str, level: &str, times: &str) -> Result<(), String> {
    let times = times.parse().map_err(|_| format!("{times}: expected how many times to run it, 0 or more"))?;
    let names = CASES.map(|case| case.name).join(", ");
    let case = CASES.iter().find(|entry| entry.name == case).ok_or(format!("{case}: expected one of {names}"))?;
    let levels = Level::available();
    let names = levels.iter().map(|level| level.name()).collect::<Vec<_>>().join(", ");
    let level = levels.iter().find(|entry| entry.name() == level).ok_or(format!("{level}: expected one of {names}"))?;
    run(case, *level, times).map_err(|error| format!("{} on {level}: {error}", case.name))
}

/// The counted runs of one case, after one that makes the tables of its size and this thread's scratch.
fn run(case: &Case, level: Level, times: usize) -> Result<(), Error> {
    let pipe = Pipeline::parse(case.text)?.with_level(level)?;
    let elements = pipe.output_shape(case.rows, case.columns)?.iter().product();
    match pipe.element() {
        Element::F16 => repeat::<f16>(case, &pipe, elements, times),
        _ => repeat::<f32>(case, &pipe, elements, times),
    }
}

fn repeat<T: TensorElement + Default>(
    case: &Case,
    pipe: &Pipeline,
    elements: usize,
    times: usize,
) -> Result<(), Error> {
    let mut out = vec![T::default(); elements];
    let pixels = pixels(case.rows * case.columns * 3);
    let image = match pipe.spec().input.format {
        PixelFormat::Nv12 => ImageRef::yuv_dense(
            PixelFormat::Nv12,
            &pixels[..case.rows * case.columns * 3 / 2],
            case.rows,
            case.columns,
        )?,
        format => ImageRef::rgb8(&pixels, case.rows, case.columns)?.with_format(format)?,
    };
    pipe.run_into(image, &mut out)?;
    for _ in 0..times {
        println!("counting {} on {}", case.name, pipe.level());
        own_part(&mut || pipe.run_into(image, &mut out))?;
    }
    Ok(())
}

/// Ends a part of the counter's output. callgrind takes one order a function, and the one to count is below.
#[inline(never)]
fn own_part(run: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
    // Not its last act: a call in the place of the return would leave this function first.
    std::hint::black_box(counted_run(run))
}

/// What is counted: the counter finds it by its name, so it must stay a function of its own.
#[inline(never)]
fn counted_run(run: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
    std::hint::black_box(&mut *run)()
}

/// Noise that is the same on every machine: a linear congruential generator's upper bits.
fn pixels(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}
