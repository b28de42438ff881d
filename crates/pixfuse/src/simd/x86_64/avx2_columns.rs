//! Pixels that lie apart with AVX2: two byte shuffles for eight of them, and what makes bilinear samples of two rows.

use std::arch::x86_64::*;

use super::avx2::{half, load_halves, vector};
use super::avx512_columns::load_pair;
use super::{Avx2, features, values};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::BlockTaps;
use crate::simd::v128::fetch::{Fetch, gather_bytes};

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
    /// As [`Simd::blend`](crate::simd::Simd::blend).
    #[inline(always)]
    unsafe fn shuffled<const C: usize, const TAPS: usize, const ROWS: usize>(
        &self,
        simd: Avx2,
        rows: [*const u8; ROWS],
    ) -> [[__m256i; 2]; ROWS] {
        let mut shuffled = [[simd.zero(); 2]; ROWS];
        match self.fetch {
            Fetch::Window { .. } => {
                let [a, b, c, d, ..] = self.starts;
                for (row, bytes) in rows.into_iter().zip(&mut shuffled) {
                    // SAFETY: the CPU has this level, as `simd` is its token. `new` found 16 bytes from each start to be
                    // inside what may be read of a row, which the caller promises.
                    unsafe {
                        bytes[0] = load_halves(row.offset(a as isize), row.offset(c as isize));
                        bytes[1] = load_halves(row.offset(b as isize), row.offset(d as isize));
                    }
                }
            }
            Fetch::Words => {
                for vector in 0..2 {
                    // Rows in the inner loop: each start is loaded once for all of them.
                    let [a, b] = [self.starts[vector * 2] as isize, self.starts[vector * 2 + 1] as isize];
                    let [c, d] = [self.starts[vector * 2 + 4] as isize, self.starts[vector * 2 + 5] as isize];
                    for (row, bytes) in rows.into_iter().zip(&mut shuffled) {
                        // SAFETY: `new` found eight bytes from each start to be inside what may be read of a row, which the
                        // caller promises.
                        let halves = unsafe {
                            [load_pair((row.offset(a), row.offset(b))), load_pair((row.offset(c), row.offset(d)))]
                        };
                        bytes[vector] = simd.join(halves);
                    }
                }
            }
            Fetch::Bytes => {
                for (row, bytes) in rows.into_iter().zip(&mut shuffled) {
                    let mut slots = [0; 64];
                    // SAFETY: the caller promises each tap of a row; there are eight slots for each of eight lanes.
                    unsafe { gather_bytes::<C, TAPS>(row, &self.offsets, self.channel_stride, &mut slots) };
                    *bytes = simd.of_slots(&slots);
                }
            }
        }
        for bytes in &mut shuffled {
            bytes[0] = simd.shuffle(bytes[0], &self.shuffle[0]);
            bytes[1] = simd.shuffle(bytes[1], &self.shuffle[1]);
        }
        shuffled
    }

    /// As [`Simd::fetch`](crate::simd::Simd::fetch).
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(super) unsafe fn pixels<const C: usize>(&self, simd: Avx2, row: *const u8) -> [__m256i; C] {
        // SAFETY: the caller promises what one tap of each lane reads of the row.
        let [vectors] = unsafe { self.shuffled::<C, 1, 1>(simd, [row]) };
        simd.channels_of(vectors)
    }

    /// As [`Simd::blend`](crate::simd::Simd::blend).
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(super) unsafe fn blend<const C: usize, const TAPS: usize>(
        &self,
        simd: Avx2,
        rows: [*const u8; 2],
        weights: __m256i,
    ) -> [__m256i; C] {
        // SAFETY: the caller promises what `TAPS` taps of each lane read of both rows.
        let [above, below] = unsafe { self.shuffled::<C, TAPS, 2>(simd, rows) };
        // Of a channel without a partner, the words of a lane are the two rows.
        let merged = simd.merged(above, below);
        if C == 1 {
            return [simd.one_channel(simd.lows(merged), &self.weights, weights); C];
        }
        let [first, second] = simd.two_channels([simd.lows(above), simd.lows(below)], &self.weights, weights);
        let mut channels = [first; C];
        channels[1] = second;
        if C == 3 {
            channels[2] = simd.one_channel(simd.highs(merged), &self.weights, weights);
        }
        if C == 4 {
            let highs = [simd.highs(above), simd.highs(below)];
            [channels[2], channels[3]] = simd.two_channels(highs, &self.weights, weights);
        }
        channels
    }
}

impl Avx2 {
    features! { Avx2 => values! {
        fn zero(self) -> __m256i {
            _mm256_setzero_si256()
        }

        /// Two halves as one.
        fn join(self, halves: [__m128i; 2]) -> __m256i {
            _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(halves[0]), halves[1])
        }

        /// The slots of lanes 0, 1, 4 and 5, and those of the others.
        fn of_slots(self, slots: &[u8; 64]) -> [__m256i; 2] {
            let (quarters, _) = slots.as_chunks::<16>();
            [
                _mm256_set_m128i(half(&quarters[2]), half(&quarters[0])),
                _mm256_set_m128i(half(&quarters[3]), half(&quarters[1])),
            ]
        }

        /// Channels 0 and 1 of all pixels.
        fn lows(self, vectors: [__m256i; 2]) -> __m256i {
            _mm256_unpacklo_epi64(vectors[0], vectors[1])
        }

        /// Channels 2 and 3 of all pixels.
        fn highs(self, vectors: [__m256i; 2]) -> __m256i {
            _mm256_unpackhi_epi64(vectors[0], vectors[1])
        }

        /// The low words of lanes above, the high ones below.
        fn merged(self, above: [__m256i; 2], below: [__m256i; 2]) -> [__m256i; 2] {
            [
                _mm256_blend_epi16::<0b1010_1010>(above[0], below[0]),
                _mm256_blend_epi16::<0b1010_1010>(above[1], below[1]),
            ]
        }

        /// The channels of shuffled bytes of one tap.
        fn channels_of<const C: usize>(self, vectors: [__m256i; 2]) -> [__m256i; C] {
            let low_bytes = _mm256_set1_epi16(0xff);
            let first = _mm256_unpacklo_epi64(vectors[0], vectors[1]);
            let mut channels = [_mm256_and_si256(first, low_bytes); C];
            if C > 1 {
                channels[1] = _mm256_srli_epi16::<8>(first);
            }
            if C > 2 {
                let last = _mm256_unpackhi_epi64(vectors[0], vectors[1]);
                channels[2] = _mm256_and_si256(last, low_bytes);
                if C > 3 {
                    channels[3] = _mm256_srli_epi16::<8>(last);
                }
            }
            channels
        }

        /// Two channels, from the rows above and below.
        fn two_channels(self, rows: [__m256i; 2], columns: &[[i8; 32]; 2], weights: __m256i) -> [__m256i; 2] {
            let [above, below] = rows;
            let above_weight = _mm256_blend_epi16::<0b1010_1010>(weights, _mm256_slli_epi32::<16>(weights));
            let below_weight = _mm256_blend_epi16::<0b1010_1010>(_mm256_srli_epi32::<16>(weights), weights);
            let above = _mm256_mulhi_epi16(weighed(above, columns), above_weight);
            let sum = _mm256_add_epi16(above, _mm256_mulhi_epi16(weighed(below, columns), below_weight));
            let samples = rounded(sum);
            [_mm256_blend_epi16::<0b1010_1010>(samples, _mm256_setzero_si256()), _mm256_srli_epi32::<16>(samples)]
        }

        /// One channel, whose rows share a lane.
        fn one_channel(self, rows: __m256i, columns: &[[i8; 32]; 2], weights: __m256i) -> __m256i {
            let rows = _mm256_mulhi_epi16(weighed(rows, columns), weights);
            rounded(_mm256_madd_epi16(rows, _mm256_set1_epi16(1)))
        }
    } }
}

/// `(left * w0 + right * w1) >> 4` in each word: a high part is multiplied in steps of 16, so only the low one is
/// shifted, and no bit of the sum is lost before the shift.
#[inline]
#[target_feature(enable = "avx2")]
fn weighed(taps: __m256i, columns: &[[i8; 32]; 2]) -> __m256i {
    let high = _mm256_maddubs_epi16(taps, vector(&columns[0]));
    let low = _mm256_maddubs_epi16(taps, vector(&columns[1]));
    _mm256_add_epi16(high, _mm256_srli_epi16::<4>(low))
}

/// `(x + 2) >> 2`: it is `(x * 2^13 + 2^14) >> 15`.
#[inline]
#[target_feature(enable = "avx2")]
fn rounded(words: __m256i) -> __m256i {
    _mm256_mulhrs_epi16(words, _mm256_set1_epi16(1 << 13))
}
