//! A camera's frames as tensors, where there is no standard library.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec;
use alloc::vec::Vec;

use pixfuse::{Error, ImageRef, Pipeline, PixelFormat, YuvPlane};

/// Rows and columns of a frame, as the declarations say them.
pub const FRAME: [usize; 2] = [240, 320];

/// What a detector is given.
#[pixfuse::pipeline(input(yuyv, 240, 320), letterbox(96, 96, bilinear), normalize(), output(rgb, f32, chw))]
pub struct Detector;

/// What a classifier is given, with the filter of its training.
#[pixfuse::pipeline(input(yuyv, 240, 320), resize(64, 64, lanczos, antialias), output(rgb, u8, hwc))]
pub struct Classifier;

/// A number that changes with any byte of what [`Detector`] and [`Classifier`] give for a frame, and is the same on every
/// machine.
///
/// # Errors
/// As [`Pipeline::run_into_with`].
pub fn digest(frame: &[u8]) -> Result<u32, Error> {
    let [rows, columns] = FRAME;
    let image = ImageRef::yuv(PixelFormat::Yuyv, &[YuvPlane { bytes: frame, stride: columns * 2 }], rows, columns)?;
    let (detector, classifier) = (Detector::pipeline(), Classifier::pipeline());
    let mut floats = vec![0f32; elements(&detector)];
    detector.run_into_with(image, &mut floats, &mut detector.scratch()?)?;
    let mut bytes = vec![0u8; elements(&classifier)];
    classifier.run_into_with(image, &mut bytes, &mut classifier.scratch()?)?;
    let all = floats.iter().flat_map(|value| value.to_le_bytes()).chain(bytes);
    // FNV-1a.
    Ok(all.fold(0x811c_9dc5, |digest, byte| (digest ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
}

/// A frame that is the same in every run.
pub fn test_frame() -> Vec<u8> {
    let [rows, columns] = FRAME;
    (0..(rows * columns * 2) as u32).map(|index| (index.wrapping_mul(0x9e37_79b1) >> 24) as u8).collect()
}

/// The elements of a tensor, which the declared size fixes.
fn elements(pipe: &Pipeline) -> usize {
    pipe.fixed_shape().map_or(0, |dims| dims.iter().product())
}
