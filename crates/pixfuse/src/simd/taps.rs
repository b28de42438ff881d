//! Which bytes one block reads from a source row: the common ground of every level's column tables.

use std::marker::PhantomData;
use std::ops::Range;

#[cfg(not(feature = "std"))]
use crate::prelude::*;

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

/// A block as it is fetched: `ROWS` rows, and the columns of `TAPS` taps of `C` channels that were made for such rows.
pub struct Fetched<'a, L, const C: usize, const TAPS: usize, const ROWS: usize> {
    rows: [*const u8; ROWS],
    columns: &'a L,
    borrowed: PhantomData<&'a [u8]>,
}

impl<L, const C: usize, const TAPS: usize, const ROWS: usize> Clone for Fetched<'_, L, C, TAPS, ROWS> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L, const C: usize, const TAPS: usize, const ROWS: usize> Copy for Fetched<'_, L, C, TAPS, ROWS> {}

/// Bytes that are read from each of some places in a row, all of them inside what may be read.
#[derive(Clone, Debug)]
pub(crate) struct Places<const COUNT: usize, const BYTES: usize>([i32; COUNT]);

/// Taps of `LANES` pixels that are read one byte at a time: rows with gaps, and rows shorter than eight bytes.
#[derive(Clone, Debug)]
pub(crate) struct Apart<const LANES: usize> {
    offsets: [[isize; 2]; LANES],
    channel_stride: isize,
}

/// How the bytes of eight pixels are brought together: those of each two pixels in 16 bytes.
pub(super) enum PixelPairs {
    /// The taps of two pixels lie in 16 bytes.
    Windows(Places<4, 16>),
    /// The taps of each pixel lie in eight.
    Words(Places<8, 8>),
    /// A box: it is larger than the others, and hardly ever needed.
    Bytes(Box<Apart<8>>),
}

/// Places in some rows.
#[derive(Clone, Copy)]
pub(crate) struct PlacesOf<'a, const COUNT: usize, const BYTES: usize, const ROWS: usize> {
    rows: [*const u8; ROWS],
    places: &'a Places<COUNT, BYTES>,
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

    /// Places from which `BYTES` bytes are readable, each the start that was given; not in rows of gigabytes.
    pub(super) fn places<const COUNT: usize, const BYTES: usize>(
        &self,
        starts: [isize; COUNT],
    ) -> Option<Places<COUNT, BYTES>> {
        let mut places = [0; COUNT];
        for (place, start) in places.iter_mut().zip(starts) {
            let is_readable = start >= self.readable.start && start.checked_add(BYTES as isize)? <= self.readable.end;
            *place = is_readable.then_some(start)?.try_into().ok()?;
        }
        Some(Places(places))
    }

    /// Where eight bytes that hold all taps of a lane start, for every lane.
    pub(super) fn words<const LANES: usize>(&self) -> Option<Places<LANES, 8>> {
        let mut starts = [0; LANES];
        for (lane, start) in starts.iter_mut().enumerate() {
            *start = self.window(self.span(lane..lane + 1), 8)?;
        }
        self.places(starts)
    }

    /// The taps one by one.
    pub(super) fn apart<const LANES: usize>(&self) -> Apart<LANES> {
        Apart { offsets: std::array::from_fn(|lane| self.offsets[lane]), channel_stride: self.channel_stride }
    }

    /// The bytes of a lane when they are fetched one at a time: tap by tap, channel by channel, in a slot of eight.
    pub(super) fn slot(&self, tap: usize, channel: usize) -> usize {
        tap * self.channels + channel
    }
}

impl PixelPairs {
    pub(super) fn new(taps: &BlockTaps<'_>) -> Self {
        let mut starts = Some([0; 4]);
        for two in 0..4 {
            let window = taps.window(taps.span(two * 2..two * 2 + 2), 16);
            starts = starts.zip(window).map(|(mut starts, start)| {
                starts[two] = start;
                starts
            });
        }
        match (starts.and_then(|starts| taps.places(starts)), taps.words()) {
            (Some(windows), _) => Self::Windows(windows),
            (None, Some(words)) => Self::Words(words),
            (None, None) => Self::Bytes(Box::new(taps.apart())),
        }
    }

    /// Where a byte is among the 16 of its pixel and that pixel's neighbour.
    pub(super) fn place(&self, taps: &BlockTaps<'_>, lane: usize, tap: usize, channel: usize) -> u8 {
        let (byte, second) = (taps.byte(lane, tap, channel), lane % 2 * 8);
        let place = match self {
            Self::Windows(windows) => (byte - windows.start(lane / 2)) as usize,
            Self::Words(words) => second + (byte - words.start(lane)) as usize,
            Self::Bytes(_) => second + taps.slot(tap, channel),
        };
        place as u8
    }

    #[inline(always)]
    pub(super) fn windows(&self) -> Option<&Places<4, 16>> {
        if let Self::Windows(windows) = self { Some(windows) } else { None }
    }

    #[inline(always)]
    pub(super) fn words(&self) -> Option<&Places<8, 8>> {
        if let Self::Words(words) = self { Some(words) } else { None }
    }

    #[inline(always)]
    pub(super) fn bytes(&self) -> Option<&Apart<8>> {
        if let Self::Bytes(apart) = self { Some(apart) } else { None }
    }
}

impl<const COUNT: usize, const BYTES: usize> Places<COUNT, BYTES> {
    /// The byte of a row where one of them starts.
    pub(super) fn start(&self, number: usize) -> isize {
        self.0[number] as isize
    }
}

impl<'a, L, const C: usize, const TAPS: usize, const ROWS: usize> Fetched<'a, L, C, TAPS, ROWS> {
    /// # Safety
    /// The columns were made for `C` channels and `TAPS` taps, or more, and what their `BlockTaps` promise is readable from each
    /// row, for `'a`.
    #[inline(always)]
    pub(crate) unsafe fn new(rows: [*const u8; ROWS], columns: &'a L) -> Self {
        Self { rows, columns, borrowed: PhantomData }
    }

    /// What a level knows of the columns.
    #[inline(always)]
    pub(super) fn columns(&self) -> &'a L {
        self.columns
    }

    /// Places that the columns have, in these rows: of no other columns, since a function of any lifetime gives them.
    #[inline(always)]
    pub(super) fn at<const COUNT: usize, const BYTES: usize>(
        &self,
        places: impl for<'c> FnOnce(&'c L) -> Option<&'c Places<COUNT, BYTES>>,
    ) -> Option<PlacesOf<'a, COUNT, BYTES, ROWS>> {
        Some(PlacesOf { rows: self.rows, places: places(self.columns)? })
    }

    /// The taps of each lane in one of the rows, in slots of eight bytes, where columns take them one by one. A call, which keeps
    /// what few images need out of every kernel; it has no vectors. It takes the block by value: one whose address is taken
    /// would be stored for each call that is not made.
    #[cold]
    #[inline(never)]
    pub(super) fn gather<const LANES: usize>(
        self,
        row: usize,
        apart: impl for<'c> FnOnce(&'c L) -> Option<&'c Apart<LANES>>,
    ) -> [[u8; 8]; LANES] {
        let mut slots = [[0; 8]; LANES];
        for (slot, taps) in slots.iter_mut().zip(self.taps(row, apart)) {
            slot[..TAPS * C].copy_from_slice(taps.as_flattened());
        }
        slots
    }

    /// The taps of each lane in one of the rows, where columns take them one by one.
    #[inline(always)]
    pub(super) fn taps<const LANES: usize>(
        &self,
        row: usize,
        apart: impl for<'c> FnOnce(&'c L) -> Option<&'c Apart<LANES>>,
    ) -> [[[u8; C]; TAPS]; LANES] {
        let mut lanes = [[[0; C]; TAPS]; LANES];
        let Some(Apart { offsets, channel_stride }) = apart(self.columns) else { return lanes };
        let row = self.rows[row];
        for (offsets, taps) in offsets.iter().zip(&mut lanes) {
            for (offset, channels) in offsets.iter().zip(taps) {
                for (channel, byte) in channels.iter_mut().enumerate() {
                    let at = offset + channel as isize * channel_stride;
                    // SAFETY: `new` promises `C` channels of `TAPS` taps of each lane of its columns, of which these are.
                    *byte = unsafe { *row.offset(at) };
                }
            }
        }
        lanes
    }
}

impl<'a, const COUNT: usize, const BYTES: usize, const ROWS: usize> PlacesOf<'a, COUNT, BYTES, ROWS> {
    /// The bytes from one of the places on, in one of the rows.
    #[inline(always)]
    pub(super) fn bytes(self, row: usize, number: usize) -> &'a [u8; BYTES] {
        // SAFETY: `BlockTaps::places` found so many bytes from each place to be inside what may be read of a row, which
        // `Fetched::new` promises of these rows for the columns that have the places.
        unsafe { &*self.rows[row].offset(self.places.0[number] as isize).cast() }
    }
}
