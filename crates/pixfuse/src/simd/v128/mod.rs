//! Levels with vectors of 16 bytes, each algorithm of theirs once: an instruction set says what [`V128`] asks for, and is a
//! [`Simd`](super::Simd) level by that alone.
//!
//! A block is eight pixels, two vectors of i32 or f32 for each channel. What is no matter of width is in
//! [`vectors`](super::vectors), and AVX2 shares it.

mod blocks;
mod cells;
mod columns;
mod elements;
#[cfg(any(target_arch = "x86_64", target_arch = "wasm32"))]
mod fused;
mod interleaved;
mod rows;
mod transpose;

use std::mem::MaybeUninit;

#[cfg(any(target_arch = "x86_64", target_arch = "wasm32"))]
pub(super) use fused::{Doubles, mul_add, mul_add_u8};
pub(crate) use transpose::transpose;

use super::vectors::{Vectors, array, vector};
use super::{Plain, Task};

/// Which bytes of four pixels become those of each channel, in the form of an instruction set.
pub(super) type ChannelTables = [[u8; 16]; 4];

/// An instruction set with vectors of 16 bytes: sixteen u8, eight words of 16 bits, four i32 or f32.
///
/// # Safety
/// A value of the type exists only where the CPU has the instructions.
pub unsafe trait V128: Vectors {
    /// Bytes from a place that is prefetched to the next; 0 where nothing is.
    const PREFETCH_STRIDE: usize = 0;

    /// Runs a task with these instructions.
    fn enter<T: Task<Self>>(self, task: T) -> T::Output;

    /// Eight bytes, and eight zeros.
    fn extend_8(self, bytes: [u8; 8]) -> Self::Vector;

    /// Four bytes, and twelve zeros.
    fn extend_4(self, bytes: [u8; 4]) -> Self::Vector;

    /// The low eight bytes.
    fn low_8(self, value: Self::Vector) -> [u8; 8];

    /// The low four bytes.
    fn low_4(self, value: Self::Vector) -> [u8; 4];

    /// The tables of [`deinterleave`](Self::deinterleave) and [`channel`](Self::channel): for each channel and each byte of its
    /// words the place among 32 bytes, 16 for each two pixels; 255 gives zero, as for the high byte of every word.
    fn channel_tables(places: [[u8; 16]; 4]) -> ChannelTables {
        let mut tables = [[255; 16]; 4];
        for (channel, places) in places.iter().enumerate() {
            for (two, table) in places.as_chunks::<8>().0.iter().zip(&mut tables) {
                for byte in 0..4 {
                    let place = two[byte * 2];
                    table[channel * 4 + byte] = if place == 255 { place } else { place % 16 };
                }
            }
        }
        [tables[2], tables[3]] = Self::index_32(places[0]);
        tables
    }

    /// Of the bytes of four pixels, two to a vector, those of channels 0 and 1 and those of 2 and 3, or what else
    /// [`channel`](Self::channel) takes of this instruction set.
    #[inline(always)]
    fn deinterleave<const C: usize>(self, bytes: [Self::Vector; 2], tables: ChannelTables) -> [Self::Vector; 2] {
        if C == 1 {
            return bytes;
        }
        // Four bytes of each channel: those of two pixels.
        let low = self.shuffle(bytes[0], vector(self, &tables[0]));
        let high = self.shuffle(bytes[1], vector(self, &tables[1]));
        [self.zip_low::<4>(low, high), self.zip_high::<4>(low, high)]
    }

    /// The words of one of `C` channels.
    #[inline(always)]
    fn channel<const C: usize>(self, bytes: [Self::Vector; 2], tables: ChannelTables, channel: usize) -> Self::Vector {
        let zero = self.splat_i32(0);
        match (C, channel % 2) {
            (1, _) => self.shuffle_32(bytes, [vector(self, &tables[2]), vector(self, &tables[3])]),
            (_, 0) => self.zip_low::<1>(bytes[channel / 2], zero),
            _ => self.zip_high::<1>(bytes[channel / 2], zero),
        }
    }

    /// Lanes of `BYTES` (1, 2, 4 or 8) of the low halves, in turns.
    fn zip_low<const BYTES: usize>(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Lanes of `BYTES` (1, 2, 4 or 8) of the high halves, in turns.
    fn zip_high<const BYTES: usize>(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The bits of `a` where those of the mask are set, which are all or none in each i32, else those of `b`.
    fn select(self, mask: Self::Vector, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// All ones where `a` is less than `b`, as i32.
    fn less_i32(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The sum of words, which wraps.
    fn add_i16(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Eight i32 from 0 to 65535 as words.
    fn pack_u32(self, low: Self::Vector, high: Self::Vector) -> Self::Vector;

    /// Bilinear samples of eight pixels from two rows, whose weights are words of `weights`, from 0 to 2049:
    /// `(((w0 * above) >> BITS) + ((w1 * below) >> BITS) + 2) >> 2`, of bytes with 9 bits, and with 16 of i32 from 0 to 32767.
    fn blend_rows<const BITS: i32>(self, rows: [[Self::Vector; 2]; 2], weights: Self::Vector) -> [Self::Vector; 2];

    /// `a * b + c` of f32, rounded once.
    fn mul_add_f32(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// `value * scale + offset`, rounded once, of i32 from 0 to 255.
    #[inline(always)]
    fn mul_add_u8(self, value: Self::Vector, scale: f32, offset: f32) -> Self::Vector {
        self.mul_add_f32(self.convert(value), self.splat_f32(scale), self.splat_f32(offset))
    }

    /// The bits of the nearest f16, halves to even, in the low half of each lane; what is not a number becomes quiet.
    #[inline(always)]
    fn round_to_f16(self, value: Self::Vector) -> Self::Vector {
        elements::round_to_f16(self, value)
    }

    /// As [`Simd::prefetch`](super::Simd::prefetch).
    fn prefetch(self, _at: *const u8) {}

    /// As [`Simd::fill_long`](super::Simd::fill_long).
    fn fill_long<T: Plain>(self, _out: &mut [MaybeUninit<T>], _value: T) -> bool {
        false
    }
}
