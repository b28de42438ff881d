//! What must hold for any bytes, as functions that panic when it does not.
//!
//! A target is a function of bytes. `cargo xtask fuzz` gives it to libFuzzer, under AddressSanitizer; the tests of this
//! crate run it over the inputs that are kept in `corpus/`, on any machine.
#![forbid(unsafe_code)]

mod calls;
mod config;
mod declaration;
mod drawn;
mod files;
mod panics;

pub use panics::Panics;

/// One promise, or a group of them, that is tested with any bytes.
#[derive(Clone, Copy)]
pub struct Target {
    /// What `cargo xtask fuzz NAME` calls it, and the folder of its inputs in `corpus/`.
    pub name: &'static str,
    run: fn(&[u8]) -> Outcome,
}

/// What a target made of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was of the target's kind.
    Tested,
    /// It was not, and is not worth keeping.
    Foreign,
}

/// Every target: the language, configs, the kernels, what is cut, and one a decoder.
pub const TARGETS: &[Target] = &[
    Target { name: "declaration", run: declaration::any_text },
    Target { name: "config", run: config::any_config },
    Target { name: "calls", run: calls::any_call },
    Target { name: "cuts", run: calls::any_cut },
    Target { name: "jpeg", run: |bytes| files::any_file("JPEG", bytes) },
    Target { name: "png", run: |bytes| files::any_file("PNG", bytes) },
    Target { name: "webp", run: |bytes| files::any_file("WebP", bytes) },
    Target { name: "gif", run: |bytes| files::any_file("GIF", bytes) },
    Target { name: "bmp", run: |bytes| files::any_file("BMP", bytes) },
    Target { name: "tiff", run: |bytes| files::any_file("TIFF", bytes) },
];

impl Target {
    /// The target of this name.
    pub fn named(name: &str) -> Option<Self> {
        TARGETS.iter().find(|target| target.name == name).copied()
    }

    /// Runs one input.
    ///
    /// # Panics
    /// When a promise is broken; the message says which.
    pub fn run(self, bytes: &[u8]) -> Outcome {
        (self.run)(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decoder_has_a_target() {
        for line in pixfuse_decode::decoders().lines() {
            let format = line.split_whitespace().next().expect("a format");
            // Notes inside files are read by the targets of those files.
            let is_note = ["EXIF", "XMP"].contains(&format);
            assert!(is_note || Target::named(&format.to_lowercase()).is_some(), "{format} has no fuzz target");
        }
    }
}
