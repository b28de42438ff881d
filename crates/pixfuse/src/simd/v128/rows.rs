//! The horizontal passes of separable filters: four elements of a row at a time, two taps to a look-up of bytes.

use bytemuck::Pod;

use super::words::{WORD, halves, narrow, words};
use super::{V128, array, vector};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::windows::{Group, WindowShape, Windows};
use crate::simd::{CacheLine, FloatHorizontalPass, HorizontalPass};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// For each byte of a group's lanes, which have two taps each as words, where in its window it comes from.
#[derive(Clone, Copy)]
pub struct Index([[u8; 16]; 2]);

/// Where the windows of each group start.
struct Placed {
    groups: Vec<Group<Index, 1>>,
    /// Vectors of 16 bytes that a window takes: 1 or 2.
    vectors: usize,
    /// Elements from a group to the next, at most four. The lanes behind them are written over by the next one.
    advance: usize,
    /// Twos of taps.
    pairs: usize,
    /// Bytes from two taps to the next two.
    step: usize,
}

impl Placed {
    /// The windows that make most elements of a look-up; `None` where rows are too short for their loads.
    fn new<V: V128>(first: &[u32], taps: usize, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        // Whole pixels, whatever the ratio, before two vectors. One element alone lies in any window.
        let shapes: &[(usize, usize)] = if pixel == 3 { &[(4, 1), (3, 1)] } else { &[(4, 1), (4, 2), (2, 1), (1, 1)] };
        for &(advance, vectors) in shapes {
            let placed = Self { groups: Vec::new(), vectors, advance, pairs: taps.div_ceil(2), step: 2 * pixel };
            if let Some(groups) = placed.groups::<V>(first, pixel, readable)? {
                return Ok(Some(Self { groups, ..placed }));
            }
        }
        Ok(None)
    }

    /// The group of each window, where all of them fit.
    fn groups<V: V128>(
        &self,
        first: &[u32],
        pixel: usize,
        readable: usize,
    ) -> Result<Option<Vec<Group<Index, 1>>>, NoMemory> {
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
            Some(Group { item: Index(index), starts: [base] })
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

    /// With weights for each group and two taps.
    fn weighed<T>(self, weights: Vec<T>, readable: usize) -> Windows<Index, T, 1, 4> {
        let Self { groups, vectors, advance, pairs, step } = self;
        let shape = WindowShape { steps: pairs, step, bytes: vectors * 16, advance };
        Windows::new(groups, weights, shape, readable).expect("windows were placed inside the row")
    }
}

/// Two taps of each lane as words, from a window.
#[inline(always)]
fn taps<V: V128, const BYTES: usize>(simd: V, window: &[u8; BYTES], index: [V::Vector; 2]) -> V::Vector {
    let bytes = window.as_chunks::<16>().0;
    if BYTES == 16 {
        simd.shuffle(vector(simd, &bytes[0]), index[0])
    } else {
        simd.shuffle_32([vector(simd, &bytes[0]), vector(simd, &bytes[1])], index)
    }
}

/// Filters rows, with weights of one word or of two halves: for each group and two taps a vector a part.
pub enum RowFilter {
    /// Words, without the zero bits that all weights end with.
    Narrow(Windows<Index, [[u32; 4]; 1], 1, 4>, u32),
    Wide(Windows<Index, [[u32; 4]; 2], 1, 4>),
}

impl Holds for RowFilter {
    fn bytes(&self) -> usize {
        match self {
            Self::Narrow(windows, _) => Holds::bytes(windows),
            Self::Wide(windows) => Holds::bytes(windows),
        }
    }
}

impl<V: V128> HorizontalPass<V> for RowFilter {
    fn prepare(
        _: V,
        weights: &AxisWeights,
        pixel: usize,
        readable: usize,
        _many_quads: bool,
    ) -> Result<Option<Self>, NoMemory> {
        let Some(placed) = Placed::new::<V>(&weights.first, weights.taps, pixel, readable)? else { return Ok(None) };
        Ok(Some(if let Some(trailing_zeros) = narrow(&weights.weights, WORD) {
            let lay = |lanes: [[i32; 2]; 4]| [lanes.map(|pair| words(pair.map(|weight| weight >> trailing_zeros)))];
            let table = placed.weigh(weights, pixel, lay)?;
            Self::Narrow(placed.weighed(table, readable), trailing_zeros)
        } else {
            let lay = |lanes: [[i32; 2]; 4]| {
                let halves = lanes.map(halves);
                [halves.map(|[high, _]| high), halves.map(|[_, low]| low)]
            };
            let table = placed.weigh(weights, pixel, lay)?;
            Self::Wide(placed.weighed(table, readable))
        }))
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
        self.filter::<V, 1, Sums>(simd, [source], out);
    }
}

impl RowFilter {
    #[inline(always)]
    fn filter<V: V128, const ROWS: usize, K: Keep<V, ROWS>>(
        &self,
        simd: V,
        rows: [&[u8]; ROWS],
        out: &mut [CacheLine],
    ) {
        match self {
            Self::Narrow(windows, trailing_zeros) => match windows.bytes() {
                16 => sums::<V, ROWS, 16, 1, K>(simd, windows, *trailing_zeros, rows, out),
                _ => sums::<V, ROWS, 32, 1, K>(simd, windows, *trailing_zeros, rows, out),
            },
            Self::Wide(windows) => match windows.bytes() {
                16 => sums::<V, ROWS, 16, 2, K>(simd, windows, 0, rows, out),
                _ => sums::<V, ROWS, 32, 2, K>(simd, windows, 0, rows, out),
            },
        }
    }
}

/// How the sums of a group are kept, which were made without so many zero bits.
trait Keep<V: V128, const ROWS: usize> {
    /// What the sums of an element become.
    type Element: Pod;

    /// What a sum starts from.
    fn start(trailing_zeros: u32) -> i32;

    /// Those of four elements.
    fn keep(simd: V, trailing_zeros: u32, sums: [V::Vector; ROWS]) -> [Self::Element; 4];
}

/// Rounded and clamped to bytes: those of one row, or four rows side by side.
struct Bytes;

impl Bytes {
    #[inline(always)]
    fn start(trailing_zeros: u32) -> i32 {
        1 << (ROUNDED_BITS - trailing_zeros - 1)
    }

    /// The bytes of four rows of four elements, row by row.
    #[inline(always)]
    fn of<V: V128, const ROWS: usize>(simd: V, trailing_zeros: u32, sums: [V::Vector; ROWS]) -> V::Vector {
        let mut rows = [simd.splat_i32(0); 4];
        for row in 0..ROWS {
            rows[row] = simd.shift_right_by(sums[row], ROUNDED_BITS - trailing_zeros);
        }
        // Both saturate, which is the clamp.
        simd.pack_i16(simd.pack_i32(rows[0], rows[1]), simd.pack_i32(rows[2], rows[3]))
    }
}

/// As they are.
struct Sums;

impl<V: V128> Keep<V, 1> for Bytes {
    type Element = u8;

    #[inline(always)]
    fn start(trailing_zeros: u32) -> i32 {
        Self::start(trailing_zeros)
    }

    #[inline(always)]
    fn keep(simd: V, trailing_zeros: u32, sums: [V::Vector; 1]) -> [u8; 4] {
        simd.low_4(Self::of(simd, trailing_zeros, sums))
    }
}

impl<V: V128> Keep<V, 4> for Bytes {
    type Element = [u8; 4];

    #[inline(always)]
    fn start(trailing_zeros: u32) -> i32 {
        Self::start(trailing_zeros)
    }

    #[inline(always)]
    fn keep(simd: V, trailing_zeros: u32, sums: [V::Vector; 4]) -> [[u8; 4]; 4] {
        /// Four rows of four elements, element by element.
        const BY_ELEMENT: [u8; 16] = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
        let bytes = Self::of(simd, trailing_zeros, sums);
        array(simd, simd.shuffle(bytes, vector(simd, &BY_ELEMENT)))
    }
}

impl<V: V128> Keep<V, 1> for Sums {
    type Element = i32;

    #[inline(always)]
    fn start(_: u32) -> i32 {
        0
    }

    #[inline(always)]
    fn keep(simd: V, trailing_zeros: u32, sums: [V::Vector; 1]) -> [i32; 4] {
        array(simd, simd.shift_left_by(sums[0], trailing_zeros))
    }
}

/// The horizontal pass over rows.
#[inline(always)]
fn sums<V: V128, const ROWS: usize, const BYTES: usize, const PARTS: usize, K: Keep<V, ROWS>>(
    simd: V,
    windows: &Windows<Index, [[u32; 4]; PARTS], 1, 4>,
    trailing_zeros: u32,
    rows: [&[u8]; ROWS],
    out: &mut [CacheLine],
) {
    let zero = simd.splat_i32(0);
    let mut start = [simd.products(zero); PARTS];
    start[PARTS - 1] = simd.products(simd.splat_i32(K::start(trailing_zeros)));
    let mut walk = windows.walk::<_, ROWS, 1, BYTES>(rows, [bytemuck::cast_slice_mut(out)]);
    while let Some(mut group) = walk.next() {
        let index = [vector(simd, &group.item.0[0]), vector(simd, &group.item.0[1])];
        let mut sums = [start; ROWS];
        for (parts, window) in group.steps() {
            for row in 0..ROWS {
                let taps = taps(simd, window.of(row, 0), index);
                for part in 0..PARTS {
                    sums[row][part] = simd.add_products(sums[row][part], taps, vector(simd, &parts[part]));
                }
            }
        }
        let mut totals = [zero; ROWS];
        for row in 0..ROWS {
            totals[row] = together(simd, sums[row]);
        }
        *group.out(0) = K::keep(simd, trailing_zeros, totals);
    }
}

/// The sums of parts to one: of one word, or of two halves.
#[inline(always)]
pub(super) fn together<V: V128, const PARTS: usize>(simd: V, parts: [V::Products; PARTS]) -> V::Vector {
    let low = simd.total(parts[PARTS - 1]);
    if PARTS == 1 { low } else { simd.add_i32(simd.shift_left::<15>(simd.total(parts[0])), low) }
}

/// Filters rows with f32 weights: a vector for each of two taps.
pub struct FloatRowFilter(Windows<Index, [[f32; 4]; 2], 1, 4>);

impl Holds for FloatRowFilter {
    fn bytes(&self) -> usize {
        Holds::bytes(&self.0)
    }
}

impl<V: V128> FloatHorizontalPass<V> for FloatRowFilter {
    fn prepare(_: V, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        let Some(placed) = Placed::new::<V>(&weights.first, weights.taps, pixel, readable)? else { return Ok(None) };
        let lay = |lanes: [[f32; 2]; 4]| [lanes.map(|[first, _]| first), lanes.map(|[_, second]| second)];
        let table = placed.weigh(weights, pixel, lay)?;
        Ok(Some(Self(placed.weighed(table, readable))))
    }

    #[inline(always)]
    fn sum<const ROWS: usize>(&self, simd: V, sources: [&[u8]; ROWS], outs: [&mut [CacheLine]; ROWS]) {
        match self.0.bytes() {
            16 => float_sums::<V, ROWS, 16>(simd, &self.0, sources, outs),
            _ => float_sums::<V, ROWS, 32>(simd, &self.0, sources, outs),
        }
    }
}

/// The horizontal pass over rows, in f32: multiplied and then added, tap by tap.
#[inline(always)]
fn float_sums<V: V128, const ROWS: usize, const BYTES: usize>(
    simd: V,
    windows: &Windows<Index, [[f32; 4]; 2], 1, 4>,
    rows: [&[u8]; ROWS],
    outs: [&mut [CacheLine]; ROWS],
) {
    let mut walk = windows.walk::<_, ROWS, ROWS, BYTES>(rows, outs.map(bytemuck::cast_slice_mut::<_, f32>));
    while let Some(mut group) = walk.next() {
        let index = [vector(simd, &group.item.0[0]), vector(simd, &group.item.0[1])];
        let mut sums = [simd.splat_f32(0.0); ROWS];
        for (parts, window) in group.steps() {
            let (first, second) = (vector(simd, &parts[0]), vector(simd, &parts[1]));
            for row in 0..ROWS {
                let taps = taps(simd, window.of(row, 0), index);
                let low = simd.convert(simd.and(taps, simd.splat_i32(0xffff)));
                let high = simd.convert(simd.shift_right_u32::<16>(taps));
                sums[row] = simd.add_f32(sums[row], simd.mul_f32(low, first));
                sums[row] = simd.add_f32(sums[row], simd.mul_f32(high, second));
            }
        }
        for row in 0..ROWS {
            *group.out(row) = array(simd, sums[row]);
        }
    }
}
