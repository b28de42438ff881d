//! Each workload from Rust: pixfuse on every level, fast_image_resize, kornia-imgproc, pic-scale, loops as people write
//! them, and the floor.
//!
//! One process; the cases take turns. One JSON object a line on standard output, what is done on standard error;
//! `cargo xtask bench` runs this and makes the table. `--only ID` measures one workload, `--quick` does not measure
//! long.

mod batches;
mod files;
mod images;
mod ours;
mod peer;

use std::process::ExitCode;

use pixfuse_benches::{Effort, Error, Photo, Task, Workload, measure, workloads};

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
    // What asks rayon for threads gets this one: everybody works on one thread unless the row says otherwise.
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()?;
    let photo = Photo::decode()?;
    for workload in workloads(only.as_deref())? {
        one(&workload, &photo, effort).map_err(|error| format!("{}: {error}", workload.id))?;
    }
    Ok(())
}

fn one(workload: &Workload, photo: &Photo, effort: Effort) -> Result<(), Error> {
    let pixels = photo.sized(workload.rows, workload.columns)?;
    let file = photo.file(workload.rows, workload.columns)?;
    // Each image of a batch has memory of its own, as those of a data loader.
    let images = match workload.task {
        Task::Batch(count) => vec![pixels.clone(); count],
        _ => Vec::new(),
    };
    let mut out = vec![0f32; workload.elements()? * images.len().max(1)];
    let mut cases = match workload.task {
        Task::Image => images::cases(workload, &pixels, &mut out)?,
        Task::Batch(_) => batches::cases(workload, &images, &mut out)?,
        Task::File => files::cases(workload, &file, &mut out)?,
        Task::Call => ours::calls(workload, &pixels, &mut out)?,
    };
    eprintln!("{}: measuring {} rows", workload.id, cases.len());
    let times = measure(&mut cases, &mut out, effort);
    for (case, times) in cases.iter().zip(times) {
        println!("{}", times.record(&workload.id, case));
    }
    Ok(())
}
