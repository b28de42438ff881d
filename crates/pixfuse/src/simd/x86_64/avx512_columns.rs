//! Pixels that lie apart with AVX-512: the bytes of sixteen, brought together and packed by permutes.

use std::arch::x86_64::*;

use super::avx512::{load, vector};
use super::{Avx512, features, values};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::BlockTaps;
use crate::simd::v128::fetch::gather_bytes;

/// Byte `i` of a permute index is byte `i` of the result: four to a lane.
pub(super) type Index = [u8; 64];

/// How the bytes of a block are brought together before they are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fetch {
    /// All taps lie in 128 readable bytes from here.
    Narrow { base: isize },
    /// All taps lie in 192.
    Wide { base: isize },
    /// The taps of each eight lanes lie in two windows of 64.
    Halves,
    /// The taps of each lane lie in eight.
    Words,
    /// One byte at a time: rows with gaps, and rows shorter than eight bytes.
    Bytes,
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
    /// For [`Fetch::Words`], where the eight bytes of each lane start; for [`Fetch::Halves`], the windows of each half.
    starts: [i32; 16],
    channel_stride: isize,
    /// For [`Fetch::Bytes`], the taps of each lane.
    offsets: Box<[[isize; 2]]>,
}

impl Columns {
    pub(super) fn new(taps: &BlockTaps<'_>) -> Self {
        let span = taps.span(0..16);
        let mut columns = Self {
            index: [[0; 64]; 2],
            halves: [[0; 64]; 2],
            in_third: [0; 2],
            fetch: Fetch::Bytes,
            weights: taps.pairs(),
            starts: [0; 16],
            channel_stride: taps.channel_stride,
            offsets: Box::default(),
        };
        if let Some(base) = taps.window(span.clone(), 128) {
            columns.fetch = Fetch::Narrow { base };
        } else if let Some(base) = taps.window(span, 192) {
            columns.fetch = Fetch::Wide { base };
        } else if let Some((starts, halves)) = Self::halves(taps) {
            (columns.fetch, columns.starts, columns.halves) = (Fetch::Halves, starts, halves);
        } else if let Some(words) = taps.words::<16>() {
            (columns.fetch, columns.starts) = (Fetch::Words, words);
        } else {
            columns.offsets = taps.offsets.into();
        }
        for channel in 0..taps.channels {
            for lane in 0..16 {
                for tap in 0..taps.taps {
                    let byte = taps.byte(lane, tap, channel);
                    let from = match columns.fetch {
                        Fetch::Narrow { base } | Fetch::Wide { base } => (byte - base) as usize,
                        Fetch::Words => lane * 8 + (byte - columns.starts[lane] as isize) as usize,
                        Fetch::Halves | Fetch::Bytes => lane * 8 + taps.slot(tap, channel),
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

    /// Lays the windows of each half, if two of 64 bytes hold its taps; not for rows of gigabytes.
    fn halves(taps: &BlockTaps<'_>) -> Option<([i32; 16], [Index; 2])> {
        let (mut starts, mut halves) = ([0; 16], [[0; 64]; 2]);
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
                starts[half * 2 + window..half * 2 + 2].fill(base.try_into().ok()?);
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
        Some((starts, halves))
    }

    /// For each row and channel the bytes of `TAPS` taps, zero extended to i32 (one tap) or to words (left, right).
    ///
    /// # Safety
    /// As [`Simd::fetch`](crate::simd::Simd::fetch).
    #[inline(always)]
    pub(super) unsafe fn taps<const C: usize, const TAPS: usize, const ROWS: usize>(
        &self,
        simd: Avx512,
        rows: [*const u8; ROWS],
    ) -> [[__m512i; C]; ROWS] {
        let mut taps = [[simd.zero(); C]; ROWS];
        let mut bytes = [[simd.zero(); 2]; ROWS];
        match self.fetch {
            Fetch::Wide { base } => {
                for (row, channels) in rows.into_iter().zip(&mut taps) {
                    // SAFETY: the CPU has this level, as `simd` is its token. `new` found 192 bytes from the base to be inside
                    // what may be read of a row, which the caller promises.
                    let window: [_; 3] = unsafe { load(row.offset(base)) };
                    let mut bytes = [window[0]; 2];
                    for (vector, value) in bytes.iter_mut().enumerate().take(packed(C, TAPS)) {
                        *value = simd.pack_of_three(window, &self.index[vector], self.in_third[vector]);
                    }
                    *channels = simd.split::<C, TAPS>(bytes);
                }
                return taps;
            }
            Fetch::Narrow { base } => {
                for (row, bytes) in rows.into_iter().zip(&mut bytes) {
                    // SAFETY: the CPU has this level. `new` found 128 bytes from the base to be inside what may be read of a
                    // row, which the caller promises.
                    *bytes = unsafe { load(row.offset(base)) };
                }
            }
            // SAFETY: `new` found each window to be inside what may be read of a row, which the caller promises.
            Fetch::Halves => unsafe { self.load_halves(simd, rows, &mut bytes) },
            // SAFETY: `new` found eight bytes from each start to be inside what may be read of a row, which the caller
            // promises.
            Fetch::Words => unsafe { load_words(simd, rows, &self.starts, &mut bytes) },
            Fetch::Bytes => {
                for (row, bytes) in rows.into_iter().zip(&mut bytes) {
                    let mut slots = [0; 128];
                    // SAFETY: the caller promises each tap of a row; there are eight slots for each of sixteen lanes.
                    unsafe { gather_bytes::<C, TAPS>(row, &self.offsets, self.channel_stride, &mut slots) };
                    *bytes = simd.of_slots(&slots);
                }
            }
        }
        for (bytes, channels) in bytes.into_iter().zip(&mut taps) {
            let mut packed_bytes = [bytes[0]; 2];
            for (vector, value) in packed_bytes.iter_mut().enumerate().take(packed(C, TAPS)) {
                *value = simd.pack_of_two(bytes, &self.index[vector]);
            }
            *channels = simd.split::<C, TAPS>(packed_bytes);
        }
        taps
    }

    /// A slot of eight bytes for each lane of some rows, eight lanes to a vector.
    ///
    /// # Safety
    /// Each window is readable from each row.
    #[inline(always)]
    unsafe fn load_halves<const ROWS: usize>(
        &self,
        simd: Avx512,
        rows: [*const u8; ROWS],
        bytes: &mut [[__m512i; 2]; ROWS],
    ) {
        for half in 0..2 {
            for (row, bytes) in rows.into_iter().zip(bytes.iter_mut()) {
                let [first, second] = [0, 1].map(|window| self.starts[half * 2 + window] as isize);
                // SAFETY: the CPU has this level; the caller promises 64 bytes from each start.
                let [[first], [second]] = unsafe { [load(row.offset(first)), load(row.offset(second))] };
                bytes[half] = simd.pack_of_two([first, second], &self.halves[half]);
            }
        }
    }

    /// As [`Simd::blend`](crate::simd::Simd::blend).
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(super) unsafe fn blend<const C: usize, const TAPS: usize>(
        &self,
        simd: Avx512,
        rows: [*const u8; 2],
        weights: __m512i,
    ) -> [__m512i; C] {
        // SAFETY: the caller promises what `TAPS` taps of each lane read of both rows.
        let [above, below] = unsafe { self.taps::<C, TAPS, 2>(simd, rows) };
        let mut values = above;
        for channel in 0..C {
            values[channel] = simd.blend_rows(above[channel], below[channel], &self.weights, weights);
        }
        values
    }
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

        /// The slots of the first eight lanes, and those of the others.
        fn of_slots(self, slots: &[u8; 128]) -> [__m512i; 2] {
            let (halves, _) = slots.as_chunks::<64>();
            [vector(&halves[0]), vector(&halves[1])]
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

/// Eight bytes for each lane of some rows, eight lanes to a vector.
///
/// # Safety
/// Eight bytes are readable from each row at each start.
#[inline(always)]
unsafe fn load_words<const ROWS: usize>(
    simd: Avx512,
    rows: [*const u8; ROWS],
    starts: &[i32; 16],
    bytes: &mut [[__m512i; 2]; ROWS],
) {
    for vector in 0..2 {
        let mut quarters = [[simd.zero_quarter(); 4]; ROWS];
        for quarter in 0..4 {
            // Rows in the inner loop: each start is loaded once for all of them.
            let at = vector * 8 + quarter * 2;
            let (low, high) = (starts[at] as isize, starts[at + 1] as isize);
            for (row, quarters) in rows.into_iter().zip(&mut quarters) {
                // SAFETY: the caller promises eight bytes at each start.
                quarters[quarter] = unsafe { load_pair((row.offset(low), row.offset(high))) };
            }
        }
        for (quarters, bytes) in quarters.into_iter().zip(bytes.iter_mut()) {
            bytes[vector] = simd.join(quarters);
        }
    }
}

/// Eight bytes from each of two places.
///
/// # Safety
/// They are readable.
#[inline(always)]
pub(super) unsafe fn load_pair((low, high): (*const u8, *const u8)) -> __m128i {
    // SAFETY: the caller promises eight bytes from each place; SSE2 is everywhere on x86-64.
    unsafe { _mm_castpd_si128(_mm_loadh_pd(_mm_castsi128_pd(_mm_loadl_epi64(low.cast())), high.cast())) }
}
