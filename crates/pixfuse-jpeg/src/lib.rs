//! JPEG to pixels by [libjpeg-turbo](https://libjpeg-turbo.org) itself: the library inside Pillow, OpenCV and torchvision,
//! as `turbojpeg-sys` brings its source, compiled and linked statically.
//!
//! [`decode`] is all there is: one file in memory to pixels in memory. It is a crate of its own because it calls C, so
//! that the crates around it can forbid `unsafe`; use `pixfuse-decode`, which reads headers, limits and orientation.
//!
//! Without the feature `libjpeg-turbo` this crate is empty, and needs neither a C compiler nor cmake nor nasm.
#![cfg_attr(not(feature = "libjpeg-turbo"), forbid(unsafe_code))]

#[cfg(feature = "libjpeg-turbo")]
mod decode;

#[cfg(feature = "libjpeg-turbo")]
pub use decode::{Failure, Format, Pixels, Request, decode};
