//! Stores that pass the caches: what is written is not fetched before, and pushes nothing out.

use std::arch::x86_64::{_mm_sfence, _mm_stream_si64};

/// Copies past the caches where the place and the number of bytes are multiples of 8; says whether it did. Eight bytes a
/// store: a line that is written from its beginning to its end goes to memory whole, as with the widest ones, and patches of
/// 14 begin at any multiple of eight.
///
/// # Safety
/// `from` is readable and `to` is writable for so many bytes, and they do not overlap. Before another thread reads them,
/// [`end_streams`] was called on this one.
#[inline(always)]
pub(crate) unsafe fn stream(from: *const u8, to: *mut u8, bytes: usize) -> bool {
    if !(to.addr() | bytes).is_multiple_of(8) {
        return false;
    }
    let mut at = 0;
    while at < bytes {
        // SAFETY: at + 8 <= bytes, both being multiples of 8, and from there on the caller's bytes are readable and writable.
        // The instruction is part of every x86-64, and `to.add(at)` is a multiple of 8, as it asks.
        unsafe { _mm_stream_si64(to.add(at).cast::<i64>(), from.add(at).cast::<i64>().read_unaligned()) };
        at += 8;
    }
    true
}

/// Orders what was streamed before all that this thread writes from here on.
#[inline(always)]
pub(crate) fn end_streams() {
    // SAFETY: the instruction is part of every x86-64.
    unsafe { _mm_sfence() };
}
