//! JPEG by libjpeg-turbo itself, through `pixfuse-jpeg`.

use std::ops::Range;

use pixfuse::PixelFormat;
use pixfuse_jpeg::{Failure, Format, Pixels, Request, decode};

use super::Asked;
use super::frame::{Frame, Process};
use crate::colours::Colours;
use crate::error::Broken;

/// What reads JPEG, for people.
pub(super) const NAME: &str = concat!("libjpeg-turbo ", "3.1, compiled in");

/// As [`File::pixels`](super::File::pixels).
pub(super) fn pixels(
    file: &[u8],
    frame: &Frame<'_>,
    asked: &Asked,
    bytes: &mut [u8],
) -> Result<(Option<Colours>, Range<usize>), Broken> {
    let lossless = frame.process == Process::Lossless;
    let (format, given) = match (frame.colours(), asked.format) {
        (Colours::Cmyk, _) => (Format::Cmyk, Some(Colours::Cmyk)),
        // libjpeg-turbo gives a lossless file's channels as they are stored.
        (Colours::Gray, _) if lossless => (Format::Gray, Some(Colours::Gray)),
        (_, _) if lossless => (Format::Rgb, Some(Colours::Rgb)),
        (_, PixelFormat::Gray8) => (Format::Gray, None),
        (_, PixelFormat::Rgb8) => (Format::Rgb, None),
        (_, PixelFormat::Bgr8) => (Format::Bgr, None),
        (_, PixelFormat::Rgba8) => (Format::Rgba, None),
        (_, PixelFormat::Bgra8) => (Format::Bgra, None),
        (_, format) => return Err(Broken::Damaged(format!("no file is decoded into {format}"))),
    };
    let columns = frame.around(asked);
    let request = Request {
        sides: [frame.rows, frame.columns],
        components: frame.components.len(),
        format,
        reduced_by: asked.reduced_by,
        fill: asked.fill,
        columns: columns.clone(),
    };
    let bytes = &mut bytes[columns.start * asked.format.channels()..];
    let pixels = decode(file, &request, bytes).map_err(|failure| match failure {
        Failure::Ended => Broken::Ended,
        Failure::Damaged(message) => Broken::Damaged(message),
        Failure::Memory => Broken::Memory(frame.coefficients()),
        _ => Broken::Damaged("its frame is not the one that its first bytes describe".into()),
    })?;
    let rows = pixels.rows;
    if rows > 0 && pixels != (Pixels { rows, columns: columns.clone() }) {
        return Err(Broken::Damaged(format!("columns {:?} were decoded, not {columns:?}", pixels.columns)));
    }
    let sides = [asked.sides[0] - rows, columns.len()];
    fill(&mut bytes[rows * columns.len() * format.channels()..], sides[0] * sides[1], format);
    Ok((given, columns))
}

/// What Pillow has where a filled file has no pixels: black, and of CMYK no ink.
fn fill(bytes: &mut [u8], pixels: usize, format: Format) {
    let bytes = &mut bytes[..pixels * format.channels()];
    match format {
        Format::Gray | Format::Rgb | Format::Bgr => bytes.fill(0),
        // As stored, which is inverted.
        Format::Cmyk => bytes.fill(255),
        Format::Rgba | Format::Bgra => {
            bytes.as_chunks_mut().0.fill([0, 0, 0, 255]);
        }
    }
}
