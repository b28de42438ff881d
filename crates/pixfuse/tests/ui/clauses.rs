//! Clauses that are unknown, missing, given twice, or without brackets.

#[pixfuse::pipeline(input(rgb8), resise(240, 256, bilinear), output(rgb, f32, chw))]
struct Misspelled;

#[pixfuse::pipeline(input(rgb8), blur(3), output(rgb, f32, chw))]
struct Unknown;

#[pixfuse::pipeline(input(rgb8), resize(240, 256, bilinear))]
struct WithoutOutput;

#[pixfuse::pipeline()]
struct Empty;

#[pixfuse::pipeline]
struct WithoutBrackets;

#[pixfuse::pipeline(input(rgb8), normalize, output(rgb, f32, chw), output(bgr, f32, chw))]
struct Twice;

fn main() {}
