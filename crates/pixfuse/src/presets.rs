//! Pipelines that people use, by name. Python and Node.js export the same list.
//!
//! Each is named after what it equals to the bit. transformers has two backends whose tensors differ (`torch`, its default,
//! and `pil`), so those presets say which. [`Pipeline::replace`](crate::Pipeline::replace) fits one to other images.

#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{Entry, entries};

/// Nearest neighbour as a hand-written loop does it: index `floor(d * (S / D))`, then `(x / 255 - mean) / (std + 1e-5)`
/// as one multiply-add.
#[pixfuse::pipeline(
    input(rgb8),
    resize(240, 256, nearest_floor),
    normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], eps = 1e-5),
    output(rgb, f32, chw),
)]
pub struct HandWrittenLoop;

/// torchvision's `ImageClassification(crop_size = 224)`, which most of its weights name, on a PIL image (on a tensor
/// torchvision resizes otherwise: up to 0.02 away).
#[pixfuse::pipeline(
    input(rgb8),
    resize(shortest = 256, bilinear, antialias),
    center_crop(224, 224),
    normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = torchvision),
    output(rgb, f32, chw),
)]
pub struct Imagenet;

/// timm's evaluation transform with its default `crop_pct = 0.875`, bicubic and ImageNet's mean and std at 224 pixels, on
/// a PIL image. A model's own config may say otherwise.
#[pixfuse::pipeline(
    input(rgb8),
    resize(shortest = 256, bicubic, antialias),
    center_crop(224, 224),
    normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = torchvision),
    output(rgb, f32, chw),
)]
pub struct Timm;

/// transformers' `CLIPImageProcessor` at 224 pixels, its default, which resizes with torch.
#[pixfuse::pipeline(
    input(rgb8),
    resize(shortest = 224, bicubic, antialias, like = torch),
    center_crop(224, 224, rounding = truncate),
    normalize(
        mean = [0.48145466, 0.4578275, 0.40821073],
        std = [0.26862954, 0.26130258, 0.27577711],
        order = hf_torch,
    ),
    output(rgb, f32, chw),
)]
pub struct ClipTorch;

/// transformers' `CLIPImageProcessorPil` at 224 pixels. [`ClipTorch`] is up to 0.015 away.
#[pixfuse::pipeline(
    input(rgb8),
    resize(shortest = 224, bicubic, antialias),
    center_crop(224, 224, rounding = floor),
    normalize(
        mean = [0.48145466, 0.4578275, 0.40821073],
        std = [0.26862954, 0.26130258, 0.27577711],
        order = hf_pil,
    ),
    output(rgb, f32, chw),
)]
pub struct ClipPil;

/// The transform of openai/CLIP and open_clip at 224 pixels: torchvision on a PIL image. [`ClipPil`] crops a row or column
/// beside it where the margin is odd.
#[pixfuse::pipeline(
    input(rgb8),
    resize(shortest = 224, bicubic, antialias),
    center_crop(224, 224),
    normalize(
        mean = [0.48145466, 0.4578275, 0.40821073],
        std = [0.26862954, 0.26130258, 0.27577711],
        order = torchvision,
    ),
    output(rgb, f32, chw),
)]
pub struct OpenClip;

/// transformers' `SiglipImageProcessor` at 224 pixels, its default, which resizes with torch.
#[pixfuse::pipeline(
    input(rgb8),
    resize(224, 224, bicubic, antialias, like = torch),
    normalize(mean = 0.5, std = 0.5, order = hf_torch),
    output(rgb, f32, chw),
)]
pub struct SiglipTorch;

/// transformers' `SiglipImageProcessorPil` at 224 pixels. [`SiglipTorch`] is up to 0.008 away.
#[pixfuse::pipeline(
    input(rgb8),
    resize(224, 224, bicubic, antialias),
    normalize(mean = 0.5, std = 0.5, order = hf_pil),
    output(rgb, f32, chw),
)]
pub struct SiglipPil;

/// transformers' `BitImageProcessor` with DINOv2's config, its default, which resizes with torch.
#[pixfuse::pipeline(
    input(rgb8),
    resize(shortest = 256, bicubic, antialias, like = torch),
    center_crop(224, 224, rounding = truncate),
    normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = hf_torch),
    output(rgb, f32, chw),
)]
pub struct Dinov2Torch;

/// transformers' `BitImageProcessorPil` with DINOv2's config. [`Dinov2Torch`] crops otherwise too: up to 0.035 away.
#[pixfuse::pipeline(
    input(rgb8),
    resize(shortest = 256, bicubic, antialias),
    center_crop(224, 224, rounding = floor),
    normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = hf_pil),
    output(rgb, f32, chw),
)]
pub struct Dinov2Pil;

/// Ultralytics' letterbox to 640 x 640 of an image read with OpenCV (BGR), as RGB from 0 to 1: its predictor on a square
/// model.
#[pixfuse::pipeline(
    input(bgr8),
    letterbox(640, 640, bilinear),
    normalize(order = torchvision),
    output(rgb, f32, chw),
)]
pub struct Yolo;

/// YOLOX' `preproc` to 640 x 640 of an image read with OpenCV: content at the top left, BGR from 0 to 255.
#[pixfuse::pipeline(input(bgr8), letterbox(640, 640, bilinear, rule = yolox), output(bgr, f32, chw))]
pub struct Yolox;

/// Pixels to planes of 0 to 1 without a resize: `torchvision.transforms.ToTensor`.
#[pixfuse::pipeline(input(rgb8), normalize(order = torchvision), output(rgb, f32, chw))]
pub struct ToTensor;

/// Every preset.
pub static PRESETS: &[Entry] = entries![
    HandWrittenLoop,
    Imagenet,
    Timm,
    OpenClip,
    ClipTorch,
    ClipPil,
    SiglipTorch,
    SiglipPil,
    Dinov2Torch,
    Dinov2Pil,
    Yolo,
    Yolox,
    ToTensor,
];

/// The preset with this name, in `CamelCase` as the struct or in `snake_case` as Python and Node.js write it.
pub fn find(name: &str) -> Option<&'static Entry> {
    PRESETS.iter().find(|entry| entry.name == name || snake_case(entry.name) == name)
}

/// `HandWrittenLoop` as `hand_written_loop`.
pub fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
