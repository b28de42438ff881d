//! The chunks of a PNG file: those that make pixels, and the notes that say how the image is turned.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::ops::Range;

use pixfuse::Orientation;

use crate::error::Broken;
use crate::exif;

/// What every PNG file begins with.
pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What it ends with: an empty chunk.
const END: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";

/// Of a compressed note; what is larger is no note that says how an image is turned.
const LARGEST_NOTE: usize = 1 << 20;

/// The colour type of a palette, in `IHDR`.
const PALETTE: u8 = 3;

/// What a file says, as far as it is read.
pub(super) struct Chunks<'a> {
    /// A file of the pixels alone.
    pub(super) pixels: Pieces<'a>,
    pub(super) orientation: Option<Orientation>,
    /// Frames of an animation; 1 of another image.
    pub(super) frames: u32,
}

/// One chunk: its name, its data, and all of it with length and checksum.
struct Chunk<'a> {
    name: &'a [u8; 4],
    data: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Chunks<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, Broken> {
        let mut at = SIGNATURE.len();
        let (mut header, mut palette, mut transparency) = (None::<Chunk<'_>>, None, None);
        // Chunks of pixels behind one another; others that come later are none.
        let mut pixels: Option<Range<usize>> = None;
        let (mut notes, mut frames, mut has_end) = (Notes::default(), 1, false);
        while let Some(chunk) = Chunk::first_of(bytes.get(at..).unwrap_or_default()) {
            let start = at;
            at += chunk.whole.len();
            match (chunk.name, &mut pixels) {
                (b"IEND", _) => {
                    has_end = true;
                    break;
                }
                (b"IDAT", None) => pixels = Some(start..at),
                (b"IDAT", Some(pixels)) if pixels.end == start => pixels.end = at,
                (b"IHDR", None) if header.is_none() => header = Some(chunk),
                (b"PLTE", None) => palette = Some(chunk),
                (b"tRNS", None) => transparency = Some(chunk),
                (b"acTL", None) => {
                    frames = chunk.data.first_chunk().map_or(1, |count| u32::from_be_bytes(*count)).clamp(1, 1 << 31);
                }
                (b"fcTL", None) => whole_image(header.as_ref(), chunk.data)?,
                // The next frame, which is not looked at.
                (b"fcTL", Some(_)) if frames > 1 => break,
                (name, _) => notes.read(name, chunk.data),
            }
        }
        let mut pieces = VecDeque::from([Cow::Borrowed(SIGNATURE)]);
        if let Some(header) = header {
            pieces.push_back(header.whole.into());
            colours(&header, palette, transparency, &mut pieces)?;
        }
        // The decoder says what it misses: of pixels that are not whole it sees no end. Behind whole ones there is
        // nothing that could be missing.
        let is_cut = bytes.get(at + 4..at + 8).is_some_and(|name| name == b"IDAT") && !has_end;
        match pixels {
            Some(pixels) if is_cut && pixels.end == at => pieces.push_back(bytes[pixels.start..].into()),
            None if is_cut => pieces.push_back(bytes[at..].into()),
            None if !has_end => {}
            pixels => pieces.extend([bytes[pixels.unwrap_or_default()].into(), Cow::Borrowed(END)]),
        }
        Ok(Self { pixels: Pieces { pieces, read: 0 }, orientation: notes.orientation(), frames })
    }
}

impl<'a> Chunk<'a> {
    fn first_of(bytes: &'a [u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (name, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        Some(Self { name, data: rest.get(..length)?, whole: bytes.get(..length.checked_add(12)?)? })
    }

    fn is_whole(&self) -> bool {
        let (covered, checksum) = self.whole[4..].split_at(4 + self.data.len());
        crc32fast::hash(covered).to_be_bytes() == *checksum
    }
}

/// Adds the chunks of colours, as Pillow takes them: a palette counts up to its last whole entry and only for pixels that
/// are looked up in it, behind it there is black, and alpha may go on there.
fn colours<'a>(
    header: &Chunk<'_>,
    palette: Option<Chunk<'a>>,
    transparency: Option<Chunk<'a>>,
    pieces: &mut VecDeque<Cow<'a, [u8]>>,
) -> Result<(), Broken> {
    let kind = header.data.get(9);
    for chunk in [&palette, &transparency].into_iter().flatten() {
        if !chunk.is_whole() {
            let name = chunk.name.escape_ascii();
            return Err(Broken::Damaged(format!("the checksum of its {name} chunk is another one")));
        }
    }
    match (kind, palette) {
        (Some(&PALETTE), Some(palette)) => {
            let alpha = transparency.map_or(&[][..], |chunk| &chunk.data[..chunk.data.len().min(256)]);
            let mut entries = palette.data[..palette.data.len().min(768) / 3 * 3].to_vec();
            entries.resize(entries.len().max(3 * alpha.len()), 0);
            pieces.push_back(rewritten(b"PLTE", &entries).into());
            if !alpha.is_empty() {
                pieces.push_back(rewritten(b"tRNS", alpha).into());
            }
        }
        // Of one bit each number but 0 is white.
        (Some(0), _) if header.data.get(8) == Some(&1) => pieces.extend(transparency.map(|chunk| {
            let is_white = chunk.data.iter().take(2).any(|&byte| byte != 0);
            rewritten(b"tRNS", &[0, u8::from(is_white)]).into()
        })),
        // Gray and colours have no other alpha.
        (Some(0 | 2), _) => pieces.extend(transparency.map(|chunk| chunk.whole.into())),
        _ => {}
    }
    Ok(())
}

/// A chunk of other data.
fn rewritten(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let covered = [name, data].concat();
    let checksum = crc32fast::hash(&covered).to_be_bytes();
    [&(data.len() as u32).to_be_bytes()[..], &covered, &checksum].concat()
}

/// Whether the first frame, which is the image's own pixels, is all of it.
fn whole_image(header: Option<&Chunk<'_>>, control: &[u8]) -> Result<(), Broken> {
    let size = header.and_then(|header| header.data.get(..8));
    match (size, control.get(4..12), control.get(12..20)) {
        (Some(size), Some(frame), Some([0, 0, 0, 0, 0, 0, 0, 0])) if size == frame => Ok(()),
        _ => Err(Broken::Damaged("its first frame is not as large as the image".into())),
    }
}

/// The notes of a file that can say how it is turned; of several the last one counts.
#[derive(Default)]
struct Notes<'a> {
    exif: Option<&'a [u8]>,
    /// EXIF in hexadecimal digits, as ImageMagick wrote it.
    profile: Option<Text<'a>>,
    xmp: Option<Text<'a>>,
}

/// The text of a note, which costs memory and time to have where it is compressed.
#[derive(Clone, Copy)]
enum Text<'a> {
    Plain(&'a [u8]),
    Compressed(&'a [u8]),
}

impl<'a> Notes<'a> {
    fn read(&mut self, chunk: &[u8; 4], data: &'a [u8]) {
        let note = match chunk {
            b"eXIf" => {
                self.exif = Some(data);
                return;
            }
            b"tEXt" => split(data).map(|(key, text)| (key, Text::Plain(text))),
            b"zTXt" => split(data).and_then(|(key, text)| Some((key, Text::Compressed(text.strip_prefix(b"\0")?)))),
            b"iTXt" => international(data),
            _ => None,
        };
        match note {
            Some((b"Raw profile type exif", text)) => self.profile = Some(text),
            Some((b"XML:com.adobe.xmp", text)) => self.xmp = Some(text),
            _ => {}
        }
    }

    /// Nothing is inflated but what can still say it: two notes at most, whatever the file holds.
    fn orientation(&self) -> Option<Orientation> {
        let profile = || self.profile.and_then(Text::read).and_then(|text| hexadecimal(&text)).map(Cow::Owned);
        let exif = self.exif.map(Cow::Borrowed).or_else(profile);
        exif::orientation(exif.as_deref(), || self.xmp.and_then(Text::read))
    }
}

impl<'a> Text<'a> {
    fn read(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Plain(text) => Some(text.into()),
            Self::Compressed(data) => fdeflate::decompress_to_vec_bounded(data, LARGEST_NOTE).ok().map(Cow::Owned),
        }
    }
}

/// A keyword, and what follows the zero behind it.
fn split(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(0, data)?;
    Some((&data[..end], &data[end + 1..]))
}

/// A keyword, whether and how the text is compressed, a language, the keyword in that language, the text.
fn international(data: &[u8]) -> Option<(&[u8], Text<'_>)> {
    let (key, rest) = split(data)?;
    let (&[is_compressed, method], rest) = rest.split_first_chunk::<2>()?;
    let (_, rest) = split(rest)?;
    let (_, text) = split(rest)?;
    match (is_compressed, method) {
        (0, _) => Some((key, Text::Plain(text))),
        (_, 0) => Some((key, Text::Compressed(text))),
        _ => None,
    }
}

/// Behind three lines (nothing, the profile's name, its length) come lines of digits.
fn hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.splitn(4, |&byte| byte == b'\n').nth(3)?;
    let digits: Vec<u8> = digits.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pairs = digits.chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().filter(|_| pair.len() == 2)).collect()
}

/// Slices that are read as if they lay behind one another.
#[derive(Clone)]
pub(super) struct Pieces<'a> {
    pieces: VecDeque<Cow<'a, [u8]>>,
    /// Of the first.
    read: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(to)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Pieces<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.pieces.front().is_some_and(|first| first.len() == self.read) {
            self.pieces.pop_front();
            self.read = 0;
        }
        Ok(self.pieces.front().map_or(&[], |first| &first[self.read..]))
    }

    fn consume(&mut self, count: usize) {
        self.read += count;
    }
}

/// The decoder's type asks for it; the decoder does not.
impl Seek for Pieces<'_> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A note of a megabyte in a kilobyte, which is damaged at its end.
    fn bomb() -> Vec<u8> {
        let mut compressed = fdeflate::compress_to_vec(&[b'a'; LARGEST_NOTE]);
        compressed.pop();
        compressed
    }

    /// Compressed notes that say nothing of an orientation are passed over, and of those that may the last one counts.
    #[test]
    fn only_notes_that_count_are_inflated() {
        let xmp = |text: &[u8]| [&b"XML:com.adobe.xmp\0\x01\0\0\0"[..], text].concat();
        let said = fdeflate::compress_to_vec(b"tiff:Orientation=\"6\"");
        let (bomb, said) = (bomb(), xmp(&said));
        let comment = [b"Comment\0\0", &bomb[..]].concat();
        let many = xmp(&bomb);
        let mut notes = Notes::default();
        let start = std::time::Instant::now();
        // Of 20 GB.
        for _ in 0..10_000 {
            notes.read(b"zTXt", &comment);
            notes.read(b"iTXt", &many);
        }
        notes.read(b"iTXt", &said);
        assert_eq!(notes.orientation(), Orientation::from_exif(6));
        assert!(start.elapsed().as_secs() < 2);
        notes.read(b"iTXt", &many);
        assert_eq!(notes.orientation(), None);
        // With EXIF that says it, XMP is not looked at.
        notes.read(b"eXIf", b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0");
        assert_eq!(notes.orientation(), Orientation::from_exif(3));
    }
}
