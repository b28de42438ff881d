//! The horizontal passes of separable filters with AVX2: 8 elements of a row at a time, two taps to a shuffle.

use std::arch::x86_64::*;

use super::Avx2;
use super::avx2::{load_halves, vector};
use super::avx2_pixels::Pixels;
use super::avx2_transposed::Transposed;
use super::avx512_windows::first_of;
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::passes::PlainRows;
use crate::simd::v128::words::halves;
use crate::simd::{FloatHorizontalPass, HorizontalPass, QUADS};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// Filters rows: by shuffling windows, by pixels, eight rows at a time, or tap by tap where ratios are so large that 4
/// elements span more than 32 bytes.
pub(crate) enum RowFilter<W = i32, L = [[u32; 8]; 2]> {
    Windows { windows: Windows, weights: Vec<L> },
    Pixels(Pixels),
    Transposed(Transposed),
    Plain(PlainRows<W>),
}

/// As [`RowFilter`], with f32 weights: a vector for each tap.
pub(crate) type FloatRowFilter = RowFilter<f32, [[f32; 8]; 2]>;

/// For each 8 elements, two windows of the row whose bytes are shuffled so that each lane has two taps as words.
pub(crate) struct Windows {
    groups: Vec<Group>,
    /// Vectors of 16 bytes that a window takes: 1 or 2.
    vectors: usize,
    /// Twos of taps.
    pairs: usize,
    /// Bytes from two taps to the next two.
    step: usize,
}

#[repr(C, align(32))]
struct Group {
    /// For each byte, where in the first 16 bytes of its window it comes from, and where in the second 16.
    shuffle: [[u8; 32]; 2],
    /// Where the windows of the two halves start.
    bases: [usize; 2],
}

/// Whether windows can be had.
enum Placed {
    Windows(Windows),
    TooWide,
    TooShort,
}

/// The elements that half a group makes; those beyond the end repeat the last one.
fn lanes(half: usize, elements: usize) -> impl Iterator<Item = usize> {
    (0..4).map(move |lane| (half * 4 + lane).min(elements - 1))
}

impl Windows {
    fn place(first: &[u32], taps: usize, pixel: usize, readable: usize) -> Result<Placed, NoMemory> {
        let (elements, pairs, step) = (first.len() * pixel, taps.div_ceil(2), 2 * pixel);
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
            let Some(last_base) = readable.checked_sub(vectors * 16 + (pairs - 1) * step) else { return Ok(None) };
            let base = |span: &std::ops::Range<usize>| {
                let base = span.start.min(last_base);
                (span.end <= base + vectors * 16).then_some(base)
            };
            memory::whole_list(spans.iter().map(base))
        };
        let Some((vectors, bases)) = first_of([1, 2], fits)? else { return Ok(Placed::TooShort) };
        let group = |group: usize| {
            let mut shuffle = [[0x80; 32]; 2];
            let bases = [bases[group * 2], bases[group * 2 + 1]];
            for half in 0..2 {
                for (lane, element) in lanes(group * 2 + half, elements).enumerate() {
                    for tap in 0..2 {
                        let from = start(element) + tap * pixel - bases[half];
                        shuffle[from / 16][half * 16 + lane * 4 + tap * 2] = (from % 16) as u8;
                    }
                }
            }
            Group { shuffle, bases }
        };
        Ok(Placed::Windows(Self { groups: memory::list((0..groups).map(group))?, vectors, pairs, step }))
    }

    /// Two taps of each lane as words, from windows of the two halves.
    ///
    /// # Safety
    /// `VECTORS` times 16 bytes are readable from each place.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn taps<const VECTORS: usize>([low, high]: [*const u8; 2], group: &Group) -> __m256i {
        // SAFETY: the caller promises 16 bytes from each place.
        let bytes = unsafe { load_halves(low, high) };
        let taps = _mm256_shuffle_epi8(bytes, vector(&group.shuffle[0]));
        if VECTORS == 1 {
            return taps;
        }
        // SAFETY: the caller promises 32 bytes from each place, as there are two vectors.
        let rest = unsafe { load_halves(low.add(16), high.add(16)) };
        _mm256_or_si256(taps, _mm256_shuffle_epi8(rest, vector(&group.shuffle[1])))
    }
}

impl<W: Copy + Default + PartialEq, L: Copy> RowFilter<W, L> {
    /// As the AVX-512 one.
    fn new(
        weights: &AxisWeights<W>,
        pixel: usize,
        readable: usize,
        lay: impl Fn([usize; 8], usize) -> L,
    ) -> Result<Option<Self>, NoMemory> {
        let windows = match Windows::place(&weights.first, weights.taps, pixel, readable)? {
            Placed::Windows(windows) => windows,
            Placed::TooWide => return Ok(Some(Self::Plain(PlainRows::new(weights, pixel)?))),
            Placed::TooShort => return Ok(None),
        };
        let elements = weights.outputs() * pixel;
        let mut table = memory::with_capacity(windows.groups.len().saturating_mul(windows.pairs))?;
        for group in 0..windows.groups.len() {
            let mut outputs = [0; 8];
            let elements = lanes(group * 2, elements).chain(lanes(group * 2 + 1, elements));
            for (lane, element) in elements.enumerate() {
                outputs[lane] = element / pixel;
            }
            table.extend((0..windows.pairs).map(|pair| lay(outputs, pair)));
        }
        Ok(Some(Self::Windows { windows, weights: table }))
    }
}

impl<W, L> Holds for RowFilter<W, L> {
    fn bytes(&self) -> usize {
        match self {
            Self::Windows { windows, weights } => memory::bytes(&windows.groups) + memory::bytes(weights),
            Self::Pixels(pixels) => pixels.bytes(),
            Self::Transposed(transposed) => transposed.bytes(),
            Self::Plain(plain) => plain.bytes(),
        }
    }
}

// SAFETY: a token of this level is there where the CPU has it; the windows of a filter end inside the readable bytes that it was made
// for, and the last group inside the room behind all outputs.
unsafe impl HorizontalPass<Avx2> for RowFilter {
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
    unsafe fn filter<const ROWS: usize>(&self, simd: Avx2, sources: [*const u8; ROWS], out: *mut u8) {
        // SAFETY: the caller promises the level, the readable bytes that this was made for, in which windows and taps with a
        // weight end, and room for all outputs and 256 bytes more, in which the last group ends.
        unsafe {
            match self {
                Self::Pixels(pixels) => pixels.filter(sources, out),
                Self::Transposed(_) => unreachable!("these make many quads at once"),
                Self::Windows { windows, weights } => match windows.vectors {
                    1 => sums::<ROWS, 1, _>(windows, weights, sources, Bytes(out)),
                    _ => sums::<ROWS, 2, _>(windows, weights, sources, Bytes(out)),
                },
                Self::Plain(plain) => plain.filter(simd, sources, out),
            }
        }
    }

    #[inline(always)]
    unsafe fn filter_quads(&self, simd: Avx2, sources: [[*const u8; 4]; QUADS], quads: [*mut u8; QUADS]) {
        // SAFETY: the caller promises the level, and the rows and room of each quad, for a filter that was made for them.
        unsafe {
            if let Self::Transposed(transposed) = self {
                return transposed.filter(sources, quads);
            }
            for quad in 0..QUADS {
                self.filter(simd, sources[quad], quads[quad]);
            }
        }
    }

    #[inline(always)]
    unsafe fn sum(&self, simd: Avx2, source: *const u8, out: *mut i32) {
        // SAFETY: the caller promises the level, the readable bytes that this was made for, and room for all sums and 256
        // bytes more, in which the last group ends.
        unsafe {
            match self {
                Self::Windows { windows, weights } => match windows.vectors {
                    1 => sums::<1, 1, _>(windows, weights, [source], Words(out)),
                    _ => sums::<1, 2, _>(windows, weights, [source], Words(out)),
                },
                Self::Pixels(_) | Self::Transposed(_) => unreachable!("these are for rounded weights"),
                Self::Plain(plain) => plain.sum(simd, source, out),
            }
        }
    }
}

/// How the sums of a group are kept.
trait Keep: Copy {
    /// What a sum starts from.
    const START: i32;

    /// # Safety
    /// The CPU has AVX2, and the elements of the group are writable.
    unsafe fn store<const ROWS: usize>(self, group: usize, sums: [[__m256i; 2]; ROWS]);
}

/// Rounded and clamped to bytes: those of one row, or four rows side by side.
#[derive(Clone, Copy)]
struct Bytes(*mut u8);

/// As they are.
#[derive(Clone, Copy)]
struct Words(*mut i32);

impl Keep for Bytes {
    const START: i32 = 1 << (ROUNDED_BITS - 1);

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn store<const ROWS: usize>(self, group: usize, sums: [[__m256i; 2]; ROWS]) {
        let mut values = [_mm256_setzero_si256(); 4];
        for row in 0..ROWS {
            values[row] = _mm256_srai_epi32::<{ ROUNDED_BITS as i32 }>(together(sums[row]));
        }
        // Both packs saturate, which is the clamp.
        let words = [_mm256_packs_epi32(values[0], values[1]), _mm256_packs_epi32(values[2], values[3])];
        let bytes = _mm256_packus_epi16(words[0], words[1]);
        if ROWS == 1 {
            let (low, high) = (_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
            let bytes = _mm_unpacklo_epi32(low, high);
            // SAFETY: the caller promises room for the eight elements of the group.
            return unsafe { _mm_storel_epi64(self.0.add(group * 8).cast(), bytes) };
        }
        let by_element = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        let quad = _mm256_shuffle_epi8(bytes, _mm256_broadcastsi128_si256(by_element));
        // SAFETY: the caller promises room for the eight elements of four rows.
        unsafe { _mm256_storeu_si256(self.0.add(group * 32).cast(), quad) }
    }
}

impl Keep for Words {
    const START: i32 = 0;

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn store<const ROWS: usize>(self, group: usize, sums: [[__m256i; 2]; ROWS]) {
        // SAFETY: the caller promises room for the eight sums of the group.
        unsafe { _mm256_storeu_si256(self.0.add(group * 8).cast(), together(sums[0])) }
    }
}

/// The sums of weight parts to one: of one word, or of two halves.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn together<const PARTS: usize>(parts: [__m256i; PARTS]) -> __m256i {
    let low = parts[PARTS - 1];
    if PARTS == 1 { low } else { _mm256_add_epi32(_mm256_slli_epi32::<15>(parts[0]), low) }
}

/// The horizontal pass over rows.
///
/// # Safety
/// Each window ends inside the readable bytes of each row, and the output has room for whole groups.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn sums<const ROWS: usize, const VECTORS: usize, K: Keep>(
    windows: &Windows,
    weights: &[[[u32; 8]; 2]],
    sources: [*const u8; ROWS],
    keep: K,
) {
    let mut parts = weights.iter();
    for (number, group) in windows.groups.iter().enumerate() {
        let mut sums = [[_mm256_setzero_si256(), _mm256_set1_epi32(K::START)]; ROWS];
        let [mut low, mut high] = group.bases;
        for _ in 0..windows.pairs {
            // SAFETY: there are weights for each pair of each group.
            let parts = unsafe { parts.next().unwrap_unchecked() };
            for row in 0..ROWS {
                // SAFETY: the caller promises the windows; so many pairs, a step apart, end where they do.
                let taps = unsafe { Windows::taps::<VECTORS>([sources[row].add(low), sources[row].add(high)], group) };
                for part in 0..2 {
                    let products = _mm256_madd_epi16(taps, vector(&parts[part]));
                    sums[row][part] = _mm256_add_epi32(sums[row][part], products);
                }
            }
            low += windows.step;
            high += windows.step;
        }
        // SAFETY: the caller promises room for each group.
        unsafe { keep.store(number, sums) };
    }
}

// SAFETY: a token of this level is there where the CPU has it; windows end inside the readable bytes that a filter was made
// for, and the last group inside the room behind all sums.
unsafe impl FloatHorizontalPass<Avx2> for FloatRowFilter {
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
    unsafe fn sum<const ROWS: usize>(&self, simd: Avx2, sources: [*const u8; ROWS], outs: [*mut f32; ROWS]) {
        // SAFETY: the caller promises the level, the readable bytes that this was made for, and room for all sums and 256
        // bytes more, in which the last group ends.
        unsafe {
            match self {
                Self::Windows { windows, weights, .. } => {
                    for (source, out) in sources.into_iter().zip(outs) {
                        match windows.vectors {
                            1 => float_sums::<1>(windows, weights, source, out),
                            _ => float_sums::<2>(windows, weights, source, out),
                        }
                    }
                }
                Self::Pixels(_) | Self::Transposed(_) => unreachable!("these are for rounded weights"),
                Self::Plain(plain) => plain.sum(simd, sources, outs),
            }
        }
    }
}

/// The horizontal pass over one row, in f32: multiplied and then added, tap by tap.
///
/// # Safety
/// As [`sums`].
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn float_sums<const VECTORS: usize>(
    windows: &Windows,
    weights: &[[[f32; 8]; 2]],
    source: *const u8,
    out: *mut f32,
) {
    let mut vectors = weights.iter();
    for (number, group) in windows.groups.iter().enumerate() {
        let mut sum = _mm256_setzero_ps();
        let [mut low, mut high] = group.bases;
        for _ in 0..windows.pairs {
            // SAFETY: there are weights for each pair of each group.
            let vectors = unsafe { vectors.next().unwrap_unchecked() };
            // SAFETY: the caller promises the windows; so many pairs, a step apart, end where they do.
            let taps = unsafe { Windows::taps::<VECTORS>([source.add(low), source.add(high)], group) };
            let words = [_mm256_and_si256(taps, _mm256_set1_epi32(0xffff)), _mm256_srli_epi32::<16>(taps)];
            for tap in 0..2 {
                let weight = _mm256_castsi256_ps(vector(&vectors[tap]));
                sum = _mm256_add_ps(sum, _mm256_mul_ps(_mm256_cvtepi32_ps(words[tap]), weight));
            }
            low += windows.step;
            high += windows.step;
        }
        // SAFETY: the caller promises room for each group.
        unsafe { _mm256_storeu_ps(out.add(number * 8), sum) };
    }
}
