//! The source rows of a direct kernel: in place, or made in scratch.

use super::blocks::Column;
use super::held::Held;
use super::load::{Load, readable};
use super::pack::{Columns, GROUP, Pack};
use super::scratch::{Scratch, pitch};
use super::{Request, Source};
use crate::image::view::View;
use crate::simd::Simd;

/// Rows that are made: those of pixels that are converted, and those of a turned image, whose pixels lie a column of
/// memory apart. The last ones are kept, which is what two taps and enlarging read again.
pub(super) struct MadeRows {
    pack: Pack,
    planes: usize,
    /// How many rows there is room for.
    places: usize,
    pitch: usize,
    source: Source,
}

impl MadeRows {
    /// Nothing where rows are read in place; `rows` are all that are read, in their order. Of a turned image no more is
    /// made than the columns that are read, which get new numbers here.
    pub(super) fn new<L: Load>(
        request: &Request,
        channels: usize,
        taps: usize,
        rows: impl Iterator<Item = u32>,
        columns: &mut [Column],
    ) -> Option<Self> {
        let source = request.source;
        if request.conversion.is_some() {
            // Whole rows: fetch tables read windows that reach beyond the pixels they want.
            let pack = Pack::reach(request, 0..source.columns as u32, source.pixel);
            return Some(Self::of(pack, 1, taps, source));
        }
        if !source.turned || !readable::<L>(&source).is_empty() {
            return None;
        }
        let (mut read, mut groups): (Vec<_>, Vec<_>) = rows.map(|row| (row, row / GROUP)).unzip();
        read.dedup();
        groups.dedup();
        // Few rows, far apart: a group would be packed for each.
        if groups.len() * GROUP as usize > 3 * read.len() {
            return None;
        }
        let (pixel, planes) = if L::TOGETHER { (source.pixel, 1) } else { (1, channels) };
        let at = || columns.iter().flat_map(|(at, _)| &at[..taps]).copied();
        let (first, last) = (at().min().unwrap_or(0), at().max().unwrap_or(0));
        let reach = first..last + 1;
        let picked = if reach.len() <= columns.len() * taps {
            columns.iter_mut().for_each(|(at, _)| *at = at.map(|column| column - first));
            Columns::Reach(reach.start as usize..reach.end as usize)
        } else {
            let picked = at().collect();
            for (index, (at, _)) in columns.iter_mut().enumerate() {
                *at = [0, taps - 1].map(|tap| (index * taps + tap) as u32);
            }
            Columns::Picked(picked)
        };
        Some(Self::of(Pack::new(request, picked, pixel), planes, taps, source))
    }

    fn of(pack: Pack, planes: usize, taps: usize, source: Source) -> Self {
        let places = pack.together(2.max(taps), pack.length() * planes);
        let pitch = pitch(pack.length());
        let stride = if planes == 1 { 1 } else { (places * pitch) as isize };
        let made = Source {
            columns: pack.count(),
            column_stride: pack.pixel as isize,
            channel_stride: stride,
            rows_join: false,
            turned: false,
            ..source
        };
        Self { pack, planes, places, pitch, source: made }
    }

    /// The rows that are made, as tables need them.
    pub(super) fn source(&self) -> Source {
        self.source
    }

    /// Bytes of scratch that a run needs.
    pub(super) fn scratch(&self) -> usize {
        self.planes * self.places * self.pitch
    }
}

/// The rows of one run.
#[expect(clippy::large_enum_variant, reason = "there is one a run, on the stack; a box would be allocated in each")]
pub(super) enum Rows<'a> {
    InPlace(&'a View),
    Made { rows: &'a MadeRows, view: &'a View, scratch: *mut u8, held: Held },
}

impl<'a> Rows<'a> {
    pub(super) fn new(rows: Option<&'a MadeRows>, view: &'a View, scratch: &mut Scratch) -> Self {
        match rows {
            None => Self::InPlace(view),
            Some(rows) => Self::Made { rows, view, scratch: scratch.parts().bytes, held: Held::default() },
        }
    }

    /// The addresses of some rows, from column 0; `later` gives the rows that are read after them, in their order.
    ///
    /// # Safety
    /// The rows are inside the view, and the scratch is as large as [`MadeRows::scratch`].
    #[inline(always)]
    pub(super) unsafe fn rows<S: Simd, const ROWS: usize, I: Iterator<Item = u32>>(
        &mut self,
        simd: S,
        wanted: [u32; ROWS],
        later: impl FnOnce() -> I,
    ) -> [*const u8; ROWS] {
        match self {
            Self::InPlace(view) => wanted.map(|row| view.pixels.row(row as usize)),
            Self::Made { rows: made, view, scratch, held } => {
                let MadeRows { pack, planes, places, pitch, .. } = made;
                let group = pack.group();
                let by_group = places / group as usize;
                let places = held.places(wanted, (by_group, group), later, |place, rows| {
                    for plane in 0..*planes {
                        let to = scratch.wrapping_add((plane * places + place * group as usize) * pitch);
                        // SAFETY: the caller's promise; each plane has its places.
                        unsafe { pack.copy(simd, view, plane, rows, to, *pitch) }
                    }
                });
                places.map(|place| scratch.wrapping_add(place * pitch).cast_const())
            }
        }
    }

    /// Asks for the beginning of a row that is read in place.
    #[inline(always)]
    pub(super) fn begin<S: Simd>(&self, simd: S, row: u32) {
        if let Self::InPlace(view) = self {
            for line in 0..8 {
                simd.prefetch(view.pixels.row(row as usize).wrapping_add(line * 64));
            }
        }
    }

    /// Rows that are to be asked for, block by block: those of an image that comes from memory. One that is in a cache
    /// would lose by it, 17 to 36 % of 1080x1920 -> 224x224.
    #[inline(always)]
    pub(super) fn ahead<const ROWS: usize>(&self, rows: [Option<u32>; ROWS]) -> Option<[*const u8; ROWS]> {
        match self {
            Self::InPlace(view) if view.is_cold && rows[0].is_some() => {
                Some(rows.map(|row| view.pixels.row(row.unwrap_or_default() as usize)))
            }
            _ => None,
        }
    }
}
