//! Memory for decoded pixels: one buffer a thread, kept between images.

use std::cell::Cell;

use crate::Error;

/// A larger buffer goes back to the system: one large photo should not cost every thread of a server for ever.
const KEPT: usize = 64 << 20;

thread_local! {
    static PIXELS: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Calls `run` with this many bytes, of any values.
///
/// # Errors
/// When there is no memory; those of `run`.
pub(crate) fn with<T>(bytes: usize, run: impl FnOnce(&mut [u8]) -> Result<T, Error>) -> Result<T, Error> {
    // Taken out while it is used: a decode that starts inside another one makes its own.
    let mut pixels = PIXELS.take();
    if pixels.len() < bytes {
        // The smaller one is given back first. New memory is asked for as zeros, which the system gives as it is written
        // to: an image that its file has no pixels for costs nothing.
        drop(std::mem::take(&mut pixels));
        pixels = bytemuck::allocation::try_zeroed_vec(bytes).map_err(|()| Error::Memory(bytes))?;
    }
    let result = run(&mut pixels[..bytes]);
    if pixels.capacity() <= KEPT {
        PIXELS.set(pixels);
    }
    result
}
