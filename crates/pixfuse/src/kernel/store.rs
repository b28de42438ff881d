//! How the channels of an output pixel lie in memory.

use std::marker::PhantomData;

use crate::simd::Simd;

/// Where a block's values go.
pub trait Store: Send + Sync + 'static {
    /// The type of one element.
    type Element: 'static;
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
    ($element:ty, $vector:ident, $plane:ident, $pixels:ident) => {
        impl Store for Planes<$element> {
            type Element = $element;
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
                    // SAFETY: the block ends inside its plane, and the plane inside the output.
                    unsafe { simd.$plane(out.add(channel * plane + pixel), value) }
                }
            }
        }

        impl Store for Pixels<$element> {
            type Element = $element;
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
                // SAFETY: the block ends before the last pixel of the output.
                unsafe { simd.$pixels::<N>(out.add(pixel * N), values) }
            }
        }
    };
}

stores!(f32, F32, store_f32, store_pixels_f32);
stores!(u16, I32, store_u16, store_pixels_u16);
stores!(u8, I32, store_u8, store_pixels_u8);
