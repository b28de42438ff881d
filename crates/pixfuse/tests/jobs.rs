//! A run as jobs for a host's own threads: every byte is that of one run, in any order and on any thread; and runs into memory
//! that a function gives.

mod common;

use common::{mix, pixels};
use pixfuse::{Error, ImageRef, Job, Join, Pipeline, TensorElement, with_element};

const DECLARATIONS: [&str; 13] = [
    "input(rgb8), normalize(), output(rgb, f32, chw)",
    "input(rgb8), resize(61, 40, nearest), output(bgr, u8, hwc)",
    "input(rgb8, orient = 6), resize(61, 40, bilinear), normalize(), output(bgr, f16, hwc)",
    "input(rgb8), letterbox(64, 96, lanczos, antialias), normalize(), output(rgb, f32, chw)",
    "input(rgb8), resize(shortest = 50, bicubic, antialias), center_crop(40, 44), output(rgb, u8, chw)",
    // Margins that mirror what other jobs write.
    "input(rgb8), resize(33, 20, bilinear), pad(5, 6, 7, 8, border = symmetric), output(rgb, f32, chw)",
    "input(rgb8, gray = pillow), resize(90, 33, bilinear, antialias), output(gray, u8)",
    "input(rgb8), resize(40, 33, bilinear, antialias, precision = f32), normalize(), output(rgb, bf16)",
    "input(rgb8), resize(56, 84, bicubic, antialias), normalize(), output(rgb, f32, chw), patches(14, merge = 2, temporal = 2)",
    "input(rgb8), resize(rule = naflex, multiple = 4, max_patches = 40, bilinear, antialias), output(rgb, u8), patches(4, pad_to = 40)",
    "input(rgb8), tiles(32, 32, bicubic, antialias, rule = internvl, max = 6, thumbnail = last), output(rgb, f32, chw)",
    // Two resizes, and floats that are resized.
    "input(rgb8), resize(longest = 40, rule = idefics3, lanczos, antialias), \
     tiles(16, 16, lanczos, antialias, rule = idefics3, thumbnail = last), output(rgb, u8)",
    "input(rgb8), resize(40, 33, bicubic, antialias, like = torch, precision = f32, of = rescaled), \
     normalize(order = torchvision_v2), output(rgb, f32, chw)",
];

/// Whether every job may go to any thread.
const fn is_send<T: Send + Sync>() {}
const _: () = is_send::<Job<'static, f32>>();

/// The elements as bits.
fn bytes<T: TensorElement>(elements: &[T]) -> Vec<u8> {
    // SAFETY: elements are numbers without padding, and there are so many bytes of them.
    unsafe { std::slice::from_raw_parts(elements.as_ptr().cast::<u8>(), size_of_val(elements)) }.to_vec()
}

#[test]
fn jobs_in_any_order_are_one_run() {
    for text in DECLARATIONS {
        let pipe = Pipeline::parse(text).unwrap();
        for (seed, (rows, columns)) in [(1, 1), (16, 3), (77, 130), (130, 77)].into_iter().enumerate() {
            let pixels = pixels(rows * columns * 3, seed);
            let image = ImageRef::rgb8(&pixels, rows, columns).unwrap();
            with_element!(pipe.element(), T => {
                let Ok(expected) = pipe.run::<T>(image) else { continue };
                for threads in [1, 2, 3, 7, 64, 1024] {
                    let mut out = vec![<T>::default(); expected.data.len()];
                    let mut jobs = pipe.jobs(image, &mut out, threads).unwrap();
                    assert!((1..=threads).contains(&jobs.len()), "{} jobs for {threads} threads", jobs.len());
                    let mut turn = seed;
                    while !jobs.is_empty() {
                        turn += 1;
                        jobs.swap_remove(mix(turn, threads) as usize % jobs.len()).run().unwrap();
                    }
                    assert!(bytes(&out) == bytes(&expected.data), "{threads} threads, {text} of {rows} x {columns}");
                }
            });
        }
    }
}

#[test]
fn jobs_on_threads_are_one_run() {
    let pixels = pixels(211 * 190 * 3, 5);
    let image = ImageRef::rgb8(&pixels, 211, 190).unwrap();
    for text in DECLARATIONS {
        let pipe = Pipeline::parse(text).unwrap();
        with_element!(pipe.element(), T => {
            let expected = pipe.run::<T>(image).unwrap();
            let mut out = vec![<T>::default(); expected.data.len()];
            let jobs = pipe.jobs(image, &mut out, 5).unwrap();
            std::thread::scope(|scope| {
                let threads: Vec<_> = jobs.into_iter().map(|job| scope.spawn(|| job.run())).collect();
                threads.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
            });
            assert!(bytes(&out) == bytes(&expected.data), "{text}");
        });
    }
}

/// Rows of a job that does not run stay as they were, and so do margins.
#[test]
fn a_dropped_job_leaves_its_rows() {
    let pipe = Pipeline::parse("input(gray8), pad(0, 1, 0, 0), output(gray, u8, hwc)").unwrap();
    let pixels = vec![7; 32 * 2];
    let image = ImageRef::gray8(&pixels, 32, 2).unwrap();
    let mut out = vec![1_u8; 32 * 3];
    let jobs = pipe.jobs(image, &mut out, 4).unwrap();
    assert_eq!(jobs.len(), 4);
    for (index, job) in jobs.into_iter().enumerate() {
        if index != 1 {
            job.run().unwrap();
        }
    }
    for (row, pixels) in out.chunks(3).enumerate() {
        let expected = if (8..16).contains(&row) { [1, 1, 1] } else { [1, 7, 7] };
        assert_eq!(pixels, expected, "row {row}");
    }
    // The memory is the caller's again.
    pipe.run_into(image, &mut out).unwrap();
    assert_eq!(out[..3], [0, 7, 7]);
}

#[test]
fn what_is_wrong_is_said_before_there_are_jobs() {
    let pipe = Pipeline::parse(DECLARATIONS[0]).unwrap();
    let pixels = pixels(9 * 7 * 3, 1);
    let image = ImageRef::rgb8(&pixels, 9, 7).unwrap();
    let mut out = vec![1.0; 9 * 7 * 3];
    let refused = |result: Result<Vec<Job<'_, f32>>, Error>| result.unwrap_err().to_string();
    assert_eq!(refused(pipe.jobs(image, &mut out, 0)), "threads: 0, expected 1 to 1024");
    assert_eq!(refused(pipe.jobs(image, &mut out[1..], 2)), "out: 188 elements given, the tensor [3, 9, 7] needs 189");
    assert!(
        refused(pipe.jobs(ImageRef::gray8(&pixels[..63], 9, 7).unwrap(), &mut out, 2))
            .starts_with("image: has 1 channels")
    );
    assert!(pipe.jobs::<u8>(image, &mut [0; 189], 2).unwrap_err().to_string().starts_with("out: elements are u8"));
    // Floats of which torch makes no image.
    let floats = Pipeline::parse(DECLARATIONS[12]).unwrap().replace("size(40, 1)").unwrap();
    assert!(refused(floats.jobs(image, &mut vec![0.0; 120], 2)).starts_with("image: resize: 9 rows"));
    assert_eq!(out, [1.0; 189]);
}

#[test]
fn a_function_gives_the_memory() {
    let pipe = Pipeline::parse("input(rgb8), resize(6, 10, bilinear), normalize(), output(rgb, f32, chw)").unwrap();
    let blocks = Pipeline::parse("input(rgb8), output(rgb, u8), patches(4)").unwrap();
    let pixels = pixels(8 * 12 * 3, 3);
    let images = [ImageRef::rgb8(&pixels, 8, 12).unwrap(), ImageRef::rgb8(&pixels, 12, 8).unwrap()];
    let vector = |shape: pixfuse::Dims| Ok::<_, Error>(vec![-1.0; shape.iter().product()]);
    assert_eq!(pipe.run_with(images[0], vector).unwrap(), pipe.run::<f32>(images[0]).unwrap().data);
    assert_eq!(pipe.batch_with(&images, vector).unwrap(), pipe.batch::<f32>(&images).unwrap().data);
    for join in [Join::Concat, Join::Pad] {
        let mut asked = Vec::new();
        let allocate = |shape: pixfuse::Dims| {
            asked.push(shape);
            Ok::<_, Error>(vec![1_u8; shape.iter().product()].into_boxed_slice())
        };
        let (data, joined) = blocks.join_with::<u8, _, _>(&images, join, allocate).unwrap();
        assert_eq!(asked, [joined.dims()]);
        assert_eq!((data.to_vec(), joined), blocks.join::<u8>(&images, join).unwrap());
    }
    // What the function says is wrong is what is wrong, and memory of another size is refused.
    let none = |_| Err::<Vec<f32>, _>(Error::Memory("no pinned memory".into()));
    assert_eq!(pipe.run_with(images[0], none).unwrap_err().to_string(), "memory: no pinned memory");
    let short = pipe.run_with::<f32, _, Error>(images[0], |_| Ok(vec![0.0; 3]));
    assert_eq!(short.unwrap_err().to_string(), "out: 3 elements given, the tensor [3, 6, 10] needs 180");
    let never =
        pipe.run_with::<f32, Vec<f32>, Error>(ImageRef::gray8(&pixels[..96], 8, 12).unwrap(), |_| unreachable!());
    assert!(matches!(never, Err(Error::Image(_))));
}
