//! `#[pixfuse::pipeline]`: what it makes, and where it can stand.
//!
//! The whole crate forbids `unsafe` and denies every warning, as a user's crate may.
#![forbid(unsafe_code)]
#![deny(missing_docs, warnings)]

#[path = "../common/mod.rs"]
#[allow(unreachable_pub, reason = "shared with other tests")]
mod common;

mod kernels;
mod numbers;
pub mod places;
mod renamed;
