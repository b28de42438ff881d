//! How the channels of a source pixel lie in memory.

use std::ops::Range;

use pixfuse_spec::Layout;

use super::Source;
use crate::simd::Simd;

/// Where a block's channels come from: one place for all of them, or a plane for each.
///
/// # Safety
/// Of a source with `PIXEL` channels in this layout, the functions read those bytes only that their callers promise: a
/// pipeline runs a kernel over every view that has the shape which these constants say.
pub unsafe trait Load: Send + Sync + 'static {
    /// Channels of a source pixel, whether they are read or not.
    const PIXEL: usize;
    /// Interleaved, or a plane for each channel.
    const LAYOUT: Layout;
    /// Whether all channels of a pixel are fetched at once.
    const TOGETHER: bool = matches!(Self::LAYOUT, Layout::Hwc);

    /// The pixels of one block: for each channel one value a lane.
    ///
    /// # Safety
    /// As [`Simd::fetch`], in each plane.
    unsafe fn fetch<S: Simd, const C: usize>(
        simd: S,
        row: *const u8,
        channel_stride: isize,
        columns: &S::Columns,
    ) -> [S::I32; C];

    /// The bilinear samples of one block, between two rows with these weights.
    ///
    /// # Safety
    /// As [`Simd::blend`], in each plane.
    unsafe fn blend<S: Simd, const C: usize, const TAPS: usize>(
        simd: S,
        rows: [*const u8; 2],
        channel_stride: isize,
        columns: &S::Columns,
        weights: S::I32,
    ) -> [S::I32; C];

    /// `S::LANES` neighbouring pixels of a dense row, from this column.
    ///
    /// # Safety
    /// The pixels are readable, and dense: [`is_dense`](Self::is_dense).
    unsafe fn pixels<S: Simd, const C: usize>(
        simd: S,
        row: *const u8,
        channel_stride: isize,
        column: usize,
    ) -> [S::I32; C];

    /// Whether neighbouring pixels follow each other as [`pixels`](Self::pixels) reads them.
    fn is_dense(column_stride: isize, channel_stride: isize) -> bool;
}

/// Channels innermost: pixels of `PIXEL` bytes.
pub struct Interleaved<const PIXEL: usize>;

/// Channels outermost: `PIXEL` planes.
pub struct Planar<const PIXEL: usize>;

// SAFETY: all channels of a pixel are read from one place, `PIXEL` bytes of it at most.
unsafe impl<const PIXEL: usize> Load for Interleaved<PIXEL> {
    const PIXEL: usize = PIXEL;
    const LAYOUT: Layout = Layout::Hwc;

    #[inline(always)]
    unsafe fn fetch<S: Simd, const C: usize>(
        simd: S,
        row: *const u8,
        _channel_stride: isize,
        columns: &S::Columns,
    ) -> [S::I32; C] {
        // SAFETY: the caller promises columns for `C` channels and one tap of this row, which is what `Simd::fetch` asks for.
        unsafe { simd.fetch::<C>(row, columns) }
    }

    #[inline(always)]
    unsafe fn blend<S: Simd, const C: usize, const TAPS: usize>(
        simd: S,
        rows: [*const u8; 2],
        _channel_stride: isize,
        columns: &S::Columns,
        weights: S::I32,
    ) -> [S::I32; C] {
        // SAFETY: the caller promises columns for `C` channels and `TAPS` taps of these rows, as `Simd::blend` asks for.
        unsafe { simd.blend::<C, TAPS>(rows, columns, weights) }
    }

    #[inline(always)]
    unsafe fn pixels<S: Simd, const C: usize>(
        simd: S,
        row: *const u8,
        _channel_stride: isize,
        column: usize,
    ) -> [S::I32; C] {
        // SAFETY: the caller promises LANES dense pixels of PIXEL bytes from this column; `Kernel::of` has C <= PIXEL.
        unsafe { simd.load_pixels::<PIXEL, C>(row.add(column * PIXEL)) }
    }

    fn is_dense(column_stride: isize, channel_stride: isize) -> bool {
        column_stride == PIXEL as isize && (channel_stride == 1 || PIXEL == 1)
    }
}

// SAFETY: a byte of a pixel is read from each of the first `C` planes; a kernel has no more channels than the source.
unsafe impl<const PIXEL: usize> Load for Planar<PIXEL> {
    const PIXEL: usize = PIXEL;
    const LAYOUT: Layout = Layout::Chw;

    #[inline(always)]
    unsafe fn fetch<S: Simd, const C: usize>(
        simd: S,
        row: *const u8,
        channel_stride: isize,
        columns: &S::Columns,
    ) -> [S::I32; C] {
        // SAFETY: the caller promises a plane for each of `C` channels, and columns for one channel of a row of each.
        unsafe {
            let mut channels = [simd.fetch::<1>(row, columns)[0]; C];
            for (channel, value) in channels.iter_mut().enumerate().skip(1) {
                *value = simd.fetch::<1>(row.wrapping_offset(channel as isize * channel_stride), columns)[0];
            }
            channels
        }
    }

    #[inline(always)]
    unsafe fn blend<S: Simd, const C: usize, const TAPS: usize>(
        simd: S,
        [above, below]: [*const u8; 2],
        channel_stride: isize,
        columns: &S::Columns,
        weights: S::I32,
    ) -> [S::I32; C] {
        // SAFETY: the caller promises a plane for each of `C` channels, and columns for one channel of two rows of each.
        unsafe {
            let mut channels = [simd.blend::<1, TAPS>([above, below], columns, weights)[0]; C];
            for (channel, value) in channels.iter_mut().enumerate().skip(1) {
                let offset = channel as isize * channel_stride;
                let rows = [above.wrapping_offset(offset), below.wrapping_offset(offset)];
                *value = simd.blend::<1, TAPS>(rows, columns, weights)[0];
            }
            channels
        }
    }

    #[inline(always)]
    unsafe fn pixels<S: Simd, const C: usize>(
        simd: S,
        row: *const u8,
        channel_stride: isize,
        column: usize,
    ) -> [S::I32; C] {
        // SAFETY: the caller promises LANES dense pixels from this column, in the plane of each of `C` channels.
        unsafe {
            let mut channels = [simd.load_pixels::<1, 1>(row.add(column))[0]; C];
            for (channel, value) in channels.iter_mut().enumerate().skip(1) {
                let plane = row.offset(channel as isize * channel_stride);
                *value = simd.load_pixels::<1, 1>(plane.add(column))[0];
            }
            channels
        }
    }

    fn is_dense(column_stride: isize, _channel_stride: isize) -> bool {
        column_stride == 1
    }
}

/// The bytes of a row that belong to the view, from column 0: every byte between its first and its last one, when the
/// pixels leave no gap; empty when they do.
pub(super) fn readable<L: Load>(source: &Source) -> Range<isize> {
    let pixel = if L::TOGETHER { source.pixel as isize } else { 1 };
    let without_gap = source.column_stride.abs() == pixel && (pixel == 1 || source.channel_stride.abs() == 1);
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
