//! What a call costs beyond the call in Rust: the checks of arguments, and a border that no panic crosses.
//!
//! `cargo bench -p pixfuse-c --bench overhead` prints it, and fails where it is 0.3 µs or more. Both take turns, and each turn
//! is shorter than what a system gives a program at a time: so other programs disturb turns, and not the least of them.

use std::ffi::c_void;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::time::Instant;

use pixfuse::{ImageRef, Pipeline};

const CALLS: u32 = 100;
const TURNS: u32 = 20_000;
const SIDE: usize = 4;

/// `pixfuse_image` up to its strides; zeros behind that.
#[repr(C)]
struct Image {
    size: usize,
    pixels: *const c_void,
    sides: [usize; 2],
    rest: [usize; 8],
}

/// The mean of a few calls, in microseconds.
fn mean(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    (0..CALLS).for_each(|_| call());
    start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
}

/// What is promised, in microseconds.
const MOST: f64 = 0.3;

fn main() {
    let text = "input(rgb8), output(rgb, f32, chw)";
    let pixels = [7_u8; SIDE * SIDE * 3];
    let mut out = [MaybeUninit::<f32>::uninit(); SIDE * SIDE * 3];
    let pipe = Pipeline::parse(text).unwrap();
    let mut in_rust = [MaybeUninit::<f32>::uninit(); SIDE * SIDE * 3];
    let mut from_rust = || {
        let image = ImageRef::rgb8(black_box(&pixels), SIDE, SIDE).unwrap();
        pipe.run_into_uninit(image, black_box(&mut in_rust)).unwrap();
    };
    let image =
        Image { size: size_of::<pixfuse_c::CImage>(), pixels: pixels.as_ptr().cast(), sides: [SIDE; 2], rest: [0; 8] };
    const { assert!(size_of::<Image>() == size_of::<pixfuse_c::CImage>()) };
    // SAFETY: the text is as long as it is said to be, and nobody wants the error.
    let handle = unsafe { pixfuse_c::pixfuse_pipeline_parse(text.as_ptr().cast(), text.len(), null_mut()) };
    let mut from_c = || {
        let image = black_box(&raw const image).cast();
        // SAFETY: the handle is freed after the last call, and the image and the output are as large as they are said to be.
        let done =
            unsafe { pixfuse_c::pixfuse_run(handle, image, out.as_mut_ptr().cast(), size_of_val(&out), null_mut()) };
        assert!(done);
    };
    let mut least = [f64::INFINITY; 2];
    for _ in 0..TURNS {
        least = [least[0].min(mean(&mut from_rust)), least[1].min(mean(&mut from_c))];
    }
    // SAFETY: no call uses the handle any more, and it is freed once.
    unsafe { pixfuse_c::pixfuse_pipeline_free(handle) };
    let [rust, c] = least;
    println!("{SIDE} x {SIDE} pixels: {rust:.3} µs from Rust, {c:.3} µs from C");
    assert!(c - rust < MOST, "{:.3} µs more from C than from Rust, expected less than {MOST}", c - rust);
}
