//! PNG by `png`.

use std::io::Cursor;

use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Reader, Transformations};

use crate::colours::Colours;
use crate::error::Broken;
use crate::exif;
use crate::file::Header;

/// What every PNG file begins with.
pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(crate) struct File<'a> {
    reader: Reader<Cursor<&'a [u8]>>,
    colours: Colours,
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        let mut options = DecodeOptions::default();
        options.set_ignore_text_chunk(true);
        options.set_ignore_iccp_chunk(true);
        let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
        decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
        let reader = decoder.read_info().map_err(broken)?;
        let colours = match reader.output_color_type() {
            (ColorType::Grayscale, BitDepth::Eight) => Colours::Gray,
            (ColorType::GrayscaleAlpha, BitDepth::Eight) => Colours::GrayAlpha,
            (ColorType::Rgb, BitDepth::Eight) => Colours::Rgb,
            (ColorType::Rgba, BitDepth::Eight) => Colours::Rgba,
            (kind, depth) => return Err(Broken::Damaged(format!("its pixels are {kind:?} of {depth:?} bits"))),
        };
        let (columns, rows) = reader.info().size();
        let orientation = exif_block(bytes).and_then(exif::orientation);
        let header = Header { rows: rows as usize, columns: columns as usize, colours, orientation };
        Ok((header, Self { reader, colours }))
    }

    pub(crate) fn pixels(mut self, bytes: &mut [u8]) -> Result<Colours, Broken> {
        let (columns, rows) = self.reader.info().size();
        let frame = self.reader.next_frame(bytes).map_err(broken)?;
        if (frame.width, frame.height) != (columns, rows) {
            return Err(Broken::Damaged("its first frame is not as large as the image".into()));
        }
        // What follows the pixels is their checksum, and the end of the file.
        self.reader.finish().map_err(broken)?;
        Ok(self.colours)
    }
}

/// The `eXIf` chunk. It may stand before the pixels or behind them, where the decoder has not looked yet.
fn exif_block(bytes: &[u8]) -> Option<&[u8]> {
    let mut chunks = bytes.get(SIGNATURE.len()..)?;
    loop {
        let (head, rest) = chunks.split_first_chunk::<8>()?;
        let (length, kind) = head.split_at(4);
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
        let data = rest.get(..length)?;
        if kind == b"eXIf" {
            return Some(data);
        }
        // Behind the data is a checksum.
        chunks = rest.get(length..)?.get(4..)?;
    }
}

fn broken(error: DecodingError) -> Broken {
    match error {
        DecodingError::IoError(error) => Broken::io(&error),
        error => Broken::because(error),
    }
}
