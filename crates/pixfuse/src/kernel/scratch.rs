//! Memory that a run needs besides its output: one block a thread, kept between calls.

use std::cell::Cell;

use bytemuck::Zeroable;

use crate::memory::{self, NoMemory};
use crate::simd::SLACK;

/// Bytes from one row of so many bytes to the next: rows start at cache lines, and have room for what a pass writes
/// behind their end.
pub(super) fn pitch(bytes: usize) -> usize {
    bytes.next_multiple_of(64) + SLACK
}

/// A cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct CacheLine(#[expect(dead_code, reason = "it is written through pointers")] [u8; 64]);

// SAFETY: zero is a value of a byte.
unsafe impl Zeroable for CacheLine {}

/// More than this is given back after a run: one giant image should not cost every thread of a server for ever.
const KEPT: usize = 4 << 20;

/// What a run needs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Room {
    pub(super) bytes: usize,
    /// The most pointers that are in the list at once.
    pub(super) pointers: usize,
}

/// The scratch of one run.
#[derive(Default)]
pub(super) struct Scratch {
    lines: Box<[CacheLine]>,
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
    /// Calls `run` with at least this much room. Nothing is allocated when this thread had as much before, and kept it.
    ///
    /// # Errors
    /// When there is no memory; `run` is not called then.
    pub(super) fn with<T>(room: Room, run: impl FnOnce(&mut Self) -> T) -> Result<T, NoMemory> {
        if room.bytes == 0 {
            return Ok(run(&mut Self::default()));
        }
        // Taken out while it is used: a run that starts inside another one makes its own.
        let mut scratch = SCRATCH.take().unwrap_or_default();
        scratch.grow(room)?;
        scratch.next = 0;
        scratch.held = Default::default();
        let result = run(&mut scratch);
        if size_of_val(&*scratch.lines) + memory::bytes(&scratch.pointers) <= KEPT {
            SCRATCH.set(Some(scratch));
        }
        Ok(result)
    }

    fn grow(&mut self, room: Room) -> Result<(), NoMemory> {
        let lines = room.bytes.div_ceil(64);
        if self.lines.len() < lines {
            // What was there is not looked at again: it is given back first. Memory that the system gives is zero, so a
            // giant costs the pages that a run touches.
            self.lines = Box::default();
            self.lines = memory::zeroed(lines)?;
        }
        if self.pointers.capacity() < room.pointers {
            self.pointers = memory::with_capacity(room.pointers)?;
        }
        Ok(())
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
