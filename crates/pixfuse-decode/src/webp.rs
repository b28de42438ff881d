//! WebP by `image-webp`.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use crate::colours::Colours;
use crate::error::Broken;
use crate::exif;
use crate::file::Header;

pub(crate) struct File<'a> {
    decoder: WebPDecoder<Cursor<&'a [u8]>>,
    colours: Colours,
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        // The decoder would find a damaged bitstream: it reads zeros behind the end.
        let length = bytes.get(4..8).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
        if length.is_none_or(|length| (bytes.len() as u64) < u64::from(length) + 8) {
            return Err(Broken::Ended);
        }
        let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(broken)?;
        // What stands beside the pixels is never larger than the file.
        decoder.set_memory_limit(bytes.len());
        let (columns, rows) = decoder.dimensions();
        let colours = if decoder.has_alpha() { Colours::Rgba } else { Colours::Rgb };
        let block = decoder.exif_metadata().ok().flatten();
        let orientation = block.as_deref().and_then(exif::orientation);
        let header = Header { rows: rows as usize, columns: columns as usize, colours, orientation };
        Ok((header, Self { decoder, colours }))
    }

    pub(crate) fn pixels(mut self, bytes: &mut [u8]) -> Result<Colours, Broken> {
        let length = self.decoder.output_buffer_size().filter(|&length| length <= bytes.len());
        let length = length.ok_or_else(|| Broken::Damaged("it is larger than its header says".into()))?;
        self.decoder.read_image(&mut bytes[..length]).map_err(broken)?;
        Ok(self.colours)
    }
}

fn broken(error: DecodingError) -> Broken {
    match error {
        DecodingError::IoError(error) => Broken::io(&error),
        error => Broken::because(error),
    }
}
