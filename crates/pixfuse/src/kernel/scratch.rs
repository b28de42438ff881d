//! Memory that a run needs besides its output: the caller's, or one block a thread, kept between calls.

#[cfg(feature = "std")]
use std::cell::Cell;
use std::fmt;

use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{CacheLine, RowList, SLACK};

/// Bytes from one row of so many bytes to the next: rows start at cache lines, and have room for what a pass writes
/// behind their end.
pub(super) fn pitch(bytes: usize) -> usize {
    bytes.next_multiple_of(64) + SLACK
}

/// As [`pitch`], in cache lines.
pub(super) fn lines(bytes: usize) -> usize {
    pitch(bytes) / 64
}

/// Parts of scratch, one behind the other, that end there.
#[inline(always)]
pub(super) fn split<const PARTS: usize>(
    mut scratch: &mut [CacheLine],
    ends: [usize; PARTS],
) -> [&mut [CacheLine]; PARTS] {
    let mut start = 0;
    ends.map(|end| {
        let (part, behind) = std::mem::take(&mut scratch).split_at_mut(end - start);
        (scratch, start) = (behind, end);
        part
    })
}

/// More than this is given back after a run: one giant image should not cost every thread of a server for ever.
#[cfg(feature = "std")]
const KEPT: usize = 4 << 20;

/// What a run needs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Room {
    pub(super) bytes: usize,
    /// The most rows that are in the list at once.
    pub(super) rows: usize,
}

impl Room {
    /// Room for either.
    pub(crate) fn max(self, other: Self) -> Self {
        Self { bytes: self.bytes.max(other.bytes), rows: self.rows.max(other.rows) }
    }
}

/// Memory that a run needs besides its output, given by the caller: for one run at a time, of any pipeline.
///
/// [`Pipeline::scratch`](crate::Pipeline::scratch) makes it as large as the runs of a pipeline need, and another run that
/// needs more makes it larger. Runs that are given none use that of their thread, which a first call makes; without the
/// feature `std` there is none, and each such run allocates its own.
#[derive(Default)]
pub struct Scratch {
    lines: Box<[CacheLine]>,
    rows: RowList,
    /// The first source row, or the first four, that no pass has seen.
    pub(super) next: u32,
    /// The packed rows of each plane.
    held: [Held; 4],
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").field("bytes", &self.bytes()).finish_non_exhaustive()
    }
}

/// Which blocks of packed rows are there, place by place.
pub(super) type Held = [Option<u32>; 2];

#[cfg(feature = "std")]
thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// So much room, whose pages the system has given.
    ///
    /// # Errors
    /// When there is no memory.
    pub(crate) fn of(room: Room) -> Result<Self, NoMemory> {
        let mut scratch = Self::default();
        scratch.grow(room)?;
        // Not zero, which the memory is already, so that nobody finds that there is nothing to write.
        scratch.lines.fill(CacheLine::of(1));
        Ok(scratch)
    }

    /// How many bytes it holds.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.lines) + self.rows.bytes()
    }

    /// Calls `run` with at least this much room: the given one, or the thread's. Nothing is allocated when that had as much
    /// before, and kept it.
    ///
    /// # Errors
    /// When there is no memory; `run` is not called then.
    pub(super) fn with<T>(
        given: Option<&mut Self>,
        room: Room,
        run: impl FnOnce(&mut Self) -> T,
    ) -> Result<T, NoMemory> {
        match given {
            _ if room.bytes == 0 => Ok(run(&mut Self::default())),
            Some(scratch) => scratch.lend(room, run),
            #[cfg(not(feature = "std"))]
            None => Self::default().lend(room, run),
            #[cfg(feature = "std")]
            None => {
                // Taken out while it is used: a run that starts inside another one makes its own.
                let mut scratch = SCRATCH.take().unwrap_or_default();
                let result = scratch.lend(room, run)?;
                if scratch.bytes() <= KEPT {
                    SCRATCH.set(Some(scratch));
                }
                Ok(result)
            }
        }
    }

    fn lend<T>(&mut self, room: Room, run: impl FnOnce(&mut Self) -> T) -> Result<T, NoMemory> {
        self.grow(room)?;
        self.next = 0;
        self.held = Default::default();
        Ok(run(self))
    }

    fn grow(&mut self, room: Room) -> Result<(), NoMemory> {
        let lines = room.bytes.div_ceil(64);
        if self.lines.len() < lines {
            // What was there is not looked at again: it is given back first. Memory that the system gives is zero, so a
            // giant costs the pages that a run touches.
            self.lines = Box::default();
            self.lines = memory::zeroed(lines)?;
        }
        if self.rows.capacity() < room.rows {
            self.rows = RowList::with_capacity(room.rows)?;
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

    /// The cache lines, a list of rows to reuse, and what is packed of each plane.
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (&mut [CacheLine], &mut RowList, &mut [Held; 4]) {
        (&mut self.lines, &mut self.rows, &mut self.held)
    }
}
