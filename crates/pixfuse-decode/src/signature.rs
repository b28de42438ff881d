//! Formats, told apart by the first bytes of a file and not by its name.

use crate::format::{AVIF, BMP, GIF, HEIC, TIFF};
use crate::{Error, FileFormat, png};

/// The format of a file.
///
/// # Errors
/// When it is none, or one that this build has no decoder for.
pub(crate) fn format(bytes: &[u8]) -> Result<FileFormat, Error> {
    let begins = |signature: &[u8]| bytes.starts_with(signature);
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Ok(FileFormat::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(FileFormat::Webp),
        _ if begins(png::SIGNATURE) => Ok(FileFormat::Png),
        bytes => match known(bytes) {
            #[cfg(feature = "gif")]
            Some((GIF, _)) => Ok(FileFormat::Gif),
            #[cfg(feature = "bmp")]
            Some((BMP, _)) => Ok(FileFormat::Bmp),
            #[cfg(feature = "tiff")]
            Some((TIFF, _)) => Ok(FileFormat::Tiff),
            #[cfg(feature = "avif")]
            Some((AVIF, _)) => Ok(FileFormat::Avif),
            #[cfg(feature = "heic")]
            Some((HEIC, _)) => Ok(FileFormat::Heic),
            Some((name, step)) => Err(Error::NoDecoder { name, step }),
            None => Err(Error::UnknownFormat(found(bytes))),
        },
    }
}

/// A format that people have and that not every build decodes, and how to have its pixels where this one does not.
fn known(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const CONVERT: &str = "convert it to PNG or JPEG";
    let plain = |name| Some((name, CONVERT));
    match bytes {
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some((GIF, "use a build with the feature `gif`")),
        [b'B', b'M', _, _, _, _, _, _, _, _, _, _, _, _, 12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0, ..] => {
            Some((BMP, "use a build with the feature `bmp`"))
        }
        [b'I', b'I', 0x2a, 0, ..] | [b'M', b'M', 0, 0x2a, ..] => Some((TIFF, "use a build with the feature `tiff`")),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => of_brands(bytes),
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => plain("JPEG XL"),
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] | [0xff, 0x4f, 0xff, 0x51, ..] => plain("JPEG 2000"),
        [b'I', b'I', 0x2b, 0, ..] | [b'M', b'M', 0, 0x2b, ..] => plain("BigTIFF"),
        [b'%', b'P', b'D', b'F', ..] => plain("PDF"),
        _ => None,
    }
}

/// Of a file of boxes, by the brands of its first one: its main brand, a number, and brands that it is also of.
fn of_brands(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let length = bytes.first_chunk().map_or(0, |length| u32::from_be_bytes(*length)) as usize;
    let brands = bytes.get(8..length.min(bytes.len())).unwrap_or(&bytes[8..]);
    let of = |names: &[&[u8]]| brands.chunks_exact(4).take(64).any(|brand| names.contains(&brand));
    match () {
        () if of(&[b"avif", b"avis"]) => Some((AVIF, "convert it to PNG or JPEG first, which Pillow and sharp do")),
        () if of(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"]) => {
            Some((HEIC, "convert it to JPEG first, which pillow-heif and ImageMagick do"))
        }
        () if of(&[
            b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"M4V ", b"qt  ", b"3gp4", b"3gp5",
        ]) =>
        {
            Some(("MP4 or QuickTime, a video", "take its frames out as PNG or JPEG, which ffmpeg does"))
        }
        () => None,
    }
}

/// What bytes begin with.
fn found(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "no bytes".into();
    }
    let first = &bytes[..bytes.len().min(12)];
    let hex: Vec<_> = first.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} bytes that begin with {} (\"{}\")", bytes.len(), hex.join(" "), first.escape_ascii())
}
