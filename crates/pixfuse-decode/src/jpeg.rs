//! JPEG, by one of two decoders: libjpeg-turbo itself where the feature of that name is on, else its port to Rust.
//!
//! What a file's markers say is read here for both ([`frame`]), so that sizes, orientation and limits do not depend on
//! the decoder.

mod frame;
// Compiled always, so that tests can compare the two.
#[cfg_attr(
    feature = "libjpeg-turbo",
    allow(dead_code, reason = "the other decoder serves; tests compare with this one")
)]
mod port;
#[cfg(feature = "libjpeg-turbo")]
mod turbo;

use std::ops::Range;

use pixfuse::PixelFormat;

use self::frame::{Frame, Process};
#[cfg(not(feature = "libjpeg-turbo"))]
use self::port as decoder;
#[cfg(feature = "libjpeg-turbo")]
use self::turbo as decoder;
use crate::Error;
use crate::colours::Colours;
use crate::error::Broken;
use crate::exif;
use crate::header::Header;
use crate::options::{Options, Truncated};

/// What reads JPEG in this build, for people.
pub(crate) const DECODER: &str = decoder::NAME;

pub(crate) struct File<'a> {
    bytes: &'a [u8],
    frame: Frame<'a>,
}

/// What is asked of a decoder.
pub(crate) struct Asked {
    pub(crate) format: PixelFormat,
    /// Rows and columns that the decoded image has.
    pub(crate) sides: [usize; 2],
    /// Those of its columns that must be right.
    pub(crate) columns: Range<usize>,
    /// What the sides of the file's image are divided by, and rounded up: 1, 2, 4 or 8.
    pub(crate) reduced_by: usize,
    /// Whether what is missing or damaged is filled.
    pub(crate) fill: bool,
}

/// Refuses options that this build's decoder does not know. It is asked of calls, and not of JPEG files: a call that goes
/// on after files that fail must not go on after each of them.
pub(crate) fn check(options: &Options) -> Result<(), Error> {
    let refused = |argument, value| Err(Error::Decoder { argument, value });
    match (options.draft, options.truncated) {
        _ if cfg!(feature = "libjpeg-turbo") => Ok(()),
        (Some([rows, columns]), _) => refused("draft", format!("[{rows}, {columns}]")),
        (None, Truncated::Fill) => refused("truncated", "fill".to_owned()),
        (None, Truncated::Error) => Ok(()),
    }
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        let frame = Frame::read(bytes)?;
        let header = Header {
            rows: frame.rows,
            columns: frame.columns,
            colours: frame.colours(),
            orientation: exif::orientation(frame.exif.as_deref(), || frame.xmp),
            bits: 8,
        };
        Ok((header, Self { bytes, frame }))
    }

    /// What a [draft](Options::draft) divides the sides by, as Pillow's `Image.draft` chooses it.
    pub(crate) fn reduced_by(&self, draft: Option<[usize; 2]>) -> usize {
        // What is lossless has no inverse DCT that could be smaller; Pillow's sizes are then wrong, and it raises.
        let Some([rows, columns]) = draft.filter(|_| self.frame.process != Process::Lossless) else { return 1 };
        let most = (self.frame.columns / columns.max(1)).min(self.frame.rows / rows.max(1));
        [8, 4, 2].into_iter().find(|&by| most >= by).unwrap_or(1)
    }

    /// Finds what can be found before memory for the pixels is asked for.
    pub(crate) fn prepare(&self, fill: bool) -> Result<(), Broken> {
        let scans = self.frame.scans(self.bytes)?;
        self.frame.check_work(&scans)?;
        #[cfg(not(feature = "libjpeg-turbo"))]
        port::check(&self.frame, &scans)?;
        match scans.first() {
            Some(first) if !fill => self.frame.check_length(self.bytes, first),
            _ => Ok(()),
        }
    }

    /// Decodes at least the columns that are asked for, into the channels that are wanted wherever the decoder can;
    /// gives the channels that it gave, where they are others, and the columns. The first of them is as far from the
    /// start of `bytes` as it would be if the whole first row were there.
    ///
    /// All coefficients are decoded, so that damage anywhere is found. What is saved is the inverse DCT, upsampling and
    /// colours.
    pub(crate) fn pixels(self, asked: &Asked, bytes: &mut [u8]) -> Result<(Option<Colours>, Range<usize>), Broken> {
        decoder::pixels(self.bytes, &self.frame, asked, bytes)
    }
}

impl Frame<'_> {
    fn colours(&self) -> Colours {
        match self.components.len() {
            1 => Colours::Gray,
            3 => Colours::Rgb,
            _ => Colours::Cmyk,
        }
    }

    /// The columns to decode for those that are asked for to be what they are in the whole image.
    ///
    /// Either decoder starts at a multiple of the columns that are coded together, and upsamples as if the image ended
    /// where the columns do, which changes the outermost one or two: one such multiple more on either side keeps them
    /// away.
    fn around(&self, asked: &Asked) -> Range<usize> {
        let whole = 0..asked.sides[1];
        // What is tested is what encoders write. A lossless file is decoded whole, and so is one that is reduced, which
        // costs little.
        let [first, others @ ..] = self.components.as_slice() else { return whole };
        let usual = others.iter().all(|other| other.sampling == [1, 1]);
        if self.process == Process::Lossless || self.components.len() == 4 || !usual || asked.reduced_by > 1 {
            return whole;
        }
        let together = 8 * first.sampling[1];
        let start = asked.columns.start.saturating_sub(together) / together * together;
        start..(asked.columns.end + together).min(whole.end)
    }
}
#[cfg(test)]
mod tests;
