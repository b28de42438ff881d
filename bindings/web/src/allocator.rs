//! The allocator of a module: that of Rust's library, of whose inside the optimizer is told nothing.

#![allow(unsafe_code, reason = "an allocator is unsafe to implement, whatever it does")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;

/// [`System`], which in WebAssembly is dlmalloc, a part of the module.
///
/// LLVM takes for granted that what `alloc_zeroed` gave is zero until it is written to, also in front of the address it gave. There
/// dlmalloc keeps the length of the block. Where a module is optimized as a whole LLVM sees that being read when the block is let
/// go, takes it for zero, and dlmalloc ends the module (rust-lang/rust#145995 is of this kind). So addresses that come back pass
/// [`black_box`]: what is read at them is what is there.
#[doc(hidden)]
pub struct Allocator;

// SAFETY: each function is that of `System`, with the arguments it was given: `black_box` gives the address that it takes.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of this function.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of this function.
        unsafe { System.dealloc(black_box(address), layout) }
    }

    unsafe fn realloc(&self, address: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract of this function.
        unsafe { System.realloc(black_box(address), layout, bytes) }
    }
}
