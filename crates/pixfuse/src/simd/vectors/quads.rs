//! The vertical pass of rounded filters: the even and the odd rows of quads as words, times weights of one word or two
//! halves of weights.

use bytemuck::must_cast;

use super::Vectors;
use super::rows::together;
use super::weights::{Parts, QuadWeights};
use crate::memory::NoMemory;
use crate::simd::{CacheLine, ScratchRows, VerticalPass};
use crate::weights::ROUNDED_BITS;

impl<V: Vectors> VerticalPass<V> for QuadWeights {
    fn prepare(_: V, weights: &[[i32; 4]]) -> Result<Self, NoMemory> {
        Self::new(weights)
    }

    #[inline(always)]
    fn blend(&self, simd: V, first: usize, quads: ScratchRows<'_>, out: &mut [CacheLine], length: usize) {
        match self {
            Self::Narrow { weights, trailing_zeros } => {
                blend(simd, &weights[first..], ROUNDED_BITS - trailing_zeros, quads, out, length);
            }
            Self::Wide(weights) => blend(simd, &weights[first..], ROUNDED_BITS, quads, out, length),
        }
    }

    #[inline(always)]
    fn add(&self, simd: V, number: usize, quad: &[CacheLine], sums: &mut [CacheLine]) {
        match self {
            Self::Narrow { weights, trailing_zeros } => add(simd, &weights[number], *trailing_zeros, quad, sums),
            Self::Wide(weights) => add(simd, &weights[number], 0, quad, sums),
        }
    }
}

/// The vectors of a quad's weights.
#[inline(always)]
fn splat<V: Vectors, const PARTS: usize>(simd: V, parts: &Parts<PARTS>) -> [[V::Vector; 2]; PARTS] {
    let mut vectors = [[simd.splat_i32(0); 2]; PARTS];
    for (vectors, [even, odd]) in vectors.iter_mut().zip(parts) {
        *vectors = [simd.splat_i32(*even as i32), simd.splat_i32(*odd as i32)];
    }
    vectors
}

/// Adds the elements of a vector of quads to the sums of each part.
#[inline(always)]
fn multiply<V: Vectors, const PARTS: usize>(
    simd: V,
    weights: [[V::Vector; 2]; PARTS],
    taps: V::Vector,
    sums: &mut [V::Products; PARTS],
) {
    let (even, odd) = (simd.and(taps, simd.splat_i32(0x00ff_00ff)), simd.shift_right_u16::<8>(taps));
    for part in 0..PARTS {
        sums[part] = simd.add_products(sums[part], even, weights[part][0]);
        sums[part] = simd.add_products(sums[part], odd, weights[part][1]);
    }
}

/// The vertical pass for one row, of weights with so many fractional bits.
#[inline(always)]
fn blend<V: Vectors, const PARTS: usize>(
    simd: V,
    weights: &[Parts<PARTS>],
    bits: u32,
    quads: ScratchRows<'_>,
    out: &mut [CacheLine],
    length: usize,
) {
    let zero = simd.splat_i32(0);
    let mut start = [simd.products(zero); PARTS];
    start[PARTS - 1] = simd.products(simd.splat_i32(1 << (bits - 1)));
    let out = bytemuck::cast_slice_mut::<_, V::Bytes>(out);
    for (out, quads) in quads.blocks::<[V::Bytes; 4], _>(out, length.div_ceil(size_of::<V::Bytes>())) {
        let mut sums = [start; 4];
        for (weights, taps) in weights.iter().zip(quads) {
            let weights = splat(simd, weights);
            for part in 0..4 {
                multiply(simd, weights, must_cast(taps[part]), &mut sums[part]);
            }
        }
        let mut values = [zero; 4];
        for part in 0..4 {
            values[part] = simd.shift_right_by(together(simd, sums[part]), bits);
        }
        // Both saturate, which is the clamp.
        let bytes = simd.pack_i16(simd.pack_i32(values[0], values[1]), simd.pack_i32(values[2], values[3]));
        *out = must_cast(simd.in_order(bytes));
    }
}

/// Adds a quad to sums, by weights that lack so many bits.
#[inline(always)]
fn add<V: Vectors, const PARTS: usize>(
    simd: V,
    weights: &Parts<PARTS>,
    trailing_zeros: u32,
    quad: &[CacheLine],
    sums: &mut [CacheLine],
) {
    let (weights, start) = (splat(simd, weights), [simd.products(simd.splat_i32(0)); PARTS]);
    let (quad, sums) = (bytemuck::cast_slice::<_, V::Bytes>(quad), bytemuck::cast_slice_mut::<_, V::Bytes>(sums));
    for (taps, sums) in quad.iter().zip(sums) {
        let mut parts = start;
        multiply(simd, weights, must_cast(*taps), &mut parts);
        let sum = simd.shift_left_by(together(simd, parts), trailing_zeros);
        *sums = must_cast(simd.add_i32(must_cast(*sums), sum));
    }
}
