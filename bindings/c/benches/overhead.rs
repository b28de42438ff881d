//! What a call costs beyond the call in Rust: the checks of arguments, and a border that no panic crosses.
//!
//! `cargo bench -p pixfuse-c --bench overhead` prints it, and fails where it is 0.3 µs or more. Other programs disturb it.

use std::ffi::c_void;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::time::Instant;

use pixfuse::{ImageRef, Pipeline};

const CALLS: u32 = 100_000;
const SIDE: usize = 4;

/// `pixfuse_image` up to its strides; zeros behind that.
#[repr(C)]
struct Image {
    size: usize,
    pixels: *const c_void,
    sides: [usize; 2],
    rest: [usize; 8],
}

/// The least of several means, in microseconds.
fn least(mut call: impl FnMut()) -> f64 {
    let mean = |call: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..CALLS).for_each(|_| call());
        start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
    };
    (0..9).map(|_| mean(&mut call)).fold(f64::INFINITY, f64::min)
}

/// What is promised, in microseconds.
const MOST: f64 = 0.3;

fn main() {
    let text = "input(rgb8), output(rgb, f32, chw)";
    let pixels = [7_u8; SIDE * SIDE * 3];
    let mut out = [MaybeUninit::<f32>::uninit(); SIDE * SIDE * 3];
    let pipe = Pipeline::parse(text).unwrap();
    let rust = least(|| {
        let image = ImageRef::rgb8(black_box(&pixels), SIDE, SIDE).unwrap();
        pipe.run_into_uninit(image, black_box(&mut out)).unwrap();
    });
    let image =
        Image { size: size_of::<pixfuse_c::CImage>(), pixels: pixels.as_ptr().cast(), sides: [SIDE; 2], rest: [0; 8] };
    const { assert!(size_of::<Image>() == size_of::<pixfuse_c::CImage>()) };
    // SAFETY: the text, the image and the output are as large as they are said to be, and the handle is freed once.
    let c = unsafe {
        let handle = pixfuse_c::pixfuse_pipeline_parse(text.as_ptr().cast(), text.len(), null_mut());
        let time = least(|| {
            let image = black_box(&raw const image).cast();
            let done = pixfuse_c::pixfuse_run(handle, image, out.as_mut_ptr().cast(), size_of_val(&out), null_mut());
            assert!(done);
        });
        pixfuse_c::pixfuse_pipeline_free(handle);
        time
    };
    println!("{SIDE} x {SIDE} pixels: {rust:.3} µs from Rust, {c:.3} µs from C");
    assert!(c - rust < MOST, "{:.3} µs more from C than from Rust, expected less than {MOST}", c - rust);
}
