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
        /// Count the instructions of the kernels that a program runs, and compare with benches/counts.json.
        cmd counts {
            /// pixfuse-counts, built.
            required --program path: PathBuf
            /// What it was built for: x86_64.
            required --architecture name: String
            /// The compiler that built it, as it names itself.
            required --rustc version: String
            /// What runs it where this machine does not: qemu's user mode emulation, with its options.
            optional --emulator words: String
            /// Fail if a count differs by more than the tolerance.
            optional --check
            /// Write what was counted.
            optional --write
        }
        /// Show a run that was kept.
        cmd show {
            required run: PathBuf
        }
    }
}
