//! The horizontal passes of separable filters with AVX2: 8 elements of a row at a time, two taps to a shuffle.

use std::arch::x86_64::*;

use bytemuck::{Pod, cast_slice_mut, must_cast};

use super::avx2::vector;
use super::avx2_pixels::Pixels;
use super::avx2_transposed::Transposed;
use super::avx512_windows::first_of;
use super::{Avx2, features, values};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::passes::PlainRows;
use crate::simd::v128::words::halves;
use crate::simd::windows::{Group, WindowShape, Windows};
use crate::simd::{CacheLine, FloatHorizontalPass, HorizontalPass, QUADS};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// Filters rows: by shuffling windows, by pixels, eight rows at a time, or tap by tap where ratios are so large that 4
/// elements span more than 32 bytes.
pub(crate) enum RowFilter<W = i32, T = [[u32; 8]; 2]> {
    /// For each 8 elements, two windows of the row, of 16 or 32 bytes; and weights for each two taps.
    Windows(Windows<Shuffle, T, 2, 8>),
    Pixels(Pixels),
    Transposed(Transposed),
    Plain(PlainRows<W>),
}

/// As [`RowFilter`], with f32 weights: a vector for each tap.
pub(crate) type FloatRowFilter = RowFilter<f32, [[f32; 8]; 2]>;

/// How the bytes of two windows become two taps of each lane, as words: for each byte, where in the first 16 bytes of its window it
/// comes from, and where in the second 16.
#[repr(C, align(32))]
pub(crate) struct Shuffle([[u8; 32]; 2]);

/// Where the windows of each group start, and how many vectors of 16 bytes each takes: 1 or 2.
struct Found {
    groups: Vec<Group<Shuffle, 2>>,
    vectors: usize,
}

/// Whether windows can be had.
enum Placed {
    Windows(Found),
    TooWide,
    TooShort,
}

/// The elements that half a group makes; those beyond the end repeat the last one.
fn lanes(half: usize, elements: usize) -> impl Iterator<Item = usize> {
    (0..4).map(move |lane| (half * 4 + lane).min(elements - 1))
}

/// Places windows for so many pairs of taps.
fn place(first: &[u32], pairs: usize, pixel: usize, readable: usize) -> Result<Placed, NoMemory> {
    let elements = first.len() * pixel;
    let start = |element: usize| first[element / pixel] as usize * pixel + element % pixel;
    let groups = elements.div_ceil(8);
    let spans = memory::list((0..groups * 2).map(|half| {
        let starts = || lanes(half, elements).map(start);
        starts().min().unwrap_or(0)..starts().max().unwrap_or(0) + pixel + 1
    }))?;
    if spans.iter().any(|span| span.len() > 32) {
        return Ok(Placed::TooWide);
    }
    let fits = |vectors: usize| {
        let Some(last_base) = readable.checked_sub(vectors * 16 + (pairs - 1) * 2 * pixel) else { return Ok(None) };
        let base = |span: &std::ops::Range<usize>| {
            let base = span.start.min(last_base);
            (span.end <= base + vectors * 16).then_some(base)
        };
        memory::whole_list(spans.iter().map(base))
    };
    let Some((vectors, bases)) = first_of([1, 2], fits)? else { return Ok(Placed::TooShort) };
    let group = |group: usize| {
        let mut shuffle = [[0x80; 32]; 2];
        let starts = [bases[group * 2], bases[group * 2 + 1]];
        for half in 0..2 {
            for (lane, element) in lanes(group * 2 + half, elements).enumerate() {
                for tap in 0..2 {
                    let from = start(element) + tap * pixel - starts[half];
                    shuffle[from / 16][half * 16 + lane * 4 + tap * 2] = (from % 16) as u8;
                }
            }
        }
        Group { item: Shuffle(shuffle), starts }
    };
    Ok(Placed::Windows(Found { groups: memory::list((0..groups).map(group))?, vectors }))
}

/// Two times 16 bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn two_halves(low: &[u8; 16], high: &[u8; 16]) -> __m256i {
    _mm256_set_m128i(must_cast(*high), must_cast(*low))
}

/// Two taps of each lane as words, from windows of the two halves.
#[inline]
#[target_feature(enable = "avx2")]
fn taps<const BYTES: usize>([low, high]: [&[u8; BYTES]; 2], shuffle: &Shuffle) -> __m256i {
    let (low, high) = (low.as_chunks::<16>().0, high.as_chunks::<16>().0);
    let taps = _mm256_shuffle_epi8(two_halves(&low[0], &high[0]), vector(&shuffle.0[0]));
    if BYTES == 16 {
        return taps;
    }
    let rest = two_halves(&low[1], &high[1]);
    _mm256_or_si256(taps, _mm256_shuffle_epi8(rest, vector(&shuffle.0[1])))
}

impl<W: Copy + Default + PartialEq, T: Copy> RowFilter<W, T> {
    /// As the AVX-512 one.
    fn new(
        weights: &AxisWeights<W>,
        pixel: usize,
        readable: usize,
        lay: impl Fn([usize; 8], usize) -> T,
    ) -> Result<Option<Self>, NoMemory> {
        let pairs = weights.taps.div_ceil(2);
        let Found { groups, vectors } = match place(&weights.first, pairs, pixel, readable)? {
            Placed::Windows(found) => found,
            Placed::TooWide => return Ok(Some(Self::Plain(PlainRows::new(weights, pixel)?))),
            Placed::TooShort => return Ok(None),
        };
        let elements = weights.outputs() * pixel;
        let mut table = memory::with_capacity(groups.len().saturating_mul(pairs))?;
        for group in 0..groups.len() {
            let mut outputs = [0; 8];
            let elements = lanes(group * 2, elements).chain(lanes(group * 2 + 1, elements));
            for (lane, element) in elements.enumerate() {
                outputs[lane] = element / pixel;
            }
            table.extend((0..pairs).map(|pair| lay(outputs, pair)));
        }
        let shape = WindowShape { steps: pairs, step: 2 * pixel, bytes: vectors * 16, advance: 8 };
        Ok(Windows::new(groups, table, shape, readable).map(Self::Windows))
    }
}

impl<W, T> Holds for RowFilter<W, T> {
    fn bytes(&self) -> usize {
        match self {
            Self::Windows(windows) => Holds::bytes(windows),
            Self::Pixels(pixels) => pixels.bytes(),
            Self::Transposed(transposed) => transposed.bytes(),
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
        let pairs = weights.taps.div_ceil(2);
        // The halves of an output are the same in each of its channels: computed once.
        let of = |output: usize| {
            let weight = move |tap: usize| weights.of(output).get(tap).copied().unwrap_or(0);
            (0..pairs).map(move |pair| halves([weight(pair * 2), weight(pair * 2 + 1)]))
        };
        let mut of_output = memory::with_capacity(weights.outputs().saturating_mul(pairs))?;
        of_output.extend((0..weights.outputs()).flat_map(of));
        Self::new(weights, pixel, readable, |outputs, pair| {
            let mut vectors = [[0; 8]; 2];
            for (lane, output) in outputs.into_iter().enumerate() {
                [vectors[0][lane], vectors[1][lane]] = of_output[output * pairs + pair];
            }
            vectors
        })
    }

    #[inline(always)]
    fn row(&self, simd: Avx2, source: &[u8], out: &mut [CacheLine]) {
        match self {
            Self::Pixels(pixels) => pixels.filter(simd, [source], cast_slice_mut(out)),
            Self::Transposed(_) => unreachable!("these make many quads at once"),
            Self::Windows(windows) => simd.filter_row(windows, source, out),
            Self::Plain(plain) => plain.row(simd, source, out),
        }
    }

    #[inline(always)]
    fn quad(&self, simd: Avx2, sources: [&[u8]; 4], out: &mut [CacheLine]) {
        match self {
            Self::Pixels(pixels) => pixels.filter(simd, sources, cast_slice_mut(out)),
            Self::Transposed(_) => unreachable!("these make many quads at once"),
            Self::Windows(windows) => simd.filter_quad(windows, sources, out),
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
            Self::Windows(windows) => simd.sum_row(windows, source, out),
            Self::Pixels(_) | Self::Transposed(_) => unreachable!("these are for rounded weights"),
            Self::Plain(plain) => plain.sum(simd, source, out),
        }
    }
}

/// Windows with integer weights: high halves, and low ones.
type IntegerWindows = Windows<Shuffle, [[u32; 8]; 2], 2, 8>;

/// Windows with f32 weights: of the first tap, and of the second.
type FloatWindows = Windows<Shuffle, [[f32; 8]; 2], 2, 8>;

/// Half of the last bit that is kept.
const HALF: i32 = 1 << (ROUNDED_BITS - 1);

impl Avx2 {
    features! { Avx2 => values! {
        /// One row, to bytes.
        fn filter_row(self, windows: &IntegerWindows, row: &[u8], out: &mut [CacheLine]) {
            let keep = |sums| {
                let bytes = bytes::<1>(sums);
                let low = _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
                _mm_cvtsi128_si64(low)
            };
            match windows.bytes() {
                16 => sums::<1, 16, u8, _>(windows, [row], out, HALF, keep),
                _ => sums::<1, 32, u8, _>(windows, [row], out, HALF, keep),
            }
        }

        /// Four rows, to bytes side by side.
        fn filter_quad(self, windows: &IntegerWindows, rows: [&[u8]; 4], out: &mut [CacheLine]) {
            let by_element = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
            let by_element = _mm256_broadcastsi128_si256(by_element);
            let keep = |sums| _mm256_shuffle_epi8(bytes::<4>(sums), by_element);
            match windows.bytes() {
                16 => sums::<4, 16, [u8; 4], _>(windows, rows, out, HALF, keep),
                _ => sums::<4, 32, [u8; 4], _>(windows, rows, out, HALF, keep),
            }
        }

        /// One row, to sums.
        fn sum_row(self, windows: &IntegerWindows, row: &[u8], out: &mut [CacheLine]) {
            let keep = |[parts]: [_; 1]| together(parts);
            match windows.bytes() {
                16 => sums::<1, 16, i32, _>(windows, [row], out, 0, keep),
                _ => sums::<1, 32, i32, _>(windows, [row], out, 0, keep),
            }
        }

        /// One row, in f32.
        fn sum_row_f32(self, windows: &FloatWindows, row: &[u8], out: &mut [CacheLine]) {
            match windows.bytes() {
                16 => float_sums::<16>(windows, row, out),
                _ => float_sums::<32>(windows, row, out),
            }
        }
    } }
}

/// Levels of four vectors of sums as bytes. Both packs saturate, which is the clamp.
#[inline]
#[target_feature(enable = "avx2")]
fn bytes<const ROWS: usize>(sums: [[__m256i; 2]; ROWS]) -> __m256i {
    let mut values = [_mm256_setzero_si256(); 4];
    for row in 0..ROWS {
        values[row] = _mm256_srai_epi32::<{ ROUNDED_BITS as i32 }>(together(sums[row]));
    }
    let words = [_mm256_packs_epi32(values[0], values[1]), _mm256_packs_epi32(values[2], values[3])];
    _mm256_packus_epi16(words[0], words[1])
}

/// The sums of weight parts to one: of one word, or of two halves.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn together<const PARTS: usize>(parts: [__m256i; PARTS]) -> __m256i {
    let low = parts[PARTS - 1];
    if PARTS == 1 { low } else { _mm256_add_epi32(_mm256_slli_epi32::<15>(parts[0]), low) }
}

/// The horizontal pass over rows, with sums that start from so much and are kept so.
#[inline]
#[target_feature(enable = "avx2")]
fn sums<const ROWS: usize, const BYTES: usize, E: Pod, V: Pod>(
    windows: &IntegerWindows,
    rows: [&[u8]; ROWS],
    out: &mut [CacheLine],
    start: i32,
    keep: impl Fn([[__m256i; 2]; ROWS]) -> V,
) {
    let start = [_mm256_setzero_si256(), _mm256_set1_epi32(start)];
    let mut walk = windows.walk::<_, ROWS, 1, BYTES>(rows, [cast_slice_mut(out)]);
    while let Some(mut group) = walk.next() {
        let mut sums = [start; ROWS];
        for (parts, window) in group.steps() {
            for row in 0..ROWS {
                let taps = taps([window.of(row, 0), window.of(row, 1)], group.item);
                for part in 0..2 {
                    let products = _mm256_madd_epi16(taps, vector(&parts[part]));
                    sums[row][part] = _mm256_add_epi32(sums[row][part], products);
                }
            }
        }
        *group.out(0) = must_cast::<V, [E; 8]>(keep(sums));
    }
}

impl FloatHorizontalPass<Avx2> for FloatRowFilter {
    fn prepare(_: Avx2, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        Self::new(weights, pixel, readable, |outputs, pair| {
            let mut vectors = [[0.0; 8]; 2];
            for (lane, output) in outputs.into_iter().enumerate() {
                for (tap, &weight) in weights.of(output).iter().skip(pair * 2).take(2).enumerate() {
                    vectors[tap][lane] = weight;
                }
            }
            vectors
        })
    }

    #[inline(always)]
    fn sum<const ROWS: usize>(&self, simd: Avx2, sources: [&[u8]; ROWS], outs: [&mut [CacheLine]; ROWS]) {
        match self {
            Self::Windows(windows) => {
                for (row, out) in sources.into_iter().zip(outs) {
                    simd.sum_row_f32(windows, row, out);
                }
            }
            Self::Pixels(_) | Self::Transposed(_) => unreachable!("these are for rounded weights"),
            Self::Plain(plain) => plain.sum(simd, sources, outs),
        }
    }
}

/// The horizontal pass over one row, in f32: multiplied and then added, tap by tap.
#[inline]
#[target_feature(enable = "avx2")]
fn float_sums<const BYTES: usize>(windows: &FloatWindows, row: &[u8], out: &mut [CacheLine]) {
    let mut walk = windows.walk::<f32, 1, 1, BYTES>([row], [cast_slice_mut(out)]);
    while let Some(mut group) = walk.next() {
        let mut sum = _mm256_setzero_ps();
        for (vectors, window) in group.steps() {
            let taps = taps([window.of(0, 0), window.of(0, 1)], group.item);
            let words = [_mm256_and_si256(taps, _mm256_set1_epi32(0xffff)), _mm256_srli_epi32::<16>(taps)];
            for tap in 0..2 {
                let weight = _mm256_castsi256_ps(vector(&vectors[tap]));
                sum = _mm256_add_ps(sum, _mm256_mul_ps(_mm256_cvtepi32_ps(words[tap]), weight));
            }
        }
        *group.out(0) = must_cast(sum);
    }
}
