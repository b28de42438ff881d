//! Formats of files, and their names.

use std::fmt;

/// The formats that can be decoded, told apart by the first bytes of a file and not by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileFormat {
    /// JPEG: baseline, progressive and lossless, of 8 bits.
    Jpeg,
    /// PNG.
    Png,
    /// WebP, lossy and lossless.
    Webp,
    /// GIF.
    #[cfg(feature = "gif")]
    Gif,
    /// BMP, the bitmap of Windows and OS/2.
    #[cfg(feature = "bmp")]
    Bmp,
    /// TIFF, of the kinds that baseline readers know.
    #[cfg(feature = "tiff")]
    Tiff,
    /// AVIF.
    #[cfg(feature = "avif")]
    Avif,
    /// HEIC, in which phones store photos.
    #[cfg(feature = "heic")]
    Heic,
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            #[cfg(feature = "gif")]
            Self::Gif => GIF,
            #[cfg(feature = "bmp")]
            Self::Bmp => BMP,
            #[cfg(feature = "tiff")]
            Self::Tiff => TIFF,
            #[cfg(feature = "avif")]
            Self::Avif => AVIF,
            #[cfg(feature = "heic")]
            Self::Heic => HEIC,
        })
    }
}

pub(crate) const GIF: &str = "GIF";
pub(crate) const BMP: &str = "BMP";
pub(crate) const TIFF: &str = "TIFF";
pub(crate) const AVIF: &str = "AVIF";
pub(crate) const HEIC: &str = "HEIC";

/// The formats that this build decodes and people expect, for an error.
pub(crate) fn names() -> String {
    let names = ["JPEG", "PNG", "WebP"].into_iter();
    let names = names.chain(cfg!(feature = "gif").then_some(GIF)).chain(cfg!(feature = "bmp").then_some(BMP));
    let names: Vec<_> = names.chain(cfg!(feature = "tiff").then_some(TIFF)).collect();
    let (last, others) = names.split_last().unwrap_or((&"", &[]));
    format!("{} or {last}", others.join(", "))
}
