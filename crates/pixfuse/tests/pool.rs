//! Work over threads: each item once, in its place, whatever fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use pixfuse::Error;
use pixfuse::bridge::each;

fn error(index: usize) -> Result<(), Error> {
    Err(Error::Image(format!("number {index}")))
}

#[test]
fn each_item_once_and_in_its_place() {
    for threads in [1, 2, 7, 64] {
        for count in [0, 1, 2, 100] {
            let mut squares = vec![0; count];
            each(threads, squares.iter_mut(), |index, square| {
                *square += index * index;
                Ok::<_, Error>(())
            })
            .unwrap();
            assert!(squares.iter().enumerate().all(|(index, &square)| square == index * index));
        }
    }
}

#[test]
fn the_first_error_whatever_the_threads_do() {
    for threads in [1, 2, 7] {
        for _ in 0..50 {
            let result = each(threads, 0..100, |index, _| {
                // The later ones fail sooner.
                (index < 20).then(thread::yield_now);
                if index < 11 { Ok(()) } else { error(index) }
            });
            assert_eq!(result, error(11), "{threads} threads");
        }
    }
}

#[test]
fn a_panic_goes_on_in_the_caller_when_all_threads_are_done() {
    for threads in [1, 2, 7] {
        let under_way = AtomicUsize::new(0);
        let result = catch_unwind(AssertUnwindSafe(|| {
            each(threads, 0..100, |index, _| {
                under_way.fetch_add(1, Relaxed);
                thread::yield_now();
                under_way.fetch_sub(1, Relaxed);
                assert_ne!(index, 50, "on purpose");
                Ok::<_, Error>(())
            })
        }));
        assert!(result.is_err(), "{threads} threads");
        assert_eq!(under_way.into_inner(), 0);
    }
    each(7, 0..100, |_, _| Ok::<_, Error>(())).unwrap();
}

#[test]
fn a_call_waits_for_no_other() {
    let (under_way, done) = (Barrier::new(2), AtomicBool::new(false));
    thread::scope(|scope| {
        // Every thread of the pool that this call gets is busy until the other call is done.
        scope.spawn(|| {
            each(64, 0..64, |index, _| {
                (index == 0).then(|| under_way.wait());
                while !done.load(Relaxed) {
                    thread::sleep(Duration::from_millis(1));
                }
                Ok::<_, Error>(())
            })
        });
        under_way.wait();
        each(64, 0..64, |_, _| Ok::<_, Error>(())).unwrap();
        done.store(true, Relaxed);
    });
}

#[test]
fn calls_inside_calls() {
    let sum = AtomicUsize::new(0);
    each(3, 0..10, |_, _| {
        each(5, 0..10, |_, outer| {
            each(2, 0..10, |_, inner| {
                sum.fetch_add(outer * inner, Relaxed);
                Ok::<_, Error>(())
            })
        })
    })
    .unwrap();
    assert_eq!(sum.into_inner(), 10 * 45 * 45);
}
