//! The inputs that are kept, run again: each was new to a target once, or broke something.

use std::fs;
use std::path::{Path, PathBuf};

use pixfuse_fuzz::{Outcome, TARGETS, Target};

#[test]
fn kept_inputs_keep_every_promise() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Files of every format, to most targets foreign.
    let files = listed(&root.join("../crates/pixfuse-decode/tests/files"));
    for target in TARGETS {
        let mut tested = 0;
        for path in listed(&root.join("corpus").join(target.name)).iter().chain(&files) {
            let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let outcome = std::panic::catch_unwind(|| target.run(&bytes));
            let outcome = outcome.unwrap_or_else(|_| panic!("{}: see above", path.display()));
            tested += usize::from(outcome == Outcome::Tested);
        }
        assert!(tested >= 5, "{}: only {tested} inputs are of its kind", target.name);
    }
}

#[test]
fn every_folder_is_a_target() {
    for path in listed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")) {
        let name = path.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        assert!(Target::named(&name).is_some(), "{name} is no target");
    }
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("a folder can be listed").path()).collect()
}
