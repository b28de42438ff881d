//! What the prelude of the standard library has, where there is none.

pub(crate) use pixfuse_spec::prelude::*;
