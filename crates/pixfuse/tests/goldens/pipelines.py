"""Whole pipelines as their libraries run them: what `make_pipelines.py` takes digests of.

Each is a declaration and a function that takes the same pixels, rows x columns x channels, to the tensor of f32. The
numbers are written down, as the libraries would else fetch them from a model's page.
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import timm.data
import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode, v2
from torchvision.transforms._presets import ImageClassification
from transformers import (
    BitImageProcessor, CLIPImageProcessor, DetrImageProcessor, SiglipImageProcessor, ViTImageProcessor,
)  # fmt: skip
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.detr.image_processing_pil_detr import DetrImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
HALF = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
UNIT = ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])

Reference = Callable[[np.ndarray], np.ndarray]


class Pipeline(NamedTuple):
    """What pixfuse is told, and what the library does."""

    declaration: str
    reference: Reference


def declare(frame: str, numbers, order: str, pixels: str = "rgb8") -> str:
    mean, std = numbers
    return f"input({pixels}), {frame}, normalize(mean = {mean}, std = {std}, order = {order}), output(rgb, f32, chw)"


def from_pil(*steps: Callable) -> Reference:
    """Transforms of a Pillow image."""
    transform = transforms.Compose(steps)
    return lambda pixels: transform(Image.fromarray(pixels)).numpy()


def from_planes(*steps: Callable) -> Reference:
    """Transforms of a uint8 tensor, channels first."""
    transform = transforms.Compose(steps)
    return lambda pixels: transform(torch.from_numpy(pixels).permute(2, 0, 1).contiguous()).numpy()


def to_float(numbers):
    """The end of a pipeline in torchvision's second interface: 1/255 is multiplied by, where `ToTensor` divides."""
    return v2.Compose([v2.ToDtype(torch.float32, scale=True), v2.Normalize(*numbers)])


def timm_transform(size: int | tuple[int, int] = 224, **options) -> Reference:
    mean, std = IMAGENET
    return from_pil(timm.data.create_transform(size, is_training=False, mean=mean, std=std, **options))


def processor(
    processor_class: type, size: dict, crop: dict | None, resample: Image.Resampling, numbers, **options
) -> Reference:
    """A Hugging Face image processor."""
    mean, std = numbers
    process = processor_class(
        do_convert_rgb=False, do_resize=True, size=size, resample=resample,
        do_center_crop=crop is not None, crop_size=crop, do_rescale=True, rescale_factor=1 / 255,
        do_normalize=True, image_mean=mean, image_std=std, **options,
    )  # fmt: skip

    def run(pixels: np.ndarray) -> np.ndarray:
        # The layout is said: an image of three rows would be taken for three planes.
        return process(pixels, input_data_format="channels_last", return_tensors="np")["pixel_values"][0]

    return run


def blob(rows: int, columns: int, mode: int, numbers, border: float = 0.0) -> Reference:
    """OpenCV's `blobFromImageWithParams`, whose mean and factor are those of pixel values, in the output's order."""
    mean, std = numbers
    params = cv2.dnn.Image2BlobParams()
    params.size = (columns, rows)
    params.swapRB = True
    params.mean = [255 * mean for mean in mean]
    params.scalefactor = [1 / (255 * std) for std in std]
    params.paddingmode = mode
    params.borderValue = [border] * 4
    return lambda pixels: cv2.dnn.blobFromImageWithParams(pixels, params)[0]


def letterbox(rows: int, columns: int, stride: int | None = None, scale_up: bool = True) -> Reference:
    """The letterbox of YOLO detectors, from its rule: content rounded, the odd pixel of a margin behind, 114 around."""

    def run(pixels: np.ndarray) -> np.ndarray:
        ratio = min(rows / pixels.shape[0], columns / pixels.shape[1])
        if not scale_up:
            ratio = min(ratio, 1.0)
        high, wide = [round(side * ratio) for side in pixels.shape[:2]]
        margins = [rows - high, columns - wide]
        if stride:
            margins = [margin % stride for margin in margins]
        top, left = [margin // 2 for margin in margins]
        bottom, right = margins[0] - top, margins[1] - left
        content = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_LINEAR)
        framed = cv2.copyMakeBorder(content, top, bottom, left, right, cv2.BORDER_CONSTANT, value=[114] * 3)
        return (torch.from_numpy(framed[..., ::-1].transpose(2, 0, 1).copy()).float() / 255).numpy()

    return run


def yolox(rows: int, columns: int) -> Reference:
    """YOLOX, from its rule: content truncated, in the top left corner of 114, BGR values as they are."""

    def run(pixels: np.ndarray) -> np.ndarray:
        ratio = min(rows / pixels.shape[0], columns / pixels.shape[1])
        high, wide = [int(side * ratio) for side in pixels.shape[:2]]
        framed = np.full((rows, columns, 3), 114, np.uint8)
        framed[:high, :wide] = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_LINEAR)
        return framed.transpose(2, 0, 1).astype(np.float32)

    return run


def hand_written_loop(pixels: np.ndarray) -> np.ndarray:
    """Nearest neighbour at `floor(d * (S / D))`, then one multiply-add of constants folded in f64."""
    row, column = [np.floor(np.arange(D) * (S / D)).astype(int) for S, D in zip(pixels.shape, (240, 256))]
    mean, std = [np.reshape(numbers, (3, 1, 1)) for numbers in IMAGENET]
    factor = (1 / 255 / (std + 1e-5)).astype(np.float32)
    offset = (-mean / (std + 1e-5)).astype(np.float32)
    # 8 bits times 24 bits, and the sum too, are exact in f64: one rounding, as in a fused multiply-add.
    planes = pixels[row][:, column].transpose(2, 0, 1).astype(np.float64)
    return (planes * factor + offset).astype(np.float32)


def resized(rows: int, columns: int, normalize: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> Reference:
    """OpenCV's bilinear, and a normalisation of ImageNet in numpy."""

    def run(pixels: np.ndarray) -> np.ndarray:
        image = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_LINEAR)
        return normalize(image, *map(np.array, IMAGENET)).astype(np.float32).transpose(2, 0, 1)

    return run


def paddleocr(pixels: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Channel by channel and in place, as PaddleX' `NormalizeImage`."""
    planes = [channel.astype(np.float32) for channel in cv2.split(pixels)]
    for plane, mean, std in zip(planes, mean.tolist(), std.tolist()):
        plane *= 1 / 255 / std
        plane += -mean / std
    return cv2.merge(planes)


def side(shortest: int) -> dict:
    return {"shortest_edge": shortest}


def edges(shortest: int, longest: int) -> dict:
    return {"shortest_edge": shortest, "longest_edge": longest}


def box(rows: int, columns: int) -> dict:
    return {"height": rows, "width": columns}


BILINEAR, BICUBIC = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC
NEAREST, LANCZOS = Image.Resampling.NEAREST, Image.Resampling.LANCZOS
CROP = "center_crop(224, 224)"
# An odd margin, wider than the image in places: where the roundings part.
ODD = (box(197, 211), "center_crop(197, 211, rounding = {})")

PIPELINES = {
    # torchvision: its preset and its recipes.
    "torchvision": Pipeline(
        declare(f"resize(shortest = 256, bilinear, antialias), {CROP}", IMAGENET, "torchvision"),
        from_pil(ImageClassification(crop_size=224)),
    ),
    "torchvision_bicubic": Pipeline(
        declare(f"resize(shortest = 232, bicubic, antialias), {CROP}", IMAGENET, "torchvision"),
        from_pil(ImageClassification(crop_size=224, resize_size=232, interpolation=InterpolationMode.BICUBIC)),
    ),
    "torchvision_to_tensor": Pipeline(
        "input(rgb8), normalize(order = torchvision), output(rgb, f32, chw)", from_pil(transforms.ToTensor())
    ),
    "torchvision_v2_pil": Pipeline(
        declare(f"resize(shortest = 256, bilinear, antialias), {CROP}", IMAGENET, "torchvision_v2"),
        from_pil(v2.Resize(256), v2.CenterCrop(224), v2.ToImage(), to_float(IMAGENET)),
    ),
    "torchvision_v2_max_size": Pipeline(
        declare("resize(shortest = 120, max = 200, bilinear, antialias)", IMAGENET, "torchvision_v2"),
        from_pil(v2.Resize(120, max_size=200), v2.ToImage(), to_float(IMAGENET)),
    ),
    "torchvision_v2": Pipeline(
        declare(f"resize(shortest = 256, bilinear, antialias, like = torch), {CROP}", IMAGENET, "torchvision_v2"),
        from_planes(v2.Resize(256), v2.CenterCrop(224), to_float(IMAGENET)),
    ),
    "torchvision_v2_bicubic": Pipeline(
        declare(f"resize(shortest = 232, bicubic, antialias, like = torch), {CROP}", IMAGENET, "torchvision_v2"),
        from_planes(v2.Resize(232, InterpolationMode.BICUBIC), v2.CenterCrop(224), to_float(IMAGENET)),
    ),
    "torchvision_clip": Pipeline(
        declare(f"resize(shortest = 224, bicubic, antialias), {CROP}", CLIP, "torchvision"),
        from_pil(
            transforms.Resize(224, InterpolationMode.BICUBIC), transforms.CenterCrop(224),
            transforms.ToTensor(), transforms.Normalize(*CLIP),
        ),  # fmt: skip
    ),
    # timm's transforms for evaluation.
    "timm_bicubic": Pipeline(
        declare(f"resize(shortest = 256, bicubic, antialias), {CROP}", IMAGENET, "torchvision"),
        timm_transform(crop_pct=0.875, interpolation="bicubic"),
    ),
    "timm_bicubic_90": Pipeline(
        declare(f"resize(shortest = 248, bicubic, antialias), {CROP}", IMAGENET, "torchvision"),
        timm_transform(crop_pct=0.9, interpolation="bicubic"),
    ),
    "timm_bilinear_95": Pipeline(
        declare(f"resize(shortest = 235, bilinear, antialias), {CROP}", IMAGENET, "torchvision"),
        timm_transform(crop_pct=0.95, interpolation="bilinear"),
    ),
    "timm_squash": Pipeline(
        declare(f"resize(256, 256, bicubic, antialias), {CROP}", IMAGENET, "torchvision"),
        timm_transform(crop_pct=0.875, interpolation="bicubic", crop_mode="squash"),
    ),
    "timm_border": Pipeline(
        declare(
            "resize(longest = 224, bicubic, antialias, rounding = half_even), "
            "center_crop(224, 224, fill = [124, 116, 104])",
            IMAGENET, "torchvision",
        ),  # fmt: skip
        timm_transform(crop_pct=1.0, interpolation="bicubic", crop_mode="border"),
    ),
    "timm_border_90": Pipeline(
        declare(
            "resize(longest = 248, bilinear, antialias, rounding = half_even), "
            "center_crop(224, 224, fill = [124, 116, 104])",
            IMAGENET, "torchvision",
        ),  # fmt: skip
        timm_transform(crop_pct=0.9, interpolation="bilinear", crop_mode="border"),
    ),
    "timm_wide": Pipeline(
        declare(
            "resize(cover = [146, 219], bicubic, antialias), center_crop(128, 192)", IMAGENET, "torchvision"
        ),
        timm_transform((128, 192), crop_pct=0.875, interpolation="bicubic"),
    ),
    # Hugging Face's processors, on Pillow and on torch.
    "hf_clip_pil": Pipeline(
        declare("resize(shortest = 224, bicubic, antialias), center_crop(224, 224, rounding = floor)", CLIP, "hf_pil"),
        processor(CLIPImageProcessorPil, side(224), box(224, 224), BICUBIC, CLIP),
    ),
    "hf_clip_torch": Pipeline(
        declare(
            "resize(shortest = 224, bicubic, antialias, like = torch), center_crop(224, 224, rounding = truncate)",
            CLIP, "hf_torch",
        ),  # fmt: skip
        processor(CLIPImageProcessor, side(224), box(224, 224), BICUBIC, CLIP),
    ),
    "hf_dinov2_pil": Pipeline(
        declare(
            "resize(shortest = 256, bicubic, antialias), center_crop(224, 224, rounding = floor)", IMAGENET, "hf_pil"
        ),
        processor(BitImageProcessorPil, side(256), box(224, 224), BICUBIC, IMAGENET),
    ),
    "hf_dinov2_torch": Pipeline(
        declare(
            "resize(shortest = 256, bicubic, antialias, like = torch), center_crop(224, 224, rounding = truncate)",
            IMAGENET, "hf_torch",
        ),  # fmt: skip
        processor(BitImageProcessor, side(256), box(224, 224), BICUBIC, IMAGENET),
    ),
    "hf_odd_crop_pil": Pipeline(
        declare(f"resize(shortest = 180, bicubic, antialias), {ODD[1].format('floor')}", CLIP, "hf_pil"),
        processor(CLIPImageProcessorPil, side(180), ODD[0], BICUBIC, CLIP),
    ),
    "hf_odd_crop_torch": Pipeline(
        declare(
            f"resize(shortest = 180, bicubic, antialias, like = torch), {ODD[1].format('truncate')}", CLIP, "hf_torch"
        ),
        processor(CLIPImageProcessor, side(180), ODD[0], BICUBIC, CLIP),
    ),
    "hf_vit_pil": Pipeline(
        declare("resize(224, 224, bilinear, antialias)", HALF, "hf_pil"),
        processor(ViTImageProcessorPil, box(224, 224), None, BILINEAR, HALF),
    ),
    "hf_vit_torch": Pipeline(
        declare("resize(224, 224, bilinear, antialias, like = torch)", HALF, "hf_torch"),
        processor(ViTImageProcessor, box(224, 224), None, BILINEAR, HALF),
    ),
    "hf_siglip_pil": Pipeline(
        "input(rgb8), resize(224, 224, bicubic, antialias), normalize(mean = 0.5, std = 0.5, order = hf_pil), "
        "output(rgb, f32, chw)",
        processor(SiglipImageProcessorPil, box(224, 224), None, BICUBIC, HALF),
    ),
    "hf_siglip_torch": Pipeline(
        "input(rgb8), resize(224, 224, bicubic, antialias, like = torch), normalize(mean = 0.5, std = 0.5, order = hf_torch), "
        "output(rgb, f32, chw)",
        processor(SiglipImageProcessor, box(224, 224), None, BICUBIC, HALF),
    ),
    "hf_detr_pil": Pipeline(
        declare("resize(shortest = 120, max = 200, bilinear, antialias, rounding = half_even)", IMAGENET, "hf_pil"),
        processor(DetrImageProcessorPil, edges(120, 200), None, BILINEAR, IMAGENET, do_pad=False),
    ),
    "hf_detr_torch": Pipeline(
        declare(
            "resize(shortest = 120, max = 200, bilinear, antialias, like = torch, rounding = half_even)",
            IMAGENET, "hf_torch",
        ),  # fmt: skip
        processor(DetrImageProcessor, edges(120, 200), None, BILINEAR, IMAGENET, do_pad=False),
    ),
    # A longest side that is not longer than the shortest, or shorter.
    "hf_detr_square": Pipeline(
        declare("resize(shortest = 160, max = 160, bilinear, antialias, rounding = half_even)", IMAGENET, "hf_pil"),
        processor(DetrImageProcessorPil, edges(160, 160), None, BILINEAR, IMAGENET, do_pad=False),
    ),
    "hf_detr_shorter": Pipeline(
        declare(
            "resize(shortest = 200, max = 120, bilinear, antialias, like = torch, rounding = half_even)",
            IMAGENET, "hf_torch",
        ),  # fmt: skip
        processor(DetrImageProcessor, edges(200, 120), None, BILINEAR, IMAGENET, do_pad=False),
    ),
    "hf_lanczos_torch": Pipeline(
        declare("resize(181, 192, lanczos, antialias, like = torch)", HALF, "hf_torch"),
        processor(ViTImageProcessor, box(181, 192), None, LANCZOS, HALF),
    ),
    "hf_nearest_torch": Pipeline(
        declare("resize(181, 192, nearest_exact, like = torch)", HALF, "hf_torch"),
        processor(ViTImageProcessor, box(181, 192), None, NEAREST, HALF),
    ),
    # Normalised by numpy.
    "numpy": Pipeline(
        declare("resize(90, 110, bilinear)", IMAGENET, "numpy"),
        resized(90, 110, lambda x, mean, std: (x / 255 - mean) / std),
    ),
    "rapidocr": Pipeline(
        declare("resize(96, 128, bilinear)", IMAGENET, "rapidocr"),
        resized(96, 128, lambda x, mean, std: (x.astype("float32") * (1 / 255.0) - mean) / std),
    ),
    "paddleocr": Pipeline(
        declare("resize(96, 128, bilinear)", IMAGENET, "paddleocr"), resized(96, 128, paddleocr)
    ),
    # OpenCV's dnn module.
    "opencv_blob": Pipeline(
        declare("resize(224, 240, bilinear)", IMAGENET, "opencv", "bgr8"),
        blob(224, 240, cv2.dnn.DNN_PMODE_NULL, IMAGENET),
    ),
    "opencv_blob_letterbox": Pipeline(
        declare("letterbox(192, 256, bilinear, rule = opencv)", IMAGENET, "opencv", "bgr8"),
        blob(192, 256, cv2.dnn.DNN_PMODE_LETTERBOX, IMAGENET, border=114),
    ),
    "opencv_blob_crop": Pipeline(
        declare(
            "resize(cover = [192, 256], bilinear, rule = opencv), center_crop(192, 256, rounding = floor)",
            IMAGENET, "opencv", "bgr8",
        ),  # fmt: skip
        blob(192, 256, cv2.dnn.DNN_PMODE_CROP_CENTER, IMAGENET),
    ),
    "opencv_blob_unit": Pipeline(
        "input(bgr8), letterbox(224, 224, bilinear, rule = opencv, fill = 0), normalize(order = opencv), "
        "output(rgb, f32, chw)",
        blob(224, 224, cv2.dnn.DNN_PMODE_LETTERBOX, UNIT),
    ),
    # Detectors' letterboxes, and the loop that people write by hand.
    "yolo": Pipeline(
        "input(bgr8), letterbox(640, 640, bilinear), normalize(order = torchvision), output(rgb, f32, chw)",
        letterbox(640, 640),
    ),
    "yolo_stride": Pipeline(
        "input(bgr8), letterbox(320, 320, bilinear, stride = 32), normalize(order = torchvision), "
        "output(rgb, f32, chw)",
        letterbox(320, 320, stride=32),
    ),
    "yolo_no_scale_up": Pipeline(
        "input(bgr8), letterbox(256, 320, bilinear, scale_up = false), normalize(order = torchvision), "
        "output(rgb, f32, chw)",
        letterbox(256, 320, scale_up=False),
    ),
    "yolox": Pipeline(
        "input(bgr8), letterbox(640, 640, bilinear, rule = yolox), output(bgr, f32, chw)", yolox(640, 640)
    ),
    "hand_written_loop": Pipeline(
        "input(rgb8), resize(240, 256, nearest_floor), normalize(mean = [0.485, 0.456, 0.406], "
        "std = [0.229, 0.224, 0.225], eps = 1e-5), output(rgb, f32, chw)",
        hand_written_loop,
    ),
}
