"""Pipelines that people use, by name: `names()` lists them, and each is an attribute of this module.

>>> from pixfuse import presets
>>> "hand_written_loop" in presets.names()
True
>>> presets.hand_written_loop.output_shape(576, 768)
(3, 240, 256)
"""

from ._pixfuse import hand_written_loop, names, opencv_imagenet, unit_planes

__all__ = ["hand_written_loop", "names", "opencv_imagenet", "unit_planes"]


def __dir__() -> list[str]:
    return __all__
