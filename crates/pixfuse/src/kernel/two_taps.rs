//! Kernels that weigh two rows by two columns of the source for each output pixel: bilinear.

use std::marker::PhantomData;

use super::blocks::{Block, ROWS_AHEAD, Target, blocks};
use super::rows::{MadeRows, Rows};
use super::scratch::Scratch;
use super::{Load, Numbers, Prepared, Request, Store};
use crate::axis::{self, Axis, Pair};
use crate::image::view::View;
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
        let rows = axis::two_taps(source.rows as u32, rows, step, Axis::Rows);
        let mut rows: Vec<_> = rows.skip(window.top as usize).take(window.rows as usize).collect();
        let columns = axis::two_taps(source.columns as u32, columns, step, Axis::Columns);
        let columns: Vec<_> = columns.skip(window.left as usize).take(window.columns as usize).collect();
        let single = |pairs: &[Pair]| pairs.iter().map(|pair| pair.single()).collect::<Option<Vec<_>>>();
        let (fetch, columns): (_, Vec<_>) = match (single(&rows), single(&columns)) {
            (single_rows, Some(columns)) => {
                let fetch = if single_rows.is_some() { Taps::Pixel } else { Taps::Column };
                rows = single_rows.unwrap_or(rows);
                (fetch, columns.into_iter().map(|pair| (pair.at, pair.weights)).collect())
            }
            _ => (Taps::Square, columns.into_iter().map(|pair| pair.neighbours(source.columns)).collect()),
        };
        let taps = if fetch == Taps::Square { 2 } else { 1 };
        Box::new(Tables::<K, S, C> {
            simd,
            rows,
            blocks: blocks::<S, K::Load>(simd, request, C, taps, &columns),
            taps: fetch,
            made: MadeRows::converted(request),
            target: Target::of(&request.placement),
            channel_stride: source.channel_stride,
            body: PhantomData,
        })
    }
}

/// Which source pixels have a weight that is not zero: where the ratio is a whole odd number, one of the two in each
/// direction. The others are not fetched: 199 against 125 us for 1080x1920 -> 640x640 letterbox, 40 against 36 us for
/// 576x768 -> 240x256, on Zen 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taps {
    /// Two rows by two columns.
    Square,
    /// Two rows of one column.
    Column,
    /// One.
    Pixel,
}

struct Tables<K, S: Simd, const C: usize> {
    simd: S,
    /// The source rows of each output row.
    rows: Vec<Pair>,
    blocks: Vec<Block<S>>,
    taps: Taps,
    /// Where rows are made before they are read.
    made: Option<MadeRows>,
    target: Target,
    channel_stride: isize,
    body: PhantomData<K>,
}

impl<K: TwoTaps<C>, S: Simd, const C: usize> Prepared for Tables<K, S, C> {
    unsafe fn run(&self, view: &View, out: *mut u8, numbers: &Numbers<'_>) {
        let out = out.cast();
        let run = |source| self.simd.vectorize(Run { tables: self, source, out, numbers: *numbers });
        match &self.made {
            None => run(Rows::InPlace(view)),
            Some(rows) => Scratch::with(rows.scratch(), |scratch| run(Rows::new(Some(rows), view, scratch))),
        }
    }
}

struct Run<'a, K: TwoTaps<C>, S: Simd, const C: usize> {
    tables: &'a Tables<K, S, C>,
    source: Rows<'a>,
    out: *mut <K::Store as Store>::Element,
    /// A copy, so that the compiler knows that no store changes it.
    numbers: Numbers<'a>,
}

impl<K: TwoTaps<C>, S: Simd, const C: usize> Task<S> for Run<'_, K, S, C> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        match self.tables.taps {
            Taps::Square => self.rows::<2, 2>(simd),
            Taps::Column => self.rows::<1, 2>(simd),
            Taps::Pixel => self.rows::<1, 1>(simd),
        }
    }
}

impl<K: TwoTaps<C>, S: Simd, const C: usize> Run<'_, K, S, C> {
    /// Every row, from `TAPS` columns by `ROWS` rows of the source. The body weighs a square all the same: what is not
    /// fetched has no weight.
    #[inline(always)]
    fn rows<const TAPS: usize, const ROWS: usize>(mut self, simd: S) {
        let Tables { rows, blocks, channel_stride, .. } = self.tables;
        // A copy, so that the compiler knows that no store changes it.
        let target = self.tables.target;
        for (y, row) in rows.iter().enumerate() {
            let mut source = [std::ptr::null(); ROWS];
            for (address, &at) in source.iter_mut().zip(&row.at) {
                // SAFETY: the table was made for rows of this view, and the scratch for its lines.
                *address = unsafe { self.source.row(simd, at) };
            }
            let weights = simd.splat_words(row.weights);
            // The next rows' first lines are asked for now: the hardware's prefetcher starts anew in each row, and with
            // large ratios a row has few blocks to hide that behind. 2 to 3 % of 1080x1920 -> 224x224; whole rows, at
            // every line or at every second one, lost 3 to 15 %, lines further on in the same row 17 to 30 %.
            if let Some(next) = rows.get(y + 1) {
                for &row in next.at.iter().take(ROWS) {
                    self.source.begin(simd, row);
                }
            }
            let next = rows.get(y + ROWS_AHEAD);
            let ahead = self.source.ahead(std::array::from_fn::<_, ROWS, _>(|of| next.map(|pair| pair.at[of])));
            for block in blocks {
                block.prefetch::<K::Load, C, ROWS>(simd, ahead, *channel_stride);
                // SAFETY: the table was made for rows of this view.
                let taps = unsafe { K::Load::fetch::<S, C, TAPS, ROWS>(simd, source, *channel_stride, &block.columns) };
                let below = if ROWS == 2 { taps[ROWS - 1] } else { [simd.splat_words([0; 2]); C] };
                let taps = Square { above: taps[0], below, columns: block.weights, rows: weights };
                let values = K::pixels(simd, taps, &self.numbers);
                // SAFETY: the block is inside the window, and the window inside the output.
                unsafe { K::Store::store(simd, self.out, target.plane, target.pixel(y, block.column), values) };
            }
        }
    }
}
