//! The config that a model is published with, read as a declaration.
//!
//! ```text
//! dict, text, file or folder -> source (which file, which library) -> that library's own reading -> Imported
//! ```
//!
//! One module a library says what its keys mean: [transformers' by a table of its classes](transformers), since a key
//! counts only where its class reads it. A config is read exactly or refused by name: nothing is approximated. What is
//! read is checked on the installed libraries by `cargo xtask conformance`, bit for bit.
//!
//! ```
//! use pixfuse_config::{Backend, Overrides, Source, read};
//!
//! let config = r#"{"image_processor_type": "ViTImageProcessor", "size": {"height": 224, "width": 224}}"#;
//! let imported = read(&Source::text(config)?, Backend::Torch, &Overrides::new())?;
//! assert_eq!(
//!     imported.spec.to_string(),
//!     "input(rgb8), resize(224, 224, bilinear, antialias, like = torch), \
//!      normalize(mean = 0.5, std = 0.5, order = hf_torch), output(rgb, f32, chw)"
//! );
//! assert_eq!(imported.outputs[0].name, "pixel_values");
//! # Ok::<(), pixfuse_config::Error>(())
//! ```
#![forbid(unsafe_code)]

mod called;
mod cutting;
mod described;
mod error;
mod grayscale;
mod imported;
mod of_sizes;
mod open_clip;
mod overlapping_crops;
mod padded_canvas;
mod place;
mod prompt;
mod record;
mod sentence;
mod size_value;
mod source;
mod timm;
mod torchvision;
pub mod transformers;
mod transformers_js;
mod ultralytics;
mod views;
mod windows;

pub use error::{Error, Feature, Reason};
pub use grayscale::Grayscale;
pub use imported::{Backend, Batch, Frames, Imported, Library, Limit, Output, UnknownBackend, Value, Variant};
pub use of_sizes::{NumberType, OfSizes};
pub use overlapping_crops::OverlappingCrops;
pub use padded_canvas::PaddedCanvas;
pub use place::{Place, When};
pub use size_value::SizeValue;
pub use source::{FILES, Source};
pub use windows::Windows;

/// Keywords of a call or of `from_pretrained`, which mean what they mean in the library: read over the config's own.
pub type Overrides = serde_json::Map<String, serde_json::Value>;

/// Reads a config as this backend of its library does, with `overrides` in the place of the config's own keys.
///
/// The backend counts for transformers alone, whose two differ in most bytes and whose configs do not say which is
/// meant. The others have one.
///
/// # Errors
/// When the config is none, its class is unknown, a key has no meaning there, or pixfuse lacks what it asks for: the
/// error names the key and, for what is lacking, the [`Feature`].
pub fn read(source: &Source, backend: Backend, overrides: &Overrides) -> Result<Imported, Error> {
    source::read(source, backend, overrides)
}

/// Reads the config of a video processor of transformers, which exists for the backend on torch alone: which frames of a video to
/// take stays the caller's, and each of them becomes what the declaration says.
///
/// # Errors
/// As [`read`].
///
/// ```
/// use pixfuse_config::{Overrides, Source, read_video};
///
/// let config = r#"{"video_processor_type": "Qwen3VLVideoProcessor"}"#;
/// let imported = read_video(&Source::text(config)?, &Overrides::new())?.with_frames(8)?;
/// let spec = imported.spec.to_string();
/// assert!(spec.contains("resize(rule = glm4v, multiple = 32, min_pixels = 131072, max_pixels = 786432, frames = 8, temporal = 2,"));
/// assert_eq!(imported.frames.unwrap().temporal, 2);
/// # Ok::<(), pixfuse_config::Error>(())
/// ```
pub fn read_video(source: &Source, overrides: &Overrides) -> Result<Imported, Error> {
    source::read_video(source, overrides)
}
