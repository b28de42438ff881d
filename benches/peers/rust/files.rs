//! A JPEG file: decoded and run over, and decoded only.

use libjpeg_turbo_rs::{PixelFormat as Decoded, decompress_into, output_buffer_size};
use pixfuse::{Level, Pipeline, PixelFormat};
use pixfuse_benches::{Case, Error, Kind, ResizeThenNormalize, Workload};
use pixfuse_decode::{EncodedImage, Options, decode, decode_into, decoders};

use crate::peer::{Peer, checking};

/// pixfuse on every level, a decoder in Rust before a library, and decoders alone.
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
    let mut buffer = vec![0; output_buffer_size(file, Decoded::Rgb)?];
    if let Some((mut resizer, filter, tolerance)) = ResizeThenNormalize::new(workload)? {
        let mut buffer = buffer.clone();
        let run = move |out: &mut [f32]| {
            decompress_into(file, Decoded::Rgb, &mut buffer).expect("it is sound");
            resizer.run(&buffer, out).expect("it ran before");
        };
        let name = "libjpeg-turbo-rs, fast_image_resize, normalise loop";
        cases.push(Peer { name, filter: Some(filter), tolerance, run }.checked(workload, &pixels, out)?);
    }
    let run = move |_: &mut [f32]| {
        decompress_into(file, Decoded::Rgb, &mut buffer).expect("it is sound");
    };
    cases.push(Case::new(Kind::Floor, "floor: libjpeg-turbo-rs, pixels only", "no result", Box::new(run)));
    // Whole, by the decoder that the rows of pixfuse have.
    let run = move |_: &mut [f32]| {
        let whole = EncodedImage::open(file).expect("it is sound");
        whole.pixels(PixelFormat::Rgb8, &Options::default(), |_| Ok(())).expect("it is sound");
    };
    let decoder = decoders().lines().find_map(|line| line.strip_prefix("JPEG  ")).unwrap_or_default();
    let name = format!("floor: {decoder}, pixels only");
    cases.push(Case::new(Kind::Floor, name, "no result", Box::new(run)));
    Ok(cases)
}
