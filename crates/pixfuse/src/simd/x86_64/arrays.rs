//! Vectors from arrays and to them: the loads and stores of the x86-64 passes.
//!
//! An array may have elements of any type that is all numbers; what is asserted of its size is asserted when it is compiled.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use crate::simd::Plain;

/// Two times 16 bytes.
#[inline]
#[target_feature(enable = "avx")]
pub(super) fn load_two_halves(low: &[u8; 16], high: &[u8; 16]) -> __m256i {
    // SAFETY: each array has 16 bytes.
    unsafe { _mm256_loadu2_m128i(high.as_ptr().cast(), low.as_ptr().cast()) }
}

macro_rules! stores {
    ($($(#[$doc:meta])* [$feature:literal] $name:ident: $vector:ty, $bytes:literal, $intrinsic:ident;)+) => {$(
        $(#[$doc])*
        #[inline]
        #[target_feature(enable = $feature)]
        pub(super) fn $name<T: Plain, const N: usize>(to: &mut [MaybeUninit<T>; N], value: $vector) {
            const { assert!(size_of::<[T; N]>() == $bytes, "the array has as many bytes as are stored") };
            // SAFETY: the array has so many bytes, and any bits are numbers.
            unsafe { $intrinsic(to.as_mut_ptr().cast(), value) }
        }
    )+};
}

stores! {
    /// Stores the low 8 bytes.
    ["sse2"] store_8: __m128i, 8, _mm_storel_epi64;
    /// Stores 16 bytes.
    ["sse2"] store_16: __m128i, 16, _mm_storeu_si128;
    /// Stores 32 bytes.
    ["avx"] store_32: __m256i, 32, _mm256_storeu_si256;
    /// Stores 8 f32.
    ["avx"] store_8_f32: __m256, 32, _mm256_storeu_ps;
    /// Stores 64 bytes.
    ["avx512f"] store_64: __m512i, 64, _mm512_storeu_si512;
    /// Stores 16 f32.
    ["avx512f"] store_16_f32: __m512, 64, _mm512_storeu_ps;
}
