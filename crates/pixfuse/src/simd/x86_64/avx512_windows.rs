//! Windows of a row for the horizontal passes with AVX-512: where they start, and which byte goes into which lane.

use std::arch::x86_64::*;

/// For each 16 elements, a window of the row whose bytes are permuted so that each lane has four taps.
///
/// Where all taps of a group lie in 128 bytes, the window is loaded once and the index moves on by four taps: unaligned
/// loads of 64 bytes are what the other way, a window that slides by four taps under one index, waits for.
pub(crate) struct Windows {
    pub(super) groups: Vec<Group>,
    /// Whether a window has all taps of its group.
    pub(super) fixed: bool,
    /// Vectors of 64 bytes that a window takes: 1, 2 or, where it slides, 4.
    pub(super) vectors: usize,
    /// Fours of taps.
    pub(super) quads: usize,
    /// Bytes from four taps to the next four.
    pub(super) step: usize,
}

#[repr(C, align(64))]
pub(crate) struct Group {
    /// For each byte, where in the window it comes from, for the first four taps.
    pub(super) index: [u8; 64],
    /// Where the window of the first four taps starts.
    pub(super) base: usize,
}

/// Whether windows can be had.
pub(super) enum Placed {
    Windows(Windows),
    TooWide,
    TooShort,
}

/// The elements that a group makes; those beyond the end repeat the last one.
pub(super) fn lanes(group: usize, elements: usize) -> impl Iterator<Item = usize> {
    (0..16).map(move |lane| (group * 16 + lane).min(elements - 1))
}

impl Windows {
    pub(super) fn place(first: &[u32], taps: usize, pixel: usize, readable: usize, fixed: bool) -> Placed {
        let (elements, quads, step) = (first.len() * pixel, taps.div_ceil(4), 4 * pixel);
        let start = |element: usize| first[element / pixel] as usize * pixel + element % pixel;
        // The bytes that the first four taps of each group span; the others are a shift of them.
        let spans: Vec<_> = (0..elements.div_ceil(16))
            .map(|group| {
                let starts = || lanes(group, elements).map(start);
                starts().min().unwrap_or(0)..starts().max().unwrap_or(0) + 3 * pixel + 1
            })
            .collect();
        if spans.iter().any(|span| span.len() > 256) {
            return Placed::TooWide;
        }
        let fits = |vectors: usize| -> Option<Vec<usize>> {
            let last_base = readable.checked_sub(vectors * 64 + (quads - 1) * step)?;
            let base = |span: &std::ops::Range<usize>| {
                let base = span.start.min(last_base);
                (span.end <= base + vectors * 64).then_some(base)
            };
            spans.iter().map(base).collect()
        };
        let sliding = [1, 2, 4].into_iter().find_map(|vectors| Some((vectors, fits(vectors)?)));
        let whole = fixed.then(|| Self::fixed(first, taps, pixel, readable)).flatten();
        let (fixed, vectors, bases) = match (sliding, whole) {
            // One vector that slides beats two that stay (140 against 157 us for 576x768, bicubic to 224); else staying
            // wins (231 against 246 us for 1080x1920, bilinear to 256).
            (Some(sliding), Some(whole)) if sliding.0 >= whole.0 => (true, whole.0, whole.1),
            (Some(sliding), _) => (false, sliding.0, sliding.1),
            (None, Some(whole)) => (true, whole.0, whole.1),
            (None, None) => return Placed::TooShort,
        };
        let group = |(group, base): (usize, usize)| {
            let mut index = [0; 64];
            for (lane, element) in lanes(group, elements).enumerate() {
                for tap in 0..4 {
                    // Where a byte lies beyond the window its tap has no weight, and any byte will do.
                    index[lane * 4 + tap] = (start(element) - base + tap * pixel) as u8;
                }
            }
            Group { index, base }
        };
        let groups = bases.into_iter().enumerate().map(group).collect();
        Placed::Windows(Self { groups, fixed, vectors, quads, step })
    }

    /// Windows that hold all taps of their group, if 128 bytes do: how many vectors they take, and their bases.
    fn fixed(first: &[u32], taps: usize, pixel: usize, readable: usize) -> Option<(usize, Vec<usize>)> {
        let elements = first.len() * pixel;
        let start = |element: usize| first[element / pixel] as usize * pixel + element % pixel;
        // A tap that would lie behind the row has no weight: any byte of the window will do for it.
        let end = |element: usize| (start(element) + (taps - 1) * pixel + 1).min(readable);
        let bases = |bytes: usize| -> Option<Vec<usize>> {
            let last_base = readable.checked_sub(bytes)?;
            let base = |group: usize| {
                let base = lanes(group, elements).map(start).min().unwrap_or(0).min(last_base);
                let end = lanes(group, elements).map(end).max().unwrap_or(0);
                (end <= base + bytes).then_some(base)
            };
            (0..elements.div_ceil(16)).map(base).collect()
        };
        [1, 2].into_iter().find_map(|vectors| Some((vectors, bases(vectors * 64)?)))
    }

    /// A window.
    ///
    /// # Safety
    /// It is readable.
    #[inline(always)]
    pub(super) unsafe fn load<const VECTORS: usize>(window: *const u8) -> [__m512i; VECTORS] {
        // SAFETY: the caller's promise; the intrinsics are of the level that called.
        unsafe {
            let mut vectors = [_mm512_setzero_si512(); VECTORS];
            for vector in 0..VECTORS {
                vectors[vector] = _mm512_loadu_si512(window.add(vector * 64).cast());
            }
            vectors
        }
    }

    /// Four taps of each lane, from a window.
    ///
    /// # Safety
    /// Called at this level.
    #[inline(always)]
    pub(super) unsafe fn taps<const VECTORS: usize>(window: [__m512i; VECTORS], index: __m512i) -> __m512i {
        // SAFETY: the caller's promise.
        unsafe {
            if VECTORS == 1 {
                return _mm512_permutexvar_epi8(index, window[0]);
            }
            let low = _mm512_permutex2var_epi8(window[0], index, window[1 % VECTORS]);
            if VECTORS == 2 {
                return low;
            }
            let high = _mm512_permutex2var_epi8(window[2 % VECTORS], index, window[3 % VECTORS]);
            _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high)
        }
    }
}
