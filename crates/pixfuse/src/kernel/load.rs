//! How the channels of a source pixel lie in memory.

use std::ops::Range;

use pixfuse_spec::Layout;

use super::Source;
use crate::simd::Simd;

/// Where the channels of dense pixels come from: one place for all of them, or a plane for each.
///
/// # Safety
/// Of a source with `PIXEL` channels in this layout, [`pixels`](Self::pixels) reads those bytes only that its callers
/// promise: a pipeline runs a kernel over every view that has the shape which these constants say.
pub unsafe trait Load: Send + Sync + 'static {
    /// Channels of a source pixel, whether they are read or not; of planes those that are read.
    const PIXEL: usize;
    /// Interleaved, or a plane for each channel.
    const LAYOUT: Layout;

    /// `S::LANES` neighbouring pixels of a dense row, from this column: for each channel one value a lane.
    ///
    /// # Safety
    /// The pixels are readable, and dense: [`Access::is_dense`].
    unsafe fn pixels<S: Simd, const C: usize>(
        simd: S,
        row: *const u8,
        channel_stride: isize,
        column: usize,
    ) -> [S::I32; C];
}

/// Channels innermost: pixels of `PIXEL` bytes.
pub struct Interleaved<const PIXEL: usize>;

/// Channels outermost: `PLANES` planes.
pub struct Planar<const PLANES: usize>;

// SAFETY: all channels of a pixel are read from one place, `PIXEL` bytes of it at most.
unsafe impl<const PIXEL: usize> Load for Interleaved<PIXEL> {
    const PIXEL: usize = PIXEL;
    const LAYOUT: Layout = Layout::Hwc;

    #[inline(always)]
    unsafe fn pixels<S: Simd, const C: usize>(
        simd: S,
        row: *const u8,
        _channel_stride: isize,
        column: usize,
    ) -> [S::I32; C] {
        // SAFETY: the caller promises LANES dense pixels of PIXEL bytes from this column.
        simd.load_pixels::<PIXEL, C>(unsafe { &*row.add(column * PIXEL).cast() })
    }
}

// SAFETY: a byte of a pixel is read from each of the first `C` planes; a kernel has no more channels than the source.
unsafe impl<const PLANES: usize> Load for Planar<PLANES> {
    const PIXEL: usize = PLANES;
    const LAYOUT: Layout = Layout::Chw;

    #[inline(always)]
    unsafe fn pixels<S: Simd, const C: usize>(
        simd: S,
        row: *const u8,
        channel_stride: isize,
        column: usize,
    ) -> [S::I32; C] {
        let row = row.wrapping_add(column);
        let mut channels = [simd.splat_words([0; 2]); C];
        for (channel, value) in channels.iter_mut().enumerate() {
            // SAFETY: the caller promises LANES dense pixels from this column, in the plane of each of `C` channels.
            let plane = unsafe { &*row.offset(channel as isize * channel_stride).cast() };
            [*value] = simd.load_pixels::<1, 1>(plane);
        }
        channels
    }
}

/// What a kernel fetches from the source while it maps. Every other row that is not dense is made in scratch first, which
/// gives the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direct {
    /// Nothing: it maps dense rows.
    Nothing,
    /// One source pixel for each output pixel.
    OneTap,
    /// That, and two rows by one or two columns.
    TwoTaps,
}

/// How a kernel reads a source: its [`Load`] as values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    /// Interleaved, or a plane for each channel.
    pub(super) layout: Layout,
    /// Channels that are read.
    pub(super) channels: usize,
    /// What is fetched while it is mapped.
    pub(super) direct: Direct,
}

impl Access {
    /// What is fetched while it is mapped on a level.
    pub(super) fn on<S: Simd>(self) -> Self {
        let direct = if S::FETCHES_DIRECTLY { self.direct } else { Direct::Nothing };
        Self { direct, ..self }
    }

    /// Bytes of a pixel that lie together.
    pub(super) fn pixel(self, source: &Source) -> usize {
        match self.layout {
            Layout::Hwc => source.pixel,
            Layout::Chw => 1,
        }
    }

    /// Planes that are read.
    pub(super) fn planes(self) -> usize {
        match self.layout {
            Layout::Hwc => 1,
            Layout::Chw => self.channels,
        }
    }

    /// Whether all channels of a pixel lie together.
    pub(super) fn is_interleaved(self) -> bool {
        self.layout == Layout::Hwc
    }

    /// Whether neighbouring pixels of such a source follow each other as [`Load::pixels`] reads them.
    pub(super) fn is_dense(self, source: &Source) -> bool {
        let Source { pixel, column_stride, channel_stride, .. } = *source;
        match self.layout {
            Layout::Hwc => column_stride == pixel as isize && (channel_stride == 1 || pixel == 1),
            Layout::Chw => column_stride == 1,
        }
    }

    /// The bytes of a row that belong to the view, from column 0: every byte between its first and its last one, when the
    /// pixels leave no gap; empty when they do.
    pub(super) fn readable(self, source: &Source) -> Range<isize> {
        let pixel = if self.is_interleaved() { source.pixel as isize } else { 1 };
        // The stride of an axis of one is any number, `isize::MIN` too.
        let [column, channel] = [source.column_stride, source.channel_stride].map(isize::unsigned_abs);
        let without_gap = column == pixel as usize && (pixel == 1 || channel == 1);
        if !without_gap {
            return 0..0;
        }
        let reach = |side: isize, stride: isize| [(side - 1) * stride, 0];
        let (columns, channels) =
            (reach(source.columns as isize, source.column_stride), reach(pixel, source.channel_stride));
        let first = columns[0].min(0) + channels[0].min(0);
        let last = columns[0].max(0) + channels[0].max(0);
        first..last + 1
    }
}
