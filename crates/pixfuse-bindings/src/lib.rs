//! The half of a binding that is the same in every language: what the arguments of a call mean, and what is said of a mistake
//! in one.
//!
//! A binding reads values of its language into [`Argument`]s, and everything after that is here, once: declarations and numbers
//! for `_` ([`declaration`]), which kernel they run on ([`declared`]), how images and files are read ([`orient`] and `options`), where pixels lie
//! in buffers ([`buffers`]) and which typed arrays of JavaScript may be these ([`typed_array`]); what
//! programs match on in an error ([`mistake`]), and what JavaScript is told ([`answers`]). So a mistake has one wording, but for what a language spells in its own way ([`Language`]).
//!
//! It is a crate above the core and not a part of it: options of files need `pixfuse-decode`, which stands above the core, and
//! who uses pixfuse from Rust has types in the place of all this.
#![forbid(unsafe_code)]

pub mod answers;
pub mod argument;
pub mod buffers;
pub mod declaration;
pub mod declared;
pub mod language;
pub mod mistake;
#[cfg(feature = "files")]
pub mod options;
pub mod orient;
#[cfg(feature = "files")]
pub mod preview;
pub mod typed_array;

pub use argument::{Argument, ArgumentError};
pub use language::Language;
pub use mistake::{Mistake, mistakes};
pub use orient::Orient;
