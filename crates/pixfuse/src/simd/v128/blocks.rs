//! The level of an instruction set with vectors of 16 bytes.

use std::convert::Infallible;
use std::mem::MaybeUninit;

use bytemuck::must_cast;

use super::columns::Columns;
use super::rows::{FloatRowFilter, RowFilter};
use super::{V128, array, cells, columns, interleaved, transpose, vector};
use crate::simd::vectors::weights::QuadWeights;
use crate::simd::vectors::{Vectors, add_weighed};
use crate::simd::{BlockTaps, CHUNK, CellColumns, CellRows, Fetched, Plain, Simd, Task, write};

// SAFETY: each operation says what it reads and writes, and that this is what it asks for.
unsafe impl<V: V128> Simd for V {
    const PREFETCH_STRIDE: usize = V::PREFETCH_STRIDE;
    type Columns = Columns;
    type RowFilter = RowFilter;
    type FloatRowFilter = FloatRowFilter;
    type Cells = Infallible;
    type QuadWeights = QuadWeights;

    #[inline(always)]
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output {
        self.enter(task)
    }

    fn columns(self, taps: &BlockTaps<'_>) -> Columns {
        Columns::new::<V>(taps)
    }

    #[inline(always)]
    fn fetch<const C: usize>(self, block: &Fetched<'_, Columns, C, 1, 1>) -> [Self::I32; C] {
        columns::pixels(self, block)
    }

    #[inline(always)]
    fn blend<const C: usize, const TAPS: usize>(
        self,
        block: &Fetched<'_, Columns, C, TAPS, 2>,
        weights: Self::I32,
    ) -> [Self::I32; C] {
        columns::blend(self, block, weights[0])
    }

    #[inline(always)]
    fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: &[[u8; 8]; PIXEL]) -> [Self::I32; C] {
        interleaved::load_pixels::<V, PIXEL, C>(self, pixels)
    }

    #[inline(always)]
    fn transpose<const PIXEL: usize>(self, columns: [&[[u8; PIXEL]; 4]; 4]) -> [[u8; 16]; 4] {
        transpose::<V, PIXEL>(self, columns)
    }

    #[inline(always)]
    fn prefetch(self, at: *const u8) {
        V128::prefetch(self, at);
    }

    #[inline(always)]
    fn fill_long<T: Plain>(self, out: &mut [MaybeUninit<T>], value: T) -> bool {
        V128::fill_long(self, out, value)
    }

    #[inline(always)]
    fn load_f32(self, values: &[f32; 8]) -> Self::F32 {
        must_cast(*values)
    }

    #[inline(always)]
    fn splat_words(self, [low, high]: [i16; 2]) -> Self::I32 {
        [self.splat_i32(i32::from(low) & 0xffff | i32::from(high) << 16); 2]
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::F32 {
        [self.splat_f32(value); 2]
    }

    #[inline(always)]
    fn convert(self, value: Self::I32) -> Self::F32 {
        [Vectors::convert(self, value[0]), Vectors::convert(self, value[1])]
    }

    #[inline(always)]
    fn reinterpret(self, bits: Self::I32) -> Self::F32 {
        bits
    }

    #[inline(always)]
    fn mul_add(self, a: Self::F32, b: Self::F32, c: Self::F32) -> Self::F32 {
        [self.mul_add_f32(a[0], b[0], c[0]), self.mul_add_f32(a[1], b[1], c[1])]
    }

    #[inline(always)]
    fn mul_add_u8(self, value: Self::I32, scale: f32, offset: f32) -> Self::F32 {
        [V128::mul_add_u8(self, value[0], scale, offset), V128::mul_add_u8(self, value[1], scale, offset)]
    }

    #[inline(always)]
    fn look_up(self, value: Self::I32, table: &[u32; 256]) -> Self::I32 {
        let mut found = value;
        for half in 0..2 {
            let lanes: [u32; 4] = array(self, value[half]);
            let mut entries = [0; 4];
            for lane in 0..4 {
                entries[lane] = table[lanes[lane] as u8 as usize];
            }
            found[half] = vector(self, &entries);
        }
        found
    }

    #[inline(always)]
    fn store_f32(self, at: &mut [MaybeUninit<f32>; 8], value: Self::F32) {
        write(at, must_cast(value));
    }

    #[inline(always)]
    fn store_u8(self, at: &mut [MaybeUninit<u8>; 8], value: Self::I32) {
        write(at, interleaved::low_bytes(self, value));
    }

    #[inline(always)]
    fn store_pixels_f32<const C: usize>(self, at: &mut [[MaybeUninit<f32>; 8]; C], channels: [Self::F32; C]) {
        // Each half has as many vectors as there are channels.
        let (vectors, _) = at.as_flattened_mut().as_chunks_mut::<4>();
        for (half, at) in vectors.as_chunks_mut::<C>().0.iter_mut().enumerate() {
            let mut lanes = [channels[0][half]; C];
            for (lanes, channel) in lanes.iter_mut().zip(channels) {
                *lanes = channel[half];
            }
            for (at, pixels) in at.iter_mut().zip(interleaved::pixels::<V, C, 4, 8>(self, lanes)) {
                write(at, array(self, pixels));
            }
        }
    }

    #[inline(always)]
    fn store_pixels_u8<const C: usize>(self, at: &mut [[MaybeUninit<u8>; 8]; C], channels: [Self::I32; C]) {
        interleaved::store_pixels_u8::<V, C>(self, at, channels);
    }

    #[inline(always)]
    fn add_weighed(self, sums: [i32; 16], values: &[i32; 16], weight: i32) -> [i32; 16] {
        add_weighed::<_, 4>(self, sums, values, weight)
    }

    #[inline(always)]
    fn sum_cells(self, rows: &CellRows<'_>, sums: &mut [f32]) {
        cells::sum(self, rows, sums);
    }

    #[inline(always)]
    fn weigh_cells(self, columns: &CellColumns, sums: &[f32], line: &mut [f32]) {
        cells::weigh(self, columns, sums, line);
    }

    #[inline(always)]
    fn round_cells(self, sums: &[f32; CHUNK], weight: f32, rounding_margin: f32, line: &mut [u8; CHUNK]) -> u32 {
        cells::round(self, sums, weight, rounding_margin, line)
    }
}
