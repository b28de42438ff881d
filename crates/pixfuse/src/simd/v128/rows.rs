//! The horizontal passes of separable filters: four elements of a row at a time, two taps to a look-up of bytes.

use super::words::{WORD, halves, narrow, words};
use super::{V128, vector};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{FloatHorizontalPass, HorizontalPass};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// For each group of elements a window of the row, whose bytes are looked up so that each lane has two taps as words.
struct Windows {
    groups: Vec<Group>,
    /// Vectors of 16 bytes that a window takes: 1 or 2.
    vectors: usize,
    /// Elements from a group to the next, at most four. The lanes behind them are written over by the next one.
    advance: usize,
    /// Twos of taps.
    pairs: usize,
    /// Bytes from two taps to the next two.
    step: usize,
}

#[derive(Clone, Copy)]
struct Group {
    /// For each byte, where in its window it comes from.
    index: [[u8; 16]; 2],
    /// Where its window starts.
    base: usize,
}

impl Windows {
    /// The windows that make most elements of a look-up; `None` where rows are too short for their loads.
    fn new<V: V128>(first: &[u32], taps: usize, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        // Whole pixels, whatever the ratio, before two vectors. One element alone lies in any window.
        let shapes: &[(usize, usize)] = if pixel == 3 { &[(4, 1), (3, 1)] } else { &[(4, 1), (4, 2), (2, 1), (1, 1)] };
        for &(advance, vectors) in shapes {
            let windows = Self { groups: Vec::new(), vectors, advance, pairs: taps.div_ceil(2), step: 2 * pixel };
            if let Some(groups) = windows.groups::<V>(first, pixel, readable)? {
                return Ok(Some(Self { groups, ..windows }));
            }
        }
        Ok(None)
    }

    /// The group of each window, where all of them fit.
    fn groups<V: V128>(&self, first: &[u32], pixel: usize, readable: usize) -> Result<Option<Vec<Group>>, NoMemory> {
        let elements = first.len() * pixel;
        let start = |element: usize| first[element / pixel] as usize * pixel + element % pixel;
        let bytes = self.vectors * 16;
        let Some(last_base) = readable.checked_sub(bytes + (self.pairs - 1) * self.step) else { return Ok(None) };
        let group = |number: usize| {
            let starts: [usize; 4] = std::array::from_fn(|lane| start(self.element(number, lane).min(elements - 1)));
            let (least, most) = (starts.into_iter().min()?, starts.into_iter().max()?);
            let base = least.min(last_base);
            if most + pixel + 1 > base + bytes {
                return None;
            }
            let mut places = [255; 16];
            for (lane, start) in starts.into_iter().enumerate() {
                for tap in 0..2 {
                    places[lane * 4 + tap * 2] = (start + tap * pixel - base) as u8;
                }
            }
            let index = if self.vectors == 1 { [places, [255; 16]] } else { V::index_32(places) };
            Some(Group { index, base })
        };
        memory::whole_list((0..elements.div_ceil(self.advance)).map(group))
    }

    /// The element of a lane; lanes that are not kept repeat the last one.
    fn element(&self, group: usize, lane: usize) -> usize {
        group * self.advance + lane.min(self.advance - 1)
    }

    /// For each group and two taps, what the weights of its lanes become.
    fn weigh<W: Copy + Default + PartialEq, L>(
        &self,
        weights: &AxisWeights<W>,
        pixel: usize,
        lay: impl Fn([[W; 2]; 4]) -> L,
    ) -> Result<Vec<L>, NoMemory> {
        let mut table = memory::with_capacity(self.groups.len().saturating_mul(self.pairs))?;
        for group in 0..self.groups.len() {
            let outputs: [usize; 4] =
                std::array::from_fn(|lane| (self.element(group, lane) / pixel).min(weights.outputs() - 1));
            for pair in 0..self.pairs {
                let weight = |output: usize, tap: usize| weights.of(output).get(tap).copied().unwrap_or_default();
                table.push(lay(outputs.map(|output| [weight(output, pair * 2), weight(output, pair * 2 + 1)])));
            }
        }
        Ok(table)
    }

    /// Two taps of each lane as words, from the window at this place.
    ///
    /// # Safety
    /// `VECTORS` times 16 bytes are readable.
    #[inline(always)]
    unsafe fn taps<V: V128, const VECTORS: usize>(simd: V, window: *const u8, index: [V::Vector; 2]) -> V::Vector {
        // SAFETY: the caller promises 16 bytes, and 32 where there are two vectors.
        unsafe {
            if VECTORS == 1 {
                simd.shuffle(simd.load(window), index[0])
            } else {
                simd.shuffle_32([simd.load(window), simd.load(window.add(16))], index)
            }
        }
    }
}

impl Holds for Windows {
    fn bytes(&self) -> usize {
        memory::bytes(&self.groups)
    }
}

/// Weights of one word, or of two halves: for each group and two taps a vector a part.
enum Weights {
    /// Words, without the zero bits that all weights end with.
    Narrow {
        weights: Vec<[[u32; 4]; 1]>,
        trailing_zeros: u32,
    },
    Wide(Vec<[[u32; 4]; 2]>),
}

/// Filters rows.
pub struct RowFilter {
    windows: Windows,
    weights: Weights,
}

impl Holds for RowFilter {
    fn bytes(&self) -> usize {
        let weights = match &self.weights {
            Weights::Narrow { weights, .. } => memory::bytes(weights),
            Weights::Wide(weights) => memory::bytes(weights),
        };
        self.windows.bytes() + weights
    }
}

// SAFETY: the windows of a filter end inside the readable bytes that it was made for, and the last group inside the room behind
// all outputs.
unsafe impl<V: V128> HorizontalPass<V> for RowFilter {
    fn prepare(
        _: V,
        weights: &AxisWeights,
        pixel: usize,
        readable: usize,
        _many_quads: bool,
    ) -> Result<Option<Self>, NoMemory> {
        let Some(windows) = Windows::new::<V>(&weights.first, weights.taps, pixel, readable)? else { return Ok(None) };
        let weights = if let Some(trailing_zeros) = narrow(&weights.weights, WORD) {
            let lay = |lanes: [[i32; 2]; 4]| [lanes.map(|pair| words(pair.map(|weight| weight >> trailing_zeros)))];
            Weights::Narrow { weights: windows.weigh(weights, pixel, lay)?, trailing_zeros }
        } else {
            let lay = |lanes: [[i32; 2]; 4]| {
                let halves = lanes.map(halves);
                [halves.map(|[high, _]| high), halves.map(|[_, low]| low)]
            };
            Weights::Wide(windows.weigh(weights, pixel, lay)?)
        };
        Ok(Some(Self { windows, weights }))
    }

    #[inline(always)]
    unsafe fn filter<const ROWS: usize>(&self, simd: V, sources: [*const u8; ROWS], out: *mut u8) {
        // SAFETY: the caller promises the readable bytes that this was made for, and room for all outputs and 256 bytes more.
        unsafe {
            match &self.weights {
                Weights::Narrow { weights, trailing_zeros } => {
                    self.sums(simd, weights, sources, Bytes { out, bits: ROUNDED_BITS - trailing_zeros });
                }
                Weights::Wide(weights) => self.sums(simd, weights, sources, Bytes { out, bits: ROUNDED_BITS }),
            }
        }
    }

    #[inline(always)]
    unsafe fn sum(&self, simd: V, source: *const u8, out: *mut i32) {
        // SAFETY: the caller promises the readable bytes that this was made for, and room for all sums and 256 bytes more.
        unsafe {
            match &self.weights {
                Weights::Narrow { weights, trailing_zeros } => {
                    self.sums(simd, weights, [source], Sums { out, trailing_zeros: *trailing_zeros });
                }
                Weights::Wide(weights) => self.sums(simd, weights, [source], Sums { out, trailing_zeros: 0 }),
            }
        }
    }
}

impl RowFilter {
    /// # Safety
    /// Each window ends inside the readable bytes of each row, and the output has room for whole groups.
    #[inline(always)]
    unsafe fn sums<V: V128, const ROWS: usize, const PARTS: usize>(
        &self,
        simd: V,
        weights: &[[[u32; 4]; PARTS]],
        sources: [*const u8; ROWS],
        keep: impl Keep<V>,
    ) {
        // SAFETY: the caller promises the windows and the room.
        unsafe {
            match self.windows.vectors {
                1 => sums::<V, ROWS, 1, PARTS>(simd, &self.windows, weights, sources, keep),
                _ => sums::<V, ROWS, 2, PARTS>(simd, &self.windows, weights, sources, keep),
            }
        }
    }
}

/// How the sums of a group are kept.
trait Keep<V: V128>: Copy {
    /// What a sum starts from.
    fn start(self) -> i32;

    /// Keeps those from an element on.
    ///
    /// # Safety
    /// Four elements are writable there, of four rows where there are as many.
    unsafe fn store<const ROWS: usize>(self, simd: V, element: usize, sums: [V::Vector; ROWS]);
}

/// Rounded and clamped to bytes: those of one row, or four rows side by side.
#[derive(Clone, Copy)]
struct Bytes {
    out: *mut u8,
    /// Fractional bits of the sums.
    bits: u32,
}

/// As they are, with the zero bits that were left out.
#[derive(Clone, Copy)]
struct Sums {
    out: *mut i32,
    trailing_zeros: u32,
}

impl<V: V128> Keep<V> for Bytes {
    #[inline(always)]
    fn start(self) -> i32 {
        1 << (self.bits - 1)
    }

    #[inline(always)]
    unsafe fn store<const ROWS: usize>(self, simd: V, element: usize, sums: [V::Vector; ROWS]) {
        /// Four rows of four elements, element by element.
        const BY_ELEMENT: [u8; 16] = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
        let mut rows = [simd.splat_i32(0); 4];
        for row in 0..ROWS {
            rows[row] = simd.shift_right_by(sums[row], self.bits);
        }
        // Both saturate, which is the clamp.
        let bytes = simd.pack_i16(simd.pack_i32(rows[0], rows[1]), simd.pack_i32(rows[2], rows[3]));
        // SAFETY: the caller promises room for four elements of so many rows.
        unsafe {
            if ROWS == 1 {
                simd.store_4(self.out.add(element), bytes);
            } else {
                simd.store(self.out.add(element * 4), simd.shuffle(bytes, vector(simd, &BY_ELEMENT)));
            }
        }
    }
}

impl<V: V128> Keep<V> for Sums {
    #[inline(always)]
    fn start(self) -> i32 {
        0
    }

    #[inline(always)]
    unsafe fn store<const ROWS: usize>(self, simd: V, element: usize, sums: [V::Vector; ROWS]) {
        // SAFETY: the caller promises room for four sums.
        unsafe { simd.store(self.out.add(element).cast(), simd.shift_left_by(sums[0], self.trailing_zeros)) }
    }
}

/// The horizontal pass over rows.
///
/// # Safety
/// As [`RowFilter::sums`].
#[inline(always)]
unsafe fn sums<V: V128, const ROWS: usize, const VECTORS: usize, const PARTS: usize>(
    simd: V,
    windows: &Windows,
    weights: &[[[u32; 4]; PARTS]],
    sources: [*const u8; ROWS],
    keep: impl Keep<V>,
) {
    let zero = simd.splat_i32(0);
    let mut start = [simd.products(zero); PARTS];
    start[PARTS - 1] = simd.products(simd.splat_i32(keep.start()));
    for (number, (group, weights)) in windows.groups.iter().zip(weights.chunks_exact(windows.pairs)).enumerate() {
        let index = [vector(simd, &group.index[0]), vector(simd, &group.index[1])];
        let mut sums = [start; ROWS];
        let mut at = group.base;
        for parts in weights {
            for row in 0..ROWS {
                // SAFETY: the caller promises the windows; so many pairs, a step apart, end where they do.
                let taps = unsafe { Windows::taps::<V, VECTORS>(simd, sources[row].add(at), index) };
                for part in 0..PARTS {
                    sums[row][part] = simd.add_products(sums[row][part], taps, vector(simd, &parts[part]));
                }
            }
            at += windows.step;
        }
        let mut totals = [zero; ROWS];
        for row in 0..ROWS {
            totals[row] = together(simd, sums[row]);
        }
        // SAFETY: the caller promises room for whole groups.
        unsafe { keep.store(simd, number * windows.advance, totals) };
    }
}

/// The sums of parts to one: of one word, or of two halves.
#[inline(always)]
pub(super) fn together<V: V128, const PARTS: usize>(simd: V, parts: [V::Products; PARTS]) -> V::Vector {
    let low = simd.total(parts[PARTS - 1]);
    if PARTS == 1 { low } else { simd.add_i32(simd.shift_left::<15>(simd.total(parts[0])), low) }
}

/// Filters rows with f32 weights: a vector for each of two taps.
pub struct FloatRowFilter {
    windows: Windows,
    weights: Vec<[[f32; 4]; 2]>,
}

impl Holds for FloatRowFilter {
    fn bytes(&self) -> usize {
        self.windows.bytes() + memory::bytes(&self.weights)
    }
}

// SAFETY: windows end inside the readable bytes that a filter was made for, and the last group inside the room behind all sums.
unsafe impl<V: V128> FloatHorizontalPass<V> for FloatRowFilter {
    fn prepare(_: V, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        let Some(windows) = Windows::new::<V>(&weights.first, weights.taps, pixel, readable)? else { return Ok(None) };
        let lay = |lanes: [[f32; 2]; 4]| [lanes.map(|[first, _]| first), lanes.map(|[_, second]| second)];
        let weights = windows.weigh(weights, pixel, lay)?;
        Ok(Some(Self { windows, weights }))
    }

    #[inline(always)]
    unsafe fn sum<const ROWS: usize>(&self, simd: V, sources: [*const u8; ROWS], outs: [*mut f32; ROWS]) {
        // SAFETY: the caller promises the readable bytes that this was made for, and room for all sums and 256 bytes more.
        unsafe {
            match self.windows.vectors {
                1 => self.sum_windows::<V, ROWS, 1>(simd, sources, outs),
                _ => self.sum_windows::<V, ROWS, 2>(simd, sources, outs),
            }
        }
    }
}

impl FloatRowFilter {
    /// # Safety
    /// As [`FloatHorizontalPass::sum`], for windows of so many vectors.
    #[inline(always)]
    unsafe fn sum_windows<V: V128, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: V,
        sources: [*const u8; ROWS],
        outs: [*mut f32; ROWS],
    ) {
        let Self { windows, weights } = self;
        for (number, (group, weights)) in windows.groups.iter().zip(weights.chunks_exact(windows.pairs)).enumerate() {
            let index = [vector(simd, &group.index[0]), vector(simd, &group.index[1])];
            let mut sums = [simd.splat_f32(0.0); ROWS];
            let mut at = group.base;
            for parts in weights {
                let (first, second) = (vector(simd, &parts[0]), vector(simd, &parts[1]));
                for row in 0..ROWS {
                    // SAFETY: the caller promises the windows; so many pairs, a step apart, end where they do.
                    let taps = unsafe { Windows::taps::<V, VECTORS>(simd, sources[row].add(at), index) };
                    let low = simd.convert(simd.and(taps, simd.splat_i32(0xffff)));
                    let high = simd.convert(simd.shift_right_u32::<16>(taps));
                    sums[row] = simd.add_f32(sums[row], simd.mul_f32(low, first));
                    sums[row] = simd.add_f32(sums[row], simd.mul_f32(high, second));
                }
                at += windows.step;
            }
            for row in 0..ROWS {
                // SAFETY: the caller promises room for whole groups.
                unsafe { simd.store(outs[row].add(number * windows.advance).cast(), sums[row]) };
            }
        }
    }
}
