//! Rows of an image that do not lie one after another in the tensor: each is cut into runs of neighbouring columns, and
//! each run goes to a place of its own. Patches are stored so.

use std::mem::MaybeUninit;
use std::ops::Range;

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{end_streams, prefetch_lines, stream_4, stream_8, streams};

/// Bytes of a tensor from which on runs pass the caches: it is as large as the second of them, and to store it otherwise
/// fetches each line that is written over, which takes three times as long.
const FAR: usize = 2 << 20;

/// The most bytes of a patch's plane that are brought together before they pass the caches.
const STAGE: usize = 4 << 10;

/// Bytes from what is stored to what is prefetched to be written.
const AHEAD: usize = 1 << 10;

/// Where the runs of an image's rows lie in a tensor, in elements.
///
/// Element `e` of pixel `x` of plane `p`, in row `y`, is at `rows[y] + columns[x / length] + p * plane + (x % length) *
/// pixel + e`, and again `copy` elements behind that for each further copy. No two of these places are the same.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    /// Columns of a run.
    pub(crate) length: usize,
    /// The first run of each row.
    pub(crate) rows: Vec<usize>,
    /// Each run of a row, from the first one.
    pub(crate) columns: Vec<usize>,
    /// Planes of the image: 1 where pixels are interleaved.
    pub(crate) planes: usize,
    /// From a plane to the next.
    pub(crate) plane: usize,
    /// From a pixel to the next: 1 in planes.
    pub(crate) pixel: usize,
    /// How often each run is stored.
    pub(crate) copies: usize,
    /// From a copy to the next.
    pub(crate) copy: usize,
    /// Elements of the tensor; every place is below.
    pub(crate) elements: usize,
}

impl Runs {
    /// The pieces of runs that some columns of a row lie in: the column that each begins with, how many there are, and
    /// where the first of them lies in the tensor, in the first plane and the first copy.
    #[inline(always)]
    pub(crate) fn pieces(&self, row: usize, columns: Range<usize>) -> impl Iterator<Item = (usize, usize, usize)> {
        let Self { length, ref rows, columns: ref places, pixel, .. } = *self;
        let (start, end) = (columns.start, columns.end);
        let runs = if start < end { start / length..end.div_ceil(length) } else { 0..0 };
        let row = rows[row];
        runs.map(move |run| {
            let first = (run * length).max(start);
            let last = ((run + 1) * length).min(end);
            (first, last - first, row + places[run] + (first - run * length) * pixel)
        })
    }

    /// How many rows from this one on, `most` at the most, have their runs right behind one another in the tensor: those of a
    /// patch.
    pub(super) fn adjoining(&self, row: usize, most: usize) -> usize {
        let adjoin = |pair: &[usize]| pair[1] == pair[0] + self.length * self.pixel;
        1 + self.rows[row..row + most].windows(2).take_while(|pair| adjoin(pair)).count()
    }

    /// Moves rows of the image into the tensor, run by run: rows that [adjoin](Self::adjoining) fill a patch from its
    /// beginning to its end. `band` holds their columns from `columns.start` on, a row behind another, a plane of rows
    /// behind another.
    ///
    /// # Safety
    /// `band` is readable for `planes * rows.len() * columns.len() * pixel` elements, `out` is writable for `elements`, and
    /// the two do not overlap. `rows` adjoin, and they and `columns` are inside the image that this was made for.
    // Compiled once an element, not into each kernel: it is one call a band.
    #[inline(never)]
    pub(super) unsafe fn scatter<T: Copy>(
        &self,
        band: *const T,
        out: *mut T,
        rows: Range<usize>,
        columns: Range<usize>,
    ) {
        let (start, pitch) = (columns.start, columns.len() * self.pixel);
        let is_far = self.elements * size_of::<T>() >= FAR;
        for (first, count, at) in self.pieces(rows.start, columns) {
            for plane in 0..self.planes {
                let from = plane * rows.len() * pitch + (first - start) * self.pixel;
                let to = at + plane * self.plane;
                // SAFETY: `pieces` gives columns of the rows, which the band holds, and places below `elements` for each plane
                // and copy in the first row; rows that adjoin have theirs a whole run further on.
                unsafe {
                    let stack = Stack {
                        from: band.add(from).cast(),
                        pitch: pitch * size_of::<T>(),
                        step: self.length * self.pixel * size_of::<T>(),
                        bytes: count * self.pixel * size_of::<T>(),
                        rows: rows.len(),
                    };
                    stack.copy(out.add(to).cast(), self.copies, self.copy * size_of::<T>(), is_far);
                }
            }
        }
        if is_far {
            end_streams();
        }
    }
}

/// The runs of a patch in one plane, one above the other in the band: bytes that lie `pitch` apart there, and `step` apart in
/// the tensor, where nothing is between them unless they are a part of a run.
#[derive(Clone, Copy)]
struct Stack {
    from: *const u8,
    pitch: usize,
    step: usize,
    bytes: usize,
    rows: usize,
}

/// A stack as it lies in the tensor.
#[repr(align(64))]
struct Stage([MaybeUninit<u8>; STAGE]);

impl Stack {
    /// Stores so many copies, each `copy` bytes behind the one before: past the caches where the tensor is far larger than those and
    /// its lines can be written whole.
    ///
    /// # Safety
    /// Each row is readable, and writable in each copy, and they do not overlap.
    unsafe fn copy(self, to: *mut u8, copies: usize, copy: usize, is_far: bool) {
        let whole = self.step * self.rows;
        let is_far = is_far && self.bytes == self.step;
        let places = (0..copies).map(|number| to.wrapping_add(number * copy));
        // SAFETY: the caller promises the rows and the copies. What is staged is as long as the stage at the most, and filled;
        // what is streamed has a place and a length that allow it.
        unsafe {
            if is_far && streams(to.addr() | copy | self.step, 8) {
                places.for_each(|to| self.store::<true>(to));
            } else if is_far && whole <= STAGE && streams(to.addr() | copy | whole, 4) {
                let mut stage = Stage([MaybeUninit::uninit(); STAGE]);
                self.store::<false>(stage.0.as_mut_ptr().cast());
                places.for_each(|to| stream_4(stage.0.as_ptr().cast(), to, whole));
            } else {
                for to in places {
                    // What comes next: a store that waits for its line holds up all that follow it.
                    prefetch_lines(to.wrapping_add(whole.max(AHEAD)), whole.min(AHEAD));
                    self.store::<false>(to);
                }
            }
        }
    }

    /// Stores one copy, with a loop for each length that patches of 14 and 16 have, in planes and with three channels to a pixel.
    ///
    /// # Safety
    /// As [`copy`](Self::copy); with `FAR`, the place and the step are multiples of 8.
    #[inline(always)]
    unsafe fn store<const FAR: bool>(self, to: *mut u8) {
        macro_rules! of_length {
            ($($bytes:literal)+) => {
                match self.bytes {
                    // SAFETY: the caller promises the rows, which have so many bytes.
                    $($bytes => unsafe { self.store_rows::<FAR>(to, $bytes) },)+
                    // SAFETY: the caller promises the rows.
                    bytes => unsafe { self.store_rows::<FAR>(to, bytes) },
                }
            };
        }
        of_length!(14 16 28 32 42 48 56 64 84 96 168 192);
    }

    /// # Safety
    /// As [`store`](Self::store), with runs of so many bytes.
    #[inline(always)]
    unsafe fn store_rows<const FAR: bool>(self, to: *mut u8, bytes: usize) {
        for row in 0..self.rows {
            // SAFETY: the caller promises the bytes of each row on both sides.
            unsafe {
                let (from, to) = (self.from.add(row * self.pitch), to.add(row * self.step));
                if FAR { stream_8(from, to, bytes) } else { copy_short(from, to, bytes) }
            }
        }
    }
}

/// Copies a few bytes: a call of `memcpy` costs as much as the runs of a patch, which have 14 to 64 bytes.
///
/// # Safety
/// `from` is readable and `to` is writable for so many bytes, and they do not overlap.
#[inline(always)]
unsafe fn copy_short(from: *const u8, to: *mut u8, bytes: usize) {
    /// Copies blocks of the size of `T`, the last of which overlaps the one before it.
    ///
    /// # Safety
    /// As [`copy_short`], and `bytes >= size_of::<T>()`.
    #[inline(always)]
    unsafe fn blocks<T: Copy>(from: *const u8, to: *mut u8, bytes: usize) {
        let last = bytes - size_of::<T>();
        let mut at = 0;
        while at < last {
            // SAFETY: at + size_of::<T>() <= bytes, since at < last.
            unsafe { to.add(at).cast::<T>().write_unaligned(from.add(at).cast::<T>().read_unaligned()) };
            at += size_of::<T>();
        }
        // SAFETY: last + size_of::<T>() == bytes.
        unsafe { to.add(last).cast::<T>().write_unaligned(from.add(last).cast::<T>().read_unaligned()) };
    }
    // SAFETY: the caller promises `bytes` on both sides, and each arm asks for no larger block than that.
    unsafe {
        match bytes {
            0 => {}
            1..4 => blocks::<u8>(from, to, bytes),
            4..8 => blocks::<u32>(from, to, bytes),
            8..16 => blocks::<u64>(from, to, bytes),
            16..256 => blocks::<[u64; 2]>(from, to, bytes),
            _ => std::ptr::copy_nonoverlapping(from, to, bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_beside_a_run_is_written() {
        for bytes in 0..300 {
            let from: Vec<u8> = (0..bytes).map(|byte| byte as u8 | 1).collect();
            let mut to = vec![0; bytes + 2];
            // SAFETY: there are so many bytes, and one more on either side.
            unsafe { copy_short(from.as_ptr(), to[1..].as_mut_ptr(), bytes) };
            assert_eq!((to[0], to[bytes + 1]), (0, 0), "{bytes}");
            assert_eq!(to[1..=bytes], from, "{bytes}");
        }
    }

    /// Runs of two rows of a patch, in two planes and twice: in a tensor that is far too large for them, and in one that is not.
    fn scattered<T: Copy + Default + PartialEq>(length: usize, elements: usize, value: fn(usize) -> T) -> Vec<T> {
        let plane = 4 * length;
        let runs = Runs {
            length,
            rows: vec![0, length],
            columns: vec![0, 2 * plane + 3],
            planes: 2,
            plane,
            pixel: 1,
            copies: 2,
            copy: 2 * length,
            elements,
        };
        let band: Vec<T> = (0..2 * 2 * 2 * length).map(value).collect();
        let mut out = vec![T::default(); elements];
        // SAFETY: the band holds two planes of two rows of two runs, and `out` has `elements`.
        unsafe { runs.scatter(band.as_ptr(), out.as_mut_ptr(), 0..2, 0..2 * length) };
        out.truncate(16 * length + 3);
        out
    }

    #[test]
    fn runs_that_pass_the_caches_are_the_same() {
        for length in [1, 2, 7, 8, 13, 14, 15, 16, 17] {
            let near = 16 * length + 3;
            assert!(
                scattered(length, near, |at| at as u8 | 1) == scattered(length, FAR, |at| at as u8 | 1),
                "{length}"
            );
            assert!(
                scattered(length, near, |at| at as u16 | 1) == scattered(length, FAR, |at| at as u16 | 1),
                "{length}"
            );
            assert!(
                scattered(length, near, |at| at as f32 + 1.0) == scattered(length, FAR, |at| at as f32 + 1.0),
                "{length}"
            );
        }
    }
}
