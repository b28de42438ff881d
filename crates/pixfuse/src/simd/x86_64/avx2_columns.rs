//! Pixels that lie apart with AVX2: two byte shuffles for eight of them, and what makes bilinear samples of two rows.

use std::arch::x86_64::*;

use super::avx2::load_halves;
use super::avx512_columns::load_pair;
use crate::simd::BlockTaps;
use crate::simd::taps::{Fetch, gather_bytes};

/// The taps of 8 pixels.
///
/// A shuffle stays within 128 bits, which hold the taps of two pixels: vector 0 has pixels 0, 1 and 4, 5, vector 1 has
/// 2, 3 and 6, 7. Each shuffle leaves channels 0 and 1 of its pixels in the low and channels 2 and 3 in the high 8 bytes
/// of a half; interleaving the two vectors then puts all pixels in order. Shuffles, not gathers: 46 against 58 us for
/// 576x768 -> 240x256 on Zen 4.
///
/// Taps that are weighed lie side by side, as `vpmaddubsw` takes them, so the sums of two channels of a pixel are the
/// words of a lane. A channel without a partner shares its lane with itself in the other row. Against taps as words,
/// each channel multiplied by itself, that takes a sixth off the vector instructions, and 6 % off 1080x1920 -> 224x224 on
/// Zen 3.
#[repr(C, align(32))]
pub(crate) struct Columns {
    shuffle: [[u8; 32]; 2],
    /// The (left, right) weights of each lane, twice: their high parts in steps of 16, and what is left. A weight has 12
    /// bits with 2049, and a byte that is multiplied seven: the high parts stop at 63 steps of 32.
    weights: [[i8; 32]; 2],
    /// Where the taps of each pair of pixels start (window), or of each pixel (words).
    starts: [i32; 8],
    fetch: Fetch,
    channel_stride: isize,
    /// For [`Fetch::Bytes`], the taps of each lane.
    offsets: Box<[[isize; 2]]>,
}

impl Columns {
    pub(super) fn new(taps: &BlockTaps<'_>) -> Self {
        let mut windows = Some([0; 8]);
        for pair in 0..4 {
            let window = taps.window(taps.span(pair * 2..pair * 2 + 2), 16).and_then(|base| i32::try_from(base).ok());
            windows = windows.zip(window).map(|(mut windows, base)| {
                windows[pair] = base;
                windows
            });
        }
        let (fetch, starts) = match (windows, taps.words::<8>()) {
            (Some(windows), _) => (Fetch::Window { base: 0 }, windows),
            (None, Some(words)) => (Fetch::Words, words),
            (None, None) => (Fetch::Bytes, [0; 8]),
        };
        let mut shuffle = [[0x80; 32]; 2];
        let mut weights = [[0; 32]; 2];
        let pairs = taps.pairs::<8>();
        for lane in 0..8 {
            let (pair, second) = (lane / 2, lane % 2);
            // Pair p stands in vector p % 2, in its half p / 2.
            let half = &mut shuffle[pair % 2][pair / 2 * 16..][..16];
            for tap in 0..taps.taps {
                for channel in 0..taps.channels {
                    let byte = taps.byte(lane, tap, channel);
                    let from = match fetch {
                        Fetch::Window { .. } => (byte - starts[pair] as isize) as usize,
                        Fetch::Words => second * 8 + (byte - starts[lane] as isize) as usize,
                        Fetch::Bytes => second * 8 + taps.slot(tap, channel),
                    };
                    let at = channel / 2 * 8 + second * 4;
                    if taps.weights.is_empty() {
                        half[at + channel % 2] = from as u8;
                        continue;
                    }
                    half[at + channel % 2 * 2 + tap] = from as u8;
                    if channel % 2 == 0 && channel + 1 == taps.channels {
                        half[at + 2 + tap] = from as u8;
                    }
                }
                let high = (pairs[lane][tap] / 32).min(63);
                for place in [lane * 4 + tap, lane * 4 + 2 + tap] {
                    weights[0][place] = (high * 2) as i8;
                    weights[1][place] = (pairs[lane][tap] - high * 32) as i8;
                }
            }
        }
        let offsets = if fetch == Fetch::Bytes { taps.offsets.into() } else { Box::default() };
        Self { shuffle, weights, starts, fetch, channel_stride: taps.channel_stride, offsets }
    }

    /// Both shuffles of some rows.
    ///
    /// # Safety
    /// As [`Simd::blend`](crate::simd::Simd::blend), at this level.
    #[inline(always)]
    unsafe fn shuffled<const C: usize, const TAPS: usize, const ROWS: usize>(
        &self,
        rows: [*const u8; ROWS],
    ) -> [[__m256i; 2]; ROWS] {
        // SAFETY: the table was made so that each load stays inside the readable bytes of the row; see `Fetch`.
        unsafe {
            let mut bytes = [[_mm256_setzero_si256(); 2]; ROWS];
            match self.fetch {
                Fetch::Window { .. } => {
                    let [a, b, c, d, ..] = self.starts;
                    for (row, bytes) in rows.into_iter().zip(&mut bytes) {
                        bytes[0] = load_halves(row.offset(a as isize), row.offset(c as isize));
                        bytes[1] = load_halves(row.offset(b as isize), row.offset(d as isize));
                    }
                }
                Fetch::Words => {
                    for vector in 0..2 {
                        // Rows in the inner loop: each start is loaded once for all of them.
                        let [a, b] = [self.starts[vector * 2] as isize, self.starts[vector * 2 + 1] as isize];
                        let [c, d] = [self.starts[vector * 2 + 4] as isize, self.starts[vector * 2 + 5] as isize];
                        for (row, bytes) in rows.into_iter().zip(&mut bytes) {
                            let low = load_pair((row.offset(a), row.offset(b)));
                            let high = load_pair((row.offset(c), row.offset(d)));
                            bytes[vector] = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
                        }
                    }
                }
                Fetch::Bytes => {
                    for (row, bytes) in rows.into_iter().zip(&mut bytes) {
                        let mut slots = [0; 64];
                        gather_bytes::<C, TAPS>(row, &self.offsets, self.channel_stride, &mut slots);
                        let at = slots.as_ptr();
                        *bytes = [load_halves(at, at.add(32)), load_halves(at.add(16), at.add(48))];
                    }
                }
            }
            for bytes in &mut bytes {
                bytes[0] = _mm256_shuffle_epi8(bytes[0], _mm256_load_si256(self.shuffle[0].as_ptr().cast()));
                bytes[1] = _mm256_shuffle_epi8(bytes[1], _mm256_load_si256(self.shuffle[1].as_ptr().cast()));
            }
            bytes
        }
    }

    /// As [`Simd::fetch`](crate::simd::Simd::fetch).
    ///
    /// # Safety
    /// As there, at this level.
    #[inline(always)]
    pub(super) unsafe fn pixels<const C: usize>(&self, row: *const u8) -> [__m256i; C] {
        // SAFETY: the caller's promise is the same.
        unsafe {
            let [[even, odd]] = self.shuffled::<C, 1, 1>([row]);
            let low_bytes = _mm256_set1_epi16(0xff);
            let first = _mm256_unpacklo_epi64(even, odd);
            let mut channels = [_mm256_and_si256(first, low_bytes); C];
            if C > 1 {
                channels[1] = _mm256_srli_epi16::<8>(first);
            }
            if C > 2 {
                let last = _mm256_unpackhi_epi64(even, odd);
                channels[2] = _mm256_and_si256(last, low_bytes);
                if C > 3 {
                    channels[3] = _mm256_srli_epi16::<8>(last);
                }
            }
            channels
        }
    }

    /// As [`Simd::blend`](crate::simd::Simd::blend).
    ///
    /// # Safety
    /// As there, at this level.
    #[inline(always)]
    pub(super) unsafe fn blend<const C: usize, const TAPS: usize>(
        &self,
        rows: [*const u8; 2],
        weights: __m256i,
    ) -> [__m256i; C] {
        // SAFETY: the caller's promise is the same.
        unsafe {
            let [above, below] = self.shuffled::<C, TAPS, 2>(rows);
            // Of a channel without a partner, the words of a lane are the two rows.
            let merged = [
                _mm256_blend_epi16::<0b1010_1010>(above[0], below[0]),
                _mm256_blend_epi16::<0b1010_1010>(above[1], below[1]),
            ];
            if C == 1 {
                return [self.one(_mm256_unpacklo_epi64(merged[0], merged[1]), weights); C];
            }
            let lows = [_mm256_unpacklo_epi64(above[0], above[1]), _mm256_unpacklo_epi64(below[0], below[1])];
            let [first, second] = self.two(lows, weights);
            let mut channels = [first; C];
            channels[1] = second;
            if C == 3 {
                channels[2] = self.one(_mm256_unpackhi_epi64(merged[0], merged[1]), weights);
            }
            if C == 4 {
                let highs = [_mm256_unpackhi_epi64(above[0], above[1]), _mm256_unpackhi_epi64(below[0], below[1])];
                [channels[2], channels[3]] = self.two(highs, weights);
            }
            channels
        }
    }

    /// `(left * w0 + right * w1) >> 4` in each word: a high part is multiplied in steps of 16, so only the low one is
    /// shifted, and no bit of the sum is lost before the shift.
    ///
    /// # Safety
    /// Called at this level.
    #[inline(always)]
    unsafe fn columns(&self, taps: __m256i) -> __m256i {
        // SAFETY: 32 aligned bytes of weights each.
        unsafe {
            let high = _mm256_maddubs_epi16(taps, _mm256_load_si256(self.weights[0].as_ptr().cast()));
            let low = _mm256_maddubs_epi16(taps, _mm256_load_si256(self.weights[1].as_ptr().cast()));
            _mm256_add_epi16(high, _mm256_srli_epi16::<4>(low))
        }
    }

    /// Two channels, from the rows above and below.
    ///
    /// # Safety
    /// Called at this level.
    #[inline(always)]
    unsafe fn two(&self, [above, below]: [__m256i; 2], weights: __m256i) -> [__m256i; 2] {
        // SAFETY: the caller's promise.
        unsafe {
            let above_weight = _mm256_blend_epi16::<0b1010_1010>(weights, _mm256_slli_epi32::<16>(weights));
            let below_weight = _mm256_blend_epi16::<0b1010_1010>(_mm256_srli_epi32::<16>(weights), weights);
            let above = _mm256_mulhi_epi16(self.columns(above), above_weight);
            let sum = _mm256_add_epi16(above, _mm256_mulhi_epi16(self.columns(below), below_weight));
            let samples = rounded(sum);
            [_mm256_blend_epi16::<0b1010_1010>(samples, _mm256_setzero_si256()), _mm256_srli_epi32::<16>(samples)]
        }
    }

    /// One channel, whose rows share a lane.
    ///
    /// # Safety
    /// Called at this level.
    #[inline(always)]
    unsafe fn one(&self, rows: __m256i, weights: __m256i) -> __m256i {
        // SAFETY: the caller's promise.
        unsafe {
            let rows = _mm256_mulhi_epi16(self.columns(rows), weights);
            rounded(_mm256_madd_epi16(rows, _mm256_set1_epi16(1)))
        }
    }
}

/// `(x + 2) >> 2`: it is `(x * 2^13 + 2^14) >> 15`.
///
/// # Safety
/// Called at this level.
#[inline(always)]
unsafe fn rounded(words: __m256i) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe { _mm256_mulhrs_epi16(words, _mm256_set1_epi16(1 << 13)) }
}
