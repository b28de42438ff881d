//! Gathers of strided pixels: a byte shuffle of 32 bytes for each four of them.

use super::fetch::{Fetch, gather_bytes};
use super::{V128, vector};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::BlockTaps;

/// The taps of 8 pixels, in two halves of four.
///
/// The bytes of a half are brought together in two vectors: a window of 32 bytes, or eight bytes a pixel.
pub struct Columns {
    /// For each channel and half, which byte becomes each byte of the result.
    index: [[[[u8; 16]; 2]; 2]; 4],
    fetch: Fetch,
    /// Where the windows of the halves start, or the eight bytes of each pixel.
    starts: [i32; 8],
    channel_stride: isize,
    /// The (left, right) weights of each lane.
    weights: [[[i16; 2]; 4]; 2],
    /// For [`Fetch::Bytes`], the taps of each lane.
    offsets: Box<[[isize; 2]]>,
}

impl Columns {
    pub(super) fn new<V: V128>(taps: &BlockTaps<'_>) -> Self {
        let window = |half: usize| {
            let base = taps.window(taps.span(half * 4..half * 4 + 4), 32)?;
            i32::try_from(base).ok()
        };
        let (fetch, starts) = match (window(0).zip(window(1)), taps.words::<8>()) {
            (Some((low, high)), _) => (Fetch::Window { base: 0 }, [low, low, low, low, high, high, high, high]),
            (None, Some(words)) => (Fetch::Words, words),
            (None, None) => (Fetch::Bytes, [0; 8]),
        };
        let mut index = [[[[255; 16]; 2]; 2]; 4];
        for (channel, index) in index.iter_mut().enumerate().take(taps.channels) {
            for (half, index) in index.iter_mut().enumerate() {
                let mut places = [255; 16];
                for lane in 0..4 {
                    for tap in 0..taps.taps {
                        let byte = taps.byte(half * 4 + lane, tap, channel);
                        let from_start = byte - starts[half * 4 + lane] as isize;
                        places[lane * 4 + tap * 2] = match fetch {
                            Fetch::Window { .. } => from_start as u8,
                            Fetch::Words => (lane * 8) as u8 + from_start as u8,
                            Fetch::Bytes => (lane * 8 + taps.slot(tap, channel)) as u8,
                        };
                    }
                }
                *index = V::index_32(places);
            }
        }
        let pairs = taps.pairs::<8>();
        let weights = std::array::from_fn(|half| std::array::from_fn(|lane| pairs[half * 4 + lane]));
        let offsets = if fetch == Fetch::Bytes { taps.offsets.into() } else { Box::default() };
        Self { index, fetch, starts, channel_stride: taps.channel_stride, weights, offsets }
    }

    /// The bytes of both halves.
    ///
    /// # Safety
    /// As [`Simd::fetch`](crate::simd::Simd::fetch).
    #[inline(always)]
    unsafe fn bytes<V: V128, const C: usize, const TAPS: usize>(&self, simd: V, row: *const u8) -> [[V::Vector; 2]; 2] {
        let mut bytes = [[simd.splat_i32(0); 2]; 2];
        match self.fetch {
            Fetch::Window { .. } => {
                let (low, high) = (self.starts[0] as isize, self.starts[4] as isize);
                // SAFETY: `new` found 32 bytes from each start to be inside what may be read of a row, which the caller promises.
                unsafe {
                    [
                        [simd.load(row.offset(low)), simd.load(row.offset(low + 16))],
                        [simd.load(row.offset(high)), simd.load(row.offset(high + 16))],
                    ]
                }
            }
            Fetch::Words => {
                for (number, pair) in self.starts.as_chunks::<2>().0.iter().enumerate() {
                    // SAFETY: `new` found eight bytes from each start to be inside what may be read of a row, which the caller
                    // promises.
                    let (a, b) = unsafe {
                        (simd.load_8(row.offset(pair[0] as isize)), simd.load_8(row.offset(pair[1] as isize)))
                    };
                    bytes[number / 2][number % 2] = simd.zip_low::<8>(a, b);
                }
                bytes
            }
            Fetch::Bytes => {
                let mut slots = [0; 64];
                // SAFETY: the caller promises each tap of the row; there are eight slots for each of eight lanes.
                unsafe { gather_bytes::<C, TAPS>(row, &self.offsets, self.channel_stride, &mut slots) };
                for (number, slots) in slots.as_chunks::<16>().0.iter().enumerate() {
                    bytes[number / 2][number % 2] = vector(simd, slots);
                }
                bytes
            }
        }
    }

    /// For each channel the bytes of `TAPS` taps, zero extended to i32 (one tap) or to words (left, right).
    ///
    /// # Safety
    /// As [`Simd::fetch`](crate::simd::Simd::fetch).
    #[inline(always)]
    pub(super) unsafe fn taps<V: V128, const C: usize, const TAPS: usize>(
        &self,
        simd: V,
        row: *const u8,
    ) -> [[V::Vector; 2]; C] {
        // SAFETY: the caller promises what `TAPS` taps of each lane read of the row.
        let bytes = unsafe { self.bytes::<V, C, TAPS>(simd, row) };
        let mut channels = [[simd.splat_i32(0); 2]; C];
        for (channel, value) in channels.iter_mut().enumerate() {
            for half in 0..2 {
                let [low, high] = &self.index[channel][half];
                value[half] = simd.shuffle_32(bytes[half], [vector(simd, low), vector(simd, high)]);
            }
        }
        channels
    }

    /// Bilinear samples, as [`Simd::blend`](crate::simd::Simd::blend) defines them.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(super) unsafe fn blend<V: V128, const C: usize, const TAPS: usize>(
        &self,
        simd: V,
        [above, below]: [*const u8; 2],
        weights: [V::Vector; 2],
    ) -> [[V::Vector; 2]; C] {
        // SAFETY: the caller promises what `TAPS` taps of each lane read of both rows.
        let (above, below) = unsafe { (self.taps::<V, C, TAPS>(simd, above), self.taps::<V, C, TAPS>(simd, below)) };
        let mut samples = above;
        for half in 0..2 {
            let columns = vector(simd, &self.weights[half]);
            let pair = weights[half];
            let rows = [simd.shift_right::<16>(simd.shift_left::<16>(pair)), simd.shift_right::<16>(pair)];
            for channel in 0..C {
                let mut sum = simd.splat_i32(2);
                for (pairs, row) in [above[channel][half], below[channel][half]].into_iter().zip(rows) {
                    let products = simd.add_products(simd.products(simd.splat_i32(0)), pairs, columns);
                    let weighed = simd.mul_i32(simd.shift_right::<4>(simd.total(products)), row);
                    sum = simd.add_i32(sum, simd.shift_right::<16>(weighed));
                }
                samples[channel][half] = simd.shift_right::<2>(sum);
            }
        }
        samples
    }
}
