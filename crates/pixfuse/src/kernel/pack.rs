//! Source rows that cannot be read in place: with gaps between pixels, or too short for a level's windows.

use std::ops::Range;

use super::Source;

/// Which pixels of a row are copied.
pub(super) struct Pack {
    /// Source columns that are read.
    pub(super) reach: Range<usize>,
    /// Bytes of a pixel in one plane.
    pub(super) pixel: usize,
    column_stride: isize,
    channel_stride: isize,
    /// Whether pixels follow each other without a gap: rows are packed for the room behind them only.
    dense: bool,
}

impl Pack {
    pub(super) fn new(source: &Source, reach: Range<u32>, pixel: usize) -> Self {
        let Source { column_stride, channel_stride, .. } = *source;
        let dense = column_stride == pixel as isize && (pixel == 1 || channel_stride == 1);
        Self { reach: reach.start as usize..reach.end as usize, pixel, column_stride, channel_stride, dense }
    }

    /// Bytes that are read of a dense row.
    pub(super) fn length(&self) -> usize {
        self.reach.len() * self.pixel
    }

    /// Where the bytes that are read of a row start, from its column 0, and how far they reach.
    pub(super) fn span(&self) -> (isize, usize) {
        let ends = [self.reach.start, self.reach.end - 1].map(|column| column as isize * self.column_stride);
        (ends[0].min(ends[1]), ends[0].abs_diff(ends[1]) + self.pixel)
    }

    /// Bytes of a packed row with room behind it for any window of a filter of so many taps.
    pub(super) fn room(&self, taps: usize) -> usize {
        self.length() + 256 + (taps + 4) * self.pixel
    }

    /// Copies the pixels that are read, so that they are dense.
    ///
    /// # Safety
    /// `row` is a row of the view, from column 0; [`length`](Self::length) bytes are writable at `to`.
    #[inline(never)]
    pub(super) unsafe fn copy(&self, row: *const u8, to: *mut u8) {
        if self.dense {
            // SAFETY: dense pixels of the row, into scratch that has room for them.
            return unsafe { row.add(self.reach.start * self.pixel).copy_to_nonoverlapping(to, self.length()) };
        }
        for (index, column) in self.reach.clone().enumerate() {
            for channel in 0..self.pixel {
                let offset = column as isize * self.column_stride + channel as isize * self.channel_stride;
                // SAFETY: a channel of a pixel of the view, and index < reach.len().
                unsafe { *to.add(index * self.pixel + channel) = *row.offset(offset) };
            }
        }
    }
}
