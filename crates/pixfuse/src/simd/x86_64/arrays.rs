//! Vectors from arrays and to them: the loads and stores of the x86-64 passes.
//!
//! An array may have elements of any type that is all numbers; what is asserted of its size is asserted when it is compiled.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use bytemuck::{Pod, must_cast};

use crate::simd::write;

/// Two times 16 bytes.
#[inline]
#[target_feature(enable = "avx")]
pub(super) fn load_two_halves(low: &[u8; 16], high: &[u8; 16]) -> __m256i {
    _mm256_set_m128i(must_cast(*high), must_cast(*low))
}

macro_rules! stores {
    ($($(#[$doc:meta])* [$feature:literal] $name:ident: $vector:ty;)+) => {$(
        $(#[$doc])*
        #[inline]
        #[target_feature(enable = $feature)]
        pub(super) fn $name<T: Pod, const N: usize>(to: &mut [MaybeUninit<T>; N], value: $vector) {
            write(to, must_cast(value));
        }
    )+};
}

/// Stores the low 8 bytes.
#[inline]
#[target_feature(enable = "sse2")]
pub(super) fn store_8<T: Pod, const N: usize>(to: &mut [MaybeUninit<T>; N], value: __m128i) {
    write(to, must_cast(_mm_cvtsi128_si64(value)));
}

stores! {
    /// Stores 16 bytes.
    ["sse2"] store_16: __m128i;
    /// Stores 32 bytes.
    ["avx"] store_32: __m256i;
    /// Stores 8 f32.
    ["avx"] store_8_f32: __m256;
    /// Stores 64 bytes.
    ["avx512f"] store_64: __m512i;
    /// Stores 16 f32.
    ["avx512f"] store_16_f32: __m512;
}
