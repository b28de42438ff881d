//! One declaration, one fused kernel: pixels to tensors for vision models.
//!
//! A preprocessing pipeline is declared once, with the filter of a named library. A procedural macro compiles it into
//! one loop that samples, converts, reorders, normalises and stores each value once, with no intermediate image and
//! the same bytes on every machine and in Rust, Python and Node.js.
//!
//! ```
//! use pixfuse::ImageRef;
//!
//! #[pixfuse::pipeline(
//!     input(rgb8),
//!     resize(240, 256, bilinear),
//!     normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]),
//!     output(rgb, f32, chw),
//! )]
//! pub struct Classifier;
//!
//! let pipe = Classifier::pipeline();
//! let pixels = vec![0u8; 576 * 768 * 3];
//! let tensor = pipe.run::<f32>(ImageRef::rgb8(&pixels, 576, 768)?)?;
//! assert_eq!(tensor.dims, [3, 240, 256]);
//! # Ok::<(), pixfuse::Error>(())
//! ```
//!
//! # Build it with optimisation, in development too
//!
//! Kernels are generic code over vectors. Without optimisation each operation on a vector is a call, and they are more than a
//! hundred times slower. In the `Cargo.toml` of your workspace:
//!
//! ```toml
//! [profile.dev.package."*"]
//! opt-level = 3
//! ```
//!
//! The kernel of an attribute is compiled with the crate that it stands in: `[profile.dev] opt-level = 1` is for that one.
//! [`Pipeline::parse`] runs on kernels of this crate.
//!
//! # More
//!
//! The feature `grid`, which is on by default, has a kernel for every shape that the language can say, for declarations that
//! first appear at run time. A crate that only declares pipelines builds much faster without it:
//! `pixfuse = { version = "..", default-features = false, features = ["std"] }`. What it leaves out besides, each a feature that is on
//! by default: `config`, with which the macro reads configs of models, `threads`, a pool of threads for
//! [`Pipeline::with_threads`], and `half`, tensors of `f16` and `bf16`, types of the crate of that name.
//!
//! The feature `std`, which is on by default too, asks this CPU for its levels, and keeps tables and scratch between calls. With
//! `default-features = false, features = ["libm"]` this crate is `no_std` and needs an allocator:
//! levels are those that the program is compiled for, and the sizes of sources should be declared, `input(rgb8, 1080, 1920)`,
//! so that their tables are made once. The bytes are the same.
//!
//! The features `image` and `ndarray` make an [`ImageRef`] of the types of those crates, and arrays of a [`Tensor`].
//!
//! [`mod@language`] is the reference of all that a declaration can say. [`Pipeline::parse`] takes the same declaration as
//! text, at run time. [`mod@reference`] carries a declaration out
//! pixel by pixel, as its rules read; every kernel is tested against it.
#![cfg_attr(not(feature = "std"), no_std)]
#![doc(html_root_url = "https://docs.rs/pixfuse")]

extern crate alloc;
// Paths of `std` are those of `core` where there is no standard library.
#[cfg(not(feature = "std"))]
extern crate core as std;
// Generated code names this crate by its path, also inside it.
extern crate self as pixfuse;

mod axis;
#[doc(hidden)]
pub mod bridge;
mod cut;
mod entry;
mod error;
mod fill;
mod floats;
mod geometry;
#[cfg(feature = "grid")]
mod grid;
mod image;
#[cfg(any(feature = "image", feature = "ndarray"))]
mod interop;
mod kernel;
mod mapping;
mod memory;
mod next_step;
mod output;
mod patches;
mod pipeline;
mod placement;
#[cfg(not(feature = "std"))]
mod prelude;
mod prepared_cache;
pub mod presets;
#[cfg(feature = "grid")]
mod preview;
pub mod reference;
mod simd;
mod source;
mod tensor;
mod tiles;
mod weights;

pub use entry::{Declared, Entry};
pub use error::Error;
pub use geometry::{Clip, Geometry};
#[cfg(feature = "half")]
pub use half::{bf16, f16};
pub use image::{ImageRef, YuvPlane};
pub use kernel::Scratch;
#[cfg(feature = "std")]
pub use pipeline::Job;
pub use pipeline::{Join, Joined, Pipeline};
pub use pixfuse_macros::pipeline;
/// The parsed form of a declaration, with all its parts.
#[doc(inline)]
pub use pixfuse_spec as spec;
#[doc(inline)]
pub use pixfuse_spec::language;
pub use pixfuse_spec::{
    Alpha, BindError, ChannelOrder, Element, Filter, Keyword, Layout, Orientation, ParseError, PixelFormat, Sample,
    Spec, Values,
};
#[cfg(feature = "grid")]
pub use preview::{Picture, Preview};
pub use simd::Level;
pub use tensor::{Dims, Tensor, TensorElement};

/// What generated code calls. Not part of the public interface: it changes with the macro, whose version is pinned.
#[doc(hidden)]
pub mod rt {
    /// What no type is: a declaration that leaves numbers open, of which `pipeline()` is asked.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` has no `pipeline()`: its declaration leaves numbers open, written `_`",
        label = "write `{Self}::bind(&Values {{ .. }})`, which takes them"
    )]
    pub trait Closed {}

    pub use crate::kernel::{Body, Direct, Interleaved, Kernel, Numbers, Pixels, Planar, Planes};
    pub use crate::simd::{Elements, Half, Simd, Steps};
    pub use pixfuse_spec::MapForm;

    /// What a declaration of two resizes calls when it is compiled: its stages are kernels of the grid.
    pub const fn two_resizes() {
        #[cfg(not(feature = "grid"))]
        panic!("a declaration that resizes twice needs the feature `grid` of pixfuse");
    }

    /// What a declaration of f16 or bf16 calls when it is compiled: without these types nothing holds its tensors.
    pub const fn half() {
        #[cfg(not(feature = "half"))]
        panic!("a declaration of f16 or bf16 needs the feature `half` of pixfuse");
    }
}

/// The README's Rust code is compiled and run with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The site's Rust code about this crate, as documentation tests.
#[cfg(doctest)]
mod site {
    #[doc = include_str!("../../../site/rust/frames.md")]
    struct Frames;

    #[cfg(feature = "image")]
    #[doc = include_str!("../../../site/rust/image.md")]
    struct Image;

    #[cfg(feature = "ndarray")]
    #[doc = include_str!("../../../site/rust/ndarray.md")]
    struct Ndarray;
}
