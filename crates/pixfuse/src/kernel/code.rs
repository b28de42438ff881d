//! A kernel's code on every level of this architecture.

use pixfuse_spec::Shape;

use super::body::{Body, MapRows, map_rows};
use super::load::Access;
use super::tables::{Tables, joined};
use super::{Prepared, Request};
use crate::memory::NoMemory;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
#[cfg(target_arch = "aarch64")]
use crate::simd::Neon;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use crate::simd::Scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use crate::simd::Simd128;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Avx2, Avx512, Sse41};
use crate::simd::{Token, levels};

/// A function of each level.
macro_rules! code {
    ($($(#[$doc:meta])* [$($where:tt)+] $level:ident $name:ident;)+) => {
        /// One function a level. They are all that is compiled for a body: rows, tables and the run are of the level alone.
        #[derive(Clone, Copy)]
        pub(super) struct Code {
            $(#[cfg($($where)+)] $name: MapRows<$level>,)+
        }

        impl Code {
            /// The code of a body.
            pub(super) const fn of<K: Body<C>, const C: usize>() -> Self {
                Self {
                    $(#[cfg($($where)+)] $name: map_rows::<K, $level, C>,)+
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
                shape: Shape,
            ) -> Result<Box<dyn Prepared>, NoMemory> {
                let joined = joined(request, access);
                let request = joined.as_ref().unwrap_or(request);
                match token.within(request.placement.window.columns as usize) {
                    $(
                        #[cfg($($where)+)]
                        Token::$level(simd) => Tables::prepare(simd, request, access, shape, self.$name),
                    )+
                }
            }
        }
    };
}

levels!(code);
