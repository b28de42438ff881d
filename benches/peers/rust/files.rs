//! A JPEG file: decoded and run over, and decoded only.

use libjpeg_turbo_rs::{PixelFormat, decompress_into, output_buffer_size};
use pixfuse::{Level, Pipeline};
use pixfuse_benches::{Case, Error, Kind, ResizeThenNormalize, Workload};
use pixfuse_decode::{Options, decode, decode_into};

use crate::peer::{Peer, checking};

/// pixfuse on every level, the same decoder before a library, and the decoder alone.
pub(crate) fn cases<'a>(workload: &'a Workload, file: &'a [u8], out: &mut [f32]) -> Result<Vec<Case<'a>>, Error> {
    let pixels = decode::<u8>(&Pipeline::parse("input(rgb8), output(rgb, u8, hwc)")?, file, &Options::default())?.data;
    let mut cases = Vec::new();
    for level in Level::available().into_iter().rev() {
        checking(workload, &format!("pixfuse on {level}"));
        let pipe = workload.pipeline(level)?;
        decode_into(&pipe, file, &Options::default(), out)?;
        if pipe.run::<f32>(workload.image(&pixels)?)?.data != out {
            return Err(format!("{level} gives other values from the file than from its pixels").into());
        }
        let run = move |out: &mut [f32]| decode_into(&pipe, file, &Options::default(), out).expect("it ran before");
        cases.push(Case { level: Some(level), ..Case::new(Kind::Ours, "pixfuse", "equal", Box::new(run)) });
    }
    let mut buffer = vec![0; output_buffer_size(file, PixelFormat::Rgb)?];
    if let Some((mut resizer, filter, tolerance)) = ResizeThenNormalize::new(workload)? {
        let mut buffer = buffer.clone();
        let run = move |out: &mut [f32]| {
            decompress_into(file, PixelFormat::Rgb, &mut buffer).expect("it is sound");
            resizer.run(&buffer, out).expect("it ran before");
        };
        let name = "libjpeg-turbo-rs, fast_image_resize, normalise loop";
        cases.push(Peer { name, filter: Some(filter), tolerance, run }.checked(workload, &pixels, out)?);
    }
    let run = move |_: &mut [f32]| {
        decompress_into(file, PixelFormat::Rgb, &mut buffer).expect("it is sound");
    };
    cases.push(Case::new(Kind::Floor, "floor: libjpeg-turbo-rs, pixels only", "no result", Box::new(run)));
    Ok(cases)
}
