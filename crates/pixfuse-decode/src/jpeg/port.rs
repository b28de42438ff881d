//! JPEG by `libjpeg-turbo-rs`, a port of libjpeg-turbo to Rust, where libjpeg-turbo itself is not compiled in.

use std::ops::Range;

use libjpeg_turbo_rs::{DecodeLimits, Decoder, JpegError, PixelFormat as Decoded};
use pixfuse::PixelFormat;

use super::Asked;
use super::frame::{Frame, MOST_SCANS, Process, Scan};
use crate::colours::Colours;
use crate::error::Broken;

/// What reads JPEG, for people.
pub(super) const NAME: &str = "libjpeg-turbo-rs, a port of libjpeg-turbo to Rust";

/// Refuses the kinds of files of which the port is known to give other pixels than libjpeg-turbo, or none.
pub(super) fn check(frame: &Frame<'_>, scans: &[Scan]) -> Result<(), Broken> {
    let kind = |kind: &str| Err(Broken::Unsupported(format!("it has {kind}, {INSTEAD}")));
    let components = &frame.components;
    let finest = frame.finest();
    if components.len() == 4 && components.iter().any(|component| component.sampling != finest) {
        return kind("CMYK colours of which some are sampled more coarsely than others");
    }
    if components.len() == 3 {
        let [luma, chroma @ ..] = components.as_slice() else { return Ok(()) };
        if luma.sampling != finest {
            return kind("colours that are sampled more finely than brightness");
        }
        if chroma[0].sampling != chroma[1].sampling {
            return kind("two colour channels that are sampled differently");
        }
    }
    for (index, component) in components.iter().enumerate() {
        if components[..index].iter().any(|other| other.id == component.id) {
            return kind("two channels of one number");
        }
    }
    if frame.arithmetic && (frame.restarts || frame.process == Process::Progressive) {
        return kind("arithmetic codes with restart markers or in progressive scans");
    }
    let partly = |scan: &Scan| scan.components.len() > 1 && scan.components.len() < components.len();
    if frame.process == Process::Sequential && !frame.arithmetic && scans.iter().any(partly) {
        return kind("scans of two channels out of three or four");
    }
    Ok(())
}

/// What to do about a file that this decoder does not read.
pub(super) const INSTEAD: &str =
    "which the decoder of this build, libjpeg-turbo-rs, does not read; a build with the feature `libjpeg-turbo` does";

/// As [`File::pixels`](super::File::pixels).
pub(super) fn pixels(
    file: &[u8],
    frame: &Frame<'_>,
    asked: &Asked,
    bytes: &mut [u8],
) -> Result<(Option<Colours>, Range<usize>), Broken> {
    let limits = DecodeLimits { max_scans: MOST_SCANS, ..DecodeLimits::default() };
    let mut decoder = Decoder::new_with_limits(file, limits).map_err(broken)?;
    let header = decoder.header();
    let found = (header.height(), header.width(), header.components.len());
    if found != (frame.rows, frame.columns, frame.components.len()) {
        return Err(Broken::Damaged("its frame is not the one that its first bytes describe".into()));
    }
    let (format, given) = match (frame.colours(), asked.format) {
        (Colours::Cmyk, _) => (Decoded::Cmyk, Some(Colours::Cmyk)),
        (_, PixelFormat::Gray8) => (Decoded::Grayscale, None),
        (_, PixelFormat::Rgb8) => (Decoded::Rgb, None),
        (_, PixelFormat::Bgr8) => (Decoded::Bgr, None),
        (_, PixelFormat::Rgba8) => (Decoded::Rgba, None),
        (_, PixelFormat::Bgra8) => (Decoded::Bgra, None),
        (_, format) => return Err(Broken::Damaged(format!("no file is decoded into {format}"))),
    };
    decoder.set_output_format(format);
    decoder.set_block_smoothing(true);
    let columns = frame.around(asked);
    if columns.len() < frame.columns {
        decoder.set_crop(columns.start, columns.len());
    }
    decoder.decode_image_into(&mut bytes[columns.start * asked.format.channels()..]).map_err(broken)?;
    Ok((given, columns))
}

fn broken(error: JpegError) -> Broken {
    match error {
        JpegError::UnexpectedEof => Broken::Ended,
        JpegError::Unsupported(what) => Broken::Unsupported(what),
        JpegError::AllocationFailed { bytes, .. } => Broken::Memory(usize::try_from(bytes).unwrap_or(usize::MAX)),
        error => Broken::because(error),
    }
}
