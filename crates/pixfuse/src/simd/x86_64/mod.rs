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

pub(super) use avx2::Avx2;
pub(super) use avx512::Avx512;

/// Declares a token: its features are written once, for detection and for the gateway alike.
macro_rules! token {
    ($(#[$doc:meta])* $name:ident: $($feature:tt),+) => {
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

/// Runs intrinsics that touch no memory.
macro_rules! level {
    ($($body:tt)*) => {
        // SAFETY: the intrinsics need only the features of the level, and a token of it is at hand (`self`).
        unsafe { $($body)* }
    };
}

use {level, token};
