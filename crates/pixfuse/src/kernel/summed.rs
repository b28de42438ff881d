//! Filters of N taps an axis whose rows are kept as sums, in i32 or f32, until the vertical pass is done: OpenCV's.
//!
//! ```text
//! source row ─(pack)─ sum ─> ring of sums ─blend─> line
//! ```

use pixfuse_spec::Sample;

use super::pack::Pack;
use super::scratch::Scratch;
use super::{Request, Source, wide};
use crate::image::view::View;
use crate::simd::{PlainRows, SLACK, Simd, Task};
use crate::weights::{AxisWeights, Finish};

/// The passes over one source size.
pub(super) struct Summed<S: Simd> {
    source: Source,
    planes: usize,
    pack: Pack,
    packs: bool,
    passes: Passes<S>,
    /// Elements of a line.
    length: usize,
    parts: Parts,
}

enum Passes<S: Simd> {
    Wide {
        columns: S::RowFilter,
        rows: AxisWeights,
        finish: Finish,
    },
    /// Rounded to u8, or kept as planes of f32.
    Float {
        columns: Columns<S>,
        rows: AxisWeights<f32>,
        rounds: bool,
    },
}

/// The horizontal pass in f32: over rows of bytes, or of wider samples.
enum Columns<S: Simd> {
    Bytes(S::FloatRowFilter),
    Wide(PlainRows<f32>, Sample),
}

/// Where the parts of one plane's scratch start, in bytes; the ring is first.
struct Parts {
    ring_pitch: usize,
    ring_rows: u32,
    packed: usize,
    line: usize,
    end: usize,
}

impl<S: Simd> Summed<S> {
    /// Sums in i32; `pixel`, `planes` and `dense` are as for the rounded passes.
    pub(super) fn wide(
        simd: S,
        request: &Request,
        [rows, columns]: [AxisWeights; 2],
        finish: Finish,
        (pixel, planes, dense): (usize, usize, bool),
    ) -> Self {
        let pack = Pack::new(request, columns.reach(), pixel);
        let (whole, room) = (request.source.columns * pixel, pack.room(columns.taps));
        let in_place = dense.then(|| simd.row_filter(&columns, pixel, whole)).flatten();
        let packs = in_place.is_none();
        let columns = in_place.unwrap_or_else(|| {
            let shifted = columns.from(pack.reach.start as u32);
            simd.row_filter(&shifted, pixel, room).expect("a packed row has room for every window")
        });
        Self::new(request, pack, packs, planes, room, Passes::Wide { columns, rows, finish })
    }

    /// Sums in f32.
    pub(super) fn float(
        simd: S,
        request: &Request,
        [rows, columns]: [AxisWeights<f32>; 2],
        rounds: bool,
        (pixel, planes, dense): (usize, usize, bool),
    ) -> Self {
        let pack = Pack::new(request, columns.reach(), pixel);
        let (whole, room) = (request.source.columns * pixel, pack.room(columns.taps));
        if request.sample != Sample::U8 {
            let columns = PlainRows::new(&columns.from(pack.reach.start as u32), pixel);
            let passes = Passes::Float { columns: Columns::Wide(columns, request.sample), rows, rounds };
            return Self::new(request, pack, true, planes, room * size_of::<f32>(), passes);
        }
        let in_place = dense.then(|| simd.float_row_filter(&columns, pixel, whole)).flatten();
        let packs = in_place.is_none();
        let columns = in_place.unwrap_or_else(|| {
            let shifted = columns.from(pack.reach.start as u32);
            simd.float_row_filter(&shifted, pixel, room).expect("a packed row has room for every window")
        });
        let columns = Columns::Bytes(columns);
        Self::new(request, pack, packs, planes, room, Passes::Float { columns, rows, rounds })
    }

    fn new(request: &Request, pack: Pack, packs: bool, planes: usize, room: usize, passes: Passes<S>) -> Self {
        let length = request.placement.window.columns as usize * pack.pixel;
        let taps = match &passes {
            Passes::Wide { rows, .. } => rows.taps,
            Passes::Float { rows, .. } => rows.taps,
        };
        let pitch = |bytes: usize| bytes.next_multiple_of(64);
        let ring_pitch = pitch(length * 4 + SLACK);
        let packed = taps * ring_pitch;
        let line = packed + if packs { pitch(room) } else { 0 };
        // A line of f32 takes the most: once as it is blended, once in planes.
        let end = line + 2 * ring_pitch;
        let parts = Parts { ring_pitch, ring_rows: taps as u32, packed, line, end };
        Self { source: request.source, planes, pack, packs, passes, length, parts }
    }

    /// Bytes of scratch that a run needs.
    pub(super) fn scratch(&self) -> usize {
        self.parts.end * self.planes
    }

    /// Bytes from the line of a plane to the line of the next.
    pub(super) fn line_stride(&self) -> isize {
        let apart = matches!(self.passes, Passes::Float { rounds: false, .. }) && self.planes == 1;
        // An f32 line of interleaved pixels is taken apart into planes.
        if apart { (self.length / self.pack.pixel * 4) as isize } else { self.parts.end as isize }
    }

    /// As [`Resampler::row`](super::separable::Resampler::row).
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    pub(super) unsafe fn row(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View) -> *const u8 {
        simd.vectorize(Row { summed: self, scratch, y, view })
    }
}

/// One output row.
struct Row<'a, S: Simd> {
    summed: &'a Summed<S>,
    scratch: &'a mut Scratch,
    y: usize,
    view: &'a View,
}

impl<S: Simd> Task<S> for Row<'_, S> {
    type Output = *const u8;

    #[inline(always)]
    fn run(self, simd: S) -> *const u8 {
        let Row { summed, scratch, y, view } = self;
        let Summed { source, planes, pack, packs, passes, length, parts } = summed;
        let (start, taps) = match passes {
            Passes::Wide { rows, .. } => (rows.first[y], rows.taps),
            Passes::Float { rows, .. } => (rows.first[y], rows.taps),
        };
        let rows = start..(start + taps as u32).min(source.rows as u32);
        let new = scratch.next.max(rows.start)..rows.end.max(scratch.next);
        scratch.next = new.end;
        let (bytes, pointers) = scratch.parts();
        let ring = |plane: usize, row: u32| {
            bytes.wrapping_add(plane * parts.end + (row % parts.ring_rows) as usize * parts.ring_pitch)
        };
        for plane in 0..*planes {
            for row in new.clone() {
                let offset = plane as isize * view.channel_stride;
                let mut from = view.pixels.row(row as usize).wrapping_offset(offset);
                // SAFETY: whoever made this task promised the view and the scratch, which has a part for each plane.
                unsafe {
                    if *packs {
                        let packed = bytes.wrapping_add(plane * parts.end + parts.packed);
                        match passes {
                            Passes::Float { columns: Columns::Wide(_, sample), .. } => {
                                let reach = pack.reach.clone();
                                wide::interleaved(*sample, view, row as usize, reach, pack.pixel, packed.cast());
                            }
                            _ => pack.copy(simd, view, plane, row as usize, packed),
                        }
                        from = packed;
                    }
                    match passes {
                        Passes::Wide { columns, .. } => simd.sum_row(columns, from, ring(plane, row).cast()),
                        Passes::Float { columns: Columns::Bytes(columns), .. } => {
                            simd.sum_row_f32(columns, from, ring(plane, row).cast());
                        }
                        Passes::Float { columns: Columns::Wide(columns, _), .. } => {
                            columns.filter::<f32, 1>(from.cast::<f32>(), ring(plane, row).cast());
                        }
                    }
                }
            }
            pointers.clear();
            pointers.extend(rows.clone().map(|row| ring(plane, row).cast_const()));
            let line = bytes.wrapping_add(plane * parts.end + parts.line);
            // SAFETY: the ring holds `length` sums of each of these rows, and the line has room for as many bytes.
            unsafe {
                match passes {
                    Passes::Wide { rows, finish, .. } => blend_i32(pointers, rows.of(y), *finish, line, *length),
                    Passes::Float { rows, rounds: true, .. } => {
                        blend_f32(pointers, rows.of(y), *length, |at, sum| *line.add(at) = sum.round_ties_even() as u8);
                    }
                    Passes::Float { rows, rounds: false, .. } => {
                        let blended = line.wrapping_add(parts.ring_pitch).cast::<f32>();
                        blend_f32(pointers, rows.of(y), *length, |at, sum| *blended.add(at) = sum);
                        let (pixel, columns) = (pack.pixel, length / pack.pixel);
                        for channel in 0..pixel {
                            for column in 0..columns {
                                let sum = *blended.add(column * pixel + channel);
                                *line.cast::<f32>().add(channel * columns + column) = sum;
                            }
                        }
                    }
                }
            }
        }
        bytes.wrapping_add(parts.line)
    }
}

/// Elements blended at a time, so that the sums stay in registers.
const CHUNK: usize = 16;

/// Weighs rows of i32 sums; these loops are left to the compiler, which knows the level's vectors.
///
/// # Safety
/// `length` i32 are readable from each row, and as many bytes are writable at `out`.
#[inline(always)]
unsafe fn blend_i32(rows: &[*const u8], weights: &[i32], finish: Finish, out: *mut u8, length: usize) {
    let mut at = 0;
    while at < length {
        let count = CHUNK.min(length - at);
        let mut sums = [0i32; CHUNK];
        for (&row, &weight) in rows.iter().zip(weights) {
            // SAFETY: at + count <= length.
            let row = unsafe { std::slice::from_raw_parts(row.cast::<i32>().add(at), count) };
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum = sum.wrapping_add(value.wrapping_mul(weight));
            }
        }
        for (index, &sum) in sums[..count].iter().enumerate() {
            // SAFETY: at + index < length.
            unsafe { *out.add(at + index) = finish.of(sum) }
        }
        at += count;
    }
}

/// Weighs rows of f32 sums, multiplying and then adding.
///
/// # Safety
/// `length` f32 are readable from each row.
#[inline(always)]
unsafe fn blend_f32(rows: &[*const u8], weights: &[f32], length: usize, keep: impl Fn(usize, f32)) {
    let mut at = 0;
    while at < length {
        let count = CHUNK.min(length - at);
        let mut sums = [0.0f32; CHUNK];
        for (&row, &weight) in rows.iter().zip(weights) {
            // SAFETY: at + count <= length.
            let row = unsafe { std::slice::from_raw_parts(row.cast::<f32>().add(at), count) };
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += value * weight;
            }
        }
        for (index, &sum) in sums[..count].iter().enumerate() {
            keep(at + index, sum);
        }
        at += count;
    }
}
