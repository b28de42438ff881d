//! Where the pixels of an output row come from.

use std::ops::Range;

use pixfuse_spec::{Filter, Resample, Sample};

use super::blocks::{Block, blended, picked};
use super::cells::Cells;
use super::resampled::Resampled;
use super::rows::MadeRows;
use super::scratch::Room;
use super::separable::Resampler;
use super::summed::Summed;
use super::{Load, Request};
use crate::axis::{self, Axis, Pair};
use crate::memory::{self, Holds, NoMemory};
use crate::simd::Simd;
use crate::weights::Passes;

pub(super) enum Lines<S: Simd> {
    /// Neighbours in a source row, from this column on.
    Dense { rows: Vec<u32>, left: usize },
    /// Those pixels of a source row that the blocks say.
    Picked { rows: Vec<u32>, blocks: Vec<Block<S>> },
    /// Two rows by `taps` columns of the source.
    Blended { rows: Vec<Pair>, blocks: Vec<Block<S>>, taps: usize },
    /// A line that is resampled first.
    Resampled(Resampled<S>),
    /// Planes of f32 lines that are resampled first, and not rounded.
    Floats(Resampled<S>),
    /// Planes of f32 lines of those samples of a source row.
    Wide { rows: Vec<u32>, columns: Vec<u32>, sample: Sample },
}

impl<S: Simd> Lines<S> {
    /// For a source that has `C` channels.
    ///
    /// # Errors
    /// When there is no memory for the tables.
    pub(super) fn new<L: Load, const C: usize>(simd: S, request: &Request) -> Result<Self, NoMemory> {
        let (source, placement) = (&request.source, &request.placement);
        let from = [source.rows as u32, source.columns as u32];
        let [rows, columns] = placement.resized;
        let kept = placement.window.ranges();
        match request.resample {
            Resample::None => Self::pick::<L, C>(simd, request, None),
            Resample::OneTap { filter, torch } => Self::pick::<L, C>(simd, request, Some((filter, torch))),
            Resample::TwoTaps { .. } => {
                let [kept_rows, kept_columns] = kept;
                let rows = axis::two_taps(from[0], rows, placement.step, Axis::Rows);
                let columns = axis::two_taps(from[1], columns, placement.step, Axis::Columns);
                let rows = rows.skip(kept_rows.start as usize).take(kept_rows.len());
                let columns = columns.skip(kept_columns.start as usize).take(kept_columns.len());
                Self::blend::<L, C>(simd, request, [memory::list(rows)?, memory::list(columns)?])
            }
            Resample::Separable(separable) => {
                let (pixel, planes) = if L::TOGETHER { (source.pixel, 1) } else { (1, C) };
                let view = (pixel, planes, is_dense::<L>(request));
                Ok(match Passes::new(simd, separable, from, placement.resized, kept)? {
                    None => Self::pick::<L, C>(simd, request, None)?,
                    Some(Passes::Rounded { axes, rows_first }) => {
                        Self::Resampled(Resampled::Rounded(Resampler::new(simd, request, axes, rows_first, view)?))
                    }
                    Some(Passes::Wide { axes, finish }) => {
                        Self::Resampled(match Cells::of_whole_pixels(request, &axes, finish, view)? {
                            Some(cells) => Resampled::Cells(cells),
                            None => Resampled::Summed(Summed::wide(simd, request, axes, finish, view)?),
                        })
                    }
                    Some(Passes::Float { axes, rounds: false }) => {
                        Self::Floats(Resampled::Summed(Summed::float(simd, request, axes, false, view)?))
                    }
                    Some(Passes::Float { axes, rounds: true }) => {
                        Self::Resampled(match Cells::new(request, &axes, view)? {
                            Some(cells) => Resampled::Cells(cells),
                            None => Resampled::Summed(Summed::float(simd, request, axes, true, view)?),
                        })
                    }
                    Some(Passes::TwoTaps { axes }) => Self::blend::<L, C>(simd, request, axes)?,
                })
            }
        }
    }

    /// Each pixel one of the source: its neighbours without a filter.
    fn pick<L: Load, const C: usize>(
        simd: S,
        request: &Request,
        filter: Option<(Filter, bool)>,
    ) -> Result<Self, NoMemory> {
        let (source, placement) = (&request.source, &request.placement);
        let window = placement.window;
        let indices = |source: usize, resized: u32, kept: Range<u32>| match filter {
            Some((filter, torch)) => axis::one_tap(filter, torch, source as u32, resized, kept),
            None => memory::list(kept),
        };
        let [kept_rows, kept_columns] = window.ranges();
        let rows = indices(source.rows, placement.resized[0], kept_rows)?;
        // Of a turned image that is resized fewer pixels are read than its rows have.
        let makes = request.conversion.is_some() || source.turned && L::TOGETHER;
        let dense = is_dense::<L>(request);
        if request.sample == Sample::U8 && filter.is_none() && (dense || makes) {
            return Ok(Self::Dense { rows, left: if dense { window.left as usize } else { 0 } });
        }
        let columns = indices(source.columns, placement.resized[1], kept_columns)?;
        if request.sample != Sample::U8 {
            return Ok(Self::Wide { rows, columns, sample: request.sample });
        }
        Ok(Self::Picked { rows, blocks: picked::<S, L>(simd, request, C, &columns)? })
    }

    /// Two rows by two columns, where each of them has a weight that is not zero: where the ratio is a whole odd number,
    /// one of the two has all of it in each direction. The others are not fetched: 199 against 125 us for 1080x1920 ->
    /// 640x640 letterbox, 40 against 36 us for 576x768 -> 240x256, on Zen 4.
    fn blend<L: Load, const C: usize>(
        simd: S,
        request: &Request,
        [rows, columns]: [Vec<Pair>; 2],
    ) -> Result<Self, NoMemory> {
        let single = |pairs: &[Pair]| memory::whole_list(pairs.iter().map(|pair| pair.single()));
        Ok(match (single(&rows)?, single(&columns)?) {
            (Some(rows), Some(columns)) => {
                // A pixel alone: each rounding of its sample gives it back.
                let alone = |pairs: Vec<Pair>| memory::list(pairs.into_iter().map(|pair| pair.at[0]));
                Self::Picked { rows: alone(rows)?, blocks: picked::<S, L>(simd, request, C, &alone(columns)?)? }
            }
            (None, Some(columns)) => {
                let columns = memory::list(columns.into_iter().map(|pair| (pair.at, pair.weights)))?;
                Self::Blended { rows, blocks: blended::<S, L>(simd, request, C, 1, &columns)?, taps: 1 }
            }
            (_, None) => {
                let columns = columns.into_iter().map(|pair| pair.neighbours(request.source.columns));
                let blocks = blended::<S, L>(simd, request, C, 2, &memory::list(columns)?)?;
                Self::Blended { rows, blocks, taps: 2 }
            }
        })
    }

    /// The scratch that a run needs.
    pub(super) fn scratch(&self) -> Room {
        match self {
            Self::Resampled(line) | Self::Floats(line) => line.scratch(),
            Self::Wide { columns, .. } => Room { bytes: columns.len() * 4 * 4, pointers: 0 },
            Self::Dense { .. } | Self::Picked { .. } | Self::Blended { .. } => Room::default(),
        }
    }

    /// Where the source rows that are read here are made; resampled lines make the rows that they need themselves.
    pub(super) fn made_rows<L: Load>(&self, request: &Request) -> Option<MadeRows> {
        match self {
            Self::Dense { .. } if !is_dense::<L>(request) => {
                Some(MadeRows::new(request, request.placement.window.ranges()))
            }
            Self::Picked { .. } | Self::Blended { .. } => MadeRows::converted(request),
            _ => None,
        }
    }
}

impl<S: Simd> Holds for Lines<S> {
    fn bytes(&self) -> usize {
        match self {
            Self::Dense { rows, .. } => memory::bytes(rows),
            Self::Picked { rows, blocks } => memory::bytes(rows) + memory::bytes(blocks),
            Self::Blended { rows, blocks, .. } => memory::bytes(rows) + memory::bytes(blocks),
            Self::Resampled(line) | Self::Floats(line) => line.bytes(),
            Self::Wide { rows, columns, .. } => memory::bytes(rows) + memory::bytes(columns),
        }
    }
}

/// Whether the pixels of a row are read in place, one after the other.
fn is_dense<L: Load>(request: &Request) -> bool {
    L::is_dense(request.source.column_stride, request.source.channel_stride) && request.conversion.is_none()
}
