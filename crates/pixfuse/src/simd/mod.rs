//! The SIMD vocabulary: one narrow trait made of the operations that preprocessing needs, and its levels.
//!
//! No intrinsic stands outside this folder and no algorithm inside it. A level is a zero-size token that exists only
//! where the CPU has its features; [`Simd::vectorize`] is the one gateway of a level, entered once per image.

mod cache_lines;
mod cell_walks;
mod cells;
mod elements;
mod filters;
mod fused;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod passes;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod scalar;
mod taps;
mod token;
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
mod v128;
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64"))]
mod values;
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
mod vectors;
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
mod windows;
mod write;

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86_64;

pub(crate) use cache_lines::{CacheLine, RowList, SLACK, ScratchRows, interleave};
pub(crate) use cell_walks::CellRows;
pub(crate) use cells::{CHUNK, CellColumns, CellTaps, MAX_AREA_ROWS, Share, ShareUnit, WholeCells};
pub(crate) use elements::Plain;
pub use elements::{Elements, Half, Steps};
pub(crate) use filters::{FloatHorizontalPass, HorizontalPass, QUADS, VerticalPass};
#[cfg(target_arch = "aarch64")]
pub(crate) use neon::Neon;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use scalar::Scalar;
pub(crate) use taps::{BlockTaps, Fetched};
pub use token::Level;
pub(crate) use token::{Token, Visit, levels};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use wasm::Simd128;
pub(crate) use write::{copy, write};
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::{Avx2, Avx512, Sse41, Streams, prefetch_lines, streams};

use std::mem::MaybeUninit;

use crate::weights::{Gateway, Work};

/// Whether bytes can be stored past the caches: there are no such stores here.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn streams(_joined: usize, _bytes: usize) -> bool {
    false
}

/// Stores past the caches, which there are none of here.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) struct Streams(());

#[cfg(not(target_arch = "x86_64"))]
impl Streams {
    /// Gives `work` what stores past the caches.
    #[inline(always)]
    pub(crate) fn with<T>(work: impl FnOnce(&Self) -> T) -> T {
        work(&Self(()))
    }

    /// Copies as much as there is in both.
    #[inline(always)]
    pub(crate) fn copy(&self, from: &[u8], to: &mut [MaybeUninit<u8>]) {
        copy(to, from);
    }
}

/// Leaves what is written next to the hardware's prefetcher.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn prefetch_lines(_at: *const u8, _bytes: usize) {}

/// Work on one level: run inside that level's gateway, so that everything it inlines may use its instructions.
///
/// Implement [`run`](Self::run) with `#[inline(always)]` and call only functions that are: what is not inlined into the
/// gateway is compiled without its instructions. A closure that holds intrinsics is such a function; it cost a factor
/// of forty.
pub trait Task<S: Simd> {
    /// What it gives.
    type Output;

    /// The work.
    fn run(self, simd: S) -> Self::Output;
}

/// Work of a rule, as a task of a level.
struct OfRule<W>(W);

impl<S: Simd, W: Work> Task<S> for OfRule<W> {
    type Output = W::Output;

    #[inline(always)]
    fn run(self, _: S) -> W::Output {
        self.0.run()
    }
}

impl<S: Simd> Gateway for S {
    fn enter<W: Work>(self, work: W) -> W::Output {
        self.vectorize(OfRule(work))
    }
}

/// The operations of one level, on [`LANES`](Elements::LANES) pixels at once.
///
/// Values between load and store are i32 from 0 to 255, one vector a channel. *Words* are two i16 in one i32 lane: the
/// (left, right) bytes of a column pair, or the two weights of a pair.
///
/// # Safety
/// An operation reads and writes no more than its contract says, which kernels rely on for every image and output.
pub unsafe trait Simd: Elements {
    /// Where the taps of one block lie in a source row, in the form that this level fetches fastest.
    type Columns: Send + Sync + 'static;

    /// Whether kernels that have code for it fetch from the source while they map: a product of both. On the scalar level, which
    /// few CPUs need, rows are fetched into scratch first: a sum, which takes less code.
    const FETCHES_DIRECTLY: bool = true;
    /// Whether an image that may be in a cache is prefetched, too, row by row.
    const PREFETCHES_NEXT_ROW: bool = false;
    /// Bytes from a place that is prefetched to the next; 0 where nothing is.
    const PREFETCH_STRIDE: usize = 0;
    /// The horizontal pass with integer weights.
    type RowFilter: HorizontalPass<Self>;
    /// The horizontal pass with f32 weights.
    type FloatRowFilter: FloatHorizontalPass<Self>;
    /// Cells of OpenCV's area that are summed both ways at once.
    type Cells: WholeCells<Self>;
    /// The vertical pass.
    type QuadWeights: VerticalPass<Self>;

    /// Runs a task with the instructions of this level.
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output;

    /// Prepares the fetch of one block.
    fn columns(self, taps: &BlockTaps<'_>) -> Self::Columns;

    /// The pixels of one block: the first `C` channels of each.
    fn fetch<const C: usize>(self, block: &Fetched<'_, Self::Columns, C, 1, 1>) -> [Self::I32; C];

    /// Bilinear samples of one block, as OpenCV rounds them: of each channel from 0 to 255.
    ///
    /// With `w` the weights of the columns, `H = (left * w0 + right * w1) >> 4` in each row; with (w0, w1) the words of
    /// `weights` the sample is `(((w0 * H_above) >> 16) + ((w1 * H_below) >> 16) + 2) >> 2`. Weights are from 0 to 2049, in
    /// 1/2048. With one tap the left one has all of the weight, 2048, and the right one is not fetched.
    fn blend<const C: usize, const TAPS: usize>(
        self,
        block: &Fetched<'_, Self::Columns, C, TAPS, 2>,
        weights: Self::I32,
    ) -> [Self::I32; C];

    /// Dense pixels of `PIXEL` bytes, as many as there are lanes: the first `C` channels of each, of which there are no more.
    fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: &[Self::Lanes<u8>; PIXEL]) -> [Self::I32; C];

    /// Four pixels of each column of memory become one pixel of four rows each: row `y` has pixel `y` of every column, and
    /// any bytes behind the four.
    #[inline(always)]
    fn transpose<const PIXEL: usize>(self, columns: [&[[u8; PIXEL]; 4]; 4]) -> [[u8; 16]; 4] {
        let mut rows = [[0; 16]; 4];
        for (y, row) in rows.iter_mut().enumerate() {
            for (pixel, column) in row.as_chunks_mut::<PIXEL>().0.iter_mut().zip(columns) {
                *pixel = column[y];
            }
        }
        rows
    }

    /// Prefetches the cache line of a byte, which need not be readable.
    fn prefetch(self, _at: *const u8) {}

    /// Writes a value to every element, if there is a faster way than vectors for so many; says whether it did.
    fn fill_long<T: Plain>(self, _out: &mut [MaybeUninit<T>], _value: T) -> bool {
        false
    }

    /// An f32 for each lane.
    fn load_f32(self, values: &Self::Lanes<f32>) -> Self::F32;

    /// The same pair of words in each lane.
    fn splat_words(self, pair: [i16; 2]) -> Self::I32;

    /// The same value in each lane.
    fn splat(self, value: f32) -> Self::F32;

    /// i32 to f32; exact for the values here.
    fn convert(self, value: Self::I32) -> Self::F32;

    /// The table's entry for each lane, which is from 0 to 255.
    fn look_up(self, value: Self::I32, table: &[u32; 256]) -> Self::I32;

    /// The f32 of these bits.
    fn reinterpret(self, bits: Self::I32) -> Self::F32;

    /// `a * b + c`, rounded once.
    fn mul_add(self, a: Self::F32, b: Self::F32, c: Self::F32) -> Self::F32;

    /// `value * scale + offset`, rounded once, of lanes from 0 to 255.
    #[inline(always)]
    fn mul_add_u8(self, value: Self::I32, scale: f32, offset: f32) -> Self::F32 {
        self.mul_add(self.convert(value), self.splat(scale), self.splat(offset))
    }

    /// Stores the f32 of each lane.
    fn store_f32(self, at: &mut Self::Lanes<MaybeUninit<f32>>, value: Self::F32);

    /// Stores the low byte of each lane.
    fn store_u8(self, at: &mut Self::Lanes<MaybeUninit<u8>>, value: Self::I32);

    /// Stores pixels of `C` f32, interleaved.
    fn store_pixels_f32<const C: usize>(self, at: &mut [Self::Lanes<MaybeUninit<f32>>; C], channels: [Self::F32; C]);

    /// Stores pixels of `C` bytes, interleaved; each lane is from 0 to 255.
    fn store_pixels_u8<const C: usize>(self, at: &mut [Self::Lanes<MaybeUninit<u8>>; C], channels: [Self::I32; C]);

    /// `sums + values * weight` of i32, which wrap.
    #[inline(always)]
    fn add_weighed(self, sums: [i32; 16], values: &[i32; 16], weight: i32) -> [i32; 16] {
        let mut added = sums;
        for (sum, value) in added.iter_mut().zip(values) {
            *sum = sum.wrapping_add(value.wrapping_mul(weight));
        }
        added
    }

    /// Sums rows of cells: those inside, and the shares of those on the edges. There are `CHUNK` sums at least, as many as
    /// rows have bytes.
    #[inline(always)]
    fn sum_cells(self, rows: &CellRows<'_>, sums: &mut [f32]) {
        cells::sum_cells_plain(rows, sums);
    }

    /// Sums columns of cells: of sums of rows, and `CellColumns::margin` more on both sides, which are numbers. The line has
    /// room for all pixels and four elements.
    #[inline(always)]
    fn weigh_cells(self, columns: &CellColumns, sums: &[f32], line: &mut [f32]) {
        cells::weigh_cells_plain(columns, sums, line);
    }

    /// Rounds a chunk of weighted sums to bytes, half to even; gives a bit for each whose distance from its byte is more
    /// than `rounding_margin`. What is no number from 0 to 255 becomes any byte.
    #[inline(always)]
    fn round_cells(self, sums: &[f32; CHUNK], weight: f32, rounding_margin: f32, line: &mut [u8; CHUNK]) -> u32 {
        cells::round_cells_plain(sums, weight, rounding_margin, line)
    }
}
