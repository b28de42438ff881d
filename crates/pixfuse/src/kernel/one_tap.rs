//! Kernels that map one pixel to one: images that keep their size, nearest filters, and resampled lines.

use std::marker::PhantomData;

use pixfuse_spec::{Filter, Resample, Sample};

use super::blocks::{Block, ROWS_AHEAD, Target, blocks, starts};
use super::rows::{MadeRows, Rows};
use super::scratch::Scratch;
use super::separable::Resampler;
use super::summed::Summed;
use super::{Load, Numbers, Prepared, Request, Store, wide};
use crate::axis::{self, Pair};
use crate::image::view::View;
use crate::placement::Placement;
use crate::simd::{Simd, Task, Token, Visit};
use crate::weights::Passes;

/// The body of a one-tap kernel of `C` channels: what generated code implements.
pub trait OneTap<const C: usize>: Send + Sync + 'static {
    /// How the source lies in memory.
    type Load: Load;
    /// How the output lies in memory.
    type Store: Store;

    /// Maps one block: the loaded channels in, the stored channels out.
    fn pixels<S: Simd>(simd: S, pixel: [S::I32; C], numbers: &Numbers<'_>) -> [<Self::Store as Store>::Vector<S>; C];

    /// As [`pixels`](Self::pixels), for values that `precision = f32` has not rounded to integers. Kernels that no such
    /// plan can reach (u8, tables, and declared ones with another precision) leave it out.
    fn floats<S: Simd>(_: S, _: [S::F32; C], _: &Numbers<'_>) -> [<Self::Store as Store>::Vector<S>; C] {
        unreachable!("the rulebook allows precision = f32 with f32 output and fused order only")
    }
}

/// Builds the tables on the widest level that fits.
pub(super) fn prepare<K: OneTap<C>, const C: usize>(token: Token, request: &Request) -> Box<dyn Prepared> {
    let mut request = request.clone();
    let whole = Placement::whole([request.source.rows, request.source.columns].map(|side| side as u32));
    let dense = K::Load::is_dense(request.source.column_stride, request.source.channel_stride);
    if request.resample == Resample::None && dense && request.source.rows_join && request.placement == whole {
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

impl<K: OneTap<C>, const C: usize> Visit for Prepare<K, C> {
    type Output = Box<dyn Prepared>;

    fn visit<S: Simd>(self, simd: S) -> Box<dyn Prepared> {
        let request = &self.request;
        let (source, placement) = (&request.source, &request.placement);
        let dense = K::Load::is_dense(source.column_stride, source.channel_stride) && request.conversion.is_none();
        let (pixel, planes) = if K::Load::TOGETHER { (source.pixel, 1) } else { (1, C) };
        // A turned image that keeps its size: of one that is resized fewer pixels are read than its rows have.
        let makes = request.conversion.is_some() || source.turned && K::Load::TOGETHER;
        let picked = |filter: Option<Filter>| {
            let window = placement.window;
            let indices = |source: usize, resized: u32, first: u32, count: u32| -> Vec<u32> {
                match filter {
                    Some(filter) => {
                        axis::one_tap(filter, source as u32, resized)[first as usize..][..count as usize].into()
                    }
                    None => (first..first + count).collect(),
                }
            };
            let rows = indices(source.rows, placement.resized[0], window.top, window.rows);
            if request.sample != Sample::U8 {
                let columns = indices(source.columns, placement.resized[1], window.left, window.columns);
                return Lines::Wide { rows, columns, sample: request.sample };
            }
            if filter.is_none() && (dense || makes) {
                return Lines::Dense { rows, left: if dense { window.left as usize } else { 0 } };
            }
            let columns = indices(source.columns, placement.resized[1], window.left, window.columns);
            let columns: Vec<_> = columns.into_iter().map(|x| ([x, x], [0, 0])).collect();
            Lines::Picked { rows, blocks: blocks::<S, K::Load>(simd, request, C, 1, &columns) }
        };
        let lines = match request.resample {
            Resample::None => picked(None),
            Resample::OneTap { filter } => picked(Some(filter)),
            Resample::Separable(separable) => {
                let from = [source.rows as u32, source.columns as u32];
                let view = (pixel, planes, dense);
                match Passes::new(separable, from, placement.resized, placement.window.ranges()) {
                    None => picked(None),
                    Some(Passes::Rounded { axes, rows_first }) => {
                        Lines::Rounded(Resampler::new(simd, request, axes, rows_first, view))
                    }
                    Some(Passes::Wide { axes, finish }) => {
                        Lines::Summed(Summed::wide(simd, request, axes, finish, view))
                    }
                    Some(Passes::Float { axes, rounds }) => {
                        let summed = Summed::float(simd, request, axes, rounds, view);
                        if rounds { Lines::Summed(summed) } else { Lines::Floats(summed) }
                    }
                    Some(Passes::TwoTaps { axes: [rows, columns] }) => {
                        let columns: Vec<_> = columns.into_iter().map(|pair| pair.neighbours(source.columns)).collect();
                        Lines::Blended { rows, blocks: blocks::<S, K::Load>(simd, request, C, 2, &columns) }
                    }
                }
            }
            Resample::TwoTaps { .. } => unreachable!("a two-tap kernel has this shape"),
        };
        let made = match lines {
            Lines::Dense { .. } if !dense => Some(MadeRows::new(request, placement.window.ranges())),
            Lines::Picked { .. } | Lines::Blended { .. } => MadeRows::converted(request),
            // Resampled lines make the rows that they need themselves.
            _ => None,
        };
        Box::new(Tables::<K, S, C> {
            simd,
            lines,
            made,
            height: placement.window.rows as usize,
            width: placement.window.columns as usize,
            target: Target::of(placement),
            channel_stride: source.channel_stride,
            body: PhantomData,
        })
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
    channel_stride: isize,
    body: PhantomData<K>,
}

/// Where the pixels of an output row come from.
enum Lines<S: Simd> {
    /// Neighbours in a source row, from this column on.
    Dense { rows: Vec<u32>, left: usize },
    /// Those pixels of a source row that the blocks say.
    Picked { rows: Vec<u32>, blocks: Vec<Block<S>> },
    /// A line that is resampled first, with a u8 between the passes.
    Rounded(Resampler<S>),
    /// A line that is resampled first, with sums between the passes.
    Summed(Summed<S>),
    /// Planes of f32 lines that are resampled first, and not rounded.
    Floats(Summed<S>),
    /// Planes of f32 lines of those samples of a source row.
    Wide { rows: Vec<u32>, columns: Vec<u32>, sample: Sample },
    /// Two rows by two columns of the source.
    Blended { rows: Vec<Pair>, blocks: Vec<Block<S>> },
}

impl<S: Simd> Lines<S> {
    /// Bytes of scratch that a run needs.
    fn scratch(&self) -> usize {
        match self {
            Self::Rounded(resampler) => resampler.scratch(),
            Self::Summed(summed) | Self::Floats(summed) => summed.scratch(),
            Self::Wide { columns, .. } => columns.len() * 4 * 4,
            Self::Dense { .. } | Self::Picked { .. } | Self::Blended { .. } => 0,
        }
    }
}

impl<K: OneTap<C>, S: Simd, const C: usize> Prepared for Tables<K, S, C> {
    unsafe fn run(&self, view: &View, out: *mut u8, numbers: &Numbers<'_>) {
        let Tables { target, width, .. } = *self;
        let sink = Sink::<K, S, C> { out: out.cast(), target, width, numbers: *numbers, level: PhantomData };
        let bytes = self.lines.scratch() + self.made.as_ref().map_or(0, MadeRows::scratch);
        Scratch::with(bytes, |scratch| {
            let source = Rows::new(self.made.as_ref(), view, scratch);
            self.simd.vectorize(Run { tables: self, sink, view, source, scratch });
        });
    }
}

struct Run<'a, K: OneTap<C>, S: Simd, const C: usize> {
    tables: &'a Tables<K, S, C>,
    sink: Sink<'a, K, S, C>,
    view: &'a View,
    source: Rows<'a>,
    scratch: &'a mut Scratch,
}

impl<K: OneTap<C>, S: Simd, const C: usize> Task<S> for Run<'_, K, S, C> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let Run { tables, sink, view, mut source, scratch } = self;
        let Tables { lines, height, channel_stride, .. } = tables;
        match lines {
            Lines::Dense { rows, left } => {
                for (y, &row) in rows.iter().enumerate() {
                    // SAFETY: the row is inside the view, and so are the pixels of the window in it.
                    unsafe {
                        let row = source.row(simd, row);
                        sink.dense(simd, y, row, *channel_stride, *left);
                    }
                }
            }
            Lines::Picked { rows, blocks } => {
                // Asking for the next row's first lines gained nothing, asking for the output's next lines lost up to
                // 17 %.
                for (y, &row) in rows.iter().enumerate() {
                    let ahead = source.ahead([rows.get(y + ROWS_AHEAD).copied()]);
                    // SAFETY: the table was made for rows of this view.
                    let row = unsafe { source.row(simd, row) };
                    for block in blocks {
                        block.prefetch::<K::Load, C, 1>(simd, ahead, *channel_stride);
                        // SAFETY: the table was made for rows of this view, and the block is inside the window.
                        unsafe {
                            let [pixel] = K::Load::fetch::<S, C, 1, 1>(simd, [row], *channel_stride, &block.columns);
                            sink.store(simd, y, block.column, pixel);
                        }
                    }
                }
            }
            Lines::Rounded(resampler) => {
                for y in 0..*height {
                    // SAFETY: the view, and scratch for this resampler, which gives lines of the window's pixels.
                    unsafe {
                        let line = resampler.row(simd, scratch, y, view);
                        sink.dense(simd, y, line, resampler.line_stride(), 0);
                    }
                }
            }
            Lines::Summed(summed) => {
                for y in 0..*height {
                    // SAFETY: as above.
                    unsafe {
                        let line = summed.row(simd, scratch, y, view);
                        sink.dense(simd, y, line, summed.line_stride(), 0);
                    }
                }
            }
            Lines::Floats(summed) => {
                for y in 0..*height {
                    // SAFETY: as above.
                    unsafe {
                        let line = summed.row(simd, scratch, y, view);
                        sink.floats(simd, y, line, summed.line_stride());
                    }
                }
            }
            Lines::Wide { rows, columns, sample } => {
                let line = scratch.parts().0;
                let pitch = columns.len() * 4;
                for (y, &row) in rows.iter().enumerate() {
                    // SAFETY: the rows and columns are inside the view, and there is scratch for four planes.
                    unsafe {
                        for channel in 0..C {
                            let to = line.add(channel * pitch).cast();
                            wide::plane(*sample, view, row as usize, columns, channel, to);
                        }
                        sink.floats(simd, y, line, pitch as isize);
                    }
                }
            }
            Lines::Blended { rows, blocks } => {
                for (y, row) in rows.iter().enumerate() {
                    let ahead = source.ahead([0, 1].map(|of| rows.get(y + ROWS_AHEAD).map(|pair| pair.at[of])));
                    // SAFETY: the table was made for rows of this view.
                    let [above, below] = unsafe { [source.row(simd, row.at[0]), source.row(simd, row.at[1])] };
                    let weights = simd.splat_words(row.weights);
                    for block in blocks {
                        block.prefetch::<K::Load, C, 2>(simd, ahead, *channel_stride);
                        // SAFETY: the table was made for rows of this view, and the block is inside the window.
                        unsafe {
                            let [above, mut pixel] =
                                K::Load::fetch::<S, C, 2, 2>(simd, [above, below], *channel_stride, &block.columns);
                            for channel in 0..C {
                                let above = simd.dot_pairs(above[channel], block.weights);
                                let below = simd.dot_pairs(pixel[channel], block.weights);
                                pixel[channel] = simd.blend_rows(above, below, weights);
                            }
                            sink.store(simd, y, block.column, pixel);
                        }
                    }
                }
            }
        }
    }
}

/// Where mapped pixels go. All of it is copied, so that the compiler knows that no store changes it.
struct Sink<'a, K: OneTap<C>, S: Simd, const C: usize> {
    out: *mut <K::Store as Store>::Element,
    target: Target,
    /// Columns of the window.
    width: usize,
    numbers: Numbers<'a>,
    level: PhantomData<S>,
}

impl<K: OneTap<C>, S: Simd, const C: usize> Sink<'_, K, S, C> {
    /// Maps and stores a row of neighbours.
    ///
    /// # Safety
    /// From column `left` on the row is dense and readable for as many pixels as the window is wide.
    #[inline(always)]
    unsafe fn dense(&self, simd: S, y: usize, row: *const u8, channel_stride: isize, left: usize) {
        for x in starts::<S>(self.width, self.overlap(y)) {
            // SAFETY: x + LANES <= width.
            unsafe {
                let pixel = K::Load::pixels::<S, C>(simd, row, channel_stride, left + x);
                self.store(simd, y, x, pixel);
            }
        }
    }

    /// Maps and stores a line of f32, in planes `stride` bytes apart.
    ///
    /// # Safety
    /// Each plane has as many elements as the window is wide.
    #[inline(always)]
    unsafe fn floats(&self, simd: S, y: usize, line: *const u8, stride: isize) {
        let target = self.target;
        for x in starts::<S>(self.width, 0) {
            // SAFETY: x + LANES <= width, and the window is inside the output.
            unsafe {
                let plane = |channel: usize| line.offset(channel as isize * stride).cast::<f32>().add(x);
                let mut pixel = [simd.load_f32(plane(0)); C];
                for channel in 1..C {
                    pixel[channel] = simd.load_f32(plane(channel));
                }
                let values = K::floats(simd, pixel, &self.numbers);
                K::Store::store(simd, self.out, target.plane, target.pixel(y, x), values);
            }
        }
    }

    /// How far the first two blocks of a row overlap so that all but the first and the last one are stored to aligned
    /// addresses, where a row is so long that this is worth a block.
    #[inline(always)]
    fn overlap(&self, y: usize) -> usize {
        // An array of numpy starts at 16 modulo 64. Stores that are not aligned to half a cache line write three halves
        // instead of two: 10.0 against 7.4 us for 224x224 pixels.
        const ALIGNMENT: usize = 32;
        if self.width < 8 * S::LANES {
            return 0;
        }
        let pitch = K::Store::pitch::<C>();
        let second = self.out.wrapping_add((self.target.pixel(y, 0) + S::LANES) * pitch) as usize;
        let pixel = pitch * size_of::<<K::Store as Store>::Element>();
        (0..S::LANES).find(|columns| second.wrapping_sub(columns * pixel) % ALIGNMENT == 0).unwrap_or(0)
    }

    /// Maps and stores a block.
    ///
    /// # Safety
    /// It is inside the window.
    #[inline(always)]
    unsafe fn store(&self, simd: S, y: usize, column: usize, pixel: [S::I32; C]) {
        let target = self.target;
        let values = K::pixels(simd, pixel, &self.numbers);
        // SAFETY: the window is inside the output.
        unsafe { K::Store::store(simd, self.out, target.plane, target.pixel(y, column), values) };
    }
}
