//! A program without the standard library: what it takes from elsewhere is an allocator, and it says what a panic does.
//!
//! It is one for WebAssembly. For another machine this crate is empty, and a library of that machine like any other.
#![cfg_attr(target_arch = "wasm32", no_std)]
#![deny(unsafe_code)]

#[cfg(target_arch = "wasm32")]
mod program {
    #[global_allocator]
    static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
        core::arch::wasm32::unreachable()
    }

    /// The digest of what the declarations give for the test's frame; 0 of an error.
    #[allow(unsafe_code, reason = "the name of an export, which no other library in the module has")]
    #[unsafe(no_mangle)]
    extern "C" fn digest() -> u32 {
        without_std_camera::digest(&without_std_camera::test_frame()).unwrap_or(0)
    }
}
