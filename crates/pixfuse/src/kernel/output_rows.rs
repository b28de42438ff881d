//! Where the pixels of an output row come from.

use std::ops::Range;

use pixfuse_spec::{OneTap, Resample, Sample};

use super::Request;
use super::blocks::{blended, picked, whole_block};
use super::load::{Access, Direct};
use super::rows::{MadeRows, Rows};
use super::sampled::{Sampled, Taps};
use super::scratch::{Room, Scratch};
use super::separable::{
    AreaResampler, BilinearResampler, ResampledRows, Resampler, RoundedResampler, UnroundedResampler,
};
use super::taps::{Blended, Picked};
use super::wide::Samples;
use crate::axis::{self, Axis, Pair};
use crate::image::view::View;
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::Simd;
use crate::weights::Passes;

pub(super) enum OutputRows<S: Simd> {
    /// Neighbours in a source row, from this column on.
    Dense { rows: Vec<u32>, left: usize },
    /// One source pixel each, fetched by the kernel.
    Picked(Picked<S>),
    /// Two rows by one or two columns of the source, fetched by the kernel.
    Blended(Blended<S>),
    /// A line of dense pixels that is made first.
    Made(Box<dyn RowSource>),
    /// Planes of f32 that are made first.
    Floats(Box<dyn RowSource>),
}

/// What makes the rows that kernels map: one after the other, in scratch. One indirect call a row, so that filters are
/// compiled once a level and not into every kernel.
pub(super) trait RowSource: Holds + Send + Sync {
    /// The scratch that a run needs.
    fn scratch(&self) -> Room;

    /// Whether rows are made of those of `source`, and not of the view itself.
    fn reads_source(&self) -> bool {
        false
    }

    /// Bytes from the row of a plane to the row of the next.
    fn stride(&self) -> isize;

    /// Makes output row `y`; calls go from the first row to the last. Gives the row of the first plane: the window's
    /// pixels, dense.
    ///
    /// # Safety
    /// `view` is that of [`Prepared::run`](super::Prepared::run), and `source` reads it; `scratch` was made ready for
    /// [`scratch`](Self::scratch) bytes behind those that `source` uses.
    unsafe fn row(&self, source: &mut Rows<'_>, scratch: &mut Scratch, y: usize, view: &View) -> *const u8;
}

impl<S: Simd> OutputRows<S> {
    /// For a kernel that reads the source so.
    ///
    /// # Errors
    /// When there is no memory for the tables.
    pub(super) fn new(simd: S, request: &Request, access: Access) -> Result<Self, NoMemory> {
        let (source, placement) = (&request.source, &request.placement);
        let from = [source.rows as u32, source.columns as u32];
        let [rows, columns] = placement.resized;
        let kept = placement.window.ranges();
        match request.resample {
            Resample::None => Self::pick(simd, request, access, None),
            Resample::OneTap(rule) => Self::pick(simd, request, access, Some(rule)),
            Resample::TwoTaps => {
                let [kept_rows, kept_columns] = kept;
                let rows = axis::two_taps(from[0], rows, placement.step, Axis::Rows);
                let columns = axis::two_taps(from[1], columns, placement.step, Axis::Columns);
                let rows = rows.skip(kept_rows.start as usize).take(kept_rows.len());
                let columns = columns.skip(kept_columns.start as usize).take(kept_columns.len());
                Self::blend(simd, request, access, [memory::list(rows)?, memory::list(columns)?])
            }
            Resample::Separable(separable) => {
                let view = (access.pixel(source), access.planes(), is_dense(request, access));
                Ok(match Passes::new(simd, separable, from, placement.resized, kept)? {
                    None => Self::pick(simd, request, access, None)?,
                    Some(Passes::Rounded { axes, rows_first }) => Self::Made(made(
                        simd,
                        Resampler::Rounded(RoundedResampler::new(simd, request, axes, rows_first, view)?),
                    )),
                    Some(Passes::Wide { axes, finish }) => {
                        let resampler = match AreaResampler::of_whole_pixels(request, &axes, finish, view)? {
                            Some(cells) => Resampler::Area(cells),
                            None => Resampler::Unrounded(UnroundedResampler::wide(simd, request, axes, finish, view)?),
                        };
                        Self::Made(made(simd, resampler))
                    }
                    Some(Passes::Float { axes, rounds: false }) => Self::Floats(made(
                        simd,
                        Resampler::Unrounded(UnroundedResampler::float(simd, request, axes, false, view)?),
                    )),
                    Some(Passes::Float { axes, rounds: true }) => {
                        let resampler = match AreaResampler::new(request, &axes, view)? {
                            Some(cells) => Resampler::Area(cells),
                            None => Resampler::Unrounded(UnroundedResampler::float(simd, request, axes, true, view)?),
                        };
                        Self::Made(made(simd, resampler))
                    }
                    Some(Passes::TwoTaps { axes }) => Self::blend(simd, request, access, axes)?,
                })
            }
        }
    }

    /// Each pixel one of the source: its neighbours without a filter.
    fn pick(simd: S, request: &Request, access: Access, rule: Option<OneTap>) -> Result<Self, NoMemory> {
        let (source, placement) = (&request.source, &request.placement);
        let window = placement.window;
        let indices = |source: usize, resized: u32, kept: Range<u32>| match rule {
            Some(rule) => axis::one_tap(rule, source as u32, resized, kept),
            None => memory::list(kept),
        };
        let [kept_rows, kept_columns] = window.ranges();
        let rows = indices(source.rows, placement.resized[0], kept_rows)?;
        // Of a column-major image that is resized fewer pixels are read than its rows have.
        let makes = request.conversion.is_some() || source.column_major && access.is_interleaved();
        let dense = is_in_place::<S>(request, access);
        if request.sample == Sample::U8 && rule.is_none() && (dense || makes) {
            return Ok(Self::Dense { rows, left: if dense { window.left as usize } else { 0 } });
        }
        let columns = indices(source.columns, placement.resized[1], kept_columns)?;
        if request.sample != Sample::U8 {
            let (channels, columns) = (access.channels, whole_block::<S, _>(columns));
            return Ok(Self::Floats(Box::new(Samples { simd, rows, columns, channels, sample: request.sample })));
        }
        Self::one_tap(simd, request, access, rows, &columns)
    }

    /// Two rows by two columns, where each of them has a weight that is not zero: where the ratio is a whole odd number,
    /// one of the two has all of it in each direction. The others are not fetched: 199 against 125 us for 1080x1920 ->
    /// 640x640 letterbox, 40 against 36 us for 576x768 -> 240x256, on Zen 4.
    fn blend(simd: S, request: &Request, access: Access, [rows, columns]: [Vec<Pair>; 2]) -> Result<Self, NoMemory> {
        let single = |pairs: &[Pair]| memory::whole_list(pairs.iter().map(|pair| pair.single()));
        let in_words = is_dense(request, access) && access.pixel(&request.source) == 1 && request.source.columns > 1;
        let (rows, columns, taps) = match (single(&rows)?, single(&columns)?) {
            (Some(rows), Some(columns)) => {
                // A pixel alone: each rounding of its sample gives it back.
                let alone = |pairs: Vec<Pair>| memory::list(pairs.into_iter().map(|pair| pair.at[0]));
                return Self::one_tap(simd, request, access, alone(rows)?, &alone(columns)?);
            }
            (None, Some(columns)) => (rows, memory::list(columns.into_iter().map(|pair| (pair.at, pair.weights)))?, 1),
            (_, None) => {
                let columns = columns.into_iter().map(|pair| pair.neighbours(request.source.columns));
                let columns = memory::list(columns)?;
                if in_words
                    && let Some(resampler) = BilinearResampler::new(simd, request, &rows, &columns, access.planes())?
                {
                    return Ok(Self::Made(made(simd, Resampler::Bilinear(resampler))));
                }
                (rows, columns, 2)
            }
        };
        let direct = access.direct >= Direct::TwoTaps;
        let channels = if direct { access.channels } else { access.pixel(&request.source) };
        let blocks = blended(simd, request, access, (channels, taps), &columns)?;
        let taps = Blended { rows, blocks, taps };
        Ok(if direct { Self::Blended(taps) } else { Self::sampled(simd, request, access, Taps::Blended(taps)) })
    }

    /// Each pixel that of a row and a column.
    fn one_tap(simd: S, request: &Request, access: Access, rows: Vec<u32>, columns: &[u32]) -> Result<Self, NoMemory> {
        // Neighbours after all: a resize to the same size, or of rows alone.
        if is_in_place::<S>(request, access) && columns.windows(2).all(|two| two[1] == two[0] + 1) {
            return Ok(Self::Dense { rows, left: columns[0] as usize });
        }
        let direct = access.direct >= Direct::OneTap;
        let channels = if direct { access.channels } else { access.pixel(&request.source) };
        let taps = Picked { rows, blocks: picked(simd, request, access, channels, columns)? };
        Ok(if direct { Self::Picked(taps) } else { Self::sampled(simd, request, access, Taps::Picked(taps)) })
    }

    fn sampled(simd: S, request: &Request, access: Access, taps: Taps<S>) -> Self {
        Self::Made(Box::new(Sampled::new(simd, taps, request, access)))
    }

    /// From a plane of a dense row to the next.
    #[inline(always)]
    pub(super) fn stride(&self, channel_stride: isize) -> isize {
        match self {
            Self::Made(line) => line.stride(),
            _ => channel_stride,
        }
    }

    /// Whether the pixels of every row are dense.
    pub(super) fn is_dense(&self) -> bool {
        matches!(self, Self::Dense { .. } | Self::Made(_))
    }

    /// Row `y` where its pixels are dense, and the column from which they are the window's: where source rows are made, that
    /// is from the first column that is made.
    ///
    /// # Safety
    /// As [`RowSource::row`].
    #[inline(always)]
    pub(super) unsafe fn dense_row(
        &self,
        source: &mut Rows<'_>,
        scratch: &mut Scratch,
        y: usize,
        view: &View,
    ) -> Option<(*const u8, usize)> {
        match self {
            Self::Dense { rows, left } => {
                let &row = rows.get(y)?;
                Some((source.row(row), *left))
            }
            // SAFETY: the caller promises what the line requires.
            Self::Made(line) => Some(unsafe { (line.row(source, scratch, y, view), 0) }),
            Self::Picked(_) | Self::Blended(_) | Self::Floats(_) => None,
        }
    }

    /// The scratch that a run needs.
    pub(super) fn scratch(&self) -> Room {
        match self {
            Self::Made(line) | Self::Floats(line) => line.scratch(),
            Self::Dense { .. } | Self::Picked(_) | Self::Blended(_) => Room::default(),
        }
    }

    /// Where the source rows that are read here are made; resampled lines make the rows that they need themselves.
    pub(super) fn made_rows(&self, request: &Request, access: Access) -> Option<MadeRows> {
        match self {
            Self::Dense { .. } if !is_in_place::<S>(request, access) => {
                Some(MadeRows::new(request, request.placement.window.ranges()))
            }
            Self::Made(line) if !line.reads_source() => None,
            Self::Picked(_) | Self::Blended(_) | Self::Made(_) => MadeRows::converted(request),
            Self::Dense { .. } | Self::Floats(_) => None,
        }
    }
}

impl<S: Simd> Holds for OutputRows<S> {
    fn bytes(&self) -> usize {
        match self {
            Self::Dense { rows, .. } => memory::bytes(rows),
            Self::Picked(taps) => taps.bytes(),
            Self::Blended(taps) => taps.bytes(),
            Self::Made(line) | Self::Floats(line) => line.bytes(),
        }
    }
}

fn made<S: Simd>(simd: S, resampler: Resampler<S>) -> Box<dyn RowSource> {
    Box::new(ResampledRows { simd, resampler })
}

/// Whether the pixels of a row lie in place, one after the other.
fn is_dense(request: &Request, access: Access) -> bool {
    access.is_dense(&request.source) && request.conversion.is_none()
}

/// Whether kernels read the pixels of a window there: a block of them at least.
fn is_in_place<S: Simd>(request: &Request, access: Access) -> bool {
    is_dense(request, access) && request.placement.window.columns as usize >= S::LANES
}
