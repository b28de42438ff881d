//! Cells of OpenCV's area with AVX-512: both axes at once, four pixels of a cell to a lane, so that no sums are stored.
//!
//! Bytes of a window of the row are permuted as for the filters. `vpdpbusd` adds the pixels inside a cell, four a lane;
//! `vpdpwssd` adds the shares of its two edges, as words. A row of 1080x1920 -> 224x224 takes three permutes and three
//! of these for 12 elements, and what is left for the cell is to weigh three rows: those inside, which are summed as
//! integers, and the two on edges. On Zen 5 that took 139 us against 285 of AVX2's sums of rows and then of columns,
//! 480x640 -> 224x224 55 against 137. Prefetching the rows of the next cells lost: 156 against 138 us.
//!
//! Sums of rows are left where cells are large, or far higher than wide: there 64 bytes at a time took 127 against 150
//! us for 1080x1920 -> 60x97. Columns are then AVX2's: of 3000x400 -> 60x201 they take 19 %.

use std::arch::x86_64::*;

use super::avx512::vector;
use super::avx512_windows::{load, taps};
use super::{Avx512, features, values};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::CellRows;
use crate::simd::cells::{CHUNK, CellColumns, CellTaps, WholeCells};

/// Bytes that go into lanes, or weights of them.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Vector([u8; 64]);

/// Groups of up to 16 elements, each with a window of the row that has all pixels of its cells.
pub(crate) struct CellWindows {
    /// Vectors of 64 bytes that a window takes: 1 or 2.
    vectors: usize,
    /// Fours of pixels inside a cell.
    quads: usize,
    /// Elements of a group.
    width: usize,
    /// What shares are counted in.
    unit: f32,
    /// Where the windows start.
    bases: Vec<usize>,
    /// For each group, where the bytes of edges come from and their shares, the same for each four pixels inside, and
    /// the weights of the cells.
    table: Vec<Vector>,
}

/// The most fours of pixels; beyond that windows hold few cells, and sums of rows are faster.
const MOST_QUADS: usize = 5;

/// The most rows whose shares, of two edges of a byte each, fit a lane.
const MAX_AREA_ROWS: usize = (i32::MAX / (2 * u8::MAX as i32 * i16::MAX as i32)) as usize;

impl WholeCells<Avx512> for CellWindows {
    fn new(columns: &CellColumns, rows: usize, length: usize) -> Result<Option<Self>, NoMemory> {
        let outputs = columns.cells().len();
        let inside = |output| columns.taps(output).filter(|&(_, share)| share == 1.0).count();
        let quads = (0..outputs).map(inside).max().unwrap_or(0).div_ceil(4);
        if rows > MAX_AREA_ROWS || !(1..=MOST_QUADS).contains(&quads) {
            return Ok(None);
        }
        let sizes = (1..=16 / columns.pixel()).rev().flat_map(|pixels| [(pixels, 1), (pixels, 2)]);
        let mut found = None;
        for (pixels, vectors) in sizes {
            let Some(last) = length.checked_sub(vectors * 64) else { continue };
            if let Some(bases) = Self::bases(columns, pixels, last, vectors * 64)? {
                let (width, unit) = (pixels * columns.pixel(), columns.unit.size());
                found = Some(Self { vectors, quads, width, unit, bases, table: Vec::new() });
                break;
            }
        }
        let Some(mut windows) = found else { return Ok(None) };
        // Instructions that each row takes beyond those of a sum of rows, against those of a sum of columns; factors
        // were fitted to some eighty measured sizes. 3000x400 -> 60x201 takes 124 us so, and 67 with sums of rows.
        let more = (2 * (quads + 1) * windows.bases.len()).saturating_sub(3 * length / 64);
        if 2 * (rows + 2) * more > 5 * (columns.inside() + 1) * outputs {
            return Ok(None);
        }
        windows.fill(columns)?;
        Ok(Some(windows))
    }

    #[inline(always)]
    fn sum(&self, simd: Avx512, rows: &CellRows<'_>, line: &mut [f32]) {
        match (self.vectors, self.quads) {
            (1, 1) => simd.sum_windows::<1, 64, 1>(self, rows, line),
            (1, 2) => simd.sum_windows::<1, 64, 2>(self, rows, line),
            (1, 3) => simd.sum_windows::<1, 64, 3>(self, rows, line),
            (1, 4) => simd.sum_windows::<1, 64, 4>(self, rows, line),
            (1, _) => simd.sum_windows::<1, 64, 5>(self, rows, line),
            (_, 1) => simd.sum_windows::<2, 128, 1>(self, rows, line),
            (_, 2) => simd.sum_windows::<2, 128, 2>(self, rows, line),
            (_, 3) => simd.sum_windows::<2, 128, 3>(self, rows, line),
            (_, 4) => simd.sum_windows::<2, 128, 4>(self, rows, line),
            _ => simd.sum_windows::<2, 128, 5>(self, rows, line),
        }
    }
}

impl Holds for CellWindows {
    fn bytes(&self) -> usize {
        memory::bytes(&self.bases) + memory::bytes(&self.table)
    }
}

impl CellColumns {
    /// The pixels with a share in a cell, and their shares.
    fn taps(&self, output: usize) -> impl Iterator<Item = (usize, f32)> {
        let CellTaps { shares: [[before, ..], [next, ..], [last, ..], _], first } = self.cells()[output];
        let (first, behind) = (first as usize, first as usize + self.inside());
        let inside = (first..behind).map(|pixel| (pixel, 1.0));
        let taps =
            [(first.wrapping_sub(1), before)].into_iter().chain(inside).chain([(behind, next), (behind + 1, last)]);
        taps.filter(|&(_, share)| share != 0.0)
    }
}

impl CellWindows {
    /// Where windows of so many bytes start, if each has all of its `pixels` cells.
    fn bases(columns: &CellColumns, pixels: usize, last: usize, bytes: usize) -> Result<Option<Vec<usize>>, NoMemory> {
        let base = |cells: usize| {
            let taps = (cells..columns.cells().len().min(cells + pixels)).flat_map(|output| columns.taps(output));
            let (least, most) = taps.fold((usize::MAX, 0), |(least, most), (at, _)| (at.min(least), at.max(most)));
            let base = last.min(least * columns.pixel());
            ((most + 1) * columns.pixel() <= base + bytes).then_some(base)
        };
        memory::whole_list((0..columns.cells().len()).step_by(pixels).map(base))
    }

    fn fill(&mut self, columns: &CellColumns) -> Result<(), NoMemory> {
        let (pixel, stride) = (columns.pixel(), 2 * self.quads + 3);
        self.table = memory::repeated(Vector([0; 64]), self.bases.len() * stride)?;
        for element in 0..columns.cells().len() * pixel {
            let (group, byte) = (element / self.width, element % self.width * 4);
            let (table, base) = (&mut self.table[group * stride..][..stride], self.bases[group]);
            let (mut inside, mut edges) = (0, 0);
            for (at, share) in columns.taps(element / pixel) {
                let from = (at * pixel + element % pixel - base) as u8;
                if share == 1.0 {
                    let (vector, byte) = (2 + inside / 4 * 2, byte + inside % 4);
                    (table[vector].0[byte], table[vector + 1].0[byte]) = (from, 1);
                    inside += 1;
                } else {
                    let byte = byte + edges * 2;
                    table[0].0[byte] = from;
                    table[1].0[byte..byte + 2].copy_from_slice(&columns.unit.share(share).word().to_le_bytes());
                    edges += 1;
                }
            }
            let [.., [weight, ..]] = columns.cells()[element / pixel].shares;
            table[stride - 1].0[byte..byte + 4].copy_from_slice(&weight.to_le_bytes());
        }
        Ok(())
    }
}

impl Avx512 {
    features! { Avx512 => values! {
        /// As [`WholeCells::sum`], for windows of `VECTORS` vectors, which are so many bytes, and `QUADS` fours.
        fn sum_windows<const VECTORS: usize, const BYTES: usize, const QUADS: usize>(
            self,
            windows: &CellWindows,
            rows: &CellRows<'_>,
            line: &mut [f32],
        ) {
            let CellWindows { width, unit, ref bases, ref table, .. } = *windows;
            let mut line = line;
            for (&base, table) in bases.iter().zip(table.chunks_exact(2 * QUADS + 3)) {
                // Rows are as long as windows were placed for, and the line has room for whole groups.
                let (Some(block), Some(place)) = (rows.block::<BYTES>(base), line.first_chunk_mut::<16>()) else { return };
                let group = Group::<VECTORS, QUADS>::of(table);
                let none = [_mm512_setzero_si512(); 2];
                // Two sums, as an addition waits for the one before it: 127 against 153 us for 1080x1920 -> 80x120.
                let mut inside = [none; 2];
                for [one, other] in block.pairs() {
                    inside = [group.add(inside[0], load(one)), group.add(inside[1], load(other))];
                }
                if let Some(row) = block.odd() {
                    inside[0] = group.add(inside[0], load(row));
                }
                let [one, other] = inside;
                let sums = [_mm512_add_epi32(one[0], other[0]), _mm512_add_epi32(one[1], other[1])];
                let mut sum = shared(sums, unit);
                for (edge, share) in block.edges().into_iter().zip(rows.shares) {
                    let edge = group.add(none, load(edge));
                    sum = _mm512_fmadd_ps(shared(edge, unit), _mm512_set1_ps(share.part()), sum);
                }
                let weight = _mm512_castsi512_ps(vector(&table[2 * QUADS + 2].0));
                *place = bytemuck::cast(_mm512_mul_ps(sum, weight));
                line = line.get_mut(width..).unwrap_or_default();
            }
        }

        /// As [`Simd::sum_cells`](crate::simd::Simd::sum_cells).
        pub(super) fn sum_rows(self, rows: &CellRows<'_>, sums: &mut [f32]) {
            let [before, after] = rows.shares.map(|share| i32::from(share.word()));
            let shares = _mm512_set1_epi32(before & 0xffff | after << 16);
            let unit = _mm512_set1_ps(rows.unit.size());
            let (zero, ones) = (_mm512_setzero_si512(), _mm512_set1_epi8(1));
            let mut blocks = rows.sums::<64>(sums);
            while let Some((block, sums)) = blocks.next() {
                let mut inside = [zero; 2];
                for [one, other] in block.pairs() {
                    // Two rows side by side are added by one instruction.
                    let two = unpack_bytes(vector(one), vector(other));
                    inside[0] = _mm512_add_epi16(inside[0], _mm512_maddubs_epi16(two[0], ones));
                    inside[1] = _mm512_add_epi16(inside[1], _mm512_maddubs_epi16(two[1], ones));
                }
                if let Some(one) = block.odd() {
                    let one = unpack_bytes(vector(one), zero);
                    inside = [_mm512_add_epi16(inside[0], one[0]), _mm512_add_epi16(inside[1], one[1])];
                }
                let [above, below] = block.edges();
                let edges = unpack_bytes(vector(above), vector(below));
                let mut parts = [_mm512_setzero_ps(); 4];
                for half in 0..2 {
                    let words = unpack_bytes(edges[half], zero);
                    let whole = [_mm512_unpacklo_epi16(inside[half], zero), _mm512_unpackhi_epi16(inside[half], zero)];
                    for part in 0..2 {
                        let edge = _mm512_cvtepi32_ps(_mm512_madd_epi16(words[part], shares));
                        parts[half * 2 + part] = _mm512_fmadd_ps(edge, unit, _mm512_cvtepi32_ps(whole[part]));
                    }
                }
                // Unpacking stayed within 128 bits: the first quarters are the first sixteen elements.
                let [a, b, c, d] = parts;
                let low = [_mm512_shuffle_f32x4::<0x44>(a, b), _mm512_shuffle_f32x4::<0x44>(c, d)];
                let high = [_mm512_shuffle_f32x4::<0xee>(a, b), _mm512_shuffle_f32x4::<0xee>(c, d)];
                *sums = bytemuck::cast([
                    _mm512_shuffle_f32x4::<0x88>(low[0], low[1]),
                    _mm512_shuffle_f32x4::<0xdd>(low[0], low[1]),
                    _mm512_shuffle_f32x4::<0x88>(high[0], high[1]),
                    _mm512_shuffle_f32x4::<0xdd>(high[0], high[1]),
                ]);
            }
        }

        /// As [`Simd::round_cells`](crate::simd::Simd::round_cells).
        pub(super) fn round_chunk(
            self,
            sums: &[f32; CHUNK],
            weight: f32,
            rounding_margin: f32,
            line: &mut [u8; CHUNK],
        ) -> u32 {
            let (weight, rounding_margin) = (_mm512_set1_ps(weight), _mm512_set1_ps(rounding_margin));
            let sums: &[[f32; 16]; 2] = bytemuck::cast_ref(sums);
            let line: &mut [[u8; 16]; 2] = bytemuck::cast_mut(line);
            let mut ambiguous = 0;
            for half in 0..2 {
                let value = _mm512_mul_ps(_mm512_castsi512_ps(vector(&sums[half])), weight);
                let rounded = _mm512_cvtps_epi32(value);
                let off = _mm512_abs_ps(_mm512_sub_ps(value, _mm512_cvtepi32_ps(rounded)));
                let is_off = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(off, rounding_margin);
                ambiguous |= u32::from(is_off) << (half * 16);
                line[half] = bytemuck::cast(_mm512_cvtepi32_epi8(rounded));
            }
            ambiguous
        }
    } }
}

/// The vectors of a group: from where, and weights.
struct Group<const VECTORS: usize, const QUADS: usize> {
    edges: [__m512i; 2],
    inside: [[__m512i; 2]; QUADS],
}

impl<const VECTORS: usize, const QUADS: usize> Group<VECTORS, QUADS> {
    /// From the table of a group of `QUADS` fours.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn of(table: &[Vector]) -> Self {
        let mut group =
            Self { edges: [vector(&table[0].0), vector(&table[1].0)], inside: [[_mm512_setzero_si512(); 2]; QUADS] };
        for quad in 0..QUADS {
            group.inside[quad] = [vector(&table[2 * quad + 2].0), vector(&table[2 * quad + 3].0)];
        }
        group
    }

    /// Adds a window of a row to the sums of pixels inside and of shares.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vnni")]
    fn add(&self, [mut inside, edges]: [__m512i; 2], window: [__m512i; VECTORS]) -> [__m512i; 2] {
        let words = _mm512_maskz_mov_epi8(0x5555_5555_5555_5555, taps(window, self.edges[0]));
        for [from, weights] in self.inside {
            inside = _mm512_dpbusd_epi32(inside, taps(window, from), weights);
        }
        [inside, _mm512_dpwssd_epi32(edges, words, self.edges[1])]
    }
}

/// Sums of pixels inside with those of shares.
#[inline]
#[target_feature(enable = "avx512f")]
fn shared([inside, edges]: [__m512i; 2], unit: f32) -> __m512 {
    _mm512_fmadd_ps(_mm512_cvtepi32_ps(edges), _mm512_set1_ps(unit), _mm512_cvtepi32_ps(inside))
}

/// The bytes of two vectors side by side, within each 128 bits.
#[inline]
#[target_feature(enable = "avx512bw")]
fn unpack_bytes(one: __m512i, other: __m512i) -> [__m512i; 2] {
    [_mm512_unpacklo_epi8(one, other), _mm512_unpackhi_epi8(one, other)]
}
