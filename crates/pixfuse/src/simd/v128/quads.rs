//! The vertical pass of rounded filters: the even and the odd rows of quads as words, times weights of one word or two
//! halves of weights.

use super::V128;
use super::rows::together;
use super::weights::{Parts, QuadWeights};
use crate::memory::NoMemory;
use crate::simd::VerticalPass;
use crate::weights::ROUNDED_BITS;

// SAFETY: each function says what it reads and writes.
unsafe impl<V: V128> VerticalPass<V> for QuadWeights {
    fn prepare(_: V, weights: &[[i32; 4]]) -> Result<Self, NoMemory> {
        Self::new(weights)
    }

    #[inline(always)]
    unsafe fn blend(&self, simd: V, first: usize, quads: &[*const u8], out: *mut u8, length: usize) {
        // SAFETY: the caller promises the quads and room for the row, with 256 bytes behind.
        unsafe {
            match self {
                Self::Narrow { weights, trailing_zeros } => {
                    blend(simd, &weights[first..], ROUNDED_BITS - trailing_zeros, quads, out, length);
                }
                Self::Wide(weights) => blend(simd, &weights[first..], ROUNDED_BITS, quads, out, length),
            }
        }
    }

    #[inline(always)]
    unsafe fn add(&self, simd: V, number: usize, quad: *const u8, sums: *mut i32, length: usize) {
        // SAFETY: the caller promises the quad and its sums, with 256 bytes behind.
        unsafe {
            match self {
                Self::Narrow { weights, trailing_zeros } => {
                    add(simd, &weights[number], *trailing_zeros, quad, sums, length)
                }
                Self::Wide(weights) => add(simd, &weights[number], 0, quad, sums, length),
            }
        }
    }
}

/// The vectors of a quad's weights.
#[inline(always)]
fn splat<V: V128, const PARTS: usize>(simd: V, parts: &Parts<PARTS>) -> [[V::Vector; 2]; PARTS] {
    let mut vectors = [[simd.splat_i32(0); 2]; PARTS];
    for (vectors, [even, odd]) in vectors.iter_mut().zip(parts) {
        *vectors = [simd.splat_i32(*even as i32), simd.splat_i32(*odd as i32)];
    }
    vectors
}

/// Adds four elements of a quad to the sums of each part.
#[inline(always)]
fn multiply<V: V128, const PARTS: usize>(
    simd: V,
    weights: [[V::Vector; 2]; PARTS],
    taps: V::Vector,
    sums: &mut [V::Products; PARTS],
) {
    let low_bytes = simd.splat_i32(0x00ff_00ff);
    let (even, odd) = (simd.and(taps, low_bytes), simd.and(simd.shift_right_u32::<8>(taps), low_bytes));
    for part in 0..PARTS {
        sums[part] = simd.add_products(sums[part], even, weights[part][0]);
        sums[part] = simd.add_products(sums[part], odd, weights[part][1]);
    }
}

/// The vertical pass for one row, of weights with so many fractional bits.
///
/// # Safety
/// As [`VerticalPass::blend`].
#[inline(always)]
unsafe fn blend<V: V128, const PARTS: usize>(
    simd: V,
    weights: &[Parts<PARTS>],
    bits: u32,
    quads: &[*const u8],
    out: *mut u8,
    length: usize,
) {
    let zero = simd.splat_i32(0);
    let mut start = [simd.products(zero); PARTS];
    start[PARTS - 1] = simd.products(simd.splat_i32(1 << (bits - 1)));
    for at in (0..length).step_by(16) {
        let mut sums = [start; 4];
        for (weights, &quad) in weights.iter().zip(quads) {
            let weights = splat(simd, weights);
            for part in 0..4 {
                // SAFETY: the caller promises `4 * length` bytes of each quad and 256 more, in which the last block ends; at < length.
                let taps = unsafe { simd.load(quad.add(at * 4 + part * 16)) };
                multiply(simd, weights, taps, &mut sums[part]);
            }
        }
        let mut values = [zero; 4];
        for part in 0..4 {
            values[part] = simd.shift_right_by(together(simd, sums[part]), bits);
        }
        // Both saturate, which is the clamp.
        let bytes = simd.pack_i16(simd.pack_i32(values[0], values[1]), simd.pack_i32(values[2], values[3]));
        // SAFETY: the caller promises room for `length` bytes and 256 more, in which the last block ends.
        unsafe { simd.store(out.add(at), bytes) };
    }
}

/// # Safety
/// As [`VerticalPass::add`].
#[inline(always)]
unsafe fn add<V: V128, const PARTS: usize>(
    simd: V,
    weights: &Parts<PARTS>,
    trailing_zeros: u32,
    quad: *const u8,
    sums: *mut i32,
    length: usize,
) {
    let (weights, start) = (splat(simd, weights), [simd.products(simd.splat_i32(0)); PARTS]);
    for at in (0..length).step_by(4) {
        // SAFETY: the caller promises `4 * length` bytes of the quad and as many of sums, and 256 more of each, in which the last
        // block ends; at < length.
        let (taps, before) = unsafe { (simd.load(quad.add(at * 4)), simd.load(sums.add(at).cast())) };
        let mut parts = start;
        multiply(simd, weights, taps, &mut parts);
        let sum = simd.shift_left_by(together(simd, parts), trailing_zeros);
        // SAFETY: it was loaded from there.
        unsafe { simd.store(sums.add(at).cast(), simd.add_i32(before, sum)) };
    }
}
