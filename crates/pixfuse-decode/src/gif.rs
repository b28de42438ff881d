//! GIF by `gif`: the first frame, on a canvas of what cannot be seen, as Pillow gives it.

use std::io::Cursor;

use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError};

use crate::colours::Colours;
use crate::error::Broken;
use crate::header::{Decode, Header};

pub(crate) struct File<'a> {
    bytes: &'a [u8],
    decoder: Decoder<Cursor<&'a [u8]>>,
    /// Of the canvas, in pixels.
    size: [usize; 2],
    frame: [usize; 2],
    /// Row and column of the frame's first pixel on the canvas.
    offset: [usize; 2],
    transparent: Option<u8>,
    palette: Vec<u8>,
    colours: Colours,
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        options.allow_unknown_blocks(true);
        let mut decoder = options.read_info(Cursor::new(bytes)).map_err(broken)?;
        let screen = [decoder.height(), decoder.width()].map(usize::from);
        let first = decoder.next_frame_info().map_err(broken)?.ok_or_else(|| Broken::because("it has no frame"))?;
        let transparent = first.transparent;
        let [frame, offset] = [[first.height, first.width], [first.top, first.left]].map(|pair| pair.map(usize::from));
        // A frame that reaches beyond the canvas makes it larger.
        let size = [0, 1].map(|axis| screen[axis].max(offset[axis] + frame[axis]));
        if size.contains(&0) || frame.contains(&0) {
            return Err(Broken::because(format!("a frame of {frame:?} rows and columns on a canvas of {size:?}")));
        }
        let palette = decoder.palette().map_err(broken)?.to_vec();
        let is_gray =
            palette.chunks(3).enumerate().all(|(index, colour)| colour.iter().all(|&c| usize::from(c) == index));
        let colours = match (is_gray, transparent) {
            (true, None) => Colours::Gray,
            (true, Some(_)) => Colours::GrayAlpha,
            (false, None) => Colours::Rgb,
            (false, Some(_)) => Colours::Rgba,
        };
        let header = Header { rows: size[0], columns: size[1], colours, bits: 8, orientation: None };
        Ok((header, Self { bytes, decoder, size, frame, offset, transparent, palette, colours }))
    }
}

impl Decode for File<'_> {
    fn frames(&self) -> usize {
        count(self.bytes).unwrap_or(1).max(1)
    }

    fn pixels(mut self: Box<Self>, _: bool, bytes: &mut [u8]) -> Result<Colours, Broken> {
        let length = self.frame[0] * self.frame[1];
        let mut indices: Vec<u8> = bytemuck::allocation::try_zeroed_vec(length).map_err(|()| Broken::Memory(length))?;
        self.decoder.read_into_buffer(&mut indices).map_err(broken)?;
        let channels = self.colours.channels();
        let mut colour = [[0; 4]; 256];
        for (index, pixel) in colour.iter_mut().enumerate() {
            let alpha = if self.transparent == Some(index as u8) { 0 } else { 255 };
            let rgb: [u8; 3] = match self.palette.get(3 * index..3 * index + 3) {
                Some(&[r, g, b]) => [r, g, b],
                _ if matches!(self.colours, Colours::Gray | Colours::GrayAlpha) => [index as u8; 3],
                _ => [0; 3],
            };
            *pixel = match self.colours {
                Colours::Gray | Colours::GrayAlpha => [rgb[0], alpha, 0, 0],
                _ => [rgb[0], rgb[1], rgb[2], alpha],
            };
        }
        let around = colour[usize::from(self.transparent.unwrap_or(0))];
        let [rows, columns] = self.size;
        if self.frame != self.size {
            bytes[..rows * columns * channels]
                .chunks_exact_mut(channels)
                .for_each(|pixel| pixel.copy_from_slice(&around[..channels]));
        }
        let rows = bytes.chunks_exact_mut(columns * channels).skip(self.offset[0]);
        for (row, from) in rows.zip(indices.chunks_exact(self.frame[1])) {
            let row = row.chunks_exact_mut(channels).skip(self.offset[1]);
            for (pixel, &index) in row.zip(from) {
                pixel.copy_from_slice(&colour[usize::from(index)][..channels]);
            }
        }
        Ok(self.colours)
    }
}

/// Frames of a file whose blocks are whole.
fn count(bytes: &[u8]) -> Option<usize> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        match bytes.get(at) {
            Some(0x2c) => {
                frames += 1;
                at += 11 + table(*bytes.get(at + 9)?);
            }
            Some(0x21) => at += 2,
            _ => return Some(frames),
        }
        // Blocks of up to 255 bytes, up to an empty one.
        while let Some(length @ 1..) = bytes.get(at) {
            at += 1 + usize::from(*length);
        }
        at += 1;
    }
}

fn broken(error: DecodingError) -> Broken {
    match error {
        DecodingError::Io(error) => Broken::io(&error),
        error => Broken::because(error),
    }
}
