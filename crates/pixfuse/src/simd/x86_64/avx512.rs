//! 16 pixels at a time with AVX-512 of the Ice Lake class.

use std::arch::x86_64::*;

use super::avx512_passes::{FloatRowFilter, RowFilter};
use super::avx512_quads::{Weights, add_quad, blend_quads};
use super::turn::turn;
use super::{Avx2, avx2_cells, level, token};
use crate::simd::taps::gather_bytes;
use crate::simd::{BlockTaps, CellColumns, CellRows, Simd, Task};
use crate::weights::AxisWeights;

token! {
    /// AVX-512 as Ice Lake and Zen 4 have it; early parts without VBMI count as AVX2.
    Avx512: "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512vbmi", "avx512vnni", "avx2", "fma", "f16c",
        "bmi2"
}

impl Avx512 {
    /// Every CPU of this level has the narrower one.
    pub(crate) fn avx2(self) -> Avx2 {
        Avx2::detect().expect("avx2, fma and f16c are among the features of this level")
    }
}

/// Byte `i` of a permute index is byte `i` of the result: four to a lane.
type Index = [u8; 64];

/// How the bytes of a block are brought together before they are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fetch {
    /// All taps lie in 128 readable bytes from here.
    Narrow { base: isize },
    /// All taps lie in 192.
    Wide { base: isize },
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
/// of 4 bytes half the time (43 against 71 to 76 us for 576x768 -> 240x256 bilinear on Zen 4). A 64-byte load for each
/// three lanes, where [`Fetch::Words`] has one for each lane, was no faster: 48 us both for 1080x1920 -> 224x224, and
/// 29 against 28 for nearest.
#[repr(C, align(64))]
pub(crate) struct Columns {
    /// For each packed vector where its bytes come from: in the first 128 bytes, or in the third vector of a window.
    index: [Index; 2],
    /// For each packed vector, which bytes come from the third vector.
    in_third: [u64; 2],
    fetch: Fetch,
    /// The (left, right) weights of each lane.
    weights: [[i16; 2]; 16],
    /// For [`Fetch::Words`], where the eight bytes of each lane start.
    words: [i32; 16],
    channel_stride: isize,
    /// For [`Fetch::Bytes`], the taps of each lane.
    offsets: Box<[[isize; 2]]>,
}

impl Columns {
    fn new(taps: &BlockTaps<'_>) -> Self {
        let span = taps.span(0..16);
        let (fetch, words) = if let Some(base) = taps.window(span.clone(), 128) {
            (Fetch::Narrow { base }, [0; 16])
        } else if let Some(base) = taps.window(span, 192) {
            (Fetch::Wide { base }, [0; 16])
        } else if let Some(words) = taps.words::<16>() {
            (Fetch::Words, words)
        } else {
            (Fetch::Bytes, [0; 16])
        };
        let mut columns = Self {
            index: [[0; 64]; 2],
            in_third: [0; 2],
            fetch,
            weights: taps.pairs(),
            words,
            channel_stride: taps.channel_stride,
            offsets: if fetch == Fetch::Bytes { taps.offsets.into() } else { Box::default() },
        };
        for channel in 0..taps.channels {
            for lane in 0..16 {
                for tap in 0..taps.taps {
                    let byte = taps.byte(lane, tap, channel);
                    let from = match fetch {
                        Fetch::Narrow { base } | Fetch::Wide { base } => (byte - base) as usize,
                        Fetch::Words => lane * 8 + (byte - words[lane] as isize) as usize,
                        Fetch::Bytes => lane * 8 + taps.slot(tap, channel),
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

    /// For each row and channel the bytes of `TAPS` taps, zero extended to i32 (one tap) or to words (left, right).
    ///
    /// # Safety
    /// As [`Simd::fetch`], at this level.
    #[inline(always)]
    unsafe fn taps<const C: usize, const TAPS: usize, const ROWS: usize>(
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
                Fetch::Words => load_words(rows, &self.words, &mut bytes),
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

    /// The channels of packed vectors.
    ///
    /// # Safety
    /// Called at this level.
    #[inline(always)]
    unsafe fn split<const C: usize, const TAPS: usize>(packed: [__m512i; 2]) -> [__m512i; C] {
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

impl Simd for Avx512 {
    const LANES: usize = 16;
    type Columns = Columns;
    type RowFilter = RowFilter;
    type FloatRowFilter = FloatRowFilter;
    type Weights = Weights;

    #[inline(always)]
    fn vectorize<T: Task<Self>>(self, task: T) -> T::Output {
        self.enter(task)
    }

    fn columns(self, taps: &BlockTaps<'_>) -> Columns {
        Columns::new(taps)
    }

    #[inline(always)]
    unsafe fn fetch<const C: usize>(self, row: *const u8, columns: &Columns) -> [__m512i; C] {
        // SAFETY: the caller's promise is the same.
        let [pixels] = unsafe { columns.taps::<C, 1, 1>([row]) };
        pixels
    }

    #[inline(always)]
    unsafe fn blend<const C: usize, const TAPS: usize>(
        self,
        rows: [*const u8; 2],
        columns: &Columns,
        weights: __m512i,
    ) -> [__m512i; C] {
        // SAFETY: the caller's promise is the same; 64 bytes of weights.
        unsafe {
            let [above, below] = columns.taps::<C, TAPS, 2>(rows);
            let columns = _mm512_loadu_si512(columns.weights.as_ptr().cast());
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

    #[inline(always)]
    unsafe fn load_pixels<const PIXEL: usize, const C: usize>(self, pixels: *const u8) -> [__m512i; C] {
        const fn spread(pixel: usize) -> [Index; 4] {
            // The last byte of the vector is past the pixels, and zero.
            let mut index = [[63; 64]; 4];
            let mut channel = 0;
            while channel < pixel {
                let mut lane = 0;
                while lane < 16 {
                    index[channel][lane * 4] = (lane * pixel + channel) as u8;
                    lane += 1;
                }
                channel += 1;
            }
            index
        }
        let index = const { &spread(PIXEL) };
        // SAFETY: exactly 16 * PIXEL bytes are read: the others are masked out and cannot fault.
        unsafe {
            if PIXEL == 4 {
                return Columns::split::<C, 1>([_mm512_loadu_si512(pixels.cast()); 2]);
            }
            let bytes = _mm512_maskz_loadu_epi8((1 << (16 * PIXEL)) - 1, pixels.cast());
            let mut channels = [bytes; C];
            for (channel, value) in channels.iter_mut().enumerate() {
                let index = _mm512_loadu_si512(index[channel].as_ptr().cast());
                *value = _mm512_permutexvar_epi8(index, bytes);
            }
            channels
        }
    }

    #[inline(always)]
    fn prefetch(self, at: *const u8) {
        level! { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
    }

    #[inline(always)]
    unsafe fn turn<const PIXEL: usize>(self, columns: [*const u8; 4], rows: [*mut u8; 4]) {
        // SAFETY: the caller's promise is the same, and this level has what the function needs.
        unsafe { turn::<PIXEL>(columns, rows) }
    }

    #[inline(always)]
    unsafe fn load_f32(self, at: *const f32) -> Self::F32 {
        // SAFETY: the caller's promise is the same.
        unsafe { _mm512_loadu_ps(at) }
    }

    #[inline(always)]
    fn splat_words(self, [low, high]: [i16; 2]) -> __m512i {
        level! { _mm512_set1_epi32(i32::from(low) & 0xffff | i32::from(high) << 16) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        level! { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    fn convert(self, value: __m512i) -> __m512 {
        level! { _mm512_cvtepi32_ps(value) }
    }

    #[inline(always)]
    fn look_up(self, value: __m512i, table: &[u32; 256]) -> __m512i {
        level! {
            // Masked, so that no lane can leave the table whatever it holds.
            let index = _mm512_and_si512(value, _mm512_set1_epi32(255));
            _mm512_i32gather_epi32::<4>(index, table.as_ptr().cast())
        }
    }

    #[inline(always)]
    fn reinterpret(self, bits: __m512i) -> __m512 {
        level! { _mm512_castsi512_ps(bits) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        level! { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    unsafe fn store_f32(self, at: *mut f32, value: __m512) {
        // SAFETY: 16 elements are writable.
        unsafe { _mm512_storeu_ps(at, value) }
    }

    #[inline(always)]
    unsafe fn store_u8(self, at: *mut u8, value: __m512i) {
        // SAFETY: 16 bytes are writable.
        unsafe { _mm_storeu_si128(at.cast(), _mm512_cvtepi32_epi8(value)) }
    }

    #[inline(always)]
    unsafe fn store_pixels_f32<const C: usize>(self, at: *mut f32, channels: [__m512; C]) {
        /// For vector `v`, lane `l`: the pixel it belongs to.
        const fn pixels(channels: usize) -> [[i32; 16]; 4] {
            let mut pixels = [[0; 16]; 4];
            let mut element = 0;
            while element < channels * 16 {
                pixels[element / 16][element % 16] = (element / channels) as i32;
                element += 1;
            }
            pixels
        }
        /// For vector `v`, channel `c`: the lanes that hold it.
        const fn lanes(channels: usize) -> [[u16; 4]; 4] {
            let mut lanes = [[0; 4]; 4];
            let mut element = 0;
            while element < channels * 16 {
                lanes[element / 16][element % channels] |= 1 << (element % 16);
                element += 1;
            }
            lanes
        }
        let (pixels, lanes) = (const { &pixels(C) }, const { &lanes(C) });
        // SAFETY: 16 * C elements are writable.
        unsafe {
            for vector in 0..C {
                let index = _mm512_loadu_si512(pixels[vector].as_ptr().cast());
                let mut value = _mm512_permutexvar_ps(index, channels[0]);
                for channel in 1..C {
                    value = _mm512_mask_permutexvar_ps(value, lanes[vector][channel], index, channels[channel]);
                }
                _mm512_storeu_ps(at.add(vector * 16), value);
            }
        }
    }

    #[inline(always)]
    unsafe fn store_pixels_u8<const C: usize>(self, at: *mut u8, channels: [__m512i; C]) {
        // SAFETY: exactly 16 * C bytes are written: the others are masked out and cannot fault.
        unsafe {
            match C {
                1 => self.store_u8(at, channels[0]),
                3 => {
                    const PACKED: Index = {
                        let mut index = [0; 64];
                        let mut byte = 0;
                        while byte < 48 {
                            index[byte] = (byte / 3 * 4 + byte % 3) as u8;
                            byte += 1;
                        }
                        index
                    };
                    let packed = _mm512_loadu_si512(PACKED.as_ptr().cast());
                    let pixels = _mm512_permutexvar_epi8(packed, bytes_of(channels));
                    _mm512_mask_storeu_epi8(at.cast(), (1 << 48) - 1, pixels);
                }
                _ => _mm512_storeu_si512(at.cast(), bytes_of(channels)),
            }
        }
    }

    fn row_filter(self, weights: &AxisWeights, pixel: usize, readable: usize, _quads: usize) -> Option<RowFilter> {
        RowFilter::integer(weights, pixel, readable)
    }

    #[inline(always)]
    unsafe fn filter_quad(self, filter: &RowFilter, sources: [*const u8; 4], quad: *mut u8) {
        // SAFETY: the caller's promise is the same.
        unsafe { filter.filter(self, sources, quad) }
    }

    #[inline(always)]
    unsafe fn filter_row(self, filter: &RowFilter, source: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise is the same.
        unsafe { filter.filter(self, [source], out) }
    }

    #[inline(always)]
    unsafe fn sum_row(self, filter: &RowFilter, source: *const u8, out: *mut i32) {
        // SAFETY: the caller's promise is the same.
        unsafe { filter.sum(self, source, out) }
    }

    fn float_row_filter(self, weights: &AxisWeights<f32>, pixel: usize, readable: usize) -> Option<FloatRowFilter> {
        FloatRowFilter::float(weights, pixel, readable)
    }

    #[inline(always)]
    unsafe fn sum_rows_f32<const ROWS: usize>(
        self,
        filter: &FloatRowFilter,
        sources: [*const u8; ROWS],
        outs: [*mut f32; ROWS],
    ) {
        // SAFETY: the caller's promise is the same.
        unsafe { filter.sum(sources, outs) }
    }

    fn weights(self, weights: [i32; 4]) -> Weights {
        Weights::new(weights)
    }

    #[inline(always)]
    unsafe fn blend_quads(self, weights: &[Weights], quads: &[*const u8], out: *mut u8, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe { blend_quads(self, weights, quads, out, length) }
    }

    #[inline(always)]
    unsafe fn add_quad(self, weights: Weights, quad: *const u8, sums: *mut i32, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe { add_quad(self, weights, quad, sums, length) }
    }

    #[inline(always)]
    unsafe fn sum_cells(self, rows: &CellRows, sums: *mut f32, length: usize) {
        // SAFETY: the caller's promise is the same.
        unsafe { avx2_cells::sum_cells(rows, sums, length) }
    }

    #[inline(always)]
    unsafe fn weigh_cells(self, columns: &CellColumns, sums: *const f32, line: *mut f32) {
        // SAFETY: the caller's promise is the same.
        unsafe { avx2_cells::weigh_cells(columns, sums, line) }
    }

    #[inline(always)]
    unsafe fn round_cells(self, sums: *const f32, weight: f32, surest: f32, line: *mut u8) -> u32 {
        // SAFETY: the caller's promise is the same.
        unsafe { avx2_cells::round_cells(sums, weight, surest, line) }
    }
}

/// Channel `c` of each pixel in byte `c` of its lane.
///
/// # Safety
/// Called at this level.
#[inline(always)]
unsafe fn bytes_of<const C: usize>(channels: [__m512i; C]) -> __m512i {
    // SAFETY: the caller's promise.
    unsafe {
        let mut pixels = channels[0];
        if C > 1 {
            pixels = _mm512_or_si512(pixels, _mm512_slli_epi32::<8>(channels[1]));
        }
        if C > 2 {
            pixels = _mm512_or_si512(pixels, _mm512_slli_epi32::<16>(channels[2]));
        }
        if C > 3 {
            pixels = _mm512_or_si512(pixels, _mm512_slli_epi32::<24>(channels[3]));
        }
        pixels
    }
}
