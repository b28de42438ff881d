//! pixfuse: on every level, declared, and where something is new.

use std::cell::RefCell;
use std::rc::Rc;

use pixfuse::presets::PRESETS;
use pixfuse::{Level, Pipeline};
use pixfuse_benches::{Case, Error, Kind, Workload};

use crate::peer::checking;

/// Runs of [`calls`] that are timed as one: a call takes about as long as to read the clock.
const CALLS: usize = 100;

/// Every level, the fastest first, into memory that is there; then the best one for a size that it never saw, and into
/// memory that is new.
pub(crate) fn cases<'a>(workload: &'a Workload, pixels: &'a [u8], out: &mut [f32]) -> Result<Vec<Case<'a>>, Error> {
    let mut cases = levels(workload, pixels, out)?;
    let pipe = Pipeline::new(workload.spec.clone())?;
    let (image, level) = (workload.image(pixels)?, Some(pipe.level()));

    // A pipeline that has seen nothing yet: it makes the tables of this size first.
    let fresh = Rc::new(RefCell::new(pipe.clone()));
    let (before, seen) = (Rc::clone(&fresh), pipe.clone());
    let run = move |out: &mut [f32]| fresh.borrow().run_into(image, out).expect("it ran before");
    cases.push(Case {
        level,
        before: Some(Box::new(move || {
            *before.borrow_mut() = seen.with_level(seen.level()).expect("it has this level");
        })),
        ..Case::new(Kind::Cold, "pixfuse, new size", "equal", Box::new(run))
    });
    let run = move |_: &mut [f32]| drop(std::hint::black_box(pipe.run::<f32>(image).expect("it ran before")));
    cases.push(Case { level, ..Case::new(Kind::Cold, "pixfuse, new output", "equal", Box::new(run)) });
    Ok(cases)
}

/// Every level on an image so small that there is next to nothing to do.
pub(crate) fn calls<'a>(workload: &'a Workload, pixels: &'a [u8], out: &mut [f32]) -> Result<Vec<Case<'a>>, Error> {
    let cases = levels(workload, pixels, out)?;
    Ok(cases.into_iter().map(|case| Case { kind: Kind::Overhead, repeat: CALLS, ..case }).collect())
}

fn levels<'a>(workload: &'a Workload, pixels: &'a [u8], out: &mut [f32]) -> Result<Vec<Case<'a>>, Error> {
    let mut cases = Vec::new();
    for level in Level::available().into_iter().rev() {
        cases.push(into("pixfuse", workload, pixels, workload.pipeline(level)?, out)?);
    }
    // The pipelines above run kernels from the grid; where a preset says the same, its own kernel is there too.
    if let Some(entry) = PRESETS.iter().find(|entry| entry.spec() == workload.spec) {
        cases.push(into("pixfuse, declared", workload, pixels, Pipeline::from_entry(entry)?, out)?);
    }
    Ok(cases)
}

/// A pipeline, whose bytes must be those of the scalar level.
fn into<'a>(
    name: &str,
    workload: &'a Workload,
    pixels: &'a [u8],
    pipe: Pipeline,
    out: &mut [f32],
) -> Result<Case<'a>, Error> {
    let (image, level) = (workload.image(pixels)?, pipe.level());
    checking(workload, &format!("{name} on {level}"));
    pipe.run_into(image, out)?;
    if pipe.with_level(Level::Scalar)?.run::<f32>(image)?.data != out {
        return Err(format!("{name} on {level} gives other values than on scalar").into());
    }
    // The view is made in each run, as a program does that has another image each time.
    let run = move |out: &mut [f32]| {
        let image = workload.image(pixels).expect("it was an image before");
        pipe.run_into(image, out).expect("it ran before");
    };
    Ok(Case { level: Some(level), ..Case::new(Kind::Ours, name, "equal", Box::new(run)) })
}
