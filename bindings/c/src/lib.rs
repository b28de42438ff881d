//! pixfuse for C: what `include/pixfuse.h` declares, which is where it is described.
//!
//! Each function does three things: it looks at what a caller in C may get wrong and Rust cannot (null, sizes, alignment),
//! calls the same library as Python and Node.js, and turns errors into handles. No panic crosses: one is the error
//! `internal`. Pointers are the caller's promise; what is promised stands in the header, beside each function.
//!
//! Features are those of `pixfuse-decode`: `libjpeg-turbo` for JPEG by the C library, which takes a C compiler, cmake and on x86 nasm;
//! `avif` and `heic` by the system's libavif and libheif.

mod decode;
mod error;
mod geometry;
mod handle;
mod image;
mod joined;
mod mistake;
mod output;
mod pipeline;
mod preview;
mod structs;

pub use decode::{
    DecodeOptions, Probe, pixfuse_decode, pixfuse_decode_alloc, pixfuse_decode_shape, pixfuse_decoders, pixfuse_probe,
};
pub use error::{Failure, pixfuse_error_code, pixfuse_error_free, pixfuse_error_message, pixfuse_error_reason};
pub use geometry::{
    CGeometry, pixfuse_geometry_followed_by, pixfuse_geometry_of, pixfuse_geometry_patch, pixfuse_geometry_tile,
    pixfuse_map_boxes, pixfuse_unmap_boxes,
};
pub use image::CImage;
pub use joined::{pixfuse_batch_joined, pixfuse_batch_joined_alloc, pixfuse_joined_mask, pixfuse_joined_shape};
pub use mistake::{CMistake, pixfuse_error_mistake, pixfuse_error_mistakes};
pub use output::{Alloc, Shape};
pub use pipeline::{
    pixfuse_batch, pixfuse_pipeline_free, pixfuse_pipeline_from_config, pixfuse_pipeline_level, pixfuse_pipeline_parse,
    pixfuse_pipeline_text, pixfuse_pipeline_with_threads, pixfuse_run, pixfuse_run_alloc, pixfuse_shape_of,
    pixfuse_version,
};
pub use preview::{pixfuse_preview, pixfuse_preview_file};
