//! The horizontal passes of separable filters in f32 with AVX-512: 16 elements of a row at a time, tap by tap.

use std::arch::x86_64::*;

use super::Avx512;
use super::avx512::{load, vector};
use super::avx512_passes::{FloatRowFilter, Vector, spread};
use super::avx512_windows::{Placed, Windows};
use crate::memory::{self, NoMemory};
use crate::simd::FloatHorizontalPass;
use crate::simd::passes::PlainRows;
use crate::weights::AxisWeights;

// SAFETY: a token of this level is there where the CPU has it; the windows of a filter end inside the readable bytes that it was made
// for, and the last group inside the room behind all outputs.
unsafe impl FloatHorizontalPass<Avx512> for FloatRowFilter {
    fn prepare(_: Avx512, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        let taps = weights.taps;
        let windows = match Windows::staying(&weights.first, taps, pixel, readable)? {
            Some(mut windows) => {
                for group in &mut windows.groups {
                    for lane in group.index.chunks_exact_mut(4) {
                        lane.copy_from_slice(&[lane[0], 0, 0, MAGIC]);
                    }
                }
                windows
            }
            None => match Windows::place(&weights.first, taps, pixel, readable, false)? {
                Placed::Windows(windows) => windows,
                Placed::TooWide => return Ok(Some(Self::Plain(PlainRows::new(weights, pixel)?))),
                Placed::TooShort => return Ok(None),
            },
        };
        let elements = weights.outputs() * pixel;
        let rows = if windows.fixed { taps } else { windows.quads * 4 };
        let of_output = memory::list(weights.weights.iter().map(|weight| [weight.to_bits()]))?;
        let mut table = memory::with_capacity(windows.groups().saturating_mul(rows))?;
        for group in 0..windows.groups() {
            let outputs = windows.outputs(group, elements, pixel);
            for tap in 0..taps {
                spread(&outputs, &of_output, taps, tap, &mut table);
            }
            table.resize((group + 1) * rows, Vector([0; 16]));
        }
        Ok(Some(Self::Windows { windows, weights: table, odd: 0, trailing_zeros: None }))
    }

    #[inline(always)]
    unsafe fn sum<const ROWS: usize>(&self, simd: Avx512, sources: [*const u8; ROWS], outs: [*mut f32; ROWS]) {
        // SAFETY: the caller promises the level, the readable bytes of each row that this was made for, and room for all sums
        // and 256 bytes more, in which the last group ends. The constants say of how many vectors a window is.
        unsafe {
            match self {
                Self::Windows { windows, weights, .. } if windows.fixed => match windows.vectors {
                    1 => staying_sums::<ROWS, 1>(windows, weights, sources, outs),
                    _ => staying_sums::<ROWS, 2>(windows, weights, sources, outs),
                },
                Self::Windows { windows, weights, .. } => {
                    for row in 0..ROWS {
                        match windows.vectors {
                            1 => float_sums::<1>(windows, weights, sources[row], outs[row]),
                            2 => float_sums::<2>(windows, weights, sources[row], outs[row]),
                            _ => float_sums::<4>(windows, weights, sources[row], outs[row]),
                        }
                    }
                }
                Self::Plain(plain) => plain.sum(simd, sources, outs),
            }
        }
    }
}

/// The high byte of 2^23 as f32: with a byte p in the low one it is 2^23 + p.
const MAGIC: u8 = 0x4b;

/// The horizontal pass over rows, in f32, with windows that stay. One permute makes 2^23 + p of a byte, and
/// `(2^23 + p) * w - 2^23 * w` is p * w, rounded once by a fused multiply-add: no byte is taken apart or converted.
///
/// # Safety
/// Each window ends inside the readable bytes of each row, and the outputs have room for whole groups.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
unsafe fn staying_sums<const ROWS: usize, const VECTORS: usize>(
    windows: &Windows,
    weights: &[Vector],
    sources: [*const u8; ROWS],
    outs: [*mut f32; ROWS],
) {
    const LOW_BYTES: u64 = 0x1111_1111_1111_1111;
    let taps = weights.len() / windows.groups.len();
    let step = _mm512_set1_epi32(windows.step as i32 / 4);
    let mut weights = weights.iter();
    for (number, group) in windows.groups.iter().enumerate() {
        let mut index = vector(&group.index);
        let mut window = [[_mm512_setzero_si512(); VECTORS]; ROWS];
        for row in 0..ROWS {
            // SAFETY: the caller promises the windows.
            window[row] = unsafe { load(sources[row].add(group.base)) };
        }
        let mut sums = [_mm512_setzero_ps(); ROWS];
        for _ in 0..taps {
            // SAFETY: there are so many for each group.
            let weight = unsafe { weights.next().unwrap_unchecked() };
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
            // SAFETY: the caller promises room for whole groups.
            unsafe { _mm512_storeu_ps(outs[row].add(number * windows.width), sums[row]) };
        }
    }
}

/// The horizontal pass over one row, in f32: multiplied and then added, tap by tap.
///
/// # Safety
/// As [`staying_sums`], with windows that slide.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
unsafe fn float_sums<const VECTORS: usize>(windows: &Windows, weights: &[Vector], source: *const u8, out: *mut f32) {
    let low = _mm512_set1_epi32(255);
    let mut weights = weights.as_chunks::<4>().0.iter();
    for (number, group) in windows.groups.iter().enumerate() {
        let index = vector(&group.index);
        let mut sum = _mm512_setzero_ps();
        let mut base = group.base;
        for _ in 0..windows.quads {
            // SAFETY: there are four vectors for each four taps of each group.
            let weights = unsafe { weights.next().unwrap_unchecked() };
            // SAFETY: the caller promises the windows; so many fours, a step apart, end where they do.
            let window: [_; VECTORS] = unsafe { load(source.add(base)) };
            let taps = Windows::taps(window, index);
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
            base += windows.step;
        }
        // SAFETY: the caller promises room for whole groups.
        unsafe { _mm512_storeu_ps(out.add(number * windows.width), sum) };
    }
}
