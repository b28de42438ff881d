//! Gathers of strided pixels: a byte shuffle of 16 bytes for each two of them.

use bytemuck::must_cast;

use super::{ChannelTables, V128, vector};
use crate::simd::taps::{BlockTaps, Fetched, PixelPairs};

/// The taps of 8 pixels, in two halves of four.
///
/// The bytes of two pixels are brought together in a vector, and a shuffle puts those of a channel side by side. Against a
/// shuffle of 32 bytes for each channel and half that is a third of the shuffles of three channels.
#[repr(C, align(16))]
pub struct Columns {
    /// Of each half.
    tables: [ChannelTables; 2],
    /// The (left, right) weights of each lane.
    weights: [[[i16; 2]; 4]; 2],
    pairs: PixelPairs,
}

impl Columns {
    pub(super) fn new<V: V128>(taps: &BlockTaps<'_>) -> Self {
        let pairs = PixelPairs::new(taps);
        let tables = std::array::from_fn(|half| {
            let mut places = [[255; 16]; 4];
            for (channel, places) in places.iter_mut().enumerate().take(taps.channels) {
                for lane in 0..4 {
                    for tap in 0..taps.taps {
                        let place = pairs.place(taps, half * 4 + lane, tap, channel);
                        places[lane * 4 + tap * 2] = place + (lane / 2 * 16) as u8;
                    }
                }
            }
            V::channel_tables(places)
        });
        let lanes = taps.pairs::<8>();
        let weights = std::array::from_fn(|half| std::array::from_fn(|lane| lanes[half * 4 + lane]));
        Self { tables, weights, pairs }
    }
}

/// What [`V128::channel`] takes of each half in each of the rows.
#[inline(always)]
fn halves<V: V128, const C: usize, const TAPS: usize, const ROWS: usize>(
    simd: V,
    block: &Fetched<'_, Columns, C, TAPS, ROWS>,
) -> [[[V::Vector; 2]; 2]; ROWS] {
    let mut rows = [[[simd.splat_i32(0); 2]; 2]; ROWS];
    if let Some(windows) = block.at(|columns| columns.pairs.windows()) {
        for (row, bytes) in rows.iter_mut().enumerate() {
            for two in 0..4 {
                bytes[two / 2][two % 2] = vector(simd, windows.bytes(row, two));
            }
        }
    } else if let Some(words) = block.at(|columns| columns.pairs.words()) {
        for (row, bytes) in rows.iter_mut().enumerate() {
            for two in 0..4 {
                let [low, high] = [words.bytes(row, two * 2), words.bytes(row, two * 2 + 1)];
                bytes[two / 2][two % 2] = simd.zip_low::<8>(simd.extend_8(*low), simd.extend_8(*high));
            }
        }
    } else {
        for (row, bytes) in rows.iter_mut().enumerate() {
            *bytes = must_cast(block.gather(row, |columns| columns.pairs.bytes()));
        }
    }
    for bytes in &mut rows {
        for half in 0..2 {
            bytes[half] = simd.deinterleave::<C>(bytes[half], block.columns().tables[half]);
        }
    }
    rows
}

/// A channel of both halves.
#[inline(always)]
fn channel<V: V128, const C: usize>(
    simd: V,
    columns: &Columns,
    halves: [[V::Vector; 2]; 2],
    channel: usize,
) -> [V::Vector; 2] {
    [simd.channel::<C>(halves[0], columns.tables[0], channel), simd.channel::<C>(halves[1], columns.tables[1], channel)]
}

/// As [`Simd::fetch`](crate::simd::Simd::fetch).
#[inline(always)]
pub(super) fn pixels<V: V128, const C: usize>(simd: V, block: &Fetched<'_, Columns, C, 1, 1>) -> [[V::Vector; 2]; C] {
    let [row] = halves(simd, block);
    let mut pixels = [row[0]; C];
    for (number, pixels) in pixels.iter_mut().enumerate() {
        *pixels = channel::<V, C>(simd, block.columns(), row, number);
    }
    pixels
}

/// As [`Simd::blend`](crate::simd::Simd::blend).
#[inline(always)]
pub(super) fn blend<V: V128, const C: usize, const TAPS: usize>(
    simd: V,
    block: &Fetched<'_, Columns, C, TAPS, 2>,
    weights: V::Vector,
) -> [[V::Vector; 2]; C] {
    let (rows, columns) = (halves(simd, block), block.columns());
    let mut samples = [rows[0][0]; C];
    // Channel by channel: what all of them take at once is more than there are registers.
    for (number, samples) in samples.iter_mut().enumerate() {
        let above = channel::<V, C>(simd, columns, rows[0], number);
        let below = channel::<V, C>(simd, columns, rows[1], number);
        *samples = if TAPS == 1 {
            // All of the weight, which is 2^11: the sum of a column, shifted by 4, is the byte times 2^7.
            simd.blend_rows::<9>([above, below], weights)
        } else {
            simd.blend_rows::<16>([weighed(simd, columns, above), weighed(simd, columns, below)], weights)
        };
    }
    samples
}

/// `(left * w0 + right * w1) >> 4` in each lane.
#[inline(always)]
fn weighed<V: V128>(simd: V, columns: &Columns, taps: [V::Vector; 2]) -> [V::Vector; 2] {
    let mut weighed = taps;
    for half in 0..2 {
        let products = simd.products(simd.splat_i32(0));
        let products = simd.add_products(products, taps[half], vector(simd, &columns.weights[half]));
        weighed[half] = simd.shift_right_u32::<4>(simd.total(products));
    }
    weighed
}
