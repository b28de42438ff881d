//! Pipelines as people train with them, and the rest of framing.

use crate::plans;

#[test]
fn torchvision_imagenet() {
    plans(
        "input(rgb8), resize(shortest = 256, bilinear, antialias), center_crop(224), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = torchvision), output(rgb, f32, chw)",
        "\
load      rgb8 hwc
frame     shortest side 256; centre 224 x 224 (half_even) on 0
resample  bilinear, antialiased: rows and columns in passes, equal to Pillow 13 BILINEAR
map       (x * 1/255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]: a table of the 256 pixel values, by order = torchvision
store     rgb f32 chw",
    );
}

#[test]
fn torchvision_on_tensors() {
    plans(
        "input(rgb8, chw), resize(shortest = 256, max = 512, bilinear, antialias, like = torch), center_crop(224), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = torchvision_v2), output(rgb, f32, chw)",
        "\
load      rgb8 chw
frame     shortest side 256, longest at most 512; centre 224 x 224 (half_even) on 0
resample  bilinear, antialiased: rows and columns in passes, equal to torch uint8 antialias
map       (x * 1/255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]: a table of the 256 pixel values, by order = torchvision_v2
store     rgb f32 chw",
    );
}

#[test]
fn clip() {
    plans(
        "input(rgb8), resize(shortest = 224, bicubic, antialias), center_crop(224, rounding = floor), normalize(mean = [0.48145466, 0.4578275, 0.40821073], std = [0.26862954, 0.26130258, 0.27577711], order = hf_pil), output(rgb, f32)",
        "\
load      rgb8 hwc
frame     shortest side 224; centre 224 x 224 (floor) on 0
resample  bicubic, antialiased: rows and columns in passes, equal to Pillow 13 BICUBIC
map       (x * 1/255 - [0.48145466, 0.4578275, 0.40821073]) / [0.26862954, 0.26130258, 0.27577711]: a table of the 256 pixel values, by order = hf_pil
store     rgb f32 chw",
    );
}

#[test]
fn siglip() {
    plans(
        "input(rgb8), resize(224, 224, bicubic, antialias, like = pillow, pillow = 12), normalize(mean = 0.5, std = 0.5, order = hf_torch), output(rgb, f32)",
        "\
load      rgb8 hwc
frame     224 x 224
resample  bicubic, antialiased: rows and columns in passes, equal to Pillow 12 BICUBIC
map       (x * 1/255 - [0.5, 0.5, 0.5]) / [0.5, 0.5, 0.5]: a table of the 256 pixel values, by order = hf_torch
store     rgb f32 chw",
    );
}

#[test]
fn dino_without_antialias() {
    plans(
        "input(rgb8), resize(224, 224, bicubic), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], eps = 1e-5, order = hf_pil), output(rgb, f32)",
        "\
load      rgb8 hwc
frame     224 x 224
resample  bicubic: rows and columns in passes, equal to torch bicubic, a = -0.75 (uint8)
map       (x * 1/255 - [0.485, 0.456, 0.406]) / ([0.229, 0.224, 0.225] + 1e-5): a table of the 256 pixel values, by order = hf_pil
store     rgb f32 chw",
    );
}

#[test]
fn yolo() {
    plans(
        "input(bgr8), letterbox(640, 640, bilinear), normalize(), output(rgb, f32)",
        "\
load      bgr8 hwc
frame     ultralytics letterbox 640 x 640 on 114
resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
map       fma(x, [0.003921569, 0.003921569, 0.003921569], [0.0, 0.0, 0.0]): one multiply-add
store     rgb f32 chw, channels from [2, 1, 0] of the source",
    );
}

#[test]
fn yolo_with_stride() {
    plans(
        "input(bgr8), letterbox(640, 640, bilinear, fill = [0, 114, 255], stride = 32, scale_up = false), normalize(), output(rgb, f32)",
        "\
load      bgr8 hwc
frame     ultralytics letterbox 640 x 640 on [0, 114, 255], margins cut to the stride 32, not enlarged
resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
map       fma(x, [0.003921569, 0.003921569, 0.003921569], [0.0, 0.0, 0.0]): one multiply-add
store     rgb f32 chw, channels from [2, 1, 0] of the source",
    );
}

#[test]
fn yolox() {
    plans(
        "input(bgr8), letterbox(416, _, bilinear, rule = yolox), normalize(scale = 1), output(bgr, f32)",
        "\
load      bgr8 hwc
frame     yolox letterbox 416 x _ on 114
resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
map       convert: u8 to f32
store     bgr f32 chw",
    );
}

#[test]
fn opencv_blob() {
    plans(
        "input(bgr8), letterbox(300, 300, area, rule = opencv), normalize(scale = 1/127.5, mean = 1, order = opencv), output(rgb, f32)",
        "\
load      bgr8 hwc
frame     opencv letterbox 300 x 300 on 114
resample  area: rows and columns in passes, equal to OpenCV INTER_AREA
map       (x * 0.00784313725490196 - [1.0, 1.0, 1.0]) / [1.0, 1.0, 1.0]: a table of the 256 pixel values, by order = opencv
store     rgb f32 chw, channels from [2, 1, 0] of the source",
    );
}

#[test]
fn longest_side_and_centre() {
    plans(
        "input(rgb8), resize(longest = 248, lanczos, antialias), center_crop(248, fill = [124, 116, 104]), output(rgb, u8, hwc)",
        "\
load      rgb8 hwc
frame     longest side 248; centre 248 x 248 (half_even) on [124, 116, 104]
resample  lanczos, antialiased: rows and columns in passes, equal to Pillow 13 LANCZOS
map       keep: the u8 itself
store     rgb u8 hwc",
    );
}

#[test]
fn detr() {
    plans(
        "input(rgb8), resize(shortest = 800, max = 1333, bilinear, antialias, rounding = half_even), output(rgb, f32)",
        "\
load      rgb8 hwc
frame     shortest side 800, longest at most 1333 (half_even)
resample  bilinear, antialiased: rows and columns in passes, equal to Pillow 13 BILINEAR
map       convert: u8 to f32
store     rgb f32 chw",
    );
}

#[test]
fn timm_border() {
    plans(
        "input(rgb8), resize(longest = 224, bicubic, antialias, rounding = half_even), center_crop(224, fill = [124, 116, 104]), output(rgb, u8, hwc)",
        "\
load      rgb8 hwc
frame     longest side 224 (half_even); centre 224 x 224 (half_even) on [124, 116, 104]
resample  bicubic, antialiased: rows and columns in passes, equal to Pillow 13 BICUBIC
map       keep: the u8 itself
store     rgb u8 hwc",
    );
}

#[test]
fn covers() {
    let plan = |frame: &str, resample: &str| {
        format!(
            "load      bgr8 hwc\nframe     {frame}\nresample  {resample}\nmap       keep: the u8 itself\nstore     bgr u8 hwc"
        )
    };
    plans(
        "input(bgr8), resize(cover = [224, 240], bilinear, rule = opencv), center_crop(224, 240, rounding = floor), output(bgr, u8, hwc)",
        &plan(
            "224 x 240 covered (opencv); centre 224 x 240 (floor) on 0",
            "bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR",
        ),
    );
    plans(
        "input(bgr8), resize(cover = 256, bicubic, antialias), output(bgr, u8, hwc)",
        &plan(
            "256 x 256 covered (timm)",
            "bicubic, antialiased: rows and columns in passes, equal to Pillow 13 BICUBIC",
        ),
    );
}

#[test]
fn region_with_margins() {
    plans(
        "input(rgb8), crop(10, 20, 100, 200), pad(1, 2, 3, 4, fill = 7), output(rgb, u8)",
        "\
load      rgb8 hwc
frame     window 100 x 200 at row 10, column 20; pad 1 above, 2 left, 3 below, 4 right on 7
resample  none: every source pixel once
map       keep: the u8 itself
store     rgb u8 chw",
    );
}

#[test]
fn margins_of_nothing() {
    plans(
        "input(gray8), resize(longest = _, lanczos4), pad(0, 0, 0, 0), output(gray, u8)",
        "\
load      gray8 hwc
frame     longest side _
resample  lanczos4: rows and columns in passes, equal to OpenCV INTER_LANCZOS4
map       keep: the u8 itself
store     gray u8 chw",
    );
}

#[test]
fn unrounded() {
    plans(
        "input(rgb8), resize(shortest = 518, bicubic, antialias, precision = f32), normalize(), output(rgb, f32)",
        "\
load      rgb8 hwc
frame     shortest side 518
resample  bicubic, antialiased: rows and columns in passes, in f32 throughout
map       fma(x, [0.003921569, 0.003921569, 0.003921569], [0.0, 0.0, 0.0]): one multiply-add
store     rgb f32 chw",
    );
}
