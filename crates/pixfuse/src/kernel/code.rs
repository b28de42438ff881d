//! A kernel's code on every level of this architecture.

use pixfuse_spec::Stored;

use super::body::{Body, MapRows, map_rows};
use super::load::Access;
use super::tables::{Tables, joined};
use super::{Prepared, Request};
use crate::memory::NoMemory;
#[cfg(target_arch = "aarch64")]
use crate::simd::Neon;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Avx2, Avx512};
use crate::simd::{Scalar, Token};

/// One function a level. They are all that is compiled for a body: rows, tables and the run are of the level alone.
#[derive(Clone, Copy)]
pub(super) struct Code {
    scalar: MapRows<Scalar>,
    #[cfg(target_arch = "aarch64")]
    neon: MapRows<Neon>,
    #[cfg(target_arch = "x86_64")]
    avx2: MapRows<Avx2>,
    #[cfg(target_arch = "x86_64")]
    avx512: MapRows<Avx512>,
}

impl Code {
    /// The code of a body.
    pub(super) const fn of<K: Body<C>, const C: usize>() -> Self {
        Self {
            scalar: map_rows::<K, Scalar, C>,
            #[cfg(target_arch = "aarch64")]
            neon: map_rows::<K, Neon, C>,
            #[cfg(target_arch = "x86_64")]
            avx2: map_rows::<K, Avx2, C>,
            #[cfg(target_arch = "x86_64")]
            avx512: map_rows::<K, Avx512, C>,
        }
    }

    /// Builds the tables on the widest level that fits.
    ///
    /// # Errors
    /// When there is no memory for them.
    pub(super) fn prepare(
        &self,
        token: Token,
        request: &Request,
        access: Access,
        element: Stored,
    ) -> Result<Box<dyn Prepared>, NoMemory> {
        let joined = joined(request, access);
        let request = joined.as_ref().unwrap_or(request);
        match token.within(request.placement.window.columns as usize) {
            Token::Scalar(simd) => Tables::prepare(simd, request, access, element, self.scalar),
            #[cfg(target_arch = "aarch64")]
            Token::Neon(simd) => Tables::prepare(simd, request, access, element, self.neon),
            #[cfg(target_arch = "x86_64")]
            Token::Avx2(simd) => Tables::prepare(simd, request, access, element, self.avx2),
            #[cfg(target_arch = "x86_64")]
            Token::Avx512(simd) => Tables::prepare(simd, request, access, element, self.avx512),
        }
    }
}
