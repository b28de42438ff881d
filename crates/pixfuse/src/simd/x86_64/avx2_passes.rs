//! The passes of separable filters with AVX2: eight elements of a row at a time, or what is faster for many rows or whole pixels.

use bytemuck::cast_slice_mut;

use super::Avx2;
use super::avx2_pixels::Pixels;
use super::avx2_transposed::Transposed;
use crate::memory::{Holds, NoMemory};
use crate::simd::passes::PlainRows;
use crate::simd::vectors::rows::{self, Bytes, Sums};
use crate::simd::windows::Placement;
use crate::simd::{CacheLine, FloatHorizontalPass, HorizontalPass, QUADS};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// Windows with integer weights.
type Windows = rows::RowFilter<2, 8>;

/// Windows with f32 weights.
type FloatWindows = rows::FloatRowFilter<2, 8>;

/// Filters rows: by looking up bytes of windows, by pixels, eight rows at a time, or tap by tap where ratios are so large that 4
/// elements span more than 32 bytes.
pub(crate) enum RowFilter {
    Windows(Windows),
    Pixels(Pixels),
    Transposed(Transposed),
    Plain(PlainRows),
}

/// As [`RowFilter`], with f32 weights.
pub(crate) enum FloatRowFilter {
    Windows(FloatWindows),
    Plain(PlainRows<f32>),
}

impl Holds for RowFilter {
    fn bytes(&self) -> usize {
        match self {
            Self::Windows(windows) => windows.bytes(),
            Self::Pixels(pixels) => pixels.bytes(),
            Self::Transposed(transposed) => transposed.bytes(),
            Self::Plain(plain) => plain.bytes(),
        }
    }
}

impl Holds for FloatRowFilter {
    fn bytes(&self) -> usize {
        match self {
            Self::Windows(windows) => windows.bytes(),
            Self::Plain(plain) => plain.bytes(),
        }
    }
}

impl HorizontalPass<Avx2> for RowFilter {
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
            Placement::TooWide => Some(Self::Plain(PlainRows::new(weights, pixel)?)),
            Placement::TooShort => None,
        })
    }

    #[inline(always)]
    fn row(&self, simd: Avx2, source: &[u8], out: &mut [CacheLine]) {
        match self {
            Self::Pixels(pixels) => pixels.filter(simd, [source], cast_slice_mut(out)),
            Self::Transposed(_) => unreachable!("these make many quads at once"),
            Self::Windows(windows) => windows.filter::<_, 1, Bytes>(simd, [source], out),
            Self::Plain(plain) => plain.row(simd, source, out),
        }
    }

    #[inline(always)]
    fn quad(&self, simd: Avx2, sources: [&[u8]; 4], out: &mut [CacheLine]) {
        match self {
            Self::Pixels(pixels) => pixels.filter(simd, sources, cast_slice_mut(out)),
            Self::Transposed(_) => unreachable!("these make many quads at once"),
            Self::Windows(windows) => windows.filter::<_, 4, Bytes>(simd, sources, out),
            Self::Plain(plain) => plain.quad(simd, sources, out),
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
        match self {
            Self::Windows(windows) => windows.filter::<_, 1, Sums>(simd, [source], out),
            Self::Pixels(_) | Self::Transposed(_) => unreachable!("these are for rounded weights"),
            Self::Plain(plain) => plain.sum(simd, source, out),
        }
    }
}

impl FloatHorizontalPass<Avx2> for FloatRowFilter {
    fn prepare(_: Avx2, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        Ok(match FloatWindows::new::<Avx2>(weights, pixel, readable)? {
            Placement::Windows(windows) => Some(Self::Windows(windows)),
            Placement::TooWide => Some(Self::Plain(PlainRows::new(weights, pixel)?)),
            Placement::TooShort => None,
        })
    }

    #[inline(always)]
    fn sum<const ROWS: usize>(&self, simd: Avx2, sources: [&[u8]; ROWS], outs: [&mut [CacheLine]; ROWS]) {
        match self {
            Self::Windows(windows) => windows.sum(simd, sources, outs),
            Self::Plain(plain) => plain.sum(simd, sources, outs),
        }
    }
}
