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

impl BlockTaps<'_> {
    /// The weights as words (left, right).
    pub(super) fn pairs<const LANES: usize>(&self) -> [[i16; 2]; LANES] {
        std::array::from_fn(|lane| self.weights.get(lane).copied().unwrap_or_default())
    }
}
