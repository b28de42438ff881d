//! Source rows that cannot be read in place: with gaps between pixels, too short for a level's windows, or of pixels
//! that are converted first.

use std::ops::Range;

use pixfuse_spec::Sample;

use super::convert::Conversion;
use super::held::MOST;
use super::scratch::pitch;
use super::{Request, wide};
use crate::image::view::View;
use crate::simd::{Simd, Task};

/// Columns of a turned image whose lines of memory are kept in the first cache while all rows of a block read them.
const STRIP: usize = 64;

/// Scratch for rows that are packed together, in bytes.
const TOGETHER: usize = 384 << 10;

/// Rows of a turned image that are packed as one: so many of its pixels are loaded at once.
pub(super) const GROUP: u32 = 4;

/// Which pixels of a row are packed, and how.
pub(super) struct Pack {
    columns: Columns,
    /// Bytes of a pixel in one plane; samples where they are wide.
    pub(super) pixel: usize,
    form: Form,
    /// Whether the pixels of a column lie closer together than those of a row.
    turned: bool,
    source_rows: usize,
}

/// Source columns that are packed.
pub(super) enum Columns {
    Reach(Range<usize>),
    Picked(Vec<u32>),
}

/// How pixels are packed.
enum Form {
    /// As they are; they follow each other without a gap, and are packed for the room behind them only.
    Dense,
    /// As they are.
    Strided,
    Converted(Conversion),
    /// As f32.
    Wide(Sample),
}

impl Columns {
    /// How many.
    fn count(&self) -> usize {
        match self {
            Self::Reach(reach) => reach.len(),
            Self::Picked(columns) => columns.len(),
        }
    }
}

impl Pack {
    pub(super) fn new(request: &Request, columns: Columns, pixel: usize) -> Self {
        let source = &request.source;
        let dense = source.column_stride == pixel as isize && (pixel == 1 || source.channel_stride == 1);
        let form = match (request.conversion, request.sample) {
            (Some(conversion), _) => Form::Converted(conversion),
            (None, Sample::U8) if dense => Form::Dense,
            (None, Sample::U8) => Form::Strided,
            (None, sample) => Form::Wide(sample),
        };
        Self { columns, pixel, form, turned: source.turned, source_rows: source.rows }
    }

    /// As [`new`](Self::new), of all pixels from one column to another.
    pub(super) fn reach(request: &Request, reach: Range<u32>, pixel: usize) -> Self {
        Self::new(request, Columns::Reach(reach.start as usize..reach.end as usize), pixel)
    }

    /// The first column.
    pub(super) fn start(&self) -> usize {
        match &self.columns {
            Columns::Reach(reach) => reach.start,
            Columns::Picked(columns) => columns[0] as usize,
        }
    }

    /// How many pixels of a row are packed.
    pub(super) fn count(&self) -> usize {
        self.columns.count()
    }

    /// Elements of a packed row: bytes, or f32 where samples are wide.
    pub(super) fn length(&self) -> usize {
        self.count() * self.pixel
    }

    /// The first pixel of a row that is read, the bytes to the last one, and from one line of memory to the next, or from
    /// one pixel where those are further apart.
    pub(super) fn lines(&self, view: &View) -> (isize, usize, usize) {
        let stride = view.pixels.strides[1];
        let ends = [self.start(), self.start() + self.count() - 1].map(|column| column as isize * stride);
        (ends[0].min(ends[1]), ends[0].abs_diff(ends[1]) + self.pixel, stride.unsigned_abs().max(64))
    }

    /// Elements of a packed row with room behind it for any window of a filter of so many taps.
    pub(super) fn room(&self, taps: usize) -> usize {
        self.length() + 256 + (taps + 4) * self.pixel
    }

    /// How many rows of so many bytes are packed at once, where `least` are read together: whole groups.
    ///
    /// A row of a turned image is a column of memory, and each of its pixels is in another line of it. So many rows are
    /// packed while those lines are in a cache. Rows that are read together may begin and end within a group: there is
    /// room for twice as many.
    pub(super) fn together(&self, least: usize, bytes: usize) -> usize {
        if !self.turned {
            return least;
        }
        (TOGETHER / pitch(bytes)).clamp((2 * least).max(8), MOST) / 8 * 8
    }

    /// Rows that are packed as one: the first is a multiple of their number. One, or more of a turned image.
    pub(super) fn group(&self) -> u32 {
        if self.turned && matches!(self.form, Form::Strided) { GROUP } else { 1 }
    }

    /// Packs these groups of rows, each row `pitch` bytes after the one before; of a planar source those of one plane.
    ///
    /// # Safety
    /// The plane and the first row of each group are inside the view; for each row [`length`](Self::length) elements and
    /// 16 bytes more are writable.
    #[inline(never)]
    pub(super) unsafe fn copy<S: Simd>(
        &self,
        simd: S,
        view: &View,
        plane: usize,
        groups: &[u32],
        to: *mut u8,
        pitch: usize,
    ) {
        // Groups of one, but for strided pixels.
        let rows = groups;
        let count = self.count();
        let whole = || match &self.columns {
            Columns::Reach(reach) => reach.clone(),
            Columns::Picked(_) => unreachable!("columns are picked of plain pixels"),
        };
        match &self.form {
            Form::Dense => {
                let first = whole().start * self.pixel;
                for (index, &row) in rows.iter().enumerate() {
                    let row = view.pixels.row(row as usize).wrapping_offset(plane as isize * view.channel_stride);
                    // SAFETY: dense pixels of the row, into scratch that has room for them.
                    unsafe { row.add(first).copy_to_nonoverlapping(to.add(index * pitch), self.length()) }
                }
            }
            Form::Strided => simd.vectorize(Strided { pack: self, view, plane, groups, to, pitch }),
            Form::Converted(_) | Form::Wide(_) => {
                let reach = whole();
                // Strip by strip: each line of memory is read for all rows while it is in the first cache.
                let strip = if self.turned { STRIP } else { count };
                for start in (0..count).step_by(strip) {
                    let columns = reach.start + start..reach.start + (start + strip).min(count);
                    for (index, &row) in rows.iter().enumerate() {
                        let to = to.wrapping_add(index * pitch);
                        // SAFETY: the caller's promise; a source that is converted has one plane here.
                        unsafe {
                            match &self.form {
                                Form::Converted(conversion) => {
                                    let to = to.add(start * self.pixel);
                                    conversion.row(simd, view, row as usize, columns.clone(), to);
                                }
                                Form::Wide(sample) => {
                                    let to = to.cast::<f32>().add(start * self.pixel);
                                    wide::interleaved(*sample, view, row as usize, columns.clone(), self.pixel, to);
                                }
                                _ => {}
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Pixels with gaps between them.
struct Strided<'a> {
    pack: &'a Pack,
    view: &'a View,
    plane: usize,
    groups: &'a [u32],
    to: *mut u8,
    pitch: usize,
}

impl<S: Simd> Task<S> for Strided<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let stride = self.view.channel_stride;
        let joined = stride == 1 || self.pack.pixel == 1;
        // SAFETY: whoever made this task promised the pixels and the places for them.
        unsafe {
            match self.pack.pixel {
                1 if self.pack.turned => self.turned::<S, 1>(simd, joined),
                3 if self.pack.turned => self.turned::<S, 3>(simd, joined),
                _ if self.pack.turned => self.turned::<S, 4>(simd, joined),
                1 => self.rows(|at| [*at]),
                3 if joined => self.rows(|at| *at.cast::<[u8; 3]>()),
                3 if stride == -1 => self.rows(|at| [*at, *at.sub(1), *at.sub(2)]),
                3 => self.rows(|at| [0, 1, 2].map(|channel| *at.offset(channel * stride))),
                _ if joined => self.rows(|at| *at.cast::<[u8; 4]>()),
                _ => self.rows(|at| [0, 1, 2, 3].map(|channel| *at.offset(channel * stride))),
            }
        }
    }
}

impl Strided<'_> {
    /// Row 0, column 0 of the plane.
    fn origin(&self) -> *const u8 {
        self.view.pixels.origin.wrapping_offset(self.plane as isize * self.view.channel_stride)
    }

    /// Row by row.
    ///
    /// # Safety
    /// As [`Pack::copy`]; `load` reads a pixel of the view.
    #[inline(always)]
    unsafe fn rows<const PIXEL: usize>(&self, load: impl Fn(*const u8) -> [u8; PIXEL]) {
        let [row_stride, column_stride] = self.view.pixels.strides;
        let first = self.pack.start() as isize * column_stride;
        for (index, &row) in self.groups.iter().enumerate() {
            let mut from = self.origin().wrapping_offset(row as isize * row_stride).wrapping_offset(first);
            let mut to = self.to.wrapping_add(index * self.pitch);
            for _ in 0..self.pack.count() {
                let pixel = load(from);
                // SAFETY: a place of a packed row, and for three bytes one behind it, which the next pixel writes again:
                // one store instead of two.
                unsafe {
                    match pixel[..] {
                        [a, b, c] => to.cast::<[u8; 4]>().write([a, b, c, 0]),
                        _ => to.cast::<[u8; PIXEL]>().write(pixel),
                    }
                }
                from = from.wrapping_offset(column_stride);
                to = to.wrapping_add(PIXEL);
            }
        }
    }

    /// Column of memory by column: four of them in all groups, then the next four. Asking for lines ahead gained nothing.
    ///
    /// # Safety
    /// As [`Pack::copy`]; `joined` says that the channels of a pixel follow each other.
    #[inline(always)]
    unsafe fn turned<S: Simd, const PIXEL: usize>(&self, simd: S, joined: bool) {
        let Self { pack, view, groups, to, pitch, .. } = *self;
        let ([row_stride, column_stride], count) = (view.pixels.strides, pack.count());
        // Groups whose pixels of a column lie one behind the other; the last group of an image may have fewer rows.
        let joined = joined && row_stride.unsigned_abs() == PIXEL && count >= 4;
        let whole = if joined { pack.source_rows as u32 / GROUP } else { 0 };
        // Where they lie backwards, the last row has the first byte.
        let (first_byte, order) = if row_stride < 0 { (3 * row_stride, [3, 2, 1, 0]) } else { (0, [0, 1, 2, 3]) };
        let places = order.map(|row| row * pitch);
        for start in (0..count).step_by(4) {
            // The last four columns overlap those before: there are no tails.
            let first = start.min(count.saturating_sub(4));
            let columns = [0, 1, 2, 3].map(|x| {
                let index = (first + x).min(count - 1);
                let column = match &pack.columns {
                    Columns::Reach(reach) => reach.start + index,
                    Columns::Picked(columns) => columns[index] as usize,
                };
                self.origin().wrapping_offset(column as isize * column_stride)
            });
            let mut to = to.wrapping_add(first * PIXEL);
            for &group in groups {
                let row = group * GROUP;
                let offset = row as isize * row_stride;
                if group < whole {
                    let columns = columns.map(|column| column.wrapping_offset(offset + first_byte));
                    // SAFETY: the caller's promise: the four rows are inside the view, and a column's pixels follow each
                    // other in memory. What is written behind four pixels is written again by the next four, or is behind
                    // the row.
                    unsafe { simd.turn::<PIXEL>(columns, places.map(|place| to.wrapping_add(place))) };
                } else {
                    for y in 0..(pack.source_rows - row as usize).min(GROUP as usize) {
                        for (x, column) in columns.iter().enumerate().take(count) {
                            let pixel = column.wrapping_offset(offset + y as isize * row_stride);
                            for channel in 0..PIXEL {
                                // SAFETY: a channel of a pixel of the view, and its place.
                                unsafe {
                                    let value = *pixel.offset(channel as isize * view.channel_stride);
                                    *to.add(y * pitch + x * PIXEL + channel) = value;
                                }
                            }
                        }
                    }
                }
                to = to.wrapping_add(GROUP as usize * pitch);
            }
        }
    }
}
