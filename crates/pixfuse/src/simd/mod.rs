//! The SIMD vocabulary: one narrow trait made of the operations that preprocessing needs, and its levels.
//!
//! No intrinsic stands outside this folder and no algorithm inside it. A level is a zero-size token that exists only
//! where the CPU has its features; [`Simd::vectorize`] is the one gateway of a level, entered once per image.

mod scalar;
mod taps;
mod token;

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86_64;

pub(crate) use taps::BlockTaps;
pub use token::Level;
pub(crate) use token::{Token, Visit};

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

/// The operations of one level, on [`LANES`](Self::LANES) pixels at once.
///
/// Values between load and store are i32 from 0 to 255, one vector a channel. *Words* are two i16 in one i32 lane: the
/// (left, right) bytes of a column pair, or the two weights of a pair.
pub trait Simd: Copy + Send + Sync + 'static {
    /// Pixels in a block.
    const LANES: usize;
    /// `LANES` i32, or `LANES` pairs of words.
    type I32: Copy + Send + Sync + 'static;
    /// `LANES` f32.
    type F32: Copy;
    /// Where the taps of one block lie in a source row, in the form that this level fetches fastest.
    type Columns: Send + Sync + 'static;

    /// Runs a task with the instructions of this level.
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output;

    /// Prepares the fetch of one block.
    fn columns(self, taps: &BlockTaps<'_>) -> Self::Columns;

    /// The taps of one block: for each channel the bytes of `TAPS` taps, zero extended to i32 (one tap) or to words
    /// (left, right).
    ///
    /// # Safety
    /// `columns` was made for `C` channels and `TAPS` taps, and what its `BlockTaps` promise is readable from `row`.
    unsafe fn fetch<const C: usize, const TAPS: usize>(self, row: *const u8, columns: &Self::Columns)
    -> [Self::I32; C];

    /// `LANES` dense pixels of `PIXEL` bytes: the first `C` channels of each.
    ///
    /// # Safety
    /// `LANES * PIXEL` bytes are readable from `pixels`, and `C <= PIXEL`.
    unsafe fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: *const u8) -> [Self::I32; C];

    /// `LANES` pairs of words.
    ///
    /// # Panics
    /// When there are fewer.
    fn words(self, pairs: &[[i16; 2]]) -> Self::I32;

    /// The same pair of words in each lane.
    fn splat_words(self, pair: [i16; 2]) -> Self::I32;

    /// The same value in each lane.
    fn splat(self, value: f32) -> Self::F32;

    /// `left * weight_left + right * weight_right`, exact in i32: the columns of a bilinear sample.
    fn dot_pairs(self, pairs: Self::I32, weights: Self::I32) -> Self::I32;

    /// `((w0 * (above >> 4)) >> 16) + ((w1 * (below >> 4)) >> 16) + 2) >> 2` with (w0, w1) the words of `weights`:
    /// the rows of a bilinear sample, as OpenCV rounds them.
    ///
    /// `above` and `below` are from 0 to 255 * 2049, weights from 0 to 2048: the result is from 0 to 255.
    fn blend_rows(self, above: Self::I32, below: Self::I32, weights: Self::I32) -> Self::I32;

    /// i32 to f32; exact for the values here.
    fn convert(self, value: Self::I32) -> Self::F32;

    /// `a * b + c`, rounded once.
    fn mul_add(self, a: Self::F32, b: Self::F32, c: Self::F32) -> Self::F32;

    /// Stores `LANES` f32.
    ///
    /// # Safety
    /// `LANES` elements are writable from `at`.
    unsafe fn store_f32(self, at: *mut f32, value: Self::F32);

    /// Stores the low byte of each lane.
    ///
    /// # Safety
    /// `LANES` bytes are writable from `at`.
    unsafe fn store_u8(self, at: *mut u8, value: Self::I32);

    /// Stores `LANES` pixels of `C` f32, interleaved.
    ///
    /// # Safety
    /// `LANES * C` elements are writable from `at`.
    unsafe fn store_pixels_f32<const C: usize>(self, at: *mut f32, channels: [Self::F32; C]);

    /// Stores `LANES` pixels of `C` bytes, interleaved; each lane is from 0 to 255.
    ///
    /// # Safety
    /// `LANES * C` bytes are writable from `at`.
    unsafe fn store_pixels_u8<const C: usize>(self, at: *mut u8, channels: [Self::I32; C]);
}
