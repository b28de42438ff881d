//! The passes of separable filters with AVX-512: 16 bytes of a row at a time, four taps to an instruction.
//!
//! A weight has up to 24 bits with its sign; it is cut into three signed bytes, so that `vpdpbusd` multiplies four taps
//! at once and Horner's rule puts the three sums together. The sums wrap, and the result is exact all the same: it fits
//! 32 bits as it does in Pillow. Against 15-bit halves and `vpmaddwd` this took 67 to 90 us for 576x768, antialiased
//! bilinear, on Zen 4.

use std::arch::x86_64::*;

use super::{Avx512, level};
use crate::simd::passes::{PlainRows, blend_rows_plain};
use crate::weights::AxisWeights;

/// Four weights of one output as three vectors of signed bytes: the highest first.
fn limbs(weights: [i32; 4]) -> [u32; 3] {
    let mut limbs = [[0u8; 4]; 3];
    for (tap, weight) in weights.into_iter().enumerate() {
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

/// The weights of one output index in fours, the last one filled up with zeros.
fn quads(weights: &[i32]) -> impl Iterator<Item = [u32; 3]> + '_ {
    weights.chunks(4).map(|taps| {
        let mut four = [0; 4];
        four[..taps.len()].copy_from_slice(taps);
        limbs(four)
    })
}

/// Filters rows.
pub(crate) enum RowFilter {
    /// By permuting windows of the row.
    Windows(Windows),
    /// Tap by tap: ratios so large that 16 output bytes span more than 256.
    Plain(PlainRows),
}

/// For each 16 output bytes, a window of the row whose bytes are permuted so that each lane has four taps.
pub(crate) struct Windows {
    groups: Vec<Group>,
    /// For each group and each four taps, the limbs of each lane.
    limbs: Vec<[[u32; 16]; 3]>,
    /// Vectors of 64 bytes that a window takes: 1, 2 or 4.
    vectors: usize,
    /// Fours of taps.
    quads: usize,
    /// Bytes from four taps to the next four.
    step: usize,
    bits: u32,
}

#[repr(C, align(64))]
struct Group {
    /// For each byte, where in the window it comes from.
    index: [u8; 64],
    /// Where the window of the first four taps starts.
    base: usize,
}

impl RowFilter {
    /// Tables for rows of `readable` bytes, of which the pixels have `pixel` bytes. `None` when the rows are too short
    /// for windows: they need room behind their end.
    pub(super) fn new(weights: &AxisWeights, pixel: usize, readable: usize) -> Option<Self> {
        let (outputs, quads_of) = (weights.outputs() * pixel, weights.taps.div_ceil(4));
        let step = 4 * pixel;
        let start = |byte: usize| weights.first[byte / pixel] as usize * pixel + byte % pixel;
        let groups = outputs.div_ceil(16);
        let lanes = |group: usize| (0..16).map(move |lane| (group * 16 + lane).min(outputs - 1));
        // The bytes that the first four taps of a group span; the others are a shift of them.
        let span = |group: usize| {
            let starts = || lanes(group).map(start);
            let (first, last) = (starts().min().unwrap_or(0), starts().max().unwrap_or(0));
            (first, last + 3 * pixel + 1)
        };
        let after = (quads_of - 1) * step;
        let fits = |vectors: usize| -> Option<Vec<usize>> {
            let last_base = readable.checked_sub(vectors * 64 + after)?;
            let base = |group| {
                let (first, end) = span(group);
                let base = first.min(last_base);
                (end <= base + vectors * 64).then_some(base)
            };
            (0..groups).map(base).collect()
        };
        let widest = (0..groups).map(|group| span(group).1 - span(group).0).max().unwrap_or(0);
        if widest > 256 {
            return Some(Self::Plain(PlainRows::new(weights, pixel)));
        }
        let (vectors, bases) = [1, 2, 4].into_iter().find_map(|vectors| Some((vectors, fits(vectors)?)))?;
        let of_output: Vec<[u32; 3]> = (0..weights.outputs()).flat_map(|output| quads(weights.of(output))).collect();
        let mut limbs = Vec::with_capacity(groups * quads_of);
        let groups = bases
            .into_iter()
            .enumerate()
            .map(|(group, base)| {
                let mut index = [0; 64];
                for (lane, byte) in lanes(group).enumerate() {
                    let first = start(byte) - base;
                    for tap in 0..4 {
                        index[lane * 4 + tap] = (first + tap * pixel) as u8;
                    }
                }
                for quad in 0..quads_of {
                    let mut vectors = [[0; 16]; 3];
                    for (lane, byte) in lanes(group).enumerate() {
                        let own = of_output[byte / pixel * quads_of + quad];
                        for limb in 0..3 {
                            vectors[limb][lane] = own[limb];
                        }
                    }
                    limbs.push(vectors);
                }
                Group { index, base }
            })
            .collect();
        Some(Self::Windows(Windows { groups, limbs, vectors, quads: quads_of, step, bits: weights.bits }))
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
                Self::Windows(windows) => match windows.vectors {
                    1 => windows.filter::<ROWS, 1>(simd, sources, outs),
                    2 => windows.filter::<ROWS, 2>(simd, sources, outs),
                    _ => windows.filter::<ROWS, 4>(simd, sources, outs),
                },
                Self::Plain(plain) => {
                    for row in 0..ROWS {
                        plain.filter(sources[row], outs[row]);
                    }
                }
            }
        }
    }
}

/// Three sums of limbs to bytes 0 to 255, one a lane.
#[inline(always)]
fn together(_: Avx512, [high, middle, low]: [__m512i; 3], half: __m512i, bits: __m128i) -> __m512i {
    level! {
        let sum = _mm512_add_epi32(_mm512_slli_epi32::<8>(high), middle);
        let sum = _mm512_add_epi32(_mm512_slli_epi32::<8>(sum), low);
        _mm512_sra_epi32(_mm512_add_epi32(sum, half), bits)
    }
}

impl Windows {
    #[inline(always)]
    unsafe fn filter<const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: Avx512,
        sources: [*const u8; ROWS],
        outs: [*mut u8; ROWS],
    ) {
        // SAFETY: each window was placed so that it ends inside the readable bytes, and the output has room for whole
        // groups.
        unsafe {
            let half = _mm512_set1_epi32(1 << (self.bits - 1));
            let bits = _mm_cvtsi32_si128(self.bits as i32);
            let mut limbs = self.limbs.as_ptr();
            for (number, group) in self.groups.iter().enumerate() {
                let index = _mm512_load_si512(group.index.as_ptr().cast());
                let upper = _mm512_movepi8_mask(index);
                let mut sums = [[_mm512_setzero_si512(); 3]; ROWS];
                let mut base = group.base;
                for _ in 0..self.quads {
                    let weights = [0, 1, 2].map(|limb: usize| (*limbs)[limb].as_ptr());
                    for row in 0..ROWS {
                        let window = sources[row].add(base);
                        let first = _mm512_loadu_si512(window.cast());
                        let taps = if VECTORS == 1 {
                            _mm512_permutexvar_epi8(index, first)
                        } else {
                            let second = _mm512_loadu_si512(window.add(64).cast());
                            let low = _mm512_permutex2var_epi8(first, index, second);
                            if VECTORS == 2 {
                                low
                            } else {
                                let third = _mm512_loadu_si512(window.add(128).cast());
                                let fourth = _mm512_loadu_si512(window.add(192).cast());
                                let high = _mm512_permutex2var_epi8(third, index, fourth);
                                _mm512_mask_blend_epi8(upper, low, high)
                            }
                        };
                        for limb in 0..3 {
                            let weights = _mm512_loadu_si512(weights[limb].cast());
                            sums[row][limb] = _mm512_dpbusd_epi32(sums[row][limb], taps, weights);
                        }
                    }
                    limbs = limbs.add(1);
                    base += self.step;
                }
                for row in 0..ROWS {
                    let values = together(simd, sums[row], half, bits);
                    let values = _mm512_max_epi32(values, _mm512_setzero_si512());
                    _mm_storeu_si128(outs[row].add(number * 16).cast(), _mm512_cvtusepi32_epi8(values));
                }
            }
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
        let limbs = (0..weights.outputs()).flat_map(|output| quads(weights.of(output))).collect();
        Self { limbs, weights: weights.clone() }
    }

    /// # Safety
    /// As [`Simd::filter_columns`](crate::simd::Simd::filter_columns).
    #[inline(always)]
    pub(super) unsafe fn filter(
        &self,
        simd: Avx512,
        output: usize,
        rows: &[*const u8],
        out: *mut u8,
        length: usize,
    ) {
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
                    let row = |tap: usize| rows[(quad * 4 + tap).min(rows.len() - 1)].add(at);
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
                    values[part] = together(simd, sums[part], half, bits);
                }
                // Both packs saturate, which is the clamp, and undo the order of the unpacks.
                let low = _mm512_packs_epi32(values[0], values[1]);
                let high = _mm512_packs_epi32(values[2], values[3]);
                _mm512_storeu_si512(out.add(at).cast(), _mm512_packus_epi16(low, high));
            }
        }
    }
}
