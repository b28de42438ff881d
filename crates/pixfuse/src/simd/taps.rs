//! Which bytes one block reads from a source row: the common ground of every level's column tables.

use std::ops::Range;

/// The taps of `LANES` neighbouring output pixels, as byte offsets from the row's column 0.
#[derive(Clone, Debug)]
pub struct BlockTaps<'a> {
    /// For each lane the offset of channel 0 of its first and its second tap; with one tap the two are equal.
    pub offsets: &'a [[isize; 2]],
    /// For each lane the weights of its taps, in 1/2048; empty for pixels that are not weighed.
    pub weights: &'a [[i16; 2]],
    /// How many taps are fetched: 1 or 2.
    pub taps: usize,
    /// How many channels are fetched: 1, 3 or 4.
    pub channels: usize,
    /// Bytes from a channel to the next.
    pub channel_stride: isize,
    /// The bytes of the row that may be read freely; empty when the row has gaps, so that only the taps themselves may.
    pub readable: Range<isize>,
}

/// How a level brings the bytes of a block together before it shuffles them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
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
    pub(super) fn byte(&self, lane: usize, tap: usize, channel: usize) -> isize {
        self.offsets[lane][tap] + channel as isize * self.channel_stride
    }

    /// First byte and one past the last byte of some lanes.
    pub(super) fn span(&self, lanes: Range<usize>) -> Range<isize> {
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
    pub(super) fn window(&self, span: Range<isize>, bytes: isize) -> Option<isize> {
        let base = span.start.min(self.readable.end - bytes);
        (base >= self.readable.start && span.start >= base && span.end <= base + bytes).then_some(base)
    }

    /// Where eight bytes that hold all taps of a lane start, for every lane; not for rows of gigabytes.
    pub(super) fn words<const LANES: usize>(&self) -> Option<[i32; LANES]> {
        let mut starts = [0; LANES];
        for (lane, start) in starts.iter_mut().enumerate() {
            *start = self.window(self.span(lane..lane + 1), 8)?.try_into().ok()?;
        }
        Some(starts)
    }

    /// The weights as words (left, right).
    pub(super) fn pairs<const LANES: usize>(&self) -> [[i16; 2]; LANES] {
        std::array::from_fn(|lane| self.weights.get(lane).copied().unwrap_or_default())
    }

    /// The bytes of a lane when they are fetched one at a time: tap by tap, channel by channel, in a slot of eight.
    pub(super) fn slot(&self, tap: usize, channel: usize) -> usize {
        tap * self.channels + channel
    }
}

/// Reads the taps of every lane one byte at a time, each lane into its slot of eight bytes.
///
/// # Safety
/// Each tap of each lane, of `C` channels, is readable from `row`.
#[inline(always)]
pub(super) unsafe fn gather_bytes<const C: usize, const TAPS: usize>(
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
