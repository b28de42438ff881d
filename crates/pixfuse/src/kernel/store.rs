//! How the channels of an output pixel lie in memory.

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use pixfuse_spec::{Layout, Stored};

use crate::simd::Simd;

/// Where a block's values go.
///
/// # Safety
/// `Element` is what `ELEMENT` says, and [`store`](Self::store) writes to no other place of the output than its pixels
/// have in `LAYOUT`: a pipeline gives a kernel every output that has the shape which these constants say.
pub unsafe trait Store: Send + Sync + 'static {
    /// The type of one element.
    type Element: Copy + 'static;
    /// What an element holds.
    const ELEMENT: Stored;
    /// Planes, or interleaved pixels.
    const LAYOUT: Layout;
    /// A block of values of one channel, as a body gives it.
    type Vector<S: Simd>: Copy;

    /// Elements from a pixel to the next, of `N` channels.
    fn pitch<const N: usize>() -> usize;

    /// Stores `S::LANES` pixels of `N` channels from this pixel on.
    ///
    /// # Safety
    /// The output has `N` planes of `plane` elements, and `pixel + S::LANES <= plane`.
    unsafe fn store<S: Simd, const N: usize>(
        simd: S,
        out: *mut Self::Element,
        plane: usize,
        pixel: usize,
        values: [Self::Vector<S>; N],
    );
}

/// Channels outermost: a plane each.
pub struct Planes<T>(PhantomData<T>);

/// Channels innermost: interleaved pixels.
pub struct Pixels<T>(PhantomData<T>);

macro_rules! stores {
    ($element:ty, $stored:ident, $vector:ident, $plane:ident, $pixels:ident) => {
        // SAFETY: a block of each channel goes into the plane of the channel, `plane` elements behind the one before.
        unsafe impl Store for Planes<$element> {
            type Element = $element;
            const ELEMENT: Stored = Stored::$stored;
            const LAYOUT: Layout = Layout::Chw;
            type Vector<S: Simd> = S::$vector;

            fn pitch<const N: usize>() -> usize {
                1
            }

            #[inline(always)]
            unsafe fn store<S: Simd, const N: usize>(
                simd: S,
                out: *mut $element,
                plane: usize,
                pixel: usize,
                values: [S::$vector; N],
            ) {
                for (channel, value) in values.into_iter().enumerate() {
                    let at = out.wrapping_add(channel * plane + pixel);
                    // SAFETY: the caller promises `N` planes of `plane` elements, and that the block, an element for each
                    // lane, ends inside each.
                    let at = unsafe { &mut *at.cast::<S::Lanes<MaybeUninit<$element>>>() };
                    simd.$plane(at, value);
                }
            }
        }

        // SAFETY: a block is so many neighbouring pixels of `N` elements.
        unsafe impl Store for Pixels<$element> {
            type Element = $element;
            const ELEMENT: Stored = Stored::$stored;
            const LAYOUT: Layout = Layout::Hwc;
            type Vector<S: Simd> = S::$vector;

            fn pitch<const N: usize>() -> usize {
                N
            }

            #[inline(always)]
            unsafe fn store<S: Simd, const N: usize>(
                simd: S,
                out: *mut $element,
                _plane: usize,
                pixel: usize,
                values: [S::$vector; N],
            ) {
                // SAFETY: the caller promises `plane` pixels of `N` elements, and that the block, `N` elements for each lane,
                // ends before the last.
                let at = unsafe { &mut *out.add(pixel * N).cast::<[S::Lanes<MaybeUninit<$element>>; N]>() };
                simd.$pixels::<N>(at, values);
            }
        }
    };
}

stores!(f32, F32, F32, store_f32, store_pixels_f32);
stores!(u16, U16, I32, store_u16, store_pixels_u16);
stores!(u8, U8, I32, store_u8, store_pixels_u8);
