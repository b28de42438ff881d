//! What can be said of a decode.

use pixfuse::Orientation;

/// What can be said of a decode besides the pipeline and the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Options {
    /// How the image is turned, instead of what the file's EXIF note and `input(.., orient = ..)` say.
    pub orient: Option<Orientation>,
    /// An image of more pixels is refused before memory is asked for.
    pub max_pixels: u64,
    /// An image with a longer side is refused, too: what a filter needs grows with a side, and a file of 5 KB can say that
    /// it is 40,000,000 pixels wide.
    pub max_side: u64,
    /// `[rows, columns]` that are enough: a JPEG whose sides, as stored, are at least 2, 4 or 8 times as large is decoded
    /// at half, a quarter or an eighth of its size, which is faster, and not what a filter makes of the whole image.
    ///
    /// As Pillow's `Image.draft(None, (columns, rows))`, to the bit; what is not JPEG is decoded as it is. Geometry is
    /// that of the whole image. An error where libjpeg-turbo is not [in](crate::decoders), whatever the file.
    pub draft: Option<[usize; 2]>,
    /// What a file gives that ends too early. To fill is an error where libjpeg-turbo is not [in](crate::decoders),
    /// whatever the file.
    pub truncated: Truncated,
}

/// What a file gives that ends too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Truncated {
    /// An error, and so does a damaged file.
    #[default]
    Error,
    /// The pixels that there are, and as Pillow's `ImageFile.LOAD_TRUNCATED_IMAGES` fills a JPEG file behind them: gray
    /// in the rest of what a decoder had begun, black where it had not. A JPEG file that is damaged otherwise gives
    /// what libjpeg-turbo makes of it. Other formats give an error.
    Fill,
}

impl Options {
    /// What `max_pixels` is unless it is given: 178,956,970, at which Pillow refuses an image too.
    pub const MAX_PIXELS: u64 = 178_956_970;

    /// What `max_side` is unless it is given: the longest side that a JPEG can have.
    pub const MAX_SIDE: u64 = 65_535;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            orient: None,
            max_pixels: Self::MAX_PIXELS,
            max_side: Self::MAX_SIDE,
            draft: None,
            truncated: Truncated::Error,
        }
    }
}
