//! The vertical pass of the rounded filters, over *quads*: four rows of bytes side by side, element by element. Four rows
//! times four weights are one step of every level's multiply-and-add, so that no row is shuffled twice.

use std::ops::Range;

use super::vertical_storage::{Accumulator, VerticalStorage, Weighed};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{CacheLine, QUADS, RowList, ScratchRows, Simd, VerticalPass};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// The weights of the vertical pass, laid for quads.
pub(super) struct Blend<S: Simd> {
    /// The first row of quad 0.
    pub(super) top: u32,
    /// The quads of each output row.
    pub(super) quads: Vec<Range<u32>>,
    /// Where the weights of each output row start.
    starts: Vec<u32>,
    weights: S::QuadWeights,
    pub(super) storage: VerticalStorage,
    /// Elements of a row.
    length: usize,
    /// The quad after the last one.
    end: u32,
    /// How many quads are made at once: [`QUADS`] or 1.
    pub(super) at_once: usize,
}

impl<S: Simd> Blend<S> {
    /// Quads are made at once if there are `many`, where that may be.
    pub(super) fn new(simd: S, weights: &AxisWeights, length: usize, many: bool) -> Result<Self, NoMemory> {
        let top = weights.first.iter().copied().min().unwrap_or(0);
        let (mut quads, mut starts) =
            (memory::with_capacity(weights.outputs())?, memory::with_capacity(weights.outputs())?);
        let mut laid = memory::with_capacity(weights.outputs().saturating_mul(weights.taps / 4 + 2))?;
        for (output, &first) in weights.first.iter().enumerate() {
            let taps = weights.of(output);
            let taps = &taps[..taps.iter().rposition(|&weight| weight != 0).map_or(0, |last| last + 1)];
            let (start, skipped) = ((first - top) / 4, (first - top) as usize % 4);
            let count = (skipped + taps.len()).div_ceil(4).max(1);
            starts.push(laid.len() as u32);
            laid.extend((0..count).map(|quad| {
                let tap = |row: usize| (quad * 4 + row).checked_sub(skipped).and_then(|tap| taps.get(tap));
                [0, 1, 2, 3].map(|row| tap(row).copied().unwrap_or(0))
            }));
            quads.push(start..start + count as u32);
        }
        // Where each output row weighs quads that no row before it weighs, or the quad after those, all are needed.
        let none_left_out = quads.windows(2).all(|two| two[1].start <= two[0].end && two[0].end <= two[1].end);
        let end = quads.iter().map(|quads| quads.end).max().unwrap_or(0);
        let at_once = QUADS as u32;
        // The last ones may be too few: those that are made again must not be more than half of all.
        let many = many && none_left_out && 2 * end.next_multiple_of(at_once) <= 3 * end;
        let storage = VerticalStorage::new(&quads, length);
        let (storage, at_once) = match storage.with_more(at_once - 1) {
            // More are kept than an output row weighs.
            Some(storage) if many => (storage, QUADS),
            _ => (storage, 1),
        };
        let weights = S::QuadWeights::prepare(simd, &laid)?;
        Ok(Self { top, quads, starts, weights, storage, length, end, at_once })
    }

    /// The most quads that an output row weighs.
    pub(super) fn most(&self) -> usize {
        self.quads.iter().map(ExactSizeIterator::len).max().unwrap_or(0)
    }

    /// The quads to make for an output row where those before `next` have been made. Those between the last output row's
    /// and this one's are not needed.
    #[inline(always)]
    pub(super) fn made(&self, output: usize, next: u32) -> Range<u32> {
        let quads = &self.quads[output];
        let start = next.max(quads.start);
        let missing = quads.end.saturating_sub(start).next_multiple_of(self.at_once as u32);
        // There may be no other quad for the last one to be made with.
        start..(start + missing).min(self.end)
    }

    /// Makes an output row of its quads, or of its sums.
    #[inline(always)]
    pub(super) fn blend(
        &self,
        simd: S,
        output: usize,
        list: &mut RowList,
        scratch: &[CacheLine],
        out: &mut [CacheLine],
    ) {
        match self.storage.weighed(output, self.quads[output].clone(), list, scratch) {
            Weighed::Rows(quads) => {
                self.weights.blend(simd, self.starts[output] as usize, quads, out, self.length);
            }
            Weighed::Sums(sums) => round(sums, out, self.length),
        }
    }

    /// Adds a quad, which is in its place, to the sums of the output rows from `output` on that weigh it, where sums are kept.
    #[inline(always)]
    pub(super) fn add(&self, simd: S, output: usize, quad: u32, scratch: &mut [CacheLine]) {
        let mut accumulators = self.storage.accumulators(output, quad, &self.quads, scratch);
        while let Some(Accumulator { output, tap, values, sums }) = accumulators.next() {
            if tap == 0 {
                sums.fill(CacheLine::of(0));
            }
            self.weights.add(simd, (self.starts[output] + tap) as usize, values, sums);
        }
    }
}

impl<S: Simd> Holds for Blend<S> {
    fn bytes(&self) -> usize {
        memory::bytes(&self.quads) + memory::bytes(&self.starts) + self.weights.bytes()
    }
}

/// Rounds and clamps sums, of one row, to bytes.
#[inline(always)]
fn round(sums: ScratchRows<'_>, out: &mut [CacheLine], length: usize) {
    /// Sums rounded at a time.
    const CHUNK: usize = 16;
    let out = bytemuck::cast_slice_mut::<_, [u8; CHUNK]>(out);
    for (out, mut rows) in sums.blocks::<[i32; CHUNK], _>(out, length.div_ceil(CHUNK)) {
        let Some(sums) = rows.next() else { return };
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = ((sum + (1 << (ROUNDED_BITS - 1))) >> ROUNDED_BITS).clamp(0, 255) as u8;
        }
    }
}
