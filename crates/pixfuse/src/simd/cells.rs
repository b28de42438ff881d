//! The passes of OpenCV's `INTER_AREA` in another order, nearly: what a kernel rounds where that leaves no doubt.
//!
//! All pixels inside a cell have the same weight, so a cell is taken in units of it: those pixels are added, and only those
//! on its edge are multiplied, by their share. Rows come first, while they are bytes; a row of sums is all that is left
//! for the columns. A level may sum both at once ([`WholeCells`]).

use std::convert::Infallible;

use super::cell_walks::CellRows;
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// The most rows that a sum of bytes in 16 bits has room for.
pub(crate) const MAX_AREA_ROWS: usize = u16::MAX as usize / u8::MAX as usize;

/// How much of an edge row is in a cell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    word: i16,
    part: f32,
}

impl Share {
    /// In units.
    #[inline(always)]
    pub(crate) fn word(self) -> i16 {
        self.word
    }

    /// Not rounded to units.
    #[inline(always)]
    pub(crate) fn part(self) -> f32 {
        self.part
    }
}

/// What the shares of an axis are counted in: a whole number of units is 1, and fits a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShareUnit {
    count: u16,
    size: f32,
}

impl ShareUnit {
    /// Cells end between pixels or cut them at a whole number of equal parts, whose number divides that of the cells. With
    /// units of such a part, or of a part of it, shares are exact but for the rounding of an f32. With 2^-15 four times as
    /// many bytes of 1080x1920 -> 224x224 were in doubt.
    pub(crate) fn of(source: usize, cells: usize) -> Self {
        const MAX_SHARE: usize = i16::MAX as usize;
        let parts = cells / greatest_common_divisor(source, cells);
        let count = (MAX_SHARE - MAX_SHARE % parts.min(MAX_SHARE)) as u16;
        Self { count, size: 1.0 / f32::from(count) }
    }

    /// The nearest share.
    pub(crate) fn share(self, part: f32) -> Share {
        Share { word: (part * f32::from(self.count)).round() as i16, part }
    }

    /// How far the units of a share are from the part that they stand for.
    pub(crate) fn error(self, share: Share) -> f32 {
        (f32::from(share.word) * self.size - share.part).abs()
    }

    /// One unit.
    #[inline(always)]
    pub(crate) fn size(self) -> f32 {
        self.size
    }
}

fn greatest_common_divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

/// Elements that are summed at once; rows have at least as many.
pub(crate) const CHUNK: usize = 32;

/// The columns of a row of cells.
pub struct CellColumns {
    /// Bytes of a pixel.
    pixel: usize,
    /// How many pixels inside every cell has at least.
    inside: usize,
    /// What shares are counted in, where they are words.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX2 and AVX-512 take them as words"))]
    pub(crate) unit: ShareUnit,
    cells: Vec<CellTaps>,
    /// Sums that are read, with the margin before the first.
    read: usize,
}

/// The pixels of one cell: one on the edge, `inside` that count in full, and two more.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
pub(crate) struct CellTaps {
    /// The shares of the first, of the two after those inside, and the weight of a pixel inside; each four times, for four
    /// channels.
    pub(crate) shares: [[f32; 4]; 4],
    /// The first one inside.
    pub(crate) first: u32,
}

impl CellColumns {
    /// Of cells with at least so many pixels inside, of so many bytes.
    pub(crate) fn new(pixel: usize, inside: usize, unit: ShareUnit, cells: Vec<CellTaps>) -> Self {
        // Eight sums from the last pixel of the last cell on.
        let first = cells.iter().map(|cell| cell.first as usize).max().unwrap_or(0);
        let read = (first + inside + 1).saturating_mul(pixel).saturating_add(Self::margin(pixel) + 8);
        Self { pixel, inside, unit, cells, read }
    }

    /// Elements that are read behind those of the last pixel, and before the first: they must be numbers.
    pub(crate) const fn margin(pixel: usize) -> usize {
        2 * pixel + 8
    }

    /// Bytes of a pixel.
    #[inline(always)]
    pub(crate) fn pixel(&self) -> usize {
        self.pixel
    }

    /// How many pixels inside every cell has at least.
    #[inline(always)]
    pub(crate) fn inside(&self) -> usize {
        self.inside
    }

    /// One after the other.
    #[inline(always)]
    pub(crate) fn cells(&self) -> &[CellTaps] {
        &self.cells
    }

    /// How many sums are read of a row, from the first of its margin on: eight from each pixel of a cell.
    #[inline(always)]
    pub(super) fn read(&self) -> usize {
        self.read
    }
}

impl Holds for CellColumns {
    fn bytes(&self) -> usize {
        memory::bytes(&self.cells)
    }
}

/// Cells whose rows and columns are summed at once, in the form that a level sums fastest. The shares of columns are
/// words; those of rows are not rounded to units.
pub trait WholeCells<S>: Holds + Sized + Send + Sync + 'static {
    /// `None` where a row of sums is faster, or `length` bytes of a row are too short. No cell has more than `rows`
    /// rows inside.
    fn new(columns: &CellColumns, rows: usize, length: usize) -> Result<Option<Self>, NoMemory>;

    /// Sums the cells of a row, whose rows have the length that this was made for, and multiplies them by the weight of
    /// their columns. The line has room for all pixels and 15 elements.
    fn sum(&self, simd: S, rows: &CellRows<'_>, line: &mut [f32]);
}

/// Of a level that has none.
impl<S> WholeCells<S> for Infallible {
    fn new(_columns: &CellColumns, _rows: usize, _length: usize) -> Result<Option<Self>, NoMemory> {
        Ok(None)
    }

    #[inline(always)]
    fn sum(&self, _: S, _rows: &CellRows<'_>, _line: &mut [f32]) {
        match *self {}
    }
}

/// Sums of rows: what every level's must be near, by a few roundings of f32.
#[inline(always)]
pub(super) fn sum_cells_plain(rows: &CellRows<'_>, sums: &mut [f32]) {
    let [before, after] = rows.shares.map(|share| i32::from(share.word()));
    let mut blocks = rows.sums::<CHUNK>(sums);
    while let Some((block, sums)) = blocks.next() {
        let mut inside = [0u16; CHUNK];
        for row in block.all() {
            for index in 0..CHUNK {
                inside[index] += u16::from(row[index]);
            }
        }
        let [above, below] = block.edges();
        for index in 0..CHUNK {
            let edges = i32::from(above[index]) * before + i32::from(below[index]) * after;
            sums[index] = edges as f32 * rows.unit.size() + f32::from(inside[index]);
        }
    }
}

/// Sums of columns: what every level's must be near, by a few roundings of f32.
#[inline(always)]
pub(super) fn weigh_cells_plain(columns: &CellColumns, sums: &[f32], line: &mut [f32]) {
    let mut cells = columns.weighed::<0>(sums, line);
    while let Some(([before, next, last, weight], sums, place)) = cells.next() {
        let mut sum = [0.0; 4];
        for channel in 0..4 {
            sum[channel] = sums.before()[channel] * before[channel];
        }
        for inside in sums.inside() {
            for channel in 0..4 {
                sum[channel] += inside[channel];
            }
        }
        let behind = sums.behind();
        for channel in 0..4 {
            sum[channel] += behind[0][channel] * next[channel] + behind[1][channel] * last[channel];
            place[channel] = sum[channel] * weight[channel];
        }
    }
}

/// A chunk of sums as bytes, and which of them are in doubt.
#[inline(always)]
pub(super) fn round_cells_plain(sums: &[f32; CHUNK], weight: f32, rounding_margin: f32, line: &mut [u8; CHUNK]) -> u32 {
    let mut ambiguous = 0;
    for index in 0..CHUNK {
        let value = sums[index] * weight;
        let rounded = value.round_ties_even();
        line[index] = rounded as u8;
        ambiguous |= u32::from((value - rounded).abs() > rounding_margin) << index;
    }
    ambiguous
}
