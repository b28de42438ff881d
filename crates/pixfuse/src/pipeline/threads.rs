//! Threads for the images of one call: a pool, made by the first call with more than one thread.

use std::iter::Enumerate;
use std::mem::ManuallyDrop;
use std::num::NonZero;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::AcqRel, Ordering::Acquire, Ordering::Release};
use std::sync::{Arc, Mutex, PoisonError};
use std::{process, thread};

use arc_swap::ArcSwapOption;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::MAX_THREADS;

/// The most threads of the pool and the calling one that a call can ask for.
pub(super) const MOST: usize = MAX_THREADS;

/// Calls `work` once for each item, with its number, on this thread and on `threads - 1` others; after the last call has
/// ended it gives the error of the first item that had one. Items after that one may be left out.
///
/// Each thread takes the next item when it is done with one, so items may differ in how long they take. A call from
/// inside `work` on a thread of the pool stays on that thread. A panic in `work` goes on in the caller.
///
/// # Errors
/// As `work`.
pub fn each<I: Iterator + Send, E: Send>(
    threads: usize,
    items: I,
    work: impl Fn(usize, I::Item) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let mut items = items.enumerate();
    // A module of WebAssembly has no other thread, and no process that has a number.
    if threads <= 1 || cfg!(target_family = "wasm") {
        return items.try_for_each(|(index, item)| work(index, item));
    }
    let pool = Pool::of(threads);
    let Some(idle) = pool.as_deref().and_then(|pool| Idle::of(pool, threads - 1)) else {
        return items.try_for_each(|(index, item)| work(index, item));
    };
    let queue = Mutex::new(Queue { items, failed: None });
    // A function of its own, so that the lock ends before the work begins.
    let next = || locked(&queue).next();
    let work = || {
        while let Some((index, item)) = next() {
            if let Err(error) = work(index, item) {
                locked(&queue).fail(index, error);
            }
        }
    };
    idle.pool.workers.in_place_scope(|scope| {
        for _ in 0..idle.count {
            scope.spawn(|_| work());
        }
        work();
    });
    drop(idle);
    let failed = queue.into_inner().unwrap_or_else(PoisonError::into_inner).failed;
    failed.map_or(Ok(()), |(_, error)| Err(error))
}

/// Items that no thread has taken yet.
struct Queue<I, E> {
    items: Enumerate<I>,
    failed: Option<(usize, E)>,
}

impl<I: Iterator, E> Queue<I, E> {
    fn next(&mut self) -> Option<(usize, I::Item)> {
        if self.failed.is_some() { None } else { self.items.next() }
    }

    /// Keeps the error of the first item. Those before a failed one were taken before it, so the answer is the same
    /// however the threads run.
    fn fail(&mut self, index: usize, error: E) {
        if self.failed.as_ref().is_none_or(|&(first, _)| index < first) {
            self.failed = Some((index, error));
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Threads that wait for work.
struct Pool {
    /// The process that has the threads: a fork copies this memory, but not them.
    process: u32,
    workers: ManuallyDrop<ThreadPool>,
    /// How many of them no call has.
    idle: AtomicUsize,
}

/// The pool of this process, or the one that it had in the process that it was forked from.
static POOL: ArcSwapOption<Pool> = ArcSwapOption::const_empty();

/// The process in which some thread makes a pool.
static MAKER: AtomicU32 = AtomicU32::new(0);

impl Pool {
    /// A pool for calls with this many threads, of which the caller's is one; nothing where this call must do without:
    /// on a thread of the pool, while another thread makes it, or where the system gives no more threads.
    ///
    /// Nobody waits for a lock here: a fork could copy it in its locked state, and the child would wait forever.
    fn of(threads: usize) -> Option<Arc<Self>> {
        let process = process::id();
        let pool = POOL.load_full().filter(|pool| pool.process == process);
        if let Some(pool) = &pool {
            if pool.workers.current_thread_index().is_some() {
                return None;
            }
            if pool.workers.current_num_threads() + 1 >= threads {
                return Some(Arc::clone(pool));
            }
        }
        let maker = MAKER.load(Acquire);
        if maker == process || MAKER.compare_exchange(maker, process, AcqRel, Acquire).is_err() {
            return pool;
        }
        // Calls share the pool, so it has a thread for each core even if each of them uses a few.
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let workers = ThreadPoolBuilder::new()
            .num_threads(threads.max(cores) - 1)
            .thread_name(|index| format!("pixfuse-{index}"))
            .build();
        let made = workers.ok().map(|workers| {
            let idle = AtomicUsize::new(workers.current_num_threads());
            Arc::new(Self { process, workers: ManuallyDrop::new(workers), idle })
        });
        if made.is_some() {
            POOL.store(made.clone());
        }
        MAKER.store(0, Release);
        made.or(pool)
    }
}

/// Threads of a pool that one call has: those that were idle when it began. A call that waited for more would have them
/// when its work is done, by its own thread; so many callers at once each work alone, and none waits for another.
struct Idle<'a> {
    pool: &'a Pool,
    count: usize,
}

impl<'a> Idle<'a> {
    /// At most so many; nothing if there are none.
    fn of(pool: &'a Pool, most: usize) -> Option<Self> {
        let idle = pool.idle.fetch_update(AcqRel, Acquire, |idle| Some(idle - idle.min(most))).unwrap_or(0);
        let count = idle.min(most);
        (count > 0).then_some(Self { pool, count })
    }
}

impl Drop for Idle<'_> {
    fn drop(&mut self) {
        self.pool.idle.fetch_add(self.count, AcqRel);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Ending the pool of a parent process would wait for threads, or for locks that they held.
        if self.process == process::id() {
            // SAFETY: the workers are not used after this.
            unsafe { ManuallyDrop::drop(&mut self.workers) };
        }
    }
}
