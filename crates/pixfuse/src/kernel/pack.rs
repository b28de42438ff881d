//! Source rows that cannot be read in place: with gaps between pixels, too short for a level's windows, or of pixels
//! that are converted first.

use std::ops::Range;

use super::Request;
use super::convert::Conversion;
use crate::image::view::View;
use crate::simd::Simd;

/// Which pixels of a row are copied, and how.
pub(super) struct Pack {
    /// Source columns that are read.
    pub(super) reach: Range<usize>,
    /// Bytes of a pixel in one plane.
    pub(super) pixel: usize,
    conversion: Option<Conversion>,
    /// Whether pixels follow each other without a gap: rows are packed for the room behind them only.
    dense: bool,
}

impl Pack {
    pub(super) fn new(request: &Request, reach: Range<u32>, pixel: usize) -> Self {
        let source = &request.source;
        let dense = source.column_stride == pixel as isize && (pixel == 1 || source.channel_stride == 1);
        let reach = reach.start as usize..reach.end as usize;
        Self { reach, pixel, conversion: request.conversion, dense }
    }

    /// Bytes that are read of a dense row.
    pub(super) fn length(&self) -> usize {
        self.reach.len() * self.pixel
    }

    /// The first pixel of a row that is read, the bytes to the last one, and from one line of memory to the next, or from
    /// one pixel where those are further apart.
    pub(super) fn lines(&self, view: &View) -> (isize, usize, usize) {
        let stride = view.pixels.strides[1];
        let ends = [self.reach.start, self.reach.end - 1].map(|column| column as isize * stride);
        (ends[0].min(ends[1]), ends[0].abs_diff(ends[1]) + self.pixel, stride.unsigned_abs().max(64))
    }

    /// Bytes of a packed row with room behind it for any window of a filter of so many taps.
    pub(super) fn room(&self, taps: usize) -> usize {
        self.length() + 256 + (taps + 4) * self.pixel
    }

    /// Copies the pixels of a row that are read, so that they are dense; of a planar source those of one plane.
    ///
    /// # Safety
    /// The row and the plane are inside the view; [`length`](Self::length) bytes are writable at `to`.
    #[inline(never)]
    pub(super) unsafe fn copy<S: Simd>(&self, simd: S, view: &View, plane: usize, row: usize, to: *mut u8) {
        if let Some(conversion) = &self.conversion {
            // SAFETY: the caller's promise; a source that is converted has one plane here.
            return unsafe { conversion.row(simd, view, row, self.reach.clone(), to) };
        }
        let row = view.pixels.row(row).wrapping_offset(plane as isize * view.channel_stride);
        if self.dense {
            // SAFETY: dense pixels of the row, into scratch that has room for them.
            return unsafe { row.add(self.reach.start * self.pixel).copy_to_nonoverlapping(to, self.length()) };
        }
        for (index, column) in self.reach.clone().enumerate() {
            for channel in 0..self.pixel {
                let offset = column as isize * view.pixels.strides[1] + channel as isize * view.channel_stride;
                // SAFETY: a channel of a pixel of the view, and index < reach.len().
                unsafe { *to.add(index * self.pixel + channel) = *row.offset(offset) };
            }
        }
    }
}
