//! The horizontal passes of separable filters with AVX-512: 16 elements of a row at a time, four taps to a permute.
//!
//! An integer weight has up to 24 bits with its sign; it is cut into three signed bytes, so that `vpdpbusd` multiplies
//! four taps at once and Horner's rule puts the three sums together. The sums wrap, and the result is exact all the same:
//! it fits 32 bits as it does in Pillow. PyTorch's weights have 16 bits, and take two bytes. Against 15-bit halves and
//! `vpmaddwd` this took 67 to 90 us for 576x768, antialiased bilinear, on Zen 4. A fifth or ninth tap takes one `vpdpwssd`
//! instead of three more of them.
//!
//! What lost: weights once an output, spread over the lanes by a permute a vector (tables of a third, and 2 to 10 % slower:
//! the ports of permutes are the busy ones), and two masked permutes in the place of one of two vectors (188 to 147 us).

use std::arch::x86_64::*;
use std::ops::RangeInclusive;

use bytemuck::{Pod, cast_slice_mut, must_cast};

use super::avx512::vector;
use super::avx512_windows::{Placed, Weighed, load, taps};
use super::{Avx512, avx2_passes, features, values};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::vectors::words::narrow;
use crate::simd::windows::Placement;
use crate::simd::{CacheLine, HorizontalPass, QUADS};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// 16 weights or parts of weights, one a lane.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Vector(pub(super) [u32; 16]);

/// Filters rows by permuting windows, or as AVX2 does where ratios are so large that 16 elements span more than 256 bytes.
pub(crate) enum RowFilter {
    /// For each four taps three limbs of weights.
    Wide(Weighed<[Vector; 3], 1>),
    /// Two limbs, where the highest is zero without the bits that all weights lack.
    Narrow(Weighed<[Vector; 2], 1>, u32),
    /// For each group the limbs of four taps, and a word and a byte of the fifth.
    Five(Weighed<[Vector; 5], 2>),
    /// For each group the limbs of twice four taps, and two words of the ninth.
    Nine(Weighed<[Vector; 7], 3>),
    Narrower(avx2_passes::RowFilter),
}

/// The `N` parts of each output's weights, in the lanes of a group.
pub(super) fn spread<const N: usize>(
    outputs: &[u32; 16],
    of_output: &[[u32; N]],
    stride: usize,
    at: usize,
) -> [Vector; N] {
    let mut vectors = [Vector([0; 16]); N];
    for (lane, &output) in outputs.iter().enumerate() {
        for (vector, part) in vectors.iter_mut().zip(of_output[output as usize * stride + at]) {
            vector.0[lane] = part;
        }
    }
    vectors
}

/// Four weights of one output as three vectors of signed bytes: the highest first.
#[inline]
pub(super) fn limbs(weights: [i32; 4]) -> [u32; 3] {
    // Balanced digits: the low one is taken as signed, and what it borrows goes into the next. A half is added to both,
    // which makes digits of 0 to 255 of them, and is taken from each where it cannot borrow.
    let digits = weights.map(|weight| weight.wrapping_add(0x8080) ^ 0x8080);
    debug_assert!(
        digits.iter().all(|&digits| i8::try_from(digits >> 16).is_ok()),
        "a weight of a normalised filter is below 2 in magnitude"
    );
    [16, 8, 0].map(|shift| u32::from_le_bytes(digits.map(|digits| (digits >> shift) as u8)))
}

/// What two signed bytes of a weight hold: the low one borrows from the high one.
pub(super) const TWO_LIMBS: RangeInclusive<i32> = i16::MIN as i32..=i16::MAX as i32 - 0x80;

/// A weight of at most 23 bits as two words: its low 15 bits, and 256 times the others.
fn halves(weight: i32) -> u32 {
    (weight & 0x7fff) as u32 | ((weight >> 15 << 8) as u32) << 16
}

/// A weight of at most 23 bits as a word and a signed byte.
fn middle_and_low(weight: i32) -> [u32; 2] {
    let low = i32::from(weight as i8);
    [((weight - low) >> 8) as u32 & 0xffff, low as u32 & 0xff]
}

impl Holds for RowFilter {
    fn bytes(&self) -> usize {
        match self {
            Self::Wide(fours) => fours.bytes(),
            Self::Narrow(fours, _) => fours.bytes(),
            Self::Five(fives) => fives.bytes(),
            Self::Nine(nines) => nines.bytes(),
            Self::Narrower(filter) => filter.bytes(),
        }
    }
}

/// For each output and each four taps the limbs of their weights.
fn limbs_of_outputs<const LIMBS: usize>(
    weights: &AxisWeights,
    fours: usize,
    cut: impl Fn([i32; 4]) -> [u32; LIMBS],
) -> Result<Vec<[u32; LIMBS]>, NoMemory> {
    let mut of_output = memory::with_capacity(weights.outputs().saturating_mul(fours))?;
    for output in 0..weights.outputs() {
        let taps = weights.of(output);
        let tap = |tap: usize| taps.get(tap).copied().unwrap_or(0);
        of_output.extend((0..fours).map(|four| cut([0, 1, 2, 3].map(|row| tap(four * 4 + row)))));
    }
    Ok(of_output)
}

/// For each group and each four taps the limbs of their weights.
fn limbs_of_groups<const LIMBS: usize>(
    placed: &Placed,
    weights: &AxisWeights,
    pixel: usize,
    cut: impl Fn([i32; 4]) -> [u32; LIMBS],
) -> Result<Vec<[Vector; LIMBS]>, NoMemory> {
    let of_output = limbs_of_outputs(weights, placed.quads, cut)?;
    let mut table = memory::with_capacity(placed.groups().saturating_mul(placed.quads))?;
    for group in 0..placed.groups() {
        let outputs = placed.outputs(group, weights.outputs() * pixel, pixel);
        table.extend((0..placed.quads).map(|four| spread(&outputs, &of_output, placed.quads, four)));
    }
    Ok(table)
}

/// For each group the limbs of so many fours, three each, and what the last tap becomes, which stands alone.
fn with_one_alone<const FOURS: usize, const ALONE: usize, const ALL: usize>(
    placed: &Placed,
    weights: &AxisWeights,
    pixel: usize,
    cut: impl Fn(i32) -> [u32; ALONE],
) -> Result<Vec<[Vector; ALL]>, NoMemory> {
    const { assert!(FOURS * 3 + ALONE == ALL, "three limbs of each four, and what is alone") };
    let of_output = limbs_of_outputs(weights, FOURS, limbs)?;
    let last = |output: usize| cut(weights.of(output)[weights.taps - 1]);
    let alone = memory::list((0..weights.outputs()).map(last))?;
    memory::list((0..placed.groups()).map(|group| {
        let outputs = placed.outputs(group, weights.outputs() * pixel, pixel);
        let mut vectors = [Vector([0; 16]); ALL];
        for four in 0..FOURS {
            vectors[four * 3..][..3].copy_from_slice(&spread(&outputs, &of_output, FOURS, four));
        }
        vectors[FOURS * 3..].copy_from_slice(&spread(&outputs, &alone, 1, 0));
        vectors
    }))
}

impl HorizontalPass<Avx512> for RowFilter {
    fn prefers_quads(weights: &AxisWeights, pixel: usize) -> bool {
        // Of rows without an end. Where no windows are wide enough AVX2 filters them, and single channels where windows are widest:
        // 690 against 920 us for 2160x3840 of one channel, bilinear to 224x224.
        match Placed::place(&weights.first, weights.taps, pixel, isize::MAX as usize, true) {
            Ok(Placement::Windows(placed)) => pixel == 1 && placed.vectors == 4,
            Ok(Placement::TooWide) => true,
            _ => false,
        }
    }

    fn prepare(
        simd: Avx512,
        weights: &AxisWeights,
        pixel: usize,
        readable: usize,
        many_quads: bool,
    ) -> Result<Option<Self>, NoMemory> {
        let rounded = weights.bits == ROUNDED_BITS;
        let placed = match Placed::place(&weights.first, weights.taps, pixel, readable, rounded)? {
            Placement::Windows(placed) if !many_quads => placed,
            // Of sums a row that is short of one window has several of AVX2's.
            Placement::TooShort if rounded => return Ok(None),
            Placement::Windows(_) | Placement::TooWide | Placement::TooShort => {
                let filter = avx2_passes::RowFilter::prepare(simd.into(), weights, pixel, readable, many_quads)?;
                return Ok(filter.map(Self::Narrower));
            }
        };
        if rounded && let Some(trailing_zeros) = narrow(&weights.weights, TWO_LIMBS) {
            let two = |weights: [i32; 4]| {
                let [_, high, low] = limbs(weights.map(|weight| weight >> trailing_zeros));
                [high, low]
            };
            let (table, steps) = (limbs_of_groups(&placed, weights, pixel, two)?, placed.quads);
            return Ok(Some(Self::Narrow(placed.weighed(table, steps, readable)?, trailing_zeros)));
        }
        // Both ways to weigh a tap that stands alone take 23 bits.
        let fits = |output: usize| (-(1 << 22)..1 << 22).contains(&weights.of(output)[weights.taps - 1]);
        let alone_fits = || placed.vectors == 1 && (0..weights.outputs()).all(fits);
        Ok(Some(match weights.taps {
            5 if rounded && alone_fits() => {
                let table = with_one_alone::<1, 2, 5>(&placed, weights, pixel, middle_and_low)?;
                Self::Five(placed.weighed(table, 1, readable)?)
            }
            9 if rounded && alone_fits() => {
                let table = with_one_alone::<2, 1, 7>(&placed, weights, pixel, |weight| [halves(weight)])?;
                Self::Nine(placed.weighed(table, 1, readable)?)
            }
            _ => {
                let (table, steps) = (limbs_of_groups(&placed, weights, pixel, limbs)?, placed.quads);
                Self::Wide(placed.weighed(table, steps, readable)?)
            }
        }))
    }

    #[inline(always)]
    fn row(&self, simd: Avx512, source: &[u8], out: &mut [CacheLine]) {
        match self {
            Self::Narrower(filter) => filter.row(simd.into(), source, out),
            _ => simd.filter_row(self, source, out),
        }
    }

    #[inline(always)]
    fn quad(&self, simd: Avx512, sources: [&[u8]; 4], out: &mut [CacheLine]) {
        match self {
            Self::Narrower(filter) => filter.quad(simd.into(), sources, out),
            _ => simd.filter_quad(self, sources, out),
        }
    }

    #[inline(always)]
    fn quads(&self, simd: Avx512, sources: [[&[u8]; 4]; QUADS], quads: [&mut [CacheLine]; QUADS]) {
        if let Self::Narrower(filter) = self {
            return filter.quads(simd.into(), sources, quads);
        }
        for (sources, quad) in sources.into_iter().zip(quads) {
            self.quad(simd, sources, quad);
        }
    }

    #[inline(always)]
    fn sum(&self, simd: Avx512, source: &[u8], out: &mut [CacheLine]) {
        match self {
            Self::Narrower(filter) => filter.sum(simd.into(), source, out),
            Self::Wide(fours) => simd.sum_row(fours, source, out),
            Self::Narrow(..) | Self::Five(_) | Self::Nine(_) => unreachable!("these are for rounded weights"),
        }
    }
}

impl RowFilter {
    /// Filters rows by windows, to bytes that are kept so.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
    fn bytes<const ROWS: usize, E: Pod, V: Pod>(
        &self,
        rows: [&[u8]; ROWS],
        out: &mut [CacheLine],
        keep: impl Fn([__m512i; ROWS]) -> V,
    ) {
        match self {
            Self::Narrow(fours, trailing_zeros) => {
                let bits = _mm_cvtsi32_si128(*trailing_zeros as i32);
                let keep = |sums: [__m512i; ROWS]| {
                    let mut whole = sums;
                    for row in 0..ROWS {
                        whole[row] = _mm512_sll_epi32(sums[row], bits);
                    }
                    keep(whole)
                };
                let start = HALF >> trailing_zeros;
                match (fours.fixed, fours.windows.bytes()) {
                    (true, 64) => sums::<ROWS, 64, 1, 2, true, E, V>(fours, rows, out, start, keep),
                    (true, _) => sums::<ROWS, 128, 2, 2, true, E, V>(fours, rows, out, start, keep),
                    (_, 64) => sums::<ROWS, 64, 1, 2, false, E, V>(fours, rows, out, start, keep),
                    (_, 128) => sums::<ROWS, 128, 2, 2, false, E, V>(fours, rows, out, start, keep),
                    _ => sums::<ROWS, 256, 4, 2, false, E, V>(fours, rows, out, start, keep),
                }
            }
            Self::Wide(fours) => match (fours.fixed, fours.windows.bytes()) {
                (true, 64) => sums::<ROWS, 64, 1, 3, true, E, V>(fours, rows, out, HALF, keep),
                (true, _) => sums::<ROWS, 128, 2, 3, true, E, V>(fours, rows, out, HALF, keep),
                (_, 64) => sums::<ROWS, 64, 1, 3, false, E, V>(fours, rows, out, HALF, keep),
                (_, 128) => sums::<ROWS, 128, 2, 3, false, E, V>(fours, rows, out, HALF, keep),
                _ => sums::<ROWS, 256, 4, 3, false, E, V>(fours, rows, out, HALF, keep),
            },
            Self::Five(fives) if fives.fixed => five_taps::<ROWS, true, E, V>(fives, rows, out, keep),
            Self::Five(fives) => five_taps::<ROWS, false, E, V>(fives, rows, out, keep),
            Self::Nine(nines) if nines.fixed => nine_taps::<ROWS, true, E, V>(nines, rows, out, keep),
            Self::Nine(nines) => nine_taps::<ROWS, false, E, V>(nines, rows, out, keep),
            Self::Narrower(_) => unreachable!("this has windows of its own"),
        }
    }
}

/// Half of the last bit that is kept.
const HALF: i32 = 1 << (ROUNDED_BITS - 1);

impl Avx512 {
    features! { Avx512 => values! {
        /// One row, to bytes.
        fn filter_row(self, filter: &RowFilter, row: &[u8], out: &mut [CacheLine]) {
            filter.bytes::<1, u8, _>([row], out, |[sums]| {
                let values = _mm512_srai_epi32::<{ ROUNDED_BITS }>(sums);
                let values = _mm512_max_epi32(values, _mm512_setzero_si512());
                _mm512_cvtusepi32_epi8(values)
            });
        }

        /// Four rows, to bytes side by side.
        fn filter_quad(self, filter: &RowFilter, rows: [&[u8]; 4], out: &mut [CacheLine]) {
            // Lane by lane the bytes of two rows, then those of the two others: side by side.
            let by_element = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
            let index = interleaved();
            filter.bytes::<4, [u8; 4], _>(rows, out, |[a, b, c, d]| {
                _mm512_shuffle_epi8(bytes([a, b], [c, d], index), by_element)
            });
        }

        /// One row, to sums.
        fn sum_row(self, fours: &Weighed<[Vector; 3], 1>, row: &[u8], out: &mut [CacheLine]) {
            let keep = |[sums]: [__m512i; 1]| sums;
            match fours.windows.bytes() {
                64 => sums::<1, 64, 1, 3, false, i32, _>(fours, [row], out, 0, keep),
                128 => sums::<1, 128, 2, 3, false, i32, _>(fours, [row], out, 0, keep),
                _ => sums::<1, 256, 4, 3, false, i32, _>(fours, [row], out, 0, keep),
            }
        }
    } }
}

/// The sums of limbs to one.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn together<const LIMBS: usize>(limbs: [__m512i; LIMBS]) -> __m512i {
    let mut sum = limbs[0];
    for limb in 1..LIMBS {
        sum = _mm512_add_epi32(_mm512_slli_epi32::<8>(sum), limbs[limb]);
    }
    sum
}

/// The index that takes the high words of two vectors in turn.
#[inline]
#[target_feature(enable = "avx512f")]
fn interleaved() -> __m512i {
    // Word 2 i + 1 of the first vector, then of the second one (plus 32).
    let step = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let step = _mm512_slli_epi32::<1>(step);
    let both = _mm512_or_si512(step, _mm512_slli_epi32::<16>(step));
    _mm512_add_epi32(both, _mm512_set1_epi32(33 << 16 | 1))
}

/// Sums to bytes: two pairs of vectors, of which `index` takes the high words. A sum's high word has 6 bits more than
/// the result; the pack saturates, which is the clamp.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn bytes(low: [__m512i; 2], high: [__m512i; 2], index: __m512i) -> __m512i {
    const REST: u32 = ROUNDED_BITS - 16;
    let low = _mm512_permutex2var_epi16(low[0], index, low[1]);
    let high = _mm512_permutex2var_epi16(high[0], index, high[1]);
    _mm512_packus_epi16(_mm512_srai_epi16::<REST>(low), _mm512_srai_epi16::<REST>(high))
}

/// The horizontal pass over rows, with weights of so many limbs; with `FIXED`, windows are loaded once and the index moves.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
fn sums<
    const ROWS: usize,
    const BYTES: usize,
    const VECTORS: usize,
    const LIMBS: usize,
    const FIXED: bool,
    E: Pod,
    V: Pod,
>(
    fours: &Weighed<[Vector; LIMBS], 1>,
    rows: [&[u8]; ROWS],
    out: &mut [CacheLine],
    half: i32,
    keep: impl Fn([__m512i; ROWS]) -> V,
) {
    let step = _mm512_set1_epi8(fours.step);
    let mut walk = fours.windows.walk::<_, ROWS, 1, BYTES>(rows, [cast_slice_mut(out)]);
    while let Some(mut group) = walk.next() {
        let mut index = vector(&group.item.0);
        let mut window = [[_mm512_setzero_si512(); VECTORS]; ROWS];
        if FIXED {
            for row in 0..ROWS {
                window[row] = load(group.windows.of(row, 0));
            }
        }
        let mut start = [_mm512_setzero_si512(); LIMBS];
        start[LIMBS - 1] = _mm512_set1_epi32(half);
        let mut sums = [start; ROWS];
        for (limbs, windows) in group.steps() {
            for row in 0..ROWS {
                if !FIXED {
                    window[row] = load(windows.of(row, 0));
                }
                let taps = taps(window[row], index);
                for limb in 0..LIMBS {
                    sums[row][limb] = _mm512_dpbusd_epi32(sums[row][limb], taps, vector(&limbs[limb].0));
                }
            }
            if FIXED {
                index = _mm512_add_epi8(index, step);
            }
        }
        let mut results = [_mm512_setzero_si512(); ROWS];
        for row in 0..ROWS {
            results[row] = together(sums[row]);
        }
        *group.out(0) = must_cast::<V, [E; 16]>(keep(results));
    }
}

/// As [`sums`], over nine taps, of which the last stands alone.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
fn nine_taps<const ROWS: usize, const FIXED: bool, E: Pod, V: Pod>(
    nines: &Weighed<[Vector; 7], 3>,
    rows: [&[u8]; ROWS],
    out: &mut [CacheLine],
    keep: impl Fn([__m512i; ROWS]) -> V,
) {
    let step = _mm512_set1_epi8(nines.step);
    // The byte of the ninth tap, four times.
    let first = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12));
    let mut walk = nines.windows.walk::<_, ROWS, 1, 64>(rows, [cast_slice_mut(out)]);
    while let Some(mut group) = walk.next() {
        let weights = &group.weights[0];
        let mut index = vector(&group.item.0);
        let mut window = [[_mm512_setzero_si512()]; ROWS];
        for row in 0..ROWS {
            window[row] = load(group.windows.of(row, 0));
        }
        let mut sums = [[_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_set1_epi32(HALF)]; ROWS];
        for four in 0..2 {
            for row in 0..ROWS {
                if !FIXED {
                    window[row] = load(group.windows.of(row, four));
                }
                let taps = taps(window[row], index);
                for limb in 0..3 {
                    sums[row][limb] = _mm512_dpbusd_epi32(sums[row][limb], taps, vector(&weights[four * 3 + limb].0));
                }
            }
            if FIXED {
                index = _mm512_add_epi8(index, step);
            }
        }
        let index = _mm512_shuffle_epi8(index, first);
        let mut results = [_mm512_setzero_si512(); ROWS];
        for row in 0..ROWS {
            if !FIXED {
                window[row] = load(group.windows.of(row, 2));
            }
            // Words (p, p * 128) by (low 15 bits, high part * 256).
            let words = _mm512_maskz_mov_epi8(0x9999_9999_9999_9999, taps(window[row], index));
            let words = _mm512_srlv_epi16(words, _mm512_set1_epi32(1 << 16));
            sums[row][2] = _mm512_dpwssd_epi32(sums[row][2], words, vector(&weights[6].0));
            results[row] = together(sums[row]);
        }
        *group.out(0) = must_cast::<V, [E; 16]>(keep(results));
    }
}

/// As [`sums`], over five taps. One set of four can be summed by Horner's rule digit by digit, and the fifth tap is added
/// to the digits that it has: 41 against 43 us for 576x768, antialiased bilinear to 256, on Zen 5. With nine taps either
/// is slower than what [`nine_taps`] does.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vnni")]
fn five_taps<const ROWS: usize, const FIXED: bool, E: Pod, V: Pod>(
    fives: &Weighed<[Vector; 5], 2>,
    rows: [&[u8]; ROWS],
    out: &mut [CacheLine],
    keep: impl Fn([__m512i; ROWS]) -> V,
) {
    let step = _mm512_set1_epi8(fives.step);
    let mut walk = fives.windows.walk::<_, ROWS, 1, 64>(rows, [cast_slice_mut(out)]);
    while let Some(mut group) = walk.next() {
        let [first, second, third, fifth_word, fifth_byte] = &group.weights[0];
        let index = vector(&group.item.0);
        let fifth = if FIXED { _mm512_add_epi8(index, step) } else { index };
        let mut sums = [_mm512_setzero_si512(); ROWS];
        for row in 0..ROWS {
            let window: [_; 1] = load(group.windows.of(row, 0));
            let four = taps(window, index);
            let window = if FIXED { window } else { load(group.windows.of(row, 1)) };
            // A byte for each lane: as a word, or as the first of four bytes.
            let fifth = _mm512_maskz_mov_epi8(0x1111_1111_1111_1111, taps(window, fifth));
            let sum = _mm512_dpbusd_epi32(_mm512_set1_epi32(HALF >> 16), four, vector(&first.0));
            let sum = _mm512_dpbusd_epi32(_mm512_slli_epi32::<8>(sum), four, vector(&second.0));
            let sum = _mm512_dpwssd_epi32(sum, fifth, vector(&fifth_word.0));
            let sum = _mm512_dpbusd_epi32(_mm512_slli_epi32::<8>(sum), four, vector(&third.0));
            sums[row] = _mm512_dpbusd_epi32(sum, fifth, vector(&fifth_byte.0));
        }
        *group.out(0) = must_cast::<V, [E; 16]>(keep(sums));
    }
}
