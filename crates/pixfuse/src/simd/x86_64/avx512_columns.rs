//! Pixels that lie apart with AVX-512: the bytes of sixteen, brought together and packed by permutes.

use std::arch::x86_64::*;

use bytemuck::must_cast;

use super::avx512::vector;
use super::avx512_windows::load;
use super::{Avx512, features, values};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::taps::{Apart, BlockTaps, Fetched, Places};

/// Byte `i` of a permute index is byte `i` of the result: four to a lane.
pub(super) type Index = [u8; 64];

/// How the bytes of a block are brought together before they are packed.
enum Fetch {
    /// All taps lie in 128 bytes.
    Narrow(Places<1, 128>),
    /// All taps lie in 192.
    Wide(Places<1, 192>),
    /// The taps of each eight lanes lie in two windows of 64.
    Halves(Places<4, 64>),
    /// The taps of each lane lie in eight.
    Words(Places<16, 8>),
    Bytes(Box<Apart<16>>),
}

/// The taps of 16 pixels, as a byte permute.
///
/// However the bytes are brought together (`fetch`), they end in two or three vectors. A two-vector permute packs four
/// of them into each lane: all channels of one tap, or two channels of two taps, which masks and shifts then split.
/// Against a permute a channel this is a third to two thirds of the permutes and of the table, and against 16 gathers
/// of 4 bytes half the time (43 against 71 to 76 us for 576x768 -> 240x256 bilinear on Zen 4). Two windows for eight lanes
/// beat eight bytes a lane (45.5 against 48.5 us for 720x1280 -> 299x299 on Zen 5); three did not (37.7 against 36.0 us
/// for 1080x1920 -> 224x224), nor did a masked broadcast for each lane (40.3 us).
#[repr(C, align(64))]
pub(crate) struct Columns {
    /// For each packed vector where its bytes come from: in the first 128 bytes, or in the third vector of a window.
    index: [Index; 2],
    /// For [`Fetch::Halves`], where the bytes of each half come from: slots of eight bytes a lane.
    halves: [Index; 2],
    /// For each packed vector, which bytes come from the third vector.
    in_third: [u64; 2],
    fetch: Fetch,
    /// The (left, right) weights of each lane.
    weights: [[i16; 2]; 16],
}

impl Columns {
    pub(super) fn new(taps: &BlockTaps<'_>) -> Self {
        let span = taps.span(0..16);
        let (narrow, wide) = (taps.window(span.clone(), 128), taps.window(span, 192));
        let mut halves = [[0; 64]; 2];
        let fetch = if let Some(narrow) = narrow.and_then(|base| taps.places([base])) {
            Fetch::Narrow(narrow)
        } else if let Some(wide) = wide.and_then(|base| taps.places([base])) {
            Fetch::Wide(wide)
        } else if let Some((places, indices)) = Self::halves(taps) {
            halves = indices;
            Fetch::Halves(places)
        } else if let Some(words) = taps.words() {
            Fetch::Words(words)
        } else {
            Fetch::Bytes(Box::new(taps.apart()))
        };
        let mut columns = Self { index: [[0; 64]; 2], halves, in_third: [0; 2], fetch, weights: taps.pairs() };
        for channel in 0..taps.channels {
            for lane in 0..16 {
                for tap in 0..taps.taps {
                    let byte = taps.byte(lane, tap, channel);
                    let from = match &columns.fetch {
                        Fetch::Narrow(window) => (byte - window.start(0)) as usize,
                        Fetch::Wide(window) => (byte - window.start(0)) as usize,
                        Fetch::Words(words) => lane * 8 + (byte - words.start(lane)) as usize,
                        Fetch::Halves(_) | Fetch::Bytes(_) => lane * 8 + taps.slot(tap, channel),
                    };
                    let (vector, place) =
                        if taps.taps == 1 { (0, channel) } else { (channel / 2, tap * 2 + channel % 2) };
                    let to = lane * 4 + place;
                    columns.index[vector][to] = (from % 128) as u8;
                    if from >= 128 {
                        columns.in_third[vector] |= 1 << to;
                    }
                }
            }
        }
        columns
    }

    /// Lays the windows of each half, if two of 64 bytes hold its taps.
    fn halves(taps: &BlockTaps<'_>) -> Option<(Places<4, 64>, [Index; 2])> {
        let (mut starts, mut halves) = ([0; 4], [[0; 64]; 2]);
        for half in 0..2 {
            let (mut lane, end) = (half * 8, half * 8 + 8);
            let mut window = 0;
            while lane < end {
                // As many lanes as a window holds.
                let fits = |last: usize| taps.window(taps.span(lane..last + 1), 64);
                let (last, base) = (lane..end).rev().find_map(|last| Some((last, fits(last)?)))?;
                if window == 2 {
                    return None;
                }
                // A second window that is not needed is the first one: it is read all the same.
                starts[half * 2 + window..half * 2 + 2].fill(base);
                for lane in lane..last + 1 {
                    for (tap, channel) in (0..taps.taps).flat_map(|tap| (0..taps.channels).map(move |c| (tap, c))) {
                        let to = lane % 8 * 8 + taps.slot(tap, channel);
                        let from = (taps.byte(lane, tap, channel) - base) as usize;
                        halves[half][to] = (from + window * 64) as u8;
                    }
                }
                (lane, window) = (last + 1, window + 1);
            }
        }
        Some((taps.places(starts)?, halves))
    }

    #[inline(always)]
    fn narrow(&self) -> Option<&Places<1, 128>> {
        if let Fetch::Narrow(window) = &self.fetch { Some(window) } else { None }
    }

    #[inline(always)]
    fn wide(&self) -> Option<&Places<1, 192>> {
        if let Fetch::Wide(window) = &self.fetch { Some(window) } else { None }
    }

    #[inline(always)]
    fn half_windows(&self) -> Option<&Places<4, 64>> {
        if let Fetch::Halves(windows) = &self.fetch { Some(windows) } else { None }
    }

    #[inline(always)]
    fn words(&self) -> Option<&Places<16, 8>> {
        if let Fetch::Words(words) = &self.fetch { Some(words) } else { None }
    }

    #[inline(always)]
    fn apart(&self) -> Option<&Apart<16>> {
        if let Fetch::Bytes(apart) = &self.fetch { Some(apart) } else { None }
    }
}

/// For each row and channel the bytes of `TAPS` taps, zero extended to i32 (one tap) or to words (left, right).
#[inline(always)]
pub(super) fn taps<const C: usize, const TAPS: usize, const ROWS: usize>(
    simd: Avx512,
    block: &Fetched<'_, Columns, C, TAPS, ROWS>,
) -> [[__m512i; C]; ROWS] {
    let columns = block.columns();
    let mut taps = [[simd.zero(); C]; ROWS];
    if let Some(window) = block.at(|columns| columns.wide()) {
        for (row, channels) in taps.iter_mut().enumerate() {
            let window = simd.window::<192, 3>(window.bytes(row, 0));
            let mut bytes = [window[0]; 2];
            for (vector, value) in bytes.iter_mut().enumerate().take(packed(C, TAPS)) {
                *value = simd.pack_of_three(window, &columns.index[vector], columns.in_third[vector]);
            }
            *channels = simd.split::<C, TAPS>(bytes);
        }
        return taps;
    }
    let mut bytes = [[simd.zero(); 2]; ROWS];
    if let Some(window) = block.at(|columns| columns.narrow()) {
        for (row, bytes) in bytes.iter_mut().enumerate() {
            *bytes = simd.window::<128, 2>(window.bytes(row, 0));
        }
    } else if let Some(windows) = block.at(|columns| columns.half_windows()) {
        for half in 0..2 {
            for (row, bytes) in bytes.iter_mut().enumerate() {
                let [first] = simd.window::<64, 1>(windows.bytes(row, half * 2));
                let [second] = simd.window::<64, 1>(windows.bytes(row, half * 2 + 1));
                bytes[half] = simd.pack_of_two([first, second], &columns.halves[half]);
            }
        }
    } else if let Some(words) = block.at(|columns| columns.words()) {
        for vector in 0..2 {
            let mut quarters = [[simd.zero_quarter(); 4]; ROWS];
            for quarter in 0..4 {
                // Rows in the inner loop: each start is loaded once for all of them.
                let lane = vector * 8 + quarter * 2;
                for (row, quarters) in quarters.iter_mut().enumerate() {
                    quarters[quarter] = simd.two_words(words.bytes(row, lane), words.bytes(row, lane + 1));
                }
            }
            for (quarters, bytes) in quarters.into_iter().zip(&mut bytes) {
                bytes[vector] = simd.join(quarters);
            }
        }
    } else {
        for (row, bytes) in bytes.iter_mut().enumerate() {
            *bytes = must_cast(block.gather(row, |columns| columns.apart()));
        }
    }
    for (bytes, channels) in bytes.into_iter().zip(&mut taps) {
        let mut packed_bytes = [bytes[0]; 2];
        for (vector, value) in packed_bytes.iter_mut().enumerate().take(packed(C, TAPS)) {
            *value = simd.pack_of_two(bytes, &columns.index[vector]);
        }
        *channels = simd.split::<C, TAPS>(packed_bytes);
    }
    taps
}

/// As [`Simd::blend`](crate::simd::Simd::blend).
#[inline(always)]
pub(super) fn blend<const C: usize, const TAPS: usize>(
    simd: Avx512,
    block: &Fetched<'_, Columns, C, TAPS, 2>,
    weights: __m512i,
) -> [__m512i; C] {
    let [above, below] = taps(simd, block);
    let mut values = above;
    for channel in 0..C {
        values[channel] = simd.blend_rows(above[channel], below[channel], &block.columns().weights, weights);
    }
    values
}

/// For each channel number, where its byte of four pixels comes from, within 128 bits.
const BYTES: [Index; 4] = {
    let mut bytes = [[0x80; 64]; 4];
    let mut number = 0;
    while number < 4 {
        let mut lane = 0;
        while lane < 16 {
            bytes[number][lane * 4] = (lane % 4 * 4 + number) as u8;
            lane += 1;
        }
        number += 1;
    }
    bytes
};

impl Avx512 {
    features! { Avx512 => values! {
        fn zero(self) -> __m512i {
            _mm512_setzero_si512()
        }

        fn zero_quarter(self) -> __m128i {
            _mm_setzero_si128()
        }

        /// The vectors of a window.
        fn window<const BYTES: usize, const VECTORS: usize>(self, bytes: &[u8; BYTES]) -> [__m512i; VECTORS] {
            load(bytes)
        }

        /// Twice eight bytes.
        fn two_words(self, low: &[u8; 8], high: &[u8; 8]) -> __m128i {
            pair(low, high)
        }

        /// Bytes of 128, by a table.
        fn pack_of_two(self, bytes: [__m512i; 2], index: &Index) -> __m512i {
            _mm512_permutex2var_epi8(bytes[0], vector(index), bytes[1])
        }

        /// Bytes of 192, by a table and a mask of those that lie in the third vector.
        fn pack_of_three(self, bytes: [__m512i; 3], index: &Index, in_third: u64) -> __m512i {
            let index = vector(index);
            let low = _mm512_permutex2var_epi8(bytes[0], index, bytes[1]);
            _mm512_mask_permutexvar_epi8(low, in_third, index, bytes[2])
        }

        /// Four times 16 bytes as one vector.
        fn join(self, quarters: [__m128i; 4]) -> __m512i {
            let [a, b, c, d] = quarters;
            let low = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(a), b);
            let high = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(c), d);
            _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
        }

        /// The channels of packed vectors.
        pub(super) fn split<const C: usize, const TAPS: usize>(self, packed: [__m512i; 2]) -> [__m512i; C] {
            let mut channels = [packed[0]; C];
            for (channel, value) in channels.iter_mut().enumerate() {
                *value = match (TAPS, channel) {
                    (1, 0) => _mm512_and_si512(packed[0], _mm512_set1_epi32(0xff)),
                    (1, _) => _mm512_shuffle_epi8(packed[0], vector(&BYTES[channel])),
                    (_, 0 | 2) => _mm512_and_si512(packed[channel / 2], _mm512_set1_epi16(0xff)),
                    _ => _mm512_srli_epi16::<8>(packed[channel / 2]),
                };
            }
            channels
        }

        /// Samples of one channel: of words (left, right) of two rows.
        fn blend_rows(self, above: __m512i, below: __m512i, columns: &[[i16; 2]; 16], weights: __m512i) -> __m512i {
            // The high words are zero, and stay zero. Two multiplies and an add beat one multiply of both rows side by
            // side, which takes a masked multishift (two instructions to LLVM) and a dot product with ones.
            let columns = vector(columns);
            let above = _mm512_srli_epi32::<4>(_mm512_madd_epi16(above, columns));
            let below = _mm512_srli_epi32::<4>(_mm512_madd_epi16(below, columns));
            let above = _mm512_mulhi_epi16(above, weights);
            let below = _mm512_mulhi_epi16(below, _mm512_srli_epi32::<16>(weights));
            // (x * 2^13 + 2^14) >> 15 is (x + 2) >> 2.
            _mm512_mulhrs_epi16(_mm512_add_epi16(above, below), _mm512_set1_epi16(1 << 13))
        }
    } }
}

/// The packed vectors of `C` channels and `TAPS` taps.
const fn packed(channels: usize, taps: usize) -> usize {
    if taps == 1 { 1 } else { channels.div_ceil(2) }
}

/// Twice eight bytes.
#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn pair(low: &[u8; 8], high: &[u8; 8]) -> __m128i {
    // SAFETY: each array has eight bytes.
    unsafe {
        let low = _mm_castsi128_pd(_mm_loadl_epi64(low.as_ptr().cast()));
        _mm_castpd_si128(_mm_loadh_pd(low, high.as_ptr().cast()))
    }
}
