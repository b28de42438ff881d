//! What the benchmarks share: the workloads, the photo they run on, and how Rust programs do them without pixfuse.
//!
//! `kernels.rs` measures every kernel on every level with criterion; the programs in `peers/` measure each workload
//! against other libraries, one program a language. All of them read `workloads.json`.

mod difference;
mod floor;
mod kornia;
mod loops;
mod margins;
mod photo;
mod resizer;
mod rounds;
mod scaler;
mod workload;

pub use difference::{Difference, Tolerance};
pub use floor::Floor;
pub use kornia::Kornia;
pub use loops::{article, normalize, plain_normalize};
pub use margins::{Margins, planes_of};
pub use photo::{JPEG, Photo};
pub use resizer::ResizeThenNormalize;
pub use rounds::{Case, Effort, Kind, Run, Times, measure};
pub use scaler::ScaleThenNormalize;
pub use workload::{Error, Numbers, Task, Workload, workloads};
