//! Kernels that weigh two rows by two columns of the source for each output pixel: bilinear.

use std::marker::PhantomData;

use super::blocks::{Block, Target, blocks};
use super::{Load, Numbers, Prepared, Request, Store};
use crate::axis::{self, Axis, Pair};
use crate::placement::Placement;
use crate::simd::{Simd, Task, Token, Visit};

/// The source pixels of one block: two rows by two columns, with their weights.
#[derive(Clone, Copy)]
pub struct Square<S: Simd, const C: usize> {
    /// For each channel the (left, right) words of the row above.
    pub above: [S::I32; C],
    /// For each channel the (left, right) words of the row below.
    pub below: [S::I32; C],
    /// The (left, right) weights of each lane, in 1/2048.
    pub columns: S::I32,
    /// The (above, below) weights, in 1/2048, the same in each lane.
    pub rows: S::I32,
}

/// The body of a two-tap kernel of `C` channels: what generated code implements.
pub trait TwoTaps<const C: usize>: Send + Sync + 'static {
    /// How the source lies in memory.
    type Load: Load;
    /// How the output lies in memory.
    type Store: Store;

    /// Resamples and maps one block: the loaded taps in, the stored channels out.
    fn pixels<S: Simd>(simd: S, taps: Square<S, C>, numbers: &Numbers<'_>) -> [<Self::Store as Store>::Vector<S>; C];
}

/// Builds the tables on the widest level that fits.
pub(super) fn prepare<K: TwoTaps<C>, const C: usize>(token: Token, request: &Request) -> Box<dyn Prepared> {
    token.visit_within(request.placement.window.columns as usize, Prepare::<K, C> { request, body: PhantomData })
}

struct Prepare<'a, K, const C: usize> {
    request: &'a Request,
    body: PhantomData<K>,
}

impl<K: TwoTaps<C>, const C: usize> Visit for Prepare<'_, K, C> {
    type Output = Box<dyn Prepared>;

    fn visit<S: Simd>(self, simd: S) -> Box<dyn Prepared> {
        let request = self.request;
        let source = &request.source;
        let Placement { window, resized: [rows, columns], step, .. } = request.placement;
        let columns: Vec<_> = axis::two_taps(source.columns as u32, columns, step, Axis::Columns)
            .skip(window.left as usize)
            .take(window.columns as usize)
            .map(|pair| pair.neighbours(source.columns))
            .collect();
        Box::new(Tables::<K, S, C> {
            simd,
            rows: axis::two_taps(source.rows as u32, rows, step, Axis::Rows)
                .skip(window.top as usize)
                .take(window.rows as usize)
                .collect(),
            blocks: blocks::<S, K::Load>(simd, request, C, 2, &columns),
            target: Target::of(&request.placement),
            channel_stride: source.channel_stride,
            body: PhantomData,
        })
    }
}

struct Tables<K, S: Simd, const C: usize> {
    simd: S,
    /// The source rows of each output row.
    rows: Vec<Pair>,
    blocks: Vec<Block<S>>,
    target: Target,
    channel_stride: isize,
    body: PhantomData<K>,
}

impl<K: TwoTaps<C>, S: Simd, const C: usize> Prepared for Tables<K, S, C> {
    unsafe fn run(&self, origin: *const u8, row_stride: isize, out: *mut u8, numbers: &Numbers<'_>) {
        let out = out.cast();
        self.simd.vectorize(Run { tables: self, origin, row_stride, out, numbers: *numbers });
    }
}

struct Run<'a, K: TwoTaps<C>, S: Simd, const C: usize> {
    tables: &'a Tables<K, S, C>,
    origin: *const u8,
    row_stride: isize,
    out: *mut <K::Store as Store>::Element,
    /// A copy, so that the compiler knows that no store changes it.
    numbers: Numbers<'a>,
}

impl<K: TwoTaps<C>, S: Simd, const C: usize> Task<S> for Run<'_, K, S, C> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let Tables { rows, blocks, channel_stride, .. } = self.tables;
        // A copy, so that the compiler knows that no store changes it.
        let target = self.tables.target;
        for (y, row) in rows.iter().enumerate() {
            let source = row.at.map(|row| self.origin.wrapping_offset(row as isize * self.row_stride));
            let weights = simd.splat_words(row.weights);
            // The next rows' first lines are asked for now: the hardware's prefetcher starts anew in each row, and with
            // large ratios a row has few blocks to hide that behind. 2 to 3 % of 1080x1920 -> 224x224; whole rows, at
            // every line or at every second one, lost 3 to 15 %.
            if let Some(next) = rows.get(y + 1) {
                for row in next.at {
                    simd.prefetch(self.origin.wrapping_offset(row as isize * self.row_stride));
                }
            }
            for block in blocks {
                // SAFETY: the table was made for rows of this view.
                let [above, below] =
                    unsafe { K::Load::fetch::<S, C, 2, 2>(simd, source, *channel_stride, &block.columns) };
                let taps = Square { above, below, columns: block.weights, rows: weights };
                let values = K::pixels(simd, taps, &self.numbers);
                // SAFETY: the block is inside the window, and the window inside the output.
                unsafe { K::Store::store(simd, self.out, target.plane, target.pixel(y, block.column), values) };
            }
        }
    }
}
