//! Memory between two pages that nobody may touch: one byte too far, read or written, ends the process.

use std::ptr::null_mut;

use pixfuse::TensorElement;

/// Which end of the memory a buffer lies at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edge {
    /// Its first byte follows a forbidden one.
    First,
    /// Its last byte precedes a forbidden one.
    Last,
}

/// Whole pages, with a forbidden page before and after them.
pub(crate) struct Guarded {
    page: usize,
    /// The first byte that may be touched.
    start: *mut u8,
    length: usize,
}

impl Guarded {
    /// At least this many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        // SAFETY: the call has no preconditions.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).expect("a page has a size");
        let length = bytes.next_multiple_of(page);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping at an address of the system's choice touches no other memory.
        let whole = unsafe { libc::mmap(null_mut(), length + 2 * page, libc::PROT_NONE, flags, -1, 0) };
        assert_ne!(whole, libc::MAP_FAILED, "mmap: {}", std::io::Error::last_os_error());
        // SAFETY: the mapping has a page before these bytes.
        let start = unsafe { whole.cast::<u8>().add(page) };
        // SAFETY: these pages belong to the mapping, which nobody else knows.
        let opened = unsafe { libc::mprotect(start.cast(), length, libc::PROT_READ | libc::PROT_WRITE) };
        assert_eq!(opened, 0, "mprotect: {}", std::io::Error::last_os_error());
        Self { page, start, length }
    }

    /// Elements with whatever value, at one edge.
    pub(crate) fn elements<T: TensorElement>(&mut self, count: usize, edge: Edge) -> &mut [T] {
        let bytes = count * size_of::<T>();
        assert!(bytes <= self.length, "{bytes} of {} bytes", self.length);
        let offset = match edge {
            Edge::First => 0,
            Edge::Last => self.length - bytes,
        };
        // SAFETY: the bytes are inside the open pages, which `self` owns and lends for as long as it is borrowed. They
        // are initialised (new pages are zero), every value of them is a value of T, which is an integer or a float as the
        // trait is sealed, and both edges are aligned for it: `bytes` is a multiple of the size.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(offset).cast(), count) }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: this is the mapping of `new`, and no buffer of it is borrowed any more.
        unsafe { libc::munmap(self.start.sub(self.page).cast(), self.length + 2 * self.page) };
    }
}

/// Without this, a guard that guards nothing would pass every test.
#[test]
fn one_byte_too_far_ends_the_process() {
    let guarded = Guarded::new(1);
    let ends = |byte: *const u8| {
        // SAFETY: the child calls only what a child may call after `fork`, and shares no memory with this process.
        let child = unsafe { libc::fork() };
        assert_ne!(child, -1, "fork: {}", std::io::Error::last_os_error());
        if child == 0 {
            // SAFETY: whether this byte may be read is the question, and the child is there to die of the answer. The
            // system's default handler does it without a report on standard error.
            unsafe {
                let no_core_file = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
                libc::setrlimit(libc::RLIMIT_CORE, &no_core_file);
                libc::signal(libc::SIGSEGV, libc::SIG_DFL);
                libc::signal(libc::SIGBUS, libc::SIG_DFL);
                byte.read_volatile();
                libc::_exit(0);
            }
        }
        let mut status = 0;
        // SAFETY: the child is this process's own, and `status` is writable.
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        libc::WIFSIGNALED(status) && matches!(libc::WTERMSIG(status), libc::SIGSEGV | libc::SIGBUS)
    };
    let after = guarded.start.wrapping_add(guarded.length);
    assert!(!ends(guarded.start) && !ends(after.wrapping_sub(1)), "the memory itself may be read");
    assert!(ends(guarded.start.wrapping_sub(1)) && ends(after), "its neighbours may not");
}
