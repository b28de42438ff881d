//! The weights of filters with N taps an axis: one function for each library's rule, shared by kernels and reference.

mod opencv;
mod pillow;
mod torch;

use std::ops::Range;

use pixfuse_spec::{FloatFilter, Separable};

use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// Fractional bits of the weights of rounded passes: Pillow's, whose sums of bytes are an i32. PyTorch's weights have fewer, and get
/// as many.
pub(crate) const ROUNDED_BITS: u32 = 32 - 8 - 2;

/// Instructions that a rule's loops may be compiled with. The result is the same with any: a rule knows no level.
pub(crate) trait Gateway: Copy {
    /// Runs the work with them.
    fn enter<W: Work>(self, work: W) -> W::Output;
}

/// Plain code that is worth vectors: [`run`](Self::run) is `#[inline(always)]`, and so is what it calls.
pub(crate) trait Work {
    /// What it gives.
    type Output;

    /// The work.
    fn run(self) -> Self::Output;
}

/// The instructions that the crate is compiled with.
#[derive(Clone, Copy)]
pub(crate) struct Baseline;

impl Gateway for Baseline {
    fn enter<W: Work>(self, work: W) -> W::Output {
        work.run()
    }
}

/// For each output index, which source indices it weighs and how.
///
/// With `W = i32` a weight has `bits` fractional bits.
#[derive(Debug, PartialEq)]
pub struct AxisWeights<W = i32> {
    /// The first source index of each output index.
    pub(crate) first: Vec<u32>,
    /// `taps` weights for each output index; those beyond its last tap are zero.
    pub(crate) weights: Vec<W>,
    /// The most taps that any output index has.
    pub(crate) taps: usize,
    /// Fractional bits of an integer weight.
    pub(crate) bits: u32,
}

impl<W: Copy + Default + PartialEq> AxisWeights<W> {
    /// How many output indices there are.
    pub(crate) fn outputs(&self) -> usize {
        self.first.len()
    }

    /// The weights of one output index.
    pub(crate) fn of(&self, output: usize) -> &[W] {
        &self.weights[output * self.taps..][..self.taps]
    }

    /// The source indices that any output index weighs.
    pub(crate) fn reach(&self) -> Range<u32> {
        let end = |output: usize| {
            let last = self.of(output).iter().rposition(|&weight| weight != W::default());
            self.first[output] + last.map_or(0, |last| last as u32 + 1)
        };
        let start = self.first.iter().copied().min().unwrap_or(0);
        start..(0..self.outputs()).map(end).max().unwrap_or(start)
    }

    /// The same weights where source index `start` has become 0.
    pub(crate) fn from(&self, start: u32) -> Result<Self, NoMemory> {
        let mut shifted = self.copied()?;
        shifted.first.iter_mut().for_each(|first| *first -= start);
        Ok(shifted)
    }

    pub(crate) fn copied(&self) -> Result<Self, NoMemory> {
        let Self { first, weights, taps, bits } = self;
        Ok(Self { first: memory::copied(first)?, weights: memory::copied(weights)?, taps: *taps, bits: *bits })
    }

    /// From the taps of each output index: the first source index, and its weights.
    fn collect(
        bits: u32,
        outputs: impl ExactSizeIterator<Item = Result<(u32, Vec<W>), NoMemory>>,
    ) -> Result<Self, NoMemory> {
        let mut all = memory::with_capacity(outputs.len())?;
        for output in outputs {
            all.push(output?);
        }
        let taps = all.iter().map(|(_, weights)| weights.len()).max().unwrap_or(0);
        let mut weights = memory::with_capacity(all.len().saturating_mul(taps))?;
        for (_, own) in &all {
            weights.extend_from_slice(own);
            weights.resize(weights.len() + taps - own.len(), W::default());
        }
        Ok(Self { first: memory::list(all.iter().map(|(first, _)| *first))?, weights, taps, bits })
    }
}

impl<W> Holds for AxisWeights<W> {
    fn bytes(&self) -> usize {
        memory::bytes(&self.first) + memory::bytes(&self.weights)
    }
}

impl AxisWeights {
    /// The same weights with as many fractional bits as the rounded passes take.
    pub(crate) fn widened(mut self) -> Self {
        let more = ROUNDED_BITS - self.bits;
        self.weights.iter_mut().for_each(|weight| *weight <<= more);
        Self { bits: ROUNDED_BITS, ..self }
    }

    /// Of two neighbours each, with OpenCV's 11 fractional bits.
    pub(crate) fn of_neighbours(outputs: &[([u32; 2], [i16; 2])]) -> Result<Self, NoMemory> {
        let weights = outputs.iter().flat_map(|&(_, weights)| weights.map(i32::from));
        let mut all = memory::with_capacity(outputs.len() * 2)?;
        all.extend(weights);
        Ok(Self { first: memory::list(outputs.iter().map(|&(at, _)| at[0]))?, weights: all, taps: 2, bits: 11 })
    }

    /// Weights of few bits in units of a factor.
    pub(crate) fn times(&self, factor: f32) -> Result<AxisWeights<f32>, NoMemory> {
        let weights = memory::list(self.weights.iter().map(|&weight| weight as f32 * factor))?;
        Ok(AxisWeights { first: memory::copied(&self.first)?, weights, taps: self.taps, bits: 0 })
    }
}

/// The passes of a resize, axis by axis: rows, then columns; `None` where an axis keeps its size and is not touched.
pub(crate) enum Passes {
    /// `clamp((sum of p * w + half) >> bits)` to a u8 after each pass.
    Rounded { axes: [Option<AxisWeights>; 2], rows_first: bool },
    /// Columns, then rows, in i32 without rounding; `finish` makes the u8.
    Wide { axes: [AxisWeights; 2], finish: Finish },
    /// Columns, then rows, in f32, multiplying and then adding tap by tap; `rounds` to the nearest u8, half to even.
    Float { axes: [AxisWeights<f32>; 2], rounds: bool },
    /// Two taps an axis, as OpenCV's bilinear: rows, then columns.
    TwoTaps { axes: [Vec<crate::axis::Pair>; 2] },
}

/// How the sum of a wide pass becomes a u8.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Finish {
    /// `clamp((sum + half) >> bits)`.
    Shift(u32),
    /// `sum * factor` in f32, rounded half to even.
    Scale(f32),
}

impl Finish {
    /// The u8 of a sum.
    #[inline(always)]
    pub(crate) fn of(self, sum: i32) -> u8 {
        match self {
            Self::Shift(bits) => (sum.wrapping_add(1 << (bits - 1)) >> bits).clamp(0, 255) as u8,
            Self::Scale(factor) => (sum as f32 * factor).round_ties_even() as u8,
        }
    }
}

impl Passes {
    /// The passes from one size to another, for the outputs of `kept`; `None` when both axes keep their size. The level
    /// changes no weight.
    pub(crate) fn new<G: Gateway>(
        gateway: G,
        separable: Separable,
        from: [u32; 2],
        to: [u32; 2],
        kept: [Range<u32>; 2],
    ) -> Result<Option<Self>, NoMemory> {
        if from == to {
            return Ok(None);
        }
        let each = |weights: &dyn Fn([u32; 2], Range<u32>) -> Result<AxisWeights, NoMemory>| {
            both(|axis| {
                let sides = [from[axis], to[axis]];
                (from[axis] != to[axis]).then(|| weights(sides, kept[axis].clone())).transpose()
            })
        };
        Ok(Some(match separable {
            Separable::Pillow { filter, version } => Self::Rounded {
                axes: each(&|sides, kept| pillow::weights(gateway, filter, sides, kept))?,
                rows_first: pillow::rows_first(version, from, to),
            },
            Separable::Torch(filter) => Self::Rounded {
                axes: each(&|[from, to], kept| torch::weights(filter, from, to, kept))?,
                rows_first: false,
            },
            Separable::Lanczos4 => Self::Wide {
                axes: both(|axis| opencv::lanczos4(from[axis], to[axis], kept[axis].clone()))?,
                finish: Finish::Shift(22),
            },
            Separable::Area => opencv::area(from, to, kept)?,
            Separable::Float(filter) => {
                let axes = both(|axis| {
                    let (from, to, kept) = (from[axis], to[axis], kept[axis].clone());
                    match filter {
                        FloatFilter::Antialiased(filter) => pillow::float_weights(gateway, filter, [from, to], kept),
                        FloatFilter::Plain(filter) => torch::float_weights(filter, from, to, kept),
                    }
                })?;
                Self::Float { axes, rounds: false }
            }
        }))
    }
}

/// Rows, then columns.
fn both<T>(of_axis: impl Fn(usize) -> Result<T, NoMemory>) -> Result<[T; 2], NoMemory> {
    Ok([of_axis(0)?, of_axis(1)?])
}
