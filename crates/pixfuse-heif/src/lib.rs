//! AVIF to pixels by the system's [libavif](https://github.com/AOMediaCodec/libavif), HEIC by its
//! [libheif](https://github.com/strukturag/libheif).
//!
//! A module a feature, `avif` and `heic`, each with the same three functions: what a file's boxes say, its pixels, and the
//! library's version. It is a crate of its own because it calls C, so that the crates around it can forbid `unsafe`; use
//! `pixfuse-decode`, which reads orientation and limits. Without its features this crate is empty and needs nothing.
#![cfg_attr(not(any(feature = "avif", feature = "heic")), forbid(unsafe_code))]

#[cfg(any(feature = "avif", feature = "heic"))]
mod bridge;

#[cfg(any(feature = "avif", feature = "heic"))]
pub use bridge::{Failure, Header, Mirror};

/// AVIF, by libavif. Pixels are as stored: [`Header::turns`] and [`Header::mirror`] say what is still to be done.
#[cfg(feature = "avif")]
pub mod avif {
    crate::bridge::library!(pixfuse_avif_header, pixfuse_avif_decode, pixfuse_avif_version);
}

/// HEIC, by libheif. Pixels and sides are as shown: the library has turned, mirrored and cropped the image.
#[cfg(feature = "heic")]
pub mod heic {
    crate::bridge::library!(pixfuse_heic_header, pixfuse_heic_decode, pixfuse_heic_version);
}
