//! Where mapped pixels go.

use std::marker::PhantomData;

use super::blocks::{Target, starts};
use super::taps::StoreBlock;
use super::{Body, Load, Numbers, Store};
use crate::simd::Simd;

/// The output of one run. All of it is copied, so that the compiler knows that no store changes it.
///
/// What its functions write is safe where `out` is as [`Prepared::run`](super::Prepared::run) requires, `target` is that of
/// the placement, whose window is `width` columns wide, or of a band of so many columns, and rows are those of the window.
pub(super) struct Sink<'a, K: Body<C>, S: Simd, const C: usize> {
    pub(super) out: *mut <K::Store as Store>::Element,
    pub(super) target: Target,
    /// Columns that are mapped, a block at least.
    pub(super) width: usize,
    pub(super) numbers: Numbers<'a>,
    pub(super) level: PhantomData<S>,
}

impl<K: Body<C>, S: Simd, const C: usize> Sink<'_, K, S, C> {
    /// Maps and stores a row of neighbours.
    ///
    /// # Safety
    /// From column `left` on the row is dense and readable for as many pixels as are mapped. The output is as for
    /// [`store`](Self::store).
    #[inline(always)]
    pub(super) unsafe fn dense(&self, simd: S, y: usize, row: *const u8, channel_stride: isize, left: usize) {
        for x in starts::<S>(self.width, self.overlap(y)) {
            // SAFETY: `starts` gives blocks that end inside the row (x + LANES <= width), whose pixels the caller promises,
            // and whose places are inside the window.
            unsafe {
                let pixel = K::Load::pixels::<S, C>(simd, row, channel_stride, left + x);
                self.store(simd, y, x, pixel);
            }
        }
    }

    /// Maps and stores a line of f32, in planes `stride` bytes apart.
    ///
    /// # Safety
    /// From each plane on as many elements are readable as are mapped. The output is as for [`store`](Self::store).
    #[inline(always)]
    pub(super) unsafe fn floats(&self, simd: S, y: usize, line: *const u8, stride: isize) {
        let target = self.target;
        for x in starts::<S>(self.width, 0) {
            // SAFETY: `starts` gives blocks that end inside the line (x + LANES <= width), whose planes the caller promises;
            // as many columns are inside the output, so that their places are.
            unsafe {
                let plane = |channel: usize| &*line.offset(channel as isize * stride).cast::<f32>().add(x).cast();
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
    /// `out`, `target` and `width` are those of one placement, as the type says, and the block is inside the window.
    #[inline(always)]
    pub(super) unsafe fn store(&self, simd: S, y: usize, column: usize, pixel: [S::I32; C]) {
        let target = self.target;
        let values = K::pixels(simd, pixel, &self.numbers);
        // SAFETY: the caller promises the output, with `C` planes or pixels of `C` elements, in which the window is, and that
        // the block ends inside a row of the window: so it ends before the plane does.
        unsafe { K::Store::store(simd, self.out, target.plane, target.pixel(y, column), values) };
    }
}

/// A row of a sink.
pub(super) struct SinkRow<'a, K: Body<C>, S: Simd, const C: usize> {
    pub(super) sink: &'a Sink<'a, K, S, C>,
    /// From the sink's first row.
    pub(super) y: usize,
}

impl<K: Body<C>, S: Simd, const C: usize> StoreBlock<S, C> for SinkRow<'_, K, S, C> {
    #[inline(always)]
    unsafe fn store(&self, simd: S, column: usize, pixel: [S::I32; C]) {
        // SAFETY: the caller promises a block inside the row, which is one of the sink's.
        unsafe { self.sink.store(simd, self.y, column, pixel) };
    }
}
