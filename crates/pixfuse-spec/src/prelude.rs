//! What the prelude of the standard library has, where there is none: names of `alloc`, and the methods of floats, by libm.

#[doc(hidden)]
pub use alloc::{
    borrow::ToOwned,
    boxed::Box,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

/// The methods of `f32` and `f64` that pixfuse calls. All but the sine and the cosine have one right result, so that a
/// declaration means the same with either arithmetic.
#[doc(hidden)]
#[allow(missing_docs, reason = "each is the method of the standard library with its name")]
#[allow(clippy::return_self_not_must_use, reason = "floats have these methods, of which none is called for nothing")]
pub trait Float: Sized {
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn trunc(self) -> Self;
    fn fract(self) -> Self;
    fn round(self) -> Self;
    fn round_ties_even(self) -> Self;
    fn sqrt(self) -> Self;
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    fn rem_euclid(self, divisor: Self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn sin_cos(self) -> (Self, Self);
}

macro_rules! float {
    ($float:ty: $floor:ident $ceil:ident $trunc:ident $round:ident $even:ident $sqrt:ident $fma:ident $sin:ident $cos:ident) => {
        impl Float for $float {
            #[inline]
            fn floor(self) -> Self {
                libm::$floor(self)
            }
            #[inline]
            fn ceil(self) -> Self {
                libm::$ceil(self)
            }
            #[inline]
            fn trunc(self) -> Self {
                libm::$trunc(self)
            }
            #[inline]
            fn fract(self) -> Self {
                self - libm::$trunc(self)
            }
            #[inline]
            fn round(self) -> Self {
                libm::$round(self)
            }
            #[inline]
            fn round_ties_even(self) -> Self {
                libm::$even(self)
            }
            #[inline]
            fn sqrt(self) -> Self {
                libm::$sqrt(self)
            }
            #[inline]
            fn mul_add(self, factor: Self, addend: Self) -> Self {
                libm::$fma(self, factor, addend)
            }
            #[inline]
            fn rem_euclid(self, divisor: Self) -> Self {
                let rest = self % divisor;
                if rest < 0.0 { rest + divisor.abs() } else { rest }
            }
            #[inline]
            fn sin(self) -> Self {
                libm::$sin(self)
            }
            #[inline]
            fn cos(self) -> Self {
                libm::$cos(self)
            }
            #[inline]
            fn sin_cos(self) -> (Self, Self) {
                (libm::$sin(self), libm::$cos(self))
            }
        }
    };
}

float!(f32: floorf ceilf truncf roundf rintf sqrtf fmaf sinf cosf);
float!(f64: floor ceil trunc round rint sqrt fma sin cos);
