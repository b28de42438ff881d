//! One pipeline, many threads, more sizes than it remembers: every result is that of one thread.

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
