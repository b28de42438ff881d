//! Memory that a run needs besides its output: one block a thread, kept between calls.

use std::cell::Cell;

/// The scratch of one run.
#[derive(Default)]
pub(super) struct Scratch {
    bytes: Vec<u8>,
    pointers: Vec<*const u8>,
    /// The first source row that no pass has seen.
    pub(super) next: u32,
}

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Calls `run` with at least this many bytes. Nothing is allocated when this thread had as many before.
    pub(super) fn with<T>(bytes: usize, run: impl FnOnce(&mut Self) -> T) -> T {
        // Taken out while it is used: a run that starts inside another one makes its own.
        let mut scratch = SCRATCH.take().unwrap_or_default();
        if scratch.bytes.len() < bytes {
            scratch.bytes.resize(bytes, 0);
        }
        scratch.next = 0;
        let result = run(&mut scratch);
        SCRATCH.set(Some(scratch));
        result
    }

    /// The bytes, and a list of pointers to reuse.
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (*mut u8, &mut Vec<*const u8>) {
        (self.bytes.as_mut_ptr(), &mut self.pointers)
    }
}
