"""Whole pipelines as their libraries run them: what `make_pipelines.py` takes digests of.

Each is a declaration and a function that takes the same pixels, rows x columns x channels, to the tensor of f32.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import timm.data
import torch
import transformers.models.clip.image_processing_pil_clip as clip_pil
import transformers.models.siglip.image_processing_pil_siglip as siglip_pil
import transformers.models.vit.image_processing_pil_vit as vit_pil
from PIL import Image
from torchvision.transforms import InterpolationMode, v2
from torchvision.transforms._presets import ImageClassification
from transformers import CLIPImageProcessor, SiglipImageProcessor, ViTImageProcessor

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
HALF = (0.5, 0.5, 0.5)

Reference = Callable[[np.ndarray], np.ndarray]


class Pipeline(NamedTuple):
    """What pixfuse is told, and what the library does."""

    declaration: str
    reference: Reference


def declaration(*frame: str, mean=MEAN, std=STD, order: str) -> str:
    """RGB pixels through `frame`, normalised in a library's order, to planes."""
    normalize = f"normalize(mean = {list(mean)}, std = {list(std)}, order = {order})"
    return ", ".join(["input(rgb8)", *frame, normalize, "output(rgb, f32, chw)"])


def from_pil(transform: Callable) -> Reference:
    """A transform that takes a Pillow image."""
    return lambda pixels: transform(Image.fromarray(pixels)).numpy()


def from_tensor(transform: Callable) -> Reference:
    """A transform that takes a uint8 tensor of planes."""
    return lambda pixels: transform(torch.from_numpy(pixels).permute(2, 0, 1).contiguous()).numpy()


def v2_transform(*steps: Callable, image: Callable | None = None) -> Callable:
    """torchvision's documented v2 recipe: frame, to float with scale, normalise."""
    convert = [v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)]
    return v2.Compose([*steps, *([image] if image else []), *convert])


def timm_transform(**options) -> Reference:
    return from_pil(timm.data.create_transform(224, is_training=False, mean=MEAN, std=STD, **options))


def processor(processor_class: type, **options) -> Reference:
    """A Hugging Face image processor with every number written down: nothing comes from the hub."""
    numbers = {"do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "do_resize": True}
    process = processor_class(**numbers, **options)

    def run(pixels: np.ndarray) -> np.ndarray:
        # Written, not guessed: an image of three rows could be taken for three planes.
        values = process(pixels, input_data_format="channels_last", return_tensors="np")["pixel_values"][0]
        return np.asarray(values)

    return run


def blob(rows: int, columns: int, mode: int, border: float = 0.0, **numbers) -> Reference:
    """OpenCV's `blobFromImageWithParams`. Mean and scale factor are of pixel values, and in the output's order."""
    params = cv2.dnn.Image2BlobParams()
    params.size = (columns, rows)
    params.swapRB = True
    params.paddingmode = mode
    params.borderValue = (border,) * 4
    params.mean = numbers["mean"]
    params.scalefactor = numbers["scale"]
    return lambda pixels: cv2.dnn.blobFromImageWithParams(pixels, params)[0]


def letterbox(rows: int, columns: int, stride: int | None = None, scale_up: bool = True) -> Reference:
    """The letterbox of YOLO detectors, written from its rule: content rounded, margin halved, 114 around it."""

    def run(pixels: np.ndarray) -> np.ndarray:
        high, wide = pixels.shape[:2]
        ratio = min(rows / high, columns / wide)
        if not scale_up:
            ratio = min(ratio, 1.0)
        content = [max(round(high * ratio), 1), max(round(wide * ratio), 1)]
        margins = [rows - content[0], columns - content[1]]
        if stride:
            margins = [margin % stride for margin in margins]
        if [high, wide] != content:
            pixels = cv2.resize(pixels, (content[1], content[0]), interpolation=cv2.INTER_LINEAR)
        (top, bottom), (left, right) = [(margin // 2, margin - margin // 2) for margin in margins]
        framed = cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(114, 114, 114))
        planes = np.ascontiguousarray(framed[..., ::-1].transpose(2, 0, 1))
        return (torch.from_numpy(planes).float() / 255).numpy()

    return run


def yolox(rows: int, columns: int) -> Reference:
    """YOLOX: content truncated, in the top left corner, BGR values as they are."""

    def run(pixels: np.ndarray) -> np.ndarray:
        ratio = min(rows / pixels.shape[0], columns / pixels.shape[1])
        content = [max(int(side * ratio), 1) for side in pixels.shape[:2]]
        framed = np.full((rows, columns, 3), 114, np.uint8)
        resized = cv2.resize(pixels, (content[1], content[0]), interpolation=cv2.INTER_LINEAR)
        framed[: content[0], : content[1]] = resized
        return np.ascontiguousarray(framed.transpose(2, 0, 1), dtype=np.float32)

    return run


def hand_written_loop(pixels: np.ndarray) -> np.ndarray:
    """Nearest neighbour at `floor(d * (S / D))`, then one multiply-add with constants folded in f64."""
    at = [np.floor(np.arange(D) * (S / D)).astype(int) for S, D in zip(pixels.shape, (240, 256))]
    values = pixels[at[0]][:, at[1]].transpose(2, 0, 1).astype(np.float64)
    mean, std = [np.reshape(numbers, (3, 1, 1)) for numbers in (MEAN, STD)]
    factor = (1 / 255 / (std + 1e-5)).astype(np.float32)
    offset = (-mean / (std + 1e-5)).astype(np.float32)
    # The product of an integer below 256 and an f32 is exact in f64, and so, here, is the sum: one rounding to f32.
    return (values * factor + offset).astype(np.float32)


def blob_numbers(mean, std) -> dict[str, tuple[float, ...]]:
    return {"mean": tuple(m * 255 for m in mean), "scale": tuple(1 / 255 / s for s in std)}


BILINEAR, BICUBIC = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC
LETTERBOX = cv2.dnn.DNN_PMODE_LETTERBOX
SHORTEST_224, SQUARE_224 = {"shortest_edge": 224}, {"height": 224, "width": 224}

CLIP = {"size": SHORTEST_224, "crop_size": SQUARE_224, "do_center_crop": True, "resample": BICUBIC,
        "image_mean": list(CLIP_MEAN), "image_std": list(CLIP_STD)}  # fmt: skip
VIT = {"size": SQUARE_224, "resample": BILINEAR, "image_mean": list(HALF), "image_std": list(HALF)}
SIGLIP = {"size": {"height": 256, "width": 256}, "resample": BICUBIC, "image_mean": list(HALF), "image_std": list(HALF)}
SMALL_CROP = CLIP | {"size": {"shortest_edge": 180}, "crop_size": {"height": 197, "width": 211}}

CROP_224 = "center_crop(224, 224)"
FLOOR_224 = "center_crop(224, 224, rounding = floor)"

PIPELINES = {
    "torchvision_preset": Pipeline(
        declaration("resize(shortest = 256, bilinear, antialias)", CROP_224, order="torchvision"),
        from_pil(ImageClassification(crop_size=224)),
    ),
    "torchvision_preset_bicubic": Pipeline(
        declaration("resize(shortest = 232, bicubic, antialias)", CROP_224, order="torchvision"),
        from_pil(ImageClassification(crop_size=224, resize_size=232, interpolation=InterpolationMode.BICUBIC)),
    ),
    "torchvision_v2_pil": Pipeline(
        declaration("resize(shortest = 256, bilinear, antialias)", CROP_224, order="torchvision"),
        from_pil(v2_transform(v2.Resize(256, antialias=True), v2.CenterCrop(224), image=v2.ToImage())),
    ),
    "torchvision_v2_tensor": Pipeline(
        declaration("resize(shortest = 256, bilinear, antialias, like = torch)", CROP_224, order="torchvision"),
        from_tensor(v2_transform(v2.Resize(256, antialias=True), v2.CenterCrop(224))),
    ),
    "torchvision_v2_tensor_bicubic": Pipeline(
        declaration("resize(shortest = 232, bicubic, antialias, like = torch)", CROP_224, order="torchvision"),
        from_tensor(
            v2_transform(v2.Resize(232, InterpolationMode.BICUBIC, antialias=True), v2.CenterCrop(224))
        ),
    ),
    "torchvision_max_size": Pipeline(
        declaration("resize(shortest = 120, max = 200, bilinear, antialias)", order="torchvision"),
        from_pil(lambda image: v2_transform(image=v2.ToImage())(v2.Resize(120, max_size=200)(image))),
    ),
    "timm_bicubic": Pipeline(
        declaration("resize(shortest = 256, bicubic, antialias)", CROP_224, order="torchvision"),
        timm_transform(crop_pct=0.875, interpolation="bicubic"),
    ),
    "timm_bicubic_90": Pipeline(
        declaration("resize(shortest = 248, bicubic, antialias)", CROP_224, order="torchvision"),
        timm_transform(crop_pct=0.9, interpolation="bicubic"),
    ),
    "timm_bilinear": Pipeline(
        declaration("resize(shortest = 235, bilinear, antialias)", CROP_224, order="torchvision"),
        timm_transform(crop_pct=0.95, interpolation="bilinear"),
    ),
    "timm_squash": Pipeline(
        declaration("resize(256, 256, bicubic, antialias)", CROP_224, order="torchvision"),
        timm_transform(crop_pct=0.875, interpolation="bicubic", crop_mode="squash"),
    ),
    "timm_border": Pipeline(
        declaration("resize(longest = 256, bicubic, antialias)",
                    "center_crop(224, 224, fill = [124, 116, 104])", order="torchvision"),
        timm_transform(crop_pct=0.875, interpolation="bicubic", crop_mode="border"),
    ),
    "hf_clip_pil": Pipeline(
        declaration("resize(shortest = 224, bicubic, antialias)", FLOOR_224, mean=CLIP_MEAN, std=CLIP_STD, order="hf_pil"),
        processor(clip_pil.CLIPImageProcessorPil, **CLIP),
    ),
    "hf_clip_torch": Pipeline(
        declaration("resize(shortest = 224, bicubic, antialias, like = torch)", FLOOR_224, mean=CLIP_MEAN, std=CLIP_STD, order="hf_torch"),
        processor(CLIPImageProcessor, **CLIP),
    ),
    "hf_small_pil": Pipeline(
        declaration("resize(shortest = 180, bicubic, antialias)", "center_crop(197, 211, rounding = floor)", mean=CLIP_MEAN, std=CLIP_STD, order="hf_pil"),
        processor(clip_pil.CLIPImageProcessorPil, **SMALL_CROP),
    ),
    "hf_small_torch": Pipeline(
        declaration("resize(shortest = 180, bicubic, antialias, like = torch)", "center_crop(197, 211, rounding = floor)", mean=CLIP_MEAN, std=CLIP_STD, order="hf_torch"),
        processor(CLIPImageProcessor, **SMALL_CROP),
    ),
    "hf_vit_pil": Pipeline(
        declaration("resize(224, 224, bilinear, antialias)", mean=HALF, std=HALF, order="hf_pil"),
        processor(vit_pil.ViTImageProcessorPil, **VIT),
    ),
    "hf_vit_torch": Pipeline(
        declaration("resize(224, 224, bilinear, antialias, like = torch)", mean=HALF, std=HALF, order="hf_torch"),
        processor(ViTImageProcessor, **VIT),
    ),
    "hf_siglip_pil": Pipeline(
        declaration("resize(256, 256, bicubic, antialias)", mean=HALF, std=HALF, order="hf_pil"),
        processor(siglip_pil.SiglipImageProcessorPil, **SIGLIP),
    ),
    "hf_siglip_torch": Pipeline(
        declaration("resize(256, 256, bicubic, antialias, like = torch)", mean=HALF, std=HALF, order="hf_torch"),
        processor(SiglipImageProcessor, **SIGLIP),
    ),
    "opencv_blob": Pipeline(
        declaration("resize(224, 240, bilinear)", order="opencv").replace("rgb8", "bgr8"),
        blob(224, 240, cv2.dnn.DNN_PMODE_NULL, **blob_numbers(MEAN, STD)),
    ),
    "opencv_blob_letterbox": Pipeline(
        declaration("letterbox(192, 256, bilinear, rule = opencv, fill = 114)", order="opencv").replace("rgb8", "bgr8"),
        blob(192, 256, LETTERBOX, 114.0, **blob_numbers(MEAN, STD)),
    ),
    "opencv_blob_unit": Pipeline(
        "input(bgr8), letterbox(224, 224, bilinear, rule = opencv, fill = 0), normalize(order = opencv), output(rgb, f32, chw)",
        blob(224, 224, LETTERBOX, mean=(0.0,) * 3, scale=(1 / 255,) * 3),
    ),
    "opencv_blob_crop": Pipeline(
        declaration("resize(shortest = 224, bilinear)", FLOOR_224, order="opencv").replace("rgb8", "bgr8"),
        blob(224, 224, cv2.dnn.DNN_PMODE_CROP_CENTER, **blob_numbers(MEAN, STD)),
    ),
    "yolo_letterbox": Pipeline(
        "input(bgr8), letterbox(256, 320, bilinear), normalize(order = torchvision), output(rgb, f32, chw)",
        letterbox(256, 320),
    ),
    "yolo_letterbox_stride": Pipeline(
        "input(bgr8), letterbox(320, 320, bilinear, stride = 32), normalize(order = torchvision), output(rgb, f32, chw)",
        letterbox(320, 320, stride=32),
    ),
    "yolo_letterbox_no_scale_up": Pipeline(
        "input(bgr8), letterbox(256, 256, bilinear, scale_up = false), normalize(order = torchvision), output(rgb, f32, chw)",
        letterbox(256, 256, scale_up=False),
    ),
    "yolox": Pipeline(
        "input(bgr8), letterbox(224, 288, bilinear, rule = yolox), output(bgr, f32, chw)", yolox(224, 288)
    ),
    "hand_written_loop": Pipeline(
        "input(rgb8), resize(240, 256, nearest_floor), "
        f"normalize(mean = {list(MEAN)}, std = {list(STD)}, eps = 1e-5), output(rgb, f32, chw)",
        hand_written_loop,
    ),
}
