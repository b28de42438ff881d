//! Stores that pass the caches: what is written is not fetched before, and pushes nothing out. A line that is written from its
//! beginning to its end goes to memory whole, whatever the length of the stores.

use std::arch::x86_64::{
    __m128i, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm_sfence, _mm_stream_si32, _mm_stream_si64, _mm_stream_si128,
};

/// Whether bytes can be stored past the caches, so many at a time: where all of these addresses and lengths, joined by `|`, are
/// multiples of that.
#[inline(always)]
pub(crate) fn streams(joined: usize, bytes: usize) -> bool {
    joined.is_multiple_of(bytes)
}

/// Copies past the caches, by 16 bytes where that can be, or by 8.
///
/// # Safety
/// `from` is readable and `to` is writable for so many bytes, both `to` and `bytes` are multiples of 8, and the two places do not
/// overlap. Before another thread reads them, [`end_streams`] was called on this one.
#[inline(always)]
pub(crate) unsafe fn stream_8(from: *const u8, to: *mut u8, bytes: usize) {
    // SAFETY: in each loop at + the bytes of a store <= bytes, both being multiples of it, and from there on the caller's bytes
    // are readable and writable. The instructions are part of every x86-64; `to.add(at)` is a multiple of 16 where they ask so.
    unsafe {
        if streams(to.addr() | bytes, 16) {
            for at in (0..bytes).step_by(16) {
                _mm_stream_si128(to.add(at).cast(), _mm_loadu_si128(from.add(at).cast::<__m128i>()));
            }
        } else {
            for at in (0..bytes).step_by(8) {
                _mm_stream_si64(to.add(at).cast::<i64>(), from.add(at).cast::<i64>().read_unaligned());
            }
        }
    }
}

/// As [`stream_8`], by 4 bytes where it must be.
///
/// # Safety
/// As there, with multiples of 4.
#[inline(always)]
pub(crate) unsafe fn stream_4(from: *const u8, to: *mut u8, bytes: usize) {
    // SAFETY: as in `stream_8`, with 4 bytes a store.
    unsafe {
        if streams(to.addr() | bytes, 8) {
            return stream_8(from, to, bytes);
        }
        for at in (0..bytes).step_by(4) {
            _mm_stream_si32(to.add(at).cast::<i32>(), from.add(at).cast::<i32>().read_unaligned());
        }
    }
}

/// Orders what was streamed before all that this thread writes from here on.
#[inline(always)]
pub(crate) fn end_streams() {
    // SAFETY: the instruction is part of every x86-64.
    unsafe { _mm_sfence() };
}

/// Prefetches the cache lines of so many bytes, which need not be readable.
#[inline(always)]
pub(crate) fn prefetch_lines(at: *const u8, bytes: usize) {
    for line in (0..bytes).step_by(64) {
        // SAFETY: every x86-64 has the instruction, which reads nothing that a program sees, and has no fault at any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.wrapping_add(line).cast()) }
    }
}
