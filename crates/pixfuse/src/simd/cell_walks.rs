//! Walks over cells of OpenCV's area: what the passes of every level read and write.
//!
//! What is read is checked, or promised, once a row. A walk then gives arrays, without another check, so that what a level does
//! with them is safe code.

use std::hint::assert_unchecked;
use std::marker::PhantomData;
use std::slice;

use super::cells::{CellColumns, CellTaps, Share, ShareUnit};

/// The source rows of a row of cells: so many columns of each.
#[derive(Clone, Copy)]
pub struct CellRows<'a> {
    /// The first row that is inside.
    inside: *const u8,
    /// How many are.
    count: usize,
    /// Bytes from one of them to the next.
    pitch: isize,
    /// The rows on the two edges; any row where there is none.
    edges: [*const u8; 2],
    /// Bytes of each row.
    length: usize,
    /// The shares of edges, which are 0 where there is none.
    pub(crate) shares: [Share; 2],
    /// What they are counted in.
    pub(crate) unit: ShareUnit,
    borrowed: PhantomData<&'a u8>,
}

impl<'a> CellRows<'a> {
    /// Those from the first inside on, so many, with these bytes from one to the next; and the rows on edges, with their
    /// shares.
    ///
    /// # Safety
    /// `length` bytes are readable from each of these rows, as long as this is there.
    #[inline(always)]
    pub(crate) unsafe fn new(
        (inside, count, pitch): (*const u8, usize, isize),
        edges: [*const u8; 2],
        length: usize,
        (shares, unit): ([Share; 2], ShareUnit),
    ) -> Self {
        Self { inside, count, pitch, edges, length, shares, unit, borrowed: PhantomData }
    }

    /// So many bytes of all rows, from this one on; `None` where rows end before.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX2 and AVX-512 take them so"))]
    #[inline(always)]
    pub(crate) fn block<const BYTES: usize>(&self, at: usize) -> Option<CellBlock<'a, BYTES>> {
        let fits = self.length.checked_sub(BYTES).is_some_and(|last| at <= last);
        fits.then_some(CellBlock { rows: *self, at })
    }

    /// Blocks of all bytes, each with the place of its sums; the last overlaps the one before it. None where rows or sums
    /// are shorter.
    #[inline(always)]
    pub(crate) fn sums<'s, const BYTES: usize>(&self, sums: &'s mut [f32]) -> SumBlocks<'a, 's, BYTES> {
        let fits = self.length >= BYTES && sums.len() >= self.length;
        SumBlocks { rows: *self, sums, next: if fits { 0 } else { self.length } }
    }
}

/// Some bytes of each of the rows.
#[derive(Clone, Copy)]
pub(crate) struct CellBlock<'a, const BYTES: usize> {
    rows: CellRows<'a>,
    /// Where they start; all of them are inside the rows.
    at: usize,
}

impl<'a, const BYTES: usize> CellBlock<'a, BYTES> {
    /// Those of a row inside, which is there.
    #[inline(always)]
    fn inside(self, row: usize) -> &'a [u8; BYTES] {
        let Self { rows: CellRows { inside, pitch, .. }, at } = self;
        let bytes = inside.wrapping_add(at).wrapping_offset(row as isize * pitch);
        // SAFETY: `CellRows::new` promises the row, which the functions below know to be there, and who made this found
        // these bytes to be a part of it. That the pointer is not null is said because an iterator asks.
        unsafe {
            assert_unchecked(!bytes.is_null());
            &*bytes.cast()
        }
    }

    /// Those of all rows inside.
    #[inline(always)]
    pub(crate) fn all(self) -> impl Iterator<Item = &'a [u8; BYTES]> {
        (0..self.rows.count).map(move |row| self.inside(row))
    }

    /// Those of the rows inside, two at a time.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX2 and AVX-512 take them so"))]
    #[inline(always)]
    pub(crate) fn pairs(self) -> impl Iterator<Item = [&'a [u8; BYTES]; 2]> {
        (0..self.rows.count / 2).map(move |pair| [self.inside(2 * pair), self.inside(2 * pair + 1)])
    }

    /// Those of the last row inside where pairs leave one.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX2 and AVX-512 take them so"))]
    #[inline(always)]
    pub(crate) fn odd(self) -> Option<&'a [u8; BYTES]> {
        (self.rows.count % 2 == 1).then(|| self.inside(self.rows.count - 1))
    }

    /// Those of the rows on edges.
    #[inline(always)]
    pub(crate) fn edges(self) -> [&'a [u8; BYTES]; 2] {
        // SAFETY: `CellRows::new` promises these rows, too, and who made this found these bytes to be a part of them.
        self.rows.edges.map(|edge| unsafe { &*edge.wrapping_add(self.at).cast() })
    }
}

/// The walk of [`CellRows::sums`].
pub(crate) struct SumBlocks<'a, 's, const BYTES: usize> {
    rows: CellRows<'a>,
    /// As many as the rows have bytes, or more, if there is a block.
    sums: &'s mut [f32],
    next: usize,
}

impl<'a, const BYTES: usize> SumBlocks<'a, '_, BYTES> {
    /// One block at a time, as its sums overlap others.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<(CellBlock<'a, BYTES>, &mut [f32; BYTES])> {
        if self.next >= self.rows.length {
            return None;
        }
        let at = self.next.min(self.rows.length - BYTES);
        self.next += BYTES;
        // SAFETY: `CellRows::sums` found rows of `BYTES` bytes or more, and as many sums: this block ends where they do, or
        // before.
        let sums = unsafe { &mut *self.sums.as_mut_ptr().add(at).cast() };
        Some((CellBlock { rows: self.rows, at }, sums))
    }
}

impl CellColumns {
    /// The cells with their sums of columns, which have a margin on both sides, and their places in a line, which has room
    /// for four elements behind its last pixel: none where these are shorter. There are `INSIDE` pixels inside each, or any
    /// number where that is 0.
    #[inline(always)]
    pub(crate) fn weighed<'a, const INSIDE: usize>(&'a self, sums: &'a [f32], line: &'a mut [f32]) -> WeighedCells<'a> {
        let (pixel, inside, cells) = (self.pixel(), self.inside(), self.cells());
        let fits = sums.len() >= self.read() && line.len() >= cells.len() * pixel + 4 && INSIDE <= inside;
        let cells = if fits { cells } else { &[] };
        let inside = if INSIDE > 0 { INSIDE } else { inside };
        let before = sums.as_ptr().wrapping_add(Self::margin(pixel) - pixel);
        WeighedCells { cells: cells.iter(), before, line: line.as_mut_ptr(), pixel, inside, borrowed: PhantomData }
    }
}

/// The walk of [`CellColumns::weighed`].
pub(crate) struct WeighedCells<'a> {
    cells: slice::Iter<'a, CellTaps>,
    /// The pixel before the first one.
    before: *const f32,
    line: *mut f32,
    pixel: usize,
    inside: usize,
    borrowed: PhantomData<&'a mut f32>,
}

/// The shares of a cell, its sums, and its place in the line.
type WeighedCell<'a, 'l> = (&'a [[f32; 4]; 4], CellSums<'a>, &'l mut [f32; 4]);

impl<'a> WeighedCells<'a> {
    /// One cell at a time, as places overlap.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<WeighedCell<'a, '_>> {
        let CellTaps { shares, first } = self.cells.next()?;
        let before = self.before.wrapping_add(*first as usize * self.pixel);
        // SAFETY: `CellColumns::weighed` found room for the pixels of all cells and four elements behind them, and cells
        // before this one have a pixel each.
        let place = unsafe { &mut *self.line.cast() };
        self.line = self.line.wrapping_add(self.pixel);
        Some((shares, CellSums { before, pixel: self.pixel, inside: self.inside, borrowed: PhantomData }, place))
    }
}

/// The sums of a cell: eight from a pixel on, of which the first are its channels.
#[derive(Clone, Copy)]
pub(crate) struct CellSums<'a> {
    before: *const f32,
    pixel: usize,
    inside: usize,
    borrowed: PhantomData<&'a f32>,
}

impl<'a> CellSums<'a> {
    /// Of a pixel that the cell has: 0 is the one before those inside, and two are behind.
    #[inline(always)]
    fn pixel(self, number: usize) -> &'a [f32; 8] {
        let sums = self.before.wrapping_add(number * self.pixel);
        // SAFETY: `CellColumns::weighed` found the sums to be there, from the pixel before the first of any cell to eight
        // from the second behind any; the functions below name no others. That the pointer is not null is said because an
        // iterator asks.
        unsafe {
            assert_unchecked(!sums.is_null());
            &*sums.cast()
        }
    }

    /// How many pixels are inside.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX2 and AVX-512 take them so"))]
    #[inline(always)]
    pub(crate) fn count(self) -> usize {
        self.inside
    }

    /// The one before those inside.
    #[inline(always)]
    pub(crate) fn before(self) -> &'a [f32; 8] {
        self.pixel(0)
    }

    /// Those inside.
    #[inline(always)]
    pub(crate) fn inside(self) -> impl Iterator<Item = &'a [f32; 8]> {
        (0..self.inside).map(move |number| self.pixel(number + 1))
    }

    /// The second of those inside and every other one after it, each with a pixel inside behind it.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX2 and AVX-512 take them so"))]
    #[inline(always)]
    pub(crate) fn pairs(self) -> impl Iterator<Item = &'a [f32; 8]> {
        (1..self.inside.div_ceil(2)).map(move |pair| self.pixel(2 * pair))
    }

    /// The last of those inside, or the one before where there is none.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only AVX2 and AVX-512 take them so"))]
    #[inline(always)]
    pub(crate) fn last(self) -> &'a [f32; 8] {
        self.pixel(self.inside)
    }

    /// The two behind.
    #[inline(always)]
    pub(crate) fn behind(self) -> [&'a [f32; 8]; 2] {
        [self.pixel(self.inside + 1), self.pixel(self.inside + 2)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_with_the_rows() {
        let bytes: Vec<u8> = (0..40).collect();
        let unit = ShareUnit::of(4, 2);
        // SAFETY: rows of ten bytes: three inside from the second on, and the first twice.
        let rows = unsafe {
            CellRows::new((bytes[10..].as_ptr(), 3, 10), [bytes.as_ptr(); 2], 10, ([unit.share(0.0); 2], unit))
        };
        assert!(rows.block::<8>(2).is_some());
        assert!(rows.block::<8>(3).is_none() && rows.block::<11>(0).is_none() && rows.block::<8>(usize::MAX).is_none());
        let (mut sums, mut seen) = ([0.0; 10], Vec::new());
        let mut blocks = rows.sums::<4>(&mut sums);
        while let Some((block, sums)) = blocks.next() {
            assert_eq!(block.all().count(), 3);
            let pairs: Vec<_> = block.pairs().map(|[one, other]| [one[0], other[0]]).collect();
            seen.push((pairs, block.odd().map(|row| row[3]), block.edges().map(|edge| edge[0])));
            sums[0] += 1.0;
        }
        let block = |at: u8| (vec![[10 + at, 20 + at]], Some(33 + at), [at; 2]);
        assert_eq!(seen, [block(0), block(4), block(6)]);
        assert_eq!(sums, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert!(rows.sums::<4>(&mut [0.0; 9]).next().is_none());
        assert!(rows.sums::<11>(&mut [0.0; 11]).next().is_none());
    }

    #[test]
    fn cells_have_their_sums_and_places() {
        let taps = |first| CellTaps { shares: [[0.0; 4]; 4], first };
        let columns = CellColumns::new(3, 2, ShareUnit::of(4, 2), vec![taps(0), taps(2)]);
        // A margin, four pixels, and a margin.
        let sums: Vec<f32> = (0..40).map(|sum| sum as f32).collect();
        let (mut line, mut seen) = ([0.0; 10], Vec::new());
        let mut cells = columns.weighed::<0>(&sums, &mut line);
        while let Some((_, sums, place)) = cells.next() {
            let inside: Vec<_> = sums.inside().map(|pixel| pixel[0]).collect();
            let all = (sums.before()[0], inside, sums.pairs().count(), sums.last()[0], sums.behind().map(|two| two[7]));
            seen.push((sums.count(), all));
            place[3] += 1.0;
        }
        let cell = |at: f32| (2, (11.0 + at, vec![14.0 + at, 17.0 + at], 0, 17.0 + at, [27.0 + at, 30.0 + at]));
        assert_eq!(seen, [cell(0.0), cell(6.0)]);
        assert_eq!(line, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert!(columns.weighed::<0>(&sums[..36], &mut line).next().is_none());
        assert!(columns.weighed::<0>(&sums, &mut line[..9]).next().is_none());
        assert!(columns.weighed::<3>(&sums, &mut line).next().is_none());
        assert!(columns.weighed::<2>(&sums[..37], &mut line).next().is_some());
    }
}
