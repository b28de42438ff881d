//! The command line.
#![allow(unreachable_pub, reason = "the macro writes `pub` on all that it generates")]

use std::path::PathBuf;

xflags::xflags! {
    /// Measures what was built, and shows what was measured.
    cmd laboratory {
        /// Run the programs that measure, keep the run and show it.
        cmd measure {
            /// The Python that has the peers and pixfuse.
            required --python path: PathBuf
            /// The program of the Rust peers.
            required --peers path: PathBuf
            /// Fewer and shorter runs.
            optional --quick
            /// One workload only.
            optional --only id: String
        }
        /// What a build costs: twenty pipelines in a user's crate, sizes, kernels compiled twice.
        cmd build-cost {
            /// A folder that has a wheel and nothing else.
            required --dist path: PathBuf
            /// The Python that lists what is in it.
            required --python path: PathBuf
        }
        /// Show a run that was kept.
        cmd show {
            required run: PathBuf
        }
    }
}
