//! The horizontal passes of separable filters in f32 with AVX-512: 16 elements of a row at a time, tap by tap.

use std::arch::x86_64::*;

use bytemuck::{cast_slice_mut, must_cast};

use super::avx512::vector;
use super::avx512_passes::{Vector, spread};
use super::avx512_windows::{Placed, Weighed, load, taps};
use super::{Avx512, avx2_passes, features, values};
use crate::memory::{self, Holds, NoMemory};
use crate::simd::windows::Placement;
use crate::simd::{CacheLine, FloatHorizontalPass};
use crate::weights::AxisWeights;

/// Filters rows with f32 weights: by windows, or as AVX2 does where [`RowFilter`](super::avx512_passes::RowFilter) does.
pub(crate) enum FloatRowFilter {
    /// With a vector of weights for each tap.
    Staying(Weighed<Vector, 1>),
    /// With a vector of weights for each of four taps.
    Sliding(Weighed<[Vector; 4], 1>),
    Narrower(avx2_passes::FloatRowFilter),
}

impl Holds for FloatRowFilter {
    fn bytes(&self) -> usize {
        match self {
            Self::Staying(taps) => taps.bytes(),
            Self::Sliding(fours) => fours.bytes(),
            Self::Narrower(filter) => filter.bytes(),
        }
    }
}

impl FloatHorizontalPass<Avx512> for FloatRowFilter {
    fn prepare(
        simd: Avx512,
        weights: &AxisWeights<f32>,
        pixel: usize,
        readable: usize,
    ) -> Result<Option<Self>, NoMemory> {
        let (taps, elements) = (weights.taps, weights.outputs() * pixel);
        let of_output = memory::list(weights.weights.iter().map(|weight| [weight.to_bits()]))?;
        if let Some(mut placed) = Placed::staying(&weights.first, taps, pixel, readable)? {
            for group in &mut placed.groups {
                for lane in group.item.0.chunks_exact_mut(4) {
                    lane.copy_from_slice(&[lane[0], 0, 0, MAGIC]);
                }
            }
            let mut table = memory::with_capacity(placed.groups().saturating_mul(taps))?;
            for group in 0..placed.groups() {
                let outputs = placed.outputs(group, elements, pixel);
                table.extend((0..taps).map(|tap| {
                    let [vector] = spread(&outputs, &of_output, taps, tap);
                    vector
                }));
            }
            return placed.weighed(table, taps, readable).map(Self::Staying).map(Some);
        }
        let placed = match Placed::place(&weights.first, taps, pixel, readable, false)? {
            Placement::Windows(placed) => placed,
            Placement::TooWide => {
                let filter = avx2_passes::FloatRowFilter::prepare(simd.into(), weights, pixel, readable)?;
                return Ok(filter.map(Self::Narrower));
            }
            Placement::TooShort => return Ok(None),
        };
        let quads = placed.quads;
        let mut table = memory::with_capacity(placed.groups().saturating_mul(quads))?;
        for group in 0..placed.groups() {
            let outputs = placed.outputs(group, elements, pixel);
            table.extend((0..quads).map(|quad| {
                // Taps that are missing have no weight.
                [0, 1, 2, 3].map(|tap| match quad * 4 + tap {
                    tap if tap < taps => spread(&outputs, &of_output, taps, tap)[0],
                    _ => Vector([0; 16]),
                })
            }));
        }
        placed.weighed(table, quads, readable).map(Self::Sliding).map(Some)
    }

    #[inline(always)]
    fn sum<const ROWS: usize>(&self, simd: Avx512, sources: [&[u8]; ROWS], outs: [&mut [CacheLine]; ROWS]) {
        match self {
            Self::Narrower(filter) => filter.sum(simd.into(), sources, outs),
            _ => simd.sum_rows_f32(self, sources, outs),
        }
    }
}

impl Avx512 {
    features! { Avx512 => values! {
        /// Some rows, in f32.
        fn sum_rows_f32<const ROWS: usize>(self, filter: &FloatRowFilter, rows: [&[u8]; ROWS], outs: [&mut [CacheLine]; ROWS]) {
            match filter {
                FloatRowFilter::Staying(taps) => match taps.windows.bytes() {
                    64 => staying_sums::<ROWS, 64, 1>(taps, rows, outs),
                    _ => staying_sums::<ROWS, 128, 2>(taps, rows, outs),
                },
                FloatRowFilter::Sliding(fours) => {
                    for (row, out) in rows.into_iter().zip(outs) {
                        match fours.windows.bytes() {
                            64 => float_sums::<64, 1>(fours, row, out),
                            128 => float_sums::<128, 2>(fours, row, out),
                            _ => float_sums::<256, 4>(fours, row, out),
                        }
                    }
                }
                FloatRowFilter::Narrower(_) => unreachable!("this has windows of its own"),
            }
        }
    } }
}

/// The high byte of 2^23 as f32: with a byte p in the low one it is 2^23 + p.
const MAGIC: u8 = 0x4b;

/// The horizontal pass over rows, in f32, with windows that stay. One permute makes 2^23 + p of a byte, and
/// `(2^23 + p) * w - 2^23 * w` is p * w, rounded once by a fused multiply-add: no byte is taken apart or converted.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn staying_sums<const ROWS: usize, const BYTES: usize, const VECTORS: usize>(
    taps: &Weighed<Vector, 1>,
    rows: [&[u8]; ROWS],
    outs: [&mut [CacheLine]; ROWS],
) {
    const LOW_BYTES: u64 = 0x1111_1111_1111_1111;
    let step = _mm512_set1_epi32(i32::from(taps.step) / 4);
    let mut walk = taps.windows.walk::<_, ROWS, ROWS, BYTES>(rows, outs.map(cast_slice_mut::<_, f32>));
    while let Some(mut group) = walk.next() {
        let mut index = vector(&group.item.0);
        let mut window = [[_mm512_setzero_si512(); VECTORS]; ROWS];
        for row in 0..ROWS {
            window[row] = load(group.windows.of(row, 0));
        }
        let mut sums = [_mm512_setzero_ps(); ROWS];
        for weight in group.weights {
            let weight = _mm512_castsi512_ps(vector(&weight.0));
            let offset = _mm512_mul_ps(weight, _mm512_set1_ps(-8_388_608.0));
            for row in 0..ROWS {
                let value = if VECTORS == 1 {
                    _mm512_mask_permutexvar_epi8(index, LOW_BYTES, index, window[row][0])
                } else {
                    _mm512_mask2_permutex2var_epi8(window[row][0], index, LOW_BYTES, window[row][1 % VECTORS])
                };
                let product = _mm512_fmadd_ps(_mm512_castsi512_ps(value), weight, offset);
                sums[row] = _mm512_add_ps(sums[row], product);
            }
            index = _mm512_add_epi8(index, step);
        }
        for row in 0..ROWS {
            *group.out(row) = must_cast(sums[row]);
        }
    }
}

/// The horizontal pass over one row, in f32: multiplied and then added, tap by tap.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn float_sums<const BYTES: usize, const VECTORS: usize>(
    fours: &Weighed<[Vector; 4], 1>,
    row: &[u8],
    out: &mut [CacheLine],
) {
    let low = _mm512_set1_epi32(255);
    let mut walk = fours.windows.walk::<f32, 1, 1, BYTES>([row], [cast_slice_mut(out)]);
    while let Some(mut group) = walk.next() {
        let index = vector(&group.item.0);
        let mut sum = _mm512_setzero_ps();
        for (weights, window) in group.steps() {
            let taps = taps::<VECTORS>(load(window.of(0, 0)), index);
            let bytes = [
                _mm512_and_si512(taps, low),
                _mm512_and_si512(_mm512_srli_epi32::<8>(taps), low),
                _mm512_and_si512(_mm512_srli_epi32::<16>(taps), low),
                _mm512_srli_epi32::<24>(taps),
            ];
            for tap in 0..4 {
                let weight = _mm512_castsi512_ps(vector(&weights[tap].0));
                sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_cvtepi32_ps(bytes[tap]), weight));
            }
        }
        *group.out(0) = must_cast(sum);
    }
}
