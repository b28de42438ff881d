//! WebP by `image-webp`.
//!
//! The decoder gets a still file of the first picture alone, made here of the chunks that libwebp reads it from. So what
//! a file says of chunks that it does not have, of later frames and of blending does not matter: libwebp blends the
//! first frame with nothing.

use std::borrow::Cow;
use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use crate::colours::Colours;
use crate::error::Broken;
use crate::exif;
use crate::header::{Decode, Header};

/// Flags of the chunk `VP8X`.
const ANIMATION: u8 = 0x02;
const XMP: u8 = 0x04;
const EXIF: u8 = 0x08;
const ALPHA: u8 = 0x10;

pub(crate) struct File<'a> {
    decoder: WebPDecoder<Cursor<Cow<'a, [u8]>>>,
    colours: Colours,
    /// Of the whole image, in pixels.
    size: [usize; 2],
    /// Row and column of the picture's first pixel in the image.
    offset: [usize; 2],
    frames: usize,
}

/// What a file is made of, as far as it is read.
struct Parts<'a> {
    picture: Picture<'a>,
    colours: Colours,
    /// Of the whole image, where the file says it apart from the picture.
    size: Option<[usize; 2]>,
    offset: [usize; 2],
    /// Of the picture, where the file says it apart from the picture.
    frame: Option<[usize; 2]>,
    exif: Option<&'a [u8]>,
    xmp: Option<&'a [u8]>,
    frames: usize,
}

/// The chunks of one picture, and whether it is lossless.
#[derive(Clone, Copy)]
struct Picture<'a> {
    alpha: Option<&'a [u8]>,
    data: &'a [u8],
    is_lossless: bool,
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        // The decoder would find a damaged bitstream: it reads zeros behind the end.
        let length = bytes.get(4..8).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
        let length = length.map(|length| length as usize + 8).filter(|&length| length <= bytes.len());
        let bytes = &bytes[..length.ok_or(Broken::Ended)?];
        let Parts { picture, colours, size, offset, frame, exif, xmp, frames } = Parts::of(bytes)?;
        // A file of a picture and nothing else is read where it lies.
        let still = if bytes[12..].starts_with(b"VP8X") { picture.as_file()? } else { Cow::Borrowed(bytes) };
        let mut decoder = WebPDecoder::new(Cursor::new(still)).map_err(broken)?;
        // What stands beside the pixels is never larger than the file.
        decoder.set_memory_limit(bytes.len());
        let (columns, rows) = decoder.dimensions();
        let picture = [rows as usize, columns as usize];
        let size = size.unwrap_or(picture);
        let fits = (0..2).all(|axis| offset[axis] + picture[axis] <= size[axis]);
        if !fits || frame.unwrap_or(picture) != picture || (frame.is_none() && size != picture) {
            let message = format!("a picture of {picture:?} rows and columns at {offset:?} in an image of {size:?}");
            return Err(Broken::Damaged(message));
        }
        let orientation = exif::orientation(exif, || xmp);
        let header = Header { rows: size[0], columns: size[1], colours, bits: 8, orientation };
        Ok((header, Self { decoder, colours, size, offset, frames }))
    }
}

impl Decode for File<'_> {
    fn frames(&self) -> usize {
        self.frames
    }

    /// Planes of YUV, or two canvases.
    fn besides(&mut self) -> usize {
        let (columns, rows) = self.decoder.dimensions();
        let of_a_pixel = if self.decoder.is_lossy() && !self.decoder.is_animated() { 3 } else { 10 };
        (columns as usize).saturating_mul(rows as usize).saturating_mul(of_a_pixel)
    }

    fn pixels(mut self: Box<Self>, _: bool, bytes: &mut [u8]) -> Result<Colours, Broken> {
        let given = if self.decoder.has_alpha() { Colours::Rgba } else { Colours::Rgb };
        let (columns, rows) = self.decoder.dimensions();
        let picture = [rows as usize, columns as usize];
        let length = picture[0] * picture[1] * given.channels();
        if picture == self.size && given.channels() <= self.colours.channels() {
            self.decoder.read_image(&mut bytes[..length]).map_err(broken)?;
            return Ok(given);
        }
        let mut pixels = bytemuck::allocation::try_zeroed_vec(length).map_err(|()| Broken::Memory(length))?;
        self.decoder.read_image(&mut pixels).map_err(broken)?;
        // Around the picture there is nothing: black that cannot be seen.
        let (channels, whole) = (self.colours.channels(), self.size[1]);
        bytes[..self.size[0] * whole * channels].fill(0);
        let rows = bytes.chunks_exact_mut(whole * channels).skip(self.offset[0]);
        for (row, from) in rows.zip(pixels.chunks_exact(picture[1] * given.channels())) {
            let row = row.chunks_exact_mut(channels).skip(self.offset[1]);
            for (pixel, from) in row.zip(from.chunks_exact(given.channels())) {
                if channels == 4 {
                    pixel[3] = 255;
                }
                let both = channels.min(given.channels());
                pixel[..both].copy_from_slice(&from[..both]);
            }
        }
        Ok(self.colours)
    }
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, Broken> {
        let body = bytes.get(12..).ok_or(Broken::Ended)?;
        let still = |picture| Self {
            picture,
            colours: picture.colours(),
            size: None,
            offset: [0; 2],
            frame: None,
            exif: None,
            xmp: None,
            frames: 1,
        };
        let (kind, extended, rest) = chunk(body).ok_or(Broken::Ended)?;
        if kind != b"VP8X" {
            return Ok(still(Picture::first_of(body).ok_or_else(|| missing("picture"))?));
        }
        let (&flags, size) = (extended.first().ok_or(Broken::Ended)?, extended.get(4..10).ok_or(Broken::Ended)?);
        let size = [number(&size[3..]) + 1, number(size) + 1];
        // Blocks that the flags do not announce are not there, as for libwebp.
        let note = |name: &[u8; 4], flag| if flags & flag == 0 { None } else { find(rest, name) };
        let (exif, xmp) = (note(b"EXIF", EXIF), note(b"XMP ", XMP));
        if flags & ANIMATION == 0 {
            let mut picture = Picture::first_of(rest).ok_or_else(|| missing("picture"))?;
            let mut colours = picture.colours();
            if !picture.is_lossless && flags & ALPHA != 0 {
                colours = Colours::Rgba;
            }
            if picture.is_lossless {
                picture.alpha = None;
            }
            return Ok(Self { colours, size: Some(size), exif, xmp, ..still(picture) });
        }
        let frame = find(rest, b"ANMF").ok_or_else(|| missing("frame"))?;
        let frames = Chunks(rest).filter(|(name, _)| *name == b"ANMF").count();
        let (head, body) = frame.split_at_checked(16).ok_or(Broken::Ended)?;
        Ok(Self {
            colours: if flags & ALPHA == 0 { Colours::Rgb } else { Colours::Rgba },
            size: Some(size),
            offset: [2 * number(&head[3..]), 2 * number(head)],
            frame: Some([number(&head[9..]) + 1, number(&head[6..]) + 1]),
            exif,
            xmp,
            frames,
            ..still(Picture::first_of(body).ok_or_else(|| missing("picture"))?)
        })
    }
}

impl<'a> Picture<'a> {
    /// The first picture among chunks.
    fn first_of(chunks: &'a [u8]) -> Option<Self> {
        let mut alpha = None;
        for (name, data) in Chunks(chunks) {
            match name {
                b"ALPH" => alpha = alpha.or(Some(data)),
                b"VP8 " => return Some(Self { alpha, data, is_lossless: false }),
                b"VP8L" => return Some(Self { alpha, data, is_lossless: true }),
                _ => {}
            }
        }
        None
    }

    fn colours(&self) -> Colours {
        // Of a lossless picture a bit behind its sides says whether it has alpha.
        let has_alpha = match self.is_lossless {
            true => self.data.get(4).is_some_and(|bits| bits & 0x10 != 0),
            false => self.alpha.is_some(),
        };
        if has_alpha { Colours::Rgba } else { Colours::Rgb }
    }

    /// A file of this picture alone.
    fn as_file(&self) -> Result<Cow<'static, [u8]>, Broken> {
        let mut file = Vec::new();
        let length = 64 + self.data.len() + self.alpha.map_or(0, <[u8]>::len);
        file.try_reserve_exact(length).map_err(|_| Broken::Memory(length))?;
        file.extend_from_slice(b"RIFF\0\0\0\0WEBP");
        if let Some(alpha) = self.alpha {
            // Behind the frame's tag of three bytes and its mark of three.
            let sides = self.data.get(6..10).ok_or(Broken::Ended)?;
            let side = |low: u8, high: u8| (u32::from(u16::from_le_bytes([low, high]) & 0x3fff)).wrapping_sub(1);
            let mut extended = vec![ALPHA, 0, 0, 0];
            for side in [side(sides[0], sides[1]), side(sides[2], sides[3])] {
                extended.extend_from_slice(&side.to_le_bytes()[..3]);
            }
            write(&mut file, b"VP8X", &extended);
            write(&mut file, b"ALPH", alpha);
        }
        write(&mut file, if self.is_lossless { b"VP8L" } else { b"VP8 " }, self.data);
        let length = (file.len() - 8) as u32;
        file[4..8].copy_from_slice(&length.to_le_bytes());
        Ok(file.into())
    }
}

/// The chunks of a file or a frame, up to one that ends too early.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, data, rest) = chunk(self.0)?;
        self.0 = rest;
        Some((name, data))
    }
}

/// The first chunk, and what follows it.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (name, bytes) = bytes.split_first_chunk::<4>()?;
    let (length, bytes) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let data = bytes.get(..length)?;
    // Chunks of an odd length are followed by a byte of nothing.
    let rest = bytes.get(length.checked_add(length & 1)?..).unwrap_or_default();
    Some((name, data, rest))
}

fn find<'a>(chunks: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    Chunks(chunks).find(|(found, _)| *found == name).map(|(_, data)| data)
}

fn write(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    file.extend_from_slice(name);
    file.extend_from_slice(&(data.len() as u32).to_le_bytes());
    file.extend_from_slice(data);
    file.extend_from_slice(&[0][..data.len() & 1]);
}

/// A number of three bytes.
fn number(bytes: &[u8]) -> usize {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]) as usize
}

fn missing(what: &str) -> Broken {
    Broken::Damaged(format!("there is no {what} in it"))
}

fn broken(error: DecodingError) -> Broken {
    match error {
        DecodingError::IoError(error) => Broken::io(&error),
        error => Broken::because(error),
    }
}
