//! Source rows that cannot be read in place: with gaps between pixels, too short for a level's windows, or of pixels
//! that are converted first.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::slice;

use pixfuse_spec::Sample;

use super::blocks::whole;
use super::convert::Conversion;
use super::scratch::{Held, pitch};
use super::turn::Turn;
use super::{Request, Source};
use crate::image::view::{Channel, View};
use crate::simd::{Simd, Task, copy, write};

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

    /// The place of a row in the scratch of a plane; if it is not there, the block that it is in is packed first: of what is
    /// not inside the view nothing is.
    ///
    /// # Safety
    /// `scratch` has the bytes that [`place`](Self::place) gave.
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
            // SAFETY: the caller promises scratch for so many blocks of rows, and `place` is below their number.
            let to = unsafe { slice::from_raw_parts_mut(to.cast::<MaybeUninit<u8>>(), *block as usize * pitch) };
            self.copy(simd, (view, plane), first..(first + block).min(rows.end), to);
            held[place] = Some(number);
        }
        to.wrapping_add(index as usize * pitch)
    }

    /// Copies the pixels of some rows that are read, so that they are dense; of a planar source those of one plane. Each row has
    /// a pitch of `to`.
    fn copy<S: Simd>(
        &self,
        simd: S,
        (view, plane): (&View<'_>, usize),
        mut rows: Range<u32>,
        mut to: &mut [MaybeUninit<u8>],
    ) {
        let Self { reach, pixel, pitch, .. } = self;
        if self.turns(view) {
            let groups = rows.len() / 4;
            let (turned, rest) = to.split_at_mut(groups * 4 * pitch);
            let start = rows.start as usize;
            let (reach, rows_turned) = (reach.clone(), start..start + groups * 4);
            simd.vectorize(Turn {
                view,
                plane,
                pixel: *pixel,
                rows: rows_turned,
                columns: reach,
                pitch: *pitch,
                to: turned,
            });
            rows.start += groups as u32 * 4;
            to = rest;
        }
        if self.skips_fourth(view) {
            return simd.vectorize(ThreeOfFour { pack: self, view, rows, to });
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
            for (row, to) in rows.clone().zip(to.chunks_mut(*pitch)) {
                let Some(conversion) = &self.conversion else {
                    self.plain((view, plane), row as usize, columns.clone(), to, element);
                    continue;
                };
                if let Some(to) = to.get_mut(element..element + columns.len() * pixel) {
                    conversion.row(simd, view, row as usize, columns.clone(), to);
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

    /// Copies some columns of a row that are not converted, from this element of the packed row on: bytes, or f32 of wide
    /// samples. It needs no level, and is compiled once.
    #[inline(never)]
    fn plain(
        &self,
        (view, plane): (&View<'_>, usize),
        row: usize,
        columns: Range<usize>,
        to: &mut [MaybeUninit<u8>],
        element: usize,
    ) {
        let elements = element..element + columns.len() * self.pixel;
        if self.sample == Sample::U8 {
            let Some(to) = to.get_mut(elements) else { return };
            if self.dense {
                return copy(to, view.dense(row, columns, plane, self.pixel).unwrap_or_default());
            }
            let pixels = (view, row, columns, plane);
            return match self.pixel {
                1 => lay::<u8, u8, 1, 1>(pixels, to),
                3 => lay::<u8, u8, 3, 3>(pixels, to),
                _ => lay::<u8, u8, 4, 4>(pixels, to),
            };
        }
        // SAFETY: four bytes that need not be initialised are an f32 that need not.
        let (_, to, _) = unsafe { to.align_to_mut::<MaybeUninit<f32>>() };
        let Some(to) = to.get_mut(elements) else { return };
        let pixels = (view, row, columns, plane);
        match (self.sample, self.pixel) {
            (Sample::U16, 1) => lay::<u16, f32, 1, 2>(pixels, to),
            (Sample::U16, 3) => lay::<u16, f32, 3, 6>(pixels, to),
            (Sample::U16, _) => lay::<u16, f32, 4, 8>(pixels, to),
            (_, 1) => lay::<f32, f32, 1, 4>(pixels, to),
            (_, 3) => lay::<f32, f32, 3, 12>(pixels, to),
            _ => lay::<f32, f32, 4, 16>(pixels, to),
        }
    }
}

/// Rows of pixels of which three of four bytes are read.
struct ThreeOfFour<'a> {
    pack: &'a Pack,
    view: &'a View<'a>,
    rows: Range<u32>,
    /// A pitch for each row.
    to: &'a mut [MaybeUninit<u8>],
}

impl<S: Simd> Task<S> for ThreeOfFour<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let Self { pack: Pack { reach, pitch, .. }, view, rows, to } = self;
        for (row, to) in rows.zip(to.chunks_mut(*pitch)) {
            let Some(pixels) = view.neighbours::<u8, 3>(row as usize, reach.clone(), 0) else { return };
            let (to, _) = to.as_chunks_mut::<3>();
            let mut done = 0;
            for (from, to) in whole::<S, 4, 3>(pixels.spaced::<4>(), to) {
                simd.store_pixels_u8(to, simd.load_pixels::<4, 3>(from));
                done += S::LANES;
            }
            for (index, at) in to.iter_mut().enumerate().skip(done) {
                let Some(pixel) = pixels.get(index) else { break };
                write(at, pixel);
            }
        }
    }
}

/// Lays pixels side by side, as many as there is room for. The number of channels is a constant: a loop over them took seven
/// times as long; and so are the bytes of a pixel, `STRIDE`, where nothing lies between two of them.
#[inline(always)]
fn lay<T: Channel, E: From<T> + Copy, const PIXEL: usize, const STRIDE: usize>(
    (view, row, columns, plane): (&View<'_>, usize, Range<usize>, usize),
    to: &mut [MaybeUninit<E>],
) {
    const { assert!(size_of::<[T; PIXEL]>() == STRIDE, "pixels of so many bytes") };
    let (pixels, _) = to.as_chunks_mut::<PIXEL>();
    if let Some(line) = view.neighbours::<T, PIXEL>(row, columns.clone(), plane) {
        let adjoining = line.spaced::<STRIDE>();
        for (at, pixel) in pixels.iter_mut().zip(adjoining) {
            write(at, bytemuck::pod_read_unaligned::<[T; PIXEL]>(pixel).map(E::from));
        }
        for (index, at) in pixels.iter_mut().enumerate().skip(adjoining.len()) {
            let Some(pixel) = line.get(index) else { return };
            write(at, pixel.map(E::from));
        }
        return;
    }
    let lines: [_; PIXEL] = std::array::from_fn(|channel| view.channel::<T>(row, columns.clone(), plane + channel));
    let Some(lines) = lines.first().copied().flatten().map(|first| lines.map(|line| line.unwrap_or(first))) else {
        return;
    };
    for (index, at) in pixels.iter_mut().enumerate() {
        write(at, lines.map(|line| E::from(line.get(index).unwrap_or_else(T::zeroed))));
    }
}
