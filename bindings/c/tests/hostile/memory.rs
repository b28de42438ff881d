//! Chance, and memory of exactly so many bytes.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;

/// What memory holds before anything was written to it.
const UNTOUCHED: u8 = 0xA5;

/// A cache line, which tensors are aligned to.
const ALIGN: usize = 64;

/// Numbers that depend on the seed alone (SplitMix64).
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// A length of anything: mostly small, sometimes of no image in the world.
    pub(crate) fn length(&mut self) -> usize {
        match self.below(8) {
            0 => *self.of(&[0, 1, 65_535, 1 << 31, 1 << 33, usize::MAX / 2, usize::MAX]),
            _ => 1 + self.below(300),
        }
    }

    /// Bytes that were changed, cut, or mixed with others.
    pub(crate) fn damaged(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len() + 1);
            match self.below(5) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, self.bits() as u8),
                2 => {
                    let (to, from) = (self.below(bytes.len() + 1), self.below(other.len() + 1));
                    bytes.splice(at.min(to)..at.max(to), other[from..].iter().take(20).copied());
                }
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = self.bits() as u8;
                    }
                }
            }
        }
        bytes
    }
}

/// Memory that ends where it is said to end.
pub(crate) struct Memory {
    start: NonNull<u8>,
    /// From the start of the allocation to the first byte that is given away.
    offset: usize,
    bytes: usize,
}

impl Memory {
    /// Bytes at an address that is `offset` behind a multiple of [`ALIGN`].
    pub(crate) fn at(offset: usize, bytes: usize) -> Self {
        let layout = Self::layout(offset, bytes);
        let start = if layout.size() == 0 {
            // An address of the right kind, with nothing there.
            NonNull::without_provenance(std::num::NonZero::new(ALIGN).expect("64 is not 0"))
        } else {
            // SAFETY: the layout has bytes.
            NonNull::new(unsafe { alloc(layout) }).expect("a small allocation")
        };
        // SAFETY: the allocation has so many bytes, where it has any.
        unsafe { start.write_bytes(UNTOUCHED, layout.size()) };
        Self { start, offset, bytes }
    }

    pub(crate) fn new(bytes: usize) -> Self {
        Self::at(0, bytes)
    }

    /// A copy of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut memory = Self::new(bytes.len());
        memory.as_mut().copy_from_slice(bytes);
        memory
    }

    /// `bytes` bytes of anything, which begin with a size.
    pub(crate) fn sized(draw: &mut Draw, bytes: usize, size: usize) -> Self {
        let mut memory = Self::new(bytes.max(size_of::<usize>()));
        memory.as_mut().iter_mut().for_each(|byte| *byte = draw.bits() as u8);
        memory.as_mut()[..size_of::<usize>()].copy_from_slice(&size.to_ne_bytes());
        memory
    }

    fn layout(offset: usize, bytes: usize) -> Layout {
        Layout::from_size_align(offset + bytes, ALIGN).expect("a small layout")
    }

    pub(crate) fn pointer<T>(&self) -> *mut T {
        self.start.as_ptr().wrapping_add(self.offset).cast()
    }

    pub(crate) fn as_mut(&mut self) -> &mut [u8] {
        // SAFETY: they were written when they were made, and lie in the allocation.
        unsafe { std::slice::from_raw_parts_mut(self.pointer(), self.bytes) }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes
    }

    /// Whether nothing was written to it.
    pub(crate) fn is_untouched(&mut self) -> bool {
        self.as_mut().iter().all(|byte| *byte == UNTOUCHED)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let layout = Self::layout(self.offset, self.bytes);
        if layout.size() > 0 {
            // SAFETY: it was allocated with this layout.
            unsafe { dealloc(self.start.as_ptr(), layout) };
        }
    }
}
