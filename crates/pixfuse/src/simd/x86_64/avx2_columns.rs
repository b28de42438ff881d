//! Pixels that lie apart with AVX2: two byte shuffles for eight of them, and what makes bilinear samples of two rows.

use std::arch::x86_64::*;

use bytemuck::must_cast;

use super::avx2::vector;
use super::avx2_vectors::two_halves as halves_of;
use super::avx512_columns::pair;
use super::{Avx2, features, values};
use crate::simd::taps::{BlockTaps, Fetched, PixelPairs};

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
    pairs: PixelPairs,
}

impl Columns {
    pub(super) fn new(taps: &BlockTaps<'_>) -> Self {
        let pairs = PixelPairs::new(taps);
        let mut shuffle = [[0x80; 32]; 2];
        let mut weights = [[0; 32]; 2];
        let lanes = taps.pairs::<8>();
        for lane in 0..8 {
            let (pair, second) = (lane / 2, lane % 2);
            // Pair p stands in vector p % 2, in its half p / 2.
            let half = &mut shuffle[pair % 2][pair / 2 * 16..][..16];
            for tap in 0..taps.taps {
                for channel in 0..taps.channels {
                    let from = pairs.place(taps, lane, tap, channel);
                    let at = channel / 2 * 8 + second * 4;
                    if taps.weights.is_empty() {
                        half[at + channel % 2] = from;
                        continue;
                    }
                    half[at + channel % 2 * 2 + tap] = from;
                    if channel % 2 == 0 && channel + 1 == taps.channels {
                        half[at + 2 + tap] = from;
                    }
                }
                let high = (lanes[lane][tap] / 32).min(63);
                for place in [lane * 4 + tap, lane * 4 + 2 + tap] {
                    weights[0][place] = (high * 2) as i8;
                    weights[1][place] = (lanes[lane][tap] - high * 32) as i8;
                }
            }
        }
        Self { shuffle, weights, pairs }
    }
}

/// Both shuffles of each row.
#[inline(always)]
fn shuffled<const C: usize, const TAPS: usize, const ROWS: usize>(
    simd: Avx2,
    block: &Fetched<'_, Columns, C, TAPS, ROWS>,
) -> [[__m256i; 2]; ROWS] {
    let mut shuffled = [[simd.zero(); 2]; ROWS];
    if let Some(windows) = block.at(|columns| columns.pairs.windows()) {
        for (row, bytes) in shuffled.iter_mut().enumerate() {
            bytes[0] = simd.two_halves(windows.bytes(row, 0), windows.bytes(row, 2));
            bytes[1] = simd.two_halves(windows.bytes(row, 1), windows.bytes(row, 3));
        }
    } else if let Some(words) = block.at(|columns| columns.pairs.words()) {
        for vector in 0..2 {
            // Rows in the inner loop: each start is loaded once for all of them.
            for (row, bytes) in shuffled.iter_mut().enumerate() {
                let lane = vector * 2;
                let low = simd.two_words(words.bytes(row, lane), words.bytes(row, lane + 1));
                let high = simd.two_words(words.bytes(row, lane + 4), words.bytes(row, lane + 5));
                bytes[vector] = simd.join([low, high]);
            }
        }
    } else {
        for (row, bytes) in shuffled.iter_mut().enumerate() {
            let slots: [[u8; 16]; 4] = must_cast(block.gather(row, |columns| columns.pairs.bytes()));
            *bytes = [simd.two_halves(&slots[0], &slots[2]), simd.two_halves(&slots[1], &slots[3])];
        }
    }
    for bytes in &mut shuffled {
        bytes[0] = simd.shuffle(bytes[0], &block.columns().shuffle[0]);
        bytes[1] = simd.shuffle(bytes[1], &block.columns().shuffle[1]);
    }
    shuffled
}

/// As [`Simd::fetch`](crate::simd::Simd::fetch).
#[inline(always)]
pub(super) fn pixels<const C: usize>(simd: Avx2, block: &Fetched<'_, Columns, C, 1, 1>) -> [__m256i; C] {
    let [vectors] = shuffled(simd, block);
    simd.channels_of(vectors)
}

/// As [`Simd::blend`](crate::simd::Simd::blend).
#[inline(always)]
pub(super) fn blend<const C: usize, const TAPS: usize>(
    simd: Avx2,
    block: &Fetched<'_, Columns, C, TAPS, 2>,
    weights: __m256i,
) -> [__m256i; C] {
    let ([above, below], columns) = (shuffled(simd, block), &block.columns().weights);
    // Of a channel without a partner, the words of a lane are the two rows.
    let merged = simd.merged(above, below);
    if C == 1 {
        return [simd.one_channel(simd.lows(merged), columns, weights); C];
    }
    let [first, second] = simd.two_channels([simd.lows(above), simd.lows(below)], columns, weights);
    let mut channels = [first; C];
    channels[1] = second;
    if C == 3 {
        channels[2] = simd.one_channel(simd.highs(merged), columns, weights);
    }
    if C == 4 {
        let highs = [simd.highs(above), simd.highs(below)];
        [channels[2], channels[3]] = simd.two_channels(highs, columns, weights);
    }
    channels
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

        /// Twice 16 bytes.
        fn two_halves(self, low: &[u8; 16], high: &[u8; 16]) -> __m256i {
            halves_of(low, high)
        }

        /// Twice eight bytes.
        fn two_words(self, low: &[u8; 8], high: &[u8; 8]) -> __m128i {
            pair(low, high)
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
