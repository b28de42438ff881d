//! One pipeline, many threads, more sizes than it remembers: every result is that of one thread.
//! One batch, many threads: so it is.

mod common;

use common::{assert_bits, mix, pixels};
use pixfuse::{ImageRef, Pipeline, Tensor, reference};

#[test]
fn mixed_sizes_from_eight_threads() {
    for text in [
        "input(rgb8), resize(19, 37, bilinear), normalize(mean = [0.4, 0.5, 0.6]), output(bgr, f32, chw)",
        "input(rgb8), resize(19, 37, nearest), normalize(mean = [0.4, 0.5, 0.6]), output(rgb, f32, hwc)",
        "input(rgb8), normalize(mean = [0.4, 0.5, 0.6]), output(rgb, f32, chw)",
    ] {
        let pipe = Pipeline::parse(text).unwrap();
        // Twice as many sizes as are remembered, so that threads also forget for each other.
        let images: Vec<_> = (0..64).map(|i| (1 + i % 7, 1 + i, pixels((1 + i % 7) * (1 + i) * 3, i))).collect();
        let image = |i: usize| ImageRef::rgb8(&images[i].2, images[i].0, images[i].1).unwrap();
        let expected: Vec<Tensor<f32>> = (0..64).map(|i| reference::run(&pipe, image(i)).unwrap()).collect();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (pipe, image, expected) = (pipe.clone(), &image, &expected);
                scope.spawn(move || {
                    for turn in 0..400 {
                        let i = mix(turn, thread) as usize % 64;
                        let tensor = pipe.run::<f32>(image(i)).unwrap();
                        assert_eq!(tensor.dims, expected[i].dims);
                        assert_bits(&tensor.data, &expected[i].data, || format!("thread {thread}, image {i}, {pipe}"));
                    }
                });
            }
        });
    }
}

/// A batch of 30 images of as many sizes, among them the smallest.
fn mixed() -> Vec<(usize, usize, Vec<u8>)> {
    (0..30).map(|i| (1 + i % 7 * 11, 1 + i * 3, pixels((1 + i % 7 * 11) * (1 + i * 3) * 3, i))).collect()
}

fn views(images: &[(usize, usize, Vec<u8>)]) -> Vec<ImageRef<'_>> {
    images.iter().map(|(rows, columns, pixels)| ImageRef::rgb8(pixels, *rows, *columns).unwrap()).collect()
}

const BATCHED: [&str; 3] = [
    "input(rgb8), resize(19, 37, bilinear), normalize(mean = [0.4, 0.5, 0.6]), output(bgr, f32, chw)",
    "input(rgb8), resize(19, 37, bicubic, antialias), normalize(mean = [0.4, 0.5, 0.6]), output(rgb, f32, hwc)",
    "input(rgb8), letterbox(32, 32, bilinear, fill = 114), normalize(), output(rgb, f32, chw)",
];

/// More threads than cores and than images as well.
#[test]
fn a_batch_is_the_same_on_any_number_of_threads() {
    let images = mixed();
    let images = views(&images);
    for text in BATCHED {
        let pipe = Pipeline::parse(text).unwrap();
        let expected: Vec<f32> = images.iter().flat_map(|&image| reference::run(&pipe, image).unwrap().data).collect();
        for threads in [1, 2, 7, 40] {
            let threaded = pipe.with_threads(threads).unwrap();
            assert_eq!((threaded.threads(), &threaded), (threads, &pipe));
            for count in [1, 2, images.len()] {
                let batch = threaded.batch::<f32>(&images[..count]).unwrap();
                let mut out = vec![-1.0; batch.data.len()];
                threaded.batch_into(&images[..count], &mut out).unwrap();
                assert_eq!(out, batch.data);
                assert_eq!(batch.dims[0], count);
                let expected = &expected[..batch.data.len()];
                assert_bits(&batch.data, expected, || format!("{count} images on {threads} threads, {pipe}"));
            }
        }
    }
}

#[test]
fn batches_from_sixty_four_threads() {
    let images = mixed();
    let images = views(&images);
    let pipe = Pipeline::parse(BATCHED[1]).unwrap();
    let expected = pipe.batch::<f32>(&images).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..64 {
            let (images, expected) = (&images, &expected);
            // The pool grows meanwhile.
            let pipe = pipe.with_threads(2 + thread % 5).unwrap();
            scope.spawn(move || {
                for _ in 0..5 {
                    assert_eq!(&pipe.batch::<f32>(images).unwrap(), expected);
                }
            });
        }
    });
}

/// A fork takes the memory of a pool along, and none of its threads.
#[cfg(unix)]
#[test]
fn a_forked_child_makes_threads_of_its_own() {
    if std::env::var_os("PIXFUSE_EMULATED").is_some() {
        common::not_run("a forked child", "the emulator gives it no threads");
        return;
    }
    let images = mixed();
    let images = views(&images);
    let pipe = Pipeline::parse(BATCHED[0]).unwrap().with_threads(3).unwrap();
    let expected = pipe.batch::<f32>(&images).unwrap();
    for _ in 0..5 {
        // SAFETY: the child uses memory, which glibc and musl make usable in it, and ends without returning.
        let child = unsafe { libc::fork() };
        if child == 0 {
            // SAFETY: a child that waits forever is ended by a signal.
            unsafe { libc::alarm(60) };
            let same =
                [2, 3, 5].map(|threads| pipe.with_threads(threads).unwrap().batch::<f32>(&images).unwrap() == expected);
            // SAFETY: nothing of the parent's is to be ended in order.
            unsafe { libc::_exit(if same == [true; 3] { 0 } else { 1 }) };
        }
        let mut status = -1;
        // SAFETY: the child is ours, and the status has a place to go to.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        assert_eq!(status, 0, "the child's exit status, or its signal");
        assert_eq!(pipe.batch::<f32>(&images).unwrap(), expected);
    }
}

#[test]
fn rows_of_one_image_on_any_number_of_threads() {
    let declarations = [
        "input(rgb8), normalize(), output(rgb, f32, chw)",
        "input(rgb8), resize(61, 40, nearest), output(bgr, u8, hwc)",
        "input(rgb8), resize(61, 40, bilinear), normalize(), output(bgr, f16, hwc)",
        "input(rgb8), letterbox(64, 96, lanczos, antialias), normalize(), output(rgb, f32, chw)",
        "input(rgb8), resize(shortest = 50, bicubic, antialias), center_crop(40, 44), output(rgb, u8, chw)",
        "input(rgb8), resize(33, 20, area), pad(1, 2, 3, 4), output(rgb, u8, hwc)",
        "input(rgb8, gray = pillow), resize(90, 33, bilinear, antialias), output(gray, u8)",
        "input(rgb8), resize(40, 33, bilinear, antialias, precision = f32), normalize(), output(rgb, bf16)",
    ];
    for text in declarations {
        let pipe = Pipeline::parse(text).unwrap();
        for (rows, columns) in [(1, 1), (16, 3), (77, 130)] {
            let pixels = pixels(rows * columns * 3, rows);
            let image = ImageRef::rgb8(&pixels, rows, columns).unwrap();
            pixfuse::with_element!(pipe.element(), T => {
                let expected = pipe.run::<T>(image).unwrap();
                for threads in [2, 3, 7, 64] {
                    let tensor = pipe.with_threads(threads).unwrap().run::<T>(image).unwrap();
                    assert_eq!(tensor, expected, "{threads} threads, {text} from {rows} x {columns}");
                }
            });
        }
    }
}
