//! The passes of OpenCV's `INTER_AREA` in another order, nearly: what a kernel rounds where that leaves no doubt.
//!
//! All pixels inside a cell have the same weight, so a cell is taken in units of it: those pixels are added, and only those
//! on its edge are multiplied, by their share. Rows come first, while they are bytes; a row of sums is all that is left
//! for the columns. A level may sum both at once ([`WholeCells`]).

use std::convert::Infallible;

use crate::memory::{Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// The most rows that a sum of bytes in 16 bits has room for.
pub(crate) const MAX_AREA_ROWS: usize = u16::MAX as usize / u8::MAX as usize;

/// The source rows of a row of cells.
#[derive(Clone, Copy)]
pub struct CellRows {
    /// The first row that is inside.
    pub(crate) inside: *const u8,
    /// How many are.
    pub(crate) count: usize,
    /// Bytes from one of them to the next.
    pub(crate) pitch: isize,
    /// The rows on the two edges; any row where there is none.
    pub(crate) edges: [*const u8; 2],
    /// Their shares, which are 0 where there is none.
    pub(crate) shares: [Share; 2],
    /// What they are counted in.
    pub(crate) unit: ShareUnit,
}

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

/// The first element of each chunk of a row; the last chunk overlaps the one before it.
#[inline(always)]
pub(crate) fn chunks(length: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by(CHUNK).map(move |at| at.min(length - CHUNK))
}

/// # Safety
/// The chunk from here on is readable.
#[inline(always)]
unsafe fn chunk(row: *const u8, at: usize) -> [u8; CHUNK] {
    // SAFETY: the caller promises the chunk, at any alignment.
    unsafe { row.add(at).cast::<[u8; CHUNK]>().read_unaligned() }
}

/// The columns of a row of cells.
pub struct CellColumns {
    /// Bytes of a pixel.
    pub(crate) pixel: usize,
    /// How many pixels inside every cell has at least.
    pub(crate) inside: usize,
    /// What shares are counted in, where they are words.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX2 and AVX-512 take them as words"))]
    pub(crate) unit: ShareUnit,
    pub(crate) cells: Vec<CellTaps>,
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
    /// Elements that are read behind those of the last pixel, and before the first: they must be numbers.
    pub(crate) const fn margin(pixel: usize) -> usize {
        2 * pixel + 8
    }
}

/// Cells whose rows and columns are summed at once, in the form that a level sums fastest. The shares of columns are
/// words; those of rows are not rounded to units.
///
/// # Safety
/// [`sum`](Self::sum) reads and writes no more than it asks for, of rows of the length that it was made for.
pub unsafe trait WholeCells: Holds + Sized + Send + Sync + 'static {
    /// `None` where a row of sums is faster, or `length` bytes of a row are too short. No cell has more than `rows`
    /// rows inside.
    fn new(columns: &CellColumns, rows: usize, length: usize) -> Result<Option<Self>, NoMemory>;

    /// Sums the cells of a row, and multiplies them by the weight of their columns.
    ///
    /// # Safety
    /// `length` bytes are readable from each row, those on edges with a share of 0 included; the line is writable for
    /// all pixels and 15 elements. Called at its level.
    unsafe fn sum(&self, rows: &CellRows, line: *mut f32);
}

/// Of a level that has none.
// SAFETY: there is no value of it.
unsafe impl WholeCells for Infallible {
    fn new(_columns: &CellColumns, _rows: usize, _length: usize) -> Result<Option<Self>, NoMemory> {
        Ok(None)
    }

    #[inline(always)]
    unsafe fn sum(&self, _rows: &CellRows, _line: *mut f32) {
        match *self {}
    }
}

/// Sums of rows: what every level's must be near, by a few roundings of f32.
///
/// # Safety
/// As [`Simd::sum_cells`](super::Simd::sum_cells).
#[inline(always)]
pub(super) unsafe fn sum_cells_plain(rows: &CellRows, sums: *mut f32, length: usize) {
    let [before, after] = [i32::from(rows.shares[0].word()), i32::from(rows.shares[1].word())];
    for at in chunks(length) {
        // SAFETY: the caller promises `length` bytes of each row and room for as many sums; `chunks` has at + CHUNK <= length.
        unsafe {
            let mut inside = [0u16; CHUNK];
            for row in 0..rows.count {
                let row = chunk(rows.inside.offset(row as isize * rows.pitch), at);
                for index in 0..CHUNK {
                    inside[index] += u16::from(row[index]);
                }
            }
            let [above, below] = [chunk(rows.edges[0], at), chunk(rows.edges[1], at)];
            for index in 0..CHUNK {
                let edges = i32::from(above[index]) * before + i32::from(below[index]) * after;
                *sums.add(at + index) = edges as f32 * rows.unit.size() + f32::from(inside[index]);
            }
        }
    }
}

/// Sums of columns: what every level's must be near, by a few roundings of f32.
///
/// # Safety
/// As [`Simd::weigh_cells`](super::Simd::weigh_cells).
#[inline(always)]
pub(super) unsafe fn weigh_cells_plain(columns: &CellColumns, sums: *const f32, line: *mut f32) {
    let CellColumns { pixel, inside, ref cells, .. } = *columns;
    for (index, cell) in cells.iter().enumerate() {
        for channel in 0..pixel {
            let [[before, ..], [next, ..], [last, ..], [weight, ..]] = cell.shares;
            // SAFETY: the caller promises the sums of each pixel of a cell, from the one before those inside to the second behind
            // them, with a margin for those that have no share; and room for each pixel in the line.
            unsafe {
                let at = sums.add(cell.first as usize * pixel + channel);
                let mut sum = *at.sub(pixel) * before;
                for tap in 0..inside {
                    sum += *at.add(tap * pixel);
                }
                sum += *at.add(inside * pixel) * next + *at.add((inside + 1) * pixel) * last;
                *line.add(index * pixel + channel) = sum * weight;
            }
        }
    }
}

/// A chunk of sums as bytes, and which of them are in doubt.
///
/// # Safety
/// As [`Simd::round_cells`](super::Simd::round_cells).
#[inline(always)]
pub(super) unsafe fn round_cells_plain(sums: *const f32, weight: f32, rounding_margin: f32, line: *mut u8) -> u32 {
    let mut ambiguous = 0;
    for index in 0..CHUNK {
        // SAFETY: the caller promises a chunk of sums and room for as many bytes; index < CHUNK.
        unsafe {
            let value = *sums.add(index) * weight;
            let rounded = value.round_ties_even();
            *line.add(index) = rounded as u8;
            ambiguous |= u32::from((value - rounded).abs() > rounding_margin) << index;
        }
    }
    ambiguous
}
