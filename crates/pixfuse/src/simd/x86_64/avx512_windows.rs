//! Windows of a row for the horizontal passes with AVX-512: where they start, and which byte goes into which lane.

use std::arch::x86_64::*;
use std::ops::Range;

use super::avx512::vector;
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::windows::{Group, Placement, WindowShape, Windows};

/// For each 16 elements, a window of the row whose bytes are permuted so that each lane has four taps.
///
/// Where all taps of a group lie in 128 bytes, the window is loaded once and the index moves on by four taps: unaligned
/// loads of 64 bytes are what the other way, a window that slides by four taps under one index, waits for.
///
/// Where a group's four taps fit in 64 bytes, one vector is permuted, which runs beside `vpdpbusd`; a permute of two
/// vectors has three operands, as `vpdpbusd` has, and waits for the same ports. So with three bytes a pixel a group may
/// have 15 elements, which is five pixels: 186 against 200 us for 1080x1920, bilinear to 256. That halves wide windows too: 427
/// against 585 us for 1080x1920 -> 224x224 bicubic on Zen 5. Where only 12 elements do, that is still worth while: 550
/// against 590 us for 1080x1920 -> 384x384 lanczos.
pub(super) struct Placed {
    /// Elements of a group.
    pub(super) width: usize,
    pub(super) groups: Vec<Group<Index, 1>>,
    /// Whether a window has all taps of its group.
    pub(super) fixed: bool,
    /// Vectors of 64 bytes that a window takes: 1, 2 or, where it slides, 4.
    pub(super) vectors: usize,
    /// Fours of taps.
    pub(super) quads: usize,
    /// Bytes from four taps to the next four.
    pub(super) step: usize,
}

/// For each byte of the first four taps of each lane, where in the window it comes from.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Index(pub(super) [u8; 64]);

/// Windows with what they are weighed with.
pub(crate) struct Weighed<T, const STARTS: usize> {
    pub(super) windows: Windows<Index, T, STARTS, 16>,
    /// Whether a window has all taps of its group.
    pub(super) fixed: bool,
    /// Bytes from four taps to the next four, which an index moves on by where windows stay.
    pub(super) step: i8,
}

impl<T, const STARTS: usize> Holds for Weighed<T, STARTS> {
    fn bytes(&self) -> usize {
        Holds::bytes(&self.windows)
    }
}

/// For each element, the byte of its first tap.
fn starts(first: &[u32], pixel: usize) -> Result<Vec<usize>, NoMemory> {
    let mut starts = memory::with_capacity(first.len() * pixel)?;
    for &first in first {
        starts.extend((0..pixel).map(|channel| first as usize * pixel + channel));
    }
    Ok(starts)
}

/// Where the windows of groups of `width` elements start.
struct Found {
    width: usize,
    fixed: bool,
    vectors: usize,
    bases: Vec<usize>,
}

/// What windows are looked for.
struct Search<'a> {
    /// For each element, the byte of its first tap.
    starts: &'a [usize],
    taps: usize,
    pixel: usize,
    readable: usize,
}

impl Placed {
    /// `fixed` allows windows that stay.
    pub(super) fn place(
        first: &[u32],
        taps: usize,
        pixel: usize,
        readable: usize,
        fixed: bool,
    ) -> Result<Placement<Self>, NoMemory> {
        let search = Search { starts: &starts(first, pixel)?, taps, pixel, readable };
        let whole = search.windows(16, fixed)?;
        let vectors =
            |found: &Placement<Found>| if let Placement::Windows(found) = found { found.vectors } else { usize::MAX };
        if vectors(&whole) > 1 {
            let narrower = |width, most| {
                Ok(match search.windows(width, fixed)? {
                    Placement::Windows(found) if found.vectors <= most => Some(found),
                    _ => None,
                })
            };
            let fives = if pixel == 3 { narrower(15, vectors(&whole) - 1)? } else { None };
            let pixels = if fives.is_some() { fives } else { narrower(12, 1)? };
            if let Some(pixels) = pixels {
                return search.made(pixels).map(Placement::Windows);
            }
        }
        // Fewer elements whose windows stay beat 16 that span more than 128 bytes.
        let few = vectors(&whole) == 4 || matches!(whole, Placement::TooWide);
        let staying = if few && fixed { Self::staying(first, taps, pixel, readable)? } else { None };
        Ok(match (staying, whole) {
            (Some(windows), _) => Placement::Windows(windows),
            (None, Placement::Windows(whole)) => Placement::Windows(search.made(whole)?),
            (None, Placement::TooWide) => Placement::TooWide,
            (None, Placement::TooShort) => Placement::TooShort,
        })
    }

    /// Windows that stay, for as many pixels a group as that allows.
    pub(super) fn staying(first: &[u32], taps: usize, pixel: usize, readable: usize) -> Result<Option<Self>, NoMemory> {
        let search = Search { starts: &starts(first, pixel)?, taps, pixel, readable };
        let fewer = (2..=16 / pixel).rev().map(|pixels| pixels * pixel);
        for width in [16].into_iter().chain(fewer).filter(|width| (6..=16).contains(width)) {
            if let Some((vectors, bases)) = search.fixed(&search.spans(width)?)? {
                return search.made(Found { width, fixed: true, vectors, bases }).map(Some);
            }
        }
        Ok(None)
    }

    /// How many groups there are.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// With so many weights a group, which are weighed by a window each, as many as `steps`, or all by the same ones where windows
    /// stay; and from `STARTS` places, each four taps behind the one before.
    pub(super) fn weighed<T, const STARTS: usize>(
        self,
        weights: Vec<T>,
        steps: usize,
        readable: usize,
    ) -> Result<Weighed<T, STARTS>, NoMemory> {
        let Self { width, groups, fixed, vectors, step, .. } = self;
        let apart = if fixed { 0 } else { step };
        let group = |group: &Group<Index, 1>| Group {
            item: group.item,
            starts: std::array::from_fn(|number| group.starts[0] + number * apart),
        };
        let groups = memory::list(groups.iter().map(group))?;
        let shape = WindowShape { steps, step: apart, bytes: vectors * 64, advance: width };
        let windows = Windows::new(groups, weights, shape, readable).expect("windows were placed inside the row");
        Ok(Weighed { windows, fixed, step: step as i8 })
    }

    /// The output that each lane of a group belongs to.
    pub(super) fn outputs(&self, group: usize, elements: usize, pixel: usize) -> [u32; 16] {
        let (mut output, mut channel) = (group * self.width / pixel, group * self.width % pixel);
        let last = elements / pixel - 1;
        std::array::from_fn(|_| {
            let here = output.min(last) as u32;
            channel += 1;
            if channel == pixel {
                (output, channel) = (output + 1, 0);
            }
            here
        })
    }
}

impl Search<'_> {
    /// The bytes that the first four taps of each group of `width` elements span; the others are a shift of them.
    fn spans(&self, width: usize) -> Result<Vec<Range<usize>>, NoMemory> {
        let span = |starts: &[usize]| {
            let (least, most) = starts.iter().fold((usize::MAX, 0), |(l, m), &start| (l.min(start), m.max(start)));
            least..most + 3 * self.pixel + 1
        };
        memory::list(self.starts.chunks(width).map(span))
    }

    /// Windows of groups of `width` elements, or what is in the way.
    fn windows(&self, width: usize, fixed: bool) -> Result<Placement<Found>, NoMemory> {
        let Self { taps, pixel, readable, .. } = *self;
        let (quads, step) = (taps.div_ceil(4), 4 * pixel);
        let spans = self.spans(width)?;
        if spans.iter().any(|span| span.len() > 256) {
            return Ok(Placement::TooWide);
        }
        let fits = |vectors: usize| {
            let Some(last_base) = readable.checked_sub(vectors * 64 + (quads - 1) * step) else { return Ok(None) };
            // Of one window, taps that there are not may lie behind it.
            let without = if quads == 1 { (4 - taps) * pixel } else { 0 };
            let base = |span: &Range<usize>| {
                let base = span.start.min(last_base);
                (span.end - without <= base + vectors * 64).then_some(base)
            };
            memory::whole_list(spans.iter().map(base))
        };
        let sliding = first_of([1, 2, 4], fits)?;
        let whole = if fixed { self.fixed(&spans)? } else { None };
        let (fixed, vectors, bases) = match (sliding, whole) {
            // One vector that slides beats two that stay (140 against 157 us for 576x768, bicubic to 224); else staying
            // wins.
            (Some(sliding), Some(whole)) if sliding.0 >= whole.0 => (true, whole.0, whole.1),
            (Some(sliding), _) => (false, sliding.0, sliding.1),
            (None, Some(whole)) => (true, whole.0, whole.1),
            (None, None) => return Ok(Placement::TooShort),
        };
        Ok(Placement::Windows(Found { width, fixed, vectors, bases }))
    }

    fn made(&self, found: Found) -> Result<Placed, NoMemory> {
        let Found { width, fixed, vectors, bases } = found;
        let Self { starts, taps, pixel, .. } = *self;
        let mut groups = memory::with_capacity(bases.len())?;
        for (starts, base) in starts.chunks(width).zip(bases) {
            let mut index = [0; 64];
            for lane in 0..16 {
                let from = starts[lane.min(starts.len() - 1)] - base;
                for tap in 0..4 {
                    // Where a byte lies beyond the window its tap has no weight, and any byte will do.
                    index[lane * 4 + tap] = (from + tap * pixel) as u8;
                }
            }
            groups.push(Group { item: Index(index), starts: [base] });
        }
        Ok(Placed { width, groups, fixed, vectors, quads: taps.div_ceil(4), step: 4 * pixel })
    }

    /// Windows that hold all taps of their group, if 128 bytes do: how many vectors they take, and their bases.
    fn fixed(&self, spans: &[Range<usize>]) -> Result<Option<(usize, Vec<usize>)>, NoMemory> {
        let Self { taps, pixel, readable, .. } = *self;
        let bases = |vectors: usize| {
            let bytes = vectors * 64;
            let Some(last_base) = readable.checked_sub(bytes) else { return Ok(None) };
            let base = |span: &Range<usize>| {
                let base = span.start.min(last_base);
                // A tap that would lie behind the row has no weight: any byte of the window will do for it.
                let end = (span.end + (taps - 1) * pixel - 3 * pixel).min(readable);
                (end <= base + bytes).then_some(base)
            };
            memory::whole_list(spans.iter().map(base))
        };
        first_of([1, 2], bases)
    }
}

/// The first number of vectors for which there are bases, and those.
fn first_of<const N: usize>(
    vectors: [usize; N],
    bases: impl Fn(usize) -> Result<Option<Vec<usize>>, NoMemory>,
) -> Result<Option<(usize, Vec<usize>)>, NoMemory> {
    for vectors in vectors {
        if let Some(bases) = bases(vectors)? {
            return Ok(Some((vectors, bases)));
        }
    }
    Ok(None)
}

/// The vectors of a window.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn load<const BYTES: usize, const VECTORS: usize>(window: &[u8; BYTES]) -> [__m512i; VECTORS] {
    let bytes = window.as_chunks::<64>().0;
    let mut vectors = [_mm512_setzero_si512(); VECTORS];
    for number in 0..VECTORS {
        vectors[number] = vector(&bytes[number]);
    }
    vectors
}

/// Four taps of each lane, from a window.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
pub(super) fn taps<const VECTORS: usize>(window: [__m512i; VECTORS], index: __m512i) -> __m512i {
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
