//! The passes of a separable filter in plain Rust: what every level's tables and steps must equal.

use super::filters::{FloatHorizontalPass, HorizontalPass, VerticalPass};
use super::{CacheLine, ScratchRows};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// A row filter whose taps are looked up one by one.
pub(crate) struct PlainRows<W = i32> {
    weights: AxisWeights<W>,
    pixel: usize,
}

/// What a sum of products is kept as.
pub(crate) trait Sum: Copy {
    /// What weights are.
    type Weight: Copy + Default + PartialEq;

    /// Half of the last kept bit, or nothing where nothing is rounded.
    fn start(bits: u32) -> Self::Weight;

    /// Multiplies, then adds.
    fn add(sum: Self::Weight, value: Self::Weight, weight: Self::Weight) -> Self::Weight;

    /// The sum as it is kept.
    fn keep(sum: Self::Weight, bits: u32) -> Self;
}

impl Sum for u8 {
    type Weight = i32;

    #[inline(always)]
    fn start(bits: u32) -> i32 {
        1 << (bits - 1)
    }

    #[inline(always)]
    fn add(sum: i32, value: i32, weight: i32) -> i32 {
        sum + value * weight
    }

    #[inline(always)]
    fn keep(sum: i32, bits: u32) -> u8 {
        (sum >> bits).clamp(0, 255) as u8
    }
}

impl Sum for i32 {
    type Weight = i32;

    #[inline(always)]
    fn start(_: u32) -> i32 {
        0
    }

    #[inline(always)]
    fn add(sum: i32, value: i32, weight: i32) -> i32 {
        sum + value * weight
    }

    #[inline(always)]
    fn keep(sum: i32, _: u32) -> i32 {
        sum
    }
}

impl Sum for f32 {
    type Weight = f32;

    #[inline(always)]
    fn start(_: u32) -> f32 {
        0.0
    }

    #[inline(always)]
    fn add(sum: f32, value: f32, weight: f32) -> f32 {
        // Two roundings, as OpenCV has them; never a fused multiply-add.
        sum + value * weight
    }

    #[inline(always)]
    fn keep(sum: f32, _: u32) -> f32 {
        sum
    }
}

impl<W: Copy + Default + PartialEq> PlainRows<W> {
    pub(crate) fn new(weights: &AxisWeights<W>, pixel: usize) -> Result<Self, NoMemory> {
        Ok(Self { weights: weights.copied()?, pixel })
    }

    /// Filters one row into every `STEP`th element from the first on. A tap outside the row has no weight.
    #[inline(always)]
    pub(crate) fn weigh<T: Sum<Weight = W>, const STEP: usize>(&self, source: &[impl Copy + Into<W>], out: &mut [T]) {
        let (weights, pixel) = (&self.weights, self.pixel);
        for ((output, &first), out) in weights.first.iter().enumerate().zip(out.chunks_mut(pixel * STEP)) {
            let taps = source.get(first as usize * pixel..).unwrap_or_default();
            for (channel, out) in out.iter_mut().step_by(STEP).take(pixel).enumerate() {
                let mut sum = T::start(weights.bits);
                let values = taps.get(channel..).unwrap_or_default().iter().step_by(pixel);
                for (&value, &weight) in values.zip(weights.of(output)) {
                    // What has no weight may be no number.
                    if weight != W::default() {
                        sum = T::add(sum, value.into(), weight);
                    }
                }
                *out = T::keep(sum, weights.bits);
            }
        }
    }
}

impl<W> Holds for PlainRows<W> {
    fn bytes(&self) -> usize {
        self.weights.bytes()
    }
}

/// The sum of four weighted rows.
#[inline(always)]
fn weighted(weights: [i32; 4], values: [u8; 4]) -> i32 {
    let mut sum = 0;
    for row in 0..4 {
        sum += i32::from(values[row]) * weights[row];
    }
    sum
}

impl<S> HorizontalPass<S> for PlainRows {
    fn prepare(_: S, weights: &AxisWeights, pixel: usize, _: usize, _: bool) -> Result<Option<Self>, NoMemory> {
        Self::new(weights, pixel).map(Some)
    }

    #[inline(always)]
    fn row(&self, _: S, source: &[u8], out: &mut [CacheLine]) {
        self.weigh::<u8, 1>(source, bytemuck::cast_slice_mut(out));
    }

    #[inline(always)]
    fn quad(&self, _: S, sources: [&[u8]; 4], out: &mut [CacheLine]) {
        let out: &mut [u8] = bytemuck::cast_slice_mut(out);
        for (row, source) in sources.into_iter().enumerate() {
            self.weigh::<u8, 4>(source, &mut out[row..]);
        }
    }

    #[inline(always)]
    fn sum(&self, _: S, source: &[u8], out: &mut [CacheLine]) {
        self.weigh::<i32, 1>(source, bytemuck::cast_slice_mut(out));
    }
}

impl<S> FloatHorizontalPass<S> for PlainRows<f32> {
    fn prepare(_: S, weights: &AxisWeights<f32>, pixel: usize, _: usize) -> Result<Option<Self>, NoMemory> {
        Self::new(weights, pixel).map(Some)
    }

    #[inline(always)]
    fn sum<const ROWS: usize>(&self, _: S, sources: [&[u8]; ROWS], outs: [&mut [CacheLine]; ROWS]) {
        for (source, out) in sources.into_iter().zip(outs) {
            self.weigh::<f32, 1>(source, bytemuck::cast_slice_mut(out));
        }
    }
}

impl<S> VerticalPass<S> for Vec<[i32; 4]> {
    fn prepare(_: S, weights: &[[i32; 4]]) -> Result<Self, NoMemory> {
        memory::copied(weights)
    }

    #[inline(always)]
    fn blend(&self, _: S, first: usize, quads: ScratchRows<'_>, out: &mut [CacheLine], length: usize) {
        /// Elements summed at a time, so that the sums stay in registers.
        const CHUNK: usize = 16;
        let weights = &self[first..];
        let out = bytemuck::cast_slice_mut::<_, [u8; CHUNK]>(out);
        for (out, quads) in quads.blocks::<[[u8; 4]; CHUNK], _>(out, length.div_ceil(CHUNK)) {
            let mut sums = [1i32 << (ROUNDED_BITS - 1); CHUNK];
            for (&weights, quad) in weights.iter().zip(quads) {
                for (sum, &values) in sums.iter_mut().zip(quad) {
                    *sum += weighted(weights, values);
                }
            }
            *out = sums.map(|sum| (sum >> ROUNDED_BITS).clamp(0, 255) as u8);
        }
    }

    #[inline(always)]
    fn add(&self, _: S, number: usize, quad: &[CacheLine], sums: &mut [CacheLine]) {
        let weights = self[number];
        let (quad, sums) = (bytemuck::cast_slice(quad), bytemuck::cast_slice_mut::<_, i32>(sums));
        for (&values, sum) in quad.iter().zip(sums) {
            *sum += weighted(weights, values);
        }
    }
}
