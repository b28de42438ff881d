//! The vertical pass of the rounded filters, over *quads*: four rows of bytes side by side, element by element. Four rows
//! times four weights are one step of every level's multiply-and-add, so that no row is shuffled twice.
//!
//! The quads that an output row needs are kept in a ring. Where rows are long and taps many that is more than the sums of
//! all output rows that share a source row: those are kept instead, and each quad is added to them when it is made.

use std::ops::Range;

use super::scratch::pitch;
use crate::simd::{ROUNDED_BITS, Simd};
use crate::weights::AxisWeights;

/// A ring of quads up to this size is kept whatever it holds: it stays in the first caches.
const SMALL: usize = 128 << 10;

/// The weights of the vertical pass, laid for quads.
pub(super) struct Blend<S: Simd> {
    /// The first row of quad 0.
    pub(super) top: u32,
    /// The quads of each output row.
    pub(super) quads: Vec<Range<u32>>,
    /// Where the weights of each output row start.
    starts: Vec<u32>,
    weights: Vec<S::Weights>,
    pub(super) keeping: Keeping,
    /// Elements of a row.
    pub(super) length: usize,
}

/// What is kept between output rows.
#[derive(Clone, Copy)]
pub(super) enum Keeping {
    /// So many quads.
    Quads(u32),
    /// The sums of so many output rows, and one quad.
    Sums(u32),
}

impl<S: Simd> Blend<S> {
    pub(super) fn new(simd: S, weights: &AxisWeights, length: usize) -> Self {
        let top = weights.first.iter().copied().min().unwrap_or(0);
        let (mut quads, mut starts) = (Vec::with_capacity(weights.outputs()), Vec::with_capacity(weights.outputs()));
        let mut laid = Vec::with_capacity(weights.outputs() * (weights.taps / 4 + 2));
        // How many quads are in use at once, and how many output rows.
        let (mut kept, mut open, mut end) = (0, 0, 0);
        for (output, &first) in weights.first.iter().enumerate() {
            let taps = weights.of(output);
            let taps = &taps[..taps.iter().rposition(|&weight| weight != 0).map_or(0, |last| last + 1)];
            let (start, skipped) = ((first - top) / 4, (first - top) as usize % 4);
            let count = (skipped + taps.len()).div_ceil(4).max(1);
            starts.push(laid.len() as u32);
            laid.extend((0..count).map(|quad| {
                let tap = |row: usize| (quad * 4 + row).checked_sub(skipped).and_then(|tap| taps.get(tap));
                simd.weights([0, 1, 2, 3].map(|row| tap(row).copied().unwrap_or(0)))
            }));
            quads.push(start..start + count as u32);
            end = end.max(start + count as u32);
            kept = kept.max(end - start);
            // The first of them that is still open when this one starts.
            let closed = quads.iter().rev().take_while(|before| before.end > start).count();
            open = open.max(closed as u32);
        }
        let keeps_sums = kept > open + 1 && kept as usize * pitch(length * 4) > SMALL;
        let keeping = if keeps_sums { Keeping::Sums(open) } else { Keeping::Quads(kept) };
        Self { top, quads, starts, weights: laid, keeping, length }
    }

    /// Bytes of scratch.
    pub(super) fn scratch(&self) -> usize {
        let (Keeping::Quads(count) | Keeping::Sums(count)) = self.keeping;
        (count as usize + matches!(self.keeping, Keeping::Sums(_)) as usize) * pitch(self.length * 4)
    }

    /// The weights of an output row, one for each of its quads.
    pub(super) fn weights_of(&self, output: usize) -> &[S::Weights] {
        &self.weights[self.starts[output] as usize..][..self.quads[output].len()]
    }

    /// The place of a quad.
    #[inline(always)]
    pub(super) fn place(&self, quad: u32, scratch: *mut u8) -> *mut u8 {
        match self.keeping {
            Keeping::Quads(count) => scratch.wrapping_add((quad % count) as usize * pitch(self.length * 4)),
            Keeping::Sums(_) => scratch,
        }
    }

    /// The place of an output row's sums.
    #[inline(always)]
    fn sums(&self, output: usize, scratch: *mut u8) -> *mut i32 {
        let Keeping::Sums(count) = self.keeping else { unreachable!("quads are kept") };
        scratch.wrapping_add((1 + output % count as usize) * pitch(self.length * 4)).cast()
    }

    /// Adds a quad to the sums of the output rows from `y` on that weigh it.
    ///
    /// # Safety
    /// The scratch is that of one plane, and the quad is in its place.
    #[inline(always)]
    pub(super) unsafe fn add(&self, simd: S, y: usize, quad: u32, scratch: *mut u8) {
        for output in y..self.quads.len() {
            let quads = &self.quads[output];
            if quads.start > quad {
                break;
            }
            if !quads.contains(&quad) {
                continue;
            }
            let sums = self.sums(output, scratch);
            // SAFETY: the caller's promise; each open output row has a place for its sums.
            unsafe {
                if quad == quads.start {
                    sums.write_bytes(0, self.length);
                }
                let weights = self.weights_of(output)[(quad - quads.start) as usize];
                simd.add_quad(weights, self.place(quad, scratch), sums, self.length);
            }
        }
    }

    /// Rounds the sums of an output row.
    ///
    /// # Safety
    /// As [`add`](Self::add), for all quads of the output row; `out` has room for the row.
    #[inline(always)]
    pub(super) unsafe fn finish(&self, output: usize, scratch: *mut u8, out: *mut u8) {
        let sums = self.sums(output, scratch);
        for at in 0..self.length {
            // SAFETY: at < length.
            unsafe {
                *out.add(at) = ((*sums.add(at) + (1 << (ROUNDED_BITS - 1))) >> ROUNDED_BITS).clamp(0, 255) as u8;
            }
        }
    }
}
