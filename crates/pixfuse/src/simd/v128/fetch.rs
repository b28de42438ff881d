//! Where the bytes of a block are fetched from: what every level of vectors asks of its taps.

use std::ops::Range;

use crate::simd::BlockTaps;

/// How a level brings the bytes of a block together before it shuffles them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simd) enum Fetch {
    /// All taps lie in one window, all of it readable.
    Window {
        /// First byte, moved left where the window would pass the end of the row.
        base: isize,
    },
    /// The taps of each lane lie in eight readable bytes.
    Words,
    /// One byte at a time: rows with gaps, and rows shorter than eight bytes.
    Bytes,
}

impl BlockTaps<'_> {
    /// The offset of one byte.
    pub(in crate::simd) fn byte(&self, lane: usize, tap: usize, channel: usize) -> isize {
        self.offsets[lane][tap] + channel as isize * self.channel_stride
    }

    /// First byte and one past the last byte of some lanes.
    pub(in crate::simd) fn span(&self, lanes: Range<usize>) -> Range<isize> {
        let first = self.byte(lanes.start, 0, 0);
        let mut span = first..first + 1;
        for lane in lanes {
            for tap in 0..self.taps {
                // Channels are evenly spaced: the first and the last one bound the others.
                for channel in [0, self.channels - 1] {
                    let byte = self.byte(lane, tap, channel);
                    span = span.start.min(byte)..span.end.max(byte + 1);
                }
            }
        }
        span
    }

    /// Where a load of `bytes` that holds `span` can start without leaving the row, if there is such a place.
    pub(in crate::simd) fn window(&self, span: Range<isize>, bytes: isize) -> Option<isize> {
        let base = span.start.min(self.readable.end - bytes);
        (base >= self.readable.start && span.start >= base && span.end <= base + bytes).then_some(base)
    }

    /// Where eight bytes that hold all taps of a lane start, for every lane; not for rows of gigabytes.
    pub(in crate::simd) fn words<const LANES: usize>(&self) -> Option<[i32; LANES]> {
        let mut starts = [0; LANES];
        for (lane, start) in starts.iter_mut().enumerate() {
            *start = self.window(self.span(lane..lane + 1), 8)?.try_into().ok()?;
        }
        Some(starts)
    }

    /// The bytes of a lane when they are fetched one at a time: tap by tap, channel by channel, in a slot of eight.
    pub(in crate::simd) fn slot(&self, tap: usize, channel: usize) -> usize {
        tap * self.channels + channel
    }
}

/// Reads the taps of every lane one byte at a time, each lane into its slot of eight bytes. A call, which keeps what few images
/// need out of every kernel; it has no vectors.
///
/// # Safety
/// Each tap of each lane, of `C` channels, is readable from `row`.
#[cold]
#[inline(never)]
pub(in crate::simd) unsafe fn gather_bytes<const C: usize, const TAPS: usize>(
    row: *const u8,
    offsets: &[[isize; 2]],
    channel_stride: isize,
    slots: &mut [u8],
) {
    for (lane, slot) in offsets.iter().zip(slots.chunks_exact_mut(8)) {
        for tap in 0..TAPS {
            for channel in 0..C {
                // SAFETY: the caller promises each tap of each lane.
                slot[tap * C + channel] = unsafe { *row.offset(lane[tap] + channel as isize * channel_stride) };
            }
        }
    }
}
