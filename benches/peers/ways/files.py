"""A JPEG file to a tensor: pixfuse, simplejpeg or Pillow and torchvision, and decoders alone."""

import io

import numpy as np
import pixfuse
import simplejpeg
import torch
import torchvision
from PIL import Image

from .ours import on
from .torchvision import classic_steps, steps
from .way import ONE_LEVEL, OTHER_FILTER, Way


def ways(workload):
    """pixfuse on every level, what people write instead, and what a decoder takes of it."""
    file = workload.file
    for level in reversed(pixfuse.levels()):
        yield Way("pixfuse", _into(on(workload, level), workload), level=level, kind="ours")
    pipe = workload.pipe()
    yield Way("pixfuse, new output", lambda: pipe.decode(file), level=str(pipe.level), kind="cold")
    if "libjpeg-turbo-rs" not in pixfuse.decoders():
        out = np.empty(workload.shape, np.float32)
        run = lambda: pipe.decode(file, out=out, draft=workload.resized)  # noqa: E731
        yield Way("pixfuse, draft", run, tolerance=OTHER_FILTER, level=str(pipe.level), kind="reduced")
    transform, memory = steps(workload), bytearray(file)
    yield Way(
        "simplejpeg, torchvision v2",
        lambda: transform(torch.from_numpy(simplejpeg.decode_jpeg(file)).permute(2, 0, 1)).contiguous(),
        tolerance=ONE_LEVEL,
    )
    yield Way(
        "torchvision.io, torchvision v2",
        lambda: transform(torchvision.io.decode_image(torch.frombuffer(memory, dtype=torch.uint8))).contiguous(),
        tolerance=ONE_LEVEL,
    )
    classic = classic_steps(workload)
    yield Way("Pillow, torchvision v1", lambda: classic(Image.open(io.BytesIO(file)).convert("RGB")))
    other, level = "simplejpeg, pixfuse, new output", str(pipe.level)
    yield Way(other, lambda: pipe(simplejpeg.decode_jpeg(file)), level=level, kind="cold")
    yield Way("floor: simplejpeg, pixels only", lambda: simplejpeg.decode_jpeg(file), kind="floor")


def _into(pipe, workload):
    file, out = workload.file, np.empty(workload.shape, np.float32)
    return lambda: pipe.decode(file, out=out)
