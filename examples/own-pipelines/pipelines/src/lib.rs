//! Two pipelines of one's own. The crates beside this one export the list to Python, to Node.js and to browsers.
#![forbid(unsafe_code)]

/// What a classifier trained on ImageNet reads: 224 x 224, planes of red, green and blue.
#[pixfuse::pipeline(
    input(rgb8),
    resize(224, 224, bilinear),
    normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]),
    output(rgb, f32, chw),
)]
pub struct Classifier;

/// What a detector reads, from an image read with OpenCV: its size is known when the pipeline is made.
#[pixfuse::pipeline(input(bgr8), resize(_, _, bilinear), normalize(), output(rgb, f32, chw))]
pub struct Detector;

/// Every pipeline of this crate.
pub static PIPELINES: &[pixfuse::Entry] = pixfuse::entries![Classifier, Detector];
