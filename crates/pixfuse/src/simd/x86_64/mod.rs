//! The x86-64 levels.

mod avx2;
mod avx2_cells;
mod avx2_columns;
mod avx2_passes;
mod avx2_pixels;
mod avx2_quads;
mod avx2_turned;
mod avx512;
mod avx512_cells;
mod avx512_columns;
mod avx512_float_passes;
mod avx512_passes;
mod avx512_quads;
mod avx512_windows;
mod elements;
mod narrow;
mod string;
mod turn;

pub(crate) use avx2::Avx2;
pub(crate) use avx512::Avx512;

/// The features of each level, written once: `$with` is given them.
macro_rules! features {
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
    ([$($feature:tt),+] $(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name(());

        impl $name {
            /// The token, if this CPU has every feature of the level.
            pub(crate) fn detect() -> Option<Self> {
                ($(std::arch::is_x86_feature_detected!($feature))&&+).then_some(Self(()))
            }

            /// The one gateway of this level.
            #[inline(always)]
            fn enter<T: crate::simd::Task<Self>>(self, task: T) -> T::Output {
                #[target_feature($(enable = $feature),+)]
                fn gateway<T: crate::simd::Task<$name>>(task: T, simd: $name) -> T::Output {
                    task.run(simd)
                }
                // SAFETY: the token exists only where detection found all of these features.
                unsafe { gateway(task, self) }
            }
        }
    };
}

use super::values::values;
use {features, token};
