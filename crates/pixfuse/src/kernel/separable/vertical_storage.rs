//! What a vertical pass keeps between output rows.

use std::ops::Range;

use crate::kernel::scratch::pitch;
use crate::simd::{CacheLine, RowList, ScratchRows};

/// A ring of rows up to this size is kept whatever it holds: it stays in the first caches.
const SMALL: usize = 128 << 10;

/// The rows that an output row weighs are kept in a ring. Where rows are long and taps many that is more than the sums of
/// all output rows that share a row: those are kept instead, and each row is added to them when it is made. Rows are
/// what the first pass makes, of four bytes an element: rows of sums, or quads.
#[derive(Clone, Copy)]
pub(super) struct VerticalStorage {
    kept: Kept,
    /// Cache lines from one row or its sums to the next.
    pitch: usize,
    /// Those of them that have elements.
    lines: usize,
}

#[derive(Clone, Copy)]
enum Kept {
    /// So many rows.
    RowRing(u32),
    /// The sums of so many output rows, and one row before them.
    Accumulators(u32),
}

impl VerticalStorage {
    /// For the rows that each output row weighs, from the first to the last, of so many elements.
    pub(super) fn new(weighed: &[Range<u32>], length: usize) -> Self {
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
        let bytes = length * 4;
        let is_large = rows > sums + 1 && rows as usize * pitch(bytes) > SMALL;
        let kept = if is_large { Kept::Accumulators(sums) } else { Kept::RowRing(rows) };
        Self { kept, pitch: pitch(bytes) / 64, lines: bytes.div_ceil(64) }
    }

    /// Keeps so many more rows than are in use at once; `None` where sums are kept.
    pub(super) fn with_more(self, rows: u32) -> Option<Self> {
        let Kept::RowRing(kept) = self.kept else { return None };
        Some(Self { kept: Kept::RowRing(kept + rows), ..self })
    }

    /// How many cache lines of scratch that takes.
    pub(super) fn scratch(&self) -> usize {
        let rows = match self.kept {
            Kept::RowRing(rows) => rows as usize,
            Kept::Accumulators(sums) => sums as usize + 1,
        };
        rows * self.pitch
    }

    /// The place of a row.
    #[inline(always)]
    fn place(&self, row: u32) -> usize {
        match self.kept {
            Kept::RowRing(rows) => (row % rows) as usize,
            Kept::Accumulators(_) => 0,
        }
    }

    /// The place of an output row's sums; none where rows are kept.
    #[inline(always)]
    fn sums(&self, output: usize) -> Option<usize> {
        match self.kept {
            Kept::RowRing(_) => None,
            Kept::Accumulators(sums) => Some(1 + output % sums as usize),
        }
    }

    /// The places of some rows, neighbours of which there are as many as are kept, or fewer.
    #[inline(always)]
    pub(super) fn rows<'a, const ROWS: usize>(
        &self,
        rows: [u32; ROWS],
        scratch: &'a mut [CacheLine],
    ) -> [&'a mut [CacheLine]; ROWS] {
        let places = rows.map(|row| {
            let start = self.place(row) * self.pitch;
            start..start + self.pitch
        });
        scratch.get_disjoint_mut(places).expect("neighbours have places of their own")
    }

    /// What an output row is made of: the rows that it weighs, or its sums.
    #[inline(always)]
    pub(super) fn weighed<'a>(
        &self,
        output: usize,
        rows: Range<u32>,
        list: &'a mut RowList,
        scratch: &'a [CacheLine],
    ) -> Weighed<'a> {
        match self.sums(output) {
            Some(sums) => Weighed::Sums(list.of(scratch, self.pitch, [sums].into_iter())),
            None => Weighed::Rows(list.of(scratch, self.pitch, rows.map(|row| self.place(row)))),
        }
    }

    /// The sums that a row in its place is added to: those of the output rows from `output` on that weigh it. None where
    /// rows are kept.
    #[inline(always)]
    pub(super) fn accumulators<'a>(
        &self,
        output: usize,
        row: u32,
        weighed: &'a [Range<u32>],
        scratch: &'a mut [CacheLine],
    ) -> Accumulators<'a> {
        let (place, sums) = scratch.split_at_mut(self.pitch);
        Accumulators { storage: *self, output, row, weighed, values: &place[..self.lines], sums }
    }
}

/// What an output row is made of.
pub(super) enum Weighed<'a> {
    Rows(ScratchRows<'a>),
    /// One row.
    Sums(ScratchRows<'a>),
}

/// A row, and the sums that it is added to, one after the other.
pub(super) struct Accumulators<'a> {
    storage: VerticalStorage,
    output: usize,
    row: u32,
    weighed: &'a [Range<u32>],
    values: &'a [CacheLine],
    sums: &'a mut [CacheLine],
}

/// The sums of an output row, to which a row is added.
pub(super) struct Accumulator<'a> {
    pub(super) output: usize,
    /// Which of the rows that the output row weighs it is; the sums start with the first.
    pub(super) tap: u32,
    pub(super) values: &'a [CacheLine],
    pub(super) sums: &'a mut [CacheLine],
}

impl Accumulators<'_> {
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<Accumulator<'_>> {
        loop {
            let output = self.output;
            let (place, weighed) = (self.storage.sums(output)?, self.weighed.get(output)?);
            if weighed.start > self.row {
                return None;
            }
            self.output += 1;
            if self.row < weighed.end {
                let sums = &mut self.sums[(place - 1) * self.storage.pitch..][..self.storage.lines];
                return Some(Accumulator { output, tap: self.row - weighed.start, values: self.values, sums });
            }
        }
    }
}
