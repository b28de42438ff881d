//! The picture of an image or a file is that of Rust, in memory that the caller makes.
#![cfg(unix)]

use std::ffi::{CStr, c_void};
use std::ptr::{null, null_mut};

use pixfuse::{ImageRef, Picture, Pipeline, Preview};
use pixfuse_c::{CImage, Shape};

const DECLARATIONS: [&str; 4] = [
    "input(rgb8), resize(24, 32, bilinear), normalize(mean = 0.5, std = 0.25), output(bgr, f32, chw)",
    "input(rgb8), letterbox(64, 64, bilinear), output(rgb, u8, chw)",
    "input(rgb8), resize(56, 56, bilinear), normalize(), output(rgb, bf16, chw), patches(14, merge = 2)",
    "input(rgb8), tiles(32, 32, bilinear, antialias, rule = internvl, max = 4, thumbnail = last), normalize(), output(rgb, f32)",
];
const SIDES: [usize; 2] = [61, 83];
const BOXES: [[f64; 4]; 2] = [[5.0, 7.0, 40.0, 33.5], [60.0, 1.0, 200.0, 9.0]];

/// Memory of the test's own, which begins with what was asked for.
struct Asked {
    bytes: Vec<u8>,
}

unsafe extern "C" fn allocate(user: *mut c_void, shape: *const Shape, _: usize) -> *mut c_void {
    // SAFETY: `user` is an `Asked` that nobody else uses meanwhile; the last member of the shape is its number of bytes.
    unsafe {
        let bytes = shape.byte_add(size_of::<Shape>() - size_of::<usize>()).cast::<usize>().read();
        let asked = &mut *user.cast::<Asked>();
        asked.bytes = vec![0; bytes];
        asked.bytes.as_mut_ptr().cast()
    }
}

/// What a call that is given an allocator, a shape and somewhere for the memory has made.
fn made(call: impl FnOnce(*mut c_void, *mut Shape, *mut *mut c_void) -> bool) -> (Vec<usize>, Vec<u8>) {
    let mut asked = Asked { bytes: Vec::new() };
    let mut shape = [0_usize; size_of::<Shape>() / size_of::<usize>()];
    shape[0] = size_of::<Shape>();
    let mut out = null_mut();
    assert!(call((&raw mut asked).cast(), shape.as_mut_ptr().cast(), &mut out));
    assert_eq!(out.cast(), asked.bytes.as_mut_ptr());
    // The size, the rank, and the dimensions.
    (shape[2..2 + shape[1]].to_vec(), asked.bytes)
}

fn expected(picture: &Picture) -> (Vec<usize>, Vec<u8>) {
    (vec![picture.rows, picture.columns, 3], picture.pixels.clone())
}

#[test]
fn a_picture_is_that_of_rust() {
    let pixels: Vec<u8> = (0..SIDES[0] * SIDES[1] * 3).map(|index| (index * 31 % 251) as u8).collect();
    let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/pixfuse-decode/tests/files/odd-420.jpg");
    let photo = std::fs::read(photo).unwrap();
    for text in DECLARATIONS {
        let pipe = Pipeline::parse(text).unwrap();
        let preview = Preview::new(&pipe).unwrap();
        let image = ImageRef::rgb8(&pixels, SIDES[0], SIDES[1]).unwrap();
        // SAFETY: the text is as long as it is said to be.
        let handle = unsafe { pixfuse_c::pixfuse_pipeline_parse(text.as_ptr().cast(), text.len(), null_mut()) };
        let boxes = BOXES.as_ptr().cast();
        for count in [0, BOXES.len()] {
            let found = made(|user, shape, out| {
                // SAFETY: the image is of plain members, and its pixels are as many as its sides say; the boxes are as many.
                unsafe {
                    let mut given: CImage = std::mem::zeroed();
                    let members = (&raw mut given).cast::<usize>();
                    members.write(size_of::<CImage>());
                    members.add(1).cast::<*const u8>().write(pixels.as_ptr());
                    members.add(2).write(SIDES[0]);
                    members.add(3).write(SIDES[1]);
                    pixfuse_c::pixfuse_preview(
                        handle,
                        &given,
                        boxes,
                        count,
                        Some(allocate),
                        user,
                        shape,
                        out,
                        null_mut(),
                    )
                }
            });
            assert_eq!(found, expected(&preview.picture(image, &BOXES[..count]).unwrap()), "{text}");
        }
        let found = made(|user, shape, out| {
            // SAFETY: the file is as long as it is said to be.
            unsafe {
                let (file, length) = (photo.as_ptr().cast(), photo.len());
                pixfuse_c::pixfuse_preview_file(
                    handle,
                    file,
                    length,
                    null(),
                    null(),
                    0,
                    Some(allocate),
                    user,
                    shape,
                    out,
                    null_mut(),
                )
            }
        });
        let options = pixfuse_decode::Options::default();
        let geometry = pixfuse_decode::EncodedImage::open(&photo).unwrap();
        let geometry = geometry.geometry(preview.pipeline(), &options).unwrap();
        let tensor = pixfuse_decode::decode::<u8>(preview.pipeline(), &photo, &options).unwrap();
        assert_eq!(found, expected(&preview.draw(&tensor.data, &geometry, &[]).unwrap()), "{text}");
        // SAFETY: the handle is not used again.
        unsafe { pixfuse_c::pixfuse_pipeline_free(handle) };
    }
}

#[test]
fn boxes_that_are_not_there_are_an_error() {
    let text = DECLARATIONS[0];
    let mut error = null_mut();
    // SAFETY: the text is as long as it is said to be, and what is null is looked at before it is used.
    unsafe {
        let handle = pixfuse_c::pixfuse_pipeline_parse(text.as_ptr().cast(), text.len(), null_mut());
        let (alloc, nothing) = (Some(allocate as _), null_mut());
        assert!(!pixfuse_c::pixfuse_preview(
            handle,
            null(),
            null(),
            1,
            alloc,
            nothing,
            null_mut(),
            null_mut(),
            &mut error
        ));
        assert_eq!(CStr::from_ptr(pixfuse_c::pixfuse_error_message(error)), c"boxes is null");
        pixfuse_c::pixfuse_error_free(error);
        pixfuse_c::pixfuse_pipeline_free(handle);
    }
}
