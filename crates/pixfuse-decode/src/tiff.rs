//! TIFF by `tiff`: the first image of a file, of the kinds that baseline readers know.

mod directory;

use std::borrow::Cow;
use std::io::Cursor;

use tiff::TiffError;
use tiff::decoder::{Decoder, Limits};
use tiff::tags::Tag;

use crate::colours::Colours;
use crate::error::Broken;
use crate::exif;
use crate::header::{Decode, Header};

type Reader<'a> = Decoder<Cursor<Cow<'a, [u8]>>>;

pub(crate) struct File<'a> {
    bytes: &'a [u8],
    decoder: Reader<'a>,
    size: [usize; 2],
    bits: usize,
    samples: usize,
    /// Red, green and blue of each index, a byte each; empty where samples are no indices.
    palette: Vec<[u8; 3]>,
    colours: Colours,
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        if !directory::fits(bytes).ok_or(Broken::Ended)? {
            return Err(Broken::because("a tag has more values than there are bytes"));
        }
        let mut decoder = decoder(bytes.into())?;
        let (columns, rows) = decoder.dimensions().map_err(broken)?;
        let samples = first(&mut decoder, Tag::SamplesPerPixel, 1)?;
        let photometric = first(&mut decoder, Tag::PhotometricInterpretation, 0)?;
        let bits = all(&mut decoder, Tag::BitsPerSample)?.unwrap_or_else(|| vec![1]);
        let extra = all(&mut decoder, Tag::ExtraSamples)?.unwrap_or_default();
        let expect = |name: &str, found: &[u16], expected: &str| {
            Err(Broken::Damaged(format!("{name} is {found:?}, expected {expected}")))
        };
        for (name, tag, usual, known, expected) in [
            (
                "Compression",
                Tag::Compression,
                1,
                &[1, 5, 8, 32946, 32773][..],
                "1 (none), 5 (LZW), 8 (deflate) or 32773 (PackBits)",
            ),
            ("PlanarConfiguration", Tag::PlanarConfiguration, 1, &[1], "1: samples of a pixel side by side"),
            ("Predictor", Tag::Predictor, 1, &[1, 2], "1 (none) or 2 (differences)"),
            ("FillOrder", Tag::FillOrder, 1, &[1], "1: the first pixel in the highest bits"),
            ("SampleFormat", Tag::SampleFormat, 1, &[1], "1: whole numbers without a sign"),
        ] {
            let found = first(&mut decoder, tag, usual)?;
            if !known.contains(&found) {
                return expect(name, &[found], expected);
            }
        }
        // The decoder makes room for a row of a tile.
        let tile = decoder.find_tag_unsigned::<u32>(Tag::TileWidth).map_err(broken)?;
        if tile.is_some_and(|tile| tile > columns.max(1 << 16)) {
            return Err(Broken::Damaged(format!("TileWidth is {tile:?}, the image has {columns} columns")));
        }
        let depth = bits.first().copied().unwrap_or(1);
        if bits.iter().any(|&other| other != depth) {
            return expect("BitsPerSample", &bits, "the same of each sample");
        }
        let colours = match (photometric, samples, &extra[..], depth) {
            (0 | 1, 1, [], 1 | 2 | 4 | 8) | (1, 1, [], 16) => Colours::Gray,
            (1, 2, [2], 8) => Colours::GrayAlpha,
            (2, 3, [], 8 | 16) => Colours::Rgb,
            (2, 4, [2], 8 | 16) => Colours::Rgba,
            (3, 1, [], 1 | 2 | 4 | 8) => Colours::Rgb,
            _ => {
                let message = format!(
                    "PhotometricInterpretation {photometric} with {samples} samples of {depth} bits and ExtraSamples {extra:?}, \
                     expected gray (0, 1), colours (2) or a palette (3), with or without unassociated alpha (2)"
                );
                return Err(Broken::Damaged(message));
            }
        };
        let mut colour_map = Vec::new();
        if photometric == 3 {
            colour_map = palette(&mut decoder, depth)?;
            decoder = self::decoder(directory::as_gray(bytes).ok_or(Broken::Ended)?.into())?;
        }
        let orientation = match decoder.find_tag_unsigned::<u16>(Tag::Orientation).map_err(broken)? {
            Some(value) => pixfuse::Orientation::from_exif(value.into()),
            None => exif::orientation(None, || decoder.find_tag_unsigned_vec::<u8>(Tag::Unknown(700)).ok().flatten()),
        };
        let size = [rows as usize, columns as usize];
        let header = Header { rows: size[0], columns: size[1], colours, bits: depth as u8, orientation };
        let (bits, samples) = (depth.into(), samples.into());
        Ok((header, Self { bytes, decoder, size, bits, samples, palette: colour_map, colours }))
    }
}

impl Decode for File<'_> {
    fn frames(&self) -> usize {
        let Ok(mut decoder) = decoder(self.bytes.into()) else { return 1 };
        let mut frames = 1;
        while decoder.more_images() && decoder.next_image().is_ok() {
            frames += 1;
        }
        frames
    }

    fn pixels(mut self: Box<Self>, wide: bool, bytes: &mut [u8]) -> Result<Colours, Broken> {
        let [rows, columns] = self.size;
        let row = (columns * self.samples * self.bits).div_ceil(8);
        let length = rows * row;
        if self.bits == 8 && self.palette.is_empty() || wide {
            self.decoder.read_image_bytes(&mut bytes[..length]).map_err(broken)?;
            return Ok(self.colours);
        }
        let mut packed = bytemuck::allocation::try_zeroed_vec(length).map_err(|()| Broken::Memory(length))?;
        self.decoder.read_image_bytes(&mut packed).map_err(broken)?;
        if self.bits == 16 {
            // The higher byte of each sample, which are in this machine's order.
            for (byte, sample) in bytes.iter_mut().zip(packed.chunks_exact(2)) {
                *byte = (u16::from_ne_bytes([sample[0], sample[1]]) >> 8) as u8;
            }
            return Ok(self.colours);
        }
        let channels = self.colours.channels();
        let most = (1 << self.bits) - 1;
        for (to, from) in bytes.chunks_exact_mut(columns * channels).zip(packed.chunks_exact(row)) {
            for (column, pixel) in to.chunks_exact_mut(channels).enumerate() {
                let bit = column * self.bits;
                let value = usize::from(from[bit / 8]) >> (8 - self.bits - bit % 8) & most;
                match self.palette.get(value) {
                    Some(colour) => pixel.copy_from_slice(colour),
                    None => pixel[0] = (value * 255 / most) as u8,
                }
            }
        }
        Ok(self.colours)
    }
}

fn decoder(bytes: Cow<'_, [u8]>) -> Result<Reader<'_>, Broken> {
    // The values of a tag take up to 32 times what they do in the file, which they cannot be larger than.
    let mut limits = Limits::default();
    limits.decoding_buffer_size = bytes.len().saturating_mul(32);
    limits.intermediate_buffer_size = bytes.len();
    Ok(Decoder::new(Cursor::new(bytes)).map_err(broken)?.with_limits(limits))
}

fn all(decoder: &mut Reader<'_>, tag: Tag) -> Result<Option<Vec<u16>>, Broken> {
    decoder.find_tag_unsigned_vec::<u16>(tag).map_err(broken)
}

fn first(decoder: &mut Reader<'_>, tag: Tag, usual: u16) -> Result<u16, Broken> {
    Ok(all(decoder, tag)?.and_then(|values| values.first().copied()).unwrap_or(usual))
}

/// All reds, then all greens, then all blues, of 16 bits, of which the higher byte counts.
fn palette(decoder: &mut Reader<'_>, bits: u16) -> Result<Vec<[u8; 3]>, Broken> {
    let map = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(broken)?;
    let count = 1 << bits;
    if map.len() != 3 * count {
        return Err(Broken::Damaged(format!("{} numbers in ColorMap, expected {}", map.len(), 3 * count)));
    }
    let value = |index: usize| (map[index] >> 8) as u8;
    Ok((0..count).map(|index| [value(index), value(count + index), value(2 * count + index)]).collect())
}

fn broken(error: TiffError) -> Broken {
    match error {
        TiffError::IoError(error) => Broken::io(&error),
        error => Broken::because(error),
    }
}
