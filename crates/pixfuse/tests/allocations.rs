//! A call whose source size was seen and whose output is given allocates nothing; what is remembered is bounded.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use pixfuse::{Element, ImageRef, Level, Orientation, Pipeline, PixelFormat, YuvPlane};

/// The system's allocator, with a count of what each thread asks it for: the harness allocates on threads of its own.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static LIVE_BYTES: Cell<isize> = const { Cell::new(0) };
}

fn count(allocations: usize, bytes: isize) {
    ALLOCATIONS.with(|counter| counter.set(counter.get() + allocations));
    LIVE_BYTES.with(|counter| counter.set(counter.get() + bytes));
}

// SAFETY: each call is passed on to the system's allocator as it is; counting touches cells of the thread, which have
// neither a constructor nor a destructor and so allocate nothing themselves.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as isize);
        // SAFETY: the caller promises a layout, and memory of this allocator, which is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, -(layout.size() as isize));
        // SAFETY: the caller promises a layout, and memory of this allocator, which is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as isize - layout.size() as isize);
        // SAFETY: the caller promises a layout, and memory of this allocator, which is the system's.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of this thread in `work`, and the bytes that are left of them.
fn counted(work: impl FnOnce()) -> (usize, isize) {
    let before = (ALLOCATIONS.get(), LIVE_BYTES.get());
    work();
    (ALLOCATIONS.get() - before.0, LIVE_BYTES.get() - before.1)
}

const DECLARATIONS: [&str; 6] = [
    "input(rgb8), normalize(), output(bgr, f32, chw)",
    "input(rgb8, chw), normalize(), output(bgr, f32, hwc)",
    "input(gray8), resize(24, 25, nearest), normalize(), output(gray, f32, chw)",
    "input(rgb8), resize(24, 25, nearest_exact), normalize(), output(rgb, f32, hwc)",
    "input(rgba8, alpha = drop), resize(24, 35, bilinear), normalize(), output(rgb, f32, chw)",
    "input(bgra8, chw), resize(24, 35, bilinear), normalize(), output(bgra, f32, hwc)",
];

#[test]
fn a_seen_size_allocates_nothing() {
    let pixels = vec![7; 40 * 60 * 4];
    for text in DECLARATIONS {
        for level in Level::available() {
            let pipe = Pipeline::parse(text).unwrap().with_level(level).unwrap();
            let channels = pipe.channels();
            // Dense rows, mirrored rows, rows with gaps in them, and columns of memory: each is a size of its own.
            let views = [
                ImageRef::strided(&pixels, 0, [40, 60, channels], [60 * channels as isize, channels as isize, 1]),
                ImageRef::strided(&pixels, 59 * 4, [40, 60, channels], [240, -4, 1]),
                ImageRef::strided(&pixels, 0, [40, 30, channels], [240, 8, 1]),
                ImageRef::strided(&pixels, 0, [60, 40, channels], [channels as isize, 60 * channels as isize, 1]),
            ];
            for view in views.map(Result::unwrap) {
                let mut out = vec![0.0f32; pipe.output_shape(view.rows(), view.columns()).unwrap().iter().product()];
                let (first, _) = counted(|| pipe.run_into(view, &mut out).unwrap());
                assert!(first > 0, "the counter counts: {text} at {level}");
                let again = counted(|| pipe.run_into(view, &mut out).unwrap());
                assert_eq!(again, (0, 0), "{text} at {level}");
            }
        }
    }
}

#[test]
fn a_bounded_number_of_sizes_is_remembered() {
    let pipe = Pipeline::parse("input(gray8), resize(50, 60, bilinear), output(gray, u8)").unwrap();
    let pixels = [7; 200];
    let mut out = vec![0u8; 50 * 60];
    let mut run = |columns: usize| {
        counted(|| pipe.run_into(ImageRef::gray8(&pixels[..columns], 1, columns).unwrap(), &mut out).unwrap())
    };
    let one_size = run(1).1;
    let mut round = || (1..=150).map(|columns| run(columns).1).sum::<isize>();
    // The first round fills the memory, and every later one leaves it as it was.
    let first = round();
    assert!(first < 40 * one_size, "150 sizes take {first} bytes, one takes {one_size}");
    assert_eq!((round(), round()), (0, 0));

    // The sizes seen last are those that are remembered.
    assert_eq!((0..32).map(|back| run(150 - back).0).sum::<usize>(), 0);
    assert!(run(150 - 32).0 > 0);
}

/// Tables of long rows, and what a thread keeps after a giant.
#[test]
fn a_bounded_number_of_bytes_is_remembered() {
    let pixels = [7; 3];
    for filter in ["lanczos, antialias", "bilinear, antialias, precision = f32"] {
        let text = format!("input(rgb8), resize(20, 30, {filter}), output(rgb, f32, chw)");
        for level in Level::available() {
            let pipe = Pipeline::parse(&text).unwrap().with_level(level).unwrap();
            let mut out = vec![0.0f32; 20 * 30 * 3];
            let mut run = |columns: usize| {
                let image = ImageRef::strided(&pixels, 0, [2, columns, 3], [0, 0, 1]).unwrap();
                counted(|| pipe.run_into(image, &mut out).unwrap())
            };
            let kept = (0..12).map(|more| run(100_000 + more).1).sum::<isize>();
            // Besides the budget of 8 MiB there is this thread's scratch.
            assert!((1 << 20..13 << 20).contains(&kept), "{text} at {level}: {kept} bytes");
            assert_eq!(run(100_000 + 11), (0, 0), "{text} at {level}");
            let giant = run(1_500_000).1;
            assert!(giant <= 0, "{text} at {level}: {giant} bytes of one giant");
        }
    }
}

/// A photo turned by 180 degrees has rows that join, as a dense one has, and needs a table of its columns.
#[test]
fn tables_are_smaller_than_the_image() {
    let (rows, columns) = (600, 800);
    let pixels = vec![7; rows * columns * 3];
    let mut out = vec![0u8; rows * columns * 3];
    let pipe = Pipeline::parse("input(rgb8), output(rgb, u8, hwc)").unwrap();
    let views = [
        ("dense", 0, [2400, 3, 1]),
        ("turned by 180 degrees", pixels.len() - 3, [-2400, -3, 1]),
        ("one pixel for all", 0, [0, 0, 1]),
    ];
    for (name, origin, strides) in views {
        let view = ImageRef::strided(&pixels, origin, [rows, columns, 3], strides).unwrap();
        let (_, bytes) = counted(|| pipe.run_into(view, &mut out).unwrap());
        assert!(bytes < 100_000, "{name}: {bytes} bytes of tables");
    }
}

/// A camera's frame is a new view each time, and its rows are converted in scratch.
#[test]
fn frames_of_a_camera() {
    let bytes = vec![7; 40 * 64 + 20 * 64];
    let (luma, chroma) = bytes.split_at(40 * 64);
    let planes = [luma, chroma].map(|bytes| YuvPlane { bytes, stride: 64 });
    for resize in ["", "resize(24, 35, bilinear), ", "letterbox(32, 32, bilinear, antialias), "] {
        let pipe = Pipeline::parse(&format!("input(nv12), {resize}output(rgb, u8, hwc)")).unwrap();
        let mut out = vec![0u8; pipe.output_shape(40, 60).unwrap().iter().product()];
        let mut run = || pipe.run_into(ImageRef::yuv(PixelFormat::Nv12, &planes, 40, 60).unwrap(), &mut out).unwrap();
        run();
        assert_eq!(counted(run), (0, 0), "{resize}");
    }
}

/// What a thread allocates at its first call is none of the pipeline's tables, and not repeated.
#[test]
fn a_size_seen_by_another_thread_is_seen() {
    let pipe = Pipeline::parse(DECLARATIONS[4]).unwrap();
    let pixels = vec![7; 40 * 60 * 4];
    let image = ImageRef::rgba8(&pixels, 40, 60).unwrap();
    let mut out = vec![0.0f32; 3 * 24 * 35];
    pipe.run_into(image, &mut out).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (first, bytes) = counted(|| pipe.run_into(image, &mut out).unwrap());
            assert!(first <= 1 && bytes < 1000, "{first} allocations, {bytes} bytes");
            assert_eq!(counted(|| pipe.run_into(image, &mut out).unwrap()), (0, 0));
        });
    });
}

/// Whatever the filter and the sizes, rows of a photo pass through scratch that fits a second cache.
#[test]
fn scratch_is_small() {
    let (rows, columns) = (2160, 3840);
    let pixels = vec![7; rows * columns * 3];
    let upright = ImageRef::rgb8(&pixels, rows, columns).unwrap();
    // Rows of a turned photo are packed many at a time.
    let turned = [upright, ImageRef::rgb8(&pixels, columns, rows).unwrap()];
    let turned = turned.map(|image| image.oriented(Orientation::Rotate90));
    let filters = [
        "bilinear, antialias",
        "bilinear, antialias, pillow = 12",
        "bilinear, antialias, like = torch",
        "bilinear, antialias, precision = f32",
        "box, antialias",
        "hamming, antialias",
        "bicubic, antialias",
        "lanczos, antialias",
        "bicubic, antialias, like = torch",
        "bicubic, antialias, precision = f32",
        "bicubic",
        "lanczos4",
        "area",
    ];
    let frames = ["224, 224", "640, 640", "shortest = 256", "1, 3840", "3840, 1", "1, 1"];
    for filter in filters {
        for frame in frames {
            let crop = if frame.starts_with("shortest") { "center_crop(224, 224), " } else { "" };
            let text = format!("input(rgb8), resize({frame}, {filter}), {crop}normalize(), output(rgb, f32, chw)");
            // The scalar level shares this code, and takes long over a photo.
            for level in Level::available().into_iter().filter(|level| *level != Level::Scalar) {
                let pipe = Pipeline::parse(&text).unwrap().with_level(level).unwrap();
                let bytes = |image: ImageRef<'_>| {
                    let shape = pipe.output_shape(image.rows(), image.columns()).unwrap();
                    // Tables belong to the pipeline: a thread that sees this size later allocates scratch only.
                    scratch(&pipe, image, &mut vec![0.0f32; shape.iter().product()])
                };
                let most = if filter.starts_with("bilinear") { 300 << 10 } else { 1 << 20 };
                let taken = bytes(upright);
                assert!(taken <= most, "{text} at {level} takes {taken} bytes");
                // Packing is one code for all filters, and a photo takes an emulated CPU long.
                for image in turned.iter().filter(|_| filter == "bilinear, antialias" && frame == "224, 224") {
                    let taken = bytes(*image);
                    assert!(taken <= 1 << 20, "{text} at {level}, turned, takes {taken} bytes");
                }
            }
        }
    }
}

/// What a thread allocates that has never run a pipeline, when the size was seen.
fn scratch(pipe: &Pipeline, image: ImageRef<'_>, out: &mut [f32]) -> isize {
    pipe.run_into(image, out).unwrap();
    std::thread::scope(|scope| scope.spawn(|| counted(|| pipe.run_into(image, out).unwrap()).1).join().unwrap())
}

/// With scratch of the caller's nothing is made by a run over the declared size: not even by the first, on any thread.
#[test]
fn a_declared_size_allocates_nothing_from_the_first_run_on() {
    let pixels = vec![7; 40 * 60 * 4];
    let planes = [&pixels[..2400], &pixels[2400..3600]].map(|bytes| YuvPlane { bytes, stride: 60 });
    let yuv = ImageRef::yuv(PixelFormat::Nv12, &planes, 40, 60).unwrap();
    let rgb = ImageRef::rgb8(&pixels[..7200], 40, 60).unwrap();
    for (image, text) in [
        (rgb, "input(rgb8, 40, 60), output(bgr, f32)"),
        (rgb, "input(rgb8, 40, 60), resize(24, 35, nearest), output(rgb, u8, hwc)"),
        (rgb, "input(rgb8, 40, 60, orient = 6), resize(24, 35, bilinear), output(rgb, f32)"),
        (rgb, "input(rgb8, 40, 60), resize(24, 35, lanczos, antialias), center_crop(30, 30), output(rgb, f32)"),
        (rgb, "input(rgb8, 40, 60), resize(24, 35, bicubic, antialias, like = torch), output(rgb, f32)"),
        (rgb, "input(rgb8, 40, 60), letterbox(32, 32, area), output(rgb, f32)"),
        (rgb, "input(rgb8, 40, 60), resize(24, 35, bilinear, antialias, precision = f32), output(rgb, f32)"),
        (rgb, "input(rgb8, 40, 60), resize(24, 32, bilinear, antialias), output(rgb, f32), patches(8)"),
        (
            rgb,
            "input(rgb8, 40, 60), tiles(16, 16, bicubic, antialias, rule = internvl, max = 6, thumbnail = last), \
               output(rgb, f32)",
        ),
        (yuv, "input(nv12, 40, 60), letterbox(32, 32, bilinear, antialias), output(rgb, u8, hwc)"),
    ] {
        for level in Level::available() {
            let pipe = Pipeline::parse(text).unwrap().with_level(level).unwrap();
            let length = pipe.fixed_shape().unwrap().iter().product();
            let mut scratch = pipe.scratch().unwrap();
            let (mut bytes, mut floats) = (vec![0u8; length], vec![0f32; length]);
            let first = match pipe.element() {
                Element::U8 => counted(|| pipe.run_into_with(image, &mut bytes, &mut scratch).unwrap()),
                _ => counted(|| pipe.run_into_with(image, &mut floats, &mut scratch).unwrap()),
            };
            assert_eq!(first, (0, 0), "{text} at {level}");
        }
    }
}

/// Scratch of one pipeline serves another, and has the bytes that a thread's own gives.
#[test]
fn scratch_grows_and_serves_any_pipeline() {
    let pixels: Vec<u8> = (0..40 * 60 * 3).map(|index| (index * 7 % 251) as u8).collect();
    let image = ImageRef::rgb8(&pixels, 40, 60).unwrap();
    let mut scratch = pixfuse::Scratch::default();
    assert_eq!(scratch.bytes(), 0);
    for clauses in ["resize(5, 7, bilinear, antialias)", "resize(50, 70, lanczos, antialias)", "resize(5, 7, area)"] {
        let pipe = Pipeline::parse(&format!("input(rgb8), {clauses}, output(rgb, f32)")).unwrap();
        let expected = pipe.run::<f32>(image).unwrap();
        for _ in 0..2 {
            let mut out = vec![0.0; expected.data.len()];
            pipe.run_into_with(image, &mut out, &mut scratch).unwrap();
            assert_eq!(out, expected.data, "{pipe}");
        }
    }
    assert!(scratch.bytes() > 0);
}
