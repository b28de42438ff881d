"""Pipelines that people use, by name: `names()` lists them, and each is an attribute of this module.

>>> from pixfuse import presets
>>> "imagenet" in presets.names()
True
>>> presets.imagenet.output_shape(576, 768)
(3, 224, 224)

What each equals, to the bit:

- `imagenet`: torchvision's `ImageClassification(crop_size=224)` on a PIL image (on a tensor it resizes otherwise);
- `timm`: timm's evaluation transform with its default `crop_pct=0.875`, bicubic, on a PIL image;
- `clip`: openai/CLIP and open_clip at 224 pixels, and transformers' `CLIPImageProcessorPil`;
- `siglip`: transformers' `SiglipImageProcessorPil` at 224 pixels;
- `dinov2`: transformers' `BitImageProcessorPil` with DINOv2's config;
- `yolo`: Ultralytics' letterbox to 640 x 640 of an image read with OpenCV (BGR), as RGB from 0 to 1;
- `yolox`: YOLOX' `preproc` to 640 x 640 of an image read with OpenCV (BGR);
- `to_tensor`: `torchvision.transforms.ToTensor`;
- `hand_written_loop`: nearest neighbour as a loop does it, and `(x / 255 - mean) / (std + 1e-5)` as one multiply-add.

transformers' processors without `Pil` in their name, its default, resize with torch: their tensors are up to 0.015
(clip), 0.008 (siglip) and 0.035 (dinov2) away. `antialias, like = torch` with `order = hf_torch` is what they do.

A preset is made when it is first asked for, on the level that PIXFUSE_LEVEL names then.
"""

from typing import TYPE_CHECKING

from . import _pixfuse
from ._pixfuse import names

if TYPE_CHECKING:
    from ._pixfuse import Pipeline, clip, dinov2, hand_written_loop, imagenet, siglip, timm, to_tensor, yolo, yolox

__all__ = [
    "clip",
    "dinov2",
    "hand_written_loop",
    "imagenet",
    "names",
    "siglip",
    "timm",
    "to_tensor",
    "yolo",
    "yolox",
]


def __getattr__(name: str) -> "Pipeline":
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    preset: Pipeline = getattr(_pixfuse, name)
    return preset


def __dir__() -> list[str]:
    return __all__
