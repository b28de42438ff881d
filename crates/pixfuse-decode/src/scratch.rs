//! Memory for decoded pixels: one buffer a thread, kept between images.

use std::cell::Cell;
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::Error;

/// A larger buffer goes back to the system, and so does one that would make those of all threads together larger: one
/// large photo should not cost every thread of a server for ever.
const KEPT: usize = 48 << 20;
const KEPT_IN_ALL: usize = 256 << 20;

/// What threads keep now.
static IN_ALL: AtomicUsize = AtomicUsize::new(0);

/// A buffer that is counted.
struct Kept(Box<[u8]>);

impl Kept {
    /// Nothing if it is too large.
    fn new(pixels: Box<[u8]>) -> Option<Self> {
        let more = |kept: usize| kept.checked_add(pixels.len()).filter(|&kept| kept <= KEPT_IN_ALL);
        (pixels.len() <= KEPT && IN_ALL.fetch_update(Relaxed, Relaxed, more).is_ok()).then_some(Self(pixels))
    }

    fn take(mut self) -> Box<[u8]> {
        let pixels = mem::take(&mut self.0);
        IN_ALL.fetch_sub(pixels.len(), Relaxed);
        pixels
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        IN_ALL.fetch_sub(self.0.len(), Relaxed);
    }
}

thread_local! {
    static PIXELS: Cell<Option<Kept>> = const { Cell::new(None) };
}

/// Calls `run` with this many bytes, of any values.
///
/// # Errors
/// When there is no memory, nor `besides` for what the decoder itself asks for, which ends the process where it is not
/// there; those of `run`.
pub(crate) fn with<T>(
    bytes: usize,
    besides: usize,
    run: impl FnOnce(&mut [u8]) -> Result<T, Error>,
) -> Result<T, Error> {
    // Taken out while it is used: a decode that starts inside another one makes its own.
    let mut pixels = PIXELS.take().map(Kept::take).unwrap_or_default();
    if pixels.len() < bytes {
        drop(mem::take(&mut pixels));
        // Zeros that the system gives are not written: a header that lies costs no page.
        pixels = bytemuck::try_zeroed_slice_box(bytes).map_err(|()| Error::Memory(bytes))?;
    }
    if besides > 0 {
        let mut other = Vec::<u8>::new();
        other.try_reserve_exact(besides).map_err(|_| Error::Memory(besides))?;
    }
    let result = run(&mut pixels[..bytes]);
    PIXELS.set(Kept::new(pixels));
    result
}
