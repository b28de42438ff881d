//! Pixels that lie apart with AVX-512: the bytes of sixteen, brought together and packed by permutes.

use std::arch::x86_64::*;

use crate::simd::BlockTaps;
use crate::simd::taps::gather_bytes;

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
    /// As [`Simd::fetch`], at this level.
    #[inline(always)]
    pub(super) unsafe fn taps<const C: usize, const TAPS: usize, const ROWS: usize>(
        &self,
        rows: [*const u8; ROWS],
    ) -> [[__m512i; C]; ROWS] {
        // SAFETY: the table was made so that each load stays inside the readable bytes of the row; see `Fetch`.
        unsafe {
            let mut taps = [[_mm512_setzero_si512(); C]; ROWS];
            let mut bytes = [[_mm512_setzero_si512(); 2]; ROWS];
            match self.fetch {
                Fetch::Wide { base } => {
                    for (row, channels) in rows.into_iter().zip(&mut taps) {
                        let window = row.offset(base);
                        let vector = |number: usize| window.add(number * 64);
                        let first = _mm512_loadu_si512(vector(0).cast());
                        let second = _mm512_loadu_si512(vector(1).cast());
                        let third = _mm512_loadu_si512(vector(2).cast());
                        let mut bytes = [first; 2];
                        for (vector, value) in bytes.iter_mut().enumerate().take(packed(C, TAPS)) {
                            let index = _mm512_load_si512(self.index[vector].as_ptr().cast());
                            let low = _mm512_permutex2var_epi8(first, index, second);
                            *value = _mm512_mask_permutexvar_epi8(low, self.in_third[vector], index, third);
                        }
                        *channels = Columns::split::<C, TAPS>(bytes);
                    }
                    return taps;
                }
                Fetch::Narrow { base } => {
                    for (row, bytes) in rows.into_iter().zip(&mut bytes) {
                        let window = row.offset(base);
                        *bytes = [_mm512_loadu_si512(window.cast()), _mm512_loadu_si512(window.add(64).cast())];
                    }
                }
                Fetch::Halves => self.load_halves(rows, &mut bytes),
                Fetch::Words => load_words(rows, &self.starts, &mut bytes),
                Fetch::Bytes => {
                    for (row, bytes) in rows.into_iter().zip(&mut bytes) {
                        let mut slots = [0; 128];
                        gather_bytes::<C, TAPS>(row, &self.offsets, self.channel_stride, &mut slots);
                        let at: *const u8 = slots.as_ptr();
                        *bytes = [_mm512_loadu_si512(at.cast()), _mm512_loadu_si512(at.add(64).cast())];
                    }
                }
            }
            for ([first, second], channels) in bytes.into_iter().zip(&mut taps) {
                let mut bytes = [first; 2];
                for (vector, value) in bytes.iter_mut().enumerate().take(packed(C, TAPS)) {
                    let index = _mm512_load_si512(self.index[vector].as_ptr().cast());
                    *value = _mm512_permutex2var_epi8(first, index, second);
                }
                *channels = Columns::split::<C, TAPS>(bytes);
            }
            taps
        }
    }

    /// A slot of eight bytes for each lane of some rows, eight lanes to a vector.
    ///
    /// # Safety
    /// Each window is readable from each row.
    #[inline(always)]
    unsafe fn load_halves<const ROWS: usize>(&self, rows: [*const u8; ROWS], bytes: &mut [[__m512i; 2]; ROWS]) {
        // SAFETY: the caller's promise; the intrinsics are of the level that called.
        unsafe {
            for half in 0..2 {
                let index = _mm512_load_si512(self.halves[half].as_ptr().cast());
                for (row, bytes) in rows.into_iter().zip(bytes.iter_mut()) {
                    let [first, second] = [0, 1].map(|window| self.starts[half * 2 + window] as isize);
                    let first = _mm512_loadu_si512(row.offset(first).cast());
                    let second = _mm512_loadu_si512(row.offset(second).cast());
                    bytes[half] = _mm512_permutex2var_epi8(first, index, second);
                }
            }
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
        weights: __m512i,
    ) -> [__m512i; C] {
        // SAFETY: the caller's promise is the same; 64 bytes of weights.
        unsafe {
            let [above, below] = self.taps::<C, TAPS, 2>(rows);
            let columns = _mm512_loadu_si512(self.weights.as_ptr().cast());
            let mut values = above;
            for channel in 0..C {
                // The high words are zero, and stay zero. Two multiplies and an add beat one multiply of both rows side by
                // side, which takes a masked multishift (two instructions to LLVM) and a dot product with ones.
                let above = _mm512_srli_epi32::<4>(_mm512_madd_epi16(above[channel], columns));
                let below = _mm512_srli_epi32::<4>(_mm512_madd_epi16(below[channel], columns));
                let above = _mm512_mulhi_epi16(above, weights);
                let below = _mm512_mulhi_epi16(below, _mm512_srli_epi32::<16>(weights));
                // (x * 2^13 + 2^14) >> 15 is (x + 2) >> 2.
                values[channel] = _mm512_mulhrs_epi16(_mm512_add_epi16(above, below), _mm512_set1_epi16(1 << 13));
            }
            values
        }
    }

    /// The channels of packed vectors.
    ///
    /// # Safety
    /// Called at this level.
    #[inline(always)]
    pub(super) unsafe fn split<const C: usize, const TAPS: usize>(packed: [__m512i; 2]) -> [__m512i; C] {
        const fn byte(number: u8) -> Index {
            let mut index = [0x80; 64];
            let mut lane = 0;
            while lane < 16 {
                index[lane * 4] = lane as u8 % 4 * 4 + number;
                lane += 1;
            }
            index
        }
        let bytes = const { &[byte(0), byte(1), byte(2), byte(3)] };
        let mut channels = [packed[0]; C];
        // SAFETY: the caller's promise.
        unsafe {
            for (channel, value) in channels.iter_mut().enumerate() {
                *value = match (TAPS, channel) {
                    (1, 0) => _mm512_and_si512(packed[0], _mm512_set1_epi32(0xff)),
                    (1, _) => _mm512_shuffle_epi8(packed[0], _mm512_loadu_si512(bytes[channel].as_ptr().cast())),
                    (_, 0 | 2) => _mm512_and_si512(packed[channel / 2], _mm512_set1_epi16(0xff)),
                    _ => _mm512_srli_epi16::<8>(packed[channel / 2]),
                };
            }
        }
        channels
    }
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
unsafe fn load_words<const ROWS: usize>(rows: [*const u8; ROWS], starts: &[i32; 16], bytes: &mut [[__m512i; 2]; ROWS]) {
    // SAFETY: the caller's promise; the intrinsics are of the level that called.
    unsafe {
        for vector in 0..2 {
            let mut quarters = [[_mm_setzero_si128(); 4]; ROWS];
            for quarter in 0..4 {
                // Rows in the inner loop: each start is loaded once for all of them.
                let at = vector * 8 + quarter * 2;
                let (low, high) = (starts[at] as isize, starts[at + 1] as isize);
                for (row, quarters) in rows.into_iter().zip(&mut quarters) {
                    quarters[quarter] = load_pair((row.offset(low), row.offset(high)));
                }
            }
            for ([a, b, c, d], bytes) in quarters.into_iter().zip(bytes.iter_mut()) {
                let low = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(a), b);
                let high = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(c), d);
                bytes[vector] = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high);
            }
        }
    }
}

/// Eight bytes from each of two places.
///
/// # Safety
/// They are readable.
#[inline(always)]
pub(super) unsafe fn load_pair((low, high): (*const u8, *const u8)) -> __m128i {
    // SAFETY: the caller's promise; SSE2 is everywhere on x86-64.
    unsafe { _mm_castpd_si128(_mm_loadh_pd(_mm_castsi128_pd(_mm_loadl_epi64(low.cast())), high.cast())) }
}
