//! The one driver: it brings each block of pixels to a body, and what the body gives to the output.

use std::marker::PhantomData;
use std::ops::Range;

use pixfuse_spec::MapForm;

use super::blocks::Target;
use super::load::Direct;
use super::output_rows::OutputRows;
use super::rows::Rows;
use super::scratch::Scratch;
use super::sink::{Sink, SinkRow};
use super::tables::Tables;
use super::{Load, Numbers, Store};
use crate::image::view::View;
use crate::simd::{Simd, Steps, Task};

/// The body of a kernel of `C` channels: what generated code implements.
pub trait Body<const C: usize>: Send + Sync + 'static {
    /// How the source lies in memory.
    type Load: Load;
    /// How the output lies in memory.
    type Store: Store;
    /// What is done to each value.
    const MAP: MapForm;
    /// What it fetches from the source while it maps; nothing of planes. The other rows are made first.
    const DIRECT: Direct = Direct::Nothing;
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

/// Rows that are mapped: where they come from and where they go.
pub(super) struct Job<'a, 'v> {
    pub(super) view: &'v View<'v>,
    pub(super) source: &'a mut Rows<'v>,
    pub(super) scratch: &'a mut Scratch,
    /// Aligned for an element.
    pub(super) out: *mut u8,
    pub(super) target: Target,
    pub(super) numbers: &'a Numbers<'a>,
    /// Rows of the window; the first of them is the target's first.
    pub(super) rows: Range<usize>,
}

/// A kernel's code on one level: [`map_rows`] of its body.
pub(super) type MapRows<S> = unsafe fn(&Tables<S>, Job<'_, '_>);

/// Maps rows of a window and stores them: all of a kernel that depends on its body.
///
/// # Safety
/// The view, and the output with its target, are as [`Prepared::run`](super::Prepared::run) requires for these tables, which
/// were made for such a body. `source` has the rows of the view, and `scratch` the bytes that the output rows and the rows that
/// are made need. `rows` are inside the window, and the jobs of one scratch go from the first to the last.
pub(super) unsafe fn map_rows<K: Body<C>, S: Simd, const C: usize>(tables: &Tables<S>, job: Job<'_, '_>) {
    // SAFETY: the caller promises the view, the rows of its source, the output and the scratch of these tables.
    tables.simd.vectorize(unsafe { Run::<K, S, C>::new(tables, job) });
}

struct Run<'a, 'v, K, S: Simd, const C: usize> {
    tables: &'a Tables<S>,
    job: Job<'a, 'v>,
    body: PhantomData<K>,
}

impl<'a, 'v, K, S: Simd, const C: usize> Run<'a, 'v, K, S, C> {
    /// # Safety
    /// As [`map_rows`].
    unsafe fn new(tables: &'a Tables<S>, job: Job<'a, 'v>) -> Self {
        Self { tables, job, body: PhantomData }
    }
}

impl<K: Body<C>, S: Simd, const C: usize> Task<S> for Run<'_, '_, K, S, C> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let Self { tables: &Tables { ref output_rows, width, channel_stride, .. }, job, .. } = self;
        let Job { view, source, scratch, out, target, numbers, rows } = job;
        let sink = Sink::<K, S, C> { out: out.cast(), target, width, numbers: *numbers, level: PhantomData };
        let top = rows.start;
        // SAFETY: `new` promises the view, the scratch and the output, and that output rows are made from the first to the
        // last. Blocks were made for rows of the view, the channels of such a body, and the taps that they have; they are
        // inside the window.
        unsafe {
            match output_rows {
                // One loop for both, which is most of a kernel.
                OutputRows::Dense { .. } | OutputRows::Made(_) => {
                    let stride = output_rows.stride(channel_stride);
                    for y in rows {
                        let Some((row, left)) = output_rows.dense_row(source, scratch, y, view) else { break };
                        sink.dense(simd, y - top, row, stride, left);
                    }
                }
                OutputRows::Floats(line) if K::FLOATS => {
                    let stride = line.stride();
                    for y in rows {
                        sink.floats(simd, y - top, line.row(source, scratch, y, view), stride);
                    }
                }
                OutputRows::Floats(_) => unreachable!("`Kernel::check` refuses plans with such rows"),
                OutputRows::Picked(picked) if S::FETCHES_DIRECTLY && K::DIRECT >= Direct::OneTap => {
                    for y in rows {
                        picked.row::<C>(simd, source, 0, y, &SinkRow { sink: &sink, y: y - top });
                    }
                }
                OutputRows::Blended(blended)
                    if S::FETCHES_DIRECTLY && K::DIRECT >= Direct::TwoTaps && blended.taps == 1 =>
                {
                    for y in rows {
                        blended.row::<C, 1>(simd, source, 0, y, &SinkRow { sink: &sink, y: y - top });
                    }
                }
                OutputRows::Blended(blended) if S::FETCHES_DIRECTLY && K::DIRECT >= Direct::TwoTaps => {
                    for y in rows {
                        blended.row::<C, 2>(simd, source, 0, y, &SinkRow { sink: &sink, y: y - top });
                    }
                }
                OutputRows::Picked(_) | OutputRows::Blended(_) => {
                    unreachable!("such rows are made for kernels that fetch")
                }
            }
        }
    }
}
