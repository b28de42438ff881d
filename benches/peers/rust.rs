//! Each workload from Rust: pixfuse on every level, fast_image_resize, loops as people write them, and the floor.
//!
//! One thread, one process; the cases take turns. One JSON object a line on standard output; `cargo xtask bench` runs
//! this and makes the table. `--only ID` measures one workload, `--quick` does not measure long.

use std::process::ExitCode;

use pixfuse::presets::PRESETS;
use pixfuse::{Filter, Level, Pipeline};
use pixfuse_benches::{
    Case, Difference, Effort, Error, JPEG, Photo, ResizeThenNormalize, Tolerance, Workload, article, measure,
    normalize, plain_normalize, read_and_fill, workloads,
};
use pixfuse_decode::{Options, decode_into};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let (mut effort, mut only) = (Effort::FULL, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => effort = Effort::QUICK,
            "--only" => only = Some(arguments.next().ok_or("--only: which workload?")?),
            other => return Err(format!("`{other}`: expected --quick or --only ID").into()),
        }
    }
    let photo = Photo::decode()?;
    for workload in workloads(only.as_deref())? {
        let pixels = photo.sized(workload.rows, workload.columns)?;
        let mut out = vec![0f32; workload.elements()?];
        let mut cases = cases(&workload, &pixels, &mut out)?;
        let times = measure(&mut cases, &mut out, effort);
        for (case, times) in cases.iter().zip(times) {
            println!("{}", times.record(&workload.id, case));
        }
    }
    Ok(())
}

/// Every way to do a workload, each compared with pixfuse before anything is timed.
fn cases<'a>(workload: &'a Workload, pixels: &'a [u8], out: &mut [f32]) -> Result<Vec<Case<'a>>, Error> {
    if workload.file {
        return files(workload, out);
    }
    let mut cases = Vec::new();
    let levels = Level::available();
    for &level in levels.iter().rev() {
        cases.push(ours("pixfuse", workload, pixels, &workload.pipeline(level)?, out)?);
    }
    // The pipelines above run kernels from the grid; where a preset says the same, its own kernel is there too.
    if let Some(entry) = PRESETS.iter().find(|entry| entry.spec() == workload.spec) {
        cases.push(ours("pixfuse, declared", workload, pixels, &Pipeline::from_entry(entry)?, out)?);
    }

    let Some(numbers) = workload.numbers() else { return Ok(cases) };
    let source = [workload.rows, workload.columns];
    let sampling = workload.spec.resize.as_ref().map(|resize| resize.sampling);
    let (filter, antialias) =
        (sampling.map(|sampling| sampling.filter), sampling.is_some_and(|sampling| sampling.antialias));

    if let Some((mut resizer, filter)) = ResizeThenNormalize::new(workload) {
        let run = move |out: &mut [f32]| resizer.run(pixels, out).expect("the pixels are those of the workload");
        let theirs = Peer { name: "fast_image_resize, normalise loop", filter: Some(filter), run };
        let tolerance = match filter {
            _ if antialias => Tolerance::COARSE_WEIGHTS,
            Filter::Bilinear => Tolerance::ONE_LEVEL,
            _ => Tolerance::ROUNDING,
        };
        cases.push(theirs.checked(workload, pixels, tolerance, out)?);
    }
    if let (Some(Filter::NearestFloor), Some(target)) = (filter, workload.resized()) {
        let run = move |out: &mut [f32]| article(pixels, source, target, &numbers, out);
        cases.push(Peer { name: "hand-written loop", filter, run }.checked(
            workload,
            pixels,
            Tolerance::ROUNDING,
            out,
        )?);
    }
    if filter.is_none() {
        let run = move |out: &mut [f32]| plain_normalize(pixels, &numbers, out);
        cases.push(Peer { name: "plain loop", filter, run }.checked(workload, pixels, Tolerance::ROUNDING, out)?);
        let run = move |out: &mut [f32]| normalize(pixels, &numbers, out);
        let name = "folded loop, compiled for this CPU";
        cases.push(Peer { name, filter, run }.checked(workload, pixels, Tolerance::ROUNDING, out)?);
    }

    if antialias {
        // Its taps are as many as the ratio says: the floor below counts one or two.
        return Ok(cases);
    }
    let taps = if filter == Some(Filter::Bilinear) { 2 } else { 1 };
    let out_rows = workload.resized().map_or(workload.rows, |[rows, _]| rows);
    cases.push(Case {
        name: "floor: fetch once, write once".into(),
        level: None,
        check: "no result".into(),
        run: Box::new(move |out| read_and_fill(pixels, workload.rows, out_rows, taps, out)),
    });
    Ok(cases)
}

/// The photo's file, decoded and run over, and decoded only.
fn files<'a>(workload: &Workload, out: &mut [f32]) -> Result<Vec<Case<'a>>, Error> {
    let mut cases = Vec::new();
    for level in Level::available().into_iter().rev() {
        let pipe = workload.pipeline(level)?;
        decode_into(&pipe, JPEG, &Options::default(), out)?;
        let photo = Photo::decode()?.sized(workload.rows, workload.columns)?;
        if pipe.run::<f32>(workload.image(&photo)?)?.data != out {
            return Err(
                format!("{}: {level} gives other values from the file than from its pixels", workload.id).into()
            );
        }
        let run = move |out: &mut [f32]| decode_into(&pipe, JPEG, &Options::default(), out).expect("it ran before");
        cases.push(Case { name: "pixfuse".into(), level: Some(level), check: "equal".into(), run: Box::new(run) });
    }
    let mut pixels = vec![0; libjpeg_turbo_rs::output_buffer_size(JPEG, libjpeg_turbo_rs::PixelFormat::Rgb)?];
    let run = move |_: &mut [f32]| {
        libjpeg_turbo_rs::decompress_into(JPEG, libjpeg_turbo_rs::PixelFormat::Rgb, &mut pixels).expect("it is sound");
    };
    let name = "floor: libjpeg-turbo-rs, pixels only".into();
    cases.push(Case { name, level: None, check: "no result".into(), run: Box::new(run) });
    Ok(cases)
}

/// A pixfuse pipeline, whose bytes must be those of the scalar level.
fn ours<'a>(
    name: &str,
    workload: &Workload,
    pixels: &'a [u8],
    pipe: &Pipeline,
    out: &mut [f32],
) -> Result<Case<'a>, Error> {
    let (pipe, image) = (pipe.clone(), workload.image(pixels)?);
    pipe.run_into(image, out)?;
    let scalar = pipe.with_level(Level::Scalar)?.run::<f32>(image)?;
    if scalar.data != out {
        return Err(format!("{}: {name} on {} gives other values than on scalar", workload.id, pipe.level()).into());
    }
    Ok(Case {
        name: name.into(),
        level: Some(pipe.level()),
        check: "equal".into(),
        run: Box::new(move |out| pipe.run_into(image, out).expect("it ran before")),
    })
}

/// Another way, with the filter of pixfuse that it is compared with.
struct Peer<F> {
    name: &'static str,
    filter: Option<Filter>,
    run: F,
}

impl<F> Peer<F> {
    fn checked<'a>(
        mut self,
        workload: &Workload,
        pixels: &[u8],
        tolerance: Tolerance,
        out: &mut [f32],
    ) -> Result<Case<'a>, Error>
    where
        F: FnMut(&mut [f32]) + 'a,
    {
        let mut spec = workload.spec.clone();
        let mut check = String::new();
        if let (Some(resize), Some(filter)) = (&mut spec.resize, self.filter.take()) {
            if resize.sampling.filter != filter {
                check = format!(" to {filter}");
            }
            resize.sampling.filter = filter;
        }
        let expected = Pipeline::new(spec)?.run::<f32>(workload.image(pixels)?)?;
        out.fill(f32::NAN);
        (self.run)(out);
        let gain = workload.numbers().ok_or("a peer needs numbers")?.gain;
        let difference = Difference::between(&expected.data, out, gain);
        if !difference.within(tolerance) {
            let Difference { largest, mean } = difference;
            return Err(
                format!("{}: {} is off by {largest:.3} levels, {mean:.3} on average", workload.id, self.name).into()
            );
        }
        Ok(Case { name: self.name.into(), level: None, check: format!("{difference}{check}"), run: Box::new(self.run) })
    }
}
