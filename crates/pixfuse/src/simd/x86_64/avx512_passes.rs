//! The passes of separable filters with AVX-512: 16 elements of a row at a time, four taps to a permute.
//!
//! An integer weight has up to 24 bits with its sign; it is cut into three signed bytes, so that `vpdpbusd` multiplies
//! four taps at once and Horner's rule puts the three sums together. The sums wrap, and the result is exact all the same:
//! it fits 32 bits as it does in Pillow. Against 15-bit halves and `vpmaddwd` this took 67 to 90 us for 576x768,
//! antialiased bilinear, on Zen 4.

use std::arch::x86_64::*;

use super::avx512_windows::{Placed, Windows, lanes};
use super::{Avx512, level};
use crate::simd::passes::{PlainRows, blend_rows_plain};
use crate::weights::AxisWeights;

/// Filters rows: by permuting windows, or tap by tap where ratios are so large that 16 elements span more than 256 bytes.
pub(crate) enum RowFilter<W = i32, L = [[u32; 16]; 3]> {
    Windows { windows: Windows, weights: Vec<L>, bits: u32 },
    Plain(PlainRows<W>),
}

/// As [`RowFilter`], with f32 weights: a vector for each tap.
pub(crate) type FloatRowFilter = RowFilter<f32, [[f32; 16]; 4]>;

impl<W: Copy + Default + PartialEq, L: Copy> RowFilter<W, L> {
    /// Tables for rows of `readable` bytes, of which the pixels have `pixel` bytes; `lay` puts the weights of a group's
    /// lanes, four taps at a time, into vectors. `None` when the rows are too short for windows.
    fn new(
        weights: &AxisWeights<W>,
        pixel: usize,
        readable: usize,
        lay: impl Fn([usize; 16], usize) -> L,
    ) -> Option<Self> {
        let windows = match Windows::place(&weights.first, weights.taps, pixel, readable, weights.bits > 11) {
            Placed::Windows(windows) => windows,
            Placed::TooWide => return Some(Self::Plain(PlainRows::new(weights, pixel))),
            Placed::TooShort => return None,
        };
        let elements = weights.outputs() * pixel;
        let mut table = Vec::with_capacity(windows.groups.len() * windows.quads);
        for group in 0..windows.groups.len() {
            let mut outputs = [0; 16];
            for (lane, element) in lanes(group, elements).enumerate() {
                outputs[lane] = element / pixel;
            }
            table.extend((0..windows.quads).map(|quad| lay(outputs, quad)));
        }
        Some(Self::Windows { windows, weights: table, bits: weights.bits })
    }
}

/// Four weights of one output as three vectors of signed bytes: the highest first.
#[inline]
fn limbs(weights: &[i32], quad: usize) -> [u32; 3] {
    let mut limbs = [[0u8; 4]; 3];
    for (tap, &weight) in weights.iter().skip(quad * 4).take(4).enumerate() {
        // Balanced digits: the low one is taken as signed, and what it borrows goes into the next.
        let low = weight as i8;
        let rest = (weight - i32::from(low)) >> 8;
        let middle = rest as i8;
        let high = (rest - i32::from(middle)) >> 8;
        debug_assert!(i8::try_from(high).is_ok(), "a weight of a normalised filter is below 2 in magnitude");
        (limbs[0][tap], limbs[1][tap], limbs[2][tap]) = (high as u8, middle as u8, low as u8);
    }
    limbs.map(u32::from_le_bytes)
}

impl RowFilter {
    pub(super) fn integer(weights: &AxisWeights, pixel: usize, readable: usize) -> Option<Self> {
        let quads = weights.taps.div_ceil(4);
        // The limbs of an output are the same in each of its channels: computed once.
        let of = |output: usize| (0..quads).map(move |quad| limbs(weights.of(output), quad));
        let of_output: Vec<[u32; 3]> = (0..weights.outputs()).flat_map(of).collect();
        Self::new(weights, pixel, readable, |outputs, quad| {
            let mut vectors = [[0; 16]; 3];
            for (lane, output) in outputs.into_iter().enumerate() {
                let limbs = of_output[output * quads + quad];
                for limb in 0..3 {
                    vectors[limb][lane] = limbs[limb];
                }
            }
            vectors
        })
    }

    /// # Safety
    /// As [`Simd::filter_rows`](crate::simd::Simd::filter_rows).
    #[inline(always)]
    pub(super) unsafe fn filter<const ROWS: usize>(
        &self,
        simd: Avx512,
        sources: [*const u8; ROWS],
        outs: [*mut u8; ROWS],
    ) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            match self {
                Self::Windows { windows, weights, bits } => {
                    let (half, bits) = (_mm512_set1_epi32(1 << (bits - 1)), _mm_cvtsi32_si128(*bits as i32));
                    let store = Bytes { half, bits };
                    if !windows.indices.is_empty() {
                        return match windows.vectors {
                            1 => fixed_sums::<ROWS, 1>(simd, windows, weights, sources, outs, store),
                            _ => fixed_sums::<ROWS, 2>(simd, windows, weights, sources, outs, store),
                        };
                    }
                    match windows.vectors {
                        1 => sums::<ROWS, 1, _>(simd, windows, weights, sources, outs, store),
                        2 => sums::<ROWS, 2, _>(simd, windows, weights, sources, outs, store),
                        _ => sums::<ROWS, 4, _>(simd, windows, weights, sources, outs, store),
                    }
                }
                Self::Plain(plain) => {
                    for row in 0..ROWS {
                        plain.filter(sources[row], outs[row]);
                    }
                }
            }
        }
    }

    /// # Safety
    /// As [`Simd::sum_row`](crate::simd::Simd::sum_row).
    #[inline(always)]
    pub(super) unsafe fn sum(&self, simd: Avx512, source: *const u8, out: *mut i32) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            match self {
                Self::Windows { windows, weights, .. } => match windows.vectors {
                    1 => sums::<1, 1, _>(simd, windows, weights, [source], [out], Words),
                    2 => sums::<1, 2, _>(simd, windows, weights, [source], [out], Words),
                    _ => sums::<1, 4, _>(simd, windows, weights, [source], [out], Words),
                },
                Self::Plain(plain) => plain.filter(source, out),
            }
        }
    }
}

/// How 16 sums are kept.
trait Keep: Copy {
    type Element;

    /// # Safety
    /// 16 elements are writable.
    unsafe fn store(self, sums: __m512i, out: *mut Self::Element);
}

/// Rounded and clamped to bytes.
#[derive(Clone, Copy)]
struct Bytes {
    half: __m512i,
    bits: __m128i,
}

/// As they are.
#[derive(Clone, Copy)]
struct Words;

impl Keep for Bytes {
    type Element = u8;

    #[inline(always)]
    unsafe fn store(self, sums: __m512i, out: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe {
            let values = _mm512_sra_epi32(_mm512_add_epi32(sums, self.half), self.bits);
            let values = _mm512_max_epi32(values, _mm512_setzero_si512());
            _mm_storeu_si128(out.cast(), _mm512_cvtusepi32_epi8(values));
        }
    }
}

impl Keep for Words {
    type Element = i32;

    #[inline(always)]
    unsafe fn store(self, sums: __m512i, out: *mut i32) {
        // SAFETY: the caller's promise.
        unsafe { _mm512_storeu_si512(out.cast(), sums) }
    }
}

/// Three sums of limbs to one.
#[inline(always)]
fn together(_: Avx512, [high, middle, low]: [__m512i; 3]) -> __m512i {
    level! {
        let sum = _mm512_add_epi32(_mm512_slli_epi32::<8>(high), middle);
        _mm512_add_epi32(_mm512_slli_epi32::<8>(sum), low)
    }
}

/// The horizontal pass over rows, with windows that are loaded once.
///
/// # Safety
/// As [`sums`].
#[inline(always)]
unsafe fn fixed_sums<const ROWS: usize, const VECTORS: usize>(
    simd: Avx512,
    windows: &Windows,
    weights: &[[[u32; 16]; 3]],
    sources: [*const u8; ROWS],
    outs: [*mut u8; ROWS],
    keep: Bytes,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let (mut limbs, mut indices) = (weights.as_ptr(), windows.indices.as_ptr());
        for (number, group) in windows.groups.iter().enumerate() {
            let mut window = [[_mm512_setzero_si512(); VECTORS]; ROWS];
            for row in 0..ROWS {
                for vector in 0..VECTORS {
                    window[row][vector] = _mm512_loadu_si512(sources[row].add(group.base + vector * 64).cast());
                }
            }
            let mut sums = [[_mm512_setzero_si512(); 3]; ROWS];
            for _ in 0..windows.quads {
                let index = _mm512_load_si512(indices.cast());
                for row in 0..ROWS {
                    let taps = if VECTORS == 1 {
                        _mm512_permutexvar_epi8(index, window[row][0])
                    } else {
                        _mm512_permutex2var_epi8(window[row][0], index, window[row][VECTORS - 1])
                    };
                    for limb in 0..3 {
                        let weights = _mm512_loadu_si512((*limbs)[limb].as_ptr().cast());
                        sums[row][limb] = _mm512_dpbusd_epi32(sums[row][limb], taps, weights);
                    }
                }
                limbs = limbs.add(1);
                indices = indices.add(1);
            }
            for row in 0..ROWS {
                keep.store(together(simd, sums[row]), outs[row].add(number * 16));
            }
        }
    }
}

/// The horizontal pass over rows.
///
/// # Safety
/// Each window ends inside the readable bytes, and the output has room for whole groups.
#[inline(always)]
unsafe fn sums<const ROWS: usize, const VECTORS: usize, K: Keep>(
    simd: Avx512,
    windows: &Windows,
    weights: &[[[u32; 16]; 3]],
    sources: [*const u8; ROWS],
    outs: [*mut K::Element; ROWS],
    keep: K,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut limbs = weights.as_ptr();
        for (number, group) in windows.groups.iter().enumerate() {
            let index = _mm512_load_si512(group.index.as_ptr().cast());
            let mut sums = [[_mm512_setzero_si512(); 3]; ROWS];
            let mut base = group.base;
            for _ in 0..windows.quads {
                for row in 0..ROWS {
                    let taps = Windows::taps::<VECTORS>(sources[row].add(base), index);
                    for limb in 0..3 {
                        let weights = _mm512_loadu_si512((*limbs)[limb].as_ptr().cast());
                        sums[row][limb] = _mm512_dpbusd_epi32(sums[row][limb], taps, weights);
                    }
                }
                limbs = limbs.add(1);
                base += windows.step;
            }
            for row in 0..ROWS {
                keep.store(together(simd, sums[row]), outs[row].add(number * 16));
            }
        }
    }
}

impl FloatRowFilter {
    pub(super) fn float(weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Option<Self> {
        Self::new(weights, pixel, readable, |outputs, quad| {
            let mut vectors = [[0.0; 16]; 4];
            for (lane, output) in outputs.into_iter().enumerate() {
                for (tap, &weight) in weights.of(output).iter().skip(quad * 4).take(4).enumerate() {
                    vectors[tap][lane] = weight;
                }
            }
            vectors
        })
    }

    /// # Safety
    /// As [`Simd::sum_row_f32`](crate::simd::Simd::sum_row_f32).
    #[inline(always)]
    pub(super) unsafe fn sum(&self, source: *const u8, out: *mut f32) {
        // SAFETY: the caller's promise is the same.
        unsafe {
            match self {
                Self::Windows { windows, weights, .. } => match windows.vectors {
                    1 => float_sums::<1>(windows, weights, source, out),
                    2 => float_sums::<2>(windows, weights, source, out),
                    _ => float_sums::<4>(windows, weights, source, out),
                },
                Self::Plain(plain) => plain.filter(source, out),
            }
        }
    }
}

/// The horizontal pass over one row, in f32: multiplied and then added, tap by tap.
///
/// # Safety
/// As [`sums`].
#[inline(always)]
unsafe fn float_sums<const VECTORS: usize>(
    windows: &Windows,
    weights: &[[[f32; 16]; 4]],
    source: *const u8,
    out: *mut f32,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut vectors = weights.as_ptr();
        let low = _mm512_set1_epi32(255);
        for (number, group) in windows.groups.iter().enumerate() {
            let index = _mm512_load_si512(group.index.as_ptr().cast());
            let mut sum = _mm512_setzero_ps();
            let mut base = group.base;
            for _ in 0..windows.quads {
                let taps = Windows::taps::<VECTORS>(source.add(base), index);
                let bytes = [
                    _mm512_and_si512(taps, low),
                    _mm512_and_si512(_mm512_srli_epi32::<8>(taps), low),
                    _mm512_and_si512(_mm512_srli_epi32::<16>(taps), low),
                    _mm512_srli_epi32::<24>(taps),
                ];
                for tap in 0..4 {
                    let weight = _mm512_loadu_ps((*vectors)[tap].as_ptr());
                    sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_cvtepi32_ps(bytes[tap]), weight));
                }
                vectors = vectors.add(1);
                base += windows.step;
            }
            _mm512_storeu_ps(out.add(number * 16), sum);
        }
    }
}

/// Blends rows: the limbs of each output row.
pub(crate) struct ColumnFilter {
    /// For each output row and each four taps.
    limbs: Vec<[u32; 3]>,
    weights: AxisWeights,
}

impl ColumnFilter {
    pub(super) fn new(weights: &AxisWeights) -> Self {
        let quads = weights.taps.div_ceil(4);
        let of = |output: usize| (0..quads).map(move |quad| limbs(weights.of(output), quad));
        Self { limbs: (0..weights.outputs()).flat_map(of).collect(), weights: weights.clone() }
    }

    /// # Safety
    /// As [`Simd::filter_columns`](crate::simd::Simd::filter_columns).
    #[inline(always)]
    pub(super) unsafe fn filter(&self, simd: Avx512, output: usize, rows: &[*const u8], out: *mut u8, length: usize) {
        let Self { limbs, weights } = self;
        if length < 64 {
            // SAFETY: the caller's promise.
            return unsafe { blend_rows_plain(rows, weights.of(output), weights.bits, out, 0, length) };
        }
        let quads = weights.taps.div_ceil(4);
        let limbs = &limbs[output * quads..][..quads];
        // SAFETY: each block is inside 0..length, the last one moved back over the one before.
        unsafe {
            let half = _mm512_set1_epi32(1 << (weights.bits - 1));
            let bits = _mm_cvtsi32_si128(weights.bits as i32);
            for block in 0..length.div_ceil(64) {
                let at = (block * 64).min(length - 64);
                let mut sums = [[_mm512_setzero_si512(); 3]; 4];
                for (quad, limbs) in limbs.iter().enumerate() {
                    // The last four may have fewer rows; the others have no weight, so any row will do.
                    let row = |tap: usize| rows.get_unchecked((quad * 4 + tap).min(rows.len() - 1)).add(at);
                    let (a, b, c, d) = (row(0), row(1), row(2), row(3));
                    let (a, b) = (_mm512_loadu_si512(a.cast()), _mm512_loadu_si512(b.cast()));
                    let (c, d) = (_mm512_loadu_si512(c.cast()), _mm512_loadu_si512(d.cast()));
                    let (ab, cd) = (_mm512_unpacklo_epi8(a, b), _mm512_unpacklo_epi8(c, d));
                    let (ef, gh) = (_mm512_unpackhi_epi8(a, b), _mm512_unpackhi_epi8(c, d));
                    let taps = [
                        _mm512_unpacklo_epi16(ab, cd),
                        _mm512_unpackhi_epi16(ab, cd),
                        _mm512_unpacklo_epi16(ef, gh),
                        _mm512_unpackhi_epi16(ef, gh),
                    ];
                    for limb in 0..3 {
                        let weights = _mm512_set1_epi32(limbs[limb] as i32);
                        for part in 0..4 {
                            sums[part][limb] = _mm512_dpbusd_epi32(sums[part][limb], taps[part], weights);
                        }
                    }
                }
                let mut values = [half; 4];
                for part in 0..4 {
                    values[part] = _mm512_sra_epi32(_mm512_add_epi32(together(simd, sums[part]), half), bits);
                }
                // Both packs saturate, which is the clamp, and undo the order of the unpacks.
                let low = _mm512_packs_epi32(values[0], values[1]);
                let high = _mm512_packs_epi32(values[2], values[3]);
                _mm512_storeu_si512(out.add(at).cast(), _mm512_packus_epi16(low, high));
            }
        }
    }
}
