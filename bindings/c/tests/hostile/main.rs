//! Calls as nobody should make them: each is done, or is an error with a code and a text, and no byte is touched that the
//! caller did not give.
//!
//! What `pixfuse.h` asks of a caller is kept: a pointer that is not null is of memory as large as it is said to be, handles
//! are freed once, and structs are as large as their size says. All else is drawn: null, sizes, strides, texts, files that are
//! cut and changed, orders in which handles are freed. Memory has not a byte more than is promised, so that
//! AddressSanitizer sees the next one: `cargo xtask test --asan` makes a million calls, `PIXFUSE_HOSTILE_CALLS` says how many.
#![cfg(unix)]

mod caller;
mod files;
mod image;
mod joined;
mod memory;
mod pictures;

use std::collections::BTreeMap;
use std::thread;

use caller::{Caller, Shared};

/// As many as take seconds.
const CALLS: usize = 100_000;

const THREADS: usize = 2;

#[test]
fn whatever_is_called_is_done_or_is_an_error() {
    let calls = std::env::var("PIXFUSE_HOSTILE_CALLS").map_or(CALLS, |text| text.parse().expect("a number of calls"));
    // Pipelines that all threads use at once.
    let shared = Shared::new();
    let counts = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|seed| {
                let shared = &shared;
                scope.spawn(move || {
                    let mut caller = Caller::new(seed as u64, shared);
                    (0..calls / THREADS).for_each(|_| caller.call());
                    caller.counts()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread of calls")).collect::<Vec<_>>()
    });
    let mut sums = BTreeMap::new();
    for (name, [done, failed]) in counts.into_iter().flatten() {
        let sum: &mut [usize; 2] = sums.entry(name).or_default();
        *sum = [sum[0] + done, sum[1] + failed];
    }
    println!("calls that were done, and that failed: {sums:?}");
    // A function that always fails, or never, was not called as this test means it.
    for (name, [done, failed]) in &sums {
        assert!(*done > 0 && *failed > 0, "{name}: {done} were done, {failed} failed");
    }
    assert_eq!(sums.len(), caller::FAILING.len(), "{sums:?}");
}
