//! Many images into one block, on one thread and on two.

use pixfuse::{ImageRef, Level};
use pixfuse_benches::{Case, Error, Floor, Kind, Kornia, ResizeThenNormalize, Tolerance, Workload};
use rayon::prelude::*;

use crate::peer::{Peer, checking};

/// How many threads each way is measured on.
const THREADS: [usize; 2] = [1, 2];

/// Every way to do a batch, each compared with pixfuse before anything is timed.
pub(crate) fn cases<'a>(
    workload: &'a Workload,
    images: &'a [Vec<u8>],
    out: &mut [f32],
) -> Result<Vec<Case<'a>>, Error> {
    let mut cases = Vec::new();
    for threads in THREADS {
        for level in Level::available().into_iter().rev() {
            cases.push(ours(workload, images, level, threads, out)?);
        }
        let name = "fast_image_resize, normalise loop";
        let way = |_: &[u8]| {
            let (mut resizer, _, tolerance) = ResizeThenNormalize::new(workload)?.ok_or("it has no such filter")?;
            let run = move |image: &[u8], out: &mut [f32]| resizer.run(image, out).expect("it ran before");
            Ok((Box::new(run) as ImageWay, tolerance))
        };
        cases.push(shared(name, workload, images, threads, &way, out)?);
        let way = |image: &[u8]| {
            let (mut kornia, _, tolerance) = Kornia::new(workload, image)?.ok_or("it has no such filter")?;
            Ok((
                Box::new(move |_: &[u8], out: &mut [f32]| kornia.run(out).expect("it ran before")) as ImageWay,
                tolerance,
            ))
        };
        cases.push(shared("kornia-imgproc", workload, images, threads, &way, out)?);
    }
    let floor = Floor::of(workload)?;
    let run = move |out: &mut [f32]| {
        let size = out.len() / images.len();
        images.iter().zip(out.chunks_mut(size)).for_each(|(image, out)| floor.run(image, out));
    };
    cases.push(Case::new(Kind::Floor, "floor: fetch once, write once", "no result", Box::new(run)));
    Ok(cases)
}

fn ours<'a>(
    workload: &Workload,
    images: &'a [Vec<u8>],
    level: Level,
    threads: usize,
    out: &mut [f32],
) -> Result<Case<'a>, Error> {
    checking(workload, &format!("pixfuse on {level}, {threads} threads"));
    let pipe = workload.pipeline(level)?.with_threads(threads)?;
    let views = images.iter().map(|image| workload.image(image)).collect::<Result<Vec<ImageRef<'a>>, _>>()?;
    let expected = workload.pipeline(Level::Scalar)?.run::<f32>(views[0])?;
    pipe.batch_into(&views, out)?;
    if out.chunks(expected.data.len()).any(|tensor| tensor != expected.data) {
        return Err(format!("{level}, {threads} threads: other values than one image on scalar").into());
    }
    let run = move |out: &mut [f32]| pipe.batch_into(&views, out).expect("it ran before");
    Ok(Case { level: Some(level), threads, ..Case::new(Kind::Ours, "pixfuse", "equal", Box::new(run)) })
}

/// One image by a peer, which keeps its buffers between two of them.
type ImageWay = Box<dyn FnMut(&[u8], &mut [f32]) + Send>;

/// Makes the way of a peer with an image, and says how close it comes.
type MakeWay<'a> = dyn Fn(&[u8]) -> Result<(ImageWay, Tolerance), Error> + 'a;

/// A peer's way with one image, on as many threads of a pool, each with a way of its own and an equal share.
fn shared<'a>(
    name: &'static str,
    workload: &'a Workload,
    images: &'a [Vec<u8>],
    threads: usize,
    way: &MakeWay<'_>,
    out: &mut [f32],
) -> Result<Case<'a>, Error> {
    // One way an image: kornia's keeps its image, as each of a batch has memory of its own.
    let mut ways = Vec::new();
    let mut tolerance = None;
    for image in images {
        let (run, allowed) = way(image)?;
        ways.push(run);
        tolerance = Some(allowed);
    }
    let tolerance = tolerance.ok_or("a batch has images")?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let share = images.len().div_ceil(threads);
    let run = move |out: &mut [f32]| {
        let size = out.len() / images.len();
        if threads == 1 {
            let both = images.iter().zip(&mut ways);
            both.zip(out.chunks_mut(size)).for_each(|((image, way), out)| way(image, out));
            return;
        }
        pool.install(|| {
            let shares = images.par_chunks(share).zip(ways.par_chunks_mut(share)).zip(out.par_chunks_mut(share * size));
            shares.for_each(|((images, ways), out)| {
                let both = images.iter().zip(ways);
                both.zip(out.chunks_mut(size)).for_each(|((image, way), out)| way(image, out));
            });
        });
    };
    let case = Peer { name, filter: None, tolerance, run }.checked(workload, &images[0], out)?;
    Ok(Case { threads, ..case })
}
