//! Pipelines that people use, by name. Python and Node.js export the same list.

use crate::{Entry, entries};

/// Nearest neighbour as a hand-written loop does it: index `floor(d * (S / D))`, then `(x / 255 - mean) / (std + 1e-5)`.
#[pixfuse::pipeline(
    input(rgb8),
    resize(240, 256, nearest_floor),
    normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], eps = 1e-5),
    output(rgb, f32, chw),
)]
pub struct HandWrittenLoop;

/// An image read with OpenCV, stretched to 224 x 224 by `cv2.resize`, normalised with the ImageNet constants, as RGB.
#[pixfuse::pipeline(
    input(bgr8),
    resize(224, 224, bilinear),
    normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]),
    output(rgb, f32, chw),
)]
pub struct OpencvImagenet;

/// Pixels to planes of 0 to 1 without a resize: `torchvision.transforms.ToTensor` up to rounding of the division.
#[pixfuse::pipeline(input(rgb8), normalize(), output(rgb, f32, chw))]
pub struct UnitPlanes;

/// Every preset.
pub static PRESETS: &[Entry] = entries![HandWrittenLoop, OpencvImagenet, UnitPlanes];

/// The preset with this name, in `CamelCase` as the struct or in `snake_case` as Python and Node.js write it.
pub fn find(name: &str) -> Option<&'static Entry> {
    PRESETS.iter().find(|entry| entry.name == name || snake_case(entry.name) == name)
}

/// `HandWrittenLoop` as `hand_written_loop`.
pub fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
