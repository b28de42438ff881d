//! The command line, declared once: this is the help text too.
#![allow(unreachable_pub, reason = "the macro writes `pub` on all that it generates")]

use std::path::PathBuf;

xflags::xflags! {
    /// The chores of pixfuse.
    cmd xtask {
        /// Run one declaration on a photo in Rust, Python and Node.js, and compare the tensors.
        cmd demo {
            /// A JPEG or PNG file; examples/demo/photo.jpg if not given.
            optional photo: PathBuf
        }

        /// Run every test of the three languages.
        cmd test {
            /// Run the Rust tests of another machine under an emulator, aarch64-unknown-linux-gnu, or the core's as WebAssembly in
            /// Node.js, wasm32-wasip1.
            optional --target triple: String
            /// Run the Rust tests of a level on an emulated CPU, unless this one has it: avx512.
            optional --level level: String
            /// Run the tests of the core, and a million calls of the C library, under AddressSanitizer.
            optional --asan
            /// Run the recipes of examples/engines and examples/rust instead, each in its engine, and the pages of the site with
            /// the libraries that they are about: gigabytes are installed.
            optional --engines
            /// Run the package for browsers instead: Node.js's tests over it, and a page in Chromium.
            optional --web
            /// Build packages of other platforms instead (a wheel for 64-bit Arm, one for the glibc of 2012, addons and C
            /// libraries for musl on either CPU), install each where it runs, and compare its tensors with the goldens.
            optional --platforms
            /// One suite only: rust, python, node or own (examples/own-pipelines); with --engines python, pages, node, rust or cpp;
            /// with --platforms browsers (and runtimes of JavaScript), arm64-wheel, glibc-wheel, musl or musl-arm64.
            optional --only suite: String
            /// Install what --target, --level or --platforms needs (in CI this is implied).
            optional --install
        }

        /// Measure every kernel and level, and the peers; render tables and plots.
        ///
        /// Every run is kept in target/bench, with the machine's identity; the last one is results.json there. A run
        /// of all workloads that is not quick also writes benches/RESULTS.md and benches/plots.
        cmd bench {
            /// Fewer and shorter runs: to see that it works, not to quote.
            optional --quick
            /// One workload only.
            optional --only id: String
            /// Measure nothing: show a run that was kept (the last one: target/bench/results.json).
            optional --from run: PathBuf
            /// Measure the most memory that a decode takes instead, against Pillow (on Linux).
            optional --memory
            /// Measure what a build costs instead: twenty pipelines in a user's crate, sizes, kernels compiled twice.
            optional --build
            /// Measure the image processors of vision-language models instead, beside transformers and transformers.js, and
            /// write benches/VISION_LANGUAGE.md. With --only or --quick nothing is written. The libraries take gigabytes.
            optional --vision-language
            /// See instead over 240 random cases whether one is slower than the library that it equals, OpenCV or Pillow.
            optional --sweep
            /// With --vision-language or --sweep, an interpreter that has the libraries, and pixfuse in its PYTHONPATH: nothing
            /// is installed, and Node.js has the addon that was built last.
            optional --python path: PathBuf
            /// With --vision-language, the crate llm-multimodal too, which brings some two hundred others.
            optional --llm-multimodal
        }

        /// Count the instructions of a handful of kernels under valgrind, and compare with benches/counts.json.
        ///
        /// Counts are the same on any machine, so a difference is a change of the code or of the compiler.
        cmd counts {
            /// Fail if a count differs by more than the tolerance (without this, only say so).
            optional --check
            /// Write what was counted into benches/counts.json.
            optional --write
            /// Count the Neon kernels under an emulator: aarch64-unknown-linux-gnu.
            optional --target triple: String
            /// Install what --target needs (in CI this is implied).
            optional --install
        }

        /// Compute again what the tests compare with: OpenCV, Pillow, PyTorch, torchvision, timm and transformers.
        cmd goldens {
            /// Write nothing; fail if what is committed differs.
            optional --check
        }

        /// Read the configs of every library and compare each tensor with what the library makes; write
        /// benches/CONFORMANCE.md. The libraries are pinned in benches/conformance/requirements.txt, and take gigabytes.
        cmd conformance {
            /// An interpreter that has the libraries, and pixfuse in its PYTHONPATH: nothing is installed.
            optional --python path: PathBuf
            /// One library only: transformers, videos, timm, open_clip or torchvision; or counts, those of sizes alone.
            optional --only library: String
            /// Classes of transformers whose name has this.
            optional --classes name: String
            /// Config files too, each alone: a folder of them.
            optional --folder path: PathBuf
            /// Default configs only, without the fifty others of each class.
            optional --quick
            /// Nothing of that: time seven processors against the torch backend of transformers, on one thread.
            optional --speed
            /// Other releases, and what they change: transformers==5.25.0, or several with commas between.
            optional --against versions: String
        }

        /// Build the wheels, the npm packages and the C library into target/dist.
        cmd build {
            /// For Linux on either CPU and with either C library, whatever this machine is, without the package for browsers:
            /// {x86_64,aarch64}-unknown-linux-{gnu,musl}.
            optional --target triple: String
            /// With --target, the oldest glibc that they are for; 2.17, which is manylinux2014, if not given.
            optional --glibc version: String
            /// Without --target, a wheel for this interpreter too, which has no lock: since 3.15 for all later ones as well. With
            /// --target these wheels are always made.
            repeated --python path: PathBuf
        }

        /// Build the package for browsers, pixfuse-web, into target/npm, and say how large it is.
        cmd web {}

        /// Do all of a release that this machine can do without publishing, and list the rest.
        cmd release {
            /// Publish nothing, which only the workflow of a tag does.
            optional --dry-run
            /// The tag of the release, which the version and CHANGELOG.md must fit.
            optional --tag tag: String
        }

        /// Look for inputs that break a promise, by the targets of fuzz/, under AddressSanitizer.
        cmd fuzz {
            /// One target only: a folder of fuzz/corpus.
            optional target: String
            /// How long each target runs; 60 if not given.
            optional --seconds seconds: u32
            /// Add what was new to a target to fuzz/corpus.
            optional --keep
        }

        /// Build the documentation as static pages, into target/site.
        cmd site {}

        /// Write the notices of third parties and the bill of materials of the wheel, the npm package and the C library.
        cmd notices {}

        /// Write the types of clauses for TypeScript and Python, and their arguments in the reference of the language.
        cmd typings {}

        /// Check licences, bans and sources of every dependency against deny.toml.
        cmd deny {
            /// And whether anything is known against one.
            optional --advisories
        }

        /// Print the plan of a declaration and the Rust code that the macro makes of it.
        cmd expand {
            /// The declaration, for example "input(rgb8), output(rgb, f32, chw)".
            required text: String
            /// Name of the struct that carries the attribute.
            optional --name name: String
        }

        /// Everything that continuous integration runs.
        cmd ci {}
    }
}
