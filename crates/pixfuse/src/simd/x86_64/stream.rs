//! Stores that pass the caches: what is written is not fetched before, and pushes nothing out. A line that is written from its
//! beginning to its end goes to memory whole, whatever the length of the stores.

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch, _mm_sfence, _mm_stream_si32, _mm_stream_si64, _mm_stream_si128};
use std::mem::MaybeUninit;

use bytemuck::must_cast;

use crate::simd::copy;

/// Whether bytes can be stored past the caches, so many at a time: where all of these addresses and lengths, joined by `|`, are
/// multiples of that.
#[inline(always)]
pub(crate) fn streams(joined: usize, bytes: usize) -> bool {
    joined.is_multiple_of(bytes)
}

/// Stores past the caches, in the order that other threads are to see.
pub(crate) struct Streams(());

impl Streams {
    /// Gives `work` what stores past the caches, and orders that before all that this thread writes from there on.
    #[inline(always)]
    pub(crate) fn with<T>(work: impl FnOnce(&Self) -> T) -> T {
        work(&Self(()))
    }

    /// Copies as much as there is in both, past the caches: by 16 bytes where that can be, or by 8 or 4, and what is no multiple of
    /// those as any copy.
    #[inline(always)]
    pub(crate) fn copy(&self, from: &[u8], to: &mut [MaybeUninit<u8>]) {
        macro_rules! by {
            ($bytes:literal, $store:ident, $from:expr) => {
                if streams(to.as_ptr().addr() | to.len(), $bytes) {
                    for (from, to) in from.as_chunks().0.iter().zip(to.as_chunks_mut::<$bytes>().0) {
                        let (value, to) = ($from(*from), to.as_mut_ptr().cast());
                        // SAFETY: every x86-64 has the instruction; the place has so many bytes, at a multiple of them.
                        unsafe { $store(to, value) };
                    }
                    return;
                }
            };
        }
        by!(16, _mm_stream_si128, must_cast::<[u8; 16], _>);
        by!(8, _mm_stream_si64, i64::from_ne_bytes);
        by!(4, _mm_stream_si32, i32::from_ne_bytes);
        copy(to, from);
    }
}

impl Drop for Streams {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the instruction is part of every x86-64.
        unsafe { _mm_sfence() };
    }
}

/// Prefetches the cache line of a byte, which need not be readable.
#[inline(always)]
pub(super) fn prefetch(at: *const u8) {
    // SAFETY: every x86-64 has the instruction, which reads nothing that a program sees, and has no fault at any address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
}

/// Prefetches the cache lines of so many bytes, which need not be readable.
#[inline(always)]
pub(crate) fn prefetch_lines(at: *const u8, bytes: usize) {
    for line in (0..bytes).step_by(64) {
        prefetch(at.wrapping_add(line));
    }
}
