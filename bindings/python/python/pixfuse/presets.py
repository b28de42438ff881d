"""Pipelines that people use, by name: `names()` lists them, and each is an attribute of this module.

>>> from pixfuse import presets
>>> "imagenet" in presets.names()
True
>>> presets.imagenet.output_shape(576, 768)
(3, 224, 224)

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
