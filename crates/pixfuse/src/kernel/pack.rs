//! Source rows that cannot be read in place: with gaps between pixels, too short for a level's windows, or of pixels
//! that are converted first.

use std::ops::Range;

use pixfuse_spec::Sample;

use super::convert::Conversion;
use super::scratch::{Held, pitch};
use super::{Request, Source};
use crate::image::view::View;
use crate::simd::{Simd, Task};

/// The most rows that are packed at once, and the scratch for them in bytes: a part of a second cache.
const BLOCK: usize = 64;
const BLOCK_BYTES: usize = 384 << 10;

/// Which pixels of a row are copied, how, and where to.
///
/// A row of a column-major image is a column of memory: each of its pixels is in another cache line, which the rows after it
/// share. So a block of neighbouring rows is packed at once, strip by strip, and a line is read once and not once a row.
pub(super) struct Pack {
    /// Source columns that are read.
    pub(super) reach: Range<usize>,
    /// Bytes of a pixel in one plane.
    pub(super) pixel: usize,
    conversion: Option<Conversion>,
    sample: Sample,
    /// Whether pixels follow each other without a gap: rows are packed for the room behind them only.
    dense: bool,
    column_major: bool,
    /// Rows that are packed: blocks start with the first.
    rows: Range<u32>,
    /// Rows of a block.
    block: u32,
    /// Blocks that there is room for.
    blocks: u32,
    /// Bytes from a packed row to the next.
    pitch: usize,
}

impl Pack {
    pub(super) fn new(request: &Request, reach: Range<u32>, pixel: usize) -> Self {
        let source = &request.source;
        let joined = source.column_stride == pixel as isize && (pixel == 1 || source.channel_stride == 1);
        let dense = joined && request.sample == Sample::U8;
        let reach = reach.start as usize..reach.end as usize;
        let (conversion, sample, rows) = (request.conversion, request.sample, 0..source.rows as u32);
        let column_major = source.column_major;
        Self { reach, pixel, conversion, sample, dense, column_major, rows, block: 1, blocks: 1, pitch: 0 }
    }

    /// Makes places for rows of so many bytes, and gives the scratch of a plane. Of `rows` about `read` are read, each time
    /// `least` of them together, from `rows.start` on.
    pub(super) fn place(&mut self, rows: Range<u32>, read: usize, least: u32, bytes: usize, planes: usize) -> usize {
        // An odd number of cache lines: neighbouring rows do not share a set of the first cache.
        self.pitch = pitch(bytes) | 64;
        // Where few rows are read, most of a block would be packed for nothing.
        let most = if self.column_major && 2 * read >= rows.len() { BLOCK_BYTES / (self.pitch * planes) } else { 0 };
        // Whole eights: what is read together is in one block.
        self.block = least.max((most.min(BLOCK) / 8 * 8) as u32);
        let end = rows.start + (rows.len() as u32).next_multiple_of(least);
        self.rows = rows.start..end.min(self.rows.end);
        self.block as usize * self.pitch
    }

    /// As [`place`](Self::place), where any two rows may be read together.
    pub(super) fn place_two(&mut self, rows: Range<u32>, read: usize) -> usize {
        self.blocks = 2;
        2 * self.place(rows, read, 1, self.length(), 2)
    }

    /// Elements of a packed row: bytes, or f32 where samples are wide.
    pub(super) fn length(&self) -> usize {
        self.reach.len() * self.pixel
    }

    /// The first pixel of a row that is read, the bytes to the last one, and from one cache line to the next, or from
    /// one pixel where those are further apart.
    pub(super) fn lines(&self, view: &View) -> (isize, usize, usize) {
        let stride = view.pixels.strides[1];
        let ends = [self.reach.start, self.reach.end - 1].map(|column| column as isize * stride);
        (ends[0].min(ends[1]), ends[0].abs_diff(ends[1]) + self.pixel, stride.unsigned_abs().max(64))
    }

    /// Elements of a packed row with room behind it for any window of a filter of so many taps.
    pub(super) fn room(&self, taps: usize) -> usize {
        self.length() + 256 + (taps + 4) * self.pixel
    }

    /// How many dense rows have room for so many bytes from where they are read: what lies behind a row is the next one,
    /// where no gap is between them, and behind the last one nothing. 1080x1920 to 224x224 by a box took 150 us where the
    /// last row is packed, and 226 where all are, with AVX-512 on Zen 5.
    pub(super) fn rows_with_room(&self, source: &Source, room: usize) -> u32 {
        let length = source.columns * self.pixel;
        let rows = (self.reach.start * self.pixel + room).div_ceil(length);
        if source.rows_adjoin || rows <= 1 { (source.rows + 1).saturating_sub(rows) as u32 } else { 0 }
    }

    /// The place of a row in the scratch of a plane; if it is not there, the block that it is in is packed first.
    ///
    /// # Safety
    /// The row and the plane are inside the view, `held` says which blocks are there, and `scratch` has the bytes that
    /// [`place`](Self::place) gave.
    #[inline(never)]
    pub(super) unsafe fn row<S: Simd>(
        &self,
        simd: S,
        (view, plane): (&View, usize),
        row: u32,
        held: &mut Held,
        scratch: *mut u8,
    ) -> *const u8 {
        let Self { rows, block, pitch, .. } = self;
        debug_assert!(rows.contains(&row));
        let (number, index) = ((row - rows.start) / block, (row - rows.start) % block);
        let place = (number % self.blocks) as usize;
        let to = scratch.wrapping_add(place * *block as usize * pitch);
        if held[place] != Some(number) {
            let first = rows.start + number * block;
            // SAFETY: the caller promises the view, with this plane, and scratch for so many blocks of rows; `rows.end` is not
            // behind the last row of the view, and `place` is below the number of blocks.
            unsafe { self.copy(simd, (view, plane), first..(first + block).min(rows.end), to) };
            held[place] = Some(number);
        }
        to.wrapping_add(index as usize * pitch)
    }

    /// The places of two neighbouring rows, which may be one and the same.
    ///
    /// # Safety
    /// As [`row`](Self::row).
    #[inline(never)]
    pub(super) unsafe fn two_rows<S: Simd>(
        &self,
        simd: S,
        view: (&View, usize),
        [above, below]: [u32; 2],
        held: &mut Held,
        scratch: *mut u8,
    ) -> [*const u8; 2] {
        // SAFETY: the caller promises for both rows what `row` asks for. They are neighbours, and there are places for two
        // blocks (`place_two`): packing the second row does not write over the first.
        unsafe { [self.row(simd, view, above, held, scratch), self.row(simd, view, below, held, scratch)] }
    }

    /// Copies the pixels of some rows that are read, so that they are dense; of a planar source those of one plane.
    ///
    /// # Safety
    /// The rows and the plane are inside the view; [`length`](Self::length) elements are writable for each row, a pitch
    /// apart.
    unsafe fn copy<S: Simd>(&self, simd: S, (view, plane): (&View, usize), mut rows: Range<u32>, mut to: *mut u8) {
        let Self { reach, pixel, pitch, .. } = self;
        if self.turns(view) {
            let groups = rows.len() as u32 / 4;
            // SAFETY: the caller promises these rows and their places, `turns` found the pixels of a column to be neighbours.
            simd.vectorize(unsafe { Turn::new(self, (view, plane), rows.start, groups, to) });
            rows.start += groups * 4;
            to = to.wrapping_add(groups as usize * 4 * pitch);
        }
        if self.skips_fourth(view) {
            // SAFETY: the caller promises the rows and their places, `skips_fourth` found where the pixels lie.
            return simd.vectorize(unsafe { ThreeOfFour::new(self, view, rows, to) });
        }
        // Columns whose cache lines stay in the first cache meanwhile, also where all of them are in one set of it. A
        // conversion takes no fewer at a time.
        let strip = match self.conversion {
            _ if !self.column_major => reach.len(),
            Some(_) => 64,
            None => 16,
        };
        for start in reach.clone().step_by(strip) {
            let columns = start..(start + strip).min(reach.end);
            let element = (start - reach.start) * pixel;
            // SAFETY: the caller promises the rows and a place for each row's elements, of which these columns have theirs
            // from `element` on; a source that is converted has one plane here.
            unsafe {
                let Some(conversion) = &self.conversion else {
                    self.plain((view, plane), rows.clone(), columns, to, element);
                    continue;
                };
                for (index, row) in rows.clone().enumerate() {
                    conversion.row(simd, view, row as usize, columns.clone(), to.add(index * pitch + element));
                }
            }
        }
    }

    /// Whether the pixels of a column follow each other in memory, forwards or backwards, and are copied as they are.
    fn turns(&self, view: &View) -> bool {
        let joined = self.pixel == 1 || view.channel_stride == 1;
        let follow = view.pixels.strides[0].unsigned_abs() == self.pixel;
        self.conversion.is_none() && self.sample == Sample::U8 && joined && follow && self.reach.len() >= 4
    }

    /// Whether pixels of three bytes are copied that lie four bytes apart: of an image whose fourth byte is not read.
    fn skips_fourth(&self, view: &View) -> bool {
        let plain = self.conversion.is_none() && self.sample == Sample::U8 && !self.column_major;
        plain && self.pixel == 3 && view.channel_stride == 1 && view.pixels.strides[1] == 4
    }

    /// Copies some columns that are not converted, from this element of the packed rows on. It needs no level, and is
    /// compiled once.
    ///
    /// # Safety
    /// As [`copy`](Self::copy), for these columns of the reach.
    #[inline(never)]
    unsafe fn plain(
        &self,
        (view, plane): (&View, usize),
        rows: Range<u32>,
        columns: Range<usize>,
        to: *mut u8,
        element: usize,
    ) {
        let strides = [view.pixels.strides[1], view.channel_stride];
        for (index, row) in rows.enumerate() {
            let from = view.pixels.at(row as usize, columns.start);
            let from = from.wrapping_offset(plane as isize * view.channel_stride);
            let to = to.wrapping_add(index * self.pitch);
            // SAFETY: the caller promises that the row has these columns, in this plane, and room for the elements of the
            // reach at the row's place: those of these columns start at `element` and end inside it. A dense row has them
            // one after the other.
            unsafe {
                match self.pixel {
                    pixel if self.dense => from.copy_to_nonoverlapping(to.add(element), columns.len() * pixel),
                    1 => self.gather::<1>(from, strides, columns.len(), to, element),
                    3 => self.gather::<3>(from, strides, columns.len(), to, element),
                    _ => self.gather::<4>(from, strides, columns.len(), to, element),
                }
            }
        }
    }

    /// Lays pixels side by side.
    ///
    /// # Safety
    /// As [`lay`], with samples of this view's kind, into elements from this one on: bytes, or f32 of wide samples.
    #[inline(always)]
    unsafe fn gather<const PIXEL: usize>(
        &self,
        from: *const u8,
        strides: [isize; 2],
        count: usize,
        to: *mut u8,
        element: usize,
    ) {
        // SAFETY: the caller promises `count` pixels of this kind of samples, and room for their elements from `element` on.
        unsafe {
            match self.sample {
                Sample::U8 => lay::<u8, u8, PIXEL>(from, strides, count, to.add(element)),
                Sample::U16 => lay::<u16, f32, PIXEL>(from, strides, count, to.cast::<f32>().add(element)),
                Sample::F32 => lay::<f32, f32, PIXEL>(from, strides, count, to.cast::<f32>().add(element)),
            }
        }
    }
}

/// Groups of four rows of a column-major image.
struct Turn<'a> {
    pack: &'a Pack,
    view: &'a View,
    plane: usize,
    first: u32,
    groups: u32,
    to: *mut u8,
}

impl<'a> Turn<'a> {
    /// # Safety
    /// As [`Pack::copy`], for `4 * groups` rows from the first on, of a view that [`turns`](Pack::turns) means.
    unsafe fn new(pack: &'a Pack, (view, plane): (&'a View, usize), first: u32, groups: u32, to: *mut u8) -> Self {
        Self { pack, view, plane, first, groups, to }
    }
}

impl<S: Simd> Task<S> for Turn<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        // SAFETY: `new` promises the rows and their places, with pixels of so many bytes.
        unsafe {
            match self.pack.pixel {
                1 => self.columns::<S, 1>(simd),
                3 => self.columns::<S, 3>(simd),
                _ => self.columns::<S, 4>(simd),
            }
        }
    }
}

impl Turn<'_> {
    /// Four columns of memory in all rows, then the next four.
    ///
    /// # Safety
    /// As [`new`](Self::new), with pixels of `PIXEL` bytes.
    #[inline(always)]
    unsafe fn columns<S: Simd, const PIXEL: usize>(self, simd: S) {
        let Self { pack: Pack { reach, pitch, .. }, view, plane, first, groups, to } = self;
        let [row_stride, column_stride] = view.pixels.strides;
        // Where pixels lie backwards, the last of four rows has the first byte.
        let (first_byte, order) = if row_stride < 0 { (3 * row_stride, [3, 2, 1, 0]) } else { (0, [0, 1, 2, 3]) };
        let origin = view.pixels.row(first as usize).wrapping_offset(plane as isize * view.channel_stride + first_byte);
        let places = order.map(|row| row * pitch);
        for column in reach.clone().step_by(4) {
            // The last four columns overlap those before: there is no tail.
            let column = column.min(reach.end - 4);
            let mut to = to.wrapping_add((column - reach.start) * PIXEL);
            let mut columns = [0, 1, 2, 3].map(|x| origin.wrapping_offset((column as isize + x) * column_stride));
            for _ in 0..groups {
                // SAFETY: the caller promises the rows, whose pixels of a column are neighbours: these are four of four rows,
                // and their places. What is written behind four pixels is written again with the next four, or is behind
                // the row, where a pitch has room.
                unsafe { simd.transpose::<PIXEL>(columns, places.map(|place| to.wrapping_add(place))) };
                columns = columns.map(|column| column.wrapping_offset(4 * row_stride));
                to = to.wrapping_add(4 * pitch);
            }
        }
    }
}

/// Rows of pixels of which three of four bytes are read.
struct ThreeOfFour<'a> {
    pack: &'a Pack,
    view: &'a View,
    rows: Range<u32>,
    to: *mut u8,
}

impl<'a> ThreeOfFour<'a> {
    /// # Safety
    /// As [`Pack::copy`], of a view that [`skips_fourth`](Pack::skips_fourth) means.
    unsafe fn new(pack: &'a Pack, view: &'a View, rows: Range<u32>, to: *mut u8) -> Self {
        Self { pack, view, rows, to }
    }
}

impl<S: Simd> Task<S> for ThreeOfFour<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let Self { pack: Pack { reach, pitch, .. }, view, rows, to } = self;
        // The byte behind the last pixel may be outside of the view.
        let last = reach.len().saturating_sub(1);
        for (index, row) in rows.enumerate() {
            let from = view.pixels.at(row as usize, reach.start);
            let to = to.wrapping_add(index * pitch);
            let mut done = 0;
            while done + S::LANES <= last {
                // SAFETY: `new` promises the pixels of the reach, of which there is one behind these, and so the fourth byte of each
                // of these too, and room for three bytes of each.
                unsafe { simd.store_pixels_u8(to.add(done * 3), simd.load_pixels::<4, 3>(from.add(done * 4))) };
                done += S::LANES;
            }
            // SAFETY: `new` promises the pixels that are left, and room for them.
            unsafe { lay::<u8, u8, 3>(from.add(done * 4), [4, 1], reach.len() - done, to.add(done * 3)) };
        }
    }
}

/// Lays pixels side by side that are `column` bytes apart, and their channels `channel` bytes. The number of channels is
/// a constant: a loop over them took seven times as long.
///
/// # Safety
/// `count` such pixels of `PIXEL` channels of `T` are readable, and as many of `E` are writable.
#[inline(always)]
unsafe fn lay<T: Copy, E: From<T>, const PIXEL: usize>(
    from: *const u8,
    [column, channel]: [isize; 2],
    count: usize,
    to: *mut E,
) {
    for index in 0..count {
        let pixel = from.wrapping_offset(index as isize * column);
        // SAFETY: the caller promises the pixel, index < count, at any alignment; channels that are neighbours are one array.
        // `to` is aligned for `E`, which an array of it needs no more than.
        unsafe {
            let channels: [T; PIXEL] = match channel == size_of::<T>() as isize {
                true => pixel.cast::<[T; PIXEL]>().read_unaligned(),
                false => std::array::from_fn(|at| pixel.offset(at as isize * channel).cast::<T>().read_unaligned()),
            };
            to.cast::<[E; PIXEL]>().add(index).write(channels.map(E::from));
        }
    }
}
