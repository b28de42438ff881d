//! The horizontal passes, as levels of 16 bytes have them.

use super::V128;
use crate::memory::NoMemory;
use crate::simd::vectors::rows::{self, Bytes, Sums};
use crate::simd::{CacheLine, FloatHorizontalPass, HorizontalPass, Task};
use crate::weights::AxisWeights;

/// Filters rows, four elements at a time.
pub(super) type RowFilter = rows::RowFilter<1, 4>;

/// As [`RowFilter`], with f32 weights.
pub(super) type FloatRowFilter = rows::FloatRowFilter<1, 4>;

impl<V: V128> HorizontalPass<V> for RowFilter {
    fn prepare(
        _: V,
        weights: &AxisWeights,
        pixel: usize,
        readable: usize,
        _many_quads: bool,
    ) -> Result<Option<Self>, NoMemory> {
        Ok(Self::new::<V>(weights, pixel, readable)?.windows())
    }

    #[inline(always)]
    fn row(&self, simd: V, source: &[u8], out: &mut [CacheLine]) {
        self.filter::<V, 1, Bytes>(simd, [source], out);
    }

    #[inline(always)]
    fn quad(&self, simd: V, sources: [&[u8]; 4], out: &mut [CacheLine]) {
        self.filter::<V, 4, Bytes>(simd, sources, out);
    }

    #[inline(always)]
    fn sum(&self, simd: V, source: &[u8], out: &mut [CacheLine]) {
        simd.enter(RowSums { filter: self, source, out });
    }
}

/// A row of sums, compiled once for whoever calls it.
struct RowSums<'a> {
    filter: &'a RowFilter,
    source: &'a [u8],
    out: &'a mut [CacheLine],
}

impl<V: V128> Task<V> for RowSums<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: V) {
        self.filter.filter::<V, 1, Sums>(simd, [self.source], self.out);
    }
}

impl<V: V128> FloatHorizontalPass<V> for FloatRowFilter {
    fn prepare(_: V, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        Ok(Self::new::<V>(weights, pixel, readable)?.windows())
    }

    #[inline(always)]
    fn sum<const ROWS: usize>(&self, simd: V, sources: [&[u8]; ROWS], outs: [&mut [CacheLine]; ROWS]) {
        Self::sum(self, simd, sources, outs);
    }
}
