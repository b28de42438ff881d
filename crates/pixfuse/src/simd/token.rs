//! Levels by name, and the tokens that prove them.

use std::fmt;

use super::Simd;
#[cfg(target_arch = "aarch64")]
use super::neon::Neon;
use super::scalar::Scalar;
#[cfg(target_arch = "x86_64")]
use super::x86_64::{Avx2, Avx512};
use crate::Error;

/// A set of instructions that kernels are compiled for. Every level gives the same bytes.
///
/// A pipeline takes the best level of the CPU when it is made; the environment variable `PIXFUSE_LEVEL` (`scalar`,
/// `avx2`, `avx512`, `neon`) asks for another one, for tests and bug reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// No SIMD instructions: one pixel at a time.
    Scalar,
    /// aarch64 with Advanced SIMD: 8 pixels at a time.
    Neon,
    /// x86-64 with AVX2 and FMA: 8 pixels at a time.
    Avx2,
    /// x86-64 with AVX-512 of the Ice Lake class (F, BW, DQ, VL, VBMI, VNNI): 16 pixels at a time.
    Avx512,
}

impl Level {
    /// Every level, whether this CPU has it or not.
    pub const ALL: [Self; 4] = [Self::Scalar, Self::Neon, Self::Avx2, Self::Avx512];

    /// The name as `PIXFUSE_LEVEL` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Neon => "neon",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// The levels that this CPU has, the slowest first.
    ///
    /// ```
    /// assert!(pixfuse::Level::available().contains(&pixfuse::Level::Scalar));
    /// ```
    pub fn available() -> Vec<Self> {
        Self::ALL.into_iter().filter(|&level| Token::detect(level).is_some()).collect()
    }

    /// The level of `PIXFUSE_LEVEL` where that is set, else the best one that this CPU has.
    ///
    /// # Errors
    /// When the variable names no level, or one that this CPU lacks.
    pub fn from_environment() -> Result<Self, Error> {
        match std::env::var_os("PIXFUSE_LEVEL") {
            // What is not Unicode is no level's name either, and the error shows what can be shown of it.
            Some(name) if !name.is_empty() => Self::from_name(&name.to_string_lossy()),
            _ => Ok(*Self::available().last().expect("the scalar level is everywhere")),
        }
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

/// A level that this CPU has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Token {
    Scalar(Scalar),
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

/// Work that is the same on every level: what prepares a kernel's tables.
pub(crate) trait Visit {
    type Output;

    fn visit<S: Simd>(self, simd: S) -> Self::Output;
}

impl Token {
    /// The token of a level, if the CPU has it.
    pub(crate) fn detect(level: Level) -> Option<Self> {
        match level {
            Level::Scalar => Some(Self::Scalar(Scalar)),
            #[cfg(target_arch = "aarch64")]
            Level::Neon => Neon::detect().map(Self::Neon),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => Avx2::detect().map(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => Avx512::detect().map(Self::Avx512),
            #[allow(unreachable_patterns, reason = "which levels are left depends on the architecture")]
            _ => None,
        }
    }

    /// The level of this token.
    pub(crate) fn level(self) -> Level {
        match self {
            Self::Scalar(_) => Level::Scalar,
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => Level::Neon,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => Level::Avx2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => Level::Avx512,
        }
    }

    /// Visits with this level.
    pub(crate) fn visit<V: Visit>(self, visit: V) -> V::Output {
        match self {
            Self::Scalar(simd) => visit.visit(simd),
            #[cfg(target_arch = "aarch64")]
            Self::Neon(simd) => visit.visit(simd),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => visit.visit(simd),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(simd) => visit.visit(simd),
        }
    }

    /// This level, or the widest narrower one whose block fits into `columns` output pixels.
    ///
    /// A loop ends with a block that overlaps the one before, so an image narrower than a block has none at all. Every
    /// level gives the same bytes, so a narrower one may take over.
    pub(crate) fn within(self, columns: usize) -> Self {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) if columns >= Avx512::LANES => self,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(simd) => Self::Avx2(simd.avx2()).within(columns),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) if columns >= Avx2::LANES => self,
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) if columns >= Neon::LANES => self,
            _ => {
                // A pixel at a time fits into any.
                let _ = columns;
                Self::Scalar(Scalar)
            }
        }
    }
}
