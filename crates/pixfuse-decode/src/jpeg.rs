//! JPEG by `libjpeg-turbo-rs`.

use std::ops::Range;

use libjpeg_turbo_rs::{ColorSpace, DecodeLimits, Decoder, JpegError, PixelFormat as Decoded};
use pixfuse::PixelFormat;

use crate::colours::Colours;
use crate::error::Broken;
use crate::exif;
use crate::file::Header;

/// More scans than any encoder makes; each costs a pass over all pixels, so a small file could ask for hours.
const MOST_SCANS: usize = 500;

pub(crate) struct File<'a> {
    decoder: Decoder<'a>,
    colours: Colours,
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        let limits = DecodeLimits { max_scans: MOST_SCANS, ..DecodeLimits::default() };
        let decoder = Decoder::new_with_limits(bytes, limits).map_err(broken)?;
        let frame = decoder.header();
        if frame.precision != 8 {
            return Err(Broken::Damaged(format!("samples have {} bits, expected 8", frame.precision)));
        }
        let colours = match (frame.components.len(), decoder.jpeg_color_space()) {
            (1, _) => Colours::Gray,
            (3, _) => Colours::Rgb,
            (4, ColorSpace::Cmyk | ColorSpace::Ycck) => Colours::Cmyk,
            (channels, _) => return Err(Broken::Damaged(format!("{channels} channels, expected 1, 3 or 4"))),
        };
        let header = Header {
            rows: frame.height(),
            columns: frame.width(),
            colours,
            orientation: exif::orientation(decoder.exif_data(), None),
            bits: 8,
        };
        Ok((header, Self { decoder, colours }))
    }

    /// Decodes at least these columns, into the channels that are wanted wherever the decoder can; gives the channels
    /// that it gave, where they are others, and the columns. The first of them is as far from the start of `bytes` as
    /// it would be if the whole first row were there.
    ///
    /// All coefficients are decoded and transformed, so that damage anywhere is found. What is saved is upsampling and
    /// colours, which take an eighth of the time: of a photo of 1080 x 1920, of which half is read, 7 %. The decoder
    /// can skip rows as well, and then the inverse DCT of most, but decodes with a slower loop and copies what it made:
    /// 5 % of the same photo turned, and 4 % lost where all rows are read.
    pub(crate) fn pixels(
        mut self,
        wanted: PixelFormat,
        columns: Range<usize>,
        bytes: &mut [u8],
    ) -> Result<(Option<Colours>, Range<usize>), Broken> {
        let (format, given) = match (self.colours, wanted) {
            (Colours::Cmyk, _) => (Decoded::Cmyk, Some(Colours::Cmyk)),
            (_, PixelFormat::Gray8) => (Decoded::Grayscale, None),
            (_, PixelFormat::Rgb8) => (Decoded::Rgb, None),
            (_, PixelFormat::Bgr8) => (Decoded::Bgr, None),
            (_, PixelFormat::Rgba8) => (Decoded::Rgba, None),
            (_, PixelFormat::Bgra8) => (Decoded::Bgra, None),
            (_, format) => return Err(Broken::Damaged(format!("no file is decoded into {format}"))),
        };
        self.decoder.set_output_format(format);
        let columns = self.around(columns);
        if columns.len() < self.decoder.header().width() {
            self.decoder.set_crop(columns.start, columns.len());
        }
        self.decoder.decode_image_into(&mut bytes[columns.start * wanted.channels()..]).map_err(broken)?;
        Ok((given, columns))
    }

    /// The columns to decode for these to be what they are in the whole image.
    ///
    /// The decoder starts at a multiple of the columns that are coded together, and upsamples as if the image ended
    /// where the columns do, which changes the outermost one or two: one such multiple more on either side keeps them
    /// away.
    fn around(&self, columns: Range<usize>) -> Range<usize> {
        let frame = self.decoder.header();
        // What is tested is what encoders write. Of a lossless file the decoder takes no part, of CMYK a wrong one.
        let [first, others @ ..] = frame.components.as_slice() else { return 0..frame.width() };
        let usual = others.iter().all(|other| (other.horizontal_sampling, other.vertical_sampling) == (1, 1));
        if frame.is_lossless || self.colours == Colours::Cmyk || !usual {
            return 0..frame.width();
        }
        let together = 8 * usize::from(first.horizontal_sampling);
        let start = columns.start.saturating_sub(together) / together * together;
        start..(columns.end + together).min(frame.width())
    }
}

fn broken(error: JpegError) -> Broken {
    match error {
        JpegError::UnexpectedEof => Broken::Ended,
        error => Broken::because(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use libjpeg_turbo_rs::{Subsampling, compress};

    /// The outermost columns that are asked for are right too, though the decoder upsamples to an edge there.
    #[test]
    fn columns_are_those_of_the_whole_image() {
        let (rows, whole) = (19, 150);
        let pixels: Vec<u8> =
            (0..rows * whole * 3).map(|index: usize| (index.wrapping_mul(0x9E37_79B9) >> 11) as u8).collect();
        for sampling in [Subsampling::S444, Subsampling::S422, Subsampling::S420, Subsampling::S411, Subsampling::S24] {
            let file = compress(&pixels, whole, rows, Decoded::Rgb, 90, sampling).unwrap();
            let decoded = |columns: Range<usize>| {
                let mut bytes = vec![0; rows * whole * 3];
                let (_, file) = File::open(&file).ok().unwrap();
                let (_, columns) = file.pixels(PixelFormat::Rgb8, columns, &mut bytes).ok().unwrap();
                (bytes, columns)
            };
            let (expected, _) = decoded(0..whole);
            for (start, end) in
                (0..whole).flat_map(|start| [start + 1, start + 40, whole].map(|end| (start, end.min(whole))))
            {
                let (found, columns) = decoded(start..end);
                for (row, column) in (0..rows).flat_map(|row| (start..end).map(move |column| (row, column))) {
                    let [here, there] = [row * columns.len() + column, row * whole + column].map(|pixel| pixel * 3);
                    assert_eq!(
                        found[here..][..3],
                        expected[there..][..3],
                        "{sampling:?}, {start}..{end}: {row}, {column}"
                    );
                }
            }
        }
    }
}
