//! Levels by name, and the tokens that prove them.

use std::fmt;

#[cfg(target_arch = "aarch64")]
use super::Neon;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use super::Scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use super::Simd128;
#[cfg(target_arch = "x86_64")]
use super::{Avx2, Avx512, Sse41};
use super::{Elements, Simd};
use crate::Error;
#[cfg(not(feature = "std"))]
use crate::prelude::*;

/// The levels, the slowest first, given to a macro: where each is compiled, its token, and its name in lower case, which is
/// what `PIXFUSE_LEVEL` takes. Whatever lists levels is made from this.
macro_rules! levels {
    ($with:ident) => {
        $with! {
            /// No SIMD instructions: one pixel at a time. Not where a module is compiled for `simd128`, which is there then.
            [not(all(target_arch = "wasm32", target_feature = "simd128"))] Scalar scalar;
            /// aarch64 with Advanced SIMD: 8 pixels at a time.
            [target_arch = "aarch64"] Neon neon;
            /// WebAssembly with `simd128`: 8 pixels at a time. It is there or not as the module was compiled.
            [all(target_arch = "wasm32", target_feature = "simd128")] Simd128 simd128;
            /// x86-64 with SSE4.1: 8 pixels at a time.
            [target_arch = "x86_64"] Sse41 sse41;
            /// x86-64 with AVX2 and FMA: 8 pixels at a time.
            [target_arch = "x86_64"] Avx2 avx2;
            /// x86-64 with AVX-512 of the Ice Lake class (F, BW, DQ, VL, VBMI, VNNI): 16 pixels at a time.
            [target_arch = "x86_64"] Avx512 avx512;
        }
    };
}

pub(crate) use levels;

/// The vocabulary of levels, and the tokens that prove them.
macro_rules! vocabulary {
    ($($(#[$doc:meta])* [$($where:tt)+] $level:ident $name:ident;)+) => {
        /// A set of instructions that kernels are compiled for. Every level gives the same bytes.
        ///
        /// A pipeline takes the best level of the CPU when it is made; the environment variable `PIXFUSE_LEVEL` (`scalar`,
        /// `neon`, `simd128`, `sse41`, `avx2`, `avx512`) selects another one, for tests and bug reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Level {
            $($(#[$doc])* $level,)+
        }

        impl Level {
            /// Every level, whether this CPU has it or not.
            pub const ALL: [Self; [$(stringify!($level)),+].len()] = [$(Self::$level),+];

            /// The name as `PIXFUSE_LEVEL` takes it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$level => stringify!($name),)+
                }
            }
        }

        /// A level that this CPU has.
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum Token {
            $(#[cfg($($where)+)] $level($level),)+
        }

        impl Token {
            /// The token of a level, if the CPU has it.
            pub(crate) fn detect(level: Level) -> Option<Self> {
                match level {
                    $(#[cfg($($where)+)] Level::$level => $level::detect().map(Self::$level),)+
                    #[allow(unreachable_patterns, reason = "which levels are left depends on the architecture")]
                    _ => None,
                }
            }

            /// The level of this token.
            pub(crate) fn level(self) -> Level {
                match self {
                    $(#[cfg($($where)+)] Self::$level(_) => Level::$level,)+
                }
            }

            /// Visits with this level.
            pub(crate) fn visit<V: Visit>(self, visit: V) -> V::Output {
                match self {
                    $(#[cfg($($where)+)] Self::$level(simd) => visit.visit(simd),)+
                }
            }

            /// Pixels in a block of this level.
            fn lanes(self) -> usize {
                match self {
                    $(#[cfg($($where)+)] Self::$level(_) => <$level as Elements>::LANES,)+
                }
            }
        }
    };
}

levels!(vocabulary);

impl Level {
    /// The levels that this CPU has, the slowest first.
    ///
    /// ```
    /// assert!(pixfuse::Level::available().contains(&pixfuse::Level::Scalar));
    /// ```
    pub fn available() -> Vec<Self> {
        Self::ALL.into_iter().filter(|&level| Token::detect(level).is_some()).collect()
    }

    /// The level of `PIXFUSE_LEVEL` where that is set, else the best one that this CPU has. Without the feature `std` there
    /// are no variables, and it is the best one that the program is compiled for.
    ///
    /// # Errors
    /// When the variable names no level, or one that this CPU lacks.
    pub fn from_environment() -> Result<Self, Error> {
        #[cfg(feature = "std")]
        if let Some(name) = std::env::var_os("PIXFUSE_LEVEL").filter(|name| !name.is_empty()) {
            // What is not Unicode is no level's name either, and the error shows what can be shown of it.
            return Self::from_name(&name.to_string_lossy());
        }
        Ok(*Self::available().last().expect("one level is everywhere"))
    }

    /// The level with this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|level| level.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::Level(format!("PIXFUSE_LEVEL is `{name}`, expected one of {names}"))
        })
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Work that is the same on every level: what prepares a kernel's tables.
pub(crate) trait Visit {
    type Output;

    fn visit<S: Simd>(self, simd: S) -> Self::Output;
}

impl Token {
    /// This level, or the widest narrower one whose block fits into `columns` output pixels.
    ///
    /// A loop ends with a block that overlaps the one before, so an image narrower than a block has none at all. Every
    /// level gives the same bytes, so a narrower one may take over. Levels of 16 bytes map a whole block of what has fewer
    /// columns, and keep those.
    pub(crate) fn within(self, columns: usize) -> Self {
        match self {
            _ if columns >= self.lanes() => self,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(simd) => Self::Avx2(simd.into()).within(columns),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => Self::Sse41(simd.into()),
            _ => self,
        }
    }
}
