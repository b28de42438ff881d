//! PNG by `png`.
//!
//! The decoder gets the chunks that make pixels and no others, and an end: so later frames of an animation, notes that are
//! broken and a missing end do not keep anybody from pixels that are whole, as with Pillow.

mod chunks;

use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Reader, Transformations};

use crate::colours::Colours;
use crate::error::Broken;
use crate::header::{Decode, Header};
pub(crate) use chunks::SIGNATURE;
use chunks::{Chunks, Pieces};

pub(crate) struct File<'a> {
    chunks: Chunks<'a>,
    reader: Reader<Pieces<'a>>,
    colours: Colours,
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        let chunks = Chunks::of(bytes)?;
        let reader = reader(&chunks, false)?;
        let colours = match reader.output_color_type() {
            (ColorType::Grayscale, BitDepth::Eight) => Colours::Gray,
            (ColorType::GrayscaleAlpha, BitDepth::Eight) => Colours::GrayAlpha,
            (ColorType::Rgb, BitDepth::Eight) => Colours::Rgb,
            (ColorType::Rgba, BitDepth::Eight) => Colours::Rgba,
            (kind, depth) => return Err(Broken::Damaged(format!("its pixels are {kind:?} of {depth:?} bits"))),
        };
        let (columns, rows) = reader.info().size();
        let (rows, columns, bits) = (rows as usize, columns as usize, reader.info().bit_depth as u8);
        let header = Header { rows, columns, colours, bits, orientation: chunks.orientation };
        Ok((header, Self { chunks, reader, colours }))
    }
}

impl Decode for File<'_> {
    fn frames(&self) -> usize {
        self.chunks.frames as usize
    }

    fn pixels(mut self: Box<Self>, wide: bool, bytes: &mut [u8]) -> Result<Colours, Broken> {
        if wide {
            self.reader = reader(&self.chunks, true)?;
        }
        self.reader.next_frame(bytes).map_err(broken)?;
        // What follows the pixels is their checksum.
        self.reader.finish().map_err(broken)?;
        if wide {
            let length = self.reader.output_buffer_size().unwrap_or(0);
            for sample in bytes[..length].chunks_exact_mut(2) {
                sample.copy_from_slice(&u16::from_be_bytes([sample[0], sample[1]]).to_ne_bytes());
            }
        }
        Ok(self.colours)
    }
}

fn reader<'a>(chunks: &Chunks<'a>, wide: bool) -> Result<Reader<Pieces<'a>>, Broken> {
    let mut options = DecodeOptions::default();
    options.set_ignore_adler32(false);
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(chunks.pixels.clone(), options);
    let strip = if wide { Transformations::IDENTITY } else { Transformations::STRIP_16 };
    decoder.set_transformations(Transformations::EXPAND | strip);
    decoder.read_info().map_err(broken)
}

fn broken(error: DecodingError) -> Broken {
    match error {
        DecodingError::IoError(error) => Broken::io(&error),
        DecodingError::LimitsExceeded => Broken::Damaged("a row of it is larger than 64 MB".into()),
        error => Broken::Damaged(plain(error.to_string())),
    }
}

/// The decoder names a chunk as its own code is written; what is left of that is the name.
fn plain(mut message: String) -> String {
    const WRITTEN: &str = "ChunkType { type: ";
    while let Some(start) = message.find(WRITTEN)
        && let Some(length) = message[start..].find('}')
    {
        let name = message[start + WRITTEN.len()..].chars().take_while(|&letter| letter != ',').collect::<String>();
        message.replace_range(start..=start + length, &name);
    }
    message
}

#[cfg(test)]
mod tests {
    #[test]
    fn chunks_are_named_plainly() {
        let written = "CRC error while decoding ChunkType { type: IDAT, critical: true, private: false } chunk.";
        assert_eq!(super::plain(written.into()), "CRC error while decoding IDAT chunk.");
        assert_eq!(super::plain("as it is".into()), "as it is");
    }
}
