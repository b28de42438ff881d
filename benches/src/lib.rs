//! What the benchmarks share: the workloads, the photo they run on, and how Rust programs do them without pixfuse.
//!
//! `kernels.rs` measures every kernel on every level with criterion; the programs in `peers/` measure each workload
//! against other libraries, one program a language. All of them read `workloads.json`.

mod difference;
mod loops;
mod photo;
mod resizer;
mod rounds;
mod workload;

pub use difference::{Difference, Tolerance};
pub use loops::{article, normalize, plain_normalize, read_and_fill};
pub use photo::{JPEG, Photo};
pub use resizer::ResizeThenNormalize;
pub use rounds::{Case, Effort, Run, Times, measure};
pub use workload::{Error, Numbers, Workload, workloads};
