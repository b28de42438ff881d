"""The picture that a tensor stands for: what the model sees.

>>> import numpy, pixfuse.seen
>>> pipe = pixfuse.Pipeline("input(rgb8), resize(2, 2, nearest), normalize(mean = 0.5, std = 0.2), output(bgr, f32, chw)")
>>> image = numpy.arange(48, dtype=numpy.uint8).reshape(4, 4, 3)
>>> bool((pixfuse.seen.picture(pipe, pipe(image)) == image[::2, ::2]).all())
True
"""

from typing import Any

import numpy

from . import _text
from ._pixfuse import Pipeline, PipelineError

__all__ = ["difference", "picture"]


def picture(pipe: Pipeline, tensor: Any) -> Any:
    """RGB of uint8, (rows, columns, 3), of a tensor that the pipeline gave: its numbers with `normalize` undone, rounded
    and clipped to what a pixel can be. Gray is repeated, and alpha left out.

    Raises PipelineError for a tensor of another shape, and for patches, which lie in an order of their own.
    """
    clauses = _text.clauses(pipe.spec)
    if "patches" in clauses:
        raise PipelineError("preview: the tensor holds patches; leave patches(..) out to see the image that is cut")
    values = _channels_last(clauses, tensor)
    if "scale" in clauses["output"]:
        step = _text.numbers(clauses["output"], "scale") or [1.0]
        zero = _text.numbers(clauses["output"], "zero_point") or [0.0]
        values = (values - zero[0]) * step[0]
    if "normalize" in clauses:
        normalize = clauses["normalize"]
        white = {"16": 65535.0, "2f": 1.0}.get(clauses["input"].split(",")[0][-2:], 255.0)
        scale = (_text.numbers(normalize, "scale") or [1 / white])[0]
        mean, std = _text.numbers(normalize, "mean") or [0.0], _text.numbers(normalize, "std") or [1.0]
        eps = (_text.numbers(normalize, "eps") or [0.0])[0]
        values = (values * (numpy.asarray(std) + eps) + numpy.asarray(mean)) / scale * (255.0 / white)
    pixels = numpy.clip(numpy.rint(values), 0, 255).astype(numpy.uint8)
    return _rgb(clauses, pixels)


def difference(pipe: Pipeline, given: Any, expected: Any) -> Any:
    """RGB of uint8, (rows, columns, 3), of where two tensors of the pipeline's shape differ: each channel's difference as
    a part of the largest, which is 255; black is equal.

    Raises PipelineError as `picture` does.
    """
    clauses = _text.clauses(pipe.spec)
    if "patches" in clauses:
        raise PipelineError("pictures: the tensor holds patches; leave patches(..) out to see the image that is cut")
    with numpy.errstate(invalid="ignore"):
        apart = numpy.abs(_channels_last(clauses, given) - _channels_last(clauses, expected))
    most = numpy.finfo(numpy.float64).max
    apart = numpy.nan_to_num(apart, nan=most, posinf=most)
    # What differs is seen, be it ever so little.
    part = numpy.ceil(apart / max(apart.max(initial=0.0), numpy.finfo(numpy.float64).tiny) * 255)
    return _rgb(clauses, part.astype(numpy.uint8))


def _channels_last(clauses: dict[str, str], tensor: Any) -> Any:
    channels, _, layout = clauses["output"].split(", ")[:3]
    values = numpy.asarray(tensor)
    count = 1 if channels == "gray" else len(channels)
    axis = 0 if layout == "chw" else 2
    if values.ndim != 3 or values.shape[axis] != count:
        raise PipelineError(f"preview: shape {values.shape}, expected 3 dimensions with {count} channels as {layout}")
    values = values.astype(numpy.float64)
    return numpy.moveaxis(values, 0, 2) if axis == 0 else values


def _rgb(clauses: dict[str, str], pixels: Any) -> Any:
    channels = clauses["output"].split(",")[0]
    if channels == "gray":
        return numpy.repeat(pixels, 3, axis=2)
    return numpy.ascontiguousarray(pixels[..., 2::-1] if channels.startswith("bgr") else pixels[..., :3])
