//! Kernels that read one source pixel for each output pixel: nearest filters, and images that keep their size.

use std::marker::PhantomData;

use super::blocks::{Block, blocks, starts};
use super::{Load, Numbers, Prepared, Request, Store};
use crate::axis;
use crate::simd::{Simd, Task, Token, Visit};

/// The body of a one-tap kernel of `C` channels: what generated code implements.
pub trait OneTap<const C: usize>: Send + Sync + 'static {
    /// How the source lies in memory.
    type Load: Load;
    /// How the output lies in memory.
    type Store: Store;

    /// Maps one block: the loaded channels in, the stored channels out.
    fn pixels<S: Simd>(simd: S, pixel: [S::I32; C], numbers: &Numbers) -> [<Self::Store as Store>::Vector<S>; C];
}

/// Builds the tables on the widest level that fits.
pub(super) fn prepare<K: OneTap<C>, const C: usize>(token: Token, request: &Request) -> Box<dyn Prepared> {
    let mut request = request.clone();
    let source = &mut request.source;
    let dense = K::Load::is_dense(source.column_stride, source.channel_stride);
    if request.filter.is_none() && source.rows_join && dense {
        // One long row: fewer tails, and images narrower than a block still fill one. Not for a view that needs a
        // table of its columns, such as a photo turned by 180 degrees: tables of a row are small, of an image they are
        // larger than the image.
        (source.columns, source.rows) = (source.columns * source.rows, 1);
        (request.columns, request.rows) = (source.columns, 1);
    }
    token.visit_within(request.columns, Prepare::<K, C> { request, body: PhantomData })
}

struct Prepare<K, const C: usize> {
    request: Request,
    body: PhantomData<K>,
}

impl<K: OneTap<C>, const C: usize> Visit for Prepare<K, C> {
    type Output = Box<dyn Prepared>;

    fn visit<S: Simd>(self, simd: S) -> Box<dyn Prepared> {
        let request = &self.request;
        let source = &request.source;
        let dense = K::Load::is_dense(source.column_stride, source.channel_stride);
        let indices = |source: usize, output: usize| match request.filter {
            Some(filter) => axis::one_tap(filter, source as u32, output as u32),
            None => (0..output as u32).collect(),
        };
        let columns = if request.filter.is_none() && dense {
            Columns::Dense
        } else {
            let columns: Vec<_> =
                indices(source.columns, request.columns).into_iter().map(|x| ([x, x], [0, 0])).collect();
            Columns::Picked(blocks::<S, K::Load>(simd, request, C, 1, &columns))
        };
        Box::new(Tables::<K, S, C> {
            simd,
            rows: indices(source.rows, request.rows),
            columns,
            width: request.columns,
            channel_stride: source.channel_stride,
            body: PhantomData,
        })
    }
}

struct Tables<K, S: Simd, const C: usize> {
    simd: S,
    /// The source row of each output row.
    rows: Vec<u32>,
    columns: Columns<S>,
    /// Output columns.
    width: usize,
    channel_stride: isize,
    body: PhantomData<K>,
}

enum Columns<S: Simd> {
    /// Every pixel of a dense row, in order: nothing to look up.
    Dense,
    /// Those that the blocks say.
    Picked(Vec<Block<S>>),
}

impl<K: OneTap<C>, S: Simd, const C: usize> Prepared for Tables<K, S, C> {
    unsafe fn run(&self, origin: *const u8, row_stride: isize, out: *mut u8, numbers: &Numbers) {
        let out = out.cast();
        self.simd.vectorize(Run { tables: self, origin, row_stride, out, numbers: *numbers });
    }
}

struct Run<'a, K: OneTap<C>, S: Simd, const C: usize> {
    tables: &'a Tables<K, S, C>,
    origin: *const u8,
    row_stride: isize,
    out: *mut <K::Store as Store>::Element,
    /// A copy, so that the compiler knows that no store changes it.
    numbers: Numbers,
}

impl<K: OneTap<C>, S: Simd, const C: usize> Task<S> for Run<'_, K, S, C> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let Tables { rows, columns, width, channel_stride, .. } = self.tables;
        let plane = rows.len() * width;
        for (y, &row) in rows.iter().enumerate() {
            // SAFETY: the row is inside the view.
            let source = unsafe { self.origin.offset(row as isize * self.row_stride) };
            match columns {
                Columns::Dense => {
                    for x in starts::<S>(*width) {
                        // SAFETY: x + LANES <= width pixels of this row are readable and dense.
                        let pixel = unsafe { K::Load::pixels::<S, C>(simd, source, *channel_stride, x) };
                        let values = K::pixels(simd, pixel, &self.numbers);
                        // SAFETY: y < rows and x + LANES <= width, so the block ends inside the plane.
                        unsafe { K::Store::store(simd, self.out, plane, y * width + x, values) };
                    }
                }
                Columns::Picked(blocks) => {
                    for block in blocks {
                        // SAFETY: the table was made for rows of this view.
                        let pixel = unsafe { K::Load::fetch::<S, C, 1>(simd, source, *channel_stride, &block.columns) };
                        let values = K::pixels(simd, pixel, &self.numbers);
                        // SAFETY: as above, with x = block.column.
                        unsafe { K::Store::store(simd, self.out, plane, y * width + block.column, values) };
                    }
                }
            }
        }
    }
}
