//! The horizontal passes of separable filters with AVX2: 8 elements of a row at a time, two taps to a shuffle.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::Avx2;
use super::arrays::{load_two_halves, store_8, store_8_f32, store_32};
use super::avx2::vector;
use super::avx2_pixels::Pixels;
use super::avx2_transposed::Transposed;
use super::avx512_windows::first_of;
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::passes::PlainRows;
use crate::simd::v128::words::halves;
use crate::simd::windows::{Group, WindowShape, Windows};
use crate::simd::{FloatHorizontalPass, HorizontalPass, QUADS};
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

/// Two taps of each lane as words, from windows of the two halves.
#[inline]
#[target_feature(enable = "avx2")]
fn taps<const BYTES: usize>([low, high]: [&[u8; BYTES]; 2], shuffle: &Shuffle) -> __m256i {
    let (low, high) = (low.as_chunks::<16>().0, high.as_chunks::<16>().0);
    let taps = _mm256_shuffle_epi8(load_two_halves(&low[0], &high[0]), vector(&shuffle.0[0]));
    if BYTES == 16 {
        return taps;
    }
    let rest = load_two_halves(&low[1], &high[1]);
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
    unsafe fn row(&self, simd: Avx2, source: *const u8, out: *mut u8) {
        // SAFETY: the caller promises the level, the readable bytes that this was made for, in which windows and taps with a
        // weight end, and room for all outputs and 256 bytes more, in which the last group ends.
        unsafe {
            match self {
                Self::Pixels(pixels) => pixels.filter([source], out),
                Self::Transposed(_) => unreachable!("these make many quads at once"),
                Self::Windows(windows) => integers::<1, Bytes>(windows, [source], out),
                Self::Plain(plain) => plain.row(simd, source, out),
            }
        }
    }

    #[inline(always)]
    unsafe fn quad(&self, simd: Avx2, sources: [*const u8; 4], out: *mut u8) {
        // SAFETY: as for one row, with four bytes for each element.
        unsafe {
            match self {
                Self::Pixels(pixels) => pixels.filter(sources, out),
                Self::Transposed(_) => unreachable!("these make many quads at once"),
                Self::Windows(windows) => integers::<4, Bytes>(windows, sources, out.cast()),
                Self::Plain(plain) => plain.quad(simd, sources, out),
            }
        }
    }

    #[inline(always)]
    unsafe fn quads(&self, simd: Avx2, sources: [[*const u8; 4]; QUADS], quads: [*mut u8; QUADS]) {
        // SAFETY: the caller promises the level, and the rows and room of each quad, for a filter that was made for them.
        unsafe {
            if let Self::Transposed(transposed) = self {
                return transposed.filter(sources, quads);
            }
            for quad in 0..QUADS {
                self.quad(simd, sources[quad], quads[quad]);
            }
        }
    }

    #[inline(always)]
    unsafe fn sum(&self, simd: Avx2, source: *const u8, out: *mut i32) {
        // SAFETY: the caller promises the level, the readable bytes that this was made for, and room for all sums and 256
        // bytes more, in which the last group ends.
        unsafe {
            match self {
                Self::Windows(windows) => integers::<1, Words>(windows, [source], out),
                Self::Pixels(_) | Self::Transposed(_) => unreachable!("these are for rounded weights"),
                Self::Plain(plain) => plain.sum(simd, source, out),
            }
        }
    }
}

/// The horizontal pass over rows at these places.
///
/// # Safety
/// The CPU has AVX2. The readable bytes of the windows are readable from each row, and as many elements as they make are writable.
#[inline(always)]
unsafe fn integers<const ROWS: usize, K: Keep<ROWS>>(
    windows: &Windows<Shuffle, [[u32; 8]; 2], 2, 8>,
    sources: [*const u8; ROWS],
    out: *mut K::Element,
) {
    // SAFETY: the caller promises the level, the rows, and the room.
    unsafe {
        let (rows, [out]) = windows.memory(sources, [out]);
        match windows.bytes() {
            16 => sums::<ROWS, 16, K>(windows, rows, out),
            _ => sums::<ROWS, 32, K>(windows, rows, out),
        }
    }
}

/// How the sums of a group are kept.
trait Keep<const ROWS: usize> {
    /// What the sums of an element become.
    type Element;

    /// What a sum starts from.
    const START: i32;

    /// # Safety
    /// The CPU has AVX2.
    unsafe fn store(out: &mut [MaybeUninit<Self::Element>; 8], sums: [[__m256i; 2]; ROWS]);
}

/// Rounded and clamped to bytes: those of one row, or four rows side by side.
struct Bytes;

/// As they are.
struct Words;

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

impl Keep<1> for Bytes {
    type Element = u8;

    const START: i32 = 1 << (ROUNDED_BITS - 1);

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn store(out: &mut [MaybeUninit<u8>; 8], sums: [[__m256i; 2]; 1]) {
        let bytes = bytes(sums);
        let (low, high) = (_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
        store_8(out, _mm_unpacklo_epi32(low, high));
    }
}

impl Keep<4> for Bytes {
    type Element = [u8; 4];

    const START: i32 = 1 << (ROUNDED_BITS - 1);

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn store(out: &mut [MaybeUninit<[u8; 4]>; 8], sums: [[__m256i; 2]; 4]) {
        let by_element = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        store_32(out, _mm256_shuffle_epi8(bytes(sums), _mm256_broadcastsi128_si256(by_element)));
    }
}

impl Keep<1> for Words {
    type Element = i32;

    const START: i32 = 0;

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn store(out: &mut [MaybeUninit<i32>; 8], sums: [[__m256i; 2]; 1]) {
        store_32(out, together(sums[0]));
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
#[inline]
#[target_feature(enable = "avx2")]
fn sums<const ROWS: usize, const BYTES: usize, K: Keep<ROWS>>(
    windows: &Windows<Shuffle, [[u32; 8]; 2], 2, 8>,
    rows: [&[u8]; ROWS],
    out: &mut [MaybeUninit<K::Element>],
) {
    let mut walk = windows.walk::<_, ROWS, 1, BYTES>(rows, [out]);
    while let Some(mut group) = walk.next() {
        let mut sums = [[_mm256_setzero_si256(), _mm256_set1_epi32(K::START)]; ROWS];
        for (parts, window) in group.steps() {
            for row in 0..ROWS {
                let taps = taps([window.of(row, 0), window.of(row, 1)], group.item);
                for part in 0..2 {
                    let products = _mm256_madd_epi16(taps, vector(&parts[part]));
                    sums[row][part] = _mm256_add_epi32(sums[row][part], products);
                }
            }
        }
        // SAFETY: the CPU has AVX2, as this function does.
        unsafe { K::store(group.out(0), sums) };
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
                Self::Windows(windows) => {
                    let (rows, outs) = windows.memory(sources, outs);
                    for (row, out) in rows.into_iter().zip(outs) {
                        match windows.bytes() {
                            16 => float_sums::<16>(windows, row, out),
                            _ => float_sums::<32>(windows, row, out),
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
#[inline]
#[target_feature(enable = "avx2")]
fn float_sums<const BYTES: usize>(
    windows: &Windows<Shuffle, [[f32; 8]; 2], 2, 8>,
    row: &[u8],
    out: &mut [MaybeUninit<f32>],
) {
    let mut walk = windows.walk::<_, 1, 1, BYTES>([row], [out]);
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
        store_8_f32(group.out(0), sum);
    }
}
