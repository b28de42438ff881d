//! The horizontal passes of separable filters: four elements of a row to a segment of a vector, two taps to a look-up of bytes.

use bytemuck::{Pod, cast_slice_mut, must_cast};

use super::Vectors;
use super::words::{WORD, halves, narrow, words};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::CacheLine;
use crate::simd::windows::{Group, Placement, Window, WindowShape, Windows};
use crate::weights::{AxisWeights, ROUNDED_BITS};

/// For each byte of a group's lanes, which have two taps each as words, where in the first 16 bytes of its segment's window it comes
/// from, and where in the second.
#[derive(Clone, Copy)]
#[repr(C, align(32))]
pub struct Index<const SEGMENTS: usize>([[[u8; 16]; SEGMENTS]; 2]);

/// Windows of a row, one a segment, and for each two taps vectors of weights.
type Weighed<T, const PARTS: usize, const SEGMENTS: usize, const LANES: usize> =
    Windows<Index<SEGMENTS>, [[[T; 4]; SEGMENTS]; PARTS], SEGMENTS, LANES>;

/// Where the windows of each group start.
struct Placed<const SEGMENTS: usize> {
    groups: Vec<Group<Index<SEGMENTS>, SEGMENTS>>,
    /// Vectors of 16 bytes that a window takes: 1 or 2.
    vectors: usize,
    /// Elements from a segment to the next: four where there are several, at most four where there is one. The lanes behind them are
    /// written over by the next group.
    advance: usize,
    /// Twos of taps.
    pairs: usize,
    /// Bytes from two taps to the next two.
    step: usize,
}

impl<const SEGMENTS: usize> Placed<SEGMENTS> {
    /// The windows that make most elements of a look-up.
    fn new<V: Vectors>(first: &[u32], taps: usize, pixel: usize, readable: usize) -> Result<Placement<Self>, NoMemory> {
        // Whole pixels, whatever the ratio, before two vectors. One element alone lies in any window.
        let shapes: &[(usize, usize)] = match pixel {
            _ if SEGMENTS > 1 => &[(4, 1), (4, 2)],
            3 => &[(4, 1), (3, 1)],
            _ => &[(4, 1), (4, 2), (2, 1), (1, 1)],
        };
        for &(advance, vectors) in shapes {
            let placed = Self { groups: Vec::new(), vectors, advance, pairs: taps.div_ceil(2), step: 2 * pixel };
            if let Some(groups) = placed.groups::<V>(first, pixel, readable)? {
                return Ok(Placement::Windows(Self { groups, ..placed }));
            }
        }
        let elements = first.len() * pixel;
        let span = |segment: usize| {
            let starts = [0, 1, 2, 3].map(|lane| start(first, pixel, (segment * 4 + lane).min(elements - 1)));
            starts.into_iter().max().unwrap_or(0) + pixel + 1 - starts.into_iter().min().unwrap_or(0)
        };
        let is_too_wide = SEGMENTS > 1 && (0..elements.div_ceil(4)).any(|segment| span(segment) > 32);
        Ok(if is_too_wide { Placement::TooWide } else { Placement::TooShort })
    }

    /// The group of each window, where all of them fit.
    fn groups<V: Vectors>(
        &self,
        first: &[u32],
        pixel: usize,
        readable: usize,
    ) -> Result<Option<Vec<Group<Index<SEGMENTS>, SEGMENTS>>>, NoMemory> {
        let elements = first.len() * pixel;
        let bytes = self.vectors * 16;
        let Some(last_base) = readable.checked_sub(bytes + (self.pairs - 1) * self.step) else { return Ok(None) };
        let group = |number: usize| {
            let mut group = Group { item: Index([[[255; 16]; SEGMENTS]; 2]), starts: [0; SEGMENTS] };
            for segment in 0..SEGMENTS {
                let element = |lane: usize| self.element(number * SEGMENTS + segment, lane).min(elements - 1);
                let starts = [0, 1, 2, 3].map(|lane| start(first, pixel, element(lane)));
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
                [group.item.0[0][segment], group.item.0[1][segment]] = index;
                group.starts[segment] = base;
            }
            Some(group)
        };
        memory::whole_list((0..elements.div_ceil(self.advance * SEGMENTS)).map(group))
    }

    /// The element of a lane; lanes that are not kept repeat the last one.
    fn element(&self, segment: usize, lane: usize) -> usize {
        segment * self.advance + lane.min(self.advance - 1)
    }

    /// With what the weights of four lanes and two taps become, part by part.
    fn weighed<W, T, const PARTS: usize, const LANES: usize>(
        self,
        weights: &AxisWeights<W>,
        pixel: usize,
        readable: usize,
        lay: impl Fn([[W; 2]; 4]) -> [[T; 4]; PARTS],
    ) -> Result<Weighed<T, PARTS, SEGMENTS, LANES>, NoMemory>
    where
        W: Copy + Default + PartialEq,
        T: Pod,
    {
        let mut table = memory::with_capacity(self.groups.len().saturating_mul(self.pairs))?;
        for group in 0..self.groups.len() {
            for pair in 0..self.pairs {
                let mut vectors = [[[T::zeroed(); 4]; SEGMENTS]; PARTS];
                for segment in 0..SEGMENTS {
                    let lanes = [0, 1, 2, 3].map(|lane| {
                        let output = self.element(group * SEGMENTS + segment, lane) / pixel;
                        let taps = weights.of(output.min(weights.outputs() - 1));
                        [pair * 2, pair * 2 + 1].map(|tap| taps.get(tap).copied().unwrap_or_default())
                    });
                    for (vector, part) in vectors.iter_mut().zip(lay(lanes)) {
                        vector[segment] = part;
                    }
                }
                table.push(vectors);
            }
        }
        let Self { groups, vectors, advance, pairs, step } = self;
        let shape = WindowShape { steps: pairs, step, bytes: vectors * 16, advance: advance * SEGMENTS };
        Ok(Windows::new(groups, table, shape, readable).expect("windows were placed inside the row"))
    }
}

/// The byte of an element's first tap.
fn start(first: &[u32], pixel: usize, element: usize) -> usize {
    first[element / pixel] as usize * pixel + element % pixel
}

/// Two taps of each lane as words, from the windows in a row.
#[inline(always)]
fn taps<V: Vectors, const ROWS: usize, const SEGMENTS: usize, const BYTES: usize>(
    simd: V,
    window: &Window<'_, ROWS, SEGMENTS, BYTES>,
    row: usize,
    index: [V::Vector; 2],
) -> V::Vector {
    let mut halves = [[&[0; 16]; SEGMENTS]; 2];
    for segment in 0..SEGMENTS {
        let bytes = window.of(row, segment).as_chunks::<16>().0;
        halves[0][segment] = &bytes[0];
        if BYTES == 32 {
            halves[1][segment] = &bytes[1];
        }
    }
    let first = simd.join(halves[0]);
    if BYTES == 32 { simd.shuffle_32([first, simd.join(halves[1])], index) } else { simd.shuffle(first, index[0]) }
}

/// Filters rows, with weights of one word or of two halves: for each group and two taps a vector a part.
pub enum RowFilter<const SEGMENTS: usize, const LANES: usize> {
    /// Words, without the zero bits that all weights end with.
    Narrow(Weighed<u32, 1, SEGMENTS, LANES>, u32),
    Wide(Weighed<u32, 2, SEGMENTS, LANES>),
}

impl<const SEGMENTS: usize, const LANES: usize> Holds for RowFilter<SEGMENTS, LANES> {
    fn bytes(&self) -> usize {
        match self {
            Self::Narrow(windows, _) => Holds::bytes(windows),
            Self::Wide(windows) => Holds::bytes(windows),
        }
    }
}

impl<const SEGMENTS: usize, const LANES: usize> RowFilter<SEGMENTS, LANES> {
    /// Of rows of which `readable` bytes may be read, with pixels of `pixel` bytes.
    pub(in crate::simd) fn new<V: Vectors>(
        weights: &AxisWeights,
        pixel: usize,
        readable: usize,
    ) -> Result<Placement<Self>, NoMemory> {
        Placed::new::<V>(&weights.first, weights.taps, pixel, readable)?.with(|placed| {
            Ok(if let Some(trailing_zeros) = narrow(&weights.weights, WORD) {
                let lay = |lanes: [[i32; 2]; 4]| [lanes.map(|pair| words(pair.map(|weight| weight >> trailing_zeros)))];
                Self::Narrow(placed.weighed(weights, pixel, readable, lay)?, trailing_zeros)
            } else {
                let lay = |lanes: [[i32; 2]; 4]| {
                    let halves = lanes.map(halves);
                    [halves.map(|[high, _]| high), halves.map(|[_, low]| low)]
                };
                Self::Wide(placed.weighed(weights, pixel, readable, lay)?)
            })
        })
    }

    /// Filters rows, whose sums are kept so.
    #[inline(always)]
    pub(in crate::simd) fn filter<V: Vectors, const ROWS: usize, K: Keep<V, ROWS, LANES>>(
        &self,
        simd: V,
        rows: [&[u8]; ROWS],
        out: &mut [CacheLine],
    ) {
        match self {
            Self::Narrow(windows, trailing_zeros) => match windows.bytes() {
                16 => sums::<V, ROWS, 16, 1, SEGMENTS, LANES, K>(simd, windows, *trailing_zeros, rows, out),
                _ => sums::<V, ROWS, 32, 1, SEGMENTS, LANES, K>(simd, windows, *trailing_zeros, rows, out),
            },
            Self::Wide(windows) => match windows.bytes() {
                16 => sums::<V, ROWS, 16, 2, SEGMENTS, LANES, K>(simd, windows, 0, rows, out),
                _ => sums::<V, ROWS, 32, 2, SEGMENTS, LANES, K>(simd, windows, 0, rows, out),
            },
        }
    }
}

/// How the sums of a group are kept, which were made without so many zero bits.
pub(in crate::simd) trait Keep<V: Vectors, const ROWS: usize, const LANES: usize> {
    /// What the sums of an element become.
    type Element: Pod;

    /// What a sum starts from.
    fn start(trailing_zeros: u32) -> i32;

    /// Those of a group.
    fn keep(simd: V, trailing_zeros: u32, sums: [V::Vector; ROWS]) -> [Self::Element; LANES];
}

/// Rounded and clamped to bytes: those of one row, or four rows side by side.
pub(in crate::simd) struct Bytes;

impl Bytes {
    #[inline(always)]
    fn start(trailing_zeros: u32) -> i32 {
        1 << (ROUNDED_BITS - trailing_zeros - 1)
    }

    /// The bytes of four rows of four elements, row by row, in each segment.
    #[inline(always)]
    fn of<V: Vectors, const ROWS: usize>(simd: V, trailing_zeros: u32, sums: [V::Vector; ROWS]) -> V::Vector {
        let mut rows = [simd.splat_i32(0); 4];
        for row in 0..ROWS {
            rows[row] = simd.shift_right_by(sums[row], ROUNDED_BITS - trailing_zeros);
        }
        // Both saturate, which is the clamp.
        simd.pack_i16(simd.pack_i32(rows[0], rows[1]), simd.pack_i32(rows[2], rows[3]))
    }
}

/// As they are.
pub(in crate::simd) struct Sums;

impl<V: Vectors, const LANES: usize> Keep<V, 1, LANES> for Bytes {
    type Element = u8;

    #[inline(always)]
    fn start(trailing_zeros: u32) -> i32 {
        Self::start(trailing_zeros)
    }

    #[inline(always)]
    fn keep(simd: V, trailing_zeros: u32, sums: [V::Vector; 1]) -> [u8; LANES] {
        simd.low_quarters(Self::of(simd, trailing_zeros, sums))
    }
}

impl<V: Vectors, const LANES: usize> Keep<V, 4, LANES> for Bytes {
    type Element = [u8; 4];

    #[inline(always)]
    fn start(trailing_zeros: u32) -> i32 {
        Self::start(trailing_zeros)
    }

    #[inline(always)]
    fn keep(simd: V, trailing_zeros: u32, sums: [V::Vector; 4]) -> [[u8; 4]; LANES] {
        /// Four rows of four elements, element by element.
        const BY_ELEMENT: [u8; 16] = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
        let bytes = Self::of(simd, trailing_zeros, sums);
        must_cast(simd.shuffle(bytes, simd.splat_segment(&BY_ELEMENT)))
    }
}

impl<V: Vectors, const LANES: usize> Keep<V, 1, LANES> for Sums {
    type Element = i32;

    #[inline(always)]
    fn start(_: u32) -> i32 {
        0
    }

    #[inline(always)]
    fn keep(simd: V, trailing_zeros: u32, sums: [V::Vector; 1]) -> [i32; LANES] {
        must_cast(simd.shift_left_by(sums[0], trailing_zeros))
    }
}

/// The horizontal pass over rows.
#[inline(always)]
fn sums<
    V: Vectors,
    const ROWS: usize,
    const BYTES: usize,
    const PARTS: usize,
    const SEGMENTS: usize,
    const LANES: usize,
    K: Keep<V, ROWS, LANES>,
>(
    simd: V,
    windows: &Weighed<u32, PARTS, SEGMENTS, LANES>,
    trailing_zeros: u32,
    rows: [&[u8]; ROWS],
    out: &mut [CacheLine],
) {
    let zero = simd.splat_i32(0);
    let mut start = [simd.products(zero); PARTS];
    start[PARTS - 1] = simd.products(simd.splat_i32(K::start(trailing_zeros)));
    let mut walk = windows.walk::<_, ROWS, 1, BYTES>(rows, [cast_slice_mut(out)]);
    while let Some(mut group) = walk.next() {
        let index = [must_cast(group.item.0[0]), must_cast(group.item.0[1])];
        let mut sums = [start; ROWS];
        for (parts, window) in group.steps() {
            for row in 0..ROWS {
                let taps = taps(simd, &window, row, index);
                for part in 0..PARTS {
                    sums[row][part] = simd.add_products(sums[row][part], taps, must_cast(parts[part]));
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
pub(in crate::simd) fn together<V: Vectors, const PARTS: usize>(simd: V, parts: [V::Products; PARTS]) -> V::Vector {
    let low = simd.total(parts[PARTS - 1]);
    if PARTS == 1 { low } else { simd.add_i32(simd.shift_left::<15>(simd.total(parts[0])), low) }
}

/// Filters rows with f32 weights: a vector for each of two taps.
pub struct FloatRowFilter<const SEGMENTS: usize, const LANES: usize>(Weighed<f32, 2, SEGMENTS, LANES>);

impl<const SEGMENTS: usize, const LANES: usize> Holds for FloatRowFilter<SEGMENTS, LANES> {
    fn bytes(&self) -> usize {
        Holds::bytes(&self.0)
    }
}

impl<const SEGMENTS: usize, const LANES: usize> FloatRowFilter<SEGMENTS, LANES> {
    /// As [`RowFilter::new`].
    pub(in crate::simd) fn new<V: Vectors>(
        weights: &AxisWeights<f32>,
        pixel: usize,
        readable: usize,
    ) -> Result<Placement<Self>, NoMemory> {
        let lay = |lanes: [[f32; 2]; 4]| [lanes.map(|[first, _]| first), lanes.map(|[_, second]| second)];
        Placed::new::<V>(&weights.first, weights.taps, pixel, readable)?
            .with(|placed| Ok(Self(placed.weighed(weights, pixel, readable, lay)?)))
    }

    /// Filters some rows at once.
    #[inline(always)]
    pub(in crate::simd) fn sum<V: Vectors, const ROWS: usize>(
        &self,
        simd: V,
        rows: [&[u8]; ROWS],
        outs: [&mut [CacheLine]; ROWS],
    ) {
        match self.0.bytes() {
            16 => float_sums::<V, ROWS, 16, SEGMENTS, LANES>(simd, &self.0, rows, outs),
            _ => float_sums::<V, ROWS, 32, SEGMENTS, LANES>(simd, &self.0, rows, outs),
        }
    }
}

/// The horizontal pass over rows, in f32: multiplied and then added, tap by tap.
#[inline(always)]
fn float_sums<V: Vectors, const ROWS: usize, const BYTES: usize, const SEGMENTS: usize, const LANES: usize>(
    simd: V,
    windows: &Weighed<f32, 2, SEGMENTS, LANES>,
    rows: [&[u8]; ROWS],
    outs: [&mut [CacheLine]; ROWS],
) {
    let mut walk = windows.walk::<_, ROWS, ROWS, BYTES>(rows, outs.map(cast_slice_mut::<_, f32>));
    while let Some(mut group) = walk.next() {
        let index = [must_cast(group.item.0[0]), must_cast(group.item.0[1])];
        let mut sums = [simd.splat_f32(0.0); ROWS];
        for (parts, window) in group.steps() {
            let (first, second) = (must_cast(parts[0]), must_cast(parts[1]));
            for row in 0..ROWS {
                let taps = taps(simd, &window, row, index);
                let low = simd.convert(simd.and(taps, simd.splat_i32(0xffff)));
                let high = simd.convert(simd.shift_right_u32::<16>(taps));
                sums[row] = simd.add_f32(sums[row], simd.mul_f32(low, first));
                sums[row] = simd.add_f32(sums[row], simd.mul_f32(high, second));
            }
        }
        for row in 0..ROWS {
            *group.out(row) = must_cast(sums[row]);
        }
    }
}
