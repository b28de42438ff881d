//! One image in memory: pixfuse, the libraries, the loops and the floor.

use pixfuse::Filter;
use pixfuse_benches::{
    Case, Error, Floor, Kind, Kornia, ResizeThenNormalize, ScaleThenNormalize, Tolerance, Workload, article, normalize,
    plain_normalize, planes_of,
};

use crate::ours;
use crate::peer::Peer;

/// Every way to do a workload, each compared with pixfuse before anything is timed.
pub(crate) fn cases<'a>(workload: &'a Workload, pixels: &'a [u8], out: &mut [f32]) -> Result<Vec<Case<'a>>, Error> {
    let mut cases = ours::cases(workload, pixels, out)?;
    if let Some((mut resizer, filter, tolerance)) = ResizeThenNormalize::new(workload)? {
        let run = move |out: &mut [f32]| resizer.run(pixels, out).expect("it ran before");
        let peer = Peer { name: "fast_image_resize, normalise loop", filter: Some(filter), tolerance, run };
        cases.push(peer.checked(workload, pixels, out)?);
    }
    if let Some((mut kornia, filter, tolerance)) = Kornia::new(workload, pixels)? {
        let run = move |out: &mut [f32]| kornia.run(out).expect("it ran before");
        cases.push(Peer { name: "kornia-imgproc", filter, tolerance, run }.checked(workload, pixels, out)?);
    }
    if let Some((mut scaler, tolerance)) = ScaleThenNormalize::new(workload)? {
        let run = move |out: &mut [f32]| scaler.run(pixels, out).expect("it ran before");
        let peer = Peer { name: "pic-scale, normalise loop", filter: None, tolerance, run };
        cases.push(peer.checked(workload, pixels, out)?);
    }
    loops(workload, pixels, out, &mut cases)?;

    let floor = Floor::of(workload)?;
    let run = move |out: &mut [f32]| floor.run(pixels, out);
    cases.push(Case::new(Kind::Floor, "floor: fetch once, write once", "no result", Box::new(run)));
    Ok(cases)
}

/// The loops that people write where no library is needed.
fn loops<'a>(
    workload: &'a Workload,
    pixels: &'a [u8],
    out: &mut [f32],
    cases: &mut Vec<Case<'a>>,
) -> Result<(), Error> {
    let Some(numbers) = workload.numbers() else { return Ok(()) };
    let (source, tolerance, filter) = ([workload.rows, workload.columns], Tolerance::ROUNDING, None);
    match (workload.sampling().map(|sampling| sampling.filter), workload.resized()) {
        (Some(Filter::NearestFloor), Some(target)) => {
            let run = move |out: &mut [f32]| article(pixels, source, target, &numbers, out);
            let peer = Peer { name: "hand-written loop", filter, tolerance, run };
            cases.push(peer.checked(workload, pixels, out)?);
        }
        (None, _) => {
            let run = move |out: &mut [f32]| plain_normalize(pixels, &numbers, out);
            cases.push(Peer { name: "plain loop", filter, tolerance, run }.checked(workload, pixels, out)?);
            let run = move |out: &mut [f32]| normalize(pixels, &numbers, planes_of(out));
            let name = "folded loop, compiled for this CPU";
            cases.push(Peer { name, filter, tolerance, run }.checked(workload, pixels, out)?);
        }
        _ => {}
    }
    Ok(())
}
