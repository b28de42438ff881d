//! Rows of an image that do not lie one after another in the tensor: each is cut into runs of neighbouring columns, and
//! each run goes to a place of its own. Patches are stored so.

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::slice;

use pixfuse_spec::Layout;

use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{Streams, copy, prefetch_lines, streams, write};

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
    /// Each row of an output that lies in memory as its shape says.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub(super) fn of_rows([rows, length]: [usize; 2], channels: usize, layout: Layout) -> Result<Self, NoMemory> {
        let (planes, pixel) = match layout {
            Layout::Hwc => (1, channels),
            Layout::Chw => (channels, 1),
        };
        let plane = rows * length;
        let rows = memory::list((0..rows).map(|row| row * length * pixel))?;
        let (columns, elements) = (memory::list([0].into_iter())?, plane * channels);
        Ok(Self { length, rows, columns, planes, plane, pixel, copies: 1, copy: 0, elements })
    }

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
    /// beginning to its end. `band` holds their columns from `columns.start` on in elements of `size` bytes, and has so many
    /// columns: a row behind another, a plane of rows behind another.
    ///
    /// # Safety
    /// `out` is writable for `elements`, and nothing else refers to the runs of these rows and columns in it. The rows adjoin, and
    /// they and `columns` are inside the image that this was made for.
    // Compiled once, not into each kernel: it is one call a band.
    #[inline(never)]
    pub(super) unsafe fn scatter(
        &self,
        size: usize,
        (band, width): (&[u8], usize),
        out: *mut u8,
        rows: Range<usize>,
        columns: Range<usize>,
    ) {
        let (start, pitch) = (columns.start, width * self.pixel);
        let mut stage = Stage([MaybeUninit::uninit(); STAGE]);
        let mut scatter = |far: Option<&Streams>| {
            for (first, count, at) in self.pieces(rows.start, columns.clone()) {
                for plane in 0..self.planes {
                    let from = plane * rows.len() * pitch + (first - start) * self.pixel;
                    let Some(from) = band.get(from * size..) else { return };
                    let step = self.length * self.pixel * size;
                    let stack =
                        Stack { from, pitch: pitch * size, step, bytes: count * self.pixel * size, rows: rows.len() };
                    let to = out.wrapping_add((at + plane * self.plane) * size);
                    let places = (0..self.copies).map(|number| {
                        let to = to.wrapping_add(number * self.copy * size);
                        // SAFETY: `pieces` gives columns of the rows, and places below `elements` for each plane and copy in the
                        // first row, of which no two are the same; rows that adjoin have theirs a whole run further on.
                        unsafe { Place::new(to, stack) }
                    });
                    stack.copy(places, far, &mut stage);
                }
            }
        };
        if self.elements * size >= FAR { Streams::with(|streams| scatter(Some(streams))) } else { scatter(None) }
    }
}

impl Holds for Runs {
    fn bytes(&self) -> usize {
        memory::bytes(&self.rows) + memory::bytes(&self.columns)
    }
}

/// The runs of a patch in one plane, one above the other in the band: bytes that lie `pitch` apart there, and `step` apart in
/// the tensor, where nothing is between them unless they are a part of a run.
#[derive(Clone, Copy)]
struct Stack<'a> {
    from: &'a [u8],
    pitch: usize,
    step: usize,
    bytes: usize,
    rows: usize,
}

/// A stack as it lies in the tensor.
#[repr(align(64))]
struct Stage([MaybeUninit<u8>; STAGE]);

impl<'a> Stack<'a> {
    /// Stores copies: past the caches where the tensor is far larger than those and its lines can be written whole.
    fn copy<'b>(self, places: impl Iterator<Item = Place<'b>>, far: Option<&Streams>, stage: &mut Stage) {
        let whole = self.step * self.rows;
        let far = far.filter(|_| self.bytes == self.step);
        let mut is_staged = false;
        for place in places {
            let to = place.to;
            match far {
                Some(far) if streams(to.addr() | self.step, 8) => self.store(place, |from, to| far.copy(from, to)),
                Some(far) if whole <= STAGE && streams(to.addr() | whole, 4) => {
                    if !is_staged {
                        self.store(Place::on(&mut stage.0, self), copy_short);
                        is_staged = true;
                    }
                    // SAFETY: so many rows have been stored there, each as long as the step to the next.
                    let from = unsafe { slice::from_raw_parts(stage.0.as_ptr().cast(), whole) };
                    let joined = Stack { from, pitch: whole, step: whole, bytes: whole, rows: 1 };
                    joined.moves(place.joined()).for_each(|(from, to)| far.copy(from, to));
                }
                _ => {
                    // What comes next: a store that waits for its line holds up all that follow it.
                    prefetch_lines(to.wrapping_add(whole.max(AHEAD)), whole.min(AHEAD));
                    self.store(place, copy_short);
                }
            }
        }
    }

    /// Stores one copy, with a loop for each length that patches of 14 and 16 have, in planes and with three channels to a pixel.
    #[inline(always)]
    fn store(self, to: Place<'_>, copy: impl Fn(&[u8], &mut [MaybeUninit<u8>])) {
        macro_rules! of_length {
            ($($bytes:literal)+) => {
                match self.bytes {
                    $($bytes => self.moves(Place { bytes: $bytes, ..to }).for_each(|(from, to)| copy(from, to)),)+
                    _ => self.moves(to).for_each(|(from, to)| copy(from, to)),
                }
            };
        }
        if self.bytes == to.bytes {
            of_length!(14 16 28 32 42 48 56 64 84 96 168 192);
        }
    }

    /// Each row with its place: none where the band has fewer.
    #[inline(always)]
    fn moves<'b>(self, to: Place<'b>) -> Moves<'a, 'b> {
        let rows = self.rows.min(to.rows);
        let needs = rows.saturating_sub(1) * self.pitch + to.bytes;
        let rows = if needs <= self.from.len() { rows } else { 0 };
        Moves { from: self.from.as_ptr(), pitch: self.pitch, to: Place { rows, ..to }, band: PhantomData }
    }
}

/// Where the rows of a stack go: each `bytes` of them, `step` apart.
struct Place<'a> {
    to: *mut u8,
    step: usize,
    bytes: usize,
    rows: usize,
    memory: PhantomData<&'a mut [u8]>,
}

impl<'a> Place<'a> {
    /// # Safety
    /// The bytes of each row of the stack are writable, and nothing else refers to them for as long as this is there.
    unsafe fn new(to: *mut u8, Stack { step, bytes, rows, .. }: Stack<'_>) -> Self {
        Self { to, step, bytes, rows, memory: PhantomData }
    }

    /// In memory that has room for all rows, one behind another; of fewer there are none.
    fn on(memory: &'a mut [MaybeUninit<u8>], Stack { step, bytes, rows, .. }: Stack<'_>) -> Self {
        let rows = if step * rows <= memory.len() && bytes <= step { rows } else { 0 };
        Self { to: memory.as_mut_ptr().cast(), step, bytes, rows, memory: PhantomData }
    }

    /// All rows as one, where nothing is between them.
    fn joined(self) -> Self {
        let whole = self.step * self.rows;
        if self.bytes == self.step { Self { step: whole, bytes: whole, rows: 1, ..self } } else { self }
    }
}

/// Rows of a band with their places, which have as many bytes: one count, and no check for each.
struct Moves<'a, 'b> {
    from: *const u8,
    pitch: usize,
    to: Place<'b>,
    band: PhantomData<&'a [u8]>,
}

impl<'a, 'b> Iterator for Moves<'a, 'b> {
    type Item = (&'a [u8], &'b mut [MaybeUninit<u8>]);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.to.rows = self.to.rows.checked_sub(1)?;
        let (from, to) = (self.from, self.to.to);
        (self.from, self.to.to) = (from.wrapping_add(self.pitch), to.wrapping_add(self.to.step));
        // SAFETY: whoever made the place promises so many rows of so many bytes, each of which is given once; `moves` found the band
        // to have them.
        Some(unsafe {
            (slice::from_raw_parts(from, self.to.bytes), slice::from_raw_parts_mut(to.cast(), self.to.bytes))
        })
    }
}

/// Copies a few bytes, as many as there are in both: a call of `memcpy` costs as much as the runs of a patch, which have 14 to 64.
#[inline(always)]
fn copy_short(from: &[u8], to: &mut [MaybeUninit<u8>]) {
    /// Copies blocks of `N`, the last of which overlaps the one before it.
    #[inline(always)]
    fn blocks<const N: usize>(from: &[u8], to: &mut [MaybeUninit<u8>]) {
        let (pieces, rest) = from.as_chunks::<N>();
        for (from, to) in pieces.iter().zip(to.as_chunks_mut::<N>().0) {
            write(to, *from);
        }
        if let (false, Some(from), Some(to)) = (rest.is_empty(), from.last_chunk::<N>(), to.last_chunk_mut::<N>()) {
            write(to, *from);
        }
    }
    debug_assert_eq!(from.len(), to.len());
    match from.len() {
        0 => {}
        1..4 => blocks::<1>(from, to),
        4..8 => blocks::<4>(from, to),
        8..16 => blocks::<8>(from, to),
        16..256 => blocks::<16>(from, to),
        _ => copy(to, from),
    }
}

#[cfg(test)]
mod tests {
    use bytemuck::Pod;

    use super::*;

    #[test]
    fn each_byte_of_a_run_is_written() {
        for bytes in 0..300 {
            let from: Vec<u8> = (0..bytes).map(|byte| byte as u8 | 1).collect();
            let mut to = vec![0; bytes];
            // SAFETY: bytes that only bytes are written to.
            let place = unsafe { slice::from_raw_parts_mut(to.as_mut_ptr().cast(), bytes) };
            copy_short(&from, place);
            assert_eq!(to, from, "{bytes}");
        }
    }

    /// Runs of two rows of a patch, in two planes and twice: in a tensor that is far too large for them, and in one that is not.
    fn scattered<T: Pod>(length: usize, elements: usize, value: fn(usize) -> T) -> Vec<T> {
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
        let mut out = vec![T::zeroed(); elements];
        let (band, place) = (bytemuck::cast_slice(&band), out.as_mut_ptr().cast());
        // SAFETY: `out` has `elements`; two rows of two runs are inside the image.
        unsafe { runs.scatter(size_of::<T>(), (band, 2 * length), place, 0..2, 0..2 * length) };
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
