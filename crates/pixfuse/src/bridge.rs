//! What the crates of this project that stand above the core call, and their users need not see: `pixfuse-decode`, and the
//! bridges to other languages. Not part of the public interface: it changes with them, whose versions are pinned.
//!
//! What generated code calls is [`rt`](crate::rt), and nothing of it is here.

pub use pixfuse_spec::unknown;

pub use crate::pipeline::each;

/// What to do about the mistakes that people make.
pub mod next_step {
    pub use crate::next_step::*;
}

/// The shape of a batch of nothing, for batches of files.
///
/// # Errors
/// When the declaration does not fix the shape of a tensor.
pub fn empty_batch(pipe: &crate::Pipeline) -> Result<crate::Dims, crate::Error> {
    pipe.empty_batch()
}
