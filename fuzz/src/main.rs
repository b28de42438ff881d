//! Runs a target: as a fuzzer where `cargo xtask fuzz` built it, else over the files that are named.
#![cfg_attr(feature = "libfuzzer", no_main)]

#[cfg(feature = "libfuzzer")]
mod fuzzer {
    use std::sync::OnceLock;

    use libfuzzer_sys::{Corpus, fuzz_target};
    use pixfuse_fuzz::{Outcome, Panics, Target};

    /// One program for all targets, because each would hold the whole core.
    static TARGET: OnceLock<(Target, Panics)> = OnceLock::new();

    fuzz_target!(
        init: {
            let name = std::env::var("PIXFUSE_FUZZ_TARGET").expect("PIXFUSE_FUZZ_TARGET names a target");
            let target = Target::named(&name).unwrap_or_else(|| panic!("PIXFUSE_FUZZ_TARGET: no target `{name}`"));
            assert!(TARGET.set((target, Panics::keep())).is_ok(), "this runs once");
        },
        |bytes: &[u8]| -> Corpus {
            let (target, panics) = TARGET.get().expect("it was set before the first input");
            match panics.run(|| target.run(bytes)) {
                Ok(Outcome::Tested) => Corpus::Keep,
                Ok(Outcome::Foreign) => Corpus::Reject,
                Err(panic) => {
                    eprintln!("\n{panic}");
                    // What libFuzzer takes for a crash, and keeps the input of.
                    std::process::abort();
                }
            }
        }
    );
}

/// `pixfuse-fuzz TARGET FILE..`: under a debugger, or to see whether a fault is gone.
#[cfg(not(feature = "libfuzzer"))]
fn main() -> std::process::ExitCode {
    use pixfuse_fuzz::{TARGETS, Target};

    let mut arguments = std::env::args().skip(1);
    let Some(target) = arguments.next().as_deref().and_then(Target::named) else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("usage: pixfuse-fuzz TARGET FILE..\nTARGET is one of {}", names.join(", "));
        return std::process::ExitCode::from(2);
    };
    for path in arguments {
        match std::fs::read(&path) {
            Ok(bytes) => println!("{path}: {:?}", target.run(&bytes)),
            Err(error) => {
                eprintln!("cannot read {path}: {error}");
                return std::process::ExitCode::FAILURE;
            }
        }
    }
    std::process::ExitCode::SUCCESS
}
