//! The run-time grid: a kernel for every shape that the language can say, made by the compiler of the macro.
//!
//! Sizes, scale, offset and channel swap are numbers that these kernels read; only what changes machine code is an
//! axis. So a text that first appears at run time runs on compiled code, and there is no second implementation. Where rows come
//! from is no axis either, but for nearest and bilinear over interleaved pixels.

use pixfuse_spec::Plan;

use crate::kernel::Kernel;

pixfuse_macros::grid!();

/// The kernel that runs a plan.
pub(crate) fn kernel(plan: &Plan) -> Kernel {
    let shape = plan.shape();
    let found = GRID.iter().find(|kernel| kernel.shape() == shape);
    *found.expect("the grid is made from Shape::all, which has every shape that a plan can have")
}
