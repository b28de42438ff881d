//! BMP: rows of plain or run-length coded pixels, by the rules of Pillow.
//!
//! What a decoder of this format does is to read its header, which has to be read here to tell what Pillow reads in
//! another way; what is left is a table.

use crate::colours::Colours;
use crate::error::Broken;
use crate::header::{Decode, Header};

pub(crate) struct File<'a> {
    /// From the first pixel on, or its code.
    data: &'a [u8],
    /// Whether `data` begins at an odd byte of the file: runs are aligned in the file.
    is_odd: bool,
    size: [usize; 2],
    pixel: Pixel,
    is_coded: bool,
    is_top_down: bool,
    /// Red, green and blue of each index.
    palette: Vec<[u8; 3]>,
    colours: Colours,
}

/// What the bits of a pixel are.
#[derive(Clone, Copy, PartialEq)]
enum Pixel {
    /// An index of 1, 4 or 8 bits.
    Index(usize),
    /// Five bits of red, five or six of green, five of blue.
    Short { green: u32 },
    /// Bytes: how many there are, and where red, green, blue and perhaps alpha are among them.
    Bytes(usize, [usize; 3], Option<usize>),
}

impl<'a> File<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<(Header, Self), Broken> {
        let long =
            |at: usize| bytes.get(at..at + 4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let long = |at| long(at).ok_or(Broken::Ended);
        let short = |at: usize| Ok(long(at)? as u16);
        let (offset, header) = (long(10)? as usize, long(14)? as usize);
        let end = 14 + header;
        let is_first = header == 12;
        if !matches!(header, 12 | 40 | 52 | 56 | 64 | 108 | 124) {
            return Err(Broken::Damaged(format!(
                "a header of {header} bytes, expected 12, 40, 52, 56, 64, 108 or 124"
            )));
        }
        if bytes.len() < end {
            return Err(Broken::Ended);
        }
        let is_top_down = !is_first && bytes[25] == 0xff;
        let (columns, rows, bits) = match is_first {
            true => (short(18)?.into(), short(20)?.into(), short(24)?),
            false => (long(18)?, if is_top_down { long(22)?.wrapping_neg() } else { long(22)? }, short(28)?),
        };
        if rows == 0 || columns == 0 || rows.max(columns) > i32::MAX as u32 {
            return Err(Broken::Damaged(format!("{rows} rows and {columns} columns")));
        }
        let compression = if is_first { 0 } else { long(30)? };
        let mut after = end;
        let masks = match compression {
            3 if header < 52 => {
                after += 12;
                [long(end)?, long(end + 4)?, long(end + 8)?, 0]
            }
            3 => [long(54)?, long(58)?, long(62)?, if header >= 56 { long(66)? } else { 0 }],
            _ => [0; 4],
        };
        let pixel = match (compression, bits) {
            (0, 1 | 4 | 8) | (1, 8) | (2, 4) => Pixel::Index(bits.into()),
            (0, 16) => Pixel::Short { green: 5 },
            (0, 24) => Pixel::Bytes(3, [2, 1, 0], None),
            (0, 32) => Pixel::Bytes(4, [2, 1, 0], None),
            (3, 16 | 24 | 32) => masked(bits, masks)?,
            (0 | 3, _) => {
                return Err(Broken::Damaged(format!("pixels of {bits} bits, expected 1, 4, 8, 16, 24 or 32")));
            }
            _ => {
                let message = format!(
                    "compression {compression} of pixels of {bits} bits, expected 0 (none), 1 or 2 (runs) or 3 (masks)"
                );
                return Err(Broken::Damaged(message));
            }
        };
        let mut palette = Vec::new();
        let mut is_gray = false;
        if let Pixel::Index(bits) = pixel {
            let said = if is_first { 0 } else { long(46)? as usize };
            let entries = if said == 0 { 1 << bits } else { said };
            if entries > 65536 {
                return Err(Broken::Damaged(format!("a palette of {entries} colours")));
            }
            let bytes_each = if is_first { 3 } else { 4 };
            let table = bytes.get(after..after + entries * bytes_each).ok_or(Broken::Ended)?;
            palette =
                table.chunks_exact(bytes_each).take(1 << bits).map(|entry| [entry[2], entry[1], entry[0]]).collect();
            after += table.len();
            // What indices are grays of, Pillow gives as gray.
            let gray = |index: usize| if bits == 1 { index * 255 } else { index };
            is_gray = matches!((bits, entries), (1, 2) | (8, 3..))
                && palette
                    .iter()
                    .enumerate()
                    .all(|(index, colour)| colour.iter().all(|&c| usize::from(c) == gray(index)));
        }
        let start = if offset == 0 { after } else { offset };
        // Some programs forget the palette.
        let start = if offset == end && !palette.is_empty() { after } else { start };
        let data = bytes.get(start..).ok_or(Broken::Ended)?;
        let has_alpha = matches!(pixel, Pixel::Bytes(_, _, Some(_)));
        let colours = if is_gray {
            Colours::Gray
        } else if has_alpha {
            Colours::Rgba
        } else {
            Colours::Rgb
        };
        let (rows, columns) = (rows as usize, columns as usize);
        let file = Self {
            data,
            is_odd: start % 2 == 1,
            size: [rows, columns],
            pixel,
            is_coded: matches!(compression, 1 | 2),
            is_top_down,
            palette,
            colours,
        };
        Ok((Header { rows, columns, colours, bits: 8, orientation: None }, file))
    }

    /// The pixel in these bytes of a row.
    fn write(&self, row: &[u8], column: usize, to: &mut [u8]) {
        match self.pixel {
            Pixel::Index(bits) => {
                let bit = column * bits;
                self.look_up((row[bit / 8] >> (8 - bits - bit % 8)) & ((1u16 << bits) - 1) as u8, to);
            }
            Pixel::Short { green } => {
                let value = u32::from(u16::from_le_bytes([row[2 * column], row[2 * column + 1]]));
                let part =
                    |shift: u32, bits: u32| ((value >> shift & ((1 << bits) - 1)) * 255 / ((1 << bits) - 1)) as u8;
                to.copy_from_slice(&[part(5 + green, 5), part(5, green), part(0, 5)]);
            }
            Pixel::Bytes(bytes, rgb, alpha) => {
                let pixel = &row[column * bytes..][..bytes];
                for (to, from) in to.iter_mut().zip(rgb.into_iter().chain(alpha)) {
                    *to = pixel[from];
                }
            }
        }
    }

    fn look_up(&self, index: u8, to: &mut [u8]) {
        match self.colours {
            Colours::Gray if self.pixel == Pixel::Index(1) => to[0] = index * 255,
            Colours::Gray => to[0] = index,
            _ => to.copy_from_slice(self.palette.get(usize::from(index)).unwrap_or(&[0; 3])),
        }
    }
}

impl Decode for File<'_> {
    fn pixels(self: Box<Self>, _: bool, bytes: &mut [u8]) -> Result<Colours, Broken> {
        let [rows, columns] = self.size;
        let channels = self.colours.channels();
        let place = |row: usize| if self.is_top_down { row } else { rows - 1 - row } * columns * channels;
        if self.is_coded {
            let indices = indices(self.data, self.is_odd, self.size, self.pixel == Pixel::Index(4))?;
            for (row, from) in indices.chunks_exact(columns).take(rows).enumerate() {
                let to = bytes[place(row)..][..columns * channels].chunks_exact_mut(channels);
                to.zip(from).for_each(|(to, &index)| self.look_up(index, to));
            }
            return Ok(self.colours);
        }
        let bits = match self.pixel {
            Pixel::Index(bits) => bits,
            Pixel::Short { .. } => 16,
            Pixel::Bytes(bytes, ..) => 8 * bytes,
        };
        let (used, stride) = ((columns * bits).div_ceil(8), (columns * bits).div_ceil(32) * 4);
        // Behind the last row nothing has to follow.
        if self.data.len() < (rows - 1) * stride + used {
            return Err(Broken::Ended);
        }
        for row in 0..rows {
            let from = &self.data[row * stride..][..used];
            let to = bytes[place(row)..][..columns * channels].chunks_exact_mut(channels);
            to.enumerate().for_each(|(column, to)| self.write(from, column, to));
        }
        Ok(self.colours)
    }
}

/// Where the channels of masked pixels are, for the masks that Pillow knows.
fn masked(bits: u16, masks: [u32; 4]) -> Result<Pixel, Broken> {
    Ok(match (bits, masks) {
        (16, [0xf800, 0x7e0, 0x1f, _]) => Pixel::Short { green: 6 },
        (16, [0x7c00, 0x3e0, 0x1f, _]) => Pixel::Short { green: 5 },
        (24, [0xff_0000, 0xff00, 0xff, _]) => Pixel::Bytes(3, [2, 1, 0], None),
        (32, [0xff_0000, 0xff00, 0xff, 0]) => Pixel::Bytes(4, [2, 1, 0], None),
        (32, [0xff00_0000, 0xff_0000, 0xff00, 0]) => Pixel::Bytes(4, [3, 2, 1], None),
        (32, [0xff00_0000, 0xff00, 0xff, 0]) => Pixel::Bytes(4, [3, 1, 0], None),
        (32, [0xff00_0000, 0xff_0000, 0xff00, 0xff]) => Pixel::Bytes(4, [3, 2, 1], Some(0)),
        (32, [0xff, 0xff00, 0xff_0000, 0xff00_0000]) => Pixel::Bytes(4, [0, 1, 2], Some(3)),
        (32, [0xff_0000, 0xff00, 0xff, 0xff00_0000] | [0, 0, 0, 0]) => Pixel::Bytes(4, [2, 1, 0], Some(3)),
        (32, [0xff00_0000, 0xff00, 0xff, 0xff_0000]) => Pixel::Bytes(4, [3, 1, 0], Some(2)),
        _ => {
            let masks = masks.map(|mask| format!("{mask:08x}")).join(", ");
            return Err(Broken::Damaged(format!(
                "pixels of {bits} bits with the masks {masks}, which no program is known to write"
            )));
        }
    })
}

/// Runs of 4 or 8 bits to indices, rows behind one another from the lowest on.
fn indices(data: &[u8], is_odd: bool, [rows, columns]: [usize; 2], is_half: bool) -> Result<Vec<u8>, Broken> {
    let (length, mut indices, mut column, mut at) = (rows * columns, Vec::new(), 0, 0);
    while indices.len() < length {
        let &[count, value] = data.get(at..).and_then(<[u8]>::first_chunk).ok_or(Broken::Ended)?;
        at += 2;
        let half = |index: usize, byte: u8| match (is_half, index % 2) {
            (false, _) => byte,
            (true, 0) => byte >> 4,
            (true, _) => byte & 15,
        };
        let left = length - indices.len();
        let more =
            |count: usize| move |indices: &mut Vec<u8>| indices.try_reserve(count).map_err(|_| Broken::Memory(count));
        match (count, value) {
            (1.., _) => {
                let count = usize::from(count).min(columns.saturating_sub(column));
                more(count)(&mut indices)?;
                indices.extend((0..count).map(|index| half(index, value)));
                column += count;
            }
            (0, 0) => {
                let count = (columns - indices.len() % columns) % columns;
                more(count)(&mut indices)?;
                indices.resize(indices.len() + count, 0);
                column = 0;
            }
            (0, 1) => break,
            (0, 2) => {
                let &[right, up] = data.get(at..).and_then(<[u8]>::first_chunk).ok_or(Broken::Ended)?;
                at += 2;
                let count = left.min(usize::from(right) + usize::from(up) * columns);
                more(count)(&mut indices)?;
                indices.resize(indices.len() + count, 0);
                column = indices.len() % columns;
            }
            (0, count) => {
                let count = usize::from(count).min(left);
                let bytes = if is_half { count.div_ceil(2) } else { count };
                let run = data.get(at..at + bytes).ok_or(Broken::Ended)?;
                more(count)(&mut indices)?;
                indices.extend((0..count).map(|index| half(index, run[if is_half { index / 2 } else { index }])));
                at += bytes;
                column += usize::from(value);
                at += usize::from((at % 2 == 1) != is_odd);
            }
        }
    }
    match indices.len() < length {
        true => Err(Broken::Damaged("its runs end before the last pixel".into())),
        false => Ok(indices),
    }
}
