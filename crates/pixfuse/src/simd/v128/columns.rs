//! Gathers of strided pixels: a byte shuffle of 32 bytes for each four of them.

use bytemuck::must_cast;

use super::{V128, vector};
use crate::simd::taps::{Apart, BlockTaps, Fetched, Places};

/// How the bytes of a half are brought together before they are shuffled.
enum Fetch {
    /// The taps of each half lie in 32 bytes.
    Windows(Places<2, 32>),
    /// The taps of each lane lie in eight.
    Words(Places<8, 8>),
    Bytes(Apart),
}

/// The taps of 8 pixels, in two halves of four.
///
/// The bytes of a half are brought together in two vectors: a window of 32 bytes, or eight bytes a pixel.
pub struct Columns {
    /// For each channel and half, which byte becomes each byte of the result.
    index: [[[[u8; 16]; 2]; 2]; 4],
    fetch: Fetch,
    /// The (left, right) weights of each lane.
    weights: [[[i16; 2]; 4]; 2],
}

impl Columns {
    pub(super) fn new<V: V128>(taps: &BlockTaps<'_>) -> Self {
        let window = |half: usize| taps.window(taps.span(half * 4..half * 4 + 4), 32);
        let windows = window(0).zip(window(1)).and_then(|(low, high)| taps.places([low, high]));
        let fetch = match (windows, taps.words()) {
            (Some(windows), _) => Fetch::Windows(windows),
            (None, Some(words)) => Fetch::Words(words),
            (None, None) => Fetch::Bytes(taps.apart()),
        };
        let mut index = [[[[255; 16]; 2]; 2]; 4];
        for (channel, index) in index.iter_mut().enumerate().take(taps.channels) {
            for (half, index) in index.iter_mut().enumerate() {
                let mut places = [255; 16];
                for lane in 0..4 {
                    for tap in 0..taps.taps {
                        let byte = taps.byte(half * 4 + lane, tap, channel);
                        places[lane * 4 + tap * 2] = match &fetch {
                            Fetch::Windows(windows) => (byte - windows.start(half)) as u8,
                            Fetch::Words(words) => (lane * 8) as u8 + (byte - words.start(half * 4 + lane)) as u8,
                            Fetch::Bytes(_) => (lane * 8 + taps.slot(tap, channel)) as u8,
                        };
                    }
                }
                *index = V::index_32(places);
            }
        }
        let pairs = taps.pairs::<8>();
        let weights = std::array::from_fn(|half| std::array::from_fn(|lane| pairs[half * 4 + lane]));
        Self { index, fetch, weights }
    }
}

impl Columns {
    #[inline(always)]
    fn windows(&self) -> Option<&Places<2, 32>> {
        if let Fetch::Windows(windows) = &self.fetch { Some(windows) } else { None }
    }

    #[inline(always)]
    fn words(&self) -> Option<&Places<8, 8>> {
        if let Fetch::Words(words) = &self.fetch { Some(words) } else { None }
    }

    #[inline(always)]
    fn apart(&self) -> Option<&Apart> {
        if let Fetch::Bytes(apart) = &self.fetch { Some(apart) } else { None }
    }
}

/// The bytes of both halves, in one of the rows.
#[inline(always)]
fn bytes<V: V128, const C: usize, const TAPS: usize, const ROWS: usize>(
    simd: V,
    block: &Fetched<'_, Columns, C, TAPS, ROWS>,
    row: usize,
) -> [[V::Vector; 2]; 2] {
    let mut bytes = [[simd.splat_i32(0); 2]; 2];
    if let Some(windows) = block.at(|columns| columns.windows()) {
        for half in 0..2 {
            let window = windows.bytes(row, half).as_chunks::<16>().0;
            bytes[half] = [vector(simd, &window[0]), vector(simd, &window[1])];
        }
    } else if let Some(words) = block.at(|columns| columns.words()) {
        for pair in 0..4 {
            let [low, high] = [words.bytes(row, pair * 2), words.bytes(row, pair * 2 + 1)];
            bytes[pair / 2][pair % 2] = simd.zip_low::<8>(simd.extend_8(*low), simd.extend_8(*high));
        }
    } else {
        let slots: [[u8; 8]; 8] = block.gather_bytes(row, |columns| columns.apart());
        for pair in 0..4 {
            bytes[pair / 2][pair % 2] = must_cast([slots[pair * 2], slots[pair * 2 + 1]]);
        }
    }
    bytes
}

/// For each channel the bytes of `TAPS` taps in one of the rows, zero extended to i32 (one tap) or to words (left, right).
#[inline(always)]
pub(super) fn taps<V: V128, const C: usize, const TAPS: usize, const ROWS: usize>(
    simd: V,
    block: &Fetched<'_, Columns, C, TAPS, ROWS>,
    row: usize,
) -> [[V::Vector; 2]; C] {
    let (bytes, index) = (bytes(simd, block, row), &block.columns().index);
    let mut channels = [[simd.splat_i32(0); 2]; C];
    for (channel, value) in channels.iter_mut().enumerate() {
        for half in 0..2 {
            let [low, high] = &index[channel][half];
            value[half] = simd.shuffle_32(bytes[half], [vector(simd, low), vector(simd, high)]);
        }
    }
    channels
}

/// Bilinear samples, as [`Simd::blend`](crate::simd::Simd::blend) defines them.
#[inline(always)]
pub(super) fn blend<V: V128, const C: usize, const TAPS: usize>(
    simd: V,
    block: &Fetched<'_, Columns, C, TAPS, 2>,
    weights: [V::Vector; 2],
) -> [[V::Vector; 2]; C] {
    let (above, below) = (taps(simd, block, 0), taps(simd, block, 1));
    let mut samples = above;
    for half in 0..2 {
        let columns = vector(simd, &block.columns().weights[half]);
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
