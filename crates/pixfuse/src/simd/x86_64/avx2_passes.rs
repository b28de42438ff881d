//! The passes of separable filters with AVX2: eight elements of a row at a time, or what is faster for many rows or whole pixels.

use std::marker::PhantomData;

use bytemuck::cast_slice_mut;

use super::avx2_pixels::Pixels;
use super::avx2_transposed::Transposed;
use super::{Avx2, Sse41, features, values};
use crate::memory::{Holds, NoMemory};
use crate::simd::vectors::rows::{self, Bytes, Keep, Sums};
use crate::simd::windows::Placement;
use crate::simd::{CacheLine, FloatHorizontalPass, HorizontalPass, QUADS, Simd, Task};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// Windows with integer weights.
type Windows = rows::RowFilter<2, 8>;

/// Windows with f32 weights.
type FloatWindows = rows::FloatRowFilter<2, 8>;

/// Filters rows: by looking up bytes of windows, by pixels, or eight rows at a time.
pub(crate) enum RowFilter {
    Windows(Windows),
    /// Where ratios are so large that 4 elements span more than 32 bytes: fewer elements at a time.
    Narrower(rows::RowFilter<1, 4>),
    Pixels(Pixels),
    Transposed(Transposed),
}

/// As [`RowFilter`], with f32 weights.
pub(crate) enum FloatRowFilter {
    Windows(FloatWindows),
    Narrower(rows::FloatRowFilter<1, 4>),
}

impl Holds for RowFilter {
    fn bytes(&self) -> usize {
        match self {
            Self::Windows(windows) => windows.bytes(),
            Self::Pixels(pixels) => pixels.bytes(),
            Self::Transposed(transposed) => transposed.bytes(),
            Self::Narrower(windows) => windows.bytes(),
        }
    }
}

impl Holds for FloatRowFilter {
    fn bytes(&self) -> usize {
        match self {
            Self::Windows(windows) => windows.bytes(),
            Self::Narrower(windows) => windows.bytes(),
        }
    }
}

impl HorizontalPass<Avx2> for RowFilter {
    fn prefers_quads(_: &AxisWeights, _: usize) -> bool {
        true
    }

    fn prepare(
        _: Avx2,
        weights: &AxisWeights,
        pixel: usize,
        readable: usize,
        many_quads: bool,
    ) -> Result<Option<Self>, NoMemory> {
        let transposed = if many_quads { Transposed::new(weights, pixel, readable)? } else { None };
        if transposed.is_some() {
            return Ok(transposed.map(Self::Transposed));
        }
        if weights.bits == ROUNDED_BITS && pixel > 1 {
            return Ok(Pixels::new(weights, pixel, readable)?.map(Self::Pixels));
        }
        Ok(match Windows::new::<Avx2>(weights, pixel, readable)? {
            Placement::Windows(windows) => Some(Self::Windows(windows)),
            Placement::TooWide => {
                rows::RowFilter::new::<Sse41>(weights, pixel, readable)?.windows().map(Self::Narrower)
            }
            Placement::TooShort => None,
        })
    }

    #[inline(always)]
    fn row(&self, simd: Avx2, source: &[u8], out: &mut [CacheLine]) {
        match self {
            Self::Pixels(pixels) => pixels.filter(simd, [source], cast_slice_mut(out)),
            Self::Transposed(_) => unreachable!("these make many quads at once"),
            Self::Windows(_) | Self::Narrower(_) => simd.vectorize(Windowed::<1, Bytes>::new(self, [source], out)),
        }
    }

    #[inline(always)]
    fn quad(&self, simd: Avx2, sources: [&[u8]; 4], out: &mut [CacheLine]) {
        match self {
            Self::Pixels(pixels) => pixels.filter(simd, sources, cast_slice_mut(out)),
            Self::Transposed(_) => unreachable!("these make many quads at once"),
            Self::Windows(_) | Self::Narrower(_) => simd.vectorize(Windowed::<4, Bytes>::new(self, sources, out)),
        }
    }

    #[inline(always)]
    fn quads(&self, simd: Avx2, sources: [[&[u8]; 4]; QUADS], quads: [&mut [CacheLine]; QUADS]) {
        if let Self::Transposed(transposed) = self {
            return transposed.filter(simd, sources, quads.map(cast_slice_mut));
        }
        for (sources, quad) in sources.into_iter().zip(quads) {
            self.quad(simd, sources, quad);
        }
    }

    #[inline(always)]
    fn sum(&self, simd: Avx2, source: &[u8], out: &mut [CacheLine]) {
        simd.vectorize(Windowed::<1, Sums>::new(self, [source], out));
    }
}

impl FloatHorizontalPass<Avx2> for FloatRowFilter {
    fn prepare(_: Avx2, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        Ok(match FloatWindows::new::<Avx2>(weights, pixel, readable)? {
            Placement::Windows(windows) => Some(Self::Windows(windows)),
            Placement::TooWide => {
                rows::FloatRowFilter::new::<Sse41>(weights, pixel, readable)?.windows().map(Self::Narrower)
            }
            Placement::TooShort => None,
        })
    }

    #[inline(always)]
    fn sum<const ROWS: usize>(&self, simd: Avx2, sources: [&[u8]; ROWS], outs: [&mut [CacheLine]; ROWS]) {
        simd.sum_rows_f32(simd, self, sources, outs);
    }
}

/// Windows of some rows, whose sums are kept so: compiled once for whoever calls it, which a function of the level is not.
struct Windowed<'a, const ROWS: usize, K> {
    filter: &'a RowFilter,
    rows: [&'a [u8]; ROWS],
    out: &'a mut [CacheLine],
    kept: PhantomData<K>,
}

impl<'a, const ROWS: usize, K> Windowed<'a, ROWS, K> {
    #[inline(always)]
    fn new(filter: &'a RowFilter, rows: [&'a [u8]; ROWS], out: &'a mut [CacheLine]) -> Self {
        Self { filter, rows, out, kept: PhantomData }
    }
}

impl<const ROWS: usize, K: Keep<Avx2, ROWS, 8> + Keep<Sse41, ROWS, 4>> Task<Avx2> for Windowed<'_, ROWS, K> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: Avx2) {
        let Self { filter, rows, out, .. } = self;
        match filter {
            RowFilter::Windows(windows) => windows.filter::<_, ROWS, K>(simd, rows, out),
            RowFilter::Narrower(windows) => windows.filter::<Sse41, ROWS, K>(simd.into(), rows, out),
            RowFilter::Pixels(_) | RowFilter::Transposed(_) => unreachable!("these have no windows"),
        }
    }
}

impl Avx2 {
    features! { Avx2 => values! {
        /// Some rows, in f32.
        fn sum_rows_f32<const ROWS: usize>(
            self,
            simd: Avx2,
            filter: &FloatRowFilter,
            rows: [&[u8]; ROWS],
            outs: [&mut [CacheLine]; ROWS],
        ) {
            match filter {
                FloatRowFilter::Windows(windows) => windows.sum(simd, rows, outs),
                FloatRowFilter::Narrower(windows) => windows.sum(Sse41::from(simd), rows, outs),
            }
        }
    } }
}
