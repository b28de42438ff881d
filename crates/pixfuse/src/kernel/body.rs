//! The one driver: it brings each block of pixels to a body, and what the body gives to the output.

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use pixfuse_spec::{MapForm, Resample};

use super::blocks::{Block, Target};
use super::lines::Lines;
use super::rows::{MadeRows, Rows};
use super::runs::Runs;
use super::scratch::Scratch;
use super::sink::Sink;
use super::{Load, Numbers, Prepared, Request, Store, wide};
use crate::axis::Pair;
use crate::image::view::View;
use crate::memory::{Holds, NoMemory};
use crate::placement::Placement;
use crate::simd::{Simd, Steps, Task, Token, Visit};

/// The body of a kernel of `C` channels: what generated code implements.
pub trait Body<const C: usize>: Send + Sync + 'static {
    /// How the source lies in memory.
    type Load: Load;
    /// How the output lies in memory.
    type Store: Store;
    /// What is done to each value.
    const MAP: MapForm;
    /// Whether it has [`floats`](Self::floats) of its own, which plans whose resampled pixels are f32 need.
    const FLOATS: bool = false;

    /// Maps one block: the loaded channels in, the stored channels out.
    fn pixels<S: Simd>(simd: S, pixel: [S::I32; C], numbers: &Numbers<'_>) -> [<Self::Store as Store>::Vector<S>; C];

    /// As [`pixels`](Self::pixels), for values that `precision = f32` has not rounded to integers. Kernels that no such
    /// plan can reach (u8, tables, and declared ones with another precision) leave it out; it rounds the values then.
    #[inline(always)]
    fn floats<S: Simd>(simd: S, pixel: [S::F32; C], numbers: &Numbers<'_>) -> [<Self::Store as Store>::Vector<S>; C] {
        const WHOLE: Steps = Steps { scale: 1.0, zero_point: 0, least: 0, most: 255 };
        let mut rounded = [simd.quantize(pixel[0], WHOLE); C];
        for channel in 1..C {
            rounded[channel] = simd.quantize(pixel[channel], WHOLE);
        }
        Self::pixels(simd, rounded, numbers)
    }
}

/// Builds the tables on the widest level that fits.
pub(super) fn prepare<K: Body<C>, const C: usize>(
    token: Token,
    request: &Request,
) -> Result<Box<dyn Prepared>, NoMemory> {
    let mut request = request.clone();
    let whole = Placement::whole([request.source.rows, request.source.columns].map(|side| side as u32));
    let dense = K::Load::is_dense(request.source.column_stride, request.source.channel_stride);
    // A window's sides are u32, and vectors take i32 offsets.
    let fits =
        request.source.rows.checked_mul(request.source.columns).is_some_and(|pixels| pixels <= i32::MAX as usize);
    if request.resample == Resample::None
        && dense
        && request.source.rows_join
        && fits
        && request.placement == whole
        && request.runs.is_none()
    {
        // One long row: fewer tails, and images narrower than a block still fill one. Not for a view that needs a
        // table of its columns, such as a photo turned by 180 degrees: tables of a row are small, of an image they are
        // larger than the image.
        let source = &mut request.source;
        (source.columns, source.rows) = (source.columns * source.rows, 1);
        request.placement = Placement::whole([1, source.columns as u32]);
    }
    let columns = request.placement.window.columns as usize;
    token.visit_within(columns, Prepare::<K, C> { request, body: PhantomData })
}

struct Prepare<K, const C: usize> {
    request: Request,
    body: PhantomData<K>,
}

impl<K: Body<C>, const C: usize> Visit for Prepare<K, C> {
    type Output = Result<Box<dyn Prepared>, NoMemory>;

    fn visit<S: Simd>(self, simd: S) -> Self::Output {
        let Request { source, placement, runs, .. } = &self.request;
        let width = placement.window.columns as usize;
        let lines = Lines::new::<K::Load, C>(simd, &self.request)?;
        Ok(Box::new(Tables::<K, S, C> {
            simd,
            made: lines.made_rows::<K::Load>(&self.request),
            lines,
            height: placement.window.rows as usize,
            width,
            target: Target::of(placement),
            runs: runs.clone(),
            at: placement.at,
            channel_stride: source.channel_stride,
            body: PhantomData,
        }))
    }
}

struct Tables<K, S: Simd, const C: usize> {
    simd: S,
    lines: Lines<S>,
    /// Where source rows are made before they are read.
    made: Option<MadeRows>,
    /// Rows of the window.
    height: usize,
    /// Columns of the window.
    width: usize,
    target: Target,
    /// Where each row goes when it is whole, if not to the target.
    runs: Option<Arc<Runs>>,
    /// Row and column of the output where the window's first pixel goes.
    at: [usize; 2],
    channel_stride: isize,
    body: PhantomData<K>,
}

impl<K: Body<C>, S: Simd, const C: usize> Holds for Tables<K, S, C> {
    fn bytes(&self) -> usize {
        size_of_val(self) + self.lines.bytes()
    }
}

impl<K: Body<C>, S: Simd, const C: usize> Prepared for Tables<K, S, C> {
    unsafe fn run(&self, view: &View, out: *mut u8, numbers: &Numbers<'_>) -> Result<(), NoMemory> {
        let Tables { target, width, at, .. } = *self;
        let mut room = self.lines.scratch();
        let bytes = (room.bytes + self.made.as_ref().map_or(0, MadeRows::scratch)).next_multiple_of(64);
        let runs = self.runs.as_deref();
        let line = width * C * size_of::<<K::Store as Store>::Element>();
        let most = runs.map_or(0, |_| (BAND / line.max(1)).clamp(1, self.height.max(1)));
        room.bytes = bytes + most * line;
        Scratch::with(room, |scratch| {
            let out = out.cast::<<K::Store as Store>::Element>();
            let band = scratch.from(bytes).cast();
            let mut source = Rows::new(self.made.as_ref(), view, scratch);
            let mut rows = |out, target, rows| {
                let sink = Sink::<K, S, C> { out, target, width, numbers: *numbers, level: PhantomData };
                // SAFETY: the caller promises the view and an output with the placement that the target is of, or `band` is
                // scratch that holds the rows; `source` reads that view, and the scratch has the bytes that the lines and
                // the rows that are made ask for.
                self.simd.vectorize(unsafe { Run::new(self, sink, view, &mut source, scratch, rows) });
            };
            let Some(runs) = runs else { return rows(out, target, 0..self.height) };
            // Rows whose runs adjoin in the tensor, and moved from here: a call inside the kernel's loop over rows would
            // have each block reload the numbers that vectors hold (two thirds more instructions for 224x224 pixels).
            let mut start = 0;
            while start < self.height {
                let count = runs.adjoining(at[0] + start, most.min(self.height - start));
                rows(band, Target::band(width, count), start..start + count);
                // SAFETY: `band` is scratch behind what the lines use and holds the rows, `count` <= `most` of them. The runs
                // are those of the output that the caller promises, which the window is inside of.
                unsafe { runs.scatter(band, out, at[0] + start..at[0] + start + count, at[1]..at[1] + width) };
                start += count;
            }
        })
    }
}

/// Bytes of rows that are mapped before they are moved: they stay in the second cache, and what is written of a patch is all
/// of it.
const BAND: usize = 512 << 10;

struct Run<'a, 'v, K: Body<C>, S: Simd, const C: usize> {
    tables: &'a Tables<K, S, C>,
    sink: Sink<'a, K, S, C>,
    view: &'a View,
    source: &'a mut Rows<'v>,
    scratch: &'a mut Scratch,
    /// Rows of the window; the first of them is the sink's first.
    rows: Range<usize>,
}

impl<'a, 'v, K: Body<C>, S: Simd, const C: usize> Run<'a, 'v, K, S, C> {
    /// # Safety
    /// The view, and the output in `sink`, are as [`Prepared::run`] asks for of these tables. `source` has the rows of the
    /// view, and `scratch` the bytes that the lines and the rows that are made need. `rows` are inside the window, and
    /// the runs of one scratch go from the first to the last.
    unsafe fn new(
        tables: &'a Tables<K, S, C>,
        sink: Sink<'a, K, S, C>,
        view: &'a View,
        source: &'a mut Rows<'v>,
        scratch: &'a mut Scratch,
        rows: Range<usize>,
    ) -> Self {
        Self { tables, sink, view, source, scratch, rows }
    }
}

impl<K: Body<C>, S: Simd, const C: usize> Task<S> for Run<'_, '_, K, S, C> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let Run { tables, sink, view, source, scratch, rows: range } = self;
        let Tables { lines, channel_stride, .. } = tables;
        let top = range.start;
        match lines {
            Lines::Dense { rows, left } => {
                for (y, &row) in from(rows, range) {
                    // SAFETY: `new` promises the view. The table's rows are inside it, and in each the window's pixels are
                    // neighbours from column `left` on; where rows are made, from the first column that is made.
                    unsafe {
                        let row = source.row(simd, row);
                        sink.dense(simd, y - top, row, *channel_stride, *left);
                    }
                }
            }
            Lines::Picked { rows, blocks } => {
                // Asking for the output's next lines lost up to 17 %.
                for (y, &row) in from(rows, range) {
                    let ahead =
                        source.ahead::<S, 1>(|ahead| Some([*rows.get(y + ahead).filter(|&&next| next > row)?]));
                    // SAFETY: `new` promises the view and the scratch, and the table has rows of the view only.
                    let row = unsafe { source.row(simd, row) };
                    for block in blocks {
                        block.prefetch::<K::Load, C, 1>(simd, ahead, *channel_stride);
                        // SAFETY: the block's columns were made for `C` channels of such a row and one tap, and it ends inside
                        // the window, whose places in the output `new` promises.
                        unsafe {
                            let pixel = K::Load::fetch::<S, C>(simd, row, *channel_stride, &block.columns);
                            sink.store(simd, y - top, block.column, pixel);
                        }
                    }
                }
            }
            Lines::Floats(_) | Lines::Wide { .. } if !K::FLOATS => {
                unreachable!("`Kernel::check` refuses plans with such lines")
            }
            Lines::Resampled(resampled) => {
                for y in range {
                    // SAFETY: `new` promises the view and scratch for these lines, asked for from the first to the last. A
                    // line has the window's pixels, dense, and each plane of it lies `stride` bytes behind the one before.
                    unsafe {
                        let line = resampled.line(simd, scratch, y, view);
                        sink.dense(simd, y - top, line, resampled.stride(), 0);
                    }
                }
            }
            Lines::Floats(resampled) => {
                for y in range {
                    // SAFETY: `new` promises the view and scratch for these lines, asked for from the first to the last. A
                    // line has the window's pixels as f32, in planes `stride` bytes apart.
                    unsafe {
                        let line = resampled.line(simd, scratch, y, view);
                        sink.floats(simd, y - top, line, resampled.stride());
                    }
                }
            }
            Lines::Wide { rows, columns, sample } => {
                let line = scratch.parts().0;
                let pitch = columns.len() * 4;
                for (y, &row) in from(rows, range) {
                    // SAFETY: `new` promises the view, whose samples are of this kind and in which the table's rows and columns
                    // are, and scratch for four planes of as many f32 as there are columns, which are the window's.
                    unsafe {
                        for channel in 0..C {
                            let to = line.add(channel * pitch).cast();
                            wide::plane(*sample, view, row as usize, columns, channel, to);
                        }
                        sink.floats(simd, y - top, line, pitch as isize);
                    }
                }
            }
            // SAFETY: `new` promises the view, the scratch and the output; the blocks were made for so many taps.
            Lines::Blended { rows, blocks, taps } => unsafe {
                match taps {
                    1 => sink.blended::<1>(simd, (rows, range), blocks, source, *channel_stride),
                    _ => sink.blended::<2>(simd, (rows, range), blocks, source, *channel_stride),
                }
            },
        }
    }
}

/// The entries of some rows, with the rows' indices.
fn from<T>(rows: &[T], range: Range<usize>) -> impl Iterator<Item = (usize, &T)> {
    range.clone().zip(rows.get(range).unwrap_or_default())
}

impl<K: Body<C>, S: Simd, const C: usize> Sink<'_, K, S, C> {
    /// Every row, from two rows by `TAPS` columns of the source.
    ///
    /// # Safety
    /// The rows are inside the view that `source` reads, with its scratch; the blocks were made for its rows, `C` channels
    /// and `TAPS` taps, and they are those of the window. The output is that of [`store`](Self::store).
    #[inline(always)]
    unsafe fn blended<const TAPS: usize>(
        &self,
        simd: S,
        (rows, range): (&[Pair], Range<usize>),
        blocks: &[Block<S>],
        source: &mut Rows<'_>,
        channel_stride: isize,
    ) {
        let top = range.start;
        for (y, row) in from(rows, range) {
            // SAFETY: the caller promises that the rows are inside the view of `source`, and its scratch.
            let from = unsafe { source.two(simd, row.at) };
            let weights = simd.splat_words(row.weights);
            let ahead =
                source.ahead::<S, 2>(|ahead| Some(rows.get(y + ahead).filter(|next| next.at[0] > row.at[1])?.at));
            if source.begins::<S>()
                && let Some(next) = rows.get(y + 1)
            {
                for row in next.at {
                    source.begin(simd, row);
                }
            }
            for block in blocks {
                block.prefetch::<K::Load, C, 2>(simd, ahead, channel_stride);
                // SAFETY: the caller promises blocks of such rows, channels and taps, each inside the window of the output.
                unsafe {
                    let samples = K::Load::blend::<S, C, TAPS>(simd, from, channel_stride, &block.columns, weights);
                    self.store(simd, y - top, block.column, samples);
                }
            }
        }
    }
}
