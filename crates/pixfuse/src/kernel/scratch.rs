//! Memory that a run needs besides its output: one block a thread, kept between calls.

use std::cell::Cell;

use crate::simd::SLACK;

/// Bytes from one row of so many bytes to the next: rows start at cache lines, and have room for what a pass writes
/// behind their end.
pub(super) fn pitch(bytes: usize) -> usize {
    bytes.next_multiple_of(64) + SLACK
}

/// A cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[expect(dead_code, reason = "it is written through pointers")] [u8; 64]);

/// The scratch of one run.
#[derive(Default)]
pub(super) struct Scratch {
    lines: Vec<Line>,
    pointers: Vec<*const u8>,
    /// The first source row, or the first four, that no pass has seen.
    pub(super) next: u32,
    /// The packed rows of each plane.
    held: [Held; 4],
}

/// Which blocks of packed rows are there, place by place.
pub(super) type Held = [Option<u32>; 2];

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Calls `run` with at least this many bytes. Nothing is allocated when this thread had as many before.
    pub(super) fn with<T>(bytes: usize, run: impl FnOnce(&mut Self) -> T) -> T {
        if bytes == 0 {
            return run(&mut Self::default());
        }
        // Taken out while it is used: a run that starts inside another one makes its own.
        let mut scratch = SCRATCH.take().unwrap_or_default();
        let lines = bytes.div_ceil(64);
        if scratch.lines.len() < lines {
            scratch.lines.resize(lines, Line([0; 64]));
        }
        scratch.next = 0;
        scratch.held = Default::default();
        let result = run(&mut scratch);
        SCRATCH.set(Some(scratch));
        result
    }

    /// The bytes from this one on, which is a multiple of 64.
    ///
    /// # Panics
    /// When there are fewer.
    pub(super) fn from(&mut self, byte: usize) -> *mut u8 {
        self.lines[byte / 64..].as_mut_ptr().cast()
    }

    /// The bytes, a list of pointers to reuse, and what is packed of each plane.
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (*mut u8, &mut Vec<*const u8>, &mut [Held; 4]) {
        (self.lines.as_mut_ptr().cast(), &mut self.pointers, &mut self.held)
    }
}
