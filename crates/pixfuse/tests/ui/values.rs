//! Values that do not fit their place or each other.

#[pixfuse::pipeline(input(rgb8), normalize(mean = [0.485, 0.456], std = [1, 1, 1]), output(rgb, f32, chw))]
struct MeanLength;

#[pixfuse::pipeline(input(rgba8), output(rgb, u8, hwc))]
struct Alpha;

#[pixfuse::pipeline(input(gray8), normalize(), output(rgba, u8, hwc))]
struct Channels;

#[pixfuse::pipeline(input(rgb8), resize(240usize, 2.5, "bilinear"), output(rgb, f32))]
struct Literals;

#[pixfuse::pipeline(input(rgb8), normalize(std = [0.5, 0, 0.5], eps = 1/0, sdt = 1), output(rgb, f32))]
struct Numbers;

fn main() {}
