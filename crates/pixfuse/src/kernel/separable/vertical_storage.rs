//! What a vertical pass keeps between output rows.

use std::ops::Range;

/// A ring of rows up to this size is kept whatever it holds: it stays in the first caches.
const SMALL: usize = 128 << 10;

/// The rows that an output row weighs are kept in a ring. Where rows are long and taps many that is more than the sums of
/// all output rows that share a row: those are kept instead, and each row is added to them when it is made. Rows are
/// what the first pass makes: rows of sums, or quads.
#[derive(Clone, Copy)]
pub(super) enum VerticalStorage {
    /// So many rows.
    RowRing(u32),
    /// The sums of so many output rows, and one row.
    Accumulators(u32),
}

impl VerticalStorage {
    /// For the rows that each output row weighs, from the first to the last, where a row and its sums take `pitch` bytes.
    pub(super) fn new(weighed: &[Range<u32>], pitch: usize) -> Self {
        // How many rows are in use at once, and how many output rows.
        let (mut rows, mut sums, mut end, mut oldest) = (0, 0, 0, 0);
        for (output, weighed_here) in weighed.iter().enumerate() {
            end = end.max(weighed_here.end);
            rows = rows.max(end - weighed_here.start);
            while weighed[oldest].end <= weighed_here.start {
                oldest += 1;
            }
            sums = sums.max((output - oldest + 1) as u32);
        }
        if rows > sums + 1 && rows as usize * pitch > SMALL { Self::Accumulators(sums) } else { Self::RowRing(rows) }
    }

    /// How many pitches of scratch that takes.
    pub(super) fn count(self) -> usize {
        match self {
            Self::RowRing(rows) => rows as usize,
            Self::Accumulators(sums) => sums as usize + 1,
        }
    }

    /// The place of a row.
    #[inline(always)]
    pub(super) fn row(self, row: u32) -> usize {
        match self {
            Self::RowRing(rows) => (row % rows) as usize,
            Self::Accumulators(_) => 0,
        }
    }

    /// The place of an output row's sums; none where rows are kept.
    #[inline(always)]
    pub(super) fn sums(self, output: usize) -> Option<usize> {
        match self {
            Self::RowRing(_) => None,
            Self::Accumulators(sums) => Some(1 + output % sums as usize),
        }
    }
}
