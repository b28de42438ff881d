"""Pipelines that people use, by name: `names()` lists them, and each is an attribute of this module.

>>> from pixfuse import presets
>>> "imagenet" in presets.names()
True
>>> presets.imagenet.output_shape(576, 768)
(3, 224, 224)

What each equals, to the bit:

- `imagenet`: torchvision's `ImageClassification(crop_size=224)` on a PIL image (on a tensor it resizes otherwise);
- `timm`: timm's evaluation transform with its default `crop_pct=0.875`, bicubic, on a PIL image;
- `open_clip`: openai/CLIP and open_clip at 224 pixels, which are torchvision on a PIL image;
- `clip_torch`: transformers' `CLIPImageProcessor` at 224 pixels, its default, which resizes with torch;
- `clip_pil`: transformers' `CLIPImageProcessorPil`; up to 0.015 away, and another crop than `open_clip` of odd margins;
- `siglip_torch`, `siglip_pil`: transformers' `SiglipImageProcessor`, `SiglipImageProcessorPil` at 224 pixels; 0.008 apart;
- `dinov2_torch`, `dinov2_pil`: transformers' `BitImageProcessor`, `BitImageProcessorPil` with DINOv2's config; 0.035 apart;
- `yolo`: Ultralytics' letterbox to 640 x 640 of an image read with OpenCV (BGR), as RGB from 0 to 1;
- `yolox`: YOLOX' `preproc` to 640 x 640 of an image read with OpenCV (BGR);
- `to_tensor`: `torchvision.transforms.ToTensor`;
- `hand_written_loop`: nearest neighbour as a loop does it, and `(x / 255 - mean) / (std + 1e-5)` as one multiply-add.

Other images, another size or dtype is one argument of `replace`; what a preset does is read from it:

>>> presets.siglip_torch.replace(input="bgr8", size=384, element="f16")
Pipeline("input(bgr8), resize(384, 384, bicubic, antialias, like = torch), normalize(mean = 0.5, std = 0.5, order = hf_torch), output(rgb, f16, chw)")
>>> presets.siglip_torch.mean, presets.siglip_torch.size, presets.siglip_torch.filter
((0.5, 0.5, 0.5), (224, 224), 'bicubic, antialias, like = torch')

A preset is made when it is first asked for, on the level that PIXFUSE_LEVEL names then.
"""

from typing import TYPE_CHECKING

from . import _pixfuse
from ._pixfuse import names

if TYPE_CHECKING:
    from ._pixfuse import (
        Pipeline,
        clip_pil,
        clip_torch,
        dinov2_pil,
        dinov2_torch,
        hand_written_loop,
        imagenet,
        open_clip,
        siglip_pil,
        siglip_torch,
        timm,
        to_tensor,
        yolo,
        yolox,
    )

__all__ = [
    "clip_pil",
    "clip_torch",
    "dinov2_pil",
    "dinov2_torch",
    "hand_written_loop",
    "imagenet",
    "names",
    "open_clip",
    "siglip_pil",
    "siglip_torch",
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
