//! The x86-64 levels.

mod avx2;
mod avx2_cells;
mod avx2_columns;
mod avx2_passes;
mod avx2_pixels;
mod avx2_transposed;
mod avx2_vectors;
mod avx512;
mod avx512_cells;
mod avx512_columns;
mod avx512_float_passes;
mod avx512_passes;
mod avx512_quads;
mod avx512_windows;
mod elements;
mod sse41;
mod stream;
mod string;

pub(crate) use avx2::Avx2;
pub(crate) use avx512::Avx512;
pub(crate) use sse41::Sse41;
pub(crate) use stream::{Streams, prefetch_lines, streams};

/// The features of each level, written once: `$with` is given them.
macro_rules! features {
    (Sse41 => $with:ident! { $($rest:tt)* }) => {
        $with! { ["ssse3", "sse4.1"] $($rest)* }
    };
    (Avx2 => $with:ident! { $($rest:tt)* }) => {
        $with! { ["avx2", "fma", "f16c", "bmi2"] $($rest)* }
    };
    (Avx512 => $with:ident! { $($rest:tt)* }) => {
        $with! {
            ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512vbmi", "avx512vnni", "avx2", "fma", "f16c",
                "bmi2"]
            $($rest)*
        }
    };
}

/// Declares a token, and the gateway of its level.
macro_rules! token {
    ([$($feature:tt),+] $(#[$doc:meta])* $name:ident $(: below $wider:ident)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name(());

        $(
            /// A CPU that has the wider level has this one: its features are among those, or older parts of them.
            impl From<super::$wider> for $name {
                #[inline(always)]
                fn from(_: super::$wider) -> Self {
                    Self(())
                }
            }
        )?

        impl $name {
            /// The token, if this CPU has every feature of the level.
            pub(crate) fn detect() -> Option<Self> {
                // Without the standard library nobody asks the CPU: the level is there if the whole program is compiled for it.
                #[cfg(feature = "std")]
                let is_there = $(std::arch::is_x86_feature_detected!($feature))&&+;
                #[cfg(not(feature = "std"))]
                let is_there = $(cfg!(target_feature = $feature))&&+;
                is_there.then_some(Self(()))
            }

            /// The one gateway of this level.
            #[inline(always)]
            fn gateway<T: crate::simd::Task<Self>>(self, task: T) -> T::Output {
                #[target_feature($(enable = $feature),+)]
                fn enter<T: crate::simd::Task<$name>>(task: T, simd: $name) -> T::Output {
                    task.run(simd)
                }
                // SAFETY: the token exists only where detection, or the compiler's target, has all of these features.
                unsafe { enter(task, self) }
            }
        }
    };
}

use super::values::values;
use {features, token};
