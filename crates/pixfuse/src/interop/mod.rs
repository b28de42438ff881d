//! Types of other crates as images and tensors, without a copy. Each crate is a feature of its name.

#[cfg(feature = "image")]
mod image;
#[cfg(feature = "ndarray")]
mod ndarray;
