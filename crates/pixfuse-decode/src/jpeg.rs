//! JPEG by `libjpeg-turbo-rs`.

use libjpeg_turbo_rs::{ColorSpace, DecodeLimits, Decoder, JpegError, PixelFormat as Decoded};
use pixfuse::PixelFormat;

use crate::colours::Colours;
use crate::error::Broken;
use crate::exif;
use crate::file::Header;

/// More scans than any encoder makes; each costs a pass over all pixels, so a small file could ask for hours.
const MOST_SCANS: usize = 500;

pub(crate) struct File<'a> {
    decoder: Decoder<'a>,
    colours: Colours,
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        let limits = DecodeLimits { max_scans: MOST_SCANS, ..DecodeLimits::default() };
        let decoder = Decoder::new_with_limits(bytes, limits).map_err(broken)?;
        let frame = decoder.header();
        if frame.precision != 8 {
            return Err(Broken::Damaged(format!("samples have {} bits, expected 8", frame.precision)));
        }
        let colours = match (frame.components.len(), decoder.jpeg_color_space()) {
            (1, _) => Colours::Gray,
            (3, _) => Colours::Rgb,
            (4, ColorSpace::Cmyk | ColorSpace::Ycck) => Colours::Cmyk,
            (channels, _) => return Err(Broken::Damaged(format!("{channels} channels, expected 1, 3 or 4"))),
        };
        let header = Header {
            rows: frame.height(),
            columns: frame.width(),
            colours,
            orientation: decoder.exif_data().and_then(exif::orientation),
        };
        Ok((header, Self { decoder, colours }))
    }

    /// Decodes, into the channels that are wanted wherever the decoder can; gives those that it gave.
    pub(crate) fn pixels(mut self, wanted: PixelFormat, bytes: &mut [u8]) -> Result<Option<Colours>, Broken> {
        let (format, given) = match (self.colours, wanted) {
            (Colours::Cmyk, _) => (Decoded::Cmyk, Some(Colours::Cmyk)),
            (_, PixelFormat::Gray8) => (Decoded::Grayscale, None),
            (_, PixelFormat::Rgb8) => (Decoded::Rgb, None),
            (_, PixelFormat::Bgr8) => (Decoded::Bgr, None),
            (_, PixelFormat::Rgba8) => (Decoded::Rgba, None),
            (_, PixelFormat::Bgra8) => (Decoded::Bgra, None),
            (_, format) => return Err(Broken::Damaged(format!("no file is decoded into {format}"))),
        };
        self.decoder.set_output_format(format);
        self.decoder.decode_image_into(bytes).map_err(broken)?;
        Ok(given)
    }
}

fn broken(error: JpegError) -> Broken {
    match error {
        JpegError::UnexpectedEof => Broken::Ended,
        error => Broken::because(error),
    }
}
